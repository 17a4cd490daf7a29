"""A day is the same in every spelling; figures that may be read in two ways are not decided."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from retriever import Assistant, Document
from retriever.answering.matching import compare
from retriever.answering.ranker import shortlist
from retriever.answering.retrieval import Retrieval, naming_days
from retriever.answering.spelling import respell_days
from retriever.text.datelines import dateline_length
from retriever.text.question import Question
from retriever.text.time_expressions import days_in, times_in
from tests.comparing import asked, candidates, hit
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


@pytest.mark.parametrize("asking", SPELLINGS)
@pytest.mark.parametrize("written", SPELLINGS)
def test_a_day_is_found_in_any_spelling(tmp_path: Path, asking: str, written: str) -> None:
    days = zip("abcdefghijklmnopqrs", range(10, 29), strict=True)
    others = [Document.from_text(f"other {name}", f"The ordinance passed {day} December 2021.") for name, day in days]
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.add([*others, Document.from_text("asked", f"The ordinance passed {written}.")])
        assert assistant.search(f"Which ordinance passed on {asking}?", count=1)[0].passage.document_id == "asked"


@pytest.mark.parametrize("asking", SPELLINGS)
@pytest.mark.parametrize("written", SPELLINGS)
def test_a_question_is_spelt_as_the_passages_spell_its_day(asking: str, written: str) -> None:
    passages = ["The quay opened on 12.06.2022.", f"Date: {written}; Hall: Alder"]
    assert (
        respell_days(Question.of(f"Who booked {asking}?"), [(one, None) for one in passages]).text
        == f"Who booked {written}?"
    )


def test_a_day_that_no_passage_names_or_that_one_spells_so_stays() -> None:
    question = Question.of("Who booked 13 June 2022 and 3 May 2020?")
    assert respell_days(question, [("In May 2020.", None), ("On 13/06/2022, 13 June 2022.", "en")]) == question


def test_the_day_of_a_record_is_part_of_its_quote() -> None:
    assert dateline_length("Date: 13/06/2022; Hall: Alder; Event: chess final.", None) == 0
    assert dateline_length("Date: 13 June 2022. The quay opened.", None) == 20


def test_a_sentence_that_names_the_day_is_ranked_however_many_have_its_figures() -> None:
    others = [hit(number, f"Date: 13/0{number % 5 + 1}/2022; Hall: June.") for number in range(60)]
    there = candidates(*others, hit(60, "Date: 13/06/2022; Hall: Alder."))
    question = "Which hall is booked on 13 June 2022?"
    days = naming_days(Question.of(question).days, there, {})
    wanted = asked(question)
    found = Retrieval(question, {}, (), wanted, there, compare(wanted, there), named_days=days)
    assert np.flatnonzero(days).tolist() == [60] == [at for at in shortlist(found.rough).tolist() if at == 60]
    assert 60 not in shortlist(replace(found, named_days=None).rough)
