"""The JSON that programs get, as pydantic models: the one source of its fields, their order, and the JSON Schema.

In: records. Out: fields that JSON can hold, and their description. One decision: the models describe texts, dates and
numbers, but do not check them. An answer must be printed whatever a document contains. The tests check the fields.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import models_json_schema

from ..assistant import Assistant
from ..citing.names import CitationStyle
from ..records import ContextKind, Covers, DifferenceKind, DocumentSummary, Hit, Origin, Provenance, Verdict
from ..talk import AnswerKind
from ..timeline import Point
from ..writing.records import Written
from . import Fields, Id

_DATE = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"


def _json_type(kind: str, **limits: object) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **limits})


def _round_to(digits: int) -> AfterValidator:
    return AfterValidator(lambda number: round(number, digits))


Text = Annotated[str, _json_type("string", minLength=1)]
Date = Annotated[str, _json_type("string", pattern=f"^{_DATE}$")]
DateOrInterval = Annotated[str, _json_type("string", pattern=f"^{_DATE}(/{_DATE})?$")]
Position = Annotated[int, _json_type("integer", minimum=0)]
Count = Position
CountedFromOne = Annotated[int, _json_type("integer", minimum=1)]
Span = tuple[Position, Position]
RowRange = tuple[CountedFromOne, CountedFromOne]
Probability = Annotated[float, _round_to(4), _json_type("number", minimum=0, maximum=1)]
Milliseconds = Annotated[float, _round_to(1), _json_type("number", minimum=0)]
AT_LEAST_TWO = Field(json_schema_extra={"minItems": 2})


class Schema(BaseModel):
    """Base of all models; their fields are taken from records by name."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)

    def fields(self) -> Fields:
        """Return the fields in their order, with only values that JSON can hold."""
        return self.model_dump(mode="json")


class WhySchema(Schema):
    """Why a passage was found: its ranks by meaning and by words, and the question's words that it contains."""

    dense_rank: CountedFromOne | None
    lexical_rank: CountedFromOne | None
    matched: Annotated[list[Text], Field(json_schema_extra={"uniqueItems": True})]


class CopySchema(Schema):
    """A near-copy of the quote's document, and the place of the same words in it."""

    document_id: Text
    start: Position
    end: Position
    title: Text
    publisher: Text | None
    published: Date | None


class ContextSchema(Schema):
    """What the document does with words: it denies, asks, supposes or quotes them. `cue` is a place in its text."""

    kinds: list[ContextKind]
    speaker: Text | None
    cue: Span | None
    before: str
    after: str


class QuoteSchema(Schema):
    """A slice of a document, `text[start:end]`, with its origin."""

    text: Text
    document_id: Text
    title: Text
    publisher: Text | None
    published: Date | None
    as_of: DateOrInterval | None
    start: Position
    end: Position
    page: CountedFromOne | None
    page_label: Text | None
    heading: Text | None
    sheet: Text | None
    rows: RowRange | None
    highlight: Span | None
    origin: Origin
    doubtful: list[Span]
    confidence: Probability
    why: WhySchema
    copies: list[CopySchema]
    context: ContextSchema | None
    language: Text | None
    is_earlier: bool


class DifferenceSchema(Schema):
    """Quotes, by position in the answer, with different values for the same thing. `sources` has all of each."""

    kind: DifferenceKind
    quotes: Annotated[list[Position], AT_LEAST_TWO]
    values: Annotated[list[Text], AT_LEAST_TWO]
    sources: Annotated[list[list[Position]], AT_LEAST_TWO]


class AgreementSchema(Schema):
    """Which quotes, by position in the answer, say the same, and which differ."""

    same: list[Annotated[list[Position], AT_LEAST_TWO]]
    differing: list[DifferenceSchema]


class TopicSchema(Schema):
    """A document that a refusal names."""

    title: str
    document_id: str


class CoversSchema(Schema):
    """What the library covers: the documents nearest to the question, and the first and last date."""

    nearest: list[TopicSchema]
    published: tuple[Date | None, Date | None] | None


class LibrarySchema(Schema):
    """The library that answered."""

    documents: Count
    passages: Count
    digest: Annotated[str, _json_type("string", pattern="^sha256:[0-9a-f]{64}$")]


class TimingsSchema(Schema):
    """The time of each stage of the answer."""

    encode: Milliseconds
    search: Milliseconds
    evidence: Milliseconds
    total: Milliseconds


def _covers_fields(covers: Covers | None) -> Fields | None:
    if covers is None:
        return None
    nearest = [{"title": title, "document_id": document_id} for title, document_id in covers.nearest]
    dates = (covers.first_published, covers.last_published) if covers.first_published else None
    return {"nearest": nearest, "published": dates}


class OverviewDocumentSchema(Schema):
    """A document that an overview is about, and the positions of its first sentences in the answer's quotes."""

    document_id: Text
    title: Text
    publisher: Text | None
    published: Date | None
    quotes: list[Position]


class NamedSchema(Schema):
    """A person, a place or a figure, with the number of sentences and of documents that name it."""

    name: Text
    count: CountedFromOne
    documents: CountedFromOne


class GroupSchema(Schema):
    """Quotes, by position in the answer, of one source, one question or one time."""

    name: Text
    quotes: list[Position]


class OverviewSchema(Schema):
    """What an answer says about the documents or the program. `words` are fixed sentences of the program."""

    words: list[Text]
    documents: list[OverviewDocumentSchema]
    people: list[NamedSchema]
    places: list[NamedSchema]
    figures: list[NamedSchema]
    topics: list[GroupSchema]
    questions: list[Text]
    since: Date | None
    until: Date | None


class AnswerSchema(Schema):
    """An answer: quotes, best first, or a refusal that says what the library covers."""

    id: Id = None
    question: Text
    understood_as: Text
    used_turns: list[Count]
    other_readings: list[Text]
    taken_as: list[Text]
    by_words: bool
    verdict: Verdict
    answered: bool
    confidence: Probability
    quotes: list[QuoteSchema]
    agreement: AgreementSchema
    covers: Annotated[CoversSchema | None, BeforeValidator(_covers_fields)]
    kind: AnswerKind
    overview: OverviewSchema | None
    library: LibrarySchema
    milliseconds: TimingsSchema = Field(validation_alias="timings")


class WrittenSentenceSchema(Schema):
    """A sentence of the writer, and the positions of the quotes that carry it; without any it is struck through."""

    text: Text
    quotes: list[Position]
    struck: bool


class WrittenSchema(Schema):
    """What a language model has written from the quotes: no quote. `error` says why there is nothing."""

    model: str
    sentences: list[WrittenSentenceSchema]
    cut: bool
    error: Text | None = None

    @classmethod
    def of(cls, written: Written) -> "WrittenSchema":
        """Describe a paragraph."""
        return cls.model_validate(written)

    @classmethod
    def failed(cls, error: str) -> "WrittenSchema":
        """Describe that there is none."""
        return cls(model="", sentences=[], cut=False, error=error)


class WrittenAnswerSchema(AnswerSchema):
    """An answer with what the writer has made of its quotes; the other fields are the same as without."""

    written: WrittenSchema


class WrittenOnlySchema(Schema):
    """What the writer has made of some quotes."""

    written: WrittenSchema


class DocumentSchema(Schema):
    """A document of the library, without its text."""

    id: Text
    title: Text
    publisher: Text | None
    published: Date | None
    media_type: Annotated[str, _json_type("string", pattern="^[a-z]+/[a-z0-9.+-]+$")]
    characters: Count
    passages: Count
    sha256: Annotated[str, _json_type("string", pattern="^[0-9a-f]{64}$")]
    warnings: list[Text]
    author: str | None
    collection: str
    language: str | None


class CopyShareSchema(Schema):
    """Another document with almost the same text, and the share of word runs that both contain, 0..1."""

    id: Text
    share: Annotated[float, _round_to(2), _json_type("number", minimum=0, maximum=1)]


class FetchedFromSchema(Schema):
    """The web address that a document was fetched from, and the day."""

    address: Text
    day: Date


class WholeDocumentSchema(DocumentSchema):
    """A document with its text and its details."""

    text: str
    pages: list[Position]
    furniture: list[Span]
    language: str | None
    link: str | None
    known: dict[str, Provenance]
    headings: list[Span]
    copies: list[CopyShareSchema]
    fetched: FetchedFromSchema | None


class ExcerptSchema(DocumentSchema):
    """A part of a document, `text[start:end]`. `origin`: whether any of its words was read from a picture."""

    start: Position
    end: Position
    text: str
    origin: Origin


class SearchedWordSchema(Schema):
    """A word of a question, and each form of it in the documents with how often it stands there."""

    word: Text
    forms: dict[str, Count]


class NearestSchema(Schema):
    """A passage that came nearest, and was judged not to answer."""

    text: Text
    document_id: Text
    start: Position
    end: Position
    place: Text | None
    confidence: Probability


class SearchedDocumentSchema(Schema):
    """A document that was searched."""

    id: Text
    title: Text
    sha256: Text
    passages: Count


class AbsenceSchema(Schema):
    """What was searched for a question that the documents do not answer; `report` has it for people."""

    question: Text
    understood_as: Text
    verdict: Literal["absent"]
    present: Probability
    filters: dict[str, list[str]]
    passages: Count
    words: list[SearchedWordSchema]
    nearest: list[NearestSchema]
    documents: list[SearchedDocumentSchema]
    left_out: list[Text]
    undated: list[Text]
    not_read: dict[str, list[Text]]
    failures: dict[str, Text]
    library: Text
    setup: dict[str, str | float]
    report: Text


class TableRowSchema(Schema):
    """What one document says to one question; without evidence, `quote` and what belongs to it are null."""

    question: Text
    document: Text
    title: Text
    publisher: Text | None
    published: Date | None
    verdict: Verdict
    confidence: Probability | None
    quote: Text | None
    answer: Text | None
    place: Text | None
    as_of: DateOrInterval | None
    start: Position | None
    end: Position | None
    sha256: Text
    link: Text | None


class CitationSchema(Schema):
    """A document as a style cites it, and its item in CSL-JSON."""

    document_id: Text
    style: CitationStyle
    note: Text
    note_html: Text
    reference: str
    reference_html: str
    inferred: list[Text]
    item: dict[str, Any]


class PlaceSchema(Schema):
    """The place where a document mentions an event."""

    document_id: Text
    start: Position
    end: Position
    publisher: Text | None
    origin: Origin


class PointSchema(Schema):
    """A sentence that says what happened when. `also` lists other documents with the same event."""

    time: DateOrInterval
    text: Text
    document_id: Text
    start: Position
    end: Position
    publisher: Text | None
    also: list[PlaceSchema]
    origin: Origin


class TimelineSchema(Schema):
    """What happened when, in the order of time."""

    timeline: list[PointSchema]
    taken_as: list[Text]


class HitSchema(Schema):
    """A passage that a search found, with its place and origin."""

    text: Text
    document_id: Text
    title: Text
    publisher: Text | None
    published: Date | None
    start: Position
    end: Position
    page: CountedFromOne | None
    heading: Text | None
    rows: RowRange | None
    score: Annotated[float, _round_to(4)]
    why: WhySchema
    origin: Origin


class SearchSchema(Schema):
    """The passages that a search found, best first."""

    question: Text
    hits: list[HitSchema]


class DocumentsSchema(Schema):
    """All documents of the library."""

    documents: list[DocumentSchema]


class DocumentListSchema(Schema):
    """Some of the documents, from number `start` on, counted from 0, and how many there are in all."""

    documents: list[DocumentSchema]
    start: Count
    total: Count


class AddedSchema(Schema):
    """A file that was added; `here` if the library already had a file with the same bytes."""

    state: Literal["added", "here"]
    document: DocumentSchema


class RemovedSchema(Schema):
    """The id of a document that was removed."""

    removed: Text


class ErrorSchema(Schema):
    """What went wrong and what to do, in a sentence or two."""

    error: Text


RESPONSES = (
    AnswerSchema,
    WrittenOnlySchema,
    SearchSchema,
    TimelineSchema,
    DocumentsSchema,
    WholeDocumentSchema,
    ExcerptSchema,
    DocumentListSchema,
    CitationSchema,
    TableRowSchema,
    AbsenceSchema,
    AddedSchema,
    RemovedSchema,
    ErrorSchema,
)
"""The models that a program gets whole; the others are parts of them."""


def json_schemas() -> dict[str, Any]:
    """The JSON Schema of all output for programs: the name of each model -> its schema, under `$defs`."""
    from .casefile_schemas import CASE_FILE_SCHEMAS  # these need this module
    from .check_schemas import CheckSchema
    from .fetch_schemas import FETCH_SCHEMAS
    from .report_schemas import REPORTS

    models = (*RESPONSES, WrittenAnswerSchema, *REPORTS, *FETCH_SCHEMAS, *CASE_FILE_SCHEMAS, CheckSchema)
    return models_json_schema([(model, "serialization") for model in models])[1]


def document_fields(summary: DocumentSummary) -> Fields:
    """A document without its text, as `ibid list --json` prints it."""
    return DocumentSchema.model_validate(summary).fields()


def whole_document_fields(assistant: Assistant, document_id: str) -> Fields:
    """A document with its text, as `ibid show --json` prints it.

    Raises:
        DocumentUnknown: no document has that id.
    """
    document = assistant.document(document_id)
    copies = assistant.copies([document_id])[document_id]
    fetched = assistant.saved_pages.origin(document.source)
    fields = _document_fields(assistant, document_id)
    return WholeDocumentSchema(
        **{**fields, "language": document.language or fields["language"]},
        text=document.text,
        pages=list(document.pages),
        furniture=list(assistant.furniture(document_id)),
        link=document.link,
        known=dict(document.known),
        headings=list(assistant.headings(document_id)),
        copies=[CopyShareSchema(id=other, share=share) for other, share in copies],
        fetched=FetchedFromSchema(address=fetched.address, day=fetched.day) if fetched else None,
    ).fields()


def excerpt_fields(assistant: Assistant, document_id: str, start: int, end: int) -> Fields:
    """A part of a document. `start` and `end` are cut to the length of the text.

    Raises:
        DocumentUnknown: no document has that id.
    """
    text = assistant.document(document_id).text
    start = min(max(start, 0), len(text))
    end = min(max(end, start), len(text))
    about = _document_fields(assistant, document_id)
    origin = assistant.origin(document_id, start, end)
    return ExcerptSchema(**about, start=start, end=end, text=text[start:end], origin=origin).fields()


def list_fields(documents: Sequence[DocumentSummary], start: int, count: int) -> Fields:
    """Some of the documents without their text. `start` is cut to what there is."""
    start = min(max(start, 0), len(documents))
    some = [DocumentSchema.model_validate(one) for one in documents[start : start + count]]
    return DocumentListSchema(documents=some, start=start, total=len(documents)).fields()


def point_fields(point: Point) -> Fields:
    """A point of the timeline, as `ibid timeline --json` prints it."""
    return PointSchema.model_validate(point).fields()


def timeline_fields(points: Iterable[Point], taken_as: Iterable[str] = ()) -> Fields:
    """Points of the timeline, in the order given, and how the day of its scope was taken."""
    return TimelineSchema(
        timeline=[PointSchema.model_validate(point) for point in points], taken_as=list(taken_as)
    ).fields()


def search_fields(assistant: Assistant, question: str, hits: Sequence[Hit]) -> Fields:
    """What a search found, best first."""
    return SearchSchema(question=question, hits=[_hit(assistant, hit) for hit in hits]).fields()


def _document_fields(assistant: Assistant, document_id: str) -> dict[str, Any]:
    return DocumentSchema.model_validate(assistant.summary(document_id)).model_dump()


def _hit(assistant: Assistant, hit: Hit) -> HitSchema:
    summary, passage = assistant.summary(hit.passage.document_id), hit.passage
    return HitSchema(
        text=hit.text,
        document_id=summary.id,
        title=summary.title,
        publisher=summary.publisher,
        published=summary.published,
        start=passage.start,
        end=passage.end,
        page=passage.page,
        heading=passage.heading,
        rows=passage.row_range,
        score=hit.score,
        why=WhySchema.model_validate(hit.why),
        origin=hit.origin,
    )
