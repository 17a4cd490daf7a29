"""`python -m eval.benchmarks.spread DATA SERVER`: files read by one process, and by two nodes of Ray into a server.

DATA is a folder in BEIR's layout, whose texts are written to files, again and again with another number at their end
until there are enough. SERVER is `milvus://HOST:PORT`; its collections `spread` and `spread_broken` must not be there.
With `--break`, a second run has a worker killed in the middle, and what it gives must digest as the first. The nodes
are simulated: both are on this machine, with a processor each.
"""

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count, islice, takewhile
from pathlib import Path

import ray
from ray.cluster_utils import Cluster

from eval.benchmarks.rounds import save
from eval.datasets import read_beir
from retriever import Assistant, Copied

_LOADING_SECONDS = 8  # of processor time


def main(arguments: Sequence[str] | None = None) -> int:
    """Index the files both ways, and print what each took.

    Returns:
        The exit status: 1 where a library is not as the others.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.spread", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="a folder in BEIR's layout")
    parser.add_argument("server", metavar="SERVER", help="milvus://HOST:PORT")
    parser.add_argument("--files", type=int, default=1000, metavar="N", help="how many files (default: 1000)")
    parser.add_argument("--break", dest="broken", action="store_true", help="kill a worker in the middle, once more")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ibid-spread-") as folder:
        files = _write(chosen.data, Path(folder) / "files", chosen.files)
        runs = {"one process, folder": _timed(f"{folder}/alone", files, None)}
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        runs["two nodes, server"] = _timed(f"{chosen.server}/spread", files, "ray")
        if chosen.broken:
            threading.Thread(target=_kill_a_worker, args=(files,), daemon=True).start()
            runs["two nodes, one worker killed"] = _timed(f"{chosen.server}/spread_broken", files, "ray")
        ray.shutdown()
        cluster.shutdown()
    for name, (seconds, held) in runs.items():
        rate = held.passages / seconds
        print(f"{name:30}{held.passages:8} passages{seconds:8.0f} s{rate:8.1f} a second  {held.digest[:19]}")
    save("spread", {name: {"seconds": seconds, "passages": held.passages} for name, (seconds, held) in runs.items()})
    return int(len({held.digest for _, held in runs.values()}) > 1)


def _write(data: Path, folder: Path, wanted: int) -> Path:
    folder.mkdir()
    sources = read_beir(data).documents or ()
    texts = ((f"{source.title}\n\n{source.text}\n\nCopy {turn}.\n") for turn in count() for source in sources)
    for number, text in enumerate(islice(texts, wanted)):
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return folder


def _timed(place: str, files: Path, on: str | None) -> tuple[float, Copied]:
    with Assistant.open(place, create=True) as assistant:
        began = time.perf_counter()
        assistant.index([files], on=on)
        return time.perf_counter() - began, assistant.inventory()


def _kill_a_worker(files: Path) -> None:
    """Kill, after a while, one of the processes that this one started on its nodes to read and encode."""
    for _ in takewhile(lambda _: files.is_dir(), count()):
        time.sleep(1)
        busy = [number for number in _descendants(os.getpid()) if _is_reading(number)]
        if busy:
            os.kill(busy[0], signal.SIGKILL)
            print(f"killed worker {busy[0]}", file=sys.stderr)
            return


def _descendants(process: int) -> list[int]:
    """The processes that a process started, and those that they did, as Linux tells."""
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
    """Whether a process is an actor of ours that has done more than load its encoder."""
    place = Path("/proc", str(process))
    with suppress(OSError):
        ticks = int((place / "stat").read_text().rpartition(")")[2].split()[11])
        name = (place / "cmdline").read_bytes()
        return b"MapWorker" in name and ticks / os.sysconf("SC_CLK_TCK") > _LOADING_SECONDS
    return False


if __name__ == "__main__":
    sys.exit(main())
