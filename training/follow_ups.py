"""`python -m training.follow_ups DATA`: fit the models that understand follow-ups, and measure them.

Two models: whether a question depends on the turns before it, and which of its readings is meant. The third, what it
refers to, is trained before (`antecedents`); the second is fitted and measured on conversations that the third has not
seen. Figures come from ten-fold cross-validation over whole conversations. The shipped weights are fitted on all.
Nothing is random.

Data: CAsT 2019, CANARD, and squad2's questions, as they are and made into follow-ups.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retriever.conversation import FILE, ContextModel, dependence_of, depends
from retriever.conversation.antecedents import FOLDER
from retriever.conversation.gaps import ConversationReader
from retriever.conversation.likelihood import FEATURES as READING_FEATURES
from retriever.conversation.likelihood import Kind, Reading, features_of
from retriever.conversation.readings import readings_of
from retriever.conversation.resolution import resolution_of
from retriever.conversation.signals import NAMES, signals_of
from retriever.learning import Floats, Regression, softmax
from training.fitting import fit_choice, fit_regression
from training.references import is_held
from training.spoken import Spoken, conversations, likeness

FOLDS = 10
# Of the written conversations that are held back, one in so many is used: two cores need a few minutes for them.
EVERY_WRITTEN = 3
PENALTY = 0.03
C = 0.1
# The weight of a question of each source. CANARD's rewrites name a title that no turn holds, and add "besides ...".
COUNTS = {"written": 1.0, "cast2019": 1.0, "canard": 0.1, "squad2": 0.3, "made": 0.5}


def unseen(data: Path) -> list[Spoken]:
    """The questions that the reader of antecedents has not seen; of the written conversations, one in so many."""
    every = [one for one in conversations(data) if one.source in ("squad2", "made") or is_held(one.conversation)]
    written = list(dict.fromkeys(one.conversation for one in every if one.source == "written"))
    left = {name for at, name in enumerate(written) if at % EVERY_WRITTEN}
    return [one for one in every if one.conversation not in left]


def fit_dependence(every: Sequence[Spoken], reader: ConversationReader) -> Regression:
    """Fit whether a question depends on the turns before it; what was made is no sample of what people ask."""
    some = [one for one in every if one.source != "made"]
    signals = [signals_of(resolution_of(one.question, one.turns, reader)) for one in some]
    counts = np.array([COUNTS[one.source] for one in some])
    return fit_regression(np.stack(signals), np.array([bool(one.added) for one in some]), counts, C)


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with its readings, made by models that have not seen its conversation.

    Attributes:
        spoken: the question.
        dependence: probability, 0..1, that it depends on the turns before it.
        readings: what it may mean; only itself if it is taken for one that stands alone.
        rows: float32 (n_readings, n_features).
        likeness: float32 (n_readings,), 0..1, how near each comes to a person's rewrite.
    """

    spoken: Spoken
    dependence: float
    readings: tuple[Reading, ...]
    rows: Floats
    likeness: Floats

    @property
    def gold(self) -> NDArray[np.bool_]:
        """The readings that come nearest to the person's rewrite: bool (n_readings,)."""
        best = self.likeness >= self.likeness.max() - 1e-6
        plain = best & np.array([one.kind is not Kind.JOINED for one in self.readings])
        return np.asarray(plain if plain.any() else best, dtype=np.bool_)


def choice_of(spoken: Spoken, model: ContextModel) -> Choice:
    """Make the readings of a question, as at run time."""
    resolution = resolution_of(spoken.question, spoken.turns, model.reader)
    dependence = dependence_of(resolution, model)
    found: tuple[Reading, ...] = (Reading(spoken.text, Kind.TYPED),)
    if depends(resolution, dependence):
        found = readings_of(resolution)
    rows = np.stack([features_of(one, resolution, dependence) for one in found])
    near = np.array([likeness(one.text, spoken.rewrite) for one in found], dtype=np.float32)
    return Choice(spoken, dependence, found, rows, near)


def fit_chooser(every: Sequence[Choice]) -> Floats:
    """Fit which reading is meant: float32 (n_reading_features,)."""
    some = [one for one in every if len(one.readings) > 1]
    return fit_choice([(one.rows, one.gold) for one in some], PENALTY, [COUNTS[one.spoken.source] for one in some])


def parts(every: Sequence[Spoken]) -> list[frozenset[str]]:
    """Split the conversations into parts."""
    names = list(dict.fromkeys(one.conversation for one in every))
    return [frozenset(names[at::FOLDS]) for at in range(FOLDS)]


def left_out(every: Sequence[Spoken], reader: ConversationReader) -> list[Choice]:
    """The readings of each question, by a model of dependence that has not seen its conversation."""
    found: dict[int, Choice] = {}
    for part in parts(every):
        dependence = fit_dependence([one for one in every if one.conversation not in part], reader)
        model = ContextModel(dependence, np.zeros(len(READING_FEATURES), dtype=np.float32), reader)
        found |= {at: choice_of(one, model) for at, one in enumerate(every) if one.conversation in part}
    return [found[at] for at in range(len(every))]


def chosen_of(choices: Sequence[Choice]) -> list[Floats]:
    """The probabilities of each question's readings, by a chooser that has not seen its conversation."""
    found: dict[int, Floats] = {}
    for part in parts([one.spoken for one in choices]):
        chooser = fit_chooser([one for one in choices if one.spoken.conversation not in part])
        for at, one in enumerate(choices):
            if one.spoken.conversation in part:
                found[at] = softmax(one.rows @ chooser)
    return [found[at] for at in range(len(choices))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.follow_ups", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds cast2019/, canard/ and squad2/")
    parser.add_argument("--list", action="store_true", help="print every likeliest reading, to read")
    chosen = parser.parse_args(arguments)
    reader = ConversationReader.shipped(FOLDER)
    every = unseen(chosen.data)
    choices = left_out(every, reader)
    probabilities = chosen_of(choices)
    _print_dependence(choices)
    _print_readings(choices, probabilities)
    if chosen.list:
        _print_list(choices, probabilities)
    _write(fit_dependence(every, reader), fit_chooser(choices))
    return 0


def _of(choices: Sequence[Choice], source: str) -> list[Choice]:
    return [one for one in choices if one.spoken.source == source]


def _print_dependence(choices: Sequence[Choice]) -> None:
    print("does it depend on the turns before?  at least, precision, recall, of those alone taken for such")
    for source in ("written", "cast2019", "canard", "squad2"):
        some = _of(choices, source)
        depend = np.array([bool(one.spoken.added) for one in some])
        probability = np.array([one.dependence for one in some])
        for threshold in (0.3, 0.5, 0.7, 0.85):
            said = probability >= threshold
            figures = (_mean(depend[said]), _mean(said[depend]), _mean(said[~depend]))
            print(f"{source:10}{threshold:6.2f}" + "".join(f"{figure:8.3f}" for figure in figures))


def _print_readings(choices: Sequence[Choice], probabilities: Sequence[Floats]) -> None:
    print("F1 with a person's rewrite of those that depend: as typed, likeliest reading, best of 3, best of all;")
    print("  likeliest is the person's very words, is among the first 3; share of those alone that are changed")
    for source in COUNTS:
        some = [(one, p) for one, p in zip(choices, probabilities, strict=True) if one.spoken.source == source]
        depend = [(one, np.argsort(-p, kind="stable")) for one, p in some if one.spoken.added]
        alone = [one.readings[int(np.argmax(p))].kind is not Kind.TYPED for one, p in some if not one.spoken.added]
        figures = [
            np.mean([one.likeness[0] for one, _ in depend] or [np.nan]),
            np.mean([one.likeness[order[0]] for one, order in depend] or [np.nan]),
            np.mean([one.likeness[order[:3]].max() for one, order in depend] or [np.nan]),
            np.mean([one.likeness.max() for one, _ in depend] or [np.nan]),
            np.mean([one.likeness[order[0]] > 0.999 for one, order in depend] or [np.nan]),
            np.mean([one.likeness[order[:3]].max() > 0.999 for one, order in depend] or [np.nan]),
            np.mean(alone) if alone else np.nan,
        ]
        print(f"{source:10}{len(depend):6}{len(alone):6}" + "".join(f"{figure:8.3f}" for figure in figures))


def _print_list(choices: Sequence[Choice], probabilities: Sequence[Floats]) -> None:
    for one, probability in zip(choices, probabilities, strict=True):
        best = int(np.argmax(probability))
        if len(one.readings) > 1:
            spoken, reading = one.spoken, one.readings[best]
            mark = f"{one.likeness[best]:.2f} {probability[best]:.2f} {reading.kind}"
            before = spoken.turns[-1].question
            print(f"{spoken.source} {mark} {before} | {spoken.text} -> {reading.text} [{spoken.rewrite}]")


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _write(dependence: Regression, chooser: Floats) -> None:
    fields = {
        "trained_on": "CAsT 2019 (TREC), MIT; CANARD (Elgohary et al. 2019) and squad2 (SQuAD 2.0), CC BY-SA 4.0",
        "signals": list(NAMES),
        "leans": dependence.fields,
        "reading_features": list(READING_FEATURES),
        "chooser": chooser.tolist(),
        "counts": COUNTS,
        "penalty": PENALTY,
        "regression_c": C,
    }
    FILE.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE.parent.name}/{FILE.name}")


if __name__ == "__main__":
    sys.exit(main())
