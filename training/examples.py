"""squad2 -> examples: each answerable question asked of all paragraphs, with the product's own features."""

import pickle
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from eval.datasets import Question, read_beir
from eval.runs import assistant_over
from retriever.answering.features import FEATURES, features_of
from retriever.answering.matching import compare
from retriever.answering.retrieval import Retrieval
from retriever.learning import Floats


@dataclass(frozen=True, slots=True)
class Example:
    """A question asked of all paragraphs.

    Attributes:
        question: the question.
        article: its article; figures are measured with one article left out.
        gathered: its candidates, compared with the question.
        features: float32 (n_sentences, n_features), the comparison in numbers.
        gold: bool (n_sentences,), which candidates hold a gold span.
    """

    question: Question
    article: str
    gathered: Retrieval
    features: Floats
    gold: NDArray[np.bool_]


def examples(folder: Path, kept: Path) -> list[Example]:
    """Ask every answerable question. The result is cached on disk, as this takes minutes.

    Args:
        folder: squad2, in BEIR's layout.
        kept: where libraries and examples are kept.
    """
    file = kept / "examples.pickle"
    if file.is_file():
        with file.open("rb") as stream:
            return list(pickle.load(stream))  # noqa: S301 (our own file)
    dataset = read_beir(folder)
    titles = {source.id: source.title for source in dataset.documents or ()}
    assistant = assistant_over(dataset, kept)
    found = []
    for question in tqdm([one for one in dataset.questions if one.answerable], disable=None):
        (gathered,) = assistant.gather(question.text, [()])
        if gathered is not None:
            article = titles[question.context_id or ""]
            features = features_of(gathered.comparison)
            found.append(Example(question, article, slim(gathered), features, _gold(question, gathered)))
    with file.open("wb") as stream:
        pickle.dump(found, stream, protocol=5)
    return found


def slim(gathered: Retrieval) -> Retrieval:
    """Drop the word vectors and similarities, a megabyte for each example; features are computed before."""
    nothing = np.zeros((0, 0), dtype=np.float32)
    candidates = replace(
        gathered.candidates,
        word_vectors=nothing,
        places=np.zeros((0, 2), dtype=np.int64),
        terms=(),
        sentence_of=np.zeros(0, dtype=np.int64),
    )
    comparison = replace(gathered.comparison, candidates=candidates, similarity=nothing)
    return replace(gathered, candidates=candidates, comparison=comparison)


def _gold(question: Question, gathered: Retrieval) -> NDArray[np.bool_]:
    return np.array(
        [
            any(
                one.hit.passage.document_id == gold.document_id and one.start <= gold.start and gold.end <= one.end
                for gold in question.gold
            )
            for one in gathered.candidates.sentences
        ],
        dtype=bool,
    )


def feature_milliseconds(folder: Path, kept: Path) -> dict[str, float]:
    """Time each feature: its median over fifty questions, in milliseconds."""
    dataset = read_beir(folder)
    assistant = assistant_over(dataset, kept)
    taken: dict[str, list[float]] = {name: [] for name in FEATURES}
    for question in dataset.questions[:50]:
        (gathered,) = assistant.gather(question.text, [()])
        if gathered is None:
            continue
        met = compare(gathered.query, gathered.candidates)
        for name, function in FEATURES.items():
            began = time.perf_counter()
            function(met)
            taken[name].append(1000 * (time.perf_counter() - began))
    return {name: float(np.median(each)) for name, each in taken.items()}
