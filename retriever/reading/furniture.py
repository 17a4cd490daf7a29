"""A text's blocks, and which of them are page furniture: share buttons, adverts, teasers, credits.

In comes a text, out come spans of it. A block is a paragraph, a heading or a list item: what stands between
blank lines, or between line breaks that were meant. The one decision: a block is furniture only for what it
says (a phrase of pages, never of articles) or for standing between such a phrase and the end of the text
while looking like a teaser. In doubt a block is content: a quote lost is worse than an advert kept.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

LONGEST_HEADING_WORDS = 20
"""Newspaper headlines reach 15 or 16 words; a paragraph that short without a stop is rare."""

LONGEST_HEADING_CHARACTERS = 160
"""The same limit for scripts that put no spaces between words."""

LONGEST_PHRASE_WORDS = 12
"""A share button, a credit or a slogan is shorter; a paragraph that opens with the same words is longer."""

LONGEST_TEASER_WORDS = 40
"""A teaser is a line or two, cut off; a longer block after a marker is an article that goes on."""

CLOSERS = "\"'”’»›)]}*_"
"""What may follow a sentence's stop and still belong to it: closing quotes, brackets, Markdown emphasis."""

_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+\S")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•‣◦▪·–]|\d{1,2}[.)]|\(?[a-z0-9]{1,2}\))[ \t\u00a0]+\S")
_RULE = re.compile(r"\s*(?:=+|-+|_+|\*+|(?:\* )+\*?)\s*")
_FIRST_WORD = re.compile(r"\s*(\S{0,40})")
_NO_HEADING_ENDS_IN = frozenset(".!?…,;:。！？；：，、؟।॥|")
_COLONS = frozenset(":：")
_WORD_CHARACTER = re.compile(r"[^\W_]")
_DECORATION = "#*_=>|•·–—- \t\r\n\u00a0"


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


def find_furniture(text: str, blocks: Sequence[Block]) -> tuple[tuple[int, int], ...]:
    """Find page furniture among the blocks of a text.

    Args:
        text: the whole text.
        blocks: its blocks, as `split_blocks` gives them.

    Returns:
        Start and end in `text` of each block that is furniture, in order.
    """
    lines = [text[block.start : block.end].strip(_DECORATION) for block in blocks]
    marked = [_is_phrase(line) for line in lines]
    _mark_products(blocks, lines, marked)
    _mark_slogans(blocks, lines, marked)
    _mark_teasers(blocks, lines, marked)
    return tuple((block.start, block.end) for block, found in zip(blocks, marked, strict=True) if found)


# Blocks ----------------------------------------------------------------------------------------------------


def _paragraphs(text: str, offset: int) -> Iterator[list[tuple[int, str]]]:
    """The lines, with their offsets, of each stretch without a blank line."""
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


# Furniture -------------------------------------------------------------------------------------------------

_MARKER = re.compile(
    r"""(?ix)
    share(\s+(this|the|post|on|via|it|article|story|now)\b[\w\s]*)? \s*:?
    | (recommended|related|popular|suggested|trending|latest|top|more|featured)\s+
      (videos?|articles?|stories|posts?|news|content|coverage|topics|reading|links|headlines)
      (\s+(for|from)\s+.*)? \s*:?
    | recommended\s+(for\s+you|by\s+\w+) | (check|read)\s+also\s*:? | also\s+(read|on|in)\s*:
    | you\s+(may|might)\s+(also\s+)?(like|enjoy|be\s+interested\s+in)\s*:? | (read|up|watch)\s+next\s*:?
    | (most|trending)\s+(read|popular|viewed|shared|now)\s*:? | (more|trending)\s+(on|from)\s+.{1,40}
    | don['’]t\s+miss(\s+(this|it|these))?\s*:? | around\s+the\s+web
    | (promoted|sponsored)\s+(content|links|stories)
    """
)
"""Lines behind which a page shows other stories; not "See also", a section of encyclopaedias."""

_PHRASE = re.compile(
    r"""(?ix)
    advert(isement|ising)?s?(\s+(-\s+)?(continue|scroll)\b.*)? | (story|article)\s+continues\s+below.*
    | continue\s+reading(\s+below.*)? | (read|show|view|see|load)\s+(more|less|all)(\s*([:»›>→…]|\.\.\.).*)?
    | (click|tap)\s+(here|to)\b.* | skip\s+to\s+(main\s+)?content | back\s+to\s+top | jump\s+to\s+\w+
    | (subscribe|sign\s+up)(\s+(now|today|here|free)\b|\s+(to|for|and)\b.*)?!?
    | (please\s+)?(follow|like|join|find)\s+us\s+on\b.*
    | get\s+(our|the)\s+(free\s+)?(daily\s+)?(newsletter|app)\b.*
    | (leave|post|add)\s+a\s+(comment|reply) | (\d+|no)\s+comments? | (log|sign)\s+in(\s+to\b.*)?
    | (print|email|tweet|pin|facebook|twitter|whatsapp|linkedin|pinterest|reddit|copy\s+link|bookmark)
    | \d+\s+(shares?|views?|likes?) | (accept|manage|reject)\s+(all\s+)?cookies?(\s+\w+)?
    | cookie\s+(policy|settings)
    | (privacy\s+policy|terms\s+(of\s+(use|service)|and\s+conditions))([\s|·•]+.*)?
    | (©|\(c\)|copyright\b)\s*(©|\(c\))?\s*(\d{4}|by\b).* | .{0,60}\ball\s+rights\s+reserved\.?.*
    | [(\[]?\s*((featured?|file|cover|hero|header|representative)\s+)?
      (image|photo|picture|pic|photograph|illustration)s? (\s+(credits?|source|courtesy|by)\b(\s+of\b)?)?\s*:.*
    | [(\[]?\s*((image|photo|picture)s?\s+(credits?|source|courtesy|by)|(credits?|source))\s*:?\s*
      [(]?(getty|reuters|shutterstock|unsplash|pixabay|alamy|istock|wikimedia|afp\b|ap\b|epa\b).*
    | (getty\s+images|shutterstock|unsplash|reuters\s*/.{1,40}|(ap|afp)\s+photo\b.*)
    """
)
"""Whole short lines that belong to a page, not to what is written on it."""

_SMALL_PRINT = re.compile(
    r"""(?ix)
    \b(i|we|they|us|site|author|publisher)\b.{0,40}\b(earn|receive|get|make)\b.{0,20}\b(affiliate\s+)?commissions?\b
    | \b(contains?|may\s+contain|includes?|use)\s+affiliate\s+links?\b
    | \b(this|our)\s+(web)?site\s+uses?\s+cookies\b | \bwe(\s+and\s+our\s+partners)?\s+use\s+cookies\b
    | \b(enter|provide)\s+your\s+e-?mail(\s+address)?\b.*\b(subscri|newsletter|updates|notif)
    | \bsubscribe\s+to\s+(our|the|my)\b.{0,40}\bnewsletter\b
    | \benable\s+javascript\b.{0,60}\b(view|comments|site|page)\b
    """
)
"""Affiliate, cookie and newsletter notes: sentences, so they are looked for in short blocks only."""

_AFFILIATE = re.compile(r"(?i)\bcommissions?\b|\baffiliate\b")
_SLOGAN = re.compile(
    r"(?i)(load|get|try|buy|save|start|shop|upgrade|download|discover|switch|order|join|grab|win|build)\b.*!"
)
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])$")


def _is_phrase(line: str) -> bool:
    words = len(line.split())
    if words <= LONGEST_PHRASE_WORDS and (_MARKER.fullmatch(line) or _PHRASE.fullmatch(line)):
        return True
    return words <= LONGEST_TEASER_WORDS and _SMALL_PRINT.search(line) is not None


def _mark_products(blocks: Sequence[Block], lines: Sequence[str], marked: list[bool]) -> None:
    """A heading right before an affiliate note names the product that the note is about."""
    for place, (line, found) in enumerate(zip(lines, marked, strict=True)):
        if found and place > 1 and blocks[place - 1].heading and _AFFILIATE.search(line):
            marked[place - 1] = True


def _mark_slogans(blocks: Sequence[Block], lines: Sequence[str], marked: list[bool]) -> None:
    """A call to buy, with its exclamation mark, above the headline or below the last paragraph."""
    content = [place for place, found in enumerate(marked) if not found]
    if len(content) < 3:
        return
    first, second, last = content[0], content[1], content[-1]
    if blocks[second].heading and _is_slogan(lines[first]):
        marked[first] = True
    if marked[last - 1] and _is_slogan(lines[last]):
        marked[last] = True


def _is_slogan(line: str) -> bool:
    return len(line.split()) <= LONGEST_PHRASE_WORDS and _SLOGAN.fullmatch(line) is not None


def _mark_teasers(blocks: Sequence[Block], lines: Sequence[str], marked: list[bool]) -> None:
    """What follows a marker is other stories, as long as it looks like headlines and lines cut off.

    If such blocks reach the end of the text, all are furniture. If an article goes on behind them, only those
    up to the last line cut off are: the headings behind it are the article's own.
    """
    place = 0
    while place < len(blocks):
        marker, place = place, place + 1
        if not (marked[marker] and _MARKER.fullmatch(lines[marker])):
            continue
        sure = marker
        while place < len(blocks) and (marked[place] or _is_teaser(blocks[place], lines[place])):
            if marked[place] or _CUT_OFF.search(lines[place]):
                sure = place
            place += 1
        last = place if place == len(blocks) else sure + 1
        marked[marker:last] = [True] * (last - marker)


def _is_teaser(block: Block, line: str) -> bool:
    if len(line.split()) > LONGEST_TEASER_WORDS:
        return False
    return block.heading or _CUT_OFF.search(line) is not None or line.rstrip(CLOSERS)[-1:].isalnum()
