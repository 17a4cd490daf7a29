"""Numbers and times as a sheet shows them."""

from datetime import date, datetime, time, timedelta

import pytest

from retriever.reading.cell_values import format_number, format_time

MORNING = datetime(2031, 2, 8, 9, 5, 7, 600_000)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (12553, "#,##0\\ ;\\(#,##0\\)", "12,553"),
        (-81, "#,##0\\ ;\\(#,##0\\)", "(81)"),
        (0, '_(* #,##0_);_(* \\(#,##0\\);_(* "—"_);_(@_)', "—"),
        (0.125, "0.0%", "12.5%"),
        (0.125, "0.00", "0.13"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (-3.2, '"CHF" 0.0', "-CHF 3.2"),
        (7, "00000", "00007"),
        (2_500_000, '0.0,,"M"', "2.5M"),
        (1.5, "0.##", "1.5"),
        (1.0, "General", "1"),
        (1e20, "General", "1e+20"),
        (0.5, "# ?/?", "0.5"),
        (12345, "0.00E+00", "12345"),
        (-4, "0;[Red]-0", "-4"),
        (5, '[>=10]"many";0', "5"),
        (5, '"none"', "none"),
        (5, 'General" kg"', "5 kg"),
    ],
)
def test_numbers_follow_their_format(value: float, number_format: str, shown: str) -> None:
    assert format_number(value, number_format) == shown


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (MORNING, "DD/MM/YYYY", "08/02/2031"),
        (MORNING, "dd.mm.yyyy;@", "08.02.2031"),
        (MORNING, "m/d/yy h:mm AM/PM", "2/8/31 9:05 AM"),
        (MORNING, "yyyy-mm-dd hh:mm:ss", "2031-02-08 09:05:08"),
        (MORNING, "mm:ss.0", "05:07.6"),
        (MORNING, "[$-409]ddd d mmmm yyyy", "Sat 8 February 2031"),
        (MORNING, "[$-en-GB]dd-mmm-yy", "08-Feb-31"),
        (MORNING, "mmmmm", "F"),
        (MORNING, 'yyyy"年"m"月"d"日"', "2031年2月8日"),
        (MORNING, '"on "d\\.m\\.yyyy', "on 8.2.2031"),
        (MORNING, "[$-407]dd.mm.yyyy", "08.02.2031"),
        (date(2031, 2, 28), "dd/mm/yyyy", "28/02/2031"),
        (time(0, 5), "h:mm a/p", "12:05 a"),
        (time(15, 5, 59), "hh:mm", "15:05"),
        (time(23, 59, 59, 900_000), "h:mm:ss AM/PM", "12:00:00 AM"),
        (timedelta(hours=30, minutes=5), "[h]:mm:ss", "30:05:00"),
        (timedelta(minutes=90, seconds=1.25), "[mm]:ss.00", "90:01.25"),
    ],
)
def test_times_follow_their_format(value: date | time | timedelta, number_format: str, shown: str) -> None:
    assert format_time(value, number_format) == shown


@pytest.mark.parametrize(
    "number_format",
    [
        "General",
        "",
        "mm-dd-yy",  # the machine's short date
        "m/d/yy h:mm",
        "[$-F800]dddd, mmmm dd, yyyy",  # the machine's long date
        "[$-x-sysdate]dddd, mmmm dd, yyyy",
        "[$-407]d. mmmm yyyy",  # names in German
        "[$-2060401]dd/mm/yyyy",  # another calendar
        "[$-411]ge.m.d",  # years of an emperor
        "[>=40000]dd/mm/yyyy",
        "[h]:mm",  # of a date
        "dd/mm/yyyy" + " " * 250,  # longer than a format may be
    ],
)
def test_what_a_format_leaves_open_is_given_in_iso_8601(number_format: str) -> None:
    assert format_time(datetime(2031, 2, 8, 9, 5), number_format) == "2031-02-08 09:05"
    assert format_time(datetime(2031, 2, 8), number_format) == "2031-02-08"


def test_a_time_of_day_has_no_date_to_show() -> None:
    assert format_time(time(9, 5), "dd/mm/yyyy") == "09:05"
    assert format_time(timedelta(hours=-1), "[h]:mm") == str(timedelta(hours=-1))
