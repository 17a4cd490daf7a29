"""What an answer holds beside its quotes if it is about the documents or the program, not about what documents say.

Ibid writes no sentence about what documents say. So these records hold counts, names and positions of quotes, and the
program's fixed sentences.
"""

from dataclasses import dataclass
from enum import StrEnum


class AnswerKind(StrEnum):
    """What a sentence asks for."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"
    ABOUT = "about"
    MANAGING = "managing"
    DOCUMENTS = "documents"
    OVERVIEW = "overview"
    CHANGE = "change"
    COMPARISON = "comparison"
    CONTRADICTIONS = "contradictions"
    AGREEMENTS = "agreements"


@dataclass(frozen=True, slots=True)
class OverviewDocument:
    """A document that an overview is about.

    Attributes:
        quotes: positions, in the answer, of its first sentences.
        inferred: which of `publisher` and `published` it doesn't say itself.
    """

    document_id: str
    title: str
    publisher: str | None
    published: str | None
    quotes: tuple[int, ...] = ()
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A person, a place or a figure that documents name.

    Attributes:
        name: as the documents spell it most often; of a figure, with the words that it counts.
        count: how many sentences name it.
        documents: how many documents do.
    """

    name: str
    count: int
    documents: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Quotes that belong together.

    Attributes:
        name: a source that is compared, a question on which sources differ or agree, or a time.
        quotes: positions in the answer.
    """

    name: str
    quotes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The part of an answer that is about the documents or the program.

    Attributes:
        words: sentences that are fixed in the program, with counts and names put in.
        documents: those that it is about, or lists.
        people: named most often first, and so for the others.
        places: the same.
        figures: the same.
        topics: how the quotes are sorted; empty if `documents` sorts them.
        questions: questions, made of sentences of the documents, that they answer clearly.
        since: ISO 8601 date, perhaps reduced, from which changes are shown; None for any.
        until: the same, up to which they are.
    """

    words: tuple[str, ...] = ()
    documents: tuple[OverviewDocument, ...] = ()
    people: tuple[NamedThing, ...] = ()
    places: tuple[NamedThing, ...] = ()
    figures: tuple[NamedThing, ...] = ()
    topics: tuple[Topic, ...] = ()
    questions: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
