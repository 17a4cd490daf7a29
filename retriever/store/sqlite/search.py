"""Question -> Hits: both indexes asked, their rankings fused.

The indexes lie beside the library in `index/<generation>-<mark>-v<version>/`, complete or not there. Where the library
has moved on, those of an earlier generation are updated into a new folder, which shares their files; where there are
none, they are damaged or little would be saved, they are built whole.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...encoder import Vectors
from ...errors import IbidError, LibraryBusy, LibraryError
from ...records import Hit, LibraryState, Why
from ...settings import Settings
from ...text.tokens import words
from ..base import Readable
from ..fusion import Ranking, weighted_sum
from ..records import StoredPassage
from .dense import DenseIndex
from .lexical import LexicalIndex, Text
from .library import Library

INDEX_FOLDER = "index"
SUMS_NAME = "sums.json"
# Part of the cache's name: counts up when what the indexes hold, or how their terms are made, changes.
INDEX_VERSION = 5
# Another process that builds the indexes of a later generation removes ours; so often in a row is a stuck disk.
_ATTEMPTS = 10
_BUILDING_SECONDS = 24 * 3600  # no index takes a day to build
_NAME = re.compile(rf"(\d+)-(\w+)-v{INDEX_VERSION}")
# So many passages are indexed in a third of a second, which a question may wait for. No more than so many in all are
# always indexed whole, and so without a trace of what was removed.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Search:
    """Both indexes of one generation of a library, and its counts and digest then, which no question need ask again."""

    generation: int
    state: LibraryState
    dense: DenseIndex
    lexical: LexicalIndex

    @staticmethod
    def is_damaged(library: Library) -> bool:
        """Whether the indexes of the library's generation are there, but not as they were built."""
        folder = _folder(library, library.manifest.generation, library.state())
        if not folder.is_dir():
            return False
        try:
            return _noted(folder) != _sums(folder)
        except (OSError, ValueError):
            return True

    @staticmethod
    @contextmanager
    def noticing_damage(library: Library) -> Iterator[None]:
        """Tell what fails because what is stored is damaged from what fails otherwise.

        Raises:
            LibraryError: the indexes' files or a document are not as they were stored.
        """
        try:
            yield
        except BaseException as error:
            if isinstance(error, IbidError) or _is_interruption(error):
                raise
            if not Search.is_damaged(library) and all(all(library.sealed(each)) for each in library.text_digests()):
                raise
            raise LibraryError(
                f"The library in {library.folder} is damaged; see what is, and mend it, with: "
                f"ibid verify --repair --library {library.folder}"
            ) from error

    @classmethod
    def over(cls, library: Library, *, rebuild: bool = False) -> "Search":
        """Open the indexes of the library's generation, updated or built first where they are missing or damaged.

        Args:
            library: the library.
            rebuild: build them whole, whatever is there.
        """
        found = cls._over(library, rebuild, None)
        if found is None:
            raise LibraryBusy(
                f"Other processes keep changing the library in {library.folder}; try again when they are done."
            )
        return found

    @classmethod
    def soon(cls, library: Library) -> "Search | None":
        """As `over`, but None where that would take longer than a question should wait."""
        return cls._over(library, False, _AT_ONCE)

    @classmethod
    def _over(cls, library: Library, rebuild: bool, at_most: int | None) -> "Search | None":
        """As `over`; None where more passages than `at_most` are to be indexed, or others keep changing the library."""
        for _ in range(_ATTEMPTS):
            with library.snapshot():
                generation, state = library.manifest.generation, library.state()
                folder = _folder(library, generation, state)
                if not rebuild:
                    try:
                        return cls(generation, state, DenseIndex.load(folder), LexicalIndex.load(folder))
                    except BaseException as error:  # each library stumbles over a damaged file in its own way
                        if _is_interruption(error):
                            raise
                before = None if rebuild else _before(library, folder, state)
                to_index = state.passages if before is None else library.count_since(before.last)
                if at_most is not None and to_index > at_most:
                    return None
                if before is None:
                    _build(library, folder)
                else:
                    _update(library, before, folder)
                rebuild = False
        return None

    @property
    def is_worn(self) -> bool:
        """Whether so much has changed since the indexes were built whole that they had better be built anew."""
        return self.dense.is_worn

    @staticmethod
    def scrub(library: Library) -> None:
        """Build the indexes whole from what the library holds now; those that others have begun go too."""
        for begun in (library.folder / INDEX_FOLDER).glob("building-*"):
            shutil.rmtree(begun, ignore_errors=True)
        Search.over(library, rebuild=True)

    def hits(
        self,
        library: Readable,
        wanted: Sequence[str],
        question_vector: Vectors,
        settings: Settings,
        count: int,
        excluded: NDArray[np.int64] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> tuple[Hit, ...]:
        """Find passages for a question.

        Args:
            library: the library that the indexes were built from.
            wanted: the terms of the question's words that name something.
            question_vector: float32 (dimension,), unit length.
            settings: how deep each arm looks, and its weight.
            count: how many passages at the most.
            excluded: int64 (n,), numbers of the documents that must not be found.
            weights: term -> what it counts, 0..1; those not in it count 1.

        Returns:
            The fused ranking, best first, ties by document id and start; empty for an empty library.
        """
        dense = self.dense.search(question_vector, settings.arm_depth, excluded)
        lexical = self.lexical.search(wanted, settings.arm_depth, excluded, weights)
        return fused_hits(library, wanted, dense, lexical, settings, count)

    def frequencies(self, wanted: Iterable[str], excluded: NDArray[np.int64] | None = None) -> dict[str, int]:
        """Count the passages whose own words hold each term, those excluded left out."""
        return self.lexical.frequencies(wanted, excluded)

    def passage_count(self, excluded: NDArray[np.int64] | None = None) -> int:
        """How many passages can be found, those of excluded documents left out."""
        return self.dense.count(excluded)

    def nearest_spelling(self, word: str) -> str:
        """The library's own spelling of a word that it does not have, or the word itself where none is near."""
        return self.lexical.nearest_spelling(word)


def fused_hits(
    library: Readable,
    wanted: Sequence[str],
    dense: Ranking,
    lexical: Ranking,
    settings: Settings,
    count: int,
) -> tuple[Hit, ...]:
    """Fuse what two arms found, each its numbers and scores, into hits; what the library no longer has is left out."""
    places = library.places([number for number, _ in (*dense, *lexical)])

    def ranked(found: Ranking) -> list[tuple[int, float]]:
        return sorted((pair for pair in found if pair[0] in places), key=lambda pair: (-pair[1], places[pair[0]]))

    by_meaning, by_words = ranked(dense), ranked(lexical)
    dense_ranks = {number: rank for rank, (number, _) in enumerate(by_meaning, start=1)}
    lexical_ranks = {number: rank for rank, (number, _) in enumerate(by_words, start=1)}
    fused = ranked(weighted_sum(by_meaning, by_words, settings.dense_weight))[:count]
    stored = library.fetch([number for number, _ in fused])
    naming = frozenset(wanted)
    return tuple(
        Hit(
            number,
            stored[number].passage,
            stored[number].text,
            score,
            Why(dense_ranks.get(number), lexical_ranks.get(number), _matched(stored[number].text, naming)),
        )
        for number, score in fused
        if number in stored
    )


def _matched(text: str, wanted: frozenset[str]) -> tuple[str, ...]:
    """The words of a text whose terms are wanted, each term once, as the text first spells it."""
    spelt: dict[str, str] = {}
    for word in words(text):
        if word.term in wanted:
            spelt.setdefault(word.term, text[word.start : word.end])
    return tuple(spelt.values())


def _folder(library: Library, generation: int, state: LibraryState) -> Path:
    mark = library.mark(generation) or state.digest.removeprefix("sha256:")[:12]
    return library.folder / INDEX_FOLDER / f"{generation}-{mark}-v{INDEX_VERSION}"


@dataclass(frozen=True, slots=True)
class _Before:
    """The indexes of an earlier generation, and the greatest number of their passages."""

    folder: Path
    last: int


def _before(library: Library, folder: Path, state: LibraryState) -> _Before | None:
    """The indexes of the last generation that the library's comes from, where they had better be updated to it."""
    if state.passages <= _AT_ONCE:
        return None
    names = [name for each in folder.parent.glob("*-v*") if (name := _NAME.fullmatch(each.name))]
    for name in sorted(names, key=lambda name: int(name[1]), reverse=True):
        if name[0] == folder.name or library.mark(int(name[1])) != name[2]:
            continue
        with suppress(RuntimeError):
            held = DenseIndex.load(folder.parent / name[0])
            if held.can_grow(library.count_since(held.whole_last), state.passages):
                return _Before(folder.parent / name[0], held.last)
    return None


@contextmanager
def _made(folder: Path, before: Path | None = None) -> Iterator[Path]:
    """A folder to write into, which is moved to its place at once when it is complete.

    Args:
        folder: its place.
        before: the folder of earlier indexes, with which it may share files.
    """
    parent = folder.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="building-", dir=parent))
    except OSError as error:
        raise _unwritable(parent, error) from error
    try:
        yield made
        _seal(made, before)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            os.rename(made, folder)
        except OSError:  # another process made the same generation meanwhile; its files serve as well
            if not folder.is_dir():
                raise
    # What the disk does not take; each library says it in its own way.
    except (OSError, ValueError, RuntimeError) as error:
        raise _unwritable(parent, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _build(library: Library, folder: Path) -> None:
    """Build both indexes whole; drop all others."""
    with _made(folder) as made:
        numbers, documents = library.numbers_since(0)
        DenseIndex.build(made, numbers, documents, library.vectors(numbers))
        LexicalIndex.build(made, _texts(library.stored()))
    with suppress(OSError):  # they go another time
        for other in folder.parent.iterdir():
            if other != folder and (not other.name.startswith("building-") or _is_abandoned(other)):
                shutil.rmtree(other, ignore_errors=True)


def _update(library: Library, before: _Before, folder: Path) -> None:
    """Make both indexes from those before, which are dropped, also where they cannot be read."""
    with suppress(LibraryError), _made(folder, before.folder) as made:
        gone = _gone(library, DenseIndex.load(before.folder))
        numbers, documents = library.numbers_since(before.last)
        DenseIndex.update(before.folder, made, gone, numbers, documents, library.vectors(numbers))
        LexicalIndex.update(before.folder, made, gone, _texts(library.stored_since(before.last)))
    shutil.rmtree(before.folder, ignore_errors=True)


def _gone(library: Library, held: DenseIndex) -> NDArray[np.int64]:
    """Those of an index's passages that are in the library no more: int64 (n,), ascending.

    Passages leave a document, and none is ever added under an earlier number: it is enough to count them.
    """
    counted = library.counts_until(held.last)
    fewer = [document for document, count in held.counts().items() if counted.get(document, 0) != count]
    return np.setdiff1d(held.numbers_in(fewer), library.numbers_in(fewer))


def _texts(passages: Iterable[StoredPassage]) -> Iterator[Text]:
    return (Text(one.number, one.document_number, one.title, one.passage.heading or "", one.text) for one in passages)


def _seal(made: Path, before: Path | None) -> None:
    """Note each file's digest, and let the disk have all before the folder gets its name.

    A power cut must not leave vectors of zeros there, and verification tells a changed byte. What is shared with the
    indexes before has been noted with them: at a million passages that is two gigabytes.
    """
    noted = _noted(before) if before else {}
    sums = {}
    for name, file in _files(made):
        if before and name in noted and file.samefile(before / name):
            sums[name] = noted[name]
            continue
        with file.open("rb") as stream:
            sums[name] = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
    with (made / SUMS_NAME).open("w", encoding="utf-8") as stream:
        json.dump(sums, stream)
        stream.flush()
        os.fsync(stream.fileno())


def _noted(folder: Path) -> dict[str, str]:
    """The digests that were noted of the files of a folder.

    Raises:
        OSError: there are none.
        ValueError: they cannot be read.
    """
    noted = json.loads((folder / SUMS_NAME).read_text(encoding="utf-8"))
    if not isinstance(noted, dict):
        raise ValueError(f"{folder / SUMS_NAME} holds no digests")
    return noted


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files below a folder; lock files, which others may make and remove, are left out."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != SUMS_NAME and file.suffix != ".lock":
            yield file.relative_to(folder).as_posix(), file


def _sums(folder: Path) -> dict[str, str]:
    """The digest of each file below a folder."""
    sums = {}
    for name, file in _files(folder):
        with file.open("rb") as stream:
            sums[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return sums


def _is_interruption(error: BaseException) -> bool:
    """Whether somebody wants the program to end; a panic inside Tantivy is no `Exception` either."""
    return isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)


def _unwritable(parent: Path, error: Exception) -> LibraryError:
    """Say what the system said; Tantivy gives its number somewhere in a long text."""
    number = re.search(r"(?:os error|code:) (\d+)", str(error))
    reason = os.strerror(int(number[1])) if number else getattr(error, "strerror", None) or str(error)
    return LibraryError(f"The indexes cannot be written to {parent} ({reason}); make room and let Ibid write there.")


def _is_abandoned(made: Path) -> bool:
    """Whether the process that was building here must have been killed."""
    try:
        return time.time() - made.stat().st_mtime > _BUILDING_SECONDS
    except OSError:
        return False  # it was moved to its place meanwhile
