"""Text -> the terms that words are compared by: one analysis for the index, the question and the evidence.

A term is a word in lower case, without accents, without a possessive, its full stops taken out ("U.S." and "US" are
one term) and stemmed (Snowball's English stemmer, the Porter2 algorithm). A number keeps its digits as one term,
thousands separators removed: "32,000" is "32000".
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

# Acronyms with stops, numbers with separators, words (with an inner apostrophe), in this order of preference. An
# accent may be a character of its own, behind its letter.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W_]+(?:(?:['’]|[\u0300-\u036f]+['’]?)[^\W_]+)*[\u0300-\u036f]*"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_POSSESSIVE = re.compile(r"['’]s?$")
_LONGEST_TERM = 64  # characters; what is longer is data (a hash, base64), which nobody asks for by word

# Words that ask rather than name. Without them the arm of words looks for what the question is about.
QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
FUNCTION_WORDS = frozenset(
    """a about am an and any are as at be been being by can could did do does doing for from had has have having he
    her hers him his i if in into is it its me my of on or our ours say she should so some such tell than that the
    their theirs them then there these they this those to us was we were will with would you your yours""".split()
)

_stemmer = snowballstemmer.stemmer("english")


class Word(NamedTuple):
    """A word of a text: its place (characters, end excluded) and its term."""

    start: int
    end: int
    term: str


def words(text: str) -> tuple[Word, ...]:
    """Find the words of a text, in order, each with its place and its term."""
    found = ((match.start(), match.end(), term_of(match.group())) for match in _WORD.finditer(text))
    return tuple(Word(start, end, term) for start, end, term in found if term)


def terms(text: str) -> tuple[str, ...]:
    """Find the terms of a text, in order, repeated as often as they stand there."""
    return tuple(word.term for word in words(text))


def content_terms(question: str) -> tuple[str, ...]:
    """Find the terms of a question that name something; all of them where none does."""
    every = words(question)
    naming = tuple(word.term for word in every if _names(question[word.start : word.end], question))
    return naming or tuple(word.term for word in every)


def _names(spelt: str, question: str) -> bool:
    """Whether a word names something: "US" in capitals does, "us" does not."""
    if len(spelt) > 1 and spelt.isupper() and not question.isupper():
        return True
    return fold(spelt) not in QUESTION_WORDS | FUNCTION_WORDS


def fold(text: str) -> str:
    """Lower a word's case and take accents off, so that "Fernández" and "fernandez" are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())  # may set spaces: "ﷺ" is four words
    return "".join(letter for letter in decomposed if not (unicodedata.combining(letter) or letter.isspace()))


@lru_cache(maxsize=200_000)
def term_of(word: str) -> str:
    """The term of one word; empty for what is too long to be one."""
    if len(word) > _LONGEST_TERM:
        return ""
    if _THOUSANDS.fullmatch(word):
        return word.replace(",", "")
    if word[0].isdigit():
        return word
    bare = fold(_POSSESSIVE.sub("", word)).replace(".", "")
    return str(_stemmer.stemWord(bare.replace("'", "").replace("’", "")))
