"""A document -> passages of whole sentences, each short enough for one vector.

All borders of a section are chosen together, by dynamic programming: sizes near a target are good, and so are ends of
paragraphs and lists. No passage crosses a heading or page furniture. A passage crosses the end of a page only where its
paragraph does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

from ..reading.formats import LINED
from ..reading.furniture import tagged_blocks
from ..records import Document, Passage, Span
from ..text.blocks import Block, heading_text, introduces, is_list_item
from ..text.languages import language_of
from ..text.sentences import is_table_row, split_sentences

FEWEST_WORDS = 40
"""A shorter passage says too little to be found by its meaning."""

TARGET_WORDS = 80
"""The middle of the limits: two or three paragraphs of a news story, one of an encyclopaedia."""

MOST_WORDS = 120
"""English has 1.3 to 1.5 tokens a word, so this stays well under the encoder's 256 tokens."""

MOST_WORDS_UNCUT = 240
"""A single sentence up to here stays whole: it still fits the encoder, and half a sentence is a poor quote."""

MOST_SENTENCES = 40
"""So many sentences have `FEWEST_WORDS` between them; looking no further back keeps the time linear."""

MOST_HEADINGS = 3
"""A title, a byline and a section; more lines in a row that look like headings are a list."""

INSIDE_PARAGRAPH_COST = 0.5
"""A border inside a paragraph or a list is worth being 28 words off the target: (28 / 40) ** 2."""

BEHIND_INTRODUCTION_COST = 4.0
"""Outweighs what two passages may lose by their sizes, 1 each, and the ends of two paragraphs. So a colon is separated
from what it introduces only where a passage would otherwise be too short or too long."""

INSIDE_TABLE_COST = 20.0
"""Outweighs the deviation of `MOST_WORDS_UNCUT` from the target, 16: the rows of a table stay with their columns' names
while one embedding can hold them."""

TOO_SHORT_COST = 10.0
"""Outweighs any deviation from the target, so that short passages stay only where nothing else is possible."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]{{1,30}}")
"""A word, or a character of a script without spaces, or 30 characters of a longer string: what costs the
encoder about the same."""

_CLAUSE_ENDS = ",;:)—–，；、："


@dataclass(slots=True)
class _Section:
    """The blocks under one heading, which no passage crosses."""

    start: int
    heading: str | None
    blocks: list[Block] = field(default_factory=list)


def split_passages(document: Document, repeated: Sequence[Span] = ()) -> tuple[Passage, ...]:
    """Cut a document into passages.

    Args:
        document: the document.
        repeated: spans of the blocks that are furniture because other documents of its site have them too.

    Returns:
        Passages in the text's order, apart, together holding every character that isn't white. A heading
        belongs to the passage after it without being one of its sentences; with no text after it, it is a
        sentence itself.
    """
    passages: list[Passage] = []
    numbers = dict(document.rows)
    heading: str | None = None
    tagged = (
        ((document.page_at(block.start), is_furniture or (block.start, block.end) in repeated), block)
        for block, is_furniture in tagged_blocks(document)
    )
    for (page, is_furniture), alike in groupby(tagged, itemgetter(0)):
        group = [block for _, block in alike]
        if is_furniture:
            passages += (Passage(document.id, block.start, block.end, page=page, furniture=True) for block in group)
            continue
        for section in _sections(document.text, group, heading):
            heading = section.heading
            passages += _passages(document, section, page, numbers)
    return tuple(passages)


def _sections(text: str, blocks: list[Block], heading: str | None) -> list[_Section]:
    """Blocks under their headings; `heading` is the one that was open before them."""
    sections: list[_Section] = []
    for is_heading, group in groupby(blocks, lambda block: block.heading):
        run = list(group)
        if is_heading and len(run) <= MOST_HEADINGS:
            sections.append(_Section(run[0].start, _heading_of(text, run)))
            if run[-1] is blocks[-1]:
                sections[-1].blocks = run
            continue
        if not sections:
            sections.append(_Section(run[0].start, heading))
        sections[-1].blocks += run
    return sections


def _heading_of(text: str, run: list[Block]) -> str:
    """The innermost Markdown heading of several, else the first: a byline often follows a title."""
    lines = [text[block.start : block.end] for block in run]
    return heading_text(next((line for line in reversed(lines) if line.startswith("#")), lines[0]))


def _passages(document: Document, section: _Section, page: int | None, numbers: Mapping[int, int]) -> Iterator[Passage]:
    text = document.text
    blocks = [
        [piece for sentence in _sentences(document, block, numbers) for piece in _cut(text, sentence)]
        for block in section.blocks
    ]
    shown = [[text[start:end] for (start, end), _ in block] for block in blocks]
    sentences = [span for block in blocks for span, _ in block]
    sizes = [size for block in blocks for _, size in block]
    rows = [is_table_row(sentence) for block in shown for sentence in block]
    border_costs = [
        cost
        for block, below in zip(shown, [*shown[1:], []], strict=True)
        for cost in (*_costs_inside(block), _cost_behind(block, below))
    ]
    row_numbers = [number for block in blocks for number in _row_numbers(block, numbers)]
    start = section.start
    for first, last in _borders(sizes, border_costs, rows):
        chosen = tuple(sentences[first:last])
        in_table = row_numbers[first:last] if any(row_numbers[first:last]) else ()
        yield Passage(document.id, start, chosen[-1][1], section.heading, page, sentences=chosen, rows=tuple(in_table))
        start = sentences[last][0] if last < len(sentences) else chosen[-1][1]


def _row_numbers(pieces: Sequence[tuple[Span, int]], numbers: Mapping[int, int]) -> Iterator[int]:
    """For each sentence of a block the number of its table's row, 0 for one outside of a table."""
    number = 0
    for (start, _), _ in pieces:
        number = numbers.get(start, number)
        yield number


def _sentences(document: Document, block: Block, numbers: Mapping[int, int]) -> tuple[Span, ...]:
    """The sentences of a block.

    A heading is one ("## 1. Minutes"), and so is a line of source code, data or a log, whatever stops it has, and a
    table's row that is a block of its own, unless it is long: then there is prose in its cells.
    """
    text = document.text[block.start : block.end]
    is_row = block.start in numbers and "\n" not in text and len(_WORD.findall(text)) <= MOST_WORDS
    if is_row or block.heading or document.media_type in LINED:
        return ((block.start, block.end),)
    language = language_of(document.text, document.language)
    return split_sentences(document.text, block.start, block.end, language)


def _costs_inside(block: Sequence[str]) -> Iterator[float]:
    """The cost of a border after each sentence of a block but the last."""
    for sentence, following in pairwise(block):
        if is_table_row(following):
            yield INSIDE_TABLE_COST if is_table_row(sentence) else BEHIND_INTRODUCTION_COST
        else:
            yield INSIDE_PARAGRAPH_COST


def _cost_behind(block: Sequence[str], below: Sequence[str]) -> float:
    """The cost of a border between two blocks of sentences; items that are paragraphs of their own are no list."""
    if below and introduces(block[-1]):
        return BEHIND_INTRODUCTION_COST
    in_list = len(block) == len(below) == 1 and is_list_item(block[0]) and is_list_item(below[0])
    return INSIDE_PARAGRAPH_COST if in_list else 0.0


def _cut(text: str, sentence: Span) -> Iterator[tuple[Span, int]]:
    """A sentence with its size in words; in pieces, at clauses where possible, if it is too long to encode."""
    words = [word.span() for word in _WORD.finditer(text, *sentence)]
    first = 0
    while len(words) - first > MOST_WORDS_UNCUT:
        ends = range(first + MOST_WORDS, first + FEWEST_WORDS, -1)
        last = next((end for end in ends if text[words[end - 1][1] - 1] in _CLAUSE_ENDS), ends[0])
        yield (words[first][0], words[last - 1][1]), last - first
        first = last
    yield (words[first][0], sentence[1]), len(words) - first


def _borders(sizes: list[int], border_costs: list[float], rows: list[bool]) -> list[tuple[int, int]]:
    """First and one past the last sentence of each passage, so that the whole costs least.

    The shortest path over the borders between sentences. A passage costs its squared distance from the
    target, more if it is too short, and its border after its last sentence; above `MOST_WORDS` it may only be one
    sentence, or rows of a table.
    """
    words = [0, *accumulate(sizes)]
    costs = [0.0]
    starts = [0]
    for last in range(1, len(words)):
        best, best_first, only_rows = float("inf"), last - 1, True
        for first in range(last - 1, max(last - 1 - MOST_SENTENCES, -1), -1):
            size = words[last] - words[first]
            only_rows = only_rows and rows[first]
            if size > (MOST_WORDS_UNCUT if only_rows else MOST_WORDS) and first < last - 1:
                break
            cost = costs[first] + border_costs[last - 1] + ((size - TARGET_WORDS) / (TARGET_WORDS - FEWEST_WORDS)) ** 2
            cost += TOO_SHORT_COST * (size < FEWEST_WORDS)
            if cost < best:
                best, best_first = cost, first
        costs.append(best)
        starts.append(best_first)
    borders = []
    last = len(sizes)
    while last:
        borders.append((starts[last], last))
        last = starts[last]
    return borders[::-1]


def heading_spans(document: Document, passages: Iterable[Passage]) -> tuple[tuple[int, int], ...]:
    """Find the headings of a document: as its file marks them, else the lines above its passages' sentences."""
    if document.headings is not None:
        return document.headings
    found = []
    for passage in passages:
        first = passage.sentences[0][0] if passage.sentences else passage.end
        line = document.text[passage.start : first].rstrip()
        if line and not passage.furniture:
            found.append((passage.start, passage.start + len(line)))
    return tuple(found)
