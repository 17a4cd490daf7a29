"""A question and the turns before it -> features that tell whether it refers to them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..learning import Floats
from ..records import Turn
from ..text.phrases import Phrase
from ..text.question import Question
from ..text.tokens import terms
from .cues import Cue, Role, cues
from .titles import phrases_of
from .wording import asks_alone, opened

# Parts and traits. A question about one rather refers to the thing that has it.
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

# Characters of an answer that are read; a quote is one to three sentences.
_ANSWER_CHARACTERS = 600
_WHAT_ABOUT = re.compile(r"\s*(?:(?:and|but|so)\s+)?(?:what|how)\s+(?:about|if)\b", re.IGNORECASE)
_FINITE = frozenset(
    """is are was were do does did has have had can could will would may might should must tell describe explain name
    list give compare""".split()
)
_COMPARING = frozenset(
    """one ones other others another else same different similar more first last next best worst biggest largest oldest
    youngest most""".split()
)


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
    def of(cls, question: Question, turns: Sequence[Turn]) -> "QuestionCues":
        """Find a question's cues, given the turns before it."""
        asked = [phrase for turn in turns for phrase in phrases_of(turn.understood_as or turn.question)]
        named = [*asked, *(phrase for turn in turns for phrase in phrases_of(turn.answer[:_ANSWER_CHARACTERS]))]
        heads = {one.terms[-1] for one in question.phrases if one.article == "the" and len(one.terms) == 1}
        return cls(
            question,
            tuple(sorted(cues(question), key=lambda cue: cue.local)),
            question.naming_terms & {term for phrase in asked for term in phrase.terms},
            any(len(phrase.terms) > 1 and phrase.terms[-1] in heads for phrase in named),
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


NAMES = (*SIGNALS, "nothing", "nothing_without_cue")


def signals_of(question: QuestionCues, nothing: float) -> Floats:
    """Measure a question: float32 (n_names,).

    Args:
        question: the question with its words that refer.
        nothing: probability, 0..1, that it refers to nothing which the turns name.
    """
    odds = float(np.log((nothing + 1e-3) / (1 - nothing + 1e-3)))
    own = [signal(question) for signal in SIGNALS.values()]
    return np.array([*own, odds, 0.0 if question.open_cues else odds], dtype=np.float32)
