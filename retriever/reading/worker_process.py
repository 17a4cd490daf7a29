"""The process that reads files. It gets each file's bytes, and gives back a line of JSON.

In: on standard input, for each file a line of JSON with its name, its parser and its size, then its bytes. Out: on
standard output, first a line that says what this system cannot take away from the process, then a line for each file.
Before it comes a line for each page that OCR has read. If the line has `drawn`, a page is drawn with these options, and
its image comes back.
One decision: it opens no file that may be a document, so it needs no right to.
"""

import base64
import json
import mimetypes
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import partial
from importlib import import_module
from typing import Any, BinaryIO

from ..errors import ReadingError
from ..settings import Limits
from .confinement import confine
from .extract import Extract
from .page_log import PageLog, logging_to

NOTES = ("title", "author", "publisher", "published")
"""The fields of an extract that are notes."""
PACKED = "word_boxes"
"""The field of bytes."""
PAGE = b"page "
"""How a line begins that gives a page; others begin with a brace."""


def main() -> int:
    """Read the files that come on standard input, until it ends."""
    given = json.loads(sys.argv[2])
    limits = Limits(**given["limits"])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not mix with the answers
    mimetypes.init(())  # else a library would read the system's own list of types, to which the process has no right
    for name in given["modules"]:
        import_module(name)
    _send(answers, {"missing": confine(limits, given["code"])})
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        data = sys.stdin.buffer.read(asked["size"])
        if "drawn" in asked:
            _send(answers, _drawn(data, asked["name"], asked["parser"], asked["drawn"]))
        else:
            with logging_to(PageLog(dict(asked["pages"]), partial(_send_page, answers))):
                _send(answers, _answer(data, asked["name"], asked["parser"], limits))
        del data
    return 0


def _send(answers: BinaryIO, answer: Mapping[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def _send_page(answers: BinaryIO, number: int, count: int, page: object) -> None:
    answers.write(PAGE + json.dumps({"number": number, "count": count, "page": page}).encode() + b"\n")
    answers.flush()


def _answer(data: bytes, name: str, parser: str, limits: Limits) -> Mapping[str, Any]:
    """The extract's fields, or the reason why the file has none."""
    try:
        extract: Extract = import_module(parser, __package__).read(data, name)
    except ReadingError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"{name} needs too much memory to read; split it.", "interrupted": True}
    except OSError as error:
        return {"error": f"{name} cannot be read: {error.strerror or error}.", "interrupted": True}
    except Exception as error:  # a library stumbled over a file that it did not foresee
        return {
            "error": f"{name} is damaged, or not what its name says ({type(error).__name__}): "
            "open it in its own program and save it again."
        }
    if len(extract.text) > limits.characters:
        return {"error": f"{name} holds more than {limits.characters:,} characters of text; split it."}
    plain = [each.name for each in fields(extract) if each.name not in (*NOTES, PACKED)]
    return {
        "extract": {name: getattr(extract, name) for name in plain},
        "notes": {name: asdict(getattr(extract, name)) for name in NOTES},
        PACKED: base64.b64encode(extract.word_boxes).decode(),
    }


def _drawn(data: bytes, name: str, renderer: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The image of a page, or the reason why there is none."""
    try:
        image: bytes = import_module(renderer, __package__).render(data, name, **options)
    except ReadingError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"This page of {name} needs too much memory to be drawn.", "interrupted": True}
    except Exception as error:  # a library stumbled over a file that it did not foresee
        return {"error": f"This page of {name} is damaged and cannot be drawn ({type(error).__name__})."}
    return {"image": base64.b64encode(image).decode()}
