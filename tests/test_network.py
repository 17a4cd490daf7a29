"""Nothing leaves this machine: not from a test, and not from the commands that a reader types."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import network
from tests.paths import ROOT

WATCHED = """
import sys
sys.path.insert(0, {root!r})
from tests import network
from retriever.__main__ import main
status = main(sys.argv[1:])
assert network.asked == [], network.asked
sys.exit(status)
"""


def connect() -> None:
    socket.create_connection(("192.0.2.1", 80), timeout=1)


def look_up() -> None:
    socket.getaddrinfo("example.org", 80)


def send() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.sendto(b"x", ("192.0.2.1", 53))


@pytest.mark.parametrize("ask", [connect, look_up, send])
def test_a_test_that_asks_the_network_is_noticed(ask: Callable[[], None]) -> None:
    with pytest.raises(OSError, match="the network was asked"):
        ask()
    assert len(network.asked) == 1
    network.asked.clear()


def test_this_machine_itself_may_be_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        assert network.asked == []


@pytest.mark.model
def test_no_command_asks_the_network(varn: Path, tmp_path: Path) -> None:
    """With the shipped encoder, in processes of their own; the page is watched in the browser tests."""
    environment = {**os.environ, "IBID_HISTORY": str(tmp_path / "talk" / "conversations.db"), "PYTHONPATH": str(ROOT)}
    for command in (
        ["index", str(varn)],
        ["ask", "Who is the captain of the ferry?"],
        ["list"],
        ["show", "ferry.txt"],
        ["verify"],
        ["forget", "ferry.txt", "--yes"],
        ["remove", "harbour.txt"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", WATCHED.format(root=str(ROOT)), *command, "--library", str(tmp_path / "library")],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert (done.returncode, "the network was asked" in done.stderr) == (0, False), done.stderr


@pytest.mark.model
def test_what_is_stored_is_for_its_owner_only(varn: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    command = [sys.executable, "-m", "retriever", "index", str(varn), "--library", str(library)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, umask=0o022)
    for stored in (library, *library.glob("library.db*")):
        assert stored.stat().st_mode & 0o077 == 0
