"""A data set and a system -> one outcome for each question. Also saves runs, to compare later ones with."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from eval.datasets import DataError, DataSet, Question
from eval.systems import Outcome, System, documents_of
from retriever import Assistant, Encoder, LibraryForeign, SentenceEncoder

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"
# Libraries of data sets are kept between runs: encoding SciFact takes minutes.
KEPT_LIBRARIES = ROOT / ".ibid-eval"


@dataclass(frozen=True, slots=True)
class Trial:
    """A question for a system, with the documents to hide from it.

    Attributes:
        question: the question.
        hidden: ids of the documents that are hidden.
        answerable: whether the other documents answer it.
    """

    question: Question
    hidden: frozenset[str] = frozenset()
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """A system's outcomes for some questions. An interrupted run has only the first ones."""

    system: str
    trials: tuple[Trial, ...]
    outcomes: tuple[Outcome, ...]
    interrupted: bool = False


def run(system: System, trials: Sequence[Trial]) -> Run:
    """Ask all questions, with a progress bar on standard error. Ctrl-C keeps the outcomes so far."""
    outcomes: list[Outcome] = []
    try:
        for item in tqdm(trials, desc=system.name, unit="question", disable=None, leave=False):
            outcomes.append(system.answer(item.question, item.hidden))
    except KeyboardInterrupt:
        return Run(system.name, tuple(trials[: len(outcomes)]), tuple(outcomes), interrupted=True)
    return Run(system.name, tuple(trials), tuple(outcomes))


def assistant_over(dataset: DataSet, folder: Path, encoder: SentenceEncoder | None = None) -> Assistant:
    """Open an assistant over a data set's documents. Its library is kept for the next run.

    Args:
        dataset: the data set.
        folder: where the library is kept.
        encoder: replaces the shipped model; each has a library of its own.
    """
    digest = hashlib.sha256((encoder.origin or "").encode() if encoder else b"")
    for source in dataset.documents or ():
        digest.update(f"{source.id}\0{source.title}\0{source.text}\0".encode())
    assistant = _open_library(folder / f"{dataset.name}-{digest.hexdigest()[:12]}", encoder)
    documents = documents_of(tqdm(dataset.documents or (), desc="index", unit="document", disable=None, leave=False))
    assistant.add(documents)
    return assistant


def collection_over(docs: Path, folder: Path, encoder: Encoder | None = None) -> Assistant:
    """Open an assistant over a collection's files, read by Ibid. Its library is kept for the next run.

    If files changed, the library is made again. Files that a new version of Ibid reads differently are read again. A
    file that cannot be read is named on standard error; its questions are asked without it.

    Args:
        docs: the folder of the files.
        folder: where the library is kept.
        encoder: replaces the shipped model.
    """
    digest = hashlib.sha256(f"{docs.resolve()}\0".encode())
    for file in sorted(path for path in docs.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(docs)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
    assistant = _open_library(folder / f"{docs.absolute().parent.name}-{digest.hexdigest()[:12]}", encoder)
    for skipped in assistant.index(docs).skipped:
        tqdm.write(f"eval: {skipped.path}: {skipped.reason}", file=sys.stderr)
    return assistant


def _open_library(kept: Path, encoder: Encoder | None = None) -> Assistant:
    try:
        return Assistant.open(kept, encoder=encoder, create=True)
    except LibraryForeign:  # made by an older Ibid, and only kept to save time
        shutil.rmtree(kept)
        return Assistant.open(kept, encoder=encoder, create=True)


def commit() -> str:
    """The current commit, with `-dirty` after it if files are changed; `unknown` outside a checkout."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607
        return done.stdout.strip()

    try:
        return git("rev-parse", "--short=12", "HEAD") + ("-dirty" if git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def save(path: Path, printed: Mapping[str, Any], outcomes: Sequence[Outcome]) -> None:
    """Save a run as JSON lines, the figures first, then the outcomes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(printed, ensure_ascii=False)]
    lines += [json.dumps(outcome.as_json(), ensure_ascii=False) for outcome in outcomes]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def load(path: Path) -> tuple[Mapping[str, Any], tuple[Outcome, ...]]:
    """Read a saved run.

    Raises:
        DataError: the file is missing, or not a saved run.
    """
    try:
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        printed = json.loads(first)
        return printed, tuple(Outcome.from_json(json.loads(line)) for line in lines)
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); name a file that --save wrote.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not a run that --save wrote ({error}).") from error
