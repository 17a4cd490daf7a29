"""Forgets documents: out of the library and out of all conversations, with a look whether anything is left.

In: ids of documents. Out: what was done, for people. One decision: an answer that quoted the document goes, the
question that its reader asked stays.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..assistant import Assistant
from ..maintenance.erase import TraceReport
from ..settings import default_history
from .history import History


def forget(
    assistant: Assistant, document_ids: Sequence[str], history_file: Path | None = None
) -> tuple[int, TraceReport]:
    """Forget documents.

    Args:
        assistant: its library holds them.
        document_ids: none only cleans up after those that were removed earlier.
        history_file: the conversations, the default one unless told.

    Returns:
        How many answers of conversations went, and what a search of the raw files found.

    Raises:
        DocumentUnknown: one of the ids is not in the library; then none is forgotten.
        LibraryBusy: another process uses the library, whose log therefore still holds them.
        LibraryError: a server holds the library; then none is forgotten.
        HistoryError: the conversations cannot be changed; then none is forgotten.
    """
    file = history_file or default_history()
    assistant.check_forgettable(document_ids)
    answers = History.open(file).forget(document_ids) if file.is_file() else 0
    beside = [each for each in (file, file.with_name(f"{file.name}-wal")) if each.is_file()]
    return answers, assistant.forget(document_ids, beside)


def planned(assistant: Assistant, document_ids: Sequence[str], history_file: Path | None = None) -> Iterator[str]:
    """What will be done, a line each, before it is.

    Raises:
        DocumentUnknown: one of the ids is not in the library.
        HistoryError: the conversations cannot be read.
    """
    file = history_file or default_history()
    for document_id in document_ids:
        yield f"{assistant.summary(document_id).title} ({document_id}): every trace of it goes from this library"
    answers = History.open(file).naming(document_ids) if file.is_file() else 0
    if answers:
        yield f"what quotes or names it is taken out ({_answers(answers)}); the questions stay"


def told(document_ids: Sequence[str], sources: Sequence[str], answers: int, looked: TraceReport) -> Iterator[str]:
    """What was done, a line each."""
    for document_id, source in zip(document_ids, sources, strict=True):
        stays = f"; its file stays where it is: {source}" if Path(source).exists() else ""
        yield f"forgotten {document_id}{stays}"
    if answers:
        yield f"{_answers(answers)} taken out"
    yield from (f"STILL THERE: a {left.kind} in {left.file}" for left in looked.left)
    verdict = "" if looked.left else "; nothing of it is left"
    yield f"searched {looked.files:,} files, {looked.size:,} bytes{verdict}"


def _answers(count: int) -> str:
    return f"{count} answer{'s' * (count != 1)} of conversations"
