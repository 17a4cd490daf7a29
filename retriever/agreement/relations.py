"""Quotes of several documents -> the answer of each document, and how each two answers relate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations

from ..records import DifferenceKind, Quote
from ..text.question import Question
from ..text.tokens import Word, naming_terms
from .answers import SourceAnswer, sentences_of, words_between
from .comparing import Likeness, likeness
from .doubts import Passages, are_mentioned, is_doubtful
from .kinds import Kind
from .model import RelationModel
from .retelling import RETOLD_FROM, Retelling, ToldTwice
from .unread import values_told_twice

_SAME_NEWS = timedelta(1)
"""Papers print the same day's news on two days."""

SURE_TO_ANSWER = 2.0
"""The reader's log-odds from which a passage is taken to answer the question."""

FAINTEST = -11.0
"""The reader's score of a span, as far above "nowhere", below which it found none."""

SHARED_BY_YES_OR_NO = 0.5
"""Share of the shorter answer's words from which two answers of yes, or two of no, are shown to say the same."""

Relation = Likeness | DifferenceKind
Relations = dict[tuple[int, int], Relation]
"""Pairs of positions in the answer, ascending -> how the answers of their quotes relate; others are unclear."""


@dataclass(frozen=True, slots=True)
class QuoteEvidence:
    """A quote with what the reader found in it.

    Attributes:
        quote: the quote.
        span: start and end, in the quote's text, of the words that answer best.
        answers: the reader's log-odds that its passage answers.
        score: the reader's score of the span, as far above "nowhere".
        near: terms of the question that it says in other words.
        is_read: whether the reader has read its passage.
    """

    quote: Quote
    span: tuple[int, int]
    answers: float
    score: float
    near: frozenset[str] = frozenset()
    is_read: bool = True


def source_answers(evidence: Sequence[QuoteEvidence]) -> list[SourceAnswer]:
    """What each document answers: the likeliest span of its quotes, in the order of the quotes.

    A document whose best quote is a copy of another's answers the same as that one, and has no answer of its own here.
    """
    dated = sorted(each.quote.published for each in evidence if each.quote.published)
    best: dict[str, SourceAnswer] = {}
    for position, each in enumerate(evidence):
        # Without a date of its own, a quote's words for times are read as the others' are.
        base = each.quote.published or (dated[-1] if dated else None)
        answer = _answer(position, each, base, each.span)
        for document_id in (answer.document_id, *(copy.document_id for copy in each.quote.copies)):
            if document_id not in best or answer.score > best[document_id].score:
                best[document_id] = answer
    own = [answer for document_id, answer in best.items() if answer.document_id == document_id]
    texts = [(position, each.quote.text) for position, each in enumerate(evidence)]
    sentences = [(position, words_between(text, span)) for position, text in texts for span in sentences_of(text)]
    told = [_as_retold(answer, own, evidence, sentences) for answer in own]
    return sorted((answer for answer in told if answer), key=lambda answer: answer.position)


def _answer(position: int, evidence: QuoteEvidence, base: str | None, span: tuple[int, int]) -> SourceAnswer:
    return SourceAnswer(position, evidence.quote, span, evidence.answers, evidence.score, evidence.near, base)


def _as_retold(
    answer: SourceAnswer,
    others: Sequence[SourceAnswer],
    evidence: Sequence[QuoteEvidence],
    sentences: Sequence[tuple[int, Sequence[Word]]],
) -> SourceAnswer | None:
    """An answer, moved to where its document retells the sentence of a surer one, and says something in its place.

    None if it is not moved, and the reader found no words that answer.
    """
    is_found = answer.score >= FAINTEST or not evidence[answer.position].is_read
    best, share = answer if is_found else None, RETOLD_FROM
    own = [each for each in sentences if evidence[each[0]].quote.document_id == answer.document_id]
    for other in others:
        for position, sentence in own if other.score > answer.score else ():
            told = Retelling(other.span, evidence[position].quote.text, other.words, sentence)
            if told.counterpart is None or told.share < share:
                continue
            share, (start, end) = told.share, told.counterpart
            if position == answer.position and start < answer.span[1] and answer.span[0] < end:
                start, end = min(start, answer.span[0]), max(end, answer.span[1])
                if naming_terms(answer.quote.text[start:end]) <= answer.terms:
                    start, end = answer.span
            best = _answer(position, evidence[position], answer.base, (start, end))
    return best


def relate(
    question: Question, evidence: Sequence[QuoteEvidence], passages: Passages
) -> tuple[list[SourceAnswer], Relations]:
    """The answer of each document, and the pairs of positions that say the same or differ."""
    answers = source_answers(evidence)
    if answers and not evidence[answers[0].position].is_read:
        return _relate_unread(question, answers, passages)
    relations = {}
    for place, one in enumerate(answers):
        for other in answers[place + 1 :]:
            relation = _relation(question, one, other, passages)
            if relation is not None:
                relations[one.position, other.position] = relation
    return answers, relations


def _relate_unread(
    question: Question, answers: Sequence[SourceAnswer], passages: Passages
) -> tuple[list[SourceAnswer], Relations]:
    """The same where nothing was read: only sources that tell the first quote's sentence again are related.

    Nobody knows which of its values answers. It is taken to be the one that the best other source tells otherwise.
    """
    first = answers[0]
    found = {other: values_told_twice(first.quote, other.quote, (first.base, other.base)) for other in answers[1:]}
    firsts = [pairs[0] for pairs in found.values() if pairs]
    asked = next((one for one, other in firsts if likeness(one, other) is not Likeness.EQUAL), None)
    asked = asked or next((one for one, _ in firsts), None)
    values = {other: value for other, pairs in found.items() for one, value in pairs if one == asked}
    if asked:
        values = {first: asked} | values
    placed = {one: replace(one, span=(value.start, value.end)) for one, value in values.items()}
    relations = {}
    for one, other in combinations(values, 2):
        relation = _of_values(question, placed[one], placed[other], likeness(values[one], values[other]))
        if relation is not DifferenceKind.CONFLICT or not are_mentioned(placed[one], placed[other], passages):
            relations[one.position, other.position] = relation
    return [placed.get(one, one) for one in answers], relations


def _of_values(question: Question, one: SourceAnswer, other: SourceAnswer, found: Likeness) -> Relation:
    """How two answers stand to each other whose sentences are one but for their values."""
    if found is Likeness.EQUAL:
        return found
    if found is Likeness.ROUNDING:
        return DifferenceKind.ROUNDING
    return DifferenceKind.LATER if _superseded(one, other, question) else DifferenceKind.CONFLICT


def _relation(question: Question, one: SourceAnswer, other: SourceAnswer, passages: Passages) -> Relation | None:
    """How two answers stand to each other; None if that is not sure enough to be said."""
    told = ToldTwice.of(one, other)
    likeness = _yes_or_no(one, other) if question.is_yes_or_no else _by_model(question, told)
    parted = one.time is not None and other.time is not None and not one.time.matches(other.time)
    if likeness in (None, Likeness.EQUAL):
        return None if parted else likeness
    if likeness is Likeness.ROUNDING:
        return None if parted else DifferenceKind.ROUNDING
    is_one_event = question.is_past and all(value.kind is Kind.NAME for each in (one, other) for value in each.values)
    relation = DifferenceKind.CONFLICT
    if parted and one.time and other.time and not is_one_event:
        if one.time.meets(other.time) or _of_one_moment(one, other):
            return None
        relation = DifferenceKind.LATER
    elif _superseded(one, other, question):
        relation = DifferenceKind.LATER
    # A yes and a no are no values that another source could name.
    return None if not question.is_yes_or_no and is_doubtful(question, told, relation, passages) else relation


def _by_model(question: Question, told: ToldTwice) -> Likeness | None:
    """Equal, a rounding or different; None if that is not sure."""
    model = RelationModel.shipped()
    found = model.relation(question, told)
    if found.likeness is Likeness.WITHIN:
        return None
    if found.same >= model.same_from:
        return Likeness.ROUNDING if found.likeness is Likeness.ROUNDING else Likeness.EQUAL
    differ_from = model.retold_differ_from if told.is_retold else model.differ_from
    differs = found.differ >= differ_from and found.likeness is not Likeness.EQUAL
    return Likeness.DIFFERENT if differs else None


def _yes_or_no(one: SourceAnswer, other: SourceAnswer) -> Likeness | None:
    """Whether both say yes or both no; None if the reader is not sure that both answer.

    A rule and no model: of the cases that the model is fitted on, only 75 are such questions. A no is seen by its words
    of denial, and "its day of rest is Tuesday" has none. So two sources say the same only if they also share words.
    """
    if min(one.answers, other.answers) < SURE_TO_ANSWER:
        return None
    if one.denies is not other.denies:
        return Likeness.DIFFERENT
    shared = len(one.terms & other.terms) / max(1, min(len(one.terms), len(other.terms)))
    return Likeness.EQUAL if shared >= SHARED_BY_YES_OR_NO else None


def _of_one_moment(one: SourceAnswer, other: SourceAnswer) -> bool:
    """Whether two answers are about the same days, or are shown as if they were."""
    spans = [(time.first, time.last) for time in (one.time, other.time) if time]
    shown = [each.quote.speaks_of or each.quote.published for each in (one, other)]
    return shown[0] == shown[1] or (len(spans) == 2 and spans[0] == spans[1])


def _superseded(one: SourceAnswer, other: SourceAnswer, question: Question) -> bool:
    """Whether the later of two answers takes the place of the earlier; not so where both speak of one time."""
    if _of_one_moment(one, other):
        return False
    dated = [(answer.published, answer) for answer in (one, other) if answer.published]
    if len(dated) < 2:
        return False
    (earlier, _), (later, answer) = sorted(dated, key=lambda each: each[0].first)
    if later.first - earlier.last <= _SAME_NEWS:
        return False
    times = [value.time for value in answer.values if value.time]
    if times:
        return times[0].last > earlier.last
    return not (question.is_past and all(value.kind is Kind.NAME for value in answer.values))
