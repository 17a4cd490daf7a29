"""`python -m training.verdict DATA`: fit the weights that judge quotes, and measure them.

The collections are ones that the reader never saw.

Two models are fitted. The combiner ranks sentences by their words and by the reader. The calibrator gives the
probability that a quote answers. Figures are measured with one collection left out; the shipped weights use all.
"""

import argparse
import json
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval import metrics
from eval.runs import KEPT_LIBRARIES
from retriever.answering.calibration import SIGNALS, Calibrator, RankedQuote, signals_of
from retriever.answering.ranker import READ_FEATURES, Ranker, read_features
from retriever.answering.reader import Reader
from retriever.answering.selection import CLEAR_CONFIDENCE, FILE, EvidenceModel, choose, rank_by_words
from retriever.answering.verdict import PRESENT
from retriever.learning import Floats
from training.cases import Case, Flags, cases
from training.documents import documents_of
from training.fitting import fit_choice, fit_regression

QUOTES = 3
Signals = Mapping[str, Callable[[RankedQuote], float]]
_READ = ("answers", "span", "best_answers", "other_answers")
# Which features rank sentences and judge quotes: all of them, or one group.
ARMS = {
    "words and reader": (tuple(READ_FEATURES), tuple(SIGNALS)),
    "words alone": (("by_words",), tuple(name for name in SIGNALS if name not in _READ)),
    "reader alone": (
        tuple(name for name in READ_FEATURES if name != "by_words"),
        (*_READ, "mass", "margin"),
    ),
}
COMBINER_PENALTY = 0.03
# Strong, so that the weights hold for other collections: the best of 0.003 to 0.1 on collections left out.
REGRESSION_C = 0.03
# The weight of the cases of each condition. Two of three then have an answer, as people's questions to documents that
# they chose do. Each collection is weighted by the root of its size, so that none dominates.
CONDITION_WEIGHTS = {
    "full": 1.0,
    "small": 0.5,
    "parts": 0.5,
    "paragraph": 0.4,
    "article": 0.2,
    "small-out": 0.3,
    "impossible": 0.4,
    "document": 0.3,
    # Of `training.languages`, where each question is asked once with its answer and once without, and near misses.
    "gone": 0.7,
    "near": 0.7,
    "near-small": 0.3,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with the chosen quotes, and which of them are right.

    Attributes:
        case: the case.
        first: the first quote.
        signals: float32 (n_signals,), of the first quote.
        right: for each quote, whether it answers.
    """

    case: Case
    first: RankedQuote
    signals: Floats
    right: tuple[bool, ...]


def collections_of(every: Sequence[Case]) -> list[str]:
    """The collections, in order."""
    return sorted({case.collection for case in every})


def weight_of(case: Case, sizes: dict[str, int]) -> float:
    """The weight of a case in fitting."""
    weight = CONDITION_WEIGHTS[case.condition] if case.answerable or case.condition != "full" else 1.0
    return weight / float(np.sqrt(sizes[case.collection]))


def sizes_of(every: Sequence[Case]) -> dict[str, int]:
    """The number of cases of each collection."""
    return {name: sum(case.collection == name for case in every) for name in collections_of(every)}


def fit_combiner(every: Sequence[Case], ranker: Ranker, names: Sequence[str] = tuple(READ_FEATURES)) -> Ranker:
    """Fit the ranking of sentences after the reader, on cases that have an answer among their candidates."""
    columns = [list(READ_FEATURES).index(name) for name in names]
    sizes = sizes_of(every)
    lists, counts = [], []
    for case in every:
        if not case.answerable:
            continue
        by_words = rank_by_words(case.gathered, ranker, case.features)
        at = np.flatnonzero(by_words > 0)
        if case.gold[at].any():
            lists.append((read_features(by_words, case.read)[at][:, columns], case.gold[at]))
            counts.append(weight_of(case, sizes))
    weights = np.zeros(len(READ_FEATURES), dtype=np.float32)
    weights[columns] = fit_choice(lists, COMBINER_PENALTY, counts)
    return Ranker(weights)


def judged(case: Case, ranker: Ranker, combiner: Ranker, signals: Signals = SIGNALS) -> Judged:
    """Choose quotes as the program does."""
    by_words = rank_by_words(case.gathered, ranker, case.features)
    chosen = choose(case.gathered, by_words, case.read, combiner, QUOTES)
    right = tuple(bool(case.gold[found.span].any()) for found in chosen)
    return Judged(case, chosen[0], signals_of(chosen[0], signals), right)


def fit_calibrator(every: Sequence[Judged], unused: Collection[str] = ()) -> Calibrator:
    """Fit the probability that a quote answers; `unused` names signals of `SIGNALS` that get no weight."""
    sizes = sizes_of([one.case for one in every])
    weights = np.array([weight_of(one.case, sizes) for one in every])
    weights *= len(weights) / weights.sum()
    signals = np.stack([one.signals for one in every])
    nothing = [at for at, name in enumerate(SIGNALS) if name in unused]
    present = np.array([one.case.answerable for one in every])
    right = np.array([one.case.answerable and one.right[0] for one in every])
    parts = []
    for outcome, counts in ((present, weights), (right, np.where(present, weights, 0))):
        fitted = signals.copy()
        fitted[:, nothing] = 0
        parts.append(fit_regression(fitted, outcome, counts, REGRESSION_C))
    return Calibrator(*parts)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The probabilities of each case, by weights that have not seen its collection.

    Attributes:
        judged: the cases.
        present: float64 (n_cases,), probability that the documents answer.
        confidence: float64 (n_cases,), that the first quote does.
    """

    judged: list[Judged]
    present: NDArray[np.float64]
    confidence: NDArray[np.float64]

    def of(self, collection: str, condition: str | None = None) -> Flags:
        """Which cases are of a collection, and of a condition."""
        return np.array(
            [one.case.collection == collection and condition in (None, one.case.condition) for one in self.judged]
        )


def cross_judged(
    every: Sequence[Case],
    ranker: Ranker,
    features: Sequence[str] = tuple(READ_FEATURES),
    signals: Sequence[str] = tuple(SIGNALS),
) -> Verdicts:
    """Judge each collection with a combiner and a calibrator fitted on the others.

    Args:
        every: the cases.
        ranker: of sentences by their words.
        features: by which sentences are ranked once they are read.
        signals: by which quotes are judged.
    """
    found: list[Judged] = []
    present, confidence = [], []
    for name in collections_of(every):
        others = [case for case in every if case.collection != name]
        combiner = fit_combiner(others, ranker, features)
        calibrator = fit_calibrator([judged(case, ranker, combiner) for case in others], set(SIGNALS) - set(signals))
        for case in every:
            if case.collection == name:
                one = judged(case, ranker, combiner)
                found.append(one)
                present.append(calibrator.present.probability(one.signals))
                confidence.append(calibrator.probability(one.signals))
    return Verdicts(found, np.array(present), np.array(confidence))


def report(verdicts: Verdicts, clear: float = CLEAR_CONFIDENCE, low: float = PRESENT) -> None:
    """Print the table of the verdict, a line a collection."""
    print(
        f"{'leaving it out':22}{'n':>5}{'first':>7}{'three':>7}{'refused':>9}{'clear':>7}{'wrong':>7}"
        f"{'n out':>7}{'clear':>7}{'absent':>8}{'AUROC':>7}{'ECE':>7}"
    )
    answerable = np.array([one.case.answerable for one in verdicts.judged])
    right = np.array([one.case.answerable and one.right[0] for one in verdicts.judged])
    three = np.array([one.case.answerable and any(one.right) for one in verdicts.judged])
    absent = verdicts.present < low
    is_clear = ~absent & (verdicts.confidence >= clear)
    rows = {}
    for name in sorted({one.case.collection for one in verdicts.judged}):
        for condition in ("full", "small"):
            base = verdicts.of(name, condition) & answerable
            if base.any():
                rows[f"{name} {condition}"] = (base, verdicts.of(name) & ~answerable)
    for name, (base, out) in rows.items():
        both = base | out
        wrong = float((~right[both & is_clear]).mean()) if (both & is_clear).any() else 0.0
        print(
            f"{name:22}{base.sum():5}{(right & ~absent)[base].mean():7.3f}{(three & ~absent)[base].mean():7.3f}"
            f"{absent[base].mean():9.3f}{is_clear[base].mean():7.3f}{wrong:7.3f}{out.sum():7}"
            f"{is_clear[out].mean() if out.any() else 0:7.3f}{absent[out].mean() if out.any() else 0:8.3f}"
            f"{metrics.auroc(verdicts.present[both], answerable[both]) if out.any() else 0:7.3f}"
            f"{metrics.expected_calibration_error(verdicts.confidence[both], right[both]):7.3f}"
        )
    for condition in ("impossible", "paragraph", "article", "small-out"):
        out = verdicts.of("squad2", condition)
        if out.any():
            base = verdicts.of("squad2", "small" if condition == "small-out" else "full") & answerable
            both = base | out
            print(
                f"squad2 {condition:15} n {out.sum()}, clear {is_clear[out].mean():.3f}, "
                f"absent {absent[out].mean():.3f}, AUROC {metrics.auroc(verdicts.present[both], answerable[both]):.3f}"
            )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training.verdict", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kept", type=Path, default=KEPT_LIBRARIES)
    parser.add_argument("--ablate", action="store_true", help="measure with words alone and the reader alone as well")
    parser.add_argument("--dry", action="store_true", help="measure only; write nothing")
    chosen = parser.parse_args(arguments)
    every = cases(chosen.data, documents_of(chosen.data), Reader.shipped(), chosen.kept)
    ranker = EvidenceModel.shipped().ranker
    for name, (features, signals) in (
        ARMS if chosen.ablate else {"words and reader": ARMS["words and reader"]}
    ).items():
        print(f"\n{name}")
        report(cross_judged(every, ranker, features, signals))
    if not chosen.dry and not chosen.ablate:
        write(every, ranker)
    return 0


def write(every: Sequence[Case], ranker: Ranker) -> None:
    """Fit on all collections and write the weights."""
    combiner = fit_combiner(every, ranker)
    calibrator = fit_calibrator([judged(case, ranker, combiner) for case in every])
    fields = json.loads(FILE.read_text(encoding="utf-8")) | {
        "read_features": list(READ_FEATURES),
        "combiner": combiner.weights.tolist(),
        "signals": list(SIGNALS),
        "present": calibrator.present.fields,
        "right": calibrator.right.fields,
    }
    FILE.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE.name}")


if __name__ == "__main__":
    sys.exit(main())
