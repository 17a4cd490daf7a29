"""Page furniture: what is marked, and above all what isn't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.reading.furniture import find_furniture
from retriever.text.blocks import split_blocks
from tests.paths import CORPUS

BODY = "The tide rose by three metres on Monday, and the boats of Kelp left the harbour early."


def furniture(text: str) -> list[str]:
    return [text[start:end] for start, end in find_furniture(text, split_blocks(text))]


def page(*blocks: str) -> str:
    return "\n\n".join(blocks)


@pytest.mark.parametrize(
    "line",
    [
        "Share post:",
        "Share this article",
        "Recommended Videos",
        "Check Also",
        "## Related articles",
        "Read more: Kelp wins the cup",
        "Subscribe to our newsletter",
        "ADVERTISEMENT",
        "Advertisement - Continue Reading Below",
        "Photo: Reuters/Ann Reed",
        "(Image: AP/ @@Kelp_Harbour)",
        "Photo credit: Ann Reed",
        "© 2022 The Kelp Times. All rights reserved.",
        "We use cookies to make this site better.",
        "If you buy through our links, we may earn a small commission.",
        "Leave a comment",
    ],
)
def test_a_phrase_of_pages_is_furniture_anywhere(line: str) -> None:
    assert furniture(page("Tide rises in Kelp", BODY, line, BODY)) == [line]


def test_teasers_behind_a_marker_are_furniture_to_the_end() -> None:
    tail = ["Share post:", "Gulls leave Marsh", "Marsh (Tides) - The gulls were seen...", "Eel wins race"]
    assert furniture(page("Tide rises in Kelp", BODY, *tail)) == tail


def test_an_article_that_goes_on_behind_a_marker_keeps_its_heading() -> None:
    text = page("Share post:", "Tide rises in Kelp", "By Ann Reed", BODY, "Check Also", "Eel wins…", "Storm", BODY)
    assert furniture(text) == ["Share post:", "Check Also", "Eel wins…"]


def test_a_slogan_above_the_headline_is_furniture() -> None:
    assert furniture(page("Load sites in as fast as 37ms!", "Tide rises in Kelp", BODY)) == [
        "Load sites in as fast as 37ms!"
    ]


def test_a_product_above_its_affiliate_note_is_furniture() -> None:
    tail = ["The Finest Nets", "If you purchase through these links, I may earn a commission."]
    text = page("Tide rises in Kelp", BODY) + "\n\n" + "\n".join(tail)
    assert furniture(text) == tail


@pytest.mark.parametrize(
    "block",
    [
        "Save the harbour!",
        "The end...",
        "See also",
        "References",
        "Share prices of Kelp Inc. fell by a third.",
        "Advertisement was invented in Kelp, said the historian.",
        "Photography: a history of the harbour",
        "Agents earn a commission on each net that they sell.",
        "Cookies are baked with salt in Kelp.",
        "The photo: everyone in Kelp has seen it, and nobody knows who took it on that grey Monday.",
        "Comments on the tide were made by the warden.",
        "Copyright law came to Kelp in 1900.",
    ],
)
def test_content_that_resembles_furniture_is_kept(block: str) -> None:
    assert furniture(page("Tide rises in Kelp", BODY, block, BODY, block)) == []


def test_a_document_of_headings_and_trailing_dots_is_kept() -> None:
    assert furniture(page("One", "The sea...", "Two", "The shore...")) == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [("000", 9), ("001", 1), ("002", 6), ("003", 1), ("004", 0)],
)
def test_the_shipped_articles_lose_their_furniture_and_nothing_else(number: str, expected: int) -> None:
    [path] = CORPUS.glob(f"{number}_*.txt")
    found = furniture(path.read_bytes().decode())
    assert len(found) == expected
    assert sum(len(block.split()) for block in found) < 100
    assert not any("Cuba" in block for block in found)


@given(st.text(alphabet=" \n\r\t\u00a0.!#-1aBé日", max_size=200) | st.text())
def test_blocks_cover_every_character_that_is_not_white_once(text: str) -> None:
    at = 0
    for block in split_blocks(text):
        assert not text[at : block.start].strip()
        assert text[block.start : block.end].strip() == text[block.start : block.end] != ""
        at = block.end
    assert not text[at:].strip()
    find_furniture(text, split_blocks(text))
