"""The collections of a library: added, renamed, removed, opened to members, and filled with documents.

In: a library and names. Out: the library changed. One decision: no order of steps shows a closed collection's documents
to anybody else in between, also if the process is killed.
"""

import re
from collections.abc import Sequence

from ..errors import LibraryError, QuestionError
from ..filters import EVERY_COLLECTION, known_collection
from ..store.base import Library

LONGEST_NAME = 80
"""Characters of a collection's name: one line of a list."""
_ACCOUNT = re.compile(r"[\w.@-]{1,64}")


def tidy_name(name: str) -> str:
    """A name on one line.

    Raises:
        QuestionError: it is empty, too long, or has characters that cannot be shown.
    """
    tidy = " ".join(name.split())
    if tidy in ("", EVERY_COLLECTION) or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise QuestionError(f"{name!r} cannot be a collection's name: write 1 to {LONGEST_NAME} letters.")
    return tidy


def names_in(library: Library) -> list[str]:
    """The names of all collections, in order; first the empty one, which every library has."""
    used = {one.collection for one in library.documents.all()}
    return sorted({"", *library.collections.all(), *used})


def known_or_new(library: Library, name: str) -> str:
    """The name of the collection that a user means, or the tidied name of a new one."""
    try:
        return known_collection(names_in(library), name)
    except QuestionError:
        return tidy_name(name)


def add(library: Library, name: str) -> str:
    """Name a new collection, which everybody may see. Returns its name.

    Raises:
        QuestionError: it cannot be a name, or there is one of that name.
    """
    new = known_or_new(library, name)
    if not new:
        raise QuestionError("A new collection needs a name; the one without a name is always there.")
    if new in names_in(library):
        raise QuestionError(f"There is a collection named {new!r} already.")
    library.collections.save(new, None)
    return new


def assign(library: Library, document_ids: Sequence[str], name: str) -> str:
    """Let documents belong to a collection, all or none; nothing is encoded again. Returns its name.

    Raises:
        DocumentUnknown: one of the ids is not in the library.
        QuestionError: there is no such collection.
    """
    known = known_collection(names_in(library), name)
    library.documents.assign(document_ids, known)
    return known


def rename(library: Library, old: str, new: str) -> str:
    """Give a collection another name; its documents and members stay. Returns the new name.

    Raises:
        QuestionError: there is no such collection, it has no name, or another one has the new name.
    """
    before, after = _named(library, old), tidy_name(new)
    if after in names_in(library) or (known_or_new(library, new) not in (after, before)):
        raise QuestionError(f"There is a collection named {known_or_new(library, new)!r} already.")
    library.collections.save(after, library.collections.all().get(before))
    library.documents.assign(sorted(library.documents.ids_in([before])), after)
    library.collections.drop(before)
    return after


def remove(library: Library, name: str) -> int:
    """Remove a collection; its documents then belong to the one without a name. Returns their number.

    Raises:
        QuestionError: there is no such collection, or it has no name.
        LibraryError: it has documents that only its members may see.
    """
    known = _named(library, name)
    ids = sorted(library.documents.ids_in([known]))
    if ids and library.collections.all().get(known) is not None:
        raise LibraryError(
            f"Only its members may see what is in {known!r}. Move its documents to another collection or "
            "remove them first, or open it with: ibid collection members NAME --everyone"
        )
    library.documents.assign(ids, "")
    library.collections.drop(known)
    return len(ids)


def set_members(library: Library, name: str, members: Sequence[str] | None) -> str:
    """Say which accounts may see a collection; None: everybody. Returns its name.

    Raises:
        QuestionError: there is no such collection, or a name cannot be an account's.
    """
    known = known_collection(names_in(library), name)
    for member in members or ():
        if not _ACCOUNT.fullmatch(member):
            raise QuestionError(f"{member!r} cannot be an account: they are the names of `ibid serve --auth NAME`.")
    library.collections.save(known, None if members is None else sorted(set(members)))
    return known


def _named(library: Library, name: str) -> str:
    known = known_collection(names_in(library), name)
    if not known:
        raise QuestionError("The documents without a collection have no name to change; name a collection.")
    return known
