"""Numbers run in the order in which a card shows its quotes."""

from dataclasses import replace

from retriever.interfaces.html.order import in_order_shown
from retriever.records import Agreement, Difference
from tests.web.test_export import FIFTEEN, NINE, TWELVE, answer


def test_a_quote_that_says_the_same_follows_the_one_it_repeats() -> None:
    given = replace(
        answer(TWELVE, NINE, FIFTEEN),
        agreement=Agreement(same=((0, 2),), differing=(Difference((1, 2), ("a", "b"), sources=((1,), (2, 0))),)),
    )
    shown = in_order_shown(given)
    assert shown.quotes == (TWELVE, FIFTEEN, NINE)
    assert shown.agreement.same == ((0, 1),)
    assert shown.agreement.differing[0].by_value == (("a", (2,)), ("b", (1, 0)))
    assert in_order_shown(shown) == shown


def test_an_answer_without_repeated_quotes_stays_as_it_is() -> None:
    given = answer(TWELVE, NINE)
    assert in_order_shown(given) == given
