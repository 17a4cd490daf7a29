"""Questions about several things: what they are split into, and the quotes that they get."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant, Document, Settings
from retriever.answering.parts import parts_of
from retriever.text.question import Question


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Which is older, Mill Lane or Abbey Road?", ["Which is older, Mill Lane?", "Which is older, Abbey Road?"]),
        (
            "What is the difference between E4 and E7?",
            ["What is the difference between E4?", "What is the difference between E7?"],
        ),
        (
            "How many joined in spring 2018, and how many in autumn 2021?",
            ["How many joined in spring 2018?", "How many joined in autumn 2021?"],
        ),
        (
            "What do Anna Bly, Tom Reed and Kim Roe each earn?",
            ["What do Anna Bly each earn?", "What do Tom Reed each earn?", "What do Kim Roe each earn?"],
        ),
    ],
)
def test_each_part_is_a_question(question: str, parts: list[str]) -> None:
    assert [part.text for part in parts_of(Question(question))] == parts


@pytest.mark.parametrize(
    "question",
    [
        "Who started the talks between Washington and Havana?",
        "When did Lewis and Clark reach the sea?",
        "How many boats were stopped between October 2020 and March 2021?",
        "Who met with Tom Reed?",
        "How far is it from Leeds to York?",
        "When was the bridge opened?",
    ],
)
def test_a_question_about_one_thing_stays_whole(question: str) -> None:
    assert parts_of(Question(question)) == ()


TEXTS = {
    "streets.txt": """The streets of Orford

Mill Lane was paved in 1911 with stone from the quarry at Penn. It is closed to lorries.

The market is held on Saturdays. It has forty stalls, and the town lets them by the year.
""",
    "roads.txt": """Old roads of the county

Abbey Road was paved in 1874 by the monks' tenants. A toll was taken on it until the war.

The county looks after ninety miles of road, most of them narrow.
""",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = Assistant.open(tmp_path_factory.mktemp("parts") / "library", create=True)
    assistant.add(Document.from_text(name, text) for name, text in TEXTS.items())
    yield assistant
    assistant.close()


@pytest.mark.model
def test_each_thing_gets_a_quote_among_the_first_three(assistant: Assistant) -> None:
    answer = assistant.ask("Which was paved first, Mill Lane or Abbey Road?")
    shown = " ".join(quote.text for quote in answer.shown[:3])
    assert "paved in 1911" in shown
    assert "paved in 1874" in shown
    confidences = [quote.confidence for quote in answer.shown]
    assert confidences == sorted(confidences, reverse=True)
    places = [(quote.document_id, quote.start) for quote in answer.shown]
    assert len(places) == len(set(places))


@pytest.mark.model
def test_the_quote_for_a_part_may_come_from_a_document_that_the_whole_question_does_not_find(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "library", create=True, settings=Settings(passages_read=1)) as assistant:
        texts = {"mill": "Mill Lane was paved in 1911.", "abbey": "Abbey Road was paved in 1874."}
        assistant.add(Document.from_text(name, text) for name, text in texts.items())
        answer = assistant.ask("When was it paved, Mill Lane or Abbey Road?")
        assert {quote.document_id for quote in answer.shown} == set(texts)
