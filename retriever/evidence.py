"""Hits -> ranked sentences: which words of the documents answer, and how surely."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .encoder import Vectors
from .records import Hit

# Share of the passage's fused score beside the sentence's cosine: 0.7 was best of the untrained mixes.
PASSAGE_WEIGHT = 0.7
# Logistic curve from the best sentence's cosine to a probability: half at 0.45.
_CONFIDENCE_SLOPE, _CONFIDENCE_MIDDLE = 12.0, 0.45


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer.

    Attributes:
        hit: the passage it stands in.
        start: first character in the document's text.
        end: one past the last.
        score: higher is better; comparable within one question only.
        confidence: probability, 0..1, that it answers the question.
    """

    hit: Hit
    start: int
    end: int
    score: float
    confidence: float
    vector: Vectors

    @property
    def text(self) -> str:
        """Its words, as they stood when the passage was indexed."""
        offset = self.hit.passage.start
        return self.hit.text[self.start - offset : self.end - offset]


def rank(
    question_vector: Vectors, hits: Sequence[Hit], sentence_vectors: Mapping[int, Vectors]
) -> tuple[Evidence, ...]:
    """Rank the sentences of the passages found.

    Args:
        question_vector: float32 (dimension,), unit length.
        hits: the passages, best first.
        sentence_vectors: passage number -> float32 (n_sentences, dimension), rows of unit length.

    Returns:
        Best first, ties by document id and start.
    """
    found = []
    for hit in hits:
        vectors = sentence_vectors[hit.number]
        cosines = vectors @ question_vector
        for (start, end), vector, cosine in zip(hit.passage.sentences, vectors, cosines.tolist(), strict=True):
            score = cosine + PASSAGE_WEIGHT * hit.score
            confidence = 1 / (1 + math.exp(-_CONFIDENCE_SLOPE * (cosine - _CONFIDENCE_MIDDLE)))
            found.append(Evidence(hit, start, end, score, confidence, vector))
    return tuple(sorted(found, key=lambda item: (-item.score, item.hit.passage.document_id, item.start)))
