"""An evaluation as one HTML file: plots, the table of measures, and every question, failures first.

In: runs and their measures. Out: one file that loads nothing from the network. The same run gives the same bytes. One
decision: `judge` alone decides how a question went.
"""

import base64
import hashlib
import math
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval import metrics
from eval.datasets import DataError, DataSet, Gold
from eval.measures import FALLING, Measure, Qrels, first_is_right
from eval.plots import (
    Category,
    Plot,
    category_plot,
    latency_plot,
    number,
    reliability_plot,
    risk_coverage_plot,
)
from eval.runs import ROOT, Run, Trial
from eval.systems import Outcome, SystemQuote
from retriever import Document, Verdict

TEMPLATES = Path(__file__).resolve().parent / "templates"
CONTEXT = 60  # characters next to an expected quote, enough to recognise the sentence
BEGINNING = 200  # characters of an expected document without marked words
MEANINGS: Mapping[str, str] = {
    "hit@1": "first passage is relevant",
    "hit@5": "a relevant passage among the first five",
    "recall@5": "relevant passages among the first five",
    "recall@10": "relevant passages among the first ten",
    "mrr@10": "one over the rank of the first relevant passage",
    "ndcg@10": "gain discounted by rank, ten deep",
    "map": "precision at each relevant passage, averaged",
    "quote_hit@1": "first quote shown contains the answer",
    "quote_hit@3": "one of the first three contains it",
    "best_hit@1": "as quote_hit@1, whatever the verdict",
    "citation_precision": "quotes shown that touch the answer",
    "citation_recall": "documents with the answer that are quoted there",
    "highlight_em": "highlight is the answer, word for word",
    "highlight_f1": "words that highlight and answer share",
    "quote_words": "length of the first quote",
    "clear_precision": "clear answers that are right",
    "clear_coverage": "answerable questions answered clearly",
    "refusal_precision": "refusals of what cannot be answered",
    "refusal_recall": "unanswerable questions refused",
    "aurc": "area under risk-coverage",
    "ece": "confidence against accuracy, mean gap",
    "auroc": "tells answerable from not",
    "followup_typed": "nDCG@10 of follow-ups, their turns left out",
    "followup_ndcg@10": "the same, with the turns before them",
    "followup_rewritten": "the same, as a person rewrote them",
    "gap_closed": "what the turns gain, of what the rewrite does",
    "n_answerable": "questions that the documents answer",
    "n_parts": "questions whose answer has several parts",
    "first_right": "first quote holds the answer, a refusal is a miss",
    "three_right": "one of the first three holds it",
    "refused_answerable": "answerable questions refused",
    "clear_wrong": "clear answers whose first quote is not right",
    "unanswerable_not_clear": "unanswerable questions refused or unsure",
    "parts_all": "the first three quotes give every part",
    "words_first": "length of the first quote of an answer",
    "milliseconds_p50": "half of the answers take at most",
    "milliseconds_p95": "95 % of the answers take at most",
    "beside_encoder_p50": "milliseconds of search and evidence, median",
    "memory_mib": "peak of the whole process",
}


class Result(StrEnum):
    """How a question went, in the words the report shows."""

    WRONG = "Wrong quote"
    REFUSED = "Refused, though the documents answer it"
    ANSWERED = "Answered, though the documents don’t say"
    RIGHT = "Right quote"
    DECLINED = "Rightly refused"
    UNJUDGED = "Not judged"

    @property
    def failed(self) -> bool:
        """Whether it is a failure."""
        return self in (Result.WRONG, Result.REFUSED, Result.ANSWERED)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The content of a report.

    Attributes:
        dataset: the questions.
        qrels: question id to unit (passage or document) to grade.
        runs: Ibid's run, then the baselines' runs of the same questions, in the same order.
        measured: name to measure, for each run.
        printed: the JSON object of `--json`.
        document: reads a document by its collection and its id.
    """

    dataset: DataSet
    qrels: Qrels
    runs: Sequence[Run]
    measured: Sequence[Mapping[str, Measure]]
    printed: Mapping[str, object]
    document: Callable[[str, str], Document]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, with whether it is gold and whether it was highlighted."""

    text: str
    gold: bool = False
    highlighted: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of a document with their place: a quote given, or one expected."""

    pieces: tuple[Piece, ...]
    document: Document
    place: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question in the report.

    Attributes:
        number: its position in the data set, counted from 1.
        quotes: the quotes given, best first; for a refusal, the nearest.
        expected: the quotes that answer it, any one of them; empty if there are none.
        rank: the rank of the first relevant unit, in words.
        others: the results of the baselines by name.
    """

    number: int
    trial: Trial
    outcome: Outcome
    result: Result
    quotes: tuple[Citation, ...]
    expected: tuple[Citation, ...]
    rank: str
    others: Mapping[str, Result]


def check_writable(path: Path) -> None:
    """Check before a long run that its report can be written.

    Raises:
        DataError: the path is a folder, or its own folder is missing.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder; name the HTML file to write.")
    if not path.parent.is_dir():
        raise DataError(f"{path} cannot be written: there is no folder {path.parent}; make it or name another.")


def write_report(path: Path, evaluation: Evaluation) -> None:
    """Write the report.

    Raises:
        DataError: the file cannot be written.
    """
    content = render(evaluation)
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error.strerror}); name another file.") from error


def render(evaluation: Evaluation) -> str:
    """The report as HTML, with all outside text escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    entries = questions(evaluation)
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    return environment.get_template("report.html").render(
        printed=evaluation.printed,
        committed=_commit_date(str(evaluation.printed["commit"])),
        interrupted=any(run.interrupted for run in evaluation.runs),
        entries=entries,
        tally=_tally(entries),
        plots=_plots(evaluation, entries),
        systems=[run.system for run in evaluation.runs],
        rows=_table(evaluation.measured),
        categories=_distinct(entry.trial.question.category for entry in entries),
        splits=_distinct(entry.trial.question.split for entry in entries),
        verdicts=list(Verdict),
        unit=_unit(evaluation.dataset),
        style=Markup(style),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        style_digest=_digest(style),
        script_digest=_digest(script),
    )


def judge(trial: Trial, outcome: Outcome, grades: Mapping[str, float]) -> Result:
    """Decide how a question went: by its gold words or, if none are marked, by the first document.

    Args:
        trial: the question, and whether an answer was left.
        outcome: what the system gave.
        grades: unit to grade; empty if nobody judged it.
    """
    refused = outcome.verdict is Verdict.ABSENT
    if not trial.answerable:
        return Result.DECLINED if refused else Result.ANSWERED
    if not trial.question.has_answer and not grades:
        return Result.UNJUDGED
    if refused:
        return Result.REFUSED
    if trial.question.has_answer:
        right = first_is_right(outcome, trial.question.gold)
    else:
        first = outcome.quotes[0].document_id if outcome.quotes else next(iter(outcome.ranked), "")
        right = grades.get(first, 0) > 0
    return Result.RIGHT if right else Result.WRONG


def questions(evaluation: Evaluation) -> list[Entry]:
    """Every question: failures first, most confident first; then the others, least confident first."""
    first, *others = evaluation.runs
    document = cache(evaluation.document)
    unit = _unit(evaluation.dataset)
    entries = []
    for position, (trial, outcome) in enumerate(zip(first.trials, first.outcomes, strict=True)):
        grades = evaluation.qrels.get(trial.question.id, {})
        read = partial(document, trial.question.collection)
        entries.append(
            Entry(
                number=position + 1,
                trial=trial,
                outcome=outcome,
                result=judge(trial, outcome, grades),
                quotes=tuple(_citation(one, trial.question.gold, read(one.document_id)) for one in outcome.quotes),
                expected=_expected_quotes(trial, grades, read),
                rank=_rank(outcome.ranked, grades, unit),
                others={
                    run.system: judge(trial, run.outcomes[position], grades)
                    for run in others
                    if position < len(run.outcomes)
                },
            )
        )
    return sorted(entries, key=_worst_first)


def _worst_first(entry: Entry) -> tuple[bool, float, int]:
    confidence = entry.outcome.confidence
    return not entry.result.failed, -confidence if entry.result.failed else confidence, entry.number


def _unit(dataset: DataSet) -> str:
    return "passage" if dataset.documents is None else "document"


def _citation(quote: SystemQuote, gold: Sequence[Gold], document: Document) -> Citation:
    spans = [
        (max(one.start, quote.start) - quote.start, min(one.end, quote.end) - quote.start)
        for one in gold
        if one.document_id == quote.document_id and one.start < quote.end and quote.start < one.end
    ]
    at = quote.text.find(quote.highlight) if quote.highlight else -1
    marked = (at, at + len(quote.highlight)) if at >= 0 else None
    place = f"{quote.document_id}:{quote.start}-{quote.end}"
    return Citation(_pieces(quote.text, spans, marked), document, place, quote.why)


def _pieces(text: str, gold: Sequence[tuple[int, int]], highlight: tuple[int, int] | None) -> tuple[Piece, ...]:
    """Split a text at the ends of gold and highlight."""
    cuts = sorted({0, len(text), *(at for span in gold for at in span), *(highlight or ())})
    return tuple(
        Piece(
            text[start:end],
            any(low <= start and end <= high for low, high in gold),
            highlight is not None and highlight[0] <= start and end <= highlight[1],
        )
        for start, end in pairwise(cuts)
    )


def _expected_quotes(
    trial: Trial, grades: Mapping[str, float], read: Callable[[str], Document]
) -> tuple[Citation, ...]:
    """The gold quotes in context, each once a document; without any, the relevant documents."""
    cited: dict[tuple[str, str], Citation] = {}
    for gold in trial.question.gold:
        document = read(gold.document_id)
        words = document.text[gold.start : gold.end]
        pieces = _in_context(document.text, gold.start, gold.end)
        place = f"{gold.document_id}:{gold.start}-{gold.end}"
        cited.setdefault((gold.document_id, words), Citation(pieces, document, place))
    if not cited and trial.answerable:
        relevant = [read(document_id) for document_id, grade in grades.items() if grade > 0]
        return tuple(Citation((Piece(f"{one.text[:BEGINNING]} …"),), one, one.id) for one in relevant)
    return tuple(cited.values())


def _in_context(text: str, start: int, end: int) -> tuple[Piece, Piece, Piece]:
    """Gold words with whole words around them, and `…` at a cut."""
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    if len(before) < start:
        before = f"… {before.partition(' ')[2]}"
    if end + len(after) < len(text):
        after = f"{after.rpartition(' ')[0]} …"
    return Piece(before), Piece(text[start:end], gold=True), Piece(after)


def _rank(ranked: Sequence[str], grades: Mapping[str, float], unit: str) -> str:
    if not any(grade > 0 for grade in grades.values()):
        return ""
    rank = next((place for place, found in enumerate(ranked, 1) if grades.get(found, 0) > 0), None)
    if rank is None:
        return f"no relevant {unit} among the first {len(ranked)}"
    return f"first relevant {unit} at rank {rank}"


def _tally(entries: Sequence[Entry]) -> dict[Result, int]:
    return {result: sum(entry.result is result for entry in entries) for result in Result}


def _distinct(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name})


def _table(measured: Sequence[Mapping[str, Measure]]) -> list[dict[str, object]]:
    """The measures as rows: each system's value, whether it is best, and the interval of the first."""
    rows = []
    for name in dict.fromkeys(name for one in measured for name in one):
        values = [one[name].value if name in one else math.nan for one in measured]
        known = [value for value in values if not math.isnan(value)]
        best = (min if name in FALLING else max)(known, default=math.nan)
        interval = measured[0][name].interval if name in measured[0] else None
        rows.append(
            {
                "name": name,
                "meaning": MEANINGS.get(name, ""),
                "falling": name in FALLING,
                "cells": [(number(value), len(set(known)) > 1 and number(value) == number(best)) for value in values],
                "interval": f"{number(interval.low)} to {number(interval.high)}" if interval else "",
            }
        )
    return rows


def _digest(text: str) -> str:
    """The source expression with which a content security policy allows an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _commit_date(commit: str) -> str:
    """The date of the commit, not of today, so that a run always gives the same file; empty if unknown."""
    words = ["git", "show", "--no-patch", "--format=%cs", commit.removesuffix("-dirty"), "--"]
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


# The plots.


def _plots(evaluation: Evaluation, entries: Sequence[Entry]) -> list[Plot]:
    """The plots for which there is data."""
    curves = {}
    for run in evaluation.runs:
        confidence, right = _answers(run)
        if confidence:
            curves[run.system] = metrics.risk_coverage(confidence, right)
    plots = [risk_coverage_plot(curves)] if curves else []
    confidence, right = _answers(evaluation.runs[0])
    if confidence and "ece" in evaluation.measured[0]:
        bins = metrics.reliability_bins(confidence, right)
        plots.append(reliability_plot(bins, evaluation.measured[0]["ece"].value))
    judged = [entry for entry in entries if entry.result is not Result.UNJUDGED]
    if judged:
        hits = evaluation.measured[0].get("hit@1")
        plots.append(category_plot(_by_category(judged, hits.of_question if hits else {})))
    if entries:
        plots.append(latency_plot([entry.outcome.milliseconds for entry in entries]))
    return plots


def _answers(run: Run) -> tuple[list[float], list[bool]]:
    """Confidences, and whether the best quote is right, for the questions that the refusal measures use.

    None if no words are marked as gold, since nothing could be right then.
    """
    if not any(trial.question.has_answer for trial in run.trials):
        return [], []
    pairs = [
        (outcome.confidence, trial.answerable and first_is_right(outcome, trial.question.gold))
        for trial, outcome in zip(run.trials, run.outcomes, strict=True)
        if trial.question.has_answer or not trial.answerable
    ]
    return [confidence for confidence, _ in pairs], [right for _, right in pairs]


def _by_category(entries: Sequence[Entry], hits: Mapping[str, float]) -> list[Category]:
    """The categories by name, answerable ones first."""
    groups: dict[tuple[bool, str], list[Entry]] = {}
    for entry in entries:
        answerable, taken_out = entry.trial.answerable, bool(entry.trial.hidden)
        name = entry.trial.question.category or ("answerable" if answerable else "unanswerable")
        groups.setdefault((not answerable, f"{name}, taken out" if taken_out else name), []).append(entry)
    found = []
    for (unanswerable, name), members in sorted(groups.items()):
        keys = [entry.trial.question.id for entry in members]
        known = [] if unanswerable else [hits[key] for key in keys if key in hits]
        right = float(np.mean([not entry.result.failed for entry in members]))
        found.append(Category(name, len(members), right, float(np.mean(known)) if known else None))
    return found
