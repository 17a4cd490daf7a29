"""Processes that are killed at random moments of their work lose nothing and leave nothing half."""

import os
from pathlib import Path

from retriever import Assistant
from retriever.store.sqlite.indexes import INDEX_FOLDER
from tests.faults.kills import Told, _missing, kill_many


def test_killed_processes_lose_nothing_and_leave_nothing_half(tmp_path: Path) -> None:
    tally = kill_many(12, tmp_path)
    assert tally.findings == []
    assert sum(tally.killed.values()) == tally.rounds == 12


def test_what_a_kill_may_not_do_is_told_from_what_it_may() -> None:
    told = Told()
    for line in ("stored old.txt 1", "stored gone.txt 1", "stored new.txt 1"):
        told.hear(line.replace("stored", "storing"))
        told.hear(line)
    told.hear("storing new.txt 2")
    for new in ("1", "2"):
        assert list(_missing(told, {"old.txt": "1", "gone.txt": "1", "new.txt": new})) == []
    assert list(_missing(told, {"old.txt": "1", "gone.txt": "2", "more.txt": "1"})) == [
        "gone.txt holds another text than was reported",
        "new.txt was reported as stored and is lost",
        "more.txt was never added, or was reported as removed",
    ]
    told.hear("leaving old.txt gone.txt")
    assert list(_missing(told, {"new.txt": "2"})) == []
    assert list(_missing(told, {"new.txt": "2", "old.txt": "1"})) == [
        "of those removed together some are left: ['old.txt']"
    ]


def test_what_a_killed_process_was_building_is_dropped_after_a_day(assistant: Assistant, tmp_path: Path) -> None:
    old, new = (tmp_path / "library" / INDEX_FOLDER / f"building-{name}" for name in ("old", "new"))
    for made in (old, new):
        made.mkdir()
    os.utime(old, (0, 0))
    assistant.remove(["ferry.txt"])
    assistant.search("Who keeps the lighthouse?")
    assert (old.exists(), new.exists()) == (False, True)
