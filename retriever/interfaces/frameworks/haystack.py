"""Ibid as Haystack's component: `pip install '.[haystack]'`.

Haystack reports its use to its makers by default. This module switches that off before it imports Haystack.
"""

import os

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Document, component

from ...assistant import Assistant
from . import passages


@component
class IbidRetriever:
    """Finds passages of one library; `meta` holds the place of each."""

    def __init__(self, assistant: Assistant, count: int = 10) -> None:
        """Store what finds passages, and the most to return."""
        self.assistant = assistant
        self.count = count

    @component.output_types(documents=list[Document])
    def run(self, query: str) -> dict[str, list[Document]]:
        """Find passages about a question, best first."""
        documents = [
            Document(content=text, score=score, meta=about)
            for text, score, about in passages(self.assistant, query, self.count)
        ]
        return {"documents": documents}
