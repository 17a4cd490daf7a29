"""Text -> terms, by which words are compared. The index, the question and the evidence use the same analysis.

A term is a word in lower case, without accents, possessive or full stops, and stemmed: "U.S." and "US" are one term.
The stemmer is Snowball's for the text's language (for English the Porter2 algorithm). A number is one term, without
thousands separators: "32,000" is "32000", and so is "32.000" in German.

Where words start and end is the same in all languages, so that the word vectors of a passage need no language. In
scripts without spaces, and in Korean, a word is one letter; the index also has each pair of neighbours.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

import Stemmer

from .languages import base_language, function_words

# Marks are accents and vowel signs that are characters of their own after their letter: é in two parts, ि of Hindi.
_MARKS = "".join(chr(code) for code in range(0x300, 0x1B00) if unicodedata.category(chr(code))[0] == "M")
_ACCENTS = "".join(map(chr, range(0x300, 0x370)))
# In this order: acronyms with stops, numbers with separators, words (with an inner apostrophe).
_WORD = re.compile(rf"(?:[^\W\d_]\.){{2,}}|\d+(?:[.,]\d+)*|[^\W_]+(?:(?:['’]|[{_MARKS}]+['’]?)[^\W_]+)*[{_MARKS}]*")
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean letters, as ranges of a pattern."""

_UNSPACED = re.compile(f"[{UNSPACED}]")
_UNSPACED_LETTER = re.compile(f"(?![\uac00-\ud7af])[{UNSPACED}]")  # Korean has spaces
_LETTERS = re.compile(f"[{UNSPACED}][{_MARKS}]*|[^{UNSPACED}]+")
_BY_LETTERS = re.compile(f"[{UNSPACED}{_MARKS.lstrip(_ACCENTS)}]")
_MARKS_HERE = re.compile(f"[{_MARKS}]+")
_HIRAGANA = re.compile("[\u3040-\u309f]")
_DIGITS = re.compile(r"[^\D0-9]")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_THOUSANDS_BY_STOPS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
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
    where which while who whom whose why will with would you your yours
    isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't shouldn't
    mustn't mightn't needn't"""


FUNCTION_TERM = "·"
"""The term of all function words of languages other than English."""

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "fa": "persian", "fi": "finnish", "fr": "french", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nl": "dutch",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_OTHER_SCRIPTS = frozenset("ar bg bn el fa he hi hy ja ka ko mr ru sr ta te th uk ur zh".split())
"""Languages that are not written in Latin letters; Latin words in their texts are read as English."""

_DECIMAL_POINT = frozenset("en he hi ja ko ms ta te th zh".split())
"""Languages that write 1,234.5; the others write 1.234,5."""

_STROKES = str.maketrans("łøđıħ", "lodih")
"""Letters with a stroke, which Unicode does not take apart into letter and accent."""


class _Stemmers(threading.local):
    """Snowball's stemmers, one for each thread, since it stores the current word in itself."""

    def __init__(self) -> None:
        """Make the English stemmer of this thread."""
        self._made: dict[str, Callable[[str], str]] = {}
        self.english = self.of("en")

    def of(self, language: str) -> Callable[[str], str]:
        """The stemmer of a language; it changes nothing where there is none."""
        if language not in self._made:
            name = _STEMMERS.get(language)
            self._made[language] = Stemmer.Stemmer(name, 0).stemWord if name else str  # results are cached below
        return self._made[language]


_stemmers = _Stemmers()


class Word(NamedTuple):
    """A word of a text: its start and end in characters, and its term."""

    start: int
    end: int
    term: str


# Like `Word._make`, but three times as fast; half of a question's passages are not in the cache.
_as_word = partial(tuple.__new__, Word)


def words(text: str, language: str | None = None) -> tuple[Word, ...]:
    """Find the words of a text, in order.

    Args:
        text: the text.
        language: its language, as a BCP 47 tag; None for English. It decides their terms, but not their places.
    """
    return _words(text, _analysis(language))


@lru_cache(maxsize=2048)
def _words(text: str, analysis: str) -> tuple[Word, ...]:
    """Cached, since many questions find the same passages."""
    found = [(start, end, _term(text[start:end], analysis)) for start, end in _places(text)]
    return tuple(map(_as_word, [word for word in found if word[2]]))


def _places(text: str) -> list[tuple[int, int]]:
    """Start and end of each word, also of those that are too long."""
    places = [match.span() for match in _WORD.finditer(text)]
    if text.isascii() or not _UNSPACED.search(text):
        return places
    return [letter.span() for place in places for letter in _LETTERS.finditer(text, *place)]


def spelt_words(text: str) -> list[str]:
    """Find the words of a text as they are spelt, in order, without their positions."""
    return [word for start, end in _places(text) if term_of(word := text[start:end])]


def terms(text: str, language: str | None = None) -> tuple[str, ...]:
    """Find the terms of a text, in order, with repetitions."""
    return tuple(word.term for word in words(text, language))


def marks_behind(text: str, end: int) -> int:
    """How many accents and vowel signs that belong to the letter before a place stand behind it."""
    found = _MARKS_HERE.match(text, end)
    return len(found[0]) if found else 0


def count_words(text: str) -> int:
    """Count the words of a text: split at white space, and two letters a word in scripts without spaces."""
    if text.isascii():
        return len(text.split())
    letters = len(_UNSPACED_LETTER.findall(text))
    return len((_UNSPACED_LETTER.sub(" ", text) if letters else text).split()) + (letters + 1) // 2


def is_cut_by_letters(text: str) -> bool:
    """Whether a text has words without spaces, or with vowel signs, which earlier versions cut otherwise."""
    return not text.isascii() and _BY_LETTERS.search(text) is not None


def is_unspaced(text: str) -> bool:
    """Whether a text has letters of a script without spaces."""
    return not text.isascii() and _UNSPACED_LETTER.search(text) is not None


def letter_pairs(text: str) -> list[str]:
    """The pairs of neighbouring letters of a text in a script without spaces, without case and accents, in order.

    By such pairs, BM25 finds the paragraph for 0.93 of XQuAD's Chinese questions; by letters for 0.91, by the words of
    ICU for 0.92, by those of BudouX for 0.86.
    """
    if text.isascii() or not _UNSPACED.search(text):
        return []
    places = _places(text)
    return [
        fold(text[first:end])
        for (first, middle), (start, end) in pairwise(places)
        if middle == start and _UNSPACED.match(text, first) and _UNSPACED.match(text, start)
    ]


def content_terms(found: Sequence[Word]) -> tuple[str, ...]:
    """The terms of a question's content words, or of all its words if it has none."""
    naming = tuple(word.term for word in found if word.term not in FUNCTION_TERMS)
    return naming or tuple(word.term for word in found)


def naming_terms(text: str) -> frozenset[str]:
    """The terms of a text without function words."""
    return frozenset(terms(text)) - FUNCTION_TERMS


def plain_digits(text: str) -> str:
    """A text with its decimal digits of all scripts as 0 to 9, each at its place: "２０２１", "٢٠٢١"."""
    return text if text.isascii() else _DIGITS.sub(lambda match: str(int(match[0])), text)


def fold(text: str) -> str:
    """Remove a word's case and accents, so that "Fernández" and "fernandez" are one."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())  # may add spaces: "ﷺ" becomes four words
    return "".join(letter for letter in decomposed if not (unicodedata.combining(letter) or letter.isspace()))


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """A word as its letters only: no case, accents, stops, apostrophes or possessive."""
    return fold(_POSSESSIVE.sub("", word)).replace(".", "").replace("'", "").replace("’", "")


def term_of(word: str, language: str | None = None) -> str:
    """The term of one word; empty if the word is too long."""
    return _term(word, _analysis(language))


@lru_cache(maxsize=256)
def _analysis(language: str | None) -> str:
    """The language whose words a text has: English where the language is not known."""
    return base_language(language) or "en"


@lru_cache(maxsize=200_000)
def _term(word: str, language: str) -> str:
    if len(word) > _LONGEST_TERM:
        return ""
    if word[0].isdigit():
        return _number_term(word, language)
    if language == "en" or (language in _OTHER_SCRIPTS and word.isascii()):
        return str(_stemmers.english(plain(word)))
    return _foreign_term(word, language)


def _number_term(digits: str, language: str) -> str:
    digits = plain_digits(digits)
    if language in _DECIMAL_POINT:
        return digits.replace(",", "") if _THOUSANDS.fullmatch(digits) else digits
    if _THOUSANDS_BY_STOPS.fullmatch(digits):
        return digits.replace(".", "").replace(",", ".")
    return digits.replace(",", ".") if digits.count(",") == 1 and "." not in digits else digits


def _foreign_term(word: str, language: str) -> str:
    """The term of a word that is not English.

    In Latin script the accents go before the stemmer, so that a word without its accents has the same term. Elsewhere
    the stemmer needs them.
    """
    word = word[1 + max(word.rfind(mark, 0, -2) for mark in "'’") :]  # "école" of "l'école"
    folded = plain(word).translate(_STROKES)
    if _HIRAGANA.match(word) or folded in _folded_function_words(language):
        return FUNCTION_TERM if folded else ""
    if language in _OTHER_SCRIPTS:
        composed = unicodedata.normalize("NFC", word.casefold()).replace("ё", "е")
        return plain(_stemmers.of(language)(composed)) or folded
    return _stemmers.of(language)(folded) or folded


@cache
def _folded_function_words(language: str) -> frozenset[str]:
    if language in ("ja", "ko", "th"):  # their words are longer than a letter
        return frozenset()
    return frozenset(plain(word).translate(_STROKES) for word in function_words(language))


ASKING_TERMS = frozenset(term_of(word) for word in _ASKING.split())
FUNCTION_TERMS = frozenset(term_of(word) for word in _FUNCTION.split()) | {FUNCTION_TERM}
