"""What a question refers to, read from what a person meant; and the rows that the reader of antecedents learns from."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from retriever import Turn
from retriever.answering.reader import TOKENIZER
from retriever.conversation.gaps import INSERT, KEEP, NEXT, PREPOSITIONS, REPLACE
from tests.training.test_reader_training import small_reader
from training.antecedents import ROWS, UNTAGGED, Row, batches, loss_of, lower
from training.gaps import filled_gaps, filling_of, replaced_by_fragment
from training.reader_model import ConversationReader
from training.references import Kind, Reference, is_held, references_of, written_references
from training.spoken import written_conversations

TURNS = (
    Turn("What is the Varn lamp?", "The Varn lamp was lit by Ada Brook in 1904."),
    Turn("Who painted the ferry?", "Tom Reed painted the ferry and the Varn lamp."),
)
HISTORY = (
    "Who painted the ferry? Tom Reed painted the ferry and the Varn lamp. What is the Varn lamp? Ada Brook lit it."
)


def references(typed: str, meant: str) -> list[Reference]:
    return list(references_of("talk 1", typed, meant, TURNS))


def of_kind(kind: Kind, typed: str, meant: str) -> Reference:
    (one,) = (one for one in references(typed, meant) if one.kind is kind)
    return one


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
    one = of_kind(Kind.WHOLE, typed, meant)
    assert [one.history.text[start:end] for start, end in one.places] == names


@pytest.mark.parametrize(
    ("typed", "meant", "gaps"),
    [
        ("How heavy is it?", "How heavy is the Varn lamp?", [("it", "", "varn lamp")]),
        (
            "Why did she paint it?",
            "Why did Ada Brook paint the ferry?",
            [("she", "", "ada brook"), ("it", "", "ferry")],
        ),
        ("Who works there?", "Who works at the Varn lamp?", [("there", "at", "varn lamp")]),
        ("Is there a deposit?", "Is there a deposit for the ferry?", [("", "for", "ferry")]),
        ("When was that lamp lit?", "When was the Varn lamp lit?", [("that lamp", "", "varn lamp")]),
        ("How do they swim?", "How does the ferry swim?", [("they", "", "ferry")]),
        ("Who was Ines Duarte?", "Who was Ines Duarte?", []),
        ("What else is here?", "Besides the ferry, what else is here?", None),
        ("Why?", "Why did Tom Reed paint the ferry red all over?", None),
    ],
)
def test_the_gaps_that_a_person_filled_are_found(
    typed: str, meant: str, gaps: list[tuple[str, str, str]] | None
) -> None:
    found = filled_gaps(typed, meant, HISTORY)
    told = found and [(typed[one.start : one.end], one.preposition, " ".join(one.name)) for one in found]
    assert told == gaps


@pytest.mark.parametrize(
    ("typed", "meant", "base", "replaced", "filling"),
    [
        ("And the nurses?", "What do the nurses want?", "What do the cleaners want?", "cleaners", "nurses"),
        ("In May?", "How many sank in May?", "How many sank in April?", "in April", "in may"),
        ("For children?", "What is the fee for children?", "What is the fee?", "", "for children"),
        ("And she?", "What did Ada Brook say?", "What did Tom Reed say?", "Tom Reed", "ada brook"),
    ],
)
def test_what_a_fragment_takes_the_place_of_is_found(
    typed: str, meant: str, base: str, replaced: str, filling: str
) -> None:
    place = replaced_by_fragment(typed, meant, base)
    assert place is not None
    assert base[slice(*place)].removeprefix("in ") == replaced.removeprefix("in ")
    assert filling_of(meant, base, place).removeprefix("in ") == filling.removeprefix("in ")


@pytest.mark.parametrize(
    ("typed", "meant"), [("Any visitors?", "Any visitors of the lamp?"), ("Why?", "Why is the lamp old?")]
)
def test_what_asks_by_itself_is_no_fragment(typed: str, meant: str) -> None:
    assert replaced_by_fragment(typed, meant, "How old is the lamp?") is None


def test_a_question_that_stands_alone_names_nothing_and_one_of_an_unknown_thing_does() -> None:
    (alone,) = references("Who was Ines Duarte?", "Who was Ines Duarte?")
    assert (alone.names, alone.gaps) == ((), ())
    unknown = of_kind(Kind.GAP, "Who wrote it?", "Who wrote the Book of Tides?")
    assert unknown.names == (("book", "of", "tides"),)


def test_what_is_said_besides_is_no_thing() -> None:
    assert references("What else is here?", "Besides the ferry, what else is here?") == []


def test_a_question_is_read_once_for_each_of_its_gaps() -> None:
    found = references("Why did she paint it?", "Why did Ada Brook paint the ferry?")
    assert [(one.kind, one.question) for one in found] == [
        (Kind.WHOLE, "Why did she paint it?"),
        (Kind.GAP, 'Why did "she" paint it?'),
        (Kind.GAP, 'Why did she paint "it"?'),
    ]


def test_a_fragment_is_read_for_its_place_in_the_question_before() -> None:
    one = of_kind(Kind.FRAGMENT, "And the lamp?", "Who painted the lamp?")
    assert one.question == 'the lamp instead of "what"?'
    assert [one.history.text[start:end] for start, end in one.places] == ["ferry"]
    assert of_kind(Kind.WHOLE, "And the lamp?", "Who painted the lamp?").fragment


def test_a_row_marks_the_places_of_the_thing_or_the_first_position() -> None:
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    row = Row.of(tokenizer, of_kind(Kind.GAP, "Where was she born?", "Where was Ada Brook born?"))
    (start,), (end,) = np.flatnonzero(row.starts), np.flatnonzero(row.ends)
    assert tokenizer.decode(row.ids[start : end + 1]) == "ada brook"
    (none,) = references("Who was Ines Duarte?", "Who was Ines Duarte?")
    assert np.flatnonzero(Row.of(tokenizer, none).starts).tolist() == [0]


def test_a_row_tags_the_first_token_of_each_word() -> None:
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    row = Row.of(tokenizer, of_kind(Kind.WHOLE, "Who saw that lamp there?", "Who saw the Varn lamp on the ferry?"))
    tags = [(tokenizer.decode([row.ids[at]]), int(row.operations[at])) for at in np.flatnonzero(row.operations >= 0)]
    assert tags[1:] == [("who", KEEP), ("saw", KEEP), ("that", REPLACE), ("lamp", NEXT), ("there", REPLACE)]
    assert row.operations[0] == KEEP
    there = int(np.flatnonzero(row.prepositions >= 0)[-1])
    assert PREPOSITIONS[row.prepositions[there]] == "on"
    deposit = Row.of(tokenizer, of_kind(Kind.WHOLE, "Is there a fee?", "Is there a fee for the ferry?"))
    assert INSERT in deposit.operations
    fragment = Row.of(tokenizer, of_kind(Kind.WHOLE, "And the lamp?", "Who painted the lamp?"))
    assert fragment.operations[0] == REPLACE
    gap = Row.of(tokenizer, of_kind(Kind.GAP, "Where was she born?", "Where was Ada Brook born?"))
    assert set(gap.operations.tolist()) == {UNTAGGED}


def test_a_step_lowers_the_loss_of_what_it_has_seen() -> None:
    import torch

    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    rows = [Row.of(tokenizer, one) for one in references("Where was she born?", "Where was Ada Brook born?")] * 2
    model = ConversationReader(small_reader(layers=8))
    states = lower(model, rows)
    optimizer = torch.optim.SGD([*model.spans.parameters(), *model.tags.parameters()], lr=0.05)
    before = loss_of(model, rows, states)
    before.backward()
    optimizer.step()
    with torch.no_grad():
        assert float(loss_of(model, rows, states)) < float(before)


def test_every_row_is_in_one_step() -> None:
    import random

    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    (one,) = references("Who was Ines Duarte?", "Who was Ines Duarte?")
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
