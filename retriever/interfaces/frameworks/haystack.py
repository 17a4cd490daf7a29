"""Ibid as Haystack's component: `pip install '.[haystack]'`.

Haystack reports its use to its makers by default. This module switches that off before it imports Haystack.
"""

import os
from collections.abc import Sequence
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Document, component, default_to_dict

from ...assistant import Assistant
from . import opened_parameters, passages, scope_names, stored_parameters


@component
class IbidRetriever:
    """Finds passages of one library; `id` and `meta` hold the place of each."""

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
        self.assistant = assistant
        self.count = count
        self.names = scope_names(sources, documents, since, until, collections, languages)

    def to_dict(self) -> dict[str, Any]:
        """What it is made of, in Haystack's form; the library by its place."""
        made: dict[str, Any] = default_to_dict(self, **stored_parameters(self.assistant, self.count, self.names))
        return made

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "IbidRetriever":
        """Make it of what `to_dict` gave; opens the library."""
        return cls(**opened_parameters(data["init_parameters"]))

    @component.output_types(documents=list[Document])
    def run(self, query: str) -> dict[str, list[Document]]:
        """Find passages about a question, best first."""
        found = passages(self.assistant, query, self.count, self.names)
        documents = [Document(id=one.id, content=one.text, score=one.score, meta=one.about) for one in found]
        return {"documents": documents}
