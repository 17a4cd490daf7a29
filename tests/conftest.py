"""What the tests share: the documents of Varn, an assistant over them, and a library of the shipped corpus."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant
from retriever.settings import shipped_corpus
from retriever.store.sqlite.library import SqliteLibrary
from tests import network
from tests.milvus import Server, running
from tests.world import WordEncoder, write_world

MOST_WORKERS = 4
BYTES_PER_WORKER = 5 * 2**30
"""A worker has models, and a server, a browser or a Ray cluster beside it: up to 4.2 GB, measured."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """How many workers `-n auto` starts: one for each processor that this process may use, as far as memory goes."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else BYTES_PER_WORKER
    return max(1, min(processors, MOST_WORKERS, memory // BYTES_PER_WORKER))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser's tests last: Playwright's event loop stays in the thread, and no other could run there.

    With several workers the order of files stays, so each worker ends with the browser's.
    """
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.fixture(autouse=True)
def _nothing_leaves_this_machine() -> Iterator[None]:
    """Whatever a test does, in whichever thread: it connects to nothing but this machine, nor asks for a name."""
    before = len(network.asked)
    yield
    assert network.asked[before:] == []


@pytest.fixture
def varn(tmp_path: Path) -> Path:
    """A folder with the documents of Varn."""
    return write_world(tmp_path / "varn")


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def empty_library(tmp_path: Path, encoder: WordEncoder) -> Iterator[SqliteLibrary]:
    library = SqliteLibrary.create(tmp_path / "library", encoder)
    yield library
    library.close()


@pytest.fixture
def empty_assistant(tmp_path: Path, encoder: WordEncoder) -> Iterator[Assistant]:
    assistant = Assistant.open(tmp_path / "library", encoder=encoder, create=True)
    yield assistant
    assistant.close()


@pytest.fixture
def assistant(empty_assistant: Assistant, varn: Path) -> Assistant:
    """An assistant that has read the documents of Varn."""
    empty_assistant.index([varn])
    return empty_assistant


@pytest.fixture(scope="session")
def real_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the shipped corpus, made once by the shipped encoder."""
    folder = tmp_path_factory.mktemp("real") / "library"
    opened = Assistant.open(folder, create=True)
    opened.index([shipped_corpus()])
    opened.close()
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a cluster's kind, for a whole module's tests."""
    with running(tmp_path_factory.mktemp("milvus")) as started:
        yield started
