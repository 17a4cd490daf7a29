"""A question, standing alone -> an answer with quotes, or a refusal.

The steps, a module each:

    query          the question -> its words, vectors, dates and the kind of answer it asks for
    retrieval      what the query finds: passages, whose sentences are compared with it
    selection      the candidates -> quotes, ranked, each with a confidence
    verdict        the confidence -> clear, unsure or absent
    agreement      the quotes -> which sources say the same, and which differ

A follow-up comes with several readings. The documents choose one of them (`readings`).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain

from .. import agreement
from ..encoder import MULTILINGUAL_DIGEST, Encoder, WordsOnly, reads
from ..encoder.word_vectors import WordAxes
from ..errors import LibraryBusy
from ..records import Agreement, Answer, Hit, Quote, Span, Timings, Verdict, page_at
from ..settings import Settings
from ..store.base import Exclusion, Library, Searcher
from ..text.calendar import date_words
from ..text.context import FAR, context_of
from ..text.datelines import dateline_length
from ..text.minhash import near_copies_by_id
from ..text.question import Question
from .candidates import Candidate, Candidates
from .date_constraints import DateConstraint, DateConstraints, tells_of_past
from .matching import WeightedQuery, compare
from .parts import parts_of, with_parts
from .pictures import boxes_of, page_label, picture_words
from .query import Query, StandaloneQuestion
from .reader import Reader
from .reader_scores import PassageReader
from .readings import OnceReader, Probe, probabilities_of, probe, shipped_weights
from .retrieval import Retrieval, ShownQuotes, naming_days
from .selection import NEVER, Evidence, EvidenceModel, RankedEvidence, divide, rank_by_words, rank_evidence, rank_unread
from .timely import timely_span
from .verdict import MARKED_CONFIDENCE, PRESENT, covers_of, verdict_of, worth_showing

NEAR = 0.4
"""Share of the chosen reading's probability from which another reading is offered too."""
SURE = 0.5
"""From this probability a reading is asked, and shown, though it may be another that is meant."""
SHOWN_UNREAD = 3
"""Quotes that are handed out before they are judged: as many as an answer always has."""
OnRanked = Callable[[tuple[Quote, ...]], None]
BY_WORDS_DENSE = 0.15
"""The share of meaning in the fused score for a language that the encoder cannot read. For XQuAD's German and Chinese
questions, the right passage is first for 0.93 and 0.92 at 0, for 0.93 and 0.94 at 0.15, for 0.81 and 0.46 at 0.6."""
MEANWHILE = "Only words were compared, as search by meaning was not ready. Ask again in a minute for the full answer."
"""What is said of an answer that was given while the encoder was being prepared."""

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


@dataclass(frozen=True, slots=True)
class _Found:
    """What one reading of a question found, not yet judged.

    Attributes:
        query: the question.
        retrieval: the passages; None if there are none.
        parts: the passages, divided by who can judge them.
        encoded: when it had been encoded, seconds on the performance counter.
        searched: when the passages had been found.
    """

    query: Query
    retrieval: Retrieval | None
    parts: tuple[tuple[EvidenceModel, Retrieval], ...]
    encoded: float
    searched: float


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
        self._reader()

    def answer(
        self,
        search: Searcher,
        typed: str,
        readings: Sequence[StandaloneQuestion],
        hidden: Exclusion,
        top: int,
        began: float,
        on_ranked: OnRanked | None = None,
    ) -> Answer:
        """Answer a question.

        Args:
            search: finds passages.
            typed: the question as typed.
            readings: what it may mean in its conversation, likeliest first.
            hidden: stands for the documents that must not answer.
            top: at most this many quotes.
            began: when work on it began, seconds on the performance counter.
            on_ranked: called with the likeliest quotes before they are read and judged.
        """
        reader = self._reader()
        chosen, near = self._choose(search, readings, hidden, reader)
        if on_ranked is not None and chosen.parts:
            model, best = chosen.parts[0]
            unread = rank_unread(best, model, SHOWN_UNREAD)
            on_ranked(tuple(each.quote for each in self._quote_all(unread, self._dates(chosen))))
        found = self._judge(chosen, top, reader)
        standalone, present = found.query.standalone, found.ranked.present
        ranked = self._with_parts(search, found, hidden, top, reader)
        evidence = self._quote_all(worth_showing(ranked), found.dates)
        evidence, agreed = agreement.compare(standalone.question, evidence, top, _passages(found.hits))
        if standalone.question.is_present and not standalone.question.time_expressions.matches:
            evidence, agreed = agreement.newest_first(evidence, agreed)
        quotes = tuple(each.quote for each in evidence)
        confidence = quotes[0].confidence if quotes else 0.0
        clear_from = NEVER if standalone.is_fallback else self._clear_from(standalone.question, quotes)
        verdict = verdict_of(confidence, present, clear_from)
        answered = verdict is not Verdict.ABSENT
        return Answer(
            question=typed,
            understood_as=standalone.shown,
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
            taken_as=(*found.dates.notes, MEANWHILE) if self._has_words_only else found.dates.notes,
            by_words=self._has_words_only,
            used_turns=standalone.used,
            other_readings=near,
        )

    def retrieve(
        self, search: Searcher, standalone: StandaloneQuestion, hidden: Sequence[Exclusion], count: int | None = None
    ) -> list[Retrieval | None]:
        """Find passages and compare them with a question, once for each set of documents that must not answer."""
        query = Query.of(standalone, search, self._encoder, self._axes)
        count = self._settings.passages_read if count is None else count
        return [self._retrieve(search, query, each, count) for each in hidden]

    def nearest(
        self, search: Searcher, reading: StandaloneQuestion, hidden: Exclusion, count: int
    ) -> tuple[Quote, ...]:
        """The best quotes for a question, each with its probability, however unlikely they answer."""
        found = self._judge(self._find(search, reading, hidden), count, self._reader())
        return tuple(each.quote for each in self._quote_all(found.ranked.evidence, found.dates))[:count]

    def choose(self, search: Searcher, readings: Sequence[StandaloneQuestion], hidden: Exclusion) -> StandaloneQuestion:
        """Let the documents choose one of the readings of a question, as `answer` does."""
        if len(readings) == 1:
            return readings[0]
        found, _ = self._choose(search, readings, hidden, self._reader())
        return found.query.standalone

    def probe(self, search: Searcher, readings: Sequence[StandaloneQuestion], hidden: Exclusion) -> list[Probe]:
        """Have a first look at what each reading finds but the fallback; training uses this."""
        found = [self._find(search, reading, hidden) for reading in readings if not reading.is_fallback]
        return [*_probes(found, self._reader()).values()]

    @property
    def _is_multilingual(self) -> bool:
        """Whether the library's vectors are of the multilingual encoder."""
        return self._encoder.digest == MULTILINGUAL_DIGEST

    @property
    def _has_words_only(self) -> bool:
        """Whether no encoder is ready."""
        return isinstance(self._encoder, WordsOnly)

    def _model_for(self, question: str, passage: str) -> EvidenceModel:
        """What judges a passage, by its language and the question's. The reader knows English alone."""
        if question == passage == "en" and not self._is_multilingual:
            return EvidenceModel.meanwhile() if self._has_words_only else EvidenceModel.shipped()
        return EvidenceModel.unread(by_words=self._has_words_only or not self._is_multilingual)

    def _clear_from(self, question: Question, quotes: Sequence[Quote]) -> float:
        """The confidence from which the first quote is clear."""
        if self._has_words_only:
            return NEVER
        asked, told = question.language, quotes[0].language if quotes else None
        return self._model_for(asked, told or "en").for_languages(asked, told).clear_from

    def _reader(self) -> PassageReader | None:
        """What reads passages for one question; None in a library of many languages."""
        return None if self._is_multilingual else OnceReader(Reader.shipped())

    def _choose(
        self, search: Searcher, readings: Sequence[StandaloneQuestion], hidden: Exclusion, reader: PassageReader | None
    ) -> tuple[_Found, tuple[str, ...]]:
        """Search for each reading, and let the documents choose one. Also returns the readings that come near.

        Where none is likely enough, the fallback is asked, and all others come near.
        """
        found = [self._find(search, one, hidden) for one in readings if not one.is_fallback]
        probes = _probes(found, reader) if len(found) > 1 else {}
        if not probes:
            return found[0], ()
        likely = dict(zip(probes, probabilities_of([*probes.values()], shipped_weights()).tolist(), strict=True))
        order = sorted(likely, key=lambda at: -likely[at])
        near = [at for at in order if likely[at] >= NEAR * likely[order[0]]]
        chosen = found[order[0]]
        fallback = next((one for one in readings if one.is_fallback), None)
        if fallback is not None and likely[order[0]] < SURE:
            chosen = self._find(search, fallback, hidden)
        texts = (found[at].query.standalone.shown for at in near)
        return chosen, tuple(text for text in texts if text != chosen.query.standalone.shown)

    def _with_parts(
        self, search: Searcher, found: _Evaluation, hidden: Exclusion, top: int, reader: PassageReader | None
    ) -> tuple[Evidence, ...]:
        """The quotes for a question; where it is about several things, a quote for each comes before the others.

        A question that compares with the turn before is about two things: what it asks, and what was asked before.
        """
        ranked, standalone = found.ranked.evidence, found.query.standalone
        if found.ranked.present < PRESENT:
            return ranked
        parts = (standalone.beside,) if standalone.beside else parts_of(standalone.question)
        asked = (self._find(search, StandaloneQuestion(part), hidden) for part in parts)
        answers = [self._judge(part, top, reader).ranked for part in asked]
        return with_parts(ranked, [part.evidence[0] for part in answers if part.present >= PRESENT])

    def _find(self, search: Searcher, reading: StandaloneQuestion, hidden: Exclusion) -> _Found:
        """Encode a reading and find passages."""
        query = Query.of(reading, search, self._encoder, self._axes)
        encoded = time.perf_counter()
        retrieval = self._retrieve(search, query, hidden, self._settings.passages_read)
        if retrieval is not None:
            respelt = self._with_days_as_found(query, retrieval)
            if respelt is not query:
                retrieval = self._retrieve(search, respelt, hidden, self._settings.passages_read)
        parts = divide(retrieval, partial(self._model_for, retrieval.language)) if retrieval else ()
        return _Found(query, retrieval, parts, encoded, time.perf_counter())

    def _with_days_as_found(self, query: Query, retrieval: Retrieval) -> Query:
        """A question, with its days spelt as in the passages that it found."""
        if not query.question.days:
            return query
        texts = [(hit.text, retrieval.languages.get(hit.passage.document_id)) for hit in retrieval.hits]
        return query.with_days_as_in(texts, self._encoder, self._axes)

    def _judge(self, found: _Found, top: int, reader: PassageReader | None) -> _Evaluation:
        """Rank quotes."""
        query, retrieval = found.query, found.retrieval
        if retrieval is None:
            return _Evaluation(query, (), DateConstraints({}), RankedEvidence(), found.encoded, found.searched)
        dates, count = self._dates(found), top + agreement.BEYOND
        parts = [_rank(part, model, query.question, dates, count, reader) for model, part in found.parts]
        ranked = RankedEvidence.merged(parts, count)
        return _Evaluation(query, retrieval.hits, dates, ranked, found.encoded, found.searched)

    def _dates(self, found: _Found) -> DateConstraints:
        """The times that a question asks the documents for in which something was found."""
        hits = found.retrieval.hits if found.retrieval else ()
        published = self._library.documents.publication_dates({hit.passage.document_id for hit in hits})
        languages = found.retrieval.languages if found.retrieval else {}
        newest = (self._library.documents.date_range() or ("", None))[1]
        return found.query.dates.constraints(published, newest, languages)

    def _retrieve(self, search: Searcher, query: Query, hidden: Exclusion, count: int) -> Retrieval | None:
        """Find passages and compare their sentences with the question; None if no sentence was found."""
        standalone, documents = query.standalone, self._library.documents
        by_words = not reads(self._encoder, query.question.language)
        weight = 0.0 if self._has_words_only else BY_WORDS_DENSE
        settings = replace(self._settings, dense_weight=weight) if by_words else self._settings
        hits = search.hits(
            self._library, query.search_terms, query.vector, settings, count, hidden, query.search_weights
        )
        hits = tuple(hit for hit in hits if hit.passage.sentences)
        if not hits:
            return None
        ids = list(dict.fromkeys(hit.passage.document_id for hit in hits))
        titles, published, languages = documents.titles(ids), documents.publication_dates(ids), documents.languages(ids)
        origins = {one: ", ".join(filter(None, (titles[one], date_words(published[one])))) for one in ids}
        word_vectors = self._library.vectors.of_words([hit.number for hit in hits])
        candidates = Candidates.of(hits, titles, word_vectors, languages, query.terms_of)
        forms = query.forms
        counts = search.frequencies(chain.from_iterable(forms.values()), hidden)
        frequencies = {term: sum(counts[form] for form in those) for term, those in forms.items()}
        passage_count = max(1, search.passage_count(hidden))
        weighted = WeightedQuery.of(query.question, query.word_vectors, frequencies, passage_count)
        shown = led = None
        if standalone.depends_on_turns:
            shown = ShownQuotes.of(standalone.turns).among(candidates)
            led = ShownQuotes.first_of(standalone.turns).among(candidates)
        compared = compare(weighted, candidates, by_words=by_words)
        new = standalone.added if standalone.elsewhere else None
        days = naming_days(query.question.days, candidates, languages) if query.question.days else None
        language = query.question.language
        return Retrieval(
            standalone.text, origins, hits, weighted, candidates, compared, shown, led, new, days, language, languages
        )

    @cached_property
    def _axes(self) -> WordAxes:
        return WordAxes.of(self._encoder)

    def _quote_all(self, ranked: Sequence[Evidence], dates: DateConstraints) -> list[agreement.QuoteEvidence]:
        """Cut quotes out of their documents; words that several copies of one text have are quoted once."""
        evidence = [
            agreement.QuoteEvidence(
                quote, _inside(item.span, quote), item.answers, item.score, item.near, is_read=item.is_read
            )
            for item, quote in ((item, self._quote(item, dates)) for item in ranked)
        ]
        ids, sketches = self._library.documents.sketches({each.quote.document_id for each in evidence})
        copies = near_copies_by_id(ids, sketches, ids)
        return agreement.merge_copies(evidence, {one: {other for other, _ in near} for one, near in copies.items()})

    def _quote(self, item: Evidence, dates: DateConstraints) -> Quote:
        passage, mark = item.hit.passage, item.highlight
        first, last = max(0, min(passage.start, item.start) - FAR), max(passage.end, item.end) + FAR
        about = self._library.documents.text_slice(passage.document_id, first, last)
        if about.text[passage.start - first : passage.end - first] != item.hit.text:
            raise LibraryBusy(f"{passage.document_id} was changed while it was read; ask again.")
        whole = about.text[item.start - first : item.end - first]
        start = item.start + _dateline(whole, about.published, about.language, item)
        text = about.text[start - first : item.end - first]
        highlight = (max(0, mark[0] - start), mark[1] - start) if mark else None
        asked = dates.by_document.get(passage.document_id)  # the quote for a part may be from a document of its own
        told = mark if mark else (start, item.end)
        context = context_of(about.text, (told[0] - first, told[1] - first), (start - first, item.end - first))
        boxes = boxes_of(self._library, passage.document_id, about.media_type)
        origin, doubtful = picture_words(boxes, text, start)
        page = page_at(about.pages, start)
        return Quote(
            document_id=passage.document_id,
            start=start,
            end=item.end,
            text=text,
            title=about.title,
            publisher=about.publisher,
            published=about.published,
            page=page,
            page_label=page_label(boxes, page),
            heading=passage.heading if start >= passage.sentences[0][0] else None,  # a line of it says nothing twice
            highlight=highlight,
            confidence=item.confidence,
            why=item.hit.why,
            as_of=agreement.as_of(text, about.published, highlight, asked.times if asked else (), about.language),
            inferred=about.inferred,
            sheet=passage.heading if "spreadsheet" in about.media_type else None,
            rows=item.rows,
            origin=origin,
            doubtful=doubtful,
            context=context.moved(first) if context else None,
            language=about.language,
            is_earlier=about.is_earlier,
        )

    def _nearest(self, hits: Sequence[Hit]) -> list[tuple[str, str]]:
        """Title and id of the documents nearest to the question."""
        ids = list(dict.fromkeys(hit.passage.document_id for hit in hits))[:_NEAREST_NAMED]
        titles = self._library.documents.titles(ids)
        return [(titles[document_id], document_id) for document_id in ids]


def _probes(found: Sequence[_Found], reader: PassageReader | None) -> dict[int, Probe]:
    """What a first look says of each reading that found what the reader can read, by its position."""
    if reader is None:
        return {}
    return {
        at: probe(one.query.standalone, part, rank_by_words(part, model.ranker), reader)
        for at, one in enumerate(found)
        for model, part in one.parts
        if model.is_read
    }


def _rank(
    retrieval: Retrieval,
    model: EvidenceModel,
    question: Question,
    dates: DateConstraints,
    count: int,
    reader: PassageReader | None,
) -> RankedEvidence:
    """Choose and judge quotes; if the question asks for a time, quotes about it come first."""

    def is_timely(sentence: Candidate) -> bool:
        return dates.are_resolved and constraint_of(sentence).is_met_by(sentence.text)

    def of_time(sentence: Candidate, span: Span) -> Span:
        base = sentence.start
        start, end = timely_span(sentence.text, (span[0] - base, span[1] - base), constraint_of(sentence))
        return start + base, end + base

    def constraint_of(sentence: Candidate) -> DateConstraint:
        return dates.by_document[sentence.hit.passage.document_id]

    timely = is_timely if dates.are_any or not dates.are_resolved else None
    outdated = tells_of_past if question.asks_for_today else None
    reader = reader if model.is_read else None
    asked = of_time if dates.are_any and dates.are_resolved else None
    return rank_evidence(retrieval, model, reader, count, MARKED_CONFIDENCE, timely, outdated, asked)


def _passages(hits: Sequence[Hit]) -> dict[str, list[str]]:
    """The texts of the passages that were found of each document."""
    found: dict[str, list[str]] = {}
    for hit in hits:
        found.setdefault(hit.passage.document_id, []).append(hit.text)
    return found


def _inside(span: tuple[int, int], quote: Quote) -> tuple[int, int]:
    """A span of the document's text, counted from the start of the quote that holds it."""
    return max(0, span[0] - quote.start), span[1] - quote.start


def _dateline(text: str, published: str | None, language: str | None, item: Evidence) -> int:
    """How many characters of a quote are its page's date; 0 if that date answers, or nothing else would be left."""
    length = dateline_length(text, published, language)
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
