"""Question -> hits, by the two indexes of a library in a folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...encoder import Vectors
from ...records import Hit, LibraryState
from ...settings import Settings
from ..base import Library
from ..fusion import fused_hits
from .dense import DenseIndex
from .lexical import LexicalIndex


@dataclass(frozen=True, slots=True)
class SqliteExclusion:
    """The documents that a search leaves out.

    Attributes:
        numbers: int64 (n,), those of documents and of versions.
        count: how many documents are left out; an earlier version is none.
    """

    numbers: NDArray[np.int64]
    count: int

    def __len__(self) -> int:
        """How many documents are left out."""
        return self.count


@dataclass(frozen=True, slots=True)
class SqliteSearcher:
    """Both indexes of one generation of a library, and its counts, digest and languages then."""

    generation: int
    state: LibraryState
    languages: frozenset[str]
    dense: DenseIndex
    lexical: LexicalIndex

    @property
    def is_worn(self) -> bool:
        """Whether so much has changed since the indexes were built whole that they should be built again."""
        return self.dense.is_worn

    def hits(
        self,
        library: Library,
        wanted: Sequence[str],
        question_vector: Vectors,
        settings: Settings,
        count: int,
        excluded: SqliteExclusion | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> tuple[Hit, ...]:
        """Find passages for a question; see `base.Searcher.hits`.

        Args:
            library: the library that the indexes were built from.
            wanted: the terms of those words of the question that name something.
            question_vector: float32 (dimension,), unit length.
            settings: how many passages each index returns, and the weight of each.
            count: how many passages at most.
            excluded: the documents to leave out.
            weights: term -> weight, 0..1; terms that are not in it weigh 1.
        """
        dense = (
            self.dense.search(question_vector, settings.arm_depth, _numbers(excluded)) if settings.dense_weight else ()
        )
        lexical = self.lexical.search(wanted, settings.arm_depth, _numbers(excluded), weights)
        return fused_hits(library, wanted, dense, lexical, settings, count)

    def frequencies(self, wanted: Iterable[str], excluded: SqliteExclusion | None = None) -> dict[str, int]:
        """Count the passages whose own words include each term, without excluded documents."""
        return self.lexical.frequencies(wanted, _numbers(excluded))

    def passage_count(self, excluded: SqliteExclusion | None = None) -> int:
        """Count the searchable passages, without excluded documents."""
        return self.dense.count(_numbers(excluded))

    def count_known(self, terms: Sequence[str], language: str) -> int:
        """Count those of some terms that the library's documents of a language have in their own words."""
        return self.lexical.count_known(terms, language)

    def nearest_spelling(self, word: str, language: str) -> str:
        """The nearest spelling in the library's documents of a language, or the word itself if none is near."""
        return self.lexical.nearest_spelling(word, language)


def _numbers(excluded: SqliteExclusion | None) -> NDArray[np.int64] | None:
    return None if excluded is None else excluded.numbers
