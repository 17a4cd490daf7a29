"""Case files: pinned quotes in their order, with notes, tags, and what is missing.

In: the file, and who asks. Out: their own case files and those that are shared. One decision: only who made a case file
changes it; a shared one can be read by every account.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from ..errors import CaseFileError, CaseFileForbidden, CaseFileUnknown
from ..store.user_file import storable, timestamp
from .database import CaseDatabase, stored_number
from .records import LOCAL, CaseFile, OpenPoint, Pin, PinnedQuote, PointKind

FIRST_NAME = "Case file"
"""Of the case file that a first pin makes."""
LONGEST_NAME, LONGEST_TAG, LONGEST_NOTE, LONGEST_POINT = 80, 40, 20_000, 1_000
"""Characters."""
MOST_FILES, MOST_PINS, MOST_TAGS = 200, 5_000, 20
"""Of one account, of one case file, of one pin: more is a mistake or a flood."""

_ID_BYTES = 12  # random: nobody can guess 96 bits
_FILES = (
    "SELECT id, name, owner, shared, created, "
    "(SELECT count(*) FROM pins WHERE file = id AND deleted IS NULL), "
    "(SELECT count(*) FROM points WHERE file = id AND NOT done) FROM files"
)


class Dossiers:
    """The case files that one account may see. Safe to use from several threads; nothing to close."""

    def __init__(self, database: CaseDatabase, user: str = LOCAL) -> None:
        """Store whose case files these are."""
        self._database = database
        self._user = user

    def list(self) -> tuple[CaseFile, ...]:
        """The account's own case files by name, then those that others share."""
        query = f"{_FILES} WHERE owner = ? OR shared ORDER BY owner != ?, folded, owner"
        with self._database.reading() as connection:
            return tuple(map(_case_file, connection.execute(query, (self._user, self._user))))

    def get(self, file_id: str) -> CaseFile:
        """One of the case files.

        Raises:
            CaseFileUnknown: the account may see none with that id.
        """
        with self._database.reading() as connection:
            return self._get(connection, file_id)

    def named(self, name: str = "") -> CaseFile:
        """The case file of a name, or the one that was used last.

        Raises:
            CaseFileUnknown: there is none of that name, or none at all.
        """
        with self._database.reading() as connection:
            found = self._named(connection, name) if name else self._last(connection)
        if found is None:
            there = ", ".join(f"“{one.name}”" for one in self.list()) or "none"
            said = f"There is no case file “{name}”" if name else "There is no case file yet"
            raise CaseFileUnknown(f"{said}; there are: {there}. `ibid pin` makes one.")
        return found

    def last(self) -> CaseFile | None:
        """The case file that was used last; None if there is none."""
        with self._database.reading() as connection:
            return self._last(connection)

    def create(self, name: str) -> CaseFile:
        """Make a case file, or return the account's own of that name.

        Raises:
            CaseFileError: the name is empty, or there are too many.
        """
        with self._database.writing() as connection:
            made = self._create(connection, name)
            self._use(connection, made)
            return self._get(connection, made)

    def use(self, file_id: str) -> None:
        """Take a case file as the one that is used next."""
        with self._database.writing() as connection:
            self._use(connection, self._get(connection, file_id).id)

    def rename(self, file_id: str, name: str) -> None:
        """Give a case file another name.

        Raises:
            CaseFileError: the name is empty, or another case file has it.
        """
        tidy = _tidy(name, LONGEST_NAME)
        with self._database.writing() as connection:
            self._own(connection, file_id)
            other = self._named(connection, tidy, own=True)
            if other and other.id != file_id:
                raise CaseFileError(f"There is a case file “{other.name}” already; choose another name.")
            connection.execute("UPDATE files SET name = ?, folded = ? WHERE id = ?", (tidy, tidy.casefold(), file_id))

    def share(self, file_id: str, *, shared: bool) -> None:
        """Let every account read a case file, or no other."""
        with self._database.writing() as connection:
            self._own(connection, file_id)
            connection.execute("UPDATE files SET shared = ? WHERE id = ?", (shared, file_id))

    def delete(self, file_id: str) -> None:
        """Erase a case file with everything in it."""
        with self._database.writing() as connection:
            self._own(connection, file_id)
            connection.execute("DELETE FROM files WHERE id = ?", (file_id,))
        self._database.scrub()

    # Pins ----------------------------------------------------------------------------------------------------

    def pins(self, file_id: str) -> tuple[Pin, ...]:
        """The pins of a case file, in their order."""
        query = (
            "SELECT number, quote, note, tags, pinned FROM pins WHERE file = ? AND deleted IS NULL "
            "ORDER BY position, number"
        )
        with self._database.reading() as connection:
            self._get(connection, file_id)
            return tuple(map(_pin, connection.execute(query, (file_id,))))

    def pin(
        self, quote: PinnedQuote, *, file_id: str = "", name: str = "", note: str = "", tags: Sequence[str] = ()
    ) -> tuple[CaseFile, int, bool]:
        """Put a quote at the end of a case file.

        Args:
            quote: the words and their place.
            file_id: the case file; empty: by name.
            name: the case file's name, which is made if there is none; empty: the account's own that was used last.
            note: the user's own words.
            tags: each on one line.

        Returns:
            The case file, the pin's number, and whether it is new: words that are pinned there already stay once.

        Raises:
            CaseFileError: the case file is another's, or too full, or the note is too long.
        """
        note, kept = _note(note), _tags(tags)
        with self._database.writing() as connection:
            file_id = self._use_own(connection, file_id, name)
            there = connection.execute(
                "SELECT number, quote FROM pins WHERE file = ? AND document_id = ? AND deleted IS NULL",
                (file_id, quote.document_id),
            )
            for number, stored in there.fetchall():
                if _place(_quote(stored)) == _place(quote):
                    return self._get(connection, file_id), int(number), False
            (count, last) = connection.execute(
                "SELECT count(*), coalesce(max(position), 0) FROM pins WHERE file = ?", (file_id,)
            ).fetchone()
            if count >= MOST_PINS:
                raise CaseFileError(f"This case file has {MOST_PINS:,} pins: begin another one.")
            fields = json.dumps(asdict(quote), ensure_ascii=False)
            cursor = connection.execute(
                "INSERT INTO pins (file, position, quote, document_id, checksum, note, tags, pinned) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (file_id, last + 1, fields, quote.document_id, checksum(fields), note, kept, timestamp()),
            )
            return self._get(connection, file_id), int(cursor.lastrowid or 0), True

    def annotate(self, number: int, *, note: str | None = None, tags: Sequence[str] | None = None) -> None:
        """Write the note or the tags of a pin; None leaves them."""
        kept_note = None if note is None else _note(note)
        kept_tags = None if tags is None else _tags(tags)
        with self._database.writing() as connection:
            self._own_pin(connection, number)
            connection.execute(
                "UPDATE pins SET note = coalesce(?, note), tags = coalesce(?, tags) WHERE number = ?",
                (kept_note, kept_tags, number),
            )

    def move(self, number: int, place: int) -> int:
        """Move a pin to a place in its case file, counted from 1, or to the nearest one. Returns the place."""
        with self._database.writing() as connection:
            file_id = self._own_pin(connection, number)
            rows = connection.execute(
                "SELECT number FROM pins WHERE file = ? AND deleted IS NULL ORDER BY position, number", (file_id,)
            )
            order = [int(one) for (one,) in rows if one != number]
            place = min(max(place, 1), len(order) + 1)
            order.insert(place - 1, number)
            connection.executemany(
                "UPDATE pins SET position = ? WHERE number = ?", [(at, one) for at, one in enumerate(order, start=1)]
            )
        return place

    def unpin(self, number: int) -> None:
        """Take a pin out of its case file. `put_back` undoes it, for an hour."""
        with self._database.writing() as connection:
            self._own_pin(connection, number)
            connection.execute("UPDATE pins SET deleted = ? WHERE number = ?", (timestamp(), number))

    def put_back(self, number: int) -> None:
        """Put a pin back that was taken out."""
        with self._database.writing() as connection:
            self._own_pin(connection, number, deleted=True)
            connection.execute("UPDATE pins SET deleted = NULL WHERE number = ?", (number,))

    # What is missing -----------------------------------------------------------------------------------------

    def points(self, file_id: str) -> tuple[OpenPoint, ...]:
        """What a case file lacks, what is still open first."""
        query = "SELECT number, kind, words, done, noted FROM points WHERE file = ? ORDER BY done, number"
        with self._database.reading() as connection:
            self._get(connection, file_id)
            return tuple(map(_point, connection.execute(query, (file_id,))))

    def miss(
        self, words: str, *, file_id: str = "", name: str = "", kind: PointKind = PointKind.OPEN
    ) -> tuple[CaseFile, int]:
        """Note what a case file lacks. Returns the case file, and the point's number; the same point stays once.

        Raises:
            CaseFileError: there are no words, or too many.
        """
        tidy = _tidy(words, LONGEST_POINT)
        with self._database.writing() as connection:
            file_id = self._use_own(connection, file_id, name)
            same = connection.execute(
                "SELECT number FROM points WHERE file = ? AND words = ? AND kind = ?", (file_id, tidy, kind.value)
            ).fetchone()
            if same is None:
                cursor = connection.execute(
                    "INSERT INTO points (file, kind, words, done, noted) VALUES (?, ?, ?, 0, ?)",
                    (file_id, kind.value, tidy, timestamp()),
                )
                same = (cursor.lastrowid,)
            return self._get(connection, file_id), int(same[0] or 0)

    def settle(self, number: int, *, done: bool = True) -> None:
        """Mark a point as done, or as open again."""
        with self._database.writing() as connection:
            self._own_point(connection, number)
            connection.execute("UPDATE points SET done = ? WHERE number = ?", (done, number))

    def drop_point(self, number: int) -> None:
        """Erase a point."""
        with self._database.writing() as connection:
            self._own_point(connection, number)
            connection.execute("DELETE FROM points WHERE number = ?", (number,))

    # Inside a transaction ------------------------------------------------------------------------------------

    def _get(self, connection: sqlite3.Connection, file_id: str) -> CaseFile:
        query = f"{_FILES} WHERE id = ? AND (owner = ? OR shared)"
        row = connection.execute(query, (storable(file_id), self._user)).fetchone()
        if row is None:
            raise CaseFileUnknown("There is no such case file; it may have been deleted.")
        return _case_file(row)

    def _own(self, connection: sqlite3.Connection, file_id: str) -> None:
        found = self._get(connection, file_id)
        if found.owner != self._user:
            raise CaseFileForbidden(f"The case file “{found.name}” is another’s: you may read it, but not change it.")

    def _own_pin(self, connection: sqlite3.Connection, number: int, *, deleted: bool = False) -> str:
        query = "SELECT file FROM pins WHERE number = ? AND (deleted IS NOT NULL) = ?"
        row = connection.execute(query, (stored_number(number), deleted)).fetchone()
        if row is None:
            raise CaseFileUnknown(f"There is no pin {number}; `ibid dossier show` lists them.")
        self._own(connection, row[0])
        return str(row[0])

    def _own_point(self, connection: sqlite3.Connection, number: int) -> None:
        row = connection.execute("SELECT file FROM points WHERE number = ?", (stored_number(number),)).fetchone()
        if row is None:
            raise CaseFileUnknown(f"There is no open point {number}; `ibid dossier show` lists them.")
        self._own(connection, row[0])

    def _named(self, connection: sqlite3.Connection, name: str, *, own: bool = False) -> CaseFile | None:
        query = f"{_FILES} WHERE folded = ? AND (owner = ?{'' if own else ' OR shared'}) ORDER BY owner != ? LIMIT 1"
        row = connection.execute(query, (_folded(name), self._user, self._user)).fetchone()
        return _case_file(row) if row else None

    def _last(self, connection: sqlite3.Connection) -> CaseFile | None:
        query = f"{_FILES} JOIN used ON used.file = files.id WHERE reader = ? AND (owner = ? OR shared)"
        row = connection.execute(query, (self._user, self._user)).fetchone()
        if row is None:
            row = connection.execute(f"{_FILES} WHERE owner = ? ORDER BY created LIMIT 1", (self._user,)).fetchone()
        return _case_file(row) if row else None

    def _own_last(self, connection: sqlite3.Connection) -> str:
        """The name of the account's own case file that was used last, or of its first; empty if it has none."""
        last = self._last(connection)
        if last is not None and last.owner == self._user:
            return last.name
        row = connection.execute("SELECT name FROM files WHERE owner = ? ORDER BY created LIMIT 1", (self._user,))
        return next((str(name) for (name,) in row), "")

    def _create(self, connection: sqlite3.Connection, name: str) -> str:
        tidy = _tidy(name, LONGEST_NAME)
        if found := self._named(connection, tidy, own=True):
            return found.id
        (count,) = connection.execute("SELECT count(*) FROM files WHERE owner = ?", (self._user,)).fetchone()
        if count >= MOST_FILES:
            raise CaseFileError(f"There are {MOST_FILES} case files: delete one first.")
        made = secrets.token_hex(_ID_BYTES)
        connection.execute(
            "INSERT INTO files (id, owner, name, folded, shared, created) VALUES (?, ?, ?, ?, 0, ?)",
            (made, self._user, tidy, tidy.casefold(), timestamp()),
        )
        return made

    def _use_own(self, connection: sqlite3.Connection, file_id: str, name: str) -> str:
        """Use one of the account's own from now on: by its id, by its name, or the last; it is made if needed."""
        if file_id:
            self._own(connection, file_id)
        else:
            file_id = self._create(connection, name or self._own_last(connection) or FIRST_NAME)
        self._use(connection, file_id)
        return file_id

    def _use(self, connection: sqlite3.Connection, file_id: str) -> None:
        connection.execute("INSERT OR REPLACE INTO used (reader, file) VALUES (?, ?)", (self._user, file_id))


def checksum(fields: str) -> str:
    """What tells whether stored words are still those that were stored."""
    return hashlib.sha256(fields.encode()).hexdigest()


def _folded(name: str) -> str:
    return " ".join(storable(name).split()).casefold()


def _tidy(text: str, longest: int) -> str:
    """A text on one line.

    Raises:
        CaseFileError: it is empty or too long.
    """
    tidy = " ".join("".join(" " if not one.isprintable() else one for one in storable(text)).split())
    if not tidy:
        raise CaseFileError("Some words are needed here.")
    if len(tidy) > longest:
        raise CaseFileError(f"That is {len(tidy):,} characters long; write at most {longest:,}.")
    return tidy


def _note(text: str) -> str:
    written = storable(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(written) > LONGEST_NOTE:
        raise CaseFileError(f"The note is {len(written):,} characters long; write at most {LONGEST_NOTE:,}.")
    return written


def _tags(tags: Sequence[str]) -> str:
    kept = list(dict.fromkeys(_tidy(tag, LONGEST_TAG) for tag in tags if tag.strip()))
    if len(kept) > MOST_TAGS:
        raise CaseFileError(f"A pin has at most {MOST_TAGS} tags.")
    return json.dumps(kept, ensure_ascii=False)


def _place(quote: PinnedQuote | None) -> tuple[object, ...] | None:
    return (quote.start, quote.end, quote.words, quote.sha256) if quote else None


def _quote(stored: str) -> PinnedQuote | None:
    return PinnedQuote(**json.loads(stored)) if stored else None


def _case_file(row: Sequence[str | int]) -> CaseFile:
    file_id, name, owner, shared, created, pins, points = row
    when = datetime.fromisoformat(str(created))
    return CaseFile(str(file_id), str(name), str(owner), bool(shared), when, int(pins), int(points))


def _pin(row: Sequence[str | int]) -> Pin:
    number, quote, note, tags, pinned = row
    kept = tuple(json.loads(str(tags)))
    return Pin(int(number), _quote(str(quote)), str(note), kept, datetime.fromisoformat(str(pinned)))


def _point(row: Sequence[str | int]) -> OpenPoint:
    number, kind, words, done, noted = row
    when = datetime.fromisoformat(str(noted))
    return OpenPoint(int(number), PointKind(str(kind)), str(words), bool(done), when)
