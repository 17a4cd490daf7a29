"""`python -m training.talks`: how follow-ups of the written conversations are understood and answered.

Each conversation's answers are a document. So a follow-up has the sentence that answers it, among the sentences of all
other conversations. The sentences of one conversation are about the same things, and each answers another question of
it. Only conversations that nothing was trained on (`references.is_held`) are asked; the weights of the readings and of
the choice between them were fitted on these.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from eval.conversations import replies
from eval.datasets import DataSet, Gold, Question, Source
from eval.follow_ups import FollowUp
from eval.runs import KEPT_LIBRARIES, assistant_over
from retriever import Turn, Verdict
from retriever.text.question import tidy
from training.documents import QUESTIONS
from training.pair import read_lines
from training.references import is_held
from training.spoken import likeness

ALONE = "alone"
"""The kind of a question that stands alone."""

ALIKE = 0.85
"""F1 with a person's words from which a reading counts as theirs."""


def written_talks(files: int | None = None) -> tuple[DataSet, list[FollowUp]]:
    """Read the conversations: their documents, and every question after the first of each.

    Args:
        files: how many of the files, in the order of their numbers; None: all.
    """
    sources, follow_ups = [], list[FollowUp]()
    every = sorted(QUESTIONS.glob("conversations-*.jsonl"), key=lambda file: int(file.stem.rpartition("-")[2]))
    for file in every[:files]:
        for line in read_lines(file):
            answers = [tidy(turn["answer"]) for turn in line["turns"]]
            sources.append(Source(line["id"], line["subject"], " ".join(answers)))
            follow_ups += _follow_ups(line["id"], line["turns"], answers)
    questions = tuple(one.question for one in follow_ups)
    qrels = {one.id: {one.gold[0].document_id: 1} for one in questions}
    return DataSet("talks", tuple(sources), questions, qrels), follow_ups


def _follow_ups(name: str, turns: list[dict[str, str]], answers: list[str]) -> Iterator[FollowUp]:
    starts = [0, *accumulate(len(answer) + 1 for answer in answers)]
    before: list[Turn] = []
    for at, (turn, answer) in enumerate(zip(turns, answers, strict=True)):
        place = (name, starts[at], starts[at] + len(answer))
        typed, meant = tidy(turn["typed"]), tidy(turn["rewrite"])
        if before:
            asked = Question(f"{name}-{at}", meant, (Gold(*place),), (answer,), group=f"written {name}")
            yield FollowUp(asked, typed, tuple(before), (answer,), ALONE if typed == meant else "")
        before.append(Turn(typed, answer, (place,)))


def held_talks(every: Sequence[FollowUp]) -> list[FollowUp]:
    """Those of the conversations that are held back."""
    return [one for one in every if is_held(one.question.group or "")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask the follow-ups as typed alone, in their conversation, and as a person would ask them; print the counts."""
    parser = argparse.ArgumentParser(prog="python -m training.talks", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="ask one in so many")
    parser.add_argument("--files", type=int, help="only so many of the files of conversations, the first ones")
    parser.add_argument("--list", action="store_true", help="print each")
    chosen = parser.parse_args(arguments)
    dataset, every = written_talks(chosen.files)
    asked = held_talks(every)[:: chosen.every]
    counts = Counter[str]()
    with assistant_over(dataset, KEPT_LIBRARIES) as assistant:
        for one in replies(assistant, [one for one in asked if one.kind != ALONE]):
            answer, clear = one.answer, one.answer.verdict is Verdict.CLEAR
            alike = likeness(answer.understood_as, one.asked.question.text) >= ALIKE
            counts.update({name: int(right) for name, right in one.right.items()})
            counts.update(
                {"asked": 1, "clear": clear, "clear but wrong": clear and not one.right["ibid"], "alike": alike}
            )
            if chosen.list:
                print(f"{one.right['ibid']} {one.asked.typed} -> {answer.understood_as} [{one.asked.question.text}]")
        alone = [one for one in asked if one.kind == ALONE]
        changed = sum(assistant.ask(one.typed, one.turns).understood_as != one.typed for one in alone)
    print(
        f"first quotes right of {counts['asked']} that depend on earlier turns: typed alone {counts['typed']}, "
        f"in their conversation {counts['ibid']}, as a person asks {counts['rewritten']}"
    )
    print(
        f"asked as a person would (F1 {ALIKE}): {counts['alike']}; clear {counts['clear']}, "
        f"of these wrong {counts['clear but wrong']}; stand alone and were changed: {changed} of {len(alone)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
