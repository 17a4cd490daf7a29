"""Rich Text Format (RTF) -> text, with a line for each paragraph and each row of a table.

striprtf finds the words but no headings, so headings are recognised later.
"""

import re
from dataclasses import replace
from itertools import count, groupby

from striprtf.striprtf import rtf_to_text

from ..errors import ReadingError
from .builder import ExtractBuilder, broken_file, metadata, metadata_title, picture_line
from .extract import Extract
from .raised import END, LOWERED, NOTE, RAISED
from .rows import row_lines
from .unread import UnreadContents

_START = b"{\\rtf"
_CELL = "|"
"""What striprtf writes after each cell of a row."""

_SLOW_FIELD = re.compile(r"\\field(?=[{\\])")
"""A field as striprtf's pattern for links finds it, in the square of the length; with a blank it means the same."""

_INFO = re.compile(r"\{\\(title|author|company) ((?:[^{}\\]|\\.){1,1000})\}", re.DOTALL)
_CODE_PAGE = re.compile(r"\\ansicpg\d{1,5}")
_INFO_LENGTH = 100_000
"""Characters at the head of a file within which its information stands, after fonts, colours and styles."""

_PLACING = re.compile(r"\\[\\{}]|[{}]|\\(super|sub|up|dn|nosupersub|plain)(\d{0,5})(?![a-z0-9-]) ?")
"""What raises and lowers text, and the groups within which it does."""

_NOTE_START = re.compile(r"\{\s*(?:\\\*\s*)?\\footnote(?![a-z])")
_BRACES = re.compile(r"\\[\\{}]|[{}]")
_NOTE_MARK = re.compile(r"\\chftn(?![a-z]) ?")
_ITEM_SIGN = re.compile(r"\\pntext(?![a-z])")
"""Before the number of a list's item; striprtf reads the newer word for it only."""

_PICTURE = re.compile(r"\\pict(?![a-z])")
_PICTURE_AGAIN = re.compile(r"\\nonshppict(?![a-z])")
"""Before the copy of a picture for old programs."""

_OBJECT = re.compile(r"\\object(?![a-z])")
_DESCRIPTION = re.compile(r"\{\\sn wzDescription\}\s*\{\\sv ((?:[^{}\\]|\\.){0,2000})\}")
"""What a shape says of its picture (Word 2003 RTF Specification, shape properties)."""

_HALVES = re.compile("([\ud800-\udbff])([\udc00-\udfff])")


def read(data: bytes, name: str) -> Extract:
    """Read a Rich Text file.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text, without information about headings and furniture.

    Raises:
        ReadingError: it is empty, broken, not Rich Text, or has no text.
    """
    if not data.strip():
        raise ReadingError(f"{name} is empty: there is nothing in it to read.")
    if not data.lstrip().startswith(_START):
        raise ReadingError(f"{name} is not Rich Text: check its suffix.")
    source = data.decode("latin-1")
    builder = ExtractBuilder()
    with broken_file(name):
        body, notes = _part_notes(_ITEM_SIGN.sub(r"\\listtext", source))
        lines = _words(body).split("\n")
        for is_table, group in groupby(lines, key=lambda line: line.rstrip().endswith(_CELL)):
            rows = [line.rstrip()[:-1].split(_CELL) for line in group] if is_table else []
            if is_table:
                for number, line in row_lines(rows, headed=False):
                    builder.add(line, row=number)
            else:
                for line in group:
                    builder.add(line)
        for number, note in enumerate(notes, 1):
            words = _words(f"{_header(source)}{_NOTE_MARK.sub('', note)}}}")
            builder.add(f"[{number}] {words}" if words.strip() else "")
        _add_pictures(builder, source, name)
        extract = builder.build(name, _facts(source[:_INFO_LENGTH]), headline=False)
    return replace(extract, headings=None, furniture=None)


def _add_pictures(builder: ExtractBuilder, source: str, name: str) -> None:
    """Add what the file says of its pictures, and warn of pictures and objects that it says nothing of."""
    start = _header(source)
    described = [picture_line(_words(f"{start}{found[1]}}}")) for found in _DESCRIPTION.finditer(source)]
    objects = len(_OBJECT.findall(source))
    shown = len(_PICTURE.findall(source)) - len(_PICTURE_AGAIN.findall(source)) - objects  # an object has a preview
    lines = [line for line in described if line]
    for line in dict.fromkeys(lines):
        builder.add(line)
    UnreadContents(pictures=max(0, shown - len(lines)), objects=objects).warn(builder, name)


def _part_notes(source: str) -> tuple[str, list[str]]:
    """Rich Text without its notes, their marks numbered, and the Rich Text of each note."""
    pieces: list[str] = []
    notes: list[str] = []
    position = 0
    while found := _NOTE_START.search(source, position):
        depth, end = 1, len(source)
        for brace in _BRACES.finditer(source, found.end()):
            depth += {"{": 1, "}": -1}.get(brace[0], 0)
            if not depth:
                end = brace.start()
                break
        pieces.append(source[position : found.start()])
        notes.append(source[found.end() : end])
        position = end + 1
    body = "".join((*pieces, source[position:]))
    numbers = count(1)
    return _NOTE_MARK.sub(lambda _: f"{NOTE}{next(numbers)}{END}", body), notes


def _header(source: str) -> str:
    """The beginning of a piece of this Rich Text, with its code page."""
    code_page = _CODE_PAGE.search(source[:_INFO_LENGTH])
    return f"{{\\rtf1{code_page[0] if code_page else ''} "


def _words(source: str) -> str:
    """The words of some Rich Text; characters in two halves are joined."""
    text: str = rtf_to_text(_SLOW_FIELD.sub(r"\\field ", _with_marks(source)), errors="replace")  # type: ignore[no-untyped-call]
    return _HALVES.sub(lambda halves: halves[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def _with_marks(source: str) -> str:
    """Rich Text with marks around raised and lowered text."""
    pieces: list[str] = []
    groups: list[str] = []
    now, position = "", 0  # the mark that is open
    for found in _PLACING.finditer(source):
        before = now
        if found[0] == "{":
            groups.append(now)
        elif found[0] == "}":
            now = groups.pop() if groups else ""
        elif found[1]:
            raises = {"super": RAISED, "up": RAISED, "sub": LOWERED, "dn": LOWERED}
            off = found[2] != "" and not found[2].strip("0")
            now = "" if off else raises.get(found[1], "")
        if now != before:
            pieces += (source[position : found.end()], END if before else "", now)
            position = found.end()
    return "".join((*pieces, source[position:])) if pieces else source


def _facts(head: str) -> Extract:
    """The file's metadata."""
    start = _header(head)
    said = {found[1]: _words(f"{start}{found[2]}}}") for found in _INFO.finditer(head)}
    return Extract(
        "",
        title=metadata_title(said.get("title")),
        author=metadata(said.get("author")),
        publisher=metadata(said.get("company")),
    )
