"""Serves the chat page on this machine, or to people on other machines who sign in.

In: a function that opens the assistant. Out: nothing; it runs until it is stopped. One decision: the page is mounted on
FastAPI and run by uvicorn, because Gradio's own `launch()` accepts any Host and Origin, and sends no
Content-Security-Policy.
"""

import errno
import logging
import os
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from getpass import getpass
from pathlib import Path
from urllib.parse import quote

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response

from ..assistant import Assistant
from ..citing.names import CitationStyle
from ..errors import IbidError
from ..interfaces import http as api
from ..interfaces.mcp import build_app as build_agents
from ..interfaces.uploads import Uploads, safe_name
from ..settings import default_history
from .assets import serve_asset
from .auth import Authenticator, Passwords, Tokens
from .casefile_handlers import CaseFileHandlers
from .chat_handlers import ChatHandlers
from .connections import Connection
from .conversations import without_hidden
from .events import USER_COOKIE
from .export import as_json, as_markdown
from .export_pages import as_html, as_word
from .fetching import DailyFetch
from .followed import FollowedFolders
from .history import History
from .layout import build_page, theme
from .library_handlers import LibraryHandlers
from .loading import Loader
from .meanwhile import load_model
from .middleware import AGENTS, HEALTH, LOOPBACK, UPLOADS, SecurityMiddleware, is_loopback, refusal
from .seen import SeenLibrary
from .sidebar import Sidebar
from .source_cache import SourceCache
from .standing_watch import StandingWatch
from .suggestions import SuggestionHandlers

FAVICON = Path(__file__).parent / "favicon.svg"
FIRST_PORT = 7860
PORTS_TRIED = 20
# Gradio sums up with pandas how long events took, for a page that is not served here. Meanwhile other threads wait. It
# does so after this many events.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(sys.maxsize))

READER = ":reader"
"""After a name: this user may ask and read, but change no document."""
EXPORTS = {
    "md": (as_markdown, "text/markdown; charset=utf-8"),
    "json": (as_json, "application/json"),
    "html": (as_html, "text/html; charset=utf-8"),
    "docx": (as_word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
"""Suffix -> what writes a conversation so, and its media type."""


def listen(host: str, port: int | None, names: Sequence[str] = ()) -> socket.socket:
    """Listen on a port.

    Args:
        host: a name or address of this machine.
        port: the port to use; 0 is any free one; None is the first free one from 7860 on.
        names: who may sign in.

    Returns:
        A listening socket: a browser that comes before the server is ready just waits.

    Raises:
        IbidError: others could read without signing in, the host is not one of this machine's, or the port is in use.
    """
    if not is_loopback(host) and not names:
        raise IbidError(
            f"Everybody who reaches {host} could read your documents. Name who may sign in with --auth NAME, or serve "
            "this machine only, on 127.0.0.1."
        )
    wanted = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else (port,)
    for number in wanted:
        try:
            return socket.create_server((host, number), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise IbidError(f"{host} is not an address of this machine. Leave out --host.") from error
    taken = f"Port {port} is" if port is not None else f"Ports {wanted[0]} to {wanted[-1]} are"
    raise IbidError(f"{taken} in use on {host}. Stop the program that uses it, or choose another with --port.")


def authenticator_for(names: Sequence[str]) -> Authenticator | None:
    """The users who may sign in; asks at the terminal for missing passwords. None if no names are given.

    Raises:
        IbidError: a password is missing and there is no terminal to ask for it, or it cannot be used.
    """
    if not names:
        return None
    passwords = Passwords(default_history().with_name("passwords"))
    readers = frozenset(name.removesuffix(READER) for name in names if name.endswith(READER))
    names = [name.removesuffix(READER) for name in names]
    for name in names:
        if name not in passwords.names():
            if not sys.stdin.isatty():
                raise IbidError(f"{name} has no password yet. Start once in a terminal with --auth {name} to set one.")
            first = getpass(f"A password for {name}: ")
            if getpass("Once more: ") != first:
                raise IbidError("The two passwords differ. Start again.")
            passwords.set(name, first)
    return Authenticator(passwords, frozenset(names), readers=readers, tokens=Tokens.default())


def open_history(file: Path) -> History | None:
    """The users' conversations; None if they can't be saved, after a message on the terminal."""
    try:
        return History.open(file)
    except IbidError as error:
        print(f"Conversations are not saved: {error}", file=sys.stderr, flush=True)
        return None


def add_routes(app: FastAPI, received: Uploads, library: SeenLibrary, history: History | None) -> None:
    """Add the page's routes besides Gradio's events: its files, whether the program runs, uploads and exports."""
    start = secrets.token_urlsafe()

    async def uploads(request: Request) -> JSONResponse:
        length = request.headers.get("content-length", "")
        size = int(length) if length.isdecimal() else None
        try:
            key = await received.receive(request.query_params.get("name", ""), size, request.stream())
        except IbidError as error:
            return JSONResponse({"reason": str(error)})
        except ClientDisconnect:  # nobody is there to hear it
            return JSONResponse({"reason": "it did not arrive whole."})
        return JSONResponse({"key": key})

    def conversation(request: Request) -> Response:
        name, _, kind = request.path_params["name"].rpartition(".")
        user = request.cookies.get(USER_COOKIE, "")
        if history is None or kind not in EXPORTS:
            return PlainTextResponse("There is no such conversation.", 404)
        write, media_type = EXPORTS[kind]
        wanted = request.query_params.get("style", "")
        style = CitationStyle(wanted) if wanted in list(CitationStyle) else None
        try:
            kept = history.conversation(user, name)
            assistant = library.result()
            turns = without_hidden(history.turns(user, name), assistant.hidden_documents)
            content = write(kept, turns, assistant, style)
        except IbidError as error:
            return PlainTextResponse(str(error), 404)
        file = safe_name(f"{kept.title}.{kind}")
        disposition = f"attachment; filename=\"conversation.{kind}\"; filename*=UTF-8''{quote(file)}"
        return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})

    app.add_route("/favicon.ico", lambda _: FileResponse(FAVICON, media_type="image/svg+xml"))
    app.add_route("/page/{digest}/{name}", serve_asset)

    def health(_: Request) -> JSONResponse:
        state = "ready" if library.is_loaded else "not ready"
        return JSONResponse({"status": state}, 200 if library.is_loaded else 503)

    app.add_route("/alive", lambda _: JSONResponse({"start": start}))
    app.add_route(HEALTH, health)
    app.add_route(UPLOADS, uploads, methods=["POST"])
    app.add_route("/conversations/{name}", conversation)


def agents_app(ready: api.AssistantLoader, asking: api.AssistantLoader) -> Starlette:
    """The interface for agents."""
    app = build_agents(ready.result, asking.result, AGENTS)
    app.add_route(AGENTS, _posted_only, methods=["GET", "DELETE"])  # otherwise the page's own routes would take these
    return app


def _posted_only(_: Request) -> Response:
    """Refuse GET and DELETE: no messages follow a GET, and there are no sessions to delete."""
    response = refusal(AGENTS, "Agents use POST here.", 405)
    response.headers["Allow"] = "POST"
    return response


async def _nothing_here(request: Request, _: Exception) -> Response:
    return refusal(request.url.path, "There is nothing here.", 404)


def programs_app(
    seen: SeenLibrary,
    answering: SeenLibrary,
    asking: SeenLibrary,
    received: Uploads,
    history: History | None,
    port: int,
    host: str = LOOPBACK[0],
    authenticator: Authenticator | None = None,
) -> FastAPI:
    """The protected application with all but the page itself: files, uploads, and what programs and agents ask.

    Args:
        seen: the library as an account sees it.
        answering: the same, once its model is loaded.
        asking: the same, which answers by words until then.
        received: adds and removes files.
        history: the users' conversations.
        port: the port that it is reached at.
        host: the name that it is reached under.
        authenticator: who may sign in; None if nobody need.
    """
    agents = agents_app(answering, asking)
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=list(agents.routes),
        lifespan=agents.router.lifespan_context,
        exception_handlers={404: _nothing_here},
    )
    app.add_middleware(SecurityMiddleware, port=port, host=host, authenticator=authenticator)
    add_routes(app, received, seen, history)
    app.mount(api.PATH, api.build_api(answering, received, asking, signs_in=authenticator is not None))
    return app


def build_app(
    open_assistant: Callable[[], Assistant],
    port: int,
    history: History | None,
    host: str = LOOPBACK[0],
    authenticator: Authenticator | None = None,
) -> FastAPI:
    """The protected application for a port; the assistant is opened in the background."""
    library = Loader(open_assistant)
    model, meanwhile = load_model(library)

    def finish() -> Assistant:
        model.result().finish_uploads()
        return model.result()

    whole = Loader(finish)
    seen, answering = SeenLibrary(library, authenticator), SeenLibrary(whole, authenticator)
    asking = SeenLibrary(meanwhile, authenticator)
    received, sources = Uploads(lambda: library.result().folder), SourceCache(seen)
    chat = ChatHandlers(seen, asking, history, sources)
    # Whoever signs in from elsewhere may not have this machine's files read.
    followed = None if authenticator else FollowedFolders(default_history().with_name("followed.json"))
    if followed:
        threading.Thread(target=_resume, args=(followed, library), daemon=True).start()
    watch = StandingWatch(whole)
    watch.start()
    DailyFetch(whole).start()
    kept = CaseFileHandlers(asking, watch)
    handlers = LibraryHandlers(seen, answering, received, sources, SuggestionHandlers(answering), followed)
    app = programs_app(seen, answering, asking, received, history, port, host, authenticator)
    gr.mount_gradio_app(
        app,
        build_page(
            chat,
            handlers,
            Sidebar(seen, history),
            largest_file_bytes=received.largest_file_bytes,
            kept=kept,
            authenticator=authenticator,
        ),
        path="/",
        server_name="127.0.0.1",
        server_port=port,
        theme=theme(),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        max_file_size="1kb",
    )
    return app


def _resume(followed: FollowedFolders, library: Loader[Assistant]) -> None:
    with suppress(IbidError):  # the page says why the library cannot be opened
        followed.resume(library.result())


def serve(
    open_assistant: Callable[[], Assistant],
    host: str = LOOPBACK[0],
    port: int | None = None,
    open_browser: bool = True,
    names: Sequence[str] = (),
) -> None:
    """Serves the chat page until it is stopped.

    Args:
        open_assistant: opens the library; called in the background, so that the page doesn't wait.
        host: a name or address of this machine; users of other machines must sign in.
        port: the port to listen on; 0 is any free one; None is the first free one from 7860 on.
        open_browser: whether to open the page in the browser.
        names: the users who may sign in; if there are none, nobody needs to.

    Raises:
        IbidError: others could read without signing in, the host is not one of this machine's, or the port is in use.
    """
    listener = listen(host, port, names)
    authenticator = authenticator_for(names)
    port = listener.getsockname()[1]
    # An address that stands for all addresses of this machine cannot be opened from another one.
    name = socket.gethostname() if host in ("0.0.0.0", "::") else host  # noqa: S104 (compared only)
    address = f"http://{f'[{name}]' if ':' in name else name}:{port}"

    def opened() -> Assistant:
        try:
            return open_assistant()
        except IbidError as error:
            print(f"ibid: {error}", file=sys.stderr, flush=True)  # the page shows the error too
            raise

    app = build_app(opened, port, open_history(default_history()), host, authenticator)
    print(f"Ibid is at {address} (Ctrl-C stops it).", flush=True)
    if not is_loopback(host):
        print(
            "The connection is not encrypted, so others on the network can read it. Use a tunnel (ssh -L) or a proxy "
            "with TLS."
        )
    if open_browser:
        webbrowser.open(address)
    config = uvicorn.Config(
        app,
        log_level="warning",
        timeout_graceful_shutdown=1,
        http=Connection,
        proxy_headers=False,  # a request cannot claim another address
        server_header=False,
        ws="none",
    )
    server = uvicorn.Server(config)
    # Stopping cuts the streams to open tabs, which uvicorn would report as errors.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not server.should_exit)
    with listener, suppress(KeyboardInterrupt):  # raised again by uvicorn once it has stopped
        server.run(sockets=[listener])
