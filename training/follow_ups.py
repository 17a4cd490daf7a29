"""`python -m training.follow_ups DATA`: fit the models that understand follow-ups, and measure them.

Three models: whether a question depends on the turns before it, which thing it refers to, and which of its readings is
meant. Figures come from ten-fold cross-validation over whole conversations; the third model is fitted on what the first
two say of conversations that they have not seen. The shipped weights are fitted on all. Nothing is random.

Data: CAsT 2019, which has the largest weight, CANARD, and squad2's questions, as they are and made into follow-ups.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retriever.conversation import FILE, ContextModel, antecedent_scores, depends, resolve
from retriever.conversation.antecedents import (
    ALONE,
    FEATURES,
    AntecedentScores,
    Entity,
    FollowUp,
    entities,
    rows,
)
from retriever.conversation.likelihood import FEATURES as READING_FEATURES
from retriever.conversation.likelihood import Kind, Reading, features_of
from retriever.conversation.readings import readings_of
from retriever.conversation.resolution import Resolution
from retriever.conversation.signals import SIGNALS, QuestionCues, signals_of
from retriever.learning import Floats, softmax
from retriever.text.question import Question
from training.fitting import fit_choice, fit_regression
from training.spoken import Spoken, conversations, likeness

FOLDS = 10
PENALTY = 0.03
C = 0.1
# The weight of a conversation of each source. CANARD's rewrites name a title that no turn holds, and add "besides ...".
COUNTS = {"cast2019": 1.0, "canard": 0.1, "squad2": 0.3, "made": 0.5}
# An entity counts as the one that is meant from this F1 with the words that the human rewrite adds.
GOLD_F1 = 0.6


@dataclass(frozen=True, slots=True)
class First:
    """A training example of the first stage: what the question depends on comes from the human rewrite.

    Attributes:
        spoken: the question.
        signals: float32 (n_signals,).
        rows: float32 (n_entities, n_features).
        gold: bool (n_entities,), the things that are meant.
    """

    spoken: Spoken
    signals: Floats
    rows: Floats
    gold: NDArray[np.bool_]


def told(spoken: Spoken, rewrites: Mapping[tuple[str, str], Spoken]) -> list[AntecedentScores]:
    """What the earlier questions depended on, according to their human rewrites."""
    leaned = [ALONE]
    for at in range(1, len(spoken.turns)):
        earlier = rewrites.get((spoken.conversation, spoken.turns[at].question))
        before = entities(spoken.turns[:at], leaned)
        gold = gold_of(before, earlier.added if earlier else Counter())
        on = {one.terms: 1 / gold.sum() for one, meant in zip(before, gold, strict=True) if meant}
        leaned.append(AntecedentScores(float(earlier is not None and bool(earlier.added)), on))
    return leaned


def first_of(spoken: Spoken, leaned: Sequence[AntecedentScores]) -> First:
    """Make a question's example, given what the earlier turns depended on."""
    found = entities(spoken.turns, leaned)
    question = QuestionCues.of(spoken.question, found)
    cue = question.open_cues[0] if question.open_cues else None
    follow_up = FollowUp.of(spoken.question, cue, spoken.turns)
    return First(spoken, signals_of(question), rows(follow_up, found), gold_of(found, spoken.added))


def gold_of(found: Sequence[Entity], added: Counter[str]) -> NDArray[np.bool_]:
    """The entities that best match the added words, or none: bool (n_entities,)."""
    f1 = np.array([2 * sum((Counter(one.terms) & added).values()) / (len(one.terms) + added.total()) for one in found])
    return (f1 >= max(float(f1.max(initial=0.0)), GOLD_F1)) & bool(added)


def first_stage(told_of: Sequence[First]) -> ContextModel:
    """Fit whether a question depends on earlier turns, and on what: with the true earlier links, then guesses."""
    model = _fitted(told_of)
    return _fitted([first_of(one.spoken, antecedent_scores(one.spoken.turns, model)) for one in told_of])


def _fitted(used: Sequence[First]) -> ContextModel:
    counts = np.array([COUNTS[one.spoken.source] for one in used])
    # What was made is no sample of what people ask: whether a question depends is learned from the others.
    of_people = counts * np.array([one.spoken.source != "made" for one in used])
    leans = fit_regression(
        np.stack([one.signals for one in used]), np.array([bool(one.spoken.added) for one in used]), of_people, C
    )
    lists = [(one.rows, one.gold, count) for one, count in zip(used, counts.tolist(), strict=True) if one.gold.any()]
    ranker = fit_choice([(each, gold) for each, gold, _ in lists], PENALTY, [count for _, _, count in lists])
    return ContextModel(leans, ranker, np.zeros(len(READING_FEATURES), dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Second:
    """A question with the guess of a first stage that has not seen its conversation, and its readings.

    Attributes:
        spoken: the question.
        guess: the things that it may refer to.
        readings: what it may mean; only itself if the first stage takes it for one that stands alone.
        rows: float32 (n_readings, n_features).
        likeness: float32 (n_readings,), 0..1, how near each comes to a person's rewrite.
    """

    spoken: Spoken
    guess: Resolution
    readings: tuple[Reading, ...]
    rows: Floats
    likeness: Floats

    @property
    def gold(self) -> NDArray[np.bool_]:
        """The readings that come nearest to the person's rewrite: bool (n_readings,)."""
        best = self.likeness >= self.likeness.max() - 1e-6
        plain = best & np.array([one.kind is not Kind.JOINED for one in self.readings])
        return np.asarray(plain if plain.any() else best, dtype=np.bool_)


def second_of(spoken: Spoken, model: ContextModel, base: str) -> Second:
    """Guess as at run time, where the earlier links are guesses too."""
    guess = resolve(spoken.question, spoken.turns, antecedent_scores(spoken.turns, model), model)
    found: tuple[Reading, ...] = (Reading(spoken.text, Kind.TYPED),)
    if depends(spoken.question, guess):
        found = readings_of(spoken.question, Question.of(base), guess)
    near = np.array([likeness(one.text, spoken.rewrite) for one in found], dtype=np.float32)
    return Second(spoken, guess, found, np.stack([features_of(one, guess) for one in found]), near)


def fit_chooser(every: Sequence[Second]) -> Floats:
    """Fit which reading is meant: float32 (n_reading_features,)."""
    some = [one for one in every if len(one.readings) > 1]
    return fit_choice([(one.rows, one.gold) for one in some], PENALTY, [COUNTS[one.spoken.source] for one in some])


def parts(every: Sequence[Spoken]) -> list[frozenset[str]]:
    """Split the conversations into parts."""
    names = list(dict.fromkeys(one.conversation for one in every))
    return [frozenset(names[at::FOLDS]) for at in range(FOLDS)]


def left_out(firsts: Sequence[First], rewrites: Mapping[tuple[str, str], Spoken]) -> list[Second]:
    """Guess each question with a first stage that has not seen its conversation."""
    found: dict[int, Second] = {}
    for part in parts([one.spoken for one in firsts]):
        model = first_stage([one for one in firsts if one.spoken.conversation not in part])
        for at, one in enumerate(firsts):
            if one.spoken.conversation in part:
                found[at] = second_of(one.spoken, model, one.spoken.turns[-1].understood_as)
    return [found[at] for at in range(len(firsts))]


def chosen_of(seconds: Sequence[Second]) -> list[Floats]:
    """The probabilities of each question's readings, by a chooser that has not seen its conversation."""
    found: dict[int, Floats] = {}
    for part in parts([one.spoken for one in seconds]):
        chooser = fit_chooser([one for one in seconds if one.spoken.conversation not in part])
        for at, one in enumerate(seconds):
            if one.spoken.conversation in part:
                found[at] = softmax(one.rows @ chooser)
    return [found[at] for at in range(len(seconds))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.follow_ups", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds cast2019/, canard/ and squad2/")
    parser.add_argument("--list", action="store_true", help="print every likeliest reading, to read")
    chosen = parser.parse_args(arguments)
    every = conversations(chosen.data)
    rewrites = {(one.conversation, one.text): one for one in every}
    firsts = [first_of(one, told(one, rewrites)) for one in every]
    seconds = left_out(firsts, rewrites)
    probabilities = chosen_of(seconds)
    _print_leaning(seconds)
    _print_things(seconds)
    _print_readings(seconds, probabilities)
    if chosen.list:
        _print_list(seconds, probabilities)
    _write(replace(first_stage(firsts), chooser=fit_chooser(seconds)))
    return 0


def _of(sure: Sequence[Second], source: str) -> list[Second]:
    return [one for one in sure if one.spoken.source == source]


def _print_leaning(seconds: Sequence[Second]) -> None:
    print("does it lean on the turns before?  at least, precision, recall, of those alone taken for leaning")
    for source in ("cast2019", "canard", "squad2"):
        some = _of(seconds, source)
        leans = np.array([bool(one.spoken.added) for one in some])
        probability = np.array([one.guess.dependence for one in some])
        for threshold in (0.3, 0.5, 0.7, 0.85):
            said = probability >= threshold
            figures = (_mean(leans[said]), _mean(said[leans]), _mean(said[~leans]))
            print(f"{source:10}{threshold:6.2f}" + "".join(f"{figure:8.3f}" for figure in figures))


def _print_things(seconds: Sequence[Second]) -> None:
    print(
        "is the likeliest thing the one meant?  of all that lean, of those with a cue, at p >= .5, with a cue and that"
    )
    for source in ("cast2019", "canard"):
        some = [one for one in _of(seconds, source) if one.spoken.added and one.guess.entities]
        right = np.array([bool(_gold(one)[int(np.argmax(one.guess.probabilities))]) for one in some])
        cue = np.array([bool(one.guess.cues.open_cues) for one in some])
        sure = np.array([float(one.guess.probabilities.max()) >= 0.5 for one in some])
        print(
            f"{source:10}"
            + "".join(f"{_mean(right[at]):8.3f} ({at.sum()})" for at in (cue | True, cue, sure, cue & sure))
        )


def _gold(one: Second) -> NDArray[np.bool_]:
    return gold_of(one.guess.entities, one.spoken.added)


def _print_readings(seconds: Sequence[Second], probabilities: Sequence[Floats]) -> None:
    print("F1 with a person's rewrite of those that depend: as typed, likeliest reading, best of 3, best of all;")
    print("  likeliest is the person's very words, is among the first 3; share of those alone that are changed")
    for source in COUNTS:
        some = [(one, p) for one, p in zip(seconds, probabilities, strict=True) if one.spoken.source == source]
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


def _print_list(seconds: Sequence[Second], probabilities: Sequence[Floats]) -> None:
    for one, probability in zip(seconds, probabilities, strict=True):
        best = int(np.argmax(probability))
        if len(one.readings) > 1:
            spoken, reading = one.spoken, one.readings[best]
            mark = f"{one.likeness[best]:.2f} {probability[best]:.2f} {reading.kind}"
            before = spoken.turns[-1].question
            print(f"{spoken.source} {mark} {before} | {spoken.text} -> {reading.text} [{spoken.rewrite}]")


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _write(model: ContextModel) -> None:
    fields = {
        "trained_on": "CAsT 2019 (TREC), MIT; CANARD (Elgohary et al. 2019) and squad2 (SQuAD 2.0), CC BY-SA 4.0",
        "signals": list(SIGNALS),
        "leans": model.dependence.fields,
        "features": list(FEATURES),
        "ranker": model.ranker.tolist(),
        "reading_features": list(READING_FEATURES),
        "chooser": model.chooser.tolist(),
        "counts": COUNTS,
        "penalty": PENALTY,
        "regression_c": C,
    }
    FILE.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE.parent.name}/{FILE.name}")


if __name__ == "__main__":
    sys.exit(main())
