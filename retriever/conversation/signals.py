"""A question and the turns before it -> features that tell whether it refers to them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..learning import Floats
from ..text.question import Question
from .antecedents import TRAITS, Entity, topic_of
from .cues import Cue, Role, cues
from .wording import asks_alone, opened

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
        question: the question.
        cues: its cues in order, local ones last.
        known: of its naming terms, those that an earlier question named.
        elaborated: whether an earlier turn has a fuller name for a word after its "the".
        named: whether it has a name or a number.
    """

    question: Question
    cues: tuple[Cue, ...]
    known: frozenset[str]
    elaborated: bool
    named: bool

    @classmethod
    def of(cls, question: Question, found: Sequence[Entity]) -> "QuestionCues":
        """Find a question's cues, given the things named before it."""
        asked = {term for entity in found if any(not one.answer for one in entity.mentions) for term in entity.terms}
        heads = {one.terms[-1] for one in question.phrases if one.article == "the" and len(one.terms) == 1}
        return cls(
            question,
            tuple(sorted(cues(question), key=lambda cue: cue.local)),
            question.naming_terms & asked,
            any(len(entity.terms) > 1 and entity.terms[-1] in heads for entity in found),
            any(phrase.named for phrase in question.phrases),
        )

    def open_with_role(self, *roles: Role) -> list[Cue]:
        """The cues of some roles that are not local."""
        return [cue for cue in self.cues if not cue.local and cue.role in roles]

    @property
    def is_continuation(self) -> bool:
        """Whether it begins like a continuation, "and who led the other side", or only asks: "why"."""
        parts = opened(self.question.text)
        return parts.joined or asks_alone(parts.body)

    @property
    def open_cues(self) -> tuple[Cue, ...]:
        """The cues that are not local, in the order of the question."""
        return tuple(sorted((cue for cue in self.cues if not cue.local), key=lambda cue: cue.start))


def _ends_open(q: QuestionCues) -> bool:
    last = q.question.phrases[-1:]
    return (
        bool(last)
        and last[0].end >= len(q.question.text.rstrip(" ?.!"))
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
    "what_about": lambda q: float(_WHAT_ABOUT.match(q.question.text) is not None),
    "fragment": lambda q: float(not _FINITE & set(q.question.folded)),
    "comparing": lambda q: float(bool(_COMPARING & set(q.question.folded))),
    "ends_open": lambda q: float(_ends_open(q)),
    "elaborated": lambda q: float(q.elaborated),
    "defines": lambda q: float(topic_of(q.question) is not None),
    "nothing": lambda q: float(not q.question.naming_terms),
    "naming": lambda q: float(np.log1p(len(q.question.naming_terms))),
    "known": lambda q: float(len(q.known) > 0),
    "known_share": lambda q: len(q.known) / max(1, len(q.question.naming_terms)),
    "named": lambda q: float(q.named),
    "named_known": lambda q: float(q.named and bool(q.known)),
    "joint": lambda q: float(any(phrase.joint for phrase in q.question.phrases)),
    "the": lambda q: float("the" in q.question.folded),
    "any_there": lambda q: float("any" in q.question.folded or "there" in q.question.folded),
}


def signals_of(question: QuestionCues) -> Floats:
    """Measure a question: float32 (n_signals,)."""
    return np.array([signal(question) for signal in SIGNALS.values()], dtype=np.float32)
