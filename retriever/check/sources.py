"""Which documents of the library the words around a quotation name as its source.

In: the documents, and words such as "according to Reuters" or a footnote. Out: ids of documents. One decision: a
title, a file's name or an address names one document; only without these does a publisher or an author name all of
his. A short title is a name only where it is set apart, as the same words may be meant.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..records import Document
from .words import WORD, word_key

SHORT_TITLE = 2
"""Words of a title that also may be no title: "United States"."""

MOST_NAMES = 200_000
"""Names of documents that are kept."""

_SET_APART = re.compile(r"[“\"«„‘'*_(\[]\s?$")
_PARTS = re.compile(r"\s*(?:[:|–—]|\s-\s)\s*")
_STEM_PARTS = re.compile(r"[-_.\s]+")
_YEAR = re.compile(r"[\s,(]{1,3}(?:\d{1,2}\s)?(?:[A-Z][a-z]+\s)?((?:1[5-9]|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a document.

    Attributes:
        words: as they are compared.
        spelt: as it is spelt; empty if capitals do not matter.
        document: the document's position.
        is_own: whether it names this document alone.
        apart: whether it counts only where it is set apart.
        year: the year that must follow it; "" for none.
    """

    words: tuple[str, ...]
    spelt: str
    document: int
    is_own: bool
    apart: bool = False
    year: str = ""


class SourceNames:
    """The names of the documents of a library."""

    def __init__(self) -> None:
        """Begin with no names."""
        self._by_word: dict[str, list[_Name]] = {}
        self._count = 0
        self.titles: set[tuple[str, ...]] = set()

    def add(self, position: int, document: Document) -> None:
        """Add the names of a document."""
        self.titles.add(_words(document.title))
        for name in _names(position, document):
            if name.words and self._count < MOST_NAMES:
                self._by_word.setdefault(name.words[0], []).append(name)
                self._count += 1

    def named_in(self, text: str) -> frozenset[int]:
        """Positions of the documents that a text names; empty if it names none."""
        own: set[int] = set()
        shared: set[int] = set()
        found = [(match.start(), match.end(), word_key(match[0])) for match in WORD.finditer(text)]
        keys = tuple(key for _, _, key in found)
        matches: list[tuple[int, int, _Name]] = []
        for place, key in enumerate(keys):
            for name in self._by_word.get(key, ()):
                last = place + len(name.words)
                if keys[place:last] == name.words and _fits(text, found[place][0], found[last - 1][1], name):
                    matches.append((place, last, name))
        reach = [0] * (len(keys) + 1)
        for first, last, _ in matches:
            for place in range(first, last):
                reach[place] = max(reach[place], last - first)
        for first, last, name in matches:
            if last - first >= max(reach[first:last]):  # "Reuters" in a longer title is a part of that
                (own if name.is_own else shared).add(name.document)
        return frozenset(own or shared)


def is_title(text: str, names: SourceNames) -> bool:
    """Whether words in quotation marks are the title of a document, and no quotation."""
    return _words(text) in names.titles


def _words(text: str) -> tuple[str, ...]:
    return tuple(word_key(word) for word in WORD.findall(text))


def _fits(text: str, start: int, end: int, name: _Name) -> bool:
    """Whether a match is spelt, set apart and dated as the name must be."""
    if name.spelt and text[start:end] != name.spelt:
        return False
    if name.apart and not _SET_APART.search(text, max(0, start - 3), start):
        return False
    if name.year:
        year = _YEAR.match(text, end)
        return year is not None and year[1] == name.year
    return True


def _names(position: int, document: Document) -> Iterator[_Name]:
    title = _words(document.title)
    yield _Name(title, "", position, True, apart=len(title) <= SHORT_TITLE)
    main = _words(_PARTS.split(document.title, maxsplit=1)[0])
    if SHORT_TITLE < len(main) < len(title):
        yield _Name(main, "", position, True)
    path = PurePosixPath(document.id)
    yield _Name(_words(path.name), "", position, True, apart=not path.suffix)
    stem = tuple(word_key(word) for word in WORD.findall(" ".join(_STEM_PARTS.split(path.stem))))
    if len(stem) > SHORT_TITLE:
        yield _Name(stem, "", position, True)
    if document.link:
        address = _words(document.link.partition("://")[2].partition("?")[0])
        if len(address) > 3:
            yield _Name(address, "", position, True)
    yield from (_Name(_words(each), each, position, False) for each in _spellings(document.publisher or ""))
    yield from _author_names(position, document)


def _spellings(publisher: str) -> Iterator[str]:
    """The ways to spell a publisher: with and without "The", its initials, the acronym that it begins with."""
    name = publisher.strip()
    if not name or not (name[0].isupper() or "." in name):
        return
    bare = name.removeprefix("The ")
    words = bare.split()
    initials = "".join(word[0] for word in words if word[0].isupper())
    acronym = words[0] if len(words) > 1 and len(words[0]) > 1 and words[0].isupper() else ""
    yield from dict.fromkeys(filter(None, (name, bare, initials if len(words) > 1 < len(initials) else "", acronym)))


def _author_names(position: int, document: Document) -> Iterable[_Name]:
    words = (document.author or "").split()
    if not 2 <= len(words) <= 5 or not all(word[0].isupper() for word in words):
        return
    name = " ".join(words)
    yield _Name(_words(name), name, position, False)
    if document.published:
        yield _Name(_words(words[-1]), words[-1], position, False, year=document.published[:4])
