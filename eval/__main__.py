"""`python -m eval`: run the QA set, or a data set in BEIR's layout, and print what was measured."""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval import metrics
from eval.datasets import DataError, DataSet, Distance, leave_out, read_beir, read_questions
from eval.expected import Check, Status, check, expect
from eval.measures import FALLING, SEED, Measure, Qrels, first_is_right, follow_ups, measure, passage_qrels
from eval.report import Evaluation, check_writable, write_report
from eval.runs import KEPT_LIBRARIES, RESULTS, Asked, Run, assistant_over, commit, load, run, save
from eval.systems import Baseline, Ibid, Kind, PlainIndex, System
from retriever import Assistant, IbidError, SentenceEncoder, Verdict

QUESTIONS = Path(__file__).resolve().parent / "questions.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one evaluation.

    Returns:
        The exit status: 0 done, 1 an error that the user can mend, or a figure out of its tolerance.
    """
    chosen = _parser().parse_args(arguments)
    try:
        return _evaluate(chosen)
    except (DataError, IbidError) as error:
        print(f"eval: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("eval: Interrupted before the first question.", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("--questions", type=Path, default=QUESTIONS, metavar="FILE", help="another QA set on corpus/")
    parser.add_argument("--data", type=Path, metavar="DIR", help="a data set in BEIR's layout, with its documents")
    parser.add_argument(
        "--without",
        type=Distance,
        choices=list(Distance),
        help="ask again with the answer taken out: measures refusing at that distance",
    )
    parser.add_argument("--compare", action="store_true", help="the plain baselines on the same data, side by side")
    parser.add_argument("--split", metavar="NAME", help="only the questions of one split: open, or held")
    parser.add_argument(
        "--check", action="store_true", help="compare with eval/expected.json; status 1 where it differs"
    )
    parser.add_argument("--expect", action="store_true", help="write the figures to eval/expected.json")
    parser.add_argument("--against", type=Path, metavar="FILE", help="test each mean against a run that --save wrote")
    parser.add_argument("--save", action="store_true", help="save the run under eval/results/, by its commit")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write everything as one HTML file to read")
    parser.add_argument("--json", action="store_true", help="one JSON object, nothing else on standard output")
    return parser


def _evaluate(chosen: argparse.Namespace) -> int:
    if chosen.report:
        check_writable(chosen.report)
    with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
        assistant, dataset, qrels = _prepare(chosen, Path(folder))
        assistant.warm_up()
        asked = _asked(dataset, chosen.without, chosen.split)
        systems: list[System] = [Ibid(assistant, dataset)]
        if chosen.compare:
            index = PlainIndex(assistant, dataset, SentenceEncoder.shipped())
            systems += [Baseline(kind, index) for kind in Kind]
        runs = [run(system, asked) for system in systems]
        measured = [measure(one, qrels) for one in runs]
        measured[0].update(follow_ups(systems[0], asked, qrels))
        printed = _printed(dataset, chosen, runs[0], measured[0])
        if runs[0].interrupted and (chosen.save or chosen.expect or chosen.check):
            raise DataError("The run was interrupted: its figures are neither saved, nor expected, nor checked.")
        if chosen.save:
            path = RESULTS / f"{printed['dataset']}-{printed['commit']}.jsonl"
            save(path, printed, runs[0].outcomes)
            print(f"eval: saved {path.name}", file=sys.stderr)
        if chosen.json:
            print(json.dumps(printed))
        else:
            _print_table(dataset.name, runs, measured)
        if chosen.against:
            _print_against(chosen.against, runs[0], measured[0], qrels)
        if chosen.report:
            write_report(chosen.report, Evaluation(dataset, qrels, runs, measured, printed, assistant.document))
            print(f"eval: wrote {chosen.report}", file=sys.stderr)
        if chosen.expect:
            expect(str(printed["dataset"]), measured[0])
        if chosen.check:
            return _print_checks(check(str(printed["dataset"]), measured[0]))
    return 0


def _prepare(chosen: argparse.Namespace, folder: Path) -> tuple[Assistant, DataSet, Qrels]:
    if chosen.data:
        dataset = read_beir(chosen.data)
        return assistant_over(dataset, KEPT_LIBRARIES), dataset, dataset.qrels
    assistant = Assistant.open_shipped(folder / "library")
    texts = {summary.id: assistant.document(summary.id).text for summary in assistant.documents()}
    dataset = read_questions(chosen.questions, texts)
    return assistant, dataset, passage_qrels(dataset, assistant)


def _asked(dataset: DataSet, without: Distance | None, split: str | None) -> list[Asked]:
    """Every question once and, where the answer is taken out, again with it hidden."""
    chosen = [question for question in dataset.questions if split in (None, question.split)]
    if not chosen:
        splits = sorted({question.split for question in dataset.questions if question.split})
        raise DataError(
            f"{dataset.name} has no questions of the split {split!r}; it has: {', '.join(splits) or 'none'}."
        )
    usual = [Asked(question, answerable=question.answerable) for question in chosen]
    if without is None:
        return usual
    questions = {question.id: question for question in chosen}
    hidden = leave_out(dataset, without)
    out = [Asked(questions[key], docs, answerable=False) for key, docs in hidden.items() if key in questions]
    return [item for item in usual if item.answerable] + out


def _printed(
    dataset: DataSet, chosen: argparse.Namespace, done: Run, measured: Mapping[str, Measure]
) -> dict[str, object]:
    parts = (dataset.name, f"without-{chosen.without.value}" if chosen.without else "", chosen.split or "")
    name = "-".join(part for part in parts if part)
    return {
        "dataset": name,
        "n": len(done.outcomes),
        "metrics": {key: round(one.value, 4) for key, one in measured.items() if not math.isnan(one.value)},
        "commit": commit(),
        "encoder": SentenceEncoder.shipped().name,
    }


def _print_table(name: str, runs: Sequence[Run], measured: Sequence[Mapping[str, Measure]]) -> None:
    """A row a measure, a column a system; the 95 % interval behind Ibid's own."""
    interrupted = " (interrupted: as far as it came)" if any(one.interrupted for one in runs) else ""
    print(f"{name}: {len(runs[0].outcomes)} questions{interrupted}")
    names = dict.fromkeys(key for one in measured for key in one)
    print(f"{'':22}" + "".join(f"{one.system:>10}" for one in runs) + "   95 % interval of the first")
    for key in names:
        cells = "".join(f"{_cell(one.get(key)):>10}" for one in measured)
        interval = measured[0][key].interval if key in measured[0] else None
        between = f"   {_number(interval.low)} to {_number(interval.high)}" if interval else ""
        print(f"{key + (' (less)' if key in FALLING else ''):22}{cells}{between}")

    _print_categories(runs[0])


def _print_categories(done: Run) -> None:
    """How often the first quote is right, or a refusal, by category, where the questions have any."""
    shares: dict[str, list[bool]] = {}
    for item, outcome in zip(done.asked, done.outcomes, strict=True):
        refused = outcome.verdict is Verdict.ABSENT
        right = refused if not item.answerable else not refused and first_is_right(outcome, item.question.gold)
        shares.setdefault(item.question.category, []).append(right)
    for category, each in sorted(shares.items()):
        if category:
            print(f"  {category:20}{sum(each):4} of {len(each):3} right or rightly refused")


def _print_checks(checks: Sequence[Check]) -> int:
    for one in checks:
        measured = "gone" if one.measured is None else f"{one.measured:.4f}"
        print(f"{one.status:6}{one.name:22}expected {one.expected:.4f}, measured {measured}")
    return int(any(one.status is Status.FAIL for one in checks))


def _print_against(path: Path, done: Run, now: Mapping[str, Measure], qrels: Qrels) -> None:
    """Test each mean against a saved run: the two-sided paired randomisation test, over the questions of both."""
    printed, outcomes = load(path)
    asked = {item.question.id: item for item in done.asked if not item.hidden}
    saved = [outcome for outcome in outcomes if outcome.question_id in asked]
    before = measure(Run("saved", tuple(asked[one.question_id] for one in saved), tuple(saved)), qrels)
    print(f"against {path.name} ({printed.get('commit', 'unknown')}): before, now, p")
    for name, one in now.items():
        both = [key for key in one.of_question if name in before and key in before[name].of_question]
        if both:
            old, new = ([of[key] for key in both] for of in (before[name].of_question, one.of_question))
            p = metrics.paired_p_value(new, old, SEED)
            print(f"{name:22}{sum(old) / len(both):8.3f}{sum(new) / len(both):8.3f}{p:8.3f}")


def _cell(one: Measure | None) -> str:
    return "" if one is None else _number(one.value)


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


if __name__ == "__main__":
    sys.exit(main())
