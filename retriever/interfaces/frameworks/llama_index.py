"""Ibid as LlamaIndex's retriever: `pip install '.[llama-index]'`."""

from collections.abc import Mapping, Sequence
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ...assistant import Assistant
from . import opened_parameters, passages, scope_names, stored_parameters


class IbidRetriever(BaseRetriever):
    """Finds passages of one library; `metadata` and `id_` hold the place of each."""

    def __init__(
        self,
        assistant: Assistant,
        count: int = 10,
        *,
        sources: Sequence[str] = (),
        documents: Sequence[str] = (),
        since: str = "",
        until: str = "",
        collections: Sequence[str] = (),
        languages: Sequence[str] = (),
    ) -> None:
        """Store what finds passages, the most to return, and which documents to search."""
        self._assistant = assistant
        self._count = count
        self._names = scope_names(sources, documents, since, until, collections, languages)
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """What it is made of, as JSON can hold it; the library by its place."""
        return stored_parameters(self._assistant, self._count, self._names)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "IbidRetriever":
        """Make it of what `to_dict` gave; opens the library."""
        return cls(**opened_parameters(data))

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            NodeWithScore(
                node=TextNode(
                    id_=one.id,
                    text=one.text,
                    metadata=one.about,
                    excluded_embed_metadata_keys=list(one.about),
                    excluded_llm_metadata_keys=["why"],
                ),
                score=one.score,
            )
            for one in passages(self._assistant, query_bundle.query_str, self._count, self._names)
        ]
