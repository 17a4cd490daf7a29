"""A text -> its words in the form in which a written sentence is compared with a quote, and what stands between them.

In: any text. Out: `Wording`. One decision: a day, a number in words and a percent sign are read as what they mean, so
that "3 May 2021" is "2021-05-03" and "forty" is "40". No other word stands for another.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ..check.words import Sort, tokens, word_key
from ..text.numbers import NUMBER_WORDS, whole_number
from ..text.sentences import split_sentences
from ..text.time_expressions import spelt_days_in

_NUMBER = re.compile(rf"(?i)(?<![\w.,-])(?:{NUMBER_WORDS})(?![\w-])")
_MARKS = str.maketrans(
    {**dict.fromkeys("“”„‟«»＂″", '"'), **dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("‐‑‒–—―−", "-")}
)
_LAYOUT = re.compile(r"[*`_#]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word: the form in which it is compared, and its place."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wording:
    """A text by its words.

    Attributes:
        text: the text.
        words: in order.
        gaps: what stands before each word, and behind the last, without spaces, and its marks in one shape.
        sentences: positions of the words that begin a sentence, ascending.
    """

    text: str
    words: tuple[Word, ...]
    gaps: tuple[str, ...]
    sentences: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Wording":
        """Read a text."""
        words = tuple(_words(text))
        borders = [0, *(word.end for word in words)]
        starts = [*(word.start for word in words), len(text)]
        gaps = tuple(_gap(text[end:start]) for end, start in zip(borders, starts, strict=True))
        begin: list[int] = []
        first, at = [start for start, _ in split_sentences(text)], 0
        for place in first:
            while at < len(words) and words[at].start < place:
                at += 1
            begin += [at] if at < len(words) else []
        return cls(text, words, gaps, tuple(dict.fromkeys(begin)))

    def key(self, at: int) -> str:
        """The form of a word; empty beyond the last."""
        return self.words[at].key if 0 <= at < len(self.words) else ""

    def sentence_from(self, at: int) -> int:
        """The position of the first word, from one on, that begins a sentence; one past the last if there is none."""
        place = bisect_left(self.sentences, at)
        return self.sentences[place] if place < len(self.sentences) else len(self.words)


def _words(text: str) -> Iterator[Word]:
    """The words, with what is read as what it means in place of its own words."""
    meant = [(found.start(), found.end(), days[0].isoformat()) for found, days in spelt_days_in(text) if len(days) == 1]
    meant += [(found.start(), found.end(), str(whole_number(found[0]))) for found in _NUMBER.finditer(text)]
    meant.sort()
    end = 0
    for start, stop, key in meant:
        if start >= end:
            yield from _plain(text, end, start)
            yield Word(key, start, stop)
            end = stop
    yield from _plain(text, end, len(text))


def _plain(text: str, start: int, end: int) -> Iterator[Word]:
    for token in tokens(text, start, end):
        if token.sort is Sort.WORD:
            yield Word(token.key, token.start, token.end)
        elif token.sort is Sort.SIGN:
            yield Word("percent" if token.key == "%" else token.key, token.start, token.end)


def _gap(between: str) -> str:
    """What stands between two words, without spaces and layout."""
    if not between or between == " ":
        return ""
    return "".join(_LAYOUT.sub("", unicodedata.normalize("NFKC", between).translate(_MARKS)).split())


def keys_of(text: str) -> tuple[str, ...]:
    """The words of a text, in the form in which they are compared."""
    return tuple(word_key(text[token.start : token.end]) for token in tokens(text) if token.sort is Sort.WORD)
