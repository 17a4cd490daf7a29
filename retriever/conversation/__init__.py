"""A question and the turns before it -> what it means on its own: to read, and to search with.

    phrases      a sentence -> what in it may be a thing
    cues         a question -> the words in it that lean on what went before
    antecedents  the turns -> the things they name, and how near each is to the question
    signals      a question among its turns -> whether it leans on them
    confidence   a resolution -> how sure it is, as a whole and word by word
    slots        a fragment and the question it continues -> the question anew
    rewriting    a question and a thing -> the question as it would be asked alone

Two outputs: a question to read, shown only when it is surely right, and words of the conversation to search with,
each with a weight, which do their work unseen. The weights are in `model.json`, which
`python -m training.follow_ups` makes; there is no language model.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from ..answering.calibration import Regression
from ..answering.pooling import Floats
from ..answering.query import StandaloneQuestion, tidy_turns
from ..answering.ranker import softmax
from ..records import Turn
from .antecedents import ALONE, FEATURES, AntecedentScores, FollowUp, entities, recent, rows
from .confidence import CLUES, TRACES, Resolution, resolution_signals, term_signals
from .rewriting import rewritten
from .signals import SIGNALS, QuestionCues, signals_of
from .slots import fill_slot

__all__ = ["ContextModel", "understand"]

FILE = Path(__file__).with_name("model.json")
# Probability from which a question leans on the turns before it, and their words are searched for beside its own.
# On CAsT 2019 0.87 of those that lean reach it, and 0.24 of those that do not; of squad2's 0.05. At 0.7 they are 0.77,
# 0.14 and 0.01, but on the conversations over the shipped articles nDCG@10 would fall from 0.91 to 0.86.
LEANS = 0.5
# Probability that a question leans which begins with "and"; CAsT has none.
GOES_ON = 0.8
# A fragment continues the last question that stood alone where that is so many turns back at the most.
CONTINUED_WITHIN = 2
# Probability that a rewrite is right from which it is shown: on CAsT 2019, conversations left out, 0.88 of those are,
# and of its questions that lean 24 % are shown so (`python -m training.follow_ups`); from 0.6, 0.86 and 36 %.
SHOWN = 0.75
# Words of the conversation that are searched for: at most so many, each at least so likely to be meant. On follow-ups
# made of squad2's questions nDCG@10 is 0.945 at 0.4, 0.951 at 0.25, 0.964 at 0.15, and 0.963 at 0.1.
MOST_TERMS = 5
LEAST_LIKELY = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class ContextModel:
    """The trained weights.

    Attributes:
        leans: that a question leans on the turns before it.
        ranker: float32 (n_features,), which thing it leans on.
        right: that the rewrite names what is meant.
        meant: that a word of the conversation is meant.
    """

    leans: Regression
    ranker: Floats
    right: Regression
    meant: Regression

    @classmethod
    @cache
    def shipped(cls) -> "ContextModel":
        """Read the weights that ship with Ibid."""
        fields = json.loads(FILE.read_text(encoding="utf-8"))
        named = [fields[name] for name in ("signals", "features", "clues", "traces")]
        if named != [list(SIGNALS), list(FEATURES), list(CLUES), list(TRACES)]:
            raise ValueError(
                f"{FILE.name} was trained on other features; make it anew with: python -m training.follow_ups"
            )
        leans, right, meant = (Regression.of(fields[part]) for part in ("leans", "right", "meant"))
        return cls(leans, np.array(fields["ranker"], dtype=np.float32), right, meant)


def understand(question: str, history: Sequence[Turn], model: ContextModel | None = None) -> StandaloneQuestion:
    """Understand a question in its conversation.

    Args:
        question: as typed.
        history: the turns before it, oldest first.
        model: the trained weights; the shipped ones unless told.

    Returns:
        The question as it is, with nothing beside it, where it stands alone.
    """
    if not history:
        return StandaloneQuestion(question)
    model = model or ContextModel.shipped()
    history = tidy_turns(history)
    turns = tuple(history[at] for at in reversed(recent(len(history))))
    scores_before = antecedent_scores(turns, model)
    alone = max(at for at, one in enumerate(scores_before) if one.probability < LEANS)
    anew = fill_slot(question, turns[alone].question) if len(turns) - alone <= CONTINUED_WITHIN else None
    if anew:
        return StandaloneQuestion(anew, rewritten=True, turns=turns)
    resolution = resolve(question, turns, scores_before, model)
    if resolution.leans < LEANS:
        return StandaloneQuestion(question)
    fits = resolution.rewrite is not None and not resolution.is_misfit
    sure = fits and model.right.probability(resolution_signals(resolution)) >= SHOWN
    text = resolution.rewrite if sure and resolution.rewrite else question
    return StandaloneQuestion(text, _words_meant(resolution, text, model), sure, turns)


def resolve(
    question: str, turns: Sequence[Turn], scores_before: Sequence[AntecedentScores], model: ContextModel
) -> Resolution:
    """Judge a question beside the turns before it, of which it is known what they leaned on."""
    found = entities(turns, scores_before)
    asked = QuestionCues.of(question, found)
    cues = asked.leaning
    probabilities = np.zeros(0, dtype=np.float32)
    rewrite = None
    if found:
        probabilities = softmax(rows(FollowUp.of(question, cues[0] if cues else None, turns), found) @ model.ranker)
        rewrite = rewritten(question, cues, found[int(np.argmax(probabilities))])
    leans = model.leans.probability(signals_of(asked))
    return Resolution(asked, tuple(found), probabilities, max(leans, GOES_ON) if asked.goes_on else leans, rewrite)


@lru_cache(maxsize=1024)  # a conversation grows by a turn, and those before it stay as they are
def antecedent_scores(turns: tuple[Turn, ...], model: ContextModel) -> tuple[AntecedentScores, ...]:
    """What earlier questions leaned on, each judged beside those before it; the first on nothing."""
    if len(turns) < 2:
        return (ALONE,) * len(turns)
    before = antecedent_scores(turns[:-1], model)
    return (*before, resolve(turns[-1].question, turns[:-1], before, model).antecedent_scores)


def _words_meant(resolution: Resolution, text: str, model: ContextModel) -> dict[str, float]:
    """The likeliest words of the conversation that the text does not have."""
    likely = {word: model.meant.probability(traces) for word, traces in term_signals(resolution, text).items()}
    best = sorted(likely, key=lambda word: (-likely[word], word))[:MOST_TERMS]
    return {word: float(np.sqrt(likely[word])) for word in best if likely[word] >= LEAST_LIKELY}
