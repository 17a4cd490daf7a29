"""Each row of a table in plain text becomes a paragraph that names its columns."""

from pathlib import Path

import pytest

from retriever import Assistant
from retriever.reading.extract import Extract
from retriever.reading.markdown_tables import with_named_rows
from tests.world import WordEncoder


def rows_of(text: str) -> list[tuple[int, str]]:
    """The number of each row, and its paragraph."""
    extract = with_named_rows(Extract(text))
    return [(number, extract.text[start:].split("\n")[0]) for start, number in extract.rows]


def test_a_row_names_its_columns() -> None:
    text = "# Boats\n\nThese:\n| Boat | Keeper |\n|:-----|:------:|\n| Gull | Ada    |\n| Tern | Tom |\nAll float.\n"
    extract = with_named_rows(Extract(text))
    assert extract.text == ("# Boats\n\nThese:\n\nBoat: Gull; Keeper: Ada.\n\nBoat: Tern; Keeper: Tom.\n\nAll float.\n")
    assert rows_of(text) == [(2, "Boat: Gull; Keeper: Ada."), (3, "Boat: Tern; Keeper: Tom.")]


def test_bars_at_the_ends_may_be_missing() -> None:
    assert rows_of("Boat | Keeper\n---|---\nGull | Ada\n") == [(2, "Boat: Gull; Keeper: Ada.")]


def test_an_empty_cell_and_a_column_without_a_name_stay() -> None:
    text = "| | R6 | R12 |\n|---|---|---|\n| Gas | 1 kg | |\n| Air | 2 kg | 3 kg |\n"
    assert rows_of(text) == [(2, "Gas; R6: 1 kg; R12: —."), (3, "Air; R6: 2 kg; R12: 3 kg.")]


def test_the_first_row_below_the_rule_is_never_a_header() -> None:
    text = "| Task | Who | |\n|---|---|---|\n| Oil | Ada | daily |\n| Paint | Tom | never |\n"
    assert [line for _, line in rows_of(text)] == ["Task: Oil; Who: Ada; daily.", "Task: Paint; Who: Tom; never."]


def test_a_bar_with_a_backslash_belongs_to_its_cell() -> None:
    assert rows_of("| Sign | Means |\n|---|---|\n| a \\| b | or |\n") == [(2, "Sign: a | b; Means: or.")]


def test_an_org_table_is_a_table() -> None:
    assert rows_of("| Boat | Keeper |\n|------+--------|\n| Gull | Ada |\n|------+--------|\n| Tern | Tom |\n") == [
        (2, "Boat: Gull; Keeper: Ada."),
        (3, "Boat: Tern; Keeper: Tom."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```\n| Boat | Keeper |\n|---|---|\n| Gull | Ada |\n```\n",
        "| Boat | Keeper |\n| Gull | Ada |\n",
        "Either a | b.\n\n---\n\nOr c | d.\n",
        "| Boat | Keeper |\n|---|---|\n",
        "| Boat | Keeper |\n|---|---|---|\n| Gull | Ada | 3 |\n",
        "| Level | Tasks |\n|---|---|\n| One | " + "Works with others on all of the boats. " * 8 + "|\n",
    ],
)
def test_what_is_no_table_of_values_is_unchanged(text: str) -> None:
    assert with_named_rows(Extract(text)) == Extract(text)


def test_windows_line_ends_are_kept_around_a_table() -> None:
    extract = with_named_rows(Extract("Before.\r\n\r\n| A | B |\r\n|---|---|\r\n| x | y |\r\n\r\nBehind.\r\n"))
    assert extract.text == "Before.\r\n\r\nA: x; B: y.\n\r\nBehind.\r\n"


@pytest.mark.parametrize("name", ["boats.md", "boats.txt", "boats.org", "boats"])
def test_an_answer_quotes_one_row_with_its_place(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(
        "The boats of Varn\n\n"
        "| Boat | Keeper | Berth |\n|---|---|---|\n| Gull | Ada Brook | 12 |\n| Tern | Tom Reed | 15 |\n"
    )
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.index([tmp_path / name])
        quote = assistant.ask("At which berth is the boat Tern?").shown[0]
        assert (quote.text, quote.rows) == ("Boat: Tern; Keeper: Tom Reed; Berth: 15.", (3, 3))
