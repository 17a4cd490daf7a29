"""A conversation as a page and as a Word document."""

import re
from io import BytesIO

from docx import Document as WordDocument

from retriever import Assistant
from retriever.web.export_pages import as_html, as_word
from tests.web.test_export import CONVERSATION, FIFTEEN, TWELVE, answer, kept

HOSTILE = "<script>alert(1)</script>\x0b\ud800 & what?"


def test_html_has_every_quote_with_its_source_and_loads_nothing(assistant: Assistant) -> None:
    page = as_html(CONVERSATION, kept(answer(TWELVE, FIFTEEN)), assistant)
    words = re.sub(r"<[^>]+>", "", page)
    assert TWELVE.text in words
    assert FIFTEEN.text in words
    assert "ferry.txt, characters" in words
    assert "<script" not in page
    assert "src=" not in page
    assert "href=" not in page
    assert "<button" not in page


def test_words_from_outside_stay_words_in_html(assistant: Assistant) -> None:
    page = as_html(CONVERSATION, kept(HOSTILE), assistant)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_word_has_the_question_as_a_heading_and_each_quote_with_a_numbered_note(assistant: Assistant) -> None:
    page = WordDocument(BytesIO(as_word(CONVERSATION, kept(answer(TWELVE, FIFTEEN)), assistant)))
    by_style: dict[str, list[str]] = {}
    for paragraph in page.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Heading 1"] == ["What does a ticket cost?"]
    assert by_style["Quote"] == [f"{TWELVE.text} 1", f"{FIFTEEN.text} 2"]
    assert sum("characters" in note for note in by_style["Normal"]) == 2


def test_word_takes_any_characters(assistant: Assistant) -> None:
    page = WordDocument(BytesIO(as_word(CONVERSATION, kept(HOSTILE), assistant)))
    assert any("alert(1)" in paragraph.text for paragraph in page.paragraphs)
