"""The measured set of `python -m eval.checking`, in small: the sample articles only."""

import pytest

from eval.checking import figures, judge, judge_traps
from eval.drafts import make_drafts
from retriever import Assistant
from retriever.settings import shipped_corpus


@pytest.fixture
def articles(empty_assistant: Assistant) -> Assistant:
    empty_assistant.index([shipped_corpus()])
    return empty_assistant


@pytest.mark.model
def test_alterations_are_found_and_true_quotations_are_not_called_false(articles: Assistant) -> None:
    documents = [articles.document(summary.id) for summary in articles.documents()]
    drafts = make_drafts(documents, 4)
    assert {draft.name.rpartition(".")[2] for draft in drafts} == {"md", "txt", "html"}
    found = figures(judge(articles, drafts))
    assert found["alterations found"] >= 0.99
    assert found["true ones called false"] == 0
    assert found["place right"] == 1
    traps = judge_traps(documents)
    assert traps["traps warned of"] >= 0.9
    assert traps["false context warnings"] <= 0.05
