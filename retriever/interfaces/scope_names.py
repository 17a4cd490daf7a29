"""The names by which a program chooses documents, before they are looked up in the library."""

from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, replace

from ..assistant import Assistant
from ..errors import QuestionError
from ..filters import Scope
from ..records import DocumentSummary
from ..timeline import Point


@dataclass(frozen=True, slots=True)
class ScopeNames:
    """Names of publishers, documents and others, and dates; if all are empty, the question is about all documents.

    Attributes:
        sources: publishers, named in part or in full; the empty name stands for an unknown publisher.
        documents: ids.
        since: nothing published before this ISO 8601 date, perhaps reduced.
        until: nothing published after this date.
        collections: names, in any case; the empty name stands for no collection.
        as_of: ISO 8601 date, perhaps reduced: each document in the version that was current then.
        languages: codes or names; the empty name stands for a language in doubt.
    """

    sources: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    collections: tuple[str, ...] = ()
    as_of: str = ""
    languages: tuple[str, ...] = ()

    @classmethod
    def of(cls, scope: Scope, library: Sequence[DocumentSummary]) -> "ScopeNames":
        """The names of a filter. Where a publisher's name is in another's, they name documents too."""
        names = cls(
            tuple(sorted(scope.publishers)),
            tuple(sorted(scope.documents)),
            scope.since,
            scope.until,
            tuple(sorted(scope.collections)),
            scope.as_of,
            tuple(sorted(scope.languages)),
        )
        try:
            named = Scope.named(library, names.sources).publishers
        except QuestionError:  # a publisher that is gone: who asks is told
            return names
        if named == scope.publishers:
            return names
        return replace(names, documents=tuple(sorted(one.id for one in library if scope.takes(one))))

    @property
    def fields(self) -> dict[str, str | tuple[str, ...]]:
        """The fields of a request, without those that are empty."""
        return {name: value for name, value in asdict(self).items() if value}

    def over(self, defaults: "ScopeNames") -> "ScopeNames":
        """Take `defaults` for the fields that are empty here."""
        return ScopeNames(*(mine or other for mine, other in zip(astuple(self), astuple(defaults), strict=True)))

    def scope(self, assistant: Assistant) -> Scope:
        """Find the named documents.

        Raises:
            QuestionError: a date is not one, or the library holds no such publisher or document.
        """
        if self == ScopeNames():
            return Scope()
        needs_list = (
            self.sources or self.documents or self.collections or self.languages
        )  # a server may have many documents, and none is cached here
        documents = assistant.documents() if needs_list else ()
        return Scope.named(
            documents,
            self.sources,
            self.since,
            self.until,
            self.documents,
            self.collections,
            self.as_of,
            self.languages,
        )

    def timeline(self, assistant: Assistant) -> tuple[Point, ...]:
        """List what happened between the two dates, in documents published at any time.

        Raises:
            QuestionError: as `scope`.
        """
        scope = self.scope(assistant)
        return assistant.timeline(replace(scope, since="", until=""), since=scope.since, until=scope.until)

    def timeline_remarks(self, assistant: Assistant) -> tuple[str, ...]:
        """What to know of the documents of a timeline as of a day, a sentence each."""
        return assistant.as_of_remarks(replace(self.scope(assistant), since="", until=""))

    def takes_none(self, assistant: Assistant) -> bool:
        """Whether no document is left for a timeline."""
        return not assistant.ids_in(replace(self.scope(assistant), since="", until=""))
