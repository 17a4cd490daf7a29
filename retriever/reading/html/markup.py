"""A page's bytes -> its lxml tree.

The markup is repaired only if browsers can read it and libxml2 cannot. A page that is too deep, too large or too slow
for libxml2 is refused; it is never read in part.
"""

import codecs
import re
from typing import Any, TypeAlias

from lxml import etree, html

from ...errors import ReadingError
from ..plain import decode_text

Element: TypeAlias = Any
"""An element of lxml, which has no types."""

HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
"""The tags of headings."""

_DECLARATION_BYTES = 4_096
"""Bytes in which a page must declare its encoding; HTML demands 1024, but many declare it later."""

MOST_UNDECODED = 0.001
"""If more letters than this share are broken in the declared encoding, the declaration is wrong."""

MOST_ATTRIBUTES = 2_000
"""Attributes of one element; libxml2's time grows with their square, and real elements have dozens."""

_DECLARED = re.compile(rb"(?i)<(?:meta|\?xml)\b[^<>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w:.-]+)")
_DATA_ADDRESS = re.compile(rb"data:[\w/+.;=-]{0,100},[^\"'()<>\s]{1000,}")
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{20000,}")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_EMPTY_ELEMENT = re.compile(rb"<([A-Za-z][\w:-]*)(\s[^<>]*)?/>")
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_STYLING = re.compile(rb"(?i)</?(?:b|big|em|font|i|s|small|span|strong|u)(?=[\s>/])[^<>]*>")


def decode_page(data: bytes, name: str) -> tuple[str, str | None]:
    """Decode a page.

    Valid UTF-8 is decoded as UTF-8, even if the page declares another encoding: programs that save a page again often
    keep the old declaration.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        The page's markup, and a warning if its encoding had to be guessed or letters are broken.

    Raises:
        ReadingError: the bytes are not text.
    """
    declared = _DECLARED.search(data[:_DECLARATION_BYTES])
    encoding = _encoding(declared[1].decode("ascii")) if declared else None
    if encoding and b"\0" not in data and (data.isascii() or not _is_utf_8(data)):
        text = data.decode(encoding, errors="replace")
        broken = text.count("\ufffd")
        if broken <= MOST_UNDECODED * len(text):
            return text, f"{name} has {broken} broken letters; they are shown as \ufffd." if broken else None
    return decode_text(data, name)


def _encoding(declared: str) -> str | None:
    """The encoding that browsers use for the declared one, or None if Python doesn't know it."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return None
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}.get(
        name, None if name.startswith("utf-16") or not _decodes_text(name) else name
    )


def _decodes_text(encoding: str) -> bool:
    """Whether an encoding decodes bytes to text; some in Python are transforms such as base64."""
    try:
        return isinstance(b"".decode(encoding), str)
    except (LookupError, UnicodeError):
        return False


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def parse_page(text: str, name: str) -> Element:
    """The tree of a page's markup; nothing is fetched, and no entity is read from elsewhere.

    Raises:
        ReadingError: there is no element, or the page is too deep, too large or too slow to parse.
    """
    data = _DATA_ADDRESS.sub(b"data:,", text.encode("utf-8", "replace"))
    if any(len(_QUOTED.sub(b"", tag[0]).split()) > MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(data)):
        raise ReadingError(
            f"{name} has an element with thousands of attributes: save it as plain text and add it again."
        )
    if b"http://www.w3.org/1999/xhtml" in data[:_DECLARATION_BYTES] or data.lstrip().startswith(b"<?xml"):
        data = _EMPTY_ELEMENT.sub(_close_empty_elements, data)
    tree, complete = _tree(data)
    if not complete:  # old pages leave their fonts open, one inside the other
        tree, complete = _tree(_STYLING.sub(b"", data))
    if not complete:
        raise ReadingError(
            f"{name} nests elements too deeply, or has one that is too large: save it as plain text and add it again."
        )
    if tree is None:
        raise ReadingError(f"{name} holds no text: save the page again, and add the new copy.")
    return tree


def _close_empty_elements(element: re.Match[bytes]) -> bytes:
    """Write `<a id="x"/>` of XHTML as HTML needs it; otherwise the rest of the page would be inside it."""
    if element[1].lower() in _VOID:
        return element[0]
    return b"<%b%b></%b>" % (element[1], element[2] or b"", element[1])


def _tree(data: bytes) -> tuple[Element, bool]:
    """The tree or None, and whether libxml2 read the page to its end."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(data, parser=parser)
    except etree.ParserError:
        tree = None
    return tree, all(error.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)
