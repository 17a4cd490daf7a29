"""A PDF file -> its metadata (title, author, language) and its outline.

A value that a program filled in by default counts as missing.
"""

import ctypes
import re

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ..builder import metadata
from ..extract import Extract
from .glyphs import clean
from .headings import is_title
from .text_lines import bare

_NO_AUTHOR = re.compile(r"\W*(?:anonymous|unspecified|unknown|user|owner|admin(?:istrator)?|author)\W*", re.IGNORECASE)


def read_outline(document: pdfium.PdfDocument) -> set[str]:
    """The headings in the file's outline, in the form of `bare`."""
    try:
        return {bare(bookmark.get_title()) for bookmark in document.get_toc()}
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return set()


def describe(document: pdfium.PdfDocument) -> Extract:
    """Title, author and language, if the file gives them and they mean something.

    The days when the file was made and changed are not dates of publication, and are left out.
    """
    title, author = (" ".join(clean(_value(document, key).replace("\n", " ")).split()) for key in ("Title", "Author"))
    return Extract(
        "",
        title=metadata(title if is_title(title) else None),
        author=metadata(None if _NO_AUTHOR.fullmatch(author) else author),
        language=_language(document),
    )


def _value(document: pdfium.PdfDocument, key: str) -> str:
    try:
        return str(document.get_metadata_value(key))
    except UnicodeDecodeError:
        return ""


def _language(document: pdfium.PdfDocument) -> str | None:
    length = pdfium_c.FPDFCatalog_GetLanguage(document.raw, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    pdfium_c.FPDFCatalog_GetLanguage(document.raw, buffer, length)
    language = bytes(buffer).decode("utf-16-le", "ignore").strip("\0 ")
    return language.replace("_", "-") or None
