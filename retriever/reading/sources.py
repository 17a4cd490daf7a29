"""`sources.toml` -> notes on the documents in its folder, each with its origin.

Nothing is guessed: an unknown key, or a value without its origin, is an error that names the place. One table per file:

    ["talks.txt"]
    title = { value = "Talks on migration", known = "text" }
    published = { value = "2022-04", known = "inferred", note = "the talks of 21 April are still to come" }
    publisher = { known = "unknown" }
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from ..errors import ReadingError
from ..records import Provenance

FILE_NAME = "sources.toml"
"""The name under which a folder keeps its notes."""

_EXAMPLES = "examples"

_NOTE_KEYS = ("value", "known", "note")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about a document: its value (None if unknown), where it comes from, and a remark."""

    value: str | None = None
    known: Provenance = Provenance.UNKNOWN
    note: str | None = None


NOTHING = Note()
"""A fact that is unknown."""


def first_known(*notes: Note) -> Note:
    """The first note with a value; else the first."""
    return next((note for note in notes if note.value), notes[0])


@dataclass(frozen=True, slots=True)
class SourceNotes:
    """The notes on one document in `sources.toml`; `published` is an ISO 8601 date, perhaps reduced."""

    title: Note = NOTHING
    publisher: Note = NOTHING
    published: Note = NOTHING


def read_sources(path: Path) -> dict[str, SourceNotes]:
    """Read the notes on a folder's files.

    Args:
        path: the `sources.toml`.

    Returns:
        The name of each file -> its notes.

    Raises:
        ReadingError: the file cannot be read, or has an entry that is not allowed; the message names the place.
    """
    tables = {name: table for name, table in _read_toml(path).items() if name != _EXAMPLES}
    return {name: _source_notes(table, f'{path}, table ["{name}"]') for name, table in tables.items()}


def read_examples(path: Path) -> tuple[str, ...]:
    """Read the example questions in a folder's notes, from the list `examples` at the top; often there are none.

    Raises:
        ReadingError: as `read_sources`, or `examples` is not a list of texts.
    """
    examples = _read_toml(path).get(_EXAMPLES, [])
    if not isinstance(examples, list) or not all(isinstance(one, str) for one in examples):
        raise ReadingError(f"{path}: {_EXAMPLES} must be a list of questions in quotation marks.")
    return tuple(examples)


def _read_toml(path: Path) -> dict[str, object]:
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except OSError as error:
        raise ReadingError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ReadingError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        reason = str(error).replace("end of document", f"its end, line {len(text.splitlines())}")
        raise ReadingError(f"{path} is not valid TOML: {reason}.") from error


def _source_notes(table: object, place: str) -> SourceNotes:
    known_keys = tuple(field.name for field in fields(SourceNotes))
    entries = _checked_table(table, known_keys, place)
    return SourceNotes(**{key: _note(entry, key, f"{place}, {key}") for key, entry in entries.items()})


def _note(entry: object, key: str, place: str) -> Note:
    values: dict[str, str] = {}
    for name, value in _checked_table(entry, _NOTE_KEYS, place).items():
        if not isinstance(value, str) or not value.strip():
            raise ReadingError(f"{place}: {name} is {value!r}; it must be words in quotation marks.")
        values[name] = value
    known = values.get("known")
    if known not in list(Provenance):
        raise ReadingError(f'{place}: known is {known!r}; it must be "text", "inferred" or "unknown".')
    note = Note(values.get("value"), Provenance(known), values.get("note"))
    if (note.value is None) != (note.known is Provenance.UNKNOWN):
        raise ReadingError(f'{place}: a value needs "known", and "unknown" needs no value.')
    if key == "published" and note.value is not None and not _is_date(note.value):
        raise ReadingError(f'{place}: "{note.value}" is no date; write "2022-04-22", "2022-04" or "2022".')
    return note


def _checked_table(table: object, known_keys: tuple[str, ...], place: str) -> Mapping[str, object]:
    expected = ", ".join(known_keys)
    if not isinstance(table, dict):
        raise ReadingError(f"{place}: {table!r} must be a table with {expected}.")
    unknown = sorted(set(table) - set(known_keys))
    if unknown:
        raise ReadingError(f"{place}: unknown key {', '.join(unknown)}; the keys are {expected}.")
    return table


def _is_date(value: str) -> bool:
    """Whether a value is an ISO 8601 date, perhaps reduced to its month or year."""
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError:
        return False
    return True
