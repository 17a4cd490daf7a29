"""`python -m eval.benchmarks.spread DATA`: index files with one process, and with two Ray nodes and a server.

DATA is a folder in BEIR's layout. Its texts are written to files, ten in each. They are repeated with a different
number at their end until there are enough. The server is milvus-lite's, on this machine. The nodes are simulated: both
run on this machine with a processor each, next to the writer and the server. `--alone` is how many files the one
process reads to measure its speed.

With `--break`, a second run is interrupted. A worker and then the server are killed, the server is started again, and
if the command stopped, it is repeated. The library must have the same digest as the first.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from itertools import count, islice, takewhile
from pathlib import Path

from eval.benchmarks.rounds import save
from eval.datasets import read_beir
from retriever import Assistant, CopyReport, LibraryError

_TEXTS_IN_A_FILE = 10
_ATTEMPTS = 5
_LOADING_SECONDS = 8  # of processor time


def main(arguments: Sequence[str] | None = None) -> int:
    """Index the files both ways, and print the times.

    Returns:
        The exit status: 1 if the libraries differ.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.spread", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="a folder in BEIR's layout")
    parser.add_argument("--files", type=int, default=100, metavar="N", help="how many files (default: 100)")
    parser.add_argument("--alone", type=int, metavar="N", help="how many for the one process (default: all)")
    parser.add_argument("--break", dest="broken", action="store_true", help="kill a worker and the server, once more")
    chosen = parser.parse_args(arguments)
    import ray  # of an extra; the help works without it
    from ray.cluster_utils import Cluster

    alone = chosen.files if chosen.alone is None else chosen.alone
    with tempfile.TemporaryDirectory(prefix="ibid-spread-") as folder, _Server(Path(folder)) as server:
        files = _write(chosen.data, Path(folder) / "files", chosen.files)
        some = files if alone == chosen.files else _write(chosen.data, Path(folder) / "some", alone)
        runs = {
            "one process, folder": _time(f"{folder}/alone", some, None),
            "one process, server": _time(f"{server.address}/alone", some, None),
        }
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        runs["two nodes, server"] = _time(f"{server.address}/spread", files, "ray")
        if chosen.broken:
            threading.Thread(target=_break, args=(files, server, runs["two nodes, server"][0]), daemon=True).start()
            runs["two nodes, both killed"] = _time(f"{server.address}/spread_broken", files, "ray")
        ray.shutdown()
        cluster.shutdown()
    for name, (seconds, held) in runs.items():
        rate = held.passages / seconds
        print(f"{name:30}{held.passages:8} passages{seconds:8.0f} s{rate:8.1f} a second  {held.digest[:19]}")
    save("spread", {name: {"seconds": seconds, "passages": held.passages} for name, (seconds, held) in runs.items()})
    whole = [held for _, held in list(runs.values())[2 * (alone < chosen.files) :]]
    return int(any(held != whole[0] for held in whole))


def _write(data: Path, folder: Path, wanted: int) -> Path:
    folder.mkdir()
    sources = read_beir(data).documents or ()
    texts = (f"{source.title}\n\n{source.text}\n\nCopy {turn}.\n" for turn in count() for source in sources)
    for number in range(wanted):
        (folder / f"{number:06}.txt").write_text("\n".join(islice(texts, _TEXTS_IN_A_FILE)), encoding="utf-8")
    return folder


def _time(place: str, files: Path, on: str | None) -> tuple[float, CopyReport]:
    with Assistant.open(place, create=True) as assistant:
        began = time.perf_counter()
        for _ in range(_ATTEMPTS):
            try:
                assistant.index([files], on=on)
                break
            except LibraryError as error:
                print(f"stopped after {time.perf_counter() - began:.0f} s: {error}", file=sys.stderr)
        taken = time.perf_counter() - began
        print(f"{place} was read in {taken:.0f} s, and is read back", file=sys.stderr)
        return taken, assistant.inventory()


class _Server(AbstractContextManager["_Server"]):
    """A server of milvus-lite on this machine."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        program = str(Path(sys.executable).with_name("milvus-lite"))
        place = ["--data-dir", str(folder / "server"), "--host", "127.0.0.1", "--port", str(self._port)]
        self._command = [program, "server", *place]
        self.start()

    @property
    def address(self) -> str:
        """The start of a library's address on it."""
        return f"milvus://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it at once."""
        self._process.kill()
        self._process.wait()

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.kill()


def _break(files: Path, server: _Server, seconds: float) -> None:
    """Kill a worker once it reads, then the server after a third of the undisturbed time."""
    for _ in takewhile(lambda _: files.is_dir(), count()):
        time.sleep(1)
        busy = [number for number in _descendants(os.getpid()) if _is_reading(number)]
        if busy:
            os.kill(busy[0], signal.SIGKILL)
            print(f"killed worker {busy[0]}", file=sys.stderr)
            break
    time.sleep(seconds / 3)
    server.kill()
    began = time.perf_counter()
    time.sleep(2)
    server.start()
    print(f"killed the server, which answered after {time.perf_counter() - began:.0f} s", file=sys.stderr)


def _descendants(process: int) -> list[int]:
    """All descendants of a process, by Linux's `/proc`."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(status.parent.name))
    found, waiting = [], [process]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _is_reading(process: int) -> bool:
    """Whether a process is one of our actors and has already done some work."""
    place = Path("/proc", str(process))
    with suppress(OSError):
        ticks = int((place / "stat").read_text().rpartition(")")[2].split()[11])
        name = (place / "cmdline").read_bytes()
        return b"MapWorker" in name and ticks / os.sysconf("SC_CLK_TCK") > _LOADING_SECONDS
    return False


if __name__ == "__main__":
    sys.exit(main())
