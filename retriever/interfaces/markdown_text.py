"""Words from outside as plain text in Markdown: no mark-up, image or link."""

import re

_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#&~|$@^]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
"""What has a meaning in Markdown anywhere in a line, including addresses that become links."""
_BEFORE_ACTIVE = re.compile(r"\A(\d{1,9}(?=[.)])|(?=[-+=:%]))")
"""Markdown that has a meaning only at the start of a line: lists, underlines of headings, rules."""
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")
"""What no text should hold: it commands a terminal, turns the order of letters around, or is half a letter."""


def quoted(text: str) -> str:
    """A text as a Markdown quotation, with its words and lines unchanged."""
    return "\n".join(f"> {on_one_line(line)}".rstrip() for line in text.splitlines())


def on_one_line(text: str) -> str:
    """Escape a text, so that Markdown shows it unchanged, with single spaces."""
    escaped = _ACTIVE.sub(r"\\\g<0>", _UNFIT.sub("\ufffd", " ".join(text.split())))
    return _BEFORE_ACTIVE.sub(r"\1\\", escaped)
