"""A sentence that answers, and another -> whether the other retells it, and what it says in place of the answer.

In come two sources' answers with their sentences, out comes a `Retelling`. One decision: words are paired as P. Heckel
pairs lines (A technique for isolating differences between files, 1978), so that a part of the sentence may have moved:
first the words that each sentence has once, then their neighbours.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS, Word
from .answers import SourceAnswer
from .patterns import CURRENCIES

FEWEST_AROUND = 4
"""Words around the answer, function words not counted, below which two sentences are alike by chance."""

PARALLEL = 0.6
"""Share of the words around the answer that two sentences have in common, from which they are one, told of two things.

The shorter sentence counts. With 0.5, differences are lost in cases that were written by hand.
"""

RETOLD_FROM = 0.6
"""Share of the words around the answer that both sentences have, from which one retells the other."""

MOST_WORDS_MORE = 4
"""Words by which what stands in place of an answer may be longer: "3,120", "a little more than three thousand"."""

_OPENING = re.compile(r"(?:^|[.!?:\n])[^\w]*$")
_BORDER = re.compile(r"[,;:.()–—]")


def paired(one: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Pair the terms of two sentences: place in one -> place in the other."""
    counts, theirs = Counter(one), Counter(other)
    places = {term: at for at, term in enumerate(other)}
    pairs = {
        at: places[term]
        for at, term in enumerate(one)
        if counts[term] == theirs[term] == 1 and term not in FUNCTION_TERMS
    }
    taken = set(pairs.values())
    for step in (1, -1):
        for at in sorted(pairs):
            here, there = at + step, pairs[at] + step
            while (
                0 <= here < len(one)
                and 0 <= there < len(other)
                and here not in pairs
                and there not in taken
                and one[here] == other[there]
            ):
                pairs[here] = there
                taken.add(there)
                here, there = here + step, there + step
    return pairs


@dataclass(frozen=True)
class Retelling:
    """How the sentence of one answer is told in another sentence.

    Attributes:
        span: start and end, in the answer's quote, of the words that answer.
        text: the other quote.
        ours: the words of the answer's sentence.
        theirs: the words of the other sentence.
    """

    span: tuple[int, int]
    text: str
    ours: Sequence[Word]
    theirs: Sequence[Word]

    @cached_property
    def pairs(self) -> dict[int, int]:
        """Place of a word in one sentence -> its place in the other."""
        return paired([word.term for word in self.ours], [word.term for word in self.theirs])

    @cached_property
    def answer(self) -> tuple[int, int]:
        """First and one past the last of the words that answer."""
        start, end = self.span
        places = [at for at, word in enumerate(self.ours) if word.start < end and start < word.end]
        return (places[0], places[-1] + 1) if places else (0, 0)

    @cached_property
    def place(self) -> tuple[int, int]:
        """First and one past the last of the words that the other sentence has in place of the answer.

        They lie between what is paired with the words before the answer and with those behind it. Both are 0 where
        there are none, or too many.
        """
        first, last = self.answer
        most = last - first + MOST_WORDS_MORE
        before, behind = self.pairs.get(first - 1), self.pairs.get(last)
        start = self.pairs.get(first, None if before is None else before + 1)
        end = self.pairs.get(last - 1, -1) + 1 if last - 1 in self.pairs else behind
        if first == last or (start is None and end is None):
            return 0, 0
        taken = set(self.pairs.values())
        if start is None and end is not None:
            start = end
            while start > 0 and start - 1 not in taken and end - start < most and not self._border(start):
                start -= 1
        if end is None and start is not None:
            end = start
            while end < len(self.theirs) and end not in taken and end - start < most:
                end += 1
                if self._border(end):
                    break
        if start is None or end is None or not 0 < end - start <= most:
            return 0, 0
        return start, end

    def _border(self, at: int) -> bool:
        """Whether a mark ends a clause before a word of the other sentence."""
        if not 0 < at < len(self.theirs):
            return True
        return _BORDER.search(self.text, self.theirs[at - 1].end, self.theirs[at].start) is not None

    @cached_property
    def counterpart(self) -> tuple[int, int] | None:
        """Start and end, in the other text, of what it says in place of the answer."""
        first, last = self.place
        if first == last:
            return None
        start = self.theirs[first].start
        return start - (self.text[max(0, start - 1) : start] in CURRENCIES), self.theirs[last - 1].end

    @cached_property
    def share(self) -> float:
        """Share of the words around the answer that are told in the other sentence, of the longer one, 0..1."""
        (first, last), (start, end) = self.answer, self.place
        ours = [at for at, word in enumerate(self.ours) if not first <= at < last and word.term not in FUNCTION_TERMS]
        theirs = {
            at for at, word in enumerate(self.theirs) if not start <= at < end and word.term not in FUNCTION_TERMS
        }
        told = sum(self.pairs.get(at) in theirs for at in ours)
        return told / max(1, len(ours), len(theirs))

    @cached_property
    def replaced(self) -> tuple[tuple[Word, Word], ...]:
        """Words around the answer, with those that the other sentence has in their place; no function words."""
        (first, last), (start, end) = self.answer, self.place
        images = {there: there for there in self.pairs.values()}
        ours = {at: _beside(at, self.pairs, len(self.ours)) for at in range(len(self.ours)) if at not in self.pairs}
        theirs = {at: _beside(at, images, len(self.theirs)) for at in range(len(self.theirs)) if at not in images}
        found = (
            (self.ours[here], self.theirs[there])
            for here, (left, right) in ours.items()
            for there, (before, behind) in theirs.items()
            if not first <= here < last and not start <= there < end and left == before and right == behind
        )
        return tuple(pair for pair in found if FUNCTION_TERMS.isdisjoint(word.term for word in pair))


def _beside(at: int, pairs: Mapping[int, int], count: int) -> tuple[int, int]:
    """Where the nearest paired words before and behind a place stand in the other sentence; -1 at its ends."""
    left = next((pairs[near] for near in range(at, -1, -1) if near in pairs), -1)
    return left, next((pairs[near] for near in range(at, count) if near in pairs), -1)


@dataclass(frozen=True)
class ToldTwice:
    """The answers of two sources, with how the sentence of the surer one is told in that of the other.

    Attributes:
        surer: the one whose span the reader scores higher; `other` the other.
        retelling: of the surer one's sentence.
    """

    surer: SourceAnswer
    other: SourceAnswer
    retelling: Retelling

    @classmethod
    def of(cls, one: SourceAnswer, other: SourceAnswer) -> "ToldTwice":
        """Compare two answers."""
        surer, lesser = (one, other) if one.score >= other.score else (other, one)
        return cls(surer, lesser, Retelling(surer.span, lesser.quote.text, surer.words, lesser.words))

    @cached_property
    def is_retold(self) -> bool:
        """Whether one sentence retells the other, and both answers stand in one place of it."""
        place, (start, end) = self.retelling.counterpart, self.other.span
        if place is None or min(len(self.surer.context), len(self.other.context)) < FEWEST_AROUND:
            return False
        return self.retelling.share >= RETOLD_FROM and place[0] < end and start < place[1]

    @cached_property
    def is_parallel(self) -> bool:
        """Whether two sentences are one, told perhaps of two things."""
        fewest = min(len(self.surer.context), len(self.other.context))
        return fewest >= FEWEST_AROUND and len(self.surer.context & self.other.context) >= PARALLEL * fewest

    @cached_property
    def is_altered(self) -> bool:
        """Whether two such sentences have another name or number in place of one beside the answer."""
        ours, theirs = self.surer.quote.text, self.other.quote.text
        return self.is_parallel and any(
            _is_named(ours, one) and _is_named(theirs, other) for one, other in self.retelling.replaced
        )

    def have_other_subjects(self, question: Question) -> bool:
        """Whether of two such sentences one has another word where the other has a word of the question."""
        asked, near = question.naming_terms, [each.quote_terms | each.near for each in (self.surer, self.other)]
        return self.is_parallel and any(
            (one.term in asked and other.term not in asked and one.term not in near[1])
            or (other.term in asked and one.term not in asked and other.term not in near[0])
            for one, other in self.retelling.replaced
        )

    @cached_property
    def values(self) -> tuple[SourceAnswer, SourceAnswer]:
        """The answers; of two in retold sentences, from the first to the last word that the other sentence lacks."""
        ours = _own_words(self.surer, self.retelling.ours, self.retelling.theirs)
        theirs = _own_words(self.other, self.retelling.theirs, self.retelling.ours)
        if not (self.is_retold and ours and theirs):
            return self.surer, self.other
        own = (
            replace(self.surer, span=(ours[0].start, ours[-1].end)),
            replace(self.other, span=(theirs[0].start, theirs[-1].end)),
        )
        # "Beginning in May", "starting in May": what differs is no value beside the time.
        are_times = all(any(value.time for value in each.values) for each in (self.surer, self.other))
        return (self.surer, self.other) if are_times and not any(each.values for each in own) else own


def _is_named(text: str, word: Word) -> bool:
    """Whether a word is a name or a number: it begins so, and is not the first of a sentence."""
    return text[word.start].isdigit() or (text[word.start].isupper() and not _OPENING.search(text, 0, word.start))


def _own_words(answer: SourceAnswer, sentence: Sequence[Word], other: Sequence[Word]) -> list[Word]:
    """The words of an answer that the other sentence lacks; no function words."""
    (start, end), taken = answer.span, {word.term for word in other} | FUNCTION_TERMS
    return [word for word in sentence if word.start < end and start < word.end and word.term not in taken]
