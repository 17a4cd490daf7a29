"""The figures of other languages: each question with its document and without, and English questions about them."""

import json
import math
from dataclasses import replace

import pytest

from eval.datasets import DataSet, Gold, Question, Source
from eval.languages import PARALLEL, Figures, english_questions, main, spread, trials
from eval.runs import Run, Trial
from eval.systems import Outcome, SystemQuote
from retriever import Verdict

TEXT = "Die Fähre legt um neun ab. Der Leuchtturm ist rot."
PARAGRAPHS = (Source("xq-005", "Insel", TEXT), Source("xq-006", "Insel", "Der Bäcker backt Brot."))
FERRY = Question("ferry", "Wann legt die Fähre ab?", (Gold("xq-005", 15, 22),), ("um neun",), context_id="xq-005")
BREAD = Question("bread", "Was backt der Bäcker?", (Gold("xq-006", 17, 21),), ("Brot",), context_id="xq-006")
QRELS = {"ferry": {"xq-005": 1.0}, "bread": {"xq-006": 1.0}}
GERMAN = DataSet("xquad_de", PARAGRAPHS, (FERRY, BREAD), QRELS)


def outcome(trial: Trial, verdict: Verdict, start: int, end: int, document: str = "xq-005") -> Outcome:
    quotes = (SystemQuote(document, start, end, TEXT[start:end]),)
    return Outcome(trial.question.id, (document,), quotes, 0.5, 0.5, verdict, {"total": 8.0})


def test_each_question_is_asked_with_its_document_and_without() -> None:
    asked = trials(GERMAN, GERMAN.questions)
    assert [(item.question.id, set(item.hidden), item.answerable) for item in asked] == [
        ("ferry", set(), True),
        ("bread", set(), True),
        ("ferry", {"xq-005"}, False),
        ("bread", {"xq-006"}, False),
    ]


def test_the_figures_are_shares_of_the_questions_asked() -> None:
    items = trials(GERMAN, GERMAN.questions)
    outcomes = (
        outcome(items[0], Verdict.CLEAR, 0, 26),
        outcome(items[1], Verdict.ABSENT, 0, 26),
        outcome(items[2], Verdict.CLEAR, 27, 50),
        outcome(items[3], Verdict.ABSENT, 27, 50),
    )
    found = Figures.of("de, de", Run("ibid", tuple(items), outcomes), {"ferry": "xq-005", "bread": "xq-006"})
    assert (found.count, found.passage, found.first, found.three) == (2, 0.5, 0.5, 0.5)
    assert (found.refused, found.gone_refused, found.gone_clear, found.clear_wrong) == (0.5, 0.5, 0.5, 0.5)
    assert found.milliseconds == 8


def test_a_near_miss_counts_apart_from_a_question_whose_document_is_hidden() -> None:
    miss = Trial(replace(FERRY, answerable=False), answerable=False)
    items = [*trials(GERMAN, [FERRY]), miss, miss]
    verdicts = (Verdict.CLEAR, Verdict.ABSENT, Verdict.CLEAR, Verdict.UNSURE)
    outcomes = tuple(outcome(item, verdict, 0, 26) for item, verdict in zip(items, verdicts, strict=True))
    found = Figures.of("de, de", Run("ibid", tuple(items), outcomes), {"ferry": "xq-005"})
    assert (found.count, found.gone_refused, found.gone_clear, found.clear_wrong) == (1, 1, 0, 0)
    assert (found.near_refused, found.near_clear) == (0, 0.5)


def test_an_english_question_is_about_the_paragraph_s_translation() -> None:
    its = json.loads(PARALLEL.read_text(encoding="utf-8"))["xq-005"]
    other = replace(FERRY, id="other", context_id="sq2-Elsewhere-001")
    english = DataSet("squad2", (), (replace(FERRY, context_id=its), other), {})
    chosen = english_questions(english, GERMAN)
    assert [(one.id, one.context_id, one.gold) for one in chosen.questions] == [("ferry", "xq-005", ())]
    items = [Trial(one) for one in chosen.questions]
    run = Run("ibid", tuple(items), tuple(outcome(one, Verdict.CLEAR, 0, 5) for one in items))
    found = Figures.of("de, en", run, {"ferry": "xq-005"})
    assert (found.passage, found.clear_wrong) == (1, 0)
    assert math.isnan(found.first), "nobody says which German words answer"


def test_few_questions_are_spread_over_all() -> None:
    many = [replace(FERRY, id=str(at)) for at in range(100)]
    assert [one.id for one in spread(many, 3)] == ["0", "49", "99"]
    assert spread(many, None) == many


def test_a_folder_without_the_data_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", "/no/such/folder"]) == 1
    assert "/no/such/folder" in capsys.readouterr().err
