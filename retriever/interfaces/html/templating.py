"""Values -> mark-up and words for people. Only this module imports Jinja.

All words from documents, questions, file names and errors are escaped, so that the mark-up of a hostile document is
shown, not run.
"""

from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ...citing.names import STYLE_NAMES
from ...language_names import language_name
from ...records import Document, DocumentSummary, Provenance, Verdict
from ..text import VERDICT_WORDS
from ..translation import catalogue
from ..translation.catalogue import gettext, gettext_noop
from ..translation.formats import date_words, number, ordinal, time_words
from ..translation.language import LANGUAGES, language
from ..translation.sentences import translated

HINT = gettext_noop("Enter to ask, Shift+Enter for a new line")
"""The line below the question's field when there is no other message; a phone leaves it out."""


def origin(document: Document | DocumentSummary) -> str:
    """The masthead line of a document: publisher and date, and whether they are inferred or unknown."""
    publisher = publisher_words(document.publisher, document.known.get("publisher"))
    unknown = gettext("Publisher unknown"), gettext("date unknown")
    return f"{publisher or unknown[0]} · {published(document) or unknown[1]}"


def published(document: Document | DocumentSummary) -> str:
    """The date of a document for people; empty if unknown."""
    return published_words(document.published, document.known.get("published"))


def publisher_words(publisher: str | None, known: Provenance | None) -> str:
    """A publisher for people: `NBC News (inferred)` if the document doesn't name it; empty if unknown."""
    if publisher and known is Provenance.USER:
        return gettext("{value} (set by you)").format(value=publisher)
    if publisher and known is Provenance.INFERRED:
        return gettext("{value} (inferred)").format(value=publisher)
    return publisher or ""


def published_words(published: str | None, known: Provenance | None) -> str:
    """A date for people: `about March 2022` if the document doesn't give it; empty if unknown."""
    if published and known is Provenance.USER:
        return gettext("{value} (set by you)").format(value=date_words(published))
    if published and known is Provenance.INFERRED:
        return gettext("about {date}").format(date=date_words(published))
    return date_words(published)


def size_words(characters: int) -> str:
    """The length of a text for people: `4,100 characters`, `1.5 million characters`."""
    if characters >= 1e6:
        return gettext("{count} million characters").format(count=number(characters / 1e6, 1))
    return gettext("{count} characters").format(count=number(characters))


def language_words(code: str) -> str:
    """A language by its code, named for people in the language that is spoken."""
    return language_name(code, language()) if code else gettext("language in doubt")


def labelled(name: str, value: str) -> str:
    """A name and its value; French has a space before the colon."""
    return gettext("{name}: {value}").format(name=name, value=value)


def web_address(link: str | None) -> str:
    """A link that a browser may follow, or nothing, because a document can name any scheme."""
    try:
        return link if link and urlsplit(link).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def hint_html(hint: str, spoken_text: str = "") -> str:
    """The line under the question's field; `spoken_text` is for screen readers only."""
    unseen = Markup('<span class="unseen">{}</span>').format(spoken_text) if spoken_text else ""
    return str(
        Markup('<span class="{}">{}</span>').format("usual" if hint == HINT else "said", translated(hint)) + unseen
    )


def _message(message: str, **values: object) -> Markup:
    """A message of a template in the language that is spoken, with escaped values in the places of their names."""
    return Markup(gettext(message)).format(**values)  # noqa: S704 (our own words)


def _counted_message(singular: str, plural: str, num: int, **values: object) -> Markup:
    """The message of a template for a number of things, which stands in the place `{num}`."""
    said = Markup(catalogue.ngettext(singular, plural, num))  # noqa: S704 (our own words)
    return said.format(num=number(num), **values)


def _message_in_context(context: str, message: str, **values: object) -> Markup:
    """A message of a template that means several things in English."""
    return Markup(catalogue.pgettext(context, message)).format(**values)  # noqa: S704 (our own words)


def _verdict_words(verdict: Verdict) -> str:
    return translated(VERDICT_WORDS[verdict])


def lang_attribute(code: str | None) -> Markup:
    """Attributes of words that may not be in the page's language: that language if known, and the order of letters."""
    if code == language():
        return Markup()
    return Markup(' lang="{}" dir="auto"').format(code) if code else Markup(' dir="auto"')


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["styles"] = [(style.value, name) for style, name in STYLE_NAMES.items()]
_templates.globals.update(
    _=_message,
    language=language,
    languages=LANGUAGES.items(),
    ngettext=_counted_message,
    pgettext=_message_in_context,
)
_templates.filters.update(
    date_words=date_words,
    first_upper=_first_upper,
    labelled=labelled,
    lang=lang_attribute,
    language_words=language_words,
    number=number,
    ordinal=ordinal,
    origin=origin,
    published=published,
    size_words=size_words,
    time_words=time_words,
    translated=translated,
    verdict_words=_verdict_words,
    web_address=web_address,
)


def render(template: str, **values: object) -> str:
    """Fill in a template of the page."""
    return _templates.get_template(template).render(values)
