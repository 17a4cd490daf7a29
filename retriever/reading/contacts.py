"""Calendars (ICS) and address books (VCF) -> a line for each entry, such as `Event: Regatta; Begins: ...`."""

import re
from collections.abc import Iterator

from .builder import ExtractBuilder, one_line
from .extract import Extract
from .plain import decode_text

_ENTRIES = frozenset(("VEVENT", "VTODO", "VJOURNAL", "VCARD"))
_NAMES = {
    "SUMMARY": "Event",
    "DTSTART": "Begins",
    "DTEND": "Ends",
    "DUE": "Due",
    "RRULE": "Repeats",
    "LOCATION": "Place",
    "ORGANIZER": "Organizer",
    "ATTENDEE": "With",
    "STATUS": "Status",
    "DESCRIPTION": "Description",
    "COMMENT": "Comment",
    "FN": "Name",
    "NICKNAME": "Nickname",
    "ORG": "Organization",
    "TITLE": "Title",
    "ROLE": "Role",
    "TEL": "Phone",
    "EMAIL": "Mail",
    "ADR": "Address",
    "URL": "Link",
    "BDAY": "Birthday",
    "CATEGORIES": "Categories",
    "NOTE": "Note",
}
"""Properties of RFC 5545 and RFC 6350 that people read, in the order of the line -> the word for each."""

_PROPERTY = re.compile(r"(?:[\w-]+\.)?([A-Za-z-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)", re.DOTALL)
_COMMON_NAME = re.compile(r"(?i);CN=\"?([^;:\"]+)")
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?\d\d)?(Z?))?")
_ESCAPED = re.compile(r"\\([\\;,nN])")


def read(data: bytes, name: str) -> Extract:
    """Read a calendar or an address book.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text, a block for each entry.

    Raises:
        ReadingError: it is not text, or has no entries.
    """
    text, warning = decode_text(data, name)
    builder = ExtractBuilder(warning)
    for entry in _entries(text):
        line = "; ".join(f"{word}: {', '.join(entry[key])}" for key, word in _NAMES.items() if key in entry)
        builder.add(line if line.endswith((".", "!", "?")) or not line else f"{line}.")
    return builder.build(name, Extract(""), headline=False, why_empty="it has no events and no contacts")


def _entries(text: str) -> Iterator[dict[str, list[str]]]:
    """The properties of each event, task or contact, without those of its alarms."""
    entry: dict[str, list[str]] = {}
    inside: list[str] = []
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        found = _PROPERTY.fullmatch(line)
        if not found:
            continue
        key, parameters, value = found[1].upper(), found[2], found[3]
        if key == "BEGIN":
            inside.append(value.strip().upper())
            entry = {} if inside[-1] in _ENTRIES else entry
        elif key == "END" and inside:
            if inside.pop() in _ENTRIES:
                yield entry
        elif inside and inside[-1] in _ENTRIES and (shown := _format_value(key, parameters, value)):
            entry.setdefault(key, []).append(shown)


def _format_value(key: str, parameters: str, value: str) -> str:
    """A value in a form for people."""
    if key in ("DTSTART", "DTEND", "DUE", "BDAY") and (time := _TIME.match(value)):
        year, month, day, hour, minute, universal = time.groups()
        clock = f" {hour}:{minute}{' UTC' if universal else ''}" if hour else ""
        return f"{year}-{month}-{day}{clock}"
    if named := _COMMON_NAME.search(parameters):
        return one_line(named[1])
    if key in ("ADR", "ORG"):
        value = ", ".join(filter(None, re.split(r"(?<!\\);", value)))
    plain = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return one_line(re.sub(r"(?i)^(?:mailto|tel):", "", plain)).rstrip(";")
