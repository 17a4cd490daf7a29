"""`python -m training.shown DATA SHEET`: write a sheet of rewrites, for somebody to judge whether each reads right.

In come follow-ups of four sets: the written conversations and those made of squad2, which the documents decide, and
CAsT 2019 and CANARD, which have no documents: there the likeliest reading is taken, of weights that have not seen the
conversation. Of each set so many rewrites are drawn at random. The sheet has the conversation as a user sees it, the
question as typed and the rewrite, in random order, without the set and without what a person wrote.

`--judged FILE` reads the sheet again with a field `right` in each line, and counts.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.conversations import open_dialogues
from eval.datasets import read_beir
from eval.follow_ups import FollowUp, conversations_of
from eval.runs import KEPT_LIBRARIES, assistant_over
from retriever import Assistant, Turn
from training.follow_ups import chosen_of, first_of, left_out, told
from training.spoken import conversations

EACH = 25
"""Rewrites of each set."""


def shown_by(assistant: Assistant, asked: Sequence[FollowUp]) -> Iterator[tuple[Sequence[Turn], str, str]]:
    """The turns, the question as typed and the rewrite, of each follow-up that is shown a rewrite."""
    for one in asked:
        answer = assistant.ask(one.typed, one.turns)
        if answer.used_turns and answer.understood_as != one.typed:
            yield one.turns, one.typed, answer.understood_as


def likeliest(data: Path) -> dict[str, list[tuple[Sequence[Turn], str, str]]]:
    """The same of CAsT and CANARD, whose questions are asked of no documents."""
    every = conversations(data)
    rewrites = {(one.conversation, one.text): one for one in every}
    seconds = left_out([first_of(one, told(one, rewrites)) for one in every], rewrites)
    found: dict[str, list[tuple[Sequence[Turn], str, str]]] = {"cast2019": [], "canard": []}
    for one, probabilities in zip(seconds, chosen_of(seconds), strict=True):
        reading = one.readings[int(probabilities.argmax())].text
        if one.spoken.source in found and reading != one.spoken.text:
            found[one.spoken.source].append((one.spoken.turns, one.spoken.text, reading))
    return found


def sheet(data: Path, seed: int) -> list[dict[str, object]]:
    """Draw the rewrites of all sets: the lines of the sheet, each with an id that begins with its set."""
    dataset = read_beir(data / "squad2")
    found = likeliest(data)
    with assistant_over(dataset, KEPT_LIBRARIES) as assistant:
        drawn = random.Random(seed).sample(conversations_of(dataset), 3 * EACH)  # noqa: S311
        found["squad2"] = list(shown_by(assistant, drawn))
    with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
        assistant, asked = open_dialogues(Path(folder) / "library")
        with assistant:
            found["dialogues"] = list(shown_by(assistant, asked))
    lines: list[dict[str, object]] = []
    for name, some in found.items():
        for at, (turns, typed, text) in enumerate(random.Random(seed).sample(some, EACH)):  # noqa: S311
            before = [{"question": turn.question, "answer": turn.answer} for turn in turns]
            lines.append({"id": f"{name}-{at}", "before": before, "typed": typed, "shown": text})
    return random.Random(seed).sample(lines, len(lines))  # noqa: S311


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a sheet, or count a judged one; the exit status is 0."""
    parser = argparse.ArgumentParser(prog="python -m training.shown", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds cast2019/, canard/ and squad2/")
    parser.add_argument("sheet", type=Path, help="the file of JSON lines to write, or to read with --judged")
    parser.add_argument("--seed", type=int, default=1, help="another draw")
    parser.add_argument("--judged", action="store_true", help="count the lines with a true field `right`")
    chosen = parser.parse_args(arguments)
    if not chosen.judged:
        lines = sheet(chosen.data, chosen.seed)
        chosen.sheet.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        print(f"{len(lines)} rewrites -> {chosen.sheet}")
        return 0
    judged = [json.loads(line) for line in chosen.sheet.read_text(encoding="utf-8").splitlines()]
    for name in ("dialogues", "squad2", "cast2019", "canard", ""):
        right = [float(line["right"]) for line in judged if line["id"].startswith(name)]
        print(f"{name or 'all':10} read right: {sum(right):.0f} of {len(right)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
