"""When a difference between sources is left unsaid."""

import pytest

from retriever import Quote
from retriever.agreement import Doubts, QuoteEvidence, compare
from retriever.records import Why
from retriever.text.question import Question

PRICE = "How much does a ferry ticket cost?"


def said(document_id: str, marked: str, published: str | None = None) -> QuoteEvidence:
    """A quote in which the words that answer stand in brackets; the reader is sure of them."""
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    quote = Quote(document_id, 0, len(text), text, "Varn", None, published, None, None, None, 0.9, Why(1, 1, ()))
    return QuoteEvidence(quote, (start, end), 5.0, 10.0)


TWELVE, FIFTEEN = said("a", "A ferry ticket costs [12 crowns]."), said("b", "A ferry ticket costs [15 crowns].")


def differ(question: str, *evidence: QuoteEvidence, doubts: Doubts | None = None) -> bool:
    _, agreement = compare(Question(question), evidence, len(evidence), doubts or Doubts())
    return bool(agreement.differing)


def test_a_source_that_names_both_values_does_not_contradict_the_other() -> None:
    assert differ(PRICE, TWELVE, FIFTEEN)
    assert not differ(PRICE, TWELVE, FIFTEEN, doubts=Doubts({"b": ["Others pay 12 crowns. Children pay 4."]}))
    assert differ(PRICE, TWELVE, FIFTEEN, doubts=Doubts({"b": ["The 12 seats are blue. A tea costs two crowns."]}))


def test_a_later_source_may_name_the_value_of_before() -> None:
    before = said("a", "A ferry ticket costs [12 crowns].", "2019-05-01")
    later = said("b", "A ferry ticket costs [15 crowns].", "2021-05-01")
    doubts = Doubts({"b": ["A ferry ticket costs 15 crowns. Until 2020 it cost 12 crowns."]})
    assert differ(PRICE, before, later, doubts=doubts)


@pytest.mark.parametrize("thing", ["train ticket", "ferry meal"])
def test_the_same_sentence_of_another_thing_is_no_contradiction(thing: str) -> None:
    question = "How much does the ferry ticket cost?"
    one = said("a", "The ferry ticket costs [12 crowns] in the summer months, Ada says.")
    same, another = (
        said("b", f"The {each} costs [15 crowns] in the summer months, Ada says.") for each in ("ferry ticket", thing)
    )
    assert differ(question, one, same)
    assert not differ(question, one, another)


def test_phrases_that_mean_the_same_do_not_differ() -> None:
    question = "What does the keeper do at dusk?"
    one = said("a", "At dusk the keeper [lights the old lamp].")
    other = said("b", "At dusk the keeper [sails home to Varn].")
    assert differ(question, one, other, doubts=Doubts(likeness=lambda one, other: 0.1))
    assert not differ(question, one, other, doubts=Doubts(likeness=lambda one, other: 0.9))
    assert differ(PRICE, TWELVE, FIFTEEN, doubts=Doubts(likeness=lambda one, other: 0.9)), "numbers are compared"
