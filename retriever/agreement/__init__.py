"""Quotes of several sources -> which say the same, which differ, and at what time each was true.

    kinds      the kinds of values
    patterns   how values are written
    values     a text -> its values
    answers    a question and a quote -> what that source answers: the reader's span
    comparing  two answers -> equal, a rounding, different
    retelling  two answers -> whether one sentence retells the other, and what it says in place of the answer
    model      two answers -> the probability that they say the same, and that they differ
    doubts     two answers that seem to differ -> whether there is reason to doubt it
    unread     two quotes that nobody has read -> the values of one sentence that both tell
    relations  the answers of two documents -> how they relate
    newest     a question about the present -> the newest answer first

What is compared is the answer that the reader finds in each quote, not every value that its sentences hold. Where it
cannot read them, only sentences that are one but for a value are compared. In doubt nothing is said.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ..records import Agreement, Copy, Difference, DifferenceKind, Quote
from ..text.calendar import Time
from ..text.question import Question
from ..text.time_expressions import event_times, nearest, times_in
from ..text.tokens import terms
from .answers import SourceAnswer
from .comparing import Likeness
from .doubts import Passages
from .newest import newest_first
from .relations import QuoteEvidence, Relation, Relations, relate, source_answers

__all__ = [
    "BEYOND",
    "Passages",
    "QuoteEvidence",
    "as_of",
    "compare",
    "mark_values",
    "merge_copies",
    "newest_first",
    "source_answers",
]

BEYOND = 5
"""Quotes that are compared beyond those that are given, so that a source that differs is not left out for room."""


def as_of(
    text: str,
    published: str | None,
    highlight: tuple[int, int] | None = None,
    asked: Sequence[Time] = (),
    language: str | None = None,
) -> str | None:
    """The time that a quote speaks of.

    Args:
        text: its words.
        published: ISO 8601 date of its document, perhaps reduced, or None.
        highlight: the part that answers, or None.
        asked: the times that the question asks for.
        language: of its document, as an ISO 639-1 code; None for English.

    Returns:
        ISO 8601 date, perhaps reduced, or interval: of the times that it names, those asked for before others, the one
        nearest to the part that answers, else the first; else the document's date; None if neither is known.
    """
    times = event_times(times_in(text, published, language))
    expected = [time for time in times if any(time.meets(each) for each in asked)]
    time = nearest(expected or times, highlight[1] if highlight else 0)
    return time.iso if time else published


def compare(
    question: Question, evidence: Sequence[QuoteEvidence], top: int, passages: Passages
) -> tuple[list[QuoteEvidence], Agreement]:
    """Choose the quotes of an answer, and compare them.

    Args:
        question: the question, standing alone.
        evidence: quotes, best first, more than are to be given.
        top: how many are to be given at most.
        passages: document id -> texts of its passages that were found, which may speak against a difference.

    Returns:
        The first `top` quotes. A quote further down takes the place of the last one that neither agrees nor differs,
        if its source does.

        How they agree: groups of positions that say the same, each ascending; no position stands in two. How they
        differ: each value with the best quote that names it, the best first, or in the order of time where that parts
        them.
    """
    answers, relations = relate(question, evidence, passages)
    spans = {each.position: each.span for each in answers}
    given = _chosen(len(evidence), relations, top)
    places = {position: place for place, position in enumerate(given)}
    answers = [replace(each, position=places[each.position]) for each in answers if each.position in places]
    relations = {
        (places[one], places[other]): relation
        for (one, other), relation in relations.items()
        if one in places and other in places
    }
    agreement = Agreement(tuple(_groups(answers, relations)), tuple(_differences(question, answers, relations)))
    chosen = [replace(evidence[position], span=spans.get(position, evidence[position].span)) for position in given]
    return chosen, agreement


def _chosen(count: int, relations: Relations, top: int) -> list[int]:
    """Positions of the quotes that are given, of `count` of them."""
    related_ones = {position for pair in relations for position in pair}
    further = [position for position in sorted(related_ones) if position >= top]
    spare = [position for position in range(min(count, top) - 1, 0, -1) if position not in related_ones]
    return sorted({*range(min(count, top)), *further[: len(spare)]} - {*spare[: len(further)]})


def mark_values(evidence: Sequence[QuoteEvidence], agreement: Agreement) -> tuple[Quote, ...]:
    """Mark in the quotes of an answer the values that differ, and nothing else.

    Args:
        evidence: the quotes, best first.
        agreement: how they agree and differ.

    Returns:
        The quotes. Where some differ, no other is marked but those that say the same as one of them; where the first is
        not marked, none after it is.
    """
    quotes = [each.quote for each in evidence]
    values = {
        place: value
        for one in reversed(agreement.differing)
        for place, value in zip(one.quotes, one.values, strict=True)
    }
    differing = {place for difference in agreement.differing for group in difference.sources for place in group}
    if differing:
        bearing = differing.union(*(group for group in agreement.same if not differing.isdisjoint(group)))
        quotes = [
            replace(quote, highlight=_mark(evidence[place], values.get(place)) if place in bearing else None)
            for place, quote in enumerate(quotes)
        ]
    if quotes and quotes[0].highlight is None:
        quotes = [replace(quote, highlight=None) for quote in quotes]
    return tuple(quotes)


def _mark(evidence: QuoteEvidence, value: str | None) -> tuple[int, int]:
    """Where a quote's value stands: its words inside the span, or else what is marked already, or the whole span."""
    start, end = evidence.span
    at = evidence.quote.text.find(value, start, end) if value else -1
    return (at, at + len(value)) if value and at >= 0 else evidence.quote.highlight or (start, end)


def merge_copies(evidence: Sequence[QuoteEvidence], near: Mapping[str, Collection[str]]) -> list[QuoteEvidence]:
    """Quote once what stands in copies of one text.

    Args:
        evidence: quotes, best first.
        near: document id -> ids of its near-copies.

    Returns:
        The quotes without those whose words an earlier one has, from a near-copy of its document; that one lists them.
        A copy that was changed at this place stays.
    """
    kept: list[QuoteEvidence] = []
    for each in evidence:
        quote = each.quote
        for place, other in enumerate(kept):
            if quote.document_id in near.get(other.quote.document_id, ()) and _same_words(quote.text, other.quote.text):
                copy = Copy(quote.document_id, quote.start, quote.end, quote.title, quote.publisher, quote.published)
                kept[place] = replace(other, quote=replace(other.quote, copies=(*other.quote.copies, copy)))
                break
        else:
            kept.append(each)
    return kept


def _same_words(one: str, other: str) -> bool:
    """Whether the words of one are those of the other, or some of them: windows may be cut otherwise."""
    short, long = sorted((f" {' '.join(terms(text))} " for text in (one, other)), key=len)
    return short in long


def _groups(answers: Sequence[SourceAnswer], relations: Relations) -> list[tuple[int, ...]]:
    """Positions of answers of which each two say the same."""
    grouped: set[int] = set()
    groups = []
    positions = [answer.position for answer in answers]
    for first in positions:
        if first in grouped:
            continue
        group = [first]
        for other in positions:
            if other > first and other not in grouped and all(_same(relations.get((one, other))) for one in group):
                group.append(other)
        if len(group) > 1:
            groups.append(tuple(group))
            grouped.update(group)
    return groups


def _same(relation: Relation | None) -> bool:
    return relation in (Likeness.EQUAL, DifferenceKind.ROUNDING)


def _differences(question: Question, answers: Sequence[SourceAnswer], relations: Relations) -> list[Difference]:
    """For each kind of difference, the answers it stands between: of those that say the same, the best."""
    found = []
    for kind in DifferenceKind:
        positions = {position for pair, relation in relations.items() if relation is kind for position in pair}
        sources: dict[int, list[int]] = {}
        chosen: list[SourceAnswer] = []
        for answer in (each for each in answers if each.position in positions):
            stands_for = next(
                (
                    each.position
                    for each in chosen
                    if _says_the_same(relations.get((each.position, answer.position)), kind)
                ),
                None,
            )
            if stands_for is None:
                chosen.append(answer)
                sources[answer.position] = [answer.position]
            else:
                sources[stands_for].append(answer.position)
        if kind is DifferenceKind.LATER:
            chosen.sort(key=_moment)
        if len(chosen) > 1:
            positions_of = tuple(answer.position for answer in chosen)
            told = tuple(tuple(sources[position]) for position in positions_of)
            found.append(Difference(positions_of, tuple(answer.shown(question) for answer in chosen), kind, told))
    return found


def _says_the_same(relation: Relation | None, kind: DifferenceKind) -> bool:
    """Whether a difference that names one of two answers need not name the other."""
    rounded = relation is DifferenceKind.ROUNDING and kind is not DifferenceKind.ROUNDING
    return relation is Likeness.EQUAL or rounded


def _moment(answer: SourceAnswer) -> date:
    """When it was so: the first day spoken of, or else of publication."""
    time = answer.time or answer.published
    return time.first if time else date.min
