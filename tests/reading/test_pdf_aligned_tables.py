"""Tables without drawn rules: a row names its columns, and nothing else becomes a table."""

from collections.abc import Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from retriever.reading.extract import Extract
from retriever.reading.pdf import read
from tests.reading.test_pdf import blocks, made, put

LEFT_EDGES = (72, 200, 300, 400)


def put_rows(canvas: Canvas, rows: Sequence[Sequence[str]], *, y: float = 700, bold_header: bool = False) -> None:
    """Words at the left edge of the first column, and at the right edge of the others."""
    for place, row in enumerate(rows):
        canvas.setFont("Times-Bold" if bold_header and not place else "Times-Roman", 11)
        canvas.drawString(LEFT_EDGES[0], y - 15 * place, row[0])
        for edge, text in zip(LEFT_EDGES[1:], row[1:], strict=False):
            canvas.drawRightString(edge + 40, y - 15 * place, text)


def read_rows(rows: Sequence[Sequence[str]], *, bold_header: bool = False) -> Extract:
    """What is read of a page with these rows between two paragraphs."""

    def draw(canvas: Canvas) -> None:
        put(canvas, ["The orchards of Varn were weighed in three years, and"], y=760)
        put_rows(canvas, rows, bold_header=bold_header)
        put(canvas, ["All the apples were sold in the market at Telby by autumn."], y=560)

    return read(made(draw), "orchards.pdf")


def numbered(extract: Extract) -> list[tuple[int, str]]:
    return [(number, extract.text[start:].split("\n")[0]) for start, number in extract.rows]


def test_a_row_names_its_columns() -> None:
    extract = read_rows([("Orchard", "2029", "2030"), ("Mill Lane", "12 t", "9 t"), ("Birch Row", "21 t", "7 t")])
    assert numbered(extract) == [
        (2, "Orchard: Mill Lane; 2029: 12 t; 2030: 9 t."),
        (3, "Orchard: Birch Row; 2029: 21 t; 2030: 7 t."),
    ]
    assert blocks(extract)[0].startswith("The orchards")
    assert blocks(extract)[-1].startswith("All the apples")


def test_an_empty_cell_stays_in_its_column() -> None:
    rows = [
        ("Part", "Hours", "Rate", "Cost"),
        ("Paint", "", "", "2,100"),
        ("Body", "2", "150", "300"),
        ("Glass", "1", "90", "90"),
    ]
    assert [line for _, line in numbered(read_rows(rows))] == [
        "Part: Paint; Hours: —; Rate: —; Cost: 2,100.",
        "Part: Body; Hours: 2; Rate: 150; Cost: 300.",
        "Part: Glass; Hours: 1; Rate: 90; Cost: 90.",
    ]


def test_the_names_of_the_rows_need_no_name() -> None:
    rows = [("", "Hours", "Cost"), ("Body", "2", "300"), ("Paint", "3", "450")]
    assert [line for _, line in numbered(read_rows(rows))] == [
        "Body; Hours: 2; Cost: 300.",
        "Paint; Hours: 3; Cost: 450.",
    ]


def test_a_bold_header_names_columns_of_words() -> None:
    rows = [("Case", "Judge", "Clerk"), ("Manns", "Ada Brook", "Tom Reed"), ("Roush", "Una Moss", "Olaf Lie")]
    assert numbered(read_rows(rows, bold_header=True)) == [
        (2, "Case: Manns; Judge: Ada Brook; Clerk: Tom Reed."),
        (3, "Case: Roush; Judge: Una Moss; Clerk: Olaf Lie."),
    ]
    assert read_rows(rows).rows == ()


def test_a_header_of_two_lines_is_one() -> None:
    def draw(canvas: Canvas) -> None:
        put_rows(canvas, [("Inhibitor", "Current", "Corrosion")], y=712)
        put_rows(canvas, [("(grams)", "", "rate (mm)")], y=700)
        put_rows(canvas, [("2", "0.4", "2.8"), ("4", "0.2", "1.5"), ("6", "0.1", "0.9")], y=674)

    assert [line for _, line in numbered(read(made(draw), "rust.pdf"))][:2] == [
        "Inhibitor (grams): 2; Current: 0.4; Corrosion rate (mm): 2.8.",
        "Inhibitor (grams): 4; Current: 0.2; Corrosion rate (mm): 1.5.",
    ]


def test_a_cell_of_two_lines_is_one() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["Part", "A-1", "", "A-2", ""])
        put(canvas, ["Name", "valve for the", "main boiler", "hinge", "of brass"], x=150)
        for place, price in enumerate(["Price", "12.50", "", "3.20", ""]):
            canvas.drawRightString(330, 700 - 13 * place, price)

    assert [line for _, line in numbered(read(made(draw), "parts.pdf"))] == [
        "Part: A-1; Name: valve for the main boiler; Price: 12.50.",
        "Part: A-2; Name: hinge of brass; Price: 3.20.",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("Name", "Ada Brook"), ("Boat", "Gull"), ("Berth", "harbour wall")], id="labels and values"),
        pytest.param([("Orchard", "2030"), ("Mill Lane", "9 t")], id="two lines"),
        pytest.param([("12", "9", "3"), ("21", "7", "4"), ("5", "6", "8")], id="no header"),
        pytest.param([("Boat", "2030", "2030"), ("Gull", "4", "5"), ("Tern", "6", "7")], id="names twice"),
        pytest.param([("Boat", "Cost", ""), ("Gull", "4", "5"), ("Tern", "6", "7")], id="a column without a name"),
    ],
)
def test_what_is_not_certain_is_unchanged(rows: Sequence[Sequence[str]]) -> None:
    assert read_rows(rows).rows == ()


def test_names_of_groups_of_columns_make_a_header_uncertain() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["Landed in 2029"], x=180, y=715)
        put(canvas, ["Landed in 2030"], x=380, y=715)
        put_rows(canvas, [("Boat", "cod", "eel", "ling"), ("Gull", "4", "5", "6"), ("Tern", "6", "7", "8")])

    assert read(made(draw), "fish.pdf").rows == ()


def test_lines_of_two_columns_of_prose_are_no_table() -> None:
    left = ["The keeper paid 40", "crowns in the year", "2029 and then 12 in", "the next, when the"]
    right = ["price of oil fell to 7", "marks a barrel at 60", "and more of it came", "in the boats of 2030"]

    def draw(canvas: Canvas) -> None:
        for place in range(4):
            put(canvas, [left[place]], y=700 - 13 * place)
            put(canvas, [right[place]], x=310, y=700 - 13 * place)

    assert read(made(draw), "prose.pdf").rows == ()


def test_a_table_continues_on_the_next_page_without_its_header() -> None:
    rows = [(f"Row {number}", str(number), f"{number}.50", str(3 * number)) for number in range(1, 61)]

    def draw(canvas: Canvas) -> None:
        put_rows(canvas, [("Orchard", "Trees", "Price", "Yield"), *rows[:30]])
        canvas.showPage()
        put_rows(canvas, rows[30:])
        put(canvas, ["All the apples were sold in the market at Telby by autumn."], y=120)
        canvas.showPage()
        put_rows(canvas, [("Mill", "4", "5.00"), ("Dam", "6", "7.00")])

    extract = read(made(draw), "orchards.pdf")
    assert numbered(extract) == [
        (number + 1, f"Orchard: Row {number}; Trees: {number}; Price: {number}.50; Yield: {3 * number}.")
        for number in range(1, 61)
    ]


def test_columns_may_be_closer_than_an_em() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["The accuracy of each model is given in per cent of the questions."], y=760)
        for place, row in enumerate([("Model", "Top-5", "Top-20"), ("BM25", "50.0", "63.3"), ("Gold", "42.6", "63.1")]):
            for left, text in zip((72, 114, 150), row, strict=True):  # "Model" and "Top-5" end 9 points before
                canvas.drawString(left, 700 - 15 * place, text)

    assert numbered(read(made(draw), "models.pdf")) == [
        (2, "Model: BM25; Top-5: 50.0; Top-20: 63.3."),
        (3, "Model: Gold; Top-5: 42.6; Top-20: 63.1."),
    ]


def test_stretched_prose_is_no_table() -> None:
    lines = [
        "In 2029 the orchard of Birch Row bore 21 tonnes of apples and",
        "pears, but 7 tonnes of plums in 2030, because of the late frost",
        "in April. The mill pressed 340 barrels of cider, which were sold",
        "for 12 crowns each at the market of Telby on the 3 May of 2031.",
    ]

    def draw(canvas: Canvas) -> None:
        for place, line in enumerate(lines):
            text = canvas.beginText(72, 700 - 15 * place)
            text.setFont("Times-Roman", 11)
            text.setWordSpace(6)  # 0.8 em with the space itself
            text.textLine(line)
            canvas.drawText(text)

    extract = read(made(draw), "prose.pdf")
    assert extract.rows == ()
    assert blocks(extract) == [" ".join(lines)]
