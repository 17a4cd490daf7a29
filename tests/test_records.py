"""Records as a person meets them: made by hand, printed in a shell, shown in a notebook."""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from retriever import Answer, Assistant, Document, Provenance, ReadingError, Verdict, as_text
from retriever.interfaces.html.cards import notebook_html
from retriever.interfaces.jupyter import show_answers_as_cards
from retriever.interfaces.text import VERDICT_WORDS
from tests.world import FERRY

CAPTAIN = "Who is the captain of the ferry?"


@pytest.fixture
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(CAPTAIN, top=1)


def test_an_answer_prints_its_quotes_with_their_origin(answer: Answer) -> None:
    start = FERRY.index("The captain")
    *_, quote, origin = as_text(replace(answer, verdict=Verdict.CLEAR)).splitlines()
    assert quote == "1. “The captain of the ferry is Tom Reed.”"
    assert origin == f"   The Varn Herald; The ferry to Varn; 2018-06-02; ferry.txt:{start}-{start + 37}"
    assert as_text(answer.quotes[0]) == f"{quote[3:]}\n{origin[3:]}"


def test_a_long_quote_is_wrapped_under_its_number(answer: Answer) -> None:
    (quote,) = answer.quotes
    lines = as_text(replace(answer, quotes=(replace(quote, text="word " * 40),) * 10)).splitlines()
    assert max(map(len, lines)) <= 88
    assert [line[:4].strip() for line in lines if line[0] != " " and line[0].isdigit()][-1] == "10."


def test_a_refusal_prints_what_is_nearest(assistant: Assistant) -> None:
    lines = as_text(assistant.ask("Why do volcanoes erupt?")).splitlines()
    assert lines[0] == "These documents don’t say."
    assert any("(ferry.txt)" in line for line in lines)


def test_the_other_records_print_in_words(assistant: Assistant, varn: object) -> None:
    assert as_text(assistant.documents()[1]).endswith("\n    Island Post (inferred), about 2021-03; 1 passage")
    assert as_text(assistant.search(CAPTAIN, count=1)[0]).startswith("ferry.txt:0-")
    assert as_text(assistant.index(str(varn))) == "0 added, 0 replaced, 3 unchanged, 0 skipped"


def test_a_notebook_shows_the_card_of_the_page_with_its_style(answer: Answer) -> None:
    html = notebook_html(replace(answer, verdict=Verdict.UNSURE))
    seen = " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.S).split())
    assert seen.startswith(f"{CAPTAIN} Not sure. The closest passages:")
    assert "The Varn Herald The ferry to Varn 2 June 2018 characters " in seen
    assert "<button" not in html
    assert ":root" not in html, "the style would reach out of its cell"
    assert "--paper: #FBF8F1" in html


def test_only_inside_ipython_an_answer_is_shown_as_a_card(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    show_answers_as_cards()
    shown: dict[type, Callable[[Answer], str]] = {}
    html = SimpleNamespace(for_type=shown.__setitem__)
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters={"text/html": html}))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    show_answers_as_cards()
    assert not shown, "IPython is imported, but the program does not run in it"
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    show_answers_as_cards()
    assert shown[Answer](answer) == notebook_html(answer)


def test_what_is_no_record_has_no_text() -> None:
    with pytest.raises(TypeError, match="no text for int"):
        as_text(3)


def test_a_notebook_shows_a_refusal_and_how_a_question_was_understood(assistant: Assistant) -> None:
    html = notebook_html(replace(assistant.ask("Why do volcanoes erupt?"), understood_as="<b>?"))
    assert VERDICT_WORDS[Verdict.ABSENT] in html
    assert "Asked as: “&lt;b&gt;?”" in html


def test_a_text_in_memory_becomes_a_document_that_answers(empty_assistant: Assistant) -> None:
    mill = Document.from_text("mill", "The miller of Varn is Ned Oak.", publisher="Letters", published="1999-05")
    assert (mill.title, mill.known["title"], mill.known["publisher"]) == (
        "mill",
        Provenance.UNKNOWN,
        Provenance.METADATA,
    )
    assert empty_assistant.add([mill]).added == ("mill",)
    assert empty_assistant.add([mill]).unchanged == ("mill",)
    (hit,) = empty_assistant.search("Who is the miller?")
    assert hit.text == mill.text


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(ReadingError, match="'May 1999' is not a date; write"):
        Document.from_text("mill", "The mill.", published="May 1999")


def test_a_library_is_named_by_a_string_too(assistant: Assistant) -> None:
    with Assistant.open(str(assistant.added.parent), encoder=assistant._encoder) as again:
        assert again.documents() == assistant.documents()
