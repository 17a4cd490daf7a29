"""Of a sentence with values of several times, the words of the time that is asked for are taken as the answer."""

from pathlib import Path

import pytest

from retriever import Assistant, Document
from retriever.answering.date_constraints import DateConstraint
from retriever.answering.timely import timely_span
from retriever.text.calendar import span_of


def taken(text: str, words: str, time: str) -> str:
    start, asked = text.index(words), span_of(time)
    assert asked
    first, last = timely_span(text, (start, start + len(words)), DateConstraint("2024-12-01", (asked,)))
    return text[first:last]


@pytest.mark.parametrize(
    ("text", "words", "time", "expected"),
    [
        ("There were 312 pairs of gannets in 2024, against 287 in 2023.", "312", "2023", "287"),
        ("Colonies counted: 312 (2024), 287 (2023)", "312", "2023", "287"),
        ("Eggs were found at 19 sites; a year before, in 2023, it had been 23 sites.", "19 sites", "2023", "23 sites"),
        ("Members paid £24 each, up from £22 in 2023, and 702 came, after 640 in 2023.", "£24", "2023", "£22"),
        (
            "The budget is 4.1 million crowns in 2024, after 3.8 million crowns in 2023.",
            "4.1",
            "2023",
            "3.8 million crowns",
        ),
        (
            "In 2023 and 2024 the hide had 3,900 and 4,200 visitors.",
            "3,900 and 4,200 visitors",
            "2024",
            "4,200 visitors",
        ),
        ("In 2023 and 2024 the hide had 3,900 and 4,200 visitors.", "4,200 visitors", "2023", "3,900"),
        ("Sales were 4.5 % in May and 3.9 % in June.", "4.5 %", "2024-06", "3.9 %"),
        ("From 640 in 2023, membership rose to 702.", "702", "2023", "640"),
    ],
)
def test_a_value_of_another_time_is_replaced_by_that_of_the_time_asked_for(
    text: str, words: str, time: str, expected: str
) -> None:
    assert taken(text, words, time) == expected
    assert taken(text, expected, time) == expected


@pytest.mark.parametrize(
    ("text", "words", "time"),
    [
        ("There were 312 pairs of gannets in 2024, against 287 in 2023.", "312 pairs", "2024"),
        ("There were 312 pairs of gannets in 2024, against 287 in 2023.", "312 pairs", "2019"),
        ("There were 312 pairs of gannets in 2024, against 287 in 2023.", "gannets", "2023"),
        ("In 2023, the station with 41 wardens counted 287 gannets.", "287 gannets", "2023"),
        ("In 2023, 41 wardens came; in 2024 they counted 287 gannets.", "287 gannets", "2023"),
        ("Of 1,200 nests, 312 failed in 2023.", "1,200 nests", "2023"),
        ("In 2023 the shop took £18,300 with 41 volunteers.", "£18,300", "2023"),
        ("In 2023 the ferry, built in 1951, carried 4,200 people and 19 cars.", "4,200 people", "2023"),
    ],
)
def test_in_doubt_the_words_stay(text: str, words: str, time: str) -> None:
    assert taken(text, words, time) == words


@pytest.mark.model
def test_the_mark_of_a_quote_is_of_the_time_asked_for(tmp_path: Path) -> None:
    text = "Seabird survey\n\nEggs were found at 19 sites; a year before, in 2023, it had been 23 sites.\n"
    with Assistant.open(tmp_path, create=True) as assistant:
        assistant.add([Document.from_text("birds.txt", text)])
        quote = assistant.ask("At how many sites were eggs found in 2023?").quotes[0]
        assert quote.highlight
        assert quote.text[slice(*quote.highlight)] == "23 sites"
