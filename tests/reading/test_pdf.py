import io
from collections.abc import Callable
from contextlib import suppress

import pypdfium2
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from retriever.errors import ReadingError
from retriever.reading import ocr
from retriever.reading.extract import Extract
from retriever.reading.pdf import read
from retriever.reading.pdf.runs import MOST_PAGES
from retriever.reading.sources import Note
from retriever.records import Provenance
from tests.paths import DATA

OFFICE_DOCS = DATA / "office_docs"

NO_TEXT = {"markitdown__MEDRPT-2024-PAT-3847_medical_report_scan.pdf", "pypdf__git.pdf"}
LOCKED = {"pypdf__encryption__r6-user-password.pdf"}

LEFT = [
    "The keeper lights the lamp at dusk",
    "and winds the clock that turns it,",
    "for a lamp that stands is no lamp.",
]
RIGHT = ["In fog the horn is blown each half", "minute, by day and by night, until", "the far shore can be seen again."]


def made(draw: Callable[[Canvas], None], **settings: object) -> bytes:
    """A PDF that one function draws; the page is 595 by 842 points, the text 11 points high."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), **settings)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def put(
    canvas: Canvas, lines: list[str], x: float = 72, y: float = 700, size: float = 11, font: str = "Times-Roman"
) -> None:
    canvas.setFont(font, size)
    for place, line in enumerate(lines):
        canvas.drawString(x, y - 13 * place, line)


def blocks(extract: Extract) -> list[str]:
    return extract.text.split("\n\n")


def spanned(extract: Extract, spans: tuple[tuple[int, int], ...] | None) -> list[str]:
    return [extract.text[start:end] for start, end in spans or ()]


def read_pages(*pages: list[str], **settings: object) -> Extract:
    """What is read of pages with these lines."""

    def draw(canvas: Canvas) -> None:
        for lines in pages:
            put(canvas, lines)
            canvas.showPage()

    return read(made(draw, **settings), "lamps.pdf")


def test_lines_become_one_paragraph_and_a_gap_parts_paragraphs() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        put(canvas, RIGHT, y=650)

    assert blocks(read(made(draw), "lamps.pdf")) == [" ".join(LEFT), " ".join(RIGHT)]


def test_an_indent_starts_a_paragraph() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        put(canvas, ["In fog the horn is blown as long"], x=88, y=700 - 39)
        put(canvas, ["as the far shore cannot be seen."], y=700 - 52)

    assert blocks(read(made(draw), "lamps.pdf")) == [
        " ".join(LEFT),
        "In fog the horn is blown as long as the far shore cannot be seen.",
    ]


def test_columns_are_read_one_after_the_other_below_what_runs_across_them() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["A lamp, a clock and a horn: what is in a lighthouse"], x=90, y=760, size=18)
        for place in range(3):  # row by row, as some programs write them
            put(canvas, LEFT[place : place + 1], x=72, y=700 - 13 * place)
            put(canvas, RIGHT[place : place + 1], x=310, y=700 - 13 * place)

    extract = read(made(draw), "lamps.pdf")
    assert blocks(extract) == [
        "A lamp, a clock and a horn: what is in a lighthouse",
        " ".join(LEFT),
        " ".join(RIGHT),
    ]


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = [
        [f"{ordinal} column, {line} line" for line in ("top", "middle", "bottom")]
        for ordinal in ("One", "Two", "Three")
    ]

    def draw(canvas: Canvas) -> None:
        for place, lines in enumerate(columns):
            put(canvas, lines, x=60 + 170 * place)

    text = read(made(draw), "lamps.pdf").text
    wanted = [line for lines in columns for line in lines]
    assert sorted(wanted, key=text.index) == wanted


def test_the_rows_of_a_table_stay_together() -> None:
    rows = [("Lamp", "1854", "12 m"), ("Horn", "1871", "3 m"), ("Clock", "1854", "4 m"), ("Stair", "1853", "30 m")]

    def draw(canvas: Canvas) -> None:
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                put(canvas, [cell], x=72 + 150 * column, y=700 - 13 * place)

    assert [block.split() for block in blocks(read(made(draw), "lamps.pdf"))] == [" ".join(row).split() for row in rows]


def test_what_is_filled_into_a_form_stands_behind_its_label() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["Form for the summer course"], y=760)
        for label, value, y in (
            ("Allergies:", "hazelnut and shellfish", 700),
            ("Phone", "0471 55", 676),
            ("E-mail:", "", 652),
        ):
            put(canvas, [label], y=y)
            canvas.acroForm.textfield(name=label, value=value, x=200, y=y - 5, width=200, height=18)
        canvas.acroForm.checkbox(name="swims", checked=True, x=72, y=600, size=12)
        put(canvas, ["can swim"], x=90, y=602)
        canvas.acroForm.checkbox(name="rides", checked=False, x=72, y=576, size=12)
        put(canvas, ["can ride"], x=90, y=578)
        canvas.acroForm.textfield(name="Guardian", value="Ottoline Marsh", x=200, y=480, width=200, height=18)

    assert blocks(read(made(draw), "a.pdf"))[1:] == [
        "Allergies: hazelnut and shellfish",
        "Phone: 0471 55",
        "E-mail:",
        "☒ can swim",
        "☐ can ride",
        "Guardian: Ottoline Marsh",
    ]


TABLE = [["Orchard", "2029", "2030", "2031"], ["Birch Row", "21 t", "7 t", "18 t"], ["Cedar End", "4 t", "", "6 t"]]


def put_table(canvas: Canvas, rows: list[list[str]], *, merged: bool = False) -> None:
    """A table with rules; if `merged`, the first cells of the last two rows are one."""
    width, height = 48, 18
    for row in range(len(rows) + 1):
        left = 100 + (width if merged and row == len(rows) - 1 else 0)
        canvas.line(left, 600 - row * height, 100 + width * len(rows[0]), 600 - row * height)
    for column in range(len(rows[0]) + 1):
        canvas.line(100 + column * width, 600, 100 + column * width, 600 - height * len(rows))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            put(canvas, [cell], x=102 + column * width, y=586 - row * height, size=10)


def test_a_row_of_a_table_with_rules_bears_the_names_of_its_columns() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["The yield of the orchards was weighed in the autumn of every year."], y=640)
        put_table(canvas, TABLE)
        put(canvas, ["The figures are those of the growers themselves and of no one else."], y=500)

    assert blocks(read(made(draw), "a.pdf")) == [
        "The yield of the orchards was weighed in the autumn of every year.",
        "Orchard: Birch Row; 2029: 21 t; 2030: 7 t; 2031: 18 t.",
        "Orchard: Cedar End; 2029: 4 t; 2030: —; 2031: 6 t.",
        "The figures are those of the growers themselves and of no one else.",
    ]


def test_a_row_of_a_table_with_rules_has_its_number_beside_its_page() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        canvas.showPage()
        put_table(canvas, TABLE)

    extract = read(made(draw), "a.pdf")
    assert [(extract.text[start:][:18], number) for start, number in extract.rows] == [
        ("Orchard: Birch Row", 2),
        ("Orchard: Cedar End", 3),
    ]
    assert all(start >= extract.pages[1] for start, _ in extract.rows)


def test_a_cell_over_two_rows_of_a_table_with_rules_stands_in_both() -> None:
    rows = [["Site", "Task", "Cost"], ["North", "Slating", "4200"], ["", "Gutters", "1310"]]
    assert blocks(read(made(lambda canvas: put_table(canvas, rows, merged=True)), "a.pdf")) == [
        "Site: North; Task: Slating; Cost: 4200.",
        "Site: North; Task: Gutters; Cost: 1310.",
    ]


def test_a_frame_around_prose_is_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(60, 640, 400, 80)
        put(canvas, LEFT)

    assert blocks(read(made(draw), "a.pdf")) == [" ".join(LEFT)]


def test_list_items_are_blocks_of_their_own() -> None:
    items = ["1. trim the wick of the lamp", "2. wind the clock", "3. blow the horn"]
    assert blocks(read_pages(items)) == items


def test_a_word_parted_at_a_line_end_is_mended() -> None:
    extract = read_pages(["The birds rest on the island in their migra-", "tion from the north, as they always did."])
    assert extract.text == "The birds rest on the island in their migration from the north, as they always did."


@pytest.mark.parametrize("elsewhere", ["It is a well-known light.", "It is known well."])
def test_a_true_hyphen_at_a_line_end_is_kept(elsewhere: str) -> None:
    extract = read_pages(
        [elsewhere], ["Of all the lights of this coast it is the well-", "known one that every sailor looks for."]
    )
    assert "the well-known one" in extract.text


def test_a_paragraph_goes_on_over_the_page_with_the_feet_behind_it() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["Lamps: a history"], y=800)
        put(canvas, ["The first lamp burnt coal, the second one", "burnt oil that was pressed from"])
        put(canvas, ["1"], x=300, y=40)
        canvas.showPage()
        put(canvas, ["Lamps: a history"], y=800)
        put(canvas, ["rape seed, and the third burns gas."])
        put(canvas, ["2"], x=300, y=40)

    extract = read(made(draw), "lamps.pdf")
    joined = (
        "The first lamp burnt coal, the second one burnt oil that was pressed from rape seed, and the third burns gas."
    )
    assert blocks(extract) == ["Lamps: a history", joined, "1", "Lamps: a history", "2"]
    assert spanned(extract, extract.furniture) == ["Lamps: a history", "1", "Lamps: a history", "2"]
    assert extract.text[extract.pages[1] :].startswith("rape seed")


def test_every_page_has_its_start_be_it_blank() -> None:
    extract = read_pages(["The lamp is lit at dusk."], [], ["The horn is blown in fog."], [])
    assert extract.pages == (0, 26, 26, len(extract.text))
    assert extract.text[26:] == "The horn is blown in fog."
    assert extract.warnings == ()


def test_a_title_that_its_pages_repeat_small_is_no_furniture() -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(1, 5):
            if number == 1:
                put(canvas, ["The great lamps"], y=780, size=20)
            put(canvas, [f"{line} {'very' * number}" for line in LEFT])
            put(canvas, ["The great lamps"], y=40, size=8)
            put(canvas, [str(number)], x=500, y=40, size=8)
            canvas.showPage()

    extract = read(made(draw), "lamps.pdf")
    assert spanned(extract, extract.headings) == ["The great lamps"]
    assert len(spanned(extract, extract.furniture)) == 4
    assert extract.title == Note("The great lamps", Provenance.INFERRED, extract.title.note)


def test_a_table_of_contents_is_furniture_and_a_price_list_is_not() -> None:
    chapters = [f"Chapter on lamps ......... {page}" for page in (3, 9, 9, 17, 40)]
    prices = [f"Lamp oil by the gallon ......... {price}" for price in (30, 9, 40, 17, 4)]
    contents = read_pages([*chapters], LEFT)
    assert spanned(contents, contents.furniture) == chapters
    assert not read_pages([*prices], LEFT).furniture


def test_larger_and_bold_lines_are_headings() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["Of lamps"], y=760, size=16)
        put(canvas, LEFT, y=730)
        put(canvas, ["Of horns"], y=670, font="Times-Bold")
        put(canvas, RIGHT, y=650)

    extract = read(made(draw), "lamps.pdf")
    assert spanned(extract, extract.headings) == ["Of lamps", "Of horns"]


def test_a_line_in_the_outline_is_a_heading() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["1 Of lamps"], y=760)
        put(canvas, LEFT, y=730)
        canvas.bookmarkPage("lamps")
        canvas.addOutlineEntry("Of lamps", "lamps")

    extract = read(made(draw), "lamps.pdf")
    assert spanned(extract, extract.headings) == ["1 Of lamps"]


def test_text_along_the_margin_comes_apart_from_the_lines() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        canvas.translate(30, 300)
        canvas.rotate(90)
        put(canvas, ["Received at the lighthouse in May"], x=0, y=0, size=20)

    extract = read(made(draw), "lamps.pdf")
    assert blocks(extract) == [" ".join(LEFT), "Received at the lighthouse in May"]
    assert extract.headings == ()


def test_a_page_on_its_side_reads_as_if_upright() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.translate(595, 0)
        canvas.rotate(90)
        put(canvas, LEFT, y=400)

    assert read(made(draw), "lamps.pdf").text == " ".join(LEFT)


def test_what_is_cropped_is_not_read() -> None:
    extract = read(made(lambda canvas: (put(canvas, LEFT), put(canvas, ["Cutting mark"], x=700))[0]), "lamps.pdf")
    assert extract.text == " ".join(LEFT)


def test_metadata_say_title_and_author_but_not_when_it_was_published() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        canvas.setTitle("Lamps and  horns")
        canvas.setAuthor("Ada Keeper")

    extract = read(made(draw, lang="en-GB"), "lamps.pdf")
    assert extract.title == Note("Lamps and horns", Provenance.METADATA)
    assert extract.author == Note("Ada Keeper", Provenance.METADATA)
    assert extract.published.value is None  # the day on which the file was made is not the day of publication
    assert extract.language == "en-GB"


@pytest.mark.parametrize(
    "title", ["untitled", "Workbook1", "Microsoft Word - lamps.doc", "lamps_final.indd", "(anonymous)", ""]
)
def test_a_title_that_says_nothing_is_none(title: str) -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        canvas.setTitle(title)

    assert read(made(draw), "lamps.pdf").title == Note()


def drawn_only(canvas: Canvas) -> None:
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.showPage()


def test_pages_of_pictures_are_refused_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    with pytest.raises(ReadingError, match=r"has no text, only pictures of it: .*\.\[ocr\]"):
        read(made(drawn_only), "scan.pdf")


def test_a_picture_among_pages_of_text_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: False)

    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        canvas.showPage()
        drawn_only(canvas)

    extract = read(made(draw), "lamps.pdf")
    assert len(extract.pages) == 2
    assert [warning.split(",")[0] for warning in extract.warnings] == ["Page 2 of lamps.pdf has no text"]


def test_blank_pages_are_refused() -> None:
    with pytest.raises(ReadingError, match="only empty pages"):
        read_pages([], [])


def test_a_password_is_asked_for() -> None:
    with pytest.raises(ReadingError, match="encrypted and needs a password: save a copy"):
        read_pages(LEFT, encrypt=StandardEncryption("secret"))


def test_what_opens_without_a_password_is_read() -> None:
    assert read_pages(LEFT, encrypt=StandardEncryption("", ownerPassword="owner")).text == " ".join(LEFT)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"lamps", b"\0" * 2000])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"lamps\.pdf is broken or not a PDF"):
        read(data, "lamps.pdf")


def test_damage_anywhere_is_read_or_refused() -> None:
    whole = made(lambda canvas: put(canvas, LEFT))
    for step in range(40):
        cut = len(whole) * step // 40
        for data in (whole[:cut], whole[:cut] + b"\xff\0" * 20 + whole[cut + 40 :]):
            with suppress(ReadingError):
                assert read(data, "lamps.pdf").text


def test_an_endless_file_is_refused() -> None:
    """One page object stands for all pages, so that the file is small."""
    pages = MOST_PAGES + 1
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b"3 0 R " * pages),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (place, one) for place, one in enumerate(objects, 1))
    with pytest.raises(ReadingError, match="has 20,001 pages, and at most 20,000 are read"):
        read(body + b"trailer << /Root 1 0 R /Size 4 >>\n%%EOF", "lamps.pdf")


@pytest.mark.skipif(not OFFICE_DOCS.is_dir(), reason="the real files (shared/data/office_docs) are not here")
def test_real_files_give_text_with_all_their_pages_or_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    for path in sorted(OFFICE_DOCS.glob("*.pdf")):
        data = path.read_bytes()
        if path.stat().st_size > 2_000_000:
            continue  # the 619 pages take seconds
        if path.name in NO_TEXT | LOCKED:
            with pytest.raises(ReadingError, match="only pictures" if path.name in NO_TEXT else "needs a password"):
                read(data, path.name)
            continue
        extract = read(data, path.name)
        document = pypdfium2.PdfDocument(data)
        assert len(extract.pages) == len(document), path.name
        document.close()
        assert list(extract.pages) == sorted(extract.pages), path.name
        assert extract.text.strip(), path.name
        ends = {0, len(extract.text) + 2}
        for start, end in (*(extract.headings or ()), *(extract.furniture or ())):
            assert start in ends or extract.text[start - 2 : start] == "\n\n", path.name
            assert end + 2 in ends or extract.text[end : end + 2] == "\n\n", path.name
