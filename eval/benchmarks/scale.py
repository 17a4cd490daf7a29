"""`python -m eval.benchmarks.scale`: what it costs to build, open, search and change a library as it grows.

Libraries of 10,000, 100,000 and 1,000,000 passages are made by multiplying real ones. They are compared with a plain
script that uses FAISS's `IndexFlatIP`. The output says how the passages are made. Each size is built in one process and
searched in another, so that their memory is measured separately.
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
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import faiss
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from retriever import Document, Passage, SentenceEncoder, Settings
from retriever.encoder import Encoder, TextVectors
from retriever.store.contents import EncodedPassage
from retriever.store.sqlite import documents as store
from retriever.store.sqlite.library import SqliteLibrary
from retriever.store.sqlite.searcher import SqliteSearcher
from retriever.text.minhash import HASHES
from retriever.text.tokens import content_terms, words

SIZES = (10_000, 100_000, 1_000_000)
COUNT = 100
"""Passages that each index is asked for."""
QUESTIONS = 200
SENTENCES_A_PASSAGE = 3
PASSAGES_A_DOCUMENT = 100
CHANGES = 5
"""How often a document is removed, and added, and the next question asked."""
JITTER = 0.6
"""Length of the noise that is added to a real unit vector before it is scaled to unit length: cosine 0.86 with it."""
BATCH = 10_000
MADE = (
    "Made larger: the texts are sentences of SciFact's abstracts drawn anew, {sentences} a passage, {passages} "
    "passages a document; the vectors are those of {real:,} of its real sentences, each with noise of length {jitter} "
    "added. The questions are SciFact's claims, with their real vectors. Left out: word vectors, sketches, and "
    "the weighing of evidence."
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
    parser.add_argument("--built", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    chosen.output.mkdir(parents=True, exist_ok=True)
    prepared = chosen.output / f"real-{chosen.real}.npz"
    if chosen.one:
        real = RealSample.read(prepared)
        there = chosen.built.is_dir()
        print(json.dumps(measure(chosen.built, real) if there else build(chosen.built, chosen.one, real)))
        return 0
    if not prepared.is_file():
        _prepare(chosen.data, chosen.real, prepared)
    made = MADE.format(sentences=SENTENCES_A_PASSAGE, passages=PASSAGES_A_DOCUMENT, real=chosen.real, jitter=JITTER)
    print(made, flush=True)
    rows = []
    for size in chosen.sizes:
        rows.append({"passages": size, **_measure(size, chosen.real, chosen.output)})
        _print(rows[-1])
        (chosen.output / "scale.json").write_text(json.dumps({"made": made, "rows": rows}, indent=1))
        (chosen.output / "scale.svg").write_text(_plot(rows))
    return 0


@dataclass(frozen=True, slots=True)
class RealSample:
    """The real data that the libraries are made from.

    Attributes:
        sentences: passages are made of these.
        vectors: float32 (n_sentences, dimension), of unit length.
        questions: the questions.
        question_vectors: float32 (n_questions, dimension), of unit length.
    """

    sentences: list[str]
    vectors: Floats
    questions: list[str]
    question_vectors: Floats

    @classmethod
    def read(cls, file: Path) -> "RealSample":
        """Read a prepared file."""
        with np.load(file) as kept:
            texts = kept["sentences"].tolist(), kept["questions"].tolist()
            return cls(texts[0], kept["vectors"], texts[1], kept["question_vectors"])


class UnusedEncoder:
    """Takes the place of the encoder that made the vectors. The benchmark never calls it."""

    name, digest, dimension, origin = "made", "0" * 64, 384, None

    def encode_passages(self, texts: Sequence[str], words: Sequence[Sequence[tuple[int, int]]]) -> list[TextVectors]:
        """Never called."""
        raise NotImplementedError

    def encode_question(self, question: str, words: Sequence[tuple[int, int]]) -> TextVectors:
        """Never called."""
        raise NotImplementedError

    def has_word(self, word: str) -> bool:
        """Never called."""
        raise NotImplementedError


ENCODER: Encoder = UnusedEncoder()


def _measure(size: int, real: int, output: Path) -> dict[str, Any]:
    """Build a library and measure it, in separate processes, then remove it."""
    folder = Path(tempfile.mkdtemp(dir=output))
    command = [sys.executable, "-m", "eval.benchmarks.scale", "--one", str(size), "--built", str(folder / "library")]
    command += ["--real", str(real), "--output", str(output)]
    figures: dict[str, Any] = {}
    try:
        for _ in ("build", "measure"):
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
            figures |= json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return figures


def build(folder: Path, size: int, real: RealSample) -> dict[str, Any]:
    """Store a library of one size in a folder, and build its indexes.

    Returns:
        Figures by name; the name has the unit.
    """
    library = SqliteLibrary.create(folder, ENCODER)
    store.sketch = lambda _: np.zeros(HASHES, np.uint32)  # type: ignore[assignment, attr-defined]
    began = time.perf_counter()
    for document, encoded in _documents(size, real):
        library.documents.replace(document, encoded)
    figures = {"store_s": time.perf_counter() - began}
    _, figures["build_s"] = _time(library.indexes.open)
    library.close()
    figures["build_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    figures["library_mb"] = (folder / "library.db").stat().st_size / 1e6
    figures["disk_mb"] = sum(file.stat().st_size for file in folder.rglob("index/**/*") if file.is_file()) / 1e6
    return figures


def measure(folder: Path, real: RealSample) -> dict[str, Any]:
    """Open a library, ask all questions, exclude documents, change it, and compare with the plain script.

    Returns:
        Figures by name; the name has the unit.
    """
    figures: dict[str, Any] = {}
    (library, search), figures["open_s"] = _time(_open, folder)
    figures["exact"] = search.dense.is_exact
    found = _ask(library, search, real, figures)
    figures["resident_mb"] = _resident()
    _filter(library, search, real, figures)
    _change(library, real, figures)
    _compare(search, found, real.question_vectors, figures)
    library.close()
    return figures


def _ask(library: SqliteLibrary, search: SqliteSearcher, real: RealSample, figures: dict[str, Any]) -> list[list[int]]:
    """Ask all questions and time each step. Returns the passages found by meaning."""
    found = []
    times: dict[str, list[float]] = {name: [] for name in ("dense", "lexical", "search")}
    computed: dict[str, list[float]] = {name: [] for name in times}
    for question, vector in zip(real.questions, real.question_vectors, strict=True):
        steps: dict[str, Callable[[], Any]] = {
            "dense": partial(search.dense.search, vector, COUNT),
            "lexical": partial(search.lexical.search, content_terms(words(question)), COUNT),
            "search": partial(_hits, library, search, question, vector, ()),
        }
        for name, step in steps.items():
            began = time.thread_time()
            done, seconds = _time(step)
            computed[name].append(1000 * (time.thread_time() - began))
            times[name].append(1000 * seconds)
            if name == "dense":
                found.append([number for number, _ in done])
    for name, values in times.items():
        figures[f"{name}_median_ms"] = float(np.median(values))
        figures[f"{name}_p95_ms"] = float(np.quantile(values, 0.95))
        figures[f"{name}_computed_ms"] = float(np.median(computed[name]))
        figures[f"{name}_computed_p95_ms"] = float(np.quantile(computed[name], 0.95))
    return found


def _filter(library: SqliteLibrary, search: SqliteSearcher, real: RealSample, figures: dict[str, Any]) -> None:
    """Ask some questions about a tenth of the documents, and about all but a tenth."""
    ids = [document.id for document in library.documents.all()]
    for name, excluded in (("tenth", ids[len(ids) // 10 :]), ("nine_tenths", ids[: len(ids) // 10])):
        asked = list(zip(real.questions, real.question_vectors, strict=True))[::10]
        times = [_time(_hits, library, search, question, vector, excluded)[1] for question, vector in asked]
        figures[f"{name}_median_ms"] = 1000 * float(np.median(times))


def _change(library: SqliteLibrary, real: RealSample, figures: dict[str, Any]) -> None:
    """Remove and add documents one by one, and time how long the next question waits for the indexes."""
    ids = [document.id for document in library.documents.all()][:CHANGES]
    times: dict[str, list[float]] = {"removed": [], "added": []}
    for document_id, (document, encoded) in zip(
        ids, _documents(CHANGES * PASSAGES_A_DOCUMENT, real, first=10**6), strict=True
    ):
        library.documents.remove([document_id])
        times["removed"].append(_time(library.indexes.open_soon)[1])
        library.documents.replace(document, encoded)
        times["added"].append(_time(library.indexes.open_soon)[1])
    for name, values in times.items():
        figures[f"{name}_median_s"], figures[f"{name}_worst_s"] = float(np.median(values)), max(values)


def _hits(
    library: SqliteLibrary, search: SqliteSearcher, question: str, vector: Floats, excluded: Collection[str]
) -> None:
    """Find passages and the frequencies of the question's words, as an answer needs them."""
    found = words(question)
    hidden = library.exclude(excluded)
    search.hits(library, content_terms(found), vector, Settings(), Settings().passages_read, hidden)
    search.frequencies((word.term for word in found), hidden)


def _compare(
    search: SqliteSearcher, found: Sequence[Sequence[int]], question_vectors: Floats, figures: dict[str, Any]
) -> None:
    """Search the plain script's index too; note its times, and the recall of Ibid against it."""
    numbers = search.dense.numbers()
    flat, figures["plain_build_s"] = _time(_flat, search, numbers)
    plain = [_time(flat.search, vector[None], COUNT) for vector in question_vectors]
    milliseconds = [1000 * seconds for _, seconds in plain]
    figures["plain_median_ms"] = float(np.median(milliseconds))
    figures["plain_p95_ms"] = float(np.quantile(milliseconds, 0.95))
    figures["dense_to_plain"] = figures["dense_median_ms"] / figures["plain_median_ms"]
    for depth in (10, COUNT):
        shares = [
            len(set(mine[:depth]) & set(numbers[rows[0][:depth]].tolist())) / depth
            for mine, ((_, rows), _) in zip(found, plain, strict=True)
        ]
        figures[f"recall_{depth}"] = float(np.mean(shares))


def _prepare(data: Path, count: int, file: Path) -> None:
    """Encode sentences from all over the abstracts, and the questions, once."""
    encoder = SentenceEncoder.shipped()
    texts = [json.loads(line)["text"] for line in (data / "corpus.jsonl").open(encoding="utf-8")]
    every = [sentence for text in texts for sentence in _SENTENCE_ENDS.split(text) if len(sentence) > 40]
    sentences = every[:: max(1, len(every) // count)][:count]
    asked = [json.loads(line)["text"] for line in (data / "queries.jsonl").open(encoding="utf-8")]
    questions = asked[:: max(1, len(asked) // QUESTIONS)][:QUESTIONS]
    read = encoder.encode_passages(sentences, [[] for _ in sentences])
    question_vectors = [encoder.encode_question(question, []).vector for question in questions]
    np.savez(
        file,
        sentences=np.array(sentences),
        vectors=np.stack([reading.vector for reading in read]),
        questions=np.array(questions),
        question_vectors=np.stack(question_vectors),
    )


def _vectors(real: Floats, size: int) -> Iterator[Floats]:
    """Real vectors with noise, in batches. The first ones have no noise."""
    random = np.random.default_rng(1)
    for start in range(0, size, BATCH):
        rows = np.arange(start, min(size, start + BATCH))
        made = real[rows % len(real)]
        noise = random.standard_normal(made.shape, dtype=np.float32) * np.float32(JITTER / made.shape[1] ** 0.5)
        made = np.where((rows < len(real))[:, None], made, made + noise)
        yield made / np.linalg.norm(made, axis=1, keepdims=True)


def _documents(size: int, real: RealSample, first: int = 0) -> Iterator[tuple[Document, list[EncodedPassage]]]:
    """Documents with `size` passages in total, numbered from `first`."""
    random = np.random.default_rng(2)
    rows = (row for batch in _vectors(real.vectors, size) for row in batch)
    for number in range(first, first + size // PASSAGES_A_DOCUMENT):
        drawn = random.integers(0, len(real.sentences), (PASSAGES_A_DOCUMENT, SENTENCES_A_PASSAGE))
        texts = [" ".join(real.sentences[at] for at in some) for some in drawn]
        name, encoded, start = f"{number:07}.txt", [], 0
        for text in texts:
            passage = Passage(name, start, start + len(text), sentences=((start, start + len(text)),))
            encoded.append(EncodedPassage(passage, next(rows)))
            start += len(text) + 2
        date = f"{1990 + number % 30}-01-01"
        text = "\n\n".join(texts)
        yield Document(name, f"Study {number}", text, name, "text/plain", "", f"Publisher {number % 10}", date), encoded


def _flat(search: SqliteSearcher, numbers: NDArray[np.int64]) -> faiss.IndexFlatIP:
    index = faiss.IndexFlatIP(ENCODER.dimension)
    for start in range(0, len(numbers), BATCH):
        index.add(search.dense.vectors(numbers[start : start + BATCH]))
    return index


def _open(folder: Path) -> tuple[SqliteLibrary, SqliteSearcher]:
    library = SqliteLibrary.open(folder, ENCODER)
    return library, library.indexes.open()


def _time(act: Callable[..., Done], *given: object) -> tuple[Done, float]:
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
        f"{row['passages']:>9,} passages ({kind}): store {row['store_s']:.0f} s, build {row['build_s']:.0f} s, "
        f"open {row['open_s']:.3f} s\n"
        f"          search median {row['search_median_ms']:.1f} ms, p95 {row['search_p95_ms']:.1f} ms "
        f"(meaning {row['dense_median_ms']:.1f} and {row['dense_p95_ms']:.1f}, "
        f"words {row['lexical_median_ms']:.1f} and {row['lexical_p95_ms']:.1f}); of it the processor's "
        f"{row['search_computed_ms']:.1f} and {row['search_computed_p95_ms']:.1f} "
        f"({row['dense_computed_ms']:.1f} and {row['dense_computed_p95_ms']:.1f}, "
        f"{row['lexical_computed_ms']:.1f} and {row['lexical_computed_p95_ms']:.1f}); "
        f"recall@10 {row['recall_10']:.4f}, @{COUNT} {row[f'recall_{COUNT}']:.4f}\n"
        f"          of a tenth of the documents {row['tenth_median_ms']:.1f} ms, "
        f"of nine tenths {row['nine_tenths_median_ms']:.1f} ms; the question after a removal waits "
        f"{row['removed_median_s']:.2f} s (worst {row['removed_worst_s']:.2f}), "
        f"after an addition {row['added_median_s']:.2f} s (worst {row['added_worst_s']:.2f})\n"
        f"          plain IndexFlatIP median {row['plain_median_ms']:.1f} ms: meaning takes "
        f"{row['dense_to_plain']:.2f} of it; resident {row['resident_mb']:.0f} MB, "
        f"{row['build_memory_mb']:.0f} MB while building; disk {row['library_mb']:.0f} MB and "
        f"{row['disk_mb']:.0f} MB of indexes",
        flush=True,
    )


def _plot(rows: Sequence[dict[str, Any]]) -> str:
    """Milliseconds over passages, both axes logarithmic: Ibid's search and its indexes, and the plain script's."""
    names = {"search": "whole search", "dense": "by meaning", "lexical": "by words", "plain": "plain IndexFlatIP"}
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
