"""The command `table`: an evidence table for people, for spreadsheets and for programs.

In: what the user typed. Out: nothing; it prints, and writes a file. One decision: rows that are done are never lost. If
the user interrupts a long table, the file is written with them.
"""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ..assistant import Assistant
from ..errors import IbidError, QuestionError
from ..evidence.table import EvidenceRow, evidence_rows
from ..filters import Scope
from .evidence_fields import counted, row_lines, row_values
from .evidence_files import as_csv, as_workbook
from .input_files import name_of, read_text
from .logs import PACKAGE
from .output import print_json, say
from .output_files import spare_library, write_file
from .requests import BatchLine

_SECONDS_BETWEEN_LINES = 10.0
_log = logging.getLogger(PACKAGE)


def questions_from(chosen: argparse.Namespace) -> list[str]:
    """The questions that the user named, each once.

    Raises:
        QuestionError: there is none, or the file cannot be read.
    """
    listed = [*chosen.questions, *(_read(chosen.batch) if chosen.batch else [])]
    questions = list(dict.fromkeys(filter(None, (" ".join(each.split()) for each in listed))))
    if not questions:
        raise QuestionError("Give a QUESTION, or a file of questions with --batch.")
    return questions


def table(assistant: Assistant, questions: Sequence[str], scope: Scope, chosen: argparse.Namespace) -> None:
    """Print or write a table.

    Args:
        assistant: answers.
        questions: each stands alone.
        scope: the documents that are asked.
        chosen: the options `csv`, `xlsx`, `json` and `quiet`.

    Raises:
        IbidError: the file cannot be written, or the user interrupted; the file then has the rows that are done.
    """
    assistant.warm_up()
    rows: list[EvidenceRow] = []
    write = as_csv if chosen.csv else as_workbook
    file = chosen.csv or chosen.xlsx
    if file:
        spare_library(assistant, file)
        write_file(file, write([]))  # a file that cannot be written is known before the work
    progress = _Progress(quiet=chosen.quiet)
    try:
        for row in evidence_rows(assistant, questions, scope, progress.update):
            rows.append(row)
            if chosen.json:
                print_json(row_values(row))
            elif not file:
                progress.clear()
                say(*_last_lines(rows))
    except KeyboardInterrupt as error:
        if not file:
            raise
        raise IbidError(f"Interrupted. {file} has the rows that are done. The same command begins anew.") from error
    finally:
        progress.clear()
        if file:
            write_file(file, write(rows))
            say(f"wrote {file}: {counted(rows)}")
    if not rows:
        _log.warning("No document was asked. `ibid list` names the documents.")


def _last_lines(rows: Sequence[EvidenceRow]) -> list[str]:
    """The lines of the last row, with its question if that is another than before."""
    before = rows[-2].question if len(rows) > 1 else None
    question = [] if rows[-1].question == before else [rows[-1].question]
    return [*([""] if question and before else []), *question, *row_lines(rows[-1])]


def _read(file: Path) -> list[str]:
    lines = read_text(file).split("\n")
    if file.suffix.lower() != ".jsonl":
        return lines
    questions = []
    for number, line in enumerate(lines, start=1):
        try:
            questions += [BatchLine.from_text(line).question] if line.strip() else []
        except QuestionError as error:
            raise QuestionError(f"{name_of(file)}, line {number}: {error}") from error
    return questions


class _Progress:
    """How many rows are done: a line that is written over on a terminal, else a line now and then."""

    def __init__(self, *, quiet: bool) -> None:
        self._is_quiet, self._on_terminal, self._is_shown = quiet, sys.stderr.isatty(), False
        self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES

    def update(self, done: int, count: int) -> None:
        """Show it."""
        if self._is_quiet:
            return
        if self._on_terminal:
            print(f"\r{done:,} of {count:,} rows", end="", file=sys.stderr, flush=True)
            self._is_shown = True
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES
            print(f"table: {done:,} of {count:,} rows", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._is_shown = False
