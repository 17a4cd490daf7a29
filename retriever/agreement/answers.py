"""A question and a quote with its answering span -> what that source answers, ready to be compared with another's.

In: the quotes that the reader found answers in. Out: a `SourceAnswer` for each. One decision: the reader's span is the
source's answer; no rule looks for another value in the sentence.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ..records import Quote
from ..text.calendar import Time, span_of
from ..text.question import Question
from ..text.sentences import split_sentences
from ..text.time_expressions import event_times, nearest, times_in
from ..text.tokens import Word, naming_terms, words
from .kinds import Kind, Value
from .values import values_in

_CLAUSE = re.compile(
    r"(?i)[,;:–—]\s|\s(?:but|although|though|even though|while|whereas|because|after|before|which|who)\s"
)
_DENIAL = re.compile(
    r"(?i)\b(?:not|no|never|none|nor|without|cannot|\w+n['’]t|neither|den(?:y|ies|ied)|refus\w+|reject\w+|suspend\w*|"
    r"halt\w*|stopped|ended|ceased|bann\w+|cancel\w+|closed|ruled out|fail\w*|declin\w+|lacks?|scrapped|abandoned)\b"
)


@lru_cache(maxsize=256)
def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each sentence of a quote; cached, since each answer is compared with each quote."""
    return split_sentences(text)


def words_between(text: str, span: tuple[int, int]) -> tuple[Word, ...]:
    """The words of a part of a text."""
    return tuple(word for word in words(text) if span[0] <= word.start < span[1])


@dataclass(frozen=True)
class SourceAnswer:
    """What one source answers.

    Attributes:
        position: its quote's position in the answer.
        quote: the quote.
        span: start and end, in the quote's text, of the words that answer.
        answers: the reader's log-odds that the passage answers.
        score: the reader's score of the span, as far above "nowhere".
        near: terms of the question that the quote says in other words.
        base: ISO 8601 date from which its words for times are counted, or None.
    """

    position: int
    quote: Quote
    span: tuple[int, int]
    answers: float
    score: float
    near: frozenset[str] = frozenset()
    base: str | None = None

    @property
    def document_id(self) -> str:
        """The document that it is in."""
        return self.quote.document_id

    @property
    def text(self) -> str:
        """The words that answer."""
        start, end = self.span
        return self.quote.text[start:end]

    def shown(self, question: Question) -> str:
        """The value in the quote's words, without brackets and marks that belong to the sentence.

        It is the whole span, but for a no only the words that deny, to the last one that the question has.
        """
        text = self.text
        said = [word for word in words(text) if word.term in question.naming_terms]
        denial = _DENIAL.search(text)
        if question.is_yes_or_no and said and denial:
            text = text[denial.start() : max(said[-1].end, denial.end())]
        text = text.strip(" ,;:.")
        for opening, closing in ("()", "[]", "“”"):
            if text.count(opening) != text.count(closing):
                text = text.replace(opening, "").replace(closing, "")
        return text

    @cached_property
    def terms(self) -> frozenset[str]:
        """Terms of the words that answer, function words left out."""
        return naming_terms(self.text)

    @cached_property
    def quote_terms(self) -> frozenset[str]:
        """Terms of the whole quote."""
        return naming_terms(self.quote.text)

    @cached_property
    def said(self) -> frozenset[str]:
        """Terms that the quote or its title says, in its own words or in others."""
        return self.quote_terms | naming_terms(self.quote.title) | self.near

    @cached_property
    def sentence(self) -> tuple[int, int]:
        """Start and end, in the quote's text, of the sentence that answers."""
        at = self.span[0]
        return next(((a, b) for a, b in sentences_of(self.quote.text) if a <= at < b), (0, len(self.quote.text)))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of that sentence."""
        return words_between(self.quote.text, self.sentence)

    @cached_property
    def context(self) -> frozenset[str]:
        """Terms of the sentence around the words that answer."""
        start, end = self.sentence
        return naming_terms(f"{self.quote.text[start : self.span[0]]} {self.quote.text[self.span[1] : end]}")

    @cached_property
    def _times(self) -> tuple[Time, ...]:
        return tuple(times_in(self.quote.text, self.base, self.quote.language))

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The values that the words that answer name: numbers, times, names."""
        start, end = self.span
        return tuple(
            each
            for each in values_in(self.quote.text, self._times, self.quote.language)
            if each.start < end and start < each.end
        )

    @cached_property
    def time(self) -> Time | None:
        """The time that its sentence speaks of next to the answer; None if the answer itself is a time."""
        if any(value.kind is Kind.TIME for value in self.values):
            return None
        start, end = self.sentence
        return nearest([each for each in event_times(self._times) if start <= each.start < end], self.span[1])

    @cached_property
    def published(self) -> Time | None:
        """The days on which its document was published."""
        return span_of(self.quote.published)

    @cached_property
    def denies(self) -> bool:
        """Whether the clause that answers says that something is not so."""
        start, end = self.sentence
        borders = [start, *(each.end() for each in _CLAUSE.finditer(self.quote.text, start, self.span[0]))]
        following = _CLAUSE.search(self.quote.text, self.span[1], end)
        return _DENIAL.search(self.quote.text, borders[-1], following.start() if following else end) is not None
