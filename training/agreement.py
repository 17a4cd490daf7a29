"""`python -m training.agreement DATA`: fit how two sources' answers are compared -> `retriever/agreement/model.json`.

In come made cases from the articles of squad2 that the reader was trained on (`eval.edited`), the open half of the
invented cases, and `questions/agreement.jsonl`. Each case is asked of its own texts, and each two quotes are one
example: not comparable, the same, or different. The articles in `training.pairs.HELD_OUT` and the other cases of
`eval/agreement.jsonl` are never seen.
"""

import argparse
import itertools
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from eval.agreement import Case, cases_of, read_cases
from eval.edited import answered_in_squad2, articles_of, made_cases
from retriever import Assistant, Document, agreement
from retriever.agreement import QuoteEvidence, source_answers
from retriever.agreement.answers import SourceAnswer
from retriever.agreement.comparing import compare_spans
from retriever.agreement.doubts import Doubts
from retriever.agreement.model import FEATURES, FILE, Floats, columns_of, features_of
from retriever.records import Agreement
from retriever.text.question import Question
from training.documents import QUESTIONS
from training.pair import read_lines
from training.pairs import HELD_OUT

STRENGTH = 0.15
"""scikit-learn's C for standardised features."""

UNEDITED_QUESTIONS, UNEDITED_WEIGHT = 500, 9.0
"""Questions asked of unedited articles, and what the pairs of one question count together.

With less weight, or with more for the invented pairs, false conflicts are shown for 6 to 9 of the 209 questions of the
QA set instead of 2, and hardly more true ones are found.
"""

SAME_FROM, DIFFER_FROM = 0.6, 0.7
"""Probabilities from which a relation is shown: a false "Sources differ" costs more trust than a missed one.

With 0.5 to differ, three questions of the QA set get a false conflict; with 0.7 none does.
"""

OUTCOMES = {"none": 0, "same": 1, "rounding": 1, "conflict": 2, "later": 2}


@contextmanager
def recorded() -> Iterator[list[tuple[Question, Sequence[QuoteEvidence]]]]:
    """Note what is compared, in place of comparing it: the weights may not be there yet."""
    calls: list[tuple[Question, Sequence[QuoteEvidence]]] = []

    def note(
        question: Question, evidence: Sequence[QuoteEvidence], top: int, doubts: Doubts
    ) -> tuple[list[QuoteEvidence], Agreement]:
        calls.append((question, evidence))
        return list(evidence[:top]), Agreement()

    kept = agreement.compare
    agreement.compare = note
    try:
        yield calls
    finally:
        agreement.compare = kept


def examples(cases: Sequence[Case]) -> Iterator[tuple[Floats, int]]:
    """Ask every case of its own texts and describe each pair of documents: features and outcome."""
    every = {document.id for case in cases for document in case.documents}
    with (
        tempfile.TemporaryDirectory(prefix="ibid-training-") as folder,
        Assistant.open(Path(folder) / "library", create=True) as assistant,
        recorded() as calls,
    ):
        assistant.add(document for case in cases for document in case.documents)
        for case in cases:
            calls.clear()
            assistant.ask(case.question, excluded=every - {document.id for document in case.documents})
            asked = Question(case.question)
            answers = {answer.document_id: answer for _, evidence in calls for answer in source_answers(evidence)}
            for pair, relation in case.relations.items():
                one, other = (answers.get(document_id) for document_id in sorted(pair))
                if relation in OUTCOMES and one and other and not asked.is_yes_or_no:
                    yield _features(asked, one, other), OUTCOMES[relation]


def _features(asked: Question, one: SourceAnswer, other: SourceAnswer) -> Floats:
    return features_of(asked, one, other, compare_spans(one, other))


def unedited(squad2: Path, articles: Sequence[str]) -> Iterator[tuple[Floats, int, float]]:
    """Ask questions of whole articles, one document a paragraph: features, outcome and weight of each two quotes.

    Nothing was edited there, so that no two quotes differ: both give the accepted answer, or at most one does.
    """
    paragraphs = [each for each in read_lines(squad2 / "corpus.jsonl") if each["title"].replace(" ", "_") in articles]
    questions = [each for each in read_lines(squad2 / "queries.jsonl") if each["article"] in articles]
    with (
        tempfile.TemporaryDirectory(prefix="ibid-training-") as folder,
        Assistant.open(Path(folder) / "library", create=True) as assistant,
        recorded() as calls,
    ):
        assistant.add(Document.from_text(each["_id"], each["text"], title=each["title"]) for each in paragraphs)
        for question in random.Random(1).sample(questions, min(UNEDITED_QUESTIONS, len(questions))):  # noqa: S311
            calls.clear()
            assistant.ask(question["text"])
            asked = Question(question["text"])
            accepted = [each["text"].lower() for each in question["answers"] or ()]
            answers = [answer for _, evidence in calls for answer in source_answers(evidence)]
            right = [
                any(each in answer.text.lower() or answer.text.lower() in each for each in accepted)
                for answer in answers
            ]
            pairs = list(itertools.combinations(range(len(answers)), 2))
            for one, other in pairs:
                outcome = OUTCOMES["same" if right[one] and right[other] else "none"]
                yield _features(asked, answers[one], answers[other]), outcome, UNEDITED_WEIGHT / len(pairs)


def fit(rows: Floats, outcomes: NDArray[np.int64], counts: Floats) -> dict[str, object]:
    """Fit the regression and give the fields of its file.

    Args:
        rows: float64 (n_pairs, n_features).
        outcomes: int (n_pairs,), a value of `OUTCOMES`.
        counts: float64 (n_pairs,), the weight of each.
    """
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    regression = LogisticRegression(C=STRENGTH, max_iter=3000, fit_intercept=False)
    regression.fit(columns_of(rows, mean, deviation), outcomes, sample_weight=counts)
    return {
        "features": list(FEATURES),
        "mean": mean.round(5).tolist(),
        "deviation": deviation.round(5).tolist(),
        "weights": regression.coef_.T.round(5).tolist(),
        "same_from": SAME_FROM,
        "differ_from": DIFFER_FROM,
        "trained_by": "python -m training.agreement",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; the exit status is 0."""
    parser = argparse.ArgumentParser(prog="python -m training.agreement", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder that holds squad2")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the examples in a .npz file")
    chosen = parser.parse_args(arguments)
    squad2 = chosen.data / "squad2"
    articles = [article for article in articles_of(squad2) if article not in HELD_OUT]
    made = list(examples(cases_of(made_cases(answered_in_squad2(squad2, articles)))))
    written = read_cases(QUESTIONS / "agreement.jsonl")
    invented = list(examples([*(case for case in read_cases() if case.split == "open"), *written]))
    plain = list(unedited(squad2, articles))
    rows, outcomes = (np.array([each[place] for each in (*made, *invented, *plain)]) for place in (0, 1))
    counts = np.array([1.0] * (len(made) + len(invented)) + [each[2] for each in plain])
    if chosen.save:
        np.savez(chosen.save, rows=rows, outcomes=outcomes, counts=counts)
    FILE.write_text(json.dumps(fit(rows, outcomes, counts)) + "\n", encoding="utf-8")
    print(f"{len(made)} made, {len(invented)} invented and {len(plain)} unedited pairs -> {FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
