"""Probabilities -> the verdict of an answer, which of its quotes are shown, and what a refusal says."""

from collections.abc import Sequence

from ..records import Covers, Verdict
from .selection import CLEAR_CONFIDENCE, Evidence

# Probability that the documents answer at all, under which the question is refused. There 0 to 6 in 100 questions that
# are answered fall below it, and 71 to 95 of those that are not. A wrong refusal costs the user an answer, while a
# wrong "unsure" says what it is, so the line is drawn low.
PRESENT = 0.2
# Confidence from which the part of a quote that answers is marked; a mark in what is likely wrong misleads.
MARKED_CONFIDENCE = 0.2
# Quotes that are given whatever their confidence: the second and third hold the answer for 1 in 12 of squad2's
# questions whose first does not. Those after them need this confidence: what is less likely only takes room.
ALWAYS_GIVEN = 3
FURTHER_CONFIDENCE = 0.05


def verdict_of(confidence: float, present: float, clear_from: float = CLEAR_CONFIDENCE) -> Verdict:
    """Judge by the probabilities, 0..1, that the first quote answers and that the documents answer at all."""
    if present < PRESENT:
        return Verdict.ABSENT
    return Verdict.CLEAR if confidence >= clear_from else Verdict.UNSURE


def worth_showing(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Keep the first quotes, and of the others those likely enough."""
    further = (one for one in evidence[ALWAYS_GIVEN:] if one.confidence >= FURTHER_CONFIDENCE)
    return (*evidence[:ALWAYS_GIVEN], *further)


def covers_of(nearest: Sequence[tuple[str, str]], published: tuple[str, str] | None) -> Covers:
    """Say what a library covers: the nearest documents, each title and id, and the span of its dates."""
    first, last = published or (None, None)
    return Covers(tuple(nearest), first, last)
