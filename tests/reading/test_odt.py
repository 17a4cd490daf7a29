"""OpenDocument files."""

import pytest

from retriever.errors import ReadingError
from retriever.reading.extract import Extract
from retriever.reading.odt import read
from tests.office import furniture, headings, lines, pages, zipped

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
        ("meta", "meta"),
        ("presentation", "presentation"),
    ]
)


def content(body: str, kind: str = "text", styles: str = "") -> str:
    return (
        f"<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )


def made(body: str, kind: str = "text", **members: str) -> Extract:
    return read(zipped({"content.xml": content(body, kind), **members}), "a.odt")


def cells(*texts: str) -> str:
    inner = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)
    return f"<table:table-row>{inner}</table:table-row>"


def test_headings_lists_tables_and_notes() -> None:
    extract = made(
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:table-of-content><text:index-body><text:p>Source 1</text:p></text:index-body></text:table-of-content>"
        "<text:h>Source</text:h>"
        "<text:p>It<text:s/>rises<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>See Ada.</text:p></text:note-body></text:note> <text:span>high</text:span>."
        "<office:annotation><text:p>a remark</text:p></office:annotation></text:p>"
        "<text:list><text:list-item><text:p>Otters</text:p></text:list-item></text:list>"
        f"<table:table>{cells('Name', 'Age')}{cells('Ada', '36')}</table:table>"
        "<text:p>Around.<draw:frame><draw:text-box><text:p>Boxed.</text:p></draw:text-box></draw:frame></text:p>"
    )
    assert lines(extract) == [
        "Source 1",
        "Source",
        "It rises[1] high.",
        "Otters",
        "Name: Ada; Age: 36.",
        "Around.",
        "Boxed.",
        "[1] See Ada.",
    ]
    assert headings(extract) == ["Source"]
    assert furniture(extract) == ["Source 1"]


def test_title_style_metadata_and_running_heads() -> None:
    styles = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    members = {
        "content.xml": content('<text:p text:style-name="P1">The Varn</text:p><text:p>Text.</text:p>', styles=styles),
        "styles.xml": f"<office:document-styles {_SPACES}><office:master-styles><style:master-page><style:header>"
        "<text:p>Annals</text:p></style:header></style:master-page></office:master-styles></office:document-styles>",
        "meta.xml": f'<office:document-meta {_SPACES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        "<dc:title>other</dc:title><meta:initial-creator>Ada</meta:initial-creator><dc:creator>Bob</dc:creator>"
        "<dc:date>2022-04-21T09:00:00</dc:date><dc:language>de</dc:language></office:meta></office:document-meta>",
    }
    extract = read(zipped(members), "a.odt")
    assert lines(extract) == ["Annals", "The Varn", "Text."]
    assert furniture(extract) == ["Annals"]
    assert (extract.title.value, extract.author.value, extract.published.value) == ("The Varn", "Ada", None)
    assert extract.language == "de"


def test_slides_and_sheets_are_pages() -> None:
    frame = "<draw:frame presentation:class='{}'><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    first = frame.format("title", "Varn") + frame.format("outline", "A river.")
    second = frame.format("outline", "Its towns.")
    slides = made(f"<draw:page>{first}</draw:page><draw:page>{second}</draw:page>", "presentation")
    assert pages(slides) == ["Varn\n\nA river.", "Its towns."]
    assert headings(slides) == ["Varn"]
    sheets = made(
        f"<table:table table:name='Towns'>{cells('Town', 'People')}{cells('Varn', '9')}</table:table>", "spreadsheet"
    )
    assert pages(sheets) == ["Towns\n\nTown: Varn; People: 9."]


def test_what_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"a.odt is encrypted"):
        made("", **{"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"})
    with pytest.raises(ReadingError, match=r"a.odt holds no text"):
        made("<text:p/>")
    with pytest.raises(ReadingError, match=r"a.odt is not an OpenDocument"):
        read(zipped({"a": "b"}), "a.odt")
