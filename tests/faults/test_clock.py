"""A clock that is set back, as where a battery was empty: nothing is lost, and nothing is taken for old."""

from datetime import timedelta
from pathlib import Path

import pytest

from retriever import Assistant
from retriever.web.history import History

USER = "a key of the user"


def test_conversations_of_the_future_and_of_the_past_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History.open(tmp_path / "conversations.db")

    def at(year: int) -> None:
        monkeypatch.setattr(
            "retriever.web.history.timestamp",
            lambda ago=timedelta(): f"{year - (ago > timedelta())}-01-01T00:00:00.000000+00:00",
        )

    at(2030)
    future = history.append(USER, None, "Who keeps the lighthouse?", "Ada Brook.")
    history.delete(USER, future)
    at(2020)
    past = history.append(USER, None, "Who is the captain?", "Tom Reed.")
    history.undelete(USER, future)
    history.append(USER, future, "And the harbour master?", "Mira Holt.")
    assert {one.id: one.turns for one in history.list(USER)} == {future: 2, past: 1}


def test_an_index_of_the_future_is_as_good_as_any(
    assistant: Assistant, varn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.store.sqlite.index_files.time.time", lambda: 0.0)
    (varn / "boat.txt").write_text("The boat of Varn was built by Nell Ashdown.")
    assert assistant.index([varn]).added == ("boat.txt",)
    assert assistant.verify() == ()
