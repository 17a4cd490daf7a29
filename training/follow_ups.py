"""`python -m training.follow_ups DATA`: fit the models that understand follow-ups, and measure them.

Figures come from ten-fold cross-validation over whole conversations. The second stage is fitted on the guesses that the
first stage makes for conversations it has not seen. The shipped weights are fitted on all conversations. Nothing is
random.

Data: CAsT 2019, which has the largest weight, CANARD, and squad2's questions as examples that need no conversation.
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

from eval.datasets import Question as Asked
from eval.datasets import read_beir, read_conversations
from retriever import Turn
from retriever.conversation import (
    DEPENDENCE_THRESHOLD,
    FILE,
    REWRITE_THRESHOLD,
    ContextModel,
    antecedent_scores,
    resolve,
)
from retriever.conversation.antecedents import (
    ALONE,
    FEATURES,
    AntecedentScores,
    Entity,
    FollowUp,
    entities,
    recent,
    rows,
)
from retriever.conversation.confidence import CLUES, TRACES, Resolution, resolution_signals, term_signals
from retriever.conversation.rewriting import name_antecedent
from retriever.conversation.signals import SIGNALS, QuestionCues, signals_of
from retriever.learning import Floats, Regression
from retriever.text.question import Question
from retriever.text.tokens import FUNCTION_TERMS, term_of, terms
from training.fitting import fit_choice, fit_regression

FOLDS = 10
PENALTY = 0.03
C = 0.1
# The weight of a conversation of each source. CANARD's rewrites name a title that no turn holds, and add "besides ...".
COUNTS = {"cast2019": 1.0, "canard": 0.1, "squad2": 0.3}
# Read one in this many of CANARD's dialogues; reading all of them was no better.
EVERY_CANARD = 3
# An entity counts as the one that is meant from this F1 with the words that the human rewrite adds.
GOLD_F1 = 0.6
# Words of a rewrite that name no missing entity.
_GLUE = FUNCTION_TERMS | frozenset(terms("besides aside addition other than else"))
# CANARD's text for a missing answer.
_NO_ANSWER = "I don't know."


@dataclass(frozen=True, slots=True)
class Spoken:
    """One question of a conversation.

    Attributes:
        source: the data set.
        conversation: its conversation; cross-validation keeps it whole.
        text: as typed.
        rewrite: as a person wrote it to stand alone.
        turns: the earlier turns that are used, oldest first.
    """

    source: str
    conversation: str
    text: str
    rewrite: str
    turns: tuple[Turn, ...]

    @property
    def question(self) -> Question:
        """The question as typed."""
        return Question.of(self.text)

    @property
    def added(self) -> Counter[str]:
        """The terms that the human rewrite adds to the typed question."""
        return naming(self.rewrite) - naming(self.text)


def naming(text: str) -> Counter[str]:
    """Count the terms of the words that name something."""
    return Counter(term for term in terms(text) if term not in _GLUE)


def is_right(text: str, spoken: Spoken) -> bool:
    """Whether a rewrite adds only words of the human rewrite, and at least half of them."""
    added = naming(text) - naming(spoken.text)
    known = added - naming(spoken.rewrite)
    named = sum((added & spoken.added).values())
    return bool(added) and not known and named * 2 >= sum(spoken.added.values())


def is_exact(text: str, spoken: Spoken) -> bool:
    """Whether a rewrite names exactly the words of the human rewrite."""
    return naming(text) == naming(spoken.rewrite)


def conversations(data: Path) -> list[Spoken]:
    """Read every question that follows another one."""
    found = []
    for name, every in (("cast2019", 1), ("canard", EVERY_CANARD)):
        questions = read_conversations(data / name / "queries.jsonl").questions
        some = set(list(dict.fromkeys(asked.group for asked in questions))[::every])
        found += [
            _spoken(name, asked) for asked in questions if asked.history and asked.rewrite and asked.group in some
        ]
    return found + _alone(data / "squad2")


def _spoken(source: str, asked: Asked) -> Spoken:
    turns = [Turn(question, "" if answer == _NO_ANSWER else answer) for question, answer in asked.history]
    looked = tuple(turns[at] for at in reversed(recent(len(turns))))
    return Spoken(source, f"{source} {asked.group}", asked.text, asked.rewrite or asked.text, looked)


def _alone(folder: Path) -> list[Spoken]:
    """Questions of squad2 after others about the same article, without those that have a pronoun."""
    by_article: dict[str, list[Asked]] = {}
    for asked in read_beir(folder).questions:
        if asked.answerable:
            by_article.setdefault(asked.group or "", []).append(asked)
    found = []
    for article, every in by_article.items():
        for at in range(2, len(every), 2):
            before = tuple(Turn(one.text, one.answers[0]) for one in every[max(0, at - 3) : at])
            if not QuestionCues.of(Question.of(every[at].text), ()).open_cues:
                found.append(Spoken("squad2", f"squad2 {article}", every[at].text, every[at].text, before))
    return found


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
    leans = fit_regression(
        np.stack([one.signals for one in used]), np.array([bool(one.spoken.added) for one in used]), counts, C
    )
    lists = [(one.rows, one.gold, count) for one, count in zip(used, counts.tolist(), strict=True) if one.gold.any()]
    ranker = fit_choice([(each, gold) for each, gold, _ in lists], PENALTY, [count for _, _, count in lists])
    return ContextModel(leans, ranker, leans, leans)


@dataclass(frozen=True, slots=True)
class Second:
    """A question with the guess of a first stage that has not seen its conversation."""

    spoken: Spoken
    guess: Resolution

    @property
    def rewrite(self) -> str | None:
        """The question with the likeliest thing named; None if it cannot be put in."""
        return name_antecedent(self.spoken.question, self.guess.cues.open_cues, self.guess.entity)

    @property
    def right(self) -> bool:
        """Whether the rewrite names what is meant."""
        return self.rewrite is not None and is_right(self.rewrite, self.spoken)


def second_of(spoken: Spoken, model: ContextModel) -> Second:
    """Guess as at run time, where the earlier links are guesses too."""
    return Second(spoken, resolve(spoken.question, spoken.turns, antecedent_scores(spoken.turns, model), model))


def second_stage(model: ContextModel, every: Sequence[Second]) -> ContextModel:
    """Fit how likely a rewrite is right, and which words are meant."""
    traces, meant, weights = [], [], []
    for one in every:
        count = COUNTS[one.spoken.source]
        for word, row in term_signals(one.guess, one.spoken.question).items():
            traces.append(row)
            meant.append(term_of(word) in one.spoken.added)
            weights.append(count)
    words = fit_regression(np.stack(traces), np.array(meant), np.array(weights), C)
    return replace(model, right=sureness_of(every), meant=words)


def sureness_of(every: Sequence[Second]) -> Regression:
    """Fit how likely a rewrite is right, on questions that can be rewritten."""
    some = [one for one in every if one.rewrite is not None]
    counts = np.array([COUNTS[one.spoken.source] for one in some])
    return fit_regression(
        np.stack([resolution_signals(one.guess) for one in some]), np.array([one.right for one in some]), counts, C
    )


def parts(every: Sequence[Spoken]) -> list[frozenset[str]]:
    """Split the conversations into parts."""
    names = list(dict.fromkeys(one.conversation for one in every))
    return [frozenset(names[at::FOLDS]) for at in range(FOLDS)]


def left_out(firsts: Sequence[First]) -> list[Second]:
    """Guess each question with a first stage that has not seen its conversation."""
    found: dict[int, Second] = {}
    for part in parts([one.spoken for one in firsts]):
        model = first_stage([one for one in firsts if one.spoken.conversation not in part])
        for at, one in enumerate(firsts):
            if one.spoken.conversation in part:
                found[at] = second_of(one.spoken, model)
    return [found[at] for at in range(len(firsts))]


@dataclass(frozen=True, slots=True)
class Sure:
    """A guess with the probability that its rewrite is right, by weights that have not seen its conversation."""

    second: Second
    probability: float

    def is_shown(self, threshold: float) -> bool:
        """Whether the rewrite is shown."""
        return (
            self.second.rewrite is not None
            and self.second.guess.dependence >= DEPENDENCE_THRESHOLD
            and self.probability >= threshold
        )


def sure_of(seconds: Sequence[Second]) -> list[Sure]:
    """Judge each guess with a second stage that has not seen its conversation."""
    found: dict[int, Sure] = {}
    for part in parts([one.spoken for one in seconds]):
        right = sureness_of([one for one in seconds if one.spoken.conversation not in part])
        for at, one in enumerate(seconds):
            if one.spoken.conversation in part:
                found[at] = Sure(one, right.probability(resolution_signals(one.guess)))
    return [found[at] for at in range(len(seconds))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.follow_ups", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds cast2019/, canard/ and squad2/")
    parser.add_argument("--list", action="store_true", help="print every rewrite that is shown, to read")
    chosen = parser.parse_args(arguments)
    every = conversations(chosen.data)
    rewrites = {(one.conversation, one.text): one for one in every}
    firsts = [first_of(one, told(one, rewrites)) for one in every]
    seconds = left_out(firsts)
    sure = sure_of(seconds)
    _print_leaning(seconds)
    _print_chosen(seconds)
    _print_shown(sure)
    if chosen.list:
        _print_list(sure)
    _write(second_stage(first_stage(firsts), seconds))
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


def _print_chosen(seconds: Sequence[Second]) -> None:
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


def _print_shown(sure: Sequence[Sure]) -> None:
    print(
        "rewrites shown, at least this sure: how many, share of those that lean, right, the person's very words; "
        "share of those that stand alone"
    )
    for source in ("cast2019", "canard", "squad2"):
        some = [one for one in sure if one.second.spoken.source == source]
        lean = np.array([bool(one.second.spoken.added) for one in some])
        right = np.array([one.second.right for one in some])
        exact = np.array([is_exact(one.second.rewrite or "", one.second.spoken) for one in some])
        for threshold in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
            shown = np.array([one.is_shown(threshold) for one in some])
            figures = (_mean(shown[lean]), _mean(right[shown]), _mean(exact[shown]), _mean(shown[~lean]))
            print(f"{source:10}{threshold:6.2f}{shown.sum():6}" + "".join(f"{figure:8.3f}" for figure in figures))


def _print_list(sure: Sequence[Sure]) -> None:
    for one in sure:
        spoken = one.second.spoken
        if one.is_shown(REWRITE_THRESHOLD) and spoken.source != "squad2":
            mark = "right" if one.second.right else "WRONG"
            print(f"{mark} {one.probability:.2f} {spoken.text} -> {one.second.rewrite} [{spoken.rewrite}]")


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _write(model: ContextModel) -> None:
    fields = {
        "trained_on": "CAsT 2019 (TREC), MIT; CANARD (Elgohary et al. 2019) and squad2 (SQuAD 2.0), CC BY-SA 4.0",
        "signals": list(SIGNALS),
        "leans": model.dependence.fields,
        "features": list(FEATURES),
        "ranker": model.ranker.tolist(),
        "clues": list(CLUES),
        "right": model.right.fields,
        "traces": list(TRACES),
        "meant": model.meant.fields,
        "counts": COUNTS,
        "penalty": PENALTY,
        "regression_c": C,
    }
    FILE.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE.parent.name}/{FILE.name}")


if __name__ == "__main__":
    sys.exit(main())
