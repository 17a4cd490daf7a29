"""When a difference between sources is left unsaid."""

import pytest

from retriever import Quote
from retriever.agreement import Passages, QuoteEvidence, compare
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


def differ(question: str, *evidence: QuoteEvidence, passages: Passages | None = None) -> bool:
    _, agreement = compare(Question(question), evidence, len(evidence), passages or {})
    return bool(agreement.differing)


def test_a_source_that_names_both_values_does_not_contradict_the_other() -> None:
    assert differ(PRICE, TWELVE, FIFTEEN)
    assert not differ(PRICE, TWELVE, FIFTEEN, passages={"b": ["Others pay 12 crowns. Children pay 4."]})
    assert differ(PRICE, TWELVE, FIFTEEN, passages={"b": ["The 12 seats are blue. A tea costs two crowns."]})


def test_a_later_source_may_name_the_value_of_before() -> None:
    before = said("a", "A ferry ticket costs [12 crowns].", "2019-05-01")
    later = said("b", "A ferry ticket costs [15 crowns].", "2021-05-01")
    passages = {"b": ["A ferry ticket costs 15 crowns. Until 2020 it cost 12 crowns."]}
    assert differ(PRICE, before, later, passages=passages)


@pytest.mark.parametrize("thing", ["train ticket", "ferry meal"])
def test_the_same_sentence_of_another_thing_is_no_contradiction(thing: str) -> None:
    question = "How much does the ferry ticket cost?"
    one = said("a", "The ferry ticket costs [12 crowns] in the summer months, Ada says.")
    same, another = (
        said("b", f"The {each} costs [15 crowns] in the summer months, Ada says.") for each in ("ferry ticket", thing)
    )
    assert differ(question, one, same)
    assert not differ(question, one, another)


def test_phrases_differ_only_if_one_sentence_retells_the_other() -> None:
    question = "What does the keeper of Varn do with the old brass lamp at dusk?"
    one = said("a", "At dusk the keeper of Varn [lights] the old brass lamp.")
    retold = said("b", "The keeper of Varn [paints] the old brass lamp at dusk.")
    elsewhere = said("b", "He [paints] it, as the lamp of Varn is of brass.")
    assert differ(question, one, retold)
    assert not differ(question, one, elsewhere)


def test_a_price_of_the_year_asked_for_does_not_contradict_one_of_no_year() -> None:
    question = "How much does a ferry ticket cost in 2022?"
    one = said("a", "In 2022 a ferry ticket costs [15 crowns].")
    assert differ(question, one, said("b", "A ferry ticket costs [12 crowns] in 2022."))
    assert differ(question, one, said("b", "A ferry ticket costs [12 crowns].", "2022-05-01"))
    assert not differ(question, one, said("b", "The ferry ticket stays at [12 crowns]."))


def test_the_first_since_a_year_says_nothing_of_the_start() -> None:
    question = "Since when has the ferry of Varn sailed?"
    one = said("a", "The ferry of Varn has sailed [since 1951].")
    assert differ(question, one, said("b", "The ferry of Varn has sailed [since 1962]."))
    assert not differ(question, one, said("b", "This is the first ferry of Varn to have sailed [since 1962]."))


def test_a_town_and_its_country_do_not_differ_and_are_not_the_same() -> None:
    question = "Where was the ferry of Varn built?"
    one = said("a", "The ferry of Varn was built in [Porto, Portugal].")
    for place in ("Portugal", "Spain"):
        other = said("b", f"The ferry of Varn was built in [{place}].")
        found = compare(Question(question), [one, other], 2, {})[1]
        assert (bool(found.differing), found.same) == (place == "Spain", ())


BEGAN = "When did the strike in Varn begin?"


@pytest.mark.parametrize(
    "marked",
    [
        "Police said [on Monday] that the strike in Varn began.",
        "The strike in Varn began, police said [on Monday].",
        "The strike in Varn began, the mayor confirmed [on Monday].",
        "The strike in Varn began, she told reporters [on Monday].",
        "[On Monday], the police of Varn said the strike began.",
        "The strike in Varn began, according to the union [on 9 March 2024].",
    ],
)
def test_the_day_on_which_something_was_said_is_no_rival_of_its_own_day(marked: str) -> None:
    one = said("a", "The strike in Varn began [on 3 March 2024].", "2024-03-04")
    assert not differ(BEGAN, one, said("b", marked, "2024-03-05"))


@pytest.mark.parametrize(
    "marked",
    [
        "The strike in Varn began [on 9 March 2024].",
        "The strike in Varn began [on Monday].",
        "Police said that the strike in Varn began [on 9 March 2024].",
        "The strike in Varn began [on Saturday], and the police said nothing.",
    ],
)
def test_another_day_of_the_event_differs(marked: str) -> None:
    one = said("a", "The strike in Varn began [on 3 March 2024].", "2024-03-04")
    assert differ(BEGAN, one, said("b", marked, "2024-03-12"))


def test_the_day_of_saying_differs_where_it_is_asked_for() -> None:
    question = "When was the closure of the Varn ferry announced?"
    one = said("a", "The closure of the Varn ferry was announced [on 4 March 2024] at noon.", "2024-03-10")
    other = said("b", "The closure of the Varn ferry was announced [on 6 March 2024] at noon.", "2024-03-10")
    assert differ(question, one, other)


def test_a_weekday_may_be_the_day_of_a_date() -> None:
    one = said("a", "The strike in Varn began [on 3 March 2024].", "2024-03-04")  # a Sunday
    assert not differ(BEGAN, one, said("b", "The strike in Varn began [on Sunday].", "2024-03-13"))
    assert differ(BEGAN, one, said("b", "The strike in Varn began [on Tuesday].", "2024-03-13"))


EMPLOYS = "How many people are employed in Varn?"
OTHER_THINGS = (
    (
        "The tile factory in Varn employs [350 people], its owner said.",
        "The port of Varn employs [1,500 people], its head said.",
    ),
    ("The old mill at Varn employs [40 people] all year.", "The new school at Varn employs [65 people] all year."),
    (
        "Officials say the factory in Varn employs [350 people] now.",
        "In 2024, the harbour in Varn employs [900 people] now.",
    ),
    ("Alton Steel employs [350 people] in Varn all year.", "Bellweather Tiles employs [900 people] in Varn all year."),
)
ONE_THING = (
    ("The officers employ [22 people] in Varn all year.", "The police pay [16 people] in Varn all year."),
    (
        "The tile factory in Varn employs [350 people], its owner said.",
        "The tile factory in Varn employs [410 people], its owner said.",
    ),
    ("The factory in Varn employs [350 people] all year.", "The tile factory in Varn employs [410 people] all year."),
    ("Alton Steel employs [350 people] in Varn all year.", "The firm employs [410 people] in Varn all year."),
    (
        "The council put the people employed in Varn at [350] all year.",
        "The union put the people employed in Varn at [410] all year.",
    ),
    (
        "The council said the factory in Varn employs [350 people] now.",
        "The union said the factory in Varn employs [410 people] now.",
    ),
)


@pytest.mark.parametrize("dates", [("2024-06-12", "2024-09-20"), (None, None)])
@pytest.mark.parametrize("texts", OTHER_THINGS)
def test_two_things_neither_differ_nor_change(texts: tuple[str, str], dates: tuple[str | None, str | None]) -> None:
    assert not differ(EMPLOYS, *(said(*each) for each in zip("ab", texts, dates, strict=True)))


@pytest.mark.parametrize("dates", [("2024-06-12", "2024-09-20"), (None, None)])
@pytest.mark.parametrize("texts", ONE_THING)
def test_one_thing_differs_or_changes(texts: tuple[str, str], dates: tuple[str | None, str | None]) -> None:
    assert differ(EMPLOYS, *(said(*each) for each in zip("ab", texts, dates, strict=True)))
