"""Conversations made of whole questions, and what they measure."""

from pathlib import Path

import pytest

from eval.conversations import (
    CONVERSATIONS,
    DIALOGUES,
    IBID,
    PERSON,
    asked_alone,
    gap_shares,
    is_right,
    open_dialogues,
)
from eval.datasets import DataError, DataSet, Gold, Question, Source
from eval.follow_ups import conversations_of, names_in, read_written, sentence_around, shorten
from retriever.settings import shipped_corpus

TEXT = "Port Elm is a town. Ada Brook says that she likes Port Elm."


def asked(number: int, text: str) -> Question:
    return Question(str(number), text, (Gold("elm", 0, 8),), ("Port Elm",), group="elm")


@pytest.mark.parametrize(
    ("question", "name", "typed"),
    [
        ("What is the size of Port Elm?", "Port Elm", "What is the size?"),
        ("What is Port Elm's size?", "Port Elm", "What is its size?"),
        ("Where did Ada Brook live?", "Ada Brook", "Where did she live?"),
        ("Who saw the Pilots first?", "Pilots", "Who saw them first?"),
        ("Port Elm lies where?", "Port Elm", "It lies where?"),
    ],
)
def test_a_name_becomes_a_pronoun_or_is_left_out(question: str, name: str, typed: str) -> None:
    assert shorten(question, name, TEXT) == typed


def test_a_word_that_asks_is_no_name() -> None:
    assert names_in("What did Ada Brook see in Port Elm?") == ["Ada Brook", "Port Elm"]


def test_questions_that_share_a_name_make_a_conversation() -> None:
    texts = ("Where is Port Elm?", "Who was mayor of Port Elm?", "How old is Port Elm?", "Why?")
    dataset = DataSet("elm", (Source("elm", "Port Elm", TEXT),), tuple(map(asked, range(4), texts)), {})
    first, second = conversations_of(dataset)
    assert [turn.question for turn in second.turns] == ["Where is Port Elm?", first.typed]
    assert (first.typed, first.question.text) == ("Who was mayor?", "Who was mayor of Port Elm?")
    assert first.is_dependent
    assert first.turns[0].shown == (("elm", 0, 8),)


def test_two_questions_are_no_conversation() -> None:
    texts = ("Where is Port Elm?", "Who founded Port Elm?")
    dataset = DataSet("elm", (Source("elm", "Port Elm", TEXT),), tuple(map(asked, range(2), texts)), {})
    assert conversations_of(dataset) == []


def test_the_shipped_conversations_quote_the_shipped_articles() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in shipped_corpus().glob("*.txt")}
    found = read_written(CONVERSATIONS, texts)
    assert len({one.question.group for one in found}) >= 12
    assert all(2 <= len(one.turns) + 1 <= 5 for one in found)


def test_a_quote_that_no_document_has_is_an_error(tmp_path: Path) -> None:
    line = '{"id": "c", "turns": [{"typed": "Why?", "rewrite": "Why?", "document_id": "a", "quote": "never"}]}'
    (tmp_path / "c.jsonl").write_text(line)
    with pytest.raises(DataError, match=r"line 1: a does not say 'never'"):
        read_written(tmp_path / "c.jsonl", {"a": "text"})


def test_the_way_is_from_typed_to_rewritten() -> None:
    figures = {"typed": [0.5, 0.4], "ibid": [0.9, 0.6], "rewritten": [1.0, 0.8]}
    assert gap_shares(figures) == pytest.approx([0.8, 0.5])


def test_a_turn_of_a_written_conversation_shows_the_sentence_around_its_quote() -> None:
    text = "Ada climbs. The lamp was lit in 1904. It broke."
    start = text.index("1904")
    first, last = sentence_around(text, start, start + 4)
    assert text[first:last] == "The lamp was lit in 1904."


def test_the_written_conversations_are_as_many_as_they_should_be() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (DIALOGUES / "docs").iterdir()}
    found = read_written(DIALOGUES / "dialogues.jsonl", texts)
    groups = {one.question.group for one in found}
    assert len(groups) == 25
    assert len(found) + len(groups) >= 120


def test_follow_ups_are_answered_nearly_as_well_as_when_a_person_rewrites_them(tmp_path: Path) -> None:
    assistant, asked = open_dialogues(tmp_path / "library")
    with assistant:
        dependent = [one for one in asked if one.is_dependent][::3]
        ibid, person = (
            sum(is_right(assistant.ask(*method.ask(one)), one) for one in dependent) for method in (IBID, PERSON)
        )
    assert ibid >= 0.8 * person, f"{ibid} of {person} that a person's rewrites get right"


def test_a_question_that_stands_alone_is_never_changed(tmp_path: Path) -> None:
    alone = asked_alone(tmp_path)
    assert alone.count >= 300
    assert alone.changed == ()
