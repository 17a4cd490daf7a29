"""A question read by the encoder -> the sentences that may answer it, fetched and compared with it."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..encoder import Reading
from ..library import Library
from ..records import Hit
from ..search import Search
from ..settings import Settings
from ..word_vectors import WordAxes
from ..words import content_terms, words
from .features import Asked, Candidates, Comparison, compare


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a question found.

    Attributes:
        hits: passages, best first.
        cosines: passage number -> cosine with the question, -1..1.
        asked: the question.
        candidates: the passages' sentences.
        comparison: the question compared with them.
    """

    hits: tuple[Hit, ...]
    cosines: dict[int, float]
    asked: Asked
    candidates: Candidates
    comparison: Comparison

    @property
    def rough(self) -> NDArray[np.float32]:
        """float32 (n_sentences,): a first order of the candidates: soft alignment, and a little of the passage."""
        scores = np.array([one.hit.score for one in self.candidates.sentences], dtype=np.float32)
        return np.asarray(self.asked.weights @ self.comparison.soft + np.float32(0.1) * scores)


def gather(
    library: Library,
    search: Search,
    axes: WordAxes,
    question: str,
    reading: Reading,
    settings: Settings,
    excluded: Collection[str] = (),
) -> Gathered | None:
    """Find passages and compare their sentences with the question.

    Args:
        library: the library.
        search: its indexes.
        axes: onto which its word vectors were turned.
        question: the question, standing alone.
        reading: the question as the encoder read it.
        settings: how many passages are read.
        excluded: ids of documents that must not answer.

    Returns:
        The candidates, or None where no sentence was found.
    """
    found = words(question)
    hidden = library.numbers_of(excluded) if excluded else None
    hits = search.hits(library, content_terms(found), reading.vector, settings, settings.passages_read, hidden)
    hits = tuple(hit for hit in hits if hit.passage.sentences)
    if not hits:
        return None
    numbers = [hit.number for hit in hits]
    titles = library.titles(dict.fromkeys(hit.passage.document_id for hit in hits))
    candidates = Candidates.of(hits, titles, library.word_vectors(numbers))
    frequencies = search.lexical.frequencies((word.term for word in found), hidden)
    passage_count = search.lexical.passage_count - (0 if hidden is None else len(hidden))
    asked = Asked.of(question, found, axes.turn(reading.word_vectors), frequencies, max(1, passage_count))
    return Gathered(hits, search.dense.cosines(numbers, reading.vector), asked, candidates, compare(asked, candidates))
