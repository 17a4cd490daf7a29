"""`python -m eval.benchmarks.scale`: what it costs to build, open and search indexes as a library grows.

Libraries of 10,000, 100,000 and 1,000,000 passages are made, whatever is real in them made larger, and the two indexes
measured beside the plain script's: FAISS's `IndexFlatIP`. What is made is said in the output. Each size is measured in
a process of its own, so that its memory is its own.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import faiss
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from retriever import SentenceEncoder, Settings
from retriever.index.dense import DenseIndex
from retriever.index.fusion import weighted_sum
from retriever.index.lexical import LexicalIndex
from retriever.words import content_terms, words

SIZES = (10_000, 100_000, 1_000_000)
COUNT = 100
"""Passages that each index offers, as `Settings.arm_depth`."""
QUESTIONS = 200
SENTENCES_A_PASSAGE = 3
JITTER = 0.6
"""Length of the noise that is added to a real unit vector before it is scaled to unit length: cosine 0.86 with it."""
BATCH = 10_000
MADE = (
    "Made larger: the texts are sentences of SciFact's abstracts drawn anew, {sentences} a passage; the vectors are "
    "those of {real:,} of its real sentences, each with noise of length {jitter} added. The questions are SciFact's "
    "claims, with their real vectors. Left out: library.db, word vectors and the weighing of evidence."
)
_SENTENCE_ENDS = re.compile(r"(?<=[.?!]) +")

Floats = NDArray[np.float32]
Done = TypeVar("Done")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size, print it, and save it with a plot of the growth.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.scale", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/scifact"), help="SciFact in BEIR's layout")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="passages")
    parser.add_argument("--real", type=int, default=10_000, metavar="N", help="sentences that the encoder reads")
    parser.add_argument("--output", type=Path, default=Path("build/scale"), help="folder of scale.json and scale.svg")
    parser.add_argument("--one", type=int, metavar="N", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    chosen.output.mkdir(parents=True, exist_ok=True)
    prepared = chosen.output / f"real-{chosen.real}.npz"
    if chosen.one:
        print(json.dumps(measure(chosen.one, *_load(prepared), chosen.output)))
        return 0
    if not prepared.is_file():
        _prepare(chosen.data, chosen.real, prepared)
    print(MADE.format(sentences=SENTENCES_A_PASSAGE, real=chosen.real, jitter=JITTER), flush=True)
    rows = []
    for size in chosen.sizes:
        command = [sys.executable, "-m", "eval.benchmarks.scale", "--one", str(size)]
        command += ["--real", str(chosen.real), "--output", str(chosen.output)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        _print(rows[-1])
        (chosen.output / "scale.json").write_text(json.dumps({"made": MADE, "rows": rows}, indent=1))
        (chosen.output / "scale.svg").write_text(_plot(rows))
    return 0


def measure(
    size: int, sentences: Sequence[str], vectors: Floats, questions: Sequence[str], question_vectors: Floats, work: Path
) -> dict[str, Any]:
    """Build, open and search the indexes of one size.

    Args:
        size: passages.
        sentences: real ones, of which passages are drawn.
        vectors: float32 (n_sentences, dimension), theirs, unit length.
        questions: what is asked.
        question_vectors: float32 (n_questions, dimension), unit length.
        work: where the indexes are written, and removed again.

    Returns:
        Figures by name, seconds, milliseconds and megabytes as the names say.
    """
    folder = Path(tempfile.mkdtemp(dir=work))
    try:
        figures: dict[str, Any] = {"passages": size}
        numbers = np.arange(1, size + 1, dtype=np.int64)
        _, figures["dense_build_s"] = _timed(DenseIndex.build, folder, numbers, _vectors(vectors, size))
        _, figures["lexical_build_s"] = _timed(LexicalIndex.build, folder, _passages(sentences, size))
        figures["build_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        figures["disk_mb"] = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
        before = _resident()
        (dense, lexical), figures["open_s"] = _timed(_open, folder)
        found = _search(dense, lexical, questions, question_vectors, figures)
        figures["search_memory_mb"], figures["resident_mb"] = _resident() - before, _resident()
        _compare(dense, found, question_vectors, figures)
        return figures
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _search(
    dense: DenseIndex,
    lexical: LexicalIndex,
    questions: Sequence[str],
    question_vectors: Floats,
    figures: dict[str, Any],
) -> list[list[int]]:
    """Ask both indexes all questions, note how long they took, and give back what was found by meaning."""
    figures["exact"] = dense.is_exact
    found = []
    times: dict[str, list[float]] = {"dense": [], "lexical": [], "search": []}
    for question, vector in zip(questions, question_vectors, strict=True):
        near, dense_seconds = _timed(dense.search, vector, COUNT)
        shared, lexical_seconds = _timed(lexical.search, content_terms(words(question)), COUNT)
        _, fusing = _timed(weighted_sum, near, shared, Settings().dense_weight)
        found.append([number for number, _ in near])
        times["dense"].append(1000 * dense_seconds)
        times["lexical"].append(1000 * lexical_seconds)
        times["search"].append(1000 * (dense_seconds + lexical_seconds + fusing))
    for name, values in times.items():
        figures[f"{name}_median_ms"] = float(np.median(values))
        figures[f"{name}_p95_ms"] = float(np.quantile(values, 0.95))
    return found


def _compare(
    dense: DenseIndex, found: Sequence[Sequence[int]], question_vectors: Floats, figures: dict[str, Any]
) -> None:
    """Ask the plain script's index the same, and note its times and how much of what it found was found."""
    flat, figures["plain_build_s"] = _timed(_flat, dense.contents()[1])
    plain = [_timed(flat.search, vector[None], COUNT) for vector in question_vectors]
    milliseconds = [1000 * seconds for _, seconds in plain]
    figures["plain_median_ms"] = float(np.median(milliseconds))
    figures["plain_p95_ms"] = float(np.quantile(milliseconds, 0.95))
    figures["dense_to_plain"] = figures["dense_median_ms"] / figures["plain_median_ms"]
    numbers = dense.contents()[0]
    for depth in (10, COUNT):
        shares = [
            len(set(mine[:depth]) & set(numbers[rows[0][:depth]].tolist())) / depth
            for mine, ((_, rows), _) in zip(found, plain, strict=True)
        ]
        figures[f"recall_{depth}"] = float(np.mean(shares))


def _prepare(data: Path, count: int, file: Path) -> None:
    """Encode real sentences, spread over the abstracts, and the questions, once."""
    encoder = SentenceEncoder.shipped()
    texts = [json.loads(line)["text"] for line in (data / "corpus.jsonl").open(encoding="utf-8")]
    every = [sentence for text in texts for sentence in _SENTENCE_ENDS.split(text) if len(sentence) > 40]
    sentences = every[:: max(1, len(every) // count)][:count]
    asked = [json.loads(line)["text"] for line in (data / "queries.jsonl").open(encoding="utf-8")]
    questions = asked[:: max(1, len(asked) // QUESTIONS)][:QUESTIONS]
    read = encoder.read_passages(sentences, [[] for _ in sentences])
    question_vectors = [encoder.read_question(question, []).vector for question in questions]
    np.savez(
        file,
        sentences=np.array(sentences),
        vectors=np.stack([reading.vector for reading in read]),
        questions=np.array(questions),
        question_vectors=np.stack(question_vectors),
    )


def _load(file: Path) -> tuple[list[str], Floats, list[str], Floats]:
    with np.load(file) as kept:
        return kept["sentences"].tolist(), kept["vectors"], kept["questions"].tolist(), kept["question_vectors"]


def _vectors(real: Floats, size: int) -> Iterator[Floats]:
    """Real vectors with noise, some at once; the first of all are the real ones themselves."""
    random = np.random.default_rng(1)
    for start in range(0, size, BATCH):
        rows = np.arange(start, min(size, start + BATCH))
        made = real[rows % len(real)]
        noise = random.standard_normal(made.shape, dtype=np.float32) * np.float32(JITTER / made.shape[1] ** 0.5)
        made = np.where((rows < len(real))[:, None], made, made + noise)
        yield made / np.linalg.norm(made, axis=1, keepdims=True)


def _passages(sentences: Sequence[str], size: int) -> Iterator[tuple[int, str, str, str]]:
    random = np.random.default_rng(2)
    for number in range(1, size + 1):
        drawn = random.integers(0, len(sentences), SENTENCES_A_PASSAGE)
        yield number, "", "", " ".join(sentences[at] for at in drawn)


def _flat(vectors: Floats) -> faiss.IndexFlatIP:
    index = faiss.IndexFlatIP(vectors.shape[1])
    for start in range(0, len(vectors), BATCH):
        index.add(np.ascontiguousarray(vectors[start : start + BATCH]))
    return index


def _open(folder: Path) -> tuple[DenseIndex, LexicalIndex]:
    return DenseIndex.load(folder), LexicalIndex.load(folder)


def _timed(act: Callable[..., Done], *given: object) -> tuple[Done, float]:
    began = time.perf_counter()
    done = act(*given)
    return done, time.perf_counter() - began


def _resident() -> float:
    """Megabytes of this process in memory, mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def _print(row: dict[str, Any]) -> None:
    kind = "exact" if row["exact"] else "cells"
    print(
        f"{row['passages']:>9,} passages ({kind}): build {row['dense_build_s']:.0f} s by meaning, "
        f"{row['lexical_build_s']:.0f} s by words, open {row['open_s']:.3f} s\n"
        f"          search median {row['search_median_ms']:.1f} ms, p95 {row['search_p95_ms']:.1f} ms "
        f"(meaning {row['dense_median_ms']:.1f}, words {row['lexical_median_ms']:.1f}); "
        f"recall@10 {row['recall_10']:.4f}, @{COUNT} {row[f'recall_{COUNT}']:.4f}\n"
        f"          plain IndexFlatIP median {row['plain_median_ms']:.1f} ms: meaning takes "
        f"{row['dense_to_plain']:.2f} of it; resident {row['resident_mb']:.0f} MB "
        f"({row['search_memory_mb']:.0f} of them the indexes'), {row['build_memory_mb']:.0f} MB while building, "
        f"disk {row['disk_mb']:.0f} MB",
        flush=True,
    )


def _plot(rows: Sequence[dict[str, Any]]) -> str:
    """Milliseconds over passages, both axes logarithmic: Ibid's indexes, each and together, and the plain script's."""
    names = {"search": "both indexes", "dense": "by meaning", "lexical": "by words", "plain": "plain IndexFlatIP"}
    sizes = [row["passages"] for row in rows]
    lines = {name: [row[f"{name}_median_ms"] for row in rows] for name in names}
    low, high = 0.1, 10 * max(max(values) for values in lines.values())
    first, last = min(sizes) / 2, max(sizes) * 2

    def place(size: float, milliseconds: float) -> str:
        across, up = np.log(size / first) / np.log(last / first), np.log(milliseconds / low) / np.log(high / low)
        return f"{60 + 420 * across:.1f},{300 - 280 * up:.1f}"

    drawn = [Markup('<text x="60" y="14">median milliseconds over passages, logarithmic</text>')]
    for size in sizes:
        x = place(size, low).split(",")[0]
        drawn.append(Markup('<text x="{}" y="318" text-anchor="middle">{}</text>').format(x, f"{size:,}"))
    for mark in 10.0 ** np.arange(-1, np.log10(high)):
        y = place(first, mark).split(",")[1]
        drawn.append(Markup('<path d="M60 {0}H480" stroke="#ddd"/><text x="4" y="{0}">{1:g}</text>').format(y, mark))
    for colour, (name, values) in zip(("#000", "#06c", "#090", "#c30"), lines.items(), strict=True):
        points = [place(size, max(low, value)) for size, value in zip(sizes, values, strict=True)]
        line = Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>')
        drawn.append(line.format(" ".join(points), colour))
        x, y = points[-1].split(",")
        drawn.append(Markup('<text x="{}" y="{}" fill="{}">{}</text>').format(float(x) + 6, y, colour, names[name]))
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 330" font-family="sans-serif" font-size="12">'
    )
    return head + Markup("").join(drawn) + Markup("</svg>")


if __name__ == "__main__":
    sys.exit(main())
