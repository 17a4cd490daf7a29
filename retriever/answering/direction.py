"""A question for who did something, and a sentence with its answer -> is it told the other way round there?

"Who replaced Ada Morn?" is not answered by "She replaced Jonas Moss", although every word fits. In: the question, a
sentence, and where the answer stands in it. Out: whether the answer has the other part in the deed. One decision: only
the same verb beside the answer counts, so that in doubt nothing is said.
"""

import re

from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS, Word, fold, words

_BEING = frozenset("is are was were be been being".split())
_MOST_BETWEEN = 3
"""Words between the verb and the answer, if the two belong together: "took over from"."""

_TURNED = frozenset("by with".split())
"""Behind a verb, these name who did it, or what takes the place: "was replaced by", "replaced him with"."""


def is_reversed(question: Question, sentence: str, answer: tuple[int, int]) -> bool:
    """Whether a sentence gives the answer the other part in what the question asks for.

    Args:
        question: the question, standing alone.
        sentence: the words of a sentence.
        answer: start and end of the answer in it.
    """
    asked = _asked(question)
    if asked is None:
        return False
    verb, asks_for_doer = asked
    found = words(sentence)
    said = [at for at, word in enumerate(found) if word.term == verb and _follows_a_word(sentence, found, at)]
    parts = {_does(sentence, found, at, answer) for at in said} - {None}
    return parts == {not asks_for_doer}


def _asked(question: Question) -> tuple[str, bool] | None:
    """The verb of a question, and whether it asks for who did it; None for other questions."""
    spelt, found = question.folded, question.words
    if len(found) < 3 or spelt[0] != "who":
        return None
    if found[1].term not in FUNCTION_TERMS:
        return found[1].term, True
    passive = spelt[1] in _BEING and found[2].term not in FUNCTION_TERMS and "by" in spelt[3:5]
    return (found[2].term, False) if passive else None


def _follows_a_word(sentence: str, found: tuple[Word, ...], at: int) -> bool:
    """Whether a subject may stand before a verb: not in “...,” said Ada Brook."""
    return at > 0 and re.fullmatch(r"\s+", sentence[found[at - 1].end : found[at].start]) is not None


def _does(sentence: str, found: tuple[Word, ...], at: int, answer: tuple[int, int]) -> bool | None:
    """Whether the answer does what the verb says, or has it done to it; None if it stands elsewhere."""
    verb = found[at]
    spelt = [fold(sentence[word.start : word.end]) for word in found]
    passive = not _BEING.isdisjoint(spelt[max(0, at - 2) : at])
    if verb.end <= answer[0]:
        between = [k for k, word in enumerate(found) if verb.end <= word.start < answer[0]]
        beside = len(between) <= _MOST_BETWEEN and all(found[k].term in FUNCTION_TERMS for k in between)
        if not beside or re.search(r"[^\w\s’'-]", sentence[verb.end : answer[0]]):
            return None
        if not _TURNED.isdisjoint(spelt[k] for k in between):
            return True
        return None if passive else False
    if answer[1] <= verb.start:
        between = [k for k, word in enumerate(found) if answer[1] <= word.start < verb.start]
        if len(between) <= _MOST_BETWEEN and all(found[k].term in FUNCTION_TERMS for k in between):
            return not passive
    return None
