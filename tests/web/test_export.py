"""A conversation as Markdown and as JSON: what is in it, what has changed since, and what hostile words do."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from retriever import Assistant, Turn
from retriever.interfaces.json_lines import as_json as answer_as_json
from retriever.interfaces.text import VERDICT_WORDS
from retriever.records import (
    Agreement,
    Answer,
    Copy,
    Covers,
    Difference,
    Document,
    LibraryState,
    Quote,
    Timings,
    Verdict,
    Why,
)
from retriever.web.conversations import Conversation, StoredTurn
from retriever.web.export import as_json, as_markdown, on_one_line, quoted
from tests.world import FERRY, HARBOUR, TEXTS

CONVERSATION = Conversation(
    "x" * 32,
    "What does a ticket cost?",
    datetime(2024, 6, 8, 14, 3, 5, 999, UTC),
    datetime(2024, 6, 9, 0, 1, tzinfo=UTC),
    2,
)
DIGEST = "sha256:1f"


def quote(text: str, document_id: str = "ferry.txt", within: str = FERRY) -> Quote:
    start = within.index(text)
    return Quote(
        document_id=document_id,
        start=start,
        end=start + len(text),
        text=text,
        title=within.splitlines()[0],
        publisher="The Varn Herald" if document_id == "ferry.txt" else "Island Post",
        published="2018-06-02" if document_id == "ferry.txt" else "2021-03",
        page=None,
        heading=None,
        highlight=None,
        confidence=0.81,
        why=Why(1, 2, ("ticket",)),
    )


def answer(*quotes: Quote, verdict: Verdict = Verdict.CLEAR, understood_as: str = "") -> Answer:
    question = "What does a ticket cost?"
    refused = verdict is Verdict.ABSENT
    return Answer(
        question=question,
        understood_as=understood_as or question,
        verdict=verdict,
        confidence=0.81,
        quotes=() if refused else quotes,
        agreement=Agreement(),
        covers=Covers((("The ferry to Varn", "ferry.txt"),), "2018-06-02", "2021-03") if refused else None,
        library=LibraryState(3, 9, DIGEST),
        timings=Timings(1, 2, 3, 6),
        nearest=quotes if refused else (),
    )


TWELVE = quote("A ticket costs 12 crowns.")
NINE = quote("The ferry sails from Port Elm at nine in the morning.")
FIFTEEN = quote("She says that a ticket costs 15 crowns since the spring.", "harbour.txt", HARBOUR)


def kept(*replies: Answer | str) -> list[StoredTurn]:
    return [
        StoredTurn(number, "And what is lost?" if isinstance(reply, str) else reply.question, reply)
        for number, reply in enumerate(replies)
    ]


def markdown(documents: Assistant, *replies: Answer | str) -> str:
    return as_markdown(CONVERSATION, kept(*replies), documents)


def fields(documents: Assistant, *replies: Answer | str) -> dict[str, object]:
    written: dict[str, object] = json.loads(as_json(CONVERSATION, kept(*replies), documents))
    return written


def sha256(documents: Assistant, document_id: str) -> str:
    return documents.document(document_id).sha256


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (timedelta(seconds=20), "8 June 2024, 14:03 UTC."),
        (timedelta(minutes=7), "8 June 2024, 14:03 to 14:10 UTC."),
        (timedelta(hours=12), "8 June 2024, 14:03 UTC to 9 June 2024, 02:03 UTC."),
    ],
)
def test_markdown_says_each_part_of_a_span_of_time_once(assistant: Assistant, later: timedelta, told: str) -> None:
    began = datetime(2024, 6, 8, 14, 3, 5, tzinfo=UTC)
    conversation = replace(CONVERSATION, created=began, changed=began + later)
    assert f"Asked of Ibid, {told} Quotes are" in as_markdown(conversation, kept(answer(TWELVE)), assistant)


def test_markdown_gives_the_quote_with_all_that_a_reader_needs_to_find_it(assistant: Assistant) -> None:
    assert (
        markdown(assistant, answer(TWELVE))
        == f"""\
# What does a ticket cost?

Asked of Ibid, 8 June 2024, 14:03 UTC to 9 June 2024, 00:01 UTC. Quotes are the documents’ own words; characters are \
counted from 0, the end excluded.

## What does a ticket cost?

> A ticket costs 12 crowns.

- Quote 1: The Varn Herald, “The ferry to Varn”, 2 June 2018, paragraph 1
- ferry.txt, characters {TWELVE.start}-{TWELVE.end}; SHA-256 {sha256(assistant, "ferry.txt")}

Library: 3 documents, digest {DIGEST}
"""
    )


def test_an_inferred_date_is_exported_as_inferred(assistant: Assistant) -> None:
    assert "Island Post (inferred), “The harbour master of Varn”, about March 2021, paragraph 1" in markdown(
        assistant, answer(FIFTEEN)
    )


def test_an_unsure_answer_and_what_was_understood_are_said(assistant: Assistant) -> None:
    text = markdown(assistant, answer(TWELVE, verdict=Verdict.UNSURE, understood_as="What does the *ferry* cost?"))
    assert f"Asked as: “What does the \\*ferry\\* cost?”\n\n**{VERDICT_WORDS[Verdict.UNSURE]}**\n\n> A" in text
    assert "Asked as" not in markdown(assistant, answer(TWELVE))


def test_how_a_time_was_taken_is_exported(assistant: Assistant) -> None:
    said = "“last month” is taken as 2021-02."
    assert f"\n\n{said}\n\n> A" in markdown(assistant, replace(answer(TWELVE), taken_as=(said,)))


def test_a_refusal_is_exported_with_the_nearest_and_what_the_documents_cover(assistant: Assistant) -> None:
    text = markdown(assistant, answer(NINE, verdict=Verdict.ABSENT))
    assert "**These documents don’t say.**\n\nThey date from 2 June 2018 to March 2021." in text
    assert "Nearest to the question: “The ferry to Varn” (ferry.txt)" in text
    assert "> The ferry sails from Port Elm at nine in the morning." in text
    empty = replace(answer(verdict=Verdict.ABSENT), covers=Covers((), None, None))
    assert "They date" not in markdown(assistant, empty)
    assert "Nearest" not in markdown(assistant, empty)


def test_sources_that_differ_or_agree_are_named(assistant: Assistant) -> None:
    agreement = Agreement(same=((0, 2),), differing=(Difference((0, 1), ("12", "15")),))
    text = markdown(assistant, replace(answer(TWELVE, FIFTEEN, TWELVE), agreement=agreement))
    assert "Sources differ: 12 (The Varn Herald, 2 June 2018), 15 (Island Post, March 2021)\n" in text
    assert "Quotes 1 and 3 say the same." in text
    assert [line[:10] for line in text.splitlines() if line.startswith("- Quote")] == [
        "- Quote 1:",
        "- Quote 2:",
        "- Quote 3:",
    ]


def test_what_time_a_quote_speaks_of_and_its_copies_are_named(assistant: Assistant) -> None:
    copy = Copy("copy.txt", 3, 28, "A copy", "Varn *Times*", None)
    text = markdown(assistant, answer(replace(TWELVE, as_of="2017", copies=(copy,))))
    assert "2 June 2018, paragraph 1, speaks of 2017\n" in text
    assert "- The same text: Varn \\*Times\\*, “A copy”, copy.txt, characters 3-28\n" in text


def test_a_question_without_an_answer_is_exported_with_what_was_said(assistant: Assistant) -> None:
    assert markdown(assistant, "Try *again*.").endswith("## And what is lost?\n\nTry \\*again\\*.\n")
    assert fields(assistant, "Try *again*.")["turns"] == [{"question": "And what is lost?", "message": "Try *again*."}]


def test_json_is_each_answer_as_ask_gives_it_with_its_documents(assistant: Assistant) -> None:
    first, second = answer(TWELVE, FIFTEEN, NINE), answer(NINE, verdict=Verdict.ABSENT)
    written = fields(assistant, first, second)
    told, refused = written.pop("turns")  # type: ignore[misc]
    assert written == {
        "title": "What does a ticket cost?",
        "created": "2024-06-08T14:03:05+00:00",
        "changed": "2024-06-09T00:01:00+00:00",
    }
    assert told.pop("documents") == [
        {
            "id": "ferry.txt",
            "title": "The ferry to Varn",
            "publisher": "The Varn Herald",
            "published": "2018-06-02",
            "state": "here",
            "sha256": sha256(assistant, "ferry.txt"),
        },
        {
            "id": "harbour.txt",
            "title": "The harbour master of Varn",
            "publisher": "Island Post",
            "published": "2021-03",
            "state": "here",
            "sha256": sha256(assistant, "harbour.txt"),
        },
    ]
    assert told == answer_as_json(first)
    assert refused.pop("documents") == []
    assert refused == answer_as_json(second)


def test_what_the_assistant_answers_is_exported(assistant: Assistant, varn: Path) -> None:
    told = assistant.ask("Who broke the lamp?", [Turn("When was the lighthouse lit?", "It was lit in 1904.")])
    text = markdown(assistant, told)
    assert all(f"characters {one.start}-{one.end}; SHA-256 " in text for one in (*told.quotes, *told.nearest))
    assert str(varn) not in text + as_json(CONVERSATION, kept(told), assistant)


def test_a_document_that_is_gone_is_said_to_be(assistant: Assistant) -> None:
    assistant.remove(["ferry.txt"])
    text = markdown(assistant, answer(TWELVE, FIFTEEN))
    assert "- Quote 1: The Varn Herald, “The ferry to Varn”, 2 June 2018\n" in text
    assert f"characters {TWELVE.start}-{TWELVE.end}; the document is no longer in the library\n" in text
    assert text.count("SHA-256") == 1
    assert states(fields(assistant, answer(TWELVE, FIFTEEN))) == [("gone", False), ("here", True)]


def test_a_document_that_says_something_else_now_is_not_vouched_for(assistant: Assistant, varn: Path) -> None:
    (varn / "ferry.txt").write_text(FERRY.replace("12 crowns", "14 crowns"), encoding="utf-8")
    assistant.index([varn])
    text = markdown(assistant, answer(TWELVE, NINE))
    assert f"characters {TWELVE.start}-{TWELVE.end}; the document has changed since, and no longer has" in text
    assert f"characters {NINE.start}-{NINE.end}; SHA-256 {sha256(assistant, 'ferry.txt')}" in text
    assert states(fields(assistant, answer(TWELVE, NINE))) == [("changed", False)]
    assert states(fields(assistant, answer(NINE))) == [("here", True)]


def states(written: dict[str, object]) -> list[tuple[str, bool]]:
    (turn,) = written["turns"]  # type: ignore[misc]
    return [(document["state"], document["sha256"] is not None) for document in turn["documents"]]


def test_a_page_is_named_where_a_document_has_pages(assistant: Assistant) -> None:
    assert ", page 7\n" in markdown(assistant, answer(replace(TWELVE, page=7)))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/a.png)",
    "[click](javascript:alert(1))",
    "[click][ref]\n\n[ref]: https://evil.example",
    "https://evil.example www.evil.example <https://evil.example> ada@evil.example",
    "# not a heading\n## nor this",
    "---\n\n***\n\n===",
    "> not another quotation\n>> nor this",
    "- a\n* b\n+ c\n1. d\n23) e",
    "```\ncode\n```\n~~~\n`code`",
    "    indented\n\tso too",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "*a* **b** _c_ ~~d~~ \\*e\\*",
    "&lt;b&gt; &amp; &#42;",
    "a  \nb\\\nc",
    "<!-- hidden --> %%hidden%%",
    "$x$ {{ 7 * 7 }} {%raw%} ^[note] [^1]\n\n[^1]: note",
    "-\n1.\n+",
    "a\r\nb\x0bc\u2028d\0e \ud83d",
    "::: warning\n:::",
    "Title\n=====\nOther\n-----",
]
STRUCTURE = {"paragraph_open", "paragraph_close", "inline", "blockquote_open", "blockquote_close"}


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def words_shown(tokens: list[Token]) -> list[str]:
    """The words of inline tokens, of which all must be plain text."""
    shown = []
    for token in tokens:
        for child in token.children or ():
            assert child.type in {"text", "softbreak", "text_special"}, child
            shown.append(child.content or "\n")
        shown.append("\n")
    return "".join(shown).split()


def fit(text: str) -> str:
    """Without what no text should hold: control characters and halves of surrogate pairs."""
    return re.sub("[\0-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]", "\ufffd", " ".join(text.split()))


marked = st.text(st.sampled_from("\\`*_{}[]()<>#+-.!&~|$@^=:%/'\"ab1 \n\t") | st.characters(), max_size=40)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words_in_a_quotation(text: str) -> None:
    tokens = parsed(quoted(text))
    assert {token.type for token in tokens} <= STRUCTURE
    assert [token.type for token in tokens].count("blockquote_open") == 1
    assert words_shown(tokens) == fit(text).split()


@given(marked)
@settings(max_examples=400, deadline=None)
def test_a_quotation_shows_any_words_as_they_are(text: str) -> None:
    tokens = parsed(quoted(text))
    assert {token.type for token in tokens} <= STRUCTURE
    assert words_shown(tokens) == fit(text).split()


@given(marked)
@settings(max_examples=400, deadline=None)
def test_a_line_shows_any_words_as_they_are_wherever_it_stands(text: str) -> None:
    for before, opened in (("", "paragraph_open"), ("## ", "heading_open"), ("- ", "bullet_list_open")):
        tokens = parsed(f"{before}{on_one_line(text)}")
        assert not tokens or tokens[0].type == opened
        assert words_shown(tokens) == fit(text).split()


@pytest.mark.parametrize("text", ["https://evil.example", "www.evil.example", "WWW.evil.example", "ada@evil.example"])
def test_an_address_is_broken_up_where_an_editor_would_make_a_link_of_it(text: str) -> None:
    assert text not in quoted(text)
    assert "".join(words_shown(parsed(quoted(text)))) == text


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("write", [as_markdown, as_json])
def test_hostile_words_anywhere_leave_a_file_that_can_be_written(
    assistant: Assistant, text: str, write: Callable[..., str]
) -> None:
    file_name = text.replace("\ud83d", "")  # the library holds none with half a surrogate pair
    strange = replace(TWELVE, text=text, title=text, publisher=text, document_id=file_name)
    turn = replace(answer(strange), question=text, understood_as=text + "?")
    turn = replace(turn, agreement=Agreement((), (Difference((0,), (text,)),)))
    refused = replace(
        turn, verdict=Verdict.ABSENT, quotes=(), nearest=(strange,), covers=Covers(((text, text),), *[None] * 2)
    )
    turns = [
        StoredTurn(0, text, turn),
        StoredTurn(1, text, replace(refused, agreement=Agreement())),
        StoredTurn(2, text, text),
    ]
    written = write(replace(CONVERSATION, title=text), turns, assistant)
    assert written.encode()
    if write is as_json:
        assert json.loads(written)["turns"][0]["quotes"][0]["text"] == text
        return
    kinds = {"heading_open", "heading_close", "bullet_list_open", "bullet_list_close", "list_item_open"}
    tokens = parsed(written)
    assert {token.type for token in tokens} <= STRUCTURE | kinds | {"list_item_close"}
    assert [token.type for token in tokens].count("blockquote_open") == 2
    inline = {child.type for token in tokens for child in token.children or ()}
    assert inline <= {"text", "softbreak", "text_special", "strong_open", "strong_close"}


def test_every_document_of_varn_can_be_quoted_whole(assistant: Assistant) -> None:
    for document_id, text in TEXTS.items():
        document: Document = assistant.document(document_id)
        assert words_shown(parsed(quoted(document.text))) == text.split()


def test_an_answer_from_some_documents_only_says_that_the_others_were_not_asked(assistant: Assistant) -> None:
    text = markdown(assistant, replace(answer(TWELVE), left_out=2))
    assert f"Library: 3 documents, of which 2 were not asked, digest {DIGEST}" in text
