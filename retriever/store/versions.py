"""What a document said before: which version was current on a day.

In: the versions of one document, oldest first. Out: one of them. One decision: a version counts from the date that it
bears, if that is later than the date of the version before; else from the day on which it was read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ..filters import Scope
from ..records import DocumentSummary
from .base import Documents
from .contents import DocumentVersion


def starts(versions: Sequence[DocumentVersion]) -> tuple[str, ...]:
    """The ISO 8601 dates, perhaps reduced, from which the versions of a document count, oldest first; empty: always."""
    found, before = [], ""
    for place, version in enumerate(versions):
        published = version.document.published or ""
        found.append(published if place == 0 or published > before else version.stored_at[:10])
        before = published or before
    return tuple(found)


def current_on(versions: Sequence[DocumentVersion], day: str) -> DocumentVersion | None:
    """The version that was current on a day; None if the document did not exist then.

    Args:
        versions: of one document, oldest first.
        day: ISO 8601 date; of a month or a year, its last day counts.
    """
    # Dates of unlike precision are compared as far as both are known.
    pairs = zip(versions, starts(versions), strict=True)
    current = [version for version, start in pairs if start[: len(day)] <= day[: len(start)]]
    return current[-1] if current else None


def in_scope(documents: Documents, scope: Scope) -> tuple[DocumentSummary, ...]:
    """The documents that a scope takes, each in the version that it asks for, in the order of their ids."""
    return tuple(version for _, version in _taken(documents, scope))


def ids_in_scope(documents: Documents, scope: Scope) -> frozenset[str]:
    """The ids of the documents that a scope takes, whichever version of them it asks for."""
    return frozenset(document_id for document_id, _ in _taken(documents, scope))


def undated_in_scope(documents: Documents, scope: Scope) -> frozenset[str]:
    """The ids of the documents that a scope takes as of its day although nothing says since when they exist."""
    found = set()
    for of, those in groupby(documents.versions() if scope.as_of else (), key=lambda one: one.of):
        versions = list(those)
        current = current_on(versions, scope.as_of)
        if current is versions[0] and not current.document.published and scope.takes(replace(current.document, id=of)):
            found.add(of)
    return frozenset(found)


def _taken(documents: Documents, scope: Scope) -> Iterator[tuple[str, DocumentSummary]]:
    """The id of each document that a scope takes, and the version that it asks for."""
    if not scope.as_of:
        yield from ((one.id, one) for one in documents.all() if scope.takes(one))
        return
    for of, those in groupby(documents.versions(), key=lambda one: one.of):
        current = current_on(list(those), scope.as_of)
        if current and scope.takes(replace(current.document, id=of)):
            yield of, current.document
