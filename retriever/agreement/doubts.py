"""Two answers that seem to differ -> is there reason to leave that unsaid?

In come a question, two answers with how one sentence is told in the other, and the passages that were found of each
document. Each reason is measured in docs/measured.md. One decision: in doubt nothing is said.
"""

import re
from collections.abc import Mapping, Sequence

from ..records import DifferenceKind
from ..text.calendar import WEEKDAYS, Time
from ..text.lookback import LONGEST_LOOKBACK, search_before
from ..text.question import Question
from ..text.time_expressions import not_since, times_in
from ..text.tokens import FUNCTION_TERMS, Word, naming_terms, term_of
from .answers import SourceAnswer, sentences_of
from .kinds import Kind
from .retelling import ToldTwice

LONGEST_VALUE = 6
"""Words, function words not counted. Longer answers tell a thing in their own way, which is no contradiction."""

_SAYING = frozenset(
    map(
        term_of,
        """say said says tell told announce announced report reported state stated write wrote claim claimed confirm
        confirmed add added declare declared warn warned testify testified estimate estimated put count counted
        according believe expect expected""".split(),
    )
)
"""Terms of words by which somebody tells a thing, rather than does it."""
_SAID_ON = re.compile(
    r"(?i)\b(?:sa(?:id|ys?)|told(?: \w+)?|confirm(?:ed|s)|add(?:ed|s)|declar(?:ed|es)|warn(?:ed|s)|testified"
    r"|claim(?:ed|s)|according to(?: [\w’'-]+){1,4}|(?:statement|interview|briefing|press conference))"
    r"\s+(?:late\s+)?(?:on\s+)?$"
)
_THEN_SAID = re.compile(
    r"(?i),?(?: [\w’'-]+){1,5} (?:sa(?:id|ys?)|told|confirm(?:ed|s)|declar(?:ed|es)|warn(?:ed|s)|added)\b"
)
_CLAUSE_START = re.compile(r"(?i)(?:^|[.!?;,]\s+|\n)(?:on |late on |early on )?$")
_WEEKDAY = re.compile(rf"(?i)\b(?:{'|'.join(WEEKDAYS)})\b")
_DETERMINERS = frozenset("the a an its their his her our this that these those".split())
_YEAR = re.compile(r"1\d{3}|20\d\d")

Passages = Mapping[str, Sequence[str]]
"""Document id -> texts of its passages that were found for the question."""


def is_doubtful(question: Question, told: ToldTwice, relation: DifferenceKind, passages: Passages) -> bool:
    """Whether a difference is left unsaid."""
    one, other = told.values
    return (
        max(len(each.terms) for each in told.values) > LONGEST_VALUE
        # A later source may well name the value of before, and an edited one the old value elsewhere.
        or (
            relation is DifferenceKind.CONFLICT
            and not told.is_retold
            and are_mentioned(told.surer, told.other, passages)
        )
        or (not told.is_retold and _are_phrases(one, other))
        # "Tin or lead?" is answered by one of its own words, but what repeats the question answers nothing.
        or (one.terms <= question.naming_terms) is not (other.terms <= question.naming_terms)
        or _says_no_start(one) is not _says_no_start(other)
        or _is_of_saying(question, one, other)
        or _may_be_one_day(one, other)
        or _are_of_other_things(question, told)
        or _are_of_other_years(question, told)
    )


def are_mentioned(one: SourceAnswer, other: SourceAnswer, passages: Passages) -> bool:
    """Whether a sentence of one source names all words of the other's answer.

    It hardly denies that one, and the reader may have marked the wrong one of two.
    """
    return any(
        bool(answer.terms) and answer.terms <= naming_terms(text[start:end])
        for source, answer in ((one, other), (other, one))
        for text in passages.get(source.document_id, ())
        for start, end in sentences_of(text)
    )


def _are_phrases(one: SourceAnswer, other: SourceAnswer) -> bool:
    """Whether what two answers have beyond each other is no number or time, nor a name in both: told in other words."""
    own = [
        {value.kind for value in a.values if not naming_terms(a.quote.text[value.start : value.end]) <= b.terms}
        for a, b in ((one, other), (other, one))
    ]
    return not all(own) and set().union(*own) <= {Kind.NAME}


def _says_no_start(answer: SourceAnswer) -> bool:
    """Whether nothing began at the time that answers: "the first talks since 2018"."""
    return any(value.time and not_since(answer.quote.text, value.time) for value in answer.values)


def _is_of_saying(question: Question, one: SourceAnswer, other: SourceAnswer) -> bool:
    """Whether a time that answers is only the one at which something was said, which is no rival of when it was so."""
    if not _SAYING.isdisjoint(question.naming_terms):
        return False
    return any(
        value.time and _is_said_at(each.quote.text, value.time) for each in (one, other) for value in each.values
    )


def _is_said_at(text: str, time: Time) -> bool:
    """Whether a time is that of a statement: "police said on Monday", "on Monday, police said"."""
    begins = _CLAUSE_START.search(text[max(0, time.start - LONGEST_LOOKBACK) : time.start]) is not None
    return (
        time.reported
        or search_before(_SAID_ON, text, time.start) is not None
        or (begins and _THEN_SAID.match(text, time.end) is not None)
    )


def _may_be_one_day(one: SourceAnswer, other: SourceAnswer) -> bool:
    """Whether one answers with the name of a weekday and the other with a date that is such a day.

    The weekday is counted from the day of publication, which may not be known well.
    """
    days = [[value.time for value in each.values if value.time] for each in (one, other)]
    if not all(len(times) == 1 for times in days):
        return False
    (first,), (second,) = days
    named = [
        _WEEKDAY.fullmatch(a.quote.text[t.start : t.end].removeprefix("on ").removeprefix("last "))
        for a, t in ((one, first), (other, second))
    ]
    exact = first.first == first.last and second.first == second.last
    return exact and bool(named[0]) is not bool(named[1]) and first.first.weekday() == second.first.weekday()


def _are_of_other_things(question: Question, told: ToldTwice) -> bool:
    """Whether two sentences begin with other things: "The factory employs ...", "The port employs ...".

    A name may be that of a thing which the other calls by its kind: "Acme employs ...", "The firm employs ...".
    """
    pairs, spans = told.retelling.pairs, (told.surer.span, told.other.span)
    if not pairs:
        return False
    first = min(pairs), min(pairs.values())
    sentences = (told.retelling.ours, told.retelling.theirs)
    texts = (told.surer.quote.text, told.other.quote.text)
    shared = [(sentence[at], span) for sentence, at, span in zip(sentences, first, spans, strict=True)]
    # If nothing before the answer is shared, one thing may be told in other words: "officers held", "police arrested".
    if any(word.term in _SAYING or word.start >= start for word, (start, _) in shared):
        return False
    heads = [
        _head(text, sentence[:at], span)
        for text, sentence, at, span in zip(texts, sentences, first, spans, strict=True)
    ]
    if not all(heads):
        return False
    ours, theirs = ({word.term for word in head} for head in heads)
    near = told.surer.quote_terms | told.surer.near, told.other.quote_terms | told.other.near
    asked = question.naming_terms
    if ours & theirs or (ours & asked and ours & asked <= near[1]) or (theirs & asked and theirs & asked <= near[0]):
        return False
    return _is_kind(texts[0], sentences[0], heads[0]) is _is_kind(texts[1], sentences[1], heads[1])


def _head(text: str, words: Sequence[Word], answer: tuple[int, int]) -> list[Word]:
    """The naming words at the beginning of a sentence, behind the last that says who tells it; no times, no answer."""
    last = max((at for at, word in enumerate(words) if word.term in _SAYING), default=-1)
    times = [(time.start, time.end) for time in times_in(text, None)]
    taken = [answer, *times]
    return [
        word
        for word in words[last + 1 :]
        if word.term not in FUNCTION_TERMS and not any(start < word.end and word.start < end for start, end in taken)
    ]


def _is_kind(text: str, sentence: Sequence[Word], head: Sequence[Word]) -> bool:
    """Whether a thing is called by its kind, "the old factory", and not by a name."""
    at = next(place for place, word in enumerate(sentence) if word == head[0])
    before = sentence[at - 1] if at else None
    determined = before is not None and text[before.start : before.end].lower() in _DETERMINERS
    return determined and text[head[-1].start].islower()


def _are_of_other_years(question: Question, told: ToldTwice) -> bool:
    """Whether one source names a year of the question, or is of that year, and the other does not."""
    asked = frozenset(filter(_YEAR.fullmatch, question.naming_terms))
    one, other = (asked & (each.said | {(each.quote.published or "")[:4]}) for each in (told.surer, told.other))
    return one != other
