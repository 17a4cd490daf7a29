"""What a question refers to, read from what a person meant; and the rows that the reader of antecedents learns from."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from retriever import Turn
from retriever.answering.reader import TOKENIZER
from tests.training.test_reader_training import small_reader
from training.antecedents import ROWS, Row, batches, loss_of, lower
from training.references import Reference, is_held, reference_of, written_references
from training.spoken import written_conversations

TURNS = (
    Turn("What is the Varn lamp?", "The Varn lamp was lit by Ada Brook in 1904."),
    Turn("Who painted the ferry?", "Tom Reed painted the ferry and the Varn lamp."),
)


def found(typed: str, meant: str) -> list[str]:
    one = reference_of("talk 1", typed, meant, TURNS)
    assert one is not None
    return [one.history.text[start:end] for start, end in one.places]


@pytest.mark.parametrize(
    ("typed", "meant", "names"),
    [
        ("How heavy is it?", "How heavy is the Varn lamp?", ["Varn lamp"] * 3),
        ("Where was she born?", "Where was Ada Brook born?", ["Ada Brook"]),
        ("What is its colour?", "What is the ferry's colour?", ["ferry"] * 2),
        ("When was that lamp lit?", "When was the Varn lamp lit?", ["Varn lamp"] * 3),
        ("When was the lamp lit?", "When was the Varn lamp lit?", ["Varn lamp"] * 3),
        ("Who else was there?", "Who else was on the ferry?", ["ferry"] * 2),
        ("Any visitors?", "Any visitors of the Varn lamp?", ["Varn lamp"] * 3),
        ("Who wrote it?", "Who wrote the Book of Tides?", []),
        ("Who was Ines Duarte?", "Who was Ines Duarte?", []),
    ],
)
def test_what_a_person_puts_in_is_found_in_the_turns(typed: str, meant: str, names: list[str]) -> None:
    assert found(typed, meant) == names


def test_a_question_that_stands_alone_names_nothing_and_one_of_an_unknown_thing_does() -> None:
    alone = reference_of("talk 1", "Who was Ines Duarte?", "Who was Ines Duarte?", TURNS)
    unknown = reference_of("talk 1", "Who wrote it?", "Who wrote the Book of Tides?", TURNS)
    assert alone is not None
    assert alone.names == ()
    assert unknown is not None
    assert unknown.names == (("book", "of", "tides"),)


def test_what_is_said_besides_is_no_thing() -> None:
    assert reference_of("talk 1", "What else is here?", "Besides the ferry, what else is here?", TURNS) is None


def test_a_row_marks_the_places_of_the_thing_or_the_first_position() -> None:
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    one = reference_of("talk 1", "Where was she born?", "Where was Ada Brook born?", TURNS)
    none = reference_of("talk 1", "Who was Ines Duarte?", "Who was Ines Duarte?", TURNS)
    assert one is not None
    assert none is not None
    row = Row.of(tokenizer, one)
    (start,), (end,) = np.flatnonzero(row.starts), np.flatnonzero(row.ends)
    assert tokenizer.decode(row.ids[start : end + 1]) == "ada brook"
    assert np.flatnonzero(Row.of(tokenizer, none).starts).tolist() == [0]


def test_a_step_lowers_the_loss_of_what_it_has_seen() -> None:
    import torch

    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    made = [reference_of("talk 1", "Where was she born?", "Where was Ada Brook born?", TURNS)] * 4
    rows = [Row.of(tokenizer, one) for one in made if isinstance(one, Reference)]
    model = small_reader(layers=8)
    states = lower(model, rows)
    optimizer = torch.optim.SGD(model.spans.parameters(), lr=0.05)
    before = loss_of(model, rows, states)
    before.backward()
    optimizer.step()
    with torch.no_grad():
        assert float(loss_of(model, rows, states)) < float(before)


def test_every_row_is_in_one_step() -> None:
    import random

    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    one = reference_of("talk 1", "Where was she born?", "Where was Ada Brook born?", TURNS)
    assert one is not None
    rows = [Row.of(tokenizer, one)] * 40
    steps = batches(rows, random.Random(1))
    assert sorted(at for step in steps for at in step) == list(range(40))
    assert max(map(len, steps)) == ROWS


def test_three_in_ten_written_conversations_are_held_back() -> None:
    names = {one.conversation for one in written_conversations()}
    assert 0.2 < sum(map(is_held, names)) / len(names) < 0.4


def test_nearly_every_written_question_that_refers_has_its_thing_in_the_turns() -> None:
    refer = [one for one in written_references(as_typed=False) if one.names]
    assert sum(bool(one.places) for one in refer) / len(refer) > 0.95
