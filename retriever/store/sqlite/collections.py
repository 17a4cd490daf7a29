"""The collections of a library in a folder that were named or have members."""

import json
from collections.abc import Sequence

from .connection import Database


class SqliteCollections:
    """Lists and changes them. A change makes a new generation, since it changes what an account may see."""

    def __init__(self, database: Database) -> None:
        """Store the open file."""
        self._database = database

    def all(self) -> dict[str, tuple[str, ...] | None]:
        """List them: name -> the accounts that may see it, or None if everybody may."""
        rows = self._database.rows("SELECT name, members FROM collections ORDER BY name")
        return {name: None if members is None else tuple(json.loads(members)) for name, members in rows}

    def save(self, name: str, members: Sequence[str] | None) -> None:
        """Add a collection, or give one other members."""
        kept = None if members is None else json.dumps(list(members))
        with self._database.change() as connection:
            connection.execute("INSERT OR REPLACE INTO collections VALUES (?, ?)", (name, kept))

    def drop(self, name: str) -> None:
        """Take a collection off the list."""
        with self._database.change() as connection:
            connection.execute("DELETE FROM collections WHERE name = ?", (name,))
