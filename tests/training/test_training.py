"""What the reader is trained on says what it claims to."""

import random

from training.pairs import MOST_WORDS, window
from training.tables import made_rows

TEXT = "The lamp was lit in 1904. " * 10 + "Its keeper is Ada Brook. " + "The ferry sails at nine. " * 40


def test_a_window_holds_the_answer_in_whole_sentences() -> None:
    start = TEXT.index("Ada Brook")
    for seed in range(20):
        passage, spans = window(TEXT, [(start, start + len("Ada Brook"))], random.Random(seed))
        ((first, last),) = spans
        assert passage[first:last] == "Ada Brook"
        assert passage[0] in "TI"
        assert passage.endswith(".")
        assert len(passage.split()) <= MOST_WORDS


def test_a_window_without_an_answer_is_somewhere() -> None:
    passages = {window(TEXT, (), random.Random(seed))[0] for seed in range(20)}
    assert len(passages) > 1
    assert all(passage in TEXT for passage in passages)


def test_invented_rows_answer_by_the_cell_of_the_row_that_is_asked_for() -> None:
    pairs = list(made_rows(random.Random(1), 300))
    answered = [pair for pair in pairs if pair.spans]
    assert 0 < len(answered) < len(pairs)
    for pair in answered:
        ((start, end),) = pair.spans
        assert pair.passage[start:end].strip() == pair.passage[start:end] != ""


def test_the_same_seed_makes_the_same_rows() -> None:
    assert list(made_rows(random.Random(3), 20)) == list(made_rows(random.Random(3), 20))
