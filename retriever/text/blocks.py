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

NARROWEST_WRAPPED = 50
"""Characters of a line; text is wrapped at 60 to 80, and a paragraph of shorter lines is often none."""

LONGEST_WORD = 40
"""Characters of a word; what is longer is an address, and no text is wrapped to its length."""

SCRIPT_STOPS = (
    "\u0589\u061d\u061e\u061f\u06d4\u0700\u0701\u0702\u07f9\u0964\u0965\u0f0d\u0f0e\u104b\u1362\u1367\u1368"
    "\u166e\u1735\u1736\u17d4\u17d5\u1803\u1809\u1944\u1945\u1aa8\u1aa9\u1aaa\u1aab\u1b5a\u1b5b\u1b5e\u1b5f"
    "\u1c3b\u1c3c\u1c7e\u1c7f\u3002\ua4ff\ua60e\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8\ua9c9"
    "\uaa5d\uaa5e\uaa5f\uaaf0\uaaf1\uabeb\ufe12\ufe15\ufe16\ufe52\ufe56\ufe57\uff01\uff0e\uff1f\uff61"
)
"""Sentence stops of scripts other than Latin, which have no other use: what Unicode calls Sentence_Terminal, of
scripts in use; also Tibet's shad, but not Burma's comma."""

CLOSERS = "\"'”’»›)]}*_）」』】〉》"
"""What may follow a sentence's stop and still belong to it: closing quotes, brackets, Markdown emphasis."""

_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+\S")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•‣◦▪·–]|\d{1,2}[.)]|\(?[a-z0-9]{1,2}\))[ \t\u00a0]+\S")
_RULE = re.compile(r"\s*(?:=+|-+|_+|\*+|(?:\* )+\*?)\s*")
_FIRST_WORD = re.compile(r"\s*(\S{0,40})")
_QUOTES = frozenset("\"“„«'‘「『")
_NO_HEADING_ENDS_IN = frozenset(f".!?…,;:；：，、|{SCRIPT_STOPS}")
_COLONS = frozenset(":：")
_UNFINISHED = re.compile(
    r"(?i)[,–(-]$|\b(?:a|an|the|of|by|in|on|at|to|for|from|with|and|or|that|which|who|whose|is|are|was|were|its|their|as"
    r"|section|paragraph|article|page|chapter|rule|clause|no\.|figure|table"
    r"|der|die|das|des|dem|den|und|oder|von|mit|im|le|la|les|du|de|et|el|los|las|y|del)$"
)
"""How a line ends whose sentence goes on: a word that needs the next, a comma."""

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


@dataclass(slots=True)
class _ParagraphState:
    """What the lines above a line of a paragraph tell about it.

    Attributes:
        in_list: whether one of them, or this one, starts with the sign of a list.
        goes_on: whether the last was wrapped in the middle of a sentence.
        introduced: whether the last ends in a colon and an intended break.
    """

    in_list: bool = False
    goes_on: bool = False
    introduced: bool = False


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
    """Spans of a paragraph between its intended line breaks."""
    width = _width([line.rstrip() for _, line in paragraph])
    first = paragraph[0][0]
    state = _ParagraphState()
    for (offset, line), (next_offset, next_line) in pairwise(paragraph):
        state.in_list = state.in_list or _LIST_ITEM.match(line) is not None
        word = _FIRST_WORD.match(next_line)
        fits = word is not None and len(line.rstrip()) + 1 + len(word[1]) <= width
        if _break_is_meant(state, line, next_line, fits=fits, narrow=width < NARROWEST_WRAPPED):
            yield _trim(text, first, offset + len(line))
            first = next_offset
            state.goes_on, state.introduced = False, introduces(line)
        else:
            state.goes_on, state.introduced = not fits and not _is_ended(line), False
    offset, line = paragraph[-1]
    yield _trim(text, first, offset + len(line))


def _width(lines: list[str]) -> int:
    """The width that a paragraph may be wrapped to: its longest line, but none that a long address makes longer."""
    usual = [len(line) for line in lines if max(map(len, line.split())) <= LONGEST_WORD]
    return max(usual or map(len, lines))


def _break_is_meant(state: _ParagraphState, line: str, next_line: str, *, fits: bool, narrow: bool) -> bool:
    """Whether a line break inside a paragraph separates two blocks, rather than wraps one.

    A line that looks like a heading is one only if the next word would have fitted after it: where text is
    wrapped to a width, it would not have. A line that continues the sentence of a full line above does not begin one.

    Args:
        state: what the lines above tell.
        line: the line.
        next_line: the line after the break.
        fits: whether the next line's first word would have fitted on this one.
        narrow: whether all lines of the paragraph are shorter than text is wrapped to.
    """
    if any(_MARKDOWN_HEADING.match(each) or _RULE.fullmatch(each) for each in (line, next_line)):
        return True
    unfinished = _UNFINISHED.search(line.rstrip()[-40:]) is not None
    if _LIST_ITEM.match(next_line):
        return state.in_list or _is_ended(line) or ((fits or narrow) and not unfinished)
    if introduces(line):
        return (fits or narrow or next_line[:1].isspace()) and next_line.lstrip()[:1] not in _QUOTES
    if state.introduced and not _is_ended(line) and next_line[:1].isupper():
        return fits or narrow or line[:1].isspace()
    if not fits or next_line.lstrip()[:1].islower() or not looks_like_heading(line):
        return False
    return not (state.goes_on or unfinished)


def _is_ended(line: str) -> bool:
    """Whether a line ends in a stop that ends a sentence or introduces the next line."""
    ending = line.rstrip().rstrip(CLOSERS)[-1:]
    return ending in _NO_HEADING_ENDS_IN - frozenset(",，、|")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
