"""Watched folders: a change in them is reported, one in the library is not."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from retriever import Assistant
from retriever.ingest.watching import changes


def test_a_changed_file_is_told_and_the_watch_ends_when_it_is_told_to(
    varn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.ingest.watching.QUIET", 50)
    stop, seen = threading.Event(), threading.Event()

    def write() -> None:
        count = 0
        while not seen.wait(0.12):  # the watch may have begun after the first
            count += 1
            (varn / "ferry.txt").write_text(f"The ferry sailed {count} times.")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = changes([varn], tmp_path / "library", stop)
        assert next(found) is None
        seen.set()
        writer.join()
        stop.set()
        assert len(list(found)) <= 1
    finally:
        seen.set()
        writer.join()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the watch was asked, in place of watching."""
    asked: dict[str, Any] = {}

    def watch(*paths: Path, **options: Any) -> Iterator[set[object]]:
        asked.update(paths=paths, **options)
        yield {("modified", "ferry.txt"), ("added", "lamp.txt")}

    monkeypatch.setattr("retriever.ingest.watching.watch", watch)
    return asked


def test_several_changes_at_once_are_told_once(watched: dict[str, Any], varn: Path, tmp_path: Path) -> None:
    assert list(changes([varn], tmp_path / "library")) == [None]
    assert watched["raise_interrupt"], "Ctrl-C must end it"


def test_a_change_in_the_librarys_folder_does_not_count(watched: dict[str, Any], varn: Path, tmp_path: Path) -> None:
    (varn / "library").mkdir()
    (tmp_path / "link").symlink_to(varn / "library")
    for library in (varn / "library", tmp_path / "link"):
        list(changes([varn], library))
        counts: Callable[[object, str], bool] = watched["watch_filter"]
        assert not counts(None, str(varn / "library" / "library.db-wal"))
        assert not counts(None, str(varn / "library"))
        assert counts(None, str(varn / "ferry.txt"))
        assert counts(None, str(varn / "library.txt"))


def test_an_assistant_watches_what_exists(watched: dict[str, Any], assistant: Assistant, varn: Path) -> None:
    assert list(assistant.changes([varn, varn / "nowhere.txt"])) == [None]
    assert watched["paths"] == (varn,)
