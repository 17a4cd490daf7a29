"""A question and the turns before it."""

import pytest

from retriever import Turn
from retriever.conversation import standalone, stands_alone

FIRST = Turn("How many boats did the storm sink in February?", "Three boats.")


@pytest.mark.parametrize(
    "question",
    ["Who is the keeper of the lighthouse?", "What does a ticket for the ferry cost?", "When was the lighthouse lit?"],
)
def test_a_question_that_names_its_subject_stands_alone(question: str) -> None:
    assert stands_alone(question)
    assert standalone(question, [FIRST]) == question


@pytest.mark.parametrize("question", ["And in March?", "Why?", "Who owned them?", "What about its owner?"])
def test_a_question_that_points_back_is_asked_with_the_one_before(question: str) -> None:
    assert not stands_alone(question)
    understood = standalone(question, [FIRST])
    assert question in understood
    assert FIRST.question in understood


def test_the_last_question_that_stood_alone_is_meant() -> None:
    understood = standalone(
        "And in May?", [FIRST, Turn("Who is the captain of the ferry?", "Tom Reed."), Turn("Why?", "")]
    )
    assert "captain" in understood
    assert "boats" not in understood


def test_without_turns_before_it_a_question_is_itself() -> None:
    assert standalone("And in March?", []) == "And in March?"


def test_a_question_that_names_nothing_does_not_stand_alone() -> None:
    assert not stands_alone("And why so many?")
    assert not stands_alone("And in May?")
