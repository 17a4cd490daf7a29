"""Question -> Hits, asked of the server that holds the library.

Dense and, where the server has it, BM25 by the server; a filter goes with each. Where it has no BM25 (Milvus before
2.5) the arm by words is the nearest of the passages that hold the question's rarest words, ranked by the sum of their
words' inverse frequencies: what its filters allow.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from rapidfuzz.distance import OSA

from ...encoder import Vectors
from ...records import Hit, LibraryState
from ...settings import Settings
from ...text.tokens import plain, term_of
from ..base import Readable
from ..fusion import Ranking
from ..sqlite.lexical import FIELD_WEIGHTS
from ..sqlite.search import fused_hits
from . import rows as rows_of
from .engine import PASSAGES, SPELLINGS, Row
from .library import ClusterLibrary, Hidden

_PLACE = ("number", "version", "document", "start")
# A weight, 0..1, is given to the server by saying a term so often: quarters are told apart.
_TIMES = 4
# Of passages found, those of unfinished or replaced documents are left out; then deeper is looked, so often.
_DEEPER = (1, 4, 16)
_RAREST = 4  # words, each with a search of its own, where the server has no BM25
_COUNTS_KEPT = 65_536
_SPELLINGS = 200  # the nearest by their letters, of which those a slip or two away are taken


@dataclass(frozen=True, slots=True)
class ClusterSearch:
    """The server's indexes, which are never behind, and the library's counts at one generation."""

    library: ClusterLibrary
    generation: int
    state: LibraryState
    _counts: dict[int, int] = field(default_factory=dict)

    @classmethod
    def over(cls, library: ClusterLibrary) -> "ClusterSearch":
        """Take the library as it is now."""
        return cls(library, library.manifest.generation, library.state())

    @property
    def is_worn(self) -> bool:
        """The server renews its indexes by itself."""
        return False

    def hits(
        self,
        library: Readable,
        wanted: Sequence[str],
        question_vector: Vectors,
        settings: Settings,
        count: int,
        excluded: Hidden | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> tuple[Hit, ...]:
        """Find passages for a question: the fused ranking, best first, ties by document id and start."""
        depth = settings.arm_depth
        dense = self._nearest(question_vector, depth, _condition(excluded))
        if self.library.engine.has_words:
            lexical = self._by_words(wanted, depth, _condition(excluded), weights or {})
        else:
            lexical = self._holding_words(wanted, question_vector, depth, excluded, weights or {})
        return fused_hits(library, wanted, dense, lexical, settings, count)

    def frequencies(self, wanted: Iterable[str], excluded: Hidden | None = None) -> dict[str, int]:
        """Count the passages whose own words hold each term, those excluded left out."""
        return {term: self._frequency(term, excluded) for term in dict.fromkeys(wanted)}

    def passage_count(self, excluded: Hidden | None = None) -> int:
        """How many passages can be found."""
        return self._count(excluded.condition) if excluded is not None else self.state.passages

    def nearest_spelling(self, word: str) -> str:
        """The library's own spelling of a word that it does not have, or the word itself where none is near.

        What is near is what `LexicalIndex.nearest_spelling` takes for near.
        """
        term, spelt = term_of(word), plain(word)
        slips = min(len(spelt) // 4, 2) if spelt.isalpha() else 0
        if slips == 0 or self._frequency(term, None) or self._is_named(term):
            return word
        found = self.library.engine.nearest(SPELLINGS, rows_of.letters(spelt), _SPELLINGS, "", ["key", "data"])
        near = [
            (distance, -count, one)
            for one in (str(row["data"]) for row, _ in found)
            if one[0] == spelt[0] and (distance := OSA.distance(spelt, one)) <= slips
            if (count := self._frequency(term_of(one), None))
        ]
        return min(near, default=(0, 0, word))[2]

    def _nearest(self, vector: Vectors, count: int, condition: str) -> Ranking:
        """The nearest passages: number and cosine, best first."""
        asked = [float(one) for one in vector]
        return self._held(lambda depth: self.library.engine.nearest(PASSAGES, asked, depth, condition, _PLACE), count)

    def _by_words(self, wanted: Sequence[str], count: int, condition: str, weights: Mapping[str, float]) -> Ranking:
        """The passages that share words with the question: number and BM25, best first.

        Of title, heading and body, weighed and added up as the local index does. What one of them found and another's
        list was too short for is asked of that again.
        """
        said = [term for term in dict.fromkeys(wanted) for _ in range(round(_TIMES * weights.get(term, 1.0)))]
        text = rows_of.as_words(said)
        if not text:
            return []
        by_words = self.library.engine.by_words
        found: dict[str, dict[int, float]] = {}
        for name in FIELD_WEIGHTS:
            searched = partial(by_words, name, text, condition=condition, fields=_PLACE)
            found[name] = dict(self._held(searched, count))
        scores = dict.fromkeys(chain.from_iterable(found.values()), 0.0)
        for name, weight in FIELD_WEIGHTS.items():
            missing = sorted(scores.keys() - found[name]) if len(found[name]) == count else []
            if missing:
                rows = by_words(name, text, len(missing), f"number in {missing}", _PLACE)
                found[name] |= {int(row["number"]): score for row, score in rows}
            for number, score in found[name].items():
                scores[number] += weight * score
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:count]

    def _holding_words(
        self,
        wanted: Sequence[str],
        vector: Vectors,
        count: int,
        excluded: Hidden | None,
        weights: Mapping[str, float],
    ) -> Ranking:
        """Without BM25: of the passages that hold a rare word of the question the nearest, by the words they hold."""
        total = max(1, self.passage_count(excluded))
        frequencies = self.frequencies(wanted, excluded)
        worth = {
            term: weights.get(term, 1.0) * math.log(1 + (total - often + 0.5) / (often + 0.5))
            for term, often in frequencies.items()
            if often
        }
        asked, numbers = [float(one) for one in vector], {rows_of.term_number(term): term for term in worth}
        scores: dict[int, float] = {}
        for term in sorted(worth, key=lambda one: (-worth[one], one))[:_RAREST]:
            having = _condition(excluded, f"array_contains(terms, {rows_of.term_number(term)})")
            for row, _ in self.library.engine.nearest(PASSAGES, asked, count, having, [*_PLACE, "terms"]):
                held = (worth[numbers[int(one)]] for one in row["terms"] if int(one) in numbers)
                scores[int(row["number"])] = sum(sorted(held))
        kept = self.library.places(scores)
        return sorted(((number, scores[number]) for number in kept), key=lambda pair: (-pair[1], pair[0]))[:count]

    def _held(self, search: Callable[[int], list[tuple[Row, float]]], count: int) -> Ranking:
        """Search so deep that enough is found that holds, or all has been."""
        ranking: Ranking = []
        for deeper in _DEEPER:
            found = search(deeper * count)
            holding = {int(row["number"]) for row, _ in self.library.holding([row for row, _ in found])}
            ranking = [(int(row["number"]), score) for row, score in found if int(row["number"]) in holding]
            if len(ranking) >= count or len(found) < deeper * count:
                break
        return ranking[:count]

    def _frequency(self, term: str, excluded: Hidden | None) -> int:
        return self._count(_condition(excluded, f"array_contains(terms, {rows_of.term_number(term)})"))

    def _count(self, condition: str) -> int:
        """Count the passages for which a condition holds, once."""
        key = rows_of.digest(condition)  # a condition may name thousands of documents
        if len(self._counts) >= _COUNTS_KEPT:
            self._counts.clear()
        if key not in self._counts:
            self._counts[key] = self.library.engine.count(PASSAGES, condition)
        return self._counts[key]

    def _is_named(self, term: str) -> bool:
        """Whether a title or a heading has a term."""
        having = f"array_contains(named, {rows_of.term_number(term)})"
        return bool(self.library.engine.rows(PASSAGES, having, ["number"], limit=1))


def _condition(excluded: Hidden | None, other: str = "") -> str:
    return " and ".join(part for part in (excluded.condition if excluded is not None else "", other) if part)
