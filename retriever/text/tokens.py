"""Text -> the terms that words are compared by: one analysis for the index, the question and the evidence.

A term is a word in lower case, without accents, without a possessive, its full stops taken out ("U.S." and "US" are
one term) and stemmed (Snowball's English stemmer, the Porter2 algorithm). A number keeps its digits as one term,
thousands separators removed: "32,000" is "32000".
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import Stemmer

# Acronyms with stops, numbers with separators, words (with an inner apostrophe), in this order of preference. An
# accent may be a character of its own, behind its letter.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W_]+(?:(?:['’]|[\u0300-\u036f]+['’]?)[^\W_]+)*[\u0300-\u036f]*"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_POSSESSIVE = re.compile(r"['’]s?$")
_LONGEST_TERM = 64  # characters; what is longer is data (a hash, base64), which nobody asks for by word

# Words that ask, and the measures that go with "how".
_ASKING = "what which who whom whose when where why how many much long far old often"
# Words that name nothing. "us" is not among them, as "U.S." becomes it too; nor is "may", which is a month.
_FUNCTION = """a about above after again against all also am an and any are as at be been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her here hers
    him his how i if in into is it its itself just kind many me might more most much must my name no nor not now of
    off on once only or other our ours out over own s said same say shall she should so some sort such t tell than that
    the their theirs them then there these they this those through to too type under until up very was we were what when
    where which while who whom whose why will with would you your yours"""


class _Stemmer(threading.local):
    """Snowball's stemmer, one for each thread: it keeps the word at hand in itself."""

    def __init__(self) -> None:
        """Make this thread's."""
        self.stem = Stemmer.Stemmer("english", 0).stemWord  # what is stemmed is kept below


_stemmer = _Stemmer()


class Word(NamedTuple):
    """A word of a text: its place (characters, end excluded) and its term."""

    start: int
    end: int
    term: str


# As `Word._make` does, in a third of its time: half of a question's passages are read anew.
_as_word = partial(tuple.__new__, Word)


@lru_cache(maxsize=2048)
def words(text: str) -> tuple[Word, ...]:
    """Find the words of a text, in order, each with its place and its term; passages come again and again."""
    found = [(*match.span(), term_of(match[0])) for match in _WORD.finditer(text)]
    return tuple(map(_as_word, [word for word in found if word[2]]))


def spelt_words(text: str) -> list[str]:
    """Find the words that have a term, as a text spells them, in order; where their places are not asked for."""
    return [word for word in _WORD.findall(text) if term_of(word)]


def terms(text: str) -> tuple[str, ...]:
    """Find the terms of a text, in order, repeated as often as they stand there."""
    return tuple(word.term for word in words(text))


def content_terms(found: Sequence[Word]) -> tuple[str, ...]:
    """The terms of a question's words that name something; all of them where none does."""
    naming = tuple(word.term for word in found if word.term not in FUNCTION_TERMS)
    return naming or tuple(word.term for word in found)


def fold(text: str) -> str:
    """Lower a word's case and take accents off, so that "Fernández" and "fernandez" are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())  # may set spaces: "ﷺ" is four words
    return "".join(letter for letter in decomposed if not (unicodedata.combining(letter) or letter.isspace()))


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """A word as its letters only: no case, accents, stops, apostrophes or possessive."""
    return fold(_POSSESSIVE.sub("", word)).replace(".", "").replace("'", "").replace("’", "")


@lru_cache(maxsize=200_000)
def term_of(word: str) -> str:
    """The term of one word; empty for what is too long to be one."""
    if len(word) > _LONGEST_TERM:
        return ""
    if _THOUSANDS.fullmatch(word):
        return word.replace(",", "")
    if word[0].isdigit():
        return word
    return str(_stemmer.stem(plain(word)))


ASKING_TERMS = frozenset(term_of(word) for word in _ASKING.split())
FUNCTION_TERMS = frozenset(term_of(word) for word in _FUNCTION.split())
