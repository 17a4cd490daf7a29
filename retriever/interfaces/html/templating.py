"""Values -> mark-up and words for people. Only this module imports Jinja.

All words from documents, questions, file names and errors are escaped, so that the mark-up of a hostile document is
shown, not run.
"""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ...citing.names import STYLE_NAMES
from ...records import Document, DocumentSummary, Provenance
from ...text.calendar import date_words
from ..text import VERDICT_WORDS

HINT = "Enter to ask, Shift+Enter for a new line"
"""The line below the question's field when there is no other message; a phone leaves it out."""


def time_words(moment: datetime) -> str:
    """A moment for people, by this machine's clock: `22 November 2026, 07:15`."""
    local = moment.astimezone()
    return f"{date_words(local.date().isoformat())}, {local:%H:%M}"


def origin(document: Document | DocumentSummary) -> str:
    """The masthead line of a document: publisher and date, and whether they are inferred or unknown."""
    publisher = publisher_words(document.publisher, document.known.get("publisher"))
    return f"{publisher or 'Publisher unknown'} · {published(document) or 'date unknown'}"


def published(document: Document | DocumentSummary) -> str:
    """The date of a document for people; empty if unknown."""
    return published_words(document.published, document.known.get("published"))


def publisher_words(publisher: str | None, known: Provenance | None) -> str:
    """A publisher for people: `NBC News (inferred)` if the document doesn't name it; empty if unknown."""
    if publisher and known is Provenance.USER:
        return f"{publisher} (set by you)"
    return f"{publisher} (inferred)" if publisher and known is Provenance.INFERRED else publisher or ""


def published_words(published: str | None, known: Provenance | None) -> str:
    """A date for people: `about March 2022` if the document doesn't give it; empty if unknown."""
    if published and known is Provenance.USER:
        return f"{date_words(published)} (set by you)"
    return f"about {date_words(published)}" if published and known is Provenance.INFERRED else date_words(published)


def ordinal(rank: int) -> str:
    """A rank for people: `1st`, `2nd`, `11th`."""
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def size_words(characters: int) -> str:
    """The length of a text for people: `4,100 characters`, `1.5 million characters`."""
    return f"{characters / 1e6:.1f} million characters" if characters >= 1e6 else f"{characters:,} characters"


def web_address(link: str | None) -> str:
    """A link that a browser may follow, or nothing, because a document can name any scheme."""
    try:
        return link if link and urlsplit(link).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def hint_html(hint: str, spoken_text: str = "") -> str:
    """The line under the question's field; `spoken_text` is for screen readers only."""
    unseen = Markup('<span class="unseen">{}</span>').format(spoken_text) if spoken_text else ""
    return str(Markup('<span class="{}">{}</span>').format("usual" if hint == HINT else "said", hint) + unseen)


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["styles"] = [(style.value, name) for style, name in STYLE_NAMES.items()]
_templates.filters.update(
    date_words=date_words,
    ordinal=ordinal,
    origin=origin,
    published=published,
    size_words=size_words,
    time_words=time_words,
    verdict_words=VERDICT_WORDS.__getitem__,
    web_address=web_address,
)


def render(template: str, **values: object) -> str:
    """Fill in a template of the page."""
    return _templates.get_template(template).render(values)
