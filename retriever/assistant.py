"""The assistant: what every user of the package holds, and the only module that wires the stages."""

import itertools
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from . import agreement
from .answering.cache import AnswerCache
from .answering.candidates import Retrieval, ShownQuotes, gather
from .answering.features import Candidate
from .answering.reader import Reader
from .answering.selection import Evidence, EvidenceModel, RankedEvidence, rank_evidence
from .answering.spelling import respelt
from .answering.verdict import CLEAR_CONFIDENCE, MARKED_CONFIDENCE, covers_of, verdict_of, worth_showing
from .conversation import StandaloneQuestion, understand
from .encoder import Encoder, SentenceEncoder, TextVectors
from .encoder.word_vectors import WordAxes
from .errors import IbidError, LibraryBusy, LibraryError, LibraryMissing, QuestionError
from .filters import EVERYTHING, Scope
from .ingest.boilerplate import mark_boilerplate
from .ingest.distributed import tasks_on
from .ingest.encoding import reencode
from .ingest.indexing import index_documents, index_paths, remove_documents
from .ingest.run import Progress
from .ingest.watching import changes
from .maintenance.copy import copy, inventory
from .maintenance.erase import TraceReport, find_traces, traces_of
from .maintenance.verify import verify
from .records import (
    Agreement,
    Answer,
    CopyReport,
    Document,
    DocumentSummary,
    Finding,
    Hit,
    IndexReport,
    LibraryState,
    Passage,
    Quote,
    Timings,
    Turn,
    Verdict,
    page_at,
)
from .settings import ENCODER_VARIABLE, Settings, shipped_corpus
from .store.base import Exclusion, Library, Searcher
from .store.open import (
    Place,
    create_library,
    encoder_origin,
    open_library,
    placed,
)
from .store.records import StoredDocument
from .text.calendar import Time, speaks_of, taken_as, times_asked, untold
from .text.datelines import dateline_length
from .text.minhash import near_copies, near_copies_of
from .text.tokens import words
from .timeline import Point, happened_in, points_of, told_once

# How often a question is begun again as another thread has opened the search of a later state meanwhile.
_ATTEMPTS = 10
_NEAREST_NAMED = 3  # documents that a refusal names; more is a list nobody reads


@dataclass(frozen=True, slots=True)
class Timing:
    """When a document was published, and the times that a question asks it for."""

    published: str | None
    times: tuple[Time, ...]

    def met_by(self, text: str) -> bool:
        """Whether words of the document may speak of what is asked for."""
        return not self.times or speaks_of(text, self.published, self.times)


@dataclass(frozen=True, slots=True)
class TimesAsked:
    """The times that a question asks for.

    Attributes:
        of: document id -> what it is asked for.
        taken_as: how the question's words for them were taken, where that hangs on the documents.
        are_told: whether it can be told which times they are.
    """

    of: Mapping[str, Timing]
    taken_as: tuple[str, ...] = ()
    are_told: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """What one understanding of a question came to.

    Attributes:
        gathered: its candidates; None where no sentence was found.
        asked: the times that it asks for.
        weighed: the quotes, judged.
        encoded: when it had been encoded, on the performance counter, seconds.
        searched: when it had been searched for.
    """

    gathered: Retrieval | None
    asked: TimesAsked
    weighed: RankedEvidence
    encoded: float
    searched: float

    @property
    def confidence(self) -> float:
        """How surely the first quote answers, 0..1; 0 where there is none."""
        return self.weighed.evidence[0].confidence if self.weighed.evidence else 0.0


class Assistant:
    """Answers questions about a library of documents. Safe to use from several threads."""

    def __init__(self, library: Library, encoder: Encoder, settings: Settings) -> None:
        """Store an open library and its encoder; `open` is the way in."""
        self._library = library
        self._encoder = encoder
        self._settings = settings
        self._search: Searcher | None = None
        self._opening = threading.Lock()
        self._renewing: threading.Thread | None = None
        self._answered = AnswerCache()
        self._timeline: tuple[tuple[int, Scope], tuple[Point, ...]] | None = None
        self._points_of: dict[str, tuple[tuple[object, ...], tuple[Point, ...]]] = {}

    @classmethod
    def open(
        cls,
        library: str | os.PathLike[str] | None = None,
        *,
        encoder: Encoder | None = None,
        settings: Settings | None = None,
        create: bool = False,
        on_progress: Progress | None = None,
    ) -> "Assistant":
        """Open a library.

        Args:
            library: its folder, or `milvus://host:port/collection`; None for the default one, whose folder is made from
                the shipped corpus on first use.
            encoder: `$IBID_ENCODER`'s folder, or the model that made the library, or the shipped one, unless another
                is given.
            settings: the defaults unless others are given.
            create: make an empty library where there is none, in place of one of the shipped corpus.
            on_progress: called while the shipped corpus is indexed.

        Raises:
            LibraryMissing: the library named is not there.
            LibraryForeign: another format version or encoder made it.
            LibraryError: it cannot be used.
            EncoderError: the encoder's model is missing or altered.
        """
        settings = settings or Settings()
        place = placed(library)
        encoder = encoder or _default_encoder(place)
        try:
            return cls(open_library(place, encoder), encoder, settings)
        except LibraryMissing:
            if not create and (library is not None or not isinstance(place, Path)):
                raise
        if create or not isinstance(place, Path):
            create_library(place, encoder)
        else:
            _create_from_corpus(place, encoder, settings, on_progress)
        return cls(open_library(place, encoder), encoder, settings)

    @classmethod
    def open_shipped(cls, folder: Path) -> "Assistant":
        """Open a library of the shipped corpus with the shipped encoder, made in a folder that does not exist yet."""
        _create_from_corpus(folder, SentenceEncoder.shipped(), Settings(), None)
        return cls.open(folder, encoder=SentenceEncoder.shipped())

    def close(self) -> None:
        """Close the library."""
        self._library.close()

    def __enter__(self) -> "Assistant":
        """Return itself; the library is closed with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the library."""
        self.close()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top: int = 5,
        scope: Scope = EVERYTHING,
        excluded: Collection[str] = (),
    ) -> Answer:
        """Answer a question with quotes, or refuse.

        Args:
            question: as typed.
            history: the turns before it, oldest first.
            top: how many quotes at the most, at least 1.
            scope: which documents are asked.
            excluded: ids of documents that must not answer.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        question = self._asked(question)
        began = time.perf_counter()
        with self._state() as search:
            generation = self._library.manifest.generation
            key = (search.generation, question, tuple(history), top, frozenset(excluded), scope)
            # What is read of a server may be of two generations: an answer must not outlive that.
            answered = self._answered if self._library.is_transactional else AnswerCache()
            answer = answered.find(generation, key)
            if answer:
                found = time.perf_counter()
                return replace(answer, timings=_timings(began, began, found, found))
            answer = self._answer(search, question, history, top, self._library.exclude(excluded, scope), began)
            answered.keep(generation, key, answer)
            return answer

    def _answer(
        self,
        search: Searcher,
        question: str,
        history: Sequence[Turn],
        top: int,
        hidden: Exclusion,
        began: float,
    ) -> Answer:
        understood = self._understood(question, history, search)
        found = self._found(search, understood, hidden, top)
        if understood.words and not understood.rewritten and found.confidence < CLEAR_CONFIDENCE:
            # What may lean on the conversation, and is not clear with it, may be clear without: the documents decide.
            alone = replace(understood, words={}, turns=())
            found_alone = self._found(search, alone, hidden, top)
            if found_alone.confidence >= CLEAR_CONFIDENCE:
                understood, found = alone, found_alone
        gathered, asked, weighed = found.gathered, found.asked, found.weighed
        encoded, searched = found.encoded, found.searched
        hits = gathered.hits if gathered else ()
        ranked = worth_showing(weighed.evidence)
        told = agreement.select_quotes(understood.text, self._told(ranked, asked), top)
        quotes = tuple(each.quote for each in told)
        confidence = quotes[0].confidence if quotes else 0.0
        verdict = verdict_of(confidence, weighed.present)
        answered = verdict is not Verdict.ABSENT
        agreed = agreement.compare(understood.text, told) if answered else Agreement()
        done = time.perf_counter()
        return Answer(
            question=question,
            understood_as=understood.text,
            verdict=verdict,
            confidence=confidence,
            quotes=agreement.mark_values(quotes, agreed) if answered else (),
            agreement=agreed,
            covers=None if answered else covers_of(self._nearest(hits), self._library.documents.date_range()),
            library=search.state,
            timings=_timings(began, encoded, searched, done),
            present=weighed.present,
            nearest=() if answered else quotes,
            left_out=0 if hidden is None else len(hidden),
            taken_as=(*understood.asked_with, *asked.taken_as),
        )

    def _found(self, search: Searcher, understood: StandaloneQuestion, hidden: Exclusion, top: int) -> "_Found":
        """Search, read and judge one understanding of a question."""
        reading = self._read_understood(understood)
        encoded = time.perf_counter()
        gathered = self._gather(search, understood, reading, hidden)
        searched = time.perf_counter()
        asked = self._times_asked(understood.searched, gathered) if gathered else TimesAsked({})
        weighed = self._weighed(gathered, top, asked) if gathered else RankedEvidence()
        return _Found(gathered, asked, weighed, encoded, searched)

    def search(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        count: int = 100,
        excluded: Collection[str] = (),
        scope: Scope = EVERYTHING,
    ) -> tuple[Hit, ...]:
        """Find passages only, `count` at the most, ranked word by word.

        Args:
            question: as typed.
            history: the turns before it, oldest first.
            count: how many at the most.
            excluded: ids of documents that must not be found.
            scope: which documents are asked.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        (gathered,) = self.gather(question, [excluded], history, count=count, scope=scope)
        return gathered.reranked if gathered else ()

    def gather(
        self,
        question: str,
        excluded: Sequence[Collection[str]],
        history: Sequence[Turn] = (),
        *,
        count: int | None = None,
        scope: Scope = EVERYTHING,
    ) -> list[Retrieval | None]:
        """Find and compare candidates only, once for each set of excluded documents, as training needs them.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        question = self._asked(question)
        with self._state() as search:
            understood = self._understood(question, history, search)
            reading = self._read_understood(understood)
            hidden = [self._library.exclude(document_ids, scope) for document_ids in excluded]
            return [self._gather(search, understood, reading, each, count) for each in hidden]

    def index(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        on_progress: Progress | None = None,
        *,
        exclude: Sequence[str] = (),
        prune: bool = False,
        on: str | None = None,
    ) -> IndexReport:
        """Add or refresh files and folders; what cannot be read is in the report, with its reason.

        Args:
            paths: files and folders, or one of them.
            on_progress: called after each file.
            exclude: patterns of what is left out below folders, as in a `.gitignore`.
            prune: remove documents whose file has left one of the folders.
            on: `ray` or `ray://host:port`, to read and encode on a cluster's machines, which see the same files.
        """
        named = [paths] if isinstance(paths, str | os.PathLike) else paths
        run_tasks = tasks_on(on, self._encoder, self._settings) if on else None
        report = index_paths(
            self._library,
            self._encoder,
            [Path(path) for path in named],
            self._settings,
            on_progress,
            exclude=exclude,
            prune=prune,
            run_tasks=run_tasks,
        )
        self._catch_up()
        return report

    def hand_over(self, file: Path, name: str, on_progress: Progress | None = None) -> IndexReport:
        """Add a file that nobody else keeps: it moves to `added`, beside what is there under the same name.

        Args:
            file: the file; it is gone afterwards, unless it cannot be moved.
            name: how it is to be called there; one name, not a path.
            on_progress: called as its passages are read.

        Returns:
            What `index` reports; where it cannot be read nothing of it stays.

        Raises:
            LibraryError: it cannot be moved there.
        """
        wanted = self.added / name
        others = (wanted.with_stem(f"{wanted.stem} ({count})") for count in itertools.count(2))
        place = next(path for path in itertools.chain([wanted], others) if not path.exists())
        try:
            self.added.mkdir(parents=True, exist_ok=True)
            shutil.move(file, place)
        except OSError as error:
            raise LibraryError(f"{name} cannot be kept in {self.added} ({error.strerror}); make room there.") from error
        report = self.index([place], on_progress)
        if report.skipped:
            place.unlink(missing_ok=True)
            self._library.failures.remove([os.path.abspath(place)])
        return report

    def changes(self, paths: Sequence[Path], stop: threading.Event | None = None) -> Iterator[None]:
        """Yield whenever a file below the paths has changed, until told to stop."""
        return changes([path for path in paths if path.exists()], self._library.folder, stop)

    def failures(self) -> dict[str, str]:
        """The files that could not be read, and are not tried again before they change: path -> reason."""
        return {source: failure.reason for source, failure in self._library.failures.all().items()}

    def change_encoder(self, encoder: Encoder, on_progress: Progress | None = None) -> None:
        """Let another encoder read all passages, and change over to it when it has; until then the first one answers.

        Args:
            encoder: the other encoder; the library remembers where it lies.
            on_progress: called as passages are read, which it counts as files too.
        """
        reencode(self._library, encoder, on_progress)
        self._encoder = encoder
        self._search = None
        self.__dict__.pop("_axes", None)
        self._catch_up()

    def copy_to(self, place: str | os.PathLike[str], on_progress: Progress | None = None) -> CopyReport:
        """Copy the library, vectors included, to a folder or a server, where it is made if it is not there.

        Raises:
            LibraryError: another library is there, or it cannot be used; or the copy is not what was sent.
        """
        create_library(placed(place), self._encoder)
        target = open_library(placed(place), self._encoder)
        try:
            return copy(self._library, target, self._encoder, on_progress)
        finally:
            target.close()

    def inventory(self) -> CopyReport:
        """Read the whole library: its counts, and a digest of every text, passage and vector in it."""
        return inventory(self._library)

    def add(self, documents: Iterable[Document]) -> IndexReport:
        """Add or refresh documents that are already in memory; `Document.from_text` makes them."""
        return index_documents(self._library, self._encoder, documents)

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
        """
        remove_documents(self._library, self._encoder, document_ids)

    def forget(self, document_ids: Sequence[str], also: Sequence[Path] = ()) -> TraceReport:
        """Remove documents with every trace of them, and look whether one is left; their own files elsewhere stay.

        Args:
            document_ids: the documents; none only cleans up after those that were removed earlier.
            also: files beside the library's own that are searched too.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is forgotten.
            LibraryBusy: another process uses the library, whose log therefore still holds them.
            LibraryError: a server holds the library; nothing is removed.
        """
        library = self._library
        library.erasure.check_possible()
        traces = traces_of(library, document_ids)
        sources = [Path(library.documents.summary(document_id).source) for document_id in document_ids]
        remove_documents(library, self._encoder, document_ids)
        library.failures.remove(map(str, sources))
        for source in sources:
            if source.parent == Path(os.path.abspath(self.added)):
                with suppress(OSError):  # then it is found below
                    source.unlink(missing_ok=True)
        self._search = None
        library.erasure.scrub()
        return find_traces(traces, [library.folder, *also])

    def check_forgettable(self, document_ids: Sequence[str]) -> None:
        """Complain where documents can't be forgotten, before anything of them goes.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
            LibraryError: a server holds the library.
        """
        for document_id in document_ids:
            self._library.documents.summary(document_id)
        self._library.erasure.check_possible()

    def is_used_elsewhere(self) -> bool:
        """Whether another process has the library open, such as a page; unknown on Windows, where it says no.

        Raises:
            LibraryError: a server holds the library; only that could tell.
        """
        return self._library.erasure.is_used_elsewhere()

    def take_out(self, document_ids: Sequence[str]) -> tuple[StoredDocument, ...]:
        """Remove documents, all or none, and hand them over so that they can be put back.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
        """
        whole = tuple(self._library.documents.stored(document_id) for document_id in document_ids)
        remove_documents(self._library, self._encoder, document_ids)
        self._catch_up()
        return whole

    def put_back(self, taken: Sequence[StoredDocument]) -> tuple[str, ...]:
        """Put documents back that were taken out, with their vectors; returns the ids that they have now."""
        ids = tuple(
            self._library.documents.replace(one.document, one.encoded, new=True, read_as=one.read_as) for one in taken
        )
        mark_boilerplate(self._library, self._encoder)
        self._catch_up()
        return ids

    def documents(self) -> tuple[DocumentSummary, ...]:
        """List the documents, in the order of their ids."""
        return self._library.documents.all()

    def summary(self, document_id: str) -> DocumentSummary:
        """Fetch a document's line of the list.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return self._library.documents.summary(document_id)

    def document(self, document_id: str) -> Document:
        """Fetch a document with its text.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return self._library.documents.get(document_id)

    def timeline(self, scope: Scope = EVERYTHING, *, since: str = "", until: str = "") -> tuple[Point, ...]:
        """What happened when, by the documents' own sentences, in the order of time; what is told alike stands once.

        Each document is read for it once; 5,000 take some seconds the first time.

        Args:
            scope: whose sentences.
            since: ISO 8601 date, perhaps reduced: nothing that was over before. Empty: any.
            until: the same: nothing that began after it. Empty: any.
        """
        asked = self._library.manifest.generation, scope
        known = self._timeline
        if known is None or known[0] != asked or not self._library.is_transactional:
            # No snapshot, which would let questions wait: what changes meanwhile makes another generation.
            documents = [document for document in self.documents() if scope.takes(document)]
            known = asked, told_once(point for one in documents for point in self._points(one))
            self._timeline = known
        return happened_in(known[1], since, until)

    def _points(self, document: DocumentSummary) -> tuple[Point, ...]:
        # The digest is the file's: which of its lines its site repeats may change without it.
        state = document.sha256, document.published, document.publisher, document.passages
        known = self._points_of.get(document.id)
        if known is None or known[0] != state:
            known = state, points_of(document, self._library.passages.stored_in(document.id))
            self._points_of[document.id] = known
        return known[1]

    def copies(self, document_ids: Sequence[str] | None = None) -> dict[str, tuple[tuple[str, float], ...]]:
        """Find the near-copies of some documents, of all unless told.

        Returns:
            Id -> the others' ids and shares of common runs of words, 0..1, most alike first.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
        """
        ids, sketches = self._library.documents.sketches()
        rows = {document_id: row for row, document_id in enumerate(ids)}
        if document_ids is None:
            near = near_copies(sketches)
        else:
            for document_id in set(document_ids) - rows.keys():
                self._library.documents.summary(document_id)  # says that it is unknown
            near = {rows[one]: near_copies_of(sketches, rows[one]) for one in document_ids}
        wanted = ids if document_ids is None else document_ids
        return {one: tuple((ids[row], share) for row, share in near.get(rows[one], ())) for one in wanted}

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of its text, page furniture included."""
        return self._library.passages.of_document(document_id)

    def furniture(self, document_id: str) -> tuple[tuple[int, int], ...]:
        """Find the page furniture of a document: start and end of each piece."""
        return tuple((p.start, p.end) for p in self._library.passages.of_document(document_id) if p.furniture)

    def headings(self, document_id: str) -> tuple[tuple[int, int], ...]:
        """Find the headings of a document: as its file marks them, else the lines above its passages' sentences."""
        document = self._library.documents.get(document_id)
        if document.headings is not None:
            return document.headings
        found = []
        for passage in self._library.passages.of_document(document_id):
            first = passage.sentences[0][0] if passage.sentences else passage.end
            line = document.text[passage.start : first].rstrip()
            if line and not passage.furniture:
                found.append((passage.start, passage.start + len(line)))
        return tuple(found)

    @property
    def added(self) -> Path:
        """The folder, inside the library's own, of the files that were handed over to it; it need not be there yet."""
        return self._library.folder / "added"

    def state(self) -> LibraryState:
        """Count and digest the library."""
        with self._library.snapshot():
            search = self._search
            known = search is not None and search.generation == self._library.manifest.generation
            return search.state if search and known else self._library.state()

    def warm_up(self) -> None:
        """Load the models and the indexes, so that the first question need not wait for them."""
        self._read("Is it loaded?")
        Reader.shipped()
        self._catch_up()

    def verify(self, *, repair: bool = False) -> tuple[Finding, ...]:
        """Check everything that is stored, and mend what can be if asked to; empty when all is well."""
        if repair:
            self._answered = AnswerCache()  # what is mended now may have swayed them
        return verify(self._library, self._encoder, repair=repair)

    def _understood(self, question: str, history: Sequence[Turn], search: Searcher) -> StandaloneQuestion:
        turns = [replace(turn, question=_tidy(turn.question), answer=_tidy(turn.answer)) for turn in history]
        understood = understand(question, turns)
        return replace(understood, text=respelt(understood.text, search, self._encoder.has_word))

    def _gather(
        self,
        search: Searcher,
        understood: StandaloneQuestion,
        reading: TextVectors,
        hidden: Exclusion,
        count: int | None = None,
    ) -> Retrieval | None:
        return gather(
            self._library,
            search,
            self._axes,
            understood.searched,
            understood.read_as,
            reading,
            self._settings,
            self._settings.passages_read if count is None else count,
            hidden,
            understood.weights,
            _seen_in(understood.turns) if understood.leans else None,
        )

    def _read_understood(self, understood: StandaloneQuestion) -> TextVectors:
        """Read what is searched for; where words of the turns before stand in it, half its meaning is the text's."""
        reading = self._read(understood.searched)
        if not understood.words:
            return reading
        both = reading.vector + self._read(understood.text).vector
        return replace(reading, vector=both / np.linalg.norm(both))

    def _read(self, question: str) -> TextVectors:
        return self._encoder.encode_question(question, [(word.start, word.end) for word in words(question)])

    @cached_property
    def _axes(self) -> WordAxes:
        return WordAxes.of(self._encoder)

    def _asked(self, question: str) -> str:
        asked = _tidy(question)
        if not asked:
            raise QuestionError("The question is empty; type what you want to know.")
        count = len(words(asked))
        if count == 0:
            raise QuestionError("The question holds no words to look for; ask it in words.")
        if count > self._settings.longest_question_words:
            raise QuestionError(
                f"The question has {count:,} words; ask it in {self._settings.longest_question_words} or fewer."
            )
        return asked

    @contextmanager
    def _state(self) -> Iterator[Searcher]:
        """Read from one state of the library, with its search; or that of before, while a large change is indexed.

        Raises:
            LibraryBusy: it changed faster than its search could be opened.
        """
        for _ in range(_ATTEMPTS):
            with self._library.snapshot(), self._library.indexes.noticing_damage():
                search = self._current_search()
                if search.generation <= self._library.manifest.generation:
                    yield search
                    return
        raise LibraryBusy(f"The library {self._library.place} keeps changing; ask again in a moment.")

    def _current_search(self) -> Searcher:
        """The search of the state that this thread reads, or of a later one; of one before, where that is all there is.

        What a removed document says is never found by that: passages are fetched from the library as it is.
        """
        search = self._search
        if search is None or (self._is_behind(search) and not self._is_renewing()):
            with self._opening, self._library.snapshot():
                if self._search is None:
                    self._search = self._library.indexes.open()
                elif self._is_behind(self._search):
                    self._search = self._library.indexes.open_soon() or self._search
                    if self._is_behind(self._search) or self._search.is_worn:
                        self._renew()
                return self._search
        return search

    def _is_behind(self, search: Searcher) -> bool:
        return search.generation < self._library.manifest.generation

    def _is_renewing(self) -> bool:
        return self._renewing is not None and self._renewing.is_alive()

    def _catch_up(self) -> None:
        """Wait until the indexes are those of the library; others go on asking."""
        for _ in range(2):  # what was being indexed already may not know the change yet
            search = self._current_search()
            if self._renewing is None or not self._is_behind(search):
                return
            self._renewing.join()
        self._current_search()

    def _renew(self) -> None:
        """Index a large change, or all anew after many changes, beside what goes on."""
        if not self._is_renewing():
            self._renewing = threading.Thread(target=self._index_anew, name="indexing anew", daemon=True)
            self._renewing.start()

    def _index_anew(self) -> None:
        worn = self._search is not None and self._search.is_worn
        with suppress(IbidError), closing(open_library(placed(self._library.place), self._encoder)) as library:
            self._search = library.indexes.open(rebuild=worn)

    def _quote(self, item: Evidence, asked: TimesAsked) -> Quote:
        passage, mark = item.hit.passage, item.highlight
        first, last = min(passage.start, item.start), max(passage.end, item.end)
        about = self._library.documents.text_slice(passage.document_id, first, last)
        if about.text[passage.start - first : passage.end - first] != item.hit.text:
            raise LibraryBusy(f"{passage.document_id} was changed while it was read; ask again.")
        start = item.start + self._dateline(about.text[item.start - first : item.end - first], about.published, item)
        text = about.text[start - first : item.end - first]
        highlight = (max(0, mark[0] - start), mark[1] - start) if mark else None
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
            as_of=agreement.as_of(text, about.published, highlight, asked.of[passage.document_id].times),
            inferred=about.inferred,
        )

    @staticmethod
    def _dateline(text: str, published: str | None, item: Evidence) -> int:
        """How many characters of a quote are its page's date; 0 where just that answers, or nothing else is left."""
        length = dateline_length(text, published)
        answers = item.highlight is not None and item.highlight[1] <= item.start + length
        return 0 if answers or length == len(text) else length

    def _times_asked(self, understood: str, gathered: Retrieval) -> TimesAsked:
        """What each document that was found takes the times in a question to be."""
        published = self._library.documents.publication_dates({hit.passage.document_id for hit in gathered.hits})
        newest = (self._library.documents.date_range() or ("", None))[1]
        asked = {one: times_asked(understood, date, newest) for one, date in published.items()}
        said = taken_as(understood, newest)
        times = {one: Timing(date, asked[one]) for one, date in published.items()}
        return TimesAsked(times, said, not untold(understood, newest))

    def _weighed(self, gathered: Retrieval, top: int, asked: TimesAsked) -> RankedEvidence:
        """Choose and judge quotes; for a question of some time, those that speak of it first."""

        def timely(sentence: Candidate) -> bool:
            return asked.are_told and asked.of[sentence.hit.passage.document_id].met_by(sentence.text)

        preferring = timely if not asked.are_told or any(one.times for one in asked.of.values()) else None
        count = top + agreement.BEYOND
        return rank_evidence(gathered, EvidenceModel.shipped(), Reader.shipped(), count, MARKED_CONFIDENCE, preferring)

    def _told(self, ranked: Sequence[Evidence], asked: TimesAsked) -> list[agreement.QuoteEvidence]:
        """The quotes of an answer; what stands in copies of one text is quoted once."""
        told = [
            agreement.QuoteEvidence(self._quote(item, asked), item.vector, item.near, item.answers) for item in ranked
        ]
        ids, sketches = self._library.documents.sketches({each.quote.document_id for each in told})
        near = {one: {ids[row] for row, _ in near_copies_of(sketches, place)} for place, one in enumerate(ids)}
        return agreement.merge_copies(told, near)

    def _nearest(self, hits: Sequence[Hit]) -> list[tuple[str, str]]:
        ids = list(dict.fromkeys(hit.passage.document_id for hit in hits))[:_NEAREST_NAMED]
        titles = self._library.documents.titles(ids)
        return [(titles[document_id], document_id) for document_id in ids]


def _tidy(text: str) -> str:
    """Single spaces, and nothing that UTF-8 cannot hold."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _seen_in(turns: Sequence[Turn]) -> ShownQuotes:
    """What the reader of some turns has seen."""
    return ShownQuotes(
        [place for turn in turns for place in turn.shown], [turn.answer for turn in turns if turn.answer]
    )


def _default_encoder(place: Place) -> Encoder:
    """The encoder that the environment names, else the one that made the library, else the shipped one."""
    folder = os.environ.get(ENCODER_VARIABLE) or encoder_origin(place)
    return SentenceEncoder.from_folder(Path(folder)) if folder else SentenceEncoder.shipped()


def _create_from_corpus(folder: Path, encoder: Encoder, settings: Settings, on_progress: Progress | None) -> None:
    """Index the shipped corpus beside the place, then move it there, so that no half library is ever seen."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise LibraryError(
            f"No library can be made in {folder} ({error.strerror}); name another with --library."
        ) from error
    try:
        create_library(made, encoder)
        library = open_library(made, encoder)
        index_paths(library, encoder, [shipped_corpus()], settings, on_progress)
        library.indexes.open()
        library.close()
        try:
            made.rename(folder)
        except OSError as error:  # another process made it meanwhile, or the place is taken
            if not (folder / "library.db").is_file():
                raise LibraryError(f"No library can be made in {folder} ({error.strerror}).") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _timings(began: float, encoded: float, searched: float, done: float) -> Timings:
    return Timings(
        encode=1000 * (encoded - began),
        search=1000 * (searched - encoded),
        evidence=1000 * (done - searched),
        total=1000 * (done - began),
    )
