"""Quotes of several sources -> which say the same, which differ, and at what time each was true.

    kinds      the kinds of values
    patterns   how values are written
    values     a text -> its values
    asking     a question -> the kinds of value that answer it
    claims     a question and a quote -> the value that the quote gives
    comparing  two values -> equal, a rounding, different

A difference is shown only between values that answer the same question in the same role. In doubt nothing is said.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from ..encoder import Vectors
from ..encoder.word_vectors import SAME_COSINE
from ..records import Agreement, Copy, Difference, DifferenceKind, Quote
from ..text.calendar import Time
from ..text.time_expressions import event_times, nearest, times_in
from ..text.tokens import terms
from .asking import ExpectedAnswer
from .claims import Claim, claims_of
from .comparing import Likeness, likeness
from .kinds import Kind
from .values import values_in

__all__ = ["BEYOND", "QuoteEvidence", "as_of", "compare", "mark_values", "merge_copies", "select_quotes"]

# Share of the question's words that must stand around both of two values for them to differ, and to agree: that two
# sources name the same number by chance is rarer than that they name two.
_SAID_TO_DIFFER = 0.84
_SAID_TO_AGREE = 0.5
# How much less may speak for a value than for its document's best one, for it to be the answer as well.
_AS_SURE = 0.5
_WORDED = frozenset((Kind.NAME, Kind.TIME, Kind.RANK))
# Quotes that are compared beyond those that are given, so that a source that differs is not left out for room.
BEYOND = 5
# Papers print the same day's news on two days.
_SAME_NEWS = timedelta(1)


@dataclass(frozen=True, slots=True)
class QuoteEvidence:
    """A quote as evidence.

    Attributes:
        quote: the quote.
        vector: float32 (n_axes,), unit length: its meaning.
        near: terms of the question that it says in other words.
        answers: whether it answers the question, as its reader says; what does not is compared with nothing.
    """

    quote: Quote
    vector: Vectors
    near: frozenset[str] = frozenset()
    answers: bool = True


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
    claims, relations = _related(expected, evidence)
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
    _, relations = _related(expected, evidence)
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


def _related(expected: ExpectedAnswer, evidence: Sequence[QuoteEvidence]) -> tuple[list[Claim], "_Relations"]:
    """The claim of each document, and how each two stand to each other, by their positions."""
    found = _claims(expected, evidence)
    claims = _best(found)
    return claims, {
        (one.position, other.position): _relation(one, other, found, expected)
        for place, one in enumerate(claims)
        for other in claims[place + 1 :]
    }


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


_Relation = Likeness | DifferenceKind | None
_Relations = dict[tuple[int, int], _Relation]


def _claims(expected: ExpectedAnswer, evidence: Sequence[QuoteEvidence]) -> list[Claim]:
    """All claims of the kind that the best of them has."""
    if len({each.quote.document_id for each in evidence}) < 2 or not (expected.kinds or expected.yes_no):
        return []
    known = sorted(each.quote.published for each in evidence if each.quote.published)
    found = [
        claim
        for position, each in enumerate(evidence)
        if each.answers
        # Without a date of its own, a quote's words for times are read as the others' are.
        for claim in claims_of(
            expected, each.quote, position, each.near, each.quote.published or (known[-1] if known else None)
        )
    ]
    kind = _kind(max(found, key=lambda claim: claim.score)) if found else None
    return [claim for claim in found if _kind(claim) == kind]


def _best(found: Sequence[Claim]) -> list[Claim]:
    """The best claim of each document, in the order of the quotes."""
    best: dict[str, Claim] = {}
    for claim in found:
        if claim.document_id not in best or claim.score > best[claim.document_id].score:
            best[claim.document_id] = claim
    return sorted(best.values(), key=lambda claim: claim.position)


def _kind(claim: Claim) -> tuple[Kind | None, str]:
    return (claim.value.kind, claim.value.unit) if claim.value else (None, "")


def _relation(one: Claim, other: Claim, found: Sequence[Claim], expected: ExpectedAnswer) -> _Relation:
    """How two documents' claims stand to each other: unlike where they speak of different things, None if they may."""
    alike = _likeness(one, other)
    said = min(one.said, other.said)
    timed = one.time and other.time and not one.time.matches(other.time)
    if alike is Likeness.EQUAL:
        return Likeness.EQUAL if said >= _SAID_TO_AGREE and not timed else None
    also = _also(one, other, found) or _also(other, one, found)
    if alike is Likeness.UNLIKE:
        sure = also and one.counts and other.counts and said >= _SAID_TO_DIFFER and not timed
        return Likeness.EQUAL if sure else alike
    if not (one.counts and other.counts):
        return None
    if alike is Likeness.DIFFERENT and _denial_parts(one, other):
        return None
    if said < (_SAID_TO_AGREE if alike is Likeness.ROUNDING else _SAID_TO_DIFFER):
        # "Built in 1998", "opened in 1999": too little is said for a difference, enough for them not to say the same.
        return Likeness.UNLIKE if alike is Likeness.DIFFERENT and one.value and not also else None
    if one.time and other.time and timed:
        return None if one.time.meets(other.time) or _of_one_moment(one, other) else DifferenceKind.LATER
    if alike is Likeness.ROUNDING:
        return DifferenceKind.ROUNDING
    if also:
        return Likeness.EQUAL
    return DifferenceKind.LATER if _superseded(one, other, expected) else DifferenceKind.CONFLICT


def _likeness(one: Claim, other: Claim) -> Likeness:
    if one.value and other.value:
        return likeness(one.value, other.value)
    return Likeness.EQUAL if one.side is other.side else Likeness.DIFFERENT


def _denial_parts(one: Claim, other: Claim) -> bool:
    """Whether one value is of what was so, the other of what was not: "held since the 1990s", "not held since 2018"."""
    return one.value is not None and one.denied is not other.denied


def _also(one: Claim, other: Claim, found: Sequence[Claim]) -> bool:
    """Whether the other's document may as well say the one's value: then the one answers, the other was taken wrongly.

    What it only recalls ("it had announced 340 metres in March") is not meant.
    """
    return one.value is not None and any(
        claim.document_id == other.document_id
        and claim.score >= other.score - _AS_SURE
        and _likeness(one, claim) is Likeness.EQUAL
        for claim in found
    )


def _of_one_moment(one: Claim, other: Claim) -> bool:
    """Whether two claims are of the same days, or readers are told that they are."""
    spans = [(time.first, time.last) for time in (one.time, other.time) if time]
    return one.shown == other.shown or (len(spans) == 2 and spans[0] == spans[1])


def _superseded(one: Claim, other: Claim, expected: ExpectedAnswer) -> bool:
    """Whether the later of two claims takes the place of the earlier; not so where both speak of one time."""
    if _of_one_moment(one, other):
        return False
    dated = [(claim.published, claim.value) for claim in (one, other) if claim.published]
    if len(dated) < 2:
        return False
    (earlier, value), (later, _) = sorted(dated, key=lambda each: each[0].first)
    if later.first - earlier.last <= _SAME_NEWS:
        return False
    if value and value.time:
        return value.time.last > earlier.last
    return not (expected.past and value and value.kind is Kind.NAME)


def _groups(evidence: Sequence[QuoteEvidence], relations: _Relations) -> list[tuple[int, ...]]:
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


def _same(evidence: Sequence[QuoteEvidence], one: int, other: int, relations: _Relations) -> bool:
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


def _differences(claims: Sequence[Claim], relations: _Relations) -> list[Difference]:
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


def _told_by(relation: _Relation, kind: DifferenceKind) -> bool:
    """Whether a difference that names one of two claims need not name the other."""
    rounded = relation is DifferenceKind.ROUNDING and kind is not DifferenceKind.ROUNDING
    return relation is Likeness.EQUAL or rounded


def _moment(claim: Claim) -> date:
    """When it was so: the first day spoken of, or else of publication."""
    time = claim.time or claim.published
    return time.first if time else date.min
