"""A follow-up question and the turns before it -> the questions that it may be, each standing alone.

    cues         a question -> its words that refer to earlier turns
    antecedents  the turns -> the things they name, with features for each
    signals      a question and its turns -> features that tell whether it depends on them
    resolution   the things that a question may refer to, with their probabilities
    wording      a question -> how it opens, what it asks, its places and its time
    titles       a text -> its titles between quotation marks, which are never cut
    slots        a fragment and the question before -> that question, about what the fragment names
    rewriting    a question and a thing -> the question with the thing's name
    readings     a question and its turns -> what it may mean
    likelihood   a reading -> features that tell how likely it is

A question that stands alone has one reading: itself. The weights of the models are in `model.json`;
`python -m training.follow_ups` makes it. There is no language model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from ..answering.query import StandaloneQuestion
from ..learning import Floats, Regression, model_fields, softmax
from ..records import Turn
from ..text.question import Question, tidy
from .antecedents import ALONE, FEATURES, AntecedentScores, FollowUp, entities, recent, rows
from .likelihood import FEATURES as READING_FEATURES
from .likelihood import Kind, Reading, features_of
from .readings import readings_of
from .resolution import Resolution
from .signals import SIGNALS, QuestionCues, signals_of
from .wording import is_fragment, is_talk, refers_to_turns

__all__ = ["ContextModel", "understand"]

FILE = Path(__file__).with_name("model.json")
# From this probability, a question is taken to depend on the turns before it, and other readings are tried.
DEPENDENCE_THRESHOLD = 0.5
# The same for a question with no word that refers, which is no fragment: such a question mostly stands alone. On
# squad2's questions, which do, 0.006 reach it.
ALONE_THRESHOLD = 0.85
# The least probability that a question depends on earlier turns if it begins with "and" or only asks "why". CAsT has
# no such questions.
CONTINUATION_PROBABILITY = 0.8
# Readings that are asked of the documents. More cost time, and the right one is among them more rarely.
MOST_READINGS = 3
# A question that so likely stands alone as typed is not read in another way.
TYPED_ENOUGH = 0.5
# A reading that is less likely is not asked.
LEAST_LIKELY = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class ContextModel:
    """The trained weights.

    Attributes:
        dependence: tells whether a question depends on the turns before it.
        ranker: float32 (n_features,), ranks the things that it may refer to.
        chooser: float32 (n_reading_features,), ranks its readings.
    """

    dependence: Regression
    ranker: Floats
    chooser: Floats

    @classmethod
    @cache
    def shipped(cls) -> "ContextModel":
        """Read the weights that ship with Ibid."""
        fields = model_fields(
            FILE,
            "python -m training.follow_ups",
            signals=SIGNALS,
            features=FEATURES,
            reading_features=READING_FEATURES,
        )
        weights = (np.array(fields[part], dtype=np.float32) for part in ("ranker", "chooser"))
        return cls(Regression.of(fields["leans"]), *weights)


def understand(
    question: Question, history: Sequence[Turn], model: ContextModel | None = None
) -> tuple[StandaloneQuestion, ...]:
    """Understand a question in its conversation.

    Args:
        question: as typed.
        history: the turns before it, oldest first.
        model: the trained weights. None: the shipped ones.

    Returns:
        The questions that it may be, likeliest first. Only itself if it stands alone.
    """
    model = model or ContextModel.shipped()
    turns = resolved(_recent_turns(history), model)
    if not turns:
        return (StandaloneQuestion(question),)
    found = likely_readings(question, turns, model)
    if len(found) == 1 and found[0][0].kind is Kind.TYPED:
        return (StandaloneQuestion(question),)
    places = _places(history)
    base = turns[-1].understood_as
    if found[0][0].kind is Kind.TYPED and found[0][1] >= TYPED_ENOUGH:
        return (StandaloneQuestion(question),)
    kept = [one for one in found[:MOST_READINGS] if one[1] >= LEAST_LIKELY] or found[:1]
    if any(one.kind not in (Kind.TYPED, Kind.JOINED) for one, _ in kept):
        # Behind the question before, every question is answered by the answer to that.
        kept = [one for one in kept if one[0].kind is not Kind.JOINED]
    total = sum(probability for _, probability in kept)
    return tuple(
        StandaloneQuestion(
            Question.of(reading.text),
            probability / total,
            turns if reading.kind is not Kind.TYPED else (),
            (places[len(turns) - reading.back],) if reading.back else (),
            elsewhere=reading.elsewhere,
            beside=Question.of(base) if reading.compares else None,
        )
        for reading, probability in kept
    )


def likely_readings(question: Question, turns: tuple[Turn, ...], model: ContextModel) -> list[tuple[Reading, float]]:
    """The readings of a question, likeliest first, each with its probability; sum 1. The turns are `resolved`."""
    resolution = resolve(question, turns, antecedent_scores(turns, model), model)
    if not depends(question, resolution):
        return [(Reading(question.text, Kind.TYPED), 1.0)]
    found = readings_of(question, Question.of(turns[-1].understood_as), resolution)
    probabilities = softmax(np.stack([features_of(one, resolution) for one in found]) @ model.chooser).tolist()
    return sorted(zip(found, probabilities, strict=True), key=lambda one: -one[1])


def depends(question: Question, resolution: Resolution) -> bool:
    """Whether a question is taken to depend on the turns before it."""
    if is_talk(question.text):
        return False
    cues = resolution.cues
    refers = bool(cues.open_cues) or cues.is_continuation or is_fragment(question.text)
    refers = refers or refers_to_turns(question.text)
    return resolution.dependence >= (DEPENDENCE_THRESHOLD if refers else ALONE_THRESHOLD)


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
    if asked.is_continuation or refers_to_turns(question.text):
        dependence = max(dependence, CONTINUATION_PROBABILITY)
    return Resolution(asked, tuple(found), probabilities, dependence)


def _places(history: Sequence[Turn]) -> list[int]:
    """Positions of the turns that a question may refer to, oldest first; none that is talk with the program."""
    asked = [at for at, turn in enumerate(history) if not is_talk(turn.question)]
    return [asked[at] for at in reversed(recent(len(asked)))]


def _recent_turns(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns that a question may refer to, oldest first, tidied as a question is."""
    some = [history[at] for at in _places(history)]
    return tuple(
        replace(turn, question=tidy(turn.question), answer=tidy(turn.answer), understood_as=tidy(turn.understood_as))
        for turn in some
    )


@lru_cache(maxsize=1024)  # a conversation grows, but its earlier turns stay the same
def resolved(turns: tuple[Turn, ...], model: ContextModel) -> tuple[Turn, ...]:
    """The turns with their questions as they were understood: as the turn says, else their likeliest reading."""
    if not turns:
        return ()
    before, last = resolved(turns[:-1], model), turns[-1]
    if last.understood_as or not before:
        return (*before, replace(last, understood_as=last.understood_as or last.question))
    ((reading, _), *_others) = likely_readings(Question.of(last.question), before, model)
    return (*before, replace(last, understood_as=reading.text))


@lru_cache(maxsize=1024)
def antecedent_scores(turns: tuple[Turn, ...], model: ContextModel) -> tuple[AntecedentScores, ...]:
    """What each earlier question referred to, given the turns before it. The first referred to nothing."""
    if len(turns) < 2:
        return (ALONE,) * len(turns)
    before = antecedent_scores(turns[:-1], model)
    return (*before, resolve(Question.of(turns[-1].question), turns[:-1], before, model).antecedent_scores)
