"""A question made by rules -> how likely it is well put: correct English that somebody might ask.

In: a question. Out: a probability. One decision: words are read as their shapes (a function word as it is, any other as
its capital, its digits or its ending), so that what was learned on some subjects holds on others. The weights are in
`model.json`; `python -m training.wording` makes it from questions that were judged one by one.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from ..learning import model_fields
from ..text.tokens import FUNCTION_TERMS, fold

FILE = Path(__file__).with_name("model.json")
LONGEST_RUN = 3
"""Shapes that are read together."""
WELL_PUT = 0.3
"""The least probability of a question that is shown: `python -m training.wording` prints what each costs."""

_WORDS = re.compile(r"[\w’'.,%$€£-]+|[^\w\s]")
_KEPT = FUNCTION_TERMS | frozenset(
    "who what when where why how many much long did does do is was are were has have had will can must may".split()
)
_FIRST_SHAPES = 5
_LAST_SHAPES = 3
_LENGTHS = 8  # of two words each


@dataclass(frozen=True, slots=True, eq=False)
class WordingModel:
    """The trained weights of a logistic regression.

    Attributes:
        weights: a run of shapes, as `runs_of` gives it -> its weight.
        intercept: added to the weights of a question's runs.
    """

    weights: dict[str, float]
    intercept: float

    @classmethod
    @cache
    def shipped(cls) -> "WordingModel":
        """Read the weights that ship with Ibid."""
        fields = model_fields(FILE, "python -m training.wording", longest_run=[str(LONGEST_RUN)])
        scale = fields["scale"]
        return cls({run: weight / scale for run, weight in fields["weights"].items()}, fields["intercept"] / scale)

    def probability(self, question: str) -> float:
        """How likely a question is well put, 0..1."""
        total = self.intercept + sum(self.weights.get(run, 0.0) for run in runs_of(question))
        return 1 / (1 + math.exp(-total))


def runs_of(question: str) -> frozenset[str]:
    """The runs of a question's shapes, its beginning, its end and its length."""
    fine = ["^", *map(_shape, _WORDS.findall(question.rstrip("?"))), "$"]
    coarse = ["w" if shape.startswith("~") else shape for shape in fine]
    ends = (f"first {' '.join(coarse[:_FIRST_SHAPES])}", f"last {' '.join(coarse[-_LAST_SHAPES:])}")
    length = f"length {min(len(fine) // 2, _LENGTHS)}"
    return frozenset(chain(_runs(fine), _runs(coarse), (*ends, length)))


def _runs(shapes: list[str]) -> Iterator[str]:
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(shapes) - length + 1):
            yield " ".join(shapes[start : start + length])


def _shape(word: str) -> str:
    """A function word as it is; of any other word the digits, the capital or the ending."""
    if (plain := fold(word)) in _KEPT:
        return plain
    if any(letter.isdigit() for letter in word):
        return "#"
    if not word[0].isalpha():
        return word[0]
    if word[0].isupper():
        return "Name" if word[1:2].islower() else "NAME"
    return f"~{word[-2:]}"
