"""Connections that send no request shut nobody out: they are closed after a while, or as soon as others need room.

In: connections. Out: their requests, to the application. One decision: connections are never refused. Where there are
too many, the one that has been silent for longest goes, and never one whose request is being answered.
"""

import asyncio
import time
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 512
"""At once; a tab has up to six. A process may usually open 1,024 files."""

HEADER_SECONDS = 10.0
"""From the beginning of a connection, or of a request on it, to the request's last header; a slow phone takes two."""


class Connection(H11Protocol):
    """A connection that is closed if its next request does not come."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 (uvicorn's own)
        """Take what uvicorn gives."""
        super().__init__(*arguments, **options)
        self._silent_since = time.monotonic()
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_silent(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request; the connection that was silent for longest makes room if need be."""
        super().connection_made(transport)
        self._wait()
        others = [each for each in self.connections if isinstance(each, Connection)]
        if len(others) > MOST_CONNECTIONS:
            silent = [each for each in others if each.is_silent and each is not self]
            oldest = min(silent, key=lambda each: each._silent_since, default=self)
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait no longer if the request has all its headers."""
        if self._deadline is None and self.is_silent:
            self._wait()  # for the rest of the next request
        super().data_received(data)
        if not self.is_silent:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Count the connection as silent from now on; uvicorn closes it if no other request begins."""
        self._silent_since = time.monotonic()
        super().on_response_complete()

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if self.is_silent:
            self.transport.abort()
