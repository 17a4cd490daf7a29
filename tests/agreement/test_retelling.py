"""Which sentences retell one another, and what stands in place of an answer."""

import numpy as np
import pytest

from retriever import Quote
from retriever.agreement import QuoteEvidence, compare, source_answers
from retriever.agreement.answers import SourceAnswer
from retriever.agreement.retelling import Retelling, ToldTwice
from retriever.records import Why
from retriever.text.question import Question
from retriever.text.tokens import words
from training.agreement import least_precise

LAMP = "Who lit the great lamp of Varn harbour?"


def said(document_id: str, marked: str, answers: float = 5.0, score: float = 10.0) -> QuoteEvidence:
    """A quote in which the words that answer stand in brackets."""
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    quote = Quote(document_id, 0, len(text), text, "Varn", None, None, None, None, None, 0.9, Why(1, 1, ()))
    return QuoteEvidence(quote, (start, end), answers, score)


def answer(marked: str, score: float = 10.0) -> SourceAnswer:
    (found,) = source_answers([said("a", marked, score=score)])
    return found


@pytest.mark.parametrize(
    ("one", "other", "counterpart"),
    [
        ("In 1951 keeper [Ada] lit the great lamp.", "Keeper Bela lit the great lamp in 1951.", "Bela"),
        ("The lamp was lit by [Ada] in 1951.", "The lamp was lit by old Bela Kis in 1951.", "old Bela Kis"),
        ("The great lamp cost [$12 million] in 1951.", "In 1951 the great lamp cost $9 million.", "$9 million"),
        ("The lamp was lit in [1951].", "The lamp was lit in 1962, on a Monday.", "1962"),
        ("The lamp was lit by [Ada].", "A train left the town.", None),
    ],
)
def test_what_stands_in_place_of_an_answer(one: str, other: str, counterpart: str | None) -> None:
    place = Retelling(answer(one).span, other, answer(one).words, words(other)).counterpart
    assert (other[slice(*place)] if place else None) == counterpart


def test_a_sentence_is_retold_though_a_part_of_it_has_moved() -> None:
    one = answer("In 1951 keeper [Ada] lit the great lamp of Varn harbour.")
    retold = answer("The great lamp of [Varn harbour] was lit in 1951.", score=1.0)
    moved = answer("Keeper [Bela] lit the great lamp of Varn harbour in 1951.", score=1.0)
    assert ToldTwice.of(moved, one).is_retold
    assert not ToldTwice.of(one, retold).is_retold, "it does not answer where Ada stands"


def test_words_that_both_answers_have_are_not_compared() -> None:
    one = answer("The great lamp of Varn harbour was made in [Bergen, Norway] by smiths.")
    other = answer("The great lamp of Varn harbour was made in [Molde, Norway] by smiths.", score=1.0)
    assert [each.text for each in ToldTwice.of(other, one).values] == ["Bergen", "Molde"]


@pytest.mark.parametrize(("name", "is_altered"), [("Varn", False), ("Tarn", True)])
def test_another_name_beside_the_answer_is_seen(name: str, is_altered: bool) -> None:
    one = answer("In 1951 keeper [Ada] lit the great lamp of the Varn harbour.")
    other = answer(f"In 1951 keeper [Bela] lit the great lamp of the {name} harbour.", score=1.0)
    told = ToldTwice.of(one, other)
    assert told.is_altered is is_altered
    assert told.have_other_subjects(Question(LAMP)) is is_altered


def test_a_retold_sentence_answers_with_what_stands_in_place() -> None:
    sure = said("a", "In 1951 keeper [Ada] lit the great lamp of Varn harbour.")
    unsure = said("b", "Keeper Bela lit the great lamp of [Varn harbour] in 1951.", -1.0, -2.0)
    assert [each.text for each in source_answers([sure, unsure])] == ["Ada", "Bela"]
    surer = said("b", "Keeper Bela lit the great lamp of [Varn harbour] in 1951.", 6.0, 11.0)
    assert [each.text for each in source_answers([sure, surer])][1] == "Varn harbour"


def test_an_answer_is_widened_to_what_stands_in_place_of_another_but_not_by_function_words() -> None:
    sure = said("a", "Keeper [Ada Kis] lit the great lamp of Varn harbour.")
    unsure = said("b", "Keeper Bela [Moor] lit the great lamp of Varn harbour.", -1.0, -2.0)
    assert source_answers([sure, unsure])[1].text == "Bela Moor"
    sure = said("a", "Height of the great lamp of Varn harbour: [38 m]")
    unsure = said("b", "The height of the great lamp of Varn harbour is [31 m].", -1.0, -2.0)
    assert source_answers([sure, unsure])[1].text == "31 m"


def test_what_the_reader_did_not_mark_is_no_answer_unless_it_is_retold() -> None:
    sure = said("a", "In 1951 keeper [Ada] lit the great lamp of Varn harbour.")
    retold = said("b", "Keeper Bela lit the great lamp of [Varn harbour] in 1951.", -10.0, -12.0)
    other = said("c", "[Varn harbour] is small.", -10.0, -12.0)
    assert [each.text for each in source_answers([sure, retold, other])] == ["Ada", "Bela"]


def test_a_retold_sentence_differs_though_its_source_names_the_other_value_elsewhere() -> None:
    sure = said("a", "In 1951 keeper [Ada] lit the great lamp of Varn harbour.")
    other = said("b", "Keeper [Bela] lit the great lamp of Varn harbour in 1951.")
    _, found = compare(Question(LAMP), [sure, other], 2, {"b": ["Ada sold the boat."]})
    assert [one.values for one in found.differing] == [("Ada", "Bela")]


def test_the_least_probability_is_precise_on_the_mean_of_the_kinds() -> None:
    chances = np.zeros((40, 3))
    chances[:, 2] = [0.9] * 20 + [0.6] * 20
    outcomes = np.array([2] * 20 + [2, 0] * 10)
    every = np.ones(40, dtype=bool)
    right = (outcomes == 2).mean()
    assert right < 0.95
    assert least_precise(chances, outcomes, 2, [every], 0.95) == 0.61
    first = np.arange(40) < 20
    assert least_precise(chances, outcomes, 2, [first], 0.95) == 0.5
