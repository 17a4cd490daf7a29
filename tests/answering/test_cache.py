"""Recent answers are found again, until the library changes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from retriever import Assistant
from retriever.answering.answer_cache import AnswerCache
from retriever.records import Answer, Timings, Turn
from tests.world import WordEncoder

LAMP = "When did the storm break the lamp?"
NO_TIME = Timings(0, 0, 0, 0)


def told(answer: Answer) -> Answer:
    return replace(answer, timings=NO_TIME)


def quoted(answer: Answer) -> set[str]:
    return {quote.document_id for quote in (*answer.quotes, *answer.nearest)}


@pytest.fixture
def questions_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that the encoder has read."""
    read: list[str] = []
    first = WordEncoder.encode_question

    def noted(encoder: WordEncoder, question: str, words: object) -> object:
        read.append(question)
        return first(encoder, question, words)  # type: ignore[arg-type]

    monkeypatch.setattr(WordEncoder, "encode_question", noted)
    return read


def test_a_question_that_is_asked_again_is_not_read_again(assistant: Assistant, questions_read: list[str]) -> None:
    first, second = assistant.ask(LAMP), assistant.ask(LAMP)
    assert told(first) == told(second)
    assert questions_read == [LAMP]
    assert second.timings.encode == second.timings.evidence == 0 < second.timings.search == second.timings.total


@pytest.mark.parametrize(
    "otherwise",
    [{"top": 1}, {"excluded": ["ferry.txt"]}, {"history": [Turn("Who is Ada Brook?", "Its keeper is Ada Brook")]}],
    ids=str,
)
def test_a_question_that_is_asked_otherwise_is_another(assistant: Assistant, otherwise: dict) -> None:  # type: ignore[type-arg]
    assistant.ask(LAMP)
    here = told(assistant.ask(LAMP, **otherwise))
    assistant._cache = AnswerCache()
    assert here == told(assistant.ask(LAMP, **otherwise))


def test_a_change_of_the_library_empties_it(assistant: Assistant) -> None:
    assert "lighthouse.txt" in quoted(assistant.ask(LAMP))
    assistant.remove(["lighthouse.txt"])
    assert "lighthouse.txt" not in quoted(assistant.ask(LAMP))


def test_what_was_asked_for_longest_ago_leaves_first(assistant: Assistant) -> None:
    answer = assistant.ask(LAMP)
    kept = AnswerCache(2)
    for key in ("storm", "lamp"):
        kept.keep(1, key, answer)
    kept.find(1, "storm")
    kept.keep(1, "keeper", answer)
    assert [key for key in ("storm", "lamp", "keeper") if kept.find(1, key)] == ["storm", "keeper"]


def test_an_answer_of_an_earlier_state_is_neither_found_nor_kept(assistant: Assistant) -> None:
    answer, kept = assistant.ask(LAMP), AnswerCache()
    kept.keep(1, "storm", answer)
    assert kept.find(2, "storm") is None
    kept.keep(2, "lamp", answer)
    kept.keep(1, "storm", answer)
    assert kept.find(2, "storm") is kept.find(1, "storm") is None


def test_questions_at_once_are_answered_as_one_after_the_other(assistant: Assistant) -> None:
    questions = [LAMP, "Who is the captain?", "What does a ticket cost?", "Who climbs the steps?"] * 6
    with ThreadPoolExecutor(8) as threads:
        at_once = [told(answer) for answer in threads.map(assistant.ask, questions)]
    assistant._cache = AnswerCache()
    assert at_once == [told(assistant.ask(question)) for question in questions]


def test_questions_are_answered_while_the_library_changes(assistant: Assistant) -> None:
    """Each from one state, be it the one before or after."""

    def change() -> None:
        for _ in range(4):
            assistant.put_back(assistant.take_out(["ferry.txt"]))

    with ThreadPoolExecutor(5) as threads:
        changed = threads.submit(change)
        counts = {answer.library.documents for answer in threads.map(assistant.ask, [LAMP, "Who is the captain?"] * 20)}
        changed.result()
    assert counts <= {2, 3}
