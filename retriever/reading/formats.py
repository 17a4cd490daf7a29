"""A file's name and bytes -> its format: the media type, and the module that reads it.

The content decides. A suffix counts only among formats with similar content, such as CSV and plain text. If Ibid cannot
read a format, the error names it and says what to do.
"""

from pathlib import PurePath
from typing import NamedTuple

from ..errors import ReadingError

_HEAD_BYTES = 4_096
"""Enough bytes to know the format, except in ZIP and OLE containers, whose directories are elsewhere."""


class Format(NamedTuple):
    """A media type, and the module that reads it in the worker, such as `.pdf`."""

    media_type: str
    parser: str = ".plain"


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_WORD = Format(_OFFICE + "wordprocessingml.document", ".docx")
_SLIDES = Format(_OFFICE + "presentationml.presentation", ".pptx")
_SHEET = Format(_OFFICE + "spreadsheetml.sheet", ".tables")
_HTML = Format("text/html", ".html")
_PDF = Format("application/pdf", ".pdf")
_RTF = Format("application/rtf", ".rtf")
_EPUB = Format("application/epub+zip", ".epub")
_MAIL = Format("message/rfc822", ".mail")
_OUTLOOK = Format("application/vnd.ms-outlook", ".outlook")
_FEED = Format("application/rss+xml", ".feed")
_ZIP = Format("application/zip", ".packed")
_PLAIN = Format("text/plain")
_PNG, _JPEG = Format("image/png", ".picture"), Format("image/jpeg", ".picture")
_TIFF, _WEBP = Format("image/tiff", ".picture"), Format("image/webp", ".picture")
_CODE = Format("text/x-source", ".lines")
_JSON = Format("application/json", ".lines")
_XML = Format("application/xml", ".lines")

FORMATS = {
    ".txt": _PLAIN,
    ".text": _PLAIN,
    ".md": Format("text/markdown"),
    ".markdown": Format("text/markdown"),
    ".rst": Format("text/x-rst"),
    ".org": Format("text/x-org"),
    ".adoc": Format("text/x-asciidoc"),
    ".asciidoc": Format("text/x-asciidoc"),
    ".tex": Format("text/x-tex"),
    ".pdf": _PDF,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": Format("application/xhtml+xml", ".html"),
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), _WORD),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"), _SLIDES),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xltm"), _SHEET),
    ".csv": Format("text/csv", ".tables"),
    ".tsv": Format("text/tab-separated-values", ".tables"),
    **dict.fromkeys((".odt", ".ott"), Format(_OPEN + "text", ".odt")),
    **dict.fromkeys((".ods", ".ots"), Format(_OPEN + "spreadsheet", ".odt")),
    **dict.fromkeys((".odp", ".otp"), Format(_OPEN + "presentation", ".odt")),
    ".epub": _EPUB,
    ".eml": _MAIL,
    ".mbox": Format("application/mbox", ".mail"),
    ".msg": _OUTLOOK,
    ".mhtml": Format("multipart/related", ".mail"),
    ".mht": Format("multipart/related", ".mail"),
    ".rss": _FEED,
    ".atom": Format("application/atom+xml", ".feed"),
    ".rtf": _RTF,
    ".zip": _ZIP,
    ".ipynb": Format("application/x-ipynb+json", ".notebook"),
    ".srt": Format("application/x-subrip", ".subtitles"),
    ".vtt": Format("text/vtt", ".subtitles"),
    ".ics": Format("text/calendar", ".contacts"),
    ".vcf": Format("text/vcard", ".contacts"),
    ".xml": _XML,
    ".json": _JSON,
    ".jsonl": Format("application/jsonl", ".lines"),
    ".ndjson": Format("application/jsonl", ".lines"),
    **dict.fromkeys((".yaml", ".yml"), Format("application/yaml", ".lines")),
    **dict.fromkeys((".toml", ".ini", ".cfg", ".conf", ".properties", ".env"), Format("application/toml", ".lines")),
    ".log": Format("text/x-log", ".lines"),
    ".png": _PNG,
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".webp": _WEBP,
    **dict.fromkeys(
        (
            ".bash .bat .c .cc .cmake .cpp .cs .css .dart .diff .ex .exs .f90 .fish .go .gradle .graphql .h .hpp .hs "
            ".java .jl .js .jsx .kt .lua .m .mjs .nix .patch .php .pl .proto .ps1 .py .pyi .r .rb .rs .sass .scala "
            ".scss .sh .sql .svelte .swift .tf .ts .tsx .vb .vue .zig .zsh"
        ).split(),
        _CODE,
    ),
}
"""The suffixes that Ibid knows; a file with another one, or none, is read by its content."""

LINED = frozenset(kind.media_type for kind in FORMATS.values() if kind.parser == ".lines")
"""Media types whose lines are units: they are neither joined nor cut into sentences."""

_SAVED_AS = {
    "WordDocument": "an old Word file: open it in Word or LibreOffice, and save it as .docx.",
    "Workbook": "an old Excel file: open it in Excel or LibreOffice, and save it as .xlsx.",
    "Book": "an old Excel file: open it in Excel or LibreOffice, and save it as .xlsx.",
    "PowerPoint Document": "an old PowerPoint file: open it in PowerPoint or LibreOffice, and save it as .pptx.",
}
"""A stream of an OLE container (MS-CFB) -> what the file is, and what to do."""
_SUFFIX_STREAMS = {".doc": "WordDocument", ".dot": "WordDocument", ".xls": "Workbook", ".ppt": "PowerPoint Document"}

_PICTURE = "a picture in a format that Ibid does not read: save it as PNG or JPEG."
_PICTURES = ((b"\x89PNG\r\n\x1a\n", _PNG), (b"\xff\xd8\xff", _JPEG), (b"II*\x00", _TIFF), (b"MM\x00*", _TIFF))
_HEIC = "a picture in Apple's format HEIC: export it as JPEG."
_SOUND = "sound or video: add its transcript instead."
_ARCHIVE = "a packed archive: unpack it, and add the files."
_PROGRAM = "a program or other binary data, not a document."
_FOREIGN = (
    (b"GIF87a", _PICTURE),
    (b"GIF89a", _PICTURE),
    (b"AT&TFORM", "a DjVu file: save it as PDF."),
    (b"ID3", _SOUND),
    (b"OggS", _SOUND),
    (b"fLaC", _SOUND),
    (b"\x1aE\xdf\xa3", _SOUND),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\x00", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"\x7fELF", _PROGRAM),
    (b"MZ", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"\x00asm", _PROGRAM),
    (b"SQLite format 3\x00", "a database: export its tables as CSV."),
    (b"PAR1", "a Parquet table: export it as CSV."),
    (b"!BDN", "an Outlook mailbox: export its mails as .eml or .mbox."),
    (b"%!PS", "a PostScript file: save it as PDF."),
)
"""How files begin that Ibid cannot read, and what to say of each. A text may begin with the letters of one; then only a
NUL near them shows that the file is binary."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_MIMETYPE_PLACE, _MIMETYPE = 30, b"mimetype"
"""The place of the first member's name in an EPUB or OpenDocument file; it is stored uncompressed (OCF 4.3)."""
_PARTS = (
    (b"xl/workbook.bin", "a binary Excel file: save it as .xlsx."),
    (b"Index/Document.iwa", "a file of Pages, Numbers or Keynote: export it as PDF, or to Microsoft's format."),
    (b"META-INF/container.xml", _EPUB),
)
_OFFICE_PARTS = ((b"word/", _WORD), (b"xl/", _SHEET), (b"ppt/", _SLIDES))
_BY_CONTENT = frozenset((".txt", ".text", ".csv", ".tsv", ".md", ".xml", ".htm", ".html", ".rss", ".atom", ".mht"))
"""Suffixes of text whose content is looked at; the markup in a program's source is its own."""


def format_of(name: str, data: bytes) -> Format:
    """Tell the format of a file.

    Args:
        name: its name; the suffix decides among formats with similar content.
        data: its bytes.

    Raises:
        ReadingError: Ibid cannot read its format; the message names it and says what to do.
    """
    suffix = PurePath(name).suffix.lower()
    named = FORMATS.get(suffix)
    head = data[:_HEAD_BYTES]
    if data.startswith(_ZIP_STARTS):
        return _zip_format(name, data, named)
    if data.startswith(_OLE):
        return _compound(name, data, suffix)
    if b"%PDF-" in head[:1024]:
        return _PDF
    if picture := next((kind for start, kind in _PICTURES if head.startswith(start)), None):
        return picture
    for signature, what in _FOREIGN:
        if head.startswith(signature) and (not signature.isalnum() or b"\0" in head):
            raise ReadingError(f"{name} is {what}")
    if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and b"\0" in head[:64]):
        return _media(name, head[8:12])
    start = _beginning(head)
    if start.startswith(b"{\\rtf"):
        return _RTF
    if named is None or suffix in _BY_CONTENT or _is_binary(named):
        return _markup_format(start, suffix) or (
            named if named and not (_is_binary(named) and _is_text(head)) else _PLAIN
        )
    return named


def may_need_ocr(data: bytes) -> bool:
    """Whether a file is a PDF or a picture, so that its text may depend on OCR.

    Args:
        data: its bytes, or the first thousand.
    """
    starts = (*(start for start, _ in _PICTURES), b"RIFF")
    return b"%PDF-" in data[:1024] or data.startswith(starts)


def _media(name: str, brand: bytes) -> Format:
    """The format of a file in a container for pictures and films, by its brand."""
    if brand == b"WEBP":
        return _WEBP
    what = _HEIC if brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1") else _PICTURE if brand == b"avif" else _SOUND
    raise ReadingError(f"{name} is {what}")


def _zip_format(name: str, data: bytes, named: Format | None) -> Format:
    if data[_MIMETYPE_PLACE : _MIMETYPE_PLACE + len(_MIMETYPE)] == _MIMETYPE:
        stated = data[_MIMETYPE_PLACE + len(_MIMETYPE) :][:200].decode("latin-1")
        for kind in (_EPUB, *(FORMATS[suffix] for suffix in (".odt", ".ods", ".odp"))):
            if kind.media_type in stated:
                return kind
    for part, what in _PARTS:
        if part in data:
            if isinstance(what, str):
                raise ReadingError(f"{name} is {what}")
            return what
    if b"[Content_Types].xml" in data:
        for part, kind in _OFFICE_PARTS:
            if part in data:
                return kind
    return named if named and named != _ZIP and _is_zipped(named) else _ZIP


def _compound(name: str, data: bytes, suffix: str) -> Format:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise ReadingError(f"{name} is encrypted: open it with its password, save it without one and add it again.")
    if suffix == ".msg" or holds("__properties_version1.0"):
        return _OUTLOOK
    stream = next(filter(holds, _SAVED_AS), _SUFFIX_STREAMS.get(suffix))
    what = _SAVED_AS[stream] if stream else "in the old Office format: open it, and save it in a new one."
    raise ReadingError(f"{name} is {what}")


def _beginning(head: bytes) -> bytes:
    """The beginning of a text in small letters, without byte order mark, spaces and the NULs of UTF-16."""
    return head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n\f").lower()


def _markup_format(start: bytes, suffix: str) -> Format | None:
    """The format of a text with mark-up, or None; `start` is its beginning."""
    if start.startswith((b"<!doctype html", b"<html", b"<head>", b"<body")):
        return _HTML
    if start.startswith(b"<?xml") or suffix in (".xml", ".rss", ".atom"):
        if b"<html" in start:
            return FORMATS[".xhtml"]
        if any(root in start for root in (b"<rss", b"<rdf:rdf", b"<feed")):
            return FORMATS.get(suffix, _FEED) if suffix in (".rss", ".atom") else _FEED
        return None if suffix in (".rss", ".atom") else _XML
    if start.startswith((b"mime-version:", b"from: <saved by")) and b"content-type:" in start:
        return FORMATS[".mhtml"]
    return None


def _is_zipped(kind: Format) -> bool:
    return kind.parser in (".docx", ".pptx", ".odt", ".epub") or kind in (_SHEET, _ZIP)


def _is_binary(kind: Format) -> bool:
    return _is_zipped(kind) or kind in (_PDF, _RTF, _OUTLOOK) or kind.parser == ".picture"


def _is_text(head: bytes) -> bool:
    """Whether bytes are the beginning of a UTF-8 text."""
    if not head.strip() or any(byte < 9 or 13 < byte < 32 for byte in head):
        return False
    try:
        head[:-4].decode("utf-8") if len(head) == _HEAD_BYTES else head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True
