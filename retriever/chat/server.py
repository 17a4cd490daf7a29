"""Serves the chat page on this machine only.

In: a way to open the assistant. Out: nothing, until it is stopped. One decision: the page is mounted on
FastAPI and run by uvicorn, because Gradio's own `launch()` accepts any Host and Origin and sends no
Content-Security-Policy.
"""

import logging
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import api
from ..assistant import Assistant
from ..errors import IbidError
from ..intake import safe_name
from ..settings import default_history
from .desk import Desk
from .export import as_json, as_markdown
from .history import History, new_reader
from .page import READER, STYLE, build_page, theme

Result = TypeVar("Result")

FAVICON = Path(__file__).parent / "favicon.svg"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
FIRST_PORT = 7860
PORTS_TRIED = 20
YEARS = 10 * 365 * 24 * 3600  # seconds that a browser keeps its key

EXPORTS = {
    "md": (as_markdown, "text/markdown; charset=utf-8"),
    "json": (as_json, "application/json"),
}
"""Suffix -> what writes a conversation so, and its media type."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # Gradio compiles its templates there
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What the page may load: only from this machine, so that no document can make the browser call out."""


class Guard:
    """Lets in only requests whose Host and Origin are this page's own; sends the policy with each answer.

    Gradio's heartbeat is answered at once: it would hold one of the six connections that a browser opens to a host for
    each tab, and the sixth tab would stay blank.

    Another site's page in the same browser could otherwise reach this port, under its own name (DNS
    rebinding) or across origins. Gradio's own uploads are refused: files arrive at `arrivals`. A browser that comes for
    the first time gets the key to its conversations.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        """Stores the application and the names under which it may be reached."""
        self.app = app
        self.hosts = {f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host in LOOPBACK}
        self.origins = {f"http://{host}" for host in self.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        own = headers.get("host") in self.hosts and headers.get("origin", next(iter(self.origins))) in self.origins
        if "/heartbeat/" in scope["path"]:
            await Response(status_code=204)(scope, receive, send)
            return
        if not own or scope["type"] != "http" or scope["path"].endswith("/upload"):
            refusal = "Ibid answers only its own page and programs on this machine."
            to_program = scope["path"].startswith(f"{api.PATH}/")
            answer = JSONResponse({"error": refusal}, 403) if to_program else PlainTextResponse(refusal, 403)
            await answer(scope, receive, send)
            return

        is_new = scope["path"] == "/" and READER not in cookie_parser(headers.get("cookie", ""))

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if is_new:
                    # Lax: a link from elsewhere to this page still finds the conversations.
                    answer.append(
                        "Set-Cookie", f"{READER}={new_reader()}; Path=/; Max-Age={YEARS}; HttpOnly; SameSite=Lax"
                    )
                answer["Content-Security-Policy"] = POLICY
                answer["Referrer-Policy"] = "no-referrer"
                answer["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self.app(scope, receive, send_with_policy)


def in_background(task: Callable[[], Result]) -> Future[Result]:
    """Starts a task in a thread that doesn't keep the program alive."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(task())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def listen(host: str, port: int | None) -> socket.socket:
    """Takes a port.

    Args:
        host: a name of this machine.
        port: the port that was asked for; 0 is any free one; None is the first free one from 7860 on.

    Returns:
        A socket that listens already: a browser that comes before the server is up just waits.

    Raises:
        IbidError: the host is not this machine's own, or the port is taken.
    """
    if host not in LOOPBACK:
        raise IbidError(f"Ibid serves this machine only: use 127.0.0.1 instead of {host}.")
    wanted = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else (port,)
    for number in wanted:
        try:
            return socket.create_server((host, number), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError:
            continue
    taken = f"Port {port} is" if port is not None else f"Ports {wanted[0]} to {wanted[-1]} are"
    raise IbidError(f"{taken} taken on {host}: stop the program that uses it, or choose another with --port.")


def open_history(file: Path) -> History | None:
    """The readers' conversations; where they can't be kept the terminal says so, and the page goes on without."""
    try:
        return History.open(file)
    except IbidError as error:
        print(f"Conversations are not kept: {error}", file=sys.stderr, flush=True)
        return None


def add_routes(app: FastAPI, desk: Desk, library: Future[Assistant], history: History | None) -> None:
    """What the page asks for beside Gradio's events: its icon, whether the program runs, uploads and exports."""
    start = secrets.token_urlsafe()

    async def arrivals(request: Request) -> JSONResponse:
        length = request.headers.get("content-length", "")
        size = int(length) if length.isdecimal() else None
        try:
            key = await desk.intake.receive(request.query_params.get("name", ""), size, request.stream())
        except IbidError as error:
            return JSONResponse({"reason": str(error)})
        return JSONResponse({"key": key})

    def conversation(request: Request) -> Response:
        name, _, kind = request.path_params["name"].rpartition(".")
        reader = request.cookies.get(READER, "")
        if history is None or kind not in EXPORTS:
            return PlainTextResponse("There is no such conversation.", 404)
        write, media_type = EXPORTS[kind]
        try:
            kept = history.conversation(reader, name)
            content = write(kept, history.turns(reader, name), library.result())
        except IbidError as error:
            return PlainTextResponse(str(error), 404)
        file = safe_name(f"{kept.title}.{kind}")
        disposition = f"attachment; filename=\"conversation.{kind}\"; filename*=UTF-8''{quote(file)}"
        return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})

    app.add_route("/favicon.ico", lambda _: FileResponse(FAVICON, media_type="image/svg+xml"))
    app.add_route("/alive", lambda _: JSONResponse({"start": start}))
    app.add_route("/arrivals", arrivals, methods=["POST"])
    app.add_route("/conversations/{name}", conversation)


def build_app(open_assistant: Callable[[], Assistant], port: int, history: History | None) -> FastAPI:
    """The guarded application for a port; the assistant is opened in the background."""
    library = in_background(open_assistant)

    def warm() -> Assistant:
        library.result().warm_up()
        return library.result()

    ready = in_background(warm)
    desk = Desk(library, ready, history)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, port=port)
    add_routes(app, desk, library, history)
    app.mount(api.PATH, api.build_api(ready, desk.intake))
    gr.mount_gradio_app(
        app,
        build_page(desk),
        path="/",
        server_name="127.0.0.1",
        server_port=port,
        theme=theme(),
        head=f"<style>{STYLE}</style>",  # `css=` would lose `:root` within `@media`
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        max_file_size="1kb",
    )
    return app


def serve(
    open_assistant: Callable[[], Assistant],
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = True,
) -> None:
    """Serves the chat page until it is stopped.

    Args:
        open_assistant: opens the library; called in the background, the page doesn't wait.
        host: a name of this machine.
        port: the port to listen on; 0 is any free one; None is the first free one from 7860 on.
        open_browser: whether to open the page in the browser.

    Raises:
        IbidError: the host is not this machine's own, or the port is taken.
    """
    listener = listen(host, port)
    port = listener.getsockname()[1]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    app = build_app(open_assistant, port, open_history(default_history()))
    print(f"Ibid is at {address} (Ctrl-C stops it).", flush=True)
    if open_browser:
        webbrowser.open(address)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    # Stopping cuts the streams to open tabs, which uvicorn would report as errors.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not server.should_exit)
    with listener, suppress(KeyboardInterrupt):  # raised again by uvicorn once it has stopped
        server.run(sockets=[listener])
