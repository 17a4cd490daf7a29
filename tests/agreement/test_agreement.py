"""Which quotes of different documents say the same, and which differ."""

from dataclasses import replace

import numpy as np
import pytest

from retriever import Quote
from retriever.agreement import QuoteEvidence, as_of, compare, mark_values, merge_copies, select_quotes
from retriever.agreement.asking import ExpectedAnswer
from retriever.answering.dates import QuestionDates
from retriever.records import DifferenceKind, Why
from retriever.text.tokens import words

TICKET, CAPTAIN = (1.0, 0.0), (0.0, 1.0)
PRICE = "How much does a ferry ticket cost?"


def told(document_id: str, text: str = "x", published: str | None = None, vector: tuple = CAPTAIN) -> QuoteEvidence:
    quote = Quote(document_id, 0, len(text), text, "Varn", None, published, None, None, None, 0.5, Why(1, 1, ()))
    return QuoteEvidence(quote, np.array(vector, dtype=np.float32))


def expected(question: str) -> ExpectedAnswer:
    return ExpectedAnswer.of(question, words(question))


def kinds(question: str, *all_told: QuoteEvidence) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind.value, one.values) for one in compare(expected(question), all_told).differing]


def test_like_sentences_of_two_documents_are_the_same() -> None:
    found = compare(expected("Why?"), [told("ferry", vector=TICKET), told("harbour", vector=TICKET), told("ferry")])
    assert found.same == ((0, 1),)


def test_like_sentences_of_one_document_are_not_two_sources() -> None:
    assert compare(expected("Why?"), [told("ferry"), told("ferry")]).same == ()


def test_unlike_sentences_are_not_the_same() -> None:
    assert compare(expected("Why?"), [told("ferry", vector=TICKET), told("harbour")]).same == ()


def test_no_quote_stands_in_two_groups() -> None:
    vectors = {"a": TICKET, "b": CAPTAIN, "c": TICKET, "d": CAPTAIN}
    found = compare(expected("Why?"), [told(name, vector=vector) for name, vector in vectors.items()]).same
    assert found == ((0, 2), (1, 3))


def test_no_quotes_no_groups() -> None:
    assert compare(expected("Why?"), []).same == ()


def test_like_sentences_with_other_numbers_are_not_the_same() -> None:
    found = compare(expected("Why?"), [told("a", "It carries 40 crates."), told("b", "It carries 90 crates.")])
    assert found.same == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A ferry ticket costs 12 crowns.", "For a ferry ticket twelve crowns are paid."),
        ("A ferry ticket costs half a million dollars.", "A ferry ticket costs $500,000."),
    ],
)
def test_one_price_in_other_words_is_the_same(one: str, other: str) -> None:
    found = compare(expected(PRICE), [told("a", one, vector=TICKET), told("b", other)])
    assert (found.same, found.differing) == (((0, 1),), ())


def test_two_prices_of_one_day_are_a_conflict() -> None:
    day = "2021-03-04"
    found = compare(
        expected(PRICE),
        [told("a", "A ferry ticket costs 12 crowns.", day), told("b", "A ferry ticket costs 15 crowns.", day)],
    )
    assert found.same == ()
    assert [(one.quotes, one.values, one.kind) for one in found.differing] == [
        ((0, 1), ("12 crowns", "15 crowns"), DifferenceKind.CONFLICT)
    ]


def test_a_later_price_follows_the_earlier_one() -> None:
    assert kinds(
        PRICE,
        told("b", "A ferry ticket costs 15 crowns.", "2021-03-04"),
        told("a", "A ferry ticket costs 12 crowns.", "2018-06-02"),
    ) == [("later", ("12 crowns", "15 crowns"))]


def test_two_numbers_of_one_time_are_no_change() -> None:
    assert kinds(
        "How many boats sank in 1951?",
        told("a", "In 1951 three boats sank.", "1951-12-03"),
        told("b", "In 1951 nine boats sank.", "1962-02-01"),
    ) == [("conflict", ("three", "nine"))]


def test_what_changed_is_told_once_a_time() -> None:
    """The second only rounds the first, and so does not stand beside it again."""
    assert kinds(
        "How many boats sank?",
        told("a", "In all 3,120 boats sank.", "2018-06-02"),
        told("b", "More than 3,000 boats sank.", "2018-06-02"),
        told("c", "By now 9,000 boats sank.", "2021-03-04"),
    ) == [("later", ("3,120", "9,000")), ("rounding", ("3,120", "More than 3,000"))]


def test_people_to_whom_the_same_happened_are_compared() -> None:
    assert kinds(
        "How many people were hurt in the storm?",
        told("a", "The storm hurt nine people, and two died."),
        told("b", "Two people died and 14 were wounded, the storm hurt the island."),
    ) == [("conflict", ("nine", "14"))]


def test_a_rounding_is_no_conflict_and_says_the_same() -> None:
    question = "How many boats sank?"
    found = compare(
        expected(question), [told("a", "More than 3,000 boats sank."), told("b", "In all 3,120 boats sank.")]
    )
    assert found.same == ((0, 1),)
    assert [one.kind for one in found.differing] == [DifferenceKind.ROUNDING]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("How many boats sank?", "Three boats sank.", "Nine lamps broke."),
        ("How many boats sank in 1951?", "In 1951 three boats sank.", "In 1962 nine boats sank."),
        ("How tall is the lighthouse?", "The lighthouse is 40 metres tall.", "The lighthouse stands 90 metres away."),
        ("Who is the captain of the ferry?", "Tom Reed is the captain of the ferry.", "Ada Brook is the keeper."),
        ("Since when have boats sunk?", "Boats have sunk since 1951.", "Boats have not sunk since 1962."),
        (
            "How many people were hurt in the storm?",
            "The storm hurt nine people.",
            "Two died, others the storm hurt.",
        ),
        ("What was the storm's toll?", "The storm's toll is nine injured.", "The storm's toll is 200 homeless."),
        ("Since when have boats sunk?", "Boats have sunk since 1951.", "They are the first boats sunk since 1962."),
        ("When did boats sink?", "Boats sank in 1951.", "Boats sink since Ada took office in 1962."),
        ("How many?", "Three boats sank.", "Nine lamps broke."),
        ("Who said that?", "Ada Brook said that.", "Tom Reed said that."),
        ("Where was the boat found?", "The boat was found in Lisbon.", "The boat was found in Portugal."),
        ("Where was the boat found?", "The boat was found in Porto.", "The boat was found in Portugal."),
        ("Who freed the crew?", "The U.S. freed the crew.", "Tom Reed freed the crew."),
    ],
)
def test_values_of_another_role_or_time_do_not_differ(question: str, one: str, other: str) -> None:
    assert kinds(question, told("a", one), told("b", other)) == []


def test_a_name_that_both_sources_give_is_no_difference() -> None:
    assert (
        kinds(
            "Who led the crew?",
            told("a", "Mira Holt watched as Tom Reed led the crew."),
            told("b", "Led by Tom Reed, the crew sailed."),
        )
        == []
    )


def test_yes_and_no_differ() -> None:
    assert kinds(
        "Does the ferry carry dogs?",
        told("a", "The ferry does not carry dogs.", "2018"),
        told("b", "The ferry carries dogs now.", "2021"),
    ) == [("later", ("ferry does not carry dogs", "ferry carries dogs"))]


def test_copies_of_one_text_are_quoted_once() -> None:
    wire, copy, changed = (
        told("wire", "Three boats sank."),
        told("copy", "Three boats sank."),
        told("own", "Nine sank."),
    )
    (first, second) = merge_copies([wire, copy, changed], {"wire": {"copy", "own"}})
    assert [each.document_id for each in first.quote.copies] == ["copy"]
    assert second == changed, "a copy that was changed here is a source of its own"


def test_a_source_that_differs_takes_the_place_of_one_that_bears_on_nothing() -> None:
    first = told("a", "A ferry ticket costs 12 crowns.")
    idle, differing = told("b", "Ada climbs."), told("c", "A ferry ticket costs 15 crowns.")
    assert select_quotes(expected(PRICE), [first, idle, differing], 2) == [first, differing]
    assert select_quotes(expected(PRICE), [first, idle], 2) == [first, idle]


def test_a_quote_is_as_of_the_time_it_names_else_of_its_document() -> None:
    assert as_of("In March boats sank.", "2022-04-20") == "2022-03"
    assert as_of("Boats sank.", "2022-04") == "2022-04"
    assert as_of("Boats sank.", None) is None


def test_of_two_times_a_quote_is_as_of_the_one_that_is_asked_for() -> None:
    text, asked = (
        "In March three boats sank, two in February.",
        QuestionDates.of("And in February?").times("2022-04-20", None),
    )
    assert as_of(text, "2022-04-20") == "2022-03"
    assert as_of(text, "2022-04-20", asked=asked) == "2022-02"


def test_a_quote_is_not_as_of_the_day_when_it_was_said() -> None:
    assert as_of("They said Monday that boats sank in March.", "2022-04-20") == "2022-03"


def test_a_relation_does_not_depend_on_which_comes_first() -> None:
    one, other = told("a", "A ferry ticket costs 12 crowns."), told("b", "A ferry ticket costs 15 crowns.")
    swapped = compare(expected(PRICE), [other, one]).differing[0]
    assert replace(swapped, values=swapped.values[::-1]) == compare(expected(PRICE), [one, other]).differing[0]


def shown(*all_told: QuoteEvidence) -> list[str | None]:
    """The words that are marked in each quote, as an answer to the price gives it."""
    given = mark_values([each.quote for each in all_told], compare(expected(PRICE), all_told))
    return [quote.text[slice(*quote.highlight)] if quote.highlight else None for quote in given]


def highlighted(one: QuoteEvidence, words: str) -> QuoteEvidence:
    start = one.quote.text.index(words)
    return replace(one, quote=replace(one.quote, highlight=(start, start + len(words))))


def test_what_sources_differ_in_is_marked_and_nothing_beside_it() -> None:
    asked = told("a", "A ferry ticket costs 12 crowns.")
    aside = highlighted(told("b", "The ferry has 40 seats.", vector=TICKET), "40")
    differing = highlighted(told("c", "Ada says a ferry ticket costs 15 crowns."), "Ada")
    assert shown(asked, aside, differing) == ["12 crowns", None, "15 crowns"]


def test_where_the_first_quote_is_not_marked_none_is() -> None:
    first, further = told("a", "The ferry sails."), highlighted(told("b", "Ada climbs."), "Ada")
    assert shown(first, further) == [None, None]
    assert shown(highlighted(first, "ferry"), further) == ["ferry", "Ada"]


def test_a_value_that_a_later_source_only_recalls_is_not_what_it_says() -> None:
    question = "How long will the new wall be?"
    new = "The wall is to be 360 metres long. The council had announced 340 metres in March."
    all_told = told("b", new, "2023-11-02"), told("a", "The new wall will be 340 metres long.", "2023-03-04")
    assert kinds(question, *all_told) == [("later", ("340 metres", "360 metres"))]
    assert compare(expected(question), all_told).same == ()


def test_a_number_whose_own_clause_is_on_something_else_differs_from_none() -> None:
    roof = "The council said that a roof would cost £1.1 million and that it had put that off because of the wall."
    wall = told("a", "The wall will cost £7.9 million.", "2023-11-02")
    assert kinds("How much will the wall cost?", wall, told("b", roof, "2023-11-02")) == []
