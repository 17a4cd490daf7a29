"""One request to a network address that was checked before: bytes within limits of time and size.

In: an address, its network addresses. Out: the status, the headers and the body. One decision: the connection goes to
the checked number itself, so that nothing is looked up between the check and the connection; the certificate must still
be that of the name. No cookie, no password and no proxy of the environment is used.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from ..errors import FetchError
from ..reading.files import size_words
from .addresses import WebAddress

CONNECT_SECONDS = 10.0
"""Between two answers of a server; a slower one is not waited for."""

_PIECE_BYTES = 65_536


class Deadline:
    """The moment at which fetching one address must have ended."""

    def __init__(self, seconds: float) -> None:
        """Begin now."""
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; 0 or less if it is over."""
        return self._end - time.monotonic()

    def extend(self, seconds: float) -> None:
        """Not count a pause that the site has asked for."""
        self._end += seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server has answered.

    Attributes:
        status: of HTTP.
        headers: names in lower case.
        body: decompressed; empty unless the status is 200.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class _HTTP(HTTPConnection):
    """A connection whose socket can be shut from another thread, also while it is being encrypted."""

    watched: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self.watched = made.dup()
        return made

    def end(self) -> None:
        """Cut it off: whoever waits for it is answered at once."""
        if self.watched is not None:
            with suppress(OSError):
                self.watched.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Close it. Closing alone is also done by Python, once the headers of the last answer have come."""
        self.close()
        if self.watched is not None:
            self.watched.close()
            self.watched = None


class _HTTPS(_HTTP, HTTPSConnection):
    """The same, encrypted."""


def request(
    address: WebAddress,
    numbers: Sequence[str],
    headers: Mapping[str, str],
    deadline: Deadline,
    check: Callable[[Reply], int],
    context: ssl.SSLContext | None = None,
) -> Reply:
    """Ask for an address.

    Args:
        address: the address.
        numbers: its network addresses, which were checked; the first that answers is taken.
        headers: what is sent with the request.
        deadline: when it must have ended.
        check: looks at status and headers before the body is read; returns how many bytes the body may have.
        context: what certificates are trusted; None: those that this system trusts.

    Raises:
        FetchError: the server cannot be reached or trusted, or its answer is too slow, too large or broken.
    """
    sent = {"Host": address.server, "Accept-Encoding": "gzip, deflate", "Connection": "close", **headers}
    with _connected(address, numbers, deadline, context) as connection:
        watch = threading.Timer(max(deadline.left, 0), connection.end)
        watch.daemon = True
        watch.start()
        try:
            connection.request("GET", address.target, headers=sent, preload_content=False)
            response = connection.getresponse()
            headers_of = {name.lower(): value for name, value in response.headers.items()}
            reply = Reply(response.status, headers_of)
            most = check(reply)
            body = _body(response, most, address, deadline) if most else b""
            return Reply(response.status, headers_of, body)
        except (HTTPError, HTTPException, OSError) as error:
            if deadline.left <= 0:
                raise _too_slow(address, deadline) from error
            raise FetchError(f"{address.text} was not received whole ({_reason(error)}); try again later.") from error
        finally:
            watch.cancel()


@contextmanager
def _connected(
    address: WebAddress, numbers: Sequence[str], deadline: Deadline, context: ssl.SSLContext | None
) -> Iterator[_HTTP]:
    failed: Exception | None = None
    for number in numbers:
        if deadline.left <= 0:
            raise _too_slow(address, deadline)
        seconds = min(CONNECT_SECONDS, deadline.left)
        connection = _connection(address, number, seconds, context)
        watch = threading.Timer(max(deadline.left, 0), connection.end)
        watch.daemon = True
        watch.start()
        try:
            connection.connect()
        except (HTTPError, OSError) as error:
            failed = error
            connection.release()
            continue
        finally:
            watch.cancel()
        try:
            yield connection
        finally:
            connection.release()
        return
    if deadline.left <= 0:
        raise _too_slow(address, deadline) from failed
    if isinstance(failed, ssl.SSLError) or isinstance(getattr(failed, "__cause__", None), ssl.SSLError):
        raise FetchError(f"The certificate of {address.host} cannot be trusted ({_reason(failed)}).") from failed
    raise FetchError(f"{address.server} does not answer ({_reason(failed)}); try again later.") from failed


def _connection(address: WebAddress, number: str, seconds: float, context: ssl.SSLContext | None) -> _HTTP:
    if address.scheme == "http":
        return _HTTP(number, address.port, timeout=seconds)
    trusted = context or ssl.create_default_context()
    return _HTTPS(
        number,
        address.port,
        timeout=seconds,
        ssl_context=trusted,
        server_hostname=address.host,
    )


def _body(response: BaseHTTPResponse, most: int, address: WebAddress, deadline: Deadline) -> bytes:
    """The body, decompressed piece by piece, so that a small one that unpacks to a large one is noticed in time."""
    stated = response.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) >= most:
        raise _too_large(address, most)
    pieces: list[bytes] = []
    size = 0
    while True:
        piece = response.read(_PIECE_BYTES, decode_content=True)
        if deadline.left <= 0:  # a connection that was cut off looks like one that has ended
            raise _too_slow(address, deadline)
        if not piece:
            return b"".join(pieces)
        size += len(piece)
        if size >= most:
            raise _too_large(address, most)
        pieces.append(piece)


def _too_large(address: WebAddress, most: int) -> FetchError:
    return FetchError(f"{address.text} is too large: Ibid fetches less than {size_words(most)}.")


def _too_slow(address: WebAddress, deadline: Deadline) -> FetchError:
    return FetchError(f"{address.text} did not arrive within {deadline.seconds:g} seconds; try again later.")


def _reason(error: BaseException | None) -> str:
    """What went wrong, in the system's words, without the objects that urllib3 names."""
    while error is not None:
        inner = error.__cause__ or error.__context__
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        if isinstance(error, TimeoutError):
            return "no answer in time"
        if isinstance(error, OSError) and error.strerror:
            return error.strerror
        if inner is None:
            return type(error).__name__
        error = inner
    return "no address"
