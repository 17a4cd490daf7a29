"""Texts put together block by block."""

import pytest

from retriever.errors import ReadingError
from retriever.reading.builder import ExtractBuilder, broken_file, metadata_date, metadata_title, one_line
from retriever.reading.extract import Extract
from retriever.records import Provenance
from tests.office import furniture, headings, lines, pages


def test_blocks_are_single_lines_parted_by_blank_lines() -> None:
    builder = ExtractBuilder()
    builder.add("Varn\n", heading=True)
    builder.add("  ")
    builder.add("The river\n is long.")
    builder.add("page 1", furniture=True)
    extract = builder.build("a", Extract(""))
    assert lines(extract) == ["Varn", "The river is long.", "page 1"]
    assert headings(extract) == ["Varn"]
    assert furniture(extract) == ["page 1"]
    assert (extract.title.value, extract.title.known) == ("Varn", Provenance.TEXT)


def test_empty_pages_count_too() -> None:
    builder = ExtractBuilder()
    for text in ("", "one", "", "two", ""):
        builder.page()
        builder.add(text)
    assert pages(builder.build("a", Extract(""))) == ["", "one", "", "two", ""]


def test_a_part_brings_its_headings_along() -> None:
    builder = ExtractBuilder()
    builder.add("before")
    builder.add_extract(Extract("Title\n\nnav", headings=((0, 5),), furniture=((7, 10),), warnings=("look",)))
    extract = builder.build("a", Extract(""))
    assert (headings(extract), furniture(extract), extract.warnings) == (["Title"], ["nav"], ("look",))


def test_a_paragraph_styled_as_a_heading_is_none() -> None:
    builder = ExtractBuilder()
    builder.add("word " * 100, heading=True)
    assert headings(builder.build("a", Extract(""))) == []


def test_no_text_is_an_error() -> None:
    with pytest.raises(ReadingError, match=r"a.docx holds no text: it may hold nothing but pictures"):
        ExtractBuilder().build("a.docx", Extract(""))


def test_halves_of_letters_and_control_characters_are_not_kept() -> None:
    assert one_line("a\ud800b\x00\x0b c\u00a0d") == "a�b c d"


@pytest.mark.parametrize(
    "title",
    ["", "...", "Untitled document", "(Untitled)", "PowerPoint Presentation", "Microsoft Word - a.doc", "Document1"],
)
def test_titles_that_programs_write_are_none(title: str) -> None:
    assert metadata_title(title).value is None


@pytest.mark.parametrize("title", ["A document of Varn", "Microsoft Word for rivers", "Normality", "The unknown ford"])
def test_titles_that_only_begin_or_end_like_those_are_kept(title: str) -> None:
    assert metadata_title(title).value == title


@pytest.mark.parametrize(
    ("date", "known"),
    [
        ("2024-05-21T10:00:00Z", "2024-05-21"),
        ("1851", "1851"),
        ("0101-01-01", None),
        ("May 2024", None),
        ("2024-13-01", None),
    ],
)
def test_dates_lose_their_time_of_day(date: str, known: str | None) -> None:
    assert metadata_date([(None, None), (date, None)]).value == known


def test_errors_of_libraries_become_one_sentence() -> None:
    with (
        pytest.raises(ReadingError, match=r"a.docx is broken \('rId7'\): open it in its program"),
        broken_file("a.docx"),
    ):
        {}["rId7"]


def test_lack_of_memory_is_no_fault_of_the_file() -> None:
    with pytest.raises(MemoryError), broken_file("a.docx"):
        raise MemoryError
