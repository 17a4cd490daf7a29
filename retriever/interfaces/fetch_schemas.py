"""What programs are told of web pages that were fetched.

In: what became of addresses. Out: fields that JSON can hold, and their description.
"""

from ..fetching.kept import SavedPage
from ..fetching.saved_pages import Fetched, FetchState
from ..records import DocumentSummary
from . import Fields
from .schemas import Schema, Text


class SavedPageSchema(Schema):
    """An address that was fetched. Moments are in UTC; `problem` says why the last try failed."""

    address: Text
    final: str
    document: Text | None
    sha256: str | None
    fetched: str | None
    checked: str | None
    daily: bool
    entries: bool
    feed: Text | None
    problem: Text | None


class FetchedSchema(SavedPageSchema):
    """What has become of an address that was fetched now."""

    state: FetchState


class StoppedSchema(Schema):
    """An address that is followed no longer."""

    stopped: Text


class FetchedListSchema(Schema):
    """What has become of an address, and of the pages that a feed links to."""

    fetched: list[FetchedSchema]


class SavedPagesSchema(Schema):
    """The addresses of the library, and whether this server fetches."""

    fetches: bool
    pages: list[SavedPageSchema]


FETCH_SCHEMAS = (SavedPageSchema, FetchedSchema, StoppedSchema, FetchedListSchema, SavedPagesSchema)


def page_fields(page: SavedPage, document: DocumentSummary | None) -> Fields:
    """An address, as `ibid fetch --list --json` prints it."""
    return SavedPageSchema.model_validate(_values(page, document)).fields()


def fetched_fields(one: Fetched) -> Fields:
    """What has become of an address, as `ibid fetch --json` prints it."""
    values = _values(one.page, one.document)
    problem = one.detail or values["problem"]
    return FetchedSchema.model_validate({**values, "problem": problem, "state": one.state}).fields()


def _values(page: SavedPage, document: DocumentSummary | None) -> Fields:
    return {
        "address": page.address,
        "final": page.final,
        "document": document.id if document else None,
        "sha256": document.sha256 if document else None,
        "fetched": page.fetched or None,
        "checked": page.checked or None,
        "daily": page.daily,
        "entries": page.entries,
        "feed": page.feed or None,
        "problem": page.problem or None,
    }
