"""A web site of this machine: what the tests of fetching ask, and nothing else."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>
<p>{words}</p></article></body></html>"""


@dataclass
class Answer:
    """What the site answers for a path.

    Attributes:
        pieces: instead of the body, bytes that are written one after the other, each when its turn comes.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Callable[[], Iterator[bytes]] | None = None


def page(title: str, words: str) -> Answer:
    """A page of HTML."""
    return Answer(PAGE.format(title=title, words=words).encode(), headers={"Content-Type": "text/html; charset=utf-8"})


class Site:
    """The site: its answers by path, and the requests that it got."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.port = server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.allowed = (f"127.0.0.1:{self.port}",)

    def asked_for(self, path: str) -> int:
        return self.asked.count(path)


@contextmanager
def served(wrap: Callable[[ThreadingHTTPServer], None] | None = None) -> Iterator[Site]:
    """Serve a site on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = site.answers.get(self.path, Answer(status=404))
            etag = answer.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                answer = Answer(status=304)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.pieces is None and "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            try:
                for piece in answer.pieces() if answer.pieces else (answer.body,):
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:  # it was hung up on
                pass

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:  # a client that doesn't trust the certificate
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if wrap:
        wrap(server)
    site = Site(server)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    running.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
