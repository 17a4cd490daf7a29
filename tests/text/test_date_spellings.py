"""A day is the same in every spelling; figures that may be read in two ways are not decided."""

from datetime import date
from pathlib import Path

import pytest

from retriever import Assistant, Document
from retriever.text.time_expressions import days_in, times_in
from tests.world import WordEncoder

SPELLINGS = [
    "2022-06-13",
    "13 June 2022",
    "June 13, 2022",
    "13.06.2022",
    "13.6.2022",
    "13/06/2022",
    "6/13/2022",
]


@pytest.mark.parametrize("spelt", SPELLINGS)
def test_every_spelling_is_the_same_day(spelt: str) -> None:
    assert days_in(f"What was signed on {spelt}?") == (date(2022, 6, 13),)
    assert [time.iso for time in times_in(f"It was signed on {spelt}.", None)] == ["2022-06-13"]


def test_figures_that_may_be_two_days_name_their_year_and_are_searched_as_both() -> None:
    assert [time.iso for time in times_in("It was signed on 3/4/2022.", None)] == ["2022"]
    assert days_in("Signed on 3/4/2022?") == (date(2022, 3, 4), date(2022, 4, 3))


@pytest.mark.parametrize("text", ["Version 1.2.2022.5 is out.", "The path a/1/2/2022/b is long.", "On 31.31.2022."])
def test_what_is_no_date_is_none(text: str) -> None:
    assert days_in(text) == ()


@pytest.mark.parametrize("asked", SPELLINGS)
@pytest.mark.parametrize("written", SPELLINGS)
def test_a_day_is_found_in_any_spelling(tmp_path: Path, asked: str, written: str) -> None:
    days = zip("abcdefghijklmnopqrs", range(10, 29), strict=True)
    others = [Document.from_text(f"other {name}", f"The ordinance passed {day} December 2021.") for name, day in days]
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.add([*others, Document.from_text("asked", f"The ordinance passed {written}.")])
        assert assistant.search(f"Which ordinance passed on {asked}?", count=1)[0].passage.document_id == "asked"
