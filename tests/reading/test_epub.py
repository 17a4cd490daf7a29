"""Electronic books."""

import pytest

from retriever.errors import ReadingError
from retriever.records import Provenance
from tests.office import headings, lines, zipped

pytest.importorskip("retriever.reading.html")
from retriever.reading.epub import read

CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>The Varn</dc:title><dc:creator>Ada</dc:creator><dc:publisher>Hill Press</dc:publisher>
<dc:date>1851</dc:date><dc:language>en</dc:language></metadata>
<manifest><item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="p" href="map.svg" media-type="image/svg+xml"/>
<item id="b" href="second%20part.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="first.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="c"/><itemref idref="n"/><itemref idref="p"/><itemref idref="a"/><itemref idref="b"/></spine>
<guide><reference type="cover" href="cover.xhtml"/></guide></package>"""


def page(body: str) -> str:
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>'


def book(**others: str) -> bytes:
    return zipped(
        {
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": PACKAGE,
            "OEBPS/cover.xhtml": page("<p>Cover</p>"),
            "OEBPS/nav.xhtml": page("<p>Contents</p>"),
            "OEBPS/first.xhtml": page("<h1>Source</h1><p>The river rises in the hills.</p>"),
            "OEBPS/second part.xhtml": page("<h1>Mouth</h1><p>It ends in the sea.</p>"),
            **others,
        }
    )


def test_chapters_are_read_in_the_order_of_the_spine() -> None:
    extract = read(book(), "a.epub")
    assert lines(extract) == ["Source", "The river rises in the hills.", "Mouth", "It ends in the sea."]
    assert headings(extract) == ["Source", "Mouth"]
    assert extract.pages == ()


def test_the_package_says_what_the_book_is() -> None:
    extract = read(book(), "a.epub")
    said = [extract.title, extract.author, extract.publisher, extract.published]
    assert [note.value for note in said] == ["The Varn", "Ada", "Hill Press", "1851"]
    assert {note.known for note in said} == {Provenance.METADATA}
    assert extract.language == "en"


def encryption(path: str) -> dict[str, str]:
    data = f'<EncryptedData><CipherData><CipherReference URI="{path}"/></CipherData></EncryptedData>'
    return {"META-INF/encryption.xml": f"<encryption>{data}</encryption>"}


def test_a_protected_book_is_refused_and_one_with_obscured_fonts_is_not() -> None:
    with pytest.raises(ReadingError, match=r"a.epub is protected against copying"):
        read(book(**encryption("OEBPS/second%20part.xhtml")), "a.epub")
    assert read(book(**encryption("OEBPS/font.otf")), "a.epub").text


def test_what_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"a.epub is not an electronic book"):
        read(zipped({"a": "b"}), "a.epub")
    empty = {"OEBPS/first.xhtml": page(""), "OEBPS/second part.xhtml": page("<img src='a.png'/>")}
    with pytest.raises(ReadingError, match=r"a.epub holds no text"):
        read(book(**empty), "a.epub")
    with pytest.raises(ReadingError, match=r"a.epub is broken"):
        read(book(**{"OEBPS/book.opf": "<package"}), "a.epub")
