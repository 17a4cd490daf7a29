"""The likeliest passages, read together with the question -> what the reader says of each of their sentences.

Whole passages are read, not single sentences, because a sentence often depends on its neighbours. The best span then
tells which sentence answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..learning import Floats
from ..text.question import Question
from .candidates import Candidates
from .reader import PassageReading
from .spelling import respell_days

MOST_READ = 10
"""Passages that are read: as many as fit into a third of the time that a plain cross-encoder takes for ten."""

UNREAD = -12.0
"""The score of what was not read, or has no span: lower than nearly all that was."""


class PassageReader(Protocol):
    """What reads passages for a question."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[PassageReading]:
        """Read passages, each a title and a text."""


@dataclass(frozen=True, slots=True)
class ReaderScores:
    """What the reader says.

    Attributes:
        answers: float32 (n_sentences,), log-odds that its passage answers; `UNREAD` where it was not read.
        spans: float32 (n_sentences,), score of its best span, as far above "nowhere"; `UNREAD` where it was not read.
        places: int (n_sentences, 2), start and end of that span in the document's text.
    """

    answers: Floats
    spans: Floats
    places: NDArray[np.int64]


def read(
    question: str,
    candidates: Candidates,
    origins: Mapping[str, str],
    probabilities: Floats,
    reader: PassageReader,
    most: int = MOST_READ,
) -> ReaderScores:
    """Read the likeliest passages.

    Args:
        question: the question, standing alone.
        candidates: the sentences.
        origins: document id -> its title and date, which tell what "in 2025" may mean there.
        probabilities: float32 (n_sentences,), how likely each is to answer, by its words.
        reader: the model.
        most: how many passages are read.
    """
    passages = likeliest(candidates, probabilities, most)
    firsts = np.searchsorted(candidates.passage, passages)
    hits = [candidates.sentences[int(first)].hit for first in firsts]
    readings = _read(
        Question.of(question), [(origins.get(hit.passage.document_id, ""), hit.text) for hit in hits], reader
    )
    count = len(candidates.sentences)
    answers, spans = np.full((2, count), UNREAD, dtype=np.float32)
    places = np.zeros((count, 2), dtype=np.int64)
    for passage, first, hit, reading in zip(passages.tolist(), firsts.tolist(), hits, readings, strict=True):
        base = hit.passage.start
        for at in range(first, int(np.searchsorted(candidates.passage, passage, side="right"))):
            sentence = candidates.sentences[at]
            answers[at] = reading.answers
            best = reading.best_span(sentence.start - base, sentence.end - base)
            if best is not None:
                spans[at] = max(best[0], UNREAD)
                places[at] = best[1] + base, best[2] + base
    return ReaderScores(answers, spans, places)


def unread(candidates: Candidates) -> ReaderScores:
    """What is known where nothing was read: no score, and each sentence as its own best span."""
    count = len(candidates.sentences)
    places = np.array([(one.start, one.end) for one in candidates.sentences], dtype=np.int64).reshape(count, 2)
    answers, spans = np.full((2, count), UNREAD, dtype=np.float32)
    return ReaderScores(answers, spans, places)


def _read(question: Question, passages: Sequence[tuple[str, str]], reader: PassageReader) -> list[PassageReading]:
    """Read passages, each a title and a text, with the question's days spelt as each passage spells them."""
    if not question.days:
        return reader.read(question.text, passages)
    asked = [respell_days(question, [(text, question.language)]).text for _, text in passages]
    found: dict[int, PassageReading] = {}
    for spelt in dict.fromkeys(asked):
        at = [position for position, one in enumerate(asked) if one == spelt]
        found |= zip(at, reader.read(spelt, [passages[position] for position in at]), strict=True)
    return [found[position] for position in range(len(passages))]


def likeliest(candidates: Candidates, probabilities: Floats, most: int) -> NDArray[np.int64]:
    """The passages with the likeliest sentences: int (at most `most`,), ascending positions; those of none left out."""
    count = int(candidates.passage[-1]) + 1
    best = np.zeros(count, dtype=np.float32)
    np.maximum.at(best, candidates.passage, probabilities)
    order = np.argsort(-best, kind="stable")[:most]
    return np.sort(order[best[order] > 0])
