"""Readers that misbehave, each as the file's text says, for the worker's process."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from retriever.errors import ReadingError
from retriever.reading.extract import Extract
from retriever.reading.sources import Note
from retriever.records import Provenance


def read(data: bytes, name: str) -> Extract:
    """Do what the file says; any other text is read."""
    said = data.decode()
    verb, _, what = said.partition(" ")
    if verb in _DEEDS and (what or verb == said):
        said = str(_DEEDS[verb](what or name) or said)
    return Extract(
        "x" * 1001 if said == "much" else said,
        title=Note("A title", Provenance.TEXT, "its first heading"),
        pages=(0, 3),
        headings=((0, 2),),
        warnings=("Odd.",),
        language="en",
    )


def _print(_: str) -> None:
    print('{"error": "a lie"}', flush=True)
    os.write(1, b'{"error": "a lie"}\n')


def _nest(name: str) -> None:
    _nest(name)


def _refuse(name: str) -> None:
    raise ReadingError(f"{name} is refused;\nso it is.")


def _fill(path: str) -> None:
    Path(path).write_bytes(b"x")


def _complain(_: str) -> None:
    print("the last words", file=sys.stderr, flush=True)
    os._exit(3)


_DEEDS: dict[str, Callable[[str], object]] = {
    "hang": lambda _: time.sleep(600),
    "crash": lambda _: os._exit(3),
    "complain": _complain,
    "leave": lambda _: sys.exit(0),
    "swell": lambda _: bytearray(8_000_000_000),
    "stumble": lambda _: 1 / 0,
    "print": _print,
    "nest": _nest,
    "refuse": _refuse,
    "look": lambda path: Path(path).read_text(),
    "list": os.listdir,
    "write": _fill,
    "delete": os.unlink,
    "rename": lambda path: os.rename(path, f"{path}.old"),
    "truncate": lambda path: os.truncate(path, 0),
    "chmod": lambda path: os.chmod(path, 0o777),
    "link": lambda path: os.symlink(path, f"{path}.link"),
    "connect": lambda port: socket.create_connection(("127.0.0.1", int(port))),
    "send": lambda port: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(port))),
    "run": lambda program: subprocess.run([program], check=True),
    "fork": lambda _: os.fork(),
    "end": lambda process: os.kill(int(process), 0),
    "tell": lambda name: os.environ.get(name, "nothing"),
    "think": lambda _: threading.Thread(target=time.time).start(),
}
