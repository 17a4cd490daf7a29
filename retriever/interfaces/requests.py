"""The requests of programs, as pydantic models: bodies of HTTP requests, lines of a batch, arguments of tools.

In: fields from outside. Out: questions, turns and names of documents; or one sentence that says what is wrong. One
decision: over HTTP an unknown field is an error, so that misspelt ones are noticed. A line of a batch may have more.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..assistant import Assistant
from ..citing.names import CitationFormat, CitationStyle
from ..errors import QuestionError
from ..filters import Scope
from ..reading.page_images import MOST_WIDTH, USUAL_WIDTH
from ..records import Turn
from . import Id
from .scope_names import ScopeNames

MOST_QUOTES, MOST_HITS = 50, 200
"""Of one answer, of one search; nobody reads more, and each costs time."""
MOST_QUESTIONS = 1_000
"""Of one table."""

_EXPECTED = 'expected {"question": "...", "history": [{"question": "...", "answer": "..."}]}'
EXAMPLE_LINE = '{"question": "Who is the captain of the ferry?"}'
"""The least that a line of a batch can be."""
_WHOLE_NUMBER = "must be a whole number"
_ERRORS = {
    "missing": "is missing; it must be given",
    "extra_forbidden": "is not known; /api/openapi.json lists the fields",
    "string_type": "must be text",
    "string_unicode": "must be text without half a character",
    "string_too_short": "must not be empty",
    "list_type": "must be a list",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
"""Pydantic's type of error -> what the field must be, or what to do."""

Sources = Annotated[list[str], Field(description="Only documents of these publishers; a part of a name is enough.")]
Documents = Annotated[list[str], Field(description="Only these documents, by id.")]
Collections = Annotated[
    list[str], Field(description="Only the documents of these collections, by name; an empty name: of none.")
]
Languages = Annotated[
    list[str], Field(description="Only documents in these languages, by code or name; an empty name: in doubt.")
]
PublishedSince = Annotated[
    str, Field(description="Nothing published before this ISO 8601 date (a day, a month or a year).")
]
PublishedUntil = Annotated[str, Field(description="Nothing published after this date.")]
AsOf = Annotated[
    str, Field(description="Ask each document in the version that was current on this day, month or year.")
]
HappenedSince = Annotated[
    str, Field(description="Nothing that was over before this ISO 8601 date (a day, a month or a year).")
]
HappenedUntil = Annotated[str, Field(description="Nothing that began after this date.")]


class Request(BaseModel):
    """Base of all requests."""

    model_config = ConfigDict(extra="forbid")


class TurnRequest(Request):
    """An earlier question of the conversation, and its answer."""

    question: str
    answer: str = ""
    understood_as: Annotated[str, Field(description="As its answer says; may be left out.")] = ""

    @property
    def turn(self) -> Turn:
        """The turn in the form that the assistant takes."""
        return Turn(self.question, self.answer, understood_as=self.understood_as)


History = Annotated[list[TurnRequest], Field(description="The turns before the question, oldest first.")]


class ScopeRequest(Request):
    """The documents to ask: all, if none are named."""

    sources: Sources = []
    documents: Documents = []
    since: PublishedSince = ""
    until: PublishedUntil = ""
    collections: Collections = []
    languages: Languages = []

    @property
    def names(self) -> ScopeNames:
        """The names that choose the documents."""
        return ScopeNames(
            tuple(self.sources),
            tuple(self.documents),
            self.since,
            self.until,
            tuple(self.collections),
            languages=tuple(self.languages),
        )

    def scope(self, assistant: Assistant) -> Scope:
        """Find the named documents.

        Raises:
            QuestionError: a date is invalid, or the library has no such publisher or document.
        """
        return self.names.scope(assistant)


class VersionsRequest(ScopeRequest):
    """The documents to ask, perhaps in earlier versions."""

    as_of: AsOf = ""

    @property
    def names(self) -> ScopeNames:
        """The names that choose the documents, and the day whose versions are asked."""
        return replace(super().names, as_of=self.as_of)


class TimelineRequest(VersionsRequest):
    """The documents of a timeline, and the time of its events."""

    since: HappenedSince = ""
    until: HappenedUntil = ""


class CheckRequest(VersionsRequest):
    """A draft to check: its file's name, and the documents that it may quote."""

    name: Annotated[str, Field(min_length=1)]
    all: bool = False
    form: Literal["json", "page", "panel"] = "json"


class EditRequest(Request):
    """The corrections of a document; fields that are left out stay unchanged."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: str | None = None
    collection: Annotated[str | None, Field(description="The collection that it belongs to; empty: none.")] = None


class FetchRequest(Request):
    """A web page or a feed to fetch."""

    address: Annotated[str, Field(min_length=1, max_length=2_000)]
    daily: Annotated[bool, Field(description="Fetch it again once a day.")] = False
    entries: Annotated[bool, Field(description="Of a feed, fetch the pages that it links to.")] = False
    collection: Annotated[str, Field(description="The collection that new documents belong to.")] = ""


class DocumentsRequest(Request):
    """The documents to list."""

    collections: Collections = []
    languages: Languages = []


class QuestionRequest(VersionsRequest):
    """A question, the turns before it, and the documents to ask."""

    question: Annotated[str, Field(min_length=1)]
    history: History = []

    @property
    def turns(self) -> list[Turn]:
        """The history in the form that the assistant takes."""
        return [turn.turn for turn in self.history]


class TableRequest(VersionsRequest):
    """Questions for each document by itself."""

    questions: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1, max_length=MOST_QUESTIONS)]
    form: Annotated[Literal["json", "panel"], Field(description="`panel`: mark-up for the chat page.")] = "json"


class AbsenceRequest(VersionsRequest):
    """A question that the documents are expected not to answer."""

    question: Annotated[str, Field(min_length=1)]


class AskRequest(QuestionRequest):
    """A question to answer; the answer has the same `id`."""

    id: Id = None
    top: int = Field(default=5, strict=True, ge=1, le=MOST_QUOTES, description="At most this many quotes.")


class QuotePlace(Request):
    """A quote, by its place in its document."""

    document_id: Annotated[str, Field(min_length=1)]
    start: int = Field(strict=True, ge=0)
    end: int = Field(strict=True, ge=1)


class WriteRequest(Request):
    """The quotes that the writer is to join, the best first, and the question that they answer."""

    question: Annotated[str, Field(min_length=1)]
    quotes: Annotated[list[QuotePlace], Field(min_length=1, max_length=MOST_QUOTES)]

    @property
    def places(self) -> list[tuple[str, int, int]]:
        """The places in the form that the assistant takes."""
        return [(one.document_id, one.start, one.end) for one in self.quotes]


class SearchRequest(QuestionRequest):
    """A question to find passages for."""

    count: int = Field(default=20, strict=True, ge=1, le=MOST_HITS, description="At most this many passages.")


class QuotedRequest(Request):
    """Some characters of a document."""

    start: int | None = Field(default=None, description="The first character that is meant; 0 if negative.")
    end: int | None = Field(default=None, ge=0, description="One past the last.")

    @property
    def quote(self) -> tuple[int, int] | None:
        """The characters that are meant, or None.

        Raises:
            QuestionError: only one of the two is given, or there is nothing between them.
        """
        if self.start is None and self.end is None:
            return None
        if self.start is None or self.end is None or max(self.start, 0) >= self.end:
            raise QuestionError("start and end must both be given, and start must be less than end.")
        return max(self.start, 0), self.end


class PageRequest(QuotedRequest):
    """How a page of a document is drawn; the words from `start` to `end` are marked."""

    width: int = Field(default=USUAL_WIDTH, ge=1, le=MOST_WIDTH, description="Pixels; less if the page is too large.")


class CitationRequest(QuotedRequest):
    """How a document is cited."""

    style: CitationStyle = CitationStyle.CHICAGO
    format: Annotated[CitationFormat | None, Field(description="Write for a reference manager instead.")] = None


class BatchTurn(TurnRequest):
    """A turn in a line of a batch."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _take_defaults_for_null(cls, fields: object) -> object:
        return _without_nulls(fields)


class BatchLine(QuestionRequest):
    """A line of a batch. The answer has the same `id`; null means the same as a missing field."""

    model_config = ConfigDict(extra="ignore")

    id: Id = None
    question: str
    history: list[BatchTurn] = []  # type: ignore[assignment] # a turn here may have more fields

    @model_validator(mode="before")
    @classmethod
    def _take_defaults_for_null(cls, fields: object) -> object:
        return _without_nulls(fields)

    @staticmethod
    def is_object(text: str) -> bool:
        """Whether a line is a JSON object, with whatever fields."""
        try:
            return isinstance(json.loads(text), dict)
        except (ValueError, RecursionError):
            return False

    @classmethod
    def from_text(cls, text: str) -> "BatchLine":
        """Read one line.

        Raises:
            QuestionError: it is not a JSON object, has no question, or a field has the wrong type.
        """
        try:
            return cls.model_validate(json.loads(text))
        except ValidationError as error:
            raise QuestionError(f"{field_error(error.errors()[0])}; {_EXPECTED}") from error
        except (ValueError, RecursionError) as error:
            raise QuestionError(f"not JSON; {_EXPECTED}") from error


def field_error(error: Mapping[str, Any], place: str = "") -> str:
    """Name the wrong field, and what it must be.

    Args:
        error: one of pydantic's errors, its `loc` within the request.
        place: the place of the field, to follow its name in the message.
    """
    names = [str(name) for name in error["loc"]]
    if names[:1] == ["id"]:  # pydantic names each type that an id may have
        return "id must be text or a number"
    must = _ERRORS.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    return f"{'.'.join(names) or 'it'}{place} {must}"


def _without_nulls(fields: object) -> object:
    return {name: value for name, value in fields.items() if value is not None} if isinstance(fields, dict) else fields
