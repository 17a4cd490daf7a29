"""Entries of bibliographies, and sentences that only look like them."""

import pytest

from retriever.text.bibliography import is_bibliographic


@pytest.mark.parametrize(
    "text",
    [
        "Smith, J. K. (2019). The ferries of Orrin. Port Elm: Calder University Press.",
        "[12] Brook, A. and Reed, T. Storms of the north. Journal of Harbours 12(3): 45-67, 2004.",
        "Holt M. (2011), Quays and walls, in: Proceedings of the Society, pp. 12-19.",
        "“The new ferry”. The Orrin Herald. 5 June 2022. Retrieved 3 May 2023 from https://example.org/ferry.",
    ],
)
def test_an_entry_is_known(text: str) -> None:
    assert is_bibliographic(text)


@pytest.mark.parametrize(
    "text",
    [
        "The ferry was built in 2019 and sank on 3 May 2022.",
        "The treaty (1951) gave the island its harbour.",
        "According to Smith et al. (2019), the storm of 1904 sank three boats.",
        "On 4 May 2022 Mira Holt opened the quay, p. 3 of the report says.",
        "See https://example.org for the timetable that began in 2019.",
    ],
)
def test_a_sentence_is_none(text: str) -> None:
    assert not is_bibliographic(text)


def test_under_the_heading_of_a_list_one_sign_is_enough() -> None:
    text = "Smith, J. The ferries of Orrin, 2019."
    assert is_bibliographic(text, "References")
    assert is_bibliographic(text, "7. Bibliography")
    assert not is_bibliographic("The ferry was built in 2019 and sank in 2022.", "References")
    assert not is_bibliographic(text, "The references of the mayor")
