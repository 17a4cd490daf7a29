"""The measures, against hand-worked cases and against ir_measures (trec_eval) and scikit-learn."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from eval import metrics

REPEATABLE = settings(derandomize=True, deadline=None)
LIBRARY = [f"d{number}" for number in range(8)]
SCORE = st.floats(0, 1, allow_nan=False)
ANSWERED = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 1.0]), st.booleans()), min_size=1)
RANKED = st.permutations(LIBRARY).flatmap(lambda order: st.integers(0, 8).map(lambda length: order[:length]))
RELEVANT = st.dictionaries(st.sampled_from(LIBRARY), st.integers(0, 3), min_size=1)
RANKING_METRICS: list[tuple[metrics.RankingMetric, ir_measures.Measure]] = [
    *((partial(metrics.hit_at, k=k), ir_measures.Success @ k) for k in (1, 3, 10)),
    *((partial(metrics.recall_at, k=k), ir_measures.R @ k) for k in (1, 5, 10)),
    *((partial(metrics.ndcg_at, k=k), ir_measures.nDCG @ k) for k in (1, 5, 10)),
    *((partial(metrics.reciprocal_rank, k=k), ir_measures.RR @ k) for k in (2, 10)),
    (metrics.average_precision, ir_measures.AP),
]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters `start` to `end` of a document."""

    document_id: str
    start: int
    end: int


MILL = Stretch("mill", 10, 20)
LAKE = Stretch("lake", 0, 5)


# Ranking


@pytest.mark.parametrize(("metric", "reference"), RANKING_METRICS, ids=[str(each) for _, each in RANKING_METRICS])
@REPEATABLE
@given(ranked=RANKED, relevant=RELEVANT)
def test_every_ranking_measure_is_that_of_trec_eval(
    metric: metrics.RankingMetric,
    reference: ir_measures.Measure,
    ranked: list[str],
    relevant: dict[str, int],
) -> None:
    run = {"query": {document_id: float(-rank) for rank, document_id in enumerate(ranked)}}
    expected = ir_measures.calc_aggregate([reference], {"query": relevant}, run)[reference]
    assert metric(ranked, {key: float(grade) for key, grade in relevant.items()}) == pytest.approx(expected, abs=1e-9)


def test_the_mean_leaves_out_what_is_undefined() -> None:
    assert metrics.mean([1.0, math.nan, 0.0]) == 0.5
    assert math.isnan(metrics.mean([]))


def test_ndcg_weighs_the_grade_itself_and_not_its_power() -> None:
    found_second = metrics.ndcg_at(["lake", "mill"], {"mill": 3.0, "lake": 1.0}, 10)
    assert found_second == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_a_document_judged_below_zero_is_not_relevant() -> None:
    assert metrics.ndcg_at(["lake", "mill"], {"mill": 1.0, "lake": -1.0}, 10) == pytest.approx(1 / math.log2(3))
    assert metrics.recall_at(["lake"], {"mill": 1.0, "lake": -1.0}, 10) == 0


def test_a_document_ranked_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="3 documents ranked, only 2 distinct"):
        metrics.average_precision(["mill", "lake", "mill"], {"mill": 1.0})


@REPEATABLE
@given(ranked=RANKED, relevant=RELEVANT, k=st.integers(1, 7))
def test_looking_further_down_never_finds_less(ranked: list[str], relevant: dict[str, float], k: int) -> None:
    for metric in (metrics.hit_at, metrics.recall_at, metrics.reciprocal_rank):
        assert 0 <= metric(ranked, relevant, k) <= metric(ranked, relevant, k + 1) <= 1


# Quotes


def test_a_quote_hits_only_when_it_holds_the_whole_gold_span() -> None:
    assert metrics.quote_hit_at([Stretch("mill", 10, 20)], [MILL], 1) == 1
    assert metrics.quote_hit_at([Stretch("mill", 0, 99)], [MILL], 1) == 1
    assert metrics.quote_hit_at([Stretch("mill", 11, 20)], [MILL], 1) == 0
    assert metrics.quote_hit_at([Stretch("mill", 10, 19)], [MILL], 1) == 0
    assert metrics.quote_hit_at([Stretch("lake", 10, 20)], [MILL], 1) == 0


def test_a_quote_hits_any_gold_span_but_only_among_the_first_k() -> None:
    quotes = [Stretch("lake", 6, 9), MILL]
    assert metrics.quote_hit_at(quotes, [LAKE, MILL], 1) == 0
    assert metrics.quote_hit_at(quotes, [LAKE, MILL], 2) == 1
    assert metrics.quote_hit_at([], [MILL], 2) == 0


def test_an_answer_is_whole_when_the_first_quotes_together_give_every_part() -> None:
    quotes = [Stretch("sea", 0, 9), MILL, LAKE]
    assert metrics.whole_at(quotes, [[MILL], [LAKE]], 3) == 1
    assert metrics.whole_at(quotes, [[MILL], [LAKE]], 2) == 0
    assert metrics.whole_at(quotes, [[MILL, LAKE]], 2) == 1
    assert metrics.whole_at(quotes, [[MILL], []], 3) == 0


def test_citation_precision_counts_quotes_that_overlap_gold() -> None:
    touching = Stretch("mill", 20, 30)
    overlapping = Stretch("mill", 19, 30)
    assert metrics.citation_precision([touching], [MILL]) == 0
    assert metrics.citation_precision([Stretch("mill", 0, 10)], [MILL]) == 0
    assert metrics.citation_precision([touching, overlapping, MILL, Stretch("lake", 12, 14)], [MILL]) == 0.5
    assert math.isnan(metrics.citation_precision([], [MILL]))


def test_citation_recall_counts_documents_and_not_quotes() -> None:
    gold = [MILL, Stretch("mill", 50, 60), LAKE]
    assert metrics.citation_recall([MILL, Stretch("mill", 50, 60)], gold) == 0.5
    assert metrics.citation_recall([MILL, LAKE], gold) == 1
    assert metrics.citation_recall([Stretch("lake", 5, 9)], gold) == 0
    assert math.isnan(metrics.citation_recall([MILL], []))


@pytest.mark.parametrize(
    ("highlight", "answers", "exact", "f1"),
    [
        ("The Mill!", ["mill"], 1, 1),
        ("a  MILL by an\tlake", ["Mill by the lake."], 1, 1),
        ("theatre", ["atre"], 0, 0),
        ("the old mill", ["mill"], 0, 2 / 3),
        ("mill", ["lake", "old mill"], 0, 2 / 3),
        ("mill mill", ["mill mill lake"], 0, 4 / 5),
        ("mill mill", ["mill"], 0, 2 / 3),
        ("old—the—mill", ["old— —mill"], 1, 1),
        ("it's 1,000", ["its 1000"], 1, 1),
        ("", [], 1, 1),
        ("mill", [], 0, 0),
        ("", ["mill"], 0, 0),
        ("", ["the", "mill"], 0, 0),
        ("", ["the"], 1, 1),
    ],
)
def test_highlights_are_compared_as_squad_compares_them(
    highlight: str, answers: list[str], exact: float, f1: float
) -> None:
    assert metrics.exact_match(highlight, answers) == exact
    assert metrics.token_f1(highlight, answers) == pytest.approx(f1)


@REPEATABLE
@given(highlight=st.text("ab the.", max_size=12), answers=st.lists(st.text("ab the.", max_size=12)))
def test_an_exact_match_is_a_full_f1_and_f1_stays_within_bounds(highlight: str, answers: list[str]) -> None:
    exact, f1 = metrics.exact_match(highlight, answers), metrics.token_f1(highlight, answers)
    assert exact in (0, 1)
    assert exact <= f1 <= 1


# Refusing


def test_refusals_are_right_on_unanswerable_questions() -> None:
    refused = [True, True, True, False, False]
    answerable = [False, False, True, False, True]
    assert metrics.refusal_precision(refused, answerable) == pytest.approx(2 / 3)
    assert metrics.refusal_recall(refused, answerable) == pytest.approx(2 / 3)
    assert metrics.refusal_recall([True, False, False], [False, False, False]) == pytest.approx(1 / 3)
    assert metrics.refusal_precision([True, False, False], [False, False, False]) == 1


def test_refusal_measures_without_a_case_are_undefined() -> None:
    assert math.isnan(metrics.refusal_precision([False, False], [True, False]))
    assert math.isnan(metrics.refusal_recall([True, False], [True, True]))


@REPEATABLE
@given(answered=ANSWERED)
def test_auroc_is_that_of_scikit_learn_ties_included(answered: list[tuple[float, bool]]) -> None:
    confidence, positive = zip(*answered, strict=True)
    if len(set(positive)) == 2:
        expected = roc_auc_score(positive, confidence)
        assert metrics.auroc(confidence, positive) == pytest.approx(expected, abs=1e-9)
    else:
        assert math.isnan(metrics.auroc(confidence, positive))


def test_risk_rises_where_a_wrong_answer_joins_the_more_confident() -> None:
    curve = metrics.risk_coverage([0.2, 0.9, 0.6, 0.4], [False, True, False, True])
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert curve.risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])
    assert curve.area == pytest.approx((1 / 2 + 1 / 3 + 2 / 4) / 4)


def test_tied_confidences_give_the_mean_of_all_their_orders() -> None:
    wrong_first = np.array(list(itertools.permutations([1, 1, 0])))
    expected = (np.cumsum(wrong_first, axis=1) / [1, 2, 3]).mean(axis=0)
    curve = metrics.risk_coverage([0.5, 0.5, 0.5], [False, True, False])
    assert curve.risk == pytest.approx(expected)


@REPEATABLE
@given(answered=ANSWERED)
def test_the_risk_of_answering_everything_is_the_share_of_wrong_answers(
    answered: list[tuple[float, bool]],
) -> None:
    confidence, correct = zip(*answered, strict=True)
    curve = metrics.risk_coverage(confidence, correct)
    assert curve.risk[-1] == pytest.approx(1 - np.mean(correct))
    assert curve.coverage[-1] == 1
    assert np.all(np.diff(curve.coverage) > 0)
    assert 0 <= curve.area <= 1


def test_reliability_bins_are_open_below_and_closed_above() -> None:
    table = metrics.reliability_bins([0.0, 0.1, 0.3, 0.31, 0.7, 1.0], [False, True, True, False, True, True])
    assert [(row.lower, row.upper, row.count) for row in table] == [
        (0.0, 0.1, 2),
        (0.2, 0.3, 1),
        (0.3, 0.4, 1),
        (0.6, 0.7, 1),
        (0.9, 1.0, 1),
    ]
    assert (table[0].confidence, table[0].accuracy) == (0.05, 0.5)


def test_calibration_error_weighs_each_bin_by_its_answers() -> None:
    confidence, correct = [0.75, 0.75, 0.75, 0.25], [True, True, False, True]
    assert metrics.expected_calibration_error(confidence, correct) == pytest.approx(
        3 / 4 * abs(2 / 3 - 0.75) + 1 / 4 * abs(1 - 0.25)
    )


def test_over_and_underconfidence_cancel_only_inside_a_bin() -> None:
    assert metrics.expected_calibration_error([0.41, 0.59], [False, True], bins=1) == pytest.approx(0)
    assert metrics.expected_calibration_error([0.41, 0.59], [False, True], bins=2) == pytest.approx(0.41)


@REPEATABLE
@given(answered=ANSWERED)
def test_the_bins_hold_every_answer_once(answered: list[tuple[float, bool]]) -> None:
    confidence, correct = zip(*answered, strict=True)
    table = metrics.reliability_bins(confidence, correct)
    assert sum(row.count for row in table) == len(answered)
    assert all(row.lower - 1e-9 <= row.confidence <= row.upper + 1e-9 for row in table)
    assert 0 <= metrics.expected_calibration_error(confidence, correct) <= 1


@pytest.mark.parametrize("confidence", [1.2, -0.1, math.nan])
def test_a_confidence_outside_0_to_1_is_an_error(confidence: float) -> None:
    with pytest.raises(ValueError, match="expected 0 to 1"):
        metrics.expected_calibration_error([0.5, confidence], [True, True])


@pytest.mark.parametrize(
    "metric",
    [
        metrics.refusal_precision,
        metrics.refusal_recall,
        metrics.auroc,
        metrics.risk_coverage,
        metrics.reliability_bins,
        metrics.expected_calibration_error,
        partial(metrics.paired_p_value, seed=0),
        lambda values, groups: metrics.bootstrap_interval(values, 0, groups),
    ],
)
def test_values_without_a_partner_are_an_error(
    metric: Callable[[Sequence[float], Sequence[float]], object],
) -> None:
    with pytest.raises(ValueError, match="2 values beside 3"):
        metric([1, 0], [1, 0, 1])
    with pytest.raises(ValueError, match="0 values beside 0"):
        metric([], [])


# Follow-ups, cost, chance


def test_the_gap_closed_is_0_as_typed_and_1_as_a_person_rewrites() -> None:
    assert metrics.gap_closed(0.4, 0.4, 0.8) == 0
    assert metrics.gap_closed(0.4, 0.7, 0.8) == pytest.approx(0.75)
    assert metrics.gap_closed(0.4, 0.8, 0.8) == 1
    assert metrics.gap_closed(0.4, 0.3, 0.8) == pytest.approx(-0.25)
    assert math.isnan(metrics.gap_closed(0.4, 0.5, 0.4))


def test_latency_is_the_median_and_the_slow_end() -> None:
    assert metrics.latency(range(101, 0, -1)) == metrics.Latency(median=51, p95=96)
    assert metrics.latency([3, 5]).p95 == pytest.approx(4.9)


def test_peak_memory_is_at_least_that_of_an_array_just_filled() -> None:
    held = np.ones(2**23)
    assert held.nbytes / 2**20 < metrics.peak_memory() < 2**15


def test_the_interval_of_equal_values_is_that_value() -> None:
    interval = metrics.bootstrap_interval([0.3, 0.3, 0.3], seed=1)
    assert (interval.low, interval.high) == pytest.approx((0.3, 0.3))


def test_the_interval_is_about_two_standard_errors_each_way() -> None:
    values = np.random.default_rng(3).normal(5, 2, 400)
    interval = metrics.bootstrap_interval(values, seed=1)
    standard_error = values.std() / math.sqrt(len(values))
    assert interval.low == pytest.approx(values.mean() - 1.96 * standard_error, abs=0.2 * standard_error)
    assert interval.high == pytest.approx(values.mean() + 1.96 * standard_error, abs=0.2 * standard_error)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values = np.random.default_rng(3).normal(size=50)
    assert metrics.bootstrap_interval(values, seed=1) == metrics.bootstrap_interval(values, seed=1)
    assert metrics.bootstrap_interval(values, seed=1) != metrics.bootstrap_interval(values, seed=2)


def test_questions_that_hang_together_widen_the_interval() -> None:
    per_article = np.random.default_rng(3).normal(size=20)
    values, articles = np.repeat(per_article, 25), [f"article {number // 25}" for number in range(500)]
    alone, together = metrics.bootstrap_interval(values, 1), metrics.bootstrap_interval(values, 1, articles)
    one_each = metrics.bootstrap_interval(per_article, 1)
    assert (together.low, together.high) == pytest.approx((one_each.low, one_each.high))
    assert together.high - together.low > 3 * (alone.high - alone.low)


def test_articles_of_unequal_size_weigh_by_their_questions() -> None:
    long, short = [f"long {number}" for number in range(40)], [f"short {number}" for number in range(40)]
    interval = metrics.bootstrap_interval([1] * 120 + [0] * 40, 1, long * 3 + short)
    assert 0.5 < interval.low < 0.75 < interval.high < 1


@REPEATABLE
@given(differences=st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.1, 0.5, 1.0]), min_size=1, max_size=8))
def test_the_p_value_nears_that_of_all_swaps(differences: list[float]) -> None:
    swaps = np.array(list(itertools.product([1, -1], repeat=len(differences))))
    exact = np.mean(np.abs(swaps @ differences) >= abs(sum(differences)) - 1e-9)
    p_value = metrics.paired_p_value(differences, [0.0] * len(differences), seed=1)
    assert p_value == pytest.approx(exact, abs=0.03)


def test_alike_runs_have_a_p_value_of_1_and_a_clear_gain_one_near_0() -> None:
    before = np.random.default_rng(3).normal(size=100)
    assert metrics.paired_p_value(before, before, seed=1) == 1
    assert metrics.paired_p_value(before + 1, before, seed=1) == pytest.approx(1 / 10_001)


@REPEATABLE
@given(scores=st.lists(st.tuples(SCORE, SCORE), min_size=1, max_size=10))
def test_the_p_value_is_the_same_from_either_side(scores: list[tuple[float, float]]) -> None:
    now, before = zip(*scores, strict=True)
    forth, back = metrics.paired_p_value(now, before, 1), metrics.paired_p_value(before, now, 1)
    assert forth == back
    assert 0 < forth <= 1
