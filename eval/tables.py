"""`python -m eval.tables`: does an article number find its row in a long table, and is that row alone quoted?

Invented price lists are written as CSV, XLSX, Markdown, HTML and DOCX, and indexed. Questions ask for one cell of a row
by the row's article number. Counted are: the row's line in the first quote; that line and nothing else; the right place
("row 7"); and the mark inside the right cell.
"""

import argparse
import csv
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docx import Document
from openpyxl import Workbook

from retriever import Answer, Assistant, SentenceEncoder

COLUMNS = ("Article", "Name", "Material", "Warehouse", "In stock", "Price", "Supplier")
ASKED = {
    "Price": "What is the price of article {}?",
    "In stock": "How many of {} are in stock?",
    "Warehouse": "In which warehouse is article {} kept?",
    "Supplier": "Who is the supplier of {}?",
}
"""A column -> the question for it."""

_NAMES = "bracket hinge valve gasket pulley bearing clamp spindle washer coupling bolt flange lever spring".split()
_MATERIALS = "steel brass oak copper rubber nylon bronze cast-iron".split()
_WAREHOUSES = "Varn Oster Melby Tarn Hollen Sund".split()
_SUPPLIERS = ("Brook & Sons", "Velmont Marine", "Ostrander Works", "Pell Metals", "Harrow Supply", "Lindqvist Tools")


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the questions had the row first, alone, in its place, and with the right cell marked."""

    first: int = 0
    alone: int = 0
    placed: int = 0
    marked: int = 0

    def plus(self, answer: Answer, row: Sequence[str], number: int, column: str) -> "Score":
        """The score with one more answer, which should quote a row by its number."""
        if not answer.quotes:
            return self
        quote, value = answer.quotes[0], row[COLUMNS.index(column)]
        found = f"Article: {row[0]};" in quote.text
        marked = quote.text[slice(*quote.highlight)] if quote.highlight else ""
        return Score(
            self.first + found,
            self.alone + (quote.text.rstrip(".") == line_of(row)),
            self.placed + (quote.rows == (number, number)),
            self.marked + (found and value in marked and len(marked) <= len(f"{column}: {value}.")),
        )


def rows_of(count: int) -> Iterator[list[str]]:
    """So many rows of a price list; each article number is there once."""
    chance = random.Random(7)  # noqa: S311 (not for secrets)
    for number in chance.sample(range(100_000, 999_999), count):
        name, material = chance.choice(_NAMES), chance.choice(_MATERIALS)
        letters = "".join(chance.choices("ABCDEFGHKLMNPRSTVWXZ", k=2))
        price = f"{chance.randrange(1, 900)}.{chance.randrange(10)}{chance.randrange(1, 10)}"  # no zero at its end
        place, supplier, stock = chance.choice(_WAREHOUSES), chance.choice(_SUPPLIERS), str(chance.randrange(1, 2_000))
        yield [f"{letters}-{number}", f"{name} {chance.randrange(2, 60)} mm", material, place, stock, price, supplier]


def line_of(row: Sequence[str]) -> str:
    """A row as quoted, without its full stop."""
    return "; ".join(f"{name}: {cell}" for name, cell in zip(COLUMNS, row, strict=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each kind of file in each size, and print a line for each.

    Returns:
        The exit status: 0 if the asked row was first for every question.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.tables", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[3_000], help="sizes of the tables")
    parser.add_argument("--questions", type=int, default=50, help="questions for each table")
    parser.add_argument("--kinds", nargs="+", choices=list(_WRITERS), default=list(_WRITERS), help="kinds of files")
    chosen = parser.parse_args(arguments)
    complete = True
    for count in chosen.rows:
        rows = list(rows_of(count))
        for suffix in chosen.kinds:
            score = _measure(rows, suffix, chosen.questions)
            complete = complete and score.first == chosen.questions
    return 0 if complete else 1


def _measure(rows: Sequence[Sequence[str]], suffix: str, questions: int) -> Score:
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.open(Path(folder) / "library", encoder=SentenceEncoder.shipped(), create=True) as assistant,
    ):
        file = Path(folder) / f"prices{suffix}"
        _WRITERS[suffix](file, rows)
        began = time.perf_counter()
        report = assistant.index([file])
        indexed = time.perf_counter() - began
        for note in (*report.warnings, *(one.reason for one in report.skipped)):
            print(note, file=sys.stderr)
        chance = random.Random(11)  # noqa: S311
        score, seconds = Score(), 0.0
        for place in chance.sample(range(len(rows)), questions):
            column = chance.choice(list(ASKED))
            began = time.perf_counter()
            answer = assistant.ask(ASKED[column].format(rows[place][0]))
            seconds += time.perf_counter() - began
            score = score.plus(answer, rows[place], place + 2, column)
    print(
        f"{suffix} {len(rows):,} rows, {questions} questions: row first {score.first}, quoted alone {score.alone}, "
        f"place {score.placed}, cell marked {score.marked}; indexed in {indexed:.0f} s, "
        f"{1000 * seconds / questions:.0f} ms an answer",
        flush=True,
    )
    return score


def _write_csv(file: Path, rows: Sequence[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])


def _write_workbook(file: Path, rows: Sequence[Sequence[str]]) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Prices")
    for row in (COLUMNS, *rows):
        stock, price = COLUMNS.index("In stock"), COLUMNS.index("Price")
        numbers = {stock: int, price: float}
        sheet.append(
            [numbers.get(column, str)(cell) if row is not COLUMNS else cell for column, cell in enumerate(row)]
        )
    workbook.save(file)


def _write_markdown(file: Path, rows: Sequence[Sequence[str]]) -> None:
    lines = [f"| {' | '.join(row)} |" for row in (COLUMNS, ["---"] * len(COLUMNS), *rows)]
    file.write_text("\n".join(["# Prices", "", *lines, ""]), encoding="utf-8")


def _write_page(file: Path, rows: Sequence[Sequence[str]]) -> None:
    lines = ["".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) for tag, row in _tagged(rows)]
    table = "".join(f"<tr>{line}</tr>\n" for line in lines)
    file.write_text(f"<html><body><h1>Prices</h1>\n<table>{table}</table></body></html>", encoding="utf-8")


def _tagged(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, Sequence[str]]]:
    yield "th", COLUMNS
    for row in rows:
        yield "td", row


def _write_word(file: Path, rows: Sequence[Sequence[str]]) -> None:
    document = Document()
    document.add_heading("Prices", 1)
    table = document.add_table(rows=1 + len(rows), cols=len(COLUMNS))
    cells = table._cells  # table.cell() takes the square of the rows' number
    for place, text in enumerate(cell for row in (COLUMNS, *rows) for cell in row):
        cells[place].text = text
    document.save(str(file))


_WRITERS = {
    ".csv": _write_csv,
    ".xlsx": _write_workbook,
    ".md": _write_markdown,
    ".html": _write_page,
    ".docx": _write_word,
}
"""A kind of file -> what writes a table to one."""


if __name__ == "__main__":
    sys.exit(main())
