"""Refuses and notes, in every thread of this process, what would leave this machine; importing it is enough."""

import socket
import sys
from typing import Any

LOOPBACK = {"127.0.0.1", "127.0.0.2", "::1", "localhost", "0.0.0.0", "::", ""}
ASKING = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}

asked: list[str] = []
"""What was refused."""


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ASKING:
        return
    address = arguments[0] if event.startswith("socket.get") else arguments[1]
    host = address[0] if isinstance(address, tuple) else address
    local = isinstance(arguments[0], socket.socket) and arguments[0].family == socket.AF_UNIX
    if not local and host is not None and str(host) not in LOOPBACK:
        asked.append(f"{event} {address}")
        raise OSError(f"the network was asked: {event} {address}")


sys.addaudithook(_refuse)
