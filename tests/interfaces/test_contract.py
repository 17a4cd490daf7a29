"""What the commands print with `--json` is the contract that other programs read."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from retriever import Assistant, Verdict
from retriever.__main__ import main
from retriever.interfaces.schemas import json_schemas
from tests.world import FERRY, TEXTS, WordEncoder

SCHEMAS = json_schemas()
Run = Callable[..., list[dict]]


def check(fields: dict, name: str) -> None:
    Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"}).validate(fields)


@pytest.fixture
def run(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Runs a command on the library of Varn; each line of its output, read as JSON."""
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())

    def lines(*arguments: str) -> list[dict]:
        capsys.readouterr()
        assert main([*arguments, "--library", str(tmp_path / "library"), "--json"]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        return [json.loads(line) for line in printed.out.split("\n")[:-1]]

    return lines


def test_the_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(SCHEMAS)


@pytest.mark.parametrize(
    "question", ["Who is the captain of the ferry?", "steps", "Why do volcanoes erupt?", "the mill"]
)
def test_an_answer(run: Run, question: str) -> None:
    (answer,) = run("ask", question)
    check(answer, "AnswerSchema")
    assert answer["id"] is None
    assert answer["question"] == question
    for quote in answer["quotes"]:
        assert TEXTS[quote["document_id"]][quote["start"] : quote["end"]] == quote["text"]
        if quote["highlight"]:
            start, end = quote["highlight"]
            assert 0 <= start < end <= len(quote["text"])


def test_a_checked_draft(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("He said: “A ticket costs 12 crowns.”\n", encoding="utf-8")
    (report,) = run("check", str(draft))
    check(report, "CheckSchema")
    (found,) = report["quotations"]
    assert (report["clean"], found["status"]) == (True, "found")
    (place,) = found["places"]
    assert TEXTS[place["document_id"]][place["start"] : place["end"]] == place["text"]


@pytest.mark.parametrize("verdict", ["clear", "unsure", "absent"])
def test_an_answer_of_each_verdict(run: Run, monkeypatch: pytest.MonkeyPatch, verdict: str) -> None:
    monkeypatch.setattr("retriever.answering.pipeline.verdict_of", lambda *_: Verdict(verdict))
    (answer,) = run("ask", "Who is the captain of the ferry?")
    check(answer, "AnswerSchema")
    assert answer["verdict"] == verdict
    assert answer["answered"] == bool(answer["quotes"]) == (answer["covers"] is None) == (verdict != "absent")


def test_a_batch_gives_one_answer_a_line_with_its_id(run: Run, tmp_path: Path) -> None:
    questions = [
        {"id": "7", "question": "Who is the captain of the ferry?"},
        {
            "id": "8",
            "question": "And who is its\u2028keeper?",
            "history": [{"question": "Who lit the lighthouse?", "answer": "?"}],
        },
        {"question": "Why do volcanoes erupt?", "history": []},
    ]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in questions) + "\n", encoding="utf-8-sig")
    answers = run("ask", "--batch", str(batch))
    for answer in answers:
        check(answer, "AnswerSchema")
    assert [answer["id"] for answer in answers] == ["7", "8", None]
    assert answers[0]["understood_as"] == answers[0]["question"]
    assert "lighthouse" in answers[1]["understood_as"]


def test_the_list(run: Run) -> None:
    listed = run("list")
    for fields in listed:
        check(fields, "DocumentSchema")
    assert [fields["id"] for fields in listed] == list(TEXTS)


def test_the_timeline(run: Run) -> None:
    points = run("timeline")
    assert points
    for fields in points:
        check(fields, "PointSchema")
        assert TEXTS[fields["document_id"]][fields["start"] : fields["end"]] == fields["text"]


def test_a_shown_document(run: Run) -> None:
    (shown,) = run("show", "lighthouse.txt")
    check(shown, "WholeDocumentSchema")
    assert [shown["text"][start:end] for start, end in shown["furniture"]] == ["Share post:", "Recommended Videos"]
    assert {name: shown[name] for name in run("list")[2]} == run("list")[2]


def test_text_is_printed_as_it_is(run: Run) -> None:
    (shown,) = run("show", "ferry.txt")
    assert shown["text"] == FERRY
    assert shown["characters"] == len(FERRY)
