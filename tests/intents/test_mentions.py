"""Which sources a sentence names."""

import pytest

from retriever import Assistant
from retriever.intents import Mentions, SourceNames
from retriever.intents.mentions import NAMED
from retriever.records import DocumentSummary
from retriever.text.question import Question

HERALD, POST = ("ferry.txt",), ("harbour.txt",)


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("What does The Varn Herald say?", [HERALD]),
        ("What does the Herald say?", [HERALD]),
        ("Compare the herald's fare with that of Island Post", [HERALD, POST]),
        ("Summarise harbour.txt", [POST]),
        ("Summarise “The harbour master of Varn”", [POST]),
        ("Who is the captain of the ferry?", []),
        ("Who lit the lamp?", []),
    ],
)
def test_sources_are_named_by_publisher_title_or_file(
    assistant: Assistant, sentence: str, named: list[tuple[str, ...]]
) -> None:
    mentions = Mentions.of(Question.of(sentence), SourceNames(assistant.documents()))
    assert [one.documents for one in mentions.sources] == named
    assert all(sentence[start:end] not in mentions.masked for start, end in mentions.spans)
    assert mentions.masked.count(NAMED[0]) == min(1, len(named))


def test_a_source_named_twice_is_one(assistant: Assistant) -> None:
    sentence = "What does the Herald say, and what else does The Varn Herald say?"
    mentions = Mentions.of(Question.of(sentence), SourceNames(assistant.documents()))
    assert len(mentions.sources) == 1
    assert mentions.masked.count(NAMED[0]) == 2


def test_times_and_sources_are_no_words_of_its_own(assistant: Assistant) -> None:
    mentions = Mentions.of(
        Question.of("What changed in the Herald between 2019 and 2021?"), SourceNames(assistant.documents())
    )
    assert [word.term for word in mentions.other_words] == ["chang"]
    assert len(mentions.times) >= 1


def test_one_word_of_a_title_names_a_document_only_if_it_is_alone_in_that(assistant: Assistant) -> None:
    names = SourceNames(assistant.documents())
    assert names.document_titled({"harbour"}) == "harbour.txt"
    assert names.document_titled({"varn"}) is None
    assert names.document_titled({"balloon"}) is None


@pytest.mark.parametrize(
    ("publisher", "said", "sentence", "is_named"),
    [
        ("Harwick Courier", {"harwick": 6, "courier": 1}, "What happened in Harwick?", False),
        ("Harwick Courier", {"harwick": 6, "courier": 1}, "What does the Courier say?", True),
        ("Harwick Courier", {"harwick": 6, "courier": 1}, "What does the Harwick Courier say?", True),
        ("Harwick Courier", {"harwick": 6}, "Did the Courier write about Harwick?", True),
        ("New York Times", {"new": 9, "york": 8, "time": 3}, "Who lives in New York?", False),
        ("New York Times", {"new": 9, "york": 8, "time": 3}, "What does the New York Times say?", True),
        ("Radio Alton", {"radio": 2, "alton": 5}, "How large is Alton?", False),
        ("NBC News", {"nbc": 4, "new": 2}, "What does NBC say?", True),
        ("Reuters", {"reuter": 7}, "What does Reuters say?", True),
    ],
)
def test_a_word_that_means_more_in_the_documents_names_no_publisher(
    publisher: str, said: dict[str, int], sentence: str, is_named: bool
) -> None:
    document = DocumentSummary(
        "a.txt", "Notes of a week", publisher, None, {}, "text/plain", 1, 1, "0" * 64, "a.txt", language="en"
    )
    names = SourceNames([document], lambda wanted: {term: said.get(term, 0) for term in wanted})
    assert [one.name for one in Mentions.of(Question.of(sentence), names).sources] == [publisher] * is_named
