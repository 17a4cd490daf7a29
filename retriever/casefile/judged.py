"""Answers that a user has called right or wrong: their own evaluation set.

In: the file, and who judges. Out: cases. One decision: of one quote, or of one question's refusal, only the last
judgement counts.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..errors import CaseFileError, CaseFileUnknown
from ..records import Answer, Quote, Verdict
from ..store.user_file import storable, timestamp
from .database import CaseDatabase
from .records import LOCAL, JudgedCase, Judgement

MOST_CASES = 10_000
"""Of one account."""


class JudgedCases:
    """The judged answers of one account. Safe to use from several threads; nothing to close."""

    def __init__(self, database: CaseDatabase, user: str | None = LOCAL) -> None:
        """Store whose they are; None stands for all accounts together."""
        self._database = database
        self._user = user

    def list(self) -> tuple[JudgedCase, ...]:
        """The cases, the oldest first."""
        query = (
            "SELECT number, owner, judged, document_id, fields FROM cases WHERE ? IS NULL OR owner = ? ORDER BY number"
        )
        with self._database.reading() as connection:
            return tuple(map(_case, connection.execute(query, (self._user, self._user))))

    def judge(
        self,
        judgement: Judgement,
        answer: Answer,
        quote: Quote | None,
        sha256: str = "",
        history: Sequence[tuple[str, str]] = (),
    ) -> int:
        """Keep a judgement of an answer. Returns the case's number.

        Args:
            judgement: right or wrong.
            answer: the answer.
            quote: the quote that is judged; None for a refusal.
            sha256: hexadecimal digest of the quote's document.
            history: question and answer of each turn before it, oldest first.

        Raises:
            CaseFileError: there are too many, or there is nothing to judge.
        """
        if quote is None and answer.answered:
            raise CaseFileError("Name the quote that is right or wrong.")
        fields: dict[str, Any] = {
            "judgement": judgement.value,
            "question": storable(answer.question),
            "understood_as": storable(answer.understood_as),
            "history": [[storable(asked), storable(said)] for asked, said in history],
            "verdict": answer.verdict.value,
            "confidence": round(quote.confidence if quote else answer.confidence, 4),
        }
        if quote is not None:
            fields |= {"start": quote.start, "end": quote.end, "words": quote.text, "sha256": sha256}
        document_id = quote.document_id if quote else ""
        with self._database.writing() as connection:
            rows = connection.execute(
                "SELECT number, fields FROM cases WHERE owner = ? AND document_id = ?", (self._owner, document_id)
            ).fetchall()
            for number, stored in rows:
                if _subject(json.loads(stored)) == _subject(fields):
                    connection.execute("DELETE FROM cases WHERE number = ?", (number,))
            (count,) = connection.execute("SELECT count(*) FROM cases WHERE owner = ?", (self._owner,)).fetchone()
            if count >= MOST_CASES:
                raise CaseFileError(f"There are {MOST_CASES:,} cases: remove some first.")
            cursor = connection.execute(
                "INSERT INTO cases (owner, judged, document_id, fields) VALUES (?, ?, ?, ?)",
                (self._owner, timestamp(), document_id, json.dumps(fields, ensure_ascii=False)),
            )
            return int(cursor.lastrowid or 0)

    def remove(self, number: int) -> None:
        """Erase a case.

        Raises:
            CaseFileUnknown: the account has no such case.
        """
        if not self._database.erase_row("cases", number, self._owner):
            raise CaseFileUnknown(f"There is no case {number}; `ibid cases list` lists them.")

    @property
    def _owner(self) -> str:
        return self._user or LOCAL


def _subject(fields: Mapping[str, Any]) -> tuple[object, ...]:
    """What is judged: a quote as the answer to a question, or its refusal."""
    return fields["understood_as"], fields.get("start"), fields.get("end"), fields.get("words")


def _case(row: Sequence[str | int]) -> JudgedCase:
    number, owner, judged, document_id, stored = row
    fields = json.loads(str(stored))
    return JudgedCase(
        number=int(number),
        owner=str(owner),
        judgement=Judgement(fields.pop("judgement")),
        verdict=Verdict(fields.pop("verdict")),
        history=tuple((asked, said) for asked, said in fields.pop("history")),
        judged=datetime.fromisoformat(str(judged)),
        document_id=str(document_id),
        **fields,
    )
