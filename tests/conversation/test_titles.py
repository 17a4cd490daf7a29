"""Titles between quotation marks, which no reading of a follow-up may cut."""

import pytest

from retriever import Turn
from retriever.conversation import understand
from retriever.conversation.titles import is_balanced, phrases_of, titles
from retriever.text.question import Question

MARKS = ("''", '""', "“”", "‘’")


def read(question: str, *turns: Turn) -> list[str]:
    return [one.text for one in understand(Question(question), turns)]


@pytest.mark.parametrize("marks", MARKS)
def test_a_title_with_and_takes_the_place_of_a_whole_title(marks: str) -> None:
    opens, closes = marks
    turn = Turn(f"How many visitors did {opens}Tin and Glass{closes} have?", "")
    found = read(f"And {opens}Paper Kings and Queens{closes}?", turn)
    assert found[0] == f"How many visitors did {opens}Paper Kings and Queens{closes} have?"


def test_the_noun_before_or_behind_a_title_goes_with_it() -> None:
    curator = Turn("Who was the curator of the exhibition 'Tin'?", "")
    found = read("And of 'Paper Kings and Queens'?", curator)
    assert "Who was the curator of the exhibition 'Paper Kings and Queens'?" in found
    opened = Turn("When did the 'Tin' exhibition open?", "")
    assert read("And the 'Glass' exhibition?", opened)[0] == "When did the 'Glass' exhibition open?"


def test_a_title_of_words_that_ask_is_a_title() -> None:
    assert read("And 'What Was Lost'?", Turn("Who painted 'Tin'?", ""))[0] == "Who painted 'What Was Lost'?"


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("title", ["Tin", "Paper Kings and Queens"])
@pytest.mark.parametrize("question", ["Who was its curator?", "Where was it shown?", "And of 'Salt'?", "And in May?"])
def test_no_reading_has_a_mark_without_its_other_one(marks: str, title: str, question: str) -> None:
    name = f"{marks[0]}{title}{marks[1]}"
    turns = [Turn(f"When did the exhibition {name} open?", f"The exhibition {name} opened in spring.")]
    found = read(question, *turns)
    assert question not in found[:1]
    assert all(map(is_balanced, found))


def test_the_owner_of_something_keeps_its_marks() -> None:
    found = read("Who was its curator?", Turn('When did the exhibition "Tin" open?', "It opened in spring."))
    assert 'Who was the curator of the exhibition "Tin"?' in found


def test_a_mark_that_was_typed_alone_forbids_no_reading() -> None:
    assert len(read('And a 14" one?', Turn('What does a 12" pipe cost?', ""))) > 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It isn't 'Tin and Glass'.", ["Tin and Glass"]),
        ("O'Brien's “Tin”", ["Tin"]),
        ("‘Tin’s Glass’ by Ada", ["Tin’s Glass"]),
        ("the boys' school and the girls' school", []),
        ("“We won,” said Ada Brook.", []),
        ("“They all went home that day and never came back” was all.", []),
    ],
)
def test_a_title_is_short_and_no_sentence(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in titles(text)] == found


@pytest.mark.parametrize("text", ["'Tin", "the exhibition \"Tin's curator", "''Tin''", 'a 12" pipe', "Queens” open"])
def test_a_lone_mark_is_seen(text: str) -> None:
    assert not is_balanced(text)


@pytest.mark.parametrize("text", ["the boys' school", "in the '90s", "O'Brien's 'Tin'", "the dogs' “Tin”", "isn’t it"])
def test_an_apostrophe_is_no_lone_mark(text: str) -> None:
    assert is_balanced(text)


def test_no_phrase_ends_inside_a_title() -> None:
    text = "Who was the curator of the exhibition 'Tin and Glass'?"
    start, end = titles(text)[0]
    inside = range(start, end)
    for phrase in phrases_of(text):
        assert (phrase.end in inside, phrase.start in inside[1:]) == (False, False)
