"""What several sources say about one thing, and what changed between two times.

In: an intent and the documents. Out: quotes, sorted, with their agreement. One decision: nothing new is compared here.
Each source is asked alone for its quotes, all are asked together for the agreement, and the timeline tells the events.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..filters import Scope
from ..intents import Intent
from ..intents.mentions import DOCUMENT_NOUNS, times_named
from ..records import Agreement, Answer, DocumentSummary, Quote, Verdict
from ..talk import Topic
from ..text.tokens import naming_terms
from .suggesting import Ask

OF_A_SOURCE = 2
"""Quotes of each source in a comparison."""

_TOPIC = re.compile(
    r"(?i)\b(?:about|on|regarding|concerning|over|as to|with (?:regard|respect) to|when it comes to|say of|in terms of)"
    r"\s+"
)
_ASKING = re.compile(r"(?i)^(?:how|what|when|where|who|whom|which|why|whether|if)\b")
_ENDS = re.compile(r"(?i)^(?:the\s+)?(?:same|each other|one another)\s*|[\s?.!,:;]+$|,? and what does\b.*$")
_UNTIL = re.compile(r"(?i)\b(?:before|until|till|up to|by)\s*$")


@dataclass(frozen=True, slots=True)
class Sorted:
    """Quotes, sorted by source.

    Attributes:
        quotes: all of them.
        agreement: positions count in `quotes`.
        topics: one for each source.
        verdict: of the best answer.
    """

    quotes: tuple[Quote, ...]
    agreement: Agreement
    topics: tuple[Topic, ...]
    verdict: Verdict


def topic_of(intent: Intent) -> str:
    """What sources are compared on, in the sentence's own words; empty if it names nothing."""
    mentions = intent.mentions
    text = mentions.question.text
    spans = sorted(mentions.spans)
    behind = [match for match in _TOPIC.finditer(text) if not any(start <= match.end() < end for start, end in spans)]
    for match in behind:
        topic = _without(text[match.end() :], [(a - match.end(), b - match.end()) for a, b in spans])
        if naming_terms(topic) - DOCUMENT_NOUNS:
            return topic
    others = [word for word in mentions.other_words if word.term in intent.others]
    if not others:
        return ""
    start, end = others[0].start, others[-1].end
    return _without(text[start:end], [(a - start, b - start) for a, b in spans])


_NUMBER_OF = re.compile(r"(?i)^(?:the )?(?:exact |total )?numbers? of (?:the )?")


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text up to the first of some spans in it, tidied."""
    ends = [start for start, end in spans if end > 0 and start < len(text)]
    cut = text[: min(ends)] if ends and min(ends) > 0 else text if not ends else ""
    cut = re.sub(
        r"(?i)\s+(?:in|by|between|of|from|and|according to|given by|as told by|with|the)\s*$", "", cut.rstrip()
    )
    return _ENDS.sub("", _ENDS.sub("", cut.strip())).strip()


def asked_about(topic: str) -> str:
    """A topic as a question."""
    if counted := _NUMBER_OF.match(topic):
        return f"How many {topic[counted.end() :]}?"
    return f"{topic[0].upper()}{topic[1:]}?" if _ASKING.match(topic) else f"What is said about {topic}?"


def compare_sources(
    ask: Ask, question: str, sources: Sequence[tuple[str, frozenset[str]]], terms: frozenset[str] = frozenset()
) -> Sorted:
    """Ask several sources one question.

    Args:
        ask: asks a question.
        question: the question.
        sources: name and ids of the documents of each.
        terms: what a quote must name to be about the topic; empty if the reader judges that.
    """
    answers = [ask(question, Scope(documents=ids)) for _, ids in sources]
    joint = ask(question, Scope(documents=frozenset().union(*(ids for _, ids in sources))))
    told = [_on_topic(answer, terms) for answer in answers]
    quotes: list[Quote] = []
    for answer, some in zip(answers, told if any(told) else [answer.shown for answer in answers], strict=True):
        quotes += some[:OF_A_SOURCE] if terms or answer.answered or not any(told) else ()
    compared = joint.agreement
    named = {place for one in compared.differing for group in one.sources for place in group}
    named |= {place for group in compared.same for place in group}
    places = {}
    for place in sorted(named):
        quote = joint.quotes[place]
        at = next((at for at, one in enumerate(quotes) if _place(one) == _place(quote)), None)
        if at is None:
            at = len(quotes)
            quotes.append(quote)
        quotes[at] = quote  # with the values marked that are compared
        places[place] = at
    order = [at for _, ids in sources for at, one in enumerate(quotes) if one.document_id in ids]
    moved = {old: new for new, old in enumerate(order)}
    topics = tuple(
        Topic(name, tuple(moved[at] for at in order if quotes[at].document_id in ids)) for name, ids in sources
    )
    agreement = compared.moved(lambda place: moved[places[place]])
    return Sorted(tuple(quotes[at] for at in order), agreement, topics, _verdict(answers, told, terms))


def span_asked(intent: Intent) -> tuple[str, str]:
    """The two times that a sentence names: ISO 8601, perhaps reduced; empty where it names none."""
    text = intent.mentions.question.text
    times = times_named(text)
    if not times:
        return "", ""
    if len(times) == 1 and "/" in times[0].iso and re.search(r"\d", text[times[0].end - 4 : times[0].end]):
        return times[0].iso.partition("/")[0], times[0].iso.rpartition("/")[2]
    if len(times) == 1:
        before = _UNTIL.search(text[: times[0].start])
        first, last = times[0].iso.partition("/")[0], times[0].iso.rpartition("/")[2]
        if before:
            return "", last
        return (first, "") if re.search(r"(?i)\b(?:since|after|from)\b", text[: times[0].start]) else (first, last)
    ordered = sorted(times, key=lambda time: time.first)
    return ordered[0].iso.partition("/")[0], ordered[-1].iso.rpartition("/")[2]


def named_sources(intent: Intent, documents: Sequence[DocumentSummary]) -> list[tuple[str, frozenset[str]]]:
    """The sources that a sentence names, of the documents that are asked."""
    there = {one.id for one in documents}
    sources = ((one.name, frozenset(one.documents) & there) for one in intent.mentions.sources)
    return [(name, ids) for name, ids in sources if ids]


def _on_topic(answer: Answer, terms: frozenset[str]) -> tuple[Quote, ...]:
    """The quotes that name the topic; those of an answer, if the reader judges."""
    if not terms:
        return answer.quotes
    return tuple(quote for quote in answer.shown if terms <= naming_terms(f"{quote.text} {quote.heading or ''}"))


def _verdict(answers: Sequence[Answer], told: Sequence[Sequence[Quote]], terms: frozenset[str]) -> Verdict:
    """Clear if two sources name the topic, or answer clearly, or the only one does; else unsure."""
    clear = [
        bool(some) if terms else answer.verdict is Verdict.CLEAR for answer, some in zip(answers, told, strict=True)
    ]
    return Verdict.CLEAR if sum(clear) >= min(2, len(answers)) else Verdict.UNSURE


def _place(quote: Quote) -> tuple[str, int, int]:
    return quote.document_id, quote.start, quote.end
