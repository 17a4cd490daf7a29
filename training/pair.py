"""A question and a passage with the spans that answer, and windows cut of longer texts."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retriever.text.sentences import split_sentences

MOST_WORDS = 120
"""Words of a window: as long as the program's longest passages."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage.

    Attributes:
        source: the collection.
        question: the question.
        title: of the document; may be empty.
        passage: the text that is read.
        spans: start and end, in the passage, of each stretch that answers; empty where nothing does.
    """

    source: str
    question: str
    title: str
    passage: str
    spans: tuple[Span, ...]


def read_lines(file: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def window(
    text: str, spans: Sequence[Span], rng: random.Random, most: int = MOST_WORDS
) -> tuple[str, tuple[Span, ...]]:
    """Cut whole sentences around the first span, of a random length up to `most` words.

    Returns:
        The stretch, and the spans that lie in it, counted from its start.
    """
    sentences = split_sentences(text) or [(0, len(text))]
    where = spans[0] if spans else (0, 0)
    if not spans:
        start = rng.choice(sentences)[0]
        where = (start, start + 1)
    first = last = next((at for at, one in enumerate(sentences) if one[1] > where[0]), len(sentences) - 1)
    while last + 1 < len(sentences) and sentences[last][1] < where[1]:
        last += 1
    wanted = rng.randint(most // 3, most)
    while True:
        sides = [at for at in (first - 1, last + 1) if 0 <= at < len(sentences)]
        side = rng.choice(sides) if sides else None
        if side is None:
            break
        lower, upper = min(first, side), max(last, side)
        if len(text[sentences[lower][0] : sentences[upper][1]].split()) > wanted:
            break
        first, last = lower, upper
    start, end = sentences[first][0], sentences[last][1]
    kept = tuple((a - start, b - start) for a, b in spans if start <= a and b <= end)
    return text[start:end], kept
