"""PowerPoint files."""

import io
from collections.abc import Callable

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation as Deck
from pptx.util import Inches

from retriever.errors import ReadingError
from retriever.reading.extract import Extract
from retriever.reading.pptx import read
from tests.office import headings, lines, pages, zipped

BLANK = 6


def made(write: Callable[[Deck], object]) -> Extract:
    return read(saved(write), "a.pptx")


def saved(write: Callable[[Deck], object]) -> bytes:
    deck = Presentation()
    write(deck)
    target = io.BytesIO()
    deck.save(target)
    return target.getvalue()


def test_a_slide_is_a_page_with_its_title_as_heading_and_its_notes_at_the_end() -> None:
    def write(deck: Deck) -> None:
        first = deck.slides.add_slide(deck.slide_layouts[1])
        first.shapes.title.text = "The river\vVarn"
        first.placeholders[1].text = "It is long.\nIt is cold."
        first.notes_slide.notes_text_frame.text = "Say it slowly."
        deck.slides.add_slide(deck.slide_layouts[BLANK])
        deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = "Towns"

    extract = made(write)
    assert pages(extract) == ["The river Varn\n\nIt is long.\n\nIt is cold.\n\nSay it slowly.", "", "Towns"]
    assert headings(extract) == ["The river Varn", "Towns"]
    assert extract.title.value == "The river Varn"
    assert extract.published.value is None


def test_shapes_are_read_from_top_to_bottom_and_left_to_right() -> None:
    def write(deck: Deck) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
        for text, left, top in [("last", 1, 5), ("right", 5, 1), ("left", 1, 1.1)]:
            slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1)).text_frame.text = text
        group = slide.shapes.add_group_shape()
        group.shapes.add_textbox(Inches(1), Inches(3), Inches(2), Inches(1)).text_frame.text = "grouped"

    assert lines(made(write)) == ["left", "right", "grouped", "last"]


def test_tables_and_charts_are_worded() -> None:
    def write(deck: Deck) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
        table = slide.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(1)).table
        for cell, text in zip(table.iter_cells(), ["Name", "Town", "Ada", "London"], strict=True):
            cell.text = text
        data = CategoryChartData()
        data.categories = ["North", "South"]
        data.add_series("Sales", (10, 20))
        data.add_series("Costs", (5, None))
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, Inches(3), Inches(4), Inches(3), data)

    assert lines(made(write)) == ["Name: Ada; Town: London.", "North; Sales: 10; Costs: 5.", "South; Sales: 20."]


def test_what_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"a.pptx is broken"):
        read(zipped({"a": "b"}), "a.pptx")
    with pytest.raises(ReadingError, match=r"a.pptx holds no text"):
        read(saved(lambda deck: deck.slides.add_slide(deck.slide_layouts[BLANK])), "a.pptx")
