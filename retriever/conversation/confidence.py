"""A guess at what a question refers to -> features that tell how likely it is right, in whole and for each word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..learning import Floats, Regression
from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS
from .antecedents import AntecedentScores, Entity
from .cues import Role
from .signals import QuestionCues

# A name after one of these is a place or an office: in "the mayor of Marlow", "she" is not Marlow.
_OF = frozenset("of in at".split())
_COMPARING = frozenset("other others else another one ones".split())
# Words of the conversation that are added to the search: how many at most, and how likely each must be to be meant. On
# follow-ups made from squad2, nDCG@10 is 0.945 at a probability of 0.4, 0.951 at 0.25, 0.964 at 0.15, 0.963 at 0.1.
MOST_TERMS = 5
LEAST_LIKELY = 0.15


@dataclass(frozen=True)
class Resolution:
    """The things that a question may refer to, with their probabilities.

    Attributes:
        cues: the question with its words that refer.
        entities: the things that the turns before it named.
        probabilities: float32 (n_entities,), sum 1.
        dependence: probability, 0..1, that it refers to one of them.
    """

    cues: QuestionCues
    entities: tuple[Entity, ...]
    probabilities: Floats
    dependence: float

    @property
    def entity(self) -> Entity | None:
        """The likeliest thing."""
        return self.entities[int(np.argmax(self.probabilities))] if self.entities else None

    @property
    def is_misfit(self) -> bool:
        """Whether the question is about a person, but the likeliest thing was only named as a place or an office."""
        person = any(cue.person for cue in self.cues.open_cues)
        return person and self.entity is not None and all(m.phrase.before in _OF for m in self.entity.mentions)

    @property
    def antecedent_scores(self) -> AntecedentScores:
        """What it referred to, for the questions after it."""
        pairs = zip(self.entities, self.probabilities.tolist(), strict=True)
        return AntecedentScores(
            self.dependence, {entity.terms: self.dependence * probability for entity, probability in pairs}
        )

    @cached_property
    def alike(self) -> float:
        """Probability of the likeliest thing and those that share words with it: "yoga", "the benefits of yoga"."""
        best = self.entity
        if best is None:
            return 0.0
        own = set(best.terms)
        return float(sum(p for one, p in zip(self.entities, self.probabilities, strict=True) if own & set(one.terms)))

    @cached_property
    def mass(self) -> dict[str, float]:
        """Term -> total probability of the things that contain it."""
        total: dict[str, float] = {}
        for entity, probability in zip(self.entities, self.probabilities.tolist(), strict=True):
            for term in set(entity.terms):
                total[term] = total.get(term, 0.0) + probability
        return total


def _logit(probability: float) -> float:
    bounded = min(max(probability, 0.001), 0.999)
    return float(np.log(bounded / (1 - bounded)))


def _agrees(resolution: Resolution) -> float:
    found = resolution.cues.open_cues
    if not found or resolution.entity is None or found[0].role is Role.POINTED:
        return 0.0
    return 1.0 if found[0].plural == resolution.entity.shown.phrase.plural else -1.0


CLUES: Mapping[str, Callable[[Resolution], float]] = {
    "leans": lambda g: _logit(g.dependence),
    "best": lambda g: _logit(float(g.probabilities.max(initial=0.0))),
    "alike": lambda g: _logit(g.alike),
    "pointed": lambda g: float(bool(g.cues.open_with_role(Role.POINTED))),
    "alone": lambda g: float(bool(g.cues.open_with_role(Role.ALONE))),
    "comparing": lambda g: float(not _COMPARING.isdisjoint(g.cues.question.folded)),
    "agrees": _agrees,
    "in_question": lambda g: float(g.entity is not None and any(not m.answer for m in g.entity.mentions)),
    "fresh": lambda g: max((m.fresh for m in g.entity.mentions), default=0.0) if g.entity else 0.0,
    "leaned_last": lambda g: g.entity.references.get(1, 0.0) if g.entity else 0.0,
    "last": lambda g: float(g.entity is not None and any(m.back == 1 and not m.answer for m in g.entity.mentions)),
    "repeats": lambda g: float(g.entity is not None and bool(g.cues.question.naming_terms & set(g.entity.terms))),
    "named": lambda g: float(g.entity is not None and g.entity.shown.phrase.named),
}


def resolution_signals(resolution: Resolution) -> Floats:
    """Measure a guess: float32 (n_clues,)."""
    return np.array([clue(resolution) for clue in CLUES.values()], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TermMentions:
    """A word of earlier turns, and the things that contain it.

    Attributes:
        term: the word.
        mass: total probability of the things that contain it.
        holders: the things that contain it.
    """

    term: str
    mass: float
    holders: tuple[Entity, ...]


TRACES: Mapping[str, Callable[[Resolution, TermMentions], float]] = {
    "mass": lambda g, t: _logit(t.mass),
    "best": lambda g, t: float(g.entity is not None and t.term in g.entity.terms),
    "leans": lambda g, t: _logit(g.dependence),
    "last_question": lambda g, t: _said(t, lambda m: m.back == 1 and not m.answer),
    "last_answer": lambda g, t: _said(t, lambda m: m.back == 1 and m.answer),
    "first_question": lambda g, t: _said(t, lambda m: m.first and not m.answer),
    "fresh": lambda g, t: max(m.fresh for e in t.holders for m in e.mentions),
    "question": lambda g, t: max((1 / m.back for e in t.holders for m in e.mentions if not m.answer), default=0.0),
    "leaned_last": lambda g, t: sum(e.references.get(1, 0.0) for e in t.holders),
    "turns": lambda g, t: float(np.log1p(len({m.back for e in t.holders for m in e.mentions}))),
    "named": lambda g, t: _said(t, lambda m: m.phrase.named),
    "cue": lambda g, t: float(bool(g.cues.open_cues)),
    "person": lambda g, t: float(any(cue.person for cue in g.cues.open_cues)),
}


def _said(trace: TermMentions, holds: Callable[..., bool]) -> float:
    return float(any(holds(mention) for entity in trace.holders for mention in entity.mentions))


def term_signals(resolution: Resolution, question: Question) -> dict[str, Floats]:
    """Measure each word of earlier turns that is not in a question: its spelling -> float32 (n_traces,)."""
    known = question.naming_terms | FUNCTION_TERMS
    holders: dict[str, list[Entity]] = {}
    spelt: dict[str, str] = {}
    for entity in resolution.entities:
        for term, spelling in entity.shown.phrase.spellings.items():
            spelt.setdefault(term, spelling)
        for term in set(entity.terms) - known:
            holders.setdefault(term, []).append(entity)
    return {
        spelt.get(term, term): np.array(
            [trace(resolution, TermMentions(term, resolution.mass[term], tuple(held))) for trace in TRACES.values()],
            dtype=np.float32,
        )
        for term, held in holders.items()
    }


def likely_words(resolution: Resolution, question: Question, meant: Regression) -> dict[str, float]:
    """The likeliest words of the conversation that are not in a question, each with its weight."""
    likely = {word: meant.probability(traces) for word, traces in term_signals(resolution, question).items()}
    best = sorted(likely, key=lambda word: (-likely[word], word))[:MOST_TERMS]
    return {word: float(np.sqrt(likely[word])) for word in best if likely[word] >= LEAST_LIKELY}
