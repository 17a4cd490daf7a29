"""A document -> its blocks, and which of them are page furniture: share buttons, adverts, teasers, credits.

A block is furniture if it is a phrase that only pages use. It is also furniture if it looks like a teaser and is
between such a phrase and the end of the text. In doubt a block is content: a lost quote is worse than an advert.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ..records import Document
from ..text.blocks import CLOSERS, Block, split_blocks, split_lines
from .formats import LINED

LONGEST_PHRASE_WORDS = 12
"""A share button, a credit or a slogan is shorter; a paragraph that opens with the same words is longer."""

LONGEST_TEASER_WORDS = 40
"""A teaser is one or two cut-off lines; a longer block after a marker is an article that continues."""

_DECORATION = "#*_=>|•·–—- \t\r\n\u00a0"


def find_furniture(text: str, blocks: Sequence[Block]) -> tuple[tuple[int, int], ...]:
    """Find page furniture among the blocks of a text.

    Args:
        text: the whole text.
        blocks: its blocks, as `split_blocks` gives them.

    Returns:
        Start and end in `text` of each furniture block, in order.
    """
    lines = [text[block.start : block.end].strip(_DECORATION) for block in blocks]
    marked = [_is_phrase(line) for line in lines]
    _mark_products(blocks, lines, marked)
    _mark_slogans(blocks, lines, marked)
    _mark_teasers(blocks, lines, marked)
    return tuple((block.start, block.end) for block, found in zip(blocks, marked, strict=True) if found)


def tagged_blocks(document: Document) -> Iterator[tuple[Block, bool]]:
    """The blocks of a document, each with whether it is furniture, without a look at other documents.

    If the file gives headings and furniture, they are used; otherwise they are found in the text. If the lines of a
    text are units, as in source code, each line is a block.
    """
    if document.media_type in LINED:
        yield from ((line, False) for line in split_lines(document.text))
        return
    text, cuts = document.text, sorted({0, *document.pages, len(document.text)})
    if document.headings is not None:
        cuts = [0, len(text)]  # blank lines separate its paragraphs, which may continue on the next page
    blocks = [block for start, end in pairwise(cuts) for block in split_blocks(text, start, end)]
    if document.headings is not None:
        headings = set(document.headings)
        blocks = [replace(block, heading=(block.start, block.end) in headings) for block in blocks]
    spans = document.furniture if document.furniture is not None else find_furniture(text, blocks)
    starts = [start for start, _ in spans]
    for block in blocks:
        at = bisect_right(starts, block.start) - 1
        yield block, at >= 0 and block.start < spans[at][1]


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
"""Lines after which a page shows other stories; not "See also", which is a section of encyclopaedias."""

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
"""Whole short lines that belong to a page, not to its content."""

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
"""Affiliate, cookie and newsletter notes. They are sentences, so only short blocks are searched for them."""

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
    """Mark a heading right before an affiliate note: it names the product."""
    for place, (line, found) in enumerate(zip(lines, marked, strict=True)):
        if found and place > 1 and blocks[place - 1].heading and _AFFILIATE.search(line):
            marked[place - 1] = True


def _mark_slogans(blocks: Sequence[Block], lines: Sequence[str], marked: list[bool]) -> None:
    """Mark a call to buy, with its exclamation mark, above the headline or below the last paragraph."""
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
    """Mark the teasers of other stories after a marker, as long as they look like headlines and cut-off lines.

    If such blocks reach the end of the text, all are furniture. If an article continues after them, only the blocks up
    to the last cut-off line are furniture: the headings after it belong to the article.
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
