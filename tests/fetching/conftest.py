"""A web site of this machine, and a library that may fetch from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant, Settings
from tests.web_site import Site, served
from tests.world import WordEncoder


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as made:
        yield made


@pytest.fixture
def fetching(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    """An assistant whose owner allows this site, though it is on this machine; no pause is waited for."""
    monkeypatch.setattr("retriever.fetching.client.PAUSE_SECONDS", 0.0)
    settings = Settings(fetch_allow=site.allowed, fetch_seconds=20)
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), settings=settings, create=True) as assistant:
        yield assistant
