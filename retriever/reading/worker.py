"""Files are read in a separate process, with limits on time, memory and output.

A parser that hangs, crashes or uses too much memory ends only its own process; the next file gets a new one. Parent and
worker exchange one line of JSON per file, so that nothing from a hostile file is executed.
"""

import base64
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol

from ..errors import ReadingError, ReadingInterrupted
from ..records import Provenance
from ..settings import Limits
from .confinement import code_folders
from .extract import Extract
from .sources import Note
from .worker_process import NOTES, PACKED, PAGE

_PACKAGE = Path(__file__).resolve().parent.parent

_START = f"""
import sys, types
package = types.ModuleType({__package__.partition(".")[0]!r})
package.__path__ = [sys.argv[1]]
sys.modules[package.__name__] = package
from {__package__}.worker_process import main
sys.exit(main())
"""
"""Starts the process without the package's own imports: they take a second, and memory, and no reader needs them."""

_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "PATHEXT", "PYTHONHOME")
"""What Python and its libraries need in order to start. Everything else, such as a token, is kept from the process."""

_LAST_WORDS, _LONGEST_LINE = 20, 1000
"""Lines, and letters of a line, that are kept of what a process writes; the last ones of a traceback say the most."""

_SPANS = ("headings", "furniture")

_log = logging.getLogger(__name__)


class PageStore(Protocol):
    """Keeps the pages that OCR has read of a file, until its document is stored."""

    def pages(self, sha256: str) -> Mapping[int, Any]:
        """The pages that are kept of a file, by their number from 0, as JSON."""

    def add(self, sha256: str, number: int, page: object) -> None:
        """Keep one more."""


OnPage = Callable[[str, int, int], None]
"""Called after each page that OCR reads: the file's name, the page's number from 1, and how many OCR reads of it."""


class Worker:
    """Reads files in a separate process, which starts with the first file. If it ends, a new one replaces it.

    Attributes:
        limits: of time, memory and output.
        missing: what this system cannot take away from the process, such as `a limit on memory`.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        modules: Sequence[str] = (),
        pages: PageStore | None = None,
        on_page: OnPage | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            limits: of time, memory and output. A page that OCR reads may take as long as a file.
            modules: parsers outside of this package; the process imports them before it is confined.
            pages: keeps the pages that OCR reads; None to keep none.
            on_page: called after each of them.
        """
        self.limits = limits or Limits()
        self.missing: tuple[str, ...] = ()
        self._modules = tuple(modules)
        self._pages = pages
        self._on_page = on_page
        self._process: subprocess.Popen[bytes] | None = None
        self._last_words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._listener = threading.Thread()

    def __enter__(self) -> "Worker":
        """Return itself; the process ends with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def read(self, data: bytes, name: str, parser: str, sha256: str = "") -> Extract:
        """Read a file.

        Args:
            data: its bytes.
            name: its name, for messages; the suffix may say how to read it.
            parser: the module that reads it, by its relative name: `.pdf` for this folder's.
            sha256: its digest, under which the pages are kept that OCR reads; "" to keep none.

        Raises:
            ReadingError: the file cannot be read.
            ReadingInterrupted: not within the limits, or the process ended.
        """
        if self._process is None or self._process.poll() is not None:
            self._start(name)
        known = list(self._pages.pages(sha256).items()) if self._pages and sha256 else []
        asked = json.dumps({"name": name, "parser": parser, "size": len(data), "pages": known}).encode() + b"\n"
        line = self._ask(name, asked, data, sha256=sha256)
        if not line.endswith(b"\n"):
            self._explain(name)
            raise ReadingInterrupted(
                f"{name} could not be read: the parser crashed or ran out of memory. Split it, or save it in another "
                "format."
            )
        return _unpack(json.loads(line))

    def render(self, data: bytes, name: str, renderer: str, options: Mapping[str, Any]) -> bytes:
        """Draw a page of a file.

        Args:
            data: its bytes.
            name: its name, for messages.
            renderer: the module that draws, by its relative name.
            options: what its `render` takes besides, as JSON can write it.

        Returns:
            The image.

        Raises:
            ReadingError: the page cannot be drawn.
            ReadingInterrupted: not within the limits, or the process ended.
        """
        if self._process is None or self._process.poll() is not None:
            self._start(name)
        asked = json.dumps({"name": name, "parser": renderer, "size": len(data), "drawn": options}).encode() + b"\n"
        line = self._ask(name, asked, data)
        if not line.endswith(b"\n"):
            self._explain(name)
            raise ReadingInterrupted(f"This page of {name} could not be drawn: it is broken, or too large.")
        answer = json.loads(line)
        if "error" in answer:
            raise (ReadingInterrupted if answer.get("interrupted") else ReadingError)(answer["error"])
        return base64.b64decode(answer["image"])

    def close(self) -> None:
        """End the process, if there is one, and whatever a parser has started in it."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError):  # it has ended
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
        process.wait()
        self._listener.join(timeout=1)
        for stream in (process.stdin, process.stdout, process.stderr):
            with suppress(OSError):  # unwritten data for a process that has ended
                _opened(stream).close()

    def _start(self, name: str) -> None:
        """Start a process; `name` is the first file's."""
        self.close()
        given = {"limits": asdict(self.limits), "modules": self._modules, "code": code_folders(_PACKAGE)}
        environment = {
            **{kept: os.environ[kept] for kept in _KEPT_VARIABLES if kept in os.environ},
            "PYTHONPATH": os.pathsep.join(os.path.abspath(place) for place in sys.path),
            "OPENBLAS_NUM_THREADS": "1",
        }
        process = self._process = subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-c", _START, str(_PACKAGE), json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is the parent's to handle
        )
        words = self._last_words = deque(maxlen=_LAST_WORDS)
        self._listener = threading.Thread(target=_listen, args=(_opened(process.stderr), words), daemon=True)
        self._listener.start()
        line = self._ask(name)
        if not line.endswith(b"\n"):
            self._explain(name)
            raise ReadingInterrupted(
                f"{name} could not be read: the process that reads files did not start. Use --verbose to see why."
            )
        self.missing = tuple(json.loads(line)["missing"])
        if self.missing:
            _log.info("On this system, the process that reads files goes without %s.", ", ".join(self.missing))

    def _ask(self, name: str, *pieces: bytes, sha256: str = "") -> bytes:
        """Send something to the process, and wait for its answer; without a line end if it has ended.

        Raises:
            ReadingInterrupted: the answer, or a page before it, did not come in time.
        """
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

        def ask(process: "subprocess.Popen[bytes]") -> None:
            try:
                for piece in pieces:
                    _opened(process.stdin).write(piece)
                _opened(process.stdin).flush()
                while (line := _opened(process.stdout).readline()).startswith(PAGE):
                    lines.put(line)
                lines.put(line)
            except (OSError, ValueError):  # the process has ended
                lines.put(b"")

        threading.Thread(target=ask, args=(self._process,), daemon=True).start()
        try:
            while (line := lines.get(timeout=self.limits.seconds)).startswith(PAGE):
                self._take_page(name, sha256, json.loads(line.removeprefix(PAGE)))
            return line
        except queue.Empty:
            self.close()
            raise ReadingInterrupted(
                f"{name} was not read within {self.limits.seconds:.0f} seconds: split it, or save it in another format."
            ) from None
        except BaseException:  # Ctrl-C: the pending answer must not be taken for the next file's
            self.close()
            raise

    def _take_page(self, name: str, sha256: str, said: Mapping[str, Any]) -> None:
        """Keep a page that OCR has read, and tell of it."""
        if self._pages and sha256:
            self._pages.add(sha256, said["number"], said["page"])
        if self._on_page:
            self._on_page(name, said["number"] + 1, said["count"])

    def _explain(self, name: str) -> None:
        """Log how the process has ended, with its last words."""
        process = self._process
        self.close()
        status = process.returncode if process else None
        _log.info("The process that read %s ended with status %s. %s", name, status, "\n".join(self._last_words))


def _listen(stream: BinaryIO, words: deque[str]) -> None:
    """Keep the last lines of a stream, until it ends."""
    with suppress(OSError, ValueError):  # closed
        while line := stream.readline(_LONGEST_LINE):
            words.append(line.decode(errors="replace").rstrip())


def _opened(stream: "IO[bytes] | None") -> BinaryIO:
    return stream  # type: ignore[return-value]


def _unpack(answer: Mapping[str, Any]) -> Extract:
    if "error" in answer:
        raise (ReadingInterrupted if answer.get("interrupted") else ReadingError)(answer["error"])
    values = dict(answer["extract"])
    for name in NOTES:
        note = answer["notes"][name]
        values[name] = Note(note["value"], Provenance(note["known"]), note["note"])
    for name in _SPANS:
        values[name] = None if values[name] is None else tuple((start, end) for start, end in values[name])
    for name in ("rows", "block_quotes"):
        values[name] = tuple((first, second) for first, second in values[name])
    values |= {name: tuple(values[name]) for name in ("pages", "warnings", "links")}
    values[PACKED] = base64.b64decode(answer[PACKED])
    return Extract(**values)
