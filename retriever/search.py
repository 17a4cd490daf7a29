"""Question -> Hits: both indexes asked, their rankings fused.

The indexes lie beside the library in `index/<generation>-<digest>-v<version>/`; where the library has moved on, or
the files are damaged, they are built anew from it.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .encoder import Vectors
from .errors import LibraryBusy, LibraryError
from .index.dense import DenseIndex
from .index.fusion import Ranking, weighted_sum
from .index.lexical import LexicalIndex
from .library import Library
from .records import Hit, LibraryState, Why
from .settings import Settings
from .words import words

INDEX_FOLDER = "index"
# Part of the cache's name: counts up when what the indexes hold, or how their terms are made, changes.
INDEX_VERSION = 4
# Another process that builds the indexes of a later generation removes ours; so often in a row is a stuck disk.
_ATTEMPTS = 10
_BUILDING_SECONDS = 24 * 3600  # no index takes a day to build


@dataclass(frozen=True, slots=True)
class Search:
    """Both indexes of one generation of a library, and its counts and digest then, which no question need ask again."""

    generation: int
    state: LibraryState
    dense: DenseIndex
    lexical: LexicalIndex

    @staticmethod
    def is_damaged(library: Library) -> bool:
        """Whether the indexes of the library's generation are there, but cannot be read."""
        folder = _folder(library, library.manifest.generation, library.state())
        if not folder.is_dir():
            return False
        try:
            DenseIndex.load(folder)
            LexicalIndex.load(folder)
        except (RuntimeError, ValueError, OSError):
            return True
        return False

    @classmethod
    def over(cls, library: Library, *, rebuild: bool = False) -> "Search":
        """Open the indexes of the library's generation, built first where they are missing or damaged."""
        if rebuild:
            shutil.rmtree(_folder(library, library.manifest.generation, library.state()), ignore_errors=True)
        for _ in range(_ATTEMPTS):
            with library.snapshot():
                generation, state = library.manifest.generation, library.state()
                folder = _folder(library, generation, state)
                try:
                    return cls(generation, state, DenseIndex.load(folder), LexicalIndex.load(folder))
                except (RuntimeError, ValueError, OSError):
                    _build(library, folder)
        raise LibraryBusy(
            f"Other processes keep changing the library in {library.folder}; try again when they are done."
        )

    def hits(
        self,
        library: Library,
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
            excluded: int64 (n,), numbers of the passages that are not to be found.
            weights: term -> what it counts, 0..1; those not in it count 1.

        Returns:
            The fused ranking, best first, ties by document id and start; empty for an empty library.
        """
        dense = self.dense.search(question_vector, settings.arm_depth, excluded)
        lexical = self.lexical.search(wanted, settings.arm_depth, excluded, weights)
        places = library.places([number for number, _ in (*dense, *lexical)])

        def ranked(found: Ranking) -> list[tuple[int, float]]:
            return sorted((pair for pair in found if pair[0] in places), key=lambda pair: (-pair[1], places[pair[0]]))

        dense, lexical = ranked(dense), ranked(lexical)
        dense_ranks = {number: rank for rank, (number, _) in enumerate(dense, start=1)}
        lexical_ranks = {number: rank for rank, (number, _) in enumerate(lexical, start=1)}
        fused = ranked(weighted_sum(dense, lexical, settings.dense_weight))[:count]
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
        )


def _matched(text: str, wanted: frozenset[str]) -> tuple[str, ...]:
    """The words of a text whose terms are wanted, each term once, as the text first spells it."""
    spelt: dict[str, str] = {}
    for word in words(text):
        if word.term in wanted:
            spelt.setdefault(word.term, text[word.start : word.end])
    return tuple(spelt.values())


def _folder(library: Library, generation: int, state: LibraryState) -> Path:
    digest = state.digest.removeprefix("sha256:")[:12]
    return library.folder / INDEX_FOLDER / f"{generation}-{digest}-v{INDEX_VERSION}"


def _build(library: Library, folder: Path) -> None:
    """Build both indexes beside their place, then move them there at once; drop those of older generations."""
    parent = folder.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="building-", dir=parent))
    except OSError as error:
        raise LibraryError(
            f"The indexes cannot be written to {parent} ({error.strerror}); make the folder writable."
        ) from error
    try:
        numbers = library.numbers()
        DenseIndex.build(made, numbers, library.vectors(numbers))
        LexicalIndex.build(made, ((s.number, s.title, s.passage.heading or "", s.text) for s in library.stored()))
        shutil.rmtree(folder, ignore_errors=True)
        try:
            os.rename(made, folder)
        except OSError:  # another process built the same generation meanwhile; its files serve as well
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    for other in parent.iterdir():
        if other != folder and (not other.name.startswith("building-") or _is_abandoned(other)):
            shutil.rmtree(other, ignore_errors=True)


def _is_abandoned(made: Path) -> bool:
    """Whether the process that was building here must have been killed."""
    try:
        return time.time() - made.stat().st_mtime > _BUILDING_SECONDS
    except OSError:
        return False  # it was moved to its place meanwhile
