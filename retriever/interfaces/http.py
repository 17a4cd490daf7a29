"""The library over HTTP, for programs: the same answers as on the command line.

In: requests in JSON, and the bytes of files. Out: JSON, described at `/openapi.json`. One decision: `requests` defines
the requests and `schemas` the answers. This module has only the routes, and the status of each error.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Protocol
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi import Path as PathParameter
from fastapi.exceptions import RequestValidationError
from pydantic import RootModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..assistant import Assistant
from ..citing.formats import write_references
from ..citing.names import MEDIA_TYPES
from ..citing.styles import cite
from ..errors import (
    CaseFileError,
    CaseFileForbidden,
    CaseFileUnknown,
    DocumentUnknown,
    FetchError,
    FetchingOff,
    FileTooLarge,
    IbidError,
    LibraryAway,
    LibraryBusy,
    OriginalChanged,
    QuestionError,
    ReadingError,
    WriterError,
    machine_error,
)
from ..evidence.table import evidence_rows
from ..ingest.editing import EDITABLE
from ..settings import VERSION
from .absence_report import absence_fields, refused
from .casefile_http import routes as case_file_routes
from .check_schemas import CheckSchema, check_fields
from .citations import citation_fields, cited_document
from .evidence_fields import row_values
from .evidence_panel import panel_lines
from .fetch_http import routes as fetch_routes
from .html.check import check_html, check_panel_html
from .json_lines import as_json, line
from .report_schemas import CollectionsSchema, collection_fields
from .requests import (
    MOST_QUOTES,
    AbsenceRequest,
    AskRequest,
    BatchLine,
    CheckRequest,
    CitationRequest,
    DocumentsRequest,
    EditRequest,
    PageRequest,
    SearchRequest,
    TableRequest,
    TimelineRequest,
    WriteRequest,
    field_error,
)
from .responses import JSON, LINES, NOT_KEPT, JSONLines, answers_with, answers_with_bytes
from .schemas import (
    AbsenceSchema,
    AddedSchema,
    AnswerSchema,
    CitationSchema,
    DocumentsSchema,
    ErrorSchema,
    RemovedSchema,
    SearchSchema,
    TableRowSchema,
    TimelineSchema,
    WholeDocumentSchema,
    WrittenOnlySchema,
    WrittenSchema,
    document_fields,
    search_fields,
    timeline_fields,
    whole_document_fields,
)
from .scope_names import ScopeNames
from .translation.language import language_for, speak
from .uploads import Uploads
from .versions_fields import VersionsSchema, versions_fields

PATH = "/api"
LARGEST_BODY_BYTES = 10_000_000
"""Of what is not a file: some 50,000 questions with their histories."""
SHOWN = frozenset(("application/pdf", "image/png", "image/jpeg", "image/webp"))
"""Media types that a browser may open here; a page of another's could run its scripts in this page's name."""
STATUS = {
    DocumentUnknown: 404,
    FileTooLarge: 413,
    OriginalChanged: 409,
    ReadingError: 422,
    QuestionError: 422,
    LibraryBusy: 503,
    LibraryAway: 503,
    WriterError: 503,
    FetchingOff: 403,
    FetchError: 422,
    CaseFileUnknown: 404,
    CaseFileForbidden: 403,
    CaseFileError: 422,
}
"""Error -> HTTP status, the first that fits; every other is 500."""

_NO_JSON = "The request is not a JSON object; send one, as Content-Type: application/json."

SIGN_IN = {
    "password": {"type": "http", "scheme": "basic", "description": "A name of --auth, and its password."},
    "token": {"type": "http", "scheme": "bearer", "description": "What `ibid token NAME` has printed."},
}
"""The ways to sign in; either will do."""

ABOUT = """Answers about the documents of one library, in the documents' own words. Every error is
`{"error": "one clear sentence"}`. The interface is on this machine, unless others may sign in, and answers no other
site's pages."""


class AssistantLoader(Protocol):
    """The assistant, once it is ready."""

    def result(self) -> Assistant:
        """Wait for it; raises the error of opening it."""


class AnswerOrError(RootModel[AnswerSchema | ErrorSchema]):
    """A line of the answers to a batch."""


class BodyLimit:
    """Refuses a body that is too large while it arrives. Uploads limit files themselves."""

    def __init__(self, app: ASGIApp) -> None:
        """Stores the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count the bytes of its body."""
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > LARGEST_BODY_BYTES:
                most = LARGEST_BODY_BYTES // 1_000_000
                raise HTTPException(413, f"The request is too large; send less than {most} MB at a time.")
            return message

        is_file = scope["type"] == "http" and scope["path"].endswith(("/documents", "/check"))
        await self.app(scope, receive if is_file else counted, send)


class _DescribedAPI(FastAPI):
    """The interface, with a description that says how one signs in. The middleware in front checks it."""

    def openapi(self) -> dict[str, Any]:
        """Describe the interface."""
        described = super().openapi()
        if self.state.signs_in:
            described["components"]["securitySchemes"] = SIGN_IN
            described["security"] = [{name: []} for name in SIGN_IN]
        return described


def build_api(
    ready: AssistantLoader, uploads: Uploads, asking: AssistantLoader | None = None, *, signs_in: bool = False
) -> FastAPI:
    """The interface, to be mounted at `PATH`.

    Args:
        ready: the assistant, once it is ready; earlier requests wait.
        uploads: adds and removes files, as on the page.
        asking: the assistant that answers one question now, be it by words; None: the same.
        signs_in: whether each request needs a password or a token; the middleware in front checks it.
    """
    api = _DescribedAPI(title="Ibid", version=VERSION, description=ABOUT, docs_url=None, redoc_url=None)
    api.state.ready, api.state.uploads, api.state.signs_in = ready, uploads, signs_in
    api.state.asking = asking or ready
    api.add_middleware(BodyLimit)
    for kind in (HTTPException, RequestValidationError, IbidError, Exception):
        api.add_exception_handler(kind, _error_response)
    api.include_router(case_file_routes)
    api.include_router(fetch_routes)
    api.include_router(_routes)
    return api


def _assistant(request: Request) -> Assistant:
    opened: AssistantLoader = request.app.state.ready
    return opened.result()


def _asking(request: Request) -> Assistant:
    opened: AssistantLoader = request.app.state.asking
    return opened.result()


def _uploads(request: Request) -> Uploads:
    uploads: Uploads = request.app.state.uploads
    return uploads


_Ready = Annotated[Assistant, Depends(_assistant)]
_Asking = Annotated[Assistant, Depends(_asking)]
_Uploads = Annotated[Uploads, Depends(_uploads)]
_routes = APIRouter()


def _is_document(assistant: Assistant, document_id: str) -> bool:
    """Whether a document has an id that looks like a part of another document."""
    try:
        assistant.summary(document_id)
    except DocumentUnknown:
        return False
    return True


def _body(media_type: str) -> dict[str, Any]:
    """The description of a body that the route reads as bytes."""
    return {"requestBody": {"required": True, "content": {media_type: {}}}}


@_routes.post("/ask", **answers_with(AnswerSchema))
def ask(body: AskRequest, assistant: _Asking) -> Response:
    """Answer one question; by words alone (`by_words`) while search by meaning is being prepared."""
    answer = assistant.ask(body.question, body.turns, top=body.top, scope=body.scope(assistant))
    return JSON(as_json(answer, body.id))


@_routes.post("/write", **answers_with(WrittenOnlySchema))
def write(body: WriteRequest, assistant: _Ready) -> Response:
    """Have a language model on this machine join quotes into a paragraph; 503 if none is named, or it does not answer.

    Nothing that it writes is a quote. Each sentence names the quotes that carry it, or is struck through.
    """
    written = WrittenSchema.of(assistant.write(body.question, body.places))
    return JSON({"written": written.fields()})


@_routes.post("/batch", **answers_with(AnswerOrError, JSONLines), openapi_extra=_body(LINES))
async def batch(request: Request, assistant: _Ready, top: Annotated[int, Query(ge=1, le=MOST_QUOTES)] = 5) -> Response:
    """Answer many questions, one JSON object a line: `{"id": "7", "question": "...", "history": [...]}`.

    Each answer is sent as soon as it is ready, in a line of its own; for a line that is not a question it is
    `{"error": "..."}`.
    """
    lines = (await request.body()).split(b"\n")
    if lines == [b""]:
        raise QuestionError("The request is empty; send one question per line.")
    return JSONLines(_batch(assistant, lines, top))


@_routes.post("/table", **answers_with(TableRowSchema, JSONLines))
def table(body: TableRequest, assistant: _Ready, request: Request) -> Response:
    """Ask each document by itself, and each question: one row a line, each sent as soon as it is ready."""
    scope = body.scope(assistant)
    for question in body.questions:
        assistant.check_question(question)
    if body.form == "panel":
        return JSONLines(panel_lines(assistant, body.questions, scope, language_for(request.headers)))
    rows = evidence_rows(assistant, body.questions, scope)
    return JSONLines(f"{line(row_values(row))}\n" for row in rows)


@_routes.post("/absence", **answers_with(AbsenceSchema))
def absence(body: AbsenceRequest, assistant: _Ready) -> Response:
    """Prove that the documents don't answer a question: what was searched, and how; 422 if they do."""
    report = refused(assistant, body.question, body.scope(assistant))
    return JSON(absence_fields(report))


@_routes.post("/search", **answers_with(SearchSchema))
def search(body: SearchRequest, assistant: _Ready) -> Response:
    """Find passages, best first, without judging whether they answer."""
    hits = assistant.search(body.question, body.turns, count=body.count, scope=body.scope(assistant))
    return JSON(search_fields(assistant, body.question, hits))


@_routes.get("/timeline", **answers_with(TimelineSchema))
def timeline(asked: Annotated[TimelineRequest, Query()], assistant: _Asking) -> Response:
    """List what happened when, by the documents' own sentences, in the order of time."""
    return JSON(timeline_fields(asked.names.timeline(assistant), asked.names.timeline_remarks(assistant)))


@_routes.get("/collections", **answers_with(CollectionsSchema))
def collections(assistant: _Asking) -> Response:
    """List the collections that the account may see; `ibid collection` changes them."""
    return JSON({"collections": [collection_fields(one) for one in assistant.collections()]})


@_routes.get("/documents", **answers_with(DocumentsSchema))
def documents(asked: Annotated[DocumentsRequest, Query()], assistant: _Asking) -> Response:
    """List the documents."""
    scope = ScopeNames(collections=tuple(asked.collections), languages=tuple(asked.languages)).scope(assistant)
    return JSON({"documents": [document_fields(each) for each in assistant.documents() if scope.takes(each)]})


@_routes.post("/documents", **answers_with(AddedSchema), openapi_extra=_body("application/octet-stream"))
async def add(
    request: Request,
    assistant: _Ready,
    uploads: _Uploads,
    name: Annotated[str, Query(min_length=1)],
    collection: Annotated[str, Query(description="The collection that its document belongs to.")] = "",
) -> Response:
    """Add a file, whose bytes are the request's body; its name says of what kind it is."""
    collection = await run_in_threadpool(assistant.known_collection, collection)
    length = request.headers.get("content-length", "")
    key = await uploads.receive(name, int(length) if length.isdecimal() else None, request.stream())
    item = await run_in_threadpool(uploads.add, assistant, name, key, collection)
    if item.document_id is None:
        raise ReadingError(item.detail)
    return JSON({"state": item.state, "document": document_fields(assistant.summary(item.document_id))})


@_routes.post("/check", **answers_with(CheckSchema), openapi_extra=_body("application/octet-stream"))
async def check(
    request: Request, assistant: _Ready, uploads: _Uploads, asked: Annotated[CheckRequest, Query()]
) -> Response:
    """Check the quotations in a draft, whose bytes are the request's body; the draft is not kept."""
    scope = asked.scope(assistant)
    length = request.headers.get("content-length", "")
    key = await uploads.receive(asked.name, int(length) if length.isdecimal() else None, request.stream())
    report = await run_in_threadpool(uploads.check, assistant, asked.name, key, unmarked=asked.all, scope=scope)
    if asked.form == "json":
        return JSON(check_fields(report))
    if asked.form == "panel":
        speak(language_for(request.headers))
    written = check_html(report) if asked.form == "page" else check_panel_html(report)
    return Response(written.encode(errors="replace"), media_type="text/html", headers=NOT_KEPT)


@_routes.get("/documents/{document_id:path}/pages/{page:int}.png", **answers_with_bytes("image/png"))
def page_image(
    document_id: str,
    page: Annotated[int, PathParameter(ge=1)],
    asked: Annotated[PageRequest, Query()],
    assistant: _Asking,
) -> Response:
    """Draw a page of a PDF or a picture as it is printed, with the words from `start` to `end` marked."""
    if _is_document(assistant, f"{document_id}/pages/{page}.png"):
        return JSON(whole_document_fields(assistant, f"{document_id}/pages/{page}.png"))
    image = assistant.page_image(document_id, page, width=asked.width, quote=asked.quote)
    return Response(image, media_type="image/png", headers=NOT_KEPT)


@_routes.get("/documents/{document_id:path}/file", **answers_with_bytes("application/octet-stream"))
def original_file(document_id: str, assistant: _Asking, download: bool = False) -> Response:
    """Give the file that a document was read from, if it is still the same. PDFs and pictures open in the browser."""
    if _is_document(assistant, f"{document_id}/file"):
        return JSON(whole_document_fields(assistant, f"{document_id}/file"))
    data, summary = assistant.original(document_id), assistant.summary(document_id)
    is_shown = summary.media_type in SHOWN and not download
    name = quote(Path(summary.source).name, safe="")
    disposition = f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{name}"
    media_type = summary.media_type if is_shown else "application/octet-stream"
    return Response(data, media_type=media_type, headers={**NOT_KEPT, "Content-Disposition": disposition})


@_routes.get("/documents/{document_id:path}/versions", **answers_with(VersionsSchema))
def versions(document_id: str, assistant: _Asking) -> Response:
    """Give the texts that a document has had, and what each changed; only the present one where none are kept."""
    if _is_document(assistant, f"{document_id}/versions"):
        return JSON(whole_document_fields(assistant, f"{document_id}/versions"))
    return JSON(versions_fields(assistant, document_id))


@_routes.get("/documents/{document_id:path}/citation", **answers_with(CitationSchema))
def citation(document_id: str, asked: Annotated[CitationRequest, Query()], assistant: _Asking) -> Response:
    """Cite one document, or the place of the characters from `start` to `end` in it, in a style.

    With `format`, the answer is a file for a reference manager.
    """
    if _is_document(assistant, f"{document_id}/citation"):
        return JSON(whole_document_fields(assistant, f"{document_id}/citation"))
    item = cited_document(assistant, document_id, asked.quote)
    if asked.format:
        return Response(write_references([item], asked.format), media_type=MEDIA_TYPES[asked.format], headers=NOT_KEPT)
    return JSON(citation_fields(item, cite(item, asked.style)))


@_routes.get("/documents/{document_id:path}", **answers_with(WholeDocumentSchema))
def show(document_id: str, assistant: _Asking) -> Response:
    """Give one document with its text."""
    return JSON(whole_document_fields(assistant, document_id))


@_routes.patch("/documents/{document_id:path}", **answers_with(WholeDocumentSchema))
def edit(document_id: str, body: EditRequest, assistant: _Ready) -> Response:
    """Correct the title, the author, the publisher or the date of one document, or move it to another collection."""
    if body.collection is not None:
        assistant.collect([document_id], body.collection)
    corrections = body.model_dump(include=set(EDITABLE), exclude_none=True)
    if corrections:
        assistant.edit(document_id, **corrections)
    return JSON(whole_document_fields(assistant, document_id))


@_routes.delete("/documents/{document_id:path}", **answers_with(RemovedSchema))
def remove(document_id: str, assistant: _Ready, uploads: _Uploads) -> Response:
    """Remove one document; its file stays, unless it was added here or on the page."""
    uploads.remove(assistant, document_id)
    return JSON({"removed": document_id})


def _batch(assistant: Assistant, lines: list[bytes], top: int) -> Iterator[str]:
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            asked = BatchLine.from_text(text.decode("utf-8-sig", "replace"))
            answer = assistant.ask(asked.question, asked.turns, top=top, scope=asked.scope(assistant))
            fields = as_json(answer, asked.id)
        except IbidError as error:
            fields = {"error": f"line {number}: {error}"}
        yield f"{line(fields)}\n"


async def _error_response(request: Request, error: Exception) -> Response:
    """Describe an error in a sentence, with the status that fits it."""
    if isinstance(error, HTTPException):
        headers = {"Allow": ", ".join(_allowed_methods(request))} if error.status_code == 405 else error.headers
        return JSON({"error": _routing_error(request, error)}, error.status_code, headers)
    if isinstance(error, RequestValidationError):
        return JSON({"error": _field_problem(error.errors()[0])}, 422)
    if isinstance(error, IbidError):
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
        return JSON({"error": str(error)}, status)
    if sentence := machine_error(error):
        return JSON({"error": sentence}, 503)
    return JSON({"error": f"Ibid failed ({type(error).__name__}); the terminal shows the details."}, 500)


def _routing_error(request: Request, error: HTTPException) -> str:
    """The error for a request that no route takes."""
    if error.status_code == 404:
        return f"There is nothing at {request.url.path}; {PATH}/openapi.json lists what there is."
    if error.status_code == 405:
        return f"{request.url.path} does not take {request.method}; send {' or '.join(_allowed_methods(request))}."
    return _NO_JSON if error.status_code == 400 else error.detail


def _allowed_methods(request: Request) -> list[str]:
    """The methods of all routes for a request's path."""
    every = (*case_file_routes.routes, *_routes.routes)
    here = [route for route in every if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in here if isinstance(route, Route) for method in route.methods or ()})


def _field_problem(problem: Mapping[str, Any]) -> str:
    """The message about a wrong field: its name, and what it must be."""
    where, *names = problem["loc"]
    if not names or problem["type"] == "json_invalid":
        return _NO_JSON
    return f"{field_error({**problem, 'loc': names}, ' in the address' * (where == 'query'))}."
