"""Ibid inside the field's frameworks, each the real one; LangChain's in CI, the two others where they are installed."""

import json
from typing import Any

import pytest

from retriever import Assistant, QuestionError
from retriever.interfaces import Fields
from retriever.interfaces.frameworks import passages, scope_names
from retriever.interfaces.schemas import search_fields
from tests.world import TEXTS, WordEncoder

QUESTION = "What does a ticket for the ferry cost?"


@pytest.fixture
def told(assistant: Assistant) -> list[Fields]:
    """The JSON that every other program gets."""
    hits = search_fields(assistant, QUESTION, assistant.search(QUESTION, count=2))["hits"]
    assert len(hits) == 2
    assert all(TEXTS[hit["document_id"]][hit["start"] : hit["end"]] == hit["text"] for hit in hits)
    return hits


@pytest.fixture
def reopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())


NARROWED = [
    {"sources": ["herald"]},
    {"sources": "herald"},
    {"documents": ["ferry.txt"]},
    {"since": "2018", "until": "2018-06"},
    {"languages": "English", "sources": "herald"},
]


@pytest.mark.parametrize("narrowed", NARROWED, ids=str)
def test_passages_of_some_documents_have_ids_that_stay(assistant: Assistant, narrowed: dict[str, Any]) -> None:
    found = list(passages(assistant, QUESTION, 5, scope_names(**narrowed)))
    assert [one.about["document_id"] for one in found] == ["ferry.txt"]
    assert found[0].id == f"ferry.txt:{found[0].about['start']}-{found[0].about['end']}"
    assert found == list(passages(assistant, QUESTION, 5, scope_names(**narrowed)))


def test_langchain_s_retriever_is_narrowed_stored_and_made_again(assistant: Assistant, reopened: None) -> None:
    from retriever.interfaces.frameworks.langchain import IbidRetriever

    retriever = IbidRetriever(assistant=assistant, count=2, sources=["herald"])
    found = retriever.invoke(QUESTION)
    assert {one.metadata["document_id"] for one in found} == {"ferry.txt"}
    assert found[0].id
    again = IbidRetriever.from_dict(json.loads(json.dumps(retriever.to_dict())))
    assert again.invoke(QUESTION) == found
    again.assistant.close()
    assert {one.metadata["document_id"] for one in retriever.invoke(QUESTION, sources=["Island Post"])} == {
        "harbour.txt"
    }
    with pytest.raises(TypeError, match="source"):
        retriever.invoke(QUESTION, source=["Island Post"])
    with pytest.raises(ValueError, match="top"):
        IbidRetriever(assistant=assistant, top=2)
    with pytest.raises(QuestionError, match="Mill"):
        retriever.invoke(QUESTION, sources=["Mill"])


def test_langchain_gets_the_passages_and_their_places_in_a_pipeline(assistant: Assistant, told: list[Fields]) -> None:
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough

    from retriever.interfaces.frameworks.langchain import IbidRetriever

    retriever = IbidRetriever(assistant=assistant, count=2)
    assert [{"text": one.page_content, **one.metadata} for one in retriever.invoke(QUESTION)] == told
    prompt = ChatPromptTemplate.from_template("{passages}\n\n{question}")
    joined = retriever | (lambda documents: "\n".join(document.page_content for document in documents))
    asked = ({"passages": joined, "question": RunnablePassthrough()} | prompt).invoke(QUESTION)
    assert asked.to_messages()[0].content == f"{told[0]['text']}\n{told[1]['text']}\n\n{QUESTION}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_llama_index_gets_the_passages_and_their_places(
    assistant: Assistant, told: list[Fields], reopened: None
) -> None:
    pytest.importorskip("llama_index.core", reason="two minutes to install: pip install '.[llama-index]'")
    from retriever.interfaces.frameworks.llama_index import IbidRetriever

    nodes = IbidRetriever(assistant, count=2).retrieve(QUESTION)
    assert [{"text": one.node.text, "score": one.score, **one.node.metadata} for one in nodes] == told
    assert nodes[0].node.node_id == f"{told[0]['document_id']}:{told[0]['start']}-{told[0]['end']}"
    narrowed = IbidRetriever(assistant, sources=["herald"])
    again = IbidRetriever.from_dict(json.loads(json.dumps(narrowed.to_dict())))
    assert [one.node.node_id for one in again.retrieve(QUESTION)] == [
        one.node.node_id for one in narrowed.retrieve(QUESTION)
    ]
    assert {one.node.metadata["document_id"] for one in narrowed.retrieve(QUESTION)} == {"ferry.txt"}
    with pytest.raises(TypeError, match="top"):
        IbidRetriever(assistant, top=2)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_haystack_gets_the_passages_and_their_places_in_a_pipeline(
    assistant: Assistant, told: list[Fields], reopened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "HAYSTACK_TELEMETRY_ENABLED", "False"
    )  # read when Haystack is imported, here before Ibid's module
    pytest.importorskip("haystack", reason="a minute to install: pip install '.[haystack]'")
    from haystack import Pipeline

    from retriever.interfaces.frameworks.haystack import IbidRetriever

    pipeline = Pipeline()
    pipeline.add_component("ibid", IbidRetriever(assistant, count=2))
    documents = pipeline.run({"ibid": {"query": QUESTION}})["ibid"]["documents"]
    assert [{"text": one.content, "score": one.score, **one.meta} for one in documents] == told
    narrowed = Pipeline()
    narrowed.add_component("ibid", IbidRetriever(assistant, sources=["herald"]))
    again = Pipeline.loads(narrowed.dumps(), allowed_modules=[IbidRetriever.__module__])
    documents = again.run({"ibid": {"query": QUESTION}})["ibid"]["documents"]
    assert {one.meta["document_id"] for one in documents} == {"ferry.txt"}
    assert documents[0].id.startswith("ferry.txt:")
    with pytest.raises(TypeError, match="top"):
        IbidRetriever(assistant, top=2)
