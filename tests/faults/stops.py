"""Let every single operation on the disk go wrong, one after the other: `python -m tests.faults.stops`.

Each scenario is run once for each operation that it does on the disk and for each fault, from the same library; then
another process looks at what is left. What was reported as stored must be there, nothing may be half, and what went
wrong in a process that lives must have been said in one of our own sentences.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from retriever import Assistant, IbidError, LibraryMissing
from retriever.store.contents import text_digest
from retriever.store.sqlite.schema import FILE_NAME
from retriever.text.languages import language_of
from retriever.web.history import History
from tests.faults.kills import Told, find_problems, telling
from tests.faults.operations import Fault, Ran, can_trace, run
from tests.paths import ROOT
from tests.world import TEXTS, WordEncoder, write_world

USER = "a key of the user"
Say = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one round: its documents, and below `stores` all that Ibid writes."""

    folder: Path

    @property
    def stores(self) -> Path:
        return self.folder / "stores"

    @property
    def library(self) -> Path:
        return self.stores / "library"

    @property
    def texts(self) -> Path:
        return self.folder / "varn"

    @property
    def conversations(self) -> Path:
        return self.stores / "talk" / "conversations.db"


# What is interrupted. Each gets a library of Varn, and says what it is about to do and what it has done.


def making(place: Place, say: Say) -> None:
    say("lost")
    with Assistant.open(place.library, encoder=WordEncoder(), create=True) as assistant:
        assistant.index([place.texts])


def adding(place: Place, say: Say) -> None:
    with Assistant.open(place.library, encoder=WordEncoder()) as assistant:
        assistant.index([place.texts])


def removing(place: Place, say: Say) -> None:
    with Assistant.open(place.library, encoder=WordEncoder()) as assistant:
        assistant.remove(["ferry.txt", "harbour.txt"])
        assistant.search("Who keeps the lighthouse?")


def repairing(place: Place, say: Say) -> None:
    say("damaging", *TEXTS)
    with Assistant.open(place.library, encoder=WordEncoder()) as assistant:
        assistant.verify(repair=True)
    say("mended")


def forgetting(place: Place, say: Say) -> None:
    with Assistant.open(place.library, encoder=WordEncoder()) as assistant:
        assistant.forget(["ferry.txt"])


def talking(place: Place, say: Say) -> None:
    history = History.open(place.conversations)
    first = ""
    for number in range(3):
        say("asking", f"question-{number}")
        first = history.append(USER, first or None, f"question-{number}", "Tom Reed.")
        say("asked", f"question-{number}")
    say("clearing")
    history.delete_all(USER)
    say("cleared")
    history.append(USER, None, "question-3", "Tom Reed.")
    say("asked", "question-3")


SCENARIOS = {each.__name__: each for each in (making, adding, removing, repairing, forgetting, talking)}
FAULTS = tuple(Fault)


@dataclass(slots=True)
class Tally:
    """How many operations went wrong, by scenario and fault, and what was wrong afterwards."""

    done: Counter[tuple[str, Fault]] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{sum(self.done.values())} faults in {self.seconds:.0f} s; {len(self.findings)} findings"


def stop_everywhere(
    folder: Path, scenario: str, fault: Fault, tally: Tally, every: int = 1, first: int = 1, seed: int = 1904
) -> None:
    """Let one fault happen at each operation of a scenario, or at every so-manieth."""
    template = _template(folder)
    for at in range(first, 100_000, every):
        place = Place(folder / "round")
        shutil.rmtree(place.folder, ignore_errors=True)
        shutil.copytree(template, place.folder)
        _prepare(scenario, place)
        ran = run(partial(_work, scenario, place), place.stores, fault, at)
        if not ran.reached:
            if ran.status:
                tally.findings.append(f"{scenario}: failed of itself, {ran.status}")
            return
        if ran.disk is not None:
            ran.disk.cut(random.Random(f"{seed} {scenario} {at}"))
        tally.done[scenario, fault] += 1
        met = ran.operations[at - 1]
        tally.findings += [f"{scenario}, {fault} at {at} ({met}): {each}" for each in _look(scenario, place, ran)]
        tally.said.update(line.partition(" ")[2] for line in ran.said if line.startswith("failed"))


def load_models() -> None:
    """Load, before any process is forked, what each would else load by itself; it starts no thread."""
    import faiss  # noqa: F401
    import tantivy  # noqa: F401

    language_of(TEXTS["ferry.txt"])


def fast_folder() -> Path | None:
    """A place in memory, where syncing costs nothing; the test knows which writes were synced."""
    return Path("/dev/shm") if Path("/dev/shm").is_dir() else None


def _template(folder: Path) -> Path:
    template = folder / "template"
    if not template.exists():
        place = Place(folder / "round")  # documents know where their files lie
        write_world(place.texts)
        place.conversations.parent.mkdir(parents=True)

        def make() -> None:
            with Assistant.open(place.library, encoder=WordEncoder(), create=True) as assistant:
                assistant.index([place.texts])

        assert _apart(make) == []
        place.folder.rename(template)
    return template


def _prepare(scenario: str, place: Place) -> None:
    if scenario == making.__name__:
        shutil.rmtree(place.library)
    elif scenario == adding.__name__:
        (place.texts / "ferry.txt").write_text("The ferry is new\n\nThe captain of the ferry is Ada Brook.\n")
        (place.texts / "boat.txt").write_text("The boat of Varn\n\nThe master of the boat is Tom Reed.\n")
    elif scenario == repairing.__name__:
        connection = sqlite3.connect(place.library / FILE_NAME)
        with connection:
            connection.execute("UPDATE passages SET vector = NULL WHERE NOT furniture")
        connection.close()


def _work(scenario: str, place: Place, say: Say) -> None:
    telling(say)
    try:
        SCENARIOS[scenario](place, say)
    except IbidError as error:
        say("failed", str(error).replace(str(place.folder), "HERE"))


def _look(scenario: str, place: Place, ran: Ran) -> list[str]:
    """What is wrong with what is left, as another process finds it."""
    problems = []
    if ran.status not in (0, -9):
        problems.append(f"the process ended with {ran.status}: {ran.said[-1:]}")
    return problems + _apart(
        lambda: _conversation_problems(place, ran.said) if scenario == "talking" else _library_problems(place, ran.said)
    )


def _library_problems(place: Place, said: list[str]) -> Iterator[str]:
    told = Told(sure={} if "lost" in said else {name: text_digest(text) for name, text in TEXTS.items()})
    for line in said:
        if not line.startswith(("lost", "failed")):
            told.hear(line)
    try:
        assistant = Assistant.open(place.library, encoder=WordEncoder())
    except LibraryMissing:
        yield from (f"{document_id} is lost with the library" for document_id in told.sure)
        assistant = Assistant.open(place.library, encoder=WordEncoder(), create=True)
    yield from find_problems(assistant, told)[0]
    assistant.index([place.texts])  # the next run completes what this one began
    if {summary.id for summary in assistant.documents()} != {file.name for file in place.texts.glob("*.txt")}:
        yield "the next run does not complete it"
    yield from (f"after the next run: {each.place}: {each.problem}" for each in assistant.verify())
    assistant.close()


def _conversation_problems(place: Place, said: list[str]) -> Iterator[str]:
    history = History.open(place.conversations)
    kept = [turn.question for each in history.list(USER) for turn in history.turns(USER, each.id)]
    begun = [line.split()[1] for line in said if line.startswith("asking")]
    sure = [line.split()[1] for line in said if line.startswith("asked")]
    if "cleared" in said:
        begun, sure = ["question-3"], [each for each in sure if each == "question-3"]
        raw = b"".join(file.read_bytes() for file in place.conversations.parent.iterdir())
        yield from (f"question-{number} can still be read" for number in range(3) if b"question-%d" % number in raw)
    elif "clearing" in said:
        sure = sure if kept else []
    if not set(sure) <= set(kept) <= set(begun):
        yield f"{kept} is kept of {sure}, {begun}"
    history.append(USER, None, "question-9", "Tom Reed.")


def _apart(look: Callable[[], Iterator[str] | None]) -> list[str]:
    """What a function gives in a process of its own, which leaves this one without threads."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            found = list(look() or ())
        except BaseException as error:
            traceback.print_exc()
            found = [f"{type(error).__name__}: {error}"]
        with os.fdopen(into, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write("\n".join(each.replace("\n", " ") for each in found))
        os._exit(0)
    os.close(into)
    with os.fdopen(out, encoding="utf-8") as stream:
        found = stream.read().splitlines()
    os.waitpid(child, 0)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.stops", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--scenario", choices=SCENARIOS, action="append")
    parser.add_argument("--fault", choices=[fault.name.lower() for fault in FAULTS], action="append")
    parser.add_argument("--every", type=int, default=1, help="only every so-manieth operation")
    parser.add_argument("--seed", type=int, default=1904, help="which writes a power cut loses")
    asked = parser.parse_args()
    if "OPENBLAS_NUM_THREADS" not in os.environ:  # no thread but one may be there when it forks
        return subprocess.call(
            [sys.executable, "-m", "tests.faults.stops", *sys.argv[1:]],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    if not can_trace():
        print("This system lets no process be traced: nothing was tried.")
        return 0
    load_models()
    tally, began = Tally(), time.monotonic()
    for scenario in asked.scenario or SCENARIOS:
        for fault in FAULTS:
            if fault.name.lower() in (asked.fault or [fault.name.lower()]):
                with tempfile.TemporaryDirectory(prefix="stops-", dir=fast_folder()) as folder:
                    stop_everywhere(Path(folder), scenario, fault, tally, asked.every, seed=asked.seed)
                print(f"{scenario}: {tally.done[scenario, fault]} {fault}", flush=True)
    tally.seconds = time.monotonic() - began
    for finding in tally.findings:
        print(finding)
    for sentence, count in tally.said.most_common():
        print(f"{count} times: {sentence}")
    print(tally)
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
