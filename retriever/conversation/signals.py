"""A question among the turns before it -> numbers that tell whether it leans on them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..answering.pooling import Floats
from ..text.tokens import FUNCTION_TERMS, fold, words
from .antecedents import TRAITS, Entity, introduced
from .cues import Cue, Role, cues
from .phrases import phrases

_GOING_ON = re.compile(r"\s*(?:and|but|or|so|also)\b", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"\s*(?:(?:and|but|so)\s+)?(?:what|how)\s+(?:about|if)\b", re.IGNORECASE)
_FINITE = frozenset(
    """is are was were do does did has have had can could will would may might should must tell describe explain name
    list give compare""".split()
)
_COMPARING = frozenset(
    """one ones other others another else same different similar more first last next best worst biggest largest oldest
    youngest most""".split()
)


@dataclass(frozen=True, slots=True)
class QuestionCues:
    """A question, ready to be judged.

    Attributes:
        text: as typed.
        cues: what leans in it, in order, those that surely do first.
        spelt: its words in lower case.
        naming: the terms of its words that name something.
        known: of these, those that an earlier question named.
        elaborated: whether an earlier turn says more of a word behind its "the".
        named: whether it has a name or a number.
    """

    text: str
    cues: tuple[Cue, ...]
    spelt: tuple[str, ...]
    naming: frozenset[str]
    known: frozenset[str]
    elaborated: bool
    named: bool

    @classmethod
    def of(cls, text: str, found: Sequence[Entity]) -> "QuestionCues":
        """Read a question beside what was named before it."""
        at = words(text)
        naming = frozenset(word.term for word in at) - FUNCTION_TERMS
        asked = {term for entity in found if any(not one.answer for one in entity.mentions) for term in entity.terms}
        heads = {one.terms[-1] for one in phrases(text) if one.article == "the" and len(one.terms) == 1}
        return cls(
            text,
            tuple(sorted(cues(text), key=lambda cue: cue.sheltered)),
            tuple(fold(text[word.start : word.end]) for word in at),
            naming,
            naming & asked,
            any(len(entity.terms) > 1 and entity.terms[-1] in heads for entity in found),
            any(phrase.named for phrase in phrases(text)),
        )

    def free(self, *roles: Role) -> list[Cue]:
        """The cues that surely lean, of some roles."""
        return [cue for cue in self.cues if not cue.sheltered and cue.role in roles]

    @property
    def goes_on(self) -> bool:
        """Whether it begins as one that goes on: "and who led the other side"."""
        return _GOING_ON.match(self.text) is not None

    @property
    def leaning(self) -> tuple[Cue, ...]:
        """The cues to be replaced: those that surely lean, else none."""
        return tuple(sorted((cue for cue in self.cues if not cue.sheltered), key=lambda cue: cue.start))


def _ends_open(q: QuestionCues) -> bool:
    last = phrases(q.text)[-1:]
    return (
        bool(last)
        and last[0].end >= len(q.text.rstrip(" ?.!"))
        and last[0].terms[-1:] != ()
        and last[0].terms[-1] in TRAITS
    )


SIGNALS: Mapping[str, Callable[[QuestionCues], float]] = {
    "thing": lambda q: float(bool(q.free(Role.THING))),
    "owner": lambda q: float(bool(q.free(Role.OWNER))),
    "pointed": lambda q: float(bool(q.free(Role.POINTED))),
    "alone": lambda q: float(bool(q.free(Role.ALONE))),
    "any": lambda q: float(bool(q.leaning)),
    "sheltered": lambda q: float(any(cue.sheltered for cue in q.cues) and not q.leaning),
    "what_about": lambda q: float(_WHAT_ABOUT.match(q.text) is not None),
    "fragment": lambda q: float(not _FINITE & set(q.spelt)),
    "comparing": lambda q: float(bool(_COMPARING & set(q.spelt))),
    "ends_open": lambda q: float(_ends_open(q)),
    "elaborated": lambda q: float(q.elaborated),
    "defines": lambda q: float(introduced(q.text) is not None),
    "nothing": lambda q: float(not q.naming),
    "naming": lambda q: float(np.log1p(len(q.naming))),
    "known": lambda q: float(len(q.known) > 0),
    "known_share": lambda q: len(q.known) / max(1, len(q.naming)),
    "named": lambda q: float(q.named),
    "named_known": lambda q: float(q.named and bool(q.known)),
    "joint": lambda q: float(any(phrase.joint for phrase in phrases(q.text))),
    "the": lambda q: float("the" in q.spelt),
    "any_there": lambda q: float("any" in q.spelt or "there" in q.spelt),
}


def signals_of(question: QuestionCues) -> Floats:
    """Measure a question: float32 (n_signals,)."""
    return np.array([signal(question) for signal in SIGNALS.values()], dtype=np.float32)
