"""An assistant over the papers of an island, with the shipped encoder and reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant
from tests.overview.island import PAPERS


@pytest.fixture(scope="session")
def island_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("island") / "library"
    with Assistant.open(folder, create=True) as assistant:
        assistant.add(PAPERS)
    return folder


@pytest.fixture(scope="session")
def island(island_library: Path) -> Iterator[Assistant]:
    with Assistant.open(island_library) as assistant:
        assistant.warm_up()
        yield assistant
