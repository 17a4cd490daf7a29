from pathlib import Path

import pytest

from retriever import Assistant, Document
from tests.world import WordEncoder, write_world


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    made = Assistant.open(tmp_path / "library", create=True, encoder=WordEncoder())
    made.index([write_world(tmp_path / "world")])
    return made


def test_a_misspelt_word_is_understood_as_the_library_spells_it(assistant: Assistant) -> None:
    answer = assistant.ask("Who is the captian of the ferry?")
    assert answer.understood_as == "Who is the captain of the ferry?"
    assert "Tom Reed" in answer.quotes[0].text


def test_a_word_of_the_language_is_left_as_it_is(assistant: Assistant) -> None:
    class Reader(WordEncoder):
        def has_word(self, word: str) -> bool:
            return True

    assistant._pipeline._encoder = Reader()
    assert assistant.ask("Who is the captian?").understood_as == "Who is the captian?"


def test_no_word_becomes_one_that_names_nothing(assistant: Assistant) -> None:
    assert assistant.ask("Wich lamp broke?").understood_as == "Wich lamp broke?"


def test_a_longer_word_is_no_slip_for_the_one_that_it_begins_with(assistant: Assistant) -> None:
    assert assistant.ask("Who is a lighthouseist of Varn?").understood_as == "Who is a lighthouseist of Varn?"


def test_a_nation_is_no_slip_for_a_word_of_the_library(assistant: Assistant) -> None:
    assistant.add([Document.from_text("name.txt", "The Danisk is a boat of Varn.")])
    assert assistant.ask("Who sails the Danizk boat?").understood_as == "Who sails the danisk boat?"
    assert assistant.ask("Who sails the Danish boat?").understood_as == "Who sails the Danish boat?"


@pytest.mark.parametrize("word", ["hadn't", "hadn’t", "weren't", "couldn't"])
def test_a_contraction_is_no_slip(assistant: Assistant, word: str) -> None:
    assistant.add([Document.from_text("haunt.txt", "They haunt the weren and the couldn of Varn, and hadn.")])
    question = f"Why {word} the ferry sailed?"
    assert assistant.ask(question).understood_as == question
