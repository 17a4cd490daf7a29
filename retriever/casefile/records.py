"""What a user keeps, as data classes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..filters import Scope
from ..records import Verdict

LOCAL = ""
"""The user of this machine: of the shell, and of a page that nobody signs in to."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A named collection of pinned quotes.

    Attributes:
        id: its name in every call; nobody can guess it.
        name: its name for people, on one line.
        owner: the account that made it; `LOCAL` for the user of this machine.
        shared: whether every account may read it.
        created: when it was made, UTC.
        pins: their number.
        points: the number of open points.
    """

    id: str
    name: str
    owner: str
    shared: bool
    created: datetime
    pins: int
    points: int


@dataclass(frozen=True, slots=True)
class PinnedQuote:
    """Words of a document, as they were when they were pinned.

    Attributes:
        document_id: the document.
        start: first character in its text.
        end: one past the last.
        words: the text between them.
        title: of the document.
        publisher: of the document, or None.
        published: of the document, or None.
        sha256: hexadecimal digest of the document's file.
        page: its page, from 1, or None.
        question: the question that found it; empty if it was found otherwise.
    """

    document_id: str
    start: int
    end: int
    words: str
    title: str
    publisher: str | None
    published: str | None
    sha256: str
    page: int | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A quote in a case file, with what its user wrote beside it.

    Attributes:
        number: its name in every call; no other pin of the library ever has it.
        quote: the words; None if they were erased together with their document.
        note: the user's own words; may be empty.
        tags: each on one line.
        pinned: when, UTC.
    """

    number: int
    quote: PinnedQuote | None
    note: str
    tags: tuple[str, ...]
    pinned: datetime


class PointKind(StrEnum):
    """What a case file says is missing."""

    OPEN = "open"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """What a case file still lacks: a user's own words, or a question that the documents did not answer."""

    number: int
    kind: PointKind
    words: str
    done: bool
    noted: datetime


class NoticeKind(StrEnum):
    """What has happened to the answer of a standing question in one document."""

    NEW = "new"
    CHANGED = "changed"
    CONTRADICTED = "contradicted"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """What a document said when a standing question was last asked.

    Attributes:
        sha256: hexadecimal digest of its file then.
        title: its title then.
        words: the quote; empty if it did not answer.
        start: first character of the quote in its text.
        end: one past the last.
        answer: the words of the quote that answer; empty if that is unknown.
    """

    sha256: str
    title: str
    words: str = ""
    start: int = 0
    end: int = 0
    answer: str = ""


@dataclass(frozen=True, slots=True)
class OtherValue:
    """What another document gives for the same thing."""

    document_id: str
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """What has happened to the answer of a standing question in one document.

    Attributes:
        kind: what has happened.
        document_id: the document.
        title: its title.
        words: its quote now; empty if it is gone.
        before: its quote before; empty if it is new.
        start: first character of `words` in its text; of `before` if it is gone.
        end: one past the last.
        sha256: hexadecimal digest of its file now; of the last one if it is gone.
        value: of a contradiction, what it says.
        against: of a contradiction, what others say.
    """

    kind: NoticeKind
    document_id: str
    title: str
    words: str
    before: str
    start: int
    end: int
    sha256: str
    value: str = ""
    against: tuple[OtherValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A change that a standing question has noticed.

    Attributes:
        number: no other notice of the library ever has it.
        standing: the number of the standing question.
        question: as saved.
        owner: whose question it is.
        made: when it was noticed, UTC.
        change: what has happened.
        read: whether its user has seen it.
    """

    number: int
    standing: int
    question: str
    owner: str
    made: datetime
    change: Change
    read: bool = False


@dataclass(frozen=True, slots=True)
class StandingQuestion:
    """A question that is asked again when the library changes.

    Attributes:
        number: its name in every call.
        question: it stands alone.
        scope: the documents that are asked.
        owner: whose it is.
        created: when it was saved, UTC.
        run: how often what it was told has been stored; 0 if it has not been asked yet.
        library: digest of the library that it was last asked of; empty before.
        unread: notices that its user has not seen.
        answering: documents that answered when it was last asked.
    """

    number: int
    question: str
    scope: Scope
    owner: str
    created: datetime
    run: int = 0
    library: str = ""
    unread: int = 0
    answering: int = 0


class Judgement(StrEnum):
    """What a user says of an answer."""

    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """An answer that a user has called right or wrong: a question of their own evaluation set.

    Attributes:
        number: its name in every call.
        owner: who judged it.
        judgement: right or wrong.
        question: as asked.
        understood_as: as it was answered, standing alone.
        history: question and answer of each turn before it, oldest first.
        verdict: what the answer claimed; absent if it was a refusal.
        confidence: what the answer's probability was, 0..1.
        judged: when, UTC.
        document_id: of the quote that was judged; empty for a refusal, as the next four.
        start: first character in its text.
        end: one past the last.
        words: the quote.
        sha256: hexadecimal digest of the document's file.
    """

    number: int
    owner: str
    judgement: Judgement
    question: str
    understood_as: str
    history: tuple[tuple[str, str], ...]
    verdict: Verdict
    confidence: float
    judged: datetime
    document_id: str = ""
    start: int = 0
    end: int = 0
    words: str = ""
    sha256: str = ""

    @property
    def is_refusal(self) -> bool:
        """Whether a refusal was judged."""
        return not self.words
