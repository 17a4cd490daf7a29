"""What the commands that change or check a library print with `--json`.

In: reports. Out: fields that JSON can hold, and their description. One decision: one object for each run of a command.
"""

from collections.abc import Sequence

from ..ingest.run import IndexReport
from ..maintenance.copy import CopyReport
from ..maintenance.erase import TraceReport
from ..maintenance.verify import Finding
from ..records import CollectionSummary, LibraryState
from . import Fields
from .schemas import Count, Schema, Text


class SkippedSchema(Schema):
    """A file that was not read, and why."""

    path: Text
    reason: Text


class MovedSchema(Schema):
    """A document whose file has moved: its id before and now."""

    old: Text
    new: Text


class IndexSchema(Schema):
    """What indexing did, by document ids; `skipped` by paths."""

    added: list[Text]
    replaced: list[Text]
    unchanged: list[Text]
    moved: list[MovedSchema]
    removed: list[Text]
    skipped: list[SkippedSchema]
    warnings: list[Text]


class CollectionSchema(Schema):
    """A collection; the empty name stands for the documents of no collection, null `members` for everybody."""

    name: str
    documents: Count
    members: list[Text] | None


class CollectionsSchema(Schema):
    """The collections of the library that whoever asks may see."""

    collections: list[CollectionSchema]


class ReencodedSchema(Schema):
    """How many passages have vectors from another encoder now."""

    encoder: Text
    passages: Count


class ForgottenSchema(Schema):
    """Documents that were erased, answers that were erased with them, and what a search of the files has found."""

    forgotten: list[Text]
    answers: Count
    files: Count
    bytes: Count
    left: list["TraceSchema"]


class TraceSchema(Schema):
    """A trace that is left of an erased document."""

    kind: Text
    file: Text


class CopiedSchema(Schema):
    """A copy of a library."""

    to: Text
    documents: Count
    passages: Count
    digest: Text


class FindingSchema(Schema):
    """Something that is wrong in a library, or was."""

    place: Text
    problem: Text
    repaired: bool


class VerifiedSchema(Schema):
    """What a check of a library has found; `intact` if nothing is wrong, or no longer."""

    intact: bool
    documents: Count
    passages: Count
    findings: list[FindingSchema]


REPORTS = (IndexSchema, ReencodedSchema, ForgottenSchema, CopiedSchema, VerifiedSchema)


def collection_fields(one: CollectionSummary) -> Fields:
    """A collection, as `ibid collection list --json` prints it."""
    return CollectionSchema(
        name=one.name, documents=one.documents, members=None if one.members is None else list(one.members)
    ).fields()


def index_fields(report: IndexReport) -> Fields:
    """What indexing did."""
    moved = [MovedSchema(old=old, new=new) for old, new in report.moved]
    return IndexSchema(
        added=list(report.added),
        replaced=list(report.replaced),
        unchanged=list(report.unchanged),
        moved=moved,
        removed=list(report.removed),
        skipped=[SkippedSchema(path=str(one.path), reason=one.reason) for one in report.skipped],
        warnings=list(report.warnings),
    ).fields()


def reencoded_fields(encoder: str, passages: int) -> Fields:
    """How many passages have vectors from another encoder now."""
    return ReencodedSchema(encoder=encoder, passages=passages).fields()


def forgotten_fields(document_ids: Sequence[str], answers: int, report: TraceReport) -> Fields:
    """What was erased, and what is left."""
    left = [TraceSchema(kind=one.kind, file=str(one.file)) for one in report.left]
    return ForgottenSchema(
        forgotten=list(document_ids), answers=answers, files=report.files, bytes=report.size, left=left
    ).fields()


def copied_fields(place: str, report: CopyReport) -> Fields:
    """A copy of a library."""
    return CopiedSchema(to=place, documents=report.documents, passages=report.passages, digest=report.digest).fields()


def verified_fields(findings: Sequence[Finding], state: LibraryState) -> Fields:
    """What a check of a library has found."""
    return VerifiedSchema(
        intact=all(finding.repaired for finding in findings),
        documents=state.documents,
        passages=state.passages,
        findings=[FindingSchema(place=str(one.place), problem=one.problem, repaired=one.repaired) for one in findings],
    ).fields()
