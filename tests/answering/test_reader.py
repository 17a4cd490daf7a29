"""The reader: which stretch answers, by hand; and the model that ships."""

from pathlib import Path

import numpy as np
import pytest

from retriever import EncoderError
from retriever.answering import reader
from retriever.answering.reader import MOST_SPAN_TOKENS, PassageReading, Reader

QUESTION = "Who is the keeper of the lighthouse?"
KEEPER = "The lighthouse was lit in 1904. Its keeper is Ada Brook, who climbs 212 steps to the lamp."
FERRY = "The ferry sails from Port Elm at nine in the morning. A ticket costs 12 crowns."


def reading(starts: list[float], ends: list[float], nowhere: float = 1.0) -> PassageReading:
    """Of tokens of four letters with a blank behind each."""
    places = np.array([(5 * at, 5 * at + 4) for at in range(len(starts))])
    return PassageReading(0.0, nowhere, np.array(starts, np.float32), np.array(ends, np.float32), places)


def test_the_best_span_begins_and_ends_where_the_sum_is_largest() -> None:
    """2 + 3, less 1 for nowhere, from the second token to the third."""
    assert reading([0, 2, 0], [0, 0, 3]).best_span(0, 15) == (4.0, 5, 14)


def test_a_span_does_not_end_before_it_begins() -> None:
    assert reading([0, 0, 2], [3, 0, 0]).best_span(0, 15) == (2.0, 0, 4)


def test_a_span_lies_within_the_characters_asked_for() -> None:
    assert reading([0, 2, 0], [0, 0, 3]).best_span(0, 10) == (1.0, 5, 9)
    assert reading([0, 2, 0], [0, 0, 3]).best_span(15, 20) is None


def test_a_span_has_an_end() -> None:
    count = MOST_SPAN_TOKENS + 1
    starts, ends = [9.0] + [0.0] * (count - 1), [0.0] * (count - 1) + [9.0]
    best = reading(starts, ends).best_span(0, 5 * count)
    assert best is not None
    assert best[0] == 8.0, "one of the two, as both are further apart than a span may be long"


@pytest.mark.model
def test_the_reader_tells_the_passage_that_answers_and_the_words() -> None:
    keeper, ferry = Reader.shipped().read(QUESTION, [("", KEEPER), ("The ferry", FERRY)])
    assert keeper.answers > ferry.answers
    best = keeper.best_span(0, len(KEEPER))
    assert best is not None
    assert KEEPER[best[1] : best[2]] == "Ada Brook"


@pytest.mark.model
def test_a_passage_is_read_alike_alone_and_with_others() -> None:
    shipped = Reader.shipped()
    (alone,) = shipped.read(QUESTION, [("", KEEPER)])
    among = shipped.read(QUESTION, [("", FERRY), ("", KEEPER * 3), ("", KEEPER)])[2]
    assert (alone.answers, alone.nowhere) == (among.answers, among.nowhere)
    assert np.array_equal(alone.starts, among.starts)


@pytest.mark.model
def test_a_title_is_read_but_never_marked() -> None:
    (one,) = Reader.shipped().read(QUESTION, [("The keeper Tom Reed", FERRY)])
    assert one.places.min() == 0
    assert one.places.max() == len(FERRY)


@pytest.mark.model
def test_however_long_the_question_the_passage_is_read() -> None:
    (one,) = Reader.shipped().read("keeper " * 500, [("", KEEPER)])
    assert one.places.max() == len(KEEPER)


def test_a_reader_that_was_altered_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be read"):
        Reader.shipped(tmp_path)
    (tmp_path / "reader.onnx").write_bytes(b"another model")
    (tmp_path / "reader.json").write_bytes((reader.FOLDER / "reader.json").read_bytes())
    with pytest.raises(EncoderError, match="install Ibid again"):
        Reader.shipped(tmp_path)
