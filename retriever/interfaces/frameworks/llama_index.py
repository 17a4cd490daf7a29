"""Ibid as LlamaIndex's retriever: `pip install '.[llama-index]'`."""

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ...assistant import Assistant
from . import passages


class IbidRetriever(BaseRetriever):
    """Finds passages of one library; `metadata` and `id_` hold the place of each."""

    def __init__(self, assistant: Assistant, count: int = 10) -> None:
        """Store what finds passages, and the most to return."""
        self._assistant = assistant
        self._count = count
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            NodeWithScore(
                node=TextNode(
                    id_=f"{about['document_id']}:{about['start']}-{about['end']}",
                    text=text,
                    metadata=about,
                    excluded_embed_metadata_keys=list(about),
                    excluded_llm_metadata_keys=["why"],
                ),
                score=score,
            )
            for text, score, about in passages(self._assistant, query_bundle.query_str, self._count)
        ]
