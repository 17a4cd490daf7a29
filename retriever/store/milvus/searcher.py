"""Question -> hits, by the indexes of the server that holds the library: vectors, and BM25 for words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from rapidfuzz.distance import OSA

from ...encoder import Vectors
from ...records import Hit, LibraryState
from ...settings import Settings
from ...text.tokens import plain, term_of
from ..base import Library
from ..fields import FIELD_WEIGHTS
from ..fusion import Ranking, fused_hits
from . import row_format as rows_of
from .document_rows import DocumentRows
from .engine import Engine, Row
from .schema import PASSAGES, SPELLINGS

_PLACE = ("number", "version", "document", "start")
# BM25 has no weights for terms. A term is repeated instead: 4 times for weight 1, once for a quarter.
_TIMES = 4
# Passages of unfinished or replaced documents are left out. If too few remain, so many times as many are fetched.
_DEEPER = (1, 4, 16)
_COUNTS_KEPT = 65_536
_SPELLINGS = 200  # candidates by their letters, of which those with a typing error or two are taken


@dataclass(frozen=True, slots=True)
class MilvusExclusion:
    """The documents that a search leaves out.

    Attributes:
        condition: a filter that all other documents' passages pass.
        documents: how many are left out.
    """

    condition: str
    documents: int

    def __len__(self) -> int:
        """How many documents are left out."""
        return self.documents


@dataclass(frozen=True, slots=True)
class MilvusSearcher:
    """The server's indexes, which are always up to date, and the library's counts and languages at one generation."""

    engine: Engine
    rows: DocumentRows
    generation: int
    state: LibraryState
    languages: frozenset[str]
    _counts: dict[int, int] = field(default_factory=dict)

    @property
    def is_worn(self) -> bool:
        """The server renews its indexes by itself."""
        return False

    def hits(
        self,
        library: Library,
        wanted: Sequence[str],
        question_vector: Vectors,
        settings: Settings,
        count: int,
        excluded: MilvusExclusion | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> tuple[Hit, ...]:
        """Find passages for a question; see `base.Searcher.hits`."""
        depth = settings.arm_depth
        dense = self._nearest(question_vector, depth, _condition(excluded)) if settings.dense_weight else ()
        lexical = self._by_words(wanted, depth, _condition(excluded), weights or {})
        return fused_hits(library, wanted, dense, lexical, settings, count)

    def frequencies(self, wanted: Iterable[str], excluded: MilvusExclusion | None = None) -> dict[str, int]:
        """Count the passages whose own words include each term, without excluded documents."""
        return {term: self._frequency(term, excluded) for term in dict.fromkeys(wanted)}

    def passage_count(self, excluded: MilvusExclusion | None = None) -> int:
        """Count the searchable passages, without excluded documents."""
        return self._count(excluded.condition) if excluded is not None else self.state.passages

    def count_known(self, terms: Sequence[str], language: str) -> int:
        """Count those of some terms that the library's documents have in their own words, whatever their language."""
        return sum(count > 0 for count in self.frequencies(terms).values()) if language in self.languages else 0

    def nearest_spelling(self, word: str, language: str) -> str:
        """The nearest spelling in the library's documents, or the word itself if none is near.

        As near counts what `LexicalIndex.nearest_spelling` counts.
        """
        term, spelt = term_of(word, language), plain(word)
        slips = min(len(spelt) // 4, 2) if spelt.isalpha() else 0
        if slips == 0 or self._frequency(term, None) or self._is_named(term):
            return word
        found = self.engine.nearest(SPELLINGS, rows_of.letters(spelt), _SPELLINGS, "", ["key", "data"])
        near = [
            (distance, -count, one)
            for one in (str(row["data"]) for row, _ in found)
            if one[0] == spelt[0] and (distance := OSA.distance(spelt, one)) <= slips
            if (count := self._frequency(term_of(one, language), None))
        ]
        return min(near, default=(0, 0, word))[2]

    def _nearest(self, vector: Vectors, count: int, condition: str) -> Ranking:
        """The nearest passages: number and cosine, best first."""
        asked = [float(one) for one in vector]
        return self._current(lambda depth: self.engine.nearest(PASSAGES, asked, depth, condition, _PLACE), count)

    def _by_words(self, wanted: Sequence[str], count: int, condition: str, weights: Mapping[str, float]) -> Ranking:
        """The passages that share words with the question: number and BM25, best first.

        The scores of title, heading and body are weighted and added, as Tantivy does. A passage that one field found,
        and another field's list was too short for, is scored by that field in a second query.
        """
        repeated = [term for term in dict.fromkeys(wanted) for _ in range(round(_TIMES * weights.get(term, 1.0)))]
        text = rows_of.as_words(repeated)
        if not text:
            return []
        by_words = self.engine.by_words
        found: dict[str, dict[int, float]] = {}
        for name in FIELD_WEIGHTS:
            searched = partial(by_words, name, text, condition=condition, fields=_PLACE)
            found[name] = dict(self._current(searched, count))
        scores = dict.fromkeys(chain.from_iterable(found.values()), 0.0)
        for name, weight in FIELD_WEIGHTS.items():
            missing = sorted(scores.keys() - found[name]) if len(found[name]) == count else []
            if missing:
                rows = by_words(name, text, len(missing), f"number in {missing}", _PLACE)
                found[name] |= {int(row["number"]): score for row, score in rows}
            for number, score in found[name].items():
                scores[number] += weight * score
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:count]

    def _current(self, search: Callable[[int], list[tuple[Row, float]]], count: int) -> Ranking:
        """Search until enough current passages are found, or there are no more."""
        ranking: Ranking = []
        for deeper in _DEEPER:
            found = search(deeper * count)
            current = {int(row["number"]) for row, _ in self.rows.current([row for row, _ in found])}
            ranking = [(int(row["number"]), score) for row, score in found if int(row["number"]) in current]
            if len(ranking) >= count or len(found) < deeper * count:
                break
        return ranking[:count]

    def _frequency(self, term: str, excluded: MilvusExclusion | None) -> int:
        return self._count(_condition(excluded, f"array_contains(terms, {rows_of.term_number(term)})"))

    def _count(self, condition: str) -> int:
        """Count the passages for which a condition holds, once."""
        key = rows_of.digest(condition)  # a condition may name thousands of documents
        if len(self._counts) >= _COUNTS_KEPT:
            self._counts.clear()
        if key not in self._counts:
            self._counts[key] = self.engine.count(PASSAGES, condition)
        return self._counts[key]

    def _is_named(self, term: str) -> bool:
        """Whether a title or a heading has a term."""
        having = f"array_contains(named, {rows_of.term_number(term)})"
        return bool(self.engine.rows(PASSAGES, having, ["number"], limit=1))


def _condition(excluded: MilvusExclusion | None, other: str = "") -> str:
    return " and ".join(part for part in (excluded.condition if excluded is not None else "", other) if part)
