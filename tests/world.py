"""The tiny invented world of the tests: the island of Varn, and an encoder whose vectors a reader can work out."""

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retriever.encoder import Span, TextVectors, Vectors
from retriever.text.tokens import term_of, terms

LIGHTHOUSE = """The lighthouse of Varn

The lighthouse was lit in 1904. Its keeper is Ada Brook, who climbs 212 steps to the lamp.

A storm broke the lamp in 1951, and the keeper carried a lantern up for nine nights.

Share post:

Recommended Videos
"""
FERRY = """The ferry to Varn

The ferry sails from Port Elm at nine in the morning. A ticket costs 12 crowns.

The captain of the ferry is Tom Reed. In winter it carries forty passengers at the most.
"""
HARBOUR = """The harbour master of Varn

Mira Holt is the harbour master. She says that a ticket costs 15 crowns since the spring.

The February storm sank three boats in the harbour, and their owners want a longer wall.
"""
TEXTS = {"ferry.txt": FERRY, "harbour.txt": HARBOUR, "lighthouse.txt": LIGHTHOUSE}
SOURCES = """
["ferry.txt"]
title = { value = "The ferry to Varn", known = "text" }
publisher = { value = "The Varn Herald", known = "text" }
published = { value = "2018-06-02", known = "text" }

["harbour.txt"]
title = { value = "The harbour master of Varn", known = "text" }
publisher = { value = "Island Post", known = "inferred" }
published = { value = "2021-03", known = "inferred" }
"""
KNOWN_WORDS = """lighthouse lit keeper ada brook climbs steps lamp storm broke lantern ferry sails port ticket costs
crowns captain harbour master boats sank february""".split()


class WordEncoder:
    """A bag of known words: one dimension a word, counted, then scaled to unit length.

    A known word's own vector is 1 in its dimension, an unknown word's is all 0: only the same known words are alike.
    The last dimension stands for all other words, and is 1 only where a text has no known word at all. So "the lamp
    broke" is (.., 0.707, .., 0.707, ..), and has the cosine 0.707 with "the lamp" and 0 with "the ferry".
    """

    name = "known words"
    digest = "5" * 64
    dimension = len(KNOWN_WORDS) + 1
    origin = None

    def __init__(self) -> None:
        self.texts_encoded = 0

    def encode_passages(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        self.texts_encoded += len(texts)
        return [_reading(text, spans) for text, spans in zip(texts, words, strict=True)]

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        return _reading(question, words)

    def has_word(self, word: str) -> bool:
        return term_of(word) in _PLACES


_PLACES = {terms(word)[0]: place for place, word in enumerate(KNOWN_WORDS)}


def _bag(text: str) -> Vectors:
    counts = np.zeros(WordEncoder.dimension)
    for term in terms(text):
        if term in _PLACES:
            counts[_PLACES[term]] += 1
    if not counts.any():
        counts[-1] = 1
    return counts / np.linalg.norm(counts)


def _reading(text: str, spans: Sequence[Span]) -> TextVectors:
    word_vectors = np.zeros((len(spans), WordEncoder.dimension), dtype=np.float32)
    for row, (start, end) in enumerate(spans):
        place = _PLACES.get(term_of(text[start:end]))
        if place is not None:
            word_vectors[row, place] = 1
    return TextVectors(_bag(text).astype(np.float32), word_vectors)


class LateEncoder(WordEncoder):
    """Reads nothing unless it is ready, as on a machine that prepares it first."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = threading.Event()
        self.ready.set()

    def encode_passages(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        assert self.ready.wait(60)
        return super().encode_passages(texts, words)

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        assert self.ready.wait(60)
        return super().encode_question(question, words)

    def has_word(self, word: str) -> bool:
        assert self.ready.wait(60)
        return super().has_word(word)


class DeadlyEncoder(WordEncoder):
    """Kills the process that first encodes with it, in the middle of a file, and leaves a mark."""

    def __init__(self, mark: Path) -> None:
        super().__init__()
        self.mark = mark

    def encode_passages(self, texts: Sequence[str], words: Sequence[Sequence[Span]]) -> list[TextVectors]:
        if not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode_passages(texts, words)


def write_world(folder: Path) -> Path:
    """Write the documents of Varn into a folder that is made."""
    folder.mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return folder
