"""The assistant: what every user of the package holds. Each method delegates to the room that does the work."""

import os
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from .answering.cache import AnswerCache
from .answering.candidates import Retrieval
from .answering.pipeline import AnswerPipeline, repeated
from .answering.query import checked_question
from .conversation import understand
from .encoder import Encoder, SentenceEncoder
from .errors import LibraryMissing
from .filters import EVERYTHING, Scope
from .ingest.boilerplate import mark_boilerplate
from .ingest.chunking import heading_spans
from .ingest.distributed import tasks_on
from .ingest.encoding import reencode
from .ingest.indexing import index_documents, index_paths, move_into, remove_documents
from .ingest.run import IndexReport, Progress
from .ingest.shipped import create_from_shipped_corpus
from .ingest.watching import changes
from .maintenance.copy import CopyReport, copy, inventory
from .maintenance.erase import TraceReport, erase
from .maintenance.verify import Finding, verify
from .records import (
    Answer,
    Document,
    DocumentSummary,
    Hit,
    LibraryState,
    Passage,
    Turn,
)
from .settings import ENCODER_VARIABLE, Settings
from .store.base import Library
from .store.current import CurrentSearch
from .store.open import Place, create_library, encoder_origin, open_library, placed
from .store.records import StoredDocument
from .text.minhash import near_copies_by_id
from .timeline import Point, Timeline


class Assistant:
    """Answers questions about a library of documents. Safe to use from several threads."""

    def __init__(self, library: Library, encoder: Encoder, settings: Settings) -> None:
        """Store an open library and its encoder; `open` is the way in."""
        self._library = library
        self._encoder = encoder
        self._settings = settings
        self._search = CurrentSearch(library, encoder)
        self._pipeline = AnswerPipeline(library, encoder, settings)
        self._cache = AnswerCache()
        self._timeline = Timeline(library)

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
            create_from_shipped_corpus(place, encoder, settings, on_progress)
        return cls(open_library(place, encoder), encoder, settings)

    @classmethod
    def open_shipped(cls, folder: Path) -> "Assistant":
        """Open a library of the shipped corpus with the shipped encoder, made in a folder that does not exist yet."""
        create_from_shipped_corpus(folder, SentenceEncoder.shipped(), Settings())
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
        question = checked_question(question, self._settings.longest_question_words)
        began = time.perf_counter()
        with self._search.reading() as search:
            generation = self._library.manifest.generation
            key = (search.generation, question, tuple(history), top, frozenset(excluded), scope)
            # A server may answer from two generations at once; what is made of those is not kept.
            cache = self._cache if self._library.is_transactional else AnswerCache()
            if answer := cache.find(generation, key):
                return repeated(answer, began)
            standalone = understand(question, history)
            hidden = self._library.exclude(excluded, scope)
            answer = self._pipeline.answer(search, question, standalone, hidden, top, began)
            cache.keep(generation, key, answer)
            return answer

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
        (retrieval,) = self.gather(question, [excluded], history, count=count, scope=scope)
        return retrieval.reranked if retrieval else ()

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
        question = checked_question(question, self._settings.longest_question_words)
        with self._search.reading() as search:
            hidden = [self._library.exclude(document_ids, scope) for document_ids in excluded]
            return self._pipeline.retrieve(search, understand(question, history), hidden, count)

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
        self._search.catch_up()
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
        place = move_into(self.added, file, name)
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
        self._pipeline = AnswerPipeline(self._library, encoder, self._settings)
        self._search.drop(encoder)
        self._search.catch_up()

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
        return erase(self._library, self._encoder, document_ids, self.added, also, self._search.drop)

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
        self._search.catch_up()
        return whole

    def put_back(self, taken: Sequence[StoredDocument]) -> tuple[str, ...]:
        """Put documents back that were taken out, with their vectors; returns the ids that they have now."""
        ids = tuple(
            self._library.documents.replace(one.document, one.encoded, new=True, read_as=one.read_as) for one in taken
        )
        mark_boilerplate(self._library, self._encoder)
        self._search.catch_up()
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
        return self._timeline.points(scope, since, until)

    def copies(self, document_ids: Sequence[str] | None = None) -> dict[str, tuple[tuple[str, float], ...]]:
        """Find the near-copies of some documents, of all unless told.

        Returns:
            Id -> the others' ids and shares of common runs of words, 0..1, most alike first.

        Raises:
            DocumentUnknown: one of the ids is not in the library.
        """
        ids, sketches = self._library.documents.sketches()
        for document_id in set(document_ids or ()).difference(ids):
            self._library.documents.summary(document_id)  # raises DocumentUnknown
        return near_copies_by_id(ids, sketches, document_ids)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of its text, page furniture included."""
        return self._library.passages.of_document(document_id)

    def furniture(self, document_id: str) -> tuple[tuple[int, int], ...]:
        """Find the page furniture of a document: start and end of each piece."""
        return tuple((p.start, p.end) for p in self._library.passages.of_document(document_id) if p.furniture)

    def headings(self, document_id: str) -> tuple[tuple[int, int], ...]:
        """Find the headings of a document: as its file marks them, else the lines above its passages' sentences."""
        return heading_spans(self._library.documents.get(document_id), self._library.passages.of_document(document_id))

    @property
    def added(self) -> Path:
        """The folder of the files that were handed over to the library; it may not exist yet."""
        return self._library.folder / "added"

    def state(self) -> LibraryState:
        """Count and digest the library."""
        return self._search.state()

    def warm_up(self) -> None:
        """Load the models and the indexes, so that the first question need not wait for them."""
        self._pipeline.load()
        self._search.catch_up()

    def verify(self, *, repair: bool = False) -> tuple[Finding, ...]:
        """Check everything that is stored, and mend what can be mended if asked to; empty when all is well."""
        if repair:
            self._cache = AnswerCache()  # answers may have been made from what is mended now
        return verify(self._library, self._encoder, repair=repair)


def _default_encoder(place: Place) -> Encoder:
    """The encoder that the environment names, else the one that made the library, else the shipped one."""
    folder = os.environ.get(ENCODER_VARIABLE) or encoder_origin(place)
    return SentenceEncoder.from_folder(Path(folder)) if folder else SentenceEncoder.shipped()
