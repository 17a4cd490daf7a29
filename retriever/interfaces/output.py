"""What commands print: lines for people, lines of JSON, and errors.

In: texts, fields. Out: nothing; it prints. One decision: advice names the library that the command was about, so that
it can be typed as it stands.
"""

import re
import shlex
import sys
from collections.abc import Mapping

from .json_lines import line
from .text import for_terminal, on_one_line

_ADVICE = re.compile(r"\bibid (?:list|verify(?: --repair)?|remove|forget|index PATH)\b(?! --)")
"""A command in advice, without the library that it is for."""


def say(*lines: str) -> None:
    """Print lines in which names and texts of files may stand: none of them can command the terminal."""
    print(*map(on_one_line, lines), sep="\n")


def print_json(fields: Mapping[str, object]) -> None:
    """Print fields as one line of JSON, at once."""
    print(line(fields), flush=True)


def fail(message: str, library: str | None = None) -> int:
    """Print an error.

    Args:
        message: what happened, and what to do.
        library: what the user has named with `--library`, for the commands in the message.

    Returns:
        The exit status for it.
    """
    print(f"ibid: {for_terminal(with_library(message, library))}", file=sys.stderr)
    return 1


def with_library(message: str, library: str | None) -> str:
    """Add `--library` to the commands in a message that don't have it."""
    if library is None:
        return message
    option = f" --library {shlex.quote(library)}"
    return _ADVICE.sub(lambda found: found.group() + option, message)
