"""The dates that a question asks for, as each document would understand them.

"In March" means the March nearest to the day on which a document was published. "Last month" is counted from the
newest document of the library. So one question may ask different documents for different days.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..text.calendar import Time, date_words, span_of
from ..text.question import Question
from ..text.time_expressions import (
    DAY_WORDS,
    WEEKDAY_PATTERN,
    TimeExpressions,
    event_times,
    identifies_thing,
    times_in,
)

_A_DAY = timedelta(1)
_A_MONTH = timedelta(31)
_RELATIVE = re.compile(
    r"(?i)\b(?:last|this|next|past)\s(?:week|month|year)\b|\b(?:\w+\s){0,2}ago\b|\b(?:today|yesterday|tomorrow)\b"
)
_UNIT = re.compile(rf"(?i)\b(?:(?P<unit>day|week|month)s?|{'|'.join(DAY_WORDS)}|{WEEKDAY_PATTERN})\b")
_BOUND = re.compile(r"(?i)\b(before|until|by|since|after)\s+(?:the\s+)?(?:end of\s+)?(?:fiscal\s+(?:year\s+)?)?$")
# Words that say that a sentence is about the day of its document, whatever other date it names.
_NOW = re.compile(r"(?i)\b(?:now|currently|still|so far|to date|recently|no longer|continues?)\b")
_PAST = re.compile(
    r"(?i)\b(?:was|were|had|did|used to|at (?:the|that) time|in those days|back then|formerly|previously)\b"
    r"|(?<!\b(?:is|be|as) )(?<!\b(?:are|not|has) )(?<!\b(?:been|have|will) )(?<!\b(?:being) )\b[a-z]+ed\b"
)
_PRESENT = re.compile(r"(?i)\b(?:is|are|has|have|does|do|will|can|must|now|still|currently|since)\b")


@dataclass(frozen=True, slots=True)
class DateConstraint:
    """When a document was published, its language, and the times that a question asks it for."""

    published: str | None
    times: tuple[Time, ...]
    language: str | None = None

    def is_met_by(self, text: str) -> bool:
        """Whether words of the document may be about the times that the question asks for."""
        return not self.times or speaks_of(text, self.published, self.times, self.language)


@dataclass(frozen=True, slots=True)
class DateConstraints:
    """The times that a question asks some documents for.

    Attributes:
        by_document: document id -> the times that the question asks it for.
        notes: how the question's words for times were understood, where that depends on the library.
        are_resolved: whether it is clear which days the question means.
    """

    by_document: Mapping[str, DateConstraint]
    notes: tuple[str, ...] = ()
    are_resolved: bool = True

    @property
    def are_any(self) -> bool:
        """Whether the question asks a document for some time."""
        return any(constraint.times for constraint in self.by_document.values())


@dataclass(frozen=True, slots=True)
class QuestionDates:
    """The words for times in a question.

    Attributes:
        text: the question.
        expressions: the words for times in it.
        is_relative: whether one of them counts from a day ("last month").
    """

    text: str
    expressions: TimeExpressions
    is_relative: bool

    @classmethod
    def of(cls, question: Question) -> "QuestionDates":
        """Take a question's words for times."""
        return cls(question.text, question.time_expressions, _RELATIVE.search(question.text) is not None)

    def constraints(
        self, published: Mapping[str, str | None], newest: str | None, languages: Mapping[str, str | None]
    ) -> DateConstraints:
        """What the question asks some documents for.

        Args:
            published: document id -> its date, ISO 8601, perhaps reduced, or None.
            newest: the date of the library's newest document.
            languages: document id -> ISO 639-1 code, or None.
        """
        return DateConstraints(
            {one: DateConstraint(day, self.times(day, newest), languages.get(one)) for one, day in published.items()},
            self.notes(newest),
            not self.unresolved(newest),
        )

    def times(self, published: str | None, newest: str | None) -> tuple[Time, ...]:
        """Find the times that the question asks for, as one document would understand them.

        Args:
            published: ISO 8601 date of the document that may answer, or None: a month without a year is its own.
            newest: ISO 8601 date of the library's newest document, from which "last month" and "now" are counted.

        Returns:
            The times. One after "before" or "since" reaches as far as there are dates. A time that only says which
            thing is meant ("the 2017 accords") is not asked for.
        """
        return tuple(
            extend(time, match[1].lower() if (match := _BOUND.search(self.text, 0, time.start)) else "")
            for time in self.expressions.times(newest if self.is_relative else published)
            if not identifies_thing(self.text, time)
        )

    def notes(self, newest: str | None) -> tuple[str, ...]:
        """Say how words for times that depend on the newest document are understood, a sentence each."""
        day = date_words(newest)
        taken = [
            f"“{self.text[time.start : time.end]}” is taken as {time.days}, counted from the newest document ({day})."
            for time in self._counted(newest)
        ]
        known = f"the newest document has only the date {day}" if newest else "no document has a date"
        unclear = (f"Ibid cannot tell which days “{phrase}” means: {known}." for phrase in self.unresolved(newest))
        return (*taken, *unclear)

    def unresolved(self, newest: str | None) -> tuple[str, ...]:
        """Find the words for times whose days the date of the newest document does not settle."""
        settled = (*self._counted(newest), *self.expressions.times(None))
        return tuple(
            match[0]
            for match in _RELATIVE.finditer(self.text)
            if not match[0].lower().endswith(("ago", "today"))  # "How long ago was it?" asks for no time
            and not any(time.start < match.end() and match.start() < time.end for time in settled)
        )

    def _counted(self, newest: str | None) -> tuple[Time, ...]:
        """The times that count from the newest document, where its date is exact enough for them."""
        if not self.is_relative:
            return ()
        fixed = self.expressions.times(None)
        return tuple(
            time
            for time in self.expressions.times(newest)
            if time not in fixed and time.last - time.first < _longest(self.text[time.start : time.end])
        )


def extend(time: Time, preposition: str) -> Time:
    """The days before, until, since, after or by a time, as far as there are dates; the time itself for other words."""
    match preposition:
        case "since":
            return replace(time, last=date.max)
        case "after":
            return replace(time, first=time.last + _A_DAY, last=date.max)
        case "by" | "until":
            return replace(time, first=date.min)
        case "before":
            return replace(time, first=date.min, last=time.first - _A_DAY)
    return time


def speaks_of(text: str, published: str | None, asked: Iterable[Time], language: str | None = None) -> bool:
    """Whether a text may speak of one of some times: it names it, or names none and its document is of it, or of none.

    A text that says "now", or names only "the 2017 accords", speaks of its document's time too. The time at which
    something was said counts only where that is asked for, or no other time is named.
    """
    asked = tuple(asked)
    reported = any(time.reported for time in asked)
    times = times_in(text, published, language)
    named = times if reported else event_times(times)
    own = span_of(published)
    of_own_date = _NOW.search(text) is not None or all(identifies_thing(text, time) for time in named)
    spoken = [
        *(replace(time, last=date.max) if time.since else time for time in named),
        *([own] if own and of_own_date else []),
    ]
    return not spoken or any(time.meets(each) for time in spoken for each in asked)


def tells_of_past(text: str) -> bool:
    """Whether a text speaks of the past alone, so that it leaves open how things are now."""
    return _PAST.search(text) is not None and _PRESENT.search(text) is None


def _longest(words: str) -> timedelta:
    """The longest span that words for a time may mean: a day, a week, a month, or more."""
    units = {"day": _A_DAY, "week": 7 * _A_DAY, "month": _A_MONTH}
    named = _UNIT.search(words)
    return units[(named["unit"] or "day").lower()] if named else timedelta.max
