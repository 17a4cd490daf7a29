"""The part of a sentence that answers: a stretch of it, or none when unsure."""

import numpy as np
import pytest

from retriever.evidence.features import compare
from retriever.evidence.highlight import MARKS, Stretches, expected_overlap, highlighted, stretches_of
from tests.comparing import asked, candidates, hit

SENTENCE = "In 1904, the keeper Ada Brook climbs 212 steps to the lamp of Varn."


def stretches(question: str, sentence: str = SENTENCE, start: int = 0) -> Stretches:
    one, many = asked(question), candidates(hit(1, sentence, start=start))
    return stretches_of(question, one, many, compare(one, many), 0)


def texts(found: Stretches, sentence: str = SENTENCE, start: int = 0) -> list[str]:
    return [sentence[first - start : last - start] for first, last in found.places]


def column(found: Stretches, name: str) -> dict[str, float]:
    values = found.marks[:, MARKS.index(name)].tolist()
    return dict(zip(texts(found), values, strict=True))


def test_names_numbers_and_clauses_are_stretches_and_function_words_open_none() -> None:
    found = texts(stretches("Who climbs the steps?"))
    assert {"1904", "Ada Brook", "212", "212 steps", "In 1904", "lamp of Varn"} <= set(found)
    assert not any(
        text.startswith(("the keeper ", "of ")) and "," not in text for text in found if len(text.split()) < 4
    )


def test_no_stretch_but_a_clause_crosses_a_comma() -> None:
    assert "1904, the keeper" not in texts(stretches("Who climbs the steps?"))


def test_places_are_those_of_the_document() -> None:
    assert texts(stretches("Who?", start=1000), start=1000) == texts(stretches("Who?"))


def test_a_number_is_marked_as_one_only_for_who_asks_for_numbers() -> None:
    assert column(stretches("How many steps are there?"), "number_number")["212"] == 1
    assert column(stretches("Who climbs the steps?"), "number_number")["212"] == 0
    assert column(stretches("Who climbs the steps?"), "who_capital")["Ada Brook"] == 1


def test_words_of_the_question_are_told_from_new_ones() -> None:
    asked_mean = column(stretches("Who climbs the steps?"), "asked_mean")
    assert (asked_mean["212 steps"], asked_mean["Ada Brook"]) == (0.5, 0)


def test_stretches_that_overlap_share_their_probability() -> None:
    """Of "about 40 feet" (0.3), "40 feet" (0.3) and "brick" (0.4) the second overlaps most: 0.3 + 0.3 * 7 / 13."""
    places = ((0, 13), (6, 13), (20, 25))
    marks = np.log(np.array([[0.3], [0.3], [0.4]], dtype=np.float32))
    found = Stretches(places, marks)
    overlap = expected_overlap(found, np.ones(1, dtype=np.float32))
    assert overlap == pytest.approx([0.3 + 0.3 * 7 / 13, 0.3 + 0.3 * 7 / 13, 0.4])
    assert highlighted(found, np.ones(1, dtype=np.float32)) == (0, 13), "of those as good the first"


def test_the_likeliest_stretch_is_marked_and_none_when_unsure() -> None:
    found = Stretches(((0, 4), (5, 9)), np.array([[1, 0], [0, 1]], dtype=np.float32))
    assert highlighted(found, np.array([3, 0], dtype=np.float32)) == (0, 4)
    many = Stretches(tuple((at, at + 1) for at in range(9)), np.zeros((9, 1), dtype=np.float32))
    assert highlighted(many, np.ones(1, dtype=np.float32)) is None
    assert highlighted(Stretches((), np.zeros((0, 1), dtype=np.float32)), np.ones(1, dtype=np.float32)) is None
