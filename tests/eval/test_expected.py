"""Figures are compared with the committed ones."""

from pathlib import Path

import pytest

from eval.datasets import DataError
from eval.expected import Status, check, expect
from eval.measures import Measure


def measured(**values: float) -> dict[str, Measure]:
    return {name: Measure(value, None, {}) for name, value in values.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "expected.json"
    expect("varn", measured(auroc=0.9, ece=0.05, milliseconds_p50=12.0, words_first=30.5, map=float("nan")), made)
    return made


@pytest.mark.parametrize(
    ("auroc", "status"),
    [(0.9, Status.OK), (0.9004, Status.OK), (0.91, Status.OKISH), (0.85, Status.FAIL), (0.95, Status.FAIL)],
)
def test_a_figure_is_the_same_or_near_or_neither(file: Path, auroc: float, status: Status) -> None:
    first, _ = check("varn", measured(auroc=auroc, ece=0.05), file)
    assert (first.name, first.status) == ("auroc", status)


def test_a_figure_that_is_not_measured_any_more_fails(file: Path) -> None:
    assert [one.status for one in check("varn", measured(auroc=0.9), file)] == [Status.OK, Status.FAIL]


def test_a_figure_that_became_undefined_fails(file: Path) -> None:
    assert check("varn", measured(auroc=float("nan"), ece=0.05), file)[0].status is Status.FAIL


def test_time_is_never_checked_nor_what_is_undefined(file: Path) -> None:
    assert [one.name for one in check("varn", measured(), file)] == ["auroc", "ece"]


def test_another_data_set_is_added_beside_the_first(file: Path) -> None:
    expect("mill", measured(auroc=0.5), file)
    assert check("varn", measured(auroc=0.9, ece=0.05), file)[0].status is Status.OK
    assert check("mill", measured(auroc=0.5), file)[0].status is Status.OK


def test_what_was_never_committed_is_said_in_one_sentence(file: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no figures for sea; add them with --expect"):
        check("sea", measured(), file)
    with pytest.raises(DataError, match="cannot be read"):
        check("varn", measured(), tmp_path / "none.json")
    file.write_text("{")
    with pytest.raises(DataError, match="not JSON"):
        check("varn", measured(), file)
