"""`python -m eval`: run the QA set, a data set in BEIR's layout or one of collections, and print what was measured."""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from eval import metrics
from eval.datasets import (
    DataError,
    DataSet,
    Distance,
    find_collections,
    first_documents,
    leave_out,
    read_beir,
    read_collections,
    read_questions,
)
from eval.expected import Check, Status, check, expect
from eval.measures import (
    COSTS,
    FALLING,
    SEED,
    Measure,
    Qrels,
    follow_ups,
    measure,
    parts,
    passage_qrels,
    shares,
)
from eval.mine import evaluate_mine, is_mine
from eval.report import Evaluation, check_writable, questions, write_report
from eval.runs import KEPT_LIBRARIES, RESULTS, Run, Trial, assistant_over, collection_over, commit, load, run, save
from eval.systems import Baseline, Ibid, Kind, PerCollection, PlainIndex, System
from retriever import Assistant, IbidError, SentenceEncoder

QUESTIONS = Path(__file__).resolve().parent / "questions.jsonl"
COLLECTIONS = Path(__file__).resolve().parent / "collections"
SHIPPED = "shipped"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one evaluation.

    Returns:
        The exit status: 0 done, 1 an error that the user can mend, or a figure out of its tolerance.
    """
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.data is None and is_mine(chosen.questions):
            return evaluate_mine(chosen.questions, as_json=chosen.json, list_wrong=chosen.wrong)
        status = _evaluate(chosen)
        whole = (
            chosen.data is None
            and chosen.questions == QUESTIONS
            and not (chosen.without or chosen.split or chosen.by_words)
        )
        if whole and (chosen.check or chosen.expect):
            others = {"data": COLLECTIONS, "report": None, "against": None, "print_object": False}
            status |= _evaluate(argparse.Namespace(**{**vars(chosen), **others}))
        return status
    except (DataError, IbidError) as error:
        print(f"eval: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("eval: Interrupted before the first question.", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument(
        "--questions",
        type=Path,
        default=QUESTIONS,
        metavar="FILE",
        help="another QA set on corpus/; or `mine`, or a library's folder: its judged answers",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="a data set in BEIR's layout, or collections")
    parser.add_argument(
        "--without",
        type=Distance,
        choices=list(Distance),
        help="ask again with the answer taken out: measures refusing at that distance",
    )
    parser.add_argument("--compare", action="store_true", help="the plain baselines on the same data, side by side")
    parser.add_argument(
        "--encoder", default=SHIPPED, help="with --data and a data set: another encoder, as of `ibid index`"
    )
    parser.add_argument("--by-words", action="store_true", help="without the encoder, as while it is being prepared")
    parser.add_argument(
        "--documents",
        type=int,
        metavar="N",
        help="with --data and a data set: only its first N documents, and the questions that these answer",
    )
    parser.add_argument("--split", metavar="NAME", help="only the questions of one split: open, or held")
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare with eval/expected.json, eval/collections too; status 1 if it differs",
    )
    parser.add_argument(
        "--expect", action="store_true", help="write the figures to eval/expected.json, of eval/collections too"
    )
    parser.add_argument("--against", type=Path, metavar="FILE", help="test each mean against a run that --save wrote")
    parser.add_argument("--save", action="store_true", help="save the run under eval/results/, by its commit")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write everything as one HTML file to read")
    parser.add_argument("--wrong", action="store_true", help="list the wrong answers, the most confident first")
    parser.add_argument("--json", action="store_true", help="one JSON object, nothing else on standard output")
    parser.set_defaults(print_object=True)  # only one object is printed
    return parser


def _evaluate(chosen: argparse.Namespace) -> int:
    if chosen.report:
        check_writable(chosen.report)
    with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
        assistants, dataset, qrels = _prepare(chosen, Path(folder))
        for assistant in assistants.values():
            assistant.warm_up()
        if chosen.by_words:
            assistants = {name: one.by_words for name, one in assistants.items()}
        trials = _trials(dataset, chosen.without, chosen.split)
        systems: list[System] = [PerCollection({name: Ibid(one, dataset) for name, one in assistants.items()})]
        if chosen.compare:
            encoder = SentenceEncoder.named(chosen.encoder)
            indexes = {name: PlainIndex(one, dataset, encoder) for name, one in assistants.items()}
            systems += [PerCollection({name: Baseline(kind, one) for name, one in indexes.items()}) for kind in Kind]
        runs = [run(system, trials) for system in systems]
        measured = [measure(one, qrels) for one in runs]
        measured[0].update(follow_ups(systems[0], trials, qrels))
        printed = _print_run(dataset, chosen, runs[0], measured[0], qrels)
        evaluation = Evaluation(
            dataset, qrels, runs, measured, printed, lambda collection, key: assistants[collection].document(key)
        )
        return _tell(chosen, evaluation)


def _tell(chosen: argparse.Namespace, evaluation: Evaluation) -> int:
    """Print, save and check the figures. With `--json`, all but the JSON object goes to standard error."""
    output = sys.stderr if chosen.json else sys.stdout
    done, measured, printed = evaluation.runs[0], evaluation.measured[0], evaluation.printed
    if done.interrupted and (chosen.save or chosen.expect or chosen.check):
        raise DataError("The run was interrupted: its figures are neither saved, nor expected, nor checked.")
    if chosen.save:
        path = RESULTS / f"{printed['dataset']}-{printed['commit']}.jsonl"
        save(path, printed, done.outcomes)
        print(f"eval: saved {path.name}", file=sys.stderr)
    if not chosen.json:
        _print_table(evaluation.dataset.name, evaluation.runs, evaluation.measured)
    elif chosen.print_object:
        print(json.dumps(printed))
    if chosen.against:
        _print_against(chosen.against, done, measured, evaluation.qrels, output)
    if chosen.wrong:
        _print_wrong(evaluation, output)
    if chosen.report:
        write_report(chosen.report, evaluation)
        print(f"eval: wrote {chosen.report}", file=sys.stderr)
    if chosen.expect:
        expect(str(printed["dataset"]), measured)
    return _print_checks(check(str(printed["dataset"]), measured), output) if chosen.check else 0


def _prepare(chosen: argparse.Namespace, folder: Path) -> tuple[dict[str, Assistant], DataSet, Qrels]:
    """Open the assistants, by collection (`""` if there is only one), and read the questions."""
    collections = find_collections(chosen.data) if chosen.data else {}
    if chosen.data and not collections:
        dataset = read_beir(chosen.data)
        dataset = dataset if chosen.documents is None else first_documents(dataset, chosen.documents)
        encoder = SentenceEncoder.named(chosen.encoder)
        return {"": assistant_over(dataset, KEPT_LIBRARIES, encoder)}, dataset, dataset.qrels
    if chosen.encoder != SHIPPED:
        raise DataError("--encoder needs --data with a data set in BEIR's layout.")
    if chosen.documents is not None:
        raise DataError("--documents needs --data with a data set in BEIR's layout.")
    if collections:
        assistants = {name: collection_over(docs, KEPT_LIBRARIES) for name, docs in collections.items()}
        dataset = read_collections(chosen.data, {name: _texts(one) for name, one in assistants.items()})
    else:
        assistants = {"": Assistant.open_shipped(folder / "library")}
        dataset = read_questions(chosen.questions, _texts(assistants[""]))
    qrels: dict[str, Mapping[str, float]] = {}
    for name, assistant in assistants.items():
        own = tuple(question for question in dataset.questions if question.collection == name)
        qrels.update(passage_qrels(replace(dataset, questions=own), assistant))
    return assistants, dataset, qrels


def _texts(assistant: Assistant) -> dict[str, str]:
    return {summary.id: assistant.document(summary.id).text for summary in assistant.documents()}


def _trials(dataset: DataSet, without: Distance | None, split: str | None) -> list[Trial]:
    """Every question once, and with `without` again with its answer hidden."""
    chosen = [question for question in dataset.questions if split in (None, question.split)]
    if not chosen:
        splits = sorted({question.split for question in dataset.questions if question.split})
        raise DataError(
            f"{dataset.name} has no questions of the split {split!r}; it has: {', '.join(splits) or 'none'}."
        )
    usual = [Trial(question, answerable=question.answerable) for question in chosen]
    if without is None:
        return usual
    questions = {question.id: question for question in chosen}
    hidden = leave_out(dataset, without)
    out = [Trial(questions[key], docs, answerable=False) for key, docs in hidden.items() if key in questions]
    return [item for item in usual if item.answerable] + out


def _print_run(
    dataset: DataSet, chosen: argparse.Namespace, done: Run, measured: Mapping[str, Measure], qrels: Qrels
) -> dict[str, object]:
    encoder = SentenceEncoder.named(chosen.encoder).name
    other = "" if chosen.encoder == SHIPPED else encoder
    without = f"without-{chosen.without.value}" if chosen.without else ""
    name_parts = (dataset.name, without, chosen.split or "", "by-words" if chosen.by_words else "", other)
    printed: dict[str, object] = {
        "dataset": "-".join(part for part in name_parts if part),
        "n": len(done.outcomes),
        "metrics": _figures(measured),
    }
    by_collection = _by_group(done, qrels, _collection)
    if by_collection:
        printed |= {"by_kind": _by_group(done, qrels, _kind), "by_collection": by_collection}
    return printed | {"commit": commit(), "encoder": encoder}


def _figures(measured: Mapping[str, Measure]) -> dict[str, float]:
    return {key: round(one.value, 4) for key, one in measured.items() if not math.isnan(one.value)}


def _by_group(done: Run, qrels: Qrels, group: Callable[[Trial], str]) -> dict[str, dict[str, float]]:
    groups = parts(done, group)
    measured = {name: measure(part, qrels, resamples=0) for name, part in groups.items()}
    return {
        name: {"n": len(groups[name].outcomes), **_figures({key: one for key, one in of.items() if key not in COSTS})}
        for name, of in measured.items()
    }


def _kind(item: Trial) -> str:
    return f"{item.question.category}, taken out" if item.hidden else item.question.category


def _collection(item: Trial) -> str:
    return item.question.collection


def _print_table(name: str, runs: Sequence[Run], measured: Sequence[Mapping[str, Measure]]) -> None:
    """Print a row for each measure and a column for each system, with the 95 % interval of Ibid's."""
    interrupted = " (interrupted: as far as it came)" if any(one.interrupted for one in runs) else ""
    print(f"{name}: {len(runs[0].outcomes)} questions{interrupted}")
    names = dict.fromkeys(key for one in measured for key in one)
    print(f"{'':30}" + "".join(f"{one.system:>10}" for one in runs) + "   95 % interval of the first")
    for key in names:
        cells = "".join(f"{_cell(one.get(key)):>10}" for one in measured)
        interval = measured[0][key].interval if key in measured[0] else None
        between = f"   {_number(interval.low)} to {_number(interval.high)}" if interval else ""
        print(f"{key + (' (less)' if key in FALLING else ''):30}{cells}{between}")

    _print_groups(runs[0])


def _print_groups(done: Run) -> None:
    """Print the shares for each kind of question and each collection, if the data has any."""
    groups = [*parts(done, _kind).items(), *parts(done, _collection).items()]
    if not groups:
        return
    print(f"\n{'':22}{'n':>6}" + "".join(f"{name:>12}" for name in shares(done)))
    for name, part in [*groups, ("all", done)]:
        cells = ("" if math.isnan(share) else _number(share) for share in shares(part).values())
        print(f"{name:22}{len(part.outcomes):6}" + "".join(f"{cell:>12}" for cell in cells))


def _print_wrong(evaluation: Evaluation, output: TextIO) -> None:
    """Print each failed question: its verdict, the quote, and the expected words."""
    for entry in questions(evaluation):
        question, outcome = entry.trial.question, entry.outcome
        if not entry.result.failed:
            continue
        names = ", ".join(filter(None, (question.id, question.collection, question.category)))
        said = " / ".join(asked for asked, _ in question.history)
        quote = outcome.quotes[0] if outcome.quotes else None
        expected = " | ".join(question.answers) or " | ".join(cited.place for cited in entry.expected)
        print(f"\n{question.text}" + (f" (after: {said})" if said else ""), file=output)
        print(f"  {entry.result}: {outcome.verdict}, {outcome.confidence:.2f} ({names})", file=output)
        print(f"  quoted:   {_line(quote.text) + f' [{quote.document_id}]' if quote else 'nothing'}", file=output)
        print(f"  expected: {_line(expected) if entry.trial.answerable else 'a refusal'}", file=output)


def _line(text: str) -> str:
    return " ".join(text.split())


def _print_checks(checks: Sequence[Check], output: TextIO) -> int:
    for one in checks:
        measured = "gone" if one.measured is None else f"{one.measured:.4f}"
        print(f"{one.status:6}{one.name:26}expected {one.expected:.4f}, measured {measured}", file=output)
    return int(any(one.status is Status.FAIL for one in checks))


def _print_against(path: Path, done: Run, now: Mapping[str, Measure], qrels: Qrels, output: TextIO) -> None:
    """Test each mean against a saved run: the two-sided paired randomisation test, over the questions of both."""
    printed, outcomes = load(path)
    asked = {item.question.id: item for item in done.trials if not item.hidden}
    saved = [outcome for outcome in outcomes if outcome.question_id in asked]
    before = measure(Run("saved", tuple(asked[one.question_id] for one in saved), tuple(saved)), qrels)
    print(f"against {path.name} ({printed.get('commit', 'unknown')}): before, now, p", file=output)
    for name, one in now.items():
        both = [key for key in one.of_question if name in before and key in before[name].of_question]
        if both:
            old, new = ([of[key] for key in both] for of in (before[name].of_question, one.of_question))
            p = metrics.paired_p_value(new, old, SEED)
            print(f"{name:26}{sum(old) / len(both):8.3f}{sum(new) / len(both):8.3f}{p:8.3f}", file=output)


def _cell(one: Measure | None) -> str:
    return "" if one is None else _number(one.value)


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


if __name__ == "__main__":
    sys.exit(main())
