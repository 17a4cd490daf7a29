"""A sentence that is not a question to the documents -> an answer about them, or about the program.

    fixed       the sentences that are fixed in the program
    sentences   documents -> their sentences, and quotes of them
    naming      sentences -> the people, places and figures that they name most
    questions   a sentence -> questions that it seems to answer
    suggesting  questions, each asked before it is shown
    differing   documents -> the points on which they differ, or agree
    comparing   what several sources say about one thing; the times of a change

No sentence about what documents say is written: they are quoted, counted and compared.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, pairwise, zip_longest
from typing import TypeVar

from ..filters import Scope
from ..intents import Intent
from ..records import Agreement, DifferenceKind, DocumentSummary, Quote, Verdict
from ..store.base import Library
from ..talk import AnswerKind, Overview, OverviewDocument, Topic
from ..text.calendar import date_words
from ..text.tokens import naming_terms
from ..timeline import Point, Timeline, points_between
from . import fixed
from .comparing import asked_about, compare_sources, named_sources, span_asked, topic_of
from .differing import PointOfAgreement, PointOfDifference, agreements, differences
from .naming import named_in
from .questions import HasWord
from .sentences import evenly_spread, leads, quote_of, sentences_of
from .suggesting import Ask, KindOf, Suggestions

__all__ = ["LibraryTalk", "Suggestions", "Told"]

SHOWN = 8
"""Documents whose first sentence an overview of a library shows, and events that a change shows."""
OF_ONE = 3
"""First sentences that an overview of one document shows."""
SUGGESTED = 3
"""Questions that an overview names."""
MOST_POINTS = 12
"""Points of difference, or of agreement, that are shown."""
_P = TypeVar("_P")
_KEPT = 8  # lists of differences, each of one generation and one choice of documents


@dataclass(frozen=True, slots=True)
class Told:
    """What is told for a sentence that is not a question.

    Attributes:
        overview: what is said beside the quotes.
        quotes: the quotes.
        agreement: how they agree and differ.
        verdict: clear, or what the quotes of a comparison are.
        asked_as: the question that the sources were asked, or empty.
        remarks: how the sentence was taken.
    """

    overview: Overview
    quotes: tuple[Quote, ...] = ()
    agreement: Agreement = field(default_factory=Agreement)
    verdict: Verdict = Verdict.CLEAR
    asked_as: str = ""
    remarks: tuple[str, ...] = ()


class LibraryTalk:
    """Answers sentences about a library and the program. Safe to use from several threads."""

    def __init__(self, library: Library, timeline: Timeline, ask: Ask, has_word: HasWord, kind_of: KindOf) -> None:
        """Store what it needs; nothing is read yet.

        Args:
            library: the library.
            timeline: its timeline.
            ask: asks a question, standing alone, of some documents.
            has_word: tells common words.
            kind_of: tells questions from talk.
        """
        self._library = library
        self._timeline = timeline
        self._ask = ask
        self._has_word = has_word
        self.suggestions = Suggestions(library, ask, has_word, kind_of)
        self._differences: OrderedDict[object, tuple[PointOfDifference, ...]] = OrderedDict()
        self._agreed: OrderedDict[object, tuple[PointOfAgreement, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def tell(self, intent: Intent, scope: Scope) -> Told | None:
        """Answer a sentence.

        Args:
            intent: what it asks for.
            scope: the documents that are asked.

        Returns:
            The answer; None if the sentence is a question after all, because it names something that is not there.
        """
        if intent.kind in (AnswerKind.GREETING, AnswerKind.THANKS, AnswerKind.ABOUT, AnswerKind.MANAGING):
            return Told(Overview(fixed.words_of(intent.kind)))
        every = self._library.documents.all()
        documents = [one for one in every if scope.takes(one)]
        if not documents:
            return Told(Overview((fixed.NO_DOCUMENTS,)))
        if intent.kind is AnswerKind.HELP:
            return self._help(documents)
        tell = {
            AnswerKind.DOCUMENTS: self._list,
            AnswerKind.OVERVIEW: self._overview,
            AnswerKind.CHANGE: self._change,
            AnswerKind.COMPARISON: self._compare,
            AnswerKind.CONTRADICTIONS: self._contradictions,
            AnswerKind.AGREEMENTS: self._agreements,
        }[intent.kind]
        told = tell(intent, documents, len(every))
        return replace(told, remarks=(fixed.ONLY_NEWEST,)) if told and scope.as_of else told

    def differences(self, documents: Sequence[DocumentSummary]) -> tuple[PointOfDifference, ...]:
        """Find what some documents differ on; kept until the library changes."""
        return self._kept_points(self._differences, differences, documents)

    def agreements(self, documents: Sequence[DocumentSummary]) -> tuple[PointOfAgreement, ...]:
        """Find what some documents agree on; kept until the library changes."""
        return self._kept_points(self._agreed, agreements, documents)

    def _kept_points(
        self,
        kept: OrderedDict[object, tuple[_P, ...]],
        find: Callable[..., tuple[_P, ...]],
        documents: Sequence[DocumentSummary],
    ) -> tuple[_P, ...]:
        """Find points that documents have, once for each state of the library. Two that ask at once wait for one."""
        key = self._library.manifest.generation, tuple(one.id for one in documents)
        with self._lock:
            if key not in kept:
                kept[key] = find(self._library, self._ask, self._has_word, documents)
                while len(kept) > _KEPT:
                    kept.popitem(last=False)
            return kept[key]

    def _help(self, documents: Sequence[DocumentSummary]) -> Told:
        typed = (*self.suggestions.about(documents, SUGGESTED), *fixed.sentences_to_type(documents))
        return Told(Overview(fixed.words_of(AnswerKind.HELP), questions=typed))

    def _list(self, intent: Intent, documents: Sequence[DocumentSummary], whole: int) -> Told:
        return Told(Overview((fixed.counted(documents, whole),), tuple(_about(one) for one in documents)))

    def _overview(self, intent: Intent, documents: Sequence[DocumentSummary], whole: int) -> Told | None:
        chosen = [one for one in documents if one.id in intent.documents]
        if (intent.documents and not chosen) or (intent.others and not chosen):
            return None
        chosen = chosen or list(documents)
        shown, count = (chosen, OF_ONE) if len(chosen) == 1 else (evenly_spread(chosen, SHOWN), 1)
        quotes: list[Quote] = []
        abouts = []
        for document in shown:
            first = leads(self._library, document, count)
            places = tuple(range(len(quotes), len(quotes) + len(first)))
            quotes += [quote_of(self._library, document.id, one.start, one.end, intent.probability) for one in first]
            abouts.append(replace(_about(document), quotes=places))
        read = evenly_spread(chosen)
        named = named_in(chain.from_iterable(sentences_of(self._library, one) for one in read))
        words = [] if len(chosen) == 1 else [fixed.counted(chosen, whole)]
        if len(read) < len(chosen):
            words.append(f"Names and figures are counted in {len(read):,} of them, evenly spread.")
        questions = self.suggestions.about(chosen, SUGGESTED)
        overview = Overview(tuple(words), tuple(abouts), named.people, named.places, named.figures, questions=questions)
        return Told(overview, tuple(quotes))

    def _compare(self, intent: Intent, documents: Sequence[DocumentSummary], whole: int) -> Told | None:
        sources = named_sources(intent, documents)
        topic = topic_of(intent)
        if len(sources) < min(2, len(intent.mentions.sources)) or not sources or (len(sources) == 1 and not topic):
            return None
        if not topic:
            ids = frozenset().union(*(ids for _, ids in sources))
            chosen = [one for one in documents if one.id in ids]
            return self._agreeing(chosen) if intent.asks_for_agreement else self._differing(chosen)
        question = asked_about(topic)
        found = compare_sources(self._ask, question, sources, _terms_asked(topic, question))
        if len(sources) == 1 and found.verdict is not Verdict.CLEAR:
            return None
        silent = tuple(fixed.NOTHING_ON_IT.format(one.name) for one in found.topics if not one.quotes)
        overview = Overview(silent, topics=tuple(one for one in found.topics if one.quotes))
        return Told(overview, found.quotes, found.agreement, found.verdict, question)

    def _contradictions(self, intent: Intent, documents: Sequence[DocumentSummary], whole: int) -> Told | None:
        chosen = [one for one in documents if one.id in intent.documents]
        return self._differing(chosen if len(chosen) > 1 else documents)

    def _agreements(self, intent: Intent, documents: Sequence[DocumentSummary], whole: int) -> Told | None:
        chosen = [one for one in documents if one.id in intent.documents]
        return self._agreeing(chosen if len(chosen) > 1 else documents)

    def _agreeing(self, documents: Sequence[DocumentSummary]) -> Told:
        if len(documents) < 2:
            return Told(Overview((fixed.ONE_DOCUMENT,)))
        points = self.agreements(documents)[:MOST_POINTS]
        return _told_agreements(points, () if points else (fixed.NO_AGREEMENT,))

    def _differing(self, documents: Sequence[DocumentSummary]) -> Told:
        if len(documents) < 2:
            return Told(Overview((fixed.ONE_DOCUMENT,)))
        points = self.differences(documents)[:MOST_POINTS]
        return _told_points(points, () if points else (fixed.NO_DIFFERENCE,))

    def _change(self, intent: Intent, documents: Sequence[DocumentSummary], whole: int) -> Told | None:
        since, until = span_asked(intent)
        chosen = [one for one in documents if one.id in intent.documents] or list(documents)
        ids = frozenset(one.id for one in chosen)
        later = [one for one in self.differences(chosen) if one.difference.kind is DifferenceKind.LATER]
        later = [one for one in later if _falls_between(one, since, until) and _is_on(one, intent.others)]
        events = self._timeline.points(Scope(documents=ids), since, until)
        events = tuple(one for one in events if intent.others <= naming_terms(f"{one.text} {one.title}"))
        told = _told_points(later[:MOST_POINTS], ())
        by_time: dict[str, list[int]] = {}
        quotes = list(told.quotes)
        for point in _of_all_years(events, SHOWN):
            by_time.setdefault(point.time, []).append(len(quotes))
            quotes.append(quote_of(self._library, point.document_id, point.start, point.end, intent.probability))
        if not quotes:
            return (
                None if intent.others else Told(Overview((fixed.NO_CHANGE,), since=since or None, until=until or None))
            )
        topics = (*told.overview.topics, *(Topic(date_words(time), tuple(at)) for time, at in by_time.items()))
        overview = Overview(topics=topics, since=since or None, until=until or None)
        return Told(overview, tuple(quotes), told.agreement)


def _told_points(points: Sequence[PointOfDifference], words: tuple[str, ...]) -> Told:
    """Points of difference as one list of quotes."""
    quotes: list[Quote] = []
    topics, differing = [], []
    for point in points:
        first = len(quotes)
        quotes += point.quotes
        topics.append(Topic(point.name, tuple(range(first, len(quotes)))))
        differing.append(point.difference.moved(first.__add__))
    return Told(Overview(words, topics=tuple(topics)), tuple(quotes), Agreement((), tuple(differing)))


def _told_agreements(points: Sequence[PointOfAgreement], words: tuple[str, ...]) -> Told:
    """Points of agreement as one list of quotes."""
    quotes = tuple(chain.from_iterable(point.quotes for point in points))
    ends = list(accumulate((len(point.quotes) for point in points), initial=0))
    groups = tuple(tuple(range(*ends_)) for ends_ in pairwise(ends))
    topics = tuple(Topic(point.name, group) for point, group in zip(points, groups, strict=True))
    return Told(Overview(words, topics=topics), quotes, Agreement(groups, ()))


def _terms_asked(topic: str, question: str) -> frozenset[str]:
    """What a quote must name to be about a topic; nothing if the topic is a question, which the reader judges."""
    return naming_terms(topic) if topic in question else frozenset()


def _about(document: DocumentSummary) -> OverviewDocument:
    return OverviewDocument(
        document.id, document.title, document.publisher, document.published, inferred=document.inferred
    )


def _falls_between(point: PointOfDifference, since: str, until: str) -> bool:
    """Whether a quote of a difference speaks of a time between two."""
    times = (one.as_of for one in point.quotes if one.as_of)
    return any(points_between([_dated(time)], since, until) for time in times)


def _of_all_years(points: Sequence[Point], count: int) -> list[Point]:
    """The most informative points of each year in turn, in the order of time."""
    by_year: dict[str, list[Point]] = {}
    for point in points:
        by_year.setdefault(point.time[:4], []).append(point)
    ranked = [sorted(those, key=lambda one: -one.weight) for those in by_year.values()]
    chosen = {id(one) for one in [one for turn in zip_longest(*ranked) for one in turn if one][:count]}
    return [point for point in points if id(point) in chosen]


def _dated(time: str) -> Point:
    return Point(time, "", 0, 0, "", "", None, 0.0)


def _is_on(point: PointOfDifference, terms: Iterable[str]) -> bool:
    return frozenset(terms) <= naming_terms(f"{point.name} {' '.join(one.text for one in point.quotes)}")
