"""The measure of long tables: what it counts, on a table of a few rows and on quotes made by hand."""

from dataclasses import replace

import pytest

from eval.tables import COLUMNS, Score, line_of, main, rows_of
from retriever import Assistant
from retriever.records import Quote, Why

ROW = next(rows_of(1))
LINE = f"{line_of(ROW)}."
PRICE = ROW[COLUMNS.index("Price")]
MARK = (LINE.index(PRICE, LINE.index("Price:")), LINE.index("; Supplier"))
RIGHT = Quote("a", 0, len(LINE), LINE, "a", None, None, None, None, MARK, 0.9, Why(1, 1, ()), rows=(7, 7))


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        ((RIGHT,), Score(1, 1, 1, 1)),
        ((replace(RIGHT, rows=(6, 7)),), Score(1, 1, 0, 1)),
        ((replace(RIGHT, text=f"{LINE}\n\nArticle: other."),), Score(1, 0, 1, 1)),
        ((replace(RIGHT, highlight=None),), Score(1, 1, 1, 0)),
        ((replace(RIGHT, highlight=(0, len(LINE))),), Score(1, 1, 1, 0)),
        ((replace(RIGHT, text="Article: other."), RIGHT), Score(0, 0, 1, 0)),
        ((), Score()),
    ],
    ids=["right", "two rows", "more than the row", "no mark", "all marked", "second", "refused"],
)
def test_what_is_counted(assistant: Assistant, quotes: tuple[Quote, ...], expected: Score) -> None:
    answer = replace(assistant.ask("Who is the keeper of the lighthouse?"), quotes=quotes)
    assert Score().plus(answer, ROW, 7, "Price") == expected


def test_each_article_number_is_there_once() -> None:
    rows = list(rows_of(500))
    assert len({row[0].partition("-")[2] for row in rows}) == len(rows)
    assert rows == list(rows_of(500))


@pytest.mark.model
def test_a_row_of_a_short_table_is_found_in_each_kind_of_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rows", "12", "--questions", "2"]) == 0
    found = "12 rows, 2 questions: row first 2, quoted alone 2, place 2, cell marked 2;"
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(" rows")[0] for line in printed] == [
        ".csv 12",
        ".xlsx 12",
        ".md 12",
        ".html 12",
        ".docx 12",
    ]
    assert all(found in line for line in printed)
