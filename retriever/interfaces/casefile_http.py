"""Case files, standing questions and judged answers over HTTP.

In: requests. Out: JSON, files and a feed, for the account that asks. One decision: the account is who has signed in, as
the middleware in front notes it; where nobody signs in, it is the user of this machine.
"""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter
from starlette.responses import Response

from ..assistant import Assistant
from ..casefile.records import LOCAL, PinnedQuote
from ..errors import CaseFileError
from .casefile_schemas import (
    CaseFileChange,
    CaseFileRequest,
    CaseFileSchema,
    CaseFilesSchema,
    CasesSchema,
    DossierSchema,
    ExportRequest,
    JudgementRequest,
    MissingSchema,
    NoticesSchema,
    NumberSchema,
    PinChange,
    PinnedSchema,
    PinRequest,
    PointChange,
    PointRequest,
    StandingListSchema,
    StandingRequest,
    StandingSchema,
    case_fields,
    case_file_fields,
    dossier_fields,
    standing_fields,
    told_fields,
)
from .desk import Desk
from .dossier.contents import find_words, quote_at
from .dossier.files import MEDIA_TYPES, written
from .notices import as_atom
from .responses import JSON, NOT_KEPT, answers_with, answers_with_bytes
from .standing_command import ask_again
from .uploads import safe_name

ACCOUNT = "ibid.account"
"""The key of a request's scope under which the middleware notes who has signed in."""
ATOM = "application/atom+xml; charset=utf-8"

routes = APIRouter()


def _desk(request: Request) -> Desk:
    """What who sent a request may see and change."""
    assistant: Assistant = request.app.state.ready.result()
    return Desk(assistant, str(request.scope.get(ACCOUNT, LOCAL)))


_Desk = Annotated[Desk, Depends(_desk)]
_Number = Annotated[int, PathParameter(ge=1)]


@routes.get("/case-files", **answers_with(CaseFilesSchema))
def case_files(desk: _Desk) -> Response:
    """List the account's case files, and those that others share."""
    return JSON({"case_files": [case_file_fields(one) for one in desk.dossiers.list()]})


@routes.post("/case-files", **answers_with(CaseFileSchema))
def create(body: CaseFileRequest, desk: _Desk) -> Response:
    """Make a case file, or return the account's own of that name."""
    return JSON(case_file_fields(desk.dossiers.create(body.name)))


@routes.get("/case-files/{file_id}", **answers_with(DossierSchema))
def show(file_id: str, desk: _Desk) -> Response:
    """Show a case file: its pins with what has become of their sources, and what is missing."""
    return JSON(dossier_fields(desk.dossier(file_id)))


@routes.patch("/case-files/{file_id}", **answers_with(CaseFileSchema))
def change(file_id: str, body: CaseFileChange, desk: _Desk) -> Response:
    """Rename a case file, or let every account read it."""
    if body.name is not None:
        desk.dossiers.rename(file_id, body.name)
    if body.shared is not None:
        desk.dossiers.share(file_id, shared=body.shared)
    return JSON(case_file_fields(desk.dossiers.get(file_id)))


@routes.delete("/case-files/{file_id}", **answers_with(CaseFileSchema))
def delete(file_id: str, desk: _Desk) -> Response:
    """Erase a case file with everything in it."""
    gone = desk.dossiers.get(file_id)
    desk.dossiers.delete(file_id)
    return JSON(case_file_fields(gone))


@routes.get("/case-files/{file_id}/export", **answers_with_bytes(*MEDIA_TYPES.values()))
def export(file_id: str, asked: Annotated[ExportRequest, Query()], desk: _Desk) -> Response:
    """Write a case file as Word or PDF with footnotes, HTML that opens offline, Markdown or JSON."""
    dossier = desk.dossier(file_id, asked.style)
    name = quote(safe_name(f"{dossier.file.name}.{asked.format}"), safe="")
    disposition = f"attachment; filename=\"dossier.{asked.format}\"; filename*=UTF-8''{name}"
    headers = {**NOT_KEPT, "Content-Disposition": disposition}
    content = written(dossier, asked.format, desk.assistant)
    return Response(content, media_type=MEDIA_TYPES[asked.format], headers=headers)


@routes.post("/case-files/{file_id}/pins", **answers_with(PinnedSchema))
def pin(file_id: str, body: PinRequest, desk: _Desk) -> Response:
    """Pin words of a document to a case file."""
    file, number, is_new = desk.dossiers.pin(_quote(body, desk), file_id=file_id, note=body.note, tags=body.tags)
    return JSON({"case_file": case_file_fields(file), "number": number, "new": is_new})


def _quote(body: PinRequest, desk: Desk) -> PinnedQuote:
    if body.start is not None and body.end is not None and not body.words:
        return quote_at(desk.assistant, body.document_id, (body.start, body.end), body.question)
    if not body.words or body.start is not None or body.end is not None:
        raise CaseFileError("Name the words by start and end, or by words.")
    span = find_words(desk.assistant, body.document_id, body.words)
    return quote_at(desk.assistant, body.document_id, span, body.question)


@routes.patch("/pins/{number}", **answers_with(NumberSchema))
def annotate(number: _Number, body: PinChange, desk: _Desk) -> Response:
    """Write the note or the tags of a pin, or move it in its case file."""
    desk.dossiers.annotate(number, note=body.note, tags=body.tags)
    if body.place is not None:
        desk.dossiers.move(number, body.place)
    return JSON({"number": number})


@routes.delete("/pins/{number}", **answers_with(NumberSchema))
def unpin(number: _Number, desk: _Desk) -> Response:
    """Take a pin out of its case file."""
    desk.dossiers.unpin(number)
    return JSON({"number": number})


@routes.post("/case-files/{file_id}/missing", **answers_with(MissingSchema))
def miss(file_id: str, body: PointRequest, desk: _Desk) -> Response:
    """Note what a case file lacks."""
    file, number = desk.dossiers.miss(body.words, file_id=file_id, kind=body.kind)
    return JSON({"case_file": case_file_fields(file), "number": number})


@routes.patch("/missing/{number}", **answers_with(NumberSchema))
def settle(number: _Number, body: PointChange, desk: _Desk) -> Response:
    """Mark an open point as done, or as open again."""
    desk.dossiers.settle(number, done=body.done)
    return JSON({"number": number})


@routes.delete("/missing/{number}", **answers_with(NumberSchema))
def drop(number: _Number, desk: _Desk) -> Response:
    """Erase an open point."""
    desk.dossiers.drop_point(number)
    return JSON({"number": number})


@routes.get("/standing", **answers_with(StandingListSchema))
def standing(desk: _Desk) -> Response:
    """List the standing questions of the account."""
    return JSON({"standing": [standing_fields(one) for one in desk.standing.list()]})


@routes.post("/standing", **answers_with(StandingSchema))
def ask_always(body: StandingRequest, desk: _Desk) -> Response:
    """Save a question that is asked again whenever the library changes."""
    desk.assistant.check_question(body.question)
    return JSON(standing_fields(desk.standing.add(body.question, body.scope(desk.assistant))))


@routes.post("/standing/run", **answers_with(NoticesSchema))
def run(desk: _Desk) -> Response:
    """Ask the standing questions again now, if the library has changed; lists the notices that are new."""
    made = {one.number for one in ask_again(desk.assistant, quiet=True, account=desk.user)}
    return JSON({"notices": [told_fields(one) for one in desk.notices() if one.number in made]})


@routes.get("/standing/notices", **answers_with(NoticesSchema))
def notices(desk: _Desk, unread: bool = False) -> Response:
    """List the notices of the account's standing questions, the newest first."""
    return JSON({"notices": [told_fields(one) for one in desk.notices(unread=unread)]})


@routes.get("/standing/feed", **answers_with_bytes(ATOM))
def feed(request: Request, desk: _Desk) -> Response:
    """Give the notices as an Atom feed. A feed reader signs in with the name, and a token as the password."""
    address = f"{request.url.scheme}://{request.url.netloc}/"
    feed_id = f"urn:ibid:{desk.assistant.kept.identity}:{quote(desk.user, safe='')}"
    return Response(as_atom(desk.notices(), address, feed_id).encode(), media_type=ATOM, headers=NOT_KEPT)


@routes.delete("/standing/{number}", **answers_with(NumberSchema))
def stop_asking(number: _Number, desk: _Desk) -> Response:
    """Erase a standing question with its notices."""
    desk.standing.remove(number)
    return JSON({"number": number})


@routes.get("/cases", **answers_with(CasesSchema))
def cases(desk: _Desk) -> Response:
    """List the answers that the account has judged."""
    return JSON({"cases": [case_fields(one) for one in desk.cases()]})


@routes.post("/cases", **answers_with(NumberSchema))
def judge(body: JudgementRequest, desk: _Desk) -> Response:
    """Keep a judgement of the answer to a question: of one of its quotes, or of its refusal."""
    turns = [turn.turn for turn in body.history]
    answer = desk.assistant.ask(body.question, turns, scope=body.scope(desk.assistant))
    place = body.quote or 0
    if body.quote is not None and place >= len(answer.quotes):
        raise CaseFileError(f"The answer has {len(answer.quotes)} quotes; there is no quote {place}.")
    quoted = answer.quotes[place] if answer.quotes else None
    history = [(turn.question, turn.answer) for turn in turns]
    return JSON({"number": desk.judge(body.judgement, answer, quoted, history)})


@routes.delete("/cases/{number}", **answers_with(NumberSchema))
def forget_case(number: _Number, desk: _Desk) -> Response:
    """Erase a judged answer."""
    desk.judged.remove(number)
    return JSON({"number": number})
