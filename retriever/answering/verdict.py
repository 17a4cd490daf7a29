"""Ranked evidence -> an Answer, and its form as JSON, which other programs read."""

from collections.abc import Sequence
from dataclasses import asdict

from ..records import Agreement, Answer, Covers, Quote, Verdict
from .selection import Evidence

# Confidence from which an answer is clear. Of the clear answers to a handbook, court papers and the news, each left out
# of what the verdict was fitted on, 5 to 14 in 100 are wrong (`python -m training.verdict`).
CLEAR_CONFIDENCE = 0.7
# Probability that the documents answer at all, under which the question is refused. There 4 to 6 in 100 questions that
# are answered fall below it, and 70 to 100 of those that are not. A wrong refusal costs the reader an answer, while a
# wrong "unsure" says what it is, so the line is drawn low.
PRESENT = 0.3
# Confidence from which the part of a quote that answers is marked; a mark in what is likely wrong misleads.
MARKED_CONFIDENCE = 0.2
# Quotes that are given whatever their confidence: the second and third hold the answer for 1 in 12 of squad2's
# questions whose first does not. Those behind them need this confidence: what is less likely only takes room.
ALWAYS_GIVEN = 3
FURTHER_CONFIDENCE = 0.05


Id = str | int | float | None
"""What a program names its question by; it comes back with the answer."""


def verdict_of(confidence: float, present: float) -> Verdict:
    """Judge by the probabilities, 0..1, that the first quote answers and that the documents answer at all."""
    if present < PRESENT:
        return Verdict.ABSENT
    return Verdict.CLEAR if confidence >= CLEAR_CONFIDENCE else Verdict.UNSURE


def worth_showing(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Keep the first quotes, and of the others those likely enough."""
    further = (one for one in evidence[ALWAYS_GIVEN:] if one.confidence >= FURTHER_CONFIDENCE)
    return (*evidence[:ALWAYS_GIVEN], *further)


def covers_of(nearest: Sequence[tuple[str, str]], published: tuple[str, str] | None) -> Covers:
    """Say what a library covers: the nearest documents, each title and id, and the span of its dates."""
    first, last = published or (None, None)
    return Covers(tuple(nearest), first, last)


def as_json(answer: Answer, answer_id: Id = None) -> dict[str, object]:
    """Write an answer in the contract's form (`ask --json`).

    Args:
        answer: the answer.
        answer_id: the id that came with the question, or None.
    """
    state, timings = answer.library, answer.timings
    return {
        "id": answer_id,
        "question": answer.question,
        "understood_as": answer.understood_as,
        "taken_as": list(answer.taken_as),
        "verdict": answer.verdict.value,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "quotes": [_quote(quote) for quote in answer.quotes],
        "agreement": _agreement(answer.agreement),
        "covers": _covers(answer.covers) if answer.covers else None,
        "library": {"documents": state.documents, "passages": state.passages, "digest": state.digest},
        "milliseconds": {
            "encode": round(timings.encode, 1),
            "search": round(timings.search, 1),
            "evidence": round(timings.evidence, 1),
            "total": round(timings.total, 1),
        },
    }


def _quote(quote: Quote) -> dict[str, object]:
    return {
        "text": quote.text,
        "document_id": quote.document_id,
        "title": quote.title,
        "publisher": quote.publisher,
        "published": quote.published,
        "as_of": quote.as_of,
        "start": quote.start,
        "end": quote.end,
        "page": quote.page,
        "heading": quote.heading,
        "highlight": list(quote.highlight) if quote.highlight else None,
        "confidence": round(quote.confidence, 4),
        "why": {
            "dense_rank": quote.why.dense_rank,
            "lexical_rank": quote.why.lexical_rank,
            "matched": list(quote.why.matched),
        },
        "copies": [asdict(copy) for copy in quote.copies],
    }


def _agreement(agreement: Agreement) -> dict[str, object]:
    return {
        "same": [list(group) for group in agreement.same],
        "differing": [
            {"kind": one.kind.value, "quotes": list(one.quotes), "values": list(one.values)}
            for one in agreement.differing
        ],
    }


def _covers(covers: Covers) -> dict[str, object]:
    dates = [covers.first_published, covers.last_published] if covers.first_published else None
    return {
        "nearest": [{"title": title, "document_id": document_id} for title, document_id in covers.nearest],
        "published": dates,
    }
