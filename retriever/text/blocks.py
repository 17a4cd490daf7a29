"""A text -> its blocks: paragraphs, headings and list items.

Blank lines separate blocks, and so do line breaks that were meant, as opposed to wrapped lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

LONGEST_HEADING_WORDS = 20
"""Newspaper headlines reach 15 or 16 words; a paragraph that short without a stop is rare."""

LONGEST_HEADING_CHARACTERS = 160
"""The same limit for scripts that put no spaces between words."""

CLOSERS = "\"'”’»›)]}*_"
"""What may follow a sentence's stop and still belong to it: closing quotes, brackets, Markdown emphasis."""

_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+\S")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•‣◦▪·–]|\d{1,2}[.)]|\(?[a-z0-9]{1,2}\))[ \t\u00a0]+\S")
_RULE = re.compile(r"\s*(?:=+|-+|_+|\*+|(?:\* )+\*?)\s*")
_FIRST_WORD = re.compile(r"\s*(\S{0,40})")
_NO_HEADING_ENDS_IN = frozenset(".!?…,;:。！？；：，、؟।॥|")
_COLONS = frozenset(":：")
_WORD_CHARACTER = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or list item of a text.

    Attributes:
        start: first character, never white.
        end: one past the last character, which is never white either.
        heading: whether it looks like a heading: one short line without a final stop.
    """

    start: int
    end: int
    heading: bool


def split_blocks(text: str, start: int = 0, end: int | None = None) -> tuple[Block, ...]:
    """Split `text[start:end]` into blocks, in order; together they hold every character that isn't white."""
    blocks = []
    for paragraph in _paragraphs(text[start:end], start):
        for first, last in _pieces(text, paragraph):
            blocks.append(Block(first, last, looks_like_heading(text[first:last])))
    return tuple(blocks)


def split_lines(text: str) -> Iterator[Block]:
    """The lines of a text that hold more than white space, a block each; none is a heading."""
    for paragraph in _paragraphs(text, 0):
        for offset, line in paragraph:
            start, end = _trim(text, offset, offset + len(line))
            yield Block(start, end, heading=False)


def looks_like_heading(block: str) -> bool:
    """Whether a block is one short line without a final stop, or a Markdown heading."""
    line = block.strip()
    if not line or len(line) > LONGEST_HEADING_CHARACTERS or len(line.splitlines()) > 1:
        return False
    if _MARKDOWN_HEADING.match(line):
        return True
    first = _WORD_CHARACTER.search(line)
    return (
        first is not None
        and not first[0].islower()
        and not _LIST_ITEM.match(line)
        and len(line.split()) <= LONGEST_HEADING_WORDS
        and line[0] not in "|<{"
        and (line.rstrip(CLOSERS) or line)[-1] not in _NO_HEADING_ENDS_IN
    )


def is_list_item(block: str) -> bool:
    """Whether a block starts with the sign or the number of a list's item."""
    return _LIST_ITEM.match(block) is not None


def introduces(block: str) -> bool:
    """Whether a block ends in a colon, and so says little without what follows it."""
    return block.rstrip().rstrip(CLOSERS)[-1:] in _COLONS


def heading_text(block: str) -> str:
    """A heading's words, without Markdown's number signs."""
    return block.strip().strip("#").strip()


def _paragraphs(text: str, offset: int) -> Iterator[list[tuple[int, str]]]:
    """The lines, with their offsets, between two blank lines."""
    paragraph: list[tuple[int, str]] = []
    for line in text.splitlines(keepends=True):
        if not line.isspace():
            paragraph.append((offset, line))
        elif paragraph:
            yield paragraph
            paragraph = []
        offset += len(line)
    if paragraph:
        yield paragraph


def _pieces(text: str, paragraph: list[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    """Spans of a paragraph between the line breaks that were meant."""
    width = max(len(line.rstrip()) for _, line in paragraph)
    first = paragraph[0][0]
    for (offset, line), (next_offset, next_line) in pairwise(paragraph):
        if _break_is_meant(line, next_line, width):
            yield _trim(text, first, offset + len(line))
            first = next_offset
    offset, line = paragraph[-1]
    yield _trim(text, first, offset + len(line))


def _break_is_meant(line: str, next_line: str, width: int) -> bool:
    """Whether a line break inside a paragraph separates two blocks, rather than wraps one.

    A line that looks like a heading is one only if the next word would have fitted behind it: where text is
    wrapped to a width, it would not have.
    """
    if any(_MARKDOWN_HEADING.match(each) or _RULE.fullmatch(each) for each in (line, next_line)):
        return True
    if _LIST_ITEM.match(next_line):
        return True
    word = _FIRST_WORD.match(next_line)
    fitted = word is not None and len(line.rstrip()) + 1 + len(word[1]) <= width
    return fitted and looks_like_heading(line) and not next_line.lstrip()[:1].islower()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
