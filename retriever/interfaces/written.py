"""What a language model has written, for people and for programs; it is never a quote.

In: an answer, and an assistant that has a writer. Out: lines or fields. One decision: whatever goes wrong with the
writer is a sentence beside the answer, which has been given before.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace

from ..assistant import Assistant
from ..errors import WriterError
from ..records import Answer
from ..settings import Settings
from ..writing.records import Written
from . import Fields, Id
from .json_lines import as_json
from .output import print_json
from .terminal import show
from .text import on_one_line, wrap

STRUCK = "[struck through: no quote says this]"
UNNAMED = "No writer is named: give --writer http://127.0.0.1:PORT/v1, or set $IBID_WRITER."


def with_writer(chosen: argparse.Namespace) -> Settings:
    """The settings of a command, with the writer that its options name."""
    settings: Settings = chosen.settings
    writer, model = getattr(chosen, "writer", ""), getattr(chosen, "writer_model", "")
    return replace(settings, writer=writer or settings.writer, writer_model=model or settings.writer_model)


def check_writer(chosen: argparse.Namespace) -> None:
    """See before anything else is done whether the writer that a command asks for can be one.

    Raises:
        WriterError: none is named, or its address is not of this machine.
    """
    from ..writing.server import WriterServer

    server = WriterServer.of(with_writer(chosen)) if is_wanted(chosen) else None
    if server is None and getattr(chosen, "write", False):
        raise WriterError(UNNAMED)


def is_wanted(chosen: argparse.Namespace) -> bool:
    """Whether a command asks for the writer; the page's server has it as soon as one is named."""
    return bool(getattr(chosen, "write", False) or chosen.writer or chosen.command == "serve")


def print_answer(chosen: argparse.Namespace, assistant: Assistant, answer: Answer, answer_id: Id = None) -> None:
    """Print an answer at once, and then, if that is wanted, what the writer makes of its quotes.

    Args:
        chosen: `json`, `library`, `write` and `writer` of the command.
        assistant: has the writer.
        answer: the answer.
        answer_id: the id that came with the question.
    """
    if chosen.json:
        fields = as_json(answer, answer_id)
        print_json(fields | {"written": written_fields(assistant, answer)} if is_wanted(chosen) else fields)
        return
    show(answer, chosen.library)
    if is_wanted(chosen) and answer.quotes:
        try:
            print("", *written_lines(write(assistant, answer)), sep="\n", flush=True)
        except WriterError as error:
            print(f"ibid: {on_one_line(str(error))}", file=sys.stderr)


def write(assistant: Assistant, answer: Answer) -> Written:
    """The paragraph for an answer.

    Raises:
        WriterError: the writer does not answer as it should.
    """
    places = [(quote.document_id, quote.start, quote.end) for quote in answer.quotes]
    return assistant.write(answer.understood_as, places)


def written_lines(written: Written) -> Iterator[str]:
    """A paragraph for people: each sentence with the numbers of its quotes, or struck through."""
    yield f"Written by a language model ({on_one_line(written.model)}) from the quotes above. It is no quote."
    for sentence in written.sentences:
        numbers = f"[{', '.join(str(position + 1) for position in sentence.quotes)}]"
        yield wrap(f"{sentence.text} {STRUCK if sentence.struck else numbers}", indent="   ")
    if not written.sentences:
        yield "The model has written nothing."
    if written.cut:
        yield "The model wrote more, which was left out."


def written_fields(assistant: Assistant, answer: Answer) -> Fields:
    """The field `written` of an answer."""
    from .schemas import WrittenSchema

    try:
        return WrittenSchema.of(write(assistant, answer)).fields()
    except WriterError as error:
        return WrittenSchema.failed(str(error)).fields()
