"""Folders that are followed, and what a form or an address says of a filter."""

import time
from pathlib import Path

import pytest

from retriever import Assistant
from retriever.errors import ReadingError
from retriever.web.followed import FollowedFolders
from tests.world import WordEncoder

WAITS = 30.0  # seconds


@pytest.fixture
def empty(tmp_path: Path) -> Assistant:
    return Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "gull.txt").write_text("The gull of Varn laid three eggs in 1907.\n")
    return folder


def wait_for(assistant: Assistant, count: int) -> None:
    deadline = time.monotonic() + WAITS
    while len(assistant.documents()) != count and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(assistant.documents()) == count


def test_a_followed_folder_is_read_now_and_when_it_changes(empty: Assistant, folder: Path, tmp_path: Path) -> None:
    followed = FollowedFolders(tmp_path / "followed.json")
    followed.add(empty, str(folder))
    wait_for(empty, 1)
    time.sleep(1)  # until the watch has begun
    (folder / "mill.txt").write_text("The mill of Varn ground 12 tons of wheat in 1911.\n")
    wait_for(empty, 2)
    (folder / "gull.txt").unlink()
    wait_for(empty, 1)
    followed.remove(empty, str(folder.resolve()))
    assert followed.states() == ()


def test_what_was_followed_is_followed_after_a_restart(empty: Assistant, folder: Path, tmp_path: Path) -> None:
    first = FollowedFolders(tmp_path / "followed.json")
    first.add(empty, str(folder))
    wait_for(empty, 1)
    again = FollowedFolders(tmp_path / "followed.json")
    again.resume(empty)
    assert [one.path for one in again.states()] == [folder.resolve()]
    for each in (first, again):
        each.remove(empty, str(folder.resolve()))
    assert FollowedFolders(tmp_path / "followed.json")._kept() == {str(empty.added.parent): []}


@pytest.mark.parametrize("path", ["", "  ", "papers", "/nowhere/at/all"])
def test_what_is_not_a_folder_is_refused_with_its_name(empty: Assistant, tmp_path: Path, path: str) -> None:
    with pytest.raises(ReadingError, match="is not a folder on this machine"):
        FollowedFolders(tmp_path / "followed.json").add(empty, path)
