"""Saved questions, what each document said when they were last asked, and the notices that are due.

In: the file, and who asks. Out: questions and notices. One decision: what was seen and the notices of a change are
stored in one transaction, and only if nobody else has stored a later run of the same question. So each notice is made
once, whoever asks, and whenever the program is stopped.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from ..errors import CaseFileError, CaseFileUnknown
from ..filters import Scope
from ..store.user_file import storable, timestamp
from .database import CaseDatabase
from .records import LOCAL, Change, Notice, NoticeKind, OtherValue, SeenAnswer, StandingQuestion

MOST_QUESTIONS = 100
"""Of one account: each is asked again whenever the library changes."""
LISTED = 500
"""Notices that are listed, the newest."""
_UNREAD, _READ, _BEING_TOLD = range(3)

_QUESTIONS = (
    "SELECT number, question, scope, owner, created, run, library, "
    "(SELECT count(*) FROM notices WHERE standing = s.number AND read != 1), "
    "(SELECT count(*) FROM seen WHERE standing = s.number AND json_extract(answer, '$.words') != '') "
    "FROM standing s"
)
_NOTICES = (
    "SELECT n.number, n.standing, s.question, s.owner, n.made, n.document_id, n.notice, n.read "
    "FROM notices n JOIN standing s ON s.number = n.standing"
)


class StandingQuestions:
    """The saved questions of one account. Safe to use from several threads; nothing to close."""

    def __init__(self, database: CaseDatabase, user: str = LOCAL) -> None:
        """Store whose questions these are."""
        self._database = database
        self._user = user

    def list(self) -> tuple[StandingQuestion, ...]:
        """The account's questions, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"{_QUESTIONS} WHERE owner = ? ORDER BY number", (self._user,))
            return tuple(map(_question, rows))

    def add(self, question: str, scope: Scope = Scope()) -> StandingQuestion:  # noqa: B008 (it is frozen)
        """Save a question; the same one stays once. It is asked by the next run.

        Raises:
            CaseFileError: it has no words, or there are too many questions.
        """
        tidy, fields = " ".join(storable(question).split()), json.dumps(scope.fields, sort_keys=True)
        if not tidy:
            raise CaseFileError("A question needs some words.")
        with self._database.writing() as connection:
            (count,) = connection.execute("SELECT count(*) FROM standing WHERE owner = ?", (self._user,)).fetchone()
            same = connection.execute(
                "SELECT number FROM standing WHERE owner = ? AND question = ? AND scope = ?", (self._user, tidy, fields)
            ).fetchone()
            if same is None and count >= MOST_QUESTIONS:
                raise CaseFileError(f"There are {MOST_QUESTIONS} standing questions: remove one first.")
            if same is None:
                cursor = connection.execute(
                    "INSERT INTO standing (owner, question, scope, created, run, library) VALUES (?, ?, ?, ?, 0, '')",
                    (self._user, tidy, fields, timestamp()),
                )
                same = (cursor.lastrowid,)
            return _question(connection.execute(f"{_QUESTIONS} WHERE number = ?", same).fetchone())

    def remove(self, number: int) -> None:
        """Erase a question with its notices.

        Raises:
            CaseFileUnknown: the account has no such question.
        """
        if not self._database.erase_row("standing", number, self._user):
            raise CaseFileUnknown(f"There is no standing question {number}; `ibid standing list` lists them.")

    def notices(self, *, unread: bool = False) -> tuple[Notice, ...]:
        """The account's notices, the newest first; perhaps only those that it has not seen."""
        query = f"{_NOTICES} WHERE s.owner = ?{' AND n.read != 1' if unread else ''} ORDER BY n.number DESC LIMIT ?"
        with self._database.reading() as connection:
            return tuple(map(_notice, connection.execute(query, (self._user, LISTED))))

    @contextmanager
    def telling_unread(self) -> Iterator[tuple[Notice, ...]]:
        """Give the notices that nobody has seen yet, the oldest first; once they are told, they count as seen.

        If whoever tells them is stopped, the next one gets just these again, without newer ones. So a mail of them has
        the same Message-ID, and nothing is lost.
        """
        query = f"{_NOTICES} WHERE s.owner = ? AND n.read = ? ORDER BY n.number"
        mark = "UPDATE notices SET read = ? WHERE number = ?"
        with self._database.writing() as connection:
            found = connection.execute(query, (self._user, _BEING_TOLD)).fetchall()
            found = found or connection.execute(query, (self._user, _UNREAD)).fetchall()
            notices = tuple(map(_notice, found))
            connection.executemany(mark, [(_BEING_TOLD, one.number) for one in notices])
        yield notices
        with self._database.writing() as connection:
            connection.executemany(mark, [(_READ, one.number) for one in notices])

    def mark_read(self) -> None:
        """Count all notices of the account as seen."""
        query = "UPDATE notices SET read = 1 WHERE standing IN (SELECT number FROM standing WHERE owner = ?)"
        with self._database.writing() as connection:
            connection.execute(query, (self._user,))


class StandingRuns:
    """The questions of all accounts, for whoever asks them again."""

    def __init__(self, database: CaseDatabase) -> None:
        """Store where they are."""
        self._database = database

    def all(self) -> tuple[StandingQuestion, ...]:
        """The questions, the oldest first."""
        with self._database.reading() as connection:
            return tuple(map(_question, connection.execute(f"{_QUESTIONS} ORDER BY number")))

    def last_notice(self) -> int:
        """The number of the newest notice; 0 before the first."""
        with self._database.reading() as connection:
            (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM notices").fetchone()
            return int(number)

    def seen(self, number: int) -> dict[str, SeenAnswer]:
        """What each document said when a question was last asked, by document id."""
        query = "SELECT document_id, answer FROM seen WHERE standing = ?"
        with self._database.reading() as connection:
            return {one: SeenAnswer(**json.loads(answer)) for one, answer in connection.execute(query, (number,))}

    def store(
        self,
        question: StandingQuestion,
        library: str,
        seen: Mapping[str, SeenAnswer | None],
        changes: Sequence[Change],
    ) -> bool:
        """Store a run: what was seen anew, and its notices, all or nothing.

        Args:
            question: as it was when the run began.
            library: digest of the library that was asked.
            seen: what documents say now, by id; None for those that are gone. Others stay as they were.
            changes: what is to be told.

        Returns:
            Whether it was stored: not if the question is gone, or somebody has stored a later run.
        """
        with self._database.writing() as connection:
            claimed = connection.execute(
                "UPDATE standing SET run = run + 1, library = ? WHERE number = ? AND run = ?",
                (library, question.number, question.run),
            ).rowcount
            if not claimed:
                return False
            for document_id, answer in seen.items():
                if answer is None:
                    connection.execute(
                        "DELETE FROM seen WHERE standing = ? AND document_id = ?", (question.number, document_id)
                    )
                else:
                    connection.execute(
                        "INSERT OR REPLACE INTO seen (standing, document_id, answer) VALUES (?, ?, ?)",
                        (question.number, document_id, json.dumps(asdict(answer), ensure_ascii=False)),
                    )
            made = timestamp()
            for change in changes:
                fields = {name: value for name, value in asdict(change).items() if name != "document_id"}
                connection.execute(
                    "INSERT INTO notices (standing, run, document_id, notice, made, read, sent) "
                    "VALUES (?, ?, ?, ?, ?, 0, 0)",
                    (
                        question.number,
                        question.run + 1,
                        change.document_id,
                        json.dumps(fields, ensure_ascii=False),
                        made,
                    ),
                )
            return True

    def unsent(self) -> tuple[Notice, ...]:
        """The notices that the owner's command has not taken, the oldest first."""
        with self._database.reading() as connection:
            return tuple(map(_notice, connection.execute(f"{_NOTICES} WHERE NOT n.sent ORDER BY n.number")))

    def mark_sent(self, number: int) -> None:
        """Note that the owner's command has taken a notice."""
        with self._database.writing() as connection:
            connection.execute("UPDATE notices SET sent = 1 WHERE number = ?", (number,))


def _question(row: Sequence[str | int]) -> StandingQuestion:
    number, question, scope, owner, created, run, library, unread, answering = row
    return StandingQuestion(
        int(number),
        str(question),
        Scope.of_fields(json.loads(str(scope))),
        str(owner),
        datetime.fromisoformat(str(created)),
        int(run),
        str(library),
        int(unread),
        int(answering),
    )


def _notice(row: Sequence[str | int]) -> Notice:
    number, standing, question, owner, made, document_id, stored, read = row
    fields = json.loads(str(stored))
    against = tuple(OtherValue(**one) for one in fields.pop("against"))
    change = Change(NoticeKind(fields.pop("kind")), str(document_id), against=against, **fields)
    when = datetime.fromisoformat(str(made))
    return Notice(int(number), int(standing), str(question), str(owner), when, change, read == _READ)
