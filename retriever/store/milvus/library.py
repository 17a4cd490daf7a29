"""A library on a cluster: documents, passages, vectors and words in five collections of Milvus.

There are no transactions. A document's rows are written first, under its new version, and seen by the server to be
all there; then its head is written, one row, and from then on that version holds; then the rows of the old one go. Who
reads takes only what the head's version has. Interrupted anywhere, the old version holds, and the same command goes on.
"""

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np

from ...encoder import Encoder, Vectors
from ...encoder.word_vectors import Bytes, axis_count
from ...errors import LibraryError, LibraryForeign, LibraryMissing
from ...filters import EVERYTHING, Scope
from ...reading.boilerplate import edge_lines
from ...records import Document, DocumentSummary, LibraryState, Manifest, Passage
from ...settings import default_library
from ...text.minhash import HASHES, Sketches
from ..records import (
    Addition,
    DocumentOrigin,
    EncodedPassage,
    OutdatedDocument,
    ReadingFailure,
    StoredDocument,
    StoredPassage,
    TextSlice,
)
from ..sqlite.library import unknown
from . import rows as rows_of
from .address import Address
from .boilerplate import Edges, Lines
from .cache import Kept
from .engine import DOCUMENTS, EVERY, NOTES, PARTS, PASSAGES, SPELLINGS, Engine, Row
from .parts import joined, joined_of, read_parts
from .rows import Body, Head, digest, key_of, note_row, number_of, part_key
from .versions import Heads

FORMAT = 1
_LIBRARY = "library"  # the note of what it was made with
_SPELLINGS_KNOWN = 1_000_000


@dataclass(frozen=True, slots=True)
class Hidden:
    """Documents that a search leaves out.

    Attributes:
        condition: holds for the passages of all others.
        documents: how many are left out.
    """

    condition: str
    documents: int

    def __len__(self) -> int:
        """How many documents are left out."""
        return self.documents


class ClusterLibrary:
    """An open library. Safe to use from several threads and, for different documents, from several machines."""

    def __init__(self, engine: Engine, address: Address, manifest: Manifest) -> None:
        """Store a connected engine; `create` and `open` are the ways in."""
        self._engine = engine
        self._address = address
        self._manifest = manifest
        self._heads = Heads(engine, manifest.encoder_digest)
        self._lines = Lines(engine, self._heads)
        self._bodies: Kept[int, Body] = Kept()
        self._texts: Kept[str, str] = Kept()
        self._pages: Kept[int, tuple[int, ...]] = Kept()
        self._lock = threading.Lock()
        self._spelt: set[str] = set()

    @classmethod
    def create(cls, address: Address, encoder: Encoder) -> "ClusterLibrary":
        """Make an empty library, or open the one that is there.

        Raises:
            LibraryError: the server cannot be used.
            LibraryForeign: a collection of that name is not ours, or another encoder made it.
        """
        engine = Engine.connect(address)
        if any(engine.has(suffix) and not engine.is_ours(suffix) for suffix in EVERY):
            raise _not_ours(address)
        for suffix in reversed(EVERY):  # that of the passages last: where it is, the others are
            engine.create(suffix, encoder.dimension)
        engine.load()
        if _made(engine) is None:
            made = {
                "format": FORMAT,
                "encoder": encoder.name,
                "encoder_digest": encoder.digest,
                "dimension": encoder.dimension,
                "encoder_origin": encoder.origin,
            }
            Heads(engine, encoder.digest).begin()
            engine.put(NOTES, [note_row(_LIBRARY, rows_of.LIBRARY, json.dumps(made))])
        engine.close()
        return cls.open(address, encoder)

    @classmethod
    def open(cls, address: Address, encoder: Encoder) -> "ClusterLibrary":
        """Open the library of an address.

        Raises:
            LibraryMissing: there is none.
            LibraryForeign: the collection is not ours, or another format version or encoder made it.
            LibraryError: the server is down, too old, or refuses the token.
        """
        engine = Engine.connect(address)
        manifest = _manifest(engine, address)
        if manifest.encoder_digest != encoder.digest:  # the same model in a folder of another name is the same
            raise LibraryForeign(
                f"The library {address} was made by the encoder {manifest.encoder} "
                f"({manifest.encoder_digest[:12]}, {manifest.dimension} dimensions), not by {encoder.name} "
                f"({encoder.digest[:12]}); use that encoder, or index your documents again into another collection."
            )
        return cls(engine, address, manifest)

    @staticmethod
    def encoder_origin(address: Address) -> str | None:
        """The folder of the encoder that made a library; None for the shipped one, or where no library can be read."""
        try:
            engine = Engine.connect(address)
            try:
                return _manifest(engine, address).encoder_origin
            finally:
                engine.close()
        except LibraryError:
            return None  # `open` says what is wrong

    def close(self) -> None:
        """Disconnect."""
        self._engine.close()

    def drop(self) -> None:
        """Remove the library from its server, with all that it holds."""
        self._engine.drop()

    @property
    def engine(self) -> Engine:
        """What its search asks."""
        return self._engine

    @property
    def place(self) -> str:
        """How a user names it."""
        return str(self._address)

    @property
    def folder(self) -> Path:
        """Where files lie that were handed over to it through this machine's page."""
        name = self.place.partition("://")[2].replace("/", "-").replace(":", "-")
        return default_library().parent / ".ibid-on-servers" / name

    @property
    def is_transactional(self) -> bool:
        """One collection may be seen some seconds behind another."""
        return False

    @property
    def manifest(self) -> Manifest:
        """What the library was made with, and its generation now, other machines' changes included.

        Raises:
            LibraryMissing: it was removed from the server meanwhile.
        """
        generation = self._heads.generation()
        if generation is None:
            raise _missing(self._address)
        return replace(self._manifest, generation=generation)

    def replace(
        self,
        document: Document,
        encoded: Sequence[EncodedPassage],
        *,
        new: bool = False,
        read_as: str = "",
        repeated: Collection[int] = (),
    ) -> str:
        """Add a document, in place of the one that has its id if there is one; arguments as `Library.replace` has them.

        Raises:
            ValueError: a vector's length is not the library's.
            LibraryError: the server cannot be used, or not all that was written is there.
        """
        (document_id,) = self.replace_some([Addition(document, encoded, new, read_as, repeated)])
        return document_id

    def replace_some(self, some: Sequence[Addition]) -> tuple[str, ...]:
        """Add some documents, as `replace` does; the server is waited for once.

        Where another machine has given the id of one to another file meanwhile, it gets another.
        """
        if not some:
            return ()
        with self.snapshot():
            self._heads.some(key_of(one.document.id) for one in some)
            pending = [self._prepared(one) for one in some]
        self._lines.write([one.edges for one in pending])
        self._engine.put(PASSAGES, [row for one in pending for row in one.passages])
        self._engine.put(PARTS, [row for one in pending for row in one.parts])
        self._write_spellings([text for one in pending for text in (one.document.title, one.document.text)])
        self._see(pending)
        lost = self._lost(pending)
        held = [one for one in pending if one.version not in lost]
        self._engine.put(DOCUMENTS, [one.head for one in held])
        lost |= self._lost(held)  # who looked at the same moment has written by now
        # Of a document that is new nothing is there but what a run may have left that did not come to its end.
        keys = [one.edges.document for one in pending if one.before and one.version not in lost]
        versions = [one.version for one in pending]
        for suffix in (PASSAGES, PARTS):
            self._engine.delete_having(suffix, "document", keys, also=f"version not in {versions}")
            self._engine.delete_having(suffix, "version", sorted(lost))
        self.forget_failures(one.document.source for one in held)
        self._heads.changed()
        again = [replace(one, new=True) for one, made in zip(some, pending, strict=True) if made.version in lost]
        given = iter(self.replace_some(again))
        return tuple(next(given) if one.version in lost else one.document.id for one in pending)

    def _lost(self, pending: Sequence["_Pending"]) -> set[int]:
        """The versions, of some that are being written, whose id was given to another file meanwhile."""
        heads = self._heads.now(one.edges.document for one in pending)
        there = [(one, heads[one.edges.document]) for one in pending if one.edges.document in heads]
        return {
            one.version
            for one, head in there
            if head.version not in (one.version, one.before) and head.summary.source != one.document.source
        }

    def _prepared(self, addition: Addition) -> "_Pending":
        """Make the rows of a document."""
        for item in addition.encoded:
            item.check(self._manifest.dimension)
        document, before = addition.document, self._head(addition.document.id)
        if addition.new and before and before.summary.source != document.source:
            document = replace(document, id=self._free_id(document))
            before = self._head(document.id)
        if before and before.summary.id != document.id:
            raise LibraryError(f"{document.id} has the number of {before.summary.id}; give its file another name.")
        encoded = [replace(item, passage=replace(item.passage, document_id=document.id)) for item in addition.encoded]
        version = rows_of.version_of(document, encoded, addition.read_as, self._manifest.encoder_digest)
        lines_before = before.lines if before else frozenset()
        edges = Edges(key_of(document.id), edge_lines(document), lines_before, frozenset(addition.repeated))
        return _Pending(
            document,
            version,
            list(rows_of.passage_rows(document, version, encoded, with_words=self._engine.has_words)),
            list(rows_of.part_rows(document, version, encoded)),
            rows_of.head_row(document, version, encoded, addition.read_as, edges.now),
            edges,
            before.version if before else None,
        )

    def _see(self, pending: Sequence["_Pending"]) -> None:
        """Wait until the server has all rows that were written, as their keys tell.

        Raises:
            LibraryError: it has not.
        """
        passages = [row for one in pending for row in one.passages]
        parts = [row for one in pending for row in one.parts]
        wanted = (len(passages), len(parts))
        found = (self._engine.holds(PASSAGES, passages), self._engine.holds(PARTS, parts))
        if found != wanted:
            raise LibraryError(
                f"Of {wanted[0]} passages and {wanted[1]} parts that were written to {self.place}, the server has "
                f"{found[0]} and {found[1]}; none is answered from: run the same command again."
            )

    def remove(self, document_ids: Sequence[str]) -> None:
        """Remove documents, all or none.

        Raises:
            DocumentUnknown: one of the ids is not in the library; then none is removed.
        """
        heads = [self._known_head(document_id) for document_id in document_ids]
        self._lines.removing(heads)
        keys = [head.key for head in heads]
        for suffix in (DOCUMENTS, PASSAGES, PARTS):  # the heads first: what has none is not answered from
            self._engine.delete_having(suffix, "document", keys)
        self._lines.remove(keys)
        self._heads.changed()

    def move(self, document_id: str, new_id: str, source: str) -> None:
        """Give a document another id and source; its vectors stay.

        Raises:
            DocumentUnknown: no document has that id.
        """
        whole = self.whole(document_id)
        applied = self._lines.applied(key_of(document_id))
        document = replace(whole.document, id=new_id, source=source)
        self.replace(document, whole.encoded, read_as=whole.read_as, repeated=applied)
        self.remove([document_id])

    def snapshot(self) -> AbstractContextManager[None]:
        """Take each document's head once, so that all that is read of it is of one version."""
        return self._heads.snapshot()

    def state(self) -> LibraryState:
        """Count the library and digest it, as `Library.state` does: the same documents give the same digest."""
        return self._heads.census().state

    def published_span(self) -> tuple[str, str] | None:
        """The first and the last date of all documents, or None where none has one."""
        return self._heads.census().published_span

    def documents(self) -> tuple[DocumentSummary, ...]:
        """List the documents, in the order of their ids."""
        return tuple(head.summary for head in self._heads.all())

    def summary(self, document_id: str) -> DocumentSummary:
        """Fetch a document's line in the list.

        Raises:
            DocumentUnknown: no document has that id.
        """
        return self._known_head(document_id).summary

    def titles(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Fetch the titles of some documents: id -> title."""
        return {one.summary.id: one.summary.title for one in self._heads.some(map(key_of, document_ids)).values()}

    def published_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """Fetch the dates of some documents: id -> ISO 8601 date, perhaps reduced, or None."""
        return {one.summary.id: one.summary.published for one in self._heads.some(map(key_of, document_ids)).values()}

    def document(self, document_id: str) -> Document:
        """Fetch a document with its text.

        Raises:
            DocumentUnknown: no document has that id.
        """
        version = self._known_head(document_id).version
        return rows_of.document_of(*joined_of(self._engine, version, rows_of.DETAILS, rows_of.TEXT))

    def extract(self, document_id: str, start: int, end: int) -> TextSlice:
        """Cut characters `start` to `end` (excluded) out of a document's text, without fetching the whole of it.

        Raises:
            DocumentUnknown: no document has that id.
        """
        head = self._known_head(document_id)
        about, pages = head.summary, self._pages.some([head.version], self._pages_of)[head.version]
        text = self._slice(head.version, start, end)
        return TextSlice(text, about.title, about.publisher, about.published, pages, about.inferred)

    def _slice(self, version: int, start: int, end: int) -> str:
        first, last = start // rows_of.CHARACTERS, max(start, end - 1) // rows_of.CHARACTERS
        keys = [part_key(version, rows_of.TEXT, place) for place in range(first, last + 1)]
        parts = self._texts.some(keys, partial(read_parts, self._engine))
        offset = first * rows_of.CHARACTERS
        return "".join(parts.get(key, "") for key in keys)[start - offset : end - offset]

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of the text, furniture included."""
        version = self._known_head(document_id).version
        (cuts,) = joined_of(self._engine, version, rows_of.CUTS)
        return rows_of.passages_of(cuts, document_id)

    def sketches(self, document_ids: Iterable[str] | None = None) -> tuple[tuple[str, ...], Sketches]:
        """The sketches of some texts, of all unless told: ids in order, and uint32 (n_documents, n_hashes)."""
        if document_ids is None:
            ordered = list(self._heads.all())
        else:
            ordered = sorted(self._heads.some(map(key_of, document_ids)).values(), key=lambda one: one.summary.id)
        empty = np.empty((0, HASHES), np.uint32)
        return tuple(one.summary.id for one in ordered), np.vstack([empty, *(one.sketch for one in ordered)])

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Find where passages stand: number -> document id and start; what holds no longer is left out."""
        wanted = list(dict.fromkeys(numbers))
        found = self._engine.rows_having(PASSAGES, "number", wanted, ["number", "version", "document", "start"])
        return {int(row["number"]): (one, int(row["start"])) for row, one in self.holding(found)}

    def holding(self, found: Sequence[dict[str, int]]) -> list[tuple[dict[str, int], str]]:
        """Of some passages' rows those whose version holds, each with its document's id."""
        return self._heads.holding(found)

    def fetch(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages by their numbers; what holds no longer is left out."""
        places, bodies = self.places(numbers), self._bodies_of(numbers)
        titles = self.titles({document_id for document_id, _ in places.values()})
        return {
            number: StoredPassage(
                number,
                key_of(document_id),
                replace(bodies[number].passage, document_id=document_id),
                titles[document_id],
                bodies[number].text,
            )
            for number, (document_id, _) in places.items()
            if number in bodies
        }

    def hide(self, document_ids: Collection[str], scope: Scope = EVERYTHING) -> Hidden | None:
        """What a search is given to leave out documents, and those that a scope does not take; None for all.

        The server takes or leaves each passage by itself: no list of documents is made.
        """
        condition = rows_of.condition_of(document_ids, scope)
        return Hidden(condition, self._engine.count(DOCUMENTS, f"not ({condition})")) if condition else None

    def word_vectors(self, numbers: Sequence[int]) -> dict[int, Bytes]:
        """Fetch the word vectors of passages: number -> int8 (n_words, n_axes).

        Raises:
            LibraryError: stored vectors are damaged.
        """
        bodies = self._bodies_of(numbers)
        if missing := set(numbers) - bodies.keys():
            raise self._damaged(f"passage {min(missing)} has no word vectors")
        return {number: bodies[number].word_vectors for number in numbers}

    def whole(self, document_id: str) -> StoredDocument:
        """Fetch a document with its passages and their vectors, so that another library can take it.

        Raises:
            DocumentUnknown: no document has that id.
            LibraryError: stored vectors are damaged.
        """
        head = self._known_head(document_id)
        details, text, cut = joined_of(self._engine, head.version, rows_of.DETAILS, rows_of.TEXT, rows_of.CUTS)
        document, cuts = rows_of.document_of(details, text), rows_of.passages_of(cut, document_id)
        found = [number_of(head.version, cut.start) for cut in cuts if not cut.furniture]
        vectors, packed = self.vectors(found), self.word_vectors(found)
        if missing := set(found) - vectors.keys():
            raise self._damaged(f"passage {min(missing)} has no vector")
        numbers = iter(found)
        encoded = [
            EncodedPassage(cut)
            if cut.furniture
            else EncodedPassage(cut, vectors[number := next(numbers)], packed[number])
            for cut in cuts
        ]
        return StoredDocument(document, tuple(encoded), head.origin.read_as)

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Fetch the vectors of some passages: number -> float32 (dimension,); what is missing is left out."""
        rows = self._engine.rows_having(PASSAGES, "number", numbers, ["number", "vector"])
        return {int(row["number"]): np.asarray(row["vector"], dtype=np.float32) for row in rows}

    def vector_of(self, number: int) -> Vectors | None:
        """Fetch one passage's vector, float32 (dimension,); None where it is missing."""
        return self.vectors([number]).get(number)

    def stored_of(self, document_id: str) -> Iterator[StoredPassage]:
        """Go through the passages of one document that can be found."""
        with self.snapshot():
            head = self._head(document_id)
            cuts = self.passages(document_id) if head else ()
        if head:
            numbers = {number_of(head.version, cut.start): cut for cut in cuts if not cut.furniture}
            bodies = self._bodies_of(list(numbers))
            for number, cut in numbers.items():
                text = bodies[number].text if number in bodies else ""
                yield StoredPassage(number, head.key, cut, head.summary.title, text)

    def origins(self) -> dict[str, DocumentOrigin]:
        """What each document was made from, in the order of their ids: source -> origin."""
        return {head.summary.source: head.origin for head in self._heads.all()}

    def failures(self) -> dict[str, ReadingFailure]:
        """The files that could not be read: source -> failure."""
        rows = self._engine.rows(NOTES, f"kind == {rows_of.FAILURE}", ["data"])
        found = (json.loads(row["data"]) for row in rows)
        return dict(
            sorted((each["source"], ReadingFailure(each["sha256"], each["read_as"], each["reason"])) for each in found)
        )

    def remember_failure(self, source: str, failure: ReadingFailure) -> None:
        """Note that a file could not be read, so that it is not tried again before it changes."""
        data = {"source": source, "sha256": failure.sha256, "read_as": failure.read_as, "reason": failure.reason}
        self._engine.put(NOTES, [note_row(_failure_key(source), rows_of.FAILURE, json.dumps(data))])

    def forget_failures(self, sources: Iterable[str]) -> None:
        """Drop what was noted of some files."""
        self._engine.delete_having(NOTES, "key", [_failure_key(source) for source in sources])

    def text_digests(self) -> dict[str, str]:
        """Fetch the digest that each document's text had when it was stored: id -> SHA-256, hexadecimal."""
        return {head.summary.id: head.text_sha256 for head in self._heads.all()}

    def repeated(self, lines: Collection[int]) -> frozenset[int]:
        """Find which of some `edge_lines` several documents of their site have."""
        return self._lines.repeated(lines)

    def outdated(self, count: int) -> tuple[OutdatedDocument, ...]:
        """Find documents that were cut when their sites repeated other lines than now, `count` at the most."""
        return tuple(self._outdated(head) for head in self._lines.outdated(count))

    def recut(self, outdated: OutdatedDocument, gone: Collection[int], encoded: Sequence[EncodedPassage]) -> None:
        """Change what other lines that its site repeats change of a document's passages; the others stay as they are.

        Where another machine has cut or replaced it meanwhile, nothing is changed.
        """
        whole = self.whole(outdated.document.id)
        version = self._known_head(outdated.document.id).version
        if [number_of(version, item.passage.start) for item in whole.encoded] != list(outdated.passages):
            return
        stay = [item for item in whole.encoded if number_of(version, item.passage.start) not in gone]
        ordered = sorted([*stay, *encoded], key=lambda item: item.passage.start)
        self.replace(whole.document, ordered, read_as=whole.read_as, repeated=outdated.repeated)

    def sealed(self, document_id: str) -> tuple[bool, bool]:
        """No seals are kept on a server, whose disks are its own care: every document counts as whole."""
        return True, True

    def damage(self) -> str | None:
        """What the server complains of: nothing that it would tell."""
        return None

    def remains(self) -> Iterator[str]:
        """Say what lies about of documents that were never finished, or removed by halves; none of it is read."""
        for suffix, name in ((PASSAGES, "passages"), (PARTS, "parts")):
            if count := sum(1 for _ in self._strays(suffix)):
                yield f"{count} {name} are of documents that were not added whole, or not removed whole"

    def sweep(self) -> None:
        """Remove what `remains` speaks of."""
        for suffix in (PASSAGES, PARTS):
            self._engine.delete_having(suffix, "version", sorted(set(self._strays(suffix))))

    def _strays(self, suffix: str) -> Iterator[int]:
        """The versions, row for row, that no document has."""
        holding = {head.version for head in self._heads.all()}
        rows = self._engine.all_rows(suffix, "version", ["version"])
        return (int(row["version"]) for row in rows if int(row["version"]) not in holding)

    def _write_spellings(self, texts: Sequence[str]) -> None:
        found = rows_of.spellings_in(texts)
        with self._lock:
            fresh = found - self._spelt
        self._engine.put(SPELLINGS, [rows_of.spelling_row(one) for one in sorted(fresh)])
        with self._lock:
            if len(self._spelt) > _SPELLINGS_KNOWN:
                self._spelt.clear()
            self._spelt |= fresh

    def _outdated(self, head: Head) -> OutdatedDocument:
        document = self.document(head.summary.id)
        passages = {number_of(head.version, cut.start): cut for cut in self.passages(head.summary.id)}
        return OutdatedDocument(head.key, document, passages, self._lines.repeated(head.lines))

    def _free_id(self, document: Document) -> str:
        candidates = (f"{document.id}~{number}" for number in count(2))
        return next(one for one in candidates if not self._is_taken(one, document.source))

    def _is_taken(self, document_id: str, source: str) -> bool:
        head = self._head(document_id)
        return head is not None and head.summary.source != source

    def _bodies_of(self, numbers: Sequence[int]) -> dict[int, Body]:
        """Passages' words and their vectors; those that are not there are left out."""
        return self._bodies.some(numbers, self._read_bodies)

    def _read_bodies(self, numbers: Sequence[int]) -> dict[int, Body]:
        read, axes = {}, axis_count(self._manifest.dimension)
        for (number, _), text in joined(self._engine, [(number, rows_of.BODY) for number in numbers]).items():
            try:
                read[number] = rows_of.body_of(text, "", axes)
            except ValueError as error:
                raise self._damaged(f"what is stored of passage {number} cannot be read") from error
        return read

    def _pages_of(self, versions: Sequence[int]) -> dict[int, tuple[int, ...]]:
        details = joined(self._engine, [(one, rows_of.DETAILS) for one in versions])
        return {one: rows_of.document_of(text, "").pages for (one, _), text in details.items()}

    def _head(self, document_id: str) -> Head | None:
        return self._heads.some([key_of(document_id)]).get(key_of(document_id))

    def _known_head(self, document_id: str) -> Head:
        head = self._head(document_id)
        if head is None or head.summary.id != document_id:
            raise unknown(document_id)
        return head

    def _damaged(self, what: str) -> LibraryError:
        return LibraryError(f"In {self.place} {what}; mend it with: ibid verify --repair --library {self.place}")


@dataclass(frozen=True, slots=True)
class _Pending:
    """A document that is about to be written: the rows that it will have, and the version that it had."""

    document: Document
    version: int
    passages: list[Row]
    parts: list[Row]
    head: Row
    edges: Edges
    before: int | None


def _manifest(engine: Engine, address: Address) -> Manifest:
    """Read what a library was made with; its generation is 0 here."""
    if not engine.has(PASSAGES):
        raise _missing(address)
    if not all(engine.has(suffix) and engine.is_ours(suffix) for suffix in EVERY):
        raise _not_ours(address)
    engine.load()
    data = _made(engine)
    if data is None:
        raise _missing(address)  # another process is about to make it
    made = json.loads(data)
    if made["format"] != FORMAT:
        raise LibraryForeign(
            f"The library {address} has format {made['format']}, this Ibid reads format {FORMAT}; "
            "index your documents again into another collection."
        )
    return Manifest(FORMAT, made["encoder"], made["encoder_digest"], made["dimension"], 0, made["encoder_origin"])


def _made(engine: Engine) -> str | None:
    """What the library was made with, which may have been written a moment ago; None where there is none yet."""
    rows = engine.rows_having(NOTES, "key", [_LIBRARY], ["data"], strong=True)
    return str(rows[0]["data"]) if rows else None


def _not_ours(address: Address) -> LibraryForeign:
    return LibraryForeign(
        f"The collection {address.collection} at {address.uri} is not a library of Ibid; name another collection."
    )


def _missing(address: Address) -> LibraryMissing:
    return LibraryMissing(f"There is no library at {address}; make one with: ibid index PATH --library {address}")


def _failure_key(source: str) -> str:
    return f"f{digest('failure', source):x}"
