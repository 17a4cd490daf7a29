"""Folders that the program follows while it runs: it reads them, and reads them again whenever a file in them changes.

In: paths from the page. Out: documents in the library, and each folder's state. One decision: the paths are kept in a
file next to the conversations, for each library its own, so that a start goes on where the last one stopped.
"""

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..assistant import Assistant
from ..errors import IbidError, ReadingError
from ..ingest.run import IndexProgress


@dataclass(slots=True)
class FollowedFolder:
    """A folder and what is happening to it.

    Attributes:
        path: where it is.
        said: its state, for people.
    """

    path: Path
    said: str = "waiting"
    _stop: threading.Event = field(default_factory=threading.Event)

    def follow(self, assistant: Assistant) -> None:
        """Read the folder now and whenever it changes, until `stop`."""
        self._read(assistant)
        with suppress(OSError):  # the folder has gone
            for _ in assistant.changes([self.path], self._stop):
                self._read(assistant)

    def stop(self) -> None:
        """Follow it no longer."""
        self._stop.set()

    def _read(self, assistant: Assistant) -> None:
        def show(progress: IndexProgress) -> None:
            self.said = f"reading: {progress.files_done} of {progress.files} files"

        try:
            report = assistant.index([self.path], show, prune=True)
        except IbidError as error:
            self.said = f"could not be read: {error}"
            return
        count = len(report.added) + len(report.replaced) + len(report.unchanged) + len(report.moved)
        failed = f", {len(report.skipped)} could not be read" if report.skipped else ""
        self.said = f"followed: {count} document{'s' * (count != 1)}{failed}"


class FollowedFolders:
    """All followed folders of a library. Safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        """Store where the paths are kept."""
        self._file = file
        self._folders: dict[Path, FollowedFolder] = {}
        self._lock = threading.Lock()

    def resume(self, assistant: Assistant) -> None:
        """Follow what was followed when the program stopped."""
        for path in self._kept().get(_name(assistant), []):
            with suppress(ReadingError):
                self.add(assistant, path)

    def states(self) -> tuple[FollowedFolder, ...]:
        """The folders, in the order in which they were chosen."""
        with self._lock:
            return tuple(self._folders.values())

    def add(self, assistant: Assistant, path: str) -> None:
        """Begin to follow a folder.

        Raises:
            ReadingError: there is no such folder.
        """
        place = Path(path.strip()).expanduser()
        if not path.strip() or not place.is_absolute() or not place.is_dir():
            raise ReadingError(f"{path.strip()!r} is not a folder on this machine. Write its whole path.")
        place = place.resolve()
        with self._lock:
            if place in self._folders:
                return
            folder = self._folders[place] = FollowedFolder(place)
            self._keep(assistant)
        threading.Thread(target=folder.follow, args=(assistant,), daemon=True).start()

    def remove(self, assistant: Assistant, path: str) -> None:
        """Follow a folder no longer; its documents stay."""
        with self._lock:
            folder = self._folders.pop(Path(path), None)
            self._keep(assistant)
        if folder:
            folder.stop()

    def _kept(self) -> dict[str, list[str]]:
        try:
            return dict(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _keep(self, assistant: Assistant) -> None:
        kept = {**self._kept(), _name(assistant): [str(path) for path in self._folders]}
        with suppress(OSError):  # a folder is followed at least until the program ends
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def _name(assistant: Assistant) -> str:
    return str(assistant.added.parent)
