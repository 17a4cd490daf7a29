"""What programs ask and are told, as JSON: one form for the command line, HTTP and MCP.

In: records. Out: fields that JSON can hold. One decision: `schemas.json` is the one description of them; the tests
check what is printed against it, and the HTTP interface publishes it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from ..assistant import Assistant
from ..errors import QuestionError
from ..filters import Scope
from ..records import Agreement, Answer, Covers, DocumentSummary, Hit, Quote, Turn
from ..timeline import Point

Fields = dict[str, object]

Id = str | int | float | None
"""What a program names its question by; it comes back with the answer."""

_EXPECTED = 'expected {"question": "...", "history": [{"question": "...", "answer": "..."}]}'


def schemas() -> dict[str, Any]:
    """The JSON Schema of everything that programs are told: name -> schema, under `$defs`."""
    described: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return described


def line(fields: Mapping[str, object]) -> str:
    """Write fields as one line of JSON, the same bytes wherever they go; half a character is escaped."""
    return json.dumps(fields, ensure_ascii=False).encode(errors="backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which documents a question is put to, as a program names them: all, unless something is named.

    Attributes:
        sources: only those of these publishers, by a part of their names; the empty name: an unknown one.
        documents: only these, by id.
        since: nothing published before this ISO 8601 date, perhaps reduced.
        until: nothing published after it.
    """

    sources: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def over(self, other: "Narrowed") -> "Narrowed":
        """What this says, and where it says nothing, what the other does."""
        return Narrowed(*(mine or theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def scope(self, assistant: Assistant) -> Scope:
        """The documents meant.

        Raises:
            QuestionError: a date is none, or nobody or nothing in the library is named so.
        """
        if self == Narrowed():
            return Scope()
        named = assistant.documents() if self.sources or self.documents else ()  # many: a server's are not kept here
        return Scope.named(named, self.sources, self.since, self.until, self.documents)

    def timeline(self, assistant: Assistant) -> tuple[Point, ...]:
        """What happened in the time meant, by the other documents' marks, whenever they were published.

        Raises:
            QuestionError: as `scope`.
        """
        scope = self.scope(assistant)
        return assistant.timeline(replace(scope, since="", until=""), since=scope.since, until=scope.until)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a program puts it; `id` comes back with the answer."""

    id: Id
    question: str
    history: tuple[Turn, ...]
    narrowed: Narrowed = Narrowed()

    @classmethod
    def from_line(cls, text: str) -> "Question":
        """Read one line of a batch.

        Raises:
            QuestionError: it is no JSON object, has no question, or a field is not of its kind.
        """
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise QuestionError(f"not JSON; {_EXPECTED}") from error
        if not isinstance(fields, dict) or fields.get("question") is None:
            raise QuestionError(f"it has no question; {_EXPECTED}")
        history = _list(fields, "history", dict)
        if any(turn.get("question") is None for turn in history):
            raise QuestionError(f"a turn of history has no question; {_EXPECTED}")
        turns = [Turn(_field(turn, "question", ""), _field(turn, "answer", "")) for turn in history]
        sources, documents = (tuple(_list(fields, key, str)) for key in ("sources", "documents"))
        narrowed = Narrowed(sources, documents, _field(fields, "since", ""), _field(fields, "until", ""))
        if not isinstance(id := fields.get("id"), Id):
            raise QuestionError(f"id must be text or a number; {_EXPECTED}")
        return cls(id, _field(fields, "question", ""), tuple(turns), narrowed)


_Value = TypeVar("_Value")
_KINDS: Mapping[type, str] = {str: "text", list: "a list", dict: "objects"}


def _field(fields: Mapping[str, Any], key: str, default: _Value) -> _Value:
    """A field, of its default's kind; the default where it is not given."""
    value = fields.get(key)
    if value is None:
        return default
    if not isinstance(value, type(default)):
        raise QuestionError(f"{key} must be {_KINDS[type(default)]}; {_EXPECTED}")
    return value


def _list(fields: Mapping[str, Any], key: str, kind: type[_Value]) -> list[_Value]:
    """A field that is a list of one kind; empty where it is not given."""
    values: list[Any] = _field(fields, key, [])
    if not all(isinstance(value, kind) for value in values):
        raise QuestionError(f"{key} must be a list of {_KINDS[kind]}; {_EXPECTED}")
    return values


def as_json(answer: Answer, answer_id: Id = None) -> Fields:
    """Write an answer in the contract's form (`ask --json`).

    Args:
        answer: the answer.
        answer_id: the id that came with the question, or None.
    """
    state, timings = answer.library, answer.timings
    return {
        "id": answer_id,
        "question": answer.question,
        "understood_as": answer.understood_as,
        "taken_as": list(answer.taken_as),
        "verdict": answer.verdict.value,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "quotes": [_quote(quote) for quote in answer.quotes],
        "agreement": _agreement(answer.agreement),
        "covers": _covers(answer.covers) if answer.covers else None,
        "library": {"documents": state.documents, "passages": state.passages, "digest": state.digest},
        "milliseconds": {
            "encode": round(timings.encode, 1),
            "search": round(timings.search, 1),
            "evidence": round(timings.evidence, 1),
            "total": round(timings.total, 1),
        },
    }


def _quote(quote: Quote) -> Fields:
    return {
        "text": quote.text,
        "document_id": quote.document_id,
        "title": quote.title,
        "publisher": quote.publisher,
        "published": quote.published,
        "as_of": quote.as_of,
        "start": quote.start,
        "end": quote.end,
        "page": quote.page,
        "heading": quote.heading,
        "highlight": list(quote.highlight) if quote.highlight else None,
        "confidence": round(quote.confidence, 4),
        "why": {
            "dense_rank": quote.why.dense_rank,
            "lexical_rank": quote.why.lexical_rank,
            "matched": list(quote.why.matched),
        },
        "copies": [asdict(copy) for copy in quote.copies],
    }


def _agreement(agreement: Agreement) -> Fields:
    return {
        "same": [list(group) for group in agreement.same],
        "differing": [
            {"kind": one.kind.value, "quotes": list(one.quotes), "values": list(one.values)}
            for one in agreement.differing
        ],
    }


def _covers(covers: Covers) -> Fields:
    dates = [covers.first_published, covers.last_published] if covers.first_published else None
    return {
        "nearest": [{"title": title, "document_id": document_id} for title, document_id in covers.nearest],
        "published": dates,
    }


def listed(summary: DocumentSummary) -> Fields:
    """A document without its text, as `ibid list --json` prints it."""
    return {
        "id": summary.id,
        "title": summary.title,
        "publisher": summary.publisher,
        "published": summary.published,
        "media_type": summary.media_type,
        "characters": summary.characters,
        "passages": summary.passages,
        "sha256": summary.sha256,
    }


def shown(assistant: Assistant, document_id: str) -> Fields:
    """A document with its text and what is known of it, as `ibid show --json` prints it.

    Raises:
        DocumentUnknown: no document has that id.
    """
    document = assistant.document(document_id)
    return {
        **listed(assistant.summary(document_id)),
        "text": document.text,
        "pages": list(document.pages),
        "furniture": [list(span) for span in assistant.furniture(document_id)],
        "author": document.author,
        "language": document.language,
        "link": document.link,
        "known": dict(document.known),
        "headings": [list(span) for span in assistant.headings(document_id)],
        "copies": [
            {"id": other, "share": round(share, 2)} for other, share in assistant.copies([document_id])[document_id]
        ],
    }


def happened(point: Point) -> Fields:
    """What happened when, as `ibid timeline --json` prints it; `also`: where other documents tell the same."""
    first, *also = (
        {"document_id": one.document_id, "start": one.start, "end": one.end, "publisher": one.publisher}
        for one in (point, *point.also)
    )
    return {"time": point.time, "text": point.text, **first, "also": also}


def found(assistant: Assistant, question: str, hits: Sequence[Hit]) -> Fields:
    """What a search found: passages with their place and origin, best first."""
    return {"question": question, "hits": [_hit(hit, assistant.summary(hit.passage.document_id)) for hit in hits]}


def read(assistant: Assistant, document_id: str, start: int, end: int) -> Fields:
    """A stretch of a document, `start` and `end` drawn in to where its text ends.

    Raises:
        DocumentUnknown: no document has that id.
    """
    text = assistant.document(document_id).text
    start = min(max(start, 0), len(text))
    end = min(max(end, start), len(text))
    return {**listed(assistant.summary(document_id)), "start": start, "end": end, "text": text[start:end]}


def _hit(hit: Hit, about: DocumentSummary) -> Fields:
    return {
        "text": hit.text,
        "document_id": about.id,
        "title": about.title,
        "publisher": about.publisher,
        "published": about.published,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "page": hit.passage.page,
        "heading": hit.passage.heading,
        "score": round(hit.score, 4),
        "why": {**asdict(hit.why), "matched": list(hit.why.matched)},
    }
