"""`python -m eval.benchmarks.forms SERVER [--data DIR]`: a library in a folder and on a server, side by side.

SERVER is an address for `ibid --library`. The folder's library is copied there, and both get every question in turn.
Quality and times are printed in two columns, with the greatest difference. The collection stays on the server: drop it
by hand, or use it again.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from eval.benchmarks.rounds import percentile, save
from eval.datasets import DataSet, read_beir, read_questions
from eval.measures import COSTS, Qrels, measure, passage_qrels
from eval.runs import KEPT_LIBRARIES, Run, Trial, assistant_over
from eval.systems import Ibid, Outcome
from retriever import Assistant

_QUESTIONS = Path(__file__).resolve().parent.parent / "questions.jsonl"
# The length of quotes and the share of clear answers are neither better nor worse by themselves.
_NO_QUALITY = {*COSTS, "quote_words", "clear_coverage"}
_WITHIN = 0.01  # the allowed difference in any measure of quality


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask both forms all questions, and print the table.

    Returns:
        The exit status: 1 if a measure differs by more than 0.01.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.forms", description=__doc__)
    parser.add_argument("server", metavar="SERVER", help="milvus://HOST:PORT/COLLECTION")
    parser.add_argument("--data", type=Path, metavar="DIR", help="a data set in BEIR's layout (default: the QA set)")
    parser.add_argument("--questions", type=int, metavar="N", help="only the first so many")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
        local, dataset, qrels = _prepare(chosen.data, Path(folder))
        began = time.perf_counter()
        copied = local.copy_to(chosen.server)
        print(f"{copied.passages} passages copied and read back in {time.perf_counter() - began:.0f} s")
        with Assistant.open(chosen.server) as clustered:
            runs = _asked_in_turn([local, clustered], dataset, chosen.questions)
            return _compare(runs, qrels, dataset.name)


def _prepare(data: Path | None, folder: Path) -> tuple[Assistant, DataSet, Qrels]:
    if data:
        dataset = read_beir(data)
        return assistant_over(dataset, KEPT_LIBRARIES), dataset, dataset.qrels
    assistant = Assistant.open_shipped(folder / "library")
    dataset = read_questions(_QUESTIONS, {one.id: assistant.document(one.id).text for one in assistant.documents()})
    return assistant, dataset, passage_qrels(dataset, assistant)


def _asked_in_turn(assistants: Sequence[Assistant], dataset: DataSet, count: int | None) -> list[Run]:
    """Ask each question of both forms in turn, so that both run under the same load."""
    trials = [Trial(question, answerable=question.answerable) for question in dataset.questions][:count]
    systems = [Ibid(assistant, dataset) for assistant in assistants]
    outcomes: list[list[Outcome]] = [[] for _ in systems]
    for assistant in assistants:
        assistant.warm_up()
    for item in trials:
        for system, done in zip(systems, outcomes, strict=True):
            done.append(system.answer(item.question))
    return [Run(name, tuple(trials), tuple(done)) for name, done in zip(("folder", "server"), outcomes, strict=True)]


def _first_quote(outcome: Outcome) -> tuple[object, ...]:
    return tuple((quote.document_id, quote.start, quote.end) for quote in outcome.quotes[:1])


def _compare(runs: Sequence[Run], qrels: Qrels, name: str) -> int:
    folder, server = (measure(one, qrels) for one in runs)
    worst = max(abs(server[key].value - folder[key].value) for key in folder if key not in _NO_QUALITY)
    print(f"{'':22}{'folder':>9}{'server':>9}{'differs':>9}")
    for key in (key for key in folder if key not in COSTS):
        ours, theirs = folder[key].value, server[key].value
        print(f"{key:22}{ours:9.4f}{theirs:9.4f}{theirs - ours:9.4f}")
    first, other = ([_first_quote(outcome) for outcome in run.outcomes] for run in runs)
    same = sum(one == another for one, another in zip(first, other, strict=True))
    print(f"the same first quote for {same} of {len(first)} questions; quality differs by {worst:.4f} at the most")
    times: dict[str, dict[str, float]] = {}
    for run in runs:
        for stage in ("search", "total"):
            taken = [float(outcome.milliseconds[stage]) for outcome in run.outcomes]
            times[f"{run.system} {stage}"] = {"median": statistics.median(taken), "p95": percentile(taken)}
    for key, each in times.items():
        print(f"{key:22}{each['median']:9.1f}{each['p95']:9.1f}  ms, median and 95th percentile")
    figures = {key: [folder[key].value, server[key].value] for key in folder if key not in COSTS}
    save(f"forms-{name}", {"measures": figures, "times": times, "same_first_quote": same})
    return int(worst > _WITHIN)


if __name__ == "__main__":
    sys.exit(main())
