"""`python -m training.spans DATA`: what the reader is worth in the right paragraph, on the articles that it never saw.

Each question of squad2's held out articles is read with its own paragraph: exact match and F1 of the best span, as
SQuAD counts them, and how well it separates answerable questions from those without an answer in their paragraph.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval import metrics
from retriever.answering.reader import Reader
from training.pair import read_lines
from training.pairs import HELD_OUT


def main(arguments: Sequence[str] | None = None) -> int:
    """Read and print, a line an article and one for all."""
    parser = argparse.ArgumentParser(prog="python -m training.spans", description=__doc__)
    parser.add_argument("data", type=Path)
    folder = parser.parse_args(arguments).data / "squad2"
    paragraphs = {line["_id"]: line for line in read_lines(folder / "corpus.jsonl")}
    reader = Reader.shipped()
    rows: list[tuple[str | bool | float, ...]] = []
    for line in read_lines(folder / "queries.jsonl"):
        if line["article"] not in HELD_OUT:
            continue
        paragraph = paragraphs[line["context_id"]]
        (reading,) = reader.read(line["text"], [(paragraph["title"].replace("_", " "), paragraph["text"])])
        score, start, end = reading.best_span(0, len(paragraph["text"])) or (-99.0, 0, 0)
        answers = [one["text"] for one in line["answers"]]
        span = paragraph["text"][start:end]
        measured = [measure(span, answers) if answers else 0.0 for measure in (metrics.exact_match, metrics.token_f1)]
        rows.append((line["article"], bool(answers), *measured, reading.answers, score))
    print(f"{'article':26}{'n':>6}{'exact':>8}{'F1':>8}{'AUROC':>8}{'of spans':>10}{'both':>8}")
    for name in (*HELD_OUT, "all"):
        chosen = [row for row in rows if name in (row[0], "all")]
        answerable = np.array([row[1] for row in chosen], dtype=bool)
        exact, f1, odds, scores = np.array([row[2:] for row in chosen], dtype=np.float64).T
        print(
            f"{name:26}{len(chosen):6}{exact[answerable].mean():8.3f}{f1[answerable].mean():8.3f}"
            f"{metrics.auroc(odds, answerable):8.3f}{metrics.auroc(scores, answerable):10.3f}"
            f"{metrics.auroc(odds + scores / 2, answerable):8.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
