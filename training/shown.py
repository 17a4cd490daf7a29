"""`python -m training.shown DATA SHEET`: write a sheet of rewrites, for somebody to judge whether each reads right.

In come follow-ups of five sets: three whose documents decide, the conversations of `eval/dialogues`, those made of
squad2, and held ones of those written for training (`talks`); and CAsT 2019 and CANARD, which have no documents: there
the likeliest reading is taken, of weights that have not seen the conversation, or the fallback if it is not likely
enough. Of each set so many rewrites are drawn at random. The sheet has the conversation as a user sees it, the
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

import numpy as np

from eval.conversations import open_dialogues
from eval.datasets import read_beir
from eval.follow_ups import FollowUp, conversations_of
from eval.runs import KEPT_LIBRARIES, assistant_over
from retriever import Assistant, Turn
from retriever.answering.pipeline import SURE
from retriever.conversation import MOST_READINGS
from retriever.conversation.antecedents import FOLDER
from retriever.conversation.gaps import ConversationReader
from retriever.conversation.likelihood import Kind, Reading
from retriever.learning import Floats
from training.follow_ups import chosen_of, left_out, unseen
from training.talks import held_talks, written_talks

EACH = 20
"""Rewrites of each set."""


def shown_by(assistant: Assistant, asked: Sequence[FollowUp]) -> Iterator[tuple[Sequence[Turn], str, str]]:
    """The turns, the question as typed and the rewrite, of each follow-up that is shown a rewrite."""
    for one in asked:
        answer = assistant.ask(one.typed, one.turns)
        if answer.used_turns and answer.understood_as != one.typed:
            yield one.turns, one.typed, answer.understood_as


def likeliest(data: Path) -> dict[str, list[tuple[Sequence[Turn], str, str]]]:
    """The same of CAsT and CANARD, whose questions are asked of no documents."""
    choices = left_out(unseen(data), ConversationReader.shipped(FOLDER))
    found: dict[str, list[tuple[Sequence[Turn], str, str]]] = {"cast2019": [], "canard": []}
    for one, probabilities in zip(choices, chosen_of(choices), strict=True):
        reading = _likeliest(one.readings, probabilities)
        if one.spoken.source in found and reading != one.spoken.text:
            found[one.spoken.source].append((one.spoken.turns, one.spoken.text, reading))
    return found


def _likeliest(readings: Sequence[Reading], probabilities: Floats) -> str:
    """The reading that is shown where no documents are asked, as `understand` and `Pipeline` choose it."""
    order: list[int] = np.argsort(-probabilities, kind="stable").tolist()
    plain = [at for at in order if readings[at].kind is not Kind.JOINED][:MOST_READINGS]
    joined = [at for at in order if readings[at].kind is Kind.JOINED]
    is_sure = bool(plain) and float(probabilities[plain[0]] / probabilities[plain].sum()) >= SURE
    return readings[plain[0] if is_sure or not joined else joined[0]].text


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
    talks, asked = written_talks()
    with assistant_over(talks, KEPT_LIBRARIES) as assistant:
        drawn = random.Random(seed).sample(held_talks(asked), 3 * EACH)  # noqa: S311
        found["talks"] = list(shown_by(assistant, drawn))
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
    for name in ("dialogues", "squad2", "talks", "cast2019", "canard", ""):
        right = [float(line["right"]) for line in judged if line["id"].startswith(name)]
        print(f"{name or 'all':10} read right: {sum(right):.0f} of {len(right)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
