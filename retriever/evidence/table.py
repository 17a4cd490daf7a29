"""Questions asked of every document by itself: the evidence table of legal and systematic reviews.

In: questions, and the documents of a library. Out: a row for each question and document. One decision: each row is a
whole answer of its own, as if the library held that document alone, so that a row never depends on the others.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..assistant import Assistant
from ..filters import EVERYTHING, Scope
from ..records import Answer, DocumentSummary, Quote, Verdict

OnRow = Callable[[int, int], None]
"""Told after each row how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What one document says to one question.

    Attributes:
        question: as asked.
        document: the document that was asked.
        verdict: whether it answers.
        confidence: probability, 0..1, that the quote answers; of a refusal, that the best one found would have.
        quote: the evidence; None for a refusal.
    """

    question: str
    document: DocumentSummary
    verdict: Verdict
    confidence: float
    quote: Quote | None

    @classmethod
    def of(cls, question: str, document: DocumentSummary, answer: Answer) -> "EvidenceRow":
        """The row of an answer."""
        quote = answer.quotes[0] if answer.quotes else None
        return cls(question, document, answer.verdict, answer.confidence, quote)

    @property
    def marked(self) -> str:
        """The words of the quote that answer; empty for a refusal, or where Ibid is unsure which they are."""
        if self.quote is None or self.quote.highlight is None:
            return ""
        start, end = self.quote.highlight
        return self.quote.text[start:end]


def evidence_rows(
    assistant: Assistant, questions: Sequence[str], scope: Scope = EVERYTHING, on_row: OnRow | None = None
) -> Iterator[EvidenceRow]:
    """Ask each document each question.

    Args:
        assistant: answers.
        questions: each stands alone.
        scope: the documents that are asked.
        on_row: told of the progress.

    Yields:
        A row for each question and document, as soon as it is known: all documents for the first question, in the
        order of their ids, then for the second.

    Raises:
        QuestionError: a question holds no words, or too many.
    """
    documents = assistant.documents_in(scope)
    count, done = len(questions) * len(documents), 0
    for question in questions:
        for document in documents:
            answer = assistant.ask_document(question, document.id, scope.as_of)
            done += 1
            if on_row:
                on_row(done, count)
            yield EvidenceRow.of(question, document, answer)
