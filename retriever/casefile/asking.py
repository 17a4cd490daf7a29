"""What has changed for a standing question since it was last asked.

In: a library that answers, and what each document said before. Out: changes, one at most for each document. One
decision: each document is asked by itself, as for an evidence table, so that no other document decides whether there is
a notice. A document that has not changed is not asked again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Protocol

from ..errors import QuestionError
from ..filters import Scope
from ..records import Answer, DifferenceKind, DocumentSummary, Hit, LibraryState, Quote
from .database import CaseDatabase
from .records import Change, Notice, NoticeKind, OtherValue, SeenAnswer, StandingQuestion
from .standing import StandingRuns

MOST_ASKED = 50
"""Documents that one run asks one question; of more changed ones, those with the likeliest passages."""
ANSWERS = 0.5
"""Confidence from which a document answers: its quote is more likely right than wrong."""
MOST_COMPARED = 20
"""Documents that each new answer is compared with; of more, those with the likeliest passages."""
COMPARED = 10
"""Quotes of two documents in which a contradiction is looked for."""


class Answering(Protocol):
    """A library that answers: the part of `Assistant` that standing questions need."""

    def documents(self) -> tuple[DocumentSummary, ...]:
        """List the documents."""

    def state(self) -> LibraryState:
        """Count and digest the library."""

    def search(self, question: str, *, count: int, scope: Scope) -> Sequence[Hit]:
        """Find passages, best first."""

    def ask_document(self, question: str, document_id: str) -> Answer:
        """Ask one document by itself."""

    def ask(self, question: str, *, top: int, scope: Scope) -> Answer:
        """Ask some documents together."""

    def seen_by(self, account: str) -> "Answering":
        """The same library, without the documents that an account may not see."""


def run_standing(library: Answering, database: CaseDatabase, account: str | None = None) -> tuple[Notice, ...]:
    """Ask standing questions again, where the library has changed since.

    Args:
        library: the whole one; as `account` sees it, if one is named.
        database: holds the questions.
        account: ask only its questions; None: those of all accounts, each of the library as its account sees it.

    Returns:
        The notices that this run has made.
    """
    if not database.exists:
        return ()
    runs = StandingRuns(database)
    last = runs.last_notice()
    for question in runs.all():
        if account is not None and question.owner != account:
            continue
        seen = library.seen_by(question.owner) if account is None and question.owner else library
        if question.library != (digest := seen.state().digest):
            _run(seen, runs, question, digest)
    return tuple(one for one in runs.unsent() if one.number > last) if runs.last_notice() > last else ()


def _run(library: Answering, runs: StandingRuns, question: StandingQuestion, digest: str) -> None:
    """Ask one question again, and store what has changed."""
    documents = {one.id: one for one in library.documents() if question.scope.takes(one)}
    try:
        now, changes = changes_of(library, question.question, documents, runs.seen(question.number))
    except QuestionError:  # it was saved before the limits were set lower: there is nothing to tell
        return
    runs.store(question, digest, now, changes if question.run else ())


def changes_of(
    library: Answering, question: str, documents: Mapping[str, DocumentSummary], seen: Mapping[str, SeenAnswer]
) -> tuple[dict[str, SeenAnswer | None], list[Change]]:
    """Compare what documents say now with what they said before.

    Args:
        library: answers.
        question: it stands alone.
        documents: those that are asked, by id.
        seen: what each document said before, by id; empty for a first run.

    Returns:
        What has been seen anew, by document id, None for a document that is gone; and what is to be told.
    """
    gone = {one: answer for one, answer in seen.items() if one not in documents}
    renewed = {one for one, known in documents.items() if one not in seen or seen[one].sha256 != known.sha256}
    moved = _moved(gone, {one: documents[one] for one in renewed - seen.keys()})
    now: dict[str, SeenAnswer | None] = dict.fromkeys(gone)
    now |= {new: gone[old] for new, old in moved.items()}
    asked = _likeliest(library, question, sorted(renewed - moved.keys()), MOST_ASKED)
    now |= {one: SeenAnswer(documents[one].sha256, documents[one].title) for one in renewed - moved.keys()}
    now |= {one: _said(documents[one], library.ask_document(question, one)) for one in asked}
    changes = [
        Change(NoticeKind.GONE, one, was.title, "", was.words, was.start, was.end, was.sha256)
        for one, was in gone.items()
        if was.words and one not in moved.values()
    ]
    changes += [change for one in sorted(renewed - moved.keys()) if (change := _change(one, seen.get(one), now[one]))]
    every = {**seen, **now}
    return now, _with_contradictions(library, question, every, changes)


def _moved(gone: Mapping[str, SeenAnswer], new: Mapping[str, DocumentSummary]) -> dict[str, str]:
    """Documents with the bytes of one that is gone: new id -> old id. They have only another name."""
    by_digest = {answer.sha256: one for one, answer in gone.items()}
    return {one: by_digest[known.sha256] for one, known in new.items() if known.sha256 in by_digest}


def _likeliest(library: Answering, question: str, ids: Sequence[str], most: int) -> list[str]:
    """The documents that are asked: all, or those with the likeliest passages where they are many."""
    if len(ids) <= most:
        return list(ids)
    hits = library.search(question, count=4 * most, scope=Scope(documents=frozenset(ids)))
    return list(dict.fromkeys(hit.passage.document_id for hit in hits))[:most]


def _said(document: DocumentSummary, answer: Answer) -> SeenAnswer:
    """What a document says, if its quote is likely enough."""
    if not answer.quotes or answer.quotes[0].confidence < ANSWERS:
        return SeenAnswer(document.sha256, document.title)
    quote = answer.quotes[0]
    return SeenAnswer(document.sha256, document.title, quote.text, quote.start, quote.end, _marked(quote))


def _marked(quote: Quote) -> str:
    start, end = quote.highlight or (0, 0)
    return quote.text[start:end]


def _change(document_id: str, was: SeenAnswer | None, is_now: SeenAnswer | None) -> Change | None:
    """What has happened in a document that is new or has changed; None if nothing is to be told."""
    before = was.words if was else ""
    if is_now is None or _is_same(was, is_now):
        return None
    if not is_now.words:
        assert was is not None  # noqa: S101 (two without words are the same)
        return Change(NoticeKind.GONE, document_id, is_now.title, "", before, was.start, was.end, is_now.sha256)
    kind = NoticeKind.CHANGED if before else NoticeKind.NEW
    return Change(kind, document_id, is_now.title, is_now.words, before, is_now.start, is_now.end, is_now.sha256)


def _is_same(was: SeenAnswer | None, is_now: SeenAnswer) -> bool:
    """Whether two quotes say the same: the same words, or the same answer in a longer or shorter quote."""
    one, other = " ".join((was.words if was else "").split()), " ".join(is_now.words.split())
    if one == other:
        return True
    inside = bool(one and other) and (one in other or other in one)
    return inside and was is not None and bool(was.answer) and was.answer == is_now.answer


def _with_contradictions(
    library: Answering, question: str, every: Mapping[str, SeenAnswer | None], changes: list[Change]
) -> list[Change]:
    """The same changes; what is new and contradicts another document is told as a contradiction.

    Each two documents are asked by themselves: a third one, such as a copy, would decide what is compared.
    """
    answering = {one: seen.title for one, seen in every.items() if seen is not None and seen.words}
    told = [one.document_id for one in changes if one.kind is not NoticeKind.GONE]
    conflicts: dict[str, list[tuple[str, OtherValue]]] = {one: [] for one in told}
    for one in told:
        for other in _likeliest(library, question, sorted(answering.keys() - {one}), MOST_COMPARED):
            if other not in conflicts or one < other:  # of two that are both told, once
                for document_id, value, against, theirs in _conflicts(library, question, one, other):
                    if document_id in conflicts:
                        conflicts[document_id].append((value, OtherValue(against, answering[against], theirs)))
    return [_contradicted(change, conflicts.get(change.document_id, ())) for change in changes]


def _conflicts(library: Answering, question: str, *documents: str) -> Iterator[tuple[str, str, str, str]]:
    """Where two documents contradict each other: each of them, its value, the other one, and that one's value."""
    answer = library.ask(question, top=COMPARED, scope=Scope(documents=frozenset(documents)))
    for difference in answer.agreement.differing:
        if difference.kind is DifferenceKind.CONFLICT:
            values = {
                answer.quotes[position].document_id: value
                for value, positions in difference.by_value
                for position in positions
            }
            yield from ((*one, *other) for one, other in permutations(values.items(), 2))


def _contradicted(change: Change, conflicts: Sequence[tuple[str, OtherValue]]) -> Change:
    """A change as a contradiction, if there are any."""
    if not conflicts or change.kind is NoticeKind.GONE:
        return change
    against = tuple(dict.fromkeys(other for _, other in conflicts))
    return replace(change, kind=NoticeKind.CONTRADICTED, value=conflicts[0][0], against=against)
