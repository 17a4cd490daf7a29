"""A question about several things -> one question for each, so that each gets a quote.

"Which is longer, Corn Bridge or Tanner's Bridge?" is also read as "Which is longer, Corn Bridge?" and "Which is longer,
Tanner's Bridge?". The whole question is answered first; its parts only choose the quotes after the first.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..records import Span
from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS
from .selection import Evidence

MOST_PARTS = 3
"""Each part costs a search and a reading."""

_SIDE_BY_SIDE = re.compile(
    r"(?i)\s*,?\s*(?P<word>and|&|or|versus|vs\.?|than|(?:compared? |differs? )?(?:with|to|from))\s+"
    r"(?:(?:the|a|an|in|on|by|for) )*"
)
_ASKED_AGAIN = re.compile(r"(?i),\s+(?:and|or|but)\b(?:\s+\w+){1,4}\s+")
# Words that may join two things which a question takes as one: "talks between Washington and Havana".
_ALSO_ONE = re.compile(r"(?i)and|&|with|to|from")
_COMPARED = re.compile(r"(?i)\b(?:compare[ds]?|comparison|differ\w*|same|each|both|respectively|respective|than)\b")


def parts_of(question: Question) -> tuple[Question, ...]:
    """Split a question about several things of one kind: names, times or codes.

    Returns:
        A question about each, in their order; none where the question is about one thing.
    """
    for items in (_times(question), _names(question), _codes(question)):
        joined = _joined(question.text, items)
        if joined:
            before, after = question.text[: joined[0][0]], question.text[joined[-1][1] :]
            whole = (f"{before}{question.text[start:end]}{after}" for start, end in joined[:MOST_PARTS])
            return tuple(map(Question.of, whole))
    return ()


def with_parts(ranked: Sequence[Evidence], parts: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Put the quotes for the parts of a question after its first quote.

    Args:
        ranked: the quotes for the whole question, best first.
        parts: the best quote for each part.

    Returns:
        The quotes. No two overlap, and no confidence is higher than the one before it.
    """
    chosen: list[Evidence] = []
    for each in (*ranked[:1], *parts, *ranked[1:]):
        if not any(_overlap(each, other) for other in chosen):
            limit = chosen[-1].confidence if chosen else 1.0
            chosen.append(replace(each, confidence=min(each.confidence, limit)))
    return tuple(chosen)


def _overlap(one: Evidence, other: Evidence) -> bool:
    same = one.hit.passage.document_id == other.hit.passage.document_id
    return same and one.start < other.end and other.start < one.end


def _joined(text: str, items: Sequence[Span]) -> list[Span]:
    """The first items that stand side by side: "A and B", "A, B or C", "in A, and how many in B"."""
    found: list[Span] = []
    for one, other in pairwise(items):
        between = text[one[1] : other[0]]
        if _joins(between, text) or (between.strip() == "," and _list_goes_on(text, items, other)):
            found = found or [one]
            found.append(other)
        elif found:
            break
    return found


def _joins(between: str, text: str) -> bool:
    match = _SIDE_BY_SIDE.fullmatch(between)
    if match is None:
        return _ASKED_AGAIN.fullmatch(between) is not None
    return _ALSO_ONE.fullmatch(match["word"]) is None or _COMPARED.search(text) is not None


def _list_goes_on(text: str, items: Sequence[Span], item: Span) -> bool:
    """Whether a comma after an item, or before it, belongs to a list that ends in "and" or "or"."""
    following = [each for each in items if each[0] >= item[0]]
    gaps = [text[one[1] : other[0]] for one, other in pairwise(following)]
    return any(_joins(gap, text) for gap in gaps[:2])


def _names(question: Question) -> list[Span]:
    return _longest([(each.start, each.end) for each in question.phrases if each.named and not each.joint])


def _times(question: Question) -> list[Span]:
    """The times of a question, each with the naming word before it: "spring 2018"."""
    found = []
    for match in question.time_expressions.matches:
        start, end = match.span()
        before = [word for word in question.words if word.end <= start]
        named = before and before[-1].term not in FUNCTION_TERMS and question.text[before[-1].end : start] == " "
        found.append((before[-1].start if named else start, end))
    return found


def _codes(question: Question) -> list[Span]:
    return [
        (word.start, word.end)
        for word, spelt in zip(question.words, question.spelt, strict=True)
        if any(map(str.isdigit, spelt))
    ]


def _longest(spans: Sequence[Span]) -> list[Span]:
    """Spans that lie in no other, in order."""
    return [
        span
        for span in sorted(set(spans))
        if not any(other != span and other[0] <= span[0] and span[1] <= other[1] for other in spans)
    ]
