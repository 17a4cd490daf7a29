"""`ibid forget`: erases documents from the library and from all conversations, and checks that nothing is left.

In: ids of documents. Out: what was erased, as lines for people. One decision: an answer that quotes or names such a
document is erased, but its question stays.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..assistant import Assistant
from ..casefile.upkeep import Erased
from ..maintenance.erase import TraceReport
from ..settings import default_history
from .conversations import Forgotten
from .history import History


def forget(
    assistant: Assistant, document_ids: Sequence[str], history_file: Path | None = None
) -> tuple[int, TraceReport]:
    """Forget documents.

    Args:
        assistant: its library holds them.
        document_ids: if empty, only the traces of documents that were removed earlier are erased.
        history_file: the file of the conversations; the default one if None.

    Returns:
        How many answers were erased from conversations, and what a search of the raw files found.

    Raises:
        DocumentUnknown: one of the ids is not in the library; then nothing is erased.
        LibraryBusy: another process uses the library, so its log still holds them.
        LibraryError: a server holds the library; then nothing is erased.
        HistoryError: the conversations cannot be changed; then nothing is erased.
    """
    file = history_file or default_history()
    assistant.check_forgettable(document_ids)
    answers = History.open(file).forget(_forgotten(assistant, document_ids)) if file.is_file() else 0
    beside = [each for each in (file, file.with_name(f"{file.name}-wal")) if each.is_file()]
    return answers, assistant.forget(document_ids, beside)


def plan_lines(assistant: Assistant, document_ids: Sequence[str], history_file: Path | None = None) -> Iterator[str]:
    """Describe what will be erased.

    Raises:
        DocumentUnknown: one of the ids is not in the library.
        HistoryError: the conversations cannot be read.
    """
    file = history_file or default_history()
    for document_id in document_ids:
        title = assistant.summary(document_id).title
        yield f"{title} ({document_id}): every trace of it will be erased from this library"
    answers = History.open(file).count_answers_with(_forgotten(assistant, document_ids)) if file.is_file() else 0
    if answers:
        yield f"{_answers(answers)} will be erased with it; the questions stay"
    if kept := assistant.kept_of(assistant.with_versions(document_ids)):
        yield f"{_kept(kept)} will be erased with it; your own notes stay"


def result_lines(
    document_ids: Sequence[str], sources: Sequence[str], answers: int, report: TraceReport
) -> Iterator[str]:
    """Describe what was erased, and whether anything is left."""
    for document_id, source in zip(document_ids, sources, strict=True):
        stays = f"; its file stays where it is: {source}" if Path(source).exists() else ""
        yield f"forgotten {document_id}{stays}"
    if answers:
        yield f"erased {_answers(answers)}"
    if report.erased:
        yield f"erased {_kept(report.erased)}"
    yield from (f"STILL THERE: {left.kind} in {left.file}" for left in report.left)
    verdict = "" if report.left else "; nothing of it is left"
    yield f"searched {report.files:,} files, {report.size:,} bytes{verdict}"


def _forgotten(assistant: Assistant, document_ids: Sequence[str]) -> Forgotten:
    """What conversations may have of some documents, or of versions of documents that stay."""
    ids = frozenset(assistant.with_versions(document_ids))
    remaining = {}
    for each in document_ids:
        versions = assistant.versions(each)
        if (newest := versions[-1].document.id) not in ids:
            staying = [one.document.id for one in versions if one.document.id not in ids]
            remaining[newest] = tuple(assistant.document(one).text for one in staying)
    return Forgotten(ids, remaining)


def _answers(count: int) -> str:
    return f"{count} answer{'s' * (count != 1)} in conversations"


def _kept(kept: Erased) -> str:
    counted = ((kept.pins, "pinned quote"), (kept.notices, "notice"), (kept.cases, "judged answer"))
    return ", ".join(f"{count} {name}{'s' * (count != 1)}" for count, name in counted if count)
