"""What a question's words say of its time."""

import pytest

from retriever.text.question import Question, tidy


@pytest.mark.parametrize(
    "text",
    ["Who leads the council?", "What is the toll?", "How much does it cost?", "Which county maintains the bridge?"],
)
def test_a_question_about_the_present(text: str) -> None:
    assert Question(text).is_present


@pytest.mark.parametrize(
    "text", ["Who was the mayor?", "What did it cost?", "Who led the council?", "What causes had the fire?", "Why?"]
)
def test_other_questions(text: str) -> None:
    assert not Question(text).is_present
    assert not Question(text).asks_for_today


@pytest.mark.parametrize("text", ["Is the toll still £2?", "Who is the warden now?", "What does it cost today?"])
def test_a_question_about_today(text: str) -> None:
    assert Question(text).asks_for_today


@pytest.mark.parametrize("text", ["What is the toll?", "How many were killed today?", "What has happened today?"])
def test_a_question_about_no_day_or_about_the_day_behind(text: str) -> None:
    assert not Question(text).asks_for_today


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("How\u200b old\tis\nit?", "How old is it?"),
        ("And the \x1b[41mtreasurer\x1b[0m \u202e?", "And the treasurer ?"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_nobody_sees_is_no_part_of_a_question(typed: str, text: str) -> None:
    assert tidy(typed) == text
