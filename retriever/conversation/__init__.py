"""A follow-up question and the turns before it -> the question as it stands alone.

    cues         a question -> its words that refer to earlier turns
    antecedents  the turns -> the things they name, with features for each
    signals      a question and its turns -> features that tell whether it refers to them
    confidence   a resolution -> features that tell how likely it is right
    rewriting    a question and a thing, or a fragment and an earlier question -> a question that stands alone

There are two outputs. One is a question to read, shown only when it is very likely right. The other is weighted words
of the conversation, which are added to the search without being shown. The weights of the models are in `model.json`;
`python -m training.follow_ups` makes it. There is no language model.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from ..answering.query import StandaloneQuestion
from ..learning import Floats, Regression, softmax
from ..records import Turn
from ..text.question import Question, tidy
from .antecedents import ALONE, FEATURES, AntecedentScores, FollowUp, entities, recent, rows
from .confidence import CLUES, TRACES, Resolution, likely_words, resolution_signals
from .rewriting import fill_slot, name_antecedent
from .signals import SIGNALS, QuestionCues, signals_of

__all__ = ["ContextModel", "understand"]

FILE = Path(__file__).with_name("model.json")
# From this probability, a question is taken to depend on the turns before it: their words are added to the search.
# On CAsT 2019, 0.87 of the dependent questions reach it and 0.24 of the others; on squad2, 0.05 of the others. At 0.7
# it would be 0.77, 0.14 and 0.01, but nDCG@10 on the shipped conversations would fall from 0.91 to 0.86.
DEPENDENCE_THRESHOLD = 0.5
# The least probability that a question beginning with "and" depends on earlier turns. CAsT has no such questions.
CONTINUATION_PROBABILITY = 0.8
# A fragment continues the last question that stood alone, if that is at most so many turns back.
CONTINUED_WITHIN = 2
# From this probability of being right, a rewrite is shown. On held-out conversations of CAsT 2019, 0.88 of those are
# right, and 24 % of the dependent questions get one (`python -m training.follow_ups`). At 0.6 it is 0.86 and 36 %.
REWRITE_THRESHOLD = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class ContextModel:
    """The trained weights.

    Attributes:
        dependence: tells whether a question depends on the turns before it.
        ranker: float32 (n_features,), ranks the things that it may refer to.
        right: tells whether the rewrite names the right thing.
        meant: tells whether a word of the conversation is meant.
    """

    dependence: Regression
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
                f"{FILE.name} was trained on other features; make it again with: python -m training.follow_ups"
            )
        dependence, right, meant = (Regression.of(fields[part]) for part in ("leans", "right", "meant"))
        return cls(dependence, np.array(fields["ranker"], dtype=np.float32), right, meant)


def understand(question: Question, history: Sequence[Turn], model: ContextModel | None = None) -> StandaloneQuestion:
    """Understand a question in its conversation.

    Args:
        question: as typed.
        history: the turns before it, oldest first.
        model: the trained weights. None: the shipped ones.

    Returns:
        The question that stands alone; unchanged if it already does.
    """
    if not history:
        return StandaloneQuestion(question)
    model = model or ContextModel.shipped()
    turns = _recent_turns(history)
    scores_before = antecedent_scores(turns, model)
    resolution = resolve(question, turns, scores_before, model)
    alone = max(at for at, one in enumerate(scores_before) if one.probability < DEPENDENCE_THRESHOLD)
    if len(turns) - alone <= CONTINUED_WITHIN:
        continued = fill_slot(question, Question.of(turns[alone].question))
        if continued:
            return StandaloneQuestion(Question.of(continued), rewritten=True, turns=turns)
    if resolution.dependence < DEPENDENCE_THRESHOLD:
        return StandaloneQuestion(question)
    rewrite = name_antecedent(question, resolution.cues.open_cues, resolution.entity)
    sure = rewrite is not None and not resolution.is_misfit
    sure = sure and model.right.probability(resolution_signals(resolution)) >= REWRITE_THRESHOLD
    read = Question.of(rewrite) if sure and rewrite else question
    return StandaloneQuestion(read, likely_words(resolution, read, model.meant), sure, turns)


def resolve(
    question: Question, turns: Sequence[Turn], scores_before: Sequence[AntecedentScores], model: ContextModel
) -> Resolution:
    """Find what a question refers to, given what the earlier questions referred to."""
    found = entities(turns, scores_before)
    asked = QuestionCues.of(question, found)
    probabilities = np.zeros(0, dtype=np.float32)
    if found:
        follow_up = FollowUp.of(question, asked.open_cues[0] if asked.open_cues else None, turns)
        probabilities = softmax(rows(follow_up, found) @ model.ranker)
    dependence = model.dependence.probability(signals_of(asked))
    if asked.is_continuation:
        dependence = max(dependence, CONTINUATION_PROBABILITY)
    return Resolution(asked, tuple(found), probabilities, dependence)


def _recent_turns(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns that a question may refer to, oldest first, tidied as a question is."""
    some = [history[at] for at in reversed(recent(len(history)))]
    return tuple(replace(turn, question=tidy(turn.question), answer=tidy(turn.answer)) for turn in some)


@lru_cache(maxsize=1024)  # a conversation grows, but its earlier turns stay the same
def antecedent_scores(turns: tuple[Turn, ...], model: ContextModel) -> tuple[AntecedentScores, ...]:
    """What each earlier question referred to, given the turns before it. The first referred to nothing."""
    if len(turns) < 2:
        return (ALONE,) * len(turns)
    before = antecedent_scores(turns[:-1], model)
    return (*before, resolve(Question.of(turns[-1].question), turns[:-1], before, model).antecedent_scores)
