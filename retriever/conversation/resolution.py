"""What a question refers to."""

from dataclasses import dataclass

from ..records import Turn
from .antecedents import Antecedents
from .signals import QuestionCues


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a question refers to.

    Attributes:
        cues: the question with its words that refer.
        turns: the turns before it, oldest first.
        antecedents: the things that its first word which refers may stand for; or that it leaves out.
        dependence: probability, 0..1, that it depends on the turns before it.
        people: where it refers to a person and to something else, the same for the person.
        things: where it does, the same for the other.
    """

    cues: QuestionCues
    turns: tuple[Turn, ...]
    antecedents: Antecedents
    dependence: float
    people: Antecedents | None = None
    things: Antecedents | None = None
