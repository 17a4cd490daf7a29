"""Ibid as a retriever for common frameworks. A module needs its framework only when it is imported.

In: a question. Out: passages in the framework's own type, best first, with place and origin. One decision: the metadata
of a passage are the fields that every other program gets from a search.
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
        count: at most this many passages.

    Yields:
        The text, the score (higher is better, within one search), and the rest: document, place, origin, why.

    Raises:
        QuestionError: the question holds no words, or too many.
    """
    hits = search_fields(assistant, question, assistant.search(question, count=count))["hits"]
    for hit in hits:  # type: ignore[attr-defined]
        yield hit.pop("text"), hit.pop("score"), hit
