"""Questions with a year, a number or a name of another article in them -> near misses, which no document answers.

In: a data set, and the same questions in a language whose names have capitals. Out: some of its questions, each with
one year, number or name replaced. One decision: a name is what the data set gives as an answer elsewhere, so that no
model is needed to find names in any script.
"""

import math
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from eval.datasets import DataSet, Question
from retriever import terms

Thing = TypeVar("Thing")
MOST_SHARED = 0.35
"""Share of the question's other words, by their IDF, that a document with the new name or number may have. From there
on it may answer after all: "When was Tesla born?" and a text that tells when Luther was."""

FEWEST_LETTERS, FEWEST_SIGNS = 4, 2
"""Letters of a name in a script of letters, and signs of one in Chinese; shorter ones stand in other words."""

_YEAR = re.compile(r"(?<![\d.,])(?:1\d{3}|20\d\d)(?![\d%]|[.,]\d)")
_NUMBER = re.compile(r"(?<![\d.,])\d{2,}(?:[.,]\d+)*(?![\d])")
_CAPITAL = re.compile(r"(?:[A-ZÀ-ÖØ-Þ][^\W\d_]*|(?:de|del|la|las|los|el|y|of|the|and)(?=\s))(?:[\s'’-]+|$)")
_ASKS = {
    "person": re.compile(r"(?i)qui[eé]n|who"),
    "place": re.compile(r"(?i)d[oó]nde|where|ciudad|pa[ií]s|city|country"),
}


def near_misses(dataset: DataSet, language: str, guide: DataSet | None = None) -> list[Question]:
    """Make near misses of the questions that have a name or a number to replace.

    Args:
        dataset: questions with their documents; an article's documents have one title.
        language: ISO 639-1 code.
        guide: the same questions in Spanish, whose capitals tell which answers are names; None where the data set's own
            do.

    Returns:
        Questions that nothing answers, with the ids of those that they are made from.
    """
    maker = _Maker(dataset, language, guide or dataset)
    found = (maker.near_miss(one) for one in dataset.questions if one.answerable and one.context_id)
    return [one for one in found if one]


class _Maker:
    """A data set, and what is known of its names. Not slotted, so that cached properties work."""

    def __init__(self, dataset: DataSet, language: str, guide: DataSet) -> None:
        """Take what `near_misses` takes."""
        self._dataset = dataset
        self._language = language
        self._guide = guide

    def near_miss(self, question: Question) -> Question | None:
        """The near miss of a question; None if none is sure to have no answer."""
        turn = zlib.crc32(question.id.encode())
        places = list(self._places(question.text))
        for start, end, kind in _from(places, turn):
            old = question.text[start:end]
            rest = frozenset(terms(question.text, self._language)) - frozenset(terms(old, self._language))
            for new in _from(self._things[kind], turn):
                if new not in old and self._lacks(new, question.context_id or "", rest):
                    text = f"{question.text[:start]}{new}{question.text[end:]}"
                    return replace(question, text=text, gold=(), answers=(), answerable=False)
        return None

    def _places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where a question has a name or a number, and its kind."""
        for kind in ("person", "place", "name"):
            for name in self._things[kind]:
                for match in re.finditer(_whole(name), text):
                    yield *match.span(), kind
        for match in _NUMBER.finditer(text):
            yield *match.span(), _kind_of_number(match[0])

    @cached_property
    def _things(self) -> Mapping[str, Sequence[str]]:
        """Kind -> the names and numbers of that kind, the longest first, then by their letters."""
        guide = {one.id: one for one in self._guide.questions}
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self._dataset.questions:
            other = guide.get(one.id)
            if one.answers and other and other.answers and is_name(other.answers[0]):
                kind = next((kind for kind, asks in _ASKS.items() if asks.search(other.text)), "name")
                name = one.answers[0].strip(" .,;:()«»\"'")
                if len(name) >= (FEWEST_LETTERS if name[:1] < "\u2e80" else FEWEST_SIGNS):
                    found[kind].add(name)
        for text in self._texts.values():
            for match in _NUMBER.finditer(text):
                found[_kind_of_number(match[0])].add(match[0])
        return defaultdict(list, {kind: sorted(all_, key=lambda one: (-len(one), one)) for kind, all_ in found.items()})

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        return {one.id: one.text for one in self._dataset.documents or ()}

    @cached_property
    def _articles(self) -> Mapping[str, str]:
        return {one.id: one.title for one in self._dataset.documents or ()}

    @cached_property
    def _terms(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(terms(text, self._language)) for name, text in self._texts.items()}

    @cached_property
    def _idf(self) -> Mapping[str, float]:
        counts = Counter(term for found in self._terms.values() for term in found)
        return {term: math.log(len(self._terms) / count) for term, count in counts.items()}

    def _lacks(self, new: str, context: str, rest: frozenset[str]) -> bool:
        """Whether no document answers a question with the new name: its article lacks it, and the others the rest."""
        total = sum(self._idf.get(term, 0.0) for term in rest)
        for name, text in self._texts.items():
            if not re.search(_whole(new), text):
                continue
            shared = sum(self._idf[term] for term in rest & self._terms[name])
            if self._articles[name] == self._articles[context] or shared > MOST_SHARED * total:
                return False
        return total > 0


def is_name(answer: str) -> bool:
    """Whether all words of an answer have capitals, but for such as "de"."""
    return answer[:1].isupper() and re.fullmatch(f"(?:{_CAPITAL.pattern}){{1,5}}", answer) is not None


def _kind_of_number(digits: str) -> str:
    return "year" if _YEAR.fullmatch(digits) else f"{len(digits)} digits"


def _whole(name: str) -> str:
    """A pattern that finds a name, but not within a longer word."""
    letters = name[:1] < "\u2e80"
    return rf"(?<!\w){re.escape(name)}(?!\w)" if letters else re.escape(name)


def _from(things: Sequence[Thing], turn: int) -> Sequence[Thing]:
    """The things, beginning at a place that a number decides."""
    at = turn % len(things) if things else 0
    return [*things[at:], *things[:at]]
