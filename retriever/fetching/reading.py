"""A stored web page -> its document, read as any other file, with its address as its origin."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from ..encoder import Encoder
from ..errors import FetchError, ReadingError
from ..ingest.editing import with_corrections
from ..ingest.run import IndexRun
from ..ingest.site_boilerplate import mark_boilerplate
from ..ingest.storing import PendingDocument, store_documents
from ..ingest.tasks import CANNOT_BE_STORED, can_be_stored
from ..reading.files import READING_VERSION, digest_of, read_bytes, read_document
from ..reading.worker import Worker
from ..records import Document, DocumentSummary, Provenance
from ..store.base import Library
from .addresses import WebAddress

LONGEST_ID = 200


def read_page(
    worker: Worker, place: Path, address: WebAddress, before: DocumentSummary | None, most_bytes: int
) -> Document:
    """Read a stored page.

    Args:
        worker: reads its bytes.
        place: the file.
        address: where it came from.
        before: the document that it replaces.
        most_bytes: of a file.

    Raises:
        FetchError: it cannot be read; the message names the address instead of the file.
    """
    try:
        digest = digest_of(place, most_bytes)
        document, _ = read_document(place, before.id if before else id_of(address), None, digest, worker)
        if not can_be_stored(document.text):
            raise ReadingError(f"{place.name} cannot be stored: {CANNOT_BE_STORED}")
    except ReadingError as error:
        raise FetchError(_with_address(str(error), place, address)) from error
    warnings = tuple(_with_address(warning, place, address) for warning in document.warnings)
    document = _from(replace(document, link=address.text, warnings=warnings), address)
    return with_corrections(document, before) if before else document


def _from(document: Document, address: WebAddress) -> Document:
    """A document whose publisher and title follow from its address, where it doesn't say them itself.

    An address that a page gives for itself is not believed: anybody can write another site's there.
    """
    known = dict(document.known)
    if document.publisher is None or known.get("publisher") is Provenance.INFERRED:
        document = replace(document, publisher=address.host.removeprefix("www."))
        known["publisher"] = Provenance.INFERRED
    if known.get("title") is Provenance.UNKNOWN:
        document = replace(document, title=id_of(address).rpartition("/")[2])
    return replace(document, known=known)


def id_of(address: WebAddress) -> str:
    """The id of an address's document: `example.org/talks/2022`, without what an id in a link can't have."""
    parts = (_readable(part) for part in address.without_scheme.replace(":", "-").split("/"))
    return "/".join(part for part in parts if part.strip("."))[:LONGEST_ID]


def _readable(part: str) -> str:
    """A part of an address without its percent signs."""
    letters = unquote(part, errors="replace")
    return "".join(letter if letter.isprintable() and letter not in "/?#&=%\ufffd" else "-" for letter in letters)


def has_same_words(document: Document, before: Document) -> bool:
    """Whether two versions of a page say the same, but for the furniture around it."""
    details = ("title", "author", "published", "publisher")
    is_same = all(getattr(document, name) == getattr(before, name) for name in details)
    return is_same and _content(document) == _content(before)


def _content(document: Document) -> list[str]:
    pieces, place = [], 0
    for start, end in document.furniture or ():
        pieces.append(document.text[place:start])
        place = end
    return "".join((*pieces, document.text[place:])).split()


def store(library: Library, encoder: Encoder, document: Document, *, is_new: bool) -> str:
    """Store a document; returns its id."""
    run = IndexRun()
    pending = PendingDocument.split(library, document, new=is_new, read_as=str(READING_VERSION))
    store_documents(library, encoder, [pending], run)
    mark_boilerplate(library, encoder)
    (document_id,) = (*run.added, *run.replaced)
    return document_id


def links_of(document: DocumentSummary, worker: Worker) -> Sequence[str]:
    """The addresses of the articles of a stored feed, as it gives them."""
    try:
        place = Path(document.source)
        return worker.read(read_bytes(place, worker.limits.memory_bytes), place.name, ".feed").links
    except ReadingError as error:
        raise FetchError(str(error)) from error


def _with_address(said: str, place: Path, address: WebAddress) -> str:
    return said.replace(str(place), address.text).replace(place.name, address.text)
