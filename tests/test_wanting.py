"""A question for a number, a price or a time is not answered by what has none."""

import pytest

from retriever import Assistant, Document, Verdict
from retriever.evidence.wanting import lacks_what_is_asked, may_have_what_is_asked
from retriever.scope import Scope


@pytest.mark.parametrize(
    ("question", "quote", "lacks"),
    [
        ("How many boats sank?", "Boats sank in the harbour.", True),
        ("How many boats sank?", "Three boats sank in the harbour.", False),
        ("How many boats sank?", "Every boat sank.", False),
        ("How many boats sank?", "A boat sank.", True),
        ("How many of the boats did the storm of 1951 sink?", "The storm sank boats.", True),
        ("What percentage of the boats sank?", "Most of the boats sank.", False),
        ("How much does a ticket cost?", "Many sold all they had for a ticket.", True),
        ("How much does a ticket cost?", "The ferry is free.", False),
        ("What is the price of a ticket?", "A ticket is 12 crowns.", False),
        ("What does a ticket cost?", "Tickets are sold at the quay.", True),
        ("When was the lighthouse lit?", "The lighthouse was lit by Ada Brook.", True),
        ("When was the lighthouse lit?", "It was lit in the year of the storm.", False),
        ("When did the storm come?", "It came after the feast.", True),
        ("When did the storm come?", "It came after the Feast of Lamps.", False),
        ("When did the storm come?", "It came a week ago.", False),
        ("And when was that meeting?", "During the meeting the crew was led by Tom Reed.", True),
        ("How old is Ada Brook?", "Ada Brook is the former keeper.", True),
        ("How old is Ada Brook?", "Ada Brook, 44, is the keeper.", False),
        ("How old is the lighthouse?", "The lighthouse was built in 1887.", False),
        ("In what year did the storm come?", "The storm came in 1951.", False),
        ("When do ferries sail?", "Ferries sail as it pleases them.", False),
        ("Who lit the lighthouse?", "It was lit by Ada Brook.", False),
    ],
)
def test_only_what_has_none_of_what_is_asked_for_lacks_it(question: str, quote: str, lacks: bool) -> None:
    assert lacks_what_is_asked(question, quote) == lacks


@pytest.mark.parametrize(
    ("question", "quote", "may"),
    [
        ("When did the storm come?", "It came after the feast.", True),
        ("When did the storm come?", "It was of great force.", False),
        ("How old is Ada Brook?", "Ada Brook has been here for two summers.", True),
        ("How old is Ada Brook?", "Ada Brook is the former keeper.", False),
        ("Who lit the lighthouse?", "It was lit by Ada Brook.", True),
    ],
)
def test_words_that_could_be_a_time_keep_a_question_from_being_refused(question: str, quote: str, may: bool) -> None:
    assert may_have_what_is_asked(question, quote) == may


def test_a_question_that_names_nothing_is_never_answered_clearly(assistant: Assistant) -> None:
    for question in ("Who?", "Why was that?"):
        assert assistant.ask(question).confidence <= 0.3


def test_what_has_no_number_is_never_a_clear_answer_to_how_many(assistant: Assistant) -> None:
    text = "The storm of February sank boats in the harbour of Norvik, as the harbour master of Norvik says."
    assistant.add([Document("norvik.txt", "Norvik", text, "norvik.txt", "text/plain", "a" * 64)])
    asked = "{} boats did the storm of February sink in the harbour of Norvik?"
    clear, many = (
        assistant.ask(asked.format(words), scope=Scope(documents=frozenset({"norvik.txt"})))
        for words in ("Which", "How many")
    )
    assert (clear.shown[0].document_id, many.shown[0].document_id) == ("norvik.txt", "norvik.txt")
    assert many.confidence <= 0.3 < clear.confidence
    assert many.verdict is Verdict.ABSENT, "no quote has a number"
    assistant.add(
        [
            Document(
                "more.txt", "Norvik", "Seven boats sank in the harbour of Norvik.", "more.txt", "text/plain", "b" * 64
            )
        ]
    )
    scope = Scope(documents=frozenset({"norvik.txt", "more.txt"}))
    assert assistant.ask(asked.format("How many"), scope=scope).present > 0.3, "another has"
