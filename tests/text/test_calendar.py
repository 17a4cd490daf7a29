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


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("On Friday, 21 June the quay was shut.", "2024-06-21"),
        ("On Wednesday 8 May the quay was shut.", "2024-05-08"),
        ("On Thursday, May 9th, the quay was shut.", "2024-05-09"),
        ("On Tuesday, the 7th of May, the quay was shut.", "2024-05-07"),
        ("The council met on Monday (6 May) and shut the quay.", "2024-05-06"),
        ("The council met on 6 May (Monday) and shut the quay.", "2024-05-06"),
        ("The council met on 6 May 2024, a Monday, and shut the quay.", "2024-05-06"),
        ("The council met on 6 May, Monday, and shut the quay.", "2024-05-06"),
        ("The quay was shut on Saturday 2024-03-09.", "2024-03-09"),
        ("The quay was shut on Saturday, 09.03.2024.", "2024-03-09"),
        ("The quay was shut yesterday (9 May).", "2024-05-09"),
        ("The quay was shut last Friday, 3 May.", "2024-05-03"),
    ],
)
@pytest.mark.parametrize("published", ["2024-05-10", "2024-06-24"])
def test_a_weekday_beside_a_day_is_that_day(text: str, iso: str, published: str) -> None:
    assert [time.iso for time in times_in(text, published)] == [iso]


@pytest.mark.parametrize(
    ("text", "isos"),
    [
        ("On Tuesday the lamp broke, and on 6 May it was mended.", ["2024-05-07", "2024-05-06"]),
        ("On Friday, June sales were told.", ["2024-05-10", "2024-06"]),
        ("On 6 May, Tuesday's vote was still open.", ["2024-05-06", "2024-05-07"]),
    ],
)
def test_a_weekday_elsewhere_in_a_sentence_is_a_day_of_its_own(text: str, isos: list[str]) -> None:
    assert [time.iso for time in times_in(text, "2024-05-10")] == isos


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("The fair opens on Saturday, 12 October.", "2024-10-12"),  # by its place in the year alone it was a year ago
        ("The fair opens on Thursday, 12 October.", "2023-10-12"),
        ("The fair opens on 12 October (Saturday).", "2024-10-12"),
        ("The fair opened on Sunday, 25 February.", "2024-02-25"),
        ("The fair opened on Monday, 25 February.", "2024-02-25"),  # a slip: 2019 is far
    ],
)
def test_a_weekday_tells_the_year_of_a_day(text: str, iso: str) -> None:
    assert [time.iso for time in times_in(text, "2024-03-04")] == [iso]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("from 1 July to 30 September 2023", "2023-07/2023-09"),
        ("from 4 July until 20 September 2023", "2023-07-04/2023-09-20"),
        ("between March 3 and April 9, 2021", "2021-03-03/2021-04-09"),
        ("from 15 December to 10 January 2024", "2023-12-15/2024-01-10"),
        ("from 15 December 2023 to 10 January", "2023-12-15/2024-01-10"),
        ("from Monday, 3 June to Friday, 7 June 2024", "2024-06-03/2024-06-07"),
        ("from Monday 3 to Friday 7 June 2024", "2024-06-03/2024-06-07"),
        ("on 4 July – 20 September 2023", "2023-07-04/2023-09-20"),
        ("4 July to 20 September 2023", "2023-07-04/2023-09-20"),
        ("from 3 to 7 June 2024", "2024-06-03/2024-06-07"),
        ("3–7 June 2024", "2024-06-03/2024-06-07"),
        ("between 3 and 7 June 2024", "2024-06-03/2024-06-07"),
        ("June 3-7, 2024", "2024-06-03/2024-06-07"),
        ("from June 3 to 7, 2024", "2024-06-03/2024-06-07"),
        ("June 3 to 7 July 2024", "2024-06-03/2024-07-07"),
        ("from April to June 2022", "2022-04/2022-06"),
        ("April–June 2022", "2022-04/2022-06"),
        ("from November 2021 to February", "2021-11/2022-02"),
        ("between November and February 2022", "2021-11/2022-02"),
        ("in 2019-2021", "2019/2021"),
        ("in 2019–2021", "2019/2021"),
    ],
)
@pytest.mark.parametrize("published", [None, "2024-05-10", "2021"])
def test_a_period_has_a_beginning_and_an_end(text: str, iso: str, published: str | None) -> None:
    assert [time.iso for time in times_in(text, published)] == [iso]
    assert [time.iso for time in times_in(f"The quay was shut {text}, it said.", published)] == [iso]


@pytest.mark.parametrize(
    ("text", "published", "iso"),
    [
        ("The road is closed from 1 July to 30 September.", "2024-03-04", "2024-07/2024-09"),
        ("The road was closed from 5 November to 12 March.", "2024-05-10", "2023-11-05/2024-03-12"),
        ("The road is closed from 3 to 7 June.", "2024-05-10", "2024-06-03/2024-06-07"),
        ("The hall is shut from 20 December to 6 January.", "2024-12-01", "2024-12-20/2025-01-06"),
    ],
)
def test_the_end_of_a_period_is_the_next_such_day(text: str, published: str, iso: str) -> None:
    assert [time.iso for time in times_in(text, published)] == [iso]


@pytest.mark.parametrize(
    ("text", "isos"),
    [
        ("It sailed on 1 July and 30 September 2023.", ["2023-07-01", "2023-09-30"]),
        ("It sailed on 1 July, 4 August and 30 September 2023.", ["2023-07-01", "2023-08-04", "2023-09-30"]),
        ("It sailed in June and August 2023.", ["2023-06", "2023-08"]),
        ("It sailed on 3 May 2021 and 7 June 2022.", ["2021-05-03", "2022-06-07"]),
        ("The fair was moved from 3 May to 7 June 2023.", ["2023-05-03", "2023-06-07"]),
        ("The fair was postponed from 3 May 2023 until 7 June 2023.", ["2023-05-03", "2023-06-07"]),
        ("The price rose on July 1, 2023 to 5 crowns.", ["2023-07-01"]),
    ],
)
def test_times_that_are_no_period_stay_apart(text: str, isos: list[str]) -> None:
    assert [time.iso for time in times_in(text, None)] == isos


@pytest.mark.parametrize("text", ["on Thursday", "in March", "last month", "yesterday", "from 1 July to 30 September"])
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


@pytest.mark.parametrize(
    "question", ["How long ago did it sink?", "What sank in March?", "What sank yesterday (1 May 2020)?"]
)
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
