"""What a document said before, as JSON and as lines: its versions, and what each changed.

In: an assistant and a document's id. Out: fields, or text. One decision: a change is told in whole sentences.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from ..assistant import Assistant
from ..store.versions import starts
from ..text.differences import SentenceChange
from . import Fields
from .schemas import Count, Position, Schema, Text
from .text import LINE_WIDTH, on_one_line, wrap


class ChangeSchema(Schema):
    """Neighbouring sentences that the next version changes; `start` counts in this version, `new_start` in the next."""

    before: list[str]
    after: list[str]
    start: Position
    new_start: Position


class VersionSchema(Schema):
    """A text that a document has or had; an empty `current_from` means since ever, or unknown."""

    id: Text
    current_from: str
    stored_at: str
    newest: bool
    characters: Count
    sha256: Text
    changes: Annotated[list[ChangeSchema], Field(description="What the next version changes; none in the newest.")]


class VersionsSchema(Schema):
    """The texts that a document has had, oldest first, the present one last."""

    document: Text
    versions: list[VersionSchema]


def versions_fields(assistant: Assistant, document_id: str) -> Fields:
    """The versions of a document, as `ibid versions --json` prints them.

    Raises:
        DocumentUnknown: no document has that id.
    """
    found = assistant.versions(document_id)
    after = [one.document.id for one in found[1:]]
    changes = [assistant.version_changes(one.document.id, next_id) for one, next_id in zip(found, after, strict=False)]
    return VersionsSchema(
        document=found[-1].of,
        versions=[
            VersionSchema(
                id=one.document.id,
                current_from=start,
                stored_at=one.stored_at,
                newest=one.is_newest,
                characters=one.document.characters,
                sha256=one.document.sha256,
                changes=[_change(each) for each in changed],
            )
            for one, start, changed in zip(found, starts(found), [*changes, ()], strict=True)
        ],
    ).fields()


def version_lines(assistant: Assistant, document_id: str) -> Iterator[str]:
    """The versions of a document for people: each with its id, then what the next one takes out (-) and puts in (+).

    Raises:
        DocumentUnknown: no document has that id.
    """
    found = assistant.versions(document_id)
    for place, (one, start) in enumerate(zip(found, starts(found), strict=True)):
        since = f"from {start}" if start else "first" if len(found) > 1 else "no earlier version is kept"
        yield on_one_line(f"{one.document.id}: {since}; {one.document.characters:,} characters")
        if place + 1 < len(found):
            for change in assistant.version_changes(one.document.id, found[place + 1].document.id):
                yield from _marked("-", change.before)
                yield from _marked("+", change.after)


def _marked(mark: str, sentences: tuple[str, ...]) -> Iterator[str]:
    for sentence in sentences:
        yield f"  {mark} {wrap(sentence, LINE_WIDTH - 4, '    ')}"


def _change(change: SentenceChange) -> ChangeSchema:
    return ChangeSchema(
        before=list(change.before), after=list(change.after), start=change.start, new_start=change.new_start
    )
