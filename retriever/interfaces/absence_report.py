"""The proof of absence as a report for people and as fields for programs.

In: an `Absence`. Out: text, or what JSON can hold. One decision: the same library gives the same bytes, so a report has
no date; who needs one writes it beside.
"""

from collections.abc import Iterator
from pathlib import Path

from ..assistant import Assistant
from ..errors import QuestionError
from ..evidence.absence import Absence, absence_of
from ..filters import EVERYTHING, Scope
from ..records import Quote, Verdict
from ..talk import AnswerKind
from . import Fields
from .json_lines import line
from .output import say
from .output_files import write_file
from .text import on_one_line, wrap

_SETUP_WORDS = {
    "ibid": "Ibid",
    "encoder": "model of meaning",
    "encoder_sha256": "its SHA-256",
    "reader_sha256": "model that reads, SHA-256",
    "dense_weight": "share of meaning in the search, the rest by words",
    "arm_depth": "passages that each search offers",
    "passages_read": "best passages whose sentences are weighed",
    "most_read": "of these, read with the question",
    "present": "least probability of an answer that is not refused",
}


def refused(assistant: Assistant, question: str, scope: Scope = EVERYTHING) -> Absence:
    """Ask a question that is expected to be refused.

    Raises:
        QuestionError: it is answered, or is no question about what the documents say; or there is no document to ask.
    """
    if not assistant.ids_in(scope):
        why = " ".join(assistant.as_of_remarks(scope)) or "No document fits the limits of the question."
        raise QuestionError(f"{why} So nothing can be searched.")
    answer = assistant.ask(question, scope=scope)
    if answer.kind is not AnswerKind.QUESTION:
        raise QuestionError("This asks about the documents or the program, so there is no absence to prove.")
    if answer.answered:
        found = "a clear" if answer.verdict is Verdict.CLEAR else "an unsure"
        raise QuestionError(f"The documents have {found} answer to this question: see it with `ibid ask`.")
    return absence_of(assistant, answer, scope)


def write_report(absence: Absence, file: Path | None, *, as_json: bool) -> None:
    """Print a report, or write it into a file.

    Raises:
        IbidError: the file cannot be written.
    """
    content = f"{line(absence_fields(absence))}\n" if as_json else absence_text(absence)
    if file is None:
        print(content, end="")
        return
    write_file(file, content.encode("utf-8", "replace"))
    say(f"wrote {file}")


def absence_fields(absence: Absence) -> Fields:
    """A report for programs."""
    return {
        "question": absence.question,
        "understood_as": absence.understood_as,
        "verdict": "absent",
        "present": round(absence.present, 4),
        "filters": absence.scope.fields,
        "passages": absence.passages,
        "words": [{"word": each.word, "forms": dict(each.forms)} for each in absence.words],
        "nearest": [_quote_fields(quote) for quote in absence.nearest],
        "documents": [
            {"id": each.id, "title": each.title, "sha256": each.sha256, "passages": each.passages}
            for each in absence.asked
        ],
        "left_out": [each.id for each in absence.left_out],
        "undated": list(absence.undated),
        "not_read": {each.id: list(each.warnings) for each in absence.asked if each.warnings},
        "failures": dict(absence.unread),
        "library": absence.library,
        "setup": dict(absence.setup),
        "report": absence_text(absence),
    }


def _quote_fields(quote: Quote) -> Fields:
    return {
        "text": quote.text,
        "document_id": quote.document_id,
        "start": quote.start,
        "end": quote.end,
        "place": quote.place() or None,
        "confidence": round(quote.confidence, 4),
    }


def absence_text(absence: Absence) -> str:
    """A report for people, as plain text."""
    return "\n".join(_lines(absence)) + "\n"


def _lines(absence: Absence) -> Iterator[str]:
    count = len(absence.asked)
    yield "These documents don't say"
    yield ""
    yield wrap(f"Question: {absence.question}")
    if absence.understood_as != absence.question:
        yield wrap(f"Asked as: {absence.understood_as}")
    yield f"Probability that the documents answer: {absence.present:.4f}"
    yield f"Searched: {absence.passages:,} passages of {count:,} document{'s' * (count != 1)}, by meaning and by words"
    for name, values in absence.scope.fields.items():
        yield wrap(f"Limited by {name}: {', '.join(value or 'unknown' for value in values)}")
    if absence.undated:
        yield wrap(f"Searched though without a date: {', '.join(absence.undated)}")
    yield from ("", "Words, and their forms in these documents")
    for each in absence.words:
        forms = ", ".join(f"{form} ({times:,})" for form, times in each.forms)
        said = f"{each.word}: {forms or 'none'}"
        yield f"  {wrap(said, indent='    ')}"
    yield from ("", "The nearest passages, judged not to answer, with their probabilities")
    for number, quote in enumerate(absence.nearest, start=1):
        said = f"{number}. “{quote.text}”"
        yield f"  {wrap(said, indent='     ')}"
        place = ", ".join(filter(None, (quote.place(), f"probability {quote.confidence:.4f}")))
        yield on_one_line(f"     {quote.document_id}:{quote.start}-{quote.end}, {place}")
    if not absence.nearest:
        yield "  none"
    yield from ("", "Not read")
    yield from _unread_lines(absence)
    yield from ("", "Documents that were searched: SHA-256, passages, name")
    yield from (on_one_line(f"  {each.sha256}  {each.passages:,}  {each.id}") for each in absence.asked)
    if absence.left_out:
        yield from ("", "Documents that were left out")
        yield from (on_one_line(f"  {each.sha256}  {each.id}") for each in absence.left_out)
    yield from ("", "How it was searched", f"  library: {absence.library}")
    yield from (f"  {_SETUP_WORDS[name]}: {value}" for name, value in absence.setup.items())


def _unread_lines(absence: Absence) -> Iterator[str]:
    said = [(source, [reason]) for source, reason in absence.unread.items()]
    said += [(each.id, list(each.warnings)) for each in absence.asked if each.warnings]
    for name, reasons in said:
        yield from (on_one_line(f"  {name}: {reason}") for reason in reasons)
    if not said:
        yield "  nothing was left out"
