"""Who may change the library by the page's own controls."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from retriever import Scope
from retriever.web.auth import KEY, READS_ONLY, Authenticator, Passwords
from retriever.web.events import LibraryEvents

DATA = {"address": "x", "document": "ferry.txt", "folder": "x", "key": "x", "files": [], "title": "x"}
CHANGES = ["add", "remove", "edit", "follow", "unfollow", "fetch", "unfetch", "correct", "undo"]


class Library:
    """Notes what was asked of it."""

    def __init__(self) -> None:
        self.changed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def change(*_: Any) -> str:
            self.changed.append(name)
            return ""

        async def show(*_: Any) -> AsyncIterator[str]:
            self.changed.append(name)
            yield ""

        return show if name in ("add", "follow", "fetch") else change


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("name", "allowed"), [("ada", True), ("tom", False), ("", False), (None, True)])
def test_only_a_keeper_changes_the_library(tmp_path: Path, change: str, name: str | None, allowed: bool) -> None:
    guard = Authenticator(Passwords(tmp_path / "p"), frozenset({"ada", "tom"}), readers=frozenset({"tom"}))
    cookie = f"{KEY}={guard.new_key(name)}" if name else ""
    library = Library()
    events = LibraryEvents(library, None if name is None else guard)  # type: ignore[arg-type]
    request = SimpleNamespace(headers={"cookie": cookie}, cookies={}, session_hash="x")
    given = {"scope": Scope(), "event": SimpleNamespace(_data=DATA), "request": request}
    method = getattr(events, change)
    wanted = {key: given[key] for key in method.__code__.co_varnames[1 : method.__code__.co_argcount]}

    async def run() -> list[str]:
        made = method(**wanted)
        return [each async for each in made] if hasattr(made, "__aiter__") else [await made]

    shown = asyncio.run(run())
    assert library.changed == ([change] if allowed else [])
    assert allowed or change == "add" or any(READS_ONLY in each for each in shown)
