"""The baselines and the metrics equal what independent programs compute on the same files, to the third decimal."""

from collections.abc import Iterator
from dataclasses import replace

import bm25s
import ir_measures
import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator

from eval.datasets import DataSet, read_beir
from eval.measures import measure
from eval.runs import Run, Trial, run
from eval.systems import BM25_B, BM25_K1, Baseline, Kind, PlainIndex, documents_of
from retriever import Assistant, SentenceEncoder, terms
from tests.paths import DATA

SCIFACT = DATA / "scifact"
DOCUMENTS = 60

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not SCIFACT.is_dir(), reason="the data set SciFact is not here"),
]


@pytest.fixture(scope="module")
def dataset() -> DataSet:
    """The first abstracts that claims are judged on, and those claims."""
    whole = read_beir(SCIFACT)
    judged = {document_id for relevant in whole.qrels.values() for document_id in relevant}
    documents = tuple(source for source in whole.documents or () if source.id in judged)[:DOCUMENTS]
    kept = {source.id for source in documents}
    qrels = {key: relevant for key, relevant in whole.qrels.items() if set(relevant) <= kept}
    questions = tuple(question for question in whole.questions if question.id in qrels)
    return replace(whole, documents=documents, questions=questions, qrels=qrels)


@pytest.fixture(scope="module")
def index(dataset: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainIndex]:
    encoder = SentenceEncoder.shipped()
    assistant = Assistant.open(tmp_path_factory.mktemp("scifact") / "library", create=True, encoder=encoder)
    assistant.add(documents_of(dataset.documents or ()))
    yield PlainIndex(assistant, dataset, encoder)
    assistant.close()


def run_of(kind: Kind, dataset: DataSet, index: PlainIndex) -> Run:
    return run(Baseline(kind, index), [Trial(question) for question in dataset.questions])


def test_the_dense_baseline_equals_sentence_transformers_own_evaluator(dataset: DataSet, index: PlainIndex) -> None:
    ours = measure(run_of(Kind.DENSE, dataset, index), dataset.qrels)
    model = SentenceTransformer(str(SentenceEncoder.shipped().folder), device="cpu", local_files_only=True)
    evaluator = InformationRetrievalEvaluator(
        {question.id: question.text for question in dataset.questions},
        {source.id: f"{source.title} {source.text}" for source in dataset.documents or ()},
        {key: {name for name, grade in relevant.items() if grade > 0} for key, relevant in dataset.qrels.items()},
        mrr_at_k=[10],
        ndcg_at_k=[10],
        accuracy_at_k=[1, 5],
        precision_recall_at_k=[5, 10],
        map_at_k=[100],
        write_csv=False,
    )
    theirs = evaluator(model)
    pairs = {
        "hit@1": "cosine_accuracy@1",
        "hit@5": "cosine_accuracy@5",
        "recall@5": "cosine_recall@5",
        "recall@10": "cosine_recall@10",
        "mrr@10": "cosine_mrr@10",
        "ndcg@10": "cosine_ndcg@10",
    }
    for our_name, their_name in pairs.items():
        assert ours[our_name].value == pytest.approx(theirs[their_name], abs=0.0005), our_name


def test_the_bm25_baseline_equals_bm25s(dataset: DataSet, index: PlainIndex) -> None:
    retriever = bm25s.BM25(method="lucene", k1=BM25_K1, b=BM25_B, dtype="float64")
    ordered = sorted(dataset.documents or (), key=lambda source: source.id)
    texts = [list(terms(f"{source.title} {source.text}")) for source in ordered]
    retriever.index(texts, show_progress=False)
    for question in dataset.questions[:50]:
        asked = [term for term in terms(question.text) if term in retriever.vocab_dict]
        theirs = retriever.get_scores(asked)
        assert np.allclose(index.unit_bm25.scores(question.text), theirs, atol=0.0005), question.text


def test_the_metrics_equal_ir_measures_on_the_same_run(dataset: DataSet, index: PlainIndex) -> None:
    done = run_of(Kind.BM25, dataset, index)
    ours = measure(done, dataset.qrels)
    scored = {
        outcome.question_id: {unit: float(-rank) for rank, unit in enumerate(outcome.ranked)}
        for outcome in done.outcomes
    }
    qrels = {key: {name: int(grade) for name, grade in relevant.items()} for key, relevant in dataset.qrels.items()}
    wanted = {
        "ndcg@10": ir_measures.nDCG @ 10,
        "recall@10": ir_measures.R @ 10,
        "hit@1": ir_measures.Success @ 1,
        "mrr@10": ir_measures.RR @ 10,
        "map": ir_measures.AP,
    }
    theirs = ir_measures.calc_aggregate(list(wanted.values()), qrels, scored)
    for name, one in wanted.items():
        assert ours[name].value == pytest.approx(theirs[one], abs=0.0005), name
