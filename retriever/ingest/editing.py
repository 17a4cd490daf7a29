"""What a user corrects of a document: title, author, publisher, date. A corrected value goes before the file's own."""

from collections.abc import Mapping
from dataclasses import replace

from ..encoder import Encoder
from ..errors import ReadingError
from ..reading.builder import one_line
from ..reading.dates import iso_date
from ..records import Document, DocumentSummary, Provenance
from ..store.base import Library
from .run import IndexRun
from .storing import PendingDocument, store_documents

EDITABLE = ("title", "author", "publisher", "published")
"""What a user can correct of a document."""


def edit_document(library: Library, encoder: Encoder, document_id: str, values: Mapping[str, str]) -> None:
    """Correct the details of a document. If its title changes, its passages are encoded again.

    Args:
        library: the library.
        encoder: encodes passages with their title.
        document_id: the document.
        values: the new value of each of `EDITABLE` that changes; an empty one is unknown, but for the title.

    Raises:
        DocumentUnknown: no document has that id.
        ReadingError: the title is empty, or the date is not a date.
    """
    stored = library.documents.stored(document_id)
    corrected = {name: one_line(value) or None for name, value in values.items()}
    if "title" in corrected and corrected["title"] is None:
        raise ReadingError("A title needs words; leave it out to keep the one that the document has.")
    if corrected.get("published"):
        corrected["published"] = iso_date(values["published"])
        if corrected["published"] is None:
            raise ReadingError(f"{values['published']!r} is not a date; write 2022-04-22, 2022-04 or 2022.")
    known = {**stored.document.known, **dict.fromkeys(corrected, Provenance.USER)}
    document = replace(stored.document, known=known, **corrected)  # type: ignore[arg-type]
    pending = PendingDocument.split(library, document, new=False, read_as=stored.read_as)
    store_documents(library, encoder, [pending], IndexRun())


def with_corrections(document: Document, before: DocumentSummary) -> Document:
    """A document that was read again, with its collection and what the user had corrected of it."""
    document = replace(document, collection=document.collection or before.collection)
    kept = {name: getattr(before, name) for name in EDITABLE if before.known.get(name) is Provenance.USER}
    known = {**document.known, **dict.fromkeys(kept, Provenance.USER)}
    return replace(document, known=known, **kept) if kept else document
