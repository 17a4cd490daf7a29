"""`python -m training.choices DATA`: fit how the documents choose between the readings of a follow-up.

The follow-ups are made of squad2's questions (`eval.follow_ups`, `training.fragments`) and are asked of its paragraphs;
others are of the written conversations (`training.talks`), and are asked of their answers. The right reading is the one
that comes nearest to what is meant. Figures are measured with each article, and a tenth of the conversations, left out
in turn; the shipped weights are fitted on all. Nothing is random.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from eval.datasets import DataSet, read_beir
from eval.follow_ups import FollowUp, conversations_of
from eval.runs import KEPT_LIBRARIES, assistant_over
from retriever import Assistant, Turn
from retriever.answering.readings import FILE, SIGNALS, signals_of
from retriever.learning import Flags, Floats, softmax
from training.fitting import fit_choice
from training.fragments import fragments_of, quoted_of
from training.spoken import MOST_QUOTED, answered_by_article, likeness
from training.talks import held_talks, written_talks

# L2 penalty on weights of columns of unit deviation; of 0.01, 0.03 and 0.1 the best, leaving one article out.
PENALTY = 0.03
# One in so many questions is made a fragment; one in so many follow-ups of the conversations is asked.
EVERY, EVERY_TALK = 12, 6


@dataclass(frozen=True, slots=True)
class Case:
    """A follow-up with its readings.

    Attributes:
        group: its article, which is left out.
        rows: float32 (n_readings, n_signals), likeliest by its words first.
        gold: bool (n_readings,), which of them is meant.
    """

    group: str
    rows: Floats
    gold: Flags


def cases(assistant: Assistant, asked: Iterable[tuple[str, str, str, tuple[Turn, ...]]]) -> Iterator[Case]:
    """Ask the follow-ups; those with one reading, or without a right one, teach nothing."""
    for group, typed, meant, turns in tqdm([*asked]):
        probes = assistant.probe(typed, turns)
        near = np.array([likeness(one.standalone.text, meant) for one in probes])
        if len(probes) > 1 and near.max() > 0.9 and near.min() < near.max():
            yield Case(group, np.stack([signals_of(one) for one in probes]), near >= near.max() - 1e-6)


def _follow_ups(dataset: DataSet) -> Iterator[tuple[str, str, str, tuple[Turn, ...]]]:
    for one in conversations_of(dataset):
        yield one.question.group or "", one.typed, one.question.text, one.turns
    sources = {source.id: source.text for source in dataset.documents or ()}
    for article, questions in answered_by_article(dataset).items():
        for made in fragments_of([one.text for one in questions[5::EVERY]]):
            yield article, made.typed, made.meant, (Turn(made.before, ""),)
        for made, turn in [*quoted_of(questions, sources)][1:MOST_QUOTED:3]:
            yield article, made.typed, made.meant, (turn,)


def _talks(every: Sequence[FollowUp]) -> Iterator[tuple[str, str, str, tuple[Turn, ...]]]:
    for at, one in enumerate(held_talks(every)[::EVERY_TALK]):
        yield f"talks {at // 10 % 10}", one.typed, one.question.text, one.turns


def fit(some: Sequence[Case], penalty: float = PENALTY) -> Floats:
    """Fit the weights: float32 (n_signals,)."""
    return fit_choice([(one.rows, one.gold) for one in some], penalty)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.choices", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds squad2/")
    dataset = read_beir(parser.parse_args(arguments).data / "squad2")
    with assistant_over(dataset, KEPT_LIBRARIES) as assistant:
        every = [*cases(assistant, _follow_ups(dataset))]
    talks, asked = written_talks()
    with assistant_over(talks, KEPT_LIBRARIES) as assistant:
        every += cases(assistant, _talks(asked))
    print(f"{len(every)} follow-ups; the right reading is chosen by its words alone: {_share(every, None):.3f}")
    for penalty in (0.01, 0.03, 0.1):
        hits = [right for right, _, _ in _left_out(every, penalty)]
        print(f"penalty {penalty}: chosen with the documents, each article left out: {np.mean(hits):.3f}")
    _print_sure(every)
    weights = fit(every)
    print(dict(zip(SIGNALS, weights.round(3).tolist(), strict=True)))
    FILE.write_text(json.dumps({"signals": list(SIGNALS), "weights": weights.tolist()}, indent=1) + "\n", "utf-8")
    return 0


def _left_out(every: Sequence[Case], penalty: float) -> Iterator[tuple[bool, float, str]]:
    """Whether the right reading is chosen, how likely the chosen one is, and the group, which was left out."""
    for group in dict.fromkeys(one.group for one in every):
        weights = fit([one for one in every if one.group != group], penalty)
        for one in every:
            if one.group == group:
                likely = softmax(one.rows @ weights)
                yield bool(one.gold[int(likely.argmax())]), float(likely.max()), group


def _print_sure(every: Sequence[Case]) -> None:
    """Print how many are chosen from some probability on, and how many of these rightly."""
    found = [*_left_out(every, PENALTY)]
    for name, some in (
        ("squad2", [one for one in found if "talks" not in one[2]]),
        ("talks", [one for one in found if "talks" in one[2]]),
    ):
        for threshold in (0.0, 0.4, 0.5, 0.6, 0.7, 0.8):
            right = [hit for hit, likely, _ in some if likely >= threshold]
            print(f"{name:8} chosen from {threshold}: {len(right)} of {len(some)}, of these right {np.mean(right):.3f}")


def _share(every: Sequence[Case], weights: Floats | None) -> float:
    first = [0 if weights is None else int(np.argmax(one.rows @ weights)) for one in every]
    return float(np.mean([one.gold[at] for one, at in zip(every, first, strict=True)]))


if __name__ == "__main__":
    sys.exit(main())
