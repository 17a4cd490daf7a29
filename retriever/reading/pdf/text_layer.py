"""Whether the text layer of a PDF page is what the page shows.

A font without a table of its characters gives other letters, or none. So does text that was decoded wrongly before it
came into the PDF. Such a page looks right and reads as nonsense. The text alone makes a page suspicious; only OCR can
tell that it is wrong, by reading other words.
"""

import re
from collections import Counter

FEWEST_WORDS = 15
"""Words in Latin letters that a page needs to be judged by its vowels."""

FEWEST_WITH_VOWELS = 0.75
"""Share of the words of three letters or more that have a vowel. Of 830 right pages, one table of abbreviations has
0.70, and the next page 0.82. Where letters are shifted, about half of the words have one."""

MOST_UNMAPPED = 0.1
"""Share of characters that stand for no letter; some files use such characters for bullets and logos."""

FEWEST_MOJIBAKE = 3
"""Pairs such as "Ã©" on one page; a right text may quote one."""

LEAST_SHARED = 0.3
"""Share of the words read by OCR that a right text layer has at least, even on a poor scan."""

_WORD = re.compile(r"[A-Za-z]{3,}")
_LETTERS = re.compile(r"[^\W\d_]+")
_WITHOUT_VOWEL = re.compile("(?<![A-Za-z])[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz]{3,}(?![A-Za-z])")
_UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_MOJIBAKE = re.compile("[ÃÂ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|ï¿½")


def looks_wrong(text: str) -> bool:
    """Whether the text of a page may not be what it shows.

    Args:
        text: as the file gives it, with control characters.
    """
    characters = sum(map(len, text.split()))
    if not characters:
        return False
    if len(_UNMAPPED.findall(text.replace("\x02", ""))) > MOST_UNMAPPED * characters:  # U+0002 is a hyphen
        return True
    if len(_MOJIBAKE.findall(text)) >= FEWEST_MOJIBAKE:
        return True
    without_vowel = len(_WITHOUT_VOWEL.findall(text))
    if without_vowel <= (1 - FEWEST_WITH_VOWELS) * FEWEST_WORDS:  # few even for the fewest words
        return False
    words = _WORD.findall(text)
    if len(words) < FEWEST_WORDS or without_vowel <= (1 - FEWEST_WITH_VOWELS) * len(words):
        return False
    return 2 * sum(map(len, words)) > sum(map(len, _LETTERS.findall(text)))  # most letters are Latin


def is_other_text(layer: str, seen: str) -> bool:
    """Whether OCR reads other words than a text layer has.

    Args:
        layer: the words of the layer.
        seen: the words that OCR reads.
    """
    read = Counter(re.findall(r"\w{3,}", seen.casefold()))
    shared = read & Counter(re.findall(r"\w{3,}", layer.casefold()))
    return read.total() >= FEWEST_WORDS and shared.total() < LEAST_SHARED * read.total()
