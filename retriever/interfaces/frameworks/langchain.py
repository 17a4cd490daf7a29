"""Ibid as LangChain's retriever: `pip install '.[langchain]'`."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from ...assistant import Assistant
from . import opened_parameters, passages, scope_names, stored_parameters


class IbidRetriever(BaseRetriever):
    """Finds passages of one library; `id` and `metadata` hold the place of each.

    `invoke` takes the same fields, but for the assistant, to search otherwise once. Unknown ones are refused.

    Attributes:
        assistant: finds them.
        count: at most this many passages.
        sources: only documents of these publishers; a part of the name is enough.
        documents: only these documents, by id.
        since: nothing published before this day, month or year.
        until: nothing published after it.
        collections: only the documents of these collections, by name.
        languages: only documents in these languages, by code or name.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    assistant: Assistant
    count: int = 10
    sources: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    collections: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """What it is made of, as JSON can hold it; the library by its place."""
        names = scope_names(self.sources, self.documents, self.since, self.until, self.collections, self.languages)
        return stored_parameters(self.assistant, self.count, names)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "IbidRetriever":
        """Make it of what `to_dict` gave; opens the library."""
        return cls(**opened_parameters(data))

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        count: int | None = None,
        sources: Sequence[str] | None = None,
        documents: Sequence[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        collections: Sequence[str] | None = None,
        languages: Sequence[str] | None = None,
    ) -> list[Document]:
        names = scope_names(
            self.sources if sources is None else sources,
            self.documents if documents is None else documents,
            self.since if since is None else since,
            self.until if until is None else until,
            self.collections if collections is None else collections,
            self.languages if languages is None else languages,
        )
        found = passages(self.assistant, query, self.count if count is None else count, names)
        return [Document(id=one.id, page_content=one.text, metadata={**one.about, "score": one.score}) for one in found]
