"""`python -m eval.benchmarks.load`: times for 1, 8 and 64 users at once, with `Assistant.ask` and with the page.

The questions are those of the QA set over the shipped articles. Each gets a different ending, so that no answer comes
from the cache; cached answers are measured separately. The users ask without a pause. Users of the page are threads of
this process, and share its processors.
"""

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from eval.__main__ import QUESTIONS
from eval.benchmarks.rounds import percentile, save
from eval.benchmarks.serving import serving
from eval.datasets import read_questions
from retriever import Assistant

USERS = (1, 8, 64)
ENDINGS = (
    *("in April 2022", "as Reuters tells it", "according to the agencies", "in those days", "as far as is known"),
    *("by all accounts", "in the end", "as was said then", "at that time", "in the articles", "on that occasion"),
    *("if anyone knows", "to be precise", "after all", "in short", "in a word", "as it was put", "in one sentence"),
)
REPEATED = 20
FIRST = "Who spoke of migration?"

Ask = Callable[[str], None]
# Gives each user a function that asks.
Users = Callable[[], Ask]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure growing numbers of users, in rounds, and print the tables.

    Returns:
        The exit status: 1 if a question failed.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.load", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds (default: 3, at most 6)")
    parser.add_argument("--questions", type=int, default=209, metavar="N", help="questions a round (default: all, 209)")
    chosen = parser.parse_args(arguments)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        with Assistant.open_shipped(Path(folder) / "library") as assistant:
            texts = {summary.id: assistant.document(summary.id).text for summary in assistant.documents()}
            questions = [one.text for one in read_questions(QUESTIONS, texts).questions][: chosen.questions]
            assistant.warm_up()
            figures["Assistant.ask"] = _rounds("Assistant.ask", lambda: _asking(assistant), questions, chosen.rounds)
        with serving(Path(folder)) as (address, _):
            port = int(address.rstrip("/").rsplit(":", 1)[1])
            figures["page"] = _rounds("page", lambda: Reader(port).ask, questions, chosen.rounds)
    save("load", figures)
    return 1 if any(one["errors"] for rows in figures.values() for one in rows.values()) else 0


def _asking(assistant: Assistant) -> Ask:
    def ask(question: str) -> None:
        assistant.ask(question)

    return ask


class Reader:
    """One tab of the page, which sends the same requests as the page's script."""

    _ids = count()

    def __init__(self, port: int) -> None:
        """Get a key, so that the conversation is kept, and find the page's function that answers.

        The first question of a tab creates its session, so it is asked here.
        """
        self._session = f"reader{next(self._ids)}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self._headers = {"Content-Type": "application/json"}
        self._fetch("GET", "/")
        parts = json.loads(self._fetch("GET", "/config"))["dependencies"]
        self._function = next(one["id"] for one in parts if any(target[1] == "ask" for target in one["targets"]))
        self.ask(FIRST)
        self._connection.close()  # opened again by the next question, since the server closes idle connections

    def ask(self, question: str) -> None:
        """Ask, and wait for the card.

        Raises:
            RuntimeError: none came.
        """
        asked = {"data": [None, None], "event_data": {"question": question, "standing": ""}}
        asked |= {"fn_index": self._function, "session_hash": self._session}
        self._fetch("POST", "/gradio_api/queue/join", asked)
        said = self._fetch("GET", f"/gradio_api/queue/data?session_hash={self._session}")
        if b"process_completed" not in said or b'"success":true' not in said.replace(b" ", b"") or b"turn" not in said:
            raise RuntimeError(f"no card for {question!r}: {said[-300:]!r}")

    def _fetch(self, method: str, path: str, sent: object = None) -> bytes:
        body = None if sent is None else json.dumps(sent)
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if cookie := answer.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.partition(";")[0]
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
        return said


def _rounds(name: str, users: Users, questions: Sequence[str], rounds: int) -> dict[str, dict[str, float]]:
    """Ask with each number of users in turn, with different questions each time, and print the times."""
    endings = iter(ENDINGS)
    taken: dict[int, list[tuple[float, list[float], int]]] = {number: [] for number in USERS}
    with warmed(users):
        for _ in range(rounds):
            for number in USERS:
                ending = next(endings)
                asked = [f"{question.rstrip(' ?.')} {ending}?" for question in questions]
                taken[number].append(_together(users, number, asked))
    repeated = questions[:REPEATED]
    _together(users, 1, repeated)
    again = _together(users, USERS[-1], [*repeated] * (len(questions) // len(repeated)))
    rows = {str(number): _row(some) for number, some in taken.items()}
    ratios = [
        (len(many[1]) / many[0]) / (len(one[1]) / one[0]) for one, many in zip(taken[1], taken[USERS[-1]], strict=True)
    ]
    rows[str(USERS[-1])]["to_one"] = statistics.median(ratios)
    rows[f"{USERS[-1]}, asked before"] = _row([again])
    _print(name, rows, ratios)
    return rows


@contextmanager
def warmed(users: Users) -> Iterator[None]:
    """Warm up with questions that are not used later."""
    _together(users, 8, [f"Who spoke of migration on day {day}?" for day in range(32)])
    yield


def _together(users: Users, number: int, questions: Sequence[str]) -> tuple[float, list[float], int]:
    """Let users ask at once. Returns total seconds, seconds of each answered question, and failures."""
    asking = [users() for _ in range(number)]
    waiting = iter(questions)
    next_one, begin = threading.Lock(), threading.Barrier(number + 1)
    took: list[float] = []
    failed: list[str] = []

    def use(ask: Ask) -> None:
        begin.wait()
        while True:
            with next_one:
                question = next(waiting, None)
            if question is None:
                return
            began = time.perf_counter()
            try:
                ask(question)
                took.append(time.perf_counter() - began)
            except Exception as error:  # any error of a user counts
                failed.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=use, args=(ask,)) for ask in asking]
    for thread in threads:
        thread.start()
    begin.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    for said in failed[:1]:
        print(f"failed: {said}", file=sys.stderr)
    return time.perf_counter() - began, took, len(failed)


def _row(rounds: Sequence[tuple[float, list[float], int]]) -> dict[str, float]:
    seconds = [each for _, took, _ in rounds for each in took]
    return {
        "a_second": statistics.median(len(took) / whole for whole, took, _ in rounds),
        "median_ms": 1000 * statistics.median(seconds),
        "p95_ms": 1000 * percentile(seconds),
        "errors": sum(failed for _, _, failed in rounds),
        "questions": len(seconds),
    }


def _print(name: str, rows: dict[str, dict[str, float]], ratios: Sequence[float]) -> None:
    print(f"{name:24}{'a second':>10}{'median ms':>11}{'p95 ms':>9}{'errors':>8}")
    for users, row in rows.items():
        label = f"{users} users" if users != "1" else "1 user"
        print(f"{label:24}{row['a_second']:10.1f}{row['median_ms']:11.1f}{row['p95_ms']:9.1f}{row['errors']:8.0f}")
    print(
        f"{USERS[-1]} users' throughput to one's: {statistics.median(ratios):.2f} "
        f"(median round; {min(ratios):.2f} to {max(ratios):.2f})",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
