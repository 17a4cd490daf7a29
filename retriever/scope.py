"""Which documents a question is put to: by publisher, by date, one by one.

In: summaries of the library's documents. Out: the ids that are left out. One decision: where a date is known to the
month or the year only, the document is taken if any day of that time is wanted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .records import DocumentSummary


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader asks of; empty: everything.

    Attributes:
        publishers: only what these published; the empty name stands for an unknown publisher. Empty: any.
        since: ISO 8601 date, perhaps reduced: nothing older, and nothing without a date. Empty: any.
        until: ISO 8601 date, perhaps reduced: nothing newer, and nothing without a date. Empty: any.
        documents: only these ids. Empty: any.
    """

    publishers: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""
    documents: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is asked for but everything."""
        return bool(self.publishers or self.since or self.until or self.documents)

    def takes(self, document: DocumentSummary) -> bool:
        """Whether a document is asked."""
        return (
            (not self.documents or document.id in self.documents)
            and (not self.publishers or (document.publisher or "") in self.publishers)
            and self._takes_date(document.published or "")
        )

    def left_out(self, documents: Iterable[DocumentSummary]) -> frozenset[str]:
        """The ids of those that are not asked."""
        return frozenset(document.id for document in documents if not self.takes(document)) if self else frozenset()

    def _takes_date(self, published: str) -> bool:
        if not (self.since or self.until):
            return True
        # Dates of unlike precision are compared as far as both are known: April 2022 holds both 2022 and 22 April.
        old_enough = not self.until or published[: len(self.until)] <= self.until[: len(published)]
        return bool(published) and published >= self.since[: len(published)] and old_enough
