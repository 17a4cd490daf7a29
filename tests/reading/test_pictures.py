"""What a file says of its pictures is read; names of files, single words and repeated captions are not."""

import io
import json
from collections.abc import Callable

import docx
import pytest
from pptx import Presentation

from retriever.reading import docx as docx_reader
from retriever.reading import epub, html, notebook, odt
from retriever.reading import pptx as pptx_reader
from retriever.reading.builder import picture_line
from retriever.reading.extract import Extract
from tests.office import lines, png, zipped

WORDS = "A map of Varn with its two harbours"
SHOWN = f"[Picture: {WORDS}]"


def word() -> Extract:
    document = docx.Document()
    document.add_paragraph("Before.")
    document.add_picture(png())
    next(document.element.body.iter("{*}docPr")).set("descr", f"{WORDS}\n\nDescription automatically generated")
    document.add_paragraph("Behind.")
    target = io.BytesIO()
    document.save(target)
    return docx_reader.read(target.getvalue(), "a.docx")


def slides() -> Extract:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Before."
    picture = slide.shapes.add_picture(png(), 0, 1_000_000)
    picture._element.nvPicPr.cNvPr.set("descr", WORDS)
    box = slide.shapes.add_textbox(0, 3_000_000, 100, 100)
    box.text_frame.text = "Behind."
    target = io.BytesIO()
    presentation.save(target)
    return pptx_reader.read(target.getvalue(), "a.pptx")


def page() -> Extract:
    body = f'<p>Before.</p><figure><img src="a.png" alt="{WORDS}"></figure><p>Behind.</p>'
    return html.read_html(f"<html><body>{body}</body></html>", whole=True)


def book() -> Extract:
    chapter = f'<html><body><p>Before.</p><p><img alt="{WORDS}"/></p><p>Behind.</p></body></html>'
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    container = '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
    return epub.read(zipped({"META-INF/container.xml": container, "book.opf": package, "a.xhtml": chapter}), "a.epub")


def open_document() -> Extract:
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:draw="{space}drawing:1.0" '
        f'xmlns:text="{space}text:1.0" xmlns:svg="{space}svg-compatible:1.0"><office:body><office:text>'
        f"<text:p>Before.</text:p><text:p><draw:frame><draw:image/><svg:desc>{WORDS}</svg:desc></draw:frame></text:p>"
        "<text:p>Behind.</text:p></office:text></office:body></office:document-content>"
    )
    return odt.read(zipped({"content.xml": content}), "a.odt")


@pytest.mark.parametrize("made", [word, slides, page, book, open_document])
def test_the_description_of_a_picture_stands_where_the_picture_does(made: Callable[[], Extract]) -> None:
    assert lines(made()) == ["Before.", SHOWN, "Behind."]


@pytest.mark.parametrize("description", [None, "", "logo", "IMG 0042 copy.JPG", "https://varn.example/map of varn.png"])
def test_what_is_no_description_is_left_out(description: str | None) -> None:
    assert picture_line(description) == ""


def test_a_picture_in_a_sentence_does_not_cut_it() -> None:
    extract = html.read_html(f'<body><p>The keeper <img alt="{WORDS}"> climbs.</p></body>', whole=True)
    assert lines(extract) == ["The keeper climbs.", SHOWN]


def test_a_description_that_the_caption_repeats_is_left_out() -> None:
    body = f'<figure><img alt="{WORDS}"><figcaption>{WORDS}. Photo: Ada Brook</figcaption></figure>'
    assert lines(html.read_html(f"<body>{body}</body>", whole=True)) == [f"{WORDS}. Photo: Ada Brook"]


def test_a_notebook_says_that_its_encoding_was_guessed() -> None:
    cells = [{"cell_type": "markdown", "source": "Die Fähre fährt um neun Uhr über den Fluss nach Süden."}]
    data = json.dumps({"cells": cells}, ensure_ascii=False).encode("cp1252")
    assert "not UTF-8" in notebook.read(data, "a.ipynb").warnings[0]
