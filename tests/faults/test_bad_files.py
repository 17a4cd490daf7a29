"""Files that cannot become documents: one sentence each, and the rest goes on."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from retriever import Assistant, IndexReport, Settings
from tests.world import TEXTS, WordEncoder

Make = Callable[[Path], object]
LIMIT = 5_000


def sparse(path: Path) -> None:
    """A true file of 50 MB that takes no room on the disk."""
    with path.open("wb") as stream:
        stream.truncate(50_000_000)


BAD: dict[str, tuple[Make, str]] = {
    "empty": (lambda path: path.write_bytes(b""), "empty"),
    "only white": (lambda path: path.write_text(" \n\t\n"), "empty"),
    "binary": (lambda path: path.write_bytes(bytes(range(256)) * 4), "binary"),
    "zeros": (lambda path: path.write_bytes(bytes(100)), "binary"),
    "too large": (lambda path: path.write_text("x" * LIMIT), "too large"),
    "50 MB": (sparse, "too large"),
    "cut UTF-16": (lambda path: path.write_bytes(b"\xff\xfeT\x00h\x00\xd8"), "utf-16"),
    "a dead link": (lambda path: path.symlink_to("nowhere"), "not there"),
    "a pipe": (os.mkfifo, "not a regular file"),
}


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Assistant]:
    opened = Assistant.open(
        tmp_path / "library", encoder=WordEncoder(), settings=Settings(largest_file_bytes=LIMIT), create=True
    )
    yield opened
    opened.close()


def only_reason(report: IndexReport) -> str:
    (skipped,) = report.skipped
    assert "\n" not in skipped.reason
    return skipped.reason


@pytest.mark.parametrize(("make", "said"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_skipped_with_its_reason_and_the_rest_is_read(
    strict: Assistant, varn: Path, make: Make, said: str
) -> None:
    make(varn / "bad.txt")
    report = strict.index([varn])
    assert "bad.txt" in report.skipped[0].path
    assert said in only_reason(report)
    assert report.added == tuple(TEXTS)
    assert strict.verify() == ()


def test_a_missing_file_is_skipped(strict: Assistant, varn: Path) -> None:
    report = strict.index([varn / "nowhere.txt", varn])
    assert "it does not exist" in only_reason(report)
    assert report.added == tuple(TEXTS)


def test_a_file_of_an_unknown_kind_is_read_where_it_is_text(strict: Assistant, varn: Path) -> None:
    (varn / "lamp.xyz").write_text("The lamp.")
    (varn / "lamp.bin").write_bytes(bytes(range(256)))
    report = strict.index([varn])
    assert "lamp.xyz" in report.added
    assert "binary" in only_reason(report)


def test_an_empty_folder_is_said_to_be_empty(strict: Assistant, tmp_path: Path) -> None:
    (tmp_path / "hollow").mkdir()
    assert "holds no files" in only_reason(strict.index([tmp_path / "hollow"]))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_text_in_another_encoding_is_read(strict: Assistant, varn: Path, encoding: str) -> None:
    text = "The café by the harbour is run by Zoë Müller. It costs £3 to sit there, and more in fine weather.\n" * 3
    (varn / "cafe.txt").write_bytes(text.encode(encoding))
    report = strict.index([varn])
    assert "cafe.txt" in report.added
    assert strict.document("cafe.txt").text == text
    assert [warning for warning in report.warnings if "not UTF-8" in warning] == [
        f"{varn / 'cafe.txt'}: cafe.txt is not UTF-8 and was read as cp1252; "
        "if its letters look wrong, save it as UTF-8."
    ] * (encoding == "cp1252")


def test_a_file_whose_name_is_no_text_is_read(strict: Assistant, varn: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(varn) + b"/\xff.txt")).write_text("The lamp.")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    report = strict.index([varn])
    assert report.added == (*TEXTS, r"\xff.txt")
    assert strict.document(r"\xff.txt").text == "The lamp."
    assert strict.index([varn]).unchanged == report.added
    assert strict.verify() == ()
    Path(os.fsdecode(os.fsencode(varn) + b"/\xff.txt")).unlink()
    assert strict.index([varn], prune=True).removed == (r"\xff.txt",)


def test_a_file_whose_name_is_no_text_and_that_cannot_be_read_is_skipped(strict: Assistant, varn: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(varn) + b"/\xff.txt")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    report = strict.index([varn])
    assert only_reason(report).startswith("it is empty")
    assert report.skipped[0].path.isprintable()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_skipped(strict: Assistant, varn: Path) -> None:
    (varn / "ferry.txt").chmod(0)
    assert "permissions" in only_reason(strict.index([varn]))


def test_a_file_that_the_system_refuses_to_read_is_skipped(
    strict: Assistant, varn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the test before, for root too."""
    opens = os.open

    def refuse(path: str | Path, *rest: Any, **named: Any) -> int:
        if Path(os.fsdecode(path)).name == "ferry.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opens(path, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    report = strict.index([varn])
    assert "permissions" in only_reason(report)
    assert report.added == ("harbour.txt", "lighthouse.txt")


def test_a_bad_sources_file_is_named_and_the_documents_are_read(strict: Assistant, varn: Path) -> None:
    (varn / "sources.toml").write_text('["ferry.txt"\n')
    report = strict.index([varn])
    assert [Path(skipped.path).name for skipped in report.skipped] == ["sources.toml"]
    assert "it is not valid TOML" in only_reason(report)
    assert report.added == tuple(TEXTS)
