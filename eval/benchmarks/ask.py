"""`python -m eval.benchmarks.ask`: how long a warm question takes, beside encoding it with sentence-transformers alone.

The questions are the QA set's, over the shipped articles; each is asked and encoded in turn.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from eval.__main__ import QUESTIONS
from eval.benchmarks.rounds import print_table, ratio, save
from eval.datasets import read_questions
from retriever import Assistant, SentenceEncoder

PLAIN = "encode with sentence-transformers, torch"
WHOLE = "ask: search, evidence and answer included"
AGAIN = "ask again: the answer was kept"


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask every question, and print the table.

    Returns:
        The exit status.
    """
    argparse.ArgumentParser(prog="python -m eval.benchmarks.ask", description=__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Assistant.open_shipped(Path(folder) / "library") as assistant:
        texts = {summary.id: assistant.document(summary.id).text for summary in assistant.documents()}
        questions = [question.text for question in read_questions(QUESTIONS, texts).questions]
        timed = _timed(assistant, questions)
    print_table(timed, PLAIN)
    save("ask", {"questions": len(questions), "seconds": timed, "ratio": ratio(timed[WHOLE], timed[PLAIN])})
    return 0


def _timed(assistant: Assistant, questions: Sequence[str]) -> dict[str, list[float]]:
    plain = SentenceEncoder.shipped()
    for question in questions[:5]:
        plain.encode([question])
        assistant.ask(f"Now then: {question}")  # otherwise than later, as answers are kept
    names = (PLAIN, WHOLE, "  encode", "  search", "  evidence", AGAIN)
    timed: dict[str, list[float]] = {name: [] for name in names}
    for question in questions:
        began = time.perf_counter()
        plain.encode([question])
        encoded = time.perf_counter()
        timings = assistant.ask(question).timings
        timed[PLAIN].append(encoded - began)
        timed[WHOLE].append(time.perf_counter() - encoded)
        for stage in ("encode", "search", "evidence"):
            timed[f"  {stage}"].append(getattr(timings, stage) / 1000)
        timed[AGAIN].append(assistant.ask(question).timings.total / 1000)
    return timed


if __name__ == "__main__":
    sys.exit(main())
