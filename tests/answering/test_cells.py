"""Which cell of a table's row a question asks for."""

import pytest

from retriever.answering.cells import asked_cell
from retriever.text.tokens import terms

ROW = "Article: GT-474500; Name: flange; oval; In stock: 348; Unit price: 325.45; Supplier: Velmont Marine."


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("What is the price of article GT-474500?", "325.45"),
        ("How many of GT-474500 are in stock?", "348"),
        ("Who is the supplier of GT-474500?", "Velmont Marine"),
        ("What is the name of GT-474500?", "flange; oval"),
        ("What is GT-474500?", None),
        ("What are price and supplier of GT-474500?", None),
    ],
)
def test_the_column_that_is_named_and_not_given_is_asked_for(question: str, value: str | None) -> None:
    found = asked_cell(ROW, frozenset(terms(question)))
    assert (ROW[slice(*found)] if found else None) == value


def test_an_empty_cell_may_be_asked_for() -> None:
    row = "Item: Lantern; Price: 12.50 EUR; Count: 4; Total: —."
    found = asked_cell(row, frozenset(terms("What is the total for the lantern?")))
    assert found is not None
    assert row[slice(*found)] == "—"
