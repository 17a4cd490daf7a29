"""A conversation of the page and its turns, and what the file keeps of them.

In: a question and what the page showed for it. Out: its text in the file, the words that a search finds it by, and the
title of a conversation.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter

from ..records import Answer

LONGEST_TITLE = 80
"""Characters: one line of the list."""
UNTITLED = "Untitled"
UNREADABLE = "Another version of Ibid saved this answer, so it can’t be shown; ask the question again."
CLOSED = "This answer quotes or names a document that your account may not see."
FORGOTTEN = "This answer was erased, together with a document that it quoted or named."

_SEARCHED = 10_000  # searched characters of a turn; a question has at most 200 words, and quotes are sentences
_ANSWERS = TypeAdapter(Answer)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")

Reply = Answer | str
"""What the page showed for a question: an answer, or a sentence that says why it has no answer."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One line of a user's list.

    Attributes:
        id: its name in every call; nobody can guess it.
        title: at most 81 characters, on one line.
        created: when its first turn came, UTC.
        changed: when its last turn came, UTC.
        turns: their number.
    """

    id: str
    title: str
    created: datetime
    changed: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One turn: its position in the conversation, counted from 0, the question as asked, and the reply."""

    number: int
    question: str
    reply: Reply


def title_of(text: str) -> str:
    """A title from a question: one line without control characters, cut between words if it is long."""
    tidy = " ".join(_CONTROLS.sub(" ", text).split())
    if len(tidy) <= LONGEST_TITLE:
        return tidy or UNTITLED
    cut = tidy[: LONGEST_TITLE + 1].rpartition(" ")[0] or tidy[:LONGEST_TITLE]
    return f"{cut}…"


def words_of(question: str, reply: Reply) -> str:
    """The words of a turn that a search finds it by."""
    quotes = (reply.quotes or reply.nearest) if isinstance(reply, Answer) else ()
    return folded("\n".join((question[:_SEARCHED], *(quote.text for quote in quotes)))[: 2 * _SEARCHED])


def folded(text: str) -> str:
    """The words of a text in lower case and without accents, with a space before each to find its beginning."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    return "".join(f" {word}" for word in _WORD.findall(plain))


def serialize(reply: Reply) -> str:
    """A reply as JSON."""
    return json.dumps(reply if isinstance(reply, str) else _ANSWERS.dump_python(reply, mode="json"))


def parse(stored: str) -> Reply:
    """A reply from its JSON; a sentence if another version of Ibid wrote it."""
    try:
        reply = json.loads(stored)
        return reply if isinstance(reply, str) else _ANSWERS.validate_python(reply)
    except ValueError:
        return UNREADABLE


def without_hidden(turns: Sequence[StoredTurn], hidden: frozenset[str]) -> tuple[StoredTurn, ...]:
    """The turns of a conversation, without the answers that quote or name documents which may not be seen now."""
    if not hidden:
        return tuple(turns)
    return tuple(
        replace(turn, reply=CLOSED) if names_any(json.loads(serialize(turn.reply)), hidden) else turn for turn in turns
    )


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is to be erased from saved replies.

    Attributes:
        documents: ids of documents and of versions; a reply that names one is erased.
        remaining: for a document of which only versions are forgotten, the texts that it still has; a reply that quotes
            other words of it is erased.
    """

    documents: frozenset[str]
    remaining: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def is_in(self, reply: str) -> bool:
        """Whether a saved reply, as JSON, has something of it."""
        kept = json.loads(reply)
        return names_any(kept, self.documents) or (bool(self.remaining) and self._quotes_gone_words(kept))

    def _quotes_gone_words(self, kept: object) -> bool:
        if isinstance(kept, list):
            return any(map(self._quotes_gone_words, kept))
        if not isinstance(kept, dict):
            return False
        texts, words = self.remaining.get(str(kept.get("document_id"))), kept.get("text")
        is_gone = texts is not None and isinstance(words, str) and not any(words in text for text in texts)
        return is_gone or any(map(self._quotes_gone_words, kept.values()))


def names_any(kept: object, document_ids: frozenset[str]) -> bool:
    """Whether a saved reply quotes one of some documents, or is a refusal that names one."""
    if isinstance(kept, dict):
        return any(names_any(value, document_ids) for value in kept.values())
    if isinstance(kept, list):
        return any(names_any(value, document_ids) for value in kept)
    return kept in document_ids
