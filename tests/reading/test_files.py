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
from retriever.reading.plain import decode_text
from retriever.reading.sources import Note, SourceNotes
from retriever.reading.worker import Worker
from retriever.records import Document, Provenance

LIMIT = 50_000_000
BODY = "The tide rose by three metres on Monday."


def read(path: Path, about: SourceNotes | None = None, limit: int = LIMIT) -> Document:
    return read_document(path, path.name, about, digest_of(path, limit), Worker())[0]


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


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip))
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
    document, warnings = read_document(written(tmp_path, text.encode("cp1252")), "tide.txt", None, "0" * 64, Worker())
    assert document.text == text
    assert len(warnings) == 1
    assert "read as cp1252" in warnings[0]


def test_the_title_is_the_headline(tmp_path: Path) -> None:
    document = read(written(tmp_path, f"Share post:\n\nTide rises in Kelp\n\n{BODY}"))
    assert (document.title, document.known["title"]) == ("Tide rises in Kelp", Provenance.TEXT)


def test_the_title_of_markdown_is_its_heading(tmp_path: Path) -> None:
    document = read(written(tmp_path, f"# Tide rises\n{BODY}", "a.md"))
    assert (document.title, document.media_type) == ("Tide rises", "text/markdown")


@pytest.mark.parametrize("text", [BODY, "Only a line"])
def test_without_a_headline_the_title_is_made_from_the_files_name(tmp_path: Path, text: str) -> None:
    document = read(written(tmp_path, text, "003_the-tide_2022-04-22.txt"))
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


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # chmod would not stop a test that runs as root
    with pytest.raises(ReadingError, match="may not be read"):
        read(tmp_path / written(tmp_path, BODY))


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"cannot be read|does not exist"):
        read(tmp_path / ("a" * 300 + ".txt"))


def test_a_file_of_the_largest_size_is_refused_with_its_size(tmp_path: Path) -> None:
    path = written(tmp_path, b"")
    os.truncate(path, LIMIT)
    with pytest.raises(ReadingError, match=r"50\.0 MB"):
        read(path)


def test_a_file_just_under_the_largest_size_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, BODY)
    assert read(path, limit=len(BODY) + 1).text == BODY
    with pytest.raises(ReadingError, match="40 bytes"):
        read(path, limit=len(BODY))


def test_another_kind_of_file_is_refused_with_the_kinds_that_are_read(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"not a kind of file that Ibid reads \(\.txt"):
        read(written(tmp_path, BODY, "tide.exe"))


def test_a_day_in_the_first_lines_is_the_date_and_said_to_be_inferred(tmp_path: Path) -> None:
    document = read(written(tmp_path, "The tide\n\nVARN, April 21, 2022 (Reuters) - The tide rose.\n"))
    assert (document.published, document.known["published"]) == ("2022-04-21", Provenance.INFERRED)
    born = read(written(tmp_path, "Tom Reed\nDate of birth 26 June 1968\nPlace of birth Varn\n"))
    assert (born.published, born.known["published"]) == (None, Provenance.UNKNOWN)


def test_a_noted_date_goes_before_the_day_in_the_text(tmp_path: Path) -> None:
    noted = SourceNotes(published=Note("2023", Provenance.TEXT))
    assert read(written(tmp_path, "Published April 21, 2022\n\nThe tide rose.\n"), noted).published == "2023"
