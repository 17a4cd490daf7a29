"""Ibid as a retriever for common frameworks. A module needs its framework only when it is imported.

In: a question, and which documents to search. Out: passages in the framework's own type, best first, with id, place and
origin. One decision: the metadata of a passage are the fields that every other program gets from a search.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from ...assistant import Assistant
from .. import Fields
from ..schemas import search_fields
from ..scope_names import ScopeNames


class FoundPassage(NamedTuple):
    """A passage.

    Attributes:
        id: its document and place, `ferry.txt:0-120`: the same whenever it is found.
        text: its words.
        score: higher is better, within one search.
        about: document, place, origin, why.
    """

    id: str
    text: str
    score: float
    about: Fields


def scope_names(
    sources: Sequence[str] = (),
    documents: Sequence[str] = (),
    since: str = "",
    until: str = "",
    collections: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> ScopeNames:
    """Which documents to search. A single name may stand for a list of one.

    Args:
        sources: publishers; a part of the name is enough.
        documents: ids.
        since: nothing published before this day, month or year (ISO 8601).
        until: nothing published after it.
        collections: names; the empty name stands for no collection.
        languages: codes or names; the empty name stands for a language in doubt.
    """
    of_sources, of_documents, of_collections, of_languages = (
        (names,) if isinstance(names, str) else tuple(names) for names in (sources, documents, collections, languages)
    )
    return ScopeNames(of_sources, of_documents, since, until, of_collections, languages=of_languages)


def passages(assistant: Assistant, question: str, count: int, names: ScopeNames) -> Iterator[FoundPassage]:
    """Find passages, best first.

    Args:
        assistant: finds them.
        question: as typed.
        count: at most this many passages.
        names: which documents to search.

    Raises:
        QuestionError: the question holds no words, or too many; or the library has no such publisher or document.
    """
    found = assistant.search(question, count=count, scope=names.scope(assistant))
    for hit in search_fields(assistant, question, found)["hits"]:  # type: ignore[attr-defined]
        text, score = hit.pop("text"), hit.pop("score")
        yield FoundPassage(f"{hit['document_id']}:{hit['start']}-{hit['end']}", text, score, hit)


def stored_parameters(assistant: Assistant, count: int, names: ScopeNames) -> dict[str, Any]:
    """What a retriever is made of, in types that JSON holds; the library by its place."""
    chosen = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(names).items()}
    del chosen["as_of"]  # a retriever searches the newest versions
    return {"library": assistant.place, "count": count, **chosen}


def opened_parameters(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a retriever, made of what `stored_parameters` gave; opens the library.

    Raises:
        LibraryError: the library is not there, or cannot be opened.
    """
    rest = {name: value for name, value in stored.items() if name != "library"}
    return {"assistant": Assistant.open(stored["library"]), **rest}
