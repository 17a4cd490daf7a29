"""Lines of a paragraph -> its text, with the halves of divided words joined.

The spelling of the word in the rest of the document decides whether a hyphen belongs to it.
"""

import re
import unicodedata
from collections.abc import Iterable

_HYPHEN_END = re.compile(r"([^\W\d_]{1,60})([-‐\u00ad])$")
_HYPHENS = ("-", "‐", "\u00ad")
_HYPHENATED = re.compile(r"[^\W_][-‐][^\W\d_]+[-‐]$")
"""A word with a hyphen before that of the line's end, as in "mother-in-"."""

_COMPOUNDING = frozenset(
    "well self ill half full long short high low hard old new open first second third cross two three four five six "
    "seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety non".split()
)
"""Beginnings of words with a hyphen: "well-known", "twenty-five"."""

_ENDINGS = frozenset(
    "ly er ers est ed ing ings ness ment ful less ish ity ship ware age en ens th ths teen ty fold way ways light land "
    "ner hood ened ening ancy ance ance sense ten tence".split()
)
"""Second halves that make such a word one word: "high-est", "hard-ware"."""

_RANGE_END = re.compile(r"\d[–-]$")
_FIRST_WORD = re.compile(r"^[^\W\d_]+")
_VOCABULARY = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")


class LineJoiner:
    """Joins lines with the help of the words of the whole document."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Learn the words of the document's lines, in their order."""
        self._words: set[str] = set()
        parted = False
        for line in lines:
            whole = _FIRST_WORD.sub("", line, count=1) if parted else line
            parted = _hyphen_end(line) is not None
            self._words.update(_VOCABULARY.findall((_HYPHEN_END.sub("", whole) if parted else whole).casefold()))

    def append(self, parts: list[str], line: str) -> None:
        """Append a line to others, with a space between them, or with the divided word joined.

        Args:
            parts: the lines before, perhaps ending in a hyphen; the line is appended.
            line: the line.
        """
        last = parts[-1]
        end, start = _hyphen_end(last), _FIRST_WORD.match(line)
        if end and start:
            compound = _HYPHENATED.search(last[-80:]) or line[start.end() : start.end() + 1] in ("-", "‐")
            is_parted = end.group(2) == "\u00ad" or not (compound or not self._is_divided(end.group(1), start.group()))
            parts[-1] = last[:-1] + ("" if is_parted else "-")
            parts.append(line)
        else:
            is_one_word = (last.endswith("-") and last[-2:-1].strip() != "") or (
                _RANGE_END.search(last[-2:]) is not None and line[0].isdecimal()
            )
            parts.append(line if is_one_word or (is_wide(last[-1]) and is_wide(line[0])) else f" {line}")

    def _is_divided(self, before: str, after: str) -> bool:
        """Whether a hyphen only divides a word at a line's end, and is not part of its spelling."""
        first, second = before.casefold(), after.casefold()
        if first + second in self._words:
            return True
        if f"{first}-{second}" in self._words or after[0].isupper() or not before[-1].islower():
            return False
        if len(first) == 1 or (first in _COMPOUNDING and second not in _ENDINGS):
            return False  # "e-mail": no rule leaves one letter at a line's end
        return not (first in self._words and second in self._words)


def _hyphen_end(line: str) -> re.Match[str] | None:
    """The part of a word before a hyphen at a line's end."""
    return _HYPHEN_END.search(line[-80:]) if line.endswith(_HYPHENS) else None


def is_wide(letter: str) -> bool:
    """Whether a character is from a script without spaces between words, such as Chinese."""
    return unicodedata.east_asian_width(letter) in ("W", "F")
