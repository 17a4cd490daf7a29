"""Answers on a terminal and a conversation there: what is coloured, what is plain, what is understood."""

import io
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from retriever import Answer, Assistant, Turn, Verdict, as_text
from retriever.interfaces.terminal import HELP, show, talk
from tests.paths import ROOT
from tests.world import FERRY

CAPTAIN = "Who is the captain of the ferry?"
Shown = Callable[[Answer], str]
Typing = Callable[..., str]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What a terminal is sent to show an answer."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def sent(answer: Answer) -> str:
        with monkeypatch.context() as context:
            context.setattr(sys, "stdout", screen := Screen())
            show(answer)
        return screen.getvalue()

    return sent


@pytest.fixture
def answer(assistant: Assistant) -> Answer:
    answer = assistant.ask(CAPTAIN, top=1)
    (quote,) = answer.quotes
    start = quote.text.index("Tom Reed")
    return replace(answer, verdict=Verdict.CLEAR, quotes=(replace(quote, highlight=(start, start + 8)),))


def plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines())


def test_a_terminal_shows_a_card_with_the_answering_part_marked(answer: Answer, screen: Shown) -> None:
    sent = screen(answer)
    assert "\x1b[1;30;103mTom Reed\x1b[0m" in sent
    assert plain(sent) == as_text(answer)


def test_what_is_piped_is_plain(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    show(answer)
    assert capsys.readouterr().out == f"{as_text(answer)}\n"


def test_a_terminal_that_wants_no_colours_gets_none(
    answer: Answer, screen: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "103m" not in screen(answer)


def test_a_document_cannot_command_the_terminal(answer: Answer, screen: Shown) -> None:
    (quote,) = answer.quotes
    hostile = replace(answer, quotes=(replace(quote, text="Pay \x1b[2J\x9b2J\rhim.", title="\x1b[2J", highlight=None),))
    for printed in (screen(hostile), as_text(hostile)):
        assert "\x1b[2J" not in printed
        assert "\x9b" not in printed
        assert "Pay [2J 2J him." in plain(printed)


def test_a_refusal_on_a_terminal_says_what_is_nearest(assistant: Assistant, screen: Shown) -> None:
    refusal = assistant.ask("Why do volcanoes erupt?")
    assert plain(screen(refusal)) == as_text(refusal)


@pytest.fixture
def typing(assistant: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """What a conversation prints when these lines are piped into it."""

    def typed(*lines: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        talk(assistant, top=1)
        return capsys.readouterr().out

    return typed


def test_a_conversation_is_understood_by_what_was_said_before(typing: Typing, assistant: Assistant) -> None:
    first = assistant.ask("Who lit the lighthouse?", top=1)
    second = assistant.ask("And who is its keeper?", [Turn.of(first)], top=1)
    assert second.understood_as != second.question
    assert typing(first.question, "", second.question) == f"{as_text(first)}\n{as_text(second)}\n"


def test_a_new_conversation_forgets_what_was_said(typing: Typing, assistant: Assistant) -> None:
    printed = typing("Who lit the lighthouse?", "/new", "And who is its keeper?")
    assert printed.endswith(f"{as_text(assistant.ask('And who is its keeper?', top=1))}\n")


def test_a_number_shows_what_stands_around_that_quote(typing: Typing) -> None:
    printed = typing(CAPTAIN, "1", "2")
    assert "»The captain of the ferry is Tom Reed.« In winter it carries" in printed
    assert FERRY.splitlines()[0] in printed
    assert printed.endswith("There is no quote 2.\n")


def test_a_question_that_cannot_be_asked_ends_nothing(typing: Typing, assistant: Assistant) -> None:
    printed = typing("?!", CAPTAIN)
    assert (
        printed
        == f"The question has no words to search for; ask it in words.\n{as_text(assistant.ask(CAPTAIN, top=1))}\n"
    )


@pytest.mark.parametrize("word", ["quit", "exit", "Quit", "/quit", "q", "bye", "/Bye"])
def test_a_conversation_is_left_with_a_word(typing: Typing, word: str) -> None:
    assert typing(word, CAPTAIN) == ""


def test_what_can_be_typed_is_said(typing: Typing) -> None:
    assert typing("/help") == typing("?") == f"{HELP}\n"
    for word in ("/new", "/help", "quit", "exit"):
        assert word in HELP
    assert typing("/nwe") == "Unknown command /nwe; type /help for the commands.\n"


def test_what_is_inferred_is_said_to_be(assistant: Assistant, screen: Shown) -> None:
    answer = assistant.ask("Who is the harbour master?", top=1)
    said = "Island Post (inferred); The harbour master of Varn; about 2021-03"
    assert said in as_text(answer)
    assert said in plain(screen(answer))
    assert "(inferred)" not in as_text(assistant.ask(CAPTAIN, top=1))


def test_a_conversation_in_a_real_terminal(assistant: Assistant, tmp_path: Path) -> None:
    code = """if True:
        import sys, retriever.assistant
        from tests.world import WordEncoder
        retriever.assistant._default_encoder = lambda _: WordEncoder()
        from retriever.__main__ import main
        sys.exit(main(["chat", "--top", "1", "--library", sys.argv[1]]))
    """
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "library")],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)

    def until(wanted: bytes) -> bytes:
        seen = b""
        while wanted not in seen:
            assert select.select([ours], [], [], 60)[0], seen
            seen += os.read(ours, 1024)
        return seen

    assert b"quit or Ctrl-D ends." in until(b"> ")
    os.write(ours, f"{CAPTAIN}\n".encode())
    seen = until(b"\n> ")
    os.write(ours, b"\x04")
    assert process.wait(60) == 0
    os.close(ours)
    assert "“The captain of the ferry is Tom Reed.”" in plain(seen.decode())
    assert b"\x1b[1;31m1.\x1b[0m" in seen
