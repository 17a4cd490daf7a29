"""squad2 -> examples: each question, asked of different libraries, with the product's own features.

full        all paragraphs
paragraph   the answering paragraph hidden
article     the whole article hidden
small       only the question's article: a library as small as most are
small-out   only its article, the answering paragraph hidden
"""

import pickle
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from eval import metrics
from eval.datasets import DataSet, Distance, Question, leave_out, read_beir
from eval.runs import assistant_over
from retriever import Assistant
from retriever.evidence.features import FEATURES, Floats, meet
from retriever.evidence.gather import Gathered
from retriever.evidence.highlight import Stretches, stretches_of


class Condition(StrEnum):
    """Which documents a question is asked of."""

    FULL = "full"
    PARAGRAPH = "paragraph"
    ARTICLE = "article"
    SMALL = "small"
    SMALL_OUT = "small-out"


@dataclass(frozen=True, slots=True)
class Example:
    """A question asked of one library.

    Attributes:
        question: the question.
        article: its article, the unit that is left out.
        condition: the library.
        gathered: its candidates and their comparison with the question.
        gold: bool (n_sentences,), which candidates hold a gold span.
    """

    question: Question
    article: str
    condition: Condition
    gathered: Gathered
    gold: NDArray[np.bool_]

    @property
    def impossible(self) -> bool:
        """Whether its own paragraph does not answer it, though it seems to."""
        return not self.question.answerable

    @property
    def answered(self) -> bool:
        """Whether an answer is in the library."""
        return self.question.answerable and self.condition in (Condition.FULL, Condition.SMALL)


def examples(folder: Path, kept: Path) -> list[Example]:
    """Ask every question of every library that fits it; kept on disk, as it takes minutes.

    Args:
        folder: squad2, in BEIR's layout.
        kept: where libraries and examples are kept.
    """
    file = kept / "examples.pickle"
    if file.is_file():
        with file.open("rb") as stream:
            return list(pickle.load(stream))  # noqa: S301 (our own file)
    dataset = read_beir(folder)
    assistant = assistant_over(dataset, kept)
    found = [example for question in tqdm(dataset.questions) for example in _of(question, dataset, assistant)]
    with file.open("wb") as stream:
        pickle.dump(found, stream, protocol=5)
    return found


def _of(question: Question, dataset: DataSet, assistant: Assistant) -> list[Example]:
    titles = {source.id: source.title for source in dataset.documents or ()}
    article = titles[question.context_id or ""]
    one = DataSet(dataset.name, dataset.documents, (question,), dataset.qrels)
    own, others = frozenset([question.context_id or ""]), frozenset(key for key in titles if titles[key] != article)
    hidden = {Condition.FULL: frozenset[str]()}
    if question.answerable:
        whole = leave_out(one, Distance.ARTICLE)[question.id]
        hidden |= {
            Condition.PARAGRAPH: own,
            Condition.ARTICLE: whole,
            Condition.SMALL: others,
            Condition.SMALL_OUT: others | own,
        }
    gathered = assistant.gather(question.text, list(hidden.values()))
    return [
        Example(question, article, condition, _slim(candidates), _gold(question, candidates))
        for condition, candidates in zip(hidden, gathered, strict=True)
        if candidates is not None
    ]


def _slim(gathered: Gathered) -> Gathered:
    """Drop the words' vectors and similarities: a megabyte an example, of which the features are already made."""
    nothing = np.zeros((0, 0), dtype=np.float32)
    candidates = replace(
        gathered.candidates,
        word_vectors=nothing,
        places=np.zeros((0, 2), dtype=np.int64),
        terms=(),
        sentence_of=np.zeros(0, dtype=np.int64),
    )
    return replace(gathered, candidates=candidates, comparison=replace(gathered.comparison, similarity=nothing))


def _gold(question: Question, gathered: Gathered) -> NDArray[np.bool_]:
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


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence that answers, its stretches, and how near each comes to an accepted answer.

    Attributes:
        article: the unit that is left out.
        stretches: its stretches.
        f1: float32 (n_stretches,), SQuAD's F1 with the nearest accepted answer.
        exact: bool (n_stretches,), whether it is an accepted answer.
    """

    article: str
    stretches: Stretches
    f1: Floats
    exact: NDArray[np.bool_]


def marked(folder: Path, kept: Path) -> list[Marked]:
    """Measure the stretches of one answering sentence of each answerable question."""
    dataset = read_beir(folder)
    titles = {source.id: source.title for source in dataset.documents or ()}
    assistant = assistant_over(dataset, kept)
    found = []
    for question in tqdm([one for one in dataset.questions if one.answerable]):
        (gathered,) = assistant.gather(question.text, [()])
        if gathered is None or not _gold(question, gathered).any():
            continue
        sentence = int(np.argmax(_gold(question, gathered)))
        parts = stretches_of(question.text, gathered.asked, gathered.candidates, gathered.comparison, sentence)
        source = assistant.document(question.context_id or "").text
        texts = [source[start:end] for start, end in parts.places]
        f1 = np.array([metrics.token_f1(text, question.answers) for text in texts], dtype=np.float32)
        exact = np.array([metrics.exact_match(text, question.answers) > 0 for text in texts])
        found.append(Marked(titles[question.context_id or ""], parts, f1, exact))
    return found


def feature_milliseconds(folder: Path, kept: Path) -> dict[str, float]:
    """Time each feature: its median over fifty questions, in milliseconds."""
    dataset = read_beir(folder)
    assistant = assistant_over(dataset, kept)
    taken: dict[str, list[float]] = {name: [] for name in FEATURES}
    for question in dataset.questions[:50]:
        (gathered,) = assistant.gather(question.text, [()])
        if gathered is None:
            continue
        met = meet(gathered.asked, gathered.candidates)
        for name, function in FEATURES.items():
            began = time.perf_counter()
            function(met)
            taken[name].append(1000 * (time.perf_counter() - began))
    return {name: float(np.median(each)) for name, each in taken.items()}
