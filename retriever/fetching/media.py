"""What a server says of a page's kind -> whether Ibid reads it, and the end of its file's name."""

import codecs
from pathlib import PurePosixPath

from ..reading.formats import FORMATS
from .addresses import WebAddress

_VAGUE = frozenset(("", "text/plain", "application/octet-stream", "binary/octet-stream", "application/force-download"))
"""Types that say nothing of a file's kind; the address's suffix may."""

_ALSO = {
    "text/xml": ".xml",
    "application/x-rss+xml": ".rss",
    "application/rdf+xml": ".xml",
    "application/x-pdf": ".pdf",
    "text/rtf": ".rtf",
}
_NOT_READ = frozenset(("text/css", "text/javascript", "text/ecmascript", "text/event-stream"))
_TEXTS = frozenset(("text/html", "text/plain", "text/csv", "text/markdown"))
"""Types whose bytes don't say themselves which encoding they have, if the server does."""

_SUFFIXES = {kind.media_type: suffix for suffix, kind in reversed(FORMATS.items()) if kind.parser != ".lines"} | _ALSO


def is_readable(media_type: str) -> bool:
    """Whether Ibid may be able to read a type; the bytes decide."""
    is_text = media_type.startswith("text/") and media_type not in _NOT_READ
    return is_text or media_type in _VAGUE or media_type in _SUFFIXES or media_type in _STRUCTURED


_STRUCTURED = frozenset(kind.media_type for kind in FORMATS.values())


def suffix_of(address: WebAddress, media_type: str) -> str:
    """The end of the file's name: by the type, else by the address; `.txt` for other texts, else none."""
    if media_type not in _VAGUE and (suffix := _SUFFIXES.get(media_type)):
        return suffix
    named = PurePosixPath(address.target.partition("?")[0]).suffix.lower()
    if named in FORMATS:
        return named
    return ".txt" if media_type.startswith("text/") else ""


def text_as_utf8(body: bytes, media_type: str, charset: str) -> bytes:
    """The bytes of a text in UTF-8 with its mark, where only the server says which encoding they have."""
    if media_type not in _TEXTS or charset in ("", "utf-8", "utf8", "us-ascii"):
        return body
    try:
        body.decode("utf-8")
        return body  # the server is wrong, or it makes no difference
    except UnicodeDecodeError:
        pass
    try:
        return codecs.BOM_UTF8 + body.decode(codecs.lookup(charset).name).encode()
    except (LookupError, UnicodeError, AttributeError):
        return body
