"""Ibid as a retriever of the field's frameworks: each module is thin, and needs its framework only when imported.

In: a question. Out: passages in the framework's own shape, best first, with place and origin. One decision: what a
passage brings along is what every other program gets from a search.
"""

from collections.abc import Iterator

from ...assistant import Assistant
from .. import Fields
from ..schemas import search_fields


def passages(assistant: Assistant, question: str, count: int) -> Iterator[tuple[str, float, Fields]]:
    """Find passages.

    Args:
        assistant: finds them.
        question: as typed.
        count: at the most.

    Yields:
        The text, the score (higher is better, within one search), and the rest: document, place, origin, why.

    Raises:
        QuestionError: the question holds no words, or too many.
    """
    hits = search_fields(assistant, question, assistant.search(question, count=count))["hits"]
    for hit in hits:  # type: ignore[attr-defined]
        yield hit.pop("text"), hit.pop("score"), hit
