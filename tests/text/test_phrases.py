"""The noun phrases of a sentence."""

import pytest

from retriever.text.phrases import phrases, singular


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How many people does the Birch Room seat?", ["people", "Birch Room"]),
        ("Did the three pilots rehearse together?", ["three pilots"]),
        ("Which bridges does the ferry company own?", ["bridges", "ferry company"]),
        ("How does solar energy work?", ["solar energy"]),
        ("What else did Tom H. Reed do?", ["Tom H. Reed"]),
        ("Approximately nine million.", ["nine million"]),
        ("Which country thought of going to forcibly take the oil fields?", ["country", "oil fields"]),
        ("Did her family reply to Emily?", ["family reply", "Emily"]),
    ],
)
def test_the_verb_of_a_question_is_no_noun_and_an_initial_ends_no_name(text: str, expected: list[str]) -> None:
    assert [one.text for one in phrases(text) if not one.joint] == expected


@pytest.mark.parametrize(
    ("several", "one"),
    [("daughters", "daughter"), ("ferries", "ferry"), ("churches", "church"), ("glass", "glass")],
)
def test_one_of_several_things(several: str, one: str) -> None:
    assert singular(several) == one
