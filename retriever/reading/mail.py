"""Mails (EML) and mailboxes (MBOX) -> text: sender, receivers and date, then the body.

Signatures and what a mail quotes from earlier ones are furniture, so that each sentence is found only in the mail where
it was first written. In a mailbox each mail is a page.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from ..errors import ReadingError
from ..records import Provenance
from ..text.blocks import split_blocks
from .builder import ExtractBuilder, broken_file, metadata, one_line
from .extract import Extract
from .html import add_html
from .sources import NOTHING, Note

_MAILBOX_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From \S+ [^\r\n]*\d{4}[^\r\n]*\r?\n")
"""What stands before each mail of a mailbox: sender and time (RFC 4155)."""

_SIGNATURE = re.compile(r"(?m)^-- ?$")
"""The line above a signature (RFC 3676, 4.3); many programs lose its blank."""

_FORWARDED = re.compile(
    r"(?m)^-{2,} ?(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine|Mensaje original)"
    r" ?-{2,}|^_{20,}$"
)
"""Lines of Outlook and Gmail below which an earlier mail stands whole."""

_ATTRIBUTION = re.compile(r"(?:[^\n]{1,300}\n)?[^\n]{0,300}(?:wrote|écrit|schrieb|escribió|@|\d\d)[^\n]{0,100}:\s*")
"""What may stand above quoted lines: "On Monday, Ada wrote:", wrapped to two lines at most."""

_HEADERS = ("From", "To", "Cc", "Date")


def read(data: bytes, name: str) -> Extract:
    """Read a mail or a mailbox.

    Args:
        data: the file's bytes.
        name: its name; the suffix `.mbox` says that it holds several mails.

    Returns:
        Its text: each mail's subject as heading, its sender, receivers and date, its words.

    Raises:
        ReadingError: it is empty or no mail.
    """
    if not data.strip():
        raise ReadingError(f"{name} is empty: there is nothing in it to read.")
    builder = ExtractBuilder()
    with broken_file(name):
        if name.lower().endswith(".mbox"):
            for mail in filter(bytes.strip, _MAILBOX_LINE.split(data)):
                builder.page()
                _add_mail(builder, _parse(mail, name), name)
            return builder.build(name, Extract(""), headline=False)
        message = _parse(data, name)
        _add_mail(builder, message, name)
        about = Extract(
            "",
            title=metadata(_header(message, "Subject")),
            author=metadata(_header(message, "From")),
            published=_sent(message),
        )
        return builder.build(name, about, headline=False)


def _parse(data: bytes, name: str) -> EmailMessage:
    message = message_from_bytes(data.lstrip(), policy=policy.default)
    if not message.keys():
        raise ReadingError(f"{name} is no mail: it has no headers such as From and Subject.")
    return message


def _header(message: EmailMessage, field: str) -> str:
    """A header's value as people read it: names and addresses, decoded; "" where there is none or it is malformed."""
    try:
        value = message[field]
    except (ValueError, IndexError, AttributeError, MessageError):  # the standard library's parser on broken headers
        return ""
    return one_line(str(value or ""))


def _sent(message: EmailMessage) -> Note:
    """The day on which a mail was sent, where its sender was."""
    try:
        return Note(parsedate_to_datetime(_header(message, "Date")).date().isoformat(), Provenance.METADATA)
    except ValueError:
        return NOTHING


def _add_mail(builder: ExtractBuilder, message: EmailMessage, name: str) -> None:
    """Add a mail: its subject, its headers in a line, its body."""
    builder.add(_header(message, "Subject"), heading=True)
    builder.add("; ".join(f"{field}: {value}" for field in _HEADERS if (value := _header(message, field))))
    body = message.get_body(("plain", "html"))
    if body is not None:
        text = _content(body)
        if body.get_content_subtype() == "html":
            add_html(builder, text)
        else:
            _add_plain(builder, text)
    attachments = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    if attachments:
        builder.warn(
            f"{name} has attachments that were not read ({', '.join(map(one_line, attachments))}): add them as files."
        )


def _content(part: MIMEPart) -> str:
    """A part's text, in UTF-8 or as Windows wrote it where its encoding is not known."""
    try:
        return str(part.get_content())
    except (LookupError, KeyError):
        data = part.get_payload(decode=True)
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _add_plain(builder: ExtractBuilder, text: str) -> None:
    """Add the paragraphs of a body, in one line each."""
    for stretch, furniture in _stretches(text.replace("\r\n", "\n")):
        for block in split_blocks(stretch):
            builder.add(stretch[block.start : block.end], furniture=furniture)


def _stretches(text: str) -> Iterator[tuple[str, bool]]:
    """A body in pieces, each with whether it is quoted from an earlier mail or is a signature."""
    forwarded = _FORWARDED.search(text)
    end = forwarded.start() if forwarded else len(text)
    end = max((found.start() for found in _SIGNATURE.finditer(text, 0, end)), default=end)
    own: list[str] = []
    quoted: list[str] = []
    for line in [*text[:end].split("\n"), ""]:
        if line.startswith(">"):
            if own:
                yield from _before_quotation("\n".join(own))
                own = []
            quoted.append(line.lstrip("> "))
            continue
        if quoted:
            yield "\n".join(quoted), True
            quoted = []
        own.append(line)
    yield "\n".join(own), False
    yield text[end:], True


def _before_quotation(text: str) -> Iterator[tuple[str, bool]]:
    """What stands above quoted lines, with the line that says whose they are as a piece of its own."""
    above, _, last = text.rstrip().rpartition("\n\n")
    is_attribution = _ATTRIBUTION.fullmatch(last) is not None
    yield (above if is_attribution else text), False
    if is_attribution:
        yield last, True
