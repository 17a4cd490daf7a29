"""Documents cut into passages -> the library. Several are encoded together and stored in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from ..encoder import Encoder
from ..reading.repeated_lines import edge_lines, repeated_spans
from ..records import Document, Passage
from ..store.base import Library
from ..store.contents import Addition, EncodedPassage
from .chunking import split_passages
from .encoding import PASSAGES_AT_ONCE, encode_documents, stored_encodings
from .kept_pages import KeptPages
from .run import IndexRun


@dataclass(frozen=True, slots=True)
class PendingDocument:
    """A document cut into passages that is not stored yet.

    Attributes:
        document: the document.
        passages: its passages.
        new: whether its id was free when it was chosen. Another process may have taken the id since; its document
            must not be replaced.
        repeated: the lines of the document that its site repeated so far.
        read_as: digest of how its file was read; empty for a document without a file.
        encoded: its passages with their vectors, where they were encoded elsewhere.
    """

    document: Document
    passages: tuple[Passage, ...]
    new: bool
    repeated: frozenset[int]
    read_as: str = ""
    encoded: tuple[EncodedPassage, ...] | None = None

    @classmethod
    def split(cls, library: Library, document: Document, *, new: bool, read_as: str = "") -> "PendingDocument":
        """Cut a document into passages; lines that its site repeats become furniture."""
        repeated = library.boilerplate.repeated(edge_lines(document))
        passages = split_passages(document, repeated_spans(document, repeated))
        return cls(document, passages, new, repeated, read_as)


def store_documents(library: Library, encoder: Encoder, pending: Iterable[PendingDocument], run: IndexRun) -> None:
    """Encode and store documents, as many at once as fill the encoder's batches."""
    batch: list[PendingDocument] = []
    passage_count = 0
    for document in pending:
        batch.append(document)
        passage_count += len(document.passages)
        if passage_count >= PASSAGES_AT_ONCE:
            _store_batch(library, encoder, batch, run)
            batch, passage_count = [], 0
    _store_batch(library, encoder, batch, run)


def _store_batch(library: Library, encoder: Encoder, batch: Sequence[PendingDocument], run: IndexRun) -> None:
    if not batch:
        return  # the encoder need not be loaded

    count = partial(run.count, name=batch[0].document.id)
    known: dict[tuple[str, str], EncodedPassage] = {}
    for each in batch:
        known |= {} if each.new or each.encoded is not None else stored_encodings(library, each.document.id)
    unencoded = [(each.document, each.passages) for each in batch if each.encoded is None]
    encoded = iter(encode_documents(encoder, unencoded, count, known))
    additions = [
        Addition(
            each.document,
            next(encoded) if each.encoded is None else each.encoded,
            each.new,
            each.read_as,
            each.repeated,
        )
        for each in batch
    ]
    for each, document_id in zip(batch, library.documents.replace_all(additions), strict=True):
        run.passages += 0 if each.encoded is None else sum(item.vector is not None for item in each.encoded)
        (run.added if each.new else run.replaced).append(document_id)
        KeptPages(library.folder).remove(each.document.sha256)
        run.files_done += 1
        run.show(document_id)
