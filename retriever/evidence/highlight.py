"""A quote's sentence -> the part that answers: the number, date, name or clause, or none when unsure.

Every stretch that could be an answer (a run of words without function words at its ends, a clause between commas) is a
candidate; a linear list-wise model, as in `ranking`, weighs them.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..words import FUNCTION_TERMS, term_of
from .features import Asked, Candidates, Comparison, Floats
from .ranking import softmax

Places = NDArray[np.int64]

# Expected overlap under which nothing is marked. From it, a third of the answering sentences of squad2 are marked, with
# 0.70 of the words right in the mean (F1); in 18 of 100 marks none is (`python -m training`).
SURE = 0.45
# Words that may stand inside a stretch, but not at its ends: "secretary of the state".
_LINKS = frozenset(term_of(word) for word in "of the and in to for on a".split())
_LONGEST = 9  # words of a stretch that is not a clause
_FAR = 8  # words from the nearest of the question's, from which on it is the same how many
_PART = re.compile(r"[,;:()–—\"“”]")
_CALENDAR = frozenset(
    term_of(word)
    for word in """january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday one two three four five six seven eight nine ten eleven twelve thirteen
    twenty thirty forty fifty hundred thousand million billion half third quarter dozen percent twice double""".split()
)
_BEFORE_ANSWER = frozenset(term_of(word) for word in "by because to as in".split())
# What a question asks for; its first match says.
_KINDS = {
    "number": re.compile(
        r"\bhow (?:many|much|long|far|old|often|large|big|high|tall|few)\b|\bwhen\b|"
        r"\b(?:what|which) (?:percent|number|percentage|amount|proportion|year|century|decade|date|month|day|time)\b"
    ),
    "who": re.compile(r"\bwho|\bwhom\b|\bwhose\b"),
    "where": re.compile(r"\bwhere\b"),
    "why": re.compile(r"\bwhy\b|for what reason|what (?:caused|was the (?:reason|cause|purpose))"),
    "how": re.compile(r"\bhow\b"),
}
_EVERY_KIND = (*_KINDS, "what")
_SHARED = (
    *("asking_best", "asking_mean", "name_best", "content_mean", "content_best", "asked_mean", "asked_any"),
    *("length", "long", "first", "starts_loose", "ends_loose", "distance", "number", "all_capital", "capital"),
    *("cut_before", "cut_after", "led_to"),
)
# Of these, what an answer of each kind has of its own.
_OF_KIND = ("number", "capital", "length", "asked_mean")
MARKS = (*_SHARED, *(f"{kind}_{name}" for kind in _EVERY_KIND for name in _OF_KIND))


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stretches of one sentence that could answer.

    Attributes:
        places: start and end of each in the document's text.
        marks: float32 (n_stretches, n_marks), what tells them apart, in the order of `MARKS`.
    """

    places: tuple[tuple[int, int], ...]
    marks: Floats


def highlighted(stretches: Stretches, weights: Floats) -> tuple[int, int] | None:
    """Choose the stretch that is expected to overlap most with the answer, or None when unsure.

    Neighbouring stretches share the probability ("32,000", "more than 32,000"), so the likeliest alone says little:
    each is judged by how much it overlaps with all, weighed by their probabilities, which is decoding by minimum Bayes
    risk (Kumar and Byrne 2004).

    Args:
        stretches: the candidates.
        weights: float32 (n_marks,), trained.

    Returns:
        Start and end in the document's text.
    """
    if not stretches.places:
        return None
    overlap = expected_overlap(stretches, weights)
    best = int(np.argmax(overlap))
    return stretches.places[best] if overlap[best] >= SURE else None


def expected_overlap(stretches: Stretches, weights: Floats) -> Floats:
    """How much of each stretch and the answer is common to both, in expectation: float32 (n_stretches,), 0..1.

    Common is counted in characters and divided by those that either has (Jaccard's index).
    """
    starts, ends = np.array(stretches.places, dtype=np.float32).T
    common = np.minimum.outer(ends, ends) - np.maximum.outer(starts, starts)
    common = np.maximum(common, 0)
    lengths = ends - starts
    either = np.add.outer(lengths, lengths) - common
    return np.asarray((common / either) @ softmax(stretches.marks @ weights), dtype=np.float32)


def stretches_of(
    question: str, asked: Asked, candidates: Candidates, comparison: Comparison, sentence: int
) -> Stretches:
    """Find and measure the stretches of a candidate sentence."""
    at = np.flatnonzero(candidates.sentence_of == sentence)
    if not len(at):
        return Stretches((), np.zeros((0, len(MARKS)), dtype=np.float32))
    one = candidates.sentences[sentence]
    places = (candidates.places[at] - one.start).tolist()
    terms = [candidates.terms[position] for position in at.tolist()]
    spelt = [one.text[start:end] for start, end in places]
    parted = [bool(_PART.search(one.text[end:start])) for (_, end), (start, _) in itertools.pairwise(places)]
    spans = _spans(terms, parted)
    marks = _Marks(question, asked, comparison.similarity[:, at], terms, spelt)
    return Stretches(
        tuple((one.start + places[x][0], one.start + places[y - 1][1]) for x, y in spans),
        marks.of(spans),
    )


def _spans(terms: list[str], parted: list[bool]) -> list[tuple[int, int]]:
    """First word and one past the last of every stretch, in a fixed order."""
    count = len(terms)
    cuts = [0, *(position + 1 for position, part in enumerate(parted) if part), count]
    spans = {*itertools.pairwise(cuts), *zip(cuts, cuts[2:], strict=False)}
    for first in range(count):
        if terms[first] in FUNCTION_TERMS:
            continue
        for last in range(first, min(count, first + _LONGEST)):
            if last > first and parted[last - 1]:
                break
            if terms[last] not in FUNCTION_TERMS:
                spans.add((first, last + 1))
            elif terms[last] not in _LINKS:
                break
    return sorted(span for span in spans if span[1] > span[0])


class _Marks:
    """What is needed to measure any stretch of one sentence."""

    def __init__(self, question: str, asked: Asked, similarity: Floats, terms: list[str], spelt: list[str]) -> None:
        known = {word.term for word in asked.words} - FUNCTION_TERMS
        asking = asked.asking
        names = [k for k in range(int(np.argmax(asking)) + 1, len(asking)) if not asked.functional[k]][:1]
        content = ~asked.functional
        asking_rows = similarity[asking]
        own_content = similarity[content if content.any() else asking].max(axis=0)
        number = [word[0].isdigit() or term in _CALENDAR for word, term in zip(spelt, terms, strict=True)]
        shared = [term in known for term in terms]
        # One more than there are words: a place behind the last, and before the first, that is nothing.
        self._capital = np.array([*(word[0].isupper() for word in spelt), False])
        self._led = np.array([*(term in _BEFORE_ANSWER for term in terms), False])
        self._loose = np.array([term in FUNCTION_TERMS for term in terms])
        highest = (asking_rows.max(axis=0), similarity[names[0]] if names else asking_rows[0], own_content)
        self._highest = np.pad(np.stack(highest), ((0, 0), (0, 1)))
        summed = (asking_rows.mean(axis=0), own_content, shared, number, self._capital[:-1])
        self._summed = np.pad(np.array(summed, dtype=np.float64), ((0, 0), (0, 1)))
        # Where the nearest of the question's words stands, before each place and from it on.
        at, far = np.arange(len(terms)), np.where(shared, 0, _FAR)
        self._asked_before = np.append(-_FAR, np.maximum.accumulate(np.where(shared, at, -_FAR)))
        self._asked_from = np.append(np.minimum.accumulate((at + far)[::-1])[::-1], len(terms) + _FAR)
        lowered = question.lower()
        self._kind = next((kind for kind, pattern in _KINDS.items() if pattern.search(lowered)), "what")

    def of(self, spans: Sequence[tuple[int, int]]) -> Floats:
        """Measure stretches, first word and one past the last of each: float32 (n_stretches, n_marks)."""
        measured = self._shared(*np.array(spans).T)
        of_kind = np.zeros((len(_EVERY_KIND), len(_OF_KIND), len(spans)), dtype=np.float32)
        of_kind[_EVERY_KIND.index(self._kind)] = measured[[MARKS.index(name) for name in _OF_KIND]]
        return np.concatenate((measured, of_kind.reshape(-1, len(spans)))).T

    def _shared(self, first: Places, end: Places) -> Floats:
        """Measure words `first` to `end` (excluded): float32 (n_shared, n_stretches), in the order of `_SHARED`."""
        count, before = end - first, first - 1
        edges = np.stack((first, end), axis=1).ravel()  # `reduceat` gives what lies between two stretches too
        asking_best, name, content_best = np.maximum.reduceat(self._highest, edges, axis=1)[:, ::2]
        asking_mean, content_mean, asked, number, capital = np.add.reduceat(self._summed, edges, axis=1)[:, ::2] / count
        far = np.minimum(first - self._asked_before[first], self._asked_from[end] - end + 1)
        marks = (
            *(asking_best, asking_mean, name, content_mean, content_best, asked, asked > 0),
            *(np.log(count), count > 6, first == 0, self._loose[first], self._loose[end - 1]),
            *(np.minimum(far, _FAR) / _FAR, number > 0, capital == 1, capital),
            self._capital[before] & self._capital[first],
            self._capital[end] & self._capital[end - 1],
            self._led[before],
        )
        return np.stack(marks).astype(np.float32)
