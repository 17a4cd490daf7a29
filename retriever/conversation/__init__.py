"""A follow-up question and the turns before it -> the questions that it may be, each standing alone.

    gaps         a question -> the places where something of the turns belongs: "it", "the symptoms ..."
    antecedents  a reading of the turns -> the things that they name, with their probabilities
    resolution   a question and its turns -> its gaps, and what may belong in each
    signals      the same -> features that tell whether it depends on the turns
    wording      a question -> how it opens, what it asks, its places and its time
    titles       a text -> its titles between quotation marks, which are never cut
    slots        a fragment and the question before -> that question, about what the fragment names
    rewriting    a question and things -> the question with their names in its gaps
    readings     a question and its turns -> what it may mean
    likelihood   a reading -> features that tell how likely it is

A question that stands alone has one reading: itself. The weights of the models are in `model.json`;
`python -m training.follow_ups` makes it. `antecedent_reader/` holds the model of `gaps`, which
`python -m training.antecedents` makes. There is no language model.
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
from .antecedents import FOLDER, recent
from .gaps import ConversationReader
from .likelihood import FEATURES as READING_FEATURES
from .likelihood import Kind, Reading, features_of
from .readings import readings_of
from .resolution import Resolution, resolution_of
from .signals import NAMES, signals_of
from .wording import is_talk, refers_to_turns

__all__ = ["ContextModel", "understand"]

FILE = Path(__file__).with_name("model.json")
# From this probability, a question is taken to depend on the turns before it, and other readings are tried.
DEPENDENCE_THRESHOLD = 0.5
# The same for a question with no word that clearly refers, which mostly stands alone: from `ALONE_THRESHOLD` on if a
# gap has a probability of `ALONE_GAP`, else from `SURELY` on. None of `eval.conversations` that stands alone is so.
ALONE_THRESHOLD, ALONE_GAP, SURELY = 0.9, 0.6, 0.965
# The least probability that a question depends on earlier turns if it begins with "and" or only asks "why". CAsT has
# no such questions.
CONTINUATION_PROBABILITY = 0.8
# Readings that are asked of the documents. More cost time, and the right one is among them more rarely.
MOST_READINGS = 3
# A question that so likely stands alone as typed, and has no word that refers, is not read in another way.
TYPED_ENOUGH = 0.5
# Characters of an earlier question that are read; longer ones take long, and the model reads only so much.
MOST_CHARACTERS = 1000
# A reading that is less likely is not asked.
LEAST_LIKELY = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class ContextModel:
    """The trained weights.

    Attributes:
        dependence: tells whether a question depends on the turns before it.
        chooser: float32 (n_reading_features,), ranks its readings.
        reader: finds its gaps and the things that belong there.
    """

    dependence: Regression
    chooser: Floats
    reader: ConversationReader

    @classmethod
    @cache
    def shipped(cls) -> "ContextModel":
        """Read the weights that ship with Ibid."""
        fields = model_fields(FILE, "python -m training.follow_ups", signals=NAMES, reading_features=READING_FEATURES)
        chooser = np.array(fields["chooser"], dtype=np.float32)
        return cls(Regression.of(fields["leans"]), chooser, ConversationReader.shipped(FOLDER))


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
    recent_turns = _recent_turns(history)
    if not recent_turns:
        return (StandaloneQuestion(question),)
    model = model or ContextModel.shipped()
    turns = resolved(recent_turns, model)
    found = likely_readings(question, turns, model)
    if found[0][0].kind is Kind.TYPED and found[0][1] >= TYPED_ENOUGH:
        return (StandaloneQuestion(question),)
    places = _places(history)
    base = turns[-1].understood_as
    resolution = resolution_of(question, turns, model.reader)
    kept, fallback = _kept(found)
    total = sum(probability for _, probability in kept)

    def standalone(reading: Reading, probability: float, *, is_fallback: bool = False) -> StandaloneQuestion:
        return StandaloneQuestion(
            Question.of(reading.text),
            probability / total,
            turns if reading.kind is not Kind.TYPED else (),
            (places[len(turns) - reading.back],) if reading.back else (),
            elsewhere=reading.elsewhere,
            beside=Question.of(base) if reading.compares else None,
            is_fallback=is_fallback,
            refers=resolution.refers_back,
        )

    return (
        *(standalone(*one) for one in kept),
        *(standalone(*one, is_fallback=True) for one in fallback),
    )


def _kept(
    found: Sequence[tuple[Reading, float]],
) -> tuple[Sequence[tuple[Reading, float]], Sequence[tuple[Reading, float]]]:
    """The readings that are asked of the documents, and what is asked if these make none likely enough."""
    joined = [one for one in found if one[0].kind is Kind.JOINED]
    plain = [one for one in found if one[0].kind is not Kind.JOINED]
    kept = [one for one in plain[:MOST_READINGS] if one[1] >= LEAST_LIKELY] or plain[:1]
    if all(one.kind is Kind.TYPED for one, _ in kept):
        return [*kept, *joined] or found[:1], ()
    # A fragment takes the place of what it is like; only which thing is meant is a guess.
    return kept, joined if kept[0][0].kind in (Kind.NAMED, Kind.COMPLETED) else ()


def likely_readings(question: Question, turns: tuple[Turn, ...], model: ContextModel) -> list[tuple[Reading, float]]:
    """The readings of a question, likeliest first, each with its probability; sum 1. The turns are `resolved`."""
    typed = [(Reading(question.text, Kind.TYPED), 1.0)]
    if is_talk(question.text):
        return typed
    resolution = resolution_of(question, turns, model.reader)
    dependence = dependence_of(resolution, model)
    if not depends(resolution, dependence):
        return typed
    found = readings_of(resolution)
    if resolution.refers and len(found) > 1:  # "When did it open?" is no question by itself
        found = tuple(one for one in found if one.kind is not Kind.TYPED)
    rows = np.stack([features_of(one, resolution, dependence) for one in found])
    return sorted(zip(found, softmax(rows @ model.chooser).tolist(), strict=True), key=lambda one: -one[1])


def dependence_of(resolution: Resolution, model: ContextModel) -> float:
    """The probability, 0..1, that a question depends on the turns before it."""
    likely = model.dependence.probability(signals_of(resolution))
    goes_on = resolution.continues or refers_to_turns(resolution.question.text)
    return max(likely, CONTINUATION_PROBABILITY) if goes_on else likely


def depends(resolution: Resolution, dependence: float) -> bool:
    """Whether a question with some probability is taken to depend on the turns before it."""
    if resolution.refers_clearly or resolution.continues or refers_to_turns(resolution.question.text):
        return dependence >= DEPENDENCE_THRESHOLD
    return dependence >= (ALONE_THRESHOLD if resolution.likeliest_gap >= ALONE_GAP else SURELY)


def _places(history: Sequence[Turn]) -> list[int]:
    """Positions of the turns that a question may refer to, oldest first; none that is talk with the program."""
    asked = [at for at, turn in enumerate(history) if not is_talk(turn.question)]
    return [asked[at] for at in reversed(recent(len(asked)))]


def _recent_turns(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns that a question may refer to, oldest first, tidied as a question is."""
    some = [history[at] for at in _places(history)]
    return tuple(
        replace(
            turn,
            question=tidy(turn.question)[:MOST_CHARACTERS],
            answer=tidy(turn.answer),
            understood_as=tidy(turn.understood_as)[:MOST_CHARACTERS],
        )
        for turn in some
    )


@lru_cache(maxsize=1024)  # a conversation grows, but its earlier turns stay the same
def resolved(turns: tuple[Turn, ...], model: ContextModel) -> tuple[Turn, ...]:
    """The turns with their questions as they were understood: as the turn says, else their likeliest reading."""
    if not turns:
        return ()
    before, last = resolved(turns[:-1], model), turns[-1]
    if last.understood_as or not before:
        text = last.understood_as or last.question
        # "Who was Ann? When was she born?": the first question is the turn before.
        own = text.removeprefix(before[-1].understood_as).strip() if before else text
        return (*before, replace(last, understood_as=own or text))
    ((reading, _), *_others) = likely_readings(Question.of(last.question), before, model)
    return (*before, replace(last, understood_as=reading.text))
