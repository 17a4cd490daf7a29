"""Dates and publishers: what metadata and first lines write is read, and nothing is guessed."""

import pytest

from retriever.reading.dates import dateline, iso_date
from retriever.reading.publishers import publisher_named


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2022-04-21", "2022-04-21"),
        ("2022-04", "2022-04"),
        ("2022", "2022"),
        ("2022/4/1", "2022-04-01"),
        ("20220421T103000Z", "2022-04-21"),
        ("2022-04-21T23:30:00-05:00", "2022-04-21"),
        ("2017-11-03 03:01:00.000000", "2017-11-03"),
        ("D:20220421103000+02'00'", "2022-04-21"),
        ("D:202204", "2022-04"),
        ("Thu, 21 Apr 2022 10:00:00 +0000", "2022-04-21"),
        ("Thu Apr 21 10:00:00 2022", "2022-04-21"),
        ("April 21, 2022", "2022-04-21"),
        ("Thursday, 21st of April 2022, 10:30 am", "2022-04-21"),
        ("Sept. 2021", "2021-09"),
        ("21/04/2022", "2022-04-21"),
        ("04/21/2022", "2022-04-21"),
        ("03.03.2022", "2022-03-03"),
        ("21. Mai 2022", "2022-05-21"),
        ("21 avril 2022", "2022-04-21"),
        ("mai 2022", "2022-05"),
        ("2022年4月21日", "2022-04-21"),
    ],
)
def test_a_date_is_read_as_it_is_written(written: str, expected: str) -> None:
    assert iso_date(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "03/04/2022",
        "April 21",
        "yesterday",
        "3 days ago",
        "10:30",
        "2022-13-45",
        "31 February 2022",
        "1650535200",
        "0000-00-00",
        "hello 2022 world",
        "2022-04-21 " * 50,
    ],
)
def test_what_is_no_date_or_can_be_read_in_two_ways_is_none(written: str) -> None:
    assert iso_date(written) is None


@pytest.mark.parametrize(
    "text",
    [
        "WASHINGTON, April 21, 2022 (Reuters) - The talks went on.",
        "PARIS, France, 21 April 2022 — The talks went on.",
        "Talks go on\n\nBy Ann Ames | April 21, 2022\n\nThe talks went on.",
        "Talks go on\n\nPublished April 21, 2022, updated May 3, 2022\n\nThe talks went on.",
        "Talks go on\n\nPublished: 2022-04-21 10:30\n",
        "Talks go on\n\n2022-04-21\n",
        "21 April 2022\n\nThe talks went on.",
        "Talks go on\n\nDate: 21 April 2022.\n\nThe talks went on.",
        "# Talks go on\n\n**Date:** April 21st, 2022\n",
        "Talks go on\n\nDate of issue: 21.04.2022.\n",
        "Talks go on\n\nTo: Ann Ames\nDate – 2022-04-21.\n",
        "Die Verhandlungen\n\nDatum: 21. April 2022.\n",
        "Les pourparlers\n\nDate : 21 avril 2022.\n",
        "Talks go on\n\nThe Varn Gazette, 21 April 2022. By Ann Ames\n",
        "Talks go on\n\nThe Varn Gazette, 21 April 2022. By Ann Ames.\n",
        "Talks go on\n\nBy Ann Ames and Tom Reed, Island Post, Thursday, 21 April 2022.\n",
        "Talks go on\n\n*April 21, 2022 — Ministry of Health.*\n",
        "Talks go on\n\nPort Elm, 21 April 2022.\n",
        "Talks go on\n\n21 April 2022.\n",
        "Talks go on\n\nPublished by the Varn Council on 21 April 2022.\n",
    ],
)
def test_a_dateline_says_when_a_text_was_published(text: str) -> None:
    assert dateline(text) == "2022-04-21"


@pytest.mark.parametrize(
    "text",
    [
        "WASHINGTON, April 21 (Reuters) - The talks went on.",
        "On April 21, 2022, the ministers met again, and the talks went on until the morning of the next day.",
        "The talks of April 21, 2022.",
        "On April 21, 2022.",
        "21 April 2022. The talks went on.",
        "Date of birth: 21 April 2022.",
        "Date: to be agreed in 2022.",
        "Data: 2022 survey",
        "Last updated, 21 April 2022.",
        "The Varn Gazette, 21 April 2022, 3 May 2022.",
        "Updated May 3, 2022",
        "Minutes\n\nThe permit issued 3 March 2020 to Mr Holm was discussed by all the members.",
        "The first version, issued 3 January 2010, is void since the new one came.",
        "Published 03/04/2022",
        "April 2022",
        "April 21, 2022 - May 3, 2022",
        "\n".join(["The talks went on."] * 20 + ["21 April 2022"]),
        "",
    ],
)
def test_no_dateline_is_guessed(text: str) -> None:
    assert dateline(text) is None


def test_a_label_may_give_a_month_only() -> None:
    assert dateline("Talks go on\n\nDate: April 2022.\n") == "2022-04"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("The Varn Gazette, 21 April 2022. By Ann Ames", "The Varn Gazette"),
        ("The Tidal Wire, 21 April 2022. By Ann Ames.", "The Tidal Wire"),
        ("By Ann Ames | Island Post | 2022-04-21", "Island Post"),
        ("Ministry of Health — April 21, 2022", "Ministry of Health"),
        ("Elm Harbour Authority (Thursday, 21 April 2022).", "Elm Harbour Authority"),
        ("21 April 2022, Varn Examiner", "Varn Examiner"),
        ("Publisher: Quill & Sons", "Quill & Sons"),
        ("Published by the Varn Council on 21 April 2022.", "Varn Council"),
        ("**Published by** Tern Books, Port Elm", "Tern Books"),
    ],
)
def test_a_publisher_is_named_by_a_label_or_beside_the_day(line: str, name: str) -> None:
    assert publisher_named(f"Talks go on\n\n{line}\n\nThe talks went on.\n") == name


@pytest.mark.parametrize(
    "line",
    [
        "Ann Ames, 21 April 2022",
        "By Ann Ames, 21 April 2022",
        "Port Elm, 21 April 2022. By Ann Ames",
        "The Hague, 21 April 2022",
        "The Varn Gazette wrote on 21 April 2022 that the talks went on.",
        "The Varn Gazette",
        "Published by accident on 21 April 2022.",
        "Published: 21 April 2022",
    ],
)
def test_a_place_a_person_or_a_sentence_is_no_publisher(line: str) -> None:
    assert publisher_named(f"Talks go on\n\n{line}\n\nThe talks went on.\n") is None


def test_a_title_with_a_day_is_no_publisher() -> None:
    assert publisher_named("The Long Winter, 21 April 2022\n\nIt was cold.\n") is None


@pytest.mark.parametrize(
    "line",
    [
        "issued 3 January 2022",
        "This notice was issued 3 January 2022.",
        "This notice, issued 3 January 2022 by the harbour master, applies to all ships in the port of Varn.",
        "Circular 4, issued 3 January 2022.",
    ],
)
def test_a_document_says_in_its_first_lines_when_it_was_issued(line: str) -> None:
    assert dateline(f"Harbour notice\n\nPort of Varn\n{line}\n\nThe quay is shut.\n") == "2022-01-03"
