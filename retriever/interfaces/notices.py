"""Notices of standing questions as lines for people, as a mail, and as an Atom feed.

In: notices. Out: text. One decision: a notice has one id for good, so that neither a feed reader nor a mailbox shows it
twice.
"""

import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from ..casefile.records import Notice, NoticeKind
from .html.source import Link
from .text import fit_for_xml, on_one_line
from .translation.catalogue import pgettext_noop

KIND_WORDS = {
    NoticeKind.NEW: pgettext_noop("notice", "New"),
    NoticeKind.CHANGED: pgettext_noop("notice", "Changed"),
    NoticeKind.CONTRADICTED: pgettext_noop("notice", "Now contradicted"),
    NoticeKind.GONE: pgettext_noop("notice", "Gone"),
}
"""For people."""
_ADDRESS = re.compile(r"[^\s@,;:<>]+@[^\s@,;:<>]+")


def notice_lines(notice: Notice) -> list[str]:
    """A notice for people."""
    change = notice.change
    lines = [f"{KIND_WORDS[change.kind]}: {notice.question}", f"    {change.title} ({change.document_id})"]
    if change.words:
        lines.append(f"    now: “{change.words}”")
    if change.before:
        lines.append(f"    before: “{change.before}”")
    if change.against:
        lines.append(f"    {change.value}, against {against_words(notice)}")
    return lines


def against_words(notice: Notice) -> str:
    """What other documents say: `12 crowns (The ferry to Varn)`."""
    return "; ".join(f"{one.value} ({one.title})" for one in notice.change.against)


def subject_of(notice: Notice) -> str:
    """One line that says what has happened."""
    return on_one_line(f"{KIND_WORDS[notice.change.kind]}: {notice.question} ({notice.change.title})")


def is_address(text: str) -> bool:
    """Whether a text is one mail address and nothing else."""
    return _ADDRESS.fullmatch(text) is not None


def as_mail(notices: Sequence[Notice], to: str) -> str:
    """Notices as one mail, ready to be sent: `ibid standing notices --mail ada@example.org | sendmail -t`.

    Args:
        notices: at least one.
        to: the address.

    Returns:
        The message with its headers (RFC 5322).
    """
    mail = EmailMessage()
    count = len(notices)
    mail["To"] = " ".join(to.split())
    mail["Subject"] = subject_of(notices[0]) if count == 1 else f"Ibid: {count} notices"
    mail["Date"] = format_datetime(notices[-1].made)
    mail["Message-ID"] = f"<ibid-{notices[0].number}-{notices[-1].number}-{notices[-1].made:%Y%m%d%H%M%S}@localhost>"
    lines = ["\n".join(map(on_one_line, notice_lines(notice))) for notice in notices]
    mail.set_content("\n\n".join(lines) + "\n\n-- \nSent by Ibid. Quotes are the documents’ own words.\n")
    return mail.as_string()


def as_atom(notices: Sequence[Notice], address: str, feed_id: str) -> str:
    """Notices as an Atom feed (RFC 4287).

    Args:
        notices: the newest first.
        address: of the page, to which the entries lead.
        feed_id: names the feed for good: a URI.
    """
    updated = notices[0].made if notices else None
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{_xml(feed_id)}</id>",
        "<title>Ibid: standing questions</title>",
        f'<link rel="alternate" href="{_xml(address)}"/>',
        f"<updated>{updated.isoformat(timespec='seconds') if updated else '1970-01-01T00:00:00+00:00'}</updated>",
        "<author><name>Ibid</name></author>",
        *(_entry(notice, address, feed_id) for notice in notices),
        "</feed>",
    ]
    return "\n".join(parts) + "\n"


def _entry(notice: Notice, address: str, feed_id: str) -> str:
    change, made = notice.change, notice.made.isoformat(timespec="seconds")
    place = f"#document={quote(change.document_id, safe='')}"
    if change.words:
        fields = Link.at(change.words, change.start).fields
        place += "".join(f"&{name}={value}" for name, value in fields.items())
    link = "" if change.kind is NoticeKind.GONE else f'<link rel="alternate" href="{_xml(address + place)}"/>'
    body = "\n".join(map(on_one_line, notice_lines(notice)))
    return (
        f"<entry><id>{_xml(feed_id)}:{notice.number}</id><title>{_xml(subject_of(notice))}</title>"
        f'<updated>{made}</updated><category term="{change.kind.value}"/>{link}'
        f'<content type="text">{_xml(body)}</content></entry>'
    )


def _xml(text: str) -> str:
    return escape(fit_for_xml(text), {'"': "&quot;"})
