"""Which quotes of different documents say the same, and which differ."""

from dataclasses import replace

import pytest

from retriever import Quote
from retriever.agreement import (
    QuoteEvidence,
    as_of,
    compare,
    mark_values,
    merge_copies,
    source_answers,
)
from retriever.agreement.comparing import Likeness, compare_spans
from retriever.answering.date_constraints import QuestionDates
from retriever.records import Agreement, DifferenceKind, Why
from retriever.text.question import Question

PRICE = "How much does a ferry ticket cost?"
ANSWERING, SILENT = (5.0, 10.0), (-5.0, -11.0)
"""What the reader says of a passage that answers, and of one that does not: its log-odds, and its score of the span."""


def said(
    document_id: str, marked: str, published: str | None = None, reader: tuple[float, float] = ANSWERING
) -> QuoteEvidence:
    """A quote in which the words that answer stand in brackets."""
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    quote = Quote(document_id, 0, len(text), text, "Varn", None, published, None, None, None, 0.9, Why(1, 1, ()))
    return QuoteEvidence(quote, (start, end), *reader)


def compared(question: str, *evidence: QuoteEvidence) -> Agreement:
    return compare(Question(question), evidence, len(evidence), {})[1]


def kinds(question: str, *evidence: QuoteEvidence) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind.value, one.values) for one in compared(question, *evidence).differing]


def test_no_quotes_no_groups() -> None:
    assert compared("Why?") == Agreement()


def test_one_document_is_not_two_sources() -> None:
    evidence = said("ferry", "A ticket costs [12 crowns]."), said("ferry", "A ticket costs [15 crowns].")
    assert compared(PRICE, *evidence) == Agreement()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A ferry ticket costs [12 crowns].", "For a ferry ticket [twelve crowns] are paid."),
        ("A ferry ticket costs [half a million dollars].", "A ferry ticket costs [$500,000]."),
    ],
)
def test_one_price_in_other_words_is_the_same(one: str, other: str) -> None:
    found = compared(PRICE, said("a", one), said("b", other))
    assert (found.same, found.differing) == (((0, 1),), ())


def test_two_prices_of_one_day_are_a_conflict() -> None:
    day = "2021-03-04"
    found = compared(
        PRICE,
        said("a", "A ferry ticket costs [12 crowns].", day),
        said("b", "A ferry ticket costs [15 crowns].", day),
    )
    assert found.same == ()
    assert [(one.quotes, one.values, one.kind, one.sources) for one in found.differing] == [
        ((0, 1), ("12 crowns", "15 crowns"), DifferenceKind.CONFLICT, ((0,), (1,)))
    ]


def test_a_difference_names_all_sources_of_each_value() -> None:
    day = "2021-03-04"
    found = compared(
        PRICE,
        said("a", "A ferry ticket costs [12 crowns].", day),
        said("b", "A ferry ticket costs [15 crowns].", day),
        said("c", "For a ferry ticket [twelve crowns] are paid.", day),
    )
    assert [one.sources for one in found.differing] == [((0, 2), (1,))]


def test_a_later_price_follows_the_earlier_one() -> None:
    assert kinds(
        PRICE,
        said("b", "A ferry ticket costs [15 crowns].", "2021-03-04"),
        said("a", "A ferry ticket costs [12 crowns].", "2018-06-02"),
    ) == [("later", ("12 crowns", "15 crowns"))]


def test_two_numbers_of_one_time_are_no_change() -> None:
    assert kinds(
        "How many boats sank in 1951?",
        said("a", "In 1951 [three] boats sank.", "1951-12-03"),
        said("b", "In 1951 [nine] boats sank.", "1962-02-01"),
    ) == [("conflict", ("three", "nine"))]


def test_a_rounding_is_no_conflict_and_says_the_same() -> None:
    found = compared(
        "How many boats sank?", said("a", "[More than 3,000] boats sank."), said("b", "In all [3,120] boats sank.")
    )
    assert found.same == ((0, 1),)
    assert [one.kind for one in found.differing] == [DifferenceKind.ROUNDING]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("Where was the meeting held?", "It was held in [Tampa, Florida].", "It was held in [Glendale, Arizona]."),
        ("Who bought the start-up?", "[Facebook] bought the start-up.", "The start-up was bought by [Apple]."),
        ("Which country won the cup?", "[Norway] won the cup.", "The cup was won by the [U.S.]"),
    ],
)
def test_names_and_places_of_one_day_are_a_conflict(question: str, one: str, other: str) -> None:
    evidence = said("a", one, "2021-03-04"), said("b", other, "2021-03-04")
    assert [kind for kind, _ in kinds(question, *evidence)] == ["conflict"]


def test_what_does_not_answer_differs_from_nothing() -> None:
    day = "2021-03-04"
    evidence = said("a", "A ferry ticket costs [12 crowns].", day), said("b", "Ada paid [15 crowns].", day, SILENT)
    assert compared(PRICE, *evidence) == Agreement()


def test_an_account_at_length_is_no_contradiction_of_another() -> None:
    day = "2021-03-04"
    evidence = (
        said("a", "The harbour closed because [the storm tore the great eastern wall and its lamps away].", day),
        said("b", "The harbour closed because [nobody paid the pilots who guided boats past the shallow bank].", day),
    )
    assert kinds("Why did the harbour close?", *evidence) == []


def test_yes_and_no_differ() -> None:
    found = kinds(
        "Does the ferry carry dogs?",
        said("a", "[The ferry does not carry dogs].", "2018"),
        said("b", "[The ferry carries dogs now].", "2021"),
    )
    assert [kind for kind, _ in found] == ["later"]


def test_two_answers_of_yes_or_no_say_the_same_only_in_words_they_share() -> None:
    asked, opened = "Does the museum open on Tuesdays?", said("a", "The museum is [open from Tuesday to Sunday].")
    assert compared(asked, opened, said("b", "It is [open from Tuesday to Friday] in winter.")).same
    assert not compared(asked, opened, said("b", "It has a [day of rest on Mondays and Tuesdays].")).same


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("[State Department spokesman Ned Price] said so.", "[Price] said so.", Likeness.EQUAL),
        ("It lasted [36 hours].", "It lasted [all of a weekend].", Likeness.ONE_SIDED),
        ("It cost [$1.2 billion].", "It cost [1,200 million dollars].", Likeness.EQUAL),
        ("[Articles 106 and 107] say so.", "[Articles 159 and 107] say so.", Likeness.DIFFERENT),
        ("It came by [land and sea routes].", "It came by [sea and land paths].", Likeness.UNLIKE),
        ("[Duke William II] won.", "[Duke Alexius Komnenos] won.", Likeness.DIFFERENT),
        ("[5,000 to 30,000] died.", "[2,000 to 30,000] died.", Likeness.DIFFERENT),
        ("The [United States] won.", "The [U.S.] won.", Likeness.EQUAL),
        ("It was [about 3,000].", "It was [3,120].", Likeness.ROUNDING),
    ],
)
def test_spans_are_compared_by_value_and_else_by_words(one: str, other: str, likeness: Likeness) -> None:
    assert compare_spans(*source_answers([said("a", one), said("b", other)])) is likeness


def test_copies_of_one_text_are_quoted_once() -> None:
    wire, copy, changed = (said(name, f"[{text}] boats sank.") for name, text in
                           (("wire", "Three"), ("copy", "Three"), ("own", "Nine")))  # fmt: skip
    (first, second) = merge_copies([wire, copy, changed], {"wire": {"copy", "own"}})
    assert [each.document_id for each in first.quote.copies] == ["copy"]
    assert second == changed, "a copy that was changed here is a source of its own"


def test_a_document_whose_answer_is_a_copy_is_not_compared_by_another_sentence() -> None:
    wire, copy = (said(name, "A ferry ticket costs [12 crowns].") for name in ("wire", "copy"))
    (merged,) = merge_copies([wire, copy], {"wire": {"copy"}})
    aside = said("copy", "A ferry ticket costs [40 crowns].", reader=(4.0, 8.0))
    assert [answer.position for answer in source_answers([merged, aside])] == [0]


def test_a_source_that_differs_takes_the_place_of_one_that_bears_on_nothing() -> None:
    day = "2021-03-04"
    first = said("a", "A ferry ticket costs [12 crowns].", day)
    idle, differing = said("b", "[Ada] climbs.", day, SILENT), said("c", "A ferry ticket costs [15 crowns].", day)
    asked = Question(PRICE)
    given, agreement = compare(asked, [first, idle, differing], 2, {})
    assert given == [first, differing]
    assert [one.quotes for one in agreement.differing] == [(0, 1)], "positions among the quotes that are given"
    assert compare(asked, [first, idle], 2, {})[0] == [first, idle]


def test_a_quote_is_as_of_the_time_it_names_else_of_its_document() -> None:
    assert as_of("In March boats sank.", "2022-04-20") == "2022-03"
    assert as_of("Boats sank.", "2022-04") == "2022-04"
    assert as_of("Boats sank.", None) is None


def test_of_two_times_a_quote_is_as_of_the_one_that_is_asked_for() -> None:
    text, asked = (
        "In March three boats sank, two in February.",
        QuestionDates.of(Question("And in February?")).times("2022-04-20", None),
    )
    assert as_of(text, "2022-04-20") == "2022-03"
    assert as_of(text, "2022-04-20", asked=asked) == "2022-02"


def test_a_quote_is_not_as_of_the_day_when_it_was_said() -> None:
    assert as_of("They said Monday that boats sank in March.", "2022-04-20") == "2022-03"


def test_a_relation_does_not_depend_on_which_comes_first() -> None:
    one, other = said("a", "A ferry ticket costs [12 crowns]."), said("b", "A ferry ticket costs [15 crowns].")
    swapped = compared(PRICE, other, one).differing[0]
    assert replace(swapped, values=swapped.values[::-1]) == compared(PRICE, one, other).differing[0]


def highlights(*evidence: QuoteEvidence) -> list[str | None]:
    """The words that are marked in each quote, as an answer to the price gives it."""
    given = mark_values(evidence, compared(PRICE, *evidence))
    return [quote.text[slice(*quote.highlight)] if quote.highlight else None for quote in given]


def highlighted(one: QuoteEvidence) -> QuoteEvidence:
    return replace(one, quote=replace(one.quote, highlight=one.span))


def test_what_sources_differ_in_is_marked_and_nothing_beside_it() -> None:
    day = "2021-03-04"
    asked = said("a", "A ferry ticket costs [12 crowns].", day)
    aside = highlighted(said("b", "The ferry has [40] seats.", day, SILENT))
    differing = said("c", "Ada says a ferry ticket costs [15 crowns].", day)
    assert highlights(asked, aside, differing) == ["12 crowns", None, "15 crowns"]


def test_where_the_first_quote_is_not_marked_none_is() -> None:
    first, further = said("a", "The [ferry] sails.", None, SILENT), said("b", "[Ada] climbs.", None, SILENT)
    assert highlights(first, highlighted(further)) == [None, None]
    assert highlights(highlighted(first), highlighted(further)) == ["ferry", "Ada"]
