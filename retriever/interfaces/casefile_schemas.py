"""The JSON of case files, standing questions and judged answers, as pydantic models; and the bodies of their requests.

In: records. Out: fields that JSON can hold, and their description.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from ..casefile.dossiers import LONGEST_NAME, LONGEST_NOTE, LONGEST_POINT, LONGEST_TAG, MOST_TAGS
from ..casefile.hook import notice_fields
from ..casefile.records import (
    CaseFile,
    JudgedCase,
    Judgement,
    Notice,
    NoticeKind,
    OpenPoint,
    PointKind,
    StandingQuestion,
)
from ..citing.names import CitationStyle
from ..records import Verdict
from . import Fields
from .dossier.contents import Dossier, PinState, ShownPin
from .requests import History, Request, ScopeRequest
from .schemas import Count, CountedFromOne, Date, Position, Probability, Schema, Span, Text

Moment = Annotated[datetime, PlainSerializer(lambda moment: moment.isoformat(timespec="seconds"), return_type=str)]


class CaseFileSchema(Schema):
    """A case file without its contents. `owner` is empty for the user of this machine."""

    id: Text
    name: Text
    owner: str
    shared: bool
    created: Moment
    pins: Count
    points: Count


class CaseFilesSchema(Schema):
    """The case files that an account may read: its own, and those that are shared."""

    case_files: list[CaseFileSchema]


class PinSchema(Schema):
    """A pinned quote. `words` and what follows are as it was pinned; `state` and `now` say what has become of them.

    `words` is null if they were erased together with their document, or are withheld from the account that asks.
    """

    number: CountedFromOne
    place: CountedFromOne
    state: PinState
    now: Span | None
    words: Text | None
    document_id: Text | None
    start: Position | None
    end: Position | None
    sha256: Text | None
    title: Text | None
    publisher: Text | None
    published: Date | None
    page: CountedFromOne | None
    question: str | None
    origin: str
    citation: str
    note: str
    tags: list[Text]
    pinned: Moment


class OpenPointSchema(Schema):
    """What a case file lacks: a user's own words (`open`), or a question that was refused (`refused`)."""

    number: CountedFromOne
    kind: PointKind
    words: Text
    done: bool
    noted: Moment


class DossierSchema(Schema):
    """A case file with its pins in their order, and what is missing."""

    case_file: CaseFileSchema
    pins: list[PinSchema]
    missing: list[OpenPointSchema]


class PinnedSchema(Schema):
    """A quote that was pinned; not `new` if it was there already."""

    case_file: CaseFileSchema
    number: CountedFromOne
    new: bool


class MissingSchema(Schema):
    """A point that was noted."""

    case_file: CaseFileSchema
    number: CountedFromOne


class StandingSchema(Schema):
    """A standing question. `asked` is false until it was asked for the first time."""

    number: CountedFromOne
    question: Text
    filters: dict[str, str | list[str]]
    created: Moment
    asked: bool
    answering: Count
    unread: Count


class StandingListSchema(Schema):
    """The standing questions of an account."""

    standing: list[StandingSchema]


class OtherValueSchema(Schema):
    """What another document gives for the same thing."""

    document_id: Text
    title: Text
    value: Text


class NoticeSchema(Schema):
    """What has happened to the answer of a standing question in one document.

    `words` is its quote now, `before` the one before; of a contradiction, `value` is what it says and `against` what
    others say.
    """

    id: CountedFromOne
    kind: NoticeKind
    made: Text
    standing: CountedFromOne
    question: Text
    user: str
    document_id: Text
    title: Text
    words: str
    before: str
    start: Position
    end: Position
    sha256: Text
    value: str
    against: list[OtherValueSchema]
    read: bool


class NoticesSchema(Schema):
    """Notices of standing questions, the newest first."""

    notices: list[NoticeSchema]


class CaseSchema(Schema):
    """An answer that was judged. `document_id` and the place are null for a refusal."""

    number: CountedFromOne
    judgement: Judgement
    question: Text
    understood_as: Text
    history: list[tuple[str, str]]
    verdict: Verdict
    confidence: Probability
    judged: Moment
    document_id: Text | None
    start: Position | None
    end: Position | None
    words: Text | None
    sha256: Text | None


class CasesSchema(Schema):
    """The answers that an account has judged, the oldest first."""

    cases: list[CaseSchema]


class NumberSchema(Schema):
    """The number of what was made, changed or removed."""

    number: CountedFromOne


CASE_FILE_SCHEMAS = (
    CaseFileSchema,
    CaseFilesSchema,
    DossierSchema,
    PinnedSchema,
    MissingSchema,
    StandingSchema,
    StandingListSchema,
    NoticeSchema,
    NoticesSchema,
    CaseSchema,
    CasesSchema,
    NumberSchema,
)

# Requests ----------------------------------------------------------------------------------------------------

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Note = Annotated[str, Field(max_length=LONGEST_NOTE, description="The user's own words.")]
Tag = Annotated[str, Field(max_length=LONGEST_TAG)]


class CaseFileRequest(Request):
    """A new case file."""

    name: Name


class CaseFileChange(Request):
    """Another name for a case file, or whether every account may read it."""

    name: Name | None = None
    shared: bool | None = None


class PinRequest(Request):
    """Words of a document to pin: by their place, or as they stand there."""

    document_id: Annotated[str, Field(min_length=1)]
    start: Annotated[int | None, Field(ge=0, description="The first character.")] = None
    end: Annotated[int | None, Field(ge=0, description="One past the last.")] = None
    words: Annotated[str, Field(description="Instead of the place: the words, exactly as the document has them.")] = ""
    question: Annotated[str, Field(max_length=LONGEST_POINT, description="The question that found them.")] = ""
    note: Note = ""
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] = Field(default_factory=list)


class PinChange(Request):
    """Another note or other tags for a pin, or another place in its case file, from 1."""

    note: Note | None = None
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] | None = None
    place: Annotated[int | None, Field(ge=1)] = None


class PointRequest(Request):
    """What a case file lacks."""

    words: Annotated[str, Field(min_length=1, max_length=LONGEST_POINT)]
    kind: PointKind = PointKind.OPEN


class PointChange(Request):
    """Whether a point is done."""

    done: bool


class ExportRequest(Request):
    """How a case file is written."""

    format: Literal["docx", "pdf", "html", "md", "json"] = "docx"
    style: CitationStyle = CitationStyle.CHICAGO


class StandingRequest(ScopeRequest):
    """A question to save, which stands alone, and the documents that are asked."""

    question: Annotated[str, Field(min_length=1)]


class JudgementRequest(ScopeRequest):
    """A judgement of an answer: the question is asked again, and the quote that is judged is found in its answer."""

    judgement: Judgement
    question: Annotated[str, Field(min_length=1)]
    history: History = Field(default_factory=list)
    quote: Annotated[int | None, Field(ge=0, description="The position of the quote in the answer; 0 if left out.")] = (
        None
    )


_KEPT = "words document_id start end sha256 title publisher published page question".split()
"""What a pin shows of its quote, as it was pinned."""

# Fields ------------------------------------------------------------------------------------------------------


def case_file_fields(file: CaseFile) -> Fields:
    """A case file without its contents."""
    return CaseFileSchema.model_validate(file).fields()


def point_fields(point: OpenPoint) -> Fields:
    """An open point."""
    return OpenPointSchema.model_validate(point).fields()


def pin_fields(item: ShownPin) -> Fields:
    """A pin with the state of its source."""
    quote, pin = item.quote, item.pin
    kept = asdict(quote) if quote else {}
    return PinSchema(
        number=pin.number,
        place=item.place,
        state=item.state,
        now=item.span,
        **{name: kept.get(name) for name in _KEPT},
        origin=item.origin,
        citation=item.note,
        note=pin.note,
        tags=list(pin.tags),
        pinned=pin.pinned,
    ).fields()


def dossier_fields(dossier: Dossier) -> Fields:
    """A case file with its pins and what is missing."""
    return {
        "case_file": case_file_fields(dossier.file),
        "pins": [pin_fields(one) for one in dossier.pins],
        "missing": [point_fields(one) for one in dossier.points],
    }


def standing_fields(question: StandingQuestion) -> Fields:
    """A standing question."""
    return StandingSchema(
        number=question.number,
        question=question.question,
        filters=dict(question.scope.fields),
        created=question.created,
        asked=question.run > 0,
        answering=question.answering,
        unread=question.unread,
    ).fields()


def told_fields(notice: Notice) -> Fields:
    """A notice."""
    return NoticeSchema.model_validate(notice_fields(notice)).fields()


def case_fields(case: JudgedCase) -> Fields:
    """A judged answer."""
    is_quote = not case.is_refusal
    return CaseSchema(
        number=case.number,
        judgement=case.judgement,
        question=case.question,
        understood_as=case.understood_as,
        history=list(case.history),
        verdict=case.verdict,
        confidence=case.confidence,
        judged=case.judged,
        document_id=case.document_id or None,
        start=case.start if is_quote else None,
        end=case.end if is_quote else None,
        words=case.words or None,
        sha256=case.sha256 or None,
    ).fields()
