"""`python -m eval.agreement`: does Ibid see which sources agree and which differ?

In: invented cases, each a question and two or three short texts with the relation of each pair; and questions on
documents of which nothing was edited, which contradict each other nowhere. Out: precision and recall, on the developed
and the held half, with each case's own texts alone, and with the texts of all cases together; false conflicts; and
what fails.
"""

import argparse
import hashlib
import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from eval.datasets import find_collections
from eval.edited import answered_in_squad2, made_cases
from retriever import Answer, Assistant, DifferenceKind, Document, Turn, agreement, as_json

CASES = Path(__file__).with_name("agreement.jsonl")
HELD_OUT = ("1973_oil_crisis", "Scottish_Parliament")
"""Articles that nothing was trained on."""

QUESTIONS = Path(__file__).with_name("questions.jsonl")
ASKED_OF_ARTICLES = 250
"""Questions that are asked of the articles held out, a document a paragraph."""

COLLECTIONS = Path(__file__).with_name("collections")
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


@dataclass(frozen=True, slots=True)
class Unedited:
    """Answers from documents of which nothing was edited: every conflict between them is false.

    Attributes:
        name: of the set.
        answers: each question's id, with its answer.
        share: of the time of these answers, 0..1, which the comparison of sources took.
    """

    name: str
    answers: tuple[tuple[str, Answer], ...]
    share: float


def unedited_sets(data: Path | None) -> Iterator[Unedited]:
    """Ask the QA set, the invented collections and, with the folder of data sets, `handbook_govpdf` and `squad2`."""
    with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
        with Assistant.open_shipped(Path(folder) / "library") as assistant:
            yield _asked("QA set", assistant, _lines(QUESTIONS))
        for root in (COLLECTIONS, *([data / "handbook_govpdf"] if data else [])):
            lines = _lines(root / "questions.jsonl")
            for name, docs in find_collections(root).items():
                with Assistant.open(Path(folder) / name, create=True) as assistant:
                    assistant.index([docs])
                    own = [{**line, "question": line["q"]} for line in lines if line["collection"] == name]
                    yield _asked(f"{root.name}/{name}", assistant, own)
        if data:
            squad2 = [_lines(data / "squad2" / f"{name}.jsonl") for name in ("corpus", "queries")]
            paragraphs = [each for each in squad2[0] if each["title"].replace(" ", "_") in HELD_OUT]
            asked = [each for each in squad2[1] if each["article"] in HELD_OUT and not each["is_impossible"]]
            chosen = random.Random(1).sample(asked, ASKED_OF_ARTICLES)  # noqa: S311 (data, not secrets)
            with Assistant.open(Path(folder) / "squad2", create=True) as assistant:
                assistant.add(Document.from_text(each["_id"], each["text"], title=each["title"]) for each in paragraphs)
                own = [{"id": each["_id"], "question": each["text"]} for each in chosen]
                yield _asked("squad2, articles held out", assistant, own)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _asked(name: str, assistant: Assistant, lines: Sequence[dict[str, Any]]) -> Unedited:
    answers, seconds, compare = [], 0.0, agreement.compare

    def timed(*arguments: Any) -> Any:  # noqa: ANN401 (whatever it takes and gives)
        nonlocal seconds
        began = time.perf_counter()
        compared = compare(*arguments)
        seconds += time.perf_counter() - began
        return compared

    with patch.object(agreement, "compare", timed):
        for fields in lines:
            history = [Turn(turn["question"], turn["answer"]) for turn in fields.get("history", [])]
            answers.append((str(fields["id"]), assistant.ask(fields["question"], history)))
    whole = sum(answer.timings.total for _, answer in answers) / 1000
    return Unedited(name, tuple(answers), seconds / whole if whole else 0.0)


def print_cases(cases: Sequence[Case], *, together: bool) -> None:
    """Judge cases, and print figures and what is judged wrongly, a split at a time."""
    judged = judge(cases, together=together)
    print(f"{len(cases)} cases, {'all texts together' if together else 'each alone'}: precision, recall, pairs")
    for split in sorted({case.split for case in cases}):
        of_split = [one for one in judged if one.case.split == split]
        rows = {"same": ALIKE, "differing": DIFFERING} | {name: frozenset((name,)) for name in RELATIONS[1:5]}
        for name, relations in rows.items():
            precision, recall, count = precision_recall(of_split, relations)
            print(f"  {split:9}{name:12}{precision:6.3f}{recall:8.3f}{count:6}")
        wrong = [one for one in of_split if one.truth != one.said]
        print(f"  {split:9}named rightly {len(of_split) - len(wrong)} of {len(of_split)}")
        for one in wrong:
            print(f"    {one.case.id}: is {one.truth}, said to be {one.said}: {one.case.question}")


def print_unedited(asked: Unedited) -> int:
    """Print what is said to differ in a set of which nothing was edited; the number of answers with a conflict."""
    conflicts = [
        any(each.kind is DifferenceKind.CONFLICT for each in one.agreement.differing) for _, one in asked.answers
    ]
    print(f"{asked.name}, {len(conflicts)} questions: {sum(conflicts)} false conflicts; {asked.share:.1%} of the time")
    for question, answer in asked.answers:
        for difference in answer.agreement.differing:
            print(f"  {question}: {difference.kind.value}: {' | '.join(difference.values)}")
    return sum(conflicts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and what fails; the exit status is 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.agreement", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="other cases")
    parser.add_argument(
        "--data", type=Path, metavar="DATA", help="also DATA/squad2, edited and as it is, and DATA/handbook_govpdf"
    )
    chosen = parser.parse_args(arguments)
    cases = read_cases(chosen.cases)
    print_cases(cases, together=False)
    print_cases(cases, together=True)
    if chosen.data:
        made = made_cases(answered_in_squad2(chosen.data / "squad2", HELD_OUT))
        print_cases(cases_of(made), together=False)
    print(f"false conflicts: {sum(map(print_unedited, unedited_sets(chosen.data)))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
