"""A question -> the outcome of a system: Ibid itself, or one of the simple baselines.

All systems use the same passages and sentences, so that they differ only in how they search.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from eval.datasets import DataSet, Question, Source
from retriever import Assistant, Document, Passage, SentenceEncoder, Turn, Verdict, terms

Floats = NDArray[np.float64]

# Anserini's defaults, which papers on BM25 baselines use, and SciFact's published figure.
BM25_K1, BM25_B = 0.9, 0.4
# Cormack, Clarke and Büttcher (2009).
RRF_CONSTANT = 60
# The simple hybrid's share of meaning; the best value on SciFact.
HYBRID_DENSE_WEIGHT = 0.6
DEPTH = 100  # ranks kept for the ranking measures
QUOTES = 5  # quotes kept, as many as an answer shows


@dataclass(frozen=True, slots=True)
class SystemQuote:
    """A quote that a system gave: a span of a document, its words, and the words marked as the answer."""

    document_id: str
    start: int
    end: int
    text: str
    highlight: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A system's result for one question.

    Attributes:
        ranked: units (passages, or documents of a data set), best first, each once.
        quotes: best first; for a refusal, the nearest.
        confidence: that the first quote answers; higher is more certain. A probability if the system claims one.
        present: that the documents answer at all; higher is more certain. Refusals depend on it.
        verdict: the verdict claimed.
        milliseconds: stage to milliseconds; `total` is always there.
    """

    question_id: str
    ranked: tuple[str, ...]
    quotes: tuple[SystemQuote, ...]
    confidence: float
    present: float
    verdict: Verdict
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    understood_as: str = ""

    def as_json(self) -> dict[str, Any]:
        """A form that `json` can write."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Outcome":
        """Read what `as_json` wrote."""
        quotes = tuple(SystemQuote(**quote) for quote in fields["quotes"])
        known = {**fields, "ranked": tuple(fields["ranked"]), "quotes": quotes, "verdict": Verdict(fields["verdict"])}
        return cls(**known)


class System(Protocol):
    """Answers questions about the documents that it was made with."""

    @property
    def name(self) -> str:
        """Its name in tables."""

    def answer(self, question: Question, hidden: Collection[str] = ()) -> Outcome:
        """Answer one question, without the hidden documents."""


class Kind(StrEnum):
    """The baselines."""

    DENSE = "dense"
    BM25 = "bm25"
    RRF = "rrf"
    HYBRID = "hybrid"


def documents_of(sources: Iterable[Source]) -> Iterable[Document]:
    """Turn a data set's documents into the assistant's."""
    for source in sources:
        yield Document(
            id=source.id,
            title=source.title,
            text=source.text,
            source=f"{source.id}",
            media_type="text/plain",
            sha256="",
        )


def unit_of(passage: Passage, dataset: DataSet) -> str:
    """The unit of ranking: a passage for the library's own documents, a document for a data set."""
    return passage.location if dataset.documents is None else passage.document_id


def once(units: Iterable[str]) -> tuple[str, ...]:
    """Units without repetitions, at their best rank."""
    return tuple(dict.fromkeys(units))[:DEPTH]


class Ibid:
    """The program itself, through its public interface."""

    name = "ibid"

    def __init__(self, assistant: Assistant, dataset: DataSet) -> None:
        """Wrap an assistant over the data set's documents."""
        self._assistant = assistant
        self._dataset = dataset

    def answer(self, question: Question, hidden: Collection[str] = ()) -> Outcome:
        """Answer one question, without the hidden documents."""
        history = [Turn(asked, answered) for asked, answered in question.history]
        answer = self._assistant.ask(question.text, history, top=QUOTES, excluded=hidden)
        hits = self._assistant.search(question.text, history, count=DEPTH, excluded=hidden)
        quotes = [
            SystemQuote(
                quote.document_id,
                quote.start,
                quote.end,
                quote.text,
                quote.text[slice(*quote.highlight)] if quote.highlight else "",
                f"meaning {quote.why.dense_rank or '-'}, words {quote.why.lexical_rank or '-'}: "
                f"{', '.join(quote.why.matched) or 'no word shared'}",
            )
            for quote in answer.quotes or answer.nearest
        ]
        return Outcome(
            question.id,
            once(unit_of(hit.passage, self._dataset) for hit in hits),
            tuple(quotes),
            answer.confidence,
            answer.present,
            answer.verdict,
            asdict(answer.timings),
            answer.understood_as,
        )


class PerCollection:
    """One system for each collection; each question goes to its own."""

    def __init__(self, of_collection: Mapping[str, System]) -> None:
        """Wrap the systems of the collections, all of one kind."""
        self.name = next(iter(of_collection.values())).name
        self._of_collection = of_collection

    def answer(self, question: Question, hidden: Collection[str] = ()) -> Outcome:
        """Answer one question from its collection's documents, without the hidden ones."""
        return self._of_collection[question.collection].answer(question, hidden)


class Bm25:
    """Exact BM25 over some texts (Robertson and Zaragoza 2009, with Lucene's idf, which is never negative).

    score = sum over the question's terms of ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 (1 - b + b l / mean l))
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Weigh every term of every text."""
        counted = [Counter(terms(text)) for text in texts]
        self._columns = {term: column for column, term in enumerate(sorted(set().union(*counted)))}
        lengths = np.array([counts.total() for counts in counted], dtype=np.float64)
        mean_length = max(lengths.sum() / max(1, len(lengths)), 1.0)
        norms = BM25_K1 * (1 - BM25_B + BM25_B * lengths / mean_length)
        triples = [
            (row, self._columns[term], count / (count + norms[row]))
            for row, counts in enumerate(counted)
            for term, count in counts.items()
        ]
        rows, columns, weights = zip(*triples, strict=True) if triples else ((), (), ())
        shape = (len(texts), len(self._columns))
        self._weights = sparse.csc_array((weights, (rows, columns)), shape=shape, dtype=np.float64)
        df = np.diff(self._weights.indptr)
        self._idf = np.log(1 + (len(texts) - df + 0.5) / (df + 0.5))

    def scores(self, question: str) -> Floats:
        """Score every text: float64 (n_texts,), 0 if no term is shared."""
        columns = [self._columns[term] for term in terms(question) if term in self._columns]
        if not columns:
            return np.zeros(self._weights.shape[0])
        return np.asarray(self._weights[:, columns] @ self._idf[columns], dtype=np.float64)


class Baseline:
    """A simple system: it encodes or counts, ranks, and quotes the best sentence of the best passages."""

    def __init__(self, kind: Kind, index: "PlainIndex") -> None:
        """Rank in one of the ways, with an index that all baselines share."""
        self.name = kind.value
        self._kind = kind
        self._index = index

    def answer(self, question: Question, hidden: Collection[str] = ()) -> Outcome:
        """Answer one question as typed, without the hidden documents. A baseline never refuses."""
        began = time.perf_counter()
        index = self._index
        vector = index.question_vector(question.text)
        visible = np.array([document_id not in hidden for document_id in index.unit_documents], dtype=bool)
        cosines = index.unit_vectors @ vector
        scores = self._fuse(cosines, index.unit_bm25.scores(question.text), visible)
        order = np.lexsort((np.arange(len(scores)), -scores))
        ranked = [int(row) for row in order[: DEPTH * 2] if visible[row]]
        quotes = self._quotes(question.text, vector, ranked, scores)
        total = 1000 * (time.perf_counter() - began)
        best = float(scores[ranked[0]]) if ranked else 0.0
        confidence = float(cosines[ranked].max()) if ranked and self._kind is not Kind.BM25 else best
        units = once(index.units[row] for row in ranked)
        return Outcome(
            question.id, units, quotes, confidence, confidence, Verdict.CLEAR, {"total": total}, question.text
        )

    def _fuse(self, cosines: Floats, bm25: Floats, visible: NDArray[np.bool_]) -> Floats:
        if self._kind is Kind.DENSE:
            return cosines
        if self._kind is Kind.BM25:
            return bm25
        if self._kind is Kind.RRF:
            return _reciprocal_rank(cosines, visible) + _reciprocal_rank(bm25, visible)
        weighted = HYBRID_DENSE_WEIGHT * _min_max(cosines) + (1 - HYBRID_DENSE_WEIGHT) * _min_max(bm25)
        return np.asarray(weighted, dtype=np.float64)

    def _quotes(self, text: str, vector: Floats, ranked: Sequence[int], scores: Floats) -> tuple[SystemQuote, ...]:
        index = self._index
        rows = [row for unit in ranked[:10] for row in index.sentences_of[unit]]
        if not rows or not index.quotes:
            return ()
        cosines, bm25 = index.sentence_vectors[rows] @ vector, index.sentence_bm25.scores(text)[rows]
        of_sentence = self._fuse(cosines, bm25, np.ones(len(rows), dtype=bool))
        of_unit = dict(zip(ranked[:10], _min_max(scores[list(ranked[:10])]), strict=True))
        # A weight of 0.7 for the passage's score was best without training.
        total = _min_max(of_sentence) + 0.7 * np.array([of_unit[index.unit_of_sentence[row]] for row in rows])
        best = sorted(range(len(rows)), key=lambda at: (-total[at], rows[at]))[:QUOTES]
        return tuple(index.quote(rows[at]) for at in best)


class PlainIndex:
    """The index of the baselines: units (passages or documents) and their sentences, as vectors and words."""

    def __init__(self, assistant: Assistant, dataset: DataSet, encoder: SentenceEncoder) -> None:
        """Encode and count everything."""
        self._encoder = encoder
        # Sentences are only encoded if there are gold quotes to compare with: on SciFact it takes minutes.
        self.quotes = any(question.gold for question in dataset.questions)
        self.units: list[str] = []
        self.unit_documents: list[str] = []
        self.sentences_of: list[list[int]] = []
        self.unit_of_sentence: list[int] = []
        self._spans: list[tuple[str, int, int]] = []
        unit_texts: list[str] = []
        self._sentence_texts: list[str] = []
        for summary in assistant.documents():
            document = assistant.document(summary.id)
            passages = [passage for passage in assistant.passages(summary.id) if not passage.furniture]
            if dataset.documents is not None:
                unit_texts.append(f"{document.title} {document.text}")
                self._add(summary.id, document, passages)
                continue
            for passage in passages:
                unit_texts.append(document.text[passage.start : passage.end])
                self._add(passage.location, document, [passage])
        self.unit_vectors = np.asarray(encoder.encode(unit_texts), dtype=np.float64)
        self.unit_bm25 = Bm25(unit_texts)
        compared = self._sentence_texts if self.quotes else []
        self.sentence_vectors = np.asarray(encoder.encode(compared), dtype=np.float64)
        self.sentence_bm25 = Bm25(compared)

    def _add(self, unit: str, document: Document, passages: Sequence[Passage]) -> None:
        spans = [span for passage in passages for span in passage.sentences]
        self.sentences_of.append(list(range(len(self._spans), len(self._spans) + len(spans))))
        self.unit_of_sentence += [len(self.units)] * len(spans)
        self.units.append(unit)
        self.unit_documents.append(document.id)
        self._spans += [(document.id, start, end) for start, end in spans]
        self._sentence_texts += [document.text[start:end] for start, end in spans]

    def question_vector(self, question: str) -> Floats:
        """Encode a question: float64 (dimension,), unit length."""
        return np.asarray(self._encoder.encode([question])[0], dtype=np.float64)

    def quote(self, row: int) -> SystemQuote:
        """A sentence as a quote."""
        document_id, start, end = self._spans[row]
        return SystemQuote(document_id, start, end, self._sentence_texts[row])


def _min_max(scores: Floats) -> Floats:
    span = scores.max() - scores.min() if len(scores) else 0.0
    return np.asarray((scores - scores.min()) / span if span > 0 else np.ones_like(scores), dtype=np.float64)


def _reciprocal_rank(scores: Floats, visible: NDArray[np.bool_]) -> Floats:
    order = np.lexsort((np.arange(len(scores)), -np.where(visible, scores, -np.inf)))
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    return np.asarray(1 / (RRF_CONSTANT + ranks), dtype=np.float64)
