"""Paths -> the files below them to read. Only this module imports pathspec.

It leaves out hidden files and folders, files that programs leave behind, and what the user excludes by patterns as in a
`.gitignore`. The patterns come with the command, or from a file `.ibidignore` at the top of a folder.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .sources import FILE_NAME as SOURCES_NAME

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_NAME = ".ibidignore"

_NOT_UTF_8 = re.compile("[\udc80-\udcff]")
"""Python's characters for bytes of a file's name that are not UTF-8 (PEP 383)."""

_ESCAPED = re.compile(r"\\x([89a-f][0-9a-f])")

_LEFT_BEHIND = frozenset(
    (
        "Thumbs.db desktop.ini node_modules __pycache__ __MACOSX package-lock.json npm-shrinkwrap.json pnpm-lock.yaml "
        "go.sum Icon\r"
    ).split(" ")
)
"""Files and folders that programs make for themselves; hidden ones need not be named."""

_LOCKS = ("~$", "~lock")
"""The start of the names of files by which Office programs mark a document as open."""


def is_left_out(name: str) -> bool:
    """Whether to skip a file or folder because of its name: hidden, or made by a program for itself."""
    return name.startswith((".", *_LOCKS)) or name in _LEFT_BEHIND or name.endswith((".lock", ".pyc", "~"))


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was not indexed, with the reason in one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileListing:
    """The files below some paths.

    Attributes:
        files: each file once, with the folder that it was found from, in the order of their paths.
        skipped: unreadable or empty folders, and invalid patterns.
    """

    files: tuple[tuple[Path, Path], ...]
    skipped: tuple[SkippedFile, ...]


def as_utf8(name: str) -> str:
    """A file's name in a form to store and print: bytes that are not UTF-8 are written with a backslash."""
    return _NOT_UTF_8.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", name)


def is_on_disk(stored: str) -> bool:
    """Whether a file with this name exists; the name is in the form of `as_utf8`."""
    raw = _ESCAPED.sub(lambda found: chr(0xDC00 + int(found[1], 16)), stored)
    return os.path.lexists(stored) or (raw != stored and os.path.lexists(raw))


def find_files(paths: Sequence[Path], exclude: Sequence[str], library_folder: Path) -> FileListing:
    """Find the files of some paths.

    Args:
        paths: files, which are always read, and folders, which are searched.
        exclude: patterns of files to leave out, as in a `.gitignore`.
        library_folder: the library's own folder, never searched.
    """
    files: dict[str, tuple[Path, Path]] = {}
    skipped: list[SkippedFile] = []
    for path in paths:
        if not path.is_dir():
            files.setdefault(os.path.abspath(path), (path, path.parent))
            continue
        below = sorted(_files_below(path, _spec(path, exclude, skipped), library_folder, skipped))
        if not below:
            skipped.append(SkippedFile(str(path), _why_nothing(path, library_folder)))
        for file in below:
            files.setdefault(os.path.abspath(file), (file, path))
    return FileListing(tuple(files.values()), tuple(skipped))


def _why_nothing(folder: Path, library_folder: Path) -> str:
    """Why no file of a folder is read."""
    if _same(folder, library_folder):
        return "it is the library's own folder, which is never read: keep the documents in another folder."
    if any(names for _, _, names in os.walk(folder)):
        return "every file in it is left out, by a pattern or by its name: see .ibidignore and --exclude."
    return "it holds no files: put documents into it."


def _spec(folder: Path, exclude: Sequence[str], skipped: list[SkippedFile]) -> "GitIgnoreSpec":
    from pathspec import GitIgnoreSpec  # 25 ms that only indexing pays for

    file = folder / IGNORE_NAME
    lines = [(pattern, pattern) for pattern in exclude]
    if file.is_file():
        try:
            lines += [(str(file), line) for line in file.read_text(encoding="utf-8-sig").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            skipped.append(
                SkippedFile(str(file), f"it cannot be read ({reason}), so it excludes nothing: save it as UTF-8.")
            )
    return GitIgnoreSpec.from_lines(pattern for place, pattern in lines if _is_pattern(pattern, place, skipped))


def _is_pattern(pattern: str, place: str, skipped: list[SkippedFile]) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        skipped.append(
            SkippedFile(place, f"{pattern!r} is not a pattern, so it excludes nothing: write it as in a .gitignore.")
        )
        return False
    return True


def _files_below(
    folder: Path, spec: "GitIgnoreSpec", library_folder: Path, skipped: list[SkippedFile]
) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        skipped.append(SkippedFile(str(error.filename), f"it cannot be read: {error.strerror}."))

    def left_out(path: Path, end: str = "") -> bool:
        return is_left_out(path.name) or spec.match_file(path.relative_to(folder).as_posix() + end)

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        if _same(Path(parent), library_folder):
            folders.clear()
            continue
        folders[:] = [name for name in folders if not left_out(Path(parent, name), "/")]
        for link in (Path(parent, name) for name in folders if Path(parent, name).is_symlink()):
            skipped.append(
                SkippedFile(
                    str(link), "it is a link to a folder, and Ibid does not follow such links: name the folder."
                )
            )
        for file in (Path(parent, name) for name in names if name != SOURCES_NAME):
            if left_out(file):
                continue
            if file.is_symlink() and not file.exists():
                skipped.append(SkippedFile(str(file), "it is a link to a file that is not there: remove the link."))
                continue
            if file.is_symlink() and not _leads_into(file, folder):
                # The folder's author could otherwise make Ibid show any file of this machine.
                skipped.append(
                    SkippedFile(str(file), "it is a link that leads out of the folder: name the file itself.")
                )
                continue
            yield file


def _leads_into(link: Path, folder: Path) -> bool:
    try:
        return link.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return False


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
