"""What tells sentences apart is loaded with the other models."""

from collections.abc import Sequence

import pytest

from retriever import Assistant, SentenceEncoder
from retriever.encoder import Span, TextVectors
from retriever.intents.reader import IntentReader
from tests.world import WordEncoder


class Another(WordEncoder):
    """An encoder of another model, which notes what it is asked."""

    origin = "/models/another"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode_question(self, question: str, words: Sequence[Span]) -> TextVectors:
        self.asked.append(question)
        return super().encode_question(question, words)


def test_where_another_model_reads_the_passages_the_shipped_one_is_loaded_too(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, shipped = Another(), Another()
    monkeypatch.setattr(SentenceEncoder, "shipped", lambda: shipped)
    IntentReader(assistant._library, own).load()
    assert (len(own.asked), len(shipped.asked)) == (0, 1)
