"""`python -m eval.intents`: does Ibid tell talk about the library and the program from questions?

In: 40 sentences in five wordings each, asked of the sample articles, and real questions. Out: the share of sentences
whose answer is of the right kind and names the right documents; and how many questions are taken for talk: those of the
QA set and, with `--data`, of handbook_govpdf and of squad2. The training never reads the sentences.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from retriever import Answer, Assistant

SENTENCES = Path(__file__).with_name("intents.jsonl")
QUESTIONS = Path(__file__).with_name("questions.jsonl")
TRAINED_ARTICLES = ("Normans", "Computational_complexity_theory")
"""Articles of squad2 that the training reads; their questions are not asked."""
MOST_OF_SQUAD2 = 2000


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; the exit status is 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.intents", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DATA", help="the folder of handbook_govpdf/ and squad2/")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder,
        Assistant.open_shipped(Path(folder) / "library") as assistant,
    ):
        right, count = measure_sentences(assistant)
        print(f"sentences: {right} of {count} right, {right / count:.3f}")
        for name, questions in question_sets(chosen.data):
            taken = [one for one in questions if assistant.kind_of(one) != "question"]
            print(f"{name}: {len(taken)} of {len(questions)} questions taken for talk")
            for one in taken:
                print(f"    {one}")
    return 0


def measure_sentences(assistant: Assistant) -> tuple[int, int]:
    """Ask every wording. Prints the wrong ones; returns how many are right, and how many there are."""
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for line in _lines(SENTENCES):
        for wording in line["wordings"]:
            answer = assistant.ask(wording)
            count[line["kind"]] += 1
            if is_right(answer, line):
                right[line["kind"]] += 1
            else:
                print(f"    {wording}: is {line['kind']}, taken for {answer.kind.value}")
    for kind in count:
        print(f"  {kind:16}{right[kind]:4} of {count[kind]}")
    return right.total(), count.total()


def is_right(answer: Answer, line: dict[str, Any]) -> bool:
    """Whether an answer is of the right kind, with quotes only of the documents named, and of the times named."""
    if answer.kind.value != line["kind"] or answer.overview is None:
        return False
    named = set(line.get("documents", ()))
    quoted = {quote.document_id for quote in answer.quotes}
    since, until = line.get("since") or None, line.get("until") or None
    right_time = "since" not in line or (answer.overview.since, answer.overview.until) == (since, until)
    return right_time and (not named or bool(quoted and quoted <= named))


def question_sets(data: Path | None) -> Iterator[tuple[str, list[str]]]:
    """The sets of real questions: name and questions."""
    yield "QA set", [str(line["question"]) for line in _lines(QUESTIONS)]
    if data:
        yield "handbook_govpdf", [str(line["q"]) for line in _lines(data / "handbook_govpdf" / "questions.jsonl")]
        held = [line for line in _lines(data / "squad2" / "queries.jsonl") if line["article"] not in TRAINED_ARTICLES]
        yield "squad2", [str(line["text"]) for line in held[:MOST_OF_SQUAD2]]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    sys.exit(main())
