"""Where the words of a PDF stand: pdfium finds exactly a quote's letters inside of its boxes."""

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas

from eval.boxes import PageLetters
from retriever.reading.extract import Extract
from retriever.reading.geometry import LineBox, WordBoxes
from retriever.reading.pdf import read
from tests.paths import DATA
from tests.reading.test_pdf import LEFT, RIGHT, made, put

COLUMNS = 12


def boxes_of(extract: Extract, quote: str) -> tuple[LineBox, ...]:
    start = extract.text.index(quote)
    return WordBoxes.from_bytes(extract.word_boxes).lines(start, start + len(quote))


def letters_in(data: bytes, lines: Sequence[LineBox]) -> str:
    """What pdfium finds in some boxes, page by page, without spaces."""
    with pdfium.PdfDocument(data) as document:
        return "".join("".join(PageLetters.of(document, line.page - 1).within([line])) for line in lines)


def test_a_quote_has_a_box_on_each_of_its_lines() -> None:
    data = made(lambda canvas: put(canvas, LEFT))
    extract = read(data, "lamps.pdf")
    quote = "lights the lamp at dusk and winds the clock"
    lines = boxes_of(extract, quote)
    assert letters_in(data, lines) == quote.replace(" ", "")
    assert [line.page for line in lines] == [1, 1]
    first, second = (line.box for line in lines)
    assert (first[3] - first[1], second[1] - first[1]) == (pytest.approx(11, abs=0.3), pytest.approx(13, abs=0.3))
    assert first[1] == pytest.approx(842 - 700 - 0.78 * 11, abs=0.3)


@pytest.mark.parametrize("crop", [0, 60])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_and_cropped_page_has_its_boxes_where_it_shows_the_words(turn: int, crop: int) -> None:
    with pdfium.PdfDocument(made(lambda canvas: put(canvas, LEFT))) as document:
        (page,) = document
        page.set_rotation(turn)
        page.set_cropbox(crop, crop, 595, 842)
        document.save(target := io.BytesIO())
    extract = read(target.getvalue(), "lamps.pdf")
    lines = boxes_of(extract, LEFT[1])
    assert letters_in(target.getvalue(), lines) == LEFT[1].replace(" ", "")
    (printed,) = WordBoxes.from_bytes(extract.word_boxes).pages
    width, height = (595 - crop, 842 - crop)
    assert (printed.width, printed.height) == ((width, height) if turn % 180 == 0 else (height, width))
    across, down = (lines[0].box[2] - lines[0].box[0], lines[0].box[3] - lines[0].box[1])
    assert (across > down) == (turn % 180 == 0)


def test_a_sentence_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    left = [f"Line {number} of the keeper's book is about the lamp" for number in range(COLUMNS)]
    right = [f"and line {number} of it is about the fog and the horn" for number in range(COLUMNS)]

    def draw(canvas: Canvas) -> None:
        put(canvas, left, x=50, size=9)
        put(canvas, right, x=320, size=9)
        canvas.showPage()
        put(canvas, ["which is heard on the far shore too when the wind blows from the sea."], size=9)

    data = made(draw)
    extract = read(data, "lamps.pdf")
    quote = f"{left[-1]} {right[0]}"
    lines = boxes_of(extract, quote)
    assert letters_in(data, lines) == quote.replace(" ", "")
    assert lines[1].box[0] > lines[0].box[2]
    quote = f"{right[-1]} which is heard on the far shore"
    lines = boxes_of(extract, quote)
    assert [line.page for line in lines] == [1, 2]
    assert letters_in(data, lines) == quote.replace(" ", "")


def test_both_halves_of_a_divided_word_are_boxed() -> None:
    data = made(
        lambda canvas: put(canvas, ["The keeper of the light-", "house climbs to the lamp.", "A lighthouse is high."])
    )
    extract = read(data, "lamps.pdf")
    lines = boxes_of(extract, "lighthouse climbs")
    assert letters_in(data, lines).replace("\x02", "-") in ("light-houseclimbs", "lighthouseclimbs")
    assert len(lines) == 2


def test_a_note_mark_does_not_move_the_words_after_it() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["The lamp cost 1200"])
        end = 72 + canvas.stringWidth("The lamp cost 1200", "Times-Roman", 11)
        put(canvas, ["3"], x=end, y=704, size=7)
        put(canvas, ["crowns in the year of the storm."], x=end + 8)

    data = made(draw)
    extract = read(data, "lamps.pdf")
    assert "1200[3] crowns" in extract.text
    assert letters_in(data, boxes_of(extract, "1200[3] crowns in the year")) == "12003crownsintheyear"
    assert letters_in(data, boxes_of(extract, "of the storm.")) == "ofthestorm."


def test_the_row_of_a_table_is_boxed_with_the_names_of_its_columns() -> None:
    rows = [
        ("Ship", "Captain", "Crew"),
        ("Gannet", "Tom Reed", "12"),
        ("Petrel", "Mira Holt", "9"),
        ("Tern", "Ada", "4"),
    ]

    def draw(canvas: Canvas) -> None:
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                canvas.rect(72 + 120 * column, 700 - 20 * row, 120, 20)
                canvas.setFont("Times-Bold" if row == 0 else "Times-Roman", 11)
                canvas.drawString(76 + 120 * column, 706 - 20 * row, cell)

    data = made(draw)
    extract = read(data, "ships.pdf")
    line = next(line for line in extract.text.split("\n\n") if "Petrel" in line)
    printed = letters_in(data, boxes_of(extract, line))
    assert sorted(printed) == sorted("ShipPetrelCaptainMiraHoltCrew9")
    assert letters_in(data, boxes_of(extract, "Mira Holt")) == "MiraHolt"


def test_a_running_head_has_its_place_too() -> None:
    def draw(canvas: Canvas) -> None:
        for page in range(4):
            put(canvas, ["The lamps of Varn"], y=800)
            put(canvas, [f"{line} ({page})" for line in RIGHT])
            canvas.showPage()

    data = made(draw)
    extract = read(data, "lamps.pdf")
    assert letters_in(data, boxes_of(extract, "The lamps of Varn")) == "ThelampsofVarn"


def test_the_value_of_a_field_is_boxed() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Name of the ship:")
        canvas.acroForm.textfield(name="ship", x=200, y=694, width=120, height=20, value="Gannet")

    extract = read(made(draw), "form.pdf")
    (line,) = boxes_of(extract, "Gannet")
    assert line.box == pytest.approx((200, 842 - 714, 320, 842 - 694), abs=3)


def test_printed_page_numbers_are_kept() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.addPageLabel(0, style="ROMAN_LOWER")
        canvas.addPageLabel(2, style="ARABIC", prefix="A-")
        for page in range(4):
            put(canvas, [f"Page {page} of the book of lamps."])
            canvas.showPage()

    pages = WordBoxes.from_bytes(read(made(draw), "lamps.pdf").word_boxes).pages
    assert [page.label for page in pages] == ["i", "ii", "A-1", "A-2"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not here")
@pytest.mark.parametrize("name", ["unstructured__pdf__multi-column.pdf", "unstructured__pdf__reliance.pdf"])
def test_nearly_every_word_of_a_real_file_has_a_place(name: str) -> None:
    extract = read((Path(DATA) / "office_docs" / name).read_bytes(), name)
    words = WordBoxes.from_bytes(extract.word_boxes)
    placed = sum(int(end - start) for start, end in words.spans)
    assert placed >= 0.98 * sum(map(len, extract.text.split()))


def test_the_row_of_a_table_without_rules_is_boxed_on_all_its_lines() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["Part", "A-1", "", "A-2", ""])
        put(canvas, ["Name", "valve for the", "main boiler", "hinge", "of brass"], x=150)
        put(canvas, ["Price", "12.50", "", "3.20", ""], x=300)

    data = made(draw)
    extract = read(data, "parts.pdf")
    printed = letters_in(data, boxes_of(extract, "Part: A-1; Name: valve for the main boiler; Price: 12.50."))
    assert sorted(printed) == sorted("PartA-1NamevalveforthemainboilerPrice12.50")
    assert letters_in(data, boxes_of(extract, "hinge of brass")) == "hingeofbrass"
