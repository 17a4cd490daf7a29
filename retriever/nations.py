"""Text -> the nations that it names: by a country, by its people, or by the capital that stands for its government.

In: a text. Out: mentions, each with its nation and what it names of it. One decision: what stands between two nations
("the U.S.-Mexico border") is of both, and speaks of neither.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from .words import fold, term_of

# Of the states of the world and some lands with a people of their own, a line each: its names, its capital where that
# is not a word or a person's name too, what is of it.
FILE = Path(__file__).with_name("nations.txt")
# Words behind "Cuban" that make people of it.
_PEOPLE = frozenset(
    term_of(word)
    for word in """migrant immigrant emigrant refugee citizen national people person man men woman women child children
    family families deportee worker soldier troops player student visitor tourist asylum evacuee resident passenger
    victim prisoner detainee applicant arrival voter exile settler colonist""".split()
)
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*")
_OWNED = re.compile(r"['’]s?$")
# "migrants who came from", "applicants from Cuba, Haiti and": the words before it, and what else stands in the list.
_FROM = re.compile(r"\b(?:from|of)\b")
_LISTED = frozenset("and or the".split())
_LOOKED_BACK, _WORDS_BEFORE = 120, 4  # characters, and words before "from"
_IS_SIDE = re.compile(r"(?i)(?<!of )\bthe $")
_NOT = "non-"
_LONGEST = 5  # words of "Democratic Republic of the Congo"
_ACRONYMS = frozenset("us usa uk uae".split())  # "Us" is a word


class Naming(StrEnum):
    """What of a nation is named."""

    COUNTRY = "country"
    CAPITAL = "capital"
    ADJECTIVE = "adjective"
    PEOPLE = "people"
    SHARED = "shared"


# What speaks of a nation; its capital may be no more than a place.
_OF_A_NATION = frozenset((Naming.COUNTRY, Naming.ADJECTIVE, Naming.PEOPLE))


@dataclass(frozen=True, slots=True)
class Mention:
    """A nation that a text names.

    Attributes:
        nation: its first name in the list, behind "non-" where all others are meant.
        naming: what of it is named.
        start: first character in the text.
        end: one past the last.
    """

    nation: str
    naming: Naming
    start: int
    end: int


def asked_of(question: str) -> tuple[Mention, ...]:
    """Find the nations that a question names, be it typed without capitals; "the Americans" are their side."""
    text = question if any(map(str.isupper, question[1:])) else question.title()
    return tuple(
        replace(one, naming=Naming.COUNTRY)
        if one.naming is Naming.PEOPLE and _IS_SIDE.search(text, 0, one.start)
        else one
        for one in nations_in(text)
    )


def speaks_of_others(asked: Sequence[Mention], quote: str, around: str) -> bool:
    """Whether a quote speaks of another nation in place of one that is asked for.

    Args:
        asked: what the question names; a capital counts only as its nation's other name.
        quote: the words that may answer.
        around: the words that they stand among, themselves, title and heading included.

    Returns:
        True where nothing around names a nation that is asked for, or its people where those are, and the quote names
        a nation, or a people, that the question does not.
    """
    named = {mention.nation for mention in asked}
    for mention in asked:
        if mention.naming is Naming.CAPITAL:
            continue
        meant = {mention.naming} if mention.naming is Naming.PEOPLE else _OF_A_NATION | {mention.naming}
        if _named(quote, meant) - named and mention.nation not in _named(
            around, meant if mention.naming is Naming.PEOPLE else meant | {Naming.CAPITAL}
        ):
            return True
    return False


def _named(text: str, meant: Set[Naming]) -> set[str]:
    return {mention.nation for mention in nations_in(text) if mention.naming in meant}


@lru_cache(maxsize=1024)
def nations_in(text: str) -> tuple[Mention, ...]:
    """Find the nations that a text names, in its order; what is not capitalised may be another word, and is none."""
    return tuple(_mentions(text))


def nation_of(name: Sequence[str]) -> tuple[str, Naming] | None:
    """The nation that a name is of, and what of it that names; the name's words folded."""
    return _spellings().get(" ".join(name))


def _mentions(text: str) -> Iterator[Mention]:
    found = list(_WORD.finditer(text))
    spelt = [fold(_OWNED.sub("", word[0])).replace(".", "") for word in found]
    at, last = 0, -2
    while at < len(found):
        count = _length(found[at][0], spelt[at : at + _LONGEST])
        if count:
            nation, naming = _spellings()[" ".join(spelt[at : at + count])]
            start, end = found[at].start(), found[at + count - 1].end()
            if start == last + 1:  # "Cuban Americans" are not all Americans
                naming = Naming.SHARED
            last = end
            behind = spelt[at + count : at + count + 2]
            if text[max(0, start - len(_NOT)) : start].lower() == _NOT:
                nation, start = f"{_NOT}{nation}", start - len(_NOT)  # all others: a people of its own
            yield Mention(nation, _naming(naming, text, start, end, behind), start, end)
        at += count or 1


def _length(first: str, spelt: list[str]) -> int:
    """How many of the words, the first of them as the text spells it, are a nation's name; 0 where none are."""
    if not first[0].isupper() or (spelt[0] in _ACRONYMS and not first[1].isupper() and "." not in first):
        return 0
    return next((count for count in range(len(spelt), 0, -1) if " ".join(spelt[:count]) in _spellings()), 0)


def _naming(naming: Naming, text: str, start: int, end: int, behind: list[str]) -> Naming:
    """What is named, by the words around it: "Cuban migrants" and "applicants from Haiti and Cuba" are people."""
    joined = text[start - 1 : start] in ("-", "–") or text[end : end + 1] in ("-", "–")
    owned = _OWNED.search(text, start, end) is not None  # "Sweden's border" is its own
    if joined or (behind and term_of(behind[0]) == "border" and not owned):
        return Naming.SHARED
    if naming in (Naming.ADJECTIVE, Naming.COUNTRY) and not _PEOPLE.isdisjoint(map(term_of, behind)):
        return Naming.PEOPLE
    return (
        Naming.PEOPLE if naming is Naming.COUNTRY and _come_from(text[max(0, start - _LOOKED_BACK) : start]) else naming
    )


def _come_from(before: str) -> bool:
    """Whether words end in people who come from what is named next, or from that among others."""
    found = [*_FROM.finditer(before)]
    if not found:
        return False
    others = _WORD.findall(before, found[-1].end())
    if not all(word[0].isupper() or word in _LISTED for word in others):
        return False
    who = _WORD.findall(before[: found[-1].start()])[-_WORDS_BEFORE:]
    return not _PEOPLE.isdisjoint(map(term_of, who))


@cache
def _spellings() -> dict[str, tuple[str, Naming]]:
    """Folded spelling -> its nation, and what of it that names."""
    known: dict[str, tuple[str, Naming]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        names, capitals, adjectives = (part.split(",") if part else [] for part in line.split("|"))
        nation = names[0]
        known |= {_key(name): (nation, Naming.CAPITAL) for name in capitals}
        known |= {_key(name): (nation, Naming.COUNTRY) for name in names}
        for name in adjectives:
            known[_key(name)] = nation, Naming.ADJECTIVE
            known[f"{_key(name)}s"] = nation, Naming.PEOPLE
    return known


def _key(name: str) -> str:
    return " ".join(fold(word).replace(".", "") for word in _WORD.findall(name))
