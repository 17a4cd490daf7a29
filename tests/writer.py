"""A small server of a language model, as tests need it: it answers as it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Quotes = list[dict[str, str]]


def honest(quotes: Quotes) -> str:
    """All quotes, as they are."""
    return " ".join(one["quote"] for one in quotes)


class FakeWriter:
    """A model.

    Attributes:
        words: what it writes about some quotes.
        raw: the bytes with which it answers instead; None for an answer as a model gives it.
        status: of its answers.
        place: where it sends who asks, if that is elsewhere.
        asked: the requests that came: path, and fields.
        go_on: set as soon as a slow one is to go on; one that is not slow does not wait.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.words: Callable[[Quotes], str] = honest
        self.raw: bytes | None = None
        self.status, self.place = 200, ""
        self.asked: list[tuple[str, dict]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.drips = False
        self.address = getattr(self, "address", "")


class _Handler(BaseHTTPRequestHandler):
    writer: FakeWriter

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.writer.asked.append((self.path, {}))
        self._answer(json.dumps({"object": "list", "data": [{"id": "tiny-model"}]}).encode())

    def do_POST(self) -> None:
        fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.writer.asked.append((self.path, fields))
        quotes = json.loads(fields["messages"][1]["content"])["quotes"]
        message = {"role": "assistant", "content": self.writer.words(quotes)}
        raw = self.writer.raw
        self._answer(json.dumps({"choices": [{"message": message}]}).encode() if raw is None else raw)

    def _answer(self, data: bytes) -> None:
        try:
            self.send_response(self.writer.status)
            if self.writer.place:
                self.send_header("Location", self.writer.place)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.writer.drips:
                self.wfile.write(data[:1])
                self.wfile.flush()
            self.writer.go_on.wait(30)
            self.wfile.write(data[self.writer.drips :])
        except OSError:
            """Whoever asked has gone."""


@contextmanager
def running() -> Iterator[FakeWriter]:
    """Run one on a free port of this machine."""
    writer = FakeWriter()
    handler = type("Handler", (_Handler,), {"writer": writer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        writer.address = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield writer
        writer.go_on.set()
        server.shutdown()
