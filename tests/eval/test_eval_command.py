"""`python -m eval` with the real model on a few questions: what it prints, saves and compares."""

import argparse
import json
from pathlib import Path

import pytest

from eval import runs
from eval.__main__ import COLLECTIONS, QUESTIONS, main
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


def test_collections_are_told_by_kind_and_by_collection_and_what_went_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("eval.__main__.KEPT_LIBRARIES", tmp_path / "kept")
    asked = {"collection": "mill", "kind": "who", "answerable": True, "doc": ["mill.txt"]}
    rows = [
        asked | {"id": "1", "q": "Who owns the mill?", "a": ["anna owns the mill"]},
        asked | {"id": "2", "q": "Who owns the old mill?", "a": ["Bertha\tBrook"]},
        asked | {"id": "3", "q": "Who is the king of France?", "a": [], "doc": [], "kind": "far", "answerable": False},
    ]
    docs = tmp_path / "village" / "mill" / "docs"
    docs.mkdir(parents=True)
    (docs / "mill.txt").write_text("The mill is old.\n\nAnna owns the *mill*. It grinds at night.\n", encoding="utf-8")
    (tmp_path / "village" / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main(["--data", str(tmp_path / "village"), "--json", "--wrong", "--compare"]) == 0
    printed, told = capsys.readouterr()
    found = json.loads(printed)
    assert found.keys() == KEYS | {"by_kind", "by_collection"}
    assert (found["dataset"], found["n"], found["metrics"]["n_answerable"]) == ("village", 3, 2)
    assert (found["by_kind"]["who"]["n"], found["by_kind"]["far"]["n"]) == (2, 1)
    assert found["by_kind"]["who"]["first_right"] == found["metrics"]["first_right"] == 0.5
    assert found["by_collection"]["mill"]["refusal_recall"] == found["metrics"]["refusal_recall"]
    assert "milliseconds_p50" not in found["by_kind"]["who"]
    assert "Who owns the old mill?\n" in told
    assert "expected: Bertha Brook\n" in told

    report = tmp_path / "report.html"
    assert main(["--data", str(tmp_path / "village"), "--report", str(report)]) == 0
    assert "Anna owns the *mill" in report.read_text(encoding="utf-8")
    table = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["n", "first_right", "three_right", "refused", "clear"] in table
    assert [line[:3] for line in table if line[:1] == ["all"]] == [["all", "3", "0.500"]]


@pytest.mark.parametrize("option", ["--check", "--expect"])
def test_the_whole_qa_set_is_checked_together_with_the_collections(
    option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated: list[Path | None] = []

    def evaluate(chosen: argparse.Namespace) -> int:
        evaluated.append(chosen.data)
        return int(chosen.data == COLLECTIONS)

    monkeypatch.setattr("eval.__main__._evaluate", evaluate)
    assert main([option]) == 1
    assert evaluated == [None, COLLECTIONS]
    assert main([option, "--split", "open"]) == 0
    assert main([option, "--data", "village"]) == 0
    assert main([]) == 0
    assert evaluated[2:] == [None, Path("village"), None]


def test_another_encoder_is_for_data_sets_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--encoder", "multilingual"]) == 1
    assert "--encoder needs --data" in capsys.readouterr().err


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
