"""The text of a document as the page shows it: rows of tables as tables, marks, and doubtful words."""

from dataclasses import replace

import pytest

from retriever import Document
from retriever.interfaces.html import text_view
from retriever.interfaces.html.source import Mark, Source
from retriever.interfaces.html.text_view import ShownParagraph, ShownTable, blocks_of
from retriever.reading.geometry import PlacedWord, PrintedPage, WordBoxes
from retriever.records import Origin

LINES = [
    "The roof works",
    "Site: North wing; Task: Gutters; Cost: 1310.5.",
    "Site: South wing; Task: Slating; to be agreed; Cost: 5150.",
    "All prices: without tax.",
    "Well: Corran; Depth: 54 m.",
]


def source(lines: list[str] = LINES, rows: dict[int, int] | None = None) -> Source:
    text = "\n\n".join(lines)
    numbers = {1: 4, 2: 5, 4: 1} if rows is None else rows
    starts = tuple((text.index(lines[line]), number) for line, number in numbers.items())
    return Source.from_document(replace(Document.from_text("roof.xlsx", text), rows=starts))


def cells(table: ShownTable) -> list[list[str]]:
    return [["".join(piece.text for piece in cell) for cell in row.cells] for row in table.rows]


def test_rows_with_named_columns_are_a_table_and_all_else_is_not() -> None:
    title, works, note, wells = blocks_of(source(), ())
    assert isinstance(title, ShownParagraph)
    assert isinstance(note, ShownParagraph)
    assert isinstance(works, ShownTable)
    assert isinstance(wells, ShownTable)
    assert works.columns == ("Site", "Task", "Cost")
    assert [row.number for row in works.rows] == [4, 5]
    assert cells(works) == [["North wing", "Gutters", "1310.5"], ["South wing", "Slating; to be agreed", "5150"]]
    assert (wells.columns, cells(wells)) == (("Well", "Depth"), [["Corran", "54 m"]])


LIST = """The harbour keeps these rules since the storm of 1951, and every
captain signs them in spring:

- Boats over ten metres moor at the long quay, and pay for it
  before they leave.
- No fires.
  1. Not on deck.
- Dogs stay on board. Each boat has a bell, which its captain rings when the fog comes.

```
bell --now
    --times 3

bell --stop
```

Roses are red,
violets are blue.
"""


def test_lines_that_are_meant_are_kept_and_others_are_spaces() -> None:
    shown = Source.from_document(Document.from_text("rules.md", LIST))
    texts = ["".join(piece.text for piece in block.pieces) for block in blocks_of(shown, ()) if block.page is None]  # type: ignore[union-attr]
    assert texts == [
        "The harbour keeps these rules since the storm of 1951, and every captain signs them in spring:",
        "- Boats over ten metres moor at the long quay, and pay for it before they leave.\n- No fires.\n"
        "  1. Not on deck.\n- Dogs stay on board. Each boat has a bell, which its captain rings when the fog comes.",
        "```\nbell --now\n    --times 3",
        "bell --stop\n```",
        "Roses are red,\nviolets are blue.",
    ]
    assert [block.has_lines for block in blocks_of(shown, ())] == [False, True, True, True, True]  # type: ignore[union-attr]


@pytest.mark.parametrize("words", ["every\ncaptain", "captain signs", "pay for it\n  before", "fires.\n  1. Not"])
def test_a_mark_over_a_line_break_keeps_its_words(words: str) -> None:
    shown = Source.from_document(Document.from_text("rules.md", LIST))
    start = LIST.index(words)
    answer = (start + 2, start + len(words) - 2)
    marked = [
        piece.text
        for block in blocks_of(shown, [Mark(0, (start, start + len(words)), answer)])
        for piece in block.pieces  # type: ignore[union-attr]
        if piece.mark
    ]
    assert "".join(marked).split() == words.split()


def test_the_quoted_row_is_marked_and_its_answer_too() -> None:
    shown = source()
    start = shown.document.text.index(LINES[1])
    answer = shown.document.text.index("1310.5")
    mark = Mark(2, (start, start + len(LINES[1])), (answer, answer + 6))
    table = next(block for block in blocks_of(shown, [mark]) if isinstance(block, ShownTable))
    assert [piece.mark for cell in table.rows[0].cells for piece in cell] == [mark] * 3
    assert not any(piece.mark for cell in table.rows[1].cells for piece in cell)
    assert [part.text for cell in table.rows[0].cells for piece in cell for part in piece.parts if part.answers] == [
        "1310.5"
    ]


def test_a_column_that_only_some_rows_have_keeps_its_place() -> None:
    lines = ["A: 1; C: 3.", "A: 4; B: 5; C: 6."]
    (table,) = blocks_of(source(lines, {0: 2, 1: 3}), ())
    assert isinstance(table, ShownTable)
    assert table.columns == ("A", "B", "C")
    assert cells(table) == [["1", "", "3"], ["4", "5", "6"]]


def test_the_first_column_may_have_no_name() -> None:
    (table,) = blocks_of(source(["Body; Hours: 2; Cost: 300.", "Paint; Hours: 3; Cost: 450."], {0: 2, 1: 3}), ())
    assert isinstance(table, ShownTable)
    assert (table.columns, cells(table)) == (("", "Hours", "Cost"), [["Body", "2", "300"], ["Paint", "3", "450"]])


@pytest.mark.parametrize(
    "line", ["Ada; 36.", "All prices are without tax.", "; : ;", "A: 1.", "A: 1; B: 2; A: 3.", "Ada; A link: here."]
)
def test_a_row_that_does_not_say_its_columns_stays_a_line(line: str) -> None:
    (block,) = blocks_of(source([line], {0: 1}), ())
    assert isinstance(block, ShownParagraph)
    assert "".join(piece.text for piece in block.pieces) == line.strip()


def test_of_a_very_long_sheet_the_further_rows_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_view, "MOST_CELLS", 4)
    lines = [f"A: {number}; B: {number}." for number in range(4)]
    table, *rest = blocks_of(source(lines, {number: number + 1 for number in range(4)}), ())
    assert isinstance(table, ShownTable)
    assert cells(table) == [["0", "0"], ["1", "1"]]
    assert all(isinstance(block, ShownParagraph) for block in rest)


def test_doubtful_words_are_told_inside_and_outside_of_a_mark() -> None:
    text = "The bell weighs 2100 kilograms today."
    words = [
        PlacedWord(16, 20, 1, (0, 0, 9, 9), 0.9, Origin.OCR),
        PlacedWord(21, 30, 1, (9, 0, 19, 9), 0.9, Origin.OCR),
        PlacedWord(31, 37, 1, (19, 0, 29, 9), 0.3, Origin.OCR),
    ]
    packed = WordBoxes.from_words([PrintedPage(30, 30)], words).to_bytes()
    scan = Source.from_document(replace(Document.from_text("scan.png", text), word_boxes=packed))
    (block,) = blocks_of(scan, [Mark(0, (4, 30))])
    assert isinstance(block, ShownParagraph)
    assert [part.text for piece in block.pieces for part in piece.parts if part.doubtful] == ["2100", "today."]
    assert [piece.text for piece in block.pieces if piece.mark] == ["bell weighs 2100 kilograms"]
