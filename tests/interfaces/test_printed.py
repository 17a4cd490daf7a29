"""What the page needs in order to show a document as printed."""

from dataclasses import replace

import pytest

from retriever import Document
from retriever.interfaces.html.printed import WIDTHS, file_address, pictures_of_lines, sheets_of
from retriever.interfaces.html.source import Mark
from retriever.reading.geometry import PlacedWord, PrintedPage, WordBoxes

TEXT = "The ferry leaves at nine.\n\nIts captain is Tom Reed."
PAGES = [PrintedPage(500, 1_000, "iv"), PrintedPage(1_000, 500, "2")]


def document() -> Document:
    words = [
        PlacedWord(0, 3, 1, (50, 100, 100, 120)),
        PlacedWord(4, 9, 1, (105, 100, 150, 120)),
        PlacedWord(27, 30, 2, (100, 50, 200, 75)),
    ]
    packed = WordBoxes.from_words(PAGES, words).to_bytes()
    made = Document.from_text("old files/ferry #1.pdf", TEXT)
    return replace(made, media_type="application/pdf", pages=(0, 27), word_boxes=packed)


def test_each_page_has_its_size_its_text_and_its_printed_number() -> None:
    first, second = sheets_of(document(), ())
    assert (first.number, first.label, first.width, first.height) == (1, "iv", 500, 1_000)
    assert (first.text, second.text) == ("The ferry leaves at nine.", "Its captain is Tom Reed.")
    assert second.label == ""  # it is page 2 anyway


def test_boxes_are_shares_of_the_page() -> None:
    first, second = sheets_of(document(), [Mark(3, (4, 30))])
    (box,) = first.boxes
    assert (box.position, box.left, box.top, box.width, box.height) == (3, 21, 10, 9, 2)
    (box,) = second.boxes
    assert (box.left, box.top, box.width, box.height) == (10, 10, 10, 5)


def test_an_address_is_safe_in_a_page() -> None:
    first, _ = sheets_of(document(), ())
    assert first.address == "api/documents/old%20files/ferry%20%231.pdf/pages/1.png"
    assert first.sources.count(" ") == 2 * len(WIDTHS) - 1
    assert file_address(document()) == "api/documents/old%20files/ferry%20%231.pdf/file"


@pytest.mark.parametrize("packed", [b"", b"damaged"])
def test_without_places_there_are_no_pages(packed: bytes) -> None:
    assert sheets_of(replace(document(), word_boxes=packed), ()) == ()


def test_the_picture_of_lines_shows_no_other_lines() -> None:
    """Two lines at the foot of one column, one at the head of the next, and a note far below it."""
    boxes = [(50, 700, 250, 712), (50, 714, 250, 726), (300, 60, 500, 72), (300, 400, 500, 412)]
    words = [PlacedWord(5 * place, 5 * place + 4, 1, box) for place, box in enumerate(boxes)]
    packed = WordBoxes.from_words([PrintedPage(600, 800)], words).to_bytes()
    scan = replace(document(), word_boxes=packed)
    parts = [lines.part for lines in pictures_of_lines(scan, 0, 20)]
    assert parts == [(45, 698, 210, 30), (295, 58, 210, 16), (295, 398, 210, 16)]
