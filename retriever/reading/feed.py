"""Feeds (RSS and Atom) -> the articles of a site, one after the other.

The whole article is read if the feed contains it, else its summary. Its title is a heading; author and date follow.
"""

from dataclasses import replace

from lxml import etree

from ..errors import ReadingError
from .archive import local_name, parse_xml
from .builder import ExtractBuilder, broken_file, metadata
from .extract import Extract
from .html import add_html

_ARTICLES = frozenset(("item", "entry"))
_FEEDS = frozenset(("rss", "feed", "RDF"))
_WHOLE = ("encoded", "content", "description", "summary")
"""The elements that may hold an article's text, the longest first."""

_AUTHOR = ("creator", "author")
_DATE = ("pubDate", "published", "updated", "date")


def read(data: bytes, name: str) -> Extract:
    """Read a feed.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text.

    Raises:
        ReadingError: it is empty, broken, not a feed, or has no article.
    """
    if not data.strip():
        raise ReadingError(f"{name} is empty: there is nothing in it to read.")
    root = parse_xml(data.strip(), name)
    if local_name(root) not in _FEEDS:
        raise ReadingError(f"{name} is XML, but not a feed (RSS or Atom): save its content as text, and add that.")
    builder = ExtractBuilder()
    with broken_file(name):
        channel = next(root.iterfind("{*}channel"), root)
        articles = [element for element in root.iter() if local_name(element) in _ARTICLES]
        for article in articles:
            _add_article(builder, article)
        about = Extract(
            "",
            title=metadata(_child_text(channel, ("title",))),
            language=_child_text(channel, ("language",)) or channel.get("{http://www.w3.org/XML/1998/namespace}lang"),
            link=_child_text(channel, ("link",)) or None,
        )
        extract = builder.build(name, about, headline=False, why_empty="it has no articles")
        return replace(extract, links=tuple(filter(None, map(_link, articles))))


def _add_article(builder: ExtractBuilder, article: etree._Element) -> None:
    builder.add(_child_text(article, ("title",)), heading=True)
    builder.add("; ".join(filter(None, (_child_text(article, _AUTHOR), _child_text(article, _DATE)))))
    if text := _child_text(article, _WHOLE):
        add_html(builder, text)


def _link(article: etree._Element) -> str:
    """The address of an article; "" if the feed gives none."""
    links = [child for child in article if local_name(child) == "link"]
    named = [child for child in links if child.get("href") and child.get("rel", "alternate") == "alternate"]
    return named[0].get("href", "").strip() if named else _child_text(article, ("link",))


def _child_text(element: etree._Element, kinds: tuple[str, ...]) -> str:
    """The text of the first child of one of several kinds, in the order of the kinds; "" without one."""
    found: dict[str, str] = {}
    for child in element:
        text = "".join(child.itertext()).strip()
        if text:
            found.setdefault(local_name(child), text)
    return next((found[kind] for kind in kinds if kind in found), "")
