"""Archives: what is refused before anything is unpacked."""

import io
import zipfile

import pytest

from retriever.errors import ReadingError
from retriever.reading import archive
from retriever.reading.archive import local_name, open_archive, parse_xml
from tests.office import zipped


def test_members_are_read_by_name() -> None:
    opened = open_archive(zipped({"a.xml": "<a>text</a>"}), "a.docx")
    assert "a.xml" in opened
    assert opened.xml("a.xml").text == "text"


def test_a_missing_member_is_named() -> None:
    with pytest.raises(ReadingError, match=r"a.docx is broken \(b.xml is missing\)"):
        open_archive(zipped({"a.xml": ""}), "a.docx").read("b.xml")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"just text", "is not what its suffix says, or is cut short"),
        (zipped({"a": "text" * 99})[:-30], "is not what its suffix says, or is cut short"),
        (archive._OLD_OFFICE + bytes(600), r"is in the old Office format: open it, save it as .docx"),
        (archive._OLD_OFFICE + bytes(600) + archive._ENCRYPTED, "is encrypted: open it with its password"),
        (zipped({"../../etc/passwd": "x"}), "unpacked outside of it"),
        (zipped({"..\\a": "x"}), "unpacked outside of it"),
        (zipped({"/a": "x"}), "unpacked outside of it"),
        (zipped({"zeros": bytes(20_000_000)}), "not safe to read: zeros would unpack to 20 MB from 0.0 MB"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=rf"^Bericht\.docx .*{reason}"):
        open_archive(data, "Bericht.docx")


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zipped({"a": "x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ReadingError, match=r"is encrypted"):
        open_archive(bytes(data), "a.docx")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 2)
    with pytest.raises(ReadingError, match=r"holds 3 files, and 2 is the limit"):
        open_archive(zipped({"a": "", "b": "", "c": ""}), "a.docx")


def test_too_much_in_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(ReadingError, match=r"would unpack to 2 MB, and 1 MB is the limit"):
        open_archive(zipped({"a": bytes(1_000_000), "b": bytes(1_000_000)}), "a.docx")


def test_a_member_that_lies_about_its_size_is_not_unpacked_beyond_it() -> None:
    data = bytearray(zipped({"a": bytes(100_000)}))
    for place in (data.index(b"PK\x03\x04") + 22, data.index(b"PK\x01\x02") + 24):
        data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(ReadingError, match=r"is broken"):
        open_archive(bytes(data), "a.docx").read("a")


def test_a_broken_member_is_said_to_be_broken() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as stored:
        stored.writestr("a", "the text")
    with pytest.raises(ReadingError, match=r"is broken"):
        open_archive(target.getvalue().replace(b"the text", b"another."), "a.docx").read("a")


def test_entities_are_not_resolved() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbb"><!ENTITY c SYSTEM "file:///etc/passwd">]><a>1&b;2&c;3</a>'
    root = parse_xml(bomb.encode(), "a.docx")
    assert "bbb" not in "".join(root.itertext())
    assert "root:" not in "".join(root.itertext())
    assert [local_name(child) for child in root] == ["", ""]


def test_xml_nested_too_deeply_is_broken() -> None:
    with pytest.raises(ReadingError, match=r"is broken"):
        parse_xml(b"<a>" * 5_000 + b"</a>" * 5_000, "a.docx")
