"""No text makes a function that is built of regular expressions take the square of its length.

Only ratios of times are compared: a text of some length, and one of twice the length, in one process.
"""

import re
from collections.abc import Callable
from functools import partial

import pytest

from retriever import Carrier, judge_written
from retriever.agreement.values import values_in
from retriever.check.words import draft_tokens, without_layout
from retriever.ingest.chunking import split_passages
from retriever.reading.builder import code_lines, metadata_title, one_line
from retriever.reading.dates import dateline
from retriever.reading.front_matter import first_heading
from retriever.reading.furniture import find_furniture
from retriever.reading.pdf.headings import _NO_TITLE
from retriever.reading.plain import undo_mojibake
from retriever.reading.raised import note_mark, raised, settle
from retriever.records import Document
from retriever.text.blocks import split_blocks
from retriever.text.context import context_of, weakens
from retriever.text.minhash import sketch
from retriever.text.nations import nations_in
from retriever.text.phrases import phrases
from retriever.text.quotation_marks import marked_quotations
from retriever.text.sentences import split_sentences, table_rows
from retriever.text.time_expressions import days_in, times_in
from retriever.text.tokens import words
from tests.growth import growth

DATE = "2022-04-01"
FUNCTIONS: dict[str, Callable[[str], object]] = {
    "split_blocks": split_blocks,
    "marked_quotations": marked_quotations,
    "context_of": lambda text: context_of(text, (len(text) // 2, len(text) // 2 + 20)),
    "weakens": weakens,
    "written": lambda text: judge_written(text, [Carrier(text)]),
    "without_layout": lambda text: without_layout(text, markdown=True),
    "tokens of a draft": lambda text: draft_tokens(text, 0, len(text)),
    "split_sentences": split_sentences,
    "table_rows": table_rows,
    "times_in": lambda text: times_in.__wrapped__(text, DATE),
    "days_in": days_in,
    **{f"days_in {language}": partial(days_in, language=language) for language in ("de", "es")},
    "phrases": getattr(phrases, "__wrapped__", phrases),
    "words": getattr(words, "__wrapped__", words),
    "nations_in": getattr(nations_in, "__wrapped__", nations_in),
    "values_in": lambda text: values_in.__wrapped__(text, times_in.__wrapped__(text, DATE)),
    "values_in German": lambda text: values_in.__wrapped__(text, (), "de"),
    "sketch": sketch,
    "find_furniture": lambda text: find_furniture(text, split_blocks(text)),
    "dateline": dateline,
    "first_heading": first_heading,
    "undo_mojibake": undo_mojibake,
    "settle": lambda text: settle(raised(text) + note_mark(text)),
    "code_lines": code_lines,
    "one_line": one_line,
    "metadata_title": metadata_title,
    "no title of a PDF": _NO_TITLE.fullmatch,
    "split_passages": lambda text: split_passages(Document("a", "a", text, "/a", "text/plain", "0", None, None, {})),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_function_takes_the_square_of_a_text_s_length(name: str) -> None:
    FUNCTIONS[name]("Warm up. It is 1 May 2022.")
    worst = growth(FUNCTIONS[name])
    assert worst is None, f"x{worst.ratio:.1f}, {worst.seconds:.3f} s, {worst.piece!r}"


def test_a_square_is_noticed_and_a_line_is_not() -> None:
    assert growth(re.compile(r"[a ]*[a-z ]*?x").match, ["a"]) or growth(re.compile(r"\s*\d{2}[.)]").search, [" "])
    assert growth(lambda text: [letter for letter in text for _ in range(200)], ["a"]) is None
