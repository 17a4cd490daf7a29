"""Documents and passages <-> rows of a cluster. Nothing here talks to a server.

One decision: a passage's number and a document's version are digests of their content. The same file gives the same
numbers on every machine. So rows that are written twice exist once, and an interrupted write is finished by writing
again. A document's row names its valid version; readers ignore rows of any other version.
"""

import base64
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...encoder.word_vectors import Bytes
from ...filters import Scope
from ...records import Document, DocumentSummary, Passage, Provenance
from ...text.languages import language_of
from ...text.minhash import Sketches, sketch
from ...text.tokens import letter_pairs, plain, terms, words
from ..contents import DocumentOrigin, EncodedPassage, sentences_from, text_digest, with_rows
from ..fields import FIELD_WEIGHTS
from .engine import Row
from .schema import LONGEST, MOST_TERMS, NO_VECTOR, SPELLING_DIMENSION, words_of

# The kinds of parts: of a document's text, its details, its passages, one passage's words, or the places of the
# document's words on its pages.
TEXT, DETAILS, CUTS, BODY, WORD_BOXES = 0, 1, 2, 3, 4
# The kinds of notes: a file that could not be read, a line at a document's edge, a change after which lines must be
# counted again, and the library itself.
FAILURE, LINE, CHANGE, LIBRARY = 0, 1, 2, 3
CHARACTERS = 15_000  # characters of a part of a text, of at most 4 bytes each
NO_DOCUMENT = -1  # no document has this number
_NO_LATER = 9999  # a month and day after all real ones


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document's row: its valid version, and the fields that lists and searches need.

    Attributes:
        key: its number, made from its id.
        version: the valid version.
        lines: its edge lines.
    """

    key: int
    version: int
    summary: DocumentSummary
    origin: DocumentOrigin
    text_sha256: str
    lines: frozenset[int]
    sketch: Sketches


@dataclass(frozen=True, slots=True)
class PassageContent:
    """One passage of a cluster that can be found."""

    passage: Passage
    text: str
    word_vectors: Bytes


def digest(*parts: object) -> int:
    """A digest of some values in 63 bits: 0 or greater, as row ids are."""
    hashed = hashlib.blake2b(json.dumps(parts).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(hashed.digest(), "big") >> 1


def key_of(document_id: str) -> int:
    """The number of a document."""
    return digest("document", document_id)


def version_of(document: Document, encoded: Sequence[EncodedPassage], read_as: str, encoder_digest: str) -> int:
    """A digest of a document's state: its text, its details, and how it was read and cut."""
    cuts = [_cut(item.passage) for item in encoded]
    placed = [hashlib.sha256(document.word_boxes).hexdigest()] if document.word_boxes else []
    return digest(text_digest(document.text), json.loads(_details(document)), cuts, read_as, encoder_digest, *placed)


def number_of(version: int, start: int) -> int:
    """The number of a passage."""
    return digest("passage", version, start)


def document_row(
    document: Document, version: int, encoded: Sequence[EncodedPassage], read_as: str, lines: frozenset[int]
) -> Row:
    """A document's row."""
    about = {
        "id": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "published": document.published,
        "known": dict(document.known),
        "media_type": document.media_type,
        "characters": len(document.text),
        "passages": sum(not item.passage.furniture for item in encoded),
        "sha256": document.sha256,
        "source": document.source,
        "read_as": read_as,
        "text_sha256": text_digest(document.text),
        "lines": sorted(lines),
        "warnings": document.warnings,
        "author": document.author,
        "collection": document.collection,
        "language": language_of(document.text, document.language),
    }
    sketched = base64.b64encode(sketch(document.text).tobytes()).decode()
    row = {"version": version, "vector": NO_VECTOR, "sketch": sketched, "about": json.dumps(about)}
    return {**row, **_filter_fields(document)}


def document_row_from(row: Row) -> DocumentRow:
    """Read what `document_row` wrote."""
    about = json.loads(row["about"])
    known = {name: Provenance(value) for name, value in about["known"].items()}
    names = "id title publisher published media_type characters passages sha256 source".split()
    later = {
        "warnings": tuple(about.get("warnings", ())),
        "author": about.get("author"),
        "collection": about.get("collection", ""),
        "language": about.get("language"),
    }  # earlier versions had none of these
    summary = DocumentSummary(**{name: about[name] for name in names}, known=known, **later)
    origin = DocumentOrigin(about["id"], about["title"], known.get("title"), about["sha256"], about["read_as"])
    sketched = np.frombuffer(base64.b64decode(row["sketch"]), np.uint32)
    return DocumentRow(
        int(row["document"]),
        int(row["version"]),
        summary,
        origin,
        about["text_sha256"],
        frozenset(about["lines"]),
        sketched,
    )


WHOLE_ROW = ("document", "version", "about", "sketch", "publisher", "published_from", "published_to")
"""The fields of a document's row, but for the vector that each row must have."""


def with_collection(row: Row, collection: str) -> Row:
    """A document's row with another collection."""
    about = {**json.loads(row["about"]), "collection": collection}
    return {**{name: row[name] for name in WHOLE_ROW}, "about": json.dumps(about), "vector": NO_VECTOR}


def passage_rows(document: Document, version: int, encoded: Sequence[EncodedPassage]) -> Iterator[Row]:
    """The rows of a document's passages that can be found."""
    language = language_of(document.text, document.language)
    title, shared = _indexed(document.title, language), {"version": version, **_filter_fields(document)}
    for item in encoded:
        passage = item.passage
        if item.vector is None:
            continue
        heading = _indexed(passage.heading or "", language)
        body = _indexed(document.text[passage.start : passage.end], language)
        row = {
            **shared,
            "number": number_of(version, passage.start),
            "start": passage.start,
            "vector": item.vector.astype(np.float32).tolist(),
            "terms": _term_numbers(body),
            "named": _term_numbers([*title, *heading]),
        }
        for name, found in zip(FIELD_WEIGHTS, (title, heading, body), strict=True):
            row[words_of(name)] = as_words(found)
        yield row


def _indexed(text: str, language: str | None) -> tuple[str, ...]:
    return (*terms(text, language), *letter_pairs(text))


def part_rows(document: Document, version: int, encoded: Sequence[EncodedPassage]) -> Iterator[Row]:
    """The rows of a document's text and details, and of its passages' words and their vectors."""
    key, text = key_of(document.id), document.text
    texts = [text[start : start + CHARACTERS] for start in range(0, len(text), CHARACTERS)]
    cuts = json.dumps([_cut(item.passage) for item in encoded])
    yield from _parts(key, version, version, TEXT, texts)
    yield from _parts(key, version, version, DETAILS, _pieces(_details(document)))
    yield from _parts(key, version, version, CUTS, _pieces(cuts))
    yield from _parts(key, version, version, WORD_BOXES, _pieces(base64.b64encode(document.word_boxes).decode()))
    for item in encoded:
        if item.word_vectors is None:
            continue
        passage = item.passage
        packed = base64.b64encode(item.word_vectors.tobytes()).decode()
        body = {"cut": _cut(passage), "text": text[passage.start : passage.end], "words": packed}
        number = number_of(version, passage.start)
        yield from _parts(key, version, number, BODY, _pieces(json.dumps(body)))


def document_of(details: str, text: str, word_boxes: str = "") -> Document:
    """Read a document from the joined parts of its details, of its text and of the places of its words."""
    values = json.loads(details)
    values["known"] = {name: Provenance(value) for name, value in values["known"].items()}
    values["pages"] = tuple(values["pages"])
    for name in ("headings", "furniture"):
        values[name] = None if values[name] is None else tuple((start, end) for start, end in values[name])
    # An earlier version stored neither of these.
    values["rows"] = tuple((start, number) for start, number in values.get("rows", ()))
    values["warnings"] = tuple(values.get("warnings", ()))
    return Document(**values, text=text, word_boxes=base64.b64decode(word_boxes))


def passages_of(cuts: str, document_id: str) -> tuple[Passage, ...]:
    """Read a document's passages from the joined parts of its cuts."""
    return tuple(_passage(cut, document_id) for cut in json.loads(cuts))


def passage_content_from(joined: str, document_id: str, axes: int) -> PassageContent:
    """Read a passage from its joined parts.

    Raises:
        ValueError: it is damaged.
    """
    values = json.loads(joined)
    packed = np.frombuffer(base64.b64decode(values["words"]), np.int8)
    return PassageContent(_passage(values["cut"], document_id), values["text"], packed.reshape(-1, axes))


def spellings_in(texts: Sequence[str]) -> set[str]:
    """The distinct spellings of words in some texts."""
    return {plain(text[word.start : word.end]) for text in texts for word in words(text)}


def spelling_row(spelling: str) -> Row:
    """A spelling's row. Its vector is near those of spellings with the same letter pairs."""
    return {"key": f"{digest(spelling):x}", "data": spelling, "vector": letters(spelling)}


def letters(word: str) -> list[float]:
    """A word's letter pairs, hashed and counted: SPELLING_DIMENSION numbers, unit length."""
    counts = np.zeros(SPELLING_DIMENSION)
    edged = f"^{word}$"
    for at in range(len(edged) - 1):
        counts[_letters_place(edged[at : at + 2])] += 1
    return [float(one) for one in counts / np.linalg.norm(counts)]


@lru_cache(maxsize=65_536)
def _letters_place(pair: str) -> int:
    return digest(pair) % SPELLING_DIMENSION


def note_row(
    key: str,
    kind: int,
    data: str,
    *,
    line: int = 0,
    document: int = 0,
    applied: bool = False,
) -> Row:
    """A note."""
    placed = {"line": line, "document": document, "applied": int(applied)}
    return {"key": key, "kind": kind, "data": data, **placed, "vector": NO_VECTOR}


def part_key(owner: int, kind: int, place: int) -> str:
    """The key of a part."""
    return f"{owner:x}:{kind}:{place}"


def is_full(kind: int, data: str) -> bool:
    """Whether a part has the greatest length, so that another may follow."""
    return len(data) == (CHARACTERS if kind == TEXT else LONGEST)


def days(published: str | None) -> tuple[int, int]:
    """The first and last day of a date, month or year, as numbers that sort.

    2022-04 gives 20220400 and 20220499; an unknown date gives 0 and 0.
    """
    if not published or not published[:4].isdigit():
        return 0, 0
    numbers = [int(part) for part in published.split("-")[:3] if part.isdigit()]
    first = sum(part * scale for part, scale in zip(numbers, (10_000, 100, 1), strict=False))
    return first, first + {1: _NO_LATER, 2: 99, 3: 0}[len(numbers)]


def condition_of(excluded: Collection[str], scope: Scope, chosen: Collection[str] = ()) -> str:
    """The condition on rows of documents and passages for a scope; empty for all.

    It selects what `Scope.takes` selects: dates are compared as far as both are known.

    Args:
        excluded: ids of documents that are left out.
        scope: the documents that are asked.
        chosen: ids of the documents that the scope takes, where it names collections or languages.
    """
    since, until = days(scope.since)[0], days(scope.until)[1]
    conditions = {
        f"document not in {sorted(map(key_of, excluded))}": excluded,
        f"document in {sorted(map(key_of, scope.documents))}": scope.documents,
        f"document in {sorted(map(key_of, chosen)) or [NO_DOCUMENT]}": scope.collections or scope.languages,
        f"publisher in {sorted(map(digest, scope.publishers))}": scope.publishers,
        f"published_from > 0 and published_to >= {since}": scope.since,
        f"published_from > 0 and published_from <= {until}": scope.until,
    }
    return " and ".join(condition for condition, is_wanted in conditions.items() if is_wanted)


def as_words(found: Sequence[str]) -> str:
    """Terms without characters at which the server's own analysis would split them."""
    spaced = " ".join("".join(letter if letter.isalnum() else "x" for letter in term) for term in found)
    return spaced.encode()[:LONGEST].decode(errors="ignore")


def term_number(term: str) -> int:
    """The form of a term in a row."""
    return digest("term", term)


def _filter_fields(document: Document) -> Row:
    """The fields of a document that a search can filter by."""
    first, last = days(document.published)
    publisher = digest(document.publisher or "")
    return {"document": key_of(document.id), "publisher": publisher, "published_from": first, "published_to": last}


def _term_numbers(found: Sequence[str]) -> list[int]:
    return [term_number(term) for term in list(dict.fromkeys(found))[:MOST_TERMS]]


def _parts(key: int, version: int, owner: int, kind: int, pieces: Sequence[str]) -> Iterator[Row]:
    for place, data in enumerate(pieces):
        row = {"document": key, "version": version, "owner": owner, "kind": kind, "place": place, "data": data}
        yield {**row, "key": part_key(owner, kind, place), "vector": NO_VECTOR}


def _pieces(ascii_text: str) -> list[str]:
    return [ascii_text[start : start + LONGEST] for start in range(0, len(ascii_text), LONGEST)]


def _details(document: Document) -> str:
    names = "id title source media_type sha256 publisher published pages author language link headings furniture"
    names += " rows warnings"
    values: Mapping[str, Any] = {name: getattr(document, name) for name in names.split()}
    return json.dumps({**values, "known": dict(document.known)})


def _cut(passage: Passage) -> list[Any]:
    furniture = int(passage.furniture)
    return [passage.start, passage.end, passage.heading, passage.page, furniture, list(map(list, with_rows(passage)))]


def _passage(cut: Sequence[Any], document_id: str) -> Passage:
    start, end, heading, page, furniture, sentences = cut
    spans, rows = sentences_from(sentences)
    return Passage(document_id, start, end, heading, page, bool(furniture), spans, rows)
