"""What a question found: passages, their sentences compared with it, and what of them the user has seen already."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..learning import Flags
from ..records import Hit, Turn
from ..text.question import tidy
from ..text.time_expressions import days_in
from ..text.tokens import terms
from .candidates import Candidates
from .matching import Comparison, WeightedQuery, compare

# What the share of the question that a passage meets, 0..1, counts next to its fused score, 0..1. Chosen on squad2's
# paragraphs: nDCG@10 is 0.906 without, 0.929 at 2, 0.933 at 4, 0.931 at 8.
MET_WEIGHT = 4.0
# What a passage loses in a follow-up whose user has seen it whole: on conversations made of squad2's questions
# nDCG@10 is 0.951 at 0, 0.954 at 0.25 and 0.935 where a sentence that was seen costs the passage 0.5.
SEEN_PENALTY = 0.25
# What a sentence that names a day of the question gains in the first order: more than its words can, whose figures may
# be those of other days.
NAMED_DAY = 1.0


@dataclass(frozen=True, slots=True)
class ShownQuotes:
    """What the user has seen already.

    Attributes:
        places: document id, start and end of each.
        texts: words that were shown, where their place is not known; single spaces.
    """

    places: Sequence[tuple[str, int, int]] = ()
    texts: Sequence[str] = ()

    @classmethod
    def of(cls, turns: Sequence[Turn]) -> "ShownQuotes":
        """What the turns of a conversation have shown."""
        places = [place for turn in turns for place in turn.shown]
        return cls(places, [turn.answer for turn in turns if turn.answer])

    @classmethod
    def first_of(cls, turns: Sequence[Turn]) -> "ShownQuotes":
        """The first quote of each answer; a program may hand over no others."""
        places = [turn.shown[0] for turn in turns if turn.shown]
        return cls(places, [turn.answer for turn in turns if turn.answer and not turn.shown])

    def has(self, document_id: str, start: int, end: int, text: str) -> bool:
        """Whether a sentence was seen."""
        placed = any(one[0] == document_id and one[1] < end and start < one[2] for one in self.places)
        spaced = tidy(text)
        return placed or any(spaced in one for one in self.texts)

    def among(self, candidates: Candidates) -> Flags:
        """Which sentences were seen: bool (n_sentences,)."""
        places = ((one.hit.passage.document_id, one.start, one.end, one.text) for one in candidates.sentences)
        return np.array([self.has(*place) for place in places], dtype=bool)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a question found.

    Attributes:
        question: as it is read with the passages.
        origins: id of each passage's document -> its title and date, as they are read with the passages.
        hits: passages, best first.
        query: the question.
        candidates: the passages' sentences.
        comparison: the question compared with them.
        seen: bool (n_sentences,), those that the user has seen already; None if that does not matter.
        led: bool (n_sentences,), those of quotes that stood first in an earlier answer; None if that does not matter.
        new: terms of which a sentence that was seen must say all to answer; None if any such sentence may.
        named_days: bool (n_sentences,), those that name a day of the question, in any spelling; None if it has none.
        language: the question's ISO 639-1 code.
        languages: id of each passage's document -> its code; None, or none, stands for English.
    """

    question: str
    origins: Mapping[str, str]
    hits: tuple[Hit, ...]
    query: WeightedQuery
    candidates: Candidates
    comparison: Comparison
    seen: Flags | None = None
    led: Flags | None = None
    new: frozenset[str] | None = None
    named_days: Flags | None = None
    language: str = "en"
    languages: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def passage_languages(self) -> list[str]:
        """The language of each of the candidates' passages."""
        firsts = np.flatnonzero(np.diff(self.candidates.passage, prepend=-1)).tolist()
        ids = (self.candidates.sentences[first].hit.passage.document_id for first in firsts)
        return [self.languages.get(one) or "en" for one in ids]

    def of_passages(self, kept: Flags, *, by_words: bool) -> "Retrieval":
        """What it found in some of the candidates' passages, bool (n_passages,), compared by words or by vectors."""
        if kept.all() and by_words == self.comparison.by_words:
            return self
        candidates, sentences = self.candidates.of_passages(kept), kept[self.candidates.passage]
        numbers = {one.hit.number for one in candidates.sentences}
        return replace(
            self,
            hits=tuple(hit for hit in self.hits if hit.number in numbers),
            candidates=candidates,
            comparison=compare(self.query, candidates, by_words=by_words),
            seen=None if self.seen is None else self.seen[sentences],
            led=None if self.led is None else self.led[sentences],
            named_days=None if self.named_days is None else self.named_days[sentences],
        )

    @property
    def shown_already(self) -> Flags | None:
        """Bool (n_sentences,): seen, and without what is new in the question; None if what was seen may answer."""
        if self.seen is None or self.new is None:
            return None
        says = [self.new <= set(terms(one.text)) for one in self.candidates.sentences]
        return np.asarray(self.seen & ~np.array(says, dtype=bool))

    @property
    def rough(self) -> NDArray[np.float32]:
        """float32 (n_sentences,): a first order of the candidates: soft alignment, and a little of the passage."""
        scores = np.array([one.hit.score for one in self.candidates.sentences], dtype=np.float32)
        rough = self.query.weights @ self.comparison.soft + np.float32(0.1) * scores
        return np.asarray(rough if self.named_days is None else rough + np.float32(NAMED_DAY) * self.named_days)

    @property
    def reranked(self) -> tuple[Hit, ...]:
        """The passages by their fused score and by how well their words meet the question's, best first, so scored."""
        met = self.comparison.coverage
        ordered = {one.hit.number: met[at] for at, one in enumerate(self.candidates.sentences)}
        seen = self._seen_share()
        rescored = [
            replace(hit, score=hit.score + MET_WEIGHT * float(ordered[hit.number]) - SEEN_PENALTY * seen[hit.number])
            for hit in self.hits
        ]
        return tuple(sorted(rescored, key=lambda hit: -hit.score))

    def _seen_share(self) -> dict[int, float]:
        """Passage number -> share of its sentences' characters that the user has seen."""
        total, seen = (
            dict.fromkeys((hit.number for hit in self.hits), 0),
            dict.fromkeys((hit.number for hit in self.hits), 0),
        )
        for at, one in enumerate(self.candidates.sentences):
            total[one.hit.number] += len(one.text)
            seen[one.hit.number] += len(one.text) if self.seen is not None and self.seen[at] else 0
        return {number: seen[number] / max(1, total[number]) for number in total}


def naming_days(days: Collection[date], candidates: Candidates, languages: Mapping[str, str | None]) -> Flags:
    """Which sentences name one of some days, in any spelling of their documents' languages: bool (n_sentences,)."""
    named = (days_in(one.text, languages.get(one.hit.passage.document_id)) for one in candidates.sentences)
    return np.array([not set(days).isdisjoint(each) for each in named], dtype=bool)
