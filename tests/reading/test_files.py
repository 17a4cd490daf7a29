"""Reading files: decoding, titles, and one clear sentence for every bad input."""

import codecs
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.errors import ReadingError
from retriever.reading.files import digest_of, read_document
from retriever.reading.formats import FORMATS, format_of
from retriever.reading.plain import decode_text, undo_mojibake
from retriever.reading.sources import Note, SourceNotes
from retriever.reading.worker import Worker
from retriever.records import Document, Provenance
from tests.office import zipped

LIMIT = 50_000_000
BODY = "The tide rose by three metres on Monday."


def read(path: Path, about: SourceNotes | None = None, limit: int = LIMIT) -> Document:
    with Worker() as worker:
        return read_document(path, path.name, about, digest_of(path, limit), worker)[0]


def written(folder: Path, content: bytes | str, name: str = "tide.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_text_is_the_file_decoded_and_unchanged(tmp_path: Path) -> None:
    content = b"Tide\r\n\r\n  The caf\xc3\xa9 closed.\r\n\n"
    document = read(written(tmp_path, content))
    assert document.text == content.decode()
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert document.media_type == "text/plain"


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(
        lambda text: text.strip() and undo_mojibake(text) == text
    )
)
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode_text(codecs.BOM_UTF8 + text.encode(), "tide.txt") == (text, None)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding_and_is_dropped(mark: bytes, encoding: str) -> None:
    assert decode_text(mark + "Ebbe und Flut – für alle".encode(encoding), "tide.txt") == (
        "Ebbe und Flut – für alle",
        None,
    )


def test_an_older_encoding_is_guessed_and_said(tmp_path: Path) -> None:
    text = "Le café du port était fermé ; l’été, la marée monte très tôt – « déjà », disait la gérante."
    with Worker() as worker:
        path = written(tmp_path, text.encode("cp1252"))
        document, warnings = read_document(path, "tide.txt", None, "0" * 64, worker)
    assert document.text == text
    assert len(warnings) == 1
    assert "read as cp1252" in warnings[0]


def test_the_title_is_the_headline(tmp_path: Path) -> None:
    document = read(written(tmp_path, f"Share post:\n\nTide rises in Kelp\n\n{BODY}"))
    assert (document.title, document.known["title"]) == ("Tide rises in Kelp", Provenance.TEXT)


def test_the_title_of_markdown_is_its_heading(tmp_path: Path) -> None:
    document = read(written(tmp_path, f"# Tide rises\n{BODY}", "a.md"))
    assert (document.title, document.media_type) == ("Tide rises", "text/markdown")


def test_a_text_of_one_line_has_a_title_made_from_the_files_name(tmp_path: Path) -> None:
    document = read(written(tmp_path, "Only a line", "003_the-tide_2022-04-22.txt"))
    assert (document.title, document.known["title"]) == ("003 the tide 2022-04-22", Provenance.UNKNOWN)


def test_what_is_noted_beside_the_file_goes_first(tmp_path: Path) -> None:
    about = SourceNotes(title=Note("Noted", Provenance.INFERRED), published=Note("2022-04", Provenance.TEXT))
    document = read(written(tmp_path, f"Tide rises\n\n{BODY}"), about)
    assert (document.title, document.publisher, document.published) == ("Noted", None, "2022-04")
    assert document.known == {
        "title": Provenance.INFERRED,
        "publisher": Provenance.UNKNOWN,
        "published": Provenance.TEXT,
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t\xc2\xa0\n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (b"\x7fELF\x02\x01\x00\x00tide", "binary"),
        (codecs.BOM_UTF16_LE + b"t\x00\x00\x00", "binary"),
        (b"\x01\x02\x03\x04tide\x05\x06", "binary"),
        (codecs.BOM_UTF8 + b"tide\xff\xfe", "cannot be decoded as utf-8"),
        (codecs.BOM_UTF16_LE + b"t\x00i", "cannot be decoded as utf-16-le"),
    ],
)
def test_a_file_without_readable_text_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason) as refusal:
        read(written(tmp_path, content))
    assert str(refusal.value).startswith("tide.txt")


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    noise = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200)).replace(b"\0", b"\1")
    with pytest.raises(ReadingError, match=r"binary|unknown encoding"):
        read(written(tmp_path, noise))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="does not exist"):
        read(tmp_path / "none.txt")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="is a folder"):
        read(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ReadingError, match="not a regular file"):
        read(tmp_path / "pipe.txt")


def test_a_pipe_that_takes_a_file_s_place_while_it_is_read_stops_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, BODY)
    digest = digest_of(path, 10**6)
    path.unlink()
    os.mkfifo(path)
    with Worker() as worker, pytest.raises(ReadingError, match="not a regular file"):
        read_document(path, path.name, None, digest, worker)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with Worker() as worker, pytest.raises(ReadingError, match="does not exist"):
        read_document(tmp_path / "log.txt", "log.txt", None, "0" * 64, worker)


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(
        "retriever.reading.files._open_at_once", refuse
    )  # chmod would not stop a test that runs as root
    with pytest.raises(ReadingError, match="is not allowed to read"):
        read(tmp_path / written(tmp_path, BODY))


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"cannot be read|does not exist"):
        read(tmp_path / ("a" * 300 + ".txt"))


def test_a_file_of_the_largest_size_is_refused_with_its_size(tmp_path: Path) -> None:
    path = written(tmp_path, b"")
    os.truncate(path, LIMIT)
    with pytest.raises(ReadingError, match=r"50 MB"):
        read(path)


def test_a_file_just_under_the_largest_size_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, BODY)
    assert read(path, limit=len(BODY) + 1).text == BODY
    with pytest.raises(ReadingError, match="40 bytes"):
        read(path, limit=len(BODY))


DOCX = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})
PAGE = b"<!DOCTYPE html><html><body><p>The tide rose by three metres on Monday.</p></body></html>"


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("TIDE.PDF", b"%PDF-1.7\n", "application/pdf"),
        ("tide.txt", b"%PDF-1.7\n", "application/pdf"),
        ("tide", b"\n%PDF-1.7\n", "application/pdf"),
        ("tide.xls", PAGE, "text/html"),
        ("tide.txt", b"\xef\xbb\xbf\n" + PAGE, "text/html"),
        ("tide.doc", DOCX, FORMATS[".docx"].media_type),
        ("tide.xlsx", DOCX, FORMATS[".docx"].media_type),
        ("tide.dotx", DOCX, FORMATS[".docx"].media_type),
        ("tide.csv", zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), FORMATS[".xlsx"].media_type),
        ("tide.pptx", zipped({"ppt/presentation.xml": ""}), FORMATS[".pptx"].media_type),
        ("tide.zip", zipped({"META-INF/container.xml": ""}), "application/epub+zip"),
        ("tide.doc", b"{\\rtf1 The tide.}", "application/rtf"),
        ("tide.pdf", PAGE, "text/html"),
        ("tide.docx", b"The tide rose.", "text/plain"),
        ("tide.xml", b"<?xml version='1.0'?><rss><channel/></rss>", "application/rss+xml"),
        ("tide.xml", b"<tide>high</tide>", "application/xml"),
        ("README", b"The tide rose.", "text/plain"),
        ("tide.unheard-of", b"The tide rose.", "text/plain"),
        ("tide.php", PAGE, "text/x-source"),
        ("tide.zip", zipped({"a.txt": "The tide."}), "application/zip"),
        ("page.txt", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n", "multipart/related"),
        ("mz.txt", b"MZ-12 is a boat.", "text/plain"),
    ],
)
def test_the_content_decides_how_a_file_is_read(name: str, content: bytes, media_type: str) -> None:
    assert format_of(name, content).media_type == media_type


def compound(stream: str) -> bytes:
    """The begin of an OLE container, with the name of one stream."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("tide.doc", compound("WordDocument"), r"old Word file: .* \.docx"),
        ("tide.txt", compound("Workbook"), r"old Excel file: .* \.xlsx"),
        ("tide.ppt", compound(""), r"old PowerPoint file: .* \.pptx"),
        ("tide.docx", compound("EncryptedPackage"), "is encrypted"),
        ("tide.txt", b"GIF89a\0\0", r"a picture.*PNG"),
        ("tide.exe", b"MZ\x90\0\x03", "program"),
        ("tide.gz", b"\x1f\x8b\x08", "unpack it"),
        ("tide.mp4", b"\0\0\0\x18ftypmp42", "sound or video"),
        ("tide.pages", zipped({"Index/Document.iwa": ""}), "Pages"),
        ("tide.xlsb", zipped({"xl/workbook.bin": ""}), r"save it as \.xlsx"),
    ],
)
def test_what_cannot_be_read_is_named_in_one_line_with_what_to_do(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=rf"^{name} .*{reason}") as refusal:
        format_of(name, content)
    assert len(str(refusal.value)) < 160


LANGUAGES = {
    "gb18030": "灯塔的管理员是艾达·布鲁克，她每天爬二百一十二级台阶去点灯。",
    "big5": "燈塔的管理員是艾達，她每天爬二百一十二級台階去點燈。",
    "shift_jis": "灯台の管理人は佐藤さんで、毎日二百十二段の階段を上ります。",
    "euc-jp": "灯台の管理人は佐藤さんで、毎日二百十二段の階段を上ります。",
    "iso2022_jp": "灯台の管理人は佐藤さんで、毎日二百十二段の階段を上ります。",
    "euc-kr": "등대의 관리인은 김민수이며 매일 이백십이 계단을 오른다.",
    "cp1251": "Смотритель маяка — Анна Петрова, она поднимается на 212 ступеней.",
    "koi8-r": "Смотритель маяка Анна Петрова, она поднимается на 212 ступеней.",
    "cp1250": "Strážce majáku je Řehoř Dvořák, který každý den šlape do schodů.",
    "cp1253": "Ο φύλακας του φάρου είναι η Άννα και ανεβαίνει 212 σκαλοπάτια.",
    "cp1255": "שומר המגדלור הוא דוד כהן והוא מטפס כל יום במדרגות.",
    "cp1256": "حارس المنارة هو أحمد ويصعد كل يوم مئتي درجة.",
}


@pytest.mark.parametrize(
    "text",
    ["Größe und Maß sind gut, sagt er.", "Voilà le café à Orléans, déjà fermé.", "Já são três horas, não há pão."],
)
def test_short_western_texts_are_read_as_windows_wrote_them(text: str) -> None:
    assert decode_text(text.encode("cp1252"), "tide.txt")[0] == text


@pytest.mark.parametrize("encoding", LANGUAGES)
def test_an_older_encoding_of_another_script_is_guessed(encoding: str) -> None:
    text, warning = decode_text(LANGUAGES[encoding].encode(encoding), "tide.txt")
    assert text == LANGUAGES[encoding]
    assert warning is None or "was read as" in warning


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize(
    "text", [BODY, LANGUAGES["cp1251"], LANGUAGES["gb18030"] * 4 + "\n2031\n", "Name\tRoom\r\nJonas Vik\t14\r\n"]
)
def test_unicode_without_a_mark_is_known_by_its_bytes(encoding: str, text: str) -> None:
    assert decode_text(text.encode(encoding), "tide.txt") == (text, None)


def test_a_single_nul_is_left_out_and_said() -> None:
    text, warning = decode_text(b"The engineer of the tug is\0 Ole Vang, and the mate is Nils Dahl.", "tide.txt")
    assert text == "The engineer of the tug is Ole Vang, and the mate is Nils Dahl."
    assert "NUL" in str(warning)


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("Ã„nne MÃ¼ÃŸig wohnt in KÃ¶ln â€“ seit 2010.", "Änne Müßig wohnt in Köln – seit 2010."),
        ("It is 10 Â°C and costs Â£3.", "It is 10 °C and costs £3."),
        ("Ð¡Ð¼Ð¾Ñ‚Ñ€Ð¸Ñ‚ÐµÐ»ÑŒ", "Смотритель"),
    ],
)
def test_letters_that_a_program_broke_are_put_right_and_said(broken: str, right: str) -> None:
    text, warning = decode_text(broken.encode(), "tide.txt")
    assert text == right
    assert "repaired" in str(warning)


@pytest.mark.parametrize("text", ["SÃO PAULO E AÇÃO", "Ü¯", "Some programs show Ã¼ for ü.", "Â is a letter.", "l’Â©"])
def test_letters_that_may_be_right_stay(text: str) -> None:
    assert decode_text(text.encode(), "tide.txt") == (text, None)


def test_a_day_in_the_first_lines_is_the_date_and_said_to_be_inferred(tmp_path: Path) -> None:
    document = read(written(tmp_path, "The tide\n\nVARN, April 21, 2022 (Reuters) - The tide rose.\n"))
    assert (document.published, document.known["published"]) == ("2022-04-21", Provenance.INFERRED)
    born = read(written(tmp_path, "Tom Reed\nDate of birth 26 June 1968\nPlace of birth Varn\n"))
    assert (born.published, born.known["published"]) == (None, Provenance.UNKNOWN)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tide.txt", "The tide\n\nThe Varn Gazette, 21 April 2022. By Ann Ames.\n\nThe tide rose.\n"),
        ("tide.md", "# The tide\n\n*The Varn Gazette | 21 April 2022 | By Ann Ames*\n\nThe tide rose.\n"),
        (
            "tide.html",
            "<h1>The tide</h1><p>The Varn Gazette, 21 April 2022. By Ann Ames</p><p>The tide rose.</p>",
        ),
    ],
)
def test_a_line_under_the_title_names_publisher_and_day_in_every_format(
    tmp_path: Path, name: str, content: str
) -> None:
    document = read(written(tmp_path, content, name))
    assert (document.publisher, document.published) == ("The Varn Gazette", "2022-04-21")
    assert document.known["publisher"] is Provenance.INFERRED


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Case 7\n\nFiled 11 February 2022\n\nThe tide rose.\n", "2022-02-11"),
        (
            "COURT OF VARN Case 7, of many parties and their counsel, Filed: February 11, 2022, Page 1 of 3\n",
            "2022-02-11",
        ),
        (
            "They filed 11 February papers with the clerk of the court, and in 2022 they filed many more.\n",
            None,
        ),
    ],
)
def test_a_stated_day_is_the_date(tmp_path: Path, text: str, date: str | None) -> None:
    assert read(written(tmp_path, text)).published == date


@pytest.mark.parametrize("rule", ["---", "+++"])
def test_front_matter_gives_title_date_and_author_and_is_not_quoted(tmp_path: Path, rule: str) -> None:
    sign = ":" if rule == "---" else " ="
    head = f'{rule}\ntitle{sign} "Brewing log"\ndate{sign} "2030-11-05"\nauthor{sign} "Hanne Dahl"\n{rule}\n\n'
    document = read(written(tmp_path, f"{head}# The log\n\nThe malt is from Weyland.\n", "a.md"))
    assert document.text == "# The log\n\nThe malt is from Weyland.\n"
    assert (document.title, document.published, document.author) == ("Brewing log", "2030-11-05", "Hanne Dahl")


def test_two_rules_around_prose_are_no_front_matter(tmp_path: Path) -> None:
    text = "---\nThe tide rose at noon.\n---\n\nIt fell again.\n"
    assert read(written(tmp_path, text, "a.md")).text == text


def test_the_first_heading_of_markdown_is_its_title(tmp_path: Path) -> None:
    text = "![build](a.svg)\n\n```sh\n# no heading\n```\n\n## The *tide* in [Varn](b.md)\n\nIt rose.\n"
    assert read(written(tmp_path, text, "a.md")).title == "The tide in Varn"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.org", "#+AUTHOR: Ada Brook\n#+TITLE: The tide in Varn\n\n* Morning\nIt rose at noon.\n"),
        ("a.org", "* The tide in Varn\nIt rose at noon.\n"),
        ("a.adoc", "= The tide in Varn\n\nIt rose at noon.\n"),
        ("a.tex", "\\documentclass{article}\n\\title{The tide in Varn}\n\\section{Morning}\nIt rose at noon.\n"),
        ("a.tex", "\\section{The tide in Varn}\nIt rose at noon.\n"),
        ("a.rst", "The tide in Varn\n================\n\nIt rose at noon.\n"),
    ],
)
def test_a_text_with_mark_up_has_its_title(tmp_path: Path, name: str, text: str) -> None:
    assert read(written(tmp_path, text, name)).title == "The tide in Varn"


def test_a_text_without_a_title_is_named_by_its_first_words(tmp_path: Path) -> None:
    document = read(written(tmp_path, "The tide rose at noon. It fell again.\n", "scan_0017.txt"))
    assert (document.title, document.known["title"]) == ("The tide rose at noon", Provenance.INFERRED)
    long = read(written(tmp_path, f"{'The tide rose and fell, ' * 9}and rose.\n", "b.txt")).title
    assert long.endswith("…")
    assert len(long) <= 71


def test_a_file_name_of_several_words_is_a_title(tmp_path: Path) -> None:
    document = read(written(tmp_path, "The tide rose at noon. It fell again.\n", "the-tides-of-varn.txt"))
    assert document.title == "the tides of varn"


def test_a_table_without_a_title_is_named_by_its_file(tmp_path: Path) -> None:
    assert read(written(tmp_path, "Name,Age\nAda,36\n", "crew_list.csv")).title == "crew list"


def test_a_noted_date_goes_before_the_day_in_the_text(tmp_path: Path) -> None:
    noted = SourceNotes(published=Note("2023", Provenance.TEXT))
    assert read(written(tmp_path, "Published April 21, 2022\n\nThe tide rose.\n"), noted).published == "2023"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Brûlé", "latin-1"),
        ("Zoë André", "latin-1"),
        ("Håkan Öberg", "latin-1"),
        ("Übergröße 5 €", "cp1252"),
        ("Antonín Dvořák", "cp1250"),
        ("Łódź", "cp1250"),
        ("Kovács Béla és Szűcs Győző", "cp1250"),
        ("Москва", "cp1251"),
    ],
)
def test_the_encoding_of_a_few_words_is_known_by_the_letters_of_a_language(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding), "name.txt")[0] == text
