"""Text -> the nations that it names: by the country, its people, its adjective or its capital.

In: a text. Out: mentions, each with its nation and the form of the name. One decision: only words with a capital letter
count, as others may mean something else ("turkey").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from .tokens import fold

# Of the states of the world and some lands with a people of their own, a line each: its names, its capital where that
# is not a word or a person's name too, what is of it.
FILE = Path(__file__).with_name("nations.txt")
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*")
_OWNED = re.compile(r"['’]s?$")
_LONGEST = 5  # words of "Democratic Republic of the Congo"
_ACRONYMS = frozenset("us usa uk uae".split())  # "Us" is a word


class NationForm(StrEnum):
    """What of a nation is named."""

    COUNTRY = "country"
    CAPITAL = "capital"
    ADJECTIVE = "adjective"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class NationMention:
    """A nation that a text names.

    Attributes:
        nation: its first name in the list.
        naming: what of it is named.
        start: first character in the text.
        end: one past the last.
    """

    nation: str
    naming: NationForm
    start: int
    end: int


def asked_of(question: str) -> tuple[NationMention, ...]:
    """Find the nations that a question names, be it typed without capitals."""
    return nations_in(question if any(map(str.isupper, question[1:])) else question.title())


@lru_cache(maxsize=1024)
def nations_in(text: str) -> tuple[NationMention, ...]:
    """Find the nations that a text names, in its order."""
    return tuple(_mentions(text))


def nation_of(name: Sequence[str]) -> tuple[str, NationForm] | None:
    """The nation that a name is of, and what of it that names; the name's words folded."""
    return _spellings().get(" ".join(name))


def _mentions(text: str) -> Iterator[NationMention]:
    found = list(_WORD.finditer(text))
    spelt = [fold(_OWNED.sub("", word[0])).replace(".", "") for word in found]
    at = 0
    while at < len(found):
        count = _length(found[at][0], spelt[at : at + _LONGEST])
        if count:
            nation, naming = _spellings()[" ".join(spelt[at : at + count])]
            yield NationMention(nation, naming, found[at].start(), found[at + count - 1].end())
        at += count or 1


def _length(first: str, spelt: list[str]) -> int:
    """How many of the words, the first of them as the text spells it, are a nation's name; 0 if none are."""
    if not first[0].isupper() or (spelt[0] in _ACRONYMS and not first[1].isupper() and "." not in first):
        return 0
    return next((count for count in range(len(spelt), 0, -1) if " ".join(spelt[:count]) in _spellings()), 0)


@cache
def _spellings() -> dict[str, tuple[str, NationForm]]:
    """Folded spelling -> its nation, and what of it that names."""
    known: dict[str, tuple[str, NationForm]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        names, capitals, adjectives = (part.split(",") if part else [] for part in line.split("|"))
        nation = names[0]
        known |= {_key(name): (nation, NationForm.CAPITAL) for name in capitals}
        known |= {_key(name): (nation, NationForm.COUNTRY) for name in names}
        for name in adjectives:
            known[_key(name)] = nation, NationForm.ADJECTIVE
            known[f"{_key(name)}s"] = nation, NationForm.PEOPLE
    return known


def _key(name: str) -> str:
    return " ".join(fold(word).replace(".", "") for word in _WORD.findall(name))
