"""Who is let in, and what is passed on: Host, Origin, paths, size, rate, time, sign-in, policy."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from retriever import IbidError
from retriever.__main__ import main
from retriever.web import middleware as guard
from retriever.web import server
from retriever.web.auth import KEY, TRIES, WITHIN, Authenticator, Passwords, Tokens
from retriever.web.events import USER_COOKIE
from retriever.web.middleware import LARGEST_BODY_BYTES, POSTS, SecurityMiddleware
from tests.paths import ROOT

PORT = 7861
HERE = f"http://127.0.0.1:{PORT}"
PASSWORD = "a lamp of 1904"


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Says what it was given."""
    if scope["path"] == "/":
        answer: Response = HTMLResponse("<script>own()</script><script src=/assets/a.js></script><p>Varn</p>")
    else:
        answer = PlainTextResponse(f"{len(await Request(scope, receive).body())} bytes")
    await answer(scope, receive, send)


def client(app: SecurityMiddleware, address: str = "127.0.0.1", at: str = HERE) -> TestClient:
    return TestClient(app, base_url=at, client=(address, 50_000), follow_redirects=False)


@pytest.fixture
def local() -> TestClient:
    return client(SecurityMiddleware(page, PORT))


@pytest.fixture(scope="module")
def passwords(tmp_path_factory: pytest.TempPathFactory) -> Passwords:
    passwords = Passwords(tmp_path_factory.mktemp("home") / "talk" / "passwords")
    passwords.set("ada", PASSWORD)
    passwords.set("tom", PASSWORD + "!")
    return passwords


@pytest.fixture
def clock() -> list[float]:
    return [1000.0]


@pytest.fixture
def served(passwords: Passwords, clock: list[float]) -> TestClient:
    """The page on a network; `ada` may come in, `tom` may not any more."""
    authenticator = Authenticator(passwords, frozenset({"ada"}), lambda: clock[0])
    return client(
        SecurityMiddleware(page, PORT, "192.168.1.5", authenticator), "192.168.1.9", f"http://192.168.1.5:{PORT}"
    )


@pytest.fixture
def roles(passwords: Passwords, tmp_path: Path) -> tuple[TestClient, Tokens]:
    """The page on a network: `ada` keeps the library, `tom` only reads. And the tokens of their programs."""
    tokens = Tokens(tmp_path / "tokens")
    names = frozenset({"ada", "tom"})
    authenticator = Authenticator(passwords, names, readers=frozenset({"tom"}), tokens=tokens)
    guarded = SecurityMiddleware(page, PORT, "192.168.1.5", authenticator)
    return client(guarded, "192.168.1.9", f"http://192.168.1.5:{PORT}"), tokens


def test_a_program_signs_in_with_a_token_until_it_is_revoked(roles: tuple[TestClient, Tokens]) -> None:
    served, tokens = roles
    token = tokens.new("ada")
    assert token not in (tokens._file).read_text()
    assert os.name == "nt" or tokens._file.stat().st_mode & 0o077 == 0

    def status(given: str, path: str = "/api/documents") -> int:
        return served.get(path, headers={"authorization": given}).status_code

    assert status(f"Bearer {token}") == status(f"bearer {token}") == 200
    assert status(f"Bearer {token}", "/config") == 200
    for wrong in ("Bearer x", "Bearer ", f"Basic {token}", token):
        assert status(wrong) == 401
    assert status(f"Bearer {tokens.new('eva')}") == 401, "she may not sign in here"
    assert tokens.revoke("ada") == 1
    assert status(f"Bearer {token}") == 401
    assert tokens.revoke("ada") == 0


def test_a_reader_asks_and_reads_but_changes_no_document(roles: tuple[TestClient, Tokens]) -> None:
    served, tokens = roles
    changes = [
        ("POST", "/api/documents?name=x.txt"),
        ("PATCH", "/api/documents/ferry.txt"),
        ("DELETE", "/api/documents/ferry.txt"),
        ("PUT", "/api/documents/ferry.txt"),
        ("POST", "/uploads?name=x.txt"),
    ]
    reads = [("GET", "/api/documents/ferry.txt"), ("POST", "/api/ask"), ("POST", "/api/search"), ("POST", "/mcp")]
    for name, changing in (("tom", 403), ("ada", 200)):
        for header in ({"authorization": f"Bearer {tokens.new(name)}"}, None):
            auth = None if header else (name, PASSWORD + "!" * (name == "tom"))
            for method, path in changes:
                answer = served.request(method, path, headers=header, auth=auth)
                assert answer.status_code == changing, (name, method, path)
                if changing == 403:
                    assert "may ask and read" in str(answer.json())
            assert {served.request(method, path, headers=header, auth=auth).status_code for method, path in reads} == {
                200
            }


def test_the_page_of_a_reader_knows_it(roles: tuple[TestClient, Tokens]) -> None:
    served, tokens = roles
    guard_page = HTMLResponse("<html lang=en><p>Varn</p></html>")

    async def varn(scope: Scope, receive: Receive, send: Send) -> None:
        await guard_page(scope, receive, send)

    served.app.app = varn  # type: ignore[attr-defined]
    for name, marked in (("tom", True), ("ada", False)):
        text = served.get("/", headers={"authorization": f"Bearer {tokens.new(name)}"}).text
        assert ('data-role="reader"' in text) is marked


def test_a_supervisor_asks_without_signing_in_whether_it_is_well(served: TestClient) -> None:
    assert served.get("/healthz").status_code == 200
    assert served.post("/healthz").status_code == 403
    assert served.get("/alive").status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7861", "127.0.0.1", "127.0.0.1:80", "192.168.1.5:7861", ""]
)
def test_a_foreign_host_is_refused(local: TestClient, host: str) -> None:
    assert local.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:7861", "localhost:7861", "[::1]:7861"])
def test_this_machine_s_own_names_are_let_in(local: TestClient, host: str) -> None:
    assert local.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:7861", "http://localhost:7861"])
def test_a_foreign_origin_is_refused(local: TestClient, origin: str) -> None:
    assert local.post("/uploads", headers={"origin": origin}).status_code == 403
    assert local.post("/uploads", headers={"origin": HERE}).status_code == 200


def test_another_site_may_link_to_the_page_and_no_more(local: TestClient) -> None:
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert local.get("/", headers=elsewhere).status_code == 200
    for path in (
        "/config",
        "/conversations/abc.json",
        "/api/documents",
        "/api/documents/a.pdf/pages/1.png",
        "/gradio_api/queue/data",
    ):
        assert local.get(path, headers=elsewhere).status_code == 403
        assert local.get(path, headers={"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://evil.example",
        "/gradio_api/upload",
        "/gradio_api/component_server",
        "/gradio_api/run/predict",
        "/gradio_api/info",
        "/gradio_api/deep_link",
        "/monitoring",
        "/openapi.json",
        "/login",
        "/login/huggingface",
        "/login/callback?_target_url=////evil.example",
        "/logout?_target_url=////evil.example",
        "/gradio_api/file=https://evil.example/",
        "/assets/../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5cetc",
        "/static//etc/passwd",
        "/conversations/../conversations.db",
        "/%00",
    ],
)
def test_what_the_page_does_not_use_cannot_be_reached(local: TestClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        assert local.request(method, path).status_code == 403


def test_nothing_is_put_or_deleted_and_no_socket_is_opened(local: TestClient) -> None:
    assert [local.request(method, "/").status_code for method in ("PUT", "DELETE", "POST")] == [403, 403, 403]
    with pytest.raises(Exception), local.websocket_connect("/"):  # noqa: B017, PT011 (whatever the client raises)
        pass


def test_a_body_that_is_too_large_is_refused_before_it_is_read_or_while_it_comes(local: TestClient) -> None:
    assert local.post("/gradio_api/queue/join", content=b"x" * LARGEST_BODY_BYTES).text == f"{LARGEST_BODY_BYTES} bytes"
    assert local.post("/gradio_api/queue/join", content=b"x" * (LARGEST_BODY_BYTES + 1)).status_code == 413
    pieces = (b"x" * 1_000_000 for _ in range(3))
    assert local.post("/gradio_api/queue/join", content=pieces).status_code == 413


def test_files_may_be_larger(local: TestClient) -> None:
    assert local.post("/uploads", content=b"x" * 3_000_000).text == "3000000 bytes"


def test_a_request_that_stalls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.01)
    came: list[Any] = []

    async def stall() -> Any:
        await asyncio.sleep(60)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        came.append(await receive())

    headers = [(b"host", f"127.0.0.1:{PORT}".encode())]
    scope = {"type": "http", "method": "POST", "path": "/uploads", "headers": headers, "client": ("127.0.0.1", 1)}

    async def send(_: Any) -> None:
        return None

    asyncio.run(SecurityMiddleware(app, PORT)(scope, stall, send))
    assert came == [{"type": "http.disconnect"}]


def test_the_policy_names_the_page_s_own_scripts_and_no_others(local: TestClient) -> None:
    answer = local.get("/")
    said = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert said["default-src"] == said["object-src"] == said["frame-ancestors"] == "'none'"
    scripts = said["script-src"].split()
    assert len([each for each in scripts if each.startswith("'sha256-")]) == 1
    assert "'unsafe-inline'" not in scripts
    assert all("//" not in each for each in answer.headers["content-security-policy"].split())
    for name in ("Referrer-Policy", "X-Content-Type-Options", "Cross-Origin-Opener-Policy"):
        assert answer.headers[name] == local.get("/favicon.ico").headers[name] == local.get("/x").headers[name]


def test_a_browser_gets_one_key_to_its_conversations(local: TestClient) -> None:
    cookie = local.get("/").headers["set-cookie"]
    assert cookie.startswith(f"{USER_COOKIE}=")
    assert "HttpOnly; SameSite=Lax" in cookie
    assert "set-cookie" not in local.get("/").headers
    assert "set-cookie" not in local.get("/alive").headers


# Beyond this machine.


def test_only_who_signs_in_comes_in(served: TestClient) -> None:
    assert (served.get("/").status_code, served.get("/").headers["location"]) == (303, "/sign-in")
    for path in (
        "/alive",
        "/conversations/abc.json",
        "/api/documents",
        "/api/documents/a.pdf/pages/1.png",
        "/gradio_api/queue/data",
    ):
        assert served.get(path).status_code == 401
    assert served.post("/uploads").status_code == 401
    assert 'name="password"' in served.get("/sign-in").text
    answer = served.post("/sign-in", data={"name": "ada", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert served.get("/").status_code == served.get("/api/documents").status_code == 200


def test_who_signs_out_has_to_sign_in_again_and_so_does_a_copy_of_the_key(served: TestClient) -> None:
    served.post("/sign-in", data={"name": "ada", "password": PASSWORD})
    key = served.cookies[KEY]
    answer = served.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert KEY not in served.cookies
    assert served.get("/api/documents", headers={"cookie": f"{KEY}={key}"}).status_code == 401
    assert served.post("/sign-out").status_code == 303, "twice does no harm"


def test_no_link_signs_anybody_out(served: TestClient, local: TestClient) -> None:
    assert served.get("/sign-out").status_code == 403
    assert local.post("/sign-out").headers["location"] == "/", "where nobody signs in"


def test_a_program_may_sign_in_with_each_request(served: TestClient) -> None:
    assert served.get("/api/documents", auth=("ada", PASSWORD)).status_code == 200
    assert served.get("/api/documents", auth=("ada", PASSWORD + " ")).status_code == 401
    unknown = served.get("/api/documents")
    assert unknown.json()["error"].startswith("Sign in first: send name and password with each request")
    assert unknown.headers["www-authenticate"].startswith("Basic realm=")
    assert "www-authenticate" not in served.get("/alive").headers, "the browser would ask in a window of its own"
    assert served.get("/api/documents", headers={"authorization": "Basic %%%"}).status_code == 401


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "a guess"), ("tom", PASSWORD + "!"), ("nobody", PASSWORD), ("", "")]
)
def test_who_has_no_password_or_may_not_is_not_let_in(served: TestClient, name: str, password: str) -> None:
    answer = served.post("/sign-in", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert "Wrong name or password" in answer.text
    assert served.get("/alive", headers={"cookie": f"{KEY}=guessed"}).status_code == 401


def test_after_too_many_wrong_passwords_even_the_right_one_waits(served: TestClient, clock: list[float]) -> None:
    wrong = [served.post("/sign-in", data={"name": "ada", "password": "a guess"}).status_code for _ in range(TRIES)]
    assert wrong == [*[401] * (TRIES - 1), 429]
    answer = served.post("/sign-in", data={"name": "ada", "password": PASSWORD})
    assert (answer.status_code, "Wait 10 minutes" in answer.text) == (429, True)
    assert served.get("/api/documents", auth=("ada", PASSWORD)).status_code == 401
    clock[0] += WITHIN + 1
    assert served.post("/sign-in", data={"name": "ada", "password": PASSWORD}).status_code == 303


def test_on_a_network_the_host_is_an_address_or_this_machine_s_name(served: TestClient) -> None:
    for host, status in (("10.0.0.7:7861", 200), ("evil.example:7861", 403), ("192.168.1.5:80", 403)):
        assert served.get("/sign-in", headers={"host": host}).status_code == status


def test_who_posts_too_often_waits(served: TestClient) -> None:
    statuses = {served.post("/uploads").status_code for _ in range(POSTS)}
    assert statuses == {401}
    assert served.post("/uploads").status_code == 429


def test_passwords_are_kept_as_digests_for_their_owner_only(passwords: Passwords) -> None:
    file = passwords._file
    assert PASSWORD not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert passwords.names() == {"ada", "tom"}
    assert len({line.split(":")[1] for line in file.read_text().splitlines()}) == 2, "each has a salt of its own"


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "short"), ("a:b", PASSWORD), ("", PASSWORD), ("a\nb", PASSWORD)]
)
def test_a_name_or_password_that_cannot_be_used_is_said(passwords: Passwords, name: str, password: str) -> None:
    with pytest.raises(IbidError):
        passwords.set(name, password)


def test_nothing_is_served_to_others_without_sign_in() -> None:
    for host in ("0.0.0.0", "192.168.1.5", "::", "example.org"):
        with pytest.raises(IbidError, match="--auth NAME"):
            server.listen(host, 0)
    server.listen("0.0.0.0", 0, ["ada"]).close()
    server.listen("127.0.0.2", 0).close()
    with pytest.raises(IbidError, match="not an address of this machine"):
        server.listen("192.0.2.1", 0, ["ada"])


def test_the_command_refuses_to_serve_others_without_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "0.0.0.0", "--no-browser"]) == 1
    assert "who may sign in with --auth NAME" in capsys.readouterr().err


def test_a_password_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IBID_HISTORY", str(tmp_path / "talk" / "conversations.db"))
    with pytest.raises(IbidError, match="in a terminal"):
        server.authenticator_for(["ada"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(server, "getpass", lambda _: PASSWORD)
    assert server.authenticator_for(["ada"])
    monkeypatch.setattr(server, "getpass", None)
    assert server.authenticator_for(["ada"])
    assert server.authenticator_for([]) is None


# The real application: no file can be read through any path or parameter.


real_page = pytest.mark.filterwarnings("ignore::Warning")  # Gradio's own, of what it imports


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    from retriever import Assistant
    from tests.world import WordEncoder, write_world

    folder = tmp_path_factory.mktemp("served")
    write_world(folder / "varn")
    assistant = Assistant.open(folder / "library", encoder=WordEncoder(), create=True)
    assistant.index([folder / "varn"])
    (folder / "secret.txt").write_text("the secret of Varn")
    with start_blocking_portal() as loop:  # built where no loop runs, Gradio makes two that it never closes
        app = loop.call(server.build_app, lambda: assistant, PORT, None)
    with TestClient(app, base_url=HERE, client=("127.0.0.1", 1), raise_server_exceptions=False) as real:
        real.headers["x-folder"] = str(folder)
        yield real
    assistant.close()


@real_page
def test_no_file_can_be_read_through_any_path_or_parameter(real: TestClient) -> None:
    folder = real.headers["x-folder"]
    outside = [f"{folder}/secret.txt", f"{folder}/library/library.db", "/etc/passwd", f"file://{folder}/secret.txt"]
    ways = [*outside, *(f"{'../' * 12}{path.lstrip('/')}" for path in outside[:3])]
    ways += [way.replace("../", "..%2f") for way in ways] + [way.replace("/", "%2f") for way in ways]
    ways += [way.replace("../", "....//") for way in ways[4:7]] + [way.replace("/", "\\") for way in ways[:3]]
    places = [
        "/{}",
        "/assets/{}",
        "/static/{}",
        "/svelte/{}",
        "/conversations/{}",
        "/theme.css?v={}",
        "/config?path={}",
    ]
    places += ["/gradio_api/file={}", "/gradio_api/file/{}", "/gradio_api/stream/{}", "/gradio_api/proxy={}"]
    places += [
        "/?view={}",
        "/?deep_link={}",
        "/api/documents/{}",
        "/custom_component/{}",
    ]
    tried = 0
    for place in places:
        for way in ways:
            answer = real.get(place.format(way))
            tried += 1
            assert b"the secret of Varn" not in answer.content
            assert b"root:" not in answer.content
            assert b"SQLite format" not in answer.content
    assert tried > 200


@real_page
def test_a_path_that_no_route_takes_is_told_in_the_programs_form(real: TestClient) -> None:
    answer = real.get("/api/documents/a%0Ab")
    assert (answer.status_code, answer.json()) == (404, {"error": "There is nothing here."})


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        *(("/", False), ("/api/documents", False), ("/config", False)),
        *(("/assets/a.js", True), ("/page/0123456789ab/main.js", True), ("/favicon.ico", True)),
    ],
)
def test_a_browser_keeps_no_private_answer(local: TestClient, path: str, kept: bool) -> None:
    assert ("no-store" in local.get(path).headers.get("cache-control", "")) is not kept
    refused = local.get(path, headers={"host": "evil.example"})
    assert refused.status_code == 403


def test_a_sign_in_form_that_does_not_come_is_given_up(served: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SIGN_IN_SECONDS", 0.05)

    async def ask() -> list[Message]:
        sent: list[Message] = []

        async def never() -> Message:
            await asyncio.sleep(60)
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/sign-in",
            "headers": [(b"host", f"192.168.1.5:{PORT}".encode())],
            "client": ("192.168.1.9", 1),
            "query_string": b"",
        }
        await served.app(scope, never, send)
        return sent

    assert asyncio.run(ask())[0]["status"] == 408


def test_who_leaves_before_a_request_is_whole_leaves_no_traceback() -> None:
    async def left() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        raise AssertionError("nobody is there")

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/uploads",
        "headers": [(b"host", f"127.0.0.1:{PORT}".encode())],
        "client": ("127.0.0.1", 1),
        "query_string": b"",
    }
    asyncio.run(SecurityMiddleware(page, PORT)(scope, left, send))


def test_only_so_many_requests_are_answered_at_once(local: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_REQUESTS", 0)
    assert local.get("/alive").status_code == 503


def test_a_folder_of_gradio_s_that_belongs_to_somebody_else_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "gradio").write_text("not a folder of this user")
    script = "import retriever.web, gradio as gr\nwith gr.Blocks(): gr.Chatbot()\nprint('made')"
    environment = {name: value for name, value in os.environ.items() if name != "GRADIO_TEMP_DIR"}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={**environment, "TMPDIR": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.stdout == "made\n", run.stderr[-500:]
    assert [each.name for each in tmp_path.iterdir()] == ["gradio"], "nothing is left behind"
