"""PDF: sentences go on over the ends of lines and pages, and hyphens that belong to a word stay."""

import pypdfium2 as pdfium

from retriever.reading.extract import Extract
from retriever.reading.pdf import read
from tests.office import furniture, lines

Drawn = tuple[float, float, float, str]
"""Left, baseline, size and text of a line."""


def made(*pages: list[Drawn]) -> Extract:
    """What becomes of pages in Helvetica."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, page in enumerate(pages):
        content = "\n".join(f"BT /F1 {size} Tf {left} {base} Td ({text}) Tj ET" for left, base, size, text in page)
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {5 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>",
            f"<</Length {len(content)}>>stream\n{content}\nendstream",
        ]
    body, offsets = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj{each}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    data = f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode()
    pdfium.PdfDocument(data).close()
    return read(data, "a.pdf")


def column(texts: list[str], *, left: float = 72, top: float = 700, size: float = 11, gap: float = 15) -> list[Drawn]:
    return [(left, top - gap * number, size, text) for number, text in enumerate(texts)]


def test_a_capital_in_a_line_does_not_begin_a_paragraph_below_a_wide_headline() -> None:
    headline = [(72.0, 740.0, 18.0, "Harbour works and ferries, the bulletin of the quarter")]
    texts = [
        "The dredging of the basin was",
        "carried out by the firm Velmont",
        "Marine and ended in October. The",
        "depth reached is eleven metres now.",
    ]
    assert lines(made(headline + column(texts)))[1:] == [" ".join(texts)]


def test_a_sentence_goes_on_over_notes_and_a_running_foot() -> None:
    first = column(
        [
            "The inquiry looked at all of the accidents of that year in the archipelago, and found",
            "that the crew of the airliner had turned too early after it left the airport Soekarno-",
        ]
    )
    notes = [(72.0, 90.0, 10.0, "[12] Report of the board, page 4, with the names of all those who were heard.")]
    feet = [[(72.0, 40.0, 9.0, f"Annual report of accidents, page {number}")] for number in (1, 2)]
    second = column(
        ["Hatta in the rain. All 189 people on board died, and the sea was searched for a month", "by divers."]
    )
    extract = made(first + notes + feet[0], second + feet[1])
    assert any("airport Soekarno-Hatta in the rain. All 189 people on board died" in line for line in lines(extract))


def test_hyphens_that_belong_to_a_word_stay() -> None:
    texts = [
        "Use of the winch above forty knots is not permit-",
        "ted. The well-",
        "known maker of this e-",
        "mail program is a mother-in-",
        "law. The hard-",
        "ware is number 01-2301-",
        "XR7 and was sold 1914-",
        "1918 in Soekarno-",
        "Hatta.",
    ]
    assert " ".join(lines(made(column(texts)))) == (
        "Use of the winch above forty knots is not permitted. The well-known maker of this e-mail program is a "
        "mother-in-law. The hardware is number 01-2301-XR7 and was sold 1914-1918 in Soekarno-Hatta."
    )


def test_line_numbers_of_pleading_paper_stand_in_no_sentence() -> None:
    texts = [f"word {chr(97 + number)} of a long sentence that the court has heard and goes on" for number in range(26)]
    numbers = [(40.0, 700.0 - 24 * number, 11.0, str(number + 1)) for number in range(26)]
    extract = made(numbers + column(texts, gap=24))
    assert lines(extract)[0] == " ".join(texts)
    assert furniture(extract) == [" ".join(str(number + 1) for number in range(26))]
    table = [(40.0, 700.0 - 24 * number, 11.0, str(number + 1)) for number in range(26)]
    rows = [(72.0, 700.0 - 24 * number, 11.0, f"Ada {chr(97 + number)}") for number in range(26)]
    assert "1 Ada a" in made(table + rows).text.replace("\t", " ")
