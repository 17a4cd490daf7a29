"""One request to a language model behind an OpenAI-compatible address of this machine.

In: an address and messages. Out: the model's words. One decision: the address must be this machine's own. A name is
never looked up, the connected socket is checked again, no proxy is used, and no redirect is followed.
"""

import http.client
import ipaddress
import json
import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from ..errors import WriterError
from ..settings import WRITER_MODEL_VARIABLE, WRITER_VARIABLE, Settings

MOST_BYTES = 1_000_000
"""Of an answer; a paragraph has some thousand."""
MOST_TOKENS = 800
"""That the model may write."""
MOST_AT_ONCE = 2
"""Requests of all users together: a model on the same machine answers no faster to more."""

_LOCALHOST = ("127.0.0.1", "::1")
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True, slots=True)
class WriterServer:
    """A model's server on this machine.

    Attributes:
        hosts: its addresses, numeric.
        port: its port.
        path: before `/chat/completions`.
        model: the model's name; empty for the first that the server lists.
        seconds: the longest that an answer may take in all.
    """

    hosts: tuple[str, ...]
    port: int
    path: str
    model: str = ""
    seconds: float = 120

    @classmethod
    def at(cls, address: str, model: str = "", seconds: float = 120) -> "WriterServer":
        """Read an address, such as `http://127.0.0.1:8080/v1`.

        Raises:
            WriterError: it is none, or not of this machine.
        """
        try:
            parts = urlsplit(address.strip())
            port = parts.port
        except ValueError as error:
            raise WriterError(_not_here(address)) from error
        hosts = _LOCALHOST if parts.hostname == "localhost" else (parts.hostname or "",)
        is_plain = parts.scheme == "http" and not (parts.username or parts.password or parts.query or parts.fragment)
        is_path = parts.path.isascii() and not any(letter.isspace() for letter in parts.path)
        if not is_plain or not is_path or port == 0 or not all(map(_is_loopback, hosts)):
            raise WriterError(_not_here(address))
        return cls(hosts, port or 80, parts.path.rstrip("/"), model, seconds)

    @classmethod
    def of(cls, settings: Settings) -> "WriterServer | None":
        """The writer that the settings or the environment name; None if none is named.

        Raises:
            WriterError: its address is not of this machine.
        """
        address = settings.writer or os.environ.get(WRITER_VARIABLE, "")
        model = settings.writer_model or os.environ.get(WRITER_MODEL_VARIABLE, "")
        return cls.at(address, model, settings.writer_seconds) if address.strip() else None

    def write(self, messages: Sequence[Mapping[str, str]]) -> tuple[str, str]:
        """Ask the model.

        Args:
            messages: each with a role and its content.

        Returns:
            The model's name and its words.

        Raises:
            WriterError: it is busy, does not answer in time, or answers with something else.
        """
        if not _turns.acquire(blocking=False):
            raise WriterError("The writer is busy with other questions: try again in a moment.")
        try:
            ends = time.monotonic() + self.seconds
            model = self.model or _first_model(self._send("GET", "/models", None, ends))
            wanted = {"model": model, "messages": list(messages), "temperature": 0, "max_tokens": MOST_TOKENS}
            return model, _content(self._send("POST", "/chat/completions", {**wanted, "stream": False}, ends))
        finally:
            _turns.release()

    def _send(self, method: str, path: str, fields: Mapping[str, object] | None, ends: float) -> object:
        """Send a request, and read its answer as JSON."""
        connection = _LocalConnection(self.hosts, self.port, max(0.01, ends - time.monotonic()))
        # A socket's own limit is one for each piece: without this, a server that sends a letter a minute goes on.
        alarm = threading.Timer(max(0.0, ends - time.monotonic()), connection.hang_up)
        alarm.daemon = True
        alarm.start()
        try:
            body = None if fields is None else json.dumps(fields).encode()
            headers = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
            connection.request(method, f"{self.path}{path}", body, headers)
            response = connection.getresponse()
            status, data = response.status, response.read(MOST_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() >= ends:
                raise WriterError(f"The writer at {self._name} did not answer within {self.seconds:g} s.") from error
            raise WriterError(f"The writer at {self._name} does not answer: is it running?") from error
        finally:
            alarm.cancel()
            connection.close()
        if time.monotonic() >= ends:
            raise WriterError(f"The writer at {self._name} did not answer within {self.seconds:g} s.")
        if 300 <= status < 400:
            raise WriterError(f"The writer at {self._name} sends Ibid elsewhere ({status}), which it does not follow.")
        if status != HTTPStatus.OK:
            raise WriterError(f"The writer at {self._name} refuses the request ({status}): is its address right?")
        if len(data) > MOST_BYTES:
            raise WriterError(f"The writer at {self._name} answers with more than {MOST_BYTES // 1_000_000} MB.")
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise WriterError(f"The writer at {self._name} does not answer in JSON.") from error

    @property
    def _name(self) -> str:
        return f"{self.hosts[0]}:{self.port}"


class _LocalConnection(http.client.HTTPConnection):
    """A connection that can only be to this machine."""

    def __init__(self, hosts: Sequence[str], port: int, seconds: float) -> None:
        super().__init__(hosts[0], port, timeout=seconds)
        self._hosts = hosts
        self._line: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that listens, and check who is at the other end."""
        for host in self._hosts:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            line = socket.socket(family, socket.SOCK_STREAM)
            try:
                line.settimeout(self.timeout)
                line.connect((host, self.port))
                if not _is_loopback(str(line.getpeername()[0])):
                    raise OSError("not this machine")
            except OSError:
                line.close()
                if host == self._hosts[-1]:
                    raise
                continue
            self.sock = self._line = line
            return

    def hang_up(self) -> None:
        """End whatever is being sent or read."""
        if self._line is not None:  # `sock` is None while the answer is read
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_here(address: str) -> str:
    return f"{address!r} is not an address of this machine: name the writer's as http://127.0.0.1:PORT/v1."


def _at(fields: object, *path: str | int) -> object:
    """What stands at a place of an answer in JSON; None if there is no such place."""
    for step in path:
        if isinstance(step, str):
            fields = fields.get(step) if isinstance(fields, dict) else None
        else:
            fields = fields[step] if isinstance(fields, list) and len(fields) > step else None
    return fields


def _first_model(answer: object) -> str:
    """The name of the first model that a server lists."""
    name = _at(answer, "data", 0, "id")
    if isinstance(name, str) and name.strip():
        return name
    raise WriterError("The writer lists no model: name one with --writer-model.")


def _content(answer: object) -> str:
    """The words of an answer."""
    words = _at(answer, "choices", 0, "message", "content")
    if isinstance(words, str):
        return words
    raise WriterError("The writer's answer has no words: is its address that of an OpenAI-compatible server?")
