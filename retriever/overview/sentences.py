"""Documents -> their sentences, and quotes of them.

In: ids of documents. Out: sentences of running text, without page furniture, headings and rows of tables. One decision:
a library may be large, so only so many documents are read, evenly spread over the list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import agreement
from ..answering.pictures import boxes_of, page_label, picture_words
from ..records import DocumentSummary, Quote, Why, page_at
from ..store.base import Library
from ..text.blocks import is_list_item
from ..text.context import FAR, context_of
from ..text.datelines import dateline_length

MOST_READ = 200
"""Documents that are read for one answer. A document takes some milliseconds."""

_FEWEST_WORDS, _MOST_WORDS = 4, 60
_FEWEST_IN_LINE = 3  # "Height: 38 m"
_ENDED = re.compile(r"[.!?…][\"”’')\]]*$")
_BYLINE = re.compile(r"(?i)^(?:by|from|written by|reported by|photo|image|source|copyright|©|updated|published)\b")
_SMALL_WORD = re.compile(r"\b[a-zà-öø-ÿ]{2,}")
_FEWEST_SMALL = 2  # words without a capital: fewer stand in a headline or an address


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document.

    Attributes:
        start: first character in the document's text.
        text: its words.
        heading: the heading that it stands under, or None.
        is_line: whether it is no whole sentence, such as a list item.
    """

    document: DocumentSummary
    start: int
    text: str
    heading: str | None
    is_line: bool = False

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.start + len(self.text)


def evenly_spread(documents: Sequence[DocumentSummary], count: int = MOST_READ) -> list[DocumentSummary]:
    """At most so many of some documents, evenly spread over them."""
    if len(documents) <= count:
        return list(documents)
    return [documents[at * len(documents) // count] for at in range(count)]


def sentences_of(library: Library, document: DocumentSummary, *, with_lines: bool = False) -> Iterator[Sentence]:
    """The sentences of one document in the order of its text.

    Args:
        library: holds the document.
        document: the document.
        with_lines: also list items and lines such as "Height: 38 m".
    """
    for stored in library.passages.stored_in(document.id):
        passage = stored.passage
        rows = passage.rows or (0,) * len(passage.sentences)
        for (start, end), row in zip(passage.sentences, rows, strict=True):
            text = stored.text[start - passage.start : end - passage.start]
            lead = dateline_length(text, document.published)
            text = text[lead:] if lead < len(text) else text
            is_prose = _is_prose(text)
            if not row and (is_prose or (with_lines and _tells(text))):
                yield Sentence(document, end - len(text), text, passage.heading, not is_prose)


def leads(library: Library, document: DocumentSummary, count: int) -> list[Sentence]:
    """The first sentences of a document."""
    found = []
    for sentence in sentences_of(library, document):
        if sentence.text.strip(" .") != document.title.strip(" .") and not _BYLINE.match(sentence.text):
            found.append(sentence)
        if len(found) == count:
            break
    return found


def quote_of(library: Library, document_id: str, start: int, end: int, confidence: float) -> Quote:
    """Cut a quote out of a document.

    Args:
        library: holds the document.
        document_id: the document.
        start: first character in its text.
        end: one past the last.
        confidence: probability, 0..1, that the quote is what was asked for.

    Raises:
        DocumentUnknown: no document has that id.
    """
    first = max(0, start - FAR)
    about = library.documents.text_slice(document_id, first, end + FAR)
    text = about.text[start - first : end - first]
    context = context_of(about.text, (start - first, end - first))
    boxes = boxes_of(library, document_id, about.media_type)
    origin, doubtful = picture_words(boxes, text, start)
    page = page_at(about.pages, start)
    return Quote(
        document_id=document_id,
        start=start,
        end=end,
        text=text,
        title=about.title,
        publisher=about.publisher,
        published=about.published,
        page=page,
        page_label=page_label(boxes, page),
        heading=None,
        highlight=None,
        confidence=confidence,
        why=Why(None, None, ()),
        as_of=agreement.as_of(text, about.published, language=about.language),
        inferred=about.inferred,
        origin=origin,
        doubtful=doubtful,
        context=context.moved(first) if context else None,
        language=about.language,
        is_earlier=about.is_earlier,
    )


def _tells(line: str) -> bool:
    """Whether a line that is no sentence tells something: a list item, or a name and what it has."""
    return _FEWEST_IN_LINE <= len(line.split()) <= _MOST_WORDS and (is_list_item(line) or ": " in line)


def _is_prose(text: str) -> bool:
    return (
        _FEWEST_WORDS <= len(text.split()) <= _MOST_WORDS
        and _ENDED.search(text.rstrip()) is not None
        and len(_SMALL_WORD.findall(text)) >= _FEWEST_SMALL
    )
