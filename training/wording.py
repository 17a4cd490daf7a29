"""`python -m training.wording`: fit the model that tells well put questions from others, and measure it.

In: `questions/made-questions.tsv`: questions that `retriever.overview.questions` made of sentences, each with its
source and a judgement: 1 if an editor would show it as an example of what can be asked. Out:
`retriever/overview/model.json`. Each source is left out in turn to measure; the model is then fitted on all.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from retriever.overview.wording import FILE, LONGEST_RUN, WELL_PUT, runs_of
from training.documents import QUESTIONS

STRENGTH = 0.1
"""scikit-learn's C: the best of 0.03, 0.1, 0.3 by the area under the curve of left-out sources."""
FEWEST_QUESTIONS = 3
"""Questions that a run must stand in."""
SCALE = 1000
"""Weights are stored as whole numbers of this fraction."""
THRESHOLDS = (0.0, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)


class Judged(NamedTuple):
    """A question, where its sentence stands, and whether it is well put."""

    good: bool
    source: str
    question: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure and write."""
    argparse.ArgumentParser(prog="python -m training.wording", description=__doc__).parse_args(arguments)
    with (QUESTIONS / "made-questions.tsv").open(encoding="utf-8", newline="") as file:
        judged = [Judged(good == "1", source, question) for good, source, question in csv.reader(file, "excel-tab")]
    good = np.array([one.good for one in judged])
    probabilities = left_out(judged, good)
    print(f"{len(judged)} questions, {good.mean():.3f} of them well put")
    print(f"area under the curve, each source left out: {roc_auc_score(good, probabilities):.3f}")
    for least in THRESHOLDS:
        kept = probabilities >= least
        marked = " (shipped)" if least == WELL_PUT else ""
        print(f"from {least:.2f}: {kept.mean():.3f} are kept, {good[kept].mean():.3f} of them well put{marked}")
    vectorizer, model = fit(judged, good)
    names, weights = vectorizer.get_feature_names_out(), np.rint(model.coef_[0] * SCALE).astype(int)
    fields = {
        "longest_run": [str(LONGEST_RUN)],
        "scale": SCALE,
        "intercept": round(float(model.intercept_[0]) * SCALE),
        "weights": {name: int(weight) for name, weight in zip(names, weights, strict=True) if weight},
    }
    FILE.write_text(json.dumps(fields, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return 0


def left_out(judged: Sequence[Judged], good: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The probability of each question by a model that has not seen its source: float64 (n,)."""
    sources = np.array([one.source for one in judged])
    probabilities = np.zeros(len(judged))
    for source in np.unique(sources):
        out = sources == source
        vectorizer, model = fit([one for one, held in zip(judged, out, strict=True) if not held], good[~out])
        held = vectorizer.transform([one.question for one, held in zip(judged, out, strict=True) if held])
        probabilities[out] = model.predict_proba(held)[:, 1]
    return probabilities


def fit(judged: Sequence[Judged], good: NDArray[np.bool_]) -> tuple[CountVectorizer, LogisticRegression]:
    """Fit the weights of all runs that stand in enough questions."""
    vectorizer = CountVectorizer(analyzer=runs_of, min_df=FEWEST_QUESTIONS, binary=True)
    table = vectorizer.fit_transform([one.question for one in judged])
    return vectorizer, LogisticRegression(C=STRENGTH, max_iter=2000).fit(table, good)


if __name__ == "__main__":
    raise SystemExit(main())
