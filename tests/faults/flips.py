"""Change one byte of a stored file, here and there, and look what is noticed: `python -m tests.faults.flips 500`.

Of each change there are three ways out: nothing that is read differs; or it is noticed, by an error in one sentence or
by `verify`, which names what is lost and leaves the rest as it was; or the library is silently another one, or a
process falls over: a finding.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from retriever import Assistant, IbidError
from tests.faults.stops import ROOT, _apart, fast_folder, load_models
from tests.world import WordEncoder, write_world

QUESTIONS = ("Who is the captain of the ferry?", "Who keeps the lighthouse?", "What does a ticket cost?")


@dataclass(slots=True)
class Tally:
    """File -> what came of the changes to it."""

    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        files = sorted({file for file, _ in self.done})
        ways = sorted({way for _, way in self.done})
        lines = [f"{file}: " + ", ".join(f"{self.done[file, way]} {way}" for way in ways) for file in files]
        total = f"{sum(self.done.values())} bytes changed in {self.seconds:.0f} s; {len(self.findings)} findings"
        return "\n".join([*lines, total])


def flip_many(folder: Path, count: int, seed: int = 1904) -> Tally:
    """Change as many bytes, one at a time, evenly among the files and by chance within them."""
    draw, tally, began = random.Random(seed), Tally(), time.monotonic()
    whole, broken = folder / "whole", folder / "broken"
    write_world(folder / "varn")
    (before,) = _apart(lambda: _make(whole, folder / "varn"))
    files = sorted(file.relative_to(whole) for file in whole.rglob("*") if file.is_file() and file.stat().st_size)
    for number in range(count):
        file = files[number % len(files)]
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(whole, broken)
        data = bytearray((broken / file).read_bytes())
        place, bit = draw.randrange(len(data)), 1 << draw.randrange(8)
        data[place] ^= bit
        (broken / file).write_bytes(data)
        came = _apart(lambda: _look(broken, before)) or ["the process fell over"]
        name = file.name if len(file.parts) < 3 else f"{file.parts[0]}/*{file.suffix or file.name}"
        way, _, more = came[0].partition(": ")
        tally.done[name, way] += 1
        if way not in ("nothing differs", "noticed"):
            tally.findings.append(f"{file}, byte {place}, {bit:#x}: {way}: {more}")
    tally.seconds = time.monotonic() - began
    return tally


def _make(library: Path, texts: Path) -> Iterator[str]:
    with Assistant.open(library, encoder=WordEncoder(), create=True) as assistant:
        assistant.index([texts])
        yield repr(_contents(assistant))


def _contents(assistant: Assistant) -> object:
    """Everything that a reader can see of a library."""
    documents = [(each, assistant.document(each.id), assistant.passages(each.id)) for each in assistant.documents()]
    answers = [assistant.ask(question) for question in QUESTIONS]
    found = [(answer.verdict, round(answer.confidence, 4), answer.quotes, answer.nearest) for answer in answers]
    return documents, found


def _look(library: Path, before: str) -> Iterator[str]:
    try:
        with Assistant.open(library, encoder=WordEncoder()) as assistant:
            differs = repr(_contents(assistant)) != before
            findings = assistant.verify()
            if not findings:
                yield "silently another" if differs else "nothing differs"
                return
            assistant.verify(repair=True)
            left = {each.place for each in assistant.verify()}
            lost = {each.place for each in findings if not each.repaired}
            yield "noticed" if left <= lost else f"mending broke more: {left} {lost}"
    except IbidError as error:
        yield f"noticed: {error}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.flips", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=500, help="how many bytes are changed")
    parser.add_argument("--seed", type=int, default=1904)
    asked = parser.parse_args()
    if "OPENBLAS_NUM_THREADS" not in os.environ:  # no thread but one may be there when it forks
        quiet = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        return subprocess.call([sys.executable, "-m", "tests.faults.flips", *sys.argv[1:]], cwd=ROOT, env=quiet)
    load_models()
    with tempfile.TemporaryDirectory(prefix="flips-", dir=fast_folder()) as folder:
        tally = flip_many(Path(folder), asked.count, asked.seed)
    print(*tally.findings, tally, sep="\n")
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
