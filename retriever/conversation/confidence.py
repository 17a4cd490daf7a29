"""A guess at what a question leans on -> numbers that tell how sure it is, as a whole and word by word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..answering.pooling import Floats
from ..text.tokens import FUNCTION_TERMS, words
from .antecedents import AntecedentScores, Entity
from .cues import Role
from .signals import QuestionCues

# Behind these stands what somebody is mayor of, or where: "she" is not Marlow.
_OF = frozenset("of in at".split())


@dataclass(frozen=True)
class Resolution:
    """What a question may lean on.

    Attributes:
        question: the question.
        entities: what the turns before it named.
        probabilities: float32 (n_entities,), sum 1.
        leans: probability, 0..1, that it leans on one of them.
        rewrite: the question with the likeliest thing named, or None where nothing was named before.
    """

    question: QuestionCues
    entities: tuple[Entity, ...]
    probabilities: Floats
    leans: float
    rewrite: str | None

    @property
    def entity(self) -> Entity | None:
        """The likeliest thing."""
        return self.entities[int(np.argmax(self.probabilities))] if self.entities else None

    @property
    def is_misfit(self) -> bool:
        """Whether somebody is asked about, and the likeliest thing was only ever named as where or of what one is."""
        person = any(cue.person for cue in self.question.leaning)
        return person and self.entity is not None and all(m.phrase.before in _OF for m in self.entity.mentions)

    @property
    def antecedent_scores(self) -> AntecedentScores:
        """What it leaned on, for the questions behind it."""
        pairs = zip(self.entities, self.probabilities.tolist(), strict=True)
        return AntecedentScores(self.leans, {entity.terms: self.leans * probability for entity, probability in pairs})

    @cached_property
    def alike(self) -> float:
        """Probability of the likeliest thing and of those that share its words: "yoga" and "the benefits of yoga"."""
        best = self.entity
        if best is None:
            return 0.0
        own = set(best.terms)
        return float(sum(p for one, p in zip(self.entities, self.probabilities, strict=True) if own & set(one.terms)))

    @cached_property
    def mass(self) -> dict[str, float]:
        """Term -> probability of the things that have it."""
        total: dict[str, float] = {}
        for entity, probability in zip(self.entities, self.probabilities.tolist(), strict=True):
            for term in set(entity.terms):
                total[term] = total.get(term, 0.0) + probability
        return total


def _logit(probability: float) -> float:
    bounded = min(max(probability, 0.001), 0.999)
    return float(np.log(bounded / (1 - bounded)))


def _agrees(resolution: Resolution) -> float:
    leaning = resolution.question.leaning
    if not leaning or resolution.entity is None or leaning[0].role is Role.POINTED:
        return 0.0
    return 1.0 if leaning[0].plural == resolution.entity.shown.phrase.plural else -1.0


CLUES: Mapping[str, Callable[[Resolution], float]] = {
    "leans": lambda g: _logit(g.leans),
    "best": lambda g: _logit(float(g.probabilities.max(initial=0.0))),
    "alike": lambda g: _logit(g.alike),
    "pointed": lambda g: float(bool(g.question.free(Role.POINTED))),
    "alone": lambda g: float(bool(g.question.free(Role.ALONE))),
    "comparing": lambda g: float(bool({"other", "others", "else", "another", "one", "ones"} & set(g.question.spelt))),
    "agrees": _agrees,
    "in_question": lambda g: float(g.entity is not None and any(not m.answer for m in g.entity.mentions)),
    "fresh": lambda g: max((m.fresh for m in g.entity.mentions), default=0.0) if g.entity else 0.0,
    "leaned_last": lambda g: g.entity.references.get(1, 0.0) if g.entity else 0.0,
    "last": lambda g: float(g.entity is not None and any(m.back == 1 and not m.answer for m in g.entity.mentions)),
    "repeats": lambda g: float(g.entity is not None and bool(g.question.naming & set(g.entity.terms))),
    "named": lambda g: float(g.entity is not None and g.entity.shown.phrase.named),
}


def resolution_signals(resolution: Resolution) -> Floats:
    """Measure a guess: float32 (n_clues,)."""
    return np.array([clue(resolution) for clue in CLUES.values()], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TermMentions:
    """A word that was said before: where.

    Attributes:
        term: the word.
        mass: probability of the things that have it.
        holders: the things that have it.
    """

    term: str
    mass: float
    holders: tuple[Entity, ...]


TRACES: Mapping[str, Callable[[Resolution, TermMentions], float]] = {
    "mass": lambda g, t: _logit(t.mass),
    "best": lambda g, t: float(g.entity is not None and t.term in g.entity.terms),
    "leans": lambda g, t: _logit(g.leans),
    "last_question": lambda g, t: _said(t, lambda m: m.back == 1 and not m.answer),
    "last_answer": lambda g, t: _said(t, lambda m: m.back == 1 and m.answer),
    "first_question": lambda g, t: _said(t, lambda m: m.first and not m.answer),
    "fresh": lambda g, t: max(m.fresh for e in t.holders for m in e.mentions),
    "question": lambda g, t: max((1 / m.back for e in t.holders for m in e.mentions if not m.answer), default=0.0),
    "leaned_last": lambda g, t: sum(e.references.get(1, 0.0) for e in t.holders),
    "turns": lambda g, t: float(np.log1p(len({m.back for e in t.holders for m in e.mentions}))),
    "named": lambda g, t: _said(t, lambda m: m.phrase.named),
    "cue": lambda g, t: float(bool(g.question.leaning)),
    "person": lambda g, t: float(any(cue.person for cue in g.question.leaning)),
}


def _said(trace: TermMentions, holds: Callable[..., bool]) -> float:
    return float(any(holds(mention) for entity in trace.holders for mention in entity.mentions))


def term_signals(resolution: Resolution, text: str) -> dict[str, Floats]:
    """Measure each word said before that a text does not have: its spelling -> float32 (n_traces,)."""
    known = {word.term for word in words(text)} | FUNCTION_TERMS
    holders: dict[str, list[Entity]] = {}
    spelt: dict[str, str] = {}
    for entity in resolution.entities:
        phrase = entity.shown.phrase
        for word in words(phrase.text):
            if word.term not in known:
                spelt.setdefault(word.term, phrase.text[word.start : word.end])
        for term in set(entity.terms) - known:
            holders.setdefault(term, []).append(entity)
    return {
        spelt.get(term, term): np.array(
            [trace(resolution, TermMentions(term, resolution.mass[term], tuple(held))) for trace in TRACES.values()],
            dtype=np.float32,
        )
        for term, held in holders.items()
    }
