"""Which quotes of different documents say the same."""

from collections.abc import Sequence

import numpy as np
import pytest

from retriever import Quote
from retriever.agreement import compare
from retriever.records import Why

TICKET, CAPTAIN = (1.0, 0.0), (0.0, 1.0)


def quotes(*document_ids: str) -> list[Quote]:
    why = Why(1, 1, ())
    return [
        Quote(name, place, place + 1, "x", name, None, None, None, None, None, 0.5, why)
        for place, name in enumerate(document_ids)
    ]


def vectors(*directions: tuple[float, float]) -> Sequence[np.ndarray]:
    return [np.array(direction, dtype=np.float32) for direction in directions]


def test_like_sentences_of_two_documents_are_the_same() -> None:
    found = compare(quotes("ferry", "harbour", "ferry"), vectors(TICKET, TICKET, CAPTAIN))
    assert found.same == ((0, 1),)


def test_like_sentences_of_one_document_are_not_two_sources() -> None:
    assert compare(quotes("ferry", "ferry"), vectors(TICKET, TICKET)).same == ()


def test_unlike_sentences_are_not_the_same() -> None:
    assert compare(quotes("ferry", "harbour"), vectors(TICKET, CAPTAIN)).same == ()


def test_no_quote_stands_in_two_groups() -> None:
    found = compare(quotes("a", "b", "c", "d"), vectors(TICKET, CAPTAIN, TICKET, CAPTAIN)).same
    assert sorted(place for group in found for place in group) == [0, 1, 2, 3]


def test_no_quotes_no_groups() -> None:
    assert compare([], []).same == ()


def test_each_quote_has_its_vector() -> None:
    with pytest.raises(ValueError, match="1 vectors for 2 quotes"):
        compare(quotes("a", "b"), vectors(TICKET))
