"""`python -m training DATA`: fit the weights that rank sentences by their words, and measure them.

`python -m training.prepare` and `.reader` train the reader. After them, `python -m training.verdict` fits what judges
quotes. Each figure is measured with one article left out: its questions are judged by weights fitted on the other
seven. The shipped weights are then fitted on all eight. Only the bootstrap is random, with a fixed seed.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval import metrics
from eval.runs import KEPT_LIBRARIES
from retriever.answering.features import FEATURES
from retriever.answering.ranker import Ranker, shortlist
from retriever.answering.selection import FILE, rank_by_words
from retriever.learning import Floats
from training.axes import make_axes
from training.examples import Example, examples, feature_milliseconds
from training.fitting import RANKER_PENALTY, fit_ranker

SEED = 20221121

# Features that measure the same thing are left out together. Alone, each could be replaced by another one.
GROUPS = {
    "alignment": ("content_soft", "function_soft", "asking_soft", "backward"),
    "neighbours": ("in_context", "passage_best", "shared_before"),
    "new words": ("novel_focus", "novel_soft"),
    "shared words": ("shared_before", "shared_title"),
    "word pairs": ("bigrams",),
    "names": ("names", "names_passage"),
}


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
    firsts, eights = _cross_ranked(every, list(FEATURES))
    groups = [example.article for example in every]
    print(f"squad2, {len(every)} answerable questions, leaving one article out")
    _print_row("best sentence@1", firsts, groups)
    _print_row("among eight passages", eights, groups)
    ranker = fitted(every, None, list(FEATURES))
    fields = json.loads(FILE.read_text(encoding="utf-8")) | {
        "trained_on": "squad2, 8 articles of SQuAD 2.0 dev (Rajpurkar et al. 2018), CC BY-SA 4.0; see model-card.md",
        "features": list(FEATURES),
        "ranker": ranker.weights.tolist(),
        "ranker_penalty": RANKER_PENALTY,
    }
    FILE.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE.name}; now: python -m training.verdict {chosen.data}")
    return 0


def training_lists(
    every: Sequence[Example], without: str | None, columns: Sequence[int]
) -> list[tuple[Floats, NDArray[np.bool_]]]:
    """The lists to fit a ranker on: those that have an answer among their candidates."""
    lists = []
    for example in every:
        if example.article == without or not example.gold.any():
            continue
        chosen = shortlist(example.gathered.rough)
        if example.gold[chosen].any():
            lists.append((example.features[chosen][:, columns], example.gold[chosen]))
    return lists


def fitted(every: Sequence[Example], without: str | None, names: Sequence[str]) -> Ranker:
    """Fit on some features without one article; the other features get weight 0."""
    columns = [list(FEATURES).index(name) for name in names]
    weights = np.zeros(2 * len(FEATURES), dtype=np.float32)
    weights[columns + [len(FEATURES) + column for column in columns]] = fit_ranker(
        training_lists(every, without, columns)
    ).weights
    return Ranker(weights)


def _cross_ranked(every: Sequence[Example], names: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Whether the likeliest sentence is right, and whether one of the eight likeliest passages holds an answer."""
    rankers = {article: fitted(every, article, names) for article in sorted({one.article for one in every})}
    firsts, eights = [], []
    for example in every:
        probabilities = rank_by_words(example.gathered, rankers[example.article], example.features)
        order = np.argsort(-probabilities, kind="stable")
        passages = list(dict.fromkeys(example.gathered.candidates.passage[order].tolist()))[:8]
        firsts.append(bool(example.gold[order[0]]))
        eights.append(bool(example.gold[np.isin(example.gathered.candidates.passage, passages)].any()))
    return firsts, eights


def _print_row(name: str, values: Sequence[float], groups: Sequence[str]) -> None:
    by_article = metrics.bootstrap_interval(values, SEED, groups)
    by_question = metrics.bootstrap_interval(values, SEED)
    print(
        f"{name:22}{np.mean(values):8.3f}   by question {by_question.low:.3f} to {by_question.high:.3f}"
        f"   by article {by_article.low:.3f} to {by_article.high:.3f}"
    )


def _ablate(every: Sequence[Example], milliseconds: Mapping[str, float]) -> None:
    """Leave out each group of features: print the share of right first sentences, and the group's time."""
    print(f"{'without':20}{'sentence@1':>12}{'saves ms':>10}")
    for group, names in {"nothing": (), **GROUPS}.items():
        firsts, _ = _cross_ranked(every, [name for name in FEATURES if name not in names])
        saved = sum(milliseconds[name] for name in names)
        print(f"{group:20}{np.mean(firsts):12.4f}{saved:10.2f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
