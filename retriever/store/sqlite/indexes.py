"""The indexes of a library in a folder: opened, built, updated and checked.

They are next to the library in `index/<generation>-<mark>-v<version>/`. After a change of the library, the indexes of
an earlier generation are updated into a new folder, which shares their files. They are built from scratch if there are
none, if they are damaged, or if an update would save little.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...encoder import Vectors
from ...errors import IbidError, LibraryBusy, LibraryError
from ...records import LibraryState
from ..contents import StoredPassage
from .connection import Database
from .dense import DenseIndex
from .documents import SqliteDocuments
from .index_files import UNFINISHED, is_abandoned, is_damaged, new_folder
from .lexical import LexicalIndex, Text
from .passages import SqlitePassages
from .searcher import SqliteSearcher
from .vectors import SqliteVectors

INDEX_FOLDER = "index"
# Part of the folder's name: counts up when the content of the indexes, or the way that terms are made, changes.
INDEX_VERSION = 6
# Another process that builds the indexes of a later generation removes ours. So many times in a row, the disk is stuck.
_ATTEMPTS = 10
_NAME = re.compile(rf"(\d+)-(\w+)-v{INDEX_VERSION}")
# So many passages are indexed in a third of a second, which a question may wait for. A library of no more passages is
# always indexed whole, and so without a trace of what was removed.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _EarlierIndexes:
    """The indexes of an earlier generation, and the greatest number of their passages."""

    folder: Path
    last: int


class SqliteIndexes:
    """Keeps the indexes of one library up to date."""

    def __init__(
        self, database: Database, documents: SqliteDocuments, passages: SqlitePassages, vectors: SqliteVectors
    ) -> None:
        """Store the parts of the library that the indexes are made of."""
        self._database = database
        self._documents = documents
        self._passages = passages
        self._vectors = vectors

    def open(self, *, rebuild: bool = False) -> SqliteSearcher:
        """Open the indexes of the library's generation, updated or built first if they are missing or damaged.

        Args:
            rebuild: build them whole, even if they are there.

        Raises:
            LibraryBusy: other processes kept changing the library.
            LibraryError: the indexes cannot be written.
        """
        searcher = self._open(rebuild=rebuild, at_most=None)
        if searcher is None:
            raise LibraryBusy(
                f"Other processes keep changing the library in {self._database.folder}; try again when they are done."
            )
        return searcher

    def open_soon(self) -> SqliteSearcher | None:
        """As `open`, but None if that would take longer than a question should wait."""
        return self._open(rebuild=False, at_most=_AT_ONCE)

    def build_without_traces(self) -> None:
        """Build the indexes from scratch, and also remove unfinished ones of other processes."""
        for unfinished in (self._database.folder / INDEX_FOLDER).glob(f"{UNFINISHED}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        self.open(rebuild=True)

    @contextmanager
    def noticing_damage(self) -> Iterator[None]:
        """Raise a LibraryError for whatever fails in this block because stored files are damaged.

        Raises:
            LibraryError: an index file or a document has changed since it was stored.
        """
        try:
            yield
        except BaseException as error:
            if isinstance(error, IbidError) or _is_interruption(error) or not self._has_damage():
                raise
            folder = self._database.folder
            raise LibraryError(
                f"The library in {folder} is damaged; check and repair it with: ibid verify --repair --library {folder}"
            ) from error

    def problems(self, *, repair: bool = False) -> Iterator[str]:
        """Compare the indexes with the library and list the differences; `repair` builds them again first."""
        for problem in self._problems():
            if repair:
                self.open(rebuild=True)
            yield problem

    def _problems(self) -> Iterator[str]:
        try:
            if self._are_damaged():
                yield "its files are damaged"
                return
            searcher, (numbers, documents) = self.open(), self._passages.numbers_since(0)
            indexed = searcher.dense.numbers()
            if not np.array_equal(indexed, numbers):
                yield f"the index by meaning holds {len(indexed)} passages, the library {len(numbers)}"
            elif not np.array_equal(searcher.dense.documents(), documents):
                yield "the index by meaning holds passages of other documents than the library"
            elif not _holds_all(searcher.dense, numbers, self._vectors.batches(numbers)):
                yield "the index by meaning holds other vectors than the library"
        except LibraryError:
            return  # a damaged vector is a finding of its passage
        if searcher.lexical.numbers() != set(numbers.tolist()):
            yield f"the index by words holds other passages than the library's {len(numbers)}"

    def _are_damaged(self) -> bool:
        """Whether the indexes of the library's generation exist, but have changed since they were built."""
        return is_damaged(self._folder(self._database.manifest.generation, self._database.state()))

    def _has_damage(self) -> bool:
        documents = self._documents
        return self._are_damaged() or not all(all(documents.checksums_match(one)) for one in documents.text_digests())

    def _open(self, *, rebuild: bool, at_most: int | None) -> SqliteSearcher | None:
        """Like `open`, but None if more than `at_most` passages must be indexed, or others keep changing it."""
        for _ in range(_ATTEMPTS):
            with self._database.snapshot():
                generation, state = self._database.manifest.generation, self._database.state()
                folder = self._folder(generation, state)
                if not rebuild:
                    try:
                        dense, lexical = DenseIndex.load(folder), LexicalIndex.load(folder)
                        return SqliteSearcher(generation, state, self._documents.all_languages(), dense, lexical)
                    except BaseException as error:  # each library has its own errors for a damaged file
                        if _is_interruption(error):
                            raise
                earlier = None if rebuild else self._earlier(folder, state)
                to_index = state.passages if earlier is None else self._passages.count_since(earlier.last)
                if at_most is not None and to_index > at_most:
                    return None
                if earlier is None:
                    self._build(folder)
                else:
                    self._update(earlier, folder)
                rebuild = False
        return None

    def _folder(self, generation: int, state: LibraryState) -> Path:
        mark = self._database.mark(generation) or state.digest.removeprefix("sha256:")[:12]
        return self._database.folder / INDEX_FOLDER / f"{generation}-{mark}-v{INDEX_VERSION}"

    def _earlier(self, folder: Path, state: LibraryState) -> _EarlierIndexes | None:
        """The indexes of the latest earlier generation of this library, if updating them saves work."""
        if state.passages <= _AT_ONCE:
            return None
        names = [name for each in folder.parent.glob("*-v*") if (name := _NAME.fullmatch(each.name))]
        for name in sorted(names, key=lambda name: int(name[1]), reverse=True):
            if name[0] == folder.name or self._database.mark(int(name[1])) != name[2]:
                continue
            with suppress(RuntimeError):
                index = DenseIndex.load(folder.parent / name[0])
                if index.can_grow(self._passages.count_since(index.whole_last), state.passages):
                    return _EarlierIndexes(folder.parent / name[0], index.last)
        return None

    def _build(self, folder: Path) -> None:
        """Build both indexes from scratch; remove all others."""
        with new_folder(folder) as made:
            numbers, documents = self._passages.numbers_since(0)
            DenseIndex.build(made, numbers, documents, self._vectors.batches(numbers))
            LexicalIndex.build(made, _texts(self._passages.all()))
        with suppress(OSError):  # the next build removes them
            for other in folder.parent.iterdir():
                if other != folder and (not other.name.startswith(UNFINISHED) or is_abandoned(other)):
                    shutil.rmtree(other, ignore_errors=True)

    def _update(self, earlier: _EarlierIndexes, folder: Path) -> None:
        """Make both indexes from earlier ones. These are removed, even if they cannot be read."""
        with suppress(LibraryError), new_folder(folder, earlier.folder) as made:
            gone = self._gone(DenseIndex.load(earlier.folder))
            numbers, documents = self._passages.numbers_since(earlier.last)
            DenseIndex.update(earlier.folder, made, gone, numbers, documents, self._vectors.batches(numbers))
            LexicalIndex.update(earlier.folder, made, gone, _texts(self._passages.since(earlier.last)))
        shutil.rmtree(earlier.folder, ignore_errors=True)

    def _gone(self, index: DenseIndex) -> NDArray[np.int64]:
        """The passages of an index that are no longer in the library: int64 (n,), ascending.

        A number is never used again, so a document whose count is unchanged has lost no passage.
        """
        counted = self._passages.counts_until(index.last)
        fewer = [document for document, count in index.counts().items() if counted.get(document, 0) != count]
        return np.setdiff1d(index.numbers_in(fewer), self._passages.numbers_in(fewer))


def _texts(passages: Iterable[StoredPassage]) -> Iterator[Text]:
    return (
        Text(one.number, one.document_number, one.title, one.passage.heading or "", one.text, one.language)
        for one in passages
    )


def _holds_all(index: DenseIndex, numbers: NDArray[np.int64], batches: Iterable[Vectors]) -> bool:
    """Whether an index has the vectors of some batches under these numbers."""
    compared = 0
    for batch in batches:
        some = numbers[compared : compared + len(batch)]
        if not np.array_equal(index.vectors(some), batch):
            return False
        compared += len(batch)
    return compared == len(numbers)


def _is_interruption(error: BaseException) -> bool:
    """Whether the program should end; a panic inside Tantivy is not an `Exception` either."""
    return isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)
