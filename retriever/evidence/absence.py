"""The proof of absence: what was searched for a question that the documents do not answer, and how.

In: a refusal. Out: an `Absence`. One decision: it holds no time and nothing that another run would give otherwise, so
that the same library gives the same bytes, and another person can check it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..assistant import Assistant
from ..filters import EVERYTHING, Scope
from ..records import Answer, DocumentSummary, Quote
from ..text.question import Question
from ..text.tokens import content_terms, spelt_words, term_of

NEAREST = 5
"""Passages that a report names."""


@dataclass(frozen=True, slots=True)
class SearchedWord:
    """A word of a question, and how the documents have it.

    Attributes:
        word: as the question spells it.
        forms: each form of it in the documents that were asked, and how often it stands there; most frequent first.
    """

    word: str
    forms: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """What was searched for a question that is not answered.

    Attributes:
        question: as asked.
        understood_as: as it was searched for.
        scope: which documents were asked.
        asked: those documents, by id.
        left_out: the others.
        words: the words that were searched for, besides the meaning of the whole question.
        nearest: the best quotes that were found, judged not to answer.
        present: probability, 0..1, that the documents answer at all.
        unread: files that could not be read, and why.
        library: digest of the whole library.
        setup: versions, models and settings, by name.
    """

    question: str
    understood_as: str
    scope: Scope
    asked: tuple[DocumentSummary, ...]
    left_out: tuple[DocumentSummary, ...]
    words: tuple[SearchedWord, ...]
    nearest: tuple[Quote, ...]
    present: float
    unread: Mapping[str, str]
    library: str
    setup: Mapping[str, str | float]

    @property
    def passages(self) -> int:
        """How many passages were searched."""
        return sum(document.passages for document in self.asked)


def absence_of(assistant: Assistant, answer: Answer, scope: Scope = EVERYTHING) -> Absence:
    """Tell what was searched for a refusal.

    Args:
        assistant: has refused.
        answer: the refusal.
        scope: the documents that were asked.
    """
    documents = assistant.documents()
    asked = tuple(each for each in documents if scope.takes(each))
    return Absence(
        question=answer.question,
        understood_as=answer.understood_as,
        scope=scope,
        asked=asked,
        left_out=tuple(each for each in documents if not scope.takes(each)),
        words=_words(assistant, answer.understood_as, [each.id for each in asked]),
        nearest=assistant.nearest(answer.understood_as, NEAREST, scope),
        present=answer.present,
        unread=dict(sorted(assistant.failures().items())),
        library=answer.library.digest,
        setup=assistant.setup(),
    )


def _words(assistant: Assistant, question: str, ids: Sequence[str]) -> tuple[SearchedWord, ...]:
    """The words that were searched for, with their forms: one pass over the texts."""
    found = Question.of(question).words
    searched = content_terms(found)
    spelt = {word.term: question[word.start : word.end] for word in found if word.term in searched}
    counts: Counter[str] = Counter()
    for document_id in ids:
        counts.update(spelt_words(assistant.document(document_id).text))
    forms: dict[str, Counter[str]] = {term: Counter() for term in spelt}
    for form, count in counts.items():
        if (term := term_of(form)) in forms:
            forms[term][form] += count
    return tuple(
        SearchedWord(word, tuple(sorted(forms[term].items(), key=lambda one: (-one[1], one[0]))))
        for term, word in spelt.items()
    )
