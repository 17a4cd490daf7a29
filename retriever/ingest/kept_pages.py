"""Pages that OCR has read of a document that is not stored yet, in files of the library's folder.

A scan of some hundred pages takes minutes. If the reading is interrupted, it goes on where it was. A file is removed
when its document is stored, by `ibid forget`, and after a month.
"""

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..reading.files import READING_VERSION

FOLDER = "pages-read"

KEPT_SECONDS = 30 * 24 * 60 * 60
"""How long the pages of a document are kept that was never finished."""


class KeptPages:
    """The pages of the documents of one library."""

    def __init__(self, library_folder: Path) -> None:
        """Args: the library's own folder."""
        self._folder = library_folder / FOLDER

    def pages(self, sha256: str) -> Mapping[int, Any]:
        """The pages that are kept of a file, by their number from 0; a line that was cut off is left out."""
        found: dict[int, Any] = {}
        with suppress(OSError), self._file(sha256).open(encoding="utf-8") as lines:
            for line in lines:
                with suppress(ValueError, TypeError):
                    number, page = json.loads(line)
                    found[int(number)] = page
        return found

    def add(self, sha256: str, number: int, page: object) -> None:
        """Keep a page. A full disk or a folder that is read-only loses only the page."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            place = os.open(self._file(sha256), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with open(place, "a", encoding="utf-8") as file:
                file.write(json.dumps([number, page]) + "\n")

    def remove(self, sha256: str) -> None:
        """Drop the pages of a file."""
        with suppress(OSError):
            self._file(sha256).unlink(missing_ok=True)
            self._folder.rmdir()  # unless it has others

    def remove_old(self) -> None:
        """Drop the pages that nobody has asked for in a month."""
        for file in self._files():
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > KEPT_SECONDS:
                    file.unlink(missing_ok=True)

    def clear(self) -> None:
        """Drop all pages."""
        for file in self._files():
            with suppress(OSError):
                file.unlink(missing_ok=True)
        with suppress(OSError):
            self._folder.rmdir()

    def _file(self, sha256: str) -> Path:
        return self._folder / f"{sha256}-{READING_VERSION}.jsonl"

    def _files(self) -> list[Path]:
        return list(self._folder.glob("*.jsonl"))
