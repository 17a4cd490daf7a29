"""Protects the page and the interfaces for programs: refuses foreign, oversized and too frequent requests.

In: every request. Out: the application's response with the page's security headers, or a refusal. One decision: only
requests for the paths that the page uses reach Gradio. Nothing else in Gradio can be reached.
"""

import asyncio
import base64
import gzip
import hashlib
import ipaddress
import re
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Iterable

from markupsafe import Markup
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..interfaces import http as api
from ..interfaces.casefile_http import ACCOUNT
from ..interfaces.fetch_http import PATH as WEB
from ..interfaces.html.cards import CARD_STYLE
from ..interfaces.html.templating import render
from ..interfaces.translation.catalogue import gettext
from ..interfaces.translation.language import language_for, speak
from .assets import finish_page
from .auth import KEY, READS_ONLY, TRIES, WITHIN, Authenticator, fields_of
from .events import USER_COOKIE
from .first_words import in_language
from .history import new_user_key
from .seen import answer_as

LOOPBACK = ("127.0.0.1", "localhost", "::1")
YEARS = 10 * 365 * 24 * 3600  # seconds that a browser keeps its key
PROGRAMS = f"{api.PATH}/"
"""Before the paths that programs ask."""
AGENTS = "/mcp"
"""Where agents ask."""
CONVERSATIONS = "/conversations/"
"""Before the conversations that a user saves as files."""
INVALID_REQUEST = -32600
"""JSON-RPC's code for what it has no other for."""
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Ibid", charset="UTF-8"'}
"""How a program signs in; the page would ask for it in a window of the browser's."""

HEALTH = "/healthz"
"""Where a supervisor asks whether Ibid can answer; nobody signs in for that."""
OF_PEOPLE = frozenset(("/", "/sign-in"))
"""What is sent in the language of whoever asks; events of the page see to it themselves."""
UPLOADS = "/uploads"
"""Where the page sends files."""

READ = re.compile(
    r"/|/alive|/healthz|/page/[0-9a-f]{12}/[\w.-]+|/favicon\.ico|/theme\.css|/config|/(assets|static|svelte)/[\w./-]+|/conversations/[\w-]+\.\w+"
    r"|/gradio_api/(queue/data|app_id)|/sign-in"
)
"""What the page gets; `app_id` when the program is back after it was stopped."""
WRITTEN = re.compile(r"/uploads|/gradio_api/(queue/join|cancel)|/sign-(in|out)")
"""What the page posts."""

LARGEST_BODY_BYTES = 2_000_000
"""Of what the page posts but files: a question has at most 200 words, names of files 200 letters."""
PUBLIC = re.compile(r"/favicon\.ico|/theme\.css|/page/[0-9a-f]{12}/.*|/(assets|static|svelte)/.*")
"""What is the same for everybody; browsers and proxies may keep only this."""

MOST_REQUESTS = 512
"""At once; a tab has up to six."""
SIGN_IN_SECONDS = 10.0
"""For the whole form: anybody may send one."""
BODY_SECONDS = 60.0
"""Between two pieces of a request: a slower one has hung up."""
POSTS, WITHIN_SECONDS = 300, 60.0
"""From one address beyond this machine; who types sends one in some seconds."""
_REMEMBERED = 10_000  # addresses

_TOO_LARGE = "The request is too large."

_SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)


def policy(scripts: Iterable[bytes] = ()) -> str:
    """What the page may load: only files from this machine, so that no document can make the browser connect elsewhere.

    Args:
        scripts: the code in the page itself; no other inline code may run.
    """
    digests = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(code).digest()).decode()}'" for code in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {digests} 'unsafe-eval'",  # Gradio compiles its templates
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


HEADERS = {
    "Referrer-Policy": "same-origin",  # without this, browsers would send the sign-in form without its origin
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityMiddleware:
    """Lets in only requests whose Host and Origin are this page's own, and with an authenticator only signed-in users.

    Otherwise another site's page in the same browser could reach this port, under its own name (DNS rebinding) or
    across origins. A new browser gets the key to its conversations. Gradio's heartbeat is answered at once. It would
    otherwise hold one connection for each tab. A browser opens only six to a host, so the sixth tab would stay blank.
    """

    def __init__(
        self, app: ASGIApp, port: int, host: str = LOOPBACK[0], authenticator: Authenticator | None = None
    ) -> None:
        """Stores the application and the names under which it may be reached."""
        self.app = app
        self._port = port
        self._is_local = is_loopback(host)
        self._names = {*LOOPBACK, *(() if self._is_local else (host, socket.gethostname()))}
        self._authenticator = authenticator
        self._posts: OrderedDict[str, deque[float]] = OrderedDict()
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        self._requests += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._requests -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on."""
        headers = {"Content-Security-Policy": policy(), **HEADERS}
        if not PUBLIC.fullmatch(scope["path"]):
            headers["Cache-Control"] = "no-store"
        if scope["path"] in OF_PEOPLE:
            speak(language_for(Headers(scope=scope)))
        response = await self._refusal(scope, receive)
        if response:
            response.headers.update(headers)
            await response(scope, receive, send)
            return
        if self._authenticator:
            scope[ACCOUNT] = self._authenticator.name_of(Headers(scope=scope)) or ""
        bounded = _LimitedBody(receive, None if _takes_files(scope) else LARGEST_BODY_BYTES)
        try:
            if scope["path"] == "/":
                await self._page(scope, bounded, send)
            else:
                await self.app(scope, bounded, _with_headers(send, headers))
        except ClientDisconnect:  # whoever sent it has gone, or it was cut off here
            if bounded.is_too_large:
                await refusal(scope["path"], _TOO_LARGE, 413)(scope, receive, send)

    async def _refusal(self, scope: Scope, receive: Receive) -> Response | None:
        """The response instead of the application's, if there is one."""
        headers, path = Headers(scope=scope), scope["path"]
        if not self._is_own(scope, headers):
            return refusal(path, "Ibid answers only its own page and programs on this machine.", 403)
        if self._requests > MOST_REQUESTS:
            return refusal(path, "Too many requests at once; wait a moment.", 503)
        if "/heartbeat/" in path:
            return Response(status_code=204)
        if path == HEALTH:
            return None
        address = (scope.get("client") or ("",))[0]
        if not self._is_local and scope["method"] == "POST" and self._is_too_often(address):
            return refusal(path, "Too many requests; wait a minute.", 429)
        length = headers.get("content-length", "0")
        if not _takes_files(scope) and (not length.isdecimal() or int(length) > LARGEST_BODY_BYTES):
            return refusal(path, _TOO_LARGE, 413)
        if path == "/sign-in":
            return await self._sign_in(scope, receive, address)
        if path == "/sign-out":
            return self._sign_out(headers)
        return await self._unsigned(scope, headers, address)

    async def _unsigned(self, scope: Scope, headers: Headers, address: str) -> Response | None:
        """The refusal of who has not signed in, or may not do that; None if there is nothing to refuse."""
        path = scope["path"]
        if self._authenticator is None:
            return None
        if not await self._authenticator.signed_in(headers, address):
            if path == "/":
                return RedirectResponse("/sign-in", 303)
            said = "Sign in first: send name and password with each request (curl -u NAME), or a token."
            return refusal(path, said if is_of_programs(path) else "Sign in first.", 401)
        # The page's own events run in tasks that outlive a request; each says for itself who sent it.
        is_alone = is_of_programs(path) or path.startswith(CONVERSATIONS)
        answer_as((self._authenticator.name_of(headers) or "") if is_alone else "")
        if _changes(scope) and not self._authenticator.may_change(headers):
            return JSONResponse({"reason": READS_ONLY}, 403) if path == UPLOADS else refusal(path, READS_ONLY, 403)
        return None

    def _is_own(self, scope: Scope, headers: Headers) -> bool:
        """Whether the page or a program on this machine made the request, for a path that exists."""
        if scope["type"] != "http" or not self._is_ours(headers.get("host", "")):
            return False
        if headers.get("origin", f"http://{headers['host']}") != f"http://{headers['host']}":
            return False
        path, reads = scope["path"], scope["method"] in ("GET", "HEAD")
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not (reads and path == "/"):
            return False  # a link from elsewhere may open the page, but do nothing else
        if ".." in path or "//" in path:
            return False
        if is_of_programs(path) or "/heartbeat/" in path:
            return True
        return bool((READ if reads else WRITTEN).fullmatch(path)) and (reads or scope["method"] == "POST")

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this machine. If others may connect, any of its addresses will do."""
        name, _, port = host.rpartition(":")
        bare = name.removeprefix("[").removesuffix("]")
        return port == str(self._port) and (bare in self._names or (not self._is_local and _is_address(bare)))

    def _is_too_often(self, address: str) -> bool:
        moments = self._posts.setdefault(address, deque(maxlen=POSTS))
        self._posts.move_to_end(address)
        while len(self._posts) > _REMEMBERED:
            self._posts.popitem(last=False)
        now = time.monotonic()
        if len(moments) == POSTS and now - moments[0] < WITHIN_SECONDS:
            return True
        moments.append(now)
        return False

    async def _sign_in(self, scope: Scope, receive: Receive, address: str) -> Response:
        if self._authenticator is None:
            return RedirectResponse("/", 303)
        if scope["method"] != "POST":
            return _sign_in_page()
        try:
            form = await asyncio.wait_for(_LimitedBody(receive, LARGEST_BODY_BYTES).whole(), SIGN_IN_SECONDS)
        except TimeoutError:
            return _sign_in_page(gettext("The form did not arrive in time. Try again."), 408)
        fields = fields_of(form)
        name = fields.get("name", "")
        if await self._authenticator.knows(name, fields.get("password", ""), address):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(KEY, self._authenticator.new_key(name), httponly=True, samesite="lax")
            return answer
        if self._authenticator.is_locked(name, address):
            said = gettext("Too many wrong passwords ({count}). Wait {minutes} minutes, then try again.").format(
                count=TRIES, minutes=f"{WITHIN / 60:.0f}"
            )
            return _sign_in_page(said, 429)
        return _sign_in_page(gettext("Wrong name or password."), 401)

    def _sign_out(self, headers: Headers) -> Response:
        if self._authenticator is None:
            return RedirectResponse("/", 303)
        self._authenticator.forget(headers)
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(KEY, httponly=True, samesite="lax")
        return answer

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page itself, sent when it is complete, since the policy must name its scripts."""
        asked = Headers(scope=scope)
        packed = "gzip" in asked.get("accept-encoding", "")
        headers = {**HEADERS, "Cache-Control": "no-store", **({"Content-Encoding": "gzip"} if packed else {})}
        start: Message = {}
        body = b""

        async def hold(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                written = in_language(finish_page(body.decode()), signed_in=self._authenticator is not None)
                if self._authenticator and not self._authenticator.may_change(asked):
                    written = written.replace("<html", '<html data-role="reader"', 1)  # page.css hides what is refused
                page = written.encode()
                codes = [found["code"] for found in _SCRIPT.finditer(page) if b"src=" not in found["attributes"]]
                page = gzip.compress(page) if packed else page
                own = {"Content-Security-Policy": policy(codes), "Content-Length": str(len(page)), **headers}
                await _with_headers(send, own, cookie)(start)
                await send({"type": "http.response.body", "body": page})

        known = USER_COOKIE in cookie_parser(asked.get("cookie", ""))
        # Lax: a link from elsewhere to this page still finds the conversations.
        cookie = None if known else f"{USER_COOKIE}={new_user_key()}; Path=/; Max-Age={YEARS}; HttpOnly; SameSite=Lax"
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]  # scripts are read as they stand
        await self.app({**scope, "headers": plain}, receive, hold)


class _LimitedBody:
    """Reads a request's body, up to a limit of size and time."""

    def __init__(self, receive: Receive, largest: int | None) -> None:
        self._receive = receive
        self._largest = largest
        self._read = 0
        self._whole = False
        self.is_too_large = False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()  # the only message left is that the user has gone
        try:
            message = await asyncio.wait_for(self._receive(), BODY_SECONDS)
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._read += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._largest is not None and self._read > self._largest:
            self._whole = self.is_too_large = True
            return {"type": "http.disconnect"}
        return message

    async def whole(self) -> bytes:
        """The body, or the part that arrived before it was cut off."""
        body = b""
        while not self._whole:
            body += (await self()).get("body", b"")
        return body


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host."""
    return host in LOOPBACK or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _changes(scope: Scope) -> bool:
    """Whether a request would add, remove or correct a document. The page's own controls are checked in `events`."""
    path, reads = scope["path"], scope["method"] in ("GET", "HEAD")
    changing = (f"{api.PATH}/documents/", f"{api.PATH}{WEB}/")
    return not reads and (path == UPLOADS or f"{path}/".startswith(changing))


def is_of_programs(path: str) -> bool:
    """Whether a path is for programs or agents, not for the page."""
    return path.startswith(PROGRAMS) or path == AGENTS


def refusal(path: str, said: str, status: int) -> Response:
    """A refusal: JSON for programs, and an error of JSON-RPC for agents, whose clients show it."""
    if not is_of_programs(path):
        return PlainTextResponse(said, status)
    told = {"jsonrpc": "2.0", "id": None, "error": {"code": INVALID_REQUEST, "message": said}}
    return JSONResponse(told if path == AGENTS else {"error": said}, status, CHALLENGE if status == 401 else None)


def _sign_in_page(said: str = "", status: int = 200) -> Response:
    style = Markup(CARD_STYLE)  # noqa: S704 (our own file)
    return HTMLResponse(render("sign_in.html", said=said, style=style), status, {"Cache-Control": "no-store"})


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _takes_files(scope: Scope) -> bool:
    """Whether a path has its own limits, because files may be large."""
    return scope["path"] == "/uploads" or str(scope["path"]).startswith(PROGRAMS)


def _with_headers(send: Send, headers: dict[str, str], cookie: str | None = None) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer = MutableHeaders(scope=message)
            answer.update(headers)
            if cookie:
                answer.append("Set-Cookie", cookie)
        await send(message)

    return with_headers
