"""Questions made by rules: those that an editor would show come first. None of these was trained on."""

import pytest

from retriever.overview.wording import WordingModel, runs_of


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("Who founded the lifeboat station?", "Who were sealed to hold back the flood?"),
        ("How many lamps does the lighthouse have?", "What did Caught between a broken mast?"),
        ("When was the pier opened?", "Who said recent concerns around harbours were?"),
        ("How many ships were lost in the storm?", "Who is measured by two independent sensors?"),
        ("Why was the ferry cancelled?", "Who are opposed to a stay and to the request?"),
        ("What is the Ranger probe?", "What did most farmers remain?"),
    ],
)
def test_a_well_put_question_comes_before_a_badly_put_one(good: str, bad: str) -> None:
    model = WordingModel.shipped()
    assert 0 < model.probability(bad) < model.probability(good) < 1


def test_names_and_numbers_are_read_as_shapes() -> None:
    assert runs_of("When did Marie Curie receive 2 prizes?") == runs_of("When did Niels Bohr receive 17 prizes?")


def test_a_question_of_unknown_signs_has_a_probability() -> None:
    assert 0 < WordingModel.shipped().probability("??") < 1
