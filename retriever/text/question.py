"""A question -> what its words say, read once: words, phrases, names, times, and the kind of answer that it asks for.

All rooms that need something of a question take it from here, and none splits its text again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from ..errors import QuestionError
from .calendar import spellings
from .calendar_names import CalendarNames
from .phrases import Phrase, phrases
from .time_expressions import TimeExpressions, days_in
from .tokens import FUNCTION_TERMS, Word, fold, term_of, terms, words

_YES_OR_NO = re.compile(
    r"(?i)^(?:and |but |so )?(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|may|might|must|shall|"
    r"should)\b(?!.*\bor\b)"
)
_PAST = re.compile(r"(?i)\b(?:did|was|were|had)\b")
# "Who maintains ...", but not "What was ...": words such as "is" say it, or else the verb's ending.
_PRESENT = re.compile(r"(?i)\b(?:is|are|does|do|can|must|now)\b|^(?:who|what|which \w+) (?!has\b)\w+[^\Wsu]s\b")
_TODAY = re.compile(r"(?i)\b(?:now|today|currently|nowadays|at present|at the moment|these days|still|any ?more)\b")

_UNSEEN = re.compile(
    "\x1b\\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad"
    "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True)
class Question:
    """A question. Not slotted, so that cached properties work.

    Attributes:
        text: the question, with single spaces between its words.
        language: ISO 639-1 code; English until the library is known that it is asked of.
    """

    text: str
    language: str = "en"

    @classmethod
    @lru_cache(maxsize=1024)  # the earlier questions of a conversation come back with each new one
    def of(cls, text: str, language: str = "en") -> "Question":
        """Read a question; the same text in the same language gives the same object."""
        return cls(text, language)

    @classmethod
    def checked(cls, text: str, longest: int) -> "Question":
        """Tidy and read a question that somebody typed.

        Args:
            text: as typed.
            longest: how many words it may have.

        Raises:
            QuestionError: it holds no words, or too many.
        """
        question = cls.of(tidy(text))
        if not question.text:
            raise QuestionError("The question is empty; type what you want to know.")
        count = len(question.words)
        if count == 0:
            raise QuestionError("The question has no words to search for; ask it in words.")
        if count > longest:
            raise QuestionError(f"The question has {count:,} words; ask it in {longest} or fewer.")
        return question

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words, in order."""
        return words(self.text, self.language)

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The terms of its words, in order, with repetitions."""
        return tuple(word.term for word in self.words)

    def terms_in(self, language: str) -> tuple[str, ...]:
        """The terms that its words have in a text of some language: one for each word."""
        return tuple(term_of(spelt, language) for spelt in self.spelt)

    @cached_property
    def naming_terms(self) -> frozenset[str]:
        """Its terms without function words."""
        return frozenset(self.terms) - FUNCTION_TERMS

    @cached_property
    def spelt(self) -> tuple[str, ...]:
        """Its words as typed."""
        return tuple(self.text[word.start : word.end] for word in self.words)

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Its words without case and accents."""
        return tuple(map(fold, self.spelt))

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """Its phrases that may name a thing."""
        return phrases(self.text)

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Terms of its names and numbers: an answer about another thing lacks them."""
        named = zip(self.words[1:], self.spelt[1:], strict=True)
        return frozenset(word.term for word, spelt in named if spelt[0].isupper() or spelt[0].isdigit())

    @cached_property
    def time_expressions(self) -> TimeExpressions:
        """Its words for times."""
        return TimeExpressions.of(self.text, self.language)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The single days that it names whole; both days of figures that may be read in two ways."""
        return days_in(self.text, self.language)

    def spelt_days(self, languages: Iterable[str]) -> tuple[str, ...]:
        """The terms of its days in the other spellings of some languages, such as "11.02.2022"."""
        found = (term for language in sorted(languages) for day in self.days for term in _terms_of_day(day, language))
        return tuple(term for term in dict.fromkeys(found) if term not in self.terms)

    @cached_property
    def is_yes_or_no(self) -> bool:
        """Whether it asks for yes or no."""
        return _YES_OR_NO.match(self.text) is not None

    @cached_property
    def is_past(self) -> bool:
        """Whether it asks about the past, which a later source does not change."""
        return _PAST.search(self.text) is not None

    @cached_property
    def is_present(self) -> bool:
        """Whether it asks how things are now, which a later source may change."""
        return not self.is_past and _PRESENT.search(self.text) is not None

    @cached_property
    def asks_for_today(self) -> bool:
        """Whether it asks in so many words how things are now, which a sentence about the past leaves open."""
        return self.is_present and _TODAY.search(self.text) is not None


def _terms_of_day(day: date, language: str) -> tuple[str, ...]:
    if language == "en":
        return terms(spellings(day))
    return terms(CalendarNames.of(language).spellings(day.year, day.month, day.day), language)


def tidy(text: str) -> str:
    """Put single spaces between words, replace what UTF-8 cannot hold, and drop what nobody sees.

    These are codes of terminals, control characters, and marks without width or of direction. Joiners stay, as some
    scripts need them.
    """
    return " ".join(_UNSEEN.sub("", text).encode("utf-8", "replace").decode("utf-8").split())
