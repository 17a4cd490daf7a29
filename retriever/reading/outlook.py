"""Mails of Outlook (MSG) -> text, as for the same mail in EML. Only this module imports olefile.

The container has a stream for each property (MS-OXMSG). The properties of the mail are put together.
"""

import io
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import olefile

from ..errors import ReadingError
from .builder import broken_file, one_line
from .extract import Extract
from .mail import read_message
from .parts import deeper

MOST_ATTACHMENTS = 200
"""Attachments of one mail that are looked at."""

_SUBJECT, _BODY, _HTML, _SENDER, _SENDER_ADDRESS, _TO, _CC = "0037", "1000", "1013", "0C1A", "5D01", "0E04", "0E03"
_DATA, _INNER, _FILE_NAMES = "37010102", "3701000D", ("3707", "3704", "3001")
_SENT, _DELIVERED = 0x00390040, 0x0E060040
"""Numbers of properties (MS-OXPROPS); those of times stand in one stream together."""

_TIMES_BEGIN = {False: 32, True: 24}
"""Bytes before the fixed properties: of the mail itself, and of one inside it (MS-OXMSG 2.4)."""

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def read(data: bytes, name: str) -> Extract:
    """Read an Outlook mail.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text, as for the same mail in EML.

    Raises:
        ReadingError: it is broken, not a mail, or has no text.
    """
    with broken_file(name), olefile.OleFileIO(io.BytesIO(data)) as container:
        if not container.exists("__properties_version1.0"):
            raise ReadingError(f"{name} is not an Outlook mail: open it in its program, and save it in another format.")
        return read_message(_message(container, [], name), name)


def _message(container: olefile.OleFileIO, place: list[str], name: str) -> EmailMessage:
    """The mail in a storage of the container."""
    message = EmailMessage()
    sender = " ".join(filter(None, (_text(container, place, _SENDER), _address(container, place))))
    headers = (("Subject", _text(container, place, _SUBJECT)), ("From", sender))
    for field, value in (*headers, ("To", _text(container, place, _TO)), ("Cc", _text(container, place, _CC))):
        if value:
            message[field] = one_line(value.replace("\0", ""))
    sent = _time_sent(container, place)
    if sent:
        message["Date"] = format_datetime(sent)
    body, page = _text(container, place, _BODY), _bytes(container, [*place, f"__substg1.0_{_HTML}0102"])
    if body.strip() or not page:
        message.set_content(body.replace("\r\n", "\n"))
    else:
        message.add_attachment(page, maintype="text", subtype="html", disposition="inline")
    for attachment in _attachments(container, place):
        _attach(container, message, attachment, name)
    return message


def _attach(container: olefile.OleFileIO, message: EmailMessage, place: list[str], name: str) -> None:
    """Add an attachment to a mail: a file, or another mail."""
    inner = [*place, f"__substg1.0_{_INNER}"]
    if container.exists("/".join([*inner, "__properties_version1.0"])):
        with deeper(name):
            message.add_attachment(_message(container, inner, name))
        return
    data = _bytes(container, [*place, f"__substg1.0_{_DATA}"])
    named = next(filter(None, (_text(container, place, number) for number in _FILE_NAMES)), "attachment")
    if data:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=one_line(named))


def _attachments(container: olefile.OleFileIO, place: list[str]) -> list[list[str]]:
    found = {
        tuple(entry[: len(place) + 1])
        for entry in container.listdir(streams=True, storages=True)
        if entry[: len(place)] == place and len(entry) > len(place) and entry[len(place)].startswith("__attach_")
    }
    return [list(entry) for entry in sorted(found)][:MOST_ATTACHMENTS]


def _bytes(container: olefile.OleFileIO, place: list[str]) -> bytes:
    path = "/".join(place)
    return bytes(container.openstream(path).read()) if container.exists(path) else b""


def _text(container: olefile.OleFileIO, place: list[str], number: str) -> str:
    """A text property, in Unicode or in the encoding of Western Windows; "" if there is none."""
    wide = _bytes(container, [*place, f"__substg1.0_{number}001F"])
    narrow = b"" if wide else _bytes(container, [*place, f"__substg1.0_{number}001E"])
    return wide.decode("utf-16-le", "replace") if wide else narrow.decode("cp1252", "replace")


def _address(container: olefile.OleFileIO, place: list[str]) -> str:
    address = _text(container, place, _SENDER_ADDRESS)
    return f"<{address}>" if "@" in address else ""


def _time_sent(container: olefile.OleFileIO, place: list[str]) -> datetime | None:
    """The time when a mail was sent, or else arrived. Windows counts in 100 nanoseconds since 1601."""
    data = _bytes(container, [*place, "__properties_version1.0"])
    times: dict[int, int] = {}
    for start in range(_TIMES_BEGIN[bool(place)], len(data) - 15, 16):
        times[int.from_bytes(data[start : start + 4], "little")] = int.from_bytes(
            data[start + 8 : start + 16], "little"
        )
    ticks = times.get(_SENT) or times.get(_DELIVERED)
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
    except OverflowError:
        return None
