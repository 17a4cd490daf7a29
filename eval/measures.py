"""Outcomes -> measures: each a number with its 95 % interval and, if it is a mean, its value for each question.

A refusal gives no quote. So if there was an answer, every quote measure counts it as a miss. Only `best_hit@1` and
`ece` use the best quote whatever the verdict, since they measure the ranking and the confidence.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from eval import metrics
from eval.datasets import DataSet, Question
from eval.metrics import Interval
from eval.runs import Run, Trial
from eval.systems import Outcome, System, SystemQuote
from retriever import Assistant, Verdict

Floats = NDArray[np.float64]
Qrels = Mapping[str, Mapping[str, float]]

SEED = 20221121  # any seed will do, as long as it never changes
RESAMPLES = 1000
RANKING: Mapping[str, metrics.RankingMetric] = {
    "hit@1": partial(metrics.hit_at, k=1),
    "hit@5": partial(metrics.hit_at, k=5),
    "recall@5": partial(metrics.recall_at, k=5),
    "recall@10": partial(metrics.recall_at, k=10),
    "mrr@10": partial(metrics.reciprocal_rank, k=10),
    "ndcg@10": partial(metrics.ndcg_at, k=10),
    "map": metrics.average_precision,
}
# For collections: each is a mean over the questions that have it.
COLLECTED = (
    "first_right",
    "three_right",
    "refused_answerable",
    "unanswerable_not_clear",
    "parts_all",
    "highlight_f1",
    "words_first",
)
# Measures that are better when lower.
COSTS = frozenset(["milliseconds_p50", "milliseconds_p95", "beside_encoder_p50", "memory_mib"])
FALLING = frozenset(["aurc", "ece", "quote_words", "refused_answerable", "clear_wrong", "words_first"]) | COSTS


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured number.

    Attributes:
        value: the number.
        interval: its 95 % bootstrap interval, or None if it has none.
        of_question: question id to value, if it is a mean over questions; else empty.
    """

    value: float
    interval: Interval | None
    of_question: Mapping[str, float]


def passage_qrels(dataset: DataSet, assistant: Assistant) -> Qrels:
    """Grade passages. Relevant are those that contain a whole gold quote, or, if none does, those that overlap it."""
    passages = {summary.id: assistant.passages(summary.id) for summary in assistant.documents()}
    judged: dict[str, dict[str, float]] = {}
    for question in dataset.questions:
        for gold in question.gold:
            within = [p for p in passages[gold.document_id] if p.start <= gold.start and gold.end <= p.end]
            sharing = [p for p in passages[gold.document_id] if p.start < gold.end and gold.start < p.end]
            judged.setdefault(question.id, {}).update({p.location: 1.0 for p in within or sharing})
    return judged


def first_is_right(outcome: Outcome, gold: Sequence[metrics.Span]) -> bool:
    """Whether the first quote (for a refusal, the nearest) contains a whole gold span."""
    return metrics.quote_hit_at(outcome.quotes, gold, 1) > 0


def measure(run: Run, qrels: Qrels, resamples: int = RESAMPLES) -> dict[str, Measure]:
    """Compute the measures that the data of a run allow.

    Args:
        run: questions and outcomes, aligned.
        qrels: question id to unit to grade.
        resamples: for the intervals of measures that are not means over questions; 0 leaves these out.
    """
    if not run.outcomes:
        return {}
    ranking, quoting, refusing = _ranking(run, qrels), _quoting(run), _refusing(run, resamples)
    collected: dict[str, Measure] = {}
    if any(item.question.collection for item in run.trials):
        collected = _collection_measures(run) | {"clear_wrong": _complement(refusing["clear_precision"])}
    return ranking | quoting | refusing | collected | _cost(run)


def parts(run: Run, group: Callable[[Trial], str]) -> dict[str, Run]:
    """Split a run by group of questions. Groups with answers come first; `""` is no group."""
    members: dict[tuple[bool, str], list[tuple[Trial, Outcome]]] = {}
    for pair in zip(run.trials, run.outcomes, strict=True):
        members.setdefault((not pair[0].answerable, group(pair[0])), []).append(pair)
    found: dict[str, list[tuple[Trial, Outcome]]] = {}
    for (_, name), pairs in sorted(members.items()):
        found.setdefault(name, []).extend(pairs)
    return {
        name: Run(run.system, tuple(item for item, _ in pairs), tuple(out for _, out in pairs), run.interrupted)
        for name, pairs in found.items()
        if name
    }


def shares(run: Run) -> dict[str, float]:
    """Shares of a run: of the answerable questions, those answered right; of all, those refused and those clear.

    Returns:
        Name to share, 0..1; nan if there are no questions.
    """
    both = zip(run.trials, run.outcomes, strict=True)
    pairs = [(item.question, _shown_quotes(outcome)) for item, outcome in both if item.answerable]
    verdicts = [outcome.verdict for outcome in run.outcomes]
    return {
        "first_right": metrics.mean([metrics.quote_hit_at(shown, question.gold, 1) for question, shown in pairs]),
        "three_right": metrics.mean([metrics.quote_hit_at(shown, question.gold, 3) for question, shown in pairs]),
        "refused": metrics.mean([verdict is Verdict.ABSENT for verdict in verdicts]),
        "clear": metrics.mean([verdict is Verdict.CLEAR for verdict in verdicts]),
    }


def follow_ups(system: System, trials: Sequence[Trial], qrels: Qrels) -> dict[str, Measure]:
    """Compare the system's gain in nDCG@10 from earlier turns with the gain from a person's rewrite.

    Each follow-up with a rewrite is asked three times: as typed without its turns, as typed with them, and rewritten.
    """
    turns = [item for item in trials if item.question.rewrite and item.question.id in qrels and not item.hidden]
    if not turns:
        return {}

    def gain(change: Callable[[Question], Question]) -> float:
        done = [system.answer(change(item.question), item.hidden) for item in turns]
        pairs = zip(turns, done, strict=True)
        return metrics.mean([metrics.ndcg_at(out.ranked, qrels[item.question.id], 10) for item, out in pairs])

    typed = gain(lambda question: replace(question, history=()))
    ibid = gain(lambda question: question)
    human = gain(lambda question: replace(question, text=question.rewrite or "", history=()))
    values = {"followup_typed": typed, "followup_ndcg@10": ibid, "followup_rewritten": human}
    values["gap_closed"] = metrics.gap_closed(typed, ibid, human)
    return {name: Measure(value, None, {}) for name, value in values.items()}


def _ranking(run: Run, qrels: Qrels) -> dict[str, Measure]:
    judged = [
        (item, outcome)
        for item, outcome in zip(run.trials, run.outcomes, strict=True)
        if item.answerable and item.question.id in qrels and not item.hidden
    ]
    if not judged:
        return {}
    return {
        name: _mean({item.question.id: metric(out.ranked, qrels[item.question.id]) for item, out in judged}, run)
        for name, metric in RANKING.items()
    }


def _quoting(run: Run) -> dict[str, Measure]:
    pairs = [
        (item.question, outcome)
        for item, outcome in zip(run.trials, run.outcomes, strict=True)
        if item.answerable and item.question.has_answer
    ]
    if not pairs:
        return {}
    measures: dict[str, Callable[..., float]] = {
        "quote_hit@1": lambda question, shown, _: metrics.quote_hit_at(shown, question.gold, 1),
        "quote_hit@3": lambda question, shown, _: metrics.quote_hit_at(shown, question.gold, 3),
        "best_hit@1": lambda question, _, outcome: metrics.quote_hit_at(outcome.quotes, question.gold, 1),
        "citation_precision": lambda question, shown, _: metrics.citation_precision(shown, question.gold),
        "citation_recall": lambda question, shown, _: metrics.citation_recall(shown, question.gold),
        "highlight_em": lambda question, shown, _: metrics.exact_match(_highlight(shown), question.answers),
        "highlight_f1": lambda question, shown, _: metrics.token_f1(_highlight(shown), question.answers),
        "quote_words": lambda _, __, outcome: len(outcome.quotes[0].text.split()) if outcome.quotes else np.nan,
    }
    return {
        name: _mean({question.id: value(question, _shown_quotes(outcome), outcome) for question, outcome in pairs}, run)
        for name, value in measures.items()
    }


def _collection_measures(run: Run) -> dict[str, Measure]:
    """Measures of collections: shares of questions, counts, and `highlight_f1` of the right first quotes."""
    values: dict[str, dict[str, float]] = {name: {} for name in COLLECTED}
    for item, outcome in zip(run.trials, run.outcomes, strict=True):
        question, shown = item.question, _shown_quotes(outcome)
        right = item.answerable and metrics.quote_hit_at(shown, question.gold, 1) > 0
        of_question: dict[str, float] = {}
        if item.answerable:
            of_question["first_right"] = right
            of_question["three_right"] = metrics.quote_hit_at(shown, question.gold, 3)
            of_question["refused_answerable"] = outcome.verdict is Verdict.ABSENT
        else:
            of_question["unanswerable_not_clear"] = outcome.verdict is not Verdict.CLEAR
        if item.answerable and question.needs:
            of_question["parts_all"] = metrics.whole_at(shown, question.needs, 3)
        if right:
            of_question["highlight_f1"] = metrics.token_f1(_highlight(shown), question.answers)
        if shown and not item.hidden:
            of_question["words_first"] = len(shown[0].text.split())
        for name, value in of_question.items():
            values[name][question.id] = value
    counts = {"n_answerable": len(values["first_right"]), "n_parts": len(values["parts_all"])}
    found = {name: Measure(float(count), None, {}) for name, count in counts.items()}
    return found | {name: _mean(of_question, run) for name, of_question in values.items() if of_question}


def _shown_quotes(outcome: Outcome) -> tuple[SystemQuote, ...]:
    return () if outcome.verdict is Verdict.ABSENT else outcome.quotes


def _highlight(shown: Sequence[metrics.Span]) -> str:
    return getattr(shown[0], "highlight", "") if shown else ""


def _refusing(run: Run, resamples: int) -> dict[str, Measure]:
    pairs = [
        (item, outcome)
        for item, outcome in zip(run.trials, run.outcomes, strict=True)
        if item.question.has_answer or not item.answerable
    ]
    if not pairs:
        return {}
    answerable = np.array([item.answerable for item, _ in pairs])
    right = np.array([item.answerable and first_is_right(out, item.question.gold) for item, out in pairs])
    confidence = np.array([outcome.confidence for _, outcome in pairs])
    present = np.array([outcome.present for _, outcome in pairs])
    clear = np.array([outcome.verdict is Verdict.CLEAR for _, outcome in pairs])
    refused = np.array([outcome.verdict is Verdict.ABSENT for _, outcome in pairs])
    groups = [item.question.group or item.question.id for item, _ in pairs]
    found: dict[str, Callable[[NDArray[np.int64]], float]] = {
        "clear_precision": lambda at: _share(right[at], clear[at]),
        "clear_coverage": lambda at: _share(clear[at], answerable[at]),
        "aurc": lambda at: metrics.risk_coverage(confidence[at], right[at]).area,
    }
    if ((confidence >= 0) & (confidence <= 1)).all():
        found["ece"] = lambda at: metrics.expected_calibration_error(confidence[at], right[at])
    if not answerable.all():
        found["refusal_precision"] = lambda at: _share(~answerable[at], refused[at])
        found["refusal_recall"] = lambda at: _share(refused[at], ~answerable[at])
        if answerable.any():
            found["auroc"] = lambda at: metrics.auroc(present[at], answerable[at])
    return {name: _resample(statistic, len(pairs), groups, resamples) for name, statistic in found.items()}


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(of[among].mean()) if among.any() else float("nan")


def _complement(share: Measure) -> Measure:
    """One minus a share."""
    interval = share.interval and Interval(1 - share.interval.high, 1 - share.interval.low)
    return Measure(1 - share.value, interval, {})


def _cost(run: Run) -> dict[str, Measure]:
    latency = metrics.latency([outcome.milliseconds["total"] for outcome in run.outcomes])
    cost = {"milliseconds_p50": latency.median, "milliseconds_p95": latency.p95, "memory_mib": metrics.peak_memory()}
    if all("search" in outcome.milliseconds for outcome in run.outcomes):
        beside = [outcome.milliseconds["search"] + outcome.milliseconds["evidence"] for outcome in run.outcomes]
        cost["beside_encoder_p50"] = metrics.latency(beside).median
    return {name: Measure(value, None, {}) for name, value in cost.items()}


def _mean(of_question: Mapping[str, float], run: Run) -> Measure:
    kept = {key: float(value) for key, value in of_question.items() if not np.isnan(value)}
    if not kept:
        return Measure(float("nan"), None, {})
    groups = {item.question.id: item.question.group or item.question.id for item in run.trials}
    interval = metrics.bootstrap_interval(list(kept.values()), SEED, [groups[key] for key in kept])
    return Measure(metrics.mean(list(kept.values())), interval, kept)


def _resample(
    statistic: Callable[[NDArray[np.int64]], float], count: int, groups: Sequence[Hashable], resamples: int
) -> Measure:
    """A statistic over questions, with the percentile-bootstrap interval of whole groups."""
    members: dict[Hashable, list[int]] = {}
    for position, name in enumerate(groups):
        members.setdefault(name, []).append(position)
    blocks = [np.array(block) for block in members.values()]
    generator = np.random.default_rng(SEED)
    values = []
    for _ in range(resamples):
        drawn = np.concatenate([blocks[at] for at in generator.integers(len(blocks), size=len(blocks))])
        try:
            values.append(statistic(drawn))
        except ValueError:
            continue  # a resample without both kinds of question has no such statistic
    value = statistic(np.arange(count))
    if not values or np.isnan(values).all():
        return Measure(value, None, {})
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return Measure(value, Interval(float(low), float(high)), {})
