"""`python -m eval.agreement`: does Ibid see which sources agree and which differ?

In: invented cases, each a question and two or three short texts with the relation of each pair; and the questions on
the articles, which contradict each other only where the set says so. Out: precision and recall, on the developed
and the held half, with each case's own texts alone, and with the texts of all cases together.
"""

import argparse
import hashlib
import itertools
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.edited import answered_in_squad2, made_cases
from retriever import Answer, Assistant, Document, Turn, as_json

CASES = Path(__file__).with_name("agreement.jsonl")
HELD_OUT = ("1973_oil_crisis", "Scottish_Parliament")
"""Articles that nothing was trained on."""

QUESTIONS = Path(__file__).with_name("questions.jsonl")
# What a pair of documents may be; "none": neither the same nor differing, as one of them answers another question.
RELATIONS = ("same", "rounding", "conflict", "later", "copy", "none")
# What is counted as saying the same, and as differing.
ALIKE = frozenset(("same", "rounding", "copy"))
DIFFERING = frozenset(("conflict", "later"))


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        question: the question.
        documents: its texts.
        relations: pair of document ids -> relation.
        split: `open` or `held`.
    """

    id: str
    question: str
    documents: tuple[Document, ...]
    relations: dict[frozenset[str], str]
    split: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair of documents: what it is, and what the answer says that it is."""

    case: Case
    truth: str
    said: str


def read_cases(path: Path = CASES) -> tuple[Case, ...]:
    """Read the cases."""
    return cases_of(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def cases_of(rows: Iterable[dict[str, Any]]) -> tuple[Case, ...]:
    """Make cases of their fields."""
    return tuple(map(_case, rows))


def _case(fields: dict[str, Any]) -> Case:
    documents = tuple(
        Document(
            id=f"{fields['id']}/{one['id']}",
            title=one.get("title", one["publisher"]),
            text=one["text"],
            source=one["id"],
            media_type="text/plain",
            sha256=hashlib.sha256(one["text"].encode()).hexdigest(),
            publisher=one["publisher"],
            published=one["published"],
        )
        for one in fields["documents"]
    )
    relations = {
        frozenset(f"{fields['id']}/{letter}" for letter in pair): relation
        for pair, relation in fields["relations"].items()
    }
    return Case(fields["id"], fields["question"], documents, relations, fields["split"])


def judge(cases: Sequence[Case], *, together: bool) -> list[Judged]:
    """Ask every case.

    Args:
        cases: the cases.
        together: whether all texts may answer, or the case's own alone.
    """
    judged = []
    every = {document.id for case in cases for document in case.documents}
    with (
        tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder,
        Assistant.open(Path(folder) / "library", create=True) as assistant,
    ):
        assistant.add(document for case in cases for document in case.documents)
        for case in cases:
            others = frozenset() if together else every - {document.id for document in case.documents}
            said = relations_of(as_json(assistant.ask(case.question, excluded=others)))
            judged += [Judged(case, truth, said.get(pair, "none")) for pair, truth in case.relations.items()]
    return judged


def relations_of(answer: dict[str, Any]) -> dict[frozenset[str], str]:
    """The relation of each two quoted documents in an answer's JSON: pair of ids -> relation.

    A document whose words are listed as a copy of a quote says what that quote says.
    """
    sources = [[quote["document_id"], *(copy["document_id"] for copy in quote["copies"])] for quote in answer["quotes"]]
    said = {frozenset(pair): "copy" for those in sources for pair in itertools.combinations(those, 2)}

    def note(ones: Iterable[int], others: Iterable[int], relation: str) -> None:
        for one, other in itertools.product(ones, others):
            said.update({frozenset(pair): relation for pair in itertools.product(sources[one], sources[other])})

    alike = {place: [place] for place in range(len(sources))}
    for group in answer["agreement"]["same"]:
        alike.update({place: group for place in group})
        for one, other in itertools.combinations(group, 2):
            note([one], [other], "same")
    for difference in answer["agreement"]["differing"]:
        for one, other in itertools.combinations(difference["quotes"], 2):
            # What differs from one quote differs from all that say the same as that; a rounding says only itself.
            ones, others = ([one], [other]) if difference["kind"] == "rounding" else (alike[one], alike[other])
            note(ones, others, difference["kind"])
    return said


def precision_recall(judged: Iterable[Judged], relations: frozenset[str]) -> tuple[float, float, int]:
    """Precision, recall, and how many pairs there are, of some relations taken as one."""
    pairs = [(one.truth in relations, one.said in relations) for one in judged]
    right, said, true = (sum(each) for each in zip(*((t and s, s, t) for t, s in pairs), strict=True))
    return right / said if said else 1.0, right / true if true else 1.0, true


def false_conflicts() -> tuple[list[tuple[str, Answer]], int]:
    """Ask the QA set: the questions with a conflict in their answer, and how many questions there are.

    The five articles do not contradict each other: every conflict is false.
    """
    found, count = [], 0
    with (
        tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder,
        Assistant.open_shipped(Path(folder) / "library") as assistant,
    ):
        for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
            fields, count = json.loads(line), count + 1
            history = [Turn(turn["question"], turn["answer"]) for turn in fields.get("history", [])]
            answer = assistant.ask(fields["question"], history)
            if answer.agreement.differing:
                found.append((fields["id"], answer))
    return found, count


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; the exit status is 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.agreement", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="other cases")
    parser.add_argument("--data", type=Path, metavar="DATA", help="also cases made of DATA/squad2")
    parser.add_argument("--wrong", metavar="SPLIT", help="name the cases of this split that are judged wrongly")
    chosen = parser.parse_args(arguments)
    cases = read_cases(chosen.cases)
    made = cases_of(made_cases(answered_in_squad2(chosen.data / "squad2", HELD_OUT))) if chosen.data else ()
    for some, together in ((cases, False), (cases, True), *([(made, False)] if made else [])):
        judged = judge(some, together=together)
        print(f"{len(some)} cases, {'all texts together' if together else 'each alone'}: precision, recall, pairs")
        for split in sorted({case.split for case in some}):
            of_split = [one for one in judged if one.case.split == split]
            rows = {"same": ALIKE, "differing": DIFFERING} | {name: frozenset((name,)) for name in RELATIONS[1:5]}
            for name, relations in rows.items():
                precision, recall, count = precision_recall(of_split, relations)
                print(f"  {split:9}{name:12}{precision:6.3f}{recall:8.3f}{count:6}")
            exact = sum(one.truth == one.said for one in of_split)
            print(f"  {split:9}named rightly {exact} of {len(of_split)}")
            for one in of_split:
                if chosen.wrong == split and one.truth != one.said:
                    print(f"    {one.case.id}: is {one.truth}, said to be {one.said}: {one.case.question}")
    found, count = false_conflicts()
    print(f"QA set, {count} questions:")
    for question, answer in found:
        for difference in answer.agreement.differing:
            print(f"  {question}: {difference.kind.value}: {' | '.join(difference.values)}")
    conflicts = sum(any(each.kind.value == "conflict" for each in answer.agreement.differing) for _, answer in found)
    print(f"  false conflicts: {conflicts}, {100 * conflicts / count:.2f} in 100 questions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
