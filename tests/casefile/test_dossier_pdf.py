"""A case file as a PDF: what is in it, what stays out, and what is said where it cannot be made."""

from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from retriever import Assistant
from retriever.__main__ import main
from retriever.casefile.dossiers import Dossiers
from retriever.check.records import Status
from retriever.citing.names import CitationStyle
from retriever.errors import CaseFileError
from retriever.interfaces.dossier import pdf
from retriever.interfaces.dossier.contents import dossier_of, find_words, quote_at
from retriever.reading.pdf import read
from retriever.settings import install_command
from tests.reading.test_pdf import LEFT, put
from tests.reading.test_pdf import made as drawn
from tests.world import WordEncoder

TWELVE = "A ticket costs 12 crowns."
MARKUP = '#read("/etc/passwd") *bold* _slanted_ $x$ = heading <label> @ref \\ // no comment `raw` https://varn.example/'
LONG = " ".join(f"The boat number {number} came back in the evening with its lamp broken." for number in range(90))


@pytest.fixture
def dossiers(assistant: Assistant) -> Dossiers:
    return Dossiers(assistant.kept)


def pin(assistant: Assistant, dossiers: Dossiers, document_id: str, words: str, note: str = "") -> None:
    dossiers.pin(quote_at(assistant, document_id, find_words(assistant, document_id, words)), note=note)


def add(assistant: Assistant, document_id: str, text: str) -> None:
    known = assistant.document("ferry.txt")
    assistant.add([replace(known, id=document_id, text=text, sha256="7" * 64, title=document_id)])


def made(assistant: Assistant, dossiers: Dossiers) -> bytes:
    file = dossiers.named()
    found = dossier_of(assistant, file, dossiers.pins(file.id), dossiers.points(file.id), CitationStyle.CHICAGO)
    return pdf.as_pdf(found, assistant)


def test_a_pdf_has_the_quotes_their_notes_and_a_name_for_each_in_the_outline(
    assistant: Assistant, dossiers: Dossiers
) -> None:
    pin(assistant, dossiers, "ferry.txt", TWELVE, note="Ask again in June.")
    dossiers.miss("Who counted them?", file_id=dossiers.named().id)
    content = made(assistant, dossiers)
    extract = read(content, "dossier.pdf")
    assert [extract.text[start:end] for start, end in extract.block_quotes] == [f"{TWELVE}[1]"]
    for words in ("Own note: Ask again in June.", "Open point: Who counted them?", "characters 73-98", "SHA-256 "):
        assert words in extract.text
    assert (extract.title.value, extract.language) == ("Case file", "en")
    document = pdfium.PdfDocument(content)
    assert [one.get_title() for one in document.get_toc()] == [
        "Case file",
        f"1. {TWELVE}",
        "What is missing",
        "Sources",
    ]
    document.close()
    assert made(assistant, dossiers) == content, "the same case file gives the same bytes"


def test_words_are_never_read_as_the_markup_of_typst(assistant: Assistant, dossiers: Dossiers) -> None:
    add(assistant, "odd.txt", MARKUP)
    pin(assistant, dossiers, "odd.txt", MARKUP, note=f"{MARKUP}\n#panic()")
    text = read(made(assistant, dossiers), "dossier.pdf").text
    assert f"{MARKUP}[1]" in text
    assert f"Own note: {MARKUP}" in text
    assert "Own note: #panic()" in text


def test_a_quote_of_several_pages_is_green_too(assistant: Assistant, dossiers: Dossiers, tmp_path: Path) -> None:
    add(assistant, "boats.txt", LONG)
    pin(assistant, dossiers, "ferry.txt", TWELVE)
    pin(assistant, dossiers, "boats.txt", LONG)
    pin(assistant, dossiers, "harbour.txt", "Mira Holt is the harbour master.")
    (tmp_path / "dossier.pdf").write_bytes(made(assistant, dossiers))
    report = assistant.check(tmp_path / "dossier.pdf")
    assert {one.status for one in report.quotations} == {Status.FOUND}
    assert sum(len(one.quotation.text.split()) for one in report.quotations) > len(LONG.split())


def test_the_printed_page_of_a_quote_is_shown_and_not_read_as_text(
    assistant: Assistant, dossiers: Dossiers, tmp_path: Path
) -> None:
    (tmp_path / "lamps.pdf").write_bytes(drawn(lambda canvas: put(canvas, LEFT)))
    assistant.index([tmp_path / "lamps.pdf"])
    words = "lights the lamp at dusk and winds the clock"
    pin(assistant, dossiers, "lamps.pdf", words)
    (tmp_path / "dossier.pdf").write_bytes(made(assistant, dossiers))
    document = pdfium.PdfDocument(tmp_path / "dossier.pdf")
    pictures = [one for page in document for one in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE])]
    assert len(pictures) == 1
    document.close()
    extract = read((tmp_path / "dossier.pdf").read_bytes(), "dossier.pdf")
    assert extract.text.count(words) == 1
    assert "The printed page: 2." in extract.text
    assert "The page of quote 1, with its words marked" in extract.text


def test_letters_that_no_font_has_are_named(assistant: Assistant, dossiers: Dossiers) -> None:
    add(assistant, "odd.txt", "The last letter of this sentence is \u0378.")
    pin(assistant, dossiers, "odd.txt", "The last letter of this sentence is \u0378.")
    with pytest.raises(CaseFileError, match=r"No font on this machine has \u0378: install .* or save it as \.docx"):
        made(assistant, dossiers)


@pytest.mark.parametrize(
    ("letters", "font"),
    [
        ("漢字，", "Noto Sans CJK"),
        ("ก", "Noto Sans Thai"),
        ("🔒", "Noto Emoji"),
        ("⊕", "Noto Sans Symbols"),
        ("字ก", "Noto Sans CJK and Noto Sans Thai"),
        ("ก字ह", "Noto Sans CJK, Noto Sans Devanagari and Noto Sans Thai"),
    ],
)
def test_a_font_is_named_that_has_the_letters(letters: str, font: str) -> None:
    said = "\n".join(f'error: the text `"{letter}"` could not be displayed with font' for letter in letters)
    assert f"install {font}, or" in pdf._advice(said)


def test_without_the_extra_one_sentence_says_how_to_install_it(
    assistant: Assistant,
    dossiers: Dossiers,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    pin(assistant, dossiers, "ferry.txt", TWELVE)
    target = tmp_path / "dossier.pdf"
    assert main(["dossier", "export", str(target), "--library", str(assistant.folder)]) == 1
    said = capsys.readouterr().err
    assert (said.count("\n"), install_command("pdf") in said, target.exists()) == (1, True, False)


def test_short_quotes_after_one_another_are_each_found(
    assistant: Assistant, dossiers: Dossiers, tmp_path: Path
) -> None:
    text = "In all the cost: £48,200. It was built at a cost of £51,700. The deep decision: it was a hunger killed."
    add(assistant, "costs.txt", text)
    pins = ["cost: £48,200", "at a cost of £51,700", "hunger killed", "The deep decision", "it was", "In all the cost"]
    for number, words in enumerate(pins):
        start = text.index(words)
        quote = quote_at(assistant, "costs.txt", (start, start + len(words)))
        dossiers.pin(quote, note=number % 3 * "ask again ", tags=number % 2 * ["cost"])
    (tmp_path / "dossier.pdf").write_bytes(made(assistant, dossiers))
    report = assistant.check(tmp_path / "dossier.pdf")
    assert [(one.quotation.text, one.status) for one in report.quotations] == [(words, Status.FOUND) for words in pins]
