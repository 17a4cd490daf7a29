"""The report of an evaluation, in a village with a mill, a lake and an inn."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from eval.__main__ import main
from eval.datasets import DataError, DataSet, Gold, Question
from eval.measures import Measure
from eval.metrics import Interval, ReliabilityBin, RiskCoverage
from eval.plots import (
    SQUARE,
    WIDTH,
    Category,
    Plot,
    category_plot,
    latency_plot,
    reliability_plot,
    risk_coverage_plot,
    wilson,
)
from eval.report import MEANINGS, Evaluation, Result, check_writable, judge, questions, render, write_report
from eval.runs import Run, Trial
from eval.systems import Outcome, SystemQuote
from retriever import Document, Verdict

HOSTILE = "<script>alert('mill')</script><img src=https://example.org/x.png>"
TEXTS = {
    "mill.txt": "The mill is old. Anna owns the mill. It grinds at night.",
    "lake.txt": f"The lake is deep. {HOSTILE}",
}
DOCUMENTS = {key: Document(key, f"The {key[:4]}", text, key, "text/plain", "") for key, text in TEXTS.items()}
OWNER = Question("owner", "Who owns the mill?", (Gold("mill.txt", 17, 21),), ("Anna",), True, "who", "open")
DEPTH = Question("depth", "How deep is the lake?", (), (), False, "far", "held")
NIGHT = replace(OWNER, id="night", text="And at night?", gold=(Gold("mill.txt", 37, 56),), history=(("Mill?", "Old."),))
EVIL = replace(DEPTH, id=f'"{HOSTILE}', text=HOSTILE, category=HOSTILE)


def shown(document_id: str, start: int, end: int, highlight: str = "") -> SystemQuote:
    return SystemQuote(document_id, start, end, TEXTS[document_id][start:end], highlight, "meaning 1, words 2: mill")


OWNED = shown("mill.txt", 17, 36, "Anna owns")
OLD = shown("mill.txt", 0, 16)
DEEP = shown("lake.txt", 0, len(TEXTS["lake.txt"]))


def outcome(question: Question, quote: SystemQuote, confidence: float, verdict: Verdict = Verdict.CLEAR) -> Outcome:
    ranked = ("mill.txt:0-16", "mill.txt:17-56")
    return Outcome(
        question.id, ranked, (quote,), confidence, confidence, verdict, {"encode": 2.0, "total": 3.0}, question.text
    )


def evaluation(pairs: Sequence[tuple[Question, Outcome]]) -> Evaluation:
    asked = tuple(Trial(question, answerable=question.answerable) for question, _ in pairs)
    run = Run("ibid", asked, tuple(out for _, out in pairs))
    measured = {"hit@1": Measure(0.5, Interval(0.25, 1.0), {"owner": 1.0}), "ece": Measure(0.125, None, {})}
    return Evaluation(
        dataset=DataSet("village", None, tuple(question for question, _ in pairs), {}),
        qrels={"owner": {"mill.txt:17-56": 1.0}},
        runs=[run, replace(run, system="dense")],
        measured=[measured, {"hit@1": Measure(0.25, None, {})}],
        printed={"dataset": "village", "n": len(pairs), "commit": "unknown", "encoder": "words"},
        document=lambda _, key: DOCUMENTS[key],
    )


VILLAGE = evaluation(
    [
        (OWNER, outcome(OWNER, OWNED, 0.9)),
        (DEPTH, outcome(DEPTH, DEEP, 0.2, Verdict.ABSENT)),
        (NIGHT, replace(outcome(NIGHT, OLD, 0.6, Verdict.UNSURE), understood_as="Does the mill grind at night?")),
        (EVIL, outcome(EVIL, DEEP, 0.7)),
    ]
)


def drawn(plot: Plot) -> ElementTree.Element:
    return ElementTree.fromstring(plot.svg)


@pytest.mark.parametrize(
    ("question", "quote", "verdict", "result"),
    [
        (OWNER, OWNED, Verdict.CLEAR, Result.RIGHT),
        (OWNER, OWNED, Verdict.UNSURE, Result.RIGHT),
        (OWNER, OWNED, Verdict.ABSENT, Result.REFUSED),
        (OWNER, OLD, Verdict.CLEAR, Result.WRONG),
        (DEPTH, DEEP, Verdict.UNSURE, Result.ANSWERED),
        (DEPTH, DEEP, Verdict.ABSENT, Result.DECLINED),
        (replace(OWNER, gold=(), answers=()), OWNED, Verdict.CLEAR, Result.UNJUDGED),
    ],
)
def test_a_question_fails_by_a_wrong_quote_or_a_wrong_verdict(
    question: Question, quote: SystemQuote, verdict: Verdict, result: Result
) -> None:
    assert judge(Trial(question, answerable=question.answerable), outcome(question, quote, 0.5, verdict), {}) is result


def test_without_marked_words_the_first_document_decides() -> None:
    asked, out = Trial(replace(OWNER, gold=(), answers=())), outcome(OWNER, OLD, 0.5)
    assert judge(asked, out, {"mill.txt": 1}) is Result.RIGHT
    assert judge(asked, out, {"lake.txt": 1}) is Result.WRONG
    assert judge(asked, replace(out, quotes=(), ranked=("lake.txt",)), {"lake.txt": 1}) is Result.RIGHT


def test_a_wanted_quote_deep_in_a_text_stands_between_whole_words() -> None:
    text = "word " * 20 + "Anna" + " word" * 20
    deep = replace(OWNER, gold=(Gold("mill.txt", 100, 104),))
    made = evaluation([(deep, outcome(deep, OLD, 0.5))])
    page = render(replace(made, document=lambda _, key: replace(DOCUMENTS[key], text=text)))
    assert f"… {'word ' * 11}<mark>Anna</mark>{' word' * 11} …" in page


def test_failures_come_first_the_surest_at_the_head() -> None:
    assert [entry.trial.question.id for entry in questions(VILLAGE)] == [EVIL.id, "night", "depth", "owner"]


def test_every_question_is_there_once() -> None:
    page = render(VILLAGE)
    assert [page.count(f'<li id="question-{number}"') for number in range(1, 6)] == [1, 1, 1, 1, 0]


def test_a_question_shows_what_came_what_was_wanted_and_why() -> None:
    page = render(VILLAGE)
    assert "<mark><strong>Anna</strong></mark><strong> owns</strong> the mill." in page
    assert "The mill is old. <mark>Anna</mark> owns the mill. It grinds at night." in page
    assert "meaning 1, words 2: mill" in page
    assert "first relevant passage at rank 2" in page
    assert "Asked as: “Does the mill grind at night?”" in page
    assert "After 1 earlier question<" in page
    assert "Of 2 questions that the documents answer, 1 got the right quote first." in page
    assert "Of 2 that they don’t, 1 was refused." in page


def test_hostile_text_is_shown_and_never_run() -> None:
    page = render(VILLAGE)
    assert page.count("<script") == 1
    assert "<img" not in page
    assert page.count("&lt;script&gt;") > 3


def test_nothing_is_asked_of_the_network() -> None:
    page = render(VILLAGE)
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page) + re.findall(r"url\(([^)]*)\)|@import", page)
    assert addresses
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert "default-src 'none'" in page


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("once.html", "twice.html"):
        write_report(tmp_path / name, VILLAGE)
    assert (tmp_path / "once.html").read_bytes() == (tmp_path / "twice.html").read_bytes()


def test_a_run_interrupted_before_its_first_answer_still_has_a_report() -> None:
    empty = evaluation([])
    page = render(replace(empty, runs=[replace(empty.runs[0], interrupted=True)], measured=[{}]))
    assert "No question was asked." in page
    assert "interrupted" in page


def test_a_known_curve_stands_where_it_should() -> None:
    curve = RiskCoverage(coverage=np.array([0.25, 0.5, 1.0]), risk=np.array([0.0, 1.0, 0.5]))
    plot = risk_coverage_plot({"ibid": curve})
    (line,) = drawn(plot).iter("polyline")
    points = [tuple(map(float, point.split(","))) for point in line.get("points", "").split()]
    quarter, bottom = SQUARE.width / 4, SQUARE.top + SQUARE.height
    assert points == [
        (SQUARE.left + quarter, bottom),
        (SQUARE.left + 2 * quarter, SQUARE.top),
        (SQUARE.left + 4 * quarter, bottom - SQUARE.height / 2),
    ]
    assert plot.legend == (("line series-0", "ibid (0.500)"),)


def test_a_calibrated_bin_stands_on_the_diagonal() -> None:
    plot = reliability_plot([ReliabilityBin(0.5, 0.6, 20, 0.55, 0.55)], 0.0)
    (dot,), ideal = drawn(plot).iter("circle"), next(line for line in drawn(plot) if line.get("class") == "ideal")
    x1, y1, x2, y2 = (float(ideal.get(name, "")) for name in ("x1", "y1", "x2", "y2"))
    share = (float(dot.get("cx", "")) - x1) / (x2 - x1)
    assert share == pytest.approx(0.55, abs=0.001)
    assert (float(dot.get("cy", "")) - y1) / (y2 - y1) == pytest.approx(share, abs=0.001)
    assert "20 answers" in "".join(dot.itertext())


def test_each_category_has_its_row_and_its_interval() -> None:
    plot = category_plot([Category("who", 4, 1.0, 0.5), Category("far", 2, 0.0, None)])
    marks = [(circle.get("class"), float(circle.get("cy", ""))) for circle in drawn(plot).iter("circle")]
    assert marks == [("ring", 19.0), ("dot", 19.0), ("dot", 41.0)]
    assert "who 1.00 of 4" in drawn(plot).get("aria-label", "")


def test_slow_answers_are_counted_in_the_last_bar() -> None:
    plot = latency_plot([{"encode": 5.0, "total": 10.0}] * 99 + [{"encode": 5.0, "total": 5000.0}])
    bars = [mark for mark in drawn(plot).iter("rect") if mark.get("class") == "bar"]
    assert len(bars) == 2
    assert "1 took longer than" in plot.note
    assert "median 10.0" in drawn(plot).get("aria-label", "")


def test_wilson_is_what_the_textbook_says() -> None:
    around = wilson(0.5, 10)  # Agresti & Coull 1998: (0.237, 0.763)
    assert (around.low, around.high) == pytest.approx((0.237, 0.763), abs=0.0005)
    assert wilson(1.0, 3).low == pytest.approx(3 / (3 + 1.959964**2))
    assert wilson(1.0, 3).high == 1.0


def test_every_drawing_is_said_in_words_and_fits_its_width() -> None:
    page = render(VILLAGE)
    assert page.count('role="img" aria-label="') == 4
    assert page.count(f'viewBox="0 0 {WIDTH} ') == 4


def test_known_measures_are_explained() -> None:
    assert MEANINGS["hit@1"] in render(VILLAGE)


def test_a_path_that_cannot_be_written_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--report", str(tmp_path / "nowhere" / "report.html")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "there is no folder" in said.err
    with pytest.raises(DataError, match="is a folder"):
        check_writable(tmp_path)
