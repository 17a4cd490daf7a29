"""An event that a question goes by stands for its days."""

import pytest

from retriever import Assistant, Document
from retriever.events import event_in, time_of

STRIKE = "What did the ferry cost before the strike?"
TOLD = "The strike of the crew began on 4 May 2021."
ASIDE = "No strike had been called since 1962."


def days(question: str, *told: tuple[str, str | None]) -> str | None:
    event = event_in(question)
    time = time_of(event, told) if event else None
    return time and f"{time.first} {time.last}"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What did the ferry cost before the strike?", "0001-01-01 2021-05-03"),
        ("What did the ferry cost during the strike?", "2021-05-04 2021-05-04"),
        ("What did the ferry cost after the crew's strike?", "2021-05-05 9999-12-31"),
        ("What has the ferry cost since the strike?", "2021-05-04 9999-12-31"),
        ("What did the ferry cost before the storm?", None),
        ("What did the ferry cost after all?", None),
        ("What does the ferry cost?", None),
    ],
)
def test_a_sentence_that_names_the_event_and_its_day_tells_when_it_was(question: str, found: str | None) -> None:
    assert days(question, (TOLD, None), (ASIDE, None)) == found


@pytest.mark.parametrize(
    "told",
    [
        ("The strike began on Tuesday.", "2021-05"),  # some day of the month
        ("The strike was in 2021.", None),
        ("The strike of 4 May 2021 ended on 9 May 2021.", None),
        ("The crew said on Tuesday that the strike goes on.", "2021-05-06"),
    ],
)
def test_a_sentence_that_does_not_tell_its_day_does_not_say_when_it_was(told: tuple[str, str | None]) -> None:
    assert days("What did the ferry cost during the strike?", told) is None


def test_where_two_sentences_tell_two_days_nobody_knows() -> None:
    assert days(STRIKE, (TOLD, None), ("The strike began on 5 May 2021.", None)) is None
    assert days(STRIKE, (TOLD, None), ("The strike began on Tuesday.", "2021-05-05")) is not None


def log(name: str, text: str, published: str) -> Document:
    return Document(name, "The log", text, name, "text/plain", name[0] * 64, published=published)


def test_a_question_by_an_event_prefers_what_was_so_then(assistant: Assistant) -> None:
    assistant.add(
        [
            log("a.txt", "The captain says that a lantern costs 5 crowns.", "2021-04-02"),
            log("b.txt", "The captain says that a lantern costs 9 crowns.", "2021-06-02"),
            log("c.txt", TOLD, "2021-05-05"),
        ]
    )
    for word, first in (("before", "a.txt"), ("after", "b.txt")):
        answer = assistant.ask(f"What does the captain say that a lantern costs {word} the strike?")
        assert (answer.quotes or answer.nearest)[0].document_id == first, word
        until = {"before": "until 3 May 2021", "after": "from 5 May 2021 on"}[word]
        assert answer.taken_as == (f"“{word} the strike” is taken as {until}, as the documents tell when that was.",)
        assert answer.taken_as[0] in str(answer)
