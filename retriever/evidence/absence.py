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
from ..text.tokens import FUNCTION_TERMS, spelt_words, term_of

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
        asked: those documents, by id, each in the version that was asked.
        left_out: the others.
        undated: the ids of those that were asked as of a day although they have no date.
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
    undated: tuple[str, ...]
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
    asked, asked_ids = assistant.documents_in(scope), assistant.ids_in(scope)
    return Absence(
        question=answer.question,
        understood_as=answer.understood_as,
        scope=scope,
        asked=asked,
        left_out=tuple(each for each in assistant.documents() if each.id not in asked_ids),
        undated=tuple(sorted(assistant.undated_in(scope))),
        words=_words(assistant, answer.understood_as, asked),
        nearest=assistant.nearest(answer.understood_as, NEAREST, scope),
        present=answer.present,
        unread=dict(sorted(assistant.failures().items())),
        library=answer.library.digest,
        setup=assistant.setup(),
    )


def _words(assistant: Assistant, question: str, asked: Sequence[DocumentSummary]) -> tuple[SearchedWord, ...]:
    """The words that were searched for, with their forms in the documents' languages: one pass over the texts."""
    counts: dict[str, Counter[str]] = {}
    for document in asked:
        counted = counts.setdefault(document.language or "en", Counter())
        counted.update(spelt_words(assistant.document(document.id).text))
    found = Question.of(question).words
    spelt = {word.term: question[word.start : word.end] for word in found}
    functional = {
        term for term, word in spelt.items() if any(term_of(word, one) in FUNCTION_TERMS for one in counts or ["en"])
    }
    forms: dict[str, Counter[str]] = {
        term: Counter() for term in spelt if term not in functional or functional >= spelt.keys()
    }
    for language, counted in counts.items():
        terms_there = {term_of(spelt[term], language): term for term in forms}
        for form, count in counted.items():
            if (own := terms_there.get(term_of(form, language))) is not None:
                forms[own][form] += count
    return tuple(
        SearchedWord(spelt[term], tuple(sorted(those.items(), key=lambda one: (-one[1], one[0]))))
        for term, those in forms.items()
    )
