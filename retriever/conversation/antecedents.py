"""The turns before a question -> the things they name, and features of each as what the question refers to.

In: earlier questions and their answers. Out: `Entity`s with all their mentions, and a row of features for each. One
decision: a thing is its content words, wherever they stand, so that repeated mentions count together. A question that
referred to a thing counts as a mention too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..learning import Floats
from ..records import Turn
from ..text.phrases import Phrase
from ..text.question import Question
from ..text.tokens import terms
from .cues import PRONOUNS, Cue, Role, cues
from .titles import phrases_of

# How many turns back a question may refer, besides the first turn, which often names the topic.
TURNS = 7
# Characters of an answer that are read; a quote is one to three sentences.
ANSWER_CHARACTERS = 600
# Parts and traits. A question about one rather refers to the thing after its "of", or to a thing named earlier.
TRAITS = frozenset(
    terms(
        """advantages article aspects benefits causes characteristics characters cons cost cure definition development
        differences disadvantages effects examples factors features findings function future goal history impact
        importance information inventions kinds meaning members origin part process pros purpose reasons relationship
        requirements results risks role side sign significance similarities sources symptoms system themes treatment
        types uses variety years day time"""
    )
)
# Words that ask only about the thing itself: "describe the oceanic crust", "tell me more about".
_PLAIN = frozenset(terms("tell describe explain define mean work happened")) | {"s"}


@lru_cache(maxsize=1024)
def topic_of(question: Question) -> Phrase | None:
    """The single thing that a question asks about: "what is taurine", "tell me about the RICE method"."""
    naming = question.naming_terms - _PLAIN
    whole = [one for one in phrases_of(question.text) if naming and naming <= set(one.terms)]
    if not whole or cues(question) or set(whole[-1].terms) & TRAITS:
        return None
    one = whole[-1]
    if one.start > 0 and any(word[0].isupper() for word in one.text.split()):
        return one
    return one if one.article != "the" and (len(one.terms) == 1 or not one.plural) else None


@dataclass(frozen=True, slots=True)
class AntecedentScores:
    """What an earlier question probably referred to.

    Attributes:
        probability: that it referred to anything, 0..1.
        on: terms of each thing -> probability that it referred to that.
    """

    probability: float
    on: Mapping[tuple[str, ...], float]


ALONE = AntecedentScores(0.0, {})


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase of an earlier turn, and its place.

    Attributes:
        phrase: the phrase.
        back: how many turns before the question, 1 for the last.
        answer: whether it is from an answer, not a question.
        first: whether it is from the first question of the conversation.
        text: the text that it is from.
        fresh: probability, 0..1, that it is from the newest question that stood alone.
        topic: whether it is the single thing that a question asked about, and no later question had another.
        stale: whether a later question asked about another single thing.
    """

    phrase: Phrase
    back: int
    answer: bool
    first: bool
    text: str
    fresh: float
    topic: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that the conversation named.

    Attributes:
        terms: the terms of its naming words.
        mentions: newest first, questions before answers.
        references: how many turns back a question was -> probability that it referred to this.
        pronoun: "he" or "she", if an earlier question called it so; else empty.
    """

    terms: tuple[str, ...]
    mentions: tuple[Mention, ...]
    references: Mapping[int, float]
    pronoun: str = ""

    @property
    def shown(self) -> Mention:
        """The mention that names it in a rewrite: the newest in a question, else the newest."""
        return next((one for one in self.mentions if not one.answer), self.mentions[0])


def entities(history: Sequence[Turn], scores_before: Sequence[AntecedentScores]) -> list[Entity]:
    """Collect the things that the turns before a question name.

    Args:
        history: the turns, oldest first.
        scores_before: for each, what its question referred to.
    """
    found: dict[tuple[str, ...], list[Mention]] = {}
    called = _called(history)
    later, stale = 1.0, False
    for at in reversed(range(len(history))):
        turn, fresh = history[at], later * (1 - scores_before[at].probability)
        later *= scores_before[at].probability
        question = Question.of(turn.understood_as or turn.question)
        topic = topic_of(Question.of(turn.question))
        for phrase in phrases_of(question.text):
            mention = Mention(
                phrase, len(history) - at, False, at == 0, question.text, fresh, phrase == topic and not stale, stale
            )
            found.setdefault(phrase.terms, []).append(mention)
        answer = turn.answer[:ANSWER_CHARACTERS]
        for phrase in phrases_of(answer):
            mention = Mention(phrase, len(history) - at, True, at == 0, answer, 0.0, False, stale)
            found.setdefault(phrase.terms, []).append(mention)
        stale = stale or topic is not None
    found.pop((), None)
    return [
        Entity(
            key,
            tuple(mentions),
            {len(history) - at: one.on[key] for at, one in enumerate(scores_before) if key in one.on},
            called.get(key, ""),
        )
        for key, mentions in found.items()
    ]


def _called(history: Sequence[Turn]) -> dict[tuple[str, ...], str]:
    """Terms of each thing that an earlier question called "he" or "she" -> that pronoun."""
    found: dict[tuple[str, ...], str] = {}
    for turn in history:
        typed = Question.of(turn.question)
        pronouns = {PRONOUNS[cue.word] for cue in cues(typed) if cue.person}
        if len(pronouns) == 1 and turn.understood_as not in ("", turn.question):
            for phrase in phrases_of(turn.understood_as):
                if phrase.named and not phrase.joint and not set(phrase.terms) & typed.naming_terms:
                    found[phrase.terms] = min(pronouns)
    return found


def recent(count: int) -> list[int]:
    """Positions of the turns that a question may refer to, newest first."""
    last = list(range(count - 1, max(-1, count - 1 - TURNS), -1))
    return last if not count or 0 in last else [*last, 0]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question and its first cue, ready to be compared with things.

    Attributes:
        question: the question.
        cue: the word that refers, or None if the question leaves something out.
        topic: how many turns back a question last asked about a single thing.
    """

    question: Question
    cue: Cue | None
    topic: int

    @classmethod
    def of(cls, question: Question, cue: Cue | None, history: Sequence[Turn]) -> "FollowUp":
        """Find when a question last asked about a single thing."""
        introducing = (back for back, turn in enumerate(reversed(history), 1) if topic_of(Question.of(turn.question)))
        return cls(question, cue, next(introducing, len(history)))


def _nearest(entity: Entity, *, answer: bool) -> float:
    return max((1 / one.back for one in entity.mentions if one.answer is answer), default=0.0)


def _agrees(follow_up: FollowUp, entity: Entity) -> float:
    if follow_up.cue is None or follow_up.cue.role is Role.POINTED:
        return 0.0
    return 1.0 if entity.shown.phrase.plural == follow_up.cue.plural else -1.0


def _is_person(entity: Entity) -> bool:
    phrase = entity.shown.phrase
    return phrase.named and not phrase.article and not any(letter.isdigit() for letter in phrase.text)


def _suits_person(follow_up: FollowUp, entity: Entity) -> float:
    if follow_up.cue is None or not follow_up.cue.person:
        return 0.0
    return 1.0 if _is_person(entity) else -1.0


def _elaborates(follow_up: FollowUp, entity: Entity) -> bool:
    """Whether it is a fuller name for a word of the question: "the Stanford Experiment" for "the experiment"."""
    return len(entity.terms) > 1 and entity.terms[-1] in follow_up.question.naming_terms


def _repeats(follow_up: FollowUp, entity: Entity) -> bool:
    return bool(follow_up.question.naming_terms & set(entity.terms)) and not _elaborates(follow_up, entity)


def _any(entity: Entity, holds: Callable[[Mention], bool]) -> float:
    return float(any(holds(one) for one in entity.mentions))


FEATURES: Mapping[str, Callable[[FollowUp, Entity], float]] = {
    "question": lambda asks, thing: _nearest(thing, answer=False),
    "last_question": lambda asks, thing: _any(thing, lambda mention: mention.back == 1 and not mention.answer),
    "first_question": lambda asks, thing: _any(
        thing, lambda mention: mention.first and not mention.answer and not mention.stale
    ),
    "first_stale": lambda asks, thing: _any(
        thing, lambda mention: mention.first and not mention.answer and mention.stale
    ),
    "last_answer": lambda asks, thing: _any(thing, lambda mention: mention.back == 1 and mention.answer),
    "only_answers": lambda asks, thing: float(all(mention.answer for mention in thing.mentions)),
    "leaned": lambda asks, thing: float(np.log1p(sum(thing.references.values()))),
    "leaned_since": lambda asks, thing: float(
        np.log1p(sum(p for back, p in thing.references.items() if back < asks.topic))
    ),
    "fresh": lambda asks, thing: max(mention.fresh for mention in thing.mentions),
    "fresh_last": lambda asks, thing: max(mention.fresh * (mention.back == 1) for mention in thing.mentions),
    "topic_last": lambda asks, thing: _any(thing, lambda mention: mention.topic and mention.back == 1),
    "stale": lambda asks, thing: float(all(mention.stale for mention in thing.mentions)),
    "fresh_new": lambda asks, thing: (
        max(mention.fresh for mention in thing.mentions) * (len({mention.back for mention in thing.mentions}) == 1)
    ),
    "turns": lambda asks, thing: float(
        np.log1p(len({mention.back for mention in thing.mentions if not mention.stale}))
    ),
    "behind_of": lambda asks, thing: _any(thing, lambda mention: mention.phrase.before == "of"),
    "behind_about": lambda asks, thing: _any(thing, lambda mention: mention.phrase.before == "about"),
    "behind_preposition": lambda asks, thing: _any(
        thing, lambda mention: mention.phrase.before in ("in", "for", "to", "with", "on", "at", "by", "from")
    ),
    "before_of": lambda asks, thing: _any(thing, lambda mention: mention.phrase.after == "of"),
    "subject": lambda asks, thing: _any(
        thing,
        lambda mention: (
            mention.phrase.before in ("is", "are", "was", "were", "do", "does", "did", "has", "have", "can", "could")
        ),
    ),
    "words": lambda asks, thing: float(np.log(len(thing.terms))),
    "joint_in": lambda asks, thing: float(thing.shown.phrase.joint == "in"),
    "trait": lambda asks, thing: float(thing.terms[0] in TRAITS or thing.terms[-1] in TRAITS),
    "agrees": _agrees,
    "person": _suits_person,
    "elaborates_pointed": lambda asks, thing: float(
        asks.cue is not None and asks.cue.role is Role.POINTED and _elaborates(asks, thing)
    ),
    "repeats": lambda asks, thing: float(_repeats(asks, thing)),
}


def rows(follow_up: FollowUp, found: Sequence[Entity]) -> Floats:
    """Measure each thing: float32 (n_entities, n_features)."""
    measured = [[feature(follow_up, entity) for feature in FEATURES.values()] for entity in found]
    return np.array(measured, dtype=np.float32).reshape(len(found), len(FEATURES))
