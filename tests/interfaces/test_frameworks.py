"""Ibid inside the field's frameworks, each the real one; LangChain's in CI, the two others where they are installed."""

import pytest

from retriever import Assistant
from retriever.interfaces import Fields
from retriever.interfaces.schemas import search_fields
from tests.world import TEXTS

QUESTION = "What does a ticket for the ferry cost?"


@pytest.fixture
def told(assistant: Assistant) -> list[Fields]:
    """The JSON that every other program gets."""
    hits = search_fields(assistant, QUESTION, assistant.search(QUESTION, count=2))["hits"]
    assert len(hits) == 2
    assert all(TEXTS[hit["document_id"]][hit["start"] : hit["end"]] == hit["text"] for hit in hits)
    return hits


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
def test_llama_index_gets_the_passages_and_their_places(assistant: Assistant, told: list[Fields]) -> None:
    pytest.importorskip("llama_index.core", reason="two minutes to install: pip install '.[llama-index]'")
    from retriever.interfaces.frameworks.llama_index import IbidRetriever

    nodes = IbidRetriever(assistant, count=2).retrieve(QUESTION)
    assert [{"text": one.node.text, "score": one.score, **one.node.metadata} for one in nodes] == told
    assert nodes[0].node.node_id == f"{told[0]['document_id']}:{told[0]['start']}-{told[0]['end']}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_haystack_gets_the_passages_and_their_places_in_a_pipeline(assistant: Assistant, told: list[Fields]) -> None:
    pytest.importorskip("haystack", reason="a minute to install: pip install '.[haystack]'")
    from haystack import Pipeline

    from retriever.interfaces.frameworks.haystack import IbidRetriever

    pipeline = Pipeline()
    pipeline.add_component("ibid", IbidRetriever(assistant, count=2))
    documents = pipeline.run({"ibid": {"query": QUESTION}})["ibid"]["documents"]
    assert [{"text": one.content, "score": one.score, **one.meta} for one in documents] == told
