"""Quotation marks, and punctuation beside them: the last step of a citation.

In: a citation in which marks stand for quotation marks, italics and small capitals. Out: plain text, or HTML. One
decision: which quotation marks are printed, and whether a full stop goes inside them, is decided here for the whole
citation, as only here both sides of each mark are known.
"""

import re
from dataclasses import dataclass
from html import escape

OPEN_QUOTE, CLOSE_QUOTE, OPEN_ITALIC, CLOSE_ITALIC = "\ue000", "\ue001", "\ue002", "\ue003"
OPEN_SMALL, CLOSE_SMALL, _APOSTROPHE = "\ue004", "\ue005", "\ue006"
"""Of Unicode's private use area: no title has them once `as_marks` has read it."""
_MARKS = f"[{OPEN_QUOTE}-{_APOSTROPHE}]"
_HTML = {
    OPEN_ITALIC: "<i>",
    CLOSE_ITALIC: "</i>",
    OPEN_SMALL: '<span style="font-variant:small-caps;">',
    CLOSE_SMALL: "</span>",
}
_HTML_MARK = re.compile(f"[{OPEN_ITALIC}-{CLOSE_SMALL}]")
_MOVES = re.compile(f"({CLOSE_QUOTE}{_MARKS}*)([.,])")
_STOPPED = re.compile(rf"([?!])({_MARKS}*)\.")
_DOUBLED = re.compile(rf"([.,:;])({_MARKS}+)\1")
_SPACED = re.compile(rf" ({_MARKS}*) ")
_IN_WORD = re.compile(r"(?<=\w)['’](?=\w)")
_PAIRS = tuple(map(re.compile, ("“([^“”]*)”", '"([^"]*)"', "‘([^‘’]*)’", "(?<!\\w)'([^']*)'(?!\\w)")))


@dataclass(frozen=True, slots=True)
class QuotationMarks:
    """The quotation marks of a language.

    Attributes:
        outer: opening and closing.
        inner: those inside of others.
        hold_punctuation: whether a comma or a full stop goes inside.
    """

    outer: tuple[str, str]
    inner: tuple[str, str]
    hold_punctuation: bool


def as_marks(text: str) -> str:
    """A text with marks in place of its quotation marks, whether they are straight or not."""
    text = _IN_WORD.sub(_APOSTROPHE, re.sub(_MARKS, "", text))
    for pair in _PAIRS:
        text = pair.sub(f"{OPEN_QUOTE}\\1{CLOSE_QUOTE}", text)
    return text.replace("'", "’").replace(_APOSTROPHE, "’")


def italic(text: object) -> str:
    """A text between the marks of italics."""
    return f"{OPEN_ITALIC}{text}{CLOSE_ITALIC}"


def small_capitals(text: object) -> str:
    """A text between the marks of small capitals."""
    return f"{OPEN_SMALL}{text}{CLOSE_SMALL}"


def settled(text: str, quotation_marks: QuotationMarks) -> str:
    """A citation with its quotation marks; italics and small capitals are still marked."""
    if quotation_marks.hold_punctuation:
        moved = None
        while moved != text:
            moved, text = text, _MOVES.sub(r"\2\1", text)
    text = _STOPPED.sub(r"\1\2", text)
    text = _DOUBLED.sub(r"\1\2", text)
    text = _SPACED.sub(r" \1", text)
    depth, written = 0, []
    for character in text:
        if character == OPEN_QUOTE:
            written.append((quotation_marks.inner if depth % 2 else quotation_marks.outer)[0])
            depth += 1
        elif character == CLOSE_QUOTE:
            depth -= 1
            written.append((quotation_marks.inner if depth % 2 else quotation_marks.outer)[1])
        else:
            written.append(character)
    return "".join(written).strip()


def as_plain(text: str) -> str:
    """A settled citation without italics and small capitals."""
    return re.sub(_MARKS, "", text)


def as_html(text: str) -> str:
    """A settled citation as HTML, with its italics and small capitals and nothing else."""
    return _HTML_MARK.sub(lambda mark: _HTML[mark[0]], escape(text, quote=False))
