"""A folder of index files: written whole or not at all, with a digest of each file.

The digests are in `sums.json`. With them, verification notices a changed byte.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import LibraryError

SUMS_NAME = "sums.json"
UNFINISHED = "building-"  # before the name of a folder that is being written
_BUILDING_SECONDS = 24 * 3600  # no index takes a day to build


@contextmanager
def new_folder(folder: Path, earlier: Path | None = None) -> Iterator[Path]:
    """A temporary folder to write into, which is renamed when it is complete.

    Args:
        folder: its final name.
        earlier: the folder of earlier indexes; files may be shared with it.

    Raises:
        LibraryError: it cannot be written to the disk.
    """
    parent = folder.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
    except OSError as error:
        raise _write_error(parent, error) from error
    try:
        yield made
        _write_digests(made, earlier)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            os.rename(made, folder)
        except OSError:  # another process made the same generation meanwhile, whose files are as good
            if not folder.is_dir():
                raise
    # A full disk: each library raises an error of its own.
    except (OSError, ValueError, RuntimeError) as error:
        raise _write_error(parent, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def is_damaged(folder: Path) -> bool:
    """Whether a folder exists, but its files have changed since they were written."""
    if not folder.is_dir():
        return False
    try:
        return _stored_digests(folder) != {name: _sha256(file) for name, file in _files(folder)}
    except (OSError, ValueError):
        return True


def is_abandoned(unfinished: Path) -> bool:
    """Whether the process that was writing an unfinished folder must have been killed."""
    try:
        return time.time() - unfinished.stat().st_mtime > _BUILDING_SECONDS
    except OSError:
        return False  # it was renamed meanwhile


def _write_digests(made: Path, earlier: Path | None) -> None:
    """Write each file's digest, and have the disk store everything before the folder gets its name.

    Otherwise a power cut could leave vectors of zeros there. The digests of shared files are copied from the earlier
    folder: a million passages have two gigabytes of them.
    """
    known = _stored_digests(earlier) if earlier else {}
    digests = {}
    for name, file in _files(made):
        if earlier and name in known and file.samefile(earlier / name):
            digests[name] = known[name]
            continue
        with file.open("rb") as stream:
            digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
    with (made / SUMS_NAME).open("w", encoding="utf-8") as stream:
        json.dump(digests, stream)
        stream.flush()
        os.fsync(stream.fileno())


def _stored_digests(folder: Path) -> dict[str, str]:
    """The digests in `sums.json`.

    Raises:
        OSError: there are none.
        ValueError: they cannot be read.
    """
    digests = json.loads((folder / SUMS_NAME).read_text(encoding="utf-8"))
    if not isinstance(digests, dict):
        raise ValueError(f"{folder / SUMS_NAME} holds no digests")
    return digests


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files in a folder and below, without lock files, because other programs make and remove these."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != SUMS_NAME and file.suffix != ".lock":
            yield file.relative_to(folder).as_posix(), file


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_error(parent: Path, error: Exception) -> LibraryError:
    """An error with the system's own reason; in Tantivy's long message only the error's number helps."""
    number = re.search(r"(?:os error|code:) (\d+)", str(error))
    reason = os.strerror(int(number[1])) if number else getattr(error, "strerror", None) or str(error)
    return LibraryError(
        f"The indexes cannot be written to {parent} ({reason}); free some space and let Ibid write there."
    )


def share(file: Path, place: Path) -> None:
    """Link a file that never changes to a second place, or copy it if the file system has no links."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)
