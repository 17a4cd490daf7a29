"""Questions made of sentences by rules, with a vocabulary of known words."""

import re

import pytest

from retriever.overview.questions import base_of, questions_of

KNOWN = frozenset("close sign stop plan carry open name use study hedge delivery ellen tom put".split())


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The lighthouse was lit in 1904.", "When was the lighthouse lit?"),
        ("The ferry carries 240 passengers between Port Elm and Orrin.",
         "How many passengers does the ferry carry between Port Elm and Orrin?"),
        ("U.S. agents apprehended more than 32,000 Cubans at the border in March.",
         "How many Cubans did U.S. agents apprehend at the border in March?"),
        ("The quay is 90 metres long.", "How long is the quay?"),
        ("The fare for an adult is 15 crowns.", "What is the fare for an adult?"),
        ("The board closed the mine because it had flooded.", "Why did the board close the mine?"),
        ("The bridge was built by Ada Brook.", "Who built the bridge?"),
        ("Mira Holt signed the treaty in Port Elm.", "Who signed the treaty in Port Elm?"),
        ("Hedge cutting was put off until March because it rained.", "Why was hedge cutting put off until March?"),
        ("Delivery within 20 km costs 15 euros.", "How much does delivery within 20 km cost?"),
        ("Tom and Ellen closed the shed because it was damp.", "Why did Tom and Ellen close the shed?"),
        ("The talks began, said Mira Holt, the harbour master, on Monday.", "Who is Mira Holt?"),
    ],
)  # fmt: skip
def test_a_sentence_makes_a_question(sentence: str, question: str) -> None:
    assert question in questions_of(sentence, "2022-04-22", KNOWN.__contains__)


@pytest.mark.parametrize(
    "sentence",
    ["He signed it in 1904.", "It was lit in 1904.", "Good.", "They carried 240 passengers.", "(See page 4.)"],
)
def test_what_a_pronoun_stands_for_is_not_asked(sentence: str) -> None:
    assert questions_of(sentence, None, KNOWN.__contains__) == ()


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Updates are signed by Ada Brook.", "Who signed Updates?"),
        ("The builder was most likely Cornelius Vane.", "Who was most likely Cornelius Vane?"),
        ("The option `--days` is 14.", "What is the option `--days`?"),
        ("The deposit is 25 crowns.", "What is the deposit?"),
    ],
)
def test_a_question_of_another_time_or_sense_or_of_nothing_is_not_made(sentence: str, question: str) -> None:
    assert question not in questions_of(sentence, None, KNOWN.__contains__)


def test_a_heading_that_asks_is_a_question() -> None:
    assert questions_of("You need a card.", None, KNOWN.__contains__, "How do I join the library?") == (
        "How do I join the library?",
    )


@pytest.mark.parametrize(
    ("past", "plain"),
    [("closed", "close"), ("stopped", "stop"), ("took", "take"), ("studied", "study"), ("used", "use")],
)
def test_a_verb_has_its_plain_form(past: str, plain: str) -> None:
    assert base_of(past, KNOWN.__contains__) == plain


@pytest.mark.parametrize(
    "sentence",
    [
        "The clinic has helped 40 animals to lose weight since March 2020.",
        "On Saturdays the first hour is a quiet hour for nervous animals.",
        "Upgrading the old pipes was a project of three years.",
        "Officials said the department repaired 500 water mains in January.",
    ],
)
def test_no_question_is_made_of_half_a_clause_or_of_two(sentence: str) -> None:
    for question in questions_of(sentence, "2024-01-01", lambda word: True):
        assert not re.search(r"^(?:What|When|How many \w+) (?:did|is|was) (?:On|on|Upgrading)\b", question), question
        assert not re.search(r"\bdid\b.* (?:has|said) ", question), question


def test_the_mark_of_a_list_is_no_part_of_a_question() -> None:
    assert questions_of("1. The microchip is a chip as small as a grain of rice.", None, lambda word: True) == (
        "What is the microchip?",
    )
