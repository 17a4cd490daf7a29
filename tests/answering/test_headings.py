"""A heading is quoted where it holds the answer, and only there."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retriever import Answer, Assistant, Document, Verdict
from retriever.answering.candidates import _heading_lines
from retriever.answering.ranker import KEPT, shortlist

NOTES = """# Release notes of Tidewatch

Tidewatch shows the water level of a harbour. Each version can be installed over any older one.

## 4.1.0, 6 May 2023

- New: the level of the next tide is drawn as a dotted line.
- Fixed: the alarm rang twice when the clock was set back.

## 4.0.2, 19 January 2023

- Fixed: the graph stayed empty for harbours without a name.
- Fixed: an export to a full disk left half a file.

## 4.0.1, 2 December 2022

- Fixed: the unit of the wind could not be changed.
"""

ARTICLE = """Ferry to Skarv Island will stop in winter

By Ingunn Falk

14 October 2021

The council decided on Tuesday to lay up the ferry from November to March. Supplies will come by air.
People on the island fear for the school, which has nine pupils left.
"""

FAQ = """# Questions about the guest card

## How long is the guest card valid?

It ends on the third day after it was handed out, at noon.

## Where can I get one?

At the desk of each hotel, and at the station.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Assistant.open(Path(tmp_path_factory.mktemp("headings")), create=True) as assistant:
        texts = (("notes.md", NOTES), ("ferry.txt", ARTICLE), ("card.md", FAQ))
        assistant.add(
            Document.from_text(name, text, title=text.partition("\n")[0].lstrip("# ")) for name, text in texts
        )
        yield assistant


def first(answer: Answer) -> str:
    return answer.quotes[0].text if answer.quotes else ""


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "heading", "marked"),
    [
        ("When was version 4.0.2 released?", "4.0.2, 19 January 2023", "19 January 2023"),
        ("Which version came out on 2 December 2022?", "4.0.1, 2 December 2022", "4.0.1"),
    ],
)
def test_a_heading_that_answers_is_quoted_alone(library: Assistant, question: str, heading: str, marked: str) -> None:
    answer = library.ask(question)
    quote = answer.quotes[0]
    assert quote.text == heading
    assert quote.highlight is not None
    assert quote.text[slice(*quote.highlight)] == marked
    assert library.document(quote.document_id).text[quote.start : quote.end] == quote.text


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("What was fixed in version 4.0.2?", "graph stayed empty"),
        ("How long is the guest card valid?", "on the third day"),
        ("Where can I get a guest card?", "At the desk of each hotel"),
        ("When will the ferry be laid up?", "from November to March"),
    ],
)
def test_a_heading_that_only_repeats_the_question_is_not_quoted(library: Assistant, question: str, quoted: str) -> None:
    assert quoted in first(library.ask(question))


@pytest.mark.model
def test_a_heading_answers_if_no_sentence_does_better(library: Assistant) -> None:
    """The reader is not sure of this heading, but surer than of what stands below it."""
    text = (
        "# Terns in 2023\n\n## Money\n\nGrant of £900 from the county for nest boxes\n\n"
        "The boxes were built in the school's workshop, and all but three were taken by birds within a month.\n"
    )
    library.add([Document.from_text("terns.md", text, title="Terns in 2023")])
    assert (
        first(library.ask("How large was the grant for nest boxes?")) == "Grant of £900 from the county for nest boxes"
    )
    library.remove(["terns.md"])


@pytest.mark.model
def test_another_heading_of_the_kind_is_not_clear(library: Assistant) -> None:
    assert library.ask("When was version 4.7.3 released?").verdict is not Verdict.CLEAR


def test_the_lines_of_a_heading_are_its_words_without_markdowns_signs() -> None:
    text = "# Title \n\nBy Jane\r\n  \n  ## 1.2 Fees\n\n***\nBody"
    found = [text[start:end] for start, end in _heading_lines(text, text.index("Body"))]
    assert found == ["Title", "By Jane", "1.2 Fees", "***"]
    assert _heading_lines("Body", 0).shape == (0, 2)


def test_headings_are_ranked_beside_the_sentences_and_take_the_place_of_none() -> None:
    rough = np.arange(KEPT + 4, dtype=np.float32)
    headings = np.zeros(KEPT + 4, dtype=bool)
    headings[[0, 1, KEPT + 3]] = True
    kept = shortlist(rough, headings).tolist()
    assert kept == list(range(3, KEPT + 4)), "the heading with the highest score is ranked, the two lowest are not"
