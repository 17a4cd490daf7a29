"""Passages and questions compared by hand: known words of Varn are one-hot, so alike is 1 and unlike 0."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from retriever.answering.candidates import Candidates
from retriever.answering.features import FEATURES, features_of
from retriever.answering.matching import Comparison, WeightedQuery
from retriever.answering.reader import PassageReading
from retriever.answering.reader_scores import ReaderScores, read
from retriever.encoder.word_vectors import WordAxes
from retriever.learning import Floats
from retriever.records import Hit, Passage, Why
from retriever.text.question import Question
from retriever.text.tokens import terms, words
from tests.world import WordEncoder

ENCODER = WordEncoder()
AXES = WordAxes(np.zeros(ENCODER.dimension, np.float32), np.eye(ENCODER.dimension, dtype=np.float32))


class EvenReader:
    """Finds every token of every passage as likely to answer as nowhere is: all its scores are 0."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[PassageReading]:
        """A token is a word, as spaces part them."""
        return [self._read_one(text) for _, text in passages]

    @staticmethod
    def _read_one(text: str) -> PassageReading:
        places = np.array([(match.start(), match.end()) for match in re.finditer(r"\S+", text)], dtype=np.int64)
        nothing = np.zeros(len(places), dtype=np.float32)
        return PassageReading(0.0, 0.0, nothing, nothing, places.reshape(-1, 2))


def evenly_read(there: Candidates) -> ReaderScores:
    """Candidates that are all read, evenly."""
    return read("?", there, {}, np.ones(len(there.sentences), np.float32), EvenReader(), len(there.sentences))


def hit(
    number: int, *sentences: str, document_id: str = "varn", start: int = 0, heading: str = "", score: float = 0.5
) -> Hit:
    """A passage of sentences with a blank between; its heading, if any, stands before them."""
    before = f"{heading}\n" if heading else ""
    text = before + " ".join(sentences)
    spans, at = [], start + len(before)
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    passage = Passage(document_id, start, start + len(text), heading or None, sentences=tuple(spans))
    return Hit(number, passage, text, score, Why(1, 1, ()))


def candidates(*hits: Hit, titles: Mapping[str, str] | None = None) -> Candidates:
    """The sentences of some passages; titles are empty unless told."""
    every = {one.passage.document_id: "" for one in hits} | dict(titles or {})
    vectors = {one.number: AXES.pack(_word_vectors(one.text)) for one in hits}
    return Candidates.of(hits, every, vectors, {})


def asked(question: str, frequencies: Mapping[str, int] | None = None, passage_count: int = 10) -> WeightedQuery:
    """A question; each of its words is in one passage of ten unless told."""
    counts = dict.fromkeys(terms(question), 1) if frequencies is None else frequencies
    return WeightedQuery.of(Question(question), AXES.turn(_word_vectors(question)), counts, passage_count)


def feature(name: str, comparison: Comparison) -> Sequence[float]:
    """One feature of each sentence."""
    values: Floats = features_of(comparison)[:, list(FEATURES).index(name)]
    return [float(value) for value in values]


def _word_vectors(text: str) -> Floats:
    return ENCODER.encode_question(text, [(word.start, word.end) for word in words(text)]).word_vectors
