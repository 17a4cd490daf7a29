"""What a tagged PDF says of its parts: quotations, and what is no content. And scripts that run to the left."""

from pathlib import Path

import pytest
import typst
from PIL import Image

from retriever.check.draft import read_draft
from retriever.reading.extract import Extract
from retriever.reading.pdf import read
from retriever.reading.pdf.page_pictures import large_pictures
from retriever.reading.pdf.runs import open_document, read_pages
from retriever.reading.worker import Worker

LINE = "The keeper lights the lamp at dusk and winds the clock before the boats come home from the banks in the west."


def pdf(source: str, folder: Path | None = None) -> bytes:
    """A tagged PDF from Typst's mark-up."""
    if folder is None:
        made: bytes = typst.compile(source.encode(), format="pdf")
        return made
    (folder / "main.typ").write_text(source)
    made = typst.compile(folder / "main.typ", root=folder, format="pdf")
    return made


def quoted(extract: Extract) -> list[str]:
    return [extract.text[start:end] for start, end in extract.block_quotes]


def test_each_paragraph_of_a_quotation_is_one_and_its_note_is_none() -> None:
    extract = read(
        pdf(f"""#set super(typographic: false)
Before it. #quote(block: true)[{LINE}

Short.#footnote[From the log.]]
{LINE}"""),
        "draft.pdf",
    )
    assert quoted(extract) == [LINE, "Short.[1]"]
    assert "From the log." in extract.text


def test_a_quotation_goes_on_on_the_next_page() -> None:
    long = LINE.removesuffix(".") + ", "
    extract = read(pdf(f"#set page(height: 8cm)\n#quote(block: true)[{20 * long}]"), "draft.pdf")
    assert len(extract.pages) > 1
    assert quoted(extract) == [(20 * long).strip()]


def test_a_quotation_never_goes_on_in_the_next_one() -> None:
    """Not with small words between, nor at the top of the next page, even where the words look as if it did."""
    source = """#quote(block: true)[at a cost of] #text(8pt)[Between them.] #quote(block: true)[the lamp and]
#pagebreak() #quote(block: true)[the clock of

the harbour]"""
    assert quoted(read(pdf(source), "draft.pdf")) == ["at a cost of", "the lamp and", "the clock of", "the harbour"]


def test_a_quotation_of_two_sentences_goes_on_on_the_next_page() -> None:
    source = (
        f"#set page(height: 4cm, width: 21cm, margin: 1cm)\n#quote(block: true)[{8 * f'{LINE} '}#footnote[A note.]]"
    )
    extract = read(pdf(source), "draft.pdf")
    assert len(extract.pages) > 1
    assert len(quoted(extract)) == 1


def test_a_file_without_quotations_has_none() -> None:
    assert read(pdf(LINE), "draft.pdf").block_quotes == ()


def test_the_check_of_a_draft_takes_what_is_tagged_as_a_quotation() -> None:
    with Worker() as worker:
        draft = read_draft(pdf(f"I say: #quote(block: true)[{LINE}]"), "draft.pdf", worker)
    assert [one.text for one in draft.quotations] == [LINE]


@pytest.mark.parametrize("is_artifact", [True, False])
def test_a_picture_that_is_no_content_is_not_read(tmp_path: Path, is_artifact: bool) -> None:
    Image.new("RGB", (800, 800), "white").save(tmp_path / "lamp.png")
    shown = 'image("lamp.png", width: 100%)'
    source = f"{LINE}\n\n#{f'pdf.artifact({shown})' if is_artifact else shown}"
    document = open_document(pdf(source, tmp_path), "lamp.pdf")
    pages, _ = read_pages(document)
    assert len(large_pictures(pages[0])) == (not is_artifact)
    document.close()


def test_letters_of_one_glyph_keep_their_order_in_arabic() -> None:
    """Lam and alef are one glyph. "No answer (in the lamp of the islands)"."""
    words = "لا إجابة في الأخير (973) من الجزر الإسلامية"
    assert words in read(pdf(f'#set text(font: "DejaVu Sans Mono", dir: rtl)\n{words}'), "arabic.pdf").text


def test_the_mark_of_a_note_ends_its_line_in_arabic() -> None:
    words = "كتب الحارس في الدفتر"
    source = f'#set super(typographic: false)\n#set text(font: "DejaVu Sans Mono", dir: rtl)\n{words}#footnote[x]'
    assert f"{words}[1]" in read(pdf(source), "arabic.pdf").text.replace(" [", "[")
