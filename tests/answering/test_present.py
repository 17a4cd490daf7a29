"""Questions about the present, asked of documents from several years."""

from collections.abc import Iterator

import pytest

from retriever import Answer, Assistant, Document, Verdict
from retriever.records import DifferenceKind

pytestmark = pytest.mark.model

TEXTS = {
    "history.md": (
        "1998-03-03",
        "The bridge was opened in 1931. The bridge is maintained by the county of Essex. The speed limit on the "
        "bridge was 20 miles an hour then.",
    ),
    "keeper.md": (
        "2021-05-12",
        "Since April the bridge is maintained by the Harlow Trust, which took it over from the county. The toll is "
        "£2.50 for cars.",
    ),
    "lake.md": (
        "2003-06-05",
        "The ferry on the lake has 12 seats. In those days the ferry carried 300 passengers a day.",
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = Assistant.open(tmp_path_factory.mktemp("present") / "library", create=True)
    assistant.add(Document.from_text(name, text, published=day) for name, (day, text) in TEXTS.items())
    yield assistant
    assistant.close()


def first_source(answer: Answer) -> str | None:
    return answer.quotes[0].document_id if answer.answered else None


@pytest.mark.parametrize("question", ["Who maintains the bridge?", "By whom is the bridge maintained?"])
def test_of_what_changed_the_newest_comes_first(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert first_source(answer) == "keeper.md"
    (changed,) = answer.agreement.differing
    assert changed.kind is DifferenceKind.LATER
    assert [answer.quotes[place].document_id for place in changed.quotes] == ["history.md", "keeper.md"]
    confidences = [quote.confidence for quote in answer.quotes]
    assert confidences == sorted(confidences, reverse=True)


def test_a_question_about_an_earlier_time_gets_the_earlier_answer(assistant: Assistant) -> None:
    assert first_source(assistant.ask("Who maintained the bridge in 1998?")) == "history.md"


@pytest.mark.parametrize(
    ("today", "then"),
    [
        ("How many passengers does the ferry carry today?", "How many passengers did the ferry carry?"),
        ("What is the speed limit on the bridge now?", "What was the speed limit on the bridge?"),
    ],
)
def test_the_past_does_not_answer_surely_for_today(assistant: Assistant, today: str, then: str) -> None:
    now, before = assistant.ask(today), assistant.ask(then)
    assert now.verdict is not Verdict.CLEAR
    assert before.verdict is Verdict.CLEAR


def test_what_is_still_so_may_be_clear(assistant: Assistant) -> None:
    answer = assistant.ask("Who maintains the bridge now?")
    assert (answer.verdict, first_source(answer)) == (Verdict.CLEAR, "keeper.md")
