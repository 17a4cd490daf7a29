"""Readers that misbehave, each as the file's text says, for the worker's process."""

import os
import sys
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
    if said in _DEEDS:
        _DEEDS[said](name)
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


def _write(_: str) -> None:
    Path(os.environ["TMPDIR"], "written").write_bytes(b"x")


def _refuse(name: str) -> None:
    raise ReadingError(f"{name} is refused;\nso it is.")


_DEEDS: dict[str, Callable[[str], object]] = {
    "hang": lambda _: time.sleep(600),
    "crash": lambda _: os._exit(3),
    "leave": lambda _: sys.exit(0),
    "swell": lambda _: bytearray(8_000_000_000),
    "stumble": lambda _: 1 / 0,
    "print": _print,
    "nest": _nest,
    "write": _write,
    "refuse": _refuse,
}
