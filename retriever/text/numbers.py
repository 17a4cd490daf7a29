"""Numbers in words -> numbers: "forty-two", "two hundred thousand", "a dozen"."""

import re

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SMALL = {
    **{word: number for number, word in enumerate(_UNITS)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    "a": 1,
    "an": 1,
}
ORDINALS = tuple("first second third fourth fifth sixth seventh eighth ninth tenth".split())
MAGNITUDES = {"hundred": 100, "dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

UNIT_WORDS = "|".join(sorted((*_UNITS, *_TENS), key=len, reverse=True))
"""A number in one word, as alternatives of a pattern: "three", "forty"."""

NUMBER_WORD = rf"(?:(?:{'|'.join(_TENS)})[\s-])?(?:{UNIT_WORDS}|an?)"
"""A small number in words: "three", "forty-two", "a"."""

NUMBER_WORDS = (
    rf"(?:(?:{UNIT_WORDS}|an?|\d{{1,3}})[\s-](?:hundred|thousand|million|billion|trillion|dozen)|{UNIT_WORDS})"
    rf"(?:[\s-](?:and[\s-])?(?:{UNIT_WORDS}|hundred|thousand|million|billion|trillion)\b){{0,20}}"
)
"""A number in words, of any size: "two hundred and twelve thousand", "a dozen"."""


_DIGITS = 18
LARGEST = 1_000_000_000_000_000_000
"""No text means a larger number; one that seems to is a row of figures or words."""


def whole_number(words: str) -> int:
    """Read a number in words, or in digits; at most `LARGEST`.

    Raises:
        ValueError: the words are not a number.
    """
    total = current = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word.isdecimal():
            current += int(word) if len(word) <= _DIGITS else LARGEST
        elif word in SMALL:
            current += SMALL[word]
        elif word in MAGNITUDES and MAGNITUDES[word] < 1000:
            current = max(1, current) * MAGNITUDES[word]
        elif word in MAGNITUDES:
            total, current = total + max(1, current) * MAGNITUDES[word], 0
        elif word != "and":
            raise ValueError(f"{word!r} is no number")
        total, current = min(total, LARGEST), min(current, LARGEST)
    return min(total + current, LARGEST)
