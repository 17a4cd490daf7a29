"""The wording of tables."""

import pytest

from retriever.reading.rows import TableGrid, row_lines

Table = list[list[str]]


def worded(table: Table, *, headed: bool = False) -> list[str]:
    return [line for _, line in row_lines(table, headed=headed)]


def test_numbers_below_words_make_the_words_names_of_columns() -> None:
    assert worded([["Name", "Age"], ["Ada", "36"]]) == ["Name: Ada; Age: 36."]


def test_a_table_of_words_has_names_only_where_it_is_said_to() -> None:
    table = [["Name", "Town"], ["Ada", "London"]]
    assert worded(table) == ["Name; Town.", "Ada; London."]
    assert worded(table, headed=True) == ["Name: Ada; Town: London."]


def test_empty_cells_are_kept_as_a_dash() -> None:
    assert worded([["Name", "Age", "Town"], ["Ada", "", "London"], ["Bob", "7"]]) == [
        "Name: Ada; Age: —; Town: London.",
        "Name: Bob; Age: 7; Town: —.",
    ]


def test_of_a_row_that_is_mostly_empty_only_the_values_are_told() -> None:
    assert worded([["Name", "A", "B", "C", "D"], ["Ada", "", "", "", "4"]]) == ["Name: Ada; D: 4."]


def test_a_merged_cell_stands_in_each_row_that_it_covers() -> None:
    grid = TableGrid()
    for row in (
        [("Site", 1, 1), ("Task", 1, 1), ("Cost", 1, 1)],
        [("North", 1, 2), ("Slating", 1, 1), ("4200", 1, 1)],
        [("Gutters", 1, 1), ("1310", 1, 1)],
        [("South", 2, 1), ("5150", 1, 1)],
    ):
        grid.add(row)
    assert [line for _, line in row_lines(grid.rows, headed=True)] == [
        "Site: North; Task: Slating; Cost: 4200.",
        "Site: North; Task: Gutters; Cost: 1310.",
        "Site: South; Cost: 5150.",
    ]


def test_the_name_of_a_group_stands_before_each_of_its_columns() -> None:
    grid = TableGrid()
    grid.add([("Town", 1, 2), ("2030", 2, 1)])
    grid.add([("Sales", 1, 1), ("Tax", 1, 1)])
    grid.add([("Varn", 1, 1), ("10", 1, 1), ("2", 1, 1)])
    assert [line for _, line in row_lines(grid.rows, headed=True)] == ["Town: Varn; 2030, Sales: 10; 2030, Tax: 2."]


def test_names_without_rows_are_kept() -> None:
    assert worded([["Name", "Age"]], headed=True) == ["Name; Age."]


def test_years_may_name_columns_but_two_rows_with_years_are_values() -> None:
    assert worded([["Profit", "2023", "2022"], ["Varn", "7,904", "7,683"]]) == [
        "Profit: Varn; 2023: 7,904; 2022: 7,683."
    ]
    assert worded([["Ada", "1815"], ["Bob", "1820"]]) == ["Ada; 1815.", "Bob; 1820."]


def test_names_of_groups_stand_before_those_of_their_columns() -> None:
    table = [["In francs", "", "2023"], ["", "Sales", "Costs", "Tax"], [], ["Varn", "10", "(2)", "1"]]
    assert worded(table) == ["In francs: Varn; Sales: 10; 2023, Costs: (2); Tax: 1."]


def test_a_sheet_may_hold_titles_two_tables_and_notes() -> None:
    table = [
        ["Report"],
        [],
        ["Zone", "Sales"],
        ["North", "10"],
        ["South", "—"],
        [],
        ["Zone", "Costs"],
        ["North", "5"],
        [],
        ["(a) A note."],
    ]
    assert worded(table) == [
        "Report",
        "Zone: North; Sales: 10.",
        "Zone: South; Sales: —.",
        "Zone: North; Costs: 5.",
        "(a) A note.",
    ]


def test_a_row_of_words_amid_values_names_nothing() -> None:
    assert worded([["Name", "Age"], ["Ada", "36"], ["Bob", "unknown"], ["Eve", "40"]])[1:] == [
        "Name: Bob; Age: unknown.",
        "Name: Eve; Age: 40.",
    ]


@pytest.mark.parametrize(
    "number", ["12", "-1.5", "(81)", "12 %", "€ 3", "CHF 20", "3 kg", "2023-04-01", "10:30", "1 000,5"]
)
def test_what_counts_as_a_number(number: str) -> None:
    assert worded([["Name", "Value"], ["Ada", number]]) == [f"Name: Ada; Value: {number}."]


@pytest.mark.parametrize("words", ["Q1", "A4 paper", "first", "Header 2"])
def test_what_counts_as_words(words: str) -> None:
    assert worded([["Name", "Value"], ["Ada", words]])[0] == "Name; Value."


def test_a_sentence_in_the_last_cell_keeps_its_own_stop() -> None:
    assert worded([["Age", "Note"], ["36", "She wrote.\nMuch."]]) == ["Age: 36; Note: She wrote. Much."]
