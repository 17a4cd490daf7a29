"""Many users ask while documents come and go: `python -m tests.load --minutes 10`.

Each answer names the state of the library that it was given by. Every quote must stand, to the letter, in the document
as it was in that state; no question may fail; and memory may not grow.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from retriever import Answer, Assistant, Document
from tests.world import KNOWN_WORDS, WordEncoder

USERS = 64
_CHANGE_SECONDS, _LOOK_SECONDS = 0.3, 0.5
_GROWTH_BYTES = 50_000_000  # more than the allocator keeps back; a leak of a kilobyte an answer shows in ten minutes

Place = tuple[str, int, int, str]


@dataclass(slots=True)
class Seen:
    """What happened.

    Attributes:
        texts: digest of a state of the library -> its documents' texts by id.
        quoted: digest -> quotes that were given in that state: id, start, end, text.
        sizes: bytes of memory, now and then.
    """

    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    quoted: dict[str, set[Place]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    changes: int = 0
    errors: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, answer: Answer, milliseconds: float) -> None:
        with self.lock:
            self.answers[answer.verdict] += 1
            self.milliseconds.append(milliseconds)
            places = self.quoted.setdefault(answer.library.digest, set())
            places.update((one.document_id, one.start, one.end, one.text) for one in (*answer.quotes, *answer.nearest))

    def wrong(self) -> list[str]:
        """Quotes that did not stand so in the library that answered."""
        found = []
        for digest, places in self.quoted.items():
            if digest not in self.texts:
                found.append(f"an answer came from a state that never was: {digest}")
                continue
            for document_id, start, end, text in places:
                if self.texts[digest].get(document_id, "")[start:end] != text:
                    found.append(f"{document_id}:{start}-{end} did not say so: {text[:60]!r}")
        return found

    @property
    def growth(self) -> int:
        """Bytes that the last quarter of the time took more than the second one, when all is loaded."""
        quarter = max(1, len(self.sizes) // 4)
        before, after = self.sizes[quarter : 2 * quarter], self.sizes[-quarter:]
        return int(statistics.median(after) - statistics.median(before)) if before else 0


def story(draw: random.Random, name: str) -> Document:
    """A text that was never written before."""
    sentences = [
        f"The {draw.choice(KNOWN_WORDS)} of boat {draw.randrange(1000)} costs {draw.randrange(100)} crowns."
        for _ in range(draw.randrange(5, 60))
    ]
    digest = f"{draw.getrandbits(256):064x}"
    return Document(name, name, " ".join(sentences), f"/{name}", "text/plain", digest, None, None, {})


class Crowd:
    """Users and one writer, each in a thread, on one open library."""

    def __init__(self, assistant: Assistant, documents: int, seed: int = 1904) -> None:
        self.seen = Seen()
        self._assistant = assistant
        self._documents = documents
        self._draw = random.Random(seed)
        self._here: dict[str, str] = {}
        self._stop = threading.Event()
        for number in range(documents):
            self._write(number)

    def go_on(self, users: int, until: Callable[[Seen], bool]) -> None:
        """Let them, until something is so."""
        threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(users)]
        threads.append(threading.Thread(target=self._change))
        for thread in threads:
            thread.start()
        while not until(self.seen):
            time.sleep(_LOOK_SECONDS)
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            self.seen.sizes.append(pages * os.sysconf("SC_PAGE_SIZE"))
        self._stop.set()
        for thread in threads:
            thread.join()
        self.seen.errors += [f"{each.place}: {each.problem}" for each in self._assistant.verify()]

    def _ask(self, number: int) -> None:
        chance = random.Random(number)
        while not self._stop.is_set():
            question = f"What does the {chance.choice(KNOWN_WORDS)} of boat {chance.randrange(1000)} cost?"
            began = time.perf_counter()
            try:
                self.seen.note(self._assistant.ask(question), 1000 * (time.perf_counter() - began))
            except Exception as error:
                self.seen.errors.append(f"{type(error).__name__}: {error}")
            self._stop.wait(chance.uniform(0, 0.2))  # somebody reads

    def _change(self) -> None:
        while not self._stop.wait(_CHANGE_SECONDS):
            try:
                self._write(self._draw.randrange(self._documents))
            except Exception as error:
                self.seen.errors.append(f"the writer: {type(error).__name__}: {error}")

    def _write(self, number: int) -> None:
        """Add, replace or remove a document."""
        name = f"boat-{number}.txt"
        if name in self._here and self._draw.random() < 0.4:
            self._assistant.remove([name])
            del self._here[name]
        else:
            document = story(self._draw, name)
            self._assistant.add([document])
            self._here[name] = document.text
        self.seen.texts[self._assistant.state().digest] = dict(self._here)
        self.seen.changes += 1


def run(folder: Path, until: Callable[[Seen], bool], users: int = USERS, documents: int = 60) -> Seen:
    """Let users ask, and one writer change the library under them, until something is so."""
    with Assistant.open(folder, encoder=WordEncoder(), create=True) as assistant:
        crowd = Crowd(assistant, documents)
        crowd.go_on(users, until)
        return crowd.seen


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--users", type=int, default=USERS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        ends = time.monotonic() + 60 * asked.minutes
        seen = run(Path(folder) / "library", lambda _: time.monotonic() > ends, asked.users)
    wrong = seen.wrong()
    quotes = sum(len(places) for places in seen.quoted.values())
    print(*seen.errors[:10], *wrong[:10], sep="\n")
    waited = statistics.quantiles(seen.milliseconds, n=100)
    print(f"{asked.users} users, {asked.minutes:g} minutes: {seen.answers.total():,} answers {dict(seen.answers)}")
    print(f"waited {waited[49]:.0f} ms in the median, {waited[98]:.0f} ms at the 99th percentile")
    print(f"{seen.changes:,} changes of the library; {quotes:,} quotes compared with {len(seen.texts):,} states of it")
    print(f"{len(seen.errors)} errors, {len(wrong)} wrong quotes, memory {seen.growth / 1e6:+.1f} MB")
    return 1 if seen.errors or wrong or seen.growth > _GROWTH_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
