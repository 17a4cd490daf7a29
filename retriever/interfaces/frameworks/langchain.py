"""Ibid as LangChain's retriever: `pip install '.[langchain]'`."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from ...assistant import Assistant
from . import passages


class IbidRetriever(BaseRetriever):
    """Finds passages of one library; `metadata` holds the place of each.

    Attributes:
        assistant: finds them.
        count: at most this many passages.
    """

    assistant: Assistant
    count: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(page_content=text, metadata={**about, "score": score})
            for text, score, about in passages(self.assistant, query, self.count)
        ]
