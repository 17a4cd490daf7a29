"""Words in pictures: OCR on this machine, with models that are part of the installation.

The steps:

    engine      a picture -> where its lines are, and what they say; the only home of RapidOCR and OpenCV
    decoding    the model's probabilities -> words, each with its place and how sure it is
    turning     pictures that lie on their side or stand on their head -> upright
    doubt       which words are so unsure that their reader should look at the picture
    pages       lines -> a page of words at their places; `pdf.ocr_runs` makes the runs of a PDF page of it
    frames      a file with pictures -> one picture a page

It runs in the process that reads a file, within its limits. Without the extra `ocr` nothing here is imported.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ...settings import install_command

if TYPE_CHECKING:
    from .lines import LineReader  # with NumPy, which most files do not need

_allowed: ContextVar[bool] = ContextVar("allowed", default=True)


def is_installed() -> bool:
    """Whether this installation can read words in pictures."""
    return find_spec("rapidocr") is not None


def is_available() -> bool:
    """Whether words in pictures are read now: it is installed, and the picture is not inside another file."""
    return _allowed.get() and is_installed()


@contextmanager
def switched_off() -> Iterator[None]:
    """Read no words in pictures in this block."""
    token = _allowed.set(False)
    try:
        yield
    finally:
        _allowed.reset(token)


def advice() -> str:
    """What to do about a picture that was not read."""
    if is_installed():
        return "add it as a separate file, and it is read"
    return f"in Ibid's clone, run {install_command('ocr')} and index again, and it is read on this machine"


@cache
def line_reader() -> "LineReader":
    """The reader of lines, which loads its models once.

    Raises:
        ReadingError: a model is missing.
    """
    from .engine import RapidReader

    return RapidReader()
