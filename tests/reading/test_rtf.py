"""Rich Text."""

import pytest

from retriever.errors import ReadingError
from retriever.reading.rtf import read
from tests.office import lines


def test_paragraphs_and_what_the_file_says_of_itself() -> None:
    extract = read(
        rb"{\rtf1\ansi\ansicpg1250{\fonttbl{\f0 Arial;}}{\info{\title \'8eena}{\author Ada}"
        rb"{\creatim\yr2020\mo1\dy2}{\revtim\yr2022\mo4\dy21}}"
        rb"\pard The river\line is \b long\b0 .\par It ends.\par}",
        "a.rtf",
    )
    assert lines(extract) == ["The river", "is long.", "It ends."]
    assert (extract.title.value, extract.author.value, extract.published.value) == ("Žena", "Ada", None)
    assert extract.headings is extract.furniture is None


def test_links_keep_their_words_and_lose_their_address() -> None:
    data = rb'{\rtf1 See {\field{\*\fldinst{HYPERLINK "https://varn.example"}}{\fldrslt{the map}}}.\par}'
    assert lines(read(data, "a.rtf")) == ["See the map."]


def test_rows_of_tables_are_worded() -> None:
    row = rb"\trowd\cellx1\cellx2 %b\cell %b\cell\row "
    data = rb"{\rtf1 " + row % (b"Name", b"Age") + row % (b"Ada", b"36") + rb"\pard After.\par}"
    assert lines(read(data, "a.rtf")) == ["Name: Ada; Age: 36.", "After."]


def test_letters_in_two_halves_are_made_whole() -> None:
    assert read(rb"{\rtf1 A \u-10179?\u-8704? b\u-10179?}", "a.rtf").text == "A 😀 b�"


def test_many_unclosed_links_do_not_hold_up_the_reading() -> None:
    data = rb"{\rtf1 Text. " + rb"{\field{\*\fldinst{HYPERLINK " * 20_000 + b"}"
    assert read(data, "a.rtf").text == "Text."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"words", "is not Rich Text"),
        (rb"{\rtf1 {\pict 00}}", "holds no text"),
        (rb"{\rtf1 \u99999999?}", "is broken"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=rf"^a\.rtf {reason}"):
        read(data, "a.rtf")


def test_notes_stand_at_the_end_and_list_items_keep_their_numbers() -> None:
    extract = read(
        rb"{\rtf1\ansi The rent is 1200{\super\chftn}{\*\footnote\pard\plain{\super\chftn} Paid {\b in} March.} crowns."
        rb"\par It rose{\super\chftn}{\footnote Twice.}.\par {\pntext\f0 2.\tab}Cook\par}",
        "a.rtf",
    )
    assert extract.text.split("\n\n") == [
        "The rent is 1200[1] crowns.",
        "It rose[2].",
        "2. Cook",
        "[1] Paid in March.",
        "[2] Twice.",
    ]
