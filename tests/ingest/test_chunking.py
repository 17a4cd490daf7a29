"""Passages: whole sentences under one heading, of a size to encode, and nothing lost."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.ingest.chunking import FEWEST_WORDS, MOST_WORDS, MOST_WORDS_UNCUT, split_passages
from retriever.records import Document, Passage
from retriever.text.sentences import split_sentences
from tests.paths import CORPUS

BODY = "The tide rose by three metres on Monday, and the boats of Kelp left early."
TEXTS = st.text(max_size=300) | st.lists(
    st.sampled_from(
        [BODY, "Storm", "# Tide", "Share post:", "Eel wins…", "- net", "|a|\n", "a " * 130, " ", "\n", "\n\n", "日。"]
    )
).map("".join)


def document(text: str, pages: tuple[int, ...] = ()) -> Document:
    return Document("tide.txt", "Tide", text, "tide.txt", "text/plain", "", pages=pages)


def split(text: str) -> tuple[Passage, ...]:
    return split_passages(document(text))


def words(text: str, passage: Passage) -> int:
    return sum(len(text[start:end].split()) for start, end in passage.sentences)


def test_a_long_text_becomes_passages_within_the_limits() -> None:
    text = "\n\n".join([" ".join([BODY] * count) for count in (1, 3, 7, 2, 9, 1, 1, 4)])
    passages = split(text)
    assert len(passages) > 3
    assert all(FEWEST_WORDS <= words(text, passage) <= MOST_WORDS for passage in passages)


def test_borders_fall_between_paragraphs_where_they_can() -> None:
    paragraph = " ".join([BODY] * 5)
    text = f"{paragraph}\n\n{paragraph}"
    assert [text[passage.start : passage.end] for passage in split(text)] == [paragraph, paragraph]


def starts(text: str) -> list[str]:
    """How each passage begins."""
    return [text[passage.start : passage.end][:8] for passage in split(text)]


def test_no_border_falls_between_a_colon_and_what_it_introduces() -> None:
    """By their sizes, 60, 10 and 75 words, the second would belong to the first."""
    ahead, below = " ".join([BODY] * 4), " ".join([BODY] * 5)
    told = "Taken along were fifteen nets of the old wide make"
    assert starts(f"{ahead}\n\n{told}:\n\n{below}") == ["The tide", "Taken al"]
    assert starts(f"{ahead}\n\n{told}.\n\n{below}") == ["The tide", "The tide"]


def test_borders_fall_beside_a_list_rather_than_inside() -> None:
    """Sizes alone would put the first items to the paragraph above."""
    paragraph = " ".join([BODY] * 4)
    items = [f"The net of pier {number} with all its ropes and floats" for number in range(7)]
    for listed, is_list in (("\n".join(f"- {item}" for item in items), True), (".\n\n".join([*items, ""]), False)):
        sizes = [len(passage.sentences) for passage in split(f"{paragraph}\n\n{listed}")]
        assert (sizes == [4, 7]) == is_list


def test_a_table_stays_whole_while_an_embedding_can_hold_it() -> None:
    table = "\n".join(["| Boat | Crew |", "|---|---|", *[f"| Kelp {number} | {number} |" for number in range(30)]])
    assert [len(passage.sentences) for passage in split(f"{table}\n\n{' '.join([BODY] * 5)}")] == [31, 5]
    longer = "\n".join([table, *[f"| Gull {number} | {number} |" for number in range(90)]])
    passages = split(longer)
    assert len(passages) == 4
    assert all(FEWEST_WORDS <= words(longer, passage) <= MOST_WORDS_UNCUT for passage in passages)


def test_a_heading_starts_the_passage_behind_it_and_is_no_sentence() -> None:
    text = f"Tide rises\n\n{BODY}\n\nStorm\n\n{BODY}"
    first, second = split(text)
    assert text[first.start : first.end] == f"Tide rises\n\n{BODY}"
    assert (first.heading, second.heading) == ("Tide rises", "Storm")
    assert [text[start:end] for start, end in second.sentences] == [BODY]


def test_a_heading_is_that_of_all_passages_below_it() -> None:
    passages = split("Tide rises\n\n" + "\n\n".join([BODY] * 20))
    assert len(passages) > 1
    assert {passage.heading for passage in passages} == {"Tide rises"}


@pytest.mark.parametrize(
    ("headings", "expected"),
    [("Tide rises\n\nBy Ann Reed", "Tide rises"), ("# Tide\n\n## Storm", "Storm"), ("Storm\n=====", "Storm")],
)
def test_of_several_headings_the_title_or_the_innermost_one_counts(headings: str, expected: str) -> None:
    [passage] = split(f"{headings}\n\n{BODY}")
    assert passage.heading == expected


def test_a_heading_without_text_behind_it_is_a_sentence() -> None:
    [passage] = split("Tide rises")
    assert passage.sentences == ((0, 10),)


def test_many_lines_like_headings_are_a_list_and_stay_quotable() -> None:
    [passage] = split("Reed\n\nMarsh\n\nHeron\n\nGull\n\nEel")
    assert len(passage.sentences) == 5


def test_a_number_is_no_sentence_of_its_own_in_a_list_of_headings() -> None:
    text = "# Agenda\n\n## 1. Minutes\n\n## 2. Budget\n\n### 2a. Dues\n\n## 3. Gate\n\nNone."
    (passage,) = split(text)
    shown = [text[start:end] for start, end in passage.sentences]
    assert shown == ["# Agenda", "## 1. Minutes", "## 2. Budget", "### 2a. Dues", "## 3. Gate", "None."]


def test_furniture_is_a_passage_without_sentences() -> None:
    text = f"{BODY}\n\nAdvertisement\n\n{BODY}"
    assert [(passage.furniture, len(passage.sentences)) for passage in split(text)] == [
        (False, 1),
        (True, 0),
        (False, 1),
    ]


def test_a_title_above_furniture_is_still_the_heading_of_the_text_below() -> None:
    assert split(f"Tide rises\n\nAdvertisement\n\n{BODY}")[-1].heading == "Tide rises"


def test_no_passage_crosses_a_page() -> None:
    text = f"{BODY} {BODY}"
    passages = split_passages(document(text, pages=(0, len(BODY) + 1)))
    assert [(passage.start, passage.page) for passage in passages] == [(0, 1), (len(BODY) + 1, 2)]


def test_a_long_sentence_stays_whole_and_an_endless_one_is_cut_at_a_clause() -> None:
    long = "tide " * (MOST_WORDS_UNCUT - 1) + "turned."
    assert len(split(long)) == 1
    endless = ("tide " * 99 + "turned, ") * 5
    sizes = [words(endless, passage) for passage in split(endless)]
    assert sizes == [100] * 3 + [200]


def test_a_text_without_spaces_is_cut_too() -> None:
    assert all(passage.end - passage.start <= MOST_WORDS_UNCUT * 30 for passage in split("a" * 50_000))
    assert all(passage.end - passage.start <= MOST_WORDS_UNCUT for passage in split("潮" * 5_000))


@given(TEXTS, st.lists(st.integers(0, 300), max_size=3))
def test_passages_cover_the_text_once_and_keep_to_their_page(text: str, starts: list[int]) -> None:
    pages = tuple(sorted({0, *(start for start in starts if start < len(text))})) if starts else ()
    at = 0
    for passage in split_passages(document(text, pages)):
        assert not text[at : passage.start].strip()
        assert passage.start < passage.end
        assert not any(passage.start < page < passage.end for page in pages)
        assert (passage.page is not None) == bool(pages)
        assert bool(passage.sentences) != passage.furniture
        at = passage.end
        for (_, end), (start, _) in pairwise(passage.sentences):
            assert not text[end:start].strip()
        if passage.sentences:
            assert passage.start <= passage.sentences[0][0]
            assert passage.sentences[-1][1] == passage.end
            ahead = text[passage.start : passage.sentences[0][0]].strip()
            assert not ahead or passage.heading is not None
    assert not text[at:].strip()


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_shipped_articles_become_passages_of_whole_sentences_within_the_limits(path: Path) -> None:
    text = path.read_bytes().decode()
    passages = split(text)
    content = [passage for passage in passages if not passage.furniture]
    sentences = set(split_sentences(text))
    assert all(FEWEST_WORDS <= words(text, passage) <= MOST_WORDS for passage in content)
    assert all(sentence in sentences for passage in content for sentence in passage.sentences)
