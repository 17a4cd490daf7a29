"""The library over HTTP, for programs: the same answers as the command line's, beside the page.

In: requests in JSON, files as they are. Out: JSON, described at `/openapi.json`. One decision: what is answered is
made by `schemas` and described by `schemas.json`; here only requests are checked and errors named.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..assistant import Assistant
from ..errors import DocumentUnknown, FileTooLarge, IbidError, LibraryAway, LibraryBusy, QuestionError, ReadingError
from ..filters import Scope as Asked
from ..records import Turn
from .schemas import Fields, Id, Narrowed, Question, as_json, found, happened, line, listed, schemas, shown
from .uploads import Intake

PATH = "/api"
LINES = "application/x-ndjson"
LARGEST_BODY_BYTES = 10_000_000
"""Of what is not a file: some 50,000 questions with their histories."""
MOST_QUOTES, MOST_HITS = 50, 200
"""Of one answer, of one search; nobody reads more, and each costs time."""

STATUS = {
    DocumentUnknown: 404,
    FileTooLarge: 413,
    ReadingError: 422,
    QuestionError: 422,
    LibraryBusy: 503,
    LibraryAway: 503,
}
"""Error -> HTTP status, the first that fits; every other is 500."""

_NO_JSON = "The request is no JSON object; send one, as Content-Type: application/json."
_WHOLE = "must be a whole number"
_MUST = {
    "missing": "is missing; it must be given",
    "extra_forbidden": f"is not known; {PATH}/openapi.json lists what is",
    "string_type": "must be text",
    "string_unicode": "must be text without half a character",
    "string_too_short": "must not be empty",
    "list_type": "must be a list",
    "model_attributes_type": "must be an object",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
"""Pydantic's kind of error -> what a field must be, or what is to be done."""

ABOUT = """Answers about the documents of one library, in the documents' own words. Every error is
`{"error": "one clear sentence"}`. The interface is on this machine, unless others may sign in, and answers no other
site's pages."""


class Ready(Protocol):
    """What is answered from, once it can answer."""

    def result(self) -> Assistant:
        """Wait for it; raises what opening it does."""


class Body(BaseModel):
    """A request; a field that isn't known is an error, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class TurnBody(Body):
    """An earlier question of the conversation, and the words that answered it."""

    question: str
    answer: str = ""


class ScopeBody(Body):
    """Which documents are asked: all, unless some are named."""

    sources: list[str] = Field(default=[], description="Only those of these publishers, by a part of their names.")
    documents: list[str] = Field(default=[], description="Only these, by id.")
    since: str = Field(default="", description="Nothing published before this ISO 8601 date, perhaps reduced.")
    until: str = Field(default="", description="Nothing published after it.")

    @property
    def narrowed(self) -> Narrowed:
        """The documents that are asked, as they are named."""
        return Narrowed(tuple(self.sources), tuple(self.documents), self.since, self.until)

    def scope(self, assistant: Assistant) -> Asked:
        """The documents that are asked.

        Raises:
            QuestionError: a date is none, or nobody or nothing in the library is named so.
        """
        return self.narrowed.scope(assistant)


class TimelineBody(ScopeBody):
    """Whose sentences, and when what they tell happened."""

    since: str = Field(default="", description="Nothing that was over before this ISO 8601 date, perhaps reduced.")
    until: str = Field(default="", description="Nothing that began after it.")


class QuestionBody(ScopeBody):
    """A question, what was said before it, and which documents it is put to."""

    question: str = Field(min_length=1)
    history: list[TurnBody] = Field(default=[], description="The turns before it, oldest first.")

    @property
    def turns(self) -> list[Turn]:
        """The history as the assistant takes it."""
        return [Turn(turn.question, turn.answer) for turn in self.history]


class AskBody(QuestionBody):
    """What is to be answered; `id` comes back with the answer."""

    id: Id = None
    top: int = Field(default=5, strict=True, ge=1, le=MOST_QUOTES, description="Quotes at the most.")


class SearchBody(QuestionBody):
    """What is to be found."""

    count: int = Field(default=20, strict=True, ge=1, le=MOST_HITS, description="Passages at the most.")


class JSON(Response):
    """Fields as one line, the bytes that the command line prints."""

    media_type = "application/json"

    def render(self, content: Fields) -> bytes:
        """Write the fields."""
        return line(content).encode()


class Bounded:
    """Refuses a body that is too large while it arrives; files are bounded by the intake."""

    def __init__(self, app: ASGIApp) -> None:
        """Stores the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and counts what comes with it."""
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > LARGEST_BODY_BYTES:
                most = LARGEST_BODY_BYTES // 1_000_000
                raise HTTPException(413, f"The request is too large; send less than {most} MB at a time.")
            return message

        is_file = scope["type"] == "http" and scope["path"].endswith("/documents")
        await self.app(scope, receive if is_file else counted, send)


def build_api(ready: Ready, intake: Intake) -> FastAPI:
    """The interface, to be mounted at `PATH`.

    Args:
        ready: the assistant, once it can answer; who asks sooner waits.
        intake: takes and removes files, as for the page.
    """
    api = FastAPI(title="Ibid", version=version("ibid"), description=ABOUT, docs_url=None, redoc_url=None)
    api.state.ready, api.state.intake = ready, intake
    api.add_middleware(Bounded)
    for kind in (HTTPException, RequestValidationError, IbidError, Exception):
        api.add_exception_handler(kind, _failed)
    api.include_router(_routes)
    _describe(api)
    return api


def _assistant(request: Request) -> Assistant:
    opened: Ready = request.app.state.ready
    return opened.result()


def _intake(request: Request) -> Intake:
    intake: Intake = request.app.state.intake
    return intake


_Ready = Annotated[Assistant, Depends(_assistant)]
_Intake = Annotated[Intake, Depends(_intake)]
_routes = APIRouter()


def _answers(schema: str, media_type: str = "application/json") -> dict[str, Any]:
    """What a route gives back, for its description."""

    def given(name: str, kind: str) -> dict[str, Any]:
        return {"content": {kind: {"schema": {"$ref": f"#/components/schemas/{name}"}}}}

    return {
        "response_class": Response,
        "responses": {
            200: {"description": "Done.", **given(schema, media_type)},
            "default": {"description": "What is wrong.", **given("error", "application/json")},
        },
    }


def _body(media_type: str) -> dict[str, Any]:
    """A body that is taken as it is, for its route's description."""
    return {"requestBody": {"required": True, "content": {media_type: {}}}}


@_routes.post("/ask", **_answers("answer"))
def ask(body: AskBody, assistant: _Ready) -> Response:
    """Answer one question."""
    answer = assistant.ask(body.question, body.turns, top=body.top, scope=body.scope(assistant))
    return JSON(as_json(answer, body.id))


@_routes.post("/batch", **_answers("answer_or_error", LINES), openapi_extra=_body(LINES))
async def batch(request: Request, assistant: _Ready, top: Annotated[int, Query(ge=1, le=MOST_QUOTES)] = 5) -> Response:
    """Answer many questions, one JSON object a line: `{"id": "7", "question": "...", "history": [...]}`.

    Each answer is sent as soon as it is there, in a line of its own; for a line that cannot be asked it is
    `{"error": "..."}`.
    """
    lines = (await request.body()).split(b"\n")
    if lines == [b""]:
        raise QuestionError("The request is empty; send a question a line.")
    return StreamingResponse(_batch(assistant, lines, top), media_type=LINES)


@_routes.post("/search", **_answers("found"))
def search(body: SearchBody, assistant: _Ready) -> Response:
    """Find passages, best first, without judging whether they answer."""
    hits = assistant.search(body.question, body.turns, count=body.count, scope=body.scope(assistant))
    return JSON(found(assistant, body.question, hits))


@_routes.get("/timeline", **_answers("timeline"))
def timeline(asked: Annotated[TimelineBody, Query()], assistant: _Ready) -> Response:
    """List what happened when, by the documents' own sentences, in the order of time."""
    return JSON({"timeline": [happened(point) for point in asked.narrowed.timeline(assistant)]})


@_routes.get("/documents", **_answers("documents"))
def documents(assistant: _Ready) -> Response:
    """List the documents."""
    return JSON({"documents": [listed(summary) for summary in assistant.documents()]})


@_routes.post("/documents", **_answers("added"), openapi_extra=_body("application/octet-stream"))
async def add(
    request: Request, assistant: _Ready, intake: _Intake, name: Annotated[str, Query(min_length=1)]
) -> Response:
    """Add a file, whose bytes are the request's body; its name says of what kind it is."""
    length = request.headers.get("content-length", "")
    key = await intake.receive(name, int(length) if length.isdecimal() else None, request.stream())
    item = await run_in_threadpool(intake.add, assistant, name, key)
    if item.document_id is None:
        raise ReadingError(item.detail)
    return JSON({"state": item.state, "document": listed(assistant.summary(item.document_id))})


@_routes.get("/documents/{document_id:path}", **_answers("shown"))
def show(document_id: str, assistant: _Ready) -> Response:
    """Give one document with its text."""
    return JSON(shown(assistant, document_id))


@_routes.delete("/documents/{document_id:path}", **_answers("removed"))
def remove(document_id: str, assistant: _Ready, intake: _Intake) -> Response:
    """Remove one document; its file stays, unless it was added here or on the page."""
    intake.remove(assistant, document_id)
    return JSON({"removed": document_id})


def _batch(assistant: Assistant, lines: list[bytes], top: int) -> Iterator[str]:
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            asked = Question.from_line(text.decode("utf-8-sig", "replace"))
            scope = asked.narrowed.scope(assistant)
            answer = as_json(assistant.ask(asked.question, asked.history, top=top, scope=scope), asked.id)
        except IbidError as error:
            answer = {"error": f"line {number}: {error}"}
        yield f"{line(answer)}\n"


async def _failed(request: Request, error: Exception) -> Response:
    """Say what went wrong in a sentence, with the status that fits it."""
    if isinstance(error, HTTPException):
        headers = {"Allow": ", ".join(_done_at(request))} if error.status_code == 405 else error.headers
        return JSON({"error": _refused(request, error)}, error.status_code, headers)
    if isinstance(error, RequestValidationError):
        return JSON({"error": _wrong(error.errors()[0])}, 422)
    if isinstance(error, IbidError):
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
        return JSON({"error": str(error)}, status)
    return JSON({"error": f"This should not happen ({type(error).__name__}); the terminal says where."}, 500)


def _refused(request: Request, error: HTTPException) -> str:
    """What is wrong with a request that no route takes."""
    if error.status_code == 404:
        return f"There is nothing at {request.url.path}; {PATH}/openapi.json lists what there is."
    if error.status_code == 405:
        return f"{request.method} is not done at {request.url.path}; send {' or '.join(_done_at(request))}."
    return _NO_JSON if error.status_code == 400 else error.detail


def _done_at(request: Request) -> list[str]:
    """The methods that a request's path takes; each of its routes knows only its own."""
    here = [route for route in _routes.routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in here if isinstance(route, Route) for method in route.methods or ()})


def _wrong(problem: Mapping[str, Any]) -> str:
    """What is wrong with a field: which, and what it must be."""
    where, *names = problem["loc"]
    if not names or problem["type"] == "json_invalid":
        return _NO_JSON
    place = ".".join(map(str, names)) + " in the address" * (where == "query")
    must = _MUST.get(problem["type"], problem["msg"])
    return f"{place} {must.format(**problem.get('ctx', {}))}."


def _describe(api: FastAPI) -> None:
    """Let the description name the contract's own schemas."""
    made = api.openapi

    def openapi() -> dict[str, Any]:
        described = made()
        described.setdefault("components", {}).setdefault("schemas", {}).update(_moved(schemas()["$defs"]))
        return described

    api.openapi = openapi  # type: ignore[method-assign]


def _moved(schema: Any) -> Any:  # noqa: ANN401 (JSON)
    """A schema whose references point to where OpenAPI keeps its schemas."""
    if isinstance(schema, dict):
        return {
            name: value.replace("#/$defs/", "#/components/schemas/") if name == "$ref" else _moved(value)
            for name, value in schema.items()
        }
    return [_moved(one) for one in schema] if isinstance(schema, list) else schema
