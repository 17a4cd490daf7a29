"""A draft's bytes -> its text, and the quotations in it with the words that attribute them.

The bytes are read as a document's are, in the separate process. In: bytes and a name. Out: a `Draft`. One decision:
what is in quotation marks or set as a block is a quotation if it has four words or more; shorter ones are titles and
words that the author keeps a distance from.
"""

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..reading import formats
from ..reading.extract import Extract
from ..reading.front_matter import without_front_matter
from ..reading.worker import Worker
from ..records import Span, page_at
from ..text.quotation_marks import marked_quotations
from ..text.sentences import split_sentences
from .records import Quotation, QuotationKind
from .words import MARKED_TYPES, WORD, without_layout

FEWEST_WORDS = 4
"""Words of a quotation that is checked; fewer are a title, a term or a scare quote."""

FEWEST_PINNED = 2
"""Words of a block in what Ibid has saved: all of it is quotes. A single word stands in too many places to be found."""

FEWEST_UNMARKED = 8
"""Words of a sentence that is looked for without marks; shorter ones stand in many texts by chance."""

LONGEST_ATTRIBUTION = 1_500
"""Characters of the words around a quotation, on each side."""

LONGEST_TITLE = 14
"""Words of what may be a title in quotation marks; headlines reach 15."""

MOSTLY_MARKED = 0.6
"""Share of a block's words in quotation marks from which the marks, and not the block, show what is quoted."""

_FENCE = re.compile(r"^(?P<fence>```|~~~)[^\n]*\n(?:(?!(?P=fence))[^\n]*\n)*(?:(?P=fence)[^\n]*)?", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]{1,300}`")
_QUOTED_LINE = re.compile(r"^[ \t]{0,3}>[^\n]*", re.MULTILINE)
_SIGNED = re.compile(r"\s{0,20}(?:[—–―]|--?|\()\s?[^\n]{1,300}")
"""A line below a quotation that names its source."""
_CITED = re.compile(r"[\s”\"’'»›“«]{0,4}[(\[][^()\[\]\n]{1,300}[)\]]")
"""A source in brackets behind the sentence."""
_SIGNATURE = re.compile(r"\s*(?:[—–―]|--?)\s?\S")
_MARK = r"\[\^([\w-]{1,20})\]|\[(\d{1,3}|[ivxl]{1,6})\]|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
_NOTE_MARK = re.compile(_MARK)
_NOTE = re.compile(rf"^[ \t]{{0,3}}(?:{_MARK}):?[ \t]+(?=\S)", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


_DIGEST_NOTE = re.compile(r"characters \d{1,9}[-–]\d{1,9}; SHA-256 [0-9a-f]{64}")
"""What a conversation that Ibid saved says below each quote."""
_QUOTE_NUMBER = re.compile(r"\[?\bQuote \d{1,3}\]?(?=\s*$)", re.MULTILINE)
"""The number behind a quote there."""
OWN_NOTE, OPEN_POINT, REFUSED, TAGS, CASE_FILE = "Own note: ", "Open point: ", "Not answered: ", "Tags: ", "Case file: "
"""How a paragraph of an exported case file begins that is its user's own: what it quotes is not checked."""
EXCERPT = "In the source: "
"""How a paragraph there begins that shows what stands around a quote; it begins and ends anywhere."""
_OWN_WORDS = re.compile(
    rf"^[ \t>#*_-]{{0,8}}(?:{'|'.join((OWN_NOTE, OPEN_POINT, REFUSED, TAGS, CASE_FILE, EXCERPT))})[^\n]*", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as text.

    Attributes:
        name: its file's name.
        sha256: hexadecimal digest of its bytes.
        text: its text, as a document's; code, the signs of Markdown and the marks of notes are blank.
        marked: the same with the marks of notes.
        sentences: spans of its sentences outside of notes.
        quotations: in the order of the text.
        notes: the mark of each foot- or endnote -> its span.
    """

    name: str
    sha256: str
    text: str
    marked: str
    sentences: tuple[Span, ...]
    quotations: tuple[Quotation, ...]
    notes: dict[str, Span]
    warnings: tuple[str, ...] = ()


def read_draft(data: bytes, name: str, worker: Worker, *, fewest: int = FEWEST_WORDS, unmarked: bool = False) -> Draft:
    """Read a draft.

    Args:
        data: its bytes.
        name: its name; the suffix says how it is read among formats with similar content.
        worker: reads it.
        fewest: words of the shortest quotation that counts.
        unmarked: whether sentences without marks count too.

    Raises:
        ReadingError: it cannot be read.
    """
    media_type, parser = formats.format_of(name, data)
    extract = worker.read(data, name, parser)
    whole = extract.text
    if media_type in MARKED_TYPES:
        extract = without_front_matter(extract)
    text, blocks = extract.text, list(extract.block_quotes)
    if media_type in MARKED_TYPES:
        text = _without_code(text) if media_type == "text/markdown" else text
        blocks += _quoted_lines(text)
    is_exported = is_export(text)  # its quotes have the signs of Markdown that their documents have
    plain = without_layout(text, markdown=is_exported or media_type in MARKED_TYPES)
    if is_exported:
        plain = _OWN_WORDS.sub(_blank, _QUOTE_NUMBER.sub(_blank, plain))
    notes = _notes(text)
    outside = _outside(plain, list(notes.values()))
    spans = _spans(plain, blocks, fewest, is_exported=is_exported)
    if is_exported:
        cited = list(_citations(text))
        spans = [one for one in spans if one[2] is QuotationKind.BLOCK or not _overlaps(cited, one[0], one[1])]
    if unmarked:
        spans += _unmarked(outside, spans, max(fewest, FEWEST_UNMARKED), plain)
    line_of = _line_numbers(whole, len(whole) - len(text)) if parser == ".plain" and whole.endswith(text) else None
    found = _with_attributions(text, plain, sorted(spans), outside, notes, extract, line_of)
    sha256, warnings = hashlib.sha256(data).hexdigest(), tuple(extract.warnings)
    return Draft(name, sha256, plain, text, outside, tuple(found), notes, warnings)


def is_export(text: str) -> bool:
    """Whether a text is a conversation that Ibid has saved to read: its quotes have places and digests."""
    return _DIGEST_NOTE.search(text) is not None


def _line_numbers(whole: str, shift: int) -> Callable[[int], int]:
    """The number of the line on which a character stands, from 1; `shift` is what was cut off before the text."""
    ends = [found.start() for found in re.finditer("\n", whole)]
    return lambda place: bisect_right(ends, place + shift - 1) + 1


def _without_code(text: str) -> str:
    """A Markdown text with blanks in place of code."""
    return _CODE.sub(_blank, _FENCE.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _quoted_lines(text: str) -> list[Span]:
    """The runs of lines that begin with Markdown's quote sign; a blank line with the sign parts paragraphs."""
    blocks: list[Span] = []
    for line in _QUOTED_LINE.finditer(text):
        is_empty = not line[0].strip(" \t>")
        if is_empty:
            continue
        if blocks and text[blocks[-1][1] : line.start()] == "\n":
            blocks[-1] = (blocks[-1][0], line.end())
        else:
            blocks.append(line.span())
    return blocks


def _notes(text: str) -> dict[str, Span]:
    """The notes of a text by their marks: paragraphs that begin with one, such as "[^1]: " or "[1] "."""
    found = list(_NOTE.finditer(text))
    stops = sorted([*(one.start() for one in found), *(one.start() for one in _BLANK_LINE.finditer(text)), len(text)])
    notes: dict[str, Span] = {}
    for one in found:
        notes.setdefault(_mark(one), (one.start(), stops[bisect_right(stops, one.start())]))
    return notes


def _mark(match: re.Match[str]) -> str:
    mark: str = next(filter(None, match.groups()))
    return mark.translate(_RAISED)


def _outside(text: str, notes: Sequence[Span]) -> tuple[Span, ...]:
    """The sentences of a text that do not stand in notes."""
    starts = sorted(start for start, _ in notes)
    ends = {start: end for start, end in notes}
    kept = []
    for start, end in split_sentences(text):
        at = bisect_right(starts, start) - 1
        if at < 0 or ends[starts[at]] <= start:
            kept.append((start, end))
    return tuple(kept)


def _citations(text: str) -> Iterator[Span]:
    """The citations in what Ibid has saved, in whose marks are titles: the line with the digest and the one above."""
    for found in _DIGEST_NOTE.finditer(text):
        above = text.rfind("\n", 0, found.start()) + 1
        while above and text[above - 1].isspace():
            above -= 1
        yield text.rfind("\n", 0, above) + 1, found.end()


def _overlaps(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether one of some spans, in ascending order, overlaps a place."""
    at = bisect_left(spans, (end, end)) - 1
    return at >= 0 and spans[at][1] > start


def _spans(
    text: str, blocks: Sequence[Span], fewest: int, *, is_exported: bool
) -> list[tuple[int, int, QuotationKind]]:
    """The quotations by marks, outermost only, and by blocks. A block that Ibid has saved is one, whatever is in it."""
    fewest_in_block = FEWEST_PINNED if is_exported else fewest
    marked = [one for one in marked_quotations(text) if not one.depth]
    taken: list[tuple[int, int, QuotationKind]] = []
    starts = [one.start for one in marked]
    hidden: set[int] = set()
    for block_start, block_end in blocks:
        first = bisect_right(starts, block_start - 1)
        last = bisect_right(starts, block_end - 1)
        inside = [one for one in marked[first:last] if one.end <= block_end]
        words = _count(text, block_start, block_end)
        in_marks = sum(_count(text, one.start, one.end) for one in inside)
        if words and not is_exported and in_marks >= MOSTLY_MARKED * words:
            continue
        hidden.update(range(first, last))
        taken += [(*span, QuotationKind.BLOCK) for span in _block_parts(text, block_start, block_end, fewest_in_block)]
    for place, one in enumerate(marked):
        if place not in hidden and _count(text, one.start, one.end) >= fewest:
            taken.append((one.start, one.end, QuotationKind.MARKED))
    return taken


def _block_parts(text: str, start: int, end: int, fewest: int) -> Iterator[Span]:
    """A block without the line that names its source."""
    last = text.rfind("\n", start, end) + 1
    if last > start and _SIGNATURE.match(text, last, end):
        end = last
    while start < end and text[start].isspace():
        start += 1
    end = start + len(text[start:end].rstrip())
    if _count(text, start, end) >= fewest and not _SIGNATURE.match(text, start, end):
        yield start, end


def _unmarked(
    sentences: Sequence[Span], taken: Sequence[tuple[int, int, QuotationKind]], fewest: int, text: str
) -> list[tuple[int, int, QuotationKind]]:
    """The sentences that no quotation overlaps."""
    spans = sorted((start, end) for start, end, _ in taken)
    return [
        (start, end, QuotationKind.UNMARKED)
        for start, end in sentences
        if not _overlaps(spans, start, end) and _count(text, start, end) >= fewest
    ]


def _count(text: str, start: int, end: int) -> int:
    """Words; of a script without spaces, half as many as letters."""
    found: list[str] = WORD.findall(text, start, end)
    single = sum(len(one) == 1 and one > "\u0e00" for one in found)
    return len(found) - single // 2


def _with_attributions(
    text: str,
    plain: str,
    spans: Sequence[tuple[int, int, QuotationKind]],
    sentences: Sequence[Span],
    notes: dict[str, Span],
    extract: Extract,
    line_of: Callable[[int], int] | None,
) -> Iterator[Quotation]:
    starts = [start for start, _ in sentences]
    marked = [(start, end) for start, end, kind in spans if kind is not QuotationKind.UNMARKED]
    for start, end, kind in spans:
        place = bisect_left(marked, (start, end))  # other sentences without marks are the author's words
        quoted = marked if kind is not QuotationKind.UNMARKED else [*marked[:place], (start, end), *marked[place:]]
        first = max(0, bisect_right(starts, start) - 1)
        last = max(first, bisect_right(starts, end - 1) - 1)
        begin, stop = (sentences[first][0], sentences[last][1]) if sentences else (start, end)
        begin, stop = _near(start, end, begin, stop)
        if kind is QuotationKind.BLOCK or not _has_words(plain, begin, stop, quoted, place):
            begin = _introduction(plain, sentences, first, quoted, place, begin)
            stop = _end_of(_SIGNED, plain, stop)
        begin, stop = _near(start, end, begin, _end_of(_CITED, plain, stop))
        around = f"{plain[begin:start]} … {plain[end:stop]}"
        noted = _noted(text, end, stop, notes)
        without = _without_quoted(plain, begin, stop, quoted, place)
        yield Quotation(
            kind,
            start,
            end,
            plain[start:end],
            " ".join((without, *noted)),
            around,
            page_at(extract.pages, start),
            line_of(start) if line_of else None,
        )


def _near(start: int, end: int, begin: int, stop: int) -> Span:
    """A span around a quotation, cut to what may attribute it."""
    return max(min(begin, start), start - LONGEST_ATTRIBUTION), min(max(stop, end), end + LONGEST_ATTRIBUTION)


def _has_words(text: str, begin: int, stop: int, quoted: Sequence[Span], place: int) -> bool:
    """Whether a sentence has words of the draft's author besides its quotations."""
    return len(WORD.findall(_without_quoted(text, begin, stop, quoted, place))) >= 2


def _without_quoted(text: str, begin: int, stop: int, quoted: Sequence[Span], place: int) -> str:
    """A part of a text without the quotations in it, but with what may be titles in quotation marks."""
    own = quoted[place]
    pieces, at = [], begin
    first = place
    while first and quoted[first - 1][1] > begin:
        first -= 1
    for start, end in quoted[first : first + 50]:
        if start >= stop:
            break
        is_title = len(WORD.findall(text, start, min(end, start + 500))) <= LONGEST_TITLE and (start, end) != own
        pieces.append(text[at : end if is_title else start])
        at = max(at, end)
    return " ".join((*pieces, text[at:stop])) if at < stop else " ".join(pieces)


def _introduction(
    text: str, sentences: Sequence[Span], first: int, quoted: Sequence[Span], place: int, begin: int
) -> int:
    """Where the sentence before a quotation begins, if it introduces it: in its paragraph, or with a colon."""
    if not first:
        return begin
    start, end = sentences[first - 1]
    has_own = place > 0 and quoted[place - 1][1] > start
    is_joined = not _BLANK_LINE.search(text, end, begin) or text[start:end].rstrip()[-1:] in (":", "：", ",")
    return start if is_joined and not has_own else begin


def _end_of(naming: re.Pattern[str], text: str, stop: int) -> int:
    """The end of what follows a quotation and names its source, or the place itself if nothing does."""
    found = naming.match(text, stop)
    return found.end() if found else stop


def noted_at(draft: Draft, start: int, end: int) -> list[str]:
    """The notes whose marks stand in a sentence of a draft."""
    return list(_noted(draft.marked, start, end, draft.notes))


def _noted(text: str, end: int, stop: int, notes: dict[str, Span]) -> Iterator[str]:
    """The notes whose marks stand after a quotation, in its sentence or right behind it."""
    if not notes:
        return
    for found in _NOTE_MARK.finditer(text, end, min(len(text), stop + 8)):
        note = notes.get(_mark(found))
        if note and not note[0] <= found.start() < note[1]:
            yield text[note[0] : min(note[1], note[0] + LONGEST_ATTRIBUTION)]
