"""Connections that send no request, or half a one, shut nobody out."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from retriever.web import connections
from retriever.web.connections import Connection

HALF = b"GET / HTTP/1.1\r\nHost: varn\r\n"
WHOLE = HALF + b"\r\n"
WAIT = 20.0  # seconds that a test waits for what comes at once


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once, or slowly."""
    if scope["path"] == "/slow":
        await asyncio.sleep(1.0)
    await PlainTextResponse("Varn")(scope, receive, send)


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    config = uvicorn.Config(app, http=Connection, ws="none", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = server.force_exit = True
        await asyncio.wait_for(running, WAIT)


async def opened(port: int, first: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    await writer.drain()
    return reader, writer


async def status(port: int, request: bytes = WHOLE) -> bytes:
    reader, writer = await opened(port, request)
    line = await asyncio.wait_for(reader.readline(), WAIT)
    writer.close()
    return line


@pytest.mark.parametrize("first", [b"", HALF, b"G"])
def test_silent_connections_shut_nobody_out(monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 20)

    async def crowd() -> None:
        async with served() as port:
            silent = [await opened(port, first) for _ in range(50)]
            assert await status(port) == b"HTTP/1.1 200 OK\r\n"
            gone = [reader for reader, _ in silent[:30] if await _is_closed(reader)]
            assert len(gone) == 30, "those that had been silent for longest made room"
            for _, writer in silent:
                writer.close()

    asyncio.run(crowd())


def test_a_request_that_is_being_answered_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 5)

    async def crowd() -> None:
        async with served() as port:
            slow = asyncio.create_task(status(port, WHOLE.replace(b"/", b"/slow", 1)))
            await asyncio.sleep(0.3)
            silent = [await opened(port, b"") for _ in range(20)]
            assert await slow == b"HTTP/1.1 200 OK\r\n"
            for _, writer in silent:
                writer.close()

    asyncio.run(crowd())


@pytest.mark.parametrize("first", [b"", HALF, WHOLE + HALF])
def test_a_connection_whose_request_does_not_come_is_closed(monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.2)

    async def wait() -> None:
        async with served() as port:
            reader, writer = await opened(port, first)
            assert await _is_closed(reader)
            writer.close()

    asyncio.run(wait())


async def _is_closed(reader: asyncio.StreamReader) -> bool:
    with suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), WAIT)
    return True
