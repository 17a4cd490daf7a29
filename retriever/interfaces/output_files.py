"""Files that a command writes: a report, a table, a picture.

In: a file and its content. Out: nothing. One decision: no file that is written may be one that is read. It may be
named in another way, through a link or with "..", so the files are compared, not their names.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..assistant import Assistant
from ..errors import IbidError


def write_file(file: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        IbidError: it cannot be written.
    """
    try:
        file.write_bytes(content)
    except OSError as error:
        raise IbidError(f"{file} cannot be written: {error.strerror or error}.") from error


def clash(inputs: Iterable[Path | None], outputs: Sequence[Path | None]) -> str:
    """What is wrong with the files that a command reads and writes; empty if nothing is."""
    written = [file for file in outputs if file is not None]
    for one in (file for file in inputs if file is not None):
        for other in written:
            if _is_same(one, other):
                return f"{other} is a file that this command reads, and would be lost: name another file"
    for place, other in enumerate(written):
        if any(_is_same(one, other) for one in written[:place]):
            return f"{other} is named for two files: name another file"
    return ""


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):  # one of them does not exist
        return os.path.realpath(one) == os.path.realpath(other)


def spare_library(assistant: Assistant, *outputs: Path | None) -> None:
    """Refuse to write over a file that a document was read from, or over one of the library's own.

    Args:
        assistant: whose library it is.
        outputs: the files that will be written.

    Raises:
        IbidError: one of them is such a file.
    """
    found = {identity: file for file in outputs if file is not None and (identity := _identity(file))}
    if not found:
        return
    read = (*(summary.source for summary in assistant.documents()), *assistant.failures())
    for source in read:
        file = found.get(_identity(source) or (-1, -1)) if os.path.isabs(source) else None
        if file is not None:
            raise IbidError(f"{file} is a document of the library, and would be lost: name another file.")
    folder = os.path.realpath(assistant.folder)
    for file in found.values():
        if os.path.realpath(file).startswith(folder + os.sep):
            raise IbidError(f"{file} belongs to the library itself, and would be lost: name another file.")


def _identity(file: str | Path) -> tuple[int, int] | None:
    """What tells a file from every other on this machine; None if it does not exist."""
    try:
        stat = os.stat(file)
    except (OSError, ValueError):
        return None
    return stat.st_dev, stat.st_ino
