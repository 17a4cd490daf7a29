"""An earlier version of a document, where the page opens it or looks for a quote that has gone.

In: a document, and what was quoted of it. Out: the version that says it, and what has changed since.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..assistant import Assistant
from ..interfaces.html.source import Link
from ..store.contents import DocumentVersion
from ..text.differences import SentenceChange


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """A version that is no longer current.

    Attributes:
        id: its own id.
        newest: the id of the present version.
        until: the day on which the next version was read, ISO 8601; empty if unknown.
        changes: what has changed from it to the present version.
        link: where in it the quote stands; None where no quote is looked for.
    """

    id: str
    newest: str
    until: str
    changes: tuple[SentenceChange, ...]
    link: Link | None = None

    @classmethod
    def of(cls, assistant: Assistant, document_id: str) -> "EarlierVersion | None":
        """The version that an id names, if it is no longer current."""
        found = assistant.versions(document_id)
        return None if found[-1].document.id == document_id else cls._at(assistant, found, document_id)

    @classmethod
    def saying(
        cls, assistant: Assistant, document_id: str, place_in: Callable[[str], tuple[int, int] | None]
    ) -> "EarlierVersion | None":
        """The last earlier version that says something.

        Args:
            assistant: has the versions.
            document_id: the document.
            place_in: finds what is looked for in a text: start and end, or None.
        """
        found = assistant.versions(document_id)
        for one in reversed(found[:-1]):
            text = assistant.document(one.document.id).text
            if span := place_in(text):
                return cls._at(assistant, found, one.document.id, Link.over(text, span))
        return None

    @classmethod
    def _at(
        cls, assistant: Assistant, found: tuple[DocumentVersion, ...], document_id: str, link: Link | None = None
    ) -> "EarlierVersion":
        newest = found[-1].document.id
        place = next(place for place, one in enumerate(found) if one.document.id == document_id)
        changes = assistant.version_changes(document_id, newest)
        return cls(document_id, newest, found[place + 1].stored_at[:10], changes, link)
