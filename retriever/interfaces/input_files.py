"""Text that a command reads: a file, or standard input.

In: a path, `-` for standard input. Out: its text and its name in messages.
"""

import sys
from pathlib import Path

from ..errors import QuestionError

STANDARD_INPUT = Path("-")
"""The path that stands for what is piped into a command."""


def name_of(file: Path) -> str:
    """What messages call a file."""
    return "standard input" if file == STANDARD_INPUT else str(file)


def read_text(file: Path) -> str:
    """Read text that holds questions.

    Raises:
        QuestionError: it cannot be read, or is not UTF-8.
    """
    try:
        content = sys.stdin.buffer.read() if file == STANDARD_INPUT else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise QuestionError(f"{name_of(file)} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{name_of(file)} is not UTF-8 text; save it as UTF-8.") from error
