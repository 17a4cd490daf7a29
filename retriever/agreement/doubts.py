"""Two answers that seem to differ -> is there reason to doubt it?

In come the answers, the passages that were found of each document, and how alike two phrases are. Out comes whether
the difference is left unsaid. Two reasons are judged here, a third in `retelling`: the sentences are one but for the
answer and a word of the question, and tell it of two things. Each is measured in docs/measured.md:

    mentioned        a source names the other's answer too: it hardly denies it, and the reader may have marked the
                     wrong one of two
    same meaning     phrases that mean much the same
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from ..text.sentences import split_sentences
from ..text.tokens import naming_terms
from .answers import SourceAnswer
from .kinds import Kind
from .retelling import ToldTwice

SAME_MEANING = 0.7
"""Cosine of two phrases from which they may mean the same. With 0.6, hardly anything more is mended."""

FEWEST_WORDS = 3
"""Words, function words not counted, from which an answer is a phrase: two names are alike to the encoder as names."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is known beside the answers.

    Attributes:
        passages: document id -> texts of its passages that were found for the question.
        likeness: of two phrases, a cosine, -1..1; None if unknown.
    """

    passages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    likeness: Callable[[str, str], float] | None = None

    def are_mentioned(self, one: SourceAnswer, other: SourceAnswer) -> bool:
        """Whether a sentence of one source names all words of the other's answer."""
        return any(self._mentions(source, answer) for source, answer in permutations((one, other)))

    def _mentions(self, source: SourceAnswer, answer: SourceAnswer) -> bool:
        return bool(answer.terms) and any(
            answer.terms <= naming_terms(text[start:end])
            for text in self.passages.get(source.document_id, ())
            for start, end in split_sentences(text)
        )

    def mean_the_same(self, told: ToldTwice) -> bool:
        """Whether two phrases are alike; what numbers and times say is known better by their values."""
        if self.likeness is None or max(len(each.terms) for each in told.values) < FEWEST_WORDS:
            return False
        if all(any(value.kind is not Kind.NAME for value in each.values) for each in told.values):
            return False
        return self.likeness(told.surer.text, told.other.text) >= SAME_MEANING
