"""The evidence table, measured: `python -m eval.evidence FOLDER` asks every document every question by itself.

In: a folder with documents, and a `questions.jsonl` whose lines have `q`, `a` (a right quote holds one of these)
and `doc` (names of the documents that answer). Out: seconds, and how many cells are right. One decision: a cell is only
known to be right or wrong where the questions say so, which is for each question and each of its documents. Other
documents may answer too, so there only the share of empty cells is told.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from retriever import Answer, Assistant, Verdict


def chosen_questions(lines: Sequence[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    """The first questions that stand alone, have an answer and name their documents, spread over the collections."""
    fit = [line for line in lines if line["a"] and line["doc"] and not line.get("history")]
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for line in fit:
        groups.setdefault(line.get("collection", ""), []).append(line)
    turns = max(map(len, groups.values()), default=0)
    spread = [group[at] for at in range(turns) for group in groups.values() if at < len(group)]
    return spread[:count]


def chosen_documents(ids: Sequence[str], questions: Sequence[Mapping[str, Any]], count: int) -> list[str]:
    """The documents that answer, and the first of the others, in the order of their ids."""
    wanted = [each for each in ids if any(answers(line, each) for line in questions)]
    others = [each for each in ids if each not in wanted]
    return sorted([*wanted, *others[: max(0, count - len(wanted))]])


def answers(line: Mapping[str, Any], document_id: str) -> bool:
    """Whether a document is one of those that answer a question."""
    inside = line.get("collection", "")
    return document_id.rsplit("/", 1)[-1] in {Path(name).name for name in line["doc"]} and inside in document_id


def judged(line: Mapping[str, Any], document_id: str, answer: Answer) -> str:
    """What a cell is, such as `source, right (clear)`, `source, missed`, `elsewhere, empty` or `elsewhere, unsure`."""
    filled = "unsure" if answer.verdict is Verdict.UNSURE else "clear"
    if not answers(line, document_id):
        return f"elsewhere, {filled}" if answer.quotes else "elsewhere, empty"
    if not answer.quotes:
        return "source, missed"
    said = " ".join(answer.quotes[0].text.split())
    right = any(" ".join(wanted.split()) in said for wanted in line["a"])
    return f"source, {'right' if right else 'wrong'} ({filled})"


def main() -> int:
    """Measure, and print what was counted."""
    parser = argparse.ArgumentParser(prog="python -m eval.evidence", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="has documents and a questions.jsonl")
    parser.add_argument("--documents", type=int, default=40, help="how many at most (default: 40)")
    parser.add_argument("--questions", type=int, default=10, help="how many at most (default: 10)")
    asked = parser.parse_args()
    lines = [json.loads(line) for line in (asked.folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    questions = chosen_questions(lines, asked.questions)
    with tempfile.TemporaryDirectory() as place, Assistant.open(Path(place) / "library", create=True) as assistant:
        assistant.index([asked.folder], exclude=["questions.jsonl", "README.md"])
        ids = chosen_documents([each.id for each in assistant.documents()], questions, asked.documents)
        assistant.warm_up()
        counts: Counter[str] = Counter()
        encoding, began = 0.0, time.perf_counter()
        for line in questions:
            for document_id in ids:
                answer = assistant.ask_document(line["q"], document_id)
                counts[judged(line, document_id, answer)] += 1
                encoding += answer.timings.encode / 1000
        seconds = time.perf_counter() - began
    each = 1000 * seconds / max(1, counts.total())
    print(f"{len(ids)} documents x {len(questions)} questions: {seconds:.1f} s, {each:.0f} ms a cell")
    print(f"of these, {encoding:.1f} s encode the questions")
    for name, count in sorted(counts.items()):
        print(f"{name:24} {count}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
