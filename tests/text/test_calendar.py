"""Words that name a time are the days they name, as the document that has them would say."""

import pytest

from retriever.answering.date_constraints import QuestionDates, extend, speaks_of
from retriever.text.calendar import span_of
from retriever.text.question import Question
from retriever.text.time_expressions import times_in


@pytest.mark.parametrize(
    ("text", "published", "iso"),
    [
        ("on April 21", "2022-04-22", "2022-04-21"),
        ("on 21 April 2019", None, "2019-04-21"),
        ("on Thursday", "2022-04-22", "2022-04-21"),
        ("due on Thursday", "2022-04-22", "2022-04-28"),
        ("on Thursday", "2022-04", "2022-04"),
        ("yesterday", "2022-04-22", "2022-04-21"),
        ("in March", "2022-04-22", "2022-03"),
        ("in November", "2022-04-22", "2021-11"),
        ("last month", "2022-01", "2021-12"),
        ("last year", "2022-04", "2021"),
        ("three years ago", "2022-04", "2019"),
        ("since 2018", None, "2018"),
        ("in the 1990s", None, "1990/1999"),
        ("the third quarter of 2023", None, "2023-07/2023-09"),
        ("from October through March", "2022-04-22", "2021-10/2022-03"),
        ("the 2017 accords", None, "2017"),
    ],
)
def test_a_time_is_placed_by_the_document(text: str, published: str | None, iso: str) -> None:
    assert [time.iso for time in times_in(text, published)] == [iso]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("We need your answer before the end of October.", "2024-10"),
        ("Please pay by 1 March.", "2025-03-01"),
        ("Applications must be filed by 30 June.", "2024-06-30"),
        ("Return the keys until the end of May.", "2024-05"),
        ("The fair will open in November.", "2024-11"),
        ("In December the court will hear the case again.", "2024-12"),
        ("The boats sank off the harbour in October.", "2023-10"),
        ("The number of boats had risen by March.", "2024-03"),
    ],
)
def test_a_month_without_a_year_is_the_next_one_if_the_sentence_is_about_the_future(text: str, iso: str) -> None:
    assert [time.iso for time in times_in(text, "2024-05-10")] == [iso]


@pytest.mark.parametrize(
    "text",
    [
        "The bridge was closed until October.",  # of this year or the last
        "The fair takes place in October.",
        "The council meets every Monday.",
        "The council meets every other Monday in the hall.",
        "The fee is due on each 1 May.",
        "Rent is paid on 1 May of each year.",
        "The office is open Monday to Friday.",
        "The lamp is cleaned in May every year.",
    ],
)
def test_an_uncertain_or_recurring_time_is_none(text: str) -> None:
    assert times_in(text, "2024-05-10") == ()


@pytest.mark.parametrize("text", ["on Thursday", "in March", "last month", "yesterday"])
def test_without_a_date_nothing_is_guessed(text: str) -> None:
    assert times_in(text, None) == ()


@pytest.mark.parametrize("text", ["It may rain.", "They march on.", "2,018 boats", "$2018", "9.2018 crowns"])
def test_other_words_and_numbers_are_no_times(text: str) -> None:
    assert times_in(text, "2022-04-22") == ()


def test_the_days_of_a_reduced_date() -> None:
    february = span_of("2024-02")
    assert february is not None
    assert (february.first.isoformat(), february.last.isoformat()) == ("2024-02-01", "2024-02-29")
    assert span_of("soon") is span_of(None) is None


def test_what_was_before_a_time_is_not_of_it() -> None:
    asked = QuestionDates.of(Question("What sank before 1951?")).times(None, None)
    assert speaks_of("Boats sank in 1950.", None, asked)
    assert not speaks_of("Boats sank in 1951.", None, asked)


def test_last_month_is_counted_from_the_newest_document() -> None:
    asked = QuestionDates.of(Question("What sank last month?")).times("2018-06-02", "2021-03")
    assert [time.iso for time in asked] == ["2021-02"]


@pytest.mark.parametrize(
    ("question", "newest", "said"),
    [
        ("What sank last month?", "2021-03-02", "“last month” is taken as February 2021, {from_day}"),
        ("What sank three years ago?", "2021-03-02", "“three years ago” is taken as 2018, {from_day}"),
        ("What sank in March 2020, and what last year?", "2021-03-02", "“last year” is taken as 2020, {from_day}"),
        (
            "What sank last month?",
            "2021",
            "Ibid cannot tell which days “last month” means: the newest document has only the date 2021.",
        ),
        (
            "What sank yesterday?",
            "2021",
            "Ibid cannot tell which days “yesterday” means: the newest document has only the date 2021.",
        ),
        (
            "What sank last week?",
            "2021-03",
            "Ibid cannot tell which days “last week” means: the newest document has only the date March 2021.",
        ),
        ("What sank yesterday?", "2021-03-02", "“yesterday” is taken as 1 March 2021, {from_day}"),
        ("What sank last year?", None, "Ibid cannot tell which days “last year” means: no document has a date."),
    ],
)
def test_what_is_counted_from_the_newest_document_is_said(question: str, newest: str | None, said: str) -> None:
    counted = "counted from the newest document (2 March 2021)."
    assert QuestionDates.of(Question(question)).notes(newest) == (said.format(from_day=counted),)


@pytest.mark.parametrize("question", ["How long ago did it sink?", "What sank in March?"])
def test_of_what_hangs_on_no_document_nothing_is_said(question: str) -> None:
    assert QuestionDates.of(Question(question)).notes("2021-03") == ()


def test_days_are_said_in_words_as_far_as_there_are_dates() -> None:
    (year,) = times_in("In 1951.", None)
    assert [extend(year, word).days for word in ("before", "by", "after", "since", "")] == [
        "until 31 December 1950",
        "until 31 December 1951",
        "from 1 January 1952 on",
        "from 1 January 1951 on",
        "1951",
    ]


def test_a_document_of_the_time_speaks_of_it_and_one_without_any_date_may() -> None:
    asked = QuestionDates.of(Question("What sank in 2021?")).times(None, None)
    assert speaks_of("Boats sank.", "2021-03", asked)
    assert speaks_of("Boats sank.", None, asked)
    assert not speaks_of("Boats sank.", "2018-06-02", asked)


def test_a_sentence_that_names_a_time_speaks_of_that_and_not_of_its_documents() -> None:
    asked = QuestionDates.of(Question("How many boats sank in April?")).times("2018-04-02", None)
    assert not speaks_of("In March three boats sank, two in February.", "2018-04-02", asked)
    assert speaks_of("In March three boats sank, and now four have.", "2018-04-02", asked)
    assert speaks_of("No boat has sunk since March.", "2018-04-02", asked)


def test_when_it_was_said_is_not_when_it_was_so() -> None:
    text = "The harbour said Monday that three boats sank from October to March."
    assert not speaks_of(
        text, "2018-04-06", QuestionDates.of(Question("How many boats sank in April?")).times("2018-04-06", None)
    )
    assert speaks_of(
        text, "2018-04-06", QuestionDates.of(Question("What did the harbour say on Monday?")).times("2018-04-06", None)
    )


def test_a_time_that_tells_which_thing_is_meant_is_no_time_of_the_sentence() -> None:
    asked = QuestionDates.of(Question("Which rules hold in 2018?")).times("2018", None)
    assert speaks_of("The harbour abides by the 1951 rules.", "2018", asked)
    assert not speaks_of("The rules held in 1951.", "2018", asked)
    assert QuestionDates.of(Question("What did the 1951 rules say?")).times("2018", None) == ()


def test_after_a_time_begins_when_that_is_over() -> None:
    asked = QuestionDates.of(Question("What sank after fiscal 1951?")).times(None, None)
    assert speaks_of("Boats sank in 1952.", None, asked)
    assert not speaks_of("Boats sank in 1951.", None, asked)
