"""Values are read and compared as what they are."""

import pytest

from retriever.agreement.comparing import Likeness, likeness, same_name
from retriever.agreement.kinds import Bound, Kind, Value
from retriever.agreement.values import values_in


def only(text: str) -> Value:
    (value,) = [value for value in values_in(text, ()) if value.kind is not Kind.NAME]
    return value


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("forty-two boats", Kind.COUNT, 42),
        ("two hundred and twelve thousand crates", Kind.COUNT, 212_000),
        ("a dozen boats", Kind.COUNT, 12),
        ("half a million crates", Kind.COUNT, 500_000),
        ("€3.5m", Kind.MONEY, 3_500_000),
        ("12 crowns", Kind.MONEY, 12),
        ("61.4 per cent", Kind.SHARE, 61.4),
        ("one in five of them", Kind.SHARE, 20),
        ("half of them", Kind.SHARE, 50),
        ("10 m high", Kind.LENGTH, 10),
        ("104 degrees Fahrenheit", Kind.HEAT, 40),
        ("a year and a half", Kind.DURATION, 1.5 * 365.25 * 86400),
        ("nine o'clock in the morning", Kind.CLOCK, 540),
        ("6.30 p.m.", Kind.CLOCK, 1110),
        ("is 44 years old", Kind.AGE, 44),
        ("the price doubled", Kind.MULTIPLE, 2),
        ("three times a month", Kind.FREQUENCY, 36),
        ("semiannually", Kind.FREQUENCY, 2),
    ],
)
def test_a_value_is_read(text: str, kind: Kind, number: float) -> None:
    value = only(text)
    assert value.kind is kind
    assert value.number == pytest.approx(number)


def test_a_number_may_stand_behind_a_year() -> None:
    assert [value.number for value in values_in("In 1951 three boats sank", ())] == [1951, 3]


def test_a_value_keeps_the_words_that_bound_it() -> None:
    text = "It cost more than 32,000 crowns."
    value = only(text)
    assert (text[value.start : value.end], value.bound) == ("more than 32,000 crowns", Bound.MORE)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("48 boats", "forty-eight boats", Likeness.EQUAL),
        ("more than 1,000 crates", "1,200 crates", Likeness.ROUNDING),
        ("nearly 9,000 crates", "8,200 crates", Likeness.ROUNDING),
        ("more than 1,000 crates", "2,100 crates", Likeness.DIFFERENT),
        ("more than 10 crates", "19 crates", Likeness.DIFFERENT),
        ("10 km", "6.2 miles", Likeness.EQUAL),
        ("18 months", "a year and a half", Likeness.EQUAL),
        ("more than 32,000 crates", "32,500 crates", Likeness.ROUNDING),
        ("32,000 crates", "32,500 crates", Likeness.ROUNDING),
        ("nearly 7 percent", "6.8 percent", Likeness.ROUNDING),
        ("between 10 and 12 percent", "11 percent", Likeness.ROUNDING),
        ("hundreds of boats", "640 boats", Likeness.ROUNDING),
        ("a third of them", "34 percent", Likeness.ROUNDING),
        ("twice a year", "every six months", Likeness.EQUAL),
        ("quarterly", "four times a year", Likeness.EQUAL),
        ("twice a day", "every two hours", Likeness.DIFFERENT),
        ("40 boats", "42 boats", Likeness.DIFFERENT),
        ("more than 32,000 crates", "31,000 crates", Likeness.DIFFERENT),
        ("more than 100 boats", "140 boats", Likeness.DIFFERENT),
        ("3-1", "2-1", Likeness.DIFFERENT),
        ("$5", "€5", Likeness.UNLIKE),
        ("5 percent", "5 percentage points", Likeness.UNLIKE),
    ],
)
def test_two_values_compare(one: str, other: str, expected: Likeness) -> None:
    assert likeness(only(one), only(other)) is expected
    assert likeness(only(other), only(one)) is expected


@pytest.mark.parametrize(
    ("text", "fates"),
    [
        ("Two people died and nineteen were injured, while 1,200 lost their homes.", ["dead", "injured", "homeless"]),
        ("The storm killed two people and hurt nine.", ["dead", "injured"]),
        ("It hurt 19 people, killing two.", ["injured", "dead"]),
        ("Nine boats sank.", [""]),
    ],
)
def test_a_count_says_what_became_of_whom_it_counts(text: str, fates: list[str]) -> None:
    assert [value.fate for value in values_in(text, ()) if value.kind is Kind.COUNT] == fates


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("US", "United States", Likeness.EQUAL),
        ("Lisbon", "Portugal", Likeness.WITHIN),
        ("Porto", "Portugal", Likeness.UNLIKE),
        ("Portugal", "Spain", Likeness.DIFFERENT),
        ("Lisbon", "Spain", Likeness.DIFFERENT),
        ("Porto", "Lisbon", Likeness.DIFFERENT),
    ],
)
def test_a_place_in_a_country_is_no_other_place(one: str, other: str, expected: Likeness) -> None:
    first, second = (only_name(text) for text in (one, other))
    assert likeness(first, second) is likeness(second, first) is expected


def only_name(text: str) -> Value:
    (value,) = values_in(f"in {text}", ())
    return value


def test_a_name_is_one_with_and_without_title_and_accents() -> None:
    found = [value.name for value in values_in("Captain José Marín sailed. So did Jose Marin.", ())]
    assert found == [("jose", "marin"), ("jose", "marin")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("marin",), ("jose", "marin"), True),
        (("zelensky",), ("zelenskyy",), True),
        (("who",), ("world", "health", "organization"), True),
        (("tom", "reed"), ("ada", "reed"), False),
    ],
)
def test_names_compare(one: tuple[str, ...], other: tuple[str, ...], same: bool) -> None:
    assert same_name(one, other) is same
