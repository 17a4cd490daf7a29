"""Raised and lowered figures come through the same in every format."""

import io
from collections.abc import Callable

import docx
import pypdfium2 as pdfium
import pytest
from docx.text.paragraph import Paragraph
from pptx import Presentation
from pptx.util import Inches

from retriever.reading.docx import read as read_docx
from retriever.reading.epub import read as read_epub
from retriever.reading.extract import Extract
from retriever.reading.html import read as read_html
from retriever.reading.odt import read as read_odt
from retriever.reading.pdf import read as read_pdf
from retriever.reading.pptx import read as read_pptx
from retriever.reading.rtf import read as read_rtf
from tests.office import lines, zipped

PARTS = [
    [("", "The sample holds 10"), ("sup", "6"), ("", " cells per litre.")],
    [("", "The yard covers 40 m"), ("sup", "2"), ("", " and the rent is 1200"), ("sup", "3"), ("", " crowns.")],
    [("", "They drank H"), ("sub", "2"), ("", "O in the year 1962.")],
    [("", "The king of Varn was Aldo."), ("sup", "1")],
]
"""Paragraphs as pieces of text, each with how it is set."""

RIGHT = [
    "The sample holds 10⁶ cells per litre.",
    "The yard covers 40 m² and the rent is 1200[3] crowns.",
    "They drank H₂O in the year 1962.",
    "The king of Varn was Aldo.[1]",
]


def as_docx() -> Extract:
    document = docx.Document()
    for parts in PARTS:
        paragraph: Paragraph = document.add_paragraph()
        for place, text in parts:
            run = paragraph.add_run(text)
            if place:
                setattr(run.font, {"sup": "superscript", "sub": "subscript"}[place], True)
    target = io.BytesIO()
    document.save(target)
    return read_docx(target.getvalue(), "a.docx")


def markup() -> str:
    return "".join(
        f"<p>{''.join(f'<{place}>{text}</{place}>' if place else text for place, text in parts)}</p>" for parts in PARTS
    )


def as_html() -> Extract:
    return read_html(f"<html><body>{markup()}</body></html>".encode(), "a.html")


def as_styled_html() -> Extract:
    page = markup().replace("<sup>", '<span style="vertical-align: super">').replace("</sup>", "</span>")
    return read_html(f"<html><body>{page}</body></html>".encode(), "a.html")


def as_epub() -> Extract:
    chapter = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>1</title></head><body>{markup()}</body></html>'
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest><item id="a" href="a.xhtml" '
        'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>'
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="a.opf"/></rootfiles></container>'
    )
    return read_epub(zipped({"META-INF/container.xml": container, "a.opf": package, "a.xhtml": chapter}), "a.epub")


def as_odt() -> Extract:
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text"><style:text-properties '
        f'style:text-position="{position}"/></style:style>'
        for name, position in (("sup", "super 58%"), ("sub", "-33% 58%"))
    )
    body = "".join(
        "<text:p>"
        + "".join(
            f'<text:span text:style-name="{place}">{text}</text:span>' if place else text for place, text in parts
        )
        + "</text:p>"
        for parts in PARTS
    )
    content = (
        '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:style="s">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return read_odt(zipped({"content.xml": content}), "a.odt")


def as_rtf() -> Extract:
    words = {"sup": "{\\super %s}", "sub": "\\sub %s\\nosupersub ", "": "%s"}
    text = "".join("".join(words[place] % text for place, text in parts) + "\\par\n" for parts in PARTS)
    return read_rtf(f"{{\\rtf1\\ansi {text}}}".encode(), "a.rtf")


def as_pptx() -> Extract:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    frame = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(5), Inches(3)).text_frame
    for number, parts in enumerate(PARTS):
        paragraph = frame.add_paragraph() if number else frame.paragraphs[0]
        for place, text in parts:
            run = paragraph.add_run()
            run.text = text
            if place:
                run.font._element.set("baseline", "30000" if place == "sup" else "-25000")
    target = io.BytesIO()
    presentation.save(target)
    return read_pptx(target.getvalue(), "a.pptx")


def as_pdf() -> Extract:
    """A page that sets raised and lowered figures by the rise of the text, in a smaller font."""
    drawn = ["BT", "/F1 12 Tf", "72 700 Td"]
    for parts in PARTS:
        for place, text in parts:
            rise, size = {"sup": (5, 7), "sub": (-3, 7), "": (0, 12)}[place]
            drawn.append(f"/F1 {size} Tf {rise} Ts ({text}) Tj")
        drawn.append("0 Ts 0 -30 Td")
    return read_pdf(pdf_page("\n".join([*drawn, "ET"])), "a.pdf")


def pdf_page(content: str) -> bytes:
    """A file of one page that draws this, in Helvetica."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj{each}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    data = f"{body}xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    pdfium.PdfDocument(data.encode()).close()
    return data.encode()


@pytest.mark.parametrize(
    "extract",
    [as_docx, as_html, as_styled_html, as_epub, as_odt, as_rtf, as_pptx, as_pdf],
    ids=lambda make: make.__name__,
)
def test_powers_and_note_marks_in_each_format(extract: Callable[[], Extract]) -> None:
    assert " ".join(lines(extract())) == " ".join(RIGHT)  # lines of a PDF at one distance are one paragraph


def test_links_to_notes_in_html() -> None:
    page = (
        '<p>Turnover rose to 10<sup><a href="#f1">4</a></sup> million.</p>'
        '<p>Rent rose to 12<a href="#f2"><sup>5</sup></a> million.</p>'
        '<p>Wages rose to 9<a epub:type="noteref" href="n.xhtml#f3">6</a> million.</p>'
        '<p>Gain<sup class="reference"><a href="#cite">[7]</a></sup> fell.</p>'
        "<p>It is <math><msup><mn>10</mn><mn>6</mn></msup></math> long.</p>"
    )
    extract = read_html(f"<html><body>{page}</body></html>".encode(), "a.html")
    assert lines(extract) == [
        "Turnover rose to 10[4] million.",
        "Rent rose to 12[5] million.",
        "Wages rose to 9[6] million.",
        "Gain[7] fell.",
        "It is 10⁶ long.",
    ]
