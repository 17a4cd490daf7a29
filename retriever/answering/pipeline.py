"""A question, standing alone -> an answer with quotes, or a refusal.

The steps, a module each:

    query          the question -> its words, vectors, dates and the kind of answer it asks for
    retrieval      what the query finds: passages, whose sentences are compared with it
    selection      the candidates -> quotes, ranked, each with a confidence
    verdict        the confidence -> clear, unsure or absent
    agreement      the quotes -> which sources say the same, and which differ

A follow-up that takes words from the conversation is tried without them as well, unless its answer is clear.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .. import agreement
from ..encoder import Encoder
from ..encoder.word_vectors import WordAxes
from ..errors import LibraryBusy
from ..records import Agreement, Answer, Hit, Quote, Timings, Verdict, page_at
from ..settings import Settings
from ..store.base import Exclusion, Library, Searcher
from ..text.calendar import date_words
from ..text.datelines import dateline_length
from ..text.minhash import near_copies_by_id
from ..text.question import Question
from .candidates import Candidate, Candidates
from .date_constraints import DateConstraints, tells_of_past
from .matching import WeightedQuery, compare
from .parts import parts_of, with_parts
from .pictures import picture_words
from .query import Query, StandaloneQuestion
from .reader import Reader
from .retrieval import Retrieval, ShownQuotes
from .selection import Evidence, EvidenceModel, RankedEvidence, rank_evidence
from .verdict import CLEAR_CONFIDENCE, MARKED_CONFIDENCE, PRESENT, covers_of, verdict_of, worth_showing

_NEAREST_NAMED = 3  # documents that a refusal names; few users would go through more


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """What one reading of a question led to.

    Attributes:
        query: the question.
        hits: the passages that were found.
        dates: the dates that it asks the documents for.
        ranked: the quotes, judged.
        encoded: when it had been encoded, seconds on the performance counter.
        searched: when the passages had been found.
    """

    query: Query
    hits: tuple[Hit, ...]
    dates: DateConstraints
    ranked: RankedEvidence
    encoded: float
    searched: float

    @property
    def confidence(self) -> float:
        """The probability, 0..1, that the first quote answers; 0 if there is none."""
        return self.ranked.evidence[0].confidence if self.ranked.evidence else 0.0


class AnswerPipeline:
    """Answers questions from a library. Safe to use from several threads."""

    def __init__(self, library: Library, encoder: Encoder, settings: Settings) -> None:
        """Store the library, the encoder of its vectors, and how passages are found."""
        self._library = library
        self._encoder = encoder
        self._settings = settings

    def load(self) -> None:
        """Load the models, so that the first question need not wait for them."""
        self._encoder.encode_question("Is it loaded?", [])
        Reader.shipped()

    def answer(
        self, search: Searcher, typed: str, standalone: StandaloneQuestion, hidden: Exclusion, top: int, began: float
    ) -> Answer:
        """Answer a question.

        Args:
            search: finds passages.
            typed: the question as typed.
            standalone: the same, as it is understood in its conversation.
            hidden: stands for the documents that must not answer.
            top: at most this many quotes.
            began: when work on it began, seconds on the performance counter.
        """
        found = self._evaluate(search, standalone, hidden, top)
        question, present = found.query.question, found.ranked.present
        ranked = self._with_parts(search, found, hidden, top)
        evidence = self._quote_all(worth_showing(ranked), found.dates)
        evidence, agreed = agreement.compare(question, evidence, top)
        if question.is_present and not question.time_expressions.matches:
            evidence, agreed = agreement.newest_first(evidence, agreed)
        quotes = tuple(each.quote for each in evidence)
        confidence = quotes[0].confidence if quotes else 0.0
        verdict = verdict_of(confidence, present)
        answered = verdict is not Verdict.ABSENT
        return Answer(
            question=typed,
            understood_as=question.text,
            verdict=verdict,
            confidence=confidence,
            quotes=agreement.mark_values(evidence, agreed) if answered else (),
            agreement=agreed if answered else Agreement(),
            covers=None if answered else covers_of(self._nearest(found.hits), self._library.documents.date_range()),
            library=search.state,
            timings=timings(began, found.encoded, found.searched, time.perf_counter()),
            present=present,
            nearest=() if answered else quotes,
            left_out=0 if hidden is None else len(hidden),
            taken_as=(*found.query.standalone.asked_with, *found.dates.notes),
        )

    def retrieve(
        self, search: Searcher, standalone: StandaloneQuestion, hidden: Sequence[Exclusion], count: int | None = None
    ) -> list[Retrieval | None]:
        """Find passages and compare them with a question, once for each set of documents that must not answer."""
        query = Query.of(standalone, search, self._encoder, self._axes)
        count = self._settings.passages_read if count is None else count
        return [self._retrieve(search, query, each, count) for each in hidden]

    def _evaluate(self, search: Searcher, standalone: StandaloneQuestion, hidden: Exclusion, top: int) -> _Evaluation:
        """Read a question, find passages and rank quotes.

        The documents decide whether a question needs its conversation: of its readings, the first with a clear answer
        counts, or else the first.
        """
        tried: list[_Evaluation] = []
        for reading in standalone.readings:
            tried.append(self._evaluate_reading(search, reading, hidden, top))
            if tried[-1].confidence >= CLEAR_CONFIDENCE:
                return tried[-1]
        return tried[0]

    def _with_parts(self, search: Searcher, found: _Evaluation, hidden: Exclusion, top: int) -> tuple[Evidence, ...]:
        """The quotes for a question; where it is about several things, a quote for each comes before the others."""
        ranked = found.ranked.evidence
        if found.ranked.present < PRESENT:
            return ranked
        parts = (StandaloneQuestion(part) for part in parts_of(found.query.question))
        answers = [self._evaluate_reading(search, part, hidden, top).ranked for part in parts]
        return with_parts(ranked, [part.evidence[0] for part in answers if part.present >= PRESENT])

    def _evaluate_reading(
        self, search: Searcher, reading: StandaloneQuestion, hidden: Exclusion, top: int
    ) -> _Evaluation:
        query = Query.of(reading, search, self._encoder, self._axes)
        encoded = time.perf_counter()
        retrieval = self._retrieve(search, query, hidden, self._settings.passages_read)
        searched = time.perf_counter()
        if retrieval is None:
            return _Evaluation(query, (), DateConstraints({}), RankedEvidence(), encoded, searched)
        published = self._library.documents.publication_dates({hit.passage.document_id for hit in retrieval.hits})
        newest = (self._library.documents.date_range() or ("", None))[1]
        dates = query.dates.constraints(published, newest)
        return _Evaluation(
            query, retrieval.hits, dates, _rank(retrieval, query.question, dates, top), encoded, searched
        )

    def _retrieve(self, search: Searcher, query: Query, hidden: Exclusion, count: int) -> Retrieval | None:
        """Find passages and compare their sentences with the question; None if no sentence was found."""
        standalone, documents = query.standalone, self._library.documents
        hits = search.hits(
            self._library, query.search_terms, query.vector, self._settings, count, hidden, query.search_weights
        )
        hits = tuple(hit for hit in hits if hit.passage.sentences)
        if not hits:
            return None
        ids = list(dict.fromkeys(hit.passage.document_id for hit in hits))
        titles, published = documents.titles(ids), documents.publication_dates(ids)
        origins = {one: ", ".join(filter(None, (titles[one], date_words(published[one])))) for one in ids}
        word_vectors = self._library.vectors.of_words([hit.number for hit in hits])
        candidates = Candidates.of(hits, titles, word_vectors)
        frequencies = search.frequencies(query.searched.terms, hidden)
        passage_count = max(1, search.passage_count(hidden))
        weighted = WeightedQuery.of(query.searched, query.word_vectors, frequencies, passage_count, standalone.weights)
        shown = ShownQuotes.of(standalone.turns).among(candidates) if standalone.depends_on_turns else None
        return Retrieval(standalone.read_as, origins, hits, weighted, candidates, compare(weighted, candidates), shown)

    @cached_property
    def _axes(self) -> WordAxes:
        return WordAxes.of(self._encoder)

    def _quote_all(self, ranked: Sequence[Evidence], dates: DateConstraints) -> list[agreement.QuoteEvidence]:
        """Cut quotes out of their documents; words that several copies of one text have are quoted once."""
        evidence = [
            agreement.QuoteEvidence(quote, _inside(item.span, quote), item.answers, item.score, item.near)
            for item, quote in ((item, self._quote(item, dates)) for item in ranked)
        ]
        ids, sketches = self._library.documents.sketches({each.quote.document_id for each in evidence})
        copies = near_copies_by_id(ids, sketches, ids)
        return agreement.merge_copies(evidence, {one: {other for other, _ in near} for one, near in copies.items()})

    def _quote(self, item: Evidence, dates: DateConstraints) -> Quote:
        passage, mark = item.hit.passage, item.highlight
        first, last = min(passage.start, item.start), max(passage.end, item.end)
        about = self._library.documents.text_slice(passage.document_id, first, last)
        if about.text[passage.start - first : passage.end - first] != item.hit.text:
            raise LibraryBusy(f"{passage.document_id} was changed while it was read; ask again.")
        start = item.start + _dateline(about.text[item.start - first : item.end - first], about.published, item)
        text = about.text[start - first : item.end - first]
        highlight = (max(0, mark[0] - start), mark[1] - start) if mark else None
        asked = dates.by_document[passage.document_id].times
        origin, doubtful = picture_words(self._library, passage.document_id, about.media_type, text, start)
        return Quote(
            document_id=passage.document_id,
            start=start,
            end=item.end,
            text=text,
            title=about.title,
            publisher=about.publisher,
            published=about.published,
            page=page_at(about.pages, start),
            heading=passage.heading,
            highlight=highlight,
            confidence=item.confidence,
            why=item.hit.why,
            as_of=agreement.as_of(text, about.published, highlight, asked),
            inferred=about.inferred,
            sheet=passage.heading if "spreadsheet" in about.media_type else None,
            rows=item.rows,
            origin=origin,
            doubtful=doubtful,
        )

    def _nearest(self, hits: Sequence[Hit]) -> list[tuple[str, str]]:
        """Title and id of the documents nearest to the question."""
        ids = list(dict.fromkeys(hit.passage.document_id for hit in hits))[:_NEAREST_NAMED]
        titles = self._library.documents.titles(ids)
        return [(titles[document_id], document_id) for document_id in ids]


def _rank(retrieval: Retrieval, question: Question, dates: DateConstraints, top: int) -> RankedEvidence:
    """Choose and judge quotes; if the question asks for a time, quotes about it come first."""

    def is_timely(sentence: Candidate) -> bool:
        return dates.are_resolved and dates.by_document[sentence.hit.passage.document_id].is_met_by(sentence.text)

    timely = is_timely if dates.are_any or not dates.are_resolved else None
    outdated = tells_of_past if question.asks_for_today else None
    count = top + agreement.BEYOND
    return rank_evidence(
        retrieval, EvidenceModel.shipped(), Reader.shipped(), count, MARKED_CONFIDENCE, timely, outdated
    )


def _inside(span: tuple[int, int], quote: Quote) -> tuple[int, int]:
    """A span of the document's text, counted from the start of the quote that holds it."""
    return max(0, span[0] - quote.start), span[1] - quote.start


def _dateline(text: str, published: str | None, item: Evidence) -> int:
    """How many characters of a quote are its page's date; 0 if that date answers, or nothing else would be left."""
    length = dateline_length(text, published)
    answers = item.highlight is not None and item.highlight[1] <= item.start + length
    return 0 if answers or length == len(text) else length


def timings(began: float, encoded: float, searched: float, done: float) -> Timings:
    """Milliseconds of each step, from times in seconds."""
    return Timings(
        encode=1000 * (encoded - began),
        search=1000 * (searched - encoded),
        evidence=1000 * (done - searched),
        total=1000 * (done - began),
    )


def retime(answer: Answer, began: float) -> Answer:
    """The same answer, found again in the cache, with the time that this took."""
    found = time.perf_counter()
    return replace(answer, timings=timings(began, began, found, found))
