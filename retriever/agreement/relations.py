"""Quotes of several documents -> the claim of each document, and how each two claims relate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..encoder import Vectors
from ..records import DifferenceKind, Quote
from .asking import ExpectedAnswer
from .claims import Claim, claims_of
from .comparing import Likeness, likeness
from .kinds import Kind

# Share of the question's words that must stand around both of two values for them to differ, and to agree: that two
# sources name the same number by chance is rarer than that they name two.
_SAID_TO_DIFFER = 0.84
_SAID_TO_AGREE = 0.5
# How much less may speak for a value than for its document's best one, for it to be the answer as well.
_AS_SURE = 0.5
# Papers print the same day's news on two days.
_SAME_NEWS = timedelta(1)

Relation = Likeness | DifferenceKind | None
Relations = dict[tuple[int, int], Relation]
"""Pairs of positions in the answer, ascending -> how the claims of their quotes relate; None where that is unclear."""


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


def relations_of(expected: ExpectedAnswer, evidence: Sequence[QuoteEvidence]) -> tuple[list[Claim], Relations]:
    """The claim of each document, and how each two stand to each other, by their positions."""
    found = _claims(expected, evidence)
    claims = _best(found)
    return claims, {
        (one.position, other.position): _relation(one, other, found, expected)
        for place, one in enumerate(claims)
        for other in claims[place + 1 :]
    }


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


def _relation(one: Claim, other: Claim, found: Sequence[Claim], expected: ExpectedAnswer) -> Relation:
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
