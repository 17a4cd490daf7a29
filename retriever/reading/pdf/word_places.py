"""Paragraphs of a PDF -> where each word of their text stands on its page.

The words of a line usually follow each other in its text. A joined hyphen, a note's mark and the names in a table's row
make the text differ from what is printed; there the words are compared. A word that finds no match has no place.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from ..geometry import WordBoxes
from .glyphs import ASCENT, DESCENT, DIRECTIONS, PrintedWord
from .paragraphs import PdfParagraph
from .runs import PageFrame

LONGEST_MATCHED = 400
"""Letters that are compared with each other; the time grows with their square."""

MOST_TOKENS = 4_000
"""Words of one line that are compared with each other."""

_TOKEN = re.compile(r"\S+")
_EDGES = ".,:;[]()"

Places = NDArray[np.float64]

Match = tuple[int, int, PrintedWord]
"""A word, and its start and end in a text."""


def place_words(paragraphs: Sequence[PdfParagraph], starts: Sequence[int], frames: Sequence[PageFrame]) -> WordBoxes:
    """Find the places of a document's words.

    Args:
        paragraphs: its paragraphs, each of one or more lines, which may stand on several pages.
        starts: the first character of each in the document's text.
        frames: the frame of each page.
    """
    found: list[Match] = []
    lines: list[tuple[int, int, int]] = []  # of each line: its words, its page, its start
    for paragraph, start in zip(paragraphs, starts, strict=True):
        page, begun, position = paragraph.page, dict(paragraph.starts), start
        for number, (part, words) in enumerate(zip(paragraph.parts, paragraph.words, strict=True)):
            page, before = begun.get(number, page), len(found)
            found += _matches(part, words)
            lines.append((len(found) - before, page, position))
            position += len(part)
    counts, line_pages, line_starts = np.array(lines, np.int32).reshape(-1, 3).T
    numbers = np.repeat(line_pages, counts)
    spans = np.fromiter(chain.from_iterable(map(itemgetter(0, 1), found)), np.int32, 2 * len(found)).reshape(-1, 2)
    placed = [match[2] for match in found]
    turns = np.array([word.turn for word in placed], np.int32)
    sideways = (turns - np.array([frame.turn for frame in frames], np.int32)[numbers]) % 2 == 1
    boxes, confidences = boxes_as_shown(placed, numbers, frames), np.ones(len(placed), np.float32)
    by_ocr = np.zeros(len(placed), np.bool_)
    for place, word in enumerate(placed):
        if word.seen is not None:
            by_ocr[place] = True
            boxes[place], sideways[place], confidences[place] = word.seen
    return WordBoxes.from_columns(
        [frame.printed for frame in frames],
        spans + np.repeat(line_starts, counts)[:, None],
        numbers + 1,
        boxes,
        confidences=confidences,
        by_ocr=by_ocr,
        sideways=sideways,
    )


def boxes_as_shown(words: Sequence[PrintedWord], numbers: NDArray[np.int32], frames: Sequence[PageFrame]) -> Places:
    """The boxes of words of text layers on their pages as shown: float64 (n_words, 4).

    Args:
        words: the words.
        numbers: int32 (n_words,), of their pages, from 0.
        frames: the frame of each page.
    """
    measures = chain.from_iterable(map(itemgetter(1, 2, 3, 4, 5), words))
    placed = np.fromiter(measures, np.float64, 5 * len(words)).reshape(-1, 5)
    start, end, baseline, size, turn = placed.T
    page_turn = np.array([frame.turn for frame in frames])[numbers] % 4
    left, bottom, right, top = np.array([frame.box for frame in frames])[numbers].T
    if not turn.any() and not page_turn.any():
        upper, lower = top - baseline - ASCENT * size, top - baseline + DESCENT * size
        return np.stack([start - left, upper, end - left, lower], axis=1)
    across, up = np.array(DIRECTIONS)[turn.astype(np.int32)].T
    low, high = baseline - DESCENT * size, baseline + ASCENT * size
    xs = np.sort([start * across - low * up, end * across - high * up], axis=0)
    ys = np.sort([start * up + low * across, end * up + high * across], axis=0)
    from_left, from_right = xs - left, right - xs[::-1]
    from_top, from_bottom = top - ys[::-1], ys - bottom
    shown = [  # by the page's turn: how far from the left edge as shown, and from the upper one
        (from_left, from_top),
        (from_bottom, from_left),
        (from_right, from_bottom),
        (from_top, from_right),
    ]
    across_page = np.choose(page_turn, [pair[0] for pair in shown])
    down_page = np.choose(page_turn, [pair[1] for pair in shown])
    return np.stack([across_page[0], down_page[0], across_page[1], down_page[1]], axis=1)


def _matches(text: str, words: Sequence[PrintedWord]) -> list[Match]:
    """The words of a line in its text, as long as they follow each other; then by comparison."""
    found: list[Match] = []
    position = 0
    for number, word in enumerate(words):
        letters = word.text
        if not text.startswith(letters, position):
            while text[position : position + 1].isspace():
                position += 1
            if not text.startswith(letters, position):
                return [*found, *_compared(text, position, words[number:])]
        end = position + len(letters)
        found.append((position, end, word))
        position = end + 1 if text.startswith(" ", end) else end
    return found


def _compared(text: str, start: int, words: Sequence[PrintedWord]) -> Iterator[Match]:
    """The words in the rest of a text: equal ones, and those between two equal ones by their letters."""
    tokens = list(_TOKEN.finditer(text, start))
    if len(tokens) > MOST_TOKENS or len(words) > MOST_TOKENS:
        return
    matcher = SequenceMatcher(None, [_key(word.text) for word in words], [_key(token[0]) for token in tokens], False)
    for kind, first, last, token_first, token_last in matcher.get_opcodes():
        if kind == "equal":
            for word, token in zip(words[first:last], tokens[token_first:token_last], strict=True):
                at = token[0].find(word.text)
                length = len(word.text) if at >= 0 else len(token[0])
                yield token.start() + max(at, 0), token.start() + max(at, 0) + length, word
        elif kind == "replace":
            yield from _by_letters(text, tokens[token_first].start(), tokens[token_last - 1].end(), words[first:last])


def _key(word: str) -> str:
    return word.strip(_EDGES) or word


def _by_letters(text: str, start: int, end: int, words: Sequence[PrintedWord]) -> Iterator[Match]:
    """The words of which at least half of the letters are in a part of a text, in their order."""
    letters = [(letter, number) for number, word in enumerate(words) for letter in _plain(word.text)]
    if len(letters) > LONGEST_MATCHED or end - start > LONGEST_MATCHED:
        return
    found: dict[int, list[int]] = {}
    matcher = SequenceMatcher(None, [letter for letter, _ in letters], _plain(text[start:end]), False)
    for first, place, count in matcher.get_matching_blocks():
        for step in range(count):
            found.setdefault(letters[first + step][1], []).append(start + place + step)
    for number, word in enumerate(words):
        places = found.get(number, [])
        if places and 2 * len(places) >= len(word.text):
            yield places[0], places[-1] + 1, word


def _plain(text: str) -> list[str]:
    """Its characters, each without being raised or lowered."""
    return [unicodedata.normalize("NFKC", letter)[:1] or letter for letter in text]
