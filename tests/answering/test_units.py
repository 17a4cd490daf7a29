"""Runs: what a text's colons, signs, numbers and bars show to be told together."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.answering.candidates import Candidate
from retriever.answering.units import TextUnit, find_units
from retriever.ingest.chunking import split_passages
from retriever.records import Document, Hit, Why

BODY = "The tide rose by three metres on Monday, and the boats of Kelp left early."


def candidates(text: str) -> tuple[list[Candidate], list[bool]]:
    """The sentences of a text, and whether each follows the one before it."""
    document = Document("kelp.md", "Kelp", text, "kelp.md", "text/markdown", "")
    passages = split_passages(document)
    hits = [
        Hit(number, passage, text[passage.start : passage.end], 1.0, Why(1, 1, ()))
        for number, passage in enumerate(passages)
    ]
    placed = [(hit, at, span) for hit in hits for at, span in enumerate(hit.passage.sentences)]
    return (
        [Candidate(hit, start, end, text[start:end]) for hit, _, (start, end) in placed],
        [at > 0 or (hit.number > 0 and start == hit.passage.start) for hit, at, (start, _) in placed],
    )


def runs(text: str) -> list[list[str]]:
    """The parts of each run, their sentences joined; what leads is marked."""
    sentences, follows = candidates(text)
    return [
        [
            "> " * (part < run.leads) + " + ".join(one.text for one in sentences[slice(*run.sentences(part, part))])
            for part in range(len(run.starts))
        ]
        for run in find_units(sentences, np.array(follows))
    ]


def test_prose_has_no_runs() -> None:
    assert runs(f"{BODY} {BODY}\n\n{BODY}\n\nReed said: “Off.” Then\n1950 came.") == []


def test_a_colon_leads_the_list_below_it_and_what_follows_is_prose() -> None:
    text = f"{BODY} Take along:\n\n- a net\n- a rope\n  of hemp\n- salt\n\n{BODY}"
    assert runs(text) == [["> Take along:", "- a net", "- a rope\n  of hemp", "- salt"]]


def test_an_item_has_all_its_sentences() -> None:
    text = "Note:\n\n1. Wash it. Use sea water.\n2. Dry it.\n   Not in the sun."
    assert runs(text) == [["> Note:", "1. Wash it. + Use sea water.", "2. Dry it. + Not in the sun."]]


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("```\nkelp --dry\n```", "```\nkelp --dry\n```"),
        ("~~~sh\nkelp --dry. Then\n\nkelp --wet\n~~~", "~~~sh\nkelp --dry. + Then + kelp --wet\n~~~"),
        ("    kelp --dry", "kelp --dry"),
    ],
)
def test_a_colon_leads_code(code: str, item: str) -> None:
    assert runs(f"To dry it, type:\n\n{code}\n\n{BODY}") == [["> To dry it, type:", item]]


def test_a_colon_leads_the_names_and_rows_of_a_table() -> None:
    text = f"Boats:\n\n| Boat | Crew |\n|---|---|\n| Gull | 4 |\n| Eel | 2 |\n\n{BODY}"
    assert runs(text) == [["> Boats:", "> | Boat | Crew |\n|---|---|", "| Gull | 4 |", "| Eel | 2 |"]]


def test_the_names_lead_a_table_and_another_table_is_another_run() -> None:
    table = "| Boat | Crew |\n|---|---|\n| Gull | 4 |"
    assert runs(f"{BODY}\n\n{table}\n\n{table}") == [["> | Boat | Crew |\n|---|---|", "| Gull | 4 |"]] * 2


def test_rows_without_names_are_no_run() -> None:
    assert runs("| Gull | 4 |\n| Eel | 2 |") == []


def test_a_list_without_a_colon_is_a_run_that_nothing_leads() -> None:
    assert runs(f"# Drying\n\n1. Wash it.\n2. Dry it.\n\n{BODY}") == [["1. Wash it.", "2. Dry it."]]
    assert runs(f"1. Wash it.\n\n{BODY}") == []


def test_numbered_paragraphs_are_prose() -> None:
    assert runs(f"1. Tide\n{BODY} {BODY} {BODY}\n2. Storm\n{BODY} {BODY} {BODY}") == []
    assert runs("1. Tide. It rose. It fell. It rose.\n2. Storm. It came. It went.") == []


def test_what_stands_between_two_steps_belongs_to_the_first_of_them() -> None:
    text = f"1. Type this:\n\n`kelp --dry`\n\n2. Wait a day.\n\nIt may smell.\n\n3. Salt it.\n\n{BODY}"
    assert runs(text) == [["1. Type this: + `kelp --dry`", "2. Wait a day. + It may smell.", "3. Salt it."]]


def test_items_without_signs_go_on_while_they_have_no_stop() -> None:
    """As the readers of web pages and Word files give them."""
    items = ["fresh blood on the deck", "a torn net;", "pale gills"]
    text = "\n\n".join(["Call at once for:", *items, BODY])
    assert runs(text) == [["> Call at once for:", *items]]


def test_rows_in_words_go_on_while_they_name_the_same_column() -> None:
    rows = ["Boat: Gull; Crew: 4.", "Boat: Eel; Crew: 2."]
    assert runs("\n\n".join(["These sailed:", *rows, BODY])) == [["> These sailed:", *rows]]


def test_a_colon_leads_one_paragraph_of_prose() -> None:
    assert runs(f"The harbour wrote:\n\n{BODY} Nobody drowned.\n\n{BODY}") == [
        ["> The harbour wrote:", f"{BODY} + Nobody drowned."]
    ]


def test_a_colon_with_nothing_below_leads_nothing() -> None:
    assert runs(f"{BODY} Take along:") == []
    assert runs("Take along:\n\n# Nets\n\n- big\n- small") == [["- big", "- small"]]


def test_a_run_tells_where_its_parts_are() -> None:
    run = TextUnit((3, 5, 6), 9, leads=1, introduced=True)
    assert [run.part_of(sentence) for sentence in (3, 4, 5, 6, 8)] == [0, 0, 1, 2, 2]
    assert run.sentences(1, 2) == (5, 9)
    assert run.sentences(0, 0) == (3, 5)


PIECES = [
    "Take:",
    "- a",
    "2. b.",
    "|a|\n|-|\n|b|",
    "```",
    "c",
    "It is. It was.",
    "Name: d;",
    "\n",
    "\n\n",
    " ",
    "# E\n\n",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_runs_are_apart_and_of_sentences_that_follow_each_other(text: str) -> None:
    sentences, follows = candidates(text)
    found = find_units(sentences, np.array(follows, dtype=bool))
    assert all(one.end <= other.starts[0] for one, other in pairwise(found))
    for run in found:
        assert all(one < other for one, other in pairwise([*run.starts, run.end]))
        assert run.leads < len(run.starts)
        assert all(follows[run.starts[0] + 1 : run.end])
