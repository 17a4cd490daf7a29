"""Which words of a quote were read from a picture, which of them are doubtful, and the printed number of its page."""

from functools import lru_cache

from ..errors import LibraryError
from ..reading.geometry import WordBoxes
from ..reading.ocr.doubt import doubtful_spans
from ..records import Origin, Span
from ..store.base import Library


def boxes_of(library: Library, document_id: str, media_type: str) -> WordBoxes | None:
    """The places of a document's words on its pages.

    Args:
        library: the library.
        document_id: the document.
        media_type: the document's.

    Returns:
        None for what is neither a PDF nor a picture: none of its words was read from a picture.

    Raises:
        LibraryError: what the library knows of the words is damaged.
    """
    if media_type != "application/pdf" and not media_type.startswith("image/"):
        return None
    try:
        return _unpacked(library.documents.word_boxes(document_id))
    except ValueError as error:
        raise LibraryError(f"{document_id}: {error}; find out more with ibid verify.") from error


def picture_words(boxes: WordBoxes | None, text: str, start: int) -> tuple[Origin, tuple[Span, ...]]:
    """Tell where a quote's words come from.

    Args:
        boxes: the places of its document's words.
        text: the quote.
        start: its first character in the document.

    Returns:
        OCR if any of its words was read from a picture; start and end inside `text` of those that are doubtful.
    """
    if boxes is None or origin_of(boxes, start, start + len(text)) is not Origin.OCR:
        return Origin.TEXT, ()
    return Origin.OCR, doubtful_spans(boxes, text, start)


def origin_of(boxes: WordBoxes | None, start: int, end: int) -> Origin:
    """Whether any word between two characters of a document was read from a picture."""
    return (boxes.origin(start, end) if boxes is not None else None) or Origin.TEXT


def page_label(boxes: WordBoxes | None, page: int | None) -> str | None:
    """The printed number of a page, such as "iv"; None if there is none, or it is the page's place in the document."""
    if boxes is None or not page or page > len(boxes.pages):
        return None
    label = boxes.pages[page - 1].label
    return label if label and label != str(page) else None


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> WordBoxes:
    """The places of a document's words; quotes of one answer often come from few documents."""
    return WordBoxes.from_bytes(packed)
