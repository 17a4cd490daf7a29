"""`python -m eval.languages --data DATA`: ask questions in other languages, and English questions about their texts.

In: XQuAD's paragraphs and questions, a folder `xquad_LANGUAGE` for each language, and `squad2` for English. Out: a row
of figures for each language. Each paragraph is a document. Each question is asked twice: of all documents, and of all
but the one that answers. Near misses, which name a year, a number or somebody of another article, are asked as well.
One decision: an English question about a text in another language comes from squad2, because
38 of its paragraphs are XQuAD's in English (`parallel.json`).
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from eval import metrics
from eval.datasets import DataError, DataSet, Distance, Question, leave_out, read_beir
from eval.near_misses import near_misses
from eval.runs import Run, Trial, run
from eval.systems import Ibid, Outcome, documents_of
from retriever import Assistant, Encoder, IbidError, SentenceEncoder, Verdict

Thing = TypeVar("Thing")
ENGLISH = "squad2"
PARALLEL = Path(__file__).with_name("parallel.json")
"""XQuAD's paragraph -> squad2's paragraph of which it is the translation."""
_HEAD = (
    "texts, questions",
    "n",
    "passage",
    "first",
    "three",
    "refused",
    "gone:ref",
    "gone:clr",
    "clr wrong",
    "near:ref",
    "near:clr",
    "auroc",
    "ms",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured for one language.

    Attributes:
        name: languages of the texts and of the questions.
        count: questions.
        passage: share whose first passage is of the right document.
        first: share whose first quote is right; a refusal is wrong. NaN where no words are known to be right.
        three: the same for the first three quotes.
        refused: share refused though a document answers.
        gone_refused: share refused once that document is taken out.
        gone_clear: share answered clearly once it is taken out.
        clear_wrong: of all clear answers, with and without the document, the share that is wrong.
        near_refused: share of the near misses that is refused. NaN where none were asked.
        near_clear: the same, answered clearly.
        auroc: how well `present` tells questions with their document from those without.
        milliseconds: median time of a question.
    """

    name: str
    count: int
    passage: float
    first: float
    three: float
    refused: float
    gone_refused: float
    gone_clear: float
    clear_wrong: float
    near_refused: float
    near_clear: float
    auroc: float
    milliseconds: float

    @classmethod
    def of(cls, name: str, done: Run, right_document: Mapping[str, str]) -> "Figures":
        """Measure a run.

        Args:
            name: for the row.
            done: each question with its document, and without; and near misses.
            right_document: question id -> the document that answers.
        """
        there, gone, near = (
            [
                pair
                for pair in zip(done.trials, done.outcomes, strict=True)
                if (pair[0].answerable, pair[0].question.answerable) == kind
            ]
            for kind in ((True, True), (False, True), (False, False))
        )
        has_spans = all(item.question.gold for item, _ in there)
        right = {
            item.question.id: metrics.quote_hit_at(out.quotes, item.question.gold, 1) > 0
            if has_spans
            else bool(out.quotes) and out.quotes[0].document_id == right_document[item.question.id]
            for item, out in there
        }
        clear = [
            item.answerable and right[item.question.id] for item, out in (*there, *gone) if out.verdict is Verdict.CLEAR
        ]
        answered = [(item, () if out.verdict is Verdict.ABSENT else out.quotes) for item, out in there]
        first, three = (
            metrics.mean([metrics.quote_hit_at(quotes, item.question.gold, k) for item, quotes in answered])
            if has_spans
            else float("nan")
            for k in (1, 3)
        )
        return cls(
            name,
            len(there),
            metrics.mean([out.ranked[:1] == (right_document[item.question.id],) for item, out in there]),
            first,
            three,
            _share(there, Verdict.ABSENT),
            _share(gone, Verdict.ABSENT),
            _share(gone, Verdict.CLEAR),
            1 - metrics.mean(clear) if clear else float("nan"),
            _share(near, Verdict.ABSENT),
            _share(near, Verdict.CLEAR),
            metrics.auroc(
                [out.present for _, out in (*there, *gone)], [item.answerable for item, _ in (*there, *gone)]
            ),
            float(np.median([out.milliseconds["total"] for out in done.outcomes])),
        )

    @property
    def row(self) -> str:
        """One line of the table."""
        shares = (
            self.passage,
            self.first,
            self.three,
            self.refused,
            self.gone_refused,
            self.gone_clear,
            self.clear_wrong,
            self.near_refused,
            self.near_clear,
            self.auroc,
        )
        cells = "".join(f"{'-' if np.isnan(share) else f'{share:.3f}':>10}" for share in shares)
        return f"{self.name:20}{self.count:6}{cells}{self.milliseconds:8.0f}"


def _share(pairs: Sequence[tuple[Trial, Outcome]], verdict: Verdict) -> float:
    return metrics.mean([out.verdict is verdict for _, out in pairs]) if pairs else float("nan")


def spread(things: Sequence[Thing], limit: int | None) -> list[Thing]:
    """At most `limit` of some questions, evenly spread, so that every article has some."""
    if limit is None or limit >= len(things):
        return list(things)
    return [things[int(at)] for at in np.linspace(0, len(things) - 1, limit)]


def trials(dataset: DataSet, chosen: Sequence[Question]) -> list[Trial]:
    """Each question of all documents, then of all but the one that answers."""
    hidden = leave_out(replace(dataset, questions=tuple(chosen)), Distance.PARAGRAPH)
    return [Trial(one) for one in chosen] + [Trial(one, hidden[one.id], answerable=False) for one in chosen]


def english_questions(english: DataSet, texts: DataSet) -> DataSet:
    """English questions, each with the document in another language that answers; no words are known to be right."""
    parallel = {its: ours for ours, its in json.loads(PARALLEL.read_text(encoding="utf-8")).items()}
    chosen = tuple(
        replace(one, gold=(), answers=(), context_id=parallel[one.context_id])
        for one in english.questions
        if one.answerable and one.context_id in parallel
    )
    return DataSet(texts.name, texts.documents, chosen, {one.id: {str(one.context_id): 1.0} for one in chosen})


def _near(folder: Path, dataset: DataSet) -> list[Question]:
    """The near misses of a language's questions; the Spanish ones beside it tell which of its answers are names."""
    guide = folder.with_name("xquad_es")
    is_guided = folder.name != ENGLISH and guide.is_dir()
    return near_misses(dataset, _language(folder), read_beir(guide) if is_guided else None)


def _language(folder: Path) -> str:
    return "en" if folder.name == ENGLISH else folder.name.removeprefix("xquad_")


def measure(folder: Path, english: DataSet | None, encoder: Encoder, limit: int | None) -> None:
    """Index one language's paragraphs, ask its questions and the English ones, and print a row for each."""
    dataset = read_beir(folder)
    own = replace(dataset, questions=tuple(one for one in dataset.questions if one.answerable))
    with tempfile.TemporaryDirectory(prefix="ibid-languages-") as place:
        assistant = Assistant.open(Path(place) / "library", encoder=encoder, create=True)
        with assistant:
            assistant.warm_up()
            began = time.perf_counter()
            assistant.add(documents_of(dataset.documents or ()))
            seconds = time.perf_counter() - began
            state = assistant.state()
            name = _language(folder)
            pairs = [(name, own, spread(_near(folder, dataset), limit))]
            if english is not None and folder.name != ENGLISH:
                pairs.append(("en", english_questions(english, dataset), []))
            for asked, questions, near in pairs:
                every = trials(questions, spread(questions.questions, limit))
                every += [Trial(one, answerable=False) for one in near]
                done = run(Ibid(assistant, questions), every)
                right = {one.id: str(one.context_id) for one in questions.questions}
                print(Figures.of(f"{name}, {asked}", done, right).row, flush=True)
            size = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file()) / 1e6
            print(
                f"    {len(dataset.documents or ())} documents, {state.passages} passages: "
                f"{state.passages / seconds:.0f} a second, {size:.0f} MB; process {metrics.peak_memory():.0f} MiB",
                flush=True,
            )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.languages", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DATA", help="the folder of the data sets")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these: de, es, ar, zh, squad2 (English)")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N questions for each row, evenly spread")
    parser.add_argument("--encoder", default="shipped", help="`shipped`, or another encoder, as of `ibid index`")
    chosen = parser.parse_args(arguments)
    try:
        folders = [*sorted(chosen.data.glob("xquad_*")), chosen.data / ENGLISH]
        folders = [one for one in folders if one.is_dir() and _wanted(one, chosen.only)]
        if not folders:
            raise DataError(f"{chosen.data} has no folder xquad_LANGUAGE or {ENGLISH} of that name.")
        english = read_beir(chosen.data / ENGLISH) if (chosen.data / ENGLISH).is_dir() else None
        encoder = SentenceEncoder.named(chosen.encoder)
        print(
            f"encoder: {encoder.name}\n{_HEAD[0]:20}{_HEAD[1]:>6}"
            + "".join(f"{one:>10}" for one in _HEAD[2:-1])
            + f"{_HEAD[-1]:>8}"
        )
        for folder in folders:
            measure(folder, english, encoder, chosen.limit)
    except (DataError, IbidError) as error:
        print(f"eval.languages: {error}", file=sys.stderr)
        return 1
    return 0


def _wanted(folder: Path, only: Sequence[str] | None) -> bool:
    return only is None or folder.name.removeprefix("xquad_") in only


if __name__ == "__main__":
    sys.exit(main())
