"""`python -m eval.benchmarks.start`: how long commands take to start, compared with `import sentence_transformers`.

Each is a separate process, with an indexed library. `--cold` drops the environment's files from memory before each.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from eval.benchmarks.rounds import print_table, ratio, save
from retriever import Assistant

PLAIN = "import sentence_transformers"
QUESTION = "Who led the Cuban delegation?"


def main(arguments: Sequence[str] | None = None) -> int:
    """Start each command in turn, and print the table.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each is started (default: 5)")
    parser.add_argument("--cold", action="store_true", help="with the environment's files dropped from memory")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        with Assistant.open_shipped(library) as assistant:
            assistant.warm_up()
        commands = _commands(library)
        timed: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(chosen.rounds):
            for name, command in commands.items():
                if chosen.cold:
                    _forget(Path(sys.prefix))
                timed[name].append(_seconds(command))
    print_table(timed, PLAIN)
    ratios = {name: ratio(seconds, timed[PLAIN]) for name, seconds in timed.items()}
    save("start-cold" if chosen.cold else "start", {"seconds": timed, "ratios": ratios})
    return 0


def _commands(library: Path) -> dict[str, list[str]]:
    ibid = [sys.executable, "-m", "retriever"]
    where = ["--library", str(library)]
    return {
        PLAIN: [sys.executable, "-c", "import sentence_transformers"],
        "ibid --help": [*ibid, "--help"],
        "ibid list": [*ibid, "list", *where],
        "ibid ask": [*ibid, "ask", QUESTION, *where],
    }


def _seconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - began


def _forget(folder: Path) -> None:
    """Drop a folder's files from the system's cache. Files that another program has open may stay."""
    for file in folder.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main())
