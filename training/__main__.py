"""`python -m training DATA`: fit the weights of ranking and confidence, and print what they are worth.

Every figure is measured leaving one article out: for the questions of an article, the weights are fitted on the other
seven. The weights that ship are then fitted on all eight. Numbers are deterministic: there is no random step but the
bootstrap's, whose seed is fixed.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval import metrics
from eval.runs import KEPT_LIBRARIES
from retriever.evidence import FILE, choose
from retriever.evidence.confidence import SIGNALS, Calibrator, Found, signals_of
from retriever.evidence.features import FEATURES, Floats
from retriever.evidence.highlight import MARKS, expected_overlap
from retriever.evidence.quotes import WORD_PRICE
from retriever.evidence.ranking import Ranker, kept
from training.axes import make_axes
from training.examples import Condition, Example, Marked, examples, feature_milliseconds, marked
from training.fitting import (
    MARKER_PENALTY,
    RANKER_PENALTY,
    REGRESSION_C,
    fit_choice,
    fit_ranker,
    fit_regression,
)

SEED = 20221121
QUOTES = 3
# How much each kind of example counts in fitting the confidence: two with an answer to one without, as of questions
# that people ask of documents they chose. Those that only seem to be answered are left out: a reader of words and not
# of meaning cannot tell them.
CONDITION_WEIGHTS = {
    Condition.FULL: 1.0,
    Condition.SMALL: 0.5,
    Condition.PARAGRAPH: 0.25,
    Condition.ARTICLE: 0.35,
    Condition.SMALL_OUT: 0.15,
}


# Features that measure the same thing in several ways are left out together: alone, each has a twin that stands in.
GROUPS = {
    "alignment": ("content_soft", "function_soft", "asking_soft", "backward"),
    "neighbours": ("in_context", "passage_best", "shared_before"),
    "new words": ("novel_focus", "novel_soft"),
    "shared words": ("shared_before", "shared_title"),
    "word pairs": ("bigrams",),
    "names": ("names", "names_passage"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """An example with the quotes that a ranker which never saw its article chose.

    Attributes:
        signals: float32 (n_signals,), of the first quote.
        right: for each quote, whether it holds a gold span.
        words: for each quote, how many it has.
        single: whether the likeliest sentence holds a gold span.
    """

    example: Example
    signals: Floats
    right: tuple[bool, ...]
    words: tuple[int, ...]
    single: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds squad2/ and scifact/")
    parser.add_argument("--axes", action="store_true", help="make the word axes anew first (then remove .ibid-eval)")
    parser.add_argument("--ablate", action="store_true", help="measure without each group of features; writes nothing")
    chosen = parser.parse_args(arguments)
    if chosen.axes:
        make_axes(chosen.data)
    every = examples(chosen.data / "squad2", KEPT_LIBRARIES)
    if chosen.ablate:
        _ablate(every, feature_milliseconds(chosen.data / "squad2", KEPT_LIBRARIES))
        return 0
    judged = cross_judged(every, list(FEATURES))
    _print_quotes(judged)
    confidences = cross_confidences(judged)
    _print_confidence(judged, confidences)
    stretches = marked(chosen.data / "squad2", KEPT_LIBRARIES)
    _print_highlight(stretches)
    _write(every, judged, stretches)
    return 0


def articles_of(every: Sequence[Example]) -> list[str]:
    """The articles, in order."""
    return sorted({example.article for example in every})


def training_lists(
    every: Sequence[Example], without: str | None, columns: Sequence[int]
) -> list[tuple[Floats, NDArray[np.bool_]]]:
    """The lists that a ranker is fitted on: all paragraphs searched, an answer among the candidates kept."""
    lists = []
    for example in every:
        if example.article == without or example.condition is not Condition.FULL or not example.gold.any():
            continue
        chosen = kept(example.gathered.rough)
        if example.gold[chosen].any():
            lists.append((example.gathered.comparison.features[chosen][:, columns], example.gold[chosen]))
    return lists


def cross_judged(every: Sequence[Example], names: Sequence[str]) -> list[Judged]:
    """Choose quotes for each example by a ranker fitted on the other articles."""
    judged = []
    for article in articles_of(every):
        ranker = _fitted(every, article, names)
        judged += [_judged(example, ranker) for example in every if example.article == article]
    return judged


def _fitted(every: Sequence[Example], without: str | None, names: Sequence[str]) -> Ranker:
    """Fit on some features; the others weigh nothing."""
    columns = [list(FEATURES).index(name) for name in names]
    weights = np.zeros(2 * len(FEATURES), dtype=np.float32)
    weights[columns + [len(FEATURES) + column for column in columns]] = fit_ranker(
        training_lists(every, without, columns)
    ).weights
    return Ranker(weights)


def _judged(example: Example, ranker: Ranker) -> Judged:
    chosen = choose(example.gathered, ranker, QUOTES)
    first = chosen[0]
    return Judged(
        example,
        signals_of(first),
        tuple(bool(example.gold[found.span].any()) for found in chosen),
        tuple(_words(found) for found in chosen),
        bool(example.gold[int(np.argmax(first.probabilities))]),
    )


def _words(found: Found) -> int:
    return sum(len(one.text.split()) for one in found.candidates.sentences[found.span])


@dataclass(frozen=True, slots=True)
class Confidences:
    """What regressions that never saw its article say of each first quote.

    Attributes:
        present: float32 (n_examples,), that the documents answer.
        right: float32 (n_examples,), that the quote does.
    """

    present: Floats
    right: Floats


def cross_confidences(judged: Sequence[Judged]) -> Confidences:
    """Judge each first quote by regressions fitted on the other articles."""
    articles = np.array([one.example.article for one in judged])
    present, right = np.zeros((2, len(judged)), dtype=np.float32)
    for article in sorted(set(articles)):
        calibrator = _calibrator(judged, articles != article)
        for at in np.flatnonzero(articles == article).tolist():
            signals = judged[at].signals
            present[at] = calibrator.present.probability(signals)
            right[at] = calibrator.probability(signals)
    return Confidences(present, right)


def _calibrator(judged: Sequence[Judged], used: NDArray[np.bool_]) -> Calibrator:
    """Fit on some examples: whether an answer is there on all of them, whether the quote is it where one is."""
    signals = np.stack([one.signals for one in judged])
    present = np.array([one.example.answered for one in judged])
    right = np.array([one.right[0] for one in judged])
    weights = used * np.array(
        [0.0 if one.example.impossible else CONDITION_WEIGHTS[one.example.condition] for one in judged]
    )
    return Calibrator(
        fit_regression(signals, present, weights), fit_regression(signals, right, np.where(present, weights, 0))
    )


def _of(judged: Sequence[Judged], condition: Condition, *, impossible: bool = False) -> NDArray[np.int64]:
    return np.array(
        [
            at
            for at, one in enumerate(judged)
            if one.example.condition is condition and one.example.impossible == impossible
        ]
    )


def _print_quotes(judged: Sequence[Judged]) -> None:
    full = [judged[at] for at in _of(judged, Condition.FULL)]
    groups = [one.example.article for one in full]
    print(f"squad2, {len(full)} answerable questions, leaving one article out, price of a word {WORD_PRICE}")
    _print_row("best sentence@1", [one.single for one in full], groups)
    _print_row("quote_hit@1", [one.right[0] for one in full], groups)
    _print_row("quote_hit@3", [any(one.right) for one in full], groups)
    _print_row("words of the first", [one.words[0] for one in full], groups)
    _print_row("words of a quote", [float(np.mean(one.words)) for one in full], groups)
    by_word: dict[str, list[bool]] = {}
    for one in full:
        by_word.setdefault(_asking(one.example.question.text), []).append(one.right[0])
    print("quote_hit@1 by kind: " + ", ".join(f"{k} {np.mean(v):.3f} ({len(v)})" for k, v in sorted(by_word.items())))


def _asking(question: str) -> str:
    spelt = question.lower().split()
    return next((word for word in ("why", "who", "when", "where", "how", "which", "what") if word in spelt), "other")


def _print_row(name: str, values: Sequence[float], groups: Sequence[str]) -> None:
    by_article = metrics.bootstrap_interval(values, SEED, groups)
    by_question = metrics.bootstrap_interval(values, SEED)
    print(
        f"{name:22}{np.mean(values):8.3f}   by question {by_question.low:.3f} to {by_question.high:.3f}"
        f"   by article {by_article.low:.3f} to {by_article.high:.3f}"
    )


def _print_confidence(judged: Sequence[Judged], confidences: Confidences) -> None:
    full = _of(judged, Condition.FULL)
    right = np.array([one.right[0] for one in judged])
    outs = {
        "paragraph out": _of(judged, Condition.PARAGRAPH),
        "article out": _of(judged, Condition.ARTICLE),
        "is_impossible": _of(judged, Condition.FULL, impossible=True),
        "small, paragraph out": _of(judged, Condition.SMALL_OUT),
    }
    print(f"{'AUROC':28}is it in here   is the quote right")
    for name, out in outs.items():
        base = _of(judged, Condition.SMALL) if name.startswith("small") else full
        print(f"{name:28}{_auroc(confidences.present, base, out):13.3f}{_auroc(confidences.right, base, out):21.3f}")
    mixes = {
        "answerable only": full,
        "and paragraph, article out": np.concatenate([full, outs["paragraph out"], outs["article out"]]),
        "two answerable to one out": np.concatenate([full, outs["paragraph out"][::4], outs["article out"][::4]]),
    }
    for name, at in mixes.items():
        print(f"ECE {name:28}{metrics.expected_calibration_error(confidences.right[at], right[at]):.3f}")
    for title, values in (("is the quote right", confidences.right), ("is it in here", confidences.present)):
        print(f"{title}\nat least  answerable shown  of them right   paragraph out  article out  is_impossible shown")
        for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7):
            shown = values >= threshold
            others = "".join(f"{shown[outs[name]].mean():14.3f}" for name in list(outs)[:3])
            print(f"{threshold:8.2f}{shown[full].mean():18.3f}{right[full][shown[full]].mean():15.3f}{others}")


def _auroc(confidences: Floats, answerable: NDArray[np.int64], out: NDArray[np.int64]) -> float:
    both = np.concatenate([answerable, out])
    return metrics.auroc(confidences[both], np.arange(len(both)) < len(answerable))


def _ablate(every: Sequence[Example], milliseconds: Mapping[str, float]) -> None:
    """Measure without each group of features: how often sentences and quotes are right, and what the group costs."""
    some = [example for example in every if example.condition is Condition.FULL and not example.impossible]
    print(f"{'without':20}{'sentence@1':>12}{'quote@1':>10}{'quote@3':>10}{'saves ms':>10}")
    for group, names in {"nothing": (), **GROUPS}.items():
        judged = cross_judged(some, [name for name in FEATURES if name not in names])
        figures = (
            np.mean([one.single for one in judged]),
            np.mean([one.right[0] for one in judged]),
            np.mean([any(one.right) for one in judged]),
        )
        saved = sum(milliseconds[name] for name in names)
        print(f"{group:20}" + "".join(f"{figure:11.4f}" for figure in figures) + f"{saved:10.2f}", flush=True)


def _marker(stretches: Sequence[Marked], without: str | None) -> Floats:
    """Fit the highlight on stretches that are the best of their sentence and at least half right."""
    lists = [
        (one.stretches.marks, right)
        for one in stretches
        if one.article != without and (right := one.f1 >= max(float(one.f1.max()) - 1e-6, 0.5)).any()
    ]
    return fit_choice(lists, MARKER_PENALTY)


def _print_highlight(stretches: Sequence[Marked]) -> None:
    chosen: list[tuple[float, bool, float]] = []
    for article in sorted({one.article for one in stretches}):
        weights = _marker(stretches, article)
        for one in stretches:
            if one.article == article:
                overlap = expected_overlap(one.stretches, weights)
                best = int(np.argmax(overlap))
                chosen.append((float(overlap[best]), bool(one.exact[best]), float(one.f1[best])))
    sure, exact, f1 = (np.array(column) for column in zip(*chosen, strict=True))
    print("highlight in an answering sentence: at least, share marked, exact, F1, no word right")
    for threshold in (0.0, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6):
        at = sure >= threshold
        print(f"{threshold:8.2f}{at.mean():8.3f}{exact[at].mean():8.3f}{f1[at].mean():8.3f}{(f1[at] == 0).mean():8.3f}")


def _write(every: Sequence[Example], judged: Sequence[Judged], stretches: Sequence[Marked]) -> None:
    ranker = _fitted(every, None, list(FEATURES))
    calibrator = _calibrator(judged, np.ones(len(judged), dtype=bool))
    fields = {
        "trained_on": "squad2, 8 articles of SQuAD 2.0 dev (Rajpurkar et al. 2018), CC BY-SA 4.0",
        "features": list(FEATURES),
        "ranker": ranker.weights.tolist(),
        "ranker_penalty": RANKER_PENALTY,
        "signals": list(SIGNALS),
        "present": calibrator.present.fields,
        "right": calibrator.right.fields,
        "regression_c": REGRESSION_C,
        "marks": list(MARKS),
        "marker": _marker(stretches, None).tolist(),
        "marker_penalty": MARKER_PENALTY,
    }
    FILE.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE.name}")


if __name__ == "__main__":
    sys.exit(main())
