"""Mails (EML), mailboxes (MBOX) and pages saved as mails (MHTML) -> text: sender, receivers and date, then the body.

Attachments and attached mails follow the body, each under its name.

Signatures and quotations from earlier mails are furniture, so that each sentence is found only in its first mail. In a
mailbox each mail is a page.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime
from mimetypes import guess_extension

from ..errors import ReadingError
from ..records import Provenance
from ..text.blocks import split_blocks
from .builder import ExtractBuilder, broken_file, metadata, one_line
from .extract import Extract
from .html import add_html, read_html
from .parts import PartReader, deeper
from .sources import NOTHING, Note

_MAILBOX_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From \S+ [^\r\n]*\d{4}[^\r\n]*\r?\n")
"""The line before each mail of a mailbox: sender and time (RFC 4155)."""

_SIGNATURE = re.compile(r"(?m)^-- ?$")
"""The line above a signature (RFC 3676, 4.3); many programs lose its space."""

_EARLIER = re.compile(
    r"(?m)^-{2,} ?(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original) ?-{2,}|^_{20,}$"
)
"""Lines of Outlook below which the answered mail follows in full."""

_FORWARDED = re.compile(
    r"(?im)^(?:-{2,} ?(?:Forwarded message|Weitergeleitete Nachricht|Message transféré|Mensaje reenviado) ?-{2,}"
    r"|Begin forwarded message:|Anfang der weitergeleiteten Nachricht:)$"
)
"""Lines above a forwarded mail. It is often the only copy, and so not furniture."""

_HANDED_ON = re.compile(r"(?i)\s*(?:fwd?|wg|tr|rv|i)\s*:")
"""The beginning of a forwarded mail's subject."""

_NOISE = frozenset(("smime.p7s", "signature.asc", "smime.p7m"))
"""Attachments from programs that nobody reads."""

_ATTRIBUTION = re.compile(r"(?:[^\n]{1,300}\n)?[^\n]{0,300}(?:wrote|écrit|schrieb|escribió|@|\d\d)[^\n]{0,100}:\s*")
"""The line above quoted lines: "On Monday, Ada wrote:", wrapped to two lines at most."""

_HEADERS = ("From", "To", "Cc", "Date")


def read(data: bytes, name: str) -> Extract:
    """Read a mail or a mailbox.

    Args:
        data: the file's bytes.
        name: its name; the suffix `.mbox` means several mails.

    Returns:
        Its text: each mail's subject as heading, its sender, receivers and date, its words.

    Raises:
        ReadingError: it is empty or not a mail.
    """
    if not data.strip():
        raise ReadingError(f"{name} is empty: there is nothing in it to read.")
    builder = ExtractBuilder()
    with broken_file(name):
        if name.lower().endswith(".mbox") or _MAILBOX_LINE.match(data):
            for mail in filter(bytes.strip, _MAILBOX_LINE.split(data)):
                builder.page()
                _add_mail(builder, _parse(mail, name), name)
            return builder.build(name, Extract(""), headline=False)
        return read_message(_parse(data, name), name)


def read_message(message: EmailMessage, name: str) -> Extract:
    """Read a parsed mail. A web page that was saved as a mail is read as a page.

    Raises:
        ReadingError: it has no text.
    """
    page = message.get_body(("html",))
    if page is not None and name.lower().endswith((".mhtml", ".mht")):
        return read_html(_content(page), name=name)
    builder = ExtractBuilder()
    _add_mail(builder, message, name)
    about = Extract(
        "",
        title=metadata(_header(message, "Subject")),
        author=metadata(_header(message, "From")),
        published=_date_sent(message),
    )
    return builder.build(name, about, headline=False)


def _parse(data: bytes, name: str) -> EmailMessage:
    message = message_from_bytes(data.lstrip(), policy=policy.default)
    if not message.keys():
        raise ReadingError(f"{name} is not a mail: it has no headers such as From and Subject.")
    return message


def _header(message: EmailMessage, field: str) -> str:
    """A header's value for people: decoded names and addresses; "" if there is none or it is malformed."""
    try:
        value = message[field]
    except (ValueError, IndexError, AttributeError, MessageError):  # the standard library's parser on broken headers
        return ""
    return one_line(str(value or ""))


def _date_sent(message: EmailMessage) -> Note:
    """The day on which a mail was sent, in the sender's time zone."""
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
            _add_plain(builder, text, handed_on=_HANDED_ON.match(_header(message, "Subject")) is not None)
    parts = PartReader(builder, name)
    for part in message.iter_attachments():
        _add_attachment(builder, parts, part)
    parts.warn()


def _add_attachment(builder: ExtractBuilder, parts: PartReader, part: MIMEPart) -> None:
    """Add an attached mail as mails are added, and an attached file as files are read."""
    attached = one_line(part.get_filename() or "")
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0) if part.is_multipart() else None
        if isinstance(inner, EmailMessage):
            subject = _header(inner, "Subject") or attached or "an attached mail"
            try:
                with deeper(subject):
                    _add_mail(builder, inner, subject)
            except ReadingError as error:
                builder.warn(str(error))
        return
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or attached in _NOISE:
        return
    parts.add(attached or f"attachment{guess_extension(part.get_content_type()) or ''}", data)


def _content(part: MIMEPart) -> str:
    """A part's text; if its encoding is unknown, it is taken for UTF-8 or that of Windows."""
    try:
        return str(part.get_content())
    except (LookupError, KeyError):
        data = part.get_payload(decode=True)
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _add_plain(builder: ExtractBuilder, text: str, *, handed_on: bool) -> None:
    """Add the paragraphs of a body, one line each."""
    for stretch, furniture in _split_quoted(text.replace("\r\n", "\n"), handed_on):
        for block in split_blocks(stretch):
            builder.add(stretch[block.start : block.end], furniture=furniture)


def _split_quoted(text: str, handed_on: bool) -> Iterator[tuple[str, bool]]:
    """A body in pieces, each with whether it is quoted from an earlier mail or is a signature.

    A forwarded mail is content, and so are the answers in it.
    """
    forwarded, earlier = _FORWARDED.search(text), _EARLIER.search(text)
    if earlier and handed_on:
        forwarded, earlier = forwarded or earlier, None
    if forwarded and not (earlier and earlier.start() < forwarded.start()):
        yield from _split_quoted(text[: forwarded.start()], False)
        yield from _split_quoted(text[forwarded.end() :], False)
        return
    end = earlier.start() if earlier else len(text)
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
    """The text above quoted lines; the line that names their author becomes a separate piece."""
    above, _, last = text.rstrip().rpartition("\n\n")
    is_attribution = _ATTRIBUTION.fullmatch(last) is not None
    yield (above if is_attribution else text), False
    if is_attribution:
        yield last, True
