"""A question about the present -> the newest of the answers that changed over time comes first."""

from collections.abc import Sequence
from dataclasses import replace

from ..records import Agreement, DifferenceKind
from .relations import SURE_TO_ANSWER, QuoteEvidence


def newest_first(evidence: Sequence[QuoteEvidence], agreement: Agreement) -> tuple[list[QuoteEvidence], Agreement]:
    """Move the quote with the newest answer to the front, where the first one's answer was true earlier.

    That the documents answer is as sure as before, so the quote moved to the front takes over the highest confidence.

    Args:
        evidence: the quotes, best first.
        agreement: how they agree and differ.

    Returns:
        The quotes, no confidence higher than the one before it, and their agreement, with the positions that they now
        have. Both are unchanged if the first answer is the newest, or if the reader doubts that the newer one answers.
    """
    newest = next(
        (one.quotes[-1] for one in agreement.differing if one.kind is DifferenceKind.LATER and 0 in one.quotes), 0
    )
    if newest == 0 or evidence[newest].answers < SURE_TO_ANSWER:
        return list(evidence), agreement
    order = [newest, *(position for position in range(len(evidence)) if position != newest)]
    places = {position: place for place, position in enumerate(order)}
    confidences = [each.quote.confidence for each in evidence]
    moved = [
        replace(evidence[position], quote=replace(evidence[position].quote, confidence=confidence))
        for position, confidence in zip(order, confidences, strict=True)
    ]
    agreement = agreement.moved(places.__getitem__)
    return moved, replace(agreement, same=tuple(sorted(agreement.same)))
