"""The answers that a user has judged, asked again."""

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.mine import CaseKind, ask_again
from retriever import Assistant, Judgement
from retriever.casefile.judged import JudgedCases
from tests.world import FERRY, WordEncoder

CAPTAIN = "Who is the captain of the ferry?"
VOLCANOES = "Why do volcanoes erupt?"


def judge(assistant: Assistant, judgement: Judgement, question: str) -> None:
    answer = assistant.ask(question)
    quote = answer.quotes[0] if answer.quotes else None
    JudgedCases(assistant.kept).judge(judgement, answer, quote, "5" * 64)


def test_judged_answers_are_asked_again(
    assistant: Assistant, varn: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    library = str(assistant.folder)
    assert main(["--questions", library]) == 1
    assert "no judged answers" in capsys.readouterr().err
    judge(assistant, Judgement.RIGHT, CAPTAIN)
    judge(assistant, Judgement.WRONG, "Who is the keeper of the lighthouse?")
    judge(assistant, Judgement.RIGHT, VOLCANOES)
    assert main(["--questions", library, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "dataset": "mine",
        "n": 3,
        "changed_since": 0,
        "metrics": {"right_first": 1.0, "wrong_not_first": 0.0, "still_refused": 1.0},
    }
    judge(assistant, Judgement.WRONG, VOLCANOES)  # the last judgement counts
    (varn / "ferry.txt").write_text(FERRY.replace("Tom Reed", "Nora Vale"))
    assistant.index([varn])
    monkeypatch.setenv("IBID_LIBRARY", library)
    assert main(["--questions", "mine", "--wrong"]) == 0
    said = capsys.readouterr().out
    assert "1 left out" in said
    assert "now_answered failed" in said
    assert "wrong_not_first failed" in said


def test_any_quote_that_was_called_right_may_come_first(assistant: Assistant) -> None:
    answer = assistant.ask("What does a ticket cost?")
    assert len(answer.quotes) > 1
    for quote in answer.quotes[:2]:
        JudgedCases(assistant.kept).judge(Judgement.RIGHT, answer, quote, "5" * 64)
    judged = ask_again(assistant, assistant.judged_cases())
    assert [(one.kind, one.passed) for one in judged] == [(CaseKind.RIGHT_FIRST, True)] * 2
