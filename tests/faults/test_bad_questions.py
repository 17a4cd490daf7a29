"""Questions that cannot be asked, and odd ones that can."""

import pytest

from retriever import Assistant, QuestionError, Turn

BAD = {
    "empty": ("", "empty"),
    "white": (" \n\t ", "empty"),
    "only emoji": ("🌋🏝️🚢", "no words"),
    "only marks": ("?!…", "no words"),
    "10,000 words": ("ferry " * 10_000, "10,000 words"),
}
ODD = {
    "right to left": "متى تبحر العبّارة؟",
    "Hebrew and English": "מתי מפליגה the ferry?",
    "Chinese": "渡轮几点开？",
    "a NUL": "the\0ferry",
    "half a surrogate pair": "the ferry \ud83d",
    "one endless word": "f" * 100_000,
    "a query language": '"ferry" AND (captain OR NOT *:*) ~ \\',
    "direction marks": "\u202ethe ferry\u202c",
}


@pytest.mark.parametrize(("question", "said"), BAD.values(), ids=BAD.keys())
def test_a_question_without_an_answerable_word_is_an_error(assistant: Assistant, question: str, said: str) -> None:
    for ask in (assistant.ask, assistant.search):
        with pytest.raises(QuestionError, match=said) as raised:
            ask(question)
        assert len(str(raised.value)) < 200


@pytest.mark.parametrize("question", [q for name, q in ODD.items() if name != "one endless word"], ids=str)
def test_an_odd_question_gets_an_answer_that_can_be_printed(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question, [Turn("And \ud83d?", "\ud83d")])
    answer.question.encode()
    answer.understood_as.encode()


def test_an_endless_word_is_no_word(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="no words"):
        assistant.ask(ODD["one endless word"])


def test_a_long_history_does_not_matter(assistant: Assistant) -> None:
    turns = [Turn("Who is the captain of the ferry?", "Tom Reed. " * 1000)] * 1000
    found = assistant.ask("Where does he live?", turns).understood_as
    assert found in ("Where does Tom Reed live?", "Where does the captain of the ferry live?")
