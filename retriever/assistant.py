"""The assistant: what every user of the package holds. Each method delegates to the part that does the work.

Two base classes hold the rest: `store/catalogue.py` what can be looked up, `maintenance/upkeep.py` copying and erasing.
"""

import hashlib
import os
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

from .answering.answer_cache import AnswerCache
from .answering.pictures import boxes_of, origin_of
from .answering.pipeline import AnswerPipeline, OnRanked, retime, timings
from .answering.query import StandaloneQuestion
from .answering.reader import shipped_digest
from .answering.reader_scores import MOST_READ
from .answering.readings import Probe
from .answering.retrieval import Retrieval
from .answering.verdict import PRESENT, covers_of
from .check.records import CheckReport
from .conversation import understand
from .encoder import SHIPPED_DIGEST, Encoder, SentenceEncoder, WordsOnly
from .errors import LibraryMissing, OriginalChanged, QuestionError, ReadingError, WriterError
from .fetching.kept import PageFiles
from .fetching.saved_pages import Fetched, SavedPages
from .filters import EVERYTHING, Scope
from .ingest.arrivals import marked, marked_files, remove_empty_marks, unmark
from .ingest.chunking import heading_spans
from .ingest.distributed import tasks_on
from .ingest.editing import edit_document
from .ingest.encoder_notes import other_languages, read_with_multilingual, unknown_to_encoder
from .ingest.encoding import reencode
from .ingest.indexing import free_place, index_documents, index_paths, move, remove_documents
from .ingest.kept_pages import FOLDER as KEPT_PAGES
from .ingest.piped import index_bytes
from .ingest.run import IndexReport, Progress
from .ingest.shipped import create_from_shipped_corpus
from .ingest.watching import changes
from .intents import COURTESIES, Intent
from .intents.reader import IntentReader
from .maintenance.collecting import known_or_new
from .maintenance.upkeep import Upkeep
from .maintenance.verify import Finding, verify
from .overview import LibraryTalk, fixed
from .overview.questions import questions_of
from .reading.files import read_bytes
from .reading.folders import as_utf8
from .reading.geometry import LineBox
from .reading.page_images import USUAL_WIDTH, PageImages, original, quote_lines
from .reading.worker import Worker
from .records import Answer, Document, DocumentSummary, Hit, LibraryState, Origin, Quote, Turn, Verdict
from .settings import ENCODER_VARIABLE, VERSION, Settings
from .store.base import Library, Searcher
from .store.open import Place, create_library, encoder_origin, locate, open_library
from .store.search_view import SeenSearch
from .store.versions import ids_in_scope, in_scope, undated_in_scope
from .store.view import LibraryView
from .talk import AnswerKind
from .text.calendar import date_words
from .text.question import Question
from .timeline import Point, Timeline
from .writing.records import Written

PATIENCE_SECONDS = 2.0
"""The longest that a question asked in advance waits for the questions of users."""
_VIEWS_KEPT = 8
"""Views of accounts that stay ready, each with its own caches; accounts with the same rights share one."""
_patient: ContextVar[bool] = ContextVar("patient", default=False)
"""Whether this thread only prepares what may be asked."""


class Assistant(Upkeep):
    """Answers questions about a library of documents. Safe to use from several threads."""

    def __init__(self, library: Library, encoder: Encoder, settings: Settings) -> None:
        """Store an open library and its encoder; `open` is the way in."""
        super().__init__(library, encoder)
        self._settings = settings
        self._is_new_folder = False
        self._picks_encoder = False
        self._views: OrderedDict[frozenset[str], Assistant] = OrderedDict()
        self._cache = AnswerCache()
        self._page_images = PageImages()
        self._timeline = Timeline(library)
        self._use(encoder)
        self._in_flight, self._counting = 0, threading.Lock()

    def _use(self, encoder: Encoder) -> None:
        """Answer with an encoder from now on."""
        self._pipeline = AnswerPipeline(self._library, encoder, self._settings)
        self._intents = IntentReader(self._library, encoder)
        self._talk = LibraryTalk(self._library, self._timeline, self._ask_alone, encoder.has_word, self.kind_of)

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
            library: its folder, or `milvus://host:port/collection`. None: the default folder, which is made from the
                shipped corpus on first use.
            encoder: None: the one in `$IBID_ENCODER`, else the one that made the library, else the shipped one.
            settings: None: the defaults.
            create: make an empty library if there is none, instead of one of the shipped corpus.
            on_progress: called while the shipped corpus is indexed.

        Raises:
            LibraryMissing: the library named is not there.
            LibraryForeign: another format version or encoder made it.
            LibraryError: it cannot be used.
            EncoderError: the encoder's model is missing or altered.
        """
        settings = settings or Settings()
        place = locate(library)
        # A server's library keeps the encoder that it was made with.
        picks = encoder is None and not os.environ.get(ENCODER_VARIABLE) and isinstance(place, Path)
        encoder = encoder or _default_encoder(place)
        try:
            assistant = cls(open_library(place, encoder), encoder, settings)
            assistant._picks_encoder = picks
            return assistant
        except LibraryMissing:
            if not create and (library is not None or not isinstance(place, Path)):
                raise
        is_new_folder = isinstance(place, Path) and not place.exists()
        if create or not isinstance(place, Path):
            create_library(place, encoder)
        else:
            create_from_shipped_corpus(place, encoder, settings, on_progress)
        assistant = cls(open_library(place, encoder), encoder, settings)
        assistant._is_new_folder = is_new_folder
        assistant._picks_encoder = picks
        return assistant

    @classmethod
    def open_shipped(cls, folder: Path) -> "Assistant":
        """Make a library of the shipped corpus in a new folder, with the shipped encoder, and open it."""
        create_from_shipped_corpus(folder, SentenceEncoder.shipped(), Settings())
        return cls.open(folder, encoder=SentenceEncoder.shipped())

    @property
    def settings(self) -> Settings:
        """The numbers and commands that it was opened with."""
        return self._settings

    def close(self) -> None:
        """Close the library."""
        self._page_images.close()
        self._library.close()

    def discard_new(self) -> None:
        """Close a library, and delete it, if opening it has made its folder and nothing has come into it since.

        It stays if another process uses it, or if it has the first pages of a scan for the next try.
        """
        if not self._is_new_folder or self.state().documents or (self.folder / KEPT_PAGES).exists():
            return
        if not self.is_used_elsewhere():
            self.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def seen_by(self, account: str) -> "Assistant":
        """The same library, as an account sees it: without the documents of collections that it is no member of.

        Args:
            account: its name; empty for somebody who has not signed in.

        Returns:
            An assistant for which those documents do not exist. It is closed with this one.
        """
        closed = self._library.collections.all().items()
        hidden = frozenset(name for name, members in closed if members is not None and account not in members)
        if not hidden:
            return self
        with self._counting:
            view = self._views.pop(hidden, None) or self._view(hidden)
            self._views[hidden] = view
            if len(self._views) > _VIEWS_KEPT:
                self._views.popitem(last=False)
        return view

    def may_see(self, collection: str) -> bool:
        """Whether the documents of a collection may be seen here."""
        return not isinstance(self._library, LibraryView) or collection not in self._library.hidden_collections

    @property
    def sees_everything(self) -> bool:
        """Whether no collection is hidden here."""
        return not isinstance(self._library, LibraryView)

    @property
    def hidden_documents(self) -> frozenset[str]:
        """The ids of the documents that may not be seen here."""
        return self._library.hidden_documents if isinstance(self._library, LibraryView) else frozenset()

    def _view(self, hidden: frozenset[str]) -> "Assistant":
        library = LibraryView(self._library, hidden)
        view = Assistant(library, self._encoder, self._settings)
        view._search, view._page_images = SeenSearch(self._search, library), self._page_images
        return view

    @property
    def by_words(self) -> "Assistant":
        """The same library, asked by words alone, which needs no encoder: its answers say so, and are never clear."""
        encoder = WordsOnly(self._encoder, self._library.manifest.dimension)
        view = Assistant(self._library, encoder, self._settings)
        view._search, view._page_images, view._timeline = self._search, self._page_images, self._timeline
        return view

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
        on_ranked: OnRanked | None = None,
    ) -> Answer:
        """Answer a question with quotes, or refuse.

        Args:
            question: as typed.
            history: the turns before it, oldest first.
            top: how many quotes at most, at least 1.
            scope: the documents to search.
            excluded: ids of documents that must not answer.
            on_ranked: called once with the likeliest quotes before they are judged, so that a slow machine has
                something to show. Their confidence is 0. Not called for an answer that was given before.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        asked = Question.checked(question, self._settings.longest_question_words)
        began = time.perf_counter()
        with self._search.reading() as search:
            generation = self._library.manifest.generation
            key = (search.generation, asked.text, tuple(history), top, frozenset(excluded), scope)
            # A server may answer from two generations at once; such an answer is not cached.
            cache = self._cache if self._library.is_transactional else AnswerCache()
            if answer := cache.find(generation, key):
                return retime(answer, began)
            readings = understand(asked, self._intents.without_pleasantries(history))
            intent = None if excluded else self._talk_intent(search, asked, readings[0])
            answer = self._tell(search, intent, scope, began) if intent and not intent.may_be_question else None
            if answer is None:
                hidden = self._library.exclude(excluded, scope)
                with self._answering():
                    answer = self._pipeline.answer(search, asked.text, readings, hidden, top, began, on_ranked)
                answer = replace(answer, taken_as=(*answer.taken_as, *self.as_of_remarks(scope)))
                if intent and intent.may_be_question and answer.verdict is Verdict.ABSENT:
                    answer = self._tell(search, intent, scope, began) or answer
            cache.keep(generation, key, answer)
            return answer

    @property
    def has_writer(self) -> bool:
        """Whether a language model on this machine is named that may join quotes into a paragraph."""
        from .writing.server import WriterServer  # an answer does not need it

        return WriterServer.of(self._settings) is not None

    def write(self, question: str, places: Sequence[tuple[str, int, int]]) -> Written:
        """Have quotes joined into a paragraph by the language model that the settings name.

        Args:
            question: that the quotes answer.
            places: document id, start and end of each quote, the best first.

        Returns:
            Sentences, each with the positions of the quotes that carry it. None of them is a quote.

        Raises:
            WriterError: no model is named, or it does not answer as it should.
            DocumentUnknown: no document has one of the ids.
            QuestionError: a document does not have such characters.
        """
        from .writing.paragraph import carrier_of, write
        from .writing.server import WriterServer

        carriers = []
        for document_id, start, end in places:
            document = self.document(document_id)
            if not 0 <= start < end <= len(document.text):
                raise QuestionError(f"{document_id} has no characters from {start} to {end}.")
            carriers.append(carrier_of(document, start, end))
        server = WriterServer.of(self._settings)
        if server is None:
            raise WriterError("No writer is named: start with --writer http://127.0.0.1:PORT/v1, or set $IBID_WRITER.")
        return write(question, carriers, server)

    def kind_of(self, sentence: str) -> AnswerKind:
        """Tell what a sentence asks for, without answering it.

        Raises:
            QuestionError: it holds no words, or too many.
        """
        return self._intents.read(Question.checked(sentence, self._settings.longest_question_words)).kind

    def suggest(self, quotes: Sequence[Quote], asked: Sequence[str], scope: Scope = EVERYTHING) -> tuple[str, ...]:
        """Find up to three questions that may follow an answer, each answered clearly. It asks up to eight.

        Args:
            quotes: those of the answer.
            asked: the questions of the conversation, the answered one last; they are not suggested again.
            scope: the documents that are asked.
        """
        return self._talk.suggestions.after(quotes, asked, scope)

    def examples(self, count: int = 5) -> tuple[str, ...]:
        """Find questions that these documents answer clearly. It asks up to 24 the first time after a change."""
        return self._talk.suggestions.about(self.documents(), count)

    def questions_of(self, sentence: str, published: str | None = None) -> tuple[str, ...]:
        """Make questions that a sentence seems to answer, by rules; perhaps none. They are not asked.

        Args:
            sentence: its words.
            published: ISO 8601 date of its document, or None.
        """
        return questions_of(sentence, published, self._encoder.has_word)

    def prepare_talk(self) -> None:
        """Find in advance what a welcome, an overview and a list of contradictions need: some seconds.

        While somebody else's question is answered, it waits.
        """
        _patient.set(True)
        self.examples()
        documents = self.documents()
        if len(documents) > 1:
            self._talk.differences(documents)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Count the questions that are being answered, for which what is prepared in advance waits.

        Talk is not counted, because it may itself wait for what is prepared.
        """
        with self._counting:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._counting:
                self._in_flight -= 1

    def _talk_intent(self, search: Searcher, asked: Question, reading: StandaloneQuestion) -> Intent | None:
        """What a sentence about the documents or the program asks for; None if it is a question.

        What follows from the conversation is rarely talk with the program: "Do I have to book it?".
        """
        intent = self._intents.read(asked, search.frequencies)
        if intent.kind is AnswerKind.QUESTION or (reading.depends_on_turns and intent.may_follow):
            return None
        if reading.refers and intent.is_about_program:
            return None
        if intent.kind in COURTESIES and any(search.frequencies(sorted(intent.others)).values()):
            return None  # a bare topic, such as "bridge"
        return intent

    def _tell(self, search: Searcher, intent: Intent, scope: Scope, began: float) -> Answer | None:
        """The answer to a sentence about the documents or the program; None if there is nothing to tell."""
        read = time.perf_counter()
        told = self._talk.tell(intent, scope)
        if told is None:
            return None
        is_absent = told.verdict is Verdict.ABSENT
        asked = intent.mentions.question.text
        return Answer(
            question=asked,
            understood_as=asked,
            verdict=told.verdict,
            confidence=intent.probability,
            quotes=told.quotes,
            agreement=told.agreement,
            covers=covers_of((), self._library.documents.date_range()) if is_absent else None,
            library=search.state,
            timings=timings(began, read, read, time.perf_counter()),
            present=intent.probability,
            taken_as=(*told.remarks, *([f"Each source was asked: “{told.asked_as}”"] if told.asked_as else [])),
            kind=intent.kind,
            overview=told.overview,
        )

    def nearest(self, question: str, count: int, scope: Scope = EVERYTHING) -> tuple[Quote, ...]:
        """Find the best quotes for a question that stands alone, even where `ask` refuses; best first.

        Args:
            question: it is not spelt anew by a conversation.
            count: how many at most.
            scope: the documents to search.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        asked = Question.checked(question, self._settings.longest_question_words)
        with self._search.reading() as search:
            hidden = self._library.exclude((), scope)
            return self._pipeline.nearest(search, StandaloneQuestion(asked), hidden, count)

    def check_question(self, question: str) -> None:
        """Raise an error where `ask` would.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        Question.checked(question, self._settings.longest_question_words)

    def documents_in(self, scope: Scope) -> tuple[DocumentSummary, ...]:
        """List the documents that a scope takes, each in the version that it asks for, by their ids.

        Raises:
            LibraryError: it asks for earlier versions, and the library is on a server, which keeps none.
        """
        self._check_versions(scope)
        return in_scope(self._library.documents, scope)

    def ids_in(self, scope: Scope) -> frozenset[str]:
        """The ids of the documents that a scope takes, whichever version of them it asks for."""
        return ids_in_scope(self._library.documents, scope)

    def undated_in(self, scope: Scope) -> frozenset[str]:
        """The ids of the documents without a date that count on the day of a scope; none if it has no day."""
        return undated_in_scope(self._library.documents, scope)

    def as_of_remarks(self, scope: Scope) -> tuple[str, ...]:
        """What to know of a scope with a day: that no document is dated up to it, or how many have no date."""
        if not scope.as_of:
            return ()
        if undated := self.undated_in(scope):
            return (fixed.UNDATED.format(len(undated)),)
        is_early = not self.ids_in(scope) and self.ids_in(replace(scope, as_of=""))
        return (fixed.NONE_DATED.format(date_words(scope.as_of)),) if is_early else ()

    def _check_versions(self, scope: Scope) -> None:
        if scope.as_of:
            self._library.exclude((), Scope(as_of=scope.as_of))  # a server refuses it

    def ask_document(self, question: str, document_id: str, as_of: str = "") -> Answer:
        """Ask one document a question that stands alone, as if the library held nothing else.

        Args:
            question: the question.
            document_id: the document, or one of its versions.
            as_of: ISO 8601 date, perhaps reduced, on which that version was current. Empty: the newest is asked.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        asked = Question.checked(question, self._settings.longest_question_words)
        if as_of:
            document_id = self._library.documents.versions(document_id)[0].of
        return self._ask_alone(asked.text, Scope(documents=frozenset([document_id]), as_of=as_of))

    def _ask_alone(self, question: str, scope: Scope) -> Answer:
        """Answer a question that is known to be one, and stands alone."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while _patient.get() and self._in_flight and time.monotonic() < deadline:
            time.sleep(PATIENCE_SECONDS / 100)
        with self._search.reading() as search:
            began, alone = time.perf_counter(), (StandaloneQuestion(Question.of(question)),)
            return self._pipeline.answer(search, question, alone, self._library.exclude((), scope), 5, began)

    def readings(self, question: str, history: Sequence[Turn]) -> tuple[str, ...]:
        """The questions that a follow-up may be, each standing alone, likeliest first; `ask` lets the documents choose.

        Args:
            question: as typed.
            history: the turns before it, oldest first.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        asked = Question.checked(question, self._settings.longest_question_words)
        return tuple(reading.text for reading in understand(asked, history))

    def search(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        count: int = 100,
        excluded: Collection[str] = (),
        scope: Scope = EVERYTHING,
    ) -> tuple[Hit, ...]:
        """Find passages only, best first.

        Args:
            question: as typed.
            history: the turns before it, oldest first.
            count: how many at most.
            excluded: ids of documents that must not be found.
            scope: the documents to search.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        (retrieval,) = self.gather(question, [excluded], history, count=count, scope=scope)
        return tuple(map(self._with_origin, retrieval.reranked)) if retrieval else ()

    def _with_origin(self, hit: Hit) -> Hit:
        place = hit.passage
        return replace(hit, origin=self.origin(place.document_id, place.start, place.end))

    def origin(self, document_id: str, start: int, end: int) -> Origin:
        """Tell whether any word between two characters of a document was read from a picture.

        Raises:
            DocumentUnknown: no document has that id.
            LibraryError: what the library knows of the words is damaged.
        """
        boxes = boxes_of(self._library, document_id, self._library.documents.summary(document_id).media_type)
        return origin_of(boxes, start, end)

    def gather(
        self,
        question: str,
        excluded: Sequence[Collection[str]],
        history: Sequence[Turn] = (),
        *,
        count: int | None = None,
        scope: Scope = EVERYTHING,
    ) -> list[Retrieval | None]:
        """Find and score candidates only, once for each set of excluded documents; training uses this.

        Raises:
            QuestionError: the question holds no words, or too many.
        """
        asked = Question.checked(question, self._settings.longest_question_words)
        with self._search.reading() as search:
            rows = [self._library.exclude(document_ids, scope) for document_ids in excluded]
            reading = self._pipeline.choose(search, understand(asked, history), rows[0] if rows else None)
            return self._pipeline.retrieve(search, reading, rows, count)

    def probe(self, question: str, history: Sequence[Turn]) -> list[Probe]:
        """Have a first look at what each reading of a follow-up finds, likeliest first; training uses this."""
        asked = Question.checked(question, self._settings.longest_question_words)
        with self._search.reading() as search:
            hidden = self._library.exclude((), EVERYTHING)
            return self._pipeline.probe(search, understand(asked, history), hidden)

    def index(
        self,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        on_progress: Progress | None = None,
        *,
        exclude: Sequence[str] = (),
        prune: bool = False,
        retry: bool = False,
        on: str | None = None,
        collection: str = "",
    ) -> IndexReport:
        """Add or refresh files and folders. The report lists the files that could not be read, with the reason.

        Args:
            paths: files and folders, or one of them.
            on_progress: called after each file.
            exclude: patterns of files to leave out below folders, as in a `.gitignore`.
            prune: remove documents whose file is no longer in one of the folders.
            retry: read files again that could not be read before and have not changed.
            on: `ray` or `ray://host:port`: a cluster, to read and encode there. Its machines must see the same files.
            collection: the collection that all of these documents belong to from now on, known or new. Empty: known
                documents stay in theirs.
        """
        chosen = [Path(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
        is_new = not self._library.documents.all()
        run = tasks_on(on, self._encoder, self._settings) if on else None
        report = index_paths(
            self._library,
            self._encoder,
            chosen,
            self._settings,
            on_progress,
            exclude=exclude,
            prune=prune,
            retry=retry,
            run_tasks=run,
            collection=known_or_new(self._library, collection) if collection.strip() else "",
        )
        self._search.catch_up()
        notes = self._fit_encoder(report, on_progress, is_new=is_new)
        return replace(report, warnings=(*report.warnings, *notes)) if notes else report

    def _fit_encoder(self, report: IndexReport, on_progress: Progress | None, *, is_new: bool) -> tuple[str, ...]:
        """Read a new library that is mostly not English with the multilingual encoder, if it is installed.

        Returns:
            What the user should know: that this was done, or that the encoder does not know the documents' languages.
        """
        if self._encoder.digest != SHIPPED_DIGEST:
            return ()
        foreign = other_languages(self._library, [*report.added, *report.replaced])
        if not foreign:
            return ()
        mostly = 2 * foreign.total() > len(self._library.documents.all())
        if is_new and mostly and self._picks_encoder and SentenceEncoder.has_multilingual():
            self.change_encoder(SentenceEncoder.multilingual(), on_progress)
            return (read_with_multilingual(foreign),)
        return (unknown_to_encoder(foreign),)

    def hand_over(
        self, file: Path, name: str, on_progress: Progress | None = None, *, collection: str = ""
    ) -> IndexReport:
        """Move a file to the folder `added` and index it. A file that cannot be read is deleted.

        Args:
            file: the file.
            name: its name there, not a path. A file that already has the name is kept.
            on_progress: called as its passages are read.
            collection: the collection that its document belongs to.

        Raises:
            LibraryError: the file cannot be moved.
        """
        place = free_place(self.added, name)
        with marked(self.folder, place):
            move(file, place)
            return self._take_in(place, on_progress, collection)

    def index_bytes(
        self, name: str, content: bytes, on_progress: Progress | None = None, *, collection: str = ""
    ) -> IndexReport:
        """Store bytes as a file of the folder `added`, and index it. A file that has the name is replaced.

        Args:
            name: the file's name there, not a path.
            content: its bytes. If they cannot be read, the earlier file and its document stay.
            on_progress: called as its passages are read.
            collection: the collection that its document belongs to.

        Raises:
            LibraryError: the file cannot be stored.
        """

        def index(file: Path) -> IndexReport:
            report = self.index([file], on_progress, collection=collection)
            if report.skipped:
                self._library.failures.remove([as_utf8(os.path.abspath(file))])
            return report

        return index_bytes(self.folder, self.added / name, content, index)

    @property
    def saved_pages(self) -> SavedPages:
        """The web pages that were fetched into the library; asking for it fetches nothing."""
        return SavedPages(self._library, self._encoder, self._settings, self._search.catch_up)

    def fetch(
        self, address: str, *, daily: bool = False, entries: bool = False, collection: str = ""
    ) -> Iterator[Fetched]:
        """Fetch a web page or a feed, and add it; only this and `fetch_due` ask for anything beyond this machine.

        Args:
            address: where it is.
            daily: fetch it again once a day, whenever `fetch_due` is called.
            entries: fetch the pages that a feed links to as well.
            collection: the collection that new documents belong to, known or new.

        Yields:
            What has become of the address, then of each page that a feed links to.

        Raises:
            FetchError: it cannot be fetched; then nothing is stored.
        """
        name = known_or_new(self._library, collection) if collection.strip() else ""
        return self.saved_pages.fetch(address, daily=daily, entries=entries, collection=name)

    def fetch_due(self) -> Iterator[Fetched]:
        """Fetch again what is followed and was not asked for in a day; a failure is yielded too."""
        return self.saved_pages.fetch_due()

    def finish_uploads(self) -> None:
        """Index the files that were handed over to a process that was killed before it had read them."""
        known = self._library.documents.origins()
        for file in marked_files(self.folder, self.added):
            if file.is_file() and as_utf8(os.path.abspath(file)) not in known:
                self._take_in(file)
            unmark(self.folder, file)
        remove_empty_marks(self.folder)

    def _take_in(self, file: Path, on_progress: Progress | None = None, collection: str = "") -> IndexReport:
        """Index a file of the folder `added`; delete it if it cannot be read."""
        report = self.index([file], on_progress, collection=collection)
        if report.skipped:
            file.unlink(missing_ok=True)
            self._library.failures.remove([as_utf8(os.path.abspath(file))])
        return report

    def changes(self, paths: Sequence[Path], stop: threading.Event | None = None) -> Iterator[None]:
        """Yield whenever a file below the paths has changed, until `stop` is set."""
        return changes([path for path in paths if path.exists()], self._library.folder, stop)

    def change_encoder(self, encoder: Encoder, on_progress: Progress | None = None) -> None:
        """Encode all passages with another encoder, then use that one. Until then the first one answers.

        Args:
            encoder: the other encoder; the library stores its folder.
            on_progress: called as passages are encoded. Its count of files is the count of passages.
        """
        reencode(self._library, encoder, on_progress)
        self._picks_encoder = False
        self._encoder = encoder
        self._use(encoder)
        self._views.clear()
        self._search.drop(encoder)
        self._search.catch_up()

    def add(self, documents: Iterable[Document]) -> IndexReport:
        """Add or refresh documents that are already in memory; `Document.from_text` makes them."""
        return index_documents(self._library, self._encoder, documents)

    def edit(
        self,
        document_id: str,
        *,
        title: str | None = None,
        author: str | None = None,
        publisher: str | None = None,
        published: str | None = None,
    ) -> DocumentSummary:
        """Correct a document's title, author, publisher or date; it stays when the file is read again.

        Args:
            document_id: the document.
            title: its title; None keeps the one that it has, and so for the others.
            author: who wrote it, as in "Ada Brook; Tom Reed"; empty if that is unknown.
            publisher: who published it; empty if that is unknown.
            published: the date, in ISO 8601 or in words; empty if it is unknown.

        Returns:
            The document's line of the list afterwards.

        Raises:
            DocumentUnknown: no document has that id.
            ReadingError: the title is empty, or the date is not a date.
        """
        given = {"title": title, "author": author, "publisher": publisher, "published": published}
        values = {name: value for name, value in given.items() if value is not None}
        edit_document(self._library, self._encoder, document_id, values)
        self._search.catch_up()
        return self._library.documents.summary(document_id)

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
        """
        remove_documents(self._library, self._encoder, document_ids)

    def check(
        self,
        draft: str | os.PathLike[str] | bytes,
        *,
        name: str = "draft.txt",
        unmarked: bool = False,
        scope: Scope = EVERYTHING,
    ) -> CheckReport:
        """Check the quotations in a draft, word by word, against the documents.

        Args:
            draft: a file, or its bytes.
            name: the file's name, if its bytes are given; the suffix says how it is read.
            unmarked: whether sentences without quotation marks that stand in a document are listed too.
            scope: the documents that may be quoted.

        Raises:
            ReadingError: the draft cannot be read.
        """
        from .check.checking import check_draft  # an answer does not need these
        from .check.draft import read_draft
        from .check.exports import JSON_TYPES, exported_draft
        from .reading.formats import format_of

        if not isinstance(draft, bytes):
            name, draft = as_utf8(Path(draft).name), read_bytes(Path(draft), self._settings.largest_file_bytes)
        read = exported_draft(draft, name) if format_of(name, draft).media_type in JSON_TYPES else None
        if read is None:
            try:
                with Worker(self._settings.limits) as worker:
                    read = read_draft(draft, name, worker, unmarked=unmarked)
            except ReadingError as error:
                said = str(error).replace("add it again", "check it again").replace("add the new", "check the new")
                raise ReadingError(said) from error
        documents = self.documents_in(scope)
        return check_draft(read, documents, self.document, self.state().digest)

    def commented(
        self, draft: str | os.PathLike[str] | bytes, report: CheckReport, remarks: Sequence[tuple[str, str]]
    ) -> bytes:
        """Copy a Word draft, with comments.

        Args:
            draft: the draft that was checked: a file, or its bytes.
            report: what `check` gave for it.
            remarks: words of the draft, each with the comment on them, in the order of the draft.

        Raises:
            ReadingError: it cannot be read, is no Word file, or has changed since.
        """
        from .reading.formats import format_of

        data = draft if isinstance(draft, bytes) else read_bytes(Path(draft), self._settings.largest_file_bytes)
        if hashlib.sha256(data).hexdigest() != report.sha256:
            raise ReadingError(f"{report.draft} has changed since it was checked: check it again.")
        if format_of(report.draft, data).parser != ".docx":
            raise ReadingError(f"{report.draft} is not a Word file: only a .docx can have comments.")
        with Worker(self._settings.limits) as worker:
            return worker.render(data, report.draft, ".docx_comments", {"remarks": remarks})

    def timeline(self, scope: Scope = EVERYTHING, *, since: str = "", until: str = "") -> tuple[Point, ...]:
        """List what happened when, in the documents' own sentences, by date. Similar sentences appear once.

        The first call reads every document: some seconds for 5,000.

        Args:
            scope: whose sentences.
            since: ISO 8601 date, or a month or year: leaves out what ended before it. Empty: any.
            until: the same: leaves out what began after it. Empty: any.
        """
        self._check_versions(scope)
        return self._timeline.points(scope, since, until)

    def fetched_on(self, document_id: str) -> str:
        """The day on which a document was fetched from the web, as an ISO 8601 date; empty if it was not.

        Raises:
            DocumentUnknown: no document has that id.
        """
        origin = self.saved_pages.origin(self._library.documents.get(document_id).source)
        return origin.day if origin else ""

    def headings(self, document_id: str) -> tuple[tuple[int, int], ...]:
        """Find the headings of a document: those that its file marks, else the lines above its passages' sentences."""
        return heading_spans(self._library.documents.get(document_id), self._library.passages.of_document(document_id))

    def page_image(
        self, document_id: str, page: int, *, width: int = USUAL_WIDTH, quote: tuple[int, int] | None = None
    ) -> bytes:
        """Draw a page of a PDF or a picture, from the file that the document was read from.

        Args:
            document_id: the document.
            page: the page's number, from 1.
            width: of the image in pixels, 4,000 at most; less if the page is too large.
            quote: start and end of the characters whose words are marked.

        Returns:
            The image as PNG.

        Raises:
            DocumentUnknown: no document has that id, or it has no such page.
            ReadingError: its file is gone or has changed, or the page cannot be drawn.
        """
        document = self._library.documents.get(document_id)
        with self._told_of_its_address(document):
            return self._page_images.png(document, page, width, quote)

    def quote_lines(self, document_id: str, start: int, end: int) -> tuple[LineBox, ...]:
        """Where some characters of a document stand on its pages: a box for each line; empty if that is unknown.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return quote_lines(self._library.documents.get(document_id), start, end)

    def original(self, document_id: str) -> bytes:
        """The bytes of the file that a document was read from.

        Raises:
            DocumentUnknown: no document has that id.
            ReadingError: the file is gone, or has changed since.
        """
        document = self._library.documents.get(document_id)
        with self._told_of_its_address(document):
            return original(document)

    @contextmanager
    def _told_of_its_address(self, document: Document) -> Iterator[None]:
        """Say of a lost file of a web page that it can be fetched again."""
        try:
            yield
        except OriginalChanged as error:
            if not PageFiles(self.folder).has(document.source):
                raise
            raise OriginalChanged(
                f"The stored web page is gone or has changed; store it again with `ibid fetch {document.link}`."
            ) from error

    def setup(self) -> dict[str, str | float]:
        """Name what decides an answer besides the documents: the version, the models and the settings."""
        return {
            "ibid": VERSION,
            "encoder": self._encoder.name,
            "encoder_sha256": self._encoder.digest,
            "reader_sha256": shipped_digest(),
            "dense_weight": self._settings.dense_weight,
            "arm_depth": self._settings.arm_depth,
            "passages_read": self._settings.passages_read,
            "most_read": MOST_READ,
            "present": PRESENT,
        }

    def state(self) -> LibraryState:
        """Count and digest the library."""
        return self._search.state()

    def warm_up(self) -> None:
        """Load the models and the indexes, so that the first question is fast."""
        self._pipeline.load()
        self._intents.load()
        self._search.catch_up()

    def verify(self, *, repair: bool = False) -> tuple[Finding, ...]:
        """Check everything that is stored, and return what is wrong. With `repair`, mend what can be mended."""
        if repair:
            self._cache = AnswerCache()  # its answers may come from the damaged data
            self._views.clear()
        return verify(self._library, self._encoder, repair=repair)


def _default_encoder(place: Place) -> Encoder:
    """The encoder that the environment names, else the one that made the library, else the shipped one."""
    return SentenceEncoder.named(os.environ.get(ENCODER_VARIABLE) or encoder_origin(place) or "shipped")
