"""The progress of an indexing run, and the report at its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..reading.folders import SkippedFile


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing did: document ids added, replaced and unchanged; files skipped; warnings on files read.

    Attributes:
        moved: old and new id of each document whose file had moved; its passages and vectors stayed.
        removed: ids of documents that were removed because their file is gone, if pruning was asked for.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    warnings: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """The progress of an indexing run.

    Attributes:
        files_done: files that need no more work.
        files: files in all.
        passages: passages encoded so far.
        seconds: since it began.
        name: the file at hand, or empty at the end.
    """

    files_done: int
    files: int
    passages: int
    seconds: float
    name: str = ""

    @property
    def rate(self) -> float:
        """Passages a second."""
        return self.passages / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the remaining files will take if they are like the finished ones; None before the first."""
        return self.seconds / self.files_done * (self.files - self.files_done) if self.files_done else None


Progress = Callable[[IndexProgress], None]
"""Called after each file, and while the passages of a long file are encoded."""


@dataclass(slots=True)
class IndexRun:
    """Counts and lists that grow while an indexing run goes on; `report` freezes them.

    Attributes:
        on_progress: called by `show`.
        files: how many files there are.
        files_done: how many of them are finished, whether stored, unchanged or skipped.
        passages: how many passages were encoded.
        began: `time.monotonic()` at the start.
    """

    on_progress: Progress | None = None
    files: int = 0
    files_done: int = 0
    passages: int = 0
    began: float = field(default_factory=time.monotonic)
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def show(self, name: str) -> None:
        """Report the progress; `name` is the file or document at hand."""
        if self.on_progress and self.files:
            seconds = time.monotonic() - self.began
            self.on_progress(IndexProgress(self.files_done, self.files, self.passages, seconds, name))

    def show_page(self, file: str, page: int, count: int) -> None:
        """Report that OCR has read a page of a file, and how many of its pages it reads."""
        self.show(f"{file}, page {page:,} read from its picture, {count:,} in all")

    def count(self, more: int, name: str = "") -> None:
        """Count passages that were encoded, and report the progress."""
        self.passages += more
        self.show(name)

    def report(self) -> IndexReport:
        """Make the report of what the run has done."""
        return IndexReport(
            tuple(self.added),
            tuple(self.replaced),
            tuple(self.unchanged),
            tuple(self.skipped),
            tuple(self.warnings),
            tuple(self.moved),
            tuple(self.removed),
        )
