"""Kill a process at random moments of its work on a library, and look what is left: `python -m tests.faults.kills 200`.

One warm process, the nursery, forks a worker a round, so that no round costs an import. A worker adds, replaces,
removes, repairs, forgets, takes uploads and migrates, and says what it is about to do and what it has done, a line
each; it is killed while it does so.
What it said it had done must be there, what it was doing must be there as it was before or as it is after, and
nothing may be half. With `--ocr` every worker is killed while it reads scans, which need the extra `ocr`.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from retriever import Assistant, Document, LibraryBusy, LibraryMissing
from retriever.ingest.arrivals import Arrivals, sweep
from retriever.store.contents import text_digest
from retriever.store.sqlite import indexes
from retriever.store.sqlite.checksums import DOCUMENT_COLUMNS, renew_checksum
from retriever.store.sqlite.documents import SqliteDocuments
from retriever.store.sqlite.schema import FILE_NAME
from tests.earlier_formats import drop_collections
from tests.paths import ROOT
from tests.world import KNOWN_WORDS, WordEncoder

SEED = 1904
KINDS = ("adding", "replacing", "removing", "repairing", "forgetting", "uploading", "migrating")
SCANNING = "scanning"  # takes seconds, so it is not one of the others
_PAGES = 3  # of a scan
_FILES = 30
_AT_ONCE = 5  # files that one step of the work changes, at the most
_NEW_LIBRARY_EVERY = 10  # rounds that begin with no library, so that making one is interrupted too
_FIRST_GUESS_SECONDS = 0.3  # how long a step takes, before one has been seen
_SCAN_SECONDS = 6.0  # the same for a scan, on a busy machine
_CHILD_ENDS_SECONDS = 20  # a child that the worker had just forked holds its locks until it runs its own program
_DAMAGES = (
    "vector = NULL",
    "vector = zeroblob(length(vector))",
    "word_vectors = x'00'",
    "text = 'The ferry is late.'",
    "start = start + 1",
)


@dataclass(slots=True)
class Told:
    """What the workers have said of one library.

    Attributes:
        sure: document id -> digest of the text that was reported as stored.
        trying: id -> digest of the text that was being stored, not yet reported.
        leaving: ids that were being removed, not yet reported; all go or none.
        damaged: ids that were damaged on purpose, and not yet reported as mended.
        doing: the step that was begun, not yet done.
    """

    sure: dict[str, str] = field(default_factory=dict)
    trying: dict[str, str] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)
    doing: str = ""

    def hear(self, line: str) -> None:
        verb, *rest = line.split()
        if verb == "begin":
            (self.doing,) = rest
        elif verb == "done":
            self.doing = ""
        elif verb == "storing":
            self.trying[rest[0]] = rest[1]
        elif verb == "stored":
            del self.trying[rest[0]]
            self.sure[rest[0]] = rest[1]
        elif verb == "leaving":
            self.leaving = set(rest)
        elif verb == "left":
            self.leaving = set()
            for document_id in rest:
                del self.sure[document_id]
        elif verb == "damaging":
            self.damaged = set(rest)
        elif verb == "mended":
            self.damaged = set()
        else:
            raise ValueError(f"a worker said: {line}")


@dataclass(slots=True)
class Tally:
    """The rounds so far: how many workers were killed in the midst of what, and what was wrong afterwards."""

    rounds: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        killed = ", ".join(f"{self.killed[kind]} while {kind}" for kind in (*KINDS, SCANNING, "between them"))
        return f"{self.rounds} rounds: killed {killed}; {len(self.findings)} findings"


# The worker's side.


def say(*words: str) -> None:
    print(*words, flush=True)


def telling(say: Callable[..., None]) -> None:
    """Let every change to a library be said before it is begun and after it is done."""
    replace, remove = SqliteDocuments.replace, SqliteDocuments.remove

    def replace_and_tell(self: SqliteDocuments, document: Document, *arguments: Any, **options: Any) -> str:
        say("storing", document.id, text_digest(document.text))
        document_id = replace(self, document, *arguments, **options)
        say("stored", document_id, text_digest(document.text))
        return document_id

    def remove_and_tell(self: SqliteDocuments, document_ids: Sequence[str]) -> None:
        say("leaving", *document_ids)
        remove(self, document_ids)
        say("left", *document_ids)

    SqliteDocuments.replace, SqliteDocuments.remove = replace_and_tell, remove_and_tell  # type: ignore[method-assign]


def work(folder: Path, library: Path, first: str, draw: random.Random) -> None:
    """Add, replace, remove and repair until killed."""
    say(str(os.getpid()))
    # Every other worker updates the indexes, as it would those of a large library; the others build them whole.
    indexes._AT_ONCE = draw.choice((0, indexes._AT_ONCE))
    assistant = Assistant.open(library, encoder=WordEncoder(), create=True)
    for kind in steps(first, draw):
        here = sorted(summary.id for summary in assistant.documents())
        free = sorted({f"{number:02}.txt" for number in range(_FILES)} - set(here))
        own = [document_id for document_id in here if document_id[0].isdigit()]  # not of `_upload` or `_scan`
        pool = {"adding": free, "replacing": own}.get(kind, here)
        some = draw.sample(pool, min(_AT_ONCE, len(pool)))
        if not some and kind not in ("uploading", "migrating", SCANNING):
            continue
        began = time.monotonic()
        say("begin", kind)
        assistant = _STEPS[kind](assistant, folder, some, draw) or assistant
        say("done", kind, f"{time.monotonic() - began:.4f}")


def _write(assistant: Assistant, folder: Path, some: Sequence[str], draw: random.Random) -> None:
    for name in some:
        (folder / name).write_text(story(name, draw), encoding="utf-8")
    assistant.index([folder / name for name in some])


def _repair(assistant: Assistant, _: Path, some: Sequence[str], draw: random.Random) -> None:
    say("damaging", *some)
    damage(assistant.folder, some, draw)
    assistant.verify(repair=True)
    say("mended")


def _remove(assistant: Assistant, folder: Path, some: Sequence[str], draw: random.Random) -> None:
    for name in some:
        (folder / name).unlink(missing_ok=True)
    if draw.random() < 0.5:
        assistant.remove(some)
    else:
        assistant.index([folder], prune=True)


def _forget(assistant: Assistant, _: Path, some: Sequence[str], __: random.Random) -> None:
    with suppress(LibraryBusy):  # a reader has it open: the documents are removed, and their traces stay
        assistant.forget(some)


def _upload(assistant: Assistant, _: Path, __: Sequence[str], draw: random.Random) -> None:
    """Receive files, and add them, as the page does."""
    arrivals = Arrivals(assistant.folder)
    for _number in range(draw.randint(1, _AT_ONCE)):
        name = f"up-{draw.randrange(10**6)}.txt"
        arrived = arrivals.folder / name
        arrived.write_text(story(name, draw), encoding="utf-8")
        assistant.hand_over(arrived, name)


def _scan(assistant: Assistant, folder: Path, _: Sequence[str], draw: random.Random) -> None:
    """Index a scan: pictures of text, whose words OCR reads page by page."""
    pages = []
    for _page in range(_PAGES):
        page = Image.new("L", (900, 300), 255)
        words = "\n".join(f"The {draw.choice(KNOWN_WORDS)} met boat {draw.randrange(10**6)}." for _line in range(4))
        ImageDraw.Draw(page).multiline_text((40, 40), words, 0, ImageFont.load_default(32), spacing=20)
        pages.append(page)
    file = folder / f"scan-{draw.randrange(10**6)}.pdf"
    pages[0].save(file, save_all=True, append_images=pages[1:], resolution=150)
    report = assistant.index([file])
    if len(report.added) != 1 or "met boat" not in assistant.document(report.added[0]).text:
        raise RuntimeError(f"a scan was not read: {report}")


def _migrate(assistant: Assistant, _: Path, __: Sequence[str], ___: random.Random) -> Assistant:
    folder = assistant.folder
    assistant.close()
    make_older(folder)
    return Assistant.open(folder, encoder=WordEncoder())


_STEPS: dict[str, Callable[[Assistant, Path, Sequence[str], random.Random], Assistant | None]] = {
    "adding": _write,
    "replacing": _write,
    "removing": _remove,
    "repairing": _repair,
    "forgetting": _forget,
    "uploading": _upload,
    "migrating": _migrate,
    SCANNING: _scan,
}


def steps(first: str, draw: random.Random) -> Iterator[str]:
    yield first
    while True:
        yield from draw.sample(KINDS, len(KINDS))


def story(name: str, draw: random.Random) -> str:
    """A text of several passages that was never written before."""
    paragraphs = [
        " ".join(f"The {draw.choice(KNOWN_WORDS)} met boat {draw.randrange(10**6)}." for _ in range(12))
        for _ in range(draw.randint(1, 12))
    ]
    return "\n\n".join([f"The log of {name}", *paragraphs]) + "\n"


def make_older(library: Path) -> None:
    """Write a library as format 5 had it, in one transaction: the last without collections, languages and versions."""
    with closing(sqlite3.connect(library / FILE_NAME, timeout=30)) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        for (number,) in connection.execute("SELECT document FROM seals").fetchall():
            renew_checksum(connection, number, DOCUMENT_COLUMNS, DOCUMENT_COLUMNS.removesuffix(", collection"))
        drop_collections(connection)
        connection.execute("UPDATE manifest SET format = 5")


def damage(library: Path, document_ids: Sequence[str], draw: random.Random) -> None:
    connection = sqlite3.connect(library / FILE_NAME)
    with connection:
        for document_id in document_ids:
            connection.execute(
                f"UPDATE passages SET {draw.choice(_DAMAGES)} WHERE NOT furniture "
                "AND document = (SELECT number FROM documents WHERE id = ?)",
                (document_id,),
            )
    connection.close()


def keep_nursery() -> None:
    """Fork a worker for each line, `folder library first-step seed` apart by tabs, and say when it has ended."""
    telling(say)
    for line in sys.stdin:
        folder, library, first, seed = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            try:
                work(Path(folder), Path(library), first, random.Random(int(seed)))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(70)  # a worker that ends of itself has failed
        _, status = os.waitpid(child, 0)
        say("ended", str(os.waitstatus_to_exitcode(status)))


# The killer's side.


class Killer:
    """Starts workers from one nursery and kills them; close it when done."""

    def __init__(self, folder: Path, seed: int = SEED, kinds: Sequence[str] = KINDS) -> None:
        self._folder = folder
        self._kinds = kinds
        self._draw = random.Random(seed)
        self._told = Told()
        self._library = folder / "library-0"
        self._seconds = {kind: deque([_FIRST_GUESS_SECONDS], maxlen=20) for kind in KINDS}
        self._seconds[SCANNING] = deque([_SCAN_SECONDS], maxlen=20)
        self.tally = Tally()
        (folder / "logs").mkdir()
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.kills", "--nursery"],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # no thread but one may be there when it forks
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Killer":
        return self

    def __exit__(self, *_: object) -> None:
        self._nursery.communicate()

    def round(self) -> None:
        """Let a worker work, kill it, and look at what is left."""
        number = self.tally.rounds
        if number % _NEW_LIBRARY_EVERY == 0:
            self._told, self._library = Told(), self._folder / f"library-{number}"
        self._told.doing = "between them"
        # Every other round somebody else has the library open all the time, so that SQLite cleans up after nobody.
        reader = self._open() if number % 2 else None
        self._kill_one(self._kinds[number % len(self._kinds)])
        self.tally.rounds += 1
        self.tally.killed[self._told.doing or "between them"] += 1
        try:
            assistant = self._open_again(reader) if self._told.doing == "migrating" else reader or self._open()
            if assistant is not None:
                problems, digests = find_problems(assistant, self._told)
                assistant.close()
                self._told = Told(sure=digests, doing=self._told.doing)  # what was there before, from now on
            else:
                problems = [f"{document_id} is lost with the library" for document_id in self._told.sure]
        except Exception as error:
            problems = [f"{type(error).__name__}: {error}"]
        self.tally.findings += [f"round {number}, {self._told.doing}: {problem}" for problem in problems]

    def _open(self) -> Assistant | None:
        try:
            return Assistant.open(self._library, encoder=WordEncoder())
        except LibraryMissing:
            return None

    def _open_again(self, reader: Assistant | None) -> Assistant | None:
        """Open a library that may be in the older format now. No program makes one older, so no reader expects it."""
        assistant = self._open()
        if reader is not None:
            reader.close()
        return assistant

    def _kill_one(self, kind: str) -> None:
        """Kill a worker some time after it has begun a step of a kind, or, in a new library, after it has started."""
        stdin, stdout = self._nursery.stdin, self._nursery.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{self._folder / 'logs'}\t{self._library}\t{kind}\t{self._draw.randrange(2**32)}\n")
        stdin.flush()
        process = int(stdout.readline())
        lines = iter(stdout.readline, "")
        if self.tally.rounds % _NEW_LIBRARY_EVERY:
            self._hear(next(lines))  # it has begun
        usual = sorted(self._seconds[kind])[len(self._seconds[kind]) // 2]
        time.sleep(self._draw.uniform(0, 1.2 * usual))
        with suppress(ProcessLookupError):  # it failed meanwhile; the next lines report that
            os.kill(process, signal.SIGKILL)
        for line in lines:
            _, ended, status = line.partition("ended ")  # perhaps behind half a line that the worker was killed in
            if ended:
                if int(status) != -signal.SIGKILL:
                    raise RuntimeError(f"a worker failed: {line}")
                return
            self._hear(line)

    def _hear(self, line: str) -> None:
        self._told.hear(line)
        verb, *rest = line.split()
        if verb == "done":
            self._seconds[rest[0]].append(float(rest[1]))


def find_problems(assistant: Assistant, told: Told) -> tuple[list[str], dict[str, str]]:
    """What is wrong with a library, given its record, and the digests of the texts that are there."""
    found = {summary.id: assistant.document(summary.id) for summary in assistant.documents()}
    digests = {document_id: text_digest(document.text) for document_id, document in found.items()}
    problems = list(_missing(told, digests))
    problems += _finish_uploads(assistant)
    found = {summary.id: assistant.document(summary.id) for summary in assistant.documents()}
    digests = {document_id: text_digest(document.text) for document_id, document in found.items()}
    for finding in assistant.verify():
        if finding.place not in {*told.damaged, *(["index"] * bool(told.damaged))}:
            problems.append(f"{finding.place}: {finding.problem}")
    if told.damaged:
        problems += [f"{each.place}: not mended" for each in assistant.verify(repair=True) if not each.repaired]
        problems += [f"{each.place}: mended, yet {each.problem}" for each in assistant.verify()]
        again = {summary.id: text_digest(assistant.document(summary.id).text) for summary in assistant.documents()}
        if again != digests:
            problems.append("mending changed a text")
    if found and not assistant.search("Which boat met the captain?"):
        problems.append("nothing is found")
    return problems, digests


def _finish_uploads(assistant: Assistant) -> Iterator[str]:
    """Do what the page does when it starts, and tell what is wrong with the uploads then."""
    arrivals = Arrivals(assistant.folder)
    assistant.finish_uploads()
    until = time.monotonic() + _CHILD_ENDS_SECONDS
    while (left := list(arrivals.folder.parent.iterdir())) != [arrivals.folder] and time.monotonic() < until:
        time.sleep(0.05)
        sweep(assistant.folder)
    if left != [arrivals.folder]:
        yield f"files that arrived are left: {left}"
    if (assistant.folder / "handed-over").exists():
        yield "a file is still marked as not read"
    sources = {summary.source for summary in assistant.documents()}
    for source in sources:
        if Path(source).parent == assistant.added and not Path(source).exists():
            yield f"{source} is a document, and its file is gone"


def _missing(told: Told, digests: dict[str, str]) -> Iterator[str]:
    for document_id, digest in told.sure.items():
        allowed = {digest, told.trying.get(document_id, digest)}
        if document_id not in digests and document_id not in told.leaving:
            yield f"{document_id} was reported as stored and is lost"
        elif document_id in digests and digests[document_id] not in allowed:
            yield f"{document_id} holds another text than was reported"
    for document_id, digest in digests.items():
        if document_id not in told.sure and told.trying.get(document_id) != digest:
            yield f"{document_id} was never added, or was reported as removed"
    if 0 < len(told.leaving & digests.keys()) < len(told.leaving):
        yield f"of those removed together some are left: {sorted(told.leaving & digests.keys())}"


def kill_many(
    rounds: int,
    folder: Path,
    seed: int = SEED,
    show: Callable[[Tally], None] | None = None,
    kinds: Sequence[str] = KINDS,
) -> Tally:
    """Kill as many workers in steps of these kinds, with libraries in an empty folder."""
    with Killer(folder, seed, kinds) as killer:
        for _ in range(rounds):
            killer.round()
            if show:
                show(killer.tally)
        return killer.tally


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kills", description=__doc__.split("\n")[0])
    parser.add_argument("rounds", nargs="?", type=int, default=200, help="how many processes are killed")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--ocr", action="store_true", help="kill each while it reads a scan; needs the extra ocr")
    parser.add_argument("--nursery", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.nursery:
        keep_nursery()
        return 0
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        tally = kill_many(asked.rounds, Path(folder), asked.seed, kinds=(SCANNING,) if asked.ocr else KINDS)
    for finding in tally.findings:
        print(finding)
    print(tally)
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
