"""A quote that was read from a picture says so wherever it is shown."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from retriever import Assistant, as_text
from retriever.filters import Scope
from retriever.ingest.kept_pages import FOLDER, KeptPages
from retriever.interfaces.html.cards import NumberedQuote, notebook_html, screen_reader_text
from retriever.interfaces.html.printed import ROOM, ROOM_ABOVE
from retriever.interfaces.html.source import Source
from retriever.interfaces.json_lines import as_json
from retriever.interfaces.schemas import excerpt_fields, search_fields, timeline_fields
from retriever.reading.geometry import PlacedWord, PrintedPage, WordBoxes
from retriever.records import READ_FROM_PICTURE, Answer, Document, Origin
from tests.paths import ROOT

TEXT = "The lamp of Varn was lit in 1904. Its keeper climbs 212 steps."
SURE = {"1904.": 0.5, "keeper": 0.5}


@pytest.fixture
def answer(empty_assistant: Assistant) -> Answer:
    """What is answered from a scan of which two words are unsure."""
    words = [
        PlacedWord(start, start + len(word), 1, (start, 0, start + 5, 9), SURE.get(word, 1), Origin.OCR)
        for start, word in ((TEXT.index(word), word) for word in TEXT.split())
    ]
    boxes = WordBoxes.from_words([PrintedPage(600, 800)], words).to_bytes()
    scan = Document.from_text("scan.pdf", TEXT, title="A scan")
    empty_assistant.add([replace(scan, media_type="application/pdf", pages=(0,), word_boxes=boxes)])
    return empty_assistant.ask("When was the lamp of Varn lit?")


def test_a_quote_knows_that_it_was_read_from_a_picture(answer: Answer) -> None:
    quote = answer.shown[0]
    assert quote.origin is Origin.OCR
    assert "1904." in [quote.text[start:end] for start, end in quote.doubtful]
    assert "lamp" not in [quote.text[start:end] for start, end in quote.doubtful]


@pytest.mark.usefixtures("answer")
def test_a_place_names_the_printed_number_of_the_page(empty_assistant: Assistant) -> None:
    text = "The oak of Melby was felled in 1911."
    boxes = WordBoxes.from_words([PrintedPage(600, 800, "iv")], [PlacedWord(0, 3, 1, (0, 0, 9, 9))]).to_bytes()
    oak = Document.from_text("oak.pdf", text)
    empty_assistant.add([replace(oak, media_type="application/pdf", pages=(0,), word_boxes=boxes)])
    answer = empty_assistant.ask("When was the oak of Melby felled?")
    assert (answer.shown[0].page, answer.shown[0].page_label) == (1, "iv")
    assert answer.shown[0].place() == "page 1 (printed “iv”)"
    assert as_json(answer)["quotes"][0]["page_label"] == "iv"
    assert empty_assistant.ask("When was the lamp of Varn lit?").shown[0].page_label is None


def test_programs_are_told(answer: Answer) -> None:
    (quote, *_) = as_json(replace(answer, quotes=answer.shown))["quotes"]
    assert quote["origin"] == "ocr"
    start, end = quote["doubtful"][0]
    assert quote["text"][start:end] == "1904."


@pytest.mark.usefixtures("answer")
def test_hits_excerpts_and_the_timeline_tell_it_too(empty_assistant: Assistant) -> None:
    empty_assistant.add([Document.from_text("oak.txt", "The oak of Melby was felled in 1911 by its owner.")])
    for name, told in (("scan.pdf", "ocr"), ("oak.txt", "text")):
        hits = empty_assistant.search(
            "Which lamp was lit, which oak was felled?", scope=Scope(documents=frozenset({name}))
        )
        points = [point for point in empty_assistant.timeline() if point.document_id == name]
        assert {hit.origin for hit in hits} == {point.origin for point in points} == {told}
        assert all((READ_FROM_PICTURE in as_text(one)) is (told == "ocr") for one in (*hits, *points))
        assert search_fields(empty_assistant, "?", hits)["hits"][0]["origin"] == told
        assert timeline_fields(points)["timeline"][0]["origin"] == told
        assert excerpt_fields(empty_assistant, name, 4, 20)["origin"] == told


def test_people_are_told(answer: Answer) -> None:
    told = replace(answer, quotes=answer.shown)
    quote = answer.shown[0]
    assert READ_FROM_PICTURE in as_text(told)
    assert READ_FROM_PICTURE in screen_reader_text(told)
    assert READ_FROM_PICTURE in NumberedQuote(0, quote, quote.place(), {}).citation
    html = notebook_html(told)
    assert READ_FROM_PICTURE in html
    assert "".join(re.findall(r'class="doubtful"[^>]*>([^<]*)<', html)).startswith("1904.")


def test_a_quote_of_a_text_says_nothing_of_pictures(assistant: Assistant) -> None:
    answer = assistant.ask("Who is the keeper of the lighthouse?")
    assert {quote.origin for quote in answer.shown} == {Origin.TEXT}
    assert READ_FROM_PICTURE not in as_text(answer)


def test_what_is_marked_may_be_doubtful() -> None:
    """The answer's own words and the last word can be unsure, each in part; nothing of the text is lost."""
    from tests.interfaces.test_cards import LAMP

    for first in range(len(LAMP.text)):
        quote = replace(LAMP, origin=Origin.OCR, doubtful=((first, first + 5), (first + 5, first + 6)))
        parts = [piece for side in NumberedQuote(0, quote, "", {}).parts for piece in side]
        shown = "".join(parts).replace("</span>", "")
        while "<span" in shown:
            start = shown.index("<span")
            shown = shown[:start] + shown[shown.index(">", start) + 1 :]
        assert shown == LAMP.text


def test_erasing_a_document_erases_the_pages_that_were_read_of_it(assistant: Assistant, tmp_path: Path) -> None:
    kept = KeptPages(tmp_path / "library")
    kept.add("digest", 0, [["The lighthouse was lit"]])
    assistant.forget(["lighthouse.txt"])
    assert not (tmp_path / "library" / FOLDER).exists()


def test_the_page_shows_the_lines_as_they_were_seen(empty_assistant: Assistant, answer: Answer) -> None:
    source = Source.load(empty_assistant, "scan.pdf")
    (lines,) = NumberedQuote.of(0, answer.shown[0], {"scan.pdf": source}).lines
    assert lines.address.startswith("api/documents/scan.pdf/pages/1.png")
    left, top, width, height = lines.part
    assert (left, top) == (0, 0)
    assert (width, height) == (TEXT.index("1904.") + 5 + ROOM, 9 + ROOM_ABOVE)
    assert NumberedQuote.of(0, replace(answer.shown[0], origin=Origin.TEXT), {"scan.pdf": source}).lines == ()


def test_whoever_cuts_a_quote_says_where_its_words_come_from() -> None:
    calls = [
        call
        for file in (ROOT / "retriever").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Quote"
    ]
    assert calls
    for call in calls:
        assert {"origin", "doubtful"} <= {keyword.arg for keyword in call.keywords}
