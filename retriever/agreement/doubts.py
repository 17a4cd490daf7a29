"""Two answers that seem to differ -> is there reason to leave that unsaid?

In come a question, two answers with how one sentence is told in the other, and the passages that were found of each
document. Each reason is measured in docs/measured.md. One decision: in doubt nothing is said.
"""

import re
from collections.abc import Mapping, Sequence

from ..records import DifferenceKind
from ..text.question import Question
from ..text.time_expressions import not_since
from ..text.tokens import naming_terms
from .answers import SourceAnswer, sentences_of
from .kinds import Kind
from .retelling import ToldTwice

LONGEST_VALUE = 6
"""Words, function words not counted. Longer answers tell a thing in their own way, which is no contradiction."""

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


def _are_of_other_years(question: Question, told: ToldTwice) -> bool:
    """Whether one source names a year of the question, or is of that year, and the other does not."""
    asked = frozenset(filter(_YEAR.fullmatch, question.naming_terms))
    one, other = (asked & (each.said | {(each.quote.published or "")[:4]}) for each in (told.surer, told.other))
    return one != other
