"""`python -m eval` with the real model on a few questions: what it prints, saves and compares."""

import json
from pathlib import Path

import pytest

from eval import runs
from eval.__main__ import QUESTIONS, main
from eval.datasets import DataError
from eval.runs import load

pytestmark = pytest.mark.model
KEYS = {"dataset", "n", "metrics", "commit", "encoder"}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six questions: the first four, and two that nothing answers."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    unanswerable = [line for line in lines if not json.loads(line)["answerable"]]
    file = tmp_path_factory.mktemp("few") / "few.jsonl"
    file.write_text("\n".join([*lines[:4], *unanswerable[:2]]) + "\n", encoding="utf-8")
    return file


def test_json_is_one_object_of_the_contract(few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--questions", str(few), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed.keys() == KEYS
    assert (printed["dataset"], printed["n"]) == ("few", 6)
    assert {"hit@1", "recall@5", "mrr@10", "ndcg@10", "quote_hit@1", "refusal_recall"} <= printed["metrics"].keys()
    assert all(isinstance(value, float | int) for value in printed["metrics"].values())


def test_a_saved_run_is_compared_with_the_next_and_a_report_is_written(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("eval.__main__.RESULTS", tmp_path)
    assert main(["--questions", str(few), "--save"]) == 0
    (saved,) = tmp_path.glob("few-*.jsonl")
    assert len(load(saved)[1]) == 6
    capsys.readouterr()
    report = tmp_path / "report.html"
    arguments = ["--questions", str(few), "--against", str(saved), "--compare", "--report", str(report)]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "bm25" in out
    assert f"against {saved.name}" in out
    assert "1.000" in out.split("against")[1], "a run does not differ from itself"
    assert "few" in report.read_text(encoding="utf-8")


def test_a_split_without_questions_is_said(few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--questions", str(few), "--split", "closed"]) == 1
    assert "has no questions of the split 'closed'" in capsys.readouterr().err


def test_what_is_no_saved_run_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text("{}\n{}\n")
    with pytest.raises(DataError, match="not a run that --save wrote"):
        load(tmp_path / "run.jsonl")
    with pytest.raises(DataError, match="cannot be read"):
        load(tmp_path / "none.jsonl")


def test_every_gold_quote_of_the_shipped_questions_is_a_slice_and_enough_are_unanswerable() -> None:
    from eval.datasets import read_questions

    texts = {file.name: file.read_bytes().decode("utf-8") for file in (runs.ROOT / "corpus").glob("*.txt")}
    questions = read_questions(QUESTIONS, texts).questions
    assert len(questions) >= 150
    assert sum(not question.answerable for question in questions) >= 40
    assert 0.45 <= sum(question.split == "held" for question in questions) / len(questions) <= 0.55
