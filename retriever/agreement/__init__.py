"""Quotes of several sources -> which say the same, which differ, and at what time each was true.

    kinds      the kinds of values
    patterns   how values are written
    values     a text -> its values
    asking     a question -> the kinds of value that answer it
    claims     a question and a quote -> the value that the quote gives
    comparing  two values -> equal, a rounding, different
    relations  the claims of two documents -> how they relate

A difference is shown only between values that answer the same question in the same role. In doubt nothing is said.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from ..encoder.word_vectors import SAME_COSINE
from ..records import Agreement, Copy, Difference, DifferenceKind, Quote
from ..text.calendar import Time
from ..text.time_expressions import event_times, nearest, times_in
from ..text.tokens import terms
from .asking import ExpectedAnswer
from .claims import Claim
from .comparing import Likeness, likeness
from .kinds import Kind
from .relations import QuoteEvidence, Relation, Relations, relations_of
from .values import values_in

__all__ = ["BEYOND", "QuoteEvidence", "as_of", "compare", "mark_values", "merge_copies", "select_quotes"]

_WORDED = frozenset((Kind.NAME, Kind.TIME, Kind.RANK))
# Quotes that are compared beyond those that are given, so that a source that differs is not left out for room.
BEYOND = 5


def as_of(
    text: str, published: str | None, highlight: tuple[int, int] | None = None, asked: Sequence[Time] = ()
) -> str | None:
    """The time that a quote speaks of.

    Args:
        text: its words.
        published: ISO 8601 date of its document, perhaps reduced, or None.
        highlight: the part that answers, or None.
        asked: the times that are asked for.

    Returns:
        ISO 8601 date, perhaps reduced, or interval: of the times that it names, those asked for before others, the one
        nearest to the part that answers, else the first; else the document's date; None where neither is known.
    """
    times = event_times(times_in(text, published))
    asked_for = [time for time in times if any(time.meets(each) for each in asked)]
    time = nearest(asked_for or times, highlight[1] if highlight else 0)
    return time.iso if time else published


def compare(expected: ExpectedAnswer, evidence: Sequence[QuoteEvidence]) -> Agreement:
    """Compare the quotes of one answer.

    Args:
        expected: the kind of answer that the question asks for.
        evidence: its quotes, best first.

    Returns:
        Groups of positions that say the same, each ascending; no position stands in two. Differences, each value with
        the best quote that names it: the best first, or, where time parts them, in the order of time.
    """
    claims, relations = relations_of(expected, evidence)
    return Agreement(tuple(_groups(evidence, relations)), tuple(_differences(claims, relations)))


def select_quotes(expected: ExpectedAnswer, evidence: Sequence[QuoteEvidence], top: int) -> list[QuoteEvidence]:
    """Choose the quotes of an answer: the best, and those by which a further source agrees or differs.

    Args:
        expected: the kind of answer that the question asks for.
        evidence: quotes, best first, more than are to be given.
        top: how many are to be given at the most.

    Returns:
        The first `top`, but that one further down takes the place of the last that bears on no other.
    """
    if len(evidence) <= top:
        return list(evidence)
    _, relations = relations_of(expected, evidence)
    related = [pair for pair, relation in relations.items() if relation not in (None, Likeness.UNLIKE)]
    bearing = {position for pair in related for position in pair}
    beyond = [position for position in sorted(bearing) if position >= top]
    spare = [position for position in range(top - 1, 0, -1) if position not in bearing]
    given = sorted({*range(top), *beyond[: len(spare)]} - {*spare[: len(beyond)]})
    return [evidence[position] for position in given]


def mark_values(quotes: Sequence[Quote], agreement: Agreement) -> tuple[Quote, ...]:
    """Mark in the quotes of an answer what they are said to differ in, and nothing that draws the eye from it.

    Args:
        quotes: the quotes, best first.
        agreement: how they agree and differ.

    Returns:
        The quotes. Where some differ, no other is marked but those that say the same as one of them; where the first is
        not marked, none behind it is.
    """
    values: dict[int, str] = {}
    for difference in agreement.differing:
        values = dict(zip(difference.quotes, difference.values, strict=True)) | values
    bearing = set(values).union(*(group for group in agreement.same if not values.keys().isdisjoint(group)))
    found = [
        replace(quote, highlight=_place(values[place], quote.text) or quote.highlight) if place in values else quote
        for place, quote in enumerate(quotes)
    ]
    kept = bearing if values else set(range(len(found)))
    if found and found[0].highlight is None:
        kept = set()
    return tuple(quote if place in kept else replace(quote, highlight=None) for place, quote in enumerate(found))


def _place(value: str, text: str) -> tuple[int, int] | None:
    match = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)
    return match.span() if match else None


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


def _groups(evidence: Sequence[QuoteEvidence], relations: Relations) -> list[tuple[int, ...]]:
    grouped: set[int] = set()
    groups = []
    for first in range(len(evidence)):
        if first in grouped:
            continue
        group = [first]
        for other in range(first + 1, len(evidence)):
            elsewhere = evidence[other].quote.document_id not in {evidence[one].quote.document_id for one in group}
            if other not in grouped and elsewhere and all(_same(evidence, one, other, relations) for one in group):
                group.append(other)
        if len(group) > 1:
            groups.append(tuple(group))
            grouped.update(group)
    return groups


def _same(evidence: Sequence[QuoteEvidence], one: int, other: int, relations: Relations) -> bool:
    if not (evidence[one].answers and evidence[other].answers):
        return False
    if (one, other) in relations:
        relation = relations[one, other]
        if relation in (Likeness.EQUAL, DifferenceKind.ROUNDING):
            return True
        if relation is not None:
            return False
    near = float(np.dot(evidence[one].vector, evidence[other].vector)) >= SAME_COSINE
    return near and not _numbers_part(evidence[one].quote, evidence[other].quote)


def _numbers_part(one: Quote, other: Quote) -> bool:
    """Whether both name numbers, and none that the other names."""
    first, second = (
        [value for value in values_in(quote.text, times_in(quote.text, quote.published)) if value.kind not in _WORDED]
        for quote in (one, other)
    )
    return bool(first and second) and all(
        likeness(value, each) in (Likeness.DIFFERENT, Likeness.UNLIKE) for value in first for each in second
    )


def _differences(claims: Sequence[Claim], relations: Relations) -> list[Difference]:
    """For each kind of difference, the claims it stands between: of those that say the same, the best."""
    found = []
    for kind in DifferenceKind:
        pairs = [pair for pair, relation in relations.items() if relation is kind]
        positions = {position for pair in pairs for position in pair}
        chosen = [
            claim
            for place, claim in enumerate(claims)
            if claim.position in positions
            and not any(
                earlier.position in positions and _told_by(relations[earlier.position, claim.position], kind)
                for earlier in claims[:place]
            )
        ]
        if kind is DifferenceKind.LATER:
            chosen.sort(key=_moment)
        if len(chosen) > 1:
            found.append(Difference(tuple(c.position for c in chosen), tuple(c.text for c in chosen), kind))
    return found


def _told_by(relation: Relation, kind: DifferenceKind) -> bool:
    """Whether a difference that names one of two claims need not name the other."""
    rounded = relation is DifferenceKind.ROUNDING and kind is not DifferenceKind.ROUNDING
    return relation is Likeness.EQUAL or rounded


def _moment(claim: Claim) -> date:
    """When it was so: the first day spoken of, or else of publication."""
    time = claim.time or claim.published
    return time.first if time else date.min
