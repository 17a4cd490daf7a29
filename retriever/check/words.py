"""A text -> its words and stops, in the form in which a quotation is compared with its source.

In: any text. Out: tokens with their places. One decision: what only the typesetting changes is no difference: the
shape of quotation marks, dashes, spaces and ligatures, soft hyphens, the marks of notes, Markdown's emphasis.
"""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

MARKED_TYPES = ("text/markdown", "text/plain", "text/x-rst")
"""Media types whose text may have the signs of Markdown, in drafts and in their sources."""

_SINGLE = "\u2e80-\u2fdf\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Scripts without spaces between words, whose letters are compared one by one."""
_JOINER = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u0300-\u036f"
_LETTER = rf"[^\W_{_SINGLE}]"
WORD = re.compile(rf"[{_SINGLE}](?<=\w)|{_LETTER}(?:{_LETTER}|[{_JOINER}]|['’ʼ](?={_LETTER})|(?<=\d)[.,](?=\d))*")
_ELLIPSIS = r"…|\.(?:[ \u00a0]{0,2}\.){2,5}"
_DASHES = "-‐‑‒–—―−﹘﹣－"
_TOKEN = re.compile(
    rf"(?P<word>{WORD.pattern})|(?P<ellipsis>{_ELLIPSIS})|(?P<dash>[{_DASHES}]+)"
    r"|(?P<stop>[,.;:?!()/。，、；：？！])|(?P<sign>[%$€£¥&+=@§°×÷±‰])"
)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_RAISED = str.maketrans({figure: f"^{value}" for value, figure in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_NOTE = re.compile(r"\[\^?\d{1,3}\]|\[\^[\w-]{1,20}\]")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\](?:\([^()\s]{0,500}(?:\s\"[^\"\n]{0,200}\")?\)|\[[^\[\]\n]{0,100}\])")
_QUOTE_SIGN = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+", re.MULTILINE)


class Sort(IntEnum):
    """What a token is."""

    WORD = 0
    STOP = 1
    SIGN = 2
    ELLIPSIS = 3


class Token(NamedTuple):
    """A word, a stop or a sign of a text.

    Attributes:
        key: the form in which it is compared, in lower case.
        start: its first character.
        end: one past its last.
        sort: what it is.
        bracketed: whether it, or a part of it, stands in brackets of the draft's author.
    """

    key: str
    start: int
    end: int
    sort: Sort
    bracketed: bool = False


def without_layout(text: str, *, markdown: bool = False) -> str:
    """A text with blanks in place of what is not its words: the marks of notes, and Markdown's links and quote signs.

    Every other character stays at its place.
    """
    if "[" in text:
        text = _NOTE.sub(_blank, text)
    if markdown:
        text = _QUOTE_SIGN.sub(_blank, text)
        if "](" in text or "][" in text:
            text = _LINK.sub(_only_text, text)
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _only_text(match: re.Match[str]) -> str:
    before = match.start(1) - match.start()
    return " " * before + match[1] + " " * (match.end() - match.end(1))


@lru_cache(maxsize=200_000)
def word_key(word: str) -> str:
    """The form in which a word is compared: lower case, plain apostrophes, no ligatures, no thousands separators."""
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word.translate(_INVISIBLE).translate(_RAISED))
        word = word.replace("’", "'").replace("ʼ", "'")
    if word[:1].isdigit() and _THOUSANDS.fullmatch(word):
        return word.replace(",", "")
    return word.casefold()


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of a part of a text, in order; their places count from the text's beginning."""
    found = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup
        if kind == "word":
            found.append(Token(word_key(match[0]), match.start(), match.end(), Sort.WORD))
        elif kind == "ellipsis":
            found.append(Token("…", match.start(), match.end(), Sort.ELLIPSIS))
        elif kind == "dash":
            found.append(Token("-", match.start(), match.end(), Sort.STOP))
        else:
            sort = Sort.SIGN if kind == "sign" else Sort.STOP
            found.append(Token(unicodedata.normalize("NFKC", match[0]), match.start(), match.end(), sort))
    return found


_BRACKETS = re.compile(r"\[([^\[\]]{0,300})\]")
_SIC = frozenset(("sic", "sic!", "!", "?"))


def draft_tokens(text: str, start: int, end: int) -> list[Token]:
    """The tokens of a quotation in a draft; what its author has put in brackets is known as such.

    "[…]" is an ellipsis, "[sic]" is nothing, and "[t]he" is one word of which a part is in brackets.
    """
    pieces: list[tuple[int, int]] = []
    letters = list(text[start:end])
    for match in _BRACKETS.finditer(text, start, end):
        inside = match[1].strip()
        first, last = match.start() - start, match.end() - start
        if inside.casefold() in _SIC:
            letters[first:last] = " " * (last - first)
            continue
        letters[first] = letters[last - 1] = "\u200b"  # a word joiner: "[t]he" stays one word
        if not re.fullmatch(_ELLIPSIS, inside):
            pieces.append((match.start(), match.end()))
    cleaned = "".join(letters)
    found = [token._replace(start=token.start + start, end=token.end + start) for token in tokens(cleaned)]
    return _in_brackets(found, pieces)


def _in_brackets(found: list[Token], pieces: list[tuple[int, int]]) -> list[Token]:
    """Mark the tokens that overlap a part in brackets; both come in order."""
    marked, at = [], 0
    for token in found:
        while at < len(pieces) and pieces[at][1] <= token.start:
            at += 1
        inside = at < len(pieces) and pieces[at][0] < token.end
        marked.append(token._replace(bracketed=True) if inside else token)
    return marked
