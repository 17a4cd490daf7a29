"""A question that names an event in place of a time -> the days of the event: "before the talks", "during the strike".

In: the question, and sentences of the documents found, each with its document's date. Out: a span of days, or nothing.
One decision: a sentence tells when an event was if it names it and one time, of some days at the most; where two tell
otherwise, nobody knows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from .times import Time, not_since, of_another, reaching, span_of, tells_which, times_in
from .words import FUNCTION_TERMS, terms, words

_NAMED = re.compile(
    r"(?i:\b(?P<word>before|after|during|since|until)\s+(?:the|this|that|these|those)\s+)(?P<event>[^?.,;:]+)"
    r"|(?i:\b(?P<word2>before|after|during|since|until)\s+)(?P<name>[A-Z][^?.,;:]+)"
)
_MOST_WORDS = 4
# The longest that an event may take for its days to say when something else was.
_LONGEST = timedelta(31)


@dataclass(frozen=True, slots=True)
class Event:
    """An event that a question names in place of a time.

    Attributes:
        word: how what is asked for stands to it: `before`, `after`, `during`, `since` or `until`.
        terms: of the words that name it.
        said: the question's words for both.
    """

    word: str
    terms: frozenset[str]
    said: str


def event_in(question: str) -> Event | None:
    """Find the event that a question goes by; None where there is none."""
    match = _NAMED.search(question)
    if match is None:
        return None
    group = "event" if match["event"] else "name"
    named = list(takewhile(lambda word: word.term not in FUNCTION_TERMS, words(match[group])[:_MOST_WORDS]))
    if not named:
        return None
    said = question[match.start() : match.start(group) + named[-1].end]
    return Event((match["word"] or match["word2"]).lower(), frozenset(word.term for word in named), said)


def time_of(event: Event, told: Iterable[tuple[str, str | None]]) -> Time | None:
    """Find the time that an event asks for.

    Args:
        event: the event.
        told: sentences, each with the ISO 8601 date of its document or None.

    Returns:
        The days before, after or of the event, as far as there are dates; None where no sentence tells its days, or
        two tell others.
    """
    spans = {(time.first, time.last) for text, published in told if (time := _told(event, text, published))}
    return reaching(Time(*spans.pop()), event.word) if len(spans) == 1 else None


def _told(event: Event, text: str, published: str | None) -> Time | None:
    """The one time, of some days at the most, of a sentence that names the event."""
    named = times_in(text, published)
    if len(named) != 1 or not event.terms <= set(terms(text)):
        return None
    time, own = named[0], span_of(published)
    vague = own is not None and own.first != own.last and (time.first, time.last) == (own.first, own.last)
    aside = time.since or time.told or tells_which(text, time) or not_since(text, time) or of_another(text, time)
    return None if vague or aside or time.last - time.first > _LONGEST else time
