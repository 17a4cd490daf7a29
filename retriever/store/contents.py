"""The contents of a library as plain data, for a folder and for a server."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..encoder import Vectors
from ..encoder.word_vectors import Bytes, axis_count
from ..errors import DocumentUnknown
from ..records import Document, DocumentSummary, Passage, Provenance, Span


@dataclass(frozen=True, slots=True)
class Manifest:
    """The format and encoder of a library. If they don't match, there is an error, not a wrong answer.

    Attributes:
        format: version of the library's layout.
        encoder: name of the encoder's model.
        encoder_digest: SHA-256 of the model's weights.
        dimension: length of a vector.
        generation: counts up with each change; the indexes are named by it.
        encoder_origin: the folder that the encoder was loaded from, or None for the one that ships with Ibid.
    """

    format: int
    encoder: str
    encoder_digest: str
    dimension: int
    generation: int
    encoder_origin: str | None = None


@dataclass(frozen=True, slots=True)
class EncodedPassage:
    """A passage with its vectors; furniture has none.

    Attributes:
        vector: float32 (dimension,), unit length, or None for furniture.
        word_vectors: int8 (n_words, n_axes), one row for each of its `text.tokens.words`; None for furniture.
    """

    passage: Passage
    vector: Vectors | None = None
    word_vectors: Bytes | None = None

    def check(self, dimension: int) -> None:
        """Check that its vectors have the library's length.

        Raises:
            ValueError: they are not.
        """
        if self.vector is not None and self.vector.shape != (dimension,):
            raise ValueError(f"a vector of shape {self.vector.shape} in a library of dimension {dimension}")
        if self.word_vectors is not None and self.word_vectors.shape[1:] != (axis_count(dimension),):
            raise ValueError(
                f"word vectors of shape {self.word_vectors.shape} in a library of {axis_count(dimension)} axes"
            )


@dataclass(frozen=True, slots=True)
class Addition:
    """A document to add, with the other arguments of `replace`."""

    document: Document
    encoded: Sequence[EncodedPassage]
    new: bool = False
    read_as: str = ""
    repeated: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with everything that the library stores about it; `replace` takes the first three again.

    Attributes:
        read_as: how its file was read.
        stored_at: when it was stored, where versions were asked for; else empty.
        earlier: its earlier versions, oldest first, where they were asked for.
    """

    document: Document
    encoded: tuple[EncodedPassage, ...]
    read_as: str
    stored_at: str = ""
    earlier: tuple["StoredDocument", ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """A text that a document has or had.

    Attributes:
        document: its line of the list; the id is its own.
        of: the id of the document whose version it is; that of the newest version itself.
        number: its number, never used again.
        stored_at: when it was stored, ISO 8601 in UTC; empty if that is unknown.
    """

    document: DocumentSummary
    of: str
    number: int
    stored_at: str

    @property
    def is_newest(self) -> bool:
        """Whether it is what the document says now."""
        return self.document.id == self.of


@dataclass(frozen=True, slots=True)
class DocumentOrigin:
    """The file of a document.

    Attributes:
        sha256: hexadecimal digest of the file's bytes.
        read_as: how the file was read, as given to `replace`.
    """

    document_id: str
    title: str
    title_known: Provenance | None
    sha256: str
    read_as: str


@dataclass(frozen=True, slots=True)
class ReadingFailure:
    """Why a file could not be read.

    Attributes:
        sha256: digest of its bytes.
        read_as: digest of everything else that decides the result of reading; empty if the machine was the reason, so
            that the file is tried again.
        reason: one sentence.
    """

    sha256: str
    read_as: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A stored passage.

    Attributes:
        number: its number, never used again after it is removed.
        document_number: the number of its document, also never used again.
        title: its document's title.
        text: its slice of the document's text.
        language: its document's language, as in `DocumentSummary`.
    """

    number: int
    document_number: int
    passage: Passage
    title: str
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class TextSlice:
    """Part of a document's text.

    Attributes:
        text: that part.
        title: the document's title.
        publisher: who published it, or None.
        published: ISO 8601 date, perhaps reduced, or None.
        pages: where its pages start in the whole text; empty for a text without pages.
        inferred: publisher and date, if the document doesn't say them itself.
        media_type: the document's.
        language: its ISO 639-1 code, or None where it is not known.
        is_earlier: whether a newer version of the document is there.
    """

    text: str
    title: str
    publisher: str | None
    published: str | None
    pages: tuple[int, ...]
    inferred: tuple[str, ...]
    media_type: str
    language: str | None
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class OutdatedDocument:
    """A document that was cut into passages when its site repeated other lines than it does now.

    Attributes:
        number: its number, never used again after it is removed or replaced.
        passages: number -> passage, furniture included, in the order of the text.
        repeated: those of its `edge_lines` that the site repeats now.
    """

    number: int
    document: Document
    passages: Mapping[int, Passage]
    repeated: frozenset[int]


# Part of every digest; counts up when the content of a digest changes.
_DIGEST_VERSION = 2


def library_digest(encoder_digest: str, rows: Iterable[Sequence[object]]) -> str:
    """Digest a library.

    Args:
        encoder_digest: the digest of its encoder.
        rows: id, file's digest, title, publisher and date of each document, in the order of their ids.
    """
    digest = hashlib.sha256(f"{_DIGEST_VERSION} {encoder_digest}".encode())
    for row in rows:
        digest.update(json.dumps(row).encode())
    return f"sha256:{digest.hexdigest()}"


def with_rows(passage: Passage) -> list[Sequence[int]]:
    """The sentences of a passage in stored form: start, end, and the row if the passage is in a table."""
    if not passage.rows:
        return list(passage.sentences)
    return [(*span, row) for span, row in zip(passage.sentences, passage.rows, strict=True)]


def sentences_from(stored: Sequence[Sequence[int]]) -> tuple[tuple[Span, ...], tuple[int, ...]]:
    """Read the form of `with_rows`: the sentences, and their rows."""
    spans = tuple((start, end) for start, end, *_ in stored)
    return spans, tuple(row for _, _, *rows in stored for row in rows)


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, hexadecimal; lone surrogates, which UTF-8 cannot hold, are kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def unknown_document(document_id: str) -> DocumentUnknown:
    """The error for an id that no document has."""
    return DocumentUnknown(f"No document has the id {document_id!r}; see them with: ibid list")
