"""Text -> terms, by which words are compared. The index, the question and the evidence use the same analysis.

A term is a word in lower case, without accents, possessive or full stops, and stemmed: "U.S." and "US" are one term.
The stemmer is Snowball's for English (the Porter2 algorithm). A number is one term, without thousands separators:
"32,000" is "32000".
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import Stemmer

# In this order: acronyms with stops, numbers with separators, words (with an inner apostrophe). An accent may be a
# separate character after its letter.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W_]+(?:(?:['’]|[\u0300-\u036f]+['’]?)[^\W_]+)*[\u0300-\u036f]*"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_POSSESSIVE = re.compile(r"['’]s?$")
_LONGEST_TERM = 64  # characters; a longer word is data (a hash, base64), which nobody searches for

# Question words, and the measures that follow "how".
_ASKING = "what which who whom whose when where why how many much long far old often"
# Function words. "us" is not one, since "U.S." has the same term; nor is "may", which is a month.
_FUNCTION = """a about above after again against all also am an and any are as at be been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her here hers
    him his how i if in into is it its itself just kind many me might more most much must my name no nor not now of
    off on once only or other our ours out over own s said same say shall she should so some sort such t tell than that
    the their theirs them then there these they this those through to too type under until up very was we were what when
    where which while who whom whose why will with would you your yours"""


class _Stemmer(threading.local):
    """Snowball's stemmer, one for each thread, since it stores the current word in itself."""

    def __init__(self) -> None:
        """Make the stemmer of this thread."""
        self.stem = Stemmer.Stemmer("english", 0).stemWord  # results are cached below


_stemmer = _Stemmer()


class Word(NamedTuple):
    """A word of a text: its start and end in characters, and its term."""

    start: int
    end: int
    term: str


# Like `Word._make`, but three times as fast; half of a question's passages are not in the cache.
_as_word = partial(tuple.__new__, Word)


@lru_cache(maxsize=2048)
def words(text: str) -> tuple[Word, ...]:
    """Find the words of a text, in order. Cached, since many questions find the same passages."""
    found = [(*match.span(), term_of(match[0])) for match in _WORD.finditer(text)]
    return tuple(map(_as_word, [word for word in found if word[2]]))


def spelt_words(text: str) -> list[str]:
    """Find the words of a text as they are spelt, in order, without their positions."""
    return [word for word in _WORD.findall(text) if term_of(word)]


def terms(text: str) -> tuple[str, ...]:
    """Find the terms of a text, in order, with repetitions."""
    return tuple(word.term for word in words(text))


def content_terms(found: Sequence[Word]) -> tuple[str, ...]:
    """The terms of a question's content words, or of all its words if it has none."""
    naming = tuple(word.term for word in found if word.term not in FUNCTION_TERMS)
    return naming or tuple(word.term for word in found)


def naming_terms(text: str) -> frozenset[str]:
    """The terms of a text without function words."""
    return frozenset(terms(text)) - FUNCTION_TERMS


def fold(text: str) -> str:
    """Remove a word's case and accents, so that "Fernández" and "fernandez" are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())  # may add spaces: "ﷺ" becomes four words
    return "".join(letter for letter in decomposed if not (unicodedata.combining(letter) or letter.isspace()))


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """A word as its letters only: no case, accents, stops, apostrophes or possessive."""
    return fold(_POSSESSIVE.sub("", word)).replace(".", "").replace("'", "").replace("’", "")


@lru_cache(maxsize=200_000)
def term_of(word: str) -> str:
    """The term of one word; empty if the word is too long."""
    if len(word) > _LONGEST_TERM:
        return ""
    if _THOUSANDS.fullmatch(word):
        return word.replace(",", "")
    if word[0].isdigit():
        return word
    return str(_stemmer.stem(plain(word)))


ASKING_TERMS = frozenset(term_of(word) for word in _ASKING.split())
FUNCTION_TERMS = frozenset(term_of(word) for word in _FUNCTION.split())
