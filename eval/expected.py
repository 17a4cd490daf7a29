"""Compares measured figures with the committed ones: OK, OKish or FAIL, as in pyserini's regressions.

`expected.json` maps a data set's name to its figures. OK is equal to three decimals. OKish is within the tolerance, as
on a machine with different rounding. Anything else is FAIL, better or worse: improvements must be committed too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from eval.datasets import DataError
from eval.measures import COSTS, Measure

FILE = Path(__file__).resolve().with_name("expected.json")
SAME = 0.0005
# Three of the QA set's 161 answerable questions. Another processor has changed none so far.
TOLERANCE = 0.02
# Figures that depend on the machine are not checked.
UNCHECKED = COSTS | {"quote_words", "words_first"}


class Status(StrEnum):
    """How a figure compares with the committed one."""

    OK = "OK"
    OKISH = "OKish"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Check:
    """One checked figure; `measured` is None if it is no longer measured."""

    name: str
    expected: float
    measured: float | None

    @property
    def status(self) -> Status:
        """OK, OKish or FAIL."""
        if self.measured is None or not abs(self.measured - self.expected) <= TOLERANCE:
            return Status.FAIL
        return Status.OK if abs(self.measured - self.expected) <= SAME else Status.OKISH


def check(dataset: str, measured: Mapping[str, Measure], file: Path = FILE) -> list[Check]:
    """Compare a run with the committed figures.

    Raises:
        DataError: there are no committed figures, for this data set or at all.
    """
    committed = _read(file).get(dataset)
    if not committed:
        raise DataError(f"{file.name} has no figures for {dataset}; add them with --expect.")
    return [
        Check(name, expected, measured[name].value if name in measured else None)
        for name, expected in committed.items()
    ]


def expect(dataset: str, measured: Mapping[str, Measure], file: Path = FILE) -> None:
    """Write a run's figures as the expected ones."""
    figures = {
        name: round(one.value, 4) for name, one in measured.items() if name not in UNCHECKED and one.value == one.value
    }
    committed = {**(_read(file) if file.is_file() else {}), dataset: figures}
    file.write_text(json.dumps(committed, indent=1) + "\n", encoding="utf-8")


def _read(file: Path) -> dict[str, dict[str, float]]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror}); make it with --expect.") from error
    except ValueError as error:
        raise DataError(f"{file} is not JSON ({error}); make it again with --expect.") from error
