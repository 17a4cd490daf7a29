"""Files are read in a separate process, with limits on time, memory and output.

A parser that hangs, crashes or uses too much memory ends only its own process; the next file gets a new one. Parent and
worker exchange one line of JSON per file, so that nothing from a hostile file is executed.
"""

import base64
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import ReadingError, ReadingInterrupted
from ..records import Provenance
from ..settings import Limits
from .extract import Extract
from .sources import Note

try:
    import resource
except ImportError:  # not on Windows; there only the time and the output are limited
    resource = None  # type: ignore[assignment]


class Worker:
    """Reads files in a separate process, which starts with the first file. If it ends, a new one replaces it."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Start nothing yet."""
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Worker":
        """Return itself; the process ends with the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def read(self, path: Path, parser: str) -> Extract:
        """Read a file by a module, by its relative name: `.pdf` for this folder's.

        Raises:
            ReadingError: the file cannot be read.
            ReadingInterrupted: not within the limits, or the process ended.
        """
        process = self._running()
        request = json.dumps({"path": _pack(path), "parser": parser}).encode() + b"\n"
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

        def ask() -> None:
            try:
                _stdin(process).write(request)
                _stdin(process).flush()
                lines.put(_stdout(process).readline())
            except (OSError, ValueError):  # the process has ended
                lines.put(b"")

        threading.Thread(target=ask, daemon=True).start()
        try:
            line = lines.get(timeout=self._limits.seconds)
        except queue.Empty:
            self.close()
            raise ReadingInterrupted(
                f"{path.name} was not read within {self._limits.seconds:.0f} seconds: split it, "
                "or save it in another format."
            ) from None
        except BaseException:  # Ctrl-C: the pending answer must not be taken for the next file's
            self.close()
            raise
        if not line.endswith(b"\n"):
            self.close()
            raise ReadingInterrupted(
                f"{path.name} could not be read: the parser crashed or ran out of memory. Split it, "
                "or save it in another format."
            )
        return _unpack(json.loads(line))

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):  # unwritten data for a process that has ended
                    stream.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            root = str(Path(__file__).resolve().parent.parent.parent)
            paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-m", __name__, json.dumps(asdict(self._limits))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C is the parent's to handle
            )
        return self._process


def main() -> int:
    """Read the files that standard input names, until it ends."""
    limits = Limits(**json.loads(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not mix with the answers
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # a parser writes no file
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        request = json.loads(line)
        answers.write(json.dumps(_answer(_path(request["path"]), request["parser"], limits)).encode() + b"\n")
        answers.flush()
    return 0


def _answer(path: Path, parser: str, limits: Limits) -> Mapping[str, Any]:
    """The extract's fields, or the reason why the file has none."""
    try:
        extract: Extract = import_module(parser, __package__).read(path.read_bytes(), path.name)
    except ReadingError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"{path.name} needs too much memory to read; split it.", "interrupted": True}
    except OSError as error:
        return {"error": f"{path.name} cannot be read: {error.strerror or error}.", "interrupted": True}
    except Exception as error:  # a library stumbled over a file that it did not foresee
        return {
            "error": f"{path.name} is damaged, or not what its name says ({type(error).__name__}): "
            "open it in its own program and save it again."
        }
    if len(extract.text) > limits.characters:
        return {"error": f"{path.name} holds more than {limits.characters:,} characters of text; split it."}
    plain = [each.name for each in fields(extract) if each.name not in (*_NOTES, _PACKED)]
    return {
        "extract": {name: getattr(extract, name) for name in plain},
        "notes": {name: asdict(getattr(extract, name)) for name in _NOTES},
        _PACKED: base64.b64encode(extract.word_boxes).decode(),
    }


_NOTES = ("title", "author", "publisher", "published")
_SPANS = ("headings", "furniture")
_PACKED = "word_boxes"


def _unpack(answer: Mapping[str, Any]) -> Extract:
    if "error" in answer:
        raise (ReadingInterrupted if answer.get("interrupted") else ReadingError)(answer["error"])
    values = dict(answer["extract"])
    for name in _NOTES:
        note = answer["notes"][name]
        values[name] = Note(note["value"], Provenance(note["known"]), note["note"])
    for name in _SPANS:
        values[name] = None if values[name] is None else tuple((start, end) for start, end in values[name])
    values["rows"] = tuple((start, number) for start, number in values["rows"])
    values[_PACKED] = base64.b64decode(answer[_PACKED])
    return Extract(**{**values, "pages": tuple(values["pages"]), "warnings": tuple(values["warnings"])})


def _pack(path: Path) -> str:
    return base64.b64encode(os.fsencode(path)).decode()


def _path(packed: str) -> Path:
    return Path(os.fsdecode(base64.b64decode(packed)))


def _stdin(process: "subprocess.Popen[bytes]") -> BinaryIO:
    return process.stdin  # type: ignore[return-value]


def _stdout(process: "subprocess.Popen[bytes]") -> BinaryIO:
    return process.stdout  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main())
