"""Two answers that seem to differ -> is there reason to doubt it?

In come the answers, the passages that were found of each document, and how alike two phrases are. Out comes whether
the difference is left unsaid. Three reasons, each measured in docs/measured.md:

    mentioned        a source names the other's answer too: it hardly denies it, and the reader may have marked the
                     wrong one of two
    other subject    the sentences are one but for the answer and a word of the question: they tell it of two things
    same meaning     phrases that mean much the same
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import permutations

from ..text.question import Question
from ..text.sentences import split_sentences
from ..text.tokens import FUNCTION_TERMS, naming_terms, words
from .answers import SourceAnswer
from .kinds import Kind

PARALLEL = 0.6
"""Share of the words around the answer that two sentences have in common, from which they are one, told of two things.

The shorter sentence counts. With 0.5, differences are lost in cases that were written by hand.
"""

FEWEST_AROUND = 4
"""Words around the answer, function words not counted, below which two sentences are alike by chance."""

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

    def mean_the_same(self, one: SourceAnswer, other: SourceAnswer) -> bool:
        """Whether two phrases are alike; what numbers and times say is known better by their values."""
        if self.likeness is None or max(len(one.terms), len(other.terms)) < FEWEST_WORDS:
            return False
        if all(any(value.kind is not Kind.NAME for value in each.values) for each in (one, other)):
            return False
        return self.likeness(one.text, other.text) >= SAME_MEANING


def have_other_subjects(question: Question, one: SourceAnswer, other: SourceAnswer) -> bool:
    """Whether two sentences are one, but where one has a word of the question the other has another word."""
    fewest = min(len(one.context), len(other.context))
    if fewest < FEWEST_AROUND or len(one.context & other.context) < PARALLEL * fewest:
        return False
    both = _terms_of(one), _terms_of(other)
    for operation, a, b, c, d in SequenceMatcher(None, *both, autojunk=False).get_opcodes():
        if operation != "replace":
            continue
        changed = (set(both[0][a:b]), other), (set(both[1][c:d]), one)
        for (mine, its), (theirs, _) in permutations(changed):
            lost = (mine & question.naming_terms) - its.quote_terms - its.near
            if lost and theirs - FUNCTION_TERMS - question.naming_terms:
                return True
    return False


def _terms_of(answer: SourceAnswer) -> list[str]:
    """The words around the answer in its sentence, in order."""
    (start, end), (first, last) = answer.sentence, answer.span
    around = (word for word in words(answer.quote.text) if start <= word.start < end)
    return [word.term for word in around if word.end <= first or last <= word.start]
