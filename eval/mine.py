"""The answers that a user has called right or wrong, asked again: what was right still is, what was wrong is mended.

In: a library with judged answers (`ibid cases`). Out: a share for each kind of case. One decision: a case whose source
no longer has the words is left out, and counted as such.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from eval.datasets import DataError
from retriever import Answer, Assistant, DocumentUnknown, JudgedCase, Judgement, Quote, Turn

MINE = "mine"
"""Instead of a file's name: the cases of the user's own library."""


class CaseKind(StrEnum):
    """A kind of case, named by what it should be now."""

    RIGHT_FIRST = "right_first"
    WRONG_NOT_FIRST = "wrong_not_first"
    STILL_REFUSED = "still_refused"
    NOW_ANSWERED = "now_answered"

    @classmethod
    def of(cls, case: JudgedCase) -> "CaseKind":
        """The kind of a case."""
        is_right = case.judgement is Judgement.RIGHT
        if case.is_refusal:
            return cls.STILL_REFUSED if is_right else cls.NOW_ANSWERED
        return cls.RIGHT_FIRST if is_right else cls.WRONG_NOT_FIRST


@dataclass(frozen=True, slots=True)
class Judged:
    """A case asked again."""

    case: JudgedCase
    kind: CaseKind
    answer: Answer
    passed: bool


def is_mine(path: Path) -> bool:
    """Whether `--questions` names judged answers: `mine`, or the folder of a library."""
    return str(path) == MINE or path.is_dir()


def evaluate_mine(path: Path, *, as_json: bool, list_wrong: bool) -> int:
    """Ask a library its judged answers again, and print what became of them.

    Args:
        path: `mine`, or the folder of a library.
        as_json: print one object.
        list_wrong: list the cases that failed.

    Raises:
        DataError: the library has no judged answers.
    """
    with Assistant.open(None if str(path) == MINE else path) as assistant:
        cases = assistant.judged_cases()
        if not cases:
            raise DataError(f"{assistant.place} has no judged answers: `ibid cases right QUESTION` keeps one.")
        judged = ask_again(assistant, cases)
    stale = len(cases) - len(judged)
    counts = {kind: [one.passed for one in judged if one.kind is kind] for kind in CaseKind}
    shares = {kind.value: round(sum(passed) / len(passed), 4) for kind, passed in counts.items() if passed}
    if as_json:
        print(json.dumps({"dataset": MINE, "n": len(judged), "changed_since": stale, "metrics": shares}))
    else:
        left_out = f"; {stale} left out, as their source has changed" if stale else ""
        print(f"{MINE}: {len(judged)} answer{'s' * (len(judged) != 1)} asked again{left_out}")
        for kind, passed in counts.items():
            if passed:
                print(f"{kind.value:20}{sum(passed):4} of {len(passed):4}")
    for one in judged if list_wrong else ():
        if not one.passed:
            said = one.answer.quotes[0].text if one.answer.quotes else one.answer.verdict.value
            print(f"\n{one.case.understood_as}", f"  {one.kind.value} failed (case {one.case.number})", sep="\n")
            print(f"  {' '.join(said.split())}")
    return 0


def ask_again(assistant: Assistant, cases: Sequence[JudgedCase]) -> list[Judged]:
    """Ask each question again, if its source still has the words."""
    right = {
        (case.understood_as, case.document_id, case.words)
        for case in cases
        if case.words and case.judgement is Judgement.RIGHT
    }
    judged = []
    for case in cases:
        if case.words and not _stands(assistant, case):
            continue
        turns = [Turn(question, answer) for question, answer in case.history]
        answer = assistant.ask(case.question, turns)
        kind = CaseKind.of(case)
        first = answer.quotes[0] if answer.quotes else None
        wanted = [(document, words) for asked, document, words in right if asked == case.understood_as]
        passed = {
            CaseKind.RIGHT_FIRST: any(_is(first, *one) for one in wanted),
            CaseKind.WRONG_NOT_FIRST: not _is(first, case.document_id, case.words),
            CaseKind.STILL_REFUSED: not answer.answered,
            CaseKind.NOW_ANSWERED: answer.answered,
        }
        judged.append(Judged(case, kind, answer, passed[kind]))
    return judged


def _stands(assistant: Assistant, case: JudgedCase) -> bool:
    try:
        return case.words in assistant.document(case.document_id).text
    except DocumentUnknown:
        return False


def _is(quote: Quote | None, document_id: str, words: str) -> bool:
    """Whether a quote has some words of a document, or is a part of them."""
    if quote is None or quote.document_id != document_id:
        return False
    return words in quote.text or quote.text in words
