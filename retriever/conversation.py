"""A question and the turns before it -> a question that stands alone."""

import re
from collections.abc import Sequence

from .records import Turn
from .words import FUNCTION_TERMS, fold, words

# Words that point back to something said before.
_POINTING = frozenset(
    """he she it they him her them his its their theirs this that these those there then one ones both former latter
    same other others else""".split()
)
_CONTINUING = re.compile(r"\s*(and|but|or|so|also|what about|how about|why|how|when|where|who)\b[^\w]*", re.IGNORECASE)
# A question that names fewer things than this, and goes on from something, leans on the turn before.
_FEWEST_NAMED = 2


def stands_alone(question: str) -> bool:
    """Whether a question can be understood without the turns before it; a rule, without training."""
    found = words(question)
    if any(fold(question[word.start : word.end]) in _POINTING for word in found):
        return False
    named = [word for word in found if word.term not in FUNCTION_TERMS]
    continues = _CONTINUING.match(question) is not None
    return not (continues and len(named) < _FEWEST_NAMED)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """Make a question stand alone: where it leans on the turns before, the last question that stood alone follows it.

    Returns:
        The question itself, or `And in February? (How many crossed the border in March?)`, which is searched for as
        it stands, so that nothing is understood that isn't shown.
    """
    if not history or stands_alone(question):
        return question
    earlier = next((turn.question for turn in reversed(history) if stands_alone(turn.question)), history[0].question)
    return f"{question} ({earlier})"
