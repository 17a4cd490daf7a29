"""The conversations of the page's users, in one SQLite file on this machine. Users see only their own.

In: a question with its answer, and the key in the user's cookie. Out: that user's conversations. One decision: users
are told apart by a key in their browser, of which only the digest is stored.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from ..errors import ConversationUnknown, HistoryError
from ..filters import Scope
from ..store.user_file import UNDO, UserFile, storable, timestamp
from .conversations import (
    FORGOTTEN,
    Conversation,
    Forgotten,
    Reply,
    StoredTurn,
    folded,
    parse,
    serialize,
    title_of,
    words_of,
)
from .history_file import HISTORY_FORMAT

SHORTEST_KEY = 16
"""Characters: a shorter one can be guessed, and an empty one would be shared by all browsers that keep none."""

_KEY_BYTES = 24  # random bytes in an id or a key: nobody can guess 192 bits

_CONVERSATIONS = (
    "SELECT id, title, created, changed, (SELECT count(*) FROM turns WHERE conversation = c.number) "
    "FROM conversations c WHERE reader = ? AND deleted IS NULL"
)
_SAYS_ALL = (
    "NOT EXISTS (SELECT 1 FROM json_each(?) AS sought WHERE NOT instr(c.words, sought.value) AND NOT EXISTS "
    "(SELECT 1 FROM turns WHERE conversation = c.number AND instr(turns.words, sought.value)))"
)


class History:
    """The conversations of all users. Safe to use from several threads; nothing to close."""

    def __init__(self, file: Path) -> None:
        self._file = UserFile(file, HISTORY_FORMAT)

    @classmethod
    def open(cls, file: Path) -> "History":
        """Open the file, or make it, for its owner only. Conversations deleted earlier are erased now.

        Raises:
            HistoryError: it cannot be read or written, is damaged, or belongs to another program or version.
        """
        history = cls(file)
        history._file.make()
        with history._file.connect() as connection:
            connection.execute("DELETE FROM conversations WHERE deleted IS NOT NULL")
            file.chmod(0o600)
            with suppress(sqlite3.OperationalError):  # another process uses it, and has switched it
                connection.execute("PRAGMA journal_mode = WAL")
        return history

    def append(self, user: str, conversation_id: str | None, question: str, reply: Reply) -> str:
        """Save a turn.

        Args:
            user: the key in the user's browser.
            conversation_id: the conversation of the turn, or None for a first turn.
            question: as typed.
            reply: the answer, or the message in its place.

        Returns:
            The conversation's id.

        Raises:
            ConversationUnknown: the user has no such conversation, or has deleted it.
            HistoryError: it cannot be saved.
        """
        owner, now, title, searched = _owner(user), timestamp(), title_of(question), words_of(question, reply)
        kept = json.dumps(question), serialize(reply)
        with self._writing() as connection:
            if conversation_id is None:
                conversation_id = secrets.token_urlsafe(_KEY_BYTES)
                connection.execute(
                    "INSERT INTO conversations (id, reader, title, words, created, changed) VALUES (?, ?, ?, ?, ?, ?)",
                    (conversation_id, owner, title, folded(title), now, now),
                )
            number = _number(connection, owner, conversation_id)
            connection.execute(
                "INSERT INTO turns SELECT ?, count(*), ?, ?, ? FROM turns WHERE conversation = ?",
                (number, *kept, searched, number),
            )
            connection.execute("UPDATE conversations SET changed = ? WHERE number = ?", (now, number))
        return conversation_id

    def list(self, user: str, search: str = "", limit: int = 100) -> tuple[Conversation, ...]:
        """List a user's conversations, the one that changed last first.

        Args:
            user: the user's key.
            search: words, or their beginnings, that must all occur in title, questions or quotes. Case and accents
                don't matter. The parts of "U.S." or "32,000" must stand side by side.
            limit: at most this many.
        """
        sought = json.dumps([word for word in map(folded, search.split()) if word])
        query = f"{_CONVERSATIONS} AND {_SAYS_ALL} ORDER BY changed DESC, number DESC LIMIT ?"
        with self._file.connect() as connection:
            return tuple(_conversation(row) for row in connection.execute(query, (_owner(user), sought, limit)))

    def count(self, user: str) -> int:
        """How many conversations a user has."""
        with self._file.connect() as connection:
            counted = "SELECT count(*) FROM conversations WHERE reader = ? AND deleted IS NULL"
            return int(connection.execute(counted, (_owner(user),)).fetchone()[0])

    def conversation(self, user: str, conversation_id: str) -> Conversation:
        """Give one of a user's conversations.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        with self._file.connect() as connection:
            row = connection.execute(
                f"{_CONVERSATIONS} AND id = ?", (_owner(user), storable(conversation_id))
            ).fetchone()
        if row is None:
            raise _unknown_error()
        return _conversation(row)

    def turns(self, user: str, conversation_id: str) -> tuple[StoredTurn, ...]:
        """Give the turns of one of a user's conversations, in order.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        query = "SELECT number, question, reply FROM turns WHERE conversation = ? ORDER BY number"
        with self._file.connect() as connection:
            rows = connection.execute(query, (_number(connection, _owner(user), conversation_id),)).fetchall()
        return tuple(StoredTurn(number, json.loads(question), parse(reply)) for number, question, reply in rows)

    def replace_turn(self, user: str, conversation_id: str, turn: StoredTurn) -> None:
        """Save another question or reply in the place of a turn; if it is not there, nothing changes.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        owner, words = _owner(user), words_of(turn.question, turn.reply)
        with self._writing() as connection:
            number = _number(connection, owner, conversation_id)
            connection.execute(
                "UPDATE turns SET question = ?, reply = ?, words = ? WHERE conversation = ? AND number = ?",
                (json.dumps(turn.question), serialize(turn.reply), words, number, turn.number),
            )
            connection.execute("UPDATE conversations SET changed = ? WHERE number = ?", (timestamp(), number))

    def delete_turn(self, user: str, conversation_id: str, position: int) -> None:
        """Erase a turn; those after it move up.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        owner = _owner(user)
        with self._writing() as connection:
            number = _number(connection, owner, conversation_id)
            connection.execute("DELETE FROM turns WHERE conversation = ? AND number = ?", (number, position))
            _move_turns(connection, number, position + 1, -1)

    def insert_turn(self, user: str, conversation_id: str, turn: StoredTurn) -> None:
        """Put a turn back in its place; those after it move down.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        owner, words = _owner(user), words_of(turn.question, turn.reply)
        with self._writing() as connection:
            number = _number(connection, owner, conversation_id)
            _move_turns(connection, number, turn.number, 1)
            connection.execute(
                "INSERT INTO turns (conversation, number, question, reply, words) VALUES (?, ?, ?, ?, ?)",
                (number, turn.number, json.dumps(turn.question), serialize(turn.reply), words),
            )

    def scope(self, user: str, conversation_id: str) -> Scope:
        """The filter of a conversation.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        with self._file.connect() as connection:
            number = _number(connection, _owner(user), conversation_id)
            (kept,) = connection.execute("SELECT scope FROM conversations WHERE number = ?", (number,)).fetchone()
        return Scope.of_fields(json.loads(kept)) if kept else Scope()

    def set_scope(self, user: str, conversation_id: str, scope: Scope) -> None:
        """Save the filter of a conversation.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        owner, kept = _owner(user), json.dumps(scope.fields) if scope else ""
        with self._writing() as connection:
            number = _number(connection, owner, conversation_id)
            connection.execute("UPDATE conversations SET scope = ? WHERE number = ?", (kept, number))

    def rename(self, user: str, conversation_id: str, title: str) -> None:
        """Give a conversation another title, tidied as `title_of` does.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        title, owner = title_of(title), _owner(user)
        with self._writing() as connection:
            number = _number(connection, owner, conversation_id)
            connection.execute(
                "UPDATE conversations SET title = ?, words = ? WHERE number = ?", (title, folded(title), number)
            )

    def delete(self, user: str, conversation_id: str) -> None:
        """Delete a conversation. `undelete` restores it, for an hour or until the file is opened again.

        Raises:
            ConversationUnknown: the user has no such conversation.
        """
        owner = _owner(user)
        with self._writing() as connection:
            number = _number(connection, owner, conversation_id)
            connection.execute("UPDATE conversations SET deleted = ? WHERE number = ?", (timestamp(), number))

    def undelete(self, user: str, conversation_id: str) -> None:
        """Restore a deleted conversation.

        Raises:
            ConversationUnknown: the user has none with that id, or it has been erased.
        """
        query = "UPDATE conversations SET deleted = NULL WHERE reader = ? AND id = ?"
        owner = _owner(user)
        with self._writing() as connection:
            if not connection.execute(query, (owner, storable(conversation_id))).rowcount:
                raise _unknown_error()

    def delete_all(self, user: str) -> None:
        """Erase all of a user's conversations: afterwards the file contains none of their words."""
        owner = _owner(user)
        with self._writing() as connection:
            connection.execute("DELETE FROM conversations WHERE reader = ?", (owner,))
        self._file.scrub()

    def count_answers_with(self, forgotten: Forgotten) -> int:
        """How many answers in all users' conversations have something of what is to be forgotten."""
        with self._file.connect() as connection:
            return sum(forgotten.is_in(reply) for (reply,) in connection.execute("SELECT reply FROM turns"))

    def forget(self, forgotten: Forgotten) -> int:
        """Erase the answers that have something of it from all users' conversations; questions stay.

        Returns:
            The number of erased answers.
        """
        gone = 0
        with self._writing() as connection:
            for conversation, number, question, reply in connection.execute(
                "SELECT conversation, number, question, reply FROM turns"
            ).fetchall():
                if forgotten.is_in(reply):
                    words = words_of(json.loads(question), FORGOTTEN)
                    connection.execute(
                        "UPDATE turns SET reply = ?, words = ? WHERE conversation = ? AND number = ?",
                        (serialize(FORGOTTEN), words, conversation, number),
                    )
                    gone += 1
        self._file.scrub()
        return gone

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction. It also erases what was deleted long enough ago."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM conversations WHERE deleted < ?", (timestamp(UNDO),))
            yield connection


def new_user_key() -> str:
    """A key for a user's browser; the file holds only its digest."""
    return secrets.token_urlsafe(_KEY_BYTES)


def _owner(user: str) -> str:
    if len(user) < SHORTEST_KEY:
        raise HistoryError("This browser stores no key, so Ibid can’t tell its conversations from those of others.")
    return hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()


def _number(connection: sqlite3.Connection, owner: str, conversation_id: str) -> int:
    query = "SELECT number FROM conversations WHERE reader = ? AND id = ? AND deleted IS NULL"
    row = connection.execute(query, (owner, storable(conversation_id))).fetchone()
    if row is None:
        raise _unknown_error()
    return int(row[0])


def _move_turns(connection: sqlite3.Connection, conversation: int, first: int, by: int) -> None:
    """Renumber a conversation's turns from a position on; by way of negative numbers, since each number is unique."""
    connection.execute(
        "UPDATE turns SET number = -1 - (number + ?) WHERE conversation = ? AND number >= ?", (by, conversation, first)
    )
    connection.execute("UPDATE turns SET number = -1 - number WHERE conversation = ? AND number < 0", (conversation,))


def _unknown_error() -> ConversationUnknown:
    return ConversationUnknown("There is no such conversation; it may have been deleted.")


def _conversation(row: tuple[str, str, str, str, int]) -> Conversation:
    conversation_id, title, created, changed, turns = row
    return Conversation(conversation_id, title, datetime.fromisoformat(created), datetime.fromisoformat(changed), turns)
