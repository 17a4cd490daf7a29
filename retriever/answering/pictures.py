"""Which words of a quote were read from a picture, and which of them are doubtful."""

from functools import lru_cache

from ..errors import LibraryError
from ..reading.geometry import WordBoxes
from ..reading.ocr.doubt import doubtful_spans
from ..records import Origin, Span
from ..store.base import Library


def picture_words(
    library: Library, document_id: str, media_type: str, text: str, start: int
) -> tuple[Origin, tuple[Span, ...]]:
    """Tell where a quote's words come from.

    Args:
        library: the library.
        document_id: the quote's document.
        media_type: the document's; only PDFs and pictures have words that were read from a picture.
        text: the quote.
        start: its first character in the document.

    Returns:
        OCR if any of its words was read from a picture; start and end inside `text` of those that are doubtful.

    Raises:
        LibraryError: what the library knows of the words is damaged.
    """
    boxes = _boxes(library, document_id, media_type)
    if boxes is None or boxes.origin(start, start + len(text)) is not Origin.OCR:
        return Origin.TEXT, ()
    return Origin.OCR, doubtful_spans(boxes, text, start)


def origin_of(library: Library, document_id: str, start: int, end: int) -> Origin:
    """Whether any word between two characters of a document was read from a picture.

    Raises:
        DocumentUnknown: no document has that id.
        LibraryError: what the library knows of the words is damaged.
    """
    boxes = _boxes(library, document_id, library.documents.summary(document_id).media_type)
    return (boxes.origin(start, end) if boxes is not None else None) or Origin.TEXT


def page_label(library: Library, document_id: str, media_type: str, page: int | None) -> str | None:
    """The printed number of a page, such as "iv"; None if there is none, or it is the page's place in the document.

    Raises:
        LibraryError: what the library knows of the pages is damaged.
    """
    boxes = _boxes(library, document_id, media_type) if page else None
    if boxes is None or page is None or page > len(boxes.pages):
        return None
    label = boxes.pages[page - 1].label
    return label if label and label != str(page) else None


def _boxes(library: Library, document_id: str, media_type: str) -> WordBoxes | None:
    """The places of a document's words; None if none of them can have been read from a picture."""
    if media_type != "application/pdf" and not media_type.startswith("image/"):
        return None
    try:
        return _unpacked(library.documents.word_boxes(document_id))
    except ValueError as error:
        raise LibraryError(f"{document_id}: {error}; find out more with ibid verify.") from error


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> WordBoxes:
    """The places of a document's words; quotes of one answer often come from few documents."""
    return WordBoxes.from_bytes(packed)
