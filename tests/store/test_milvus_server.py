"""On demand, the real server of Milvus 2.3.5: sign-in, a kill in the middle of adding, and seeing one's own write.

It is not installed with anything: `pip install milvus==2.3.5 setuptools` into an environment of its own, then name its
program: `IBID_MILVUS_SERVER=.../bin/milvus-server pytest tests/store/test_milvus_server.py`.
"""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from retriever import Assistant, LibraryError, Scope
from retriever.settings import TOKEN_VARIABLE
from retriever.store.milvus import engine as engine_module
from tests.milvus import free_port, killed_half_way, needs_cluster
from tests.world import TEXTS, WordEncoder

PROGRAM = os.environ.get("IBID_MILVUS_SERVER", "")
pytestmark = [
    needs_cluster,
    pytest.mark.skipif(not PROGRAM, reason="on demand: name the program in $IBID_MILVUS_SERVER"),
]
OWNER = "root:Milvus"  # as the server is shipped


class RealServer:
    """The server and the wrapper that starts it, which leaves it running when it is killed itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._wrapper: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        for _ in range(5):  # now and then it falls over its own settings when it starts
            if self._started():
                return
            self.kill()
        raise RuntimeError(f"the server does not start: {(self.folder / 'said').read_text()}")

    def _started(self) -> bool:
        self.folder.mkdir(exist_ok=True)
        self._wait_for_port()
        command = [PROGRAM, "--data", str(self.folder), "--proxy-port", str(self.port)]
        with (self.folder / "said").open("wb") as said:
            self._wrapper = subprocess.Popen([*command, "--authorization-enabled", "true"], stdout=said, stderr=said)
        for _ in range(1200):  # one that was killed waits a minute for its own leases
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0 and self._server():
                    return True
            time.sleep(0.1)
        return False

    def kill(self) -> None:
        if self._wrapper is not None:
            if number := self._server():
                os.kill(number, signal.SIGKILL)
            self._wrapper.kill()
            self._wrapper.wait()
            self._wrapper = None
            time.sleep(1)

    def _wait_for_port(self) -> None:
        """A minute after a kill: the wrapper would take another port while the system keeps this one's connections."""
        for _ in range(1200):
            with socket.socket() as probe, suppress(OSError):
                probe.bind(("127.0.0.1", self.port))
                return
            time.sleep(0.1)

    def _server(self) -> int:
        """The process that the wrapper names; 0 before it has started one."""
        found = re.findall(r"Process:\s+(\d+)", (self.folder / "said").read_text())
        return int(found[-1]) if found else 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    started = RealServer(tmp_path_factory.mktemp("milvus235"))
    started.start()
    yield started
    started.kill()


@pytest.fixture(autouse=True)
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, OWNER)


def opened(server: RealServer, name: str) -> Assistant:
    return Assistant.open(f"milvus://127.0.0.1:{server.port}/{name}", encoder=WordEncoder(), create=True)


def test_a_wrong_token_is_refused_and_not_shown(server: RealServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "root:secret")
    with pytest.raises(LibraryError, match=f"refuses the sign-in; set .{TOKEN_VARIABLE}") as raised:
        opened(server, "refused")
    assert "secret" not in str(raised.value)


def test_what_was_just_written_is_seen_by_who_wrote_it(
    server: RealServer, varn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(server, "seen") as assistant:
        assistant.index([varn])
        monkeypatch.setattr(engine_module, "_PAGE", 1)
        assert {one.id for one in assistant.documents()} == set(TEXTS)
        some = assistant.ask("What does a ticket cost?", scope=Scope(since="2021-03-15", until="2021-04"))
        assert (some.left_out, {quote.document_id for quote in some.quotes}) == (2, {"harbour.txt"})
        assert assistant.ask("Who is the captain of the ferry?").quotes[0].document_id == "ferry.txt"
        assistant.remove(["ferry.txt"])
        assert all(one.document_id != "ferry.txt" for one in assistant.ask("Who is the captain of the ferry?").quotes)
        assert assistant.verify() == ()


def test_a_kill_in_the_middle_of_adding_loses_nothing(
    server: RealServer, varn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PATIENCE_SECONDS", 300.0)
    for number in range(12):
        (varn / f"more{number}.txt").write_text(TEXTS["harbour.txt"].replace("15 crowns", f"{number} crowns"))

    with opened(server, "clean") as clean:
        clean.index([varn])
        expected = clean.state()
    with opened(server, "killed") as assistant:
        starting = killed_half_way(server.kill, server.start, monkeypatch)
        assistant.index([varn])
        starting.join()
        assert assistant.state() == expected
        assert assistant.verify() == ()
        assert assistant.ask("Who is the captain of the ferry?").quotes[0].document_id == "ferry.txt"
