"""A question and the turns before it -> features that tell whether it refers to them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..learning import Floats
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
    """A question, its cues, and its words that earlier turns named.

    Attributes:
        text: as typed.
        cues: its cues in order, local ones last.
        spelt: its words in lower case.
        naming: the terms of its content words.
        known: of these, those that an earlier question named.
        elaborated: whether an earlier turn has a fuller name for a word after its "the".
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
        """Read a question, given the things named before it."""
        at = words(text)
        naming = frozenset(word.term for word in at) - FUNCTION_TERMS
        asked = {term for entity in found if any(not one.answer for one in entity.mentions) for term in entity.terms}
        heads = {one.terms[-1] for one in phrases(text) if one.article == "the" and len(one.terms) == 1}
        return cls(
            text,
            tuple(sorted(cues(text), key=lambda cue: cue.local)),
            tuple(fold(text[word.start : word.end]) for word in at),
            naming,
            naming & asked,
            any(len(entity.terms) > 1 and entity.terms[-1] in heads for entity in found),
            any(phrase.named for phrase in phrases(text)),
        )

    def open_with_role(self, *roles: Role) -> list[Cue]:
        """The cues of some roles that are not local."""
        return [cue for cue in self.cues if not cue.local and cue.role in roles]

    @property
    def is_continuation(self) -> bool:
        """Whether it begins like a continuation: "and who led the other side"."""
        return _GOING_ON.match(self.text) is not None

    @property
    def open_cues(self) -> tuple[Cue, ...]:
        """The cues that are not local, in the order of the question."""
        return tuple(sorted((cue for cue in self.cues if not cue.local), key=lambda cue: cue.start))


def _ends_open(q: QuestionCues) -> bool:
    last = phrases(q.text)[-1:]
    return (
        bool(last)
        and last[0].end >= len(q.text.rstrip(" ?.!"))
        and last[0].terms[-1:] != ()
        and last[0].terms[-1] in TRAITS
    )


SIGNALS: Mapping[str, Callable[[QuestionCues], float]] = {
    "thing": lambda q: float(bool(q.open_with_role(Role.THING))),
    "owner": lambda q: float(bool(q.open_with_role(Role.OWNER))),
    "pointed": lambda q: float(bool(q.open_with_role(Role.POINTED))),
    "alone": lambda q: float(bool(q.open_with_role(Role.ALONE))),
    "any": lambda q: float(bool(q.open_cues)),
    "sheltered": lambda q: float(any(cue.local for cue in q.cues) and not q.open_cues),
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
