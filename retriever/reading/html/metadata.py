"""A page -> its title, author, publisher, day, language and address, each with its origin.

Values for machines (meta elements, JSON-LD) come first, then the visible text, then hints in the markup or the
address. Only this module imports htmldate.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from ...records import Provenance
from ..builder import metadata, one_line
from ..dates import dateline, iso_date
from ..extract import Extract
from ..sources import NOTHING, Note, first_known
from .boxes import HtmlBlock, is_unseen
from .markup import Element

logging.getLogger("htmldate").addHandler(logging.NullHandler())  # its complaints are no message to a user

_TITLES = "dc.title dcterms.title og:title twitter:title citation_title parsely-title".split()
_AUTHORS = "dc.creator dcterms.creator author parsely-author article:author citation_author sailthru.author byl".split()
_PUBLISHERS = "og:site_name dc.publisher dcterms.publisher citation_publisher application-name".split()
_DATES = (
    "article:published_time og:published_time datepublished date dc.date dcterms.date dc.date.issued dcterms.issued "
    "dcterms.created parsely-pub-date sailthru.date pubdate publishdate publish-date citation_publication_date "
    "citation_date weibo:article:create_at"
).split()
_BARS = re.compile(r"(?<!\s)(?:\s+[|‖·•»«:-]{1,2}\s+|\s+[–—]\s+|\s*[|｜]\s*)")
_SURE_BARS = frozenset("| ‖ :: » ｜".split())
_BY = re.compile(r"(?i)^(?:(?:written|posted|published)\s+)?by\b[:\s]+")
_BYLINE = re.compile(r"(?i)(?:^|[\s_-])(?:byline|author|authors|p-author|byline-?name|author-?name)(?:$|[\s_-])")
_URL_DATE = re.compile(r"/(20\d\d|19\d\d)/(\d{1,2}|[a-z]{3})/(?:(\d{1,2})(?=/))?|/(20\d\d|19\d\d)-(\d\d)-(\d\d)\b")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+)\s*-->")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ARTICLE_TYPES = re.compile(r"Article|Posting|Report|Review|Recipe|WebPage|Book|Dataset|VideoObject|CreativeWork")

LONGEST_BYLINE_WORDS = 12
"""Three names with their commas; longer, and it is what the author is, not who."""

SAVED_FROM_CHARACTERS = 4_096
"""From a saved page's start, in which a browser notes where it was saved from: the note follows the doctype."""

DATELINE_CHARACTERS = 5_000
"""From an article's start, in which its date is looked for."""


@dataclass(frozen=True, slots=True)
class _Statements:
    """The metadata of a page for machines.

    Attributes:
        tree: the page.
        said: the content of its meta elements, by their names in lower case.
        things: its objects in JSON-LD, articles first.
    """

    tree: Element
    said: dict[str, str]
    things: list[dict[str, Any]]

    @classmethod
    def from_tree(cls, tree: Element) -> "_Statements":
        """Gather them from a page."""
        return cls(tree, _meta(tree), _linked_data(tree))

    def meta(self, names: Iterable[str]) -> Iterator[str]:
        """The content of the meta elements with these names."""
        return (self.said[name] for name in names if name in self.said)

    def linked(self, key: str) -> Iterator[str]:
        """The names under a key of JSON-LD: one name, or several with commas."""
        for thing in self.things:
            value = thing.get(key)
            each = value if isinstance(value, list) else [value]
            names = [name.get("name") if isinstance(name, dict) else name for name in each]
            if text := ", ".join(name for name in names if isinstance(name, str) and not name.startswith("http")):
                yield html.fromstring(f"<p>{text}</p>").text_content() if "&" in text else text


def describe(tree: Element, text: str, blocks: Sequence[HtmlBlock], article: Sequence[bool]) -> Extract:
    """Collect a page's metadata.

    Args:
        tree: the page.
        text: its markup.
        blocks: its blocks.
        article: for each of them, whether it belongs to the article.

    Returns:
        An extract without text; each of its notes says how it is known.
    """
    page = _Statements.from_tree(tree)
    link = _link(page, text)
    publisher = _publisher(page, link)
    headings = [block.lines[0] for block in blocks if block.box.tag in ("h1", "h2")]
    start = "\n".join(block.lines[0] for block, kept in zip(blocks, article, strict=True) if kept)
    return Extract(
        "",
        title=_title(page, publisher.value, headings),
        author=_author(page),
        publisher=publisher,
        published=_publication_date(page, start[:DATELINE_CHARACTERS], link or ""),
        language=_language(page),
        link=link,
    )


def _meta(tree: Element) -> dict[str, str]:
    """The content of the page's meta elements, by their names in lower case; the first of each name counts."""
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = one_line(element.get("content") or "")
        names = f"{element.get('property') or ''} {element.get('name') or ''} {element.get('itemprop') or ''}"
        for name in names.lower().split():
            if content:
                said.setdefault(re.sub("^(dc|dcterms):", r"\1.", name), content)
    return said


def _linked_data(tree: Element) -> list[dict[str, Any]]:
    """The page's objects in JSON-LD, articles first."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            waiting = [json.loads(_CDATA.sub("", script.text or ""), strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            thing = waiting.pop(0)
            if isinstance(thing, list):
                waiting[:0] = thing
            elif isinstance(thing, dict):
                found.append(thing)
                waiting += [thing.get("@graph"), thing.get("mainEntity")]
    return sorted(found, key=lambda thing: not _ARTICLE_TYPES.search(str(thing.get("@type"))))


def _link(page: _Statements, text: str) -> str | None:
    """The page's own address, if the page gives it in full."""
    canonical = [
        element.get("href") for element in page.tree.iter("link") if (element.get("rel") or "").lower() == "canonical"
    ]
    saved = _SAVED_FROM.search(text[:SAVED_FROM_CHARACTERS])
    for link in (*canonical, page.said.get("og:url"), saved[1] if saved else None):
        if link and re.match(r"https?://[^\s/]+", link.strip()):
            return str(link.strip())
    return None


def _publisher(page: _Statements, link: str | None) -> Note:
    stated = first_known(NOTHING, *map(metadata, (*page.meta(_PUBLISHERS), *page.linked("publisher"))))
    if stated.value or not link:
        return stated
    return Note((urlsplit(link).hostname or "").removeprefix("www."), Provenance.INFERRED, "the page's address")


def _title(page: _Statements, publisher: str | None, headings: Sequence[str]) -> Note:
    element = next((title for title in page.tree.iter("title") if title.text and not title.text.isspace()), None)
    own = [one_line(element.text)] if element is not None else []
    stated = (*page.meta(_TITLES), *own, *page.linked("headline"))
    notes = (metadata(_without_site(text, publisher, headings)) for text in stated)
    return first_known(*notes, Note(headings[0], Provenance.TEXT) if headings else NOTHING)


def _without_site(title: str, publisher: str | None, headings: Iterable[str]) -> str:
    """A title without the site's name after (or before) a bar, if a heading or the site's name shows which."""
    bars = list(_BARS.finditer(title))
    if not bars:
        return title
    plain = {_plain(heading) for heading in headings}
    for bar in bars:
        for part in (title[: bar.start()], title[bar.end() :]):
            if _plain(part) in plain and _plain(part) != _plain(publisher or ""):
                return part
    last = bars[-1]
    is_site = publisher is not None and _plain(title[last.end() :]) in _plain(publisher)
    long_enough = len(title[: last.start()].split()) > 2
    return title[: last.start()] if is_site or (last[0].strip() in _SURE_BARS and long_enough) else title


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _author(page: _Statements) -> Note:
    for text in (*page.linked("author"), *page.meta(_AUTHORS)):
        if not re.match(r"https?://|@", text):
            return metadata(_BY.sub("", text))
    for element in page.tree.iter("a", "span", "p", "div", "address", "td"):
        marked = element.get("rel") == "author" or (element.get("itemprop") or "") == "author"
        if (marked or _BYLINE.search(element.get("class") or "")) and not is_unseen(element):
            name = _BY.sub("", one_line(element.text_content()[:500]))
            if len(name) > 2 and len(name.split()) <= LONGEST_BYLINE_WORDS and "{" not in name:
                return Note(name, Provenance.TEXT)
    return NOTHING


def _publication_date(page: _Statements, start: str, link: str) -> Note:
    """The date of publication, from the most reliable place that gives it; the article's `start` is one."""
    times = list(page.tree.iter("time"))
    if date := _first_date(_stated_dates(page, times)):
        return Note(date, Provenance.METADATA)
    if date := _first_date(time.get("datetime") or "" for time in times):
        return Note(date, Provenance.INFERRED, "the first time that the page marks as one")
    if date := dateline(start):
        return Note(date, Provenance.TEXT)
    if date := _date_in_address(link):
        return Note(date, Provenance.INFERRED, "the page's address")
    if date := _by_htmldate(page.tree):
        return Note(date, Provenance.INFERRED, "the page's markup")
    return NOTHING


def _first_date(texts: Iterable[str]) -> str | None:
    return next(filter(None, map(iso_date, texts)), None)


def _stated_dates(page: _Statements, times: Iterable[Element]) -> Iterator[str]:
    yield from (str(thing["datePublished"]) for thing in page.things if thing.get("datePublished"))
    yield from page.meta(_DATES)
    for time in times:
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
            yield time.get("datetime") or ""


def _date_in_address(link: str) -> str | None:
    """The date in an address such as `/2022/04/21/`, `/2022/apr/21/`, `/2022/04/` or `/2022-04-21`."""
    found = _URL_DATE.search(link)
    if not found:
        return None
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
    if month.isalpha():
        return iso_date(f"{day or ''} {month} {year}")
    return iso_date("-".join(filter(None, (year, month.zfill(2), day))))


def _by_htmldate(tree: Element) -> str | None:
    """The date that htmldate finds in the markup, with limits that don't depend on today; None if it fails."""
    from htmldate import find_date

    try:
        found: str | None = find_date(
            tree, extensive_search=False, original_date=True, min_date="1990-01-01", max_date="2100-01-01"
        )
    except Exception:  # a page that it stumbles over has no date
        return None
    return found


def _language(page: _Statements) -> str | None:
    declared = (page.tree.get("lang"), page.tree.get("xml:lang"), page.said.get("language"), page.said.get("og:locale"))
    tags = ((tag or "").replace("_", "-").strip() for tag in declared)
    return next((tag for tag in tags if _LANGUAGE.fullmatch(tag)), None)
