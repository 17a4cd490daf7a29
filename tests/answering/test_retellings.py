"""What several sources tell alike is one answer: its probability is theirs together."""

from collections.abc import Sequence

import numpy as np
import pytest

from retriever.answering.calibration import RankedQuote
from retriever.answering.features import FEATURES
from retriever.answering.matching import compare
from retriever.answering.ranker import READ_FEATURES, Ranker
from retriever.answering.retrieval import Retrieval
from retriever.answering.selection import choose, rank_by_words
from tests.comparing import asked, candidates, evenly_read, hit

EVEN = Ranker(np.zeros(2 * len(FEATURES), dtype=np.float32))
BY_WORDS = Ranker(np.array([name == "by_words" for name in READ_FEATURES], dtype=np.float32))


def gathered(*texts: str) -> Retrieval:
    hits = tuple(hit(number, text, document_id=f"paper-{number}") for number, text in enumerate(texts, start=1))
    question, many = asked("Who is the captain of the ferry?"), candidates(*hits)
    return Retrieval(
        "Who is the captain of the ferry?",
        hits,
        {one.number: 0.5 for one in hits},
        question,
        many,
        compare(question, many),
    )


def chosen(one: Retrieval, count: int) -> Sequence[RankedQuote]:
    return choose(one, rank_by_words(one, EVEN), evenly_read(one.candidates), BY_WORDS, count)


def test_a_retelling_lends_its_probability_to_the_quote() -> None:
    found = chosen(gathered("The captain broke the lamp.", "The captain, he broke the lamp.", "A ferry sails."), 3)
    assert [one.mass for one in found] == pytest.approx([2 / 3, 2 / 3, 1 / 3])


def test_different_facts_keep_their_own() -> None:
    found = chosen(gathered("The captain broke the lamp.", "The ferry costs crowns.", "Boats sank."), 3)
    assert [one.mass for one in found] == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_how_many_quotes_are_asked_for_does_not_sway_the_first() -> None:
    many = gathered("The captain broke the lamp.", "The captain, he broke the lamp.", "A ferry sails.")
    assert chosen(many, 1)[0].mass == chosen(many, 3)[0].mass
