"""Kinds of text that are no prose, files inside of files, and mails of Outlook."""

import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retriever.errors import ReadingError
from retriever.ingest.chunking import split_passages
from retriever.reading import contacts, lines, notebook, outlook, packed, subtitles
from retriever.reading.archive import LARGEST_UNPACKED_BYTES
from retriever.reading.files import digest_of, read_document
from retriever.reading.worker import Worker
from retriever.records import Document
from tests.office import headings, pages, zipped
from tests.office import lines as blocks


def sentences(folder: Path, name: str, text: str) -> list[str]:
    """What can be quoted of a file."""
    (folder / name).write_text(text, encoding="utf-8")
    with Worker() as worker:
        document, _ = read_document(folder / name, name, None, digest_of(folder / name, 10**6), worker)
    return quotable(document)


def quotable(document: Document) -> list[str]:
    return [document.text[slice(*span)] for passage in split_passages(document) for span in passage.sentences]


@pytest.mark.parametrize(
    ("name", "text", "units"),
    [
        ("a.yaml", "replicas: 5\nowner: Team Alder\n", ["replicas: 5", "owner: Team Alder"]),
        ("a.json", '{"server": {\n  "port": 8443\n}}', ['{"server": {', '"port": 8443', "}}"]),
        (
            "a.jsonl",
            '{"id": 1, "text": "It is red. It is old."}\n{"id": 2}\n',
            ['{"id": 1, "text": "It is red. It is old."}', '{"id": 2}'],
        ),
        ("a.py", "def limit():\n    return 7\n", ["def limit():", "return 7"]),
        ("a.toml", "[lamp]\nlit = 1904\n", ["[lamp]", "lit = 1904"]),
        ("a.xml", "<lamp>\n <lit>1904</lit>\n</lamp>", ["<lamp>", "<lit>1904</lit>", "</lamp>"]),
        ("a.log", "2031 ERROR disk full. Node 9\n2031 INFO up", ["2031 ERROR disk full. Node 9", "2031 INFO up"]),
        ("README", "The policy is\nowned by Team Larch.", ["The policy is\nowned by Team Larch."]),
        ("a.rst", "Title\n=====\nThe keel\nis oak.", ["=====", "The keel\nis oak."]),
    ],
)
def test_lines_stay_lines_where_they_are_units(tmp_path: Path, name: str, text: str, units: list[str]) -> None:
    assert sentences(tmp_path, name, text) == units


def test_a_text_whose_lines_are_units_is_unchanged() -> None:
    text = "def limit():\r\n\treturn 7  \r\n"
    assert lines.read(text.encode(), "a.py").text == text


def test_json_in_one_long_line_is_laid_out() -> None:
    boats = [{"name": f"Boat {number}", "port": "Varn ü"} for number in range(30)]
    extract = lines.read(json.dumps(boats).encode(), "a.json")
    assert '"name": "Boat 7",' in [line.strip() for line in extract.text.splitlines()]
    assert "Varn ü" in extract.text
    assert json.loads(extract.text) == boats
    deep = b"[" * 100_000 + b"]" * 100_000
    assert lines.read(deep, "a.json").text == deep.decode()


def test_a_notebook_is_its_text_code_and_output() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# The tide\n", "\n", "It rose by\n", "3 m."]},
        {
            "cell_type": "code",
            "source": "a = 1\nprint(a)",
            "outputs": [
                {"output_type": "stream", "text": ["1\n"]},
                {"output_type": "display_data", "data": {"image/png": "iVBO", "text/plain": "<Figure>"}},
                {"output_type": "error", "ename": "ValueError", "evalue": "no tide"},
            ],
        },
    ]
    extract = notebook.read(json.dumps({"cells": cells, "nbformat": 4}).encode(), "a.ipynb")
    assert blocks(extract) == [
        "The tide",
        "It rose by 3 m.",
        "a = 1",
        "print(a)",
        "1",
        "<Figure>",
        "ValueError: no tide",
    ]
    assert (headings(extract), extract.title.value) == (["The tide"], "The tide")


@pytest.mark.parametrize("content", [b"[]", b"{}", b"{cells", b'{"cells": [1]}'])
def test_a_broken_notebook_is_refused(content: bytes) -> None:
    with pytest.raises(ReadingError, match=r"^a\.ipynb "):
        notebook.read(content, "a.ipynb")


SRT = """1
00:00:01,000 --> 00:00:03,000
The captain of the <i>Petrel</i>

2
00:00:03,000 --> 00:00:05,000
is Ida.

3
00:01:10,500 --> 00:01:12,000 X1:40
She sails &amp; sings.
"""


def test_subtitles_are_sentences_under_their_times() -> None:
    for text in (
        SRT,
        SRT.replace("\n", "\r\n"),
        "WEBVTT\n\nNOTE hidden\n\n" + SRT.replace(",", ".").replace("00:0", "0"),
    ):
        extract = subtitles.read(text.encode(), "a.srt")
        assert blocks(extract) == ["00:00:01", "The captain of the Petrel is Ida.", "00:01:10", "She sails & sings."]
        assert headings(extract) == ["00:00:01", "00:01:10"]


def test_speakers_of_subtitles_are_kept_apart() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ida>Cast off\n\n00:02.000 --> 00:03.000\n<v Ole>Aye\n"
    assert blocks(subtitles.read(text.encode(), "a.vtt"))[1:] == ["Ida: Cast off", "Ole: Aye"]


def test_an_event_is_a_line() -> None:
    text = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Regatta\\, first day\r\nDTSTART:20310311T091200Z\r\n"
        'DTEND;TZID="Europe/Berlin":20310311T180000\r\nLOCATION:Port\r\n  Elm\r\n'
        "ATTENDEE;CN=Ida Holt:mailto:ida@varn.example\r\nBEGIN:VALARM\r\nDESCRIPTION:beep\r\nEND:VALARM\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert blocks(contacts.read(text.encode(), "a.ics")) == [
        "Event: Regatta, first day; Begins: 2031-03-11 09:12 UTC; Ends: 2031-03-11 18:00; Place: Port Elm; "
        "With: Ida Holt."
    ]


def test_a_contact_is_a_line() -> None:
    text = "BEGIN:VCARD\nFN:Ida Holt\nORG:Varn;Harbour\nitem1.TEL;TYPE=work:+47 1\nBDAY:1990-02-03\nEND:VCARD\n"
    assert blocks(contacts.read(text.encode(), "a.vcf")) == [
        "Name: Ida Holt; Organization: Varn, Harbour; Phone: +47 1; Birthday: 1990-02-03."
    ]


def test_members_of_an_archive_are_pages_under_their_paths() -> None:
    inner = zipped({"deep.txt": "The deep is cold."})
    members = {
        "a/lamp.txt": "The lamp was lit in 1904.\n\nIt is red.",
        "b.yaml": "lit: 1904\nred: yes",
        "c.csv": "Name,Age\nAda,36\n",
        "inner.zip": inner,
        "logo.png": b"\x89PNG\r\n\x1a\n",
        "__MACOSX/._lamp.txt": b"\0\1",
        ".DS_Store": b"\0",
    }
    extract = packed.read(zipped(members), "a.zip")
    assert [page.split("\n\n") for page in pages(extract)] == [
        ["a/lamp.txt", "The lamp was lit in 1904.", "It is red."],
        ["b.yaml", "lit: 1904", "red: yes"],
        ["c.csv", "Name: Ada; Age: 36."],
        ["inner.zip", "deep.txt", "The deep is cold."],
    ]
    (warning,) = extract.warnings
    assert "logo.png is a picture" in warning


def test_archives_inside_of_archives_end_at_a_depth() -> None:
    content = zipped({"a.txt": "The lamp."})
    for _ in range(6):
        content = zipped({"in.zip": content, "b.txt": "The ferry."})
    extract = packed.read(content, "a.zip")
    assert extract.text.count("The ferry.") == 3
    assert "too deep" in " ".join(extract.warnings)


def test_an_archive_without_documents_is_refused() -> None:
    with pytest.raises(ReadingError, match="is a picture"):
        packed.read(zipped({"a.png": b"\x89PNG\r\n\x1a\n"}), "a.zip")
    with pytest.raises(ReadingError, match="not safe"):
        packed.read(zipped({"a.txt": bytes(LARGEST_UNPACKED_BYTES // 10)}), "a.zip")


class Outlook:
    """A container that holds what a test says, in place of olefile's."""

    def __init__(self, streams: dict[str, bytes]) -> None:
        self.streams = streams

    def __enter__(self) -> "Outlook":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def exists(self, path: str) -> bool:
        return path in self.streams

    def openstream(self, path: str) -> "Outlook":
        return Outlook({"": self.streams[path]})

    def read(self) -> bytes:
        return self.streams[""]

    def listdir(self, streams: bool, storages: bool) -> list[list[str]]:
        return [path.split("/") for path in self.streams]


def text_property(number: str, text: str) -> tuple[str, bytes]:
    return f"__substg1.0_{number}001F", text.encode("utf-16-le")


def test_a_mail_of_outlook_is_read_as_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = int((datetime(2031, 3, 11, 9, 12, tzinfo=UTC) - outlook._EPOCH).total_seconds()) * 10**7
    times = bytes(32) + struct.pack("<IIQ", 0x00390040, 0, ticks)
    inner = dict([text_property("0037", "Keys"), text_property("1000", "The porter has the keys.")])
    streams = {
        "__properties_version1.0": times,
        **dict(
            [text_property("0037", "The pump"), text_property("0C1A", "Ada"), text_property("5D01", "ada@varn.example")]
        ),
        **dict([text_property("0E04", "Bob"), text_property("1000", "See the note.\r\n")]),
        "__attach_version1.0_#00000000/__substg1.0_37010102": b"The pump is red.",
        "__attach_version1.0_#00000000/__substg1.0_3707001F": "note.txt".encode("utf-16-le"),
        **{f"__attach_version1.0_#00000001/__substg1.0_3701000D/{path}": data for path, data in inner.items()},
        "__attach_version1.0_#00000001/__substg1.0_3701000D/__properties_version1.0": bytes(24),
    }
    monkeypatch.setattr("retriever.reading.outlook.olefile.OleFileIO", lambda _: Outlook(streams))
    extract = outlook.read(b"", "a.msg")
    assert blocks(extract) == [
        "The pump",
        "From: Ada <ada@varn.example>; To: Bob; Date: Tue, 11 Mar 2031 09:12:00 +0000",
        "See the note.",
        *("note.txt", "The pump is red.", "Keys", "The porter has the keys."),
    ]
    assert (extract.title.value, extract.published.value) == ("The pump", "2031-03-11")


@pytest.mark.parametrize(
    ("read", "name"),
    [(outlook.read, "a.msg"), (contacts.read, "a.ics"), (subtitles.read, "a.srt"), (lines.read, "a.py")],
)
def test_what_is_no_such_file_is_refused(read: Callable[[bytes, str], object], name: str) -> None:
    for content in (b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), bytes(range(256))):
        with pytest.raises(ReadingError, match=rf"^{name} "):
            read(content, name)
