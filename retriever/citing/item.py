"""A document and the place of a quote in it -> an item and a locator of CSL, the Citation Style Language.

In: a `Document` and a `PinPoint`. Out: a `CitedItem`. One decision: what is not known is left out; the style then says
"n.d." or names the publisher or the title first. A date that Ibid inferred is marked as uncertain (`circa`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..records import Document, Provenance
from ..text.languages import base_language, language_of
from .authors import names_of
from .plain_words import plain_words

_BOOK, LETTER, _PAGE, _REPORT, _OTHER = "book", "personal_communication", "webpage", "report", "document"
_TYPES = {
    "epub": _BOOK,
    "rfc822": LETTER,
    "ms-outlook": LETTER,
    "html": _PAGE,
    "rss": _PAGE,
    "atom": _PAGE,
}
"""A part of a media type -> CSL's type of item."""
LINKS = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class PinPoint:
    """The place of a quote in its document; what is unknown or does not apply is empty.

    Attributes:
        page: its page as printed, or a range: `12`, `iv`, `12-13`.
        paragraph: its paragraph, or a range, in a text without pages.
        time: in a recording: `0:12:31`.
        inside: the sheet and row of a table, in words: `sheet Roof, row 7`.
    """

    page: str = ""
    paragraph: str = ""
    time: str = ""
    inside: str = ""

    @property
    def locator(self) -> tuple[str, str] | None:
        """CSL's label and value; None where it has none for the place."""
        places = (("page", self.page), ("timestamp", self.time), ("paragraph", self.paragraph))
        return next((place for place in places if place[1]), None)

    @property
    def suffix(self) -> str:
        """What a citation says after the locator."""
        return f", {self.inside}" if self.inside else ""


NOWHERE = PinPoint()
"""Of a citation of the whole document."""


@dataclass(frozen=True, slots=True)
class CitedItem:
    """A document as citations name it.

    Attributes:
        fields: its item in CSL-JSON.
        place: the place that is cited.
        uncertain: which of its fields Ibid inferred.
    """

    fields: Mapping[str, Any]
    place: PinPoint = NOWHERE
    uncertain: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Document, place: PinPoint = NOWHERE, fetched: str = "") -> "CitedItem":
        """A document, a place in it, and the day on which it was fetched from the web, if it was: ISO 8601."""
        publisher, kind = plain_words(document.publisher), _type_of(document)
        fields: dict[str, Any] = {"id": document.id, "type": kind, "title": plain_words(document.title)}
        if names := names_of(plain_words(document.author), publisher):
            fields["author"] = names
        if publisher:
            fields["container-title" if kind == _PAGE else "publisher"] = publisher
        if document.published:
            fields["issued"] = _date(document.published)
            if document.known.get("published") is Provenance.INFERRED:
                fields["issued"]["circa"] = True
        if document.link and document.link.startswith(LINKS):
            fields["URL"] = plain_words(document.link)
            if fetched:
                fields["accessed"] = _date(fetched)
        if language := _language(document):
            fields["language"] = language
        inferred = tuple(name for name, said in document.known.items() if said is Provenance.INFERRED)
        return cls(fields, place, inferred)


def _language(document: Document) -> str | None:
    """The language that the text is in; as the file's tag names it, with its region, unless the text shows another."""
    told = language_of(document.text, document.language)
    return document.language if told == base_language(document.language) else told


def _date(iso: str) -> dict[str, Any]:
    """A date in CSL's form; an ISO 8601 date may be reduced to a month or a year."""
    return {"date-parts": [[int(part) for part in iso.split("-")]]}


def _type_of(document: Document) -> str:
    """CSL's type of a document: by its format, as nobody says what it is."""
    for part, kind in _TYPES.items():
        if part in document.media_type:
            return kind
    if document.media_type in ("text/plain", "text/markdown"):
        return _PAGE if document.publisher or document.link else _OTHER
    return _REPORT
