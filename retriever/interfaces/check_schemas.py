"""The JSON of a checked draft, as pydantic models; `ibid check --json` and `POST /api/check` give the same bytes.

In: a `CheckReport`. Out: fields. One decision: a place has the names that a quote of an answer has.
"""

from typing import Annotated

from pydantic import Field

from ..check.records import Change, ChangeOf, CheckReport, QuotationKind, Status
from . import Fields
from .schemas import ContextSchema, Count, CountedFromOne, Date, Position, Probability, Schema, Span, Text, _json_type

Digest = Annotated[str, _json_type("string", pattern="^([0-9a-f]{64})?$")]


class QuotationSchema(Schema):
    """A quotation in the draft; `start` and `end` count the characters of the draft's text."""

    kind: QuotationKind
    text: str
    start: Position
    end: Position
    page: CountedFromOne | None
    line: CountedFromOne | None


class FoundPlaceSchema(Schema):
    """A place in a document, `text[start:end]`."""

    text: str
    document_id: Text
    title: Text
    publisher: Text | None
    published: Date | None
    start: Position
    end: Position
    page: CountedFromOne | None
    sha256: Digest
    link: Text | None


class WordChangeSchema(Schema):
    """A difference: the draft's words and the source's. `span` is the place in the draft's text."""

    change: Change
    of: ChangeOf
    draft: str
    source: str
    honest: bool
    span: Span
    negation: str


class NamedSourceSchema(Schema):
    """A document that the draft names as the source."""

    document_id: Text
    title: Text
    publisher: Text | None


class CheckedQuotationSchema(Schema):
    """A quotation with what was found."""

    status: Status
    quotation: QuotationSchema
    places: list[FoundPlaceSchema]
    also: list[FoundPlaceSchema]
    changes: list[WordChangeSchema]
    named: list[NamedSourceSchema]
    context: ContextSchema | None
    likeness: Probability


class ValueRemarkSchema(Schema):
    """A value in the draft's own words that its source gives otherwise."""

    text: str
    start: Position
    end: Position
    sentence: str
    said: str
    place: FoundPlaceSchema


class CheckSchema(Schema):
    """A checked draft."""

    draft: Text
    sha256: Annotated[str, _json_type("string", pattern="^[0-9a-f]{64}$")]
    clean: bool = Field(validation_alias="is_clean")
    quotations: list[CheckedQuotationSchema]
    values: list[ValueRemarkSchema]
    documents: Count
    library: str
    warnings: list[Text]


def check_fields(report: CheckReport) -> Fields:
    """A checked draft, as `ibid check --json` prints it."""
    return CheckSchema.model_validate(report).fields()
