"""A real Milvus server on loopback, for the tests of the cluster: milvus-lite's, in a process of its own."""

import importlib.util
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from retriever.ingest import storing
from retriever.store.milvus import engine, schema

needs_cluster = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("pymilvus", "milvus_lite")),
    reason="the cluster's packages are not installed: pip install '.[cluster]'",
)


class Server:
    """A server that keeps its data in a folder, so that it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"milvus://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [str(Path(sys.executable).with_name("milvus-lite")), "server", "--data-dir", str(self.folder)]
        self._process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port)

    def kill(self) -> None:
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server for a whole module's tests, which wait for it however busy the machine is."""
    server = Server(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_CONNECT_SECONDS", 60.0)
        server.start()
        yield server
        server.kill()


def killed_half_way(kill: Callable[[], None], start: Callable[[], None], patch: pytest.MonkeyPatch) -> threading.Thread:
    """Kills a server once, and has the thread that is given back start it again while what is added waits for it.

    The first batch of documents is added then; the second has its passages, not yet the heads by which they hold.
    """
    put, batches = engine.Engine.put, itertools.count(1)
    starting = threading.Thread(target=start)

    def put_or_kill(self: engine.Engine, suffix: str, rows: Sequence[engine.Row]) -> None:
        if suffix == schema.DOCUMENTS and next(batches) == 2:
            kill()
            starting.start()
        put(self, suffix, rows)

    patch.setattr(storing, "PASSAGES_AT_ONCE", 8)
    patch.setattr(engine.Engine, "put", put_or_kill)
    return starting


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    """Wait until a server that was started on loopback takes connections.

    Raises:
        TimeoutError: it takes none within two minutes.
    """
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens at port {port}")
