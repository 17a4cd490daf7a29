"""The files that a library on a server could not read."""

import json
from collections.abc import Iterable

from ..contents import ReadingFailure
from . import row_format as rows_of
from .engine import Engine
from .row_format import digest, note_row
from .schema import NOTES


class MilvusFailures:
    """Stores which files failed, so that they are tried again only after they change."""

    def __init__(self, engine: Engine) -> None:
        """Store the server's collections."""
        self._engine = engine

    def all(self) -> dict[str, ReadingFailure]:
        """List them: source -> failure."""
        rows = self._engine.rows(NOTES, f"kind == {rows_of.FAILURE}", ["data"])
        found = (json.loads(row["data"]) for row in rows)
        return dict(
            sorted((each["source"], ReadingFailure(each["sha256"], each["read_as"], each["reason"])) for each in found)
        )

    def add(self, source: str, failure: ReadingFailure) -> None:
        """Note that a file could not be read."""
        data = {"source": source, "sha256": failure.sha256, "read_as": failure.read_as, "reason": failure.reason}
        self._engine.put(NOTES, [note_row(_key(source), rows_of.FAILURE, json.dumps(data))])

    def remove(self, sources: Iterable[str]) -> None:
        """Drop the notes of some files."""
        self._engine.delete_having(NOTES, "key", [_key(source) for source in sources])


def _key(source: str) -> str:
    return f"f{digest('failure', source):x}"
