"""The passages of a library on a server: their places, words and vectors."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ...encoder import Vectors
from ...encoder.word_vectors import Bytes, axis_count
from ...errors import LibraryError
from ...records import Passage
from ..contents import StoredPassage
from . import row_format as rows_of
from .cache import Cache
from .document_rows import DocumentRows
from .engine import Engine
from .long_texts import read_texts, read_texts_of
from .row_format import PassageContent, key_of, number_of
from .schema import PASSAGES


class MilvusVectors:
    """Reads vectors, and the words of passages, which are stored with their vectors."""

    def __init__(self, engine: Engine, place: str, dimension: int) -> None:
        """Store the server's collections, how a user names the library, and the length of a vector."""
        self._engine = engine
        self._place = place
        self._axes = axis_count(dimension)
        self._contents: Cache[int, PassageContent] = Cache()

    def get(self, number: int) -> Vectors | None:
        """Fetch one passage's vector, float32 (dimension,); None if it is missing."""
        return self.some([number]).get(number)

    def some(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Fetch the vectors of some passages: number -> float32 (dimension,); missing ones are left out."""
        rows = self._engine.rows_having(PASSAGES, "number", numbers, ["number", "vector"])
        return {int(row["number"]): np.asarray(row["vector"], dtype=np.float32) for row in rows}

    def of_words(self, numbers: Sequence[int]) -> dict[int, Bytes]:
        """Fetch the word vectors of passages: number -> int8 (n_words, n_axes).

        Raises:
            LibraryError: stored vectors are damaged.
        """
        contents = self.contents(numbers)
        if missing := set(numbers) - contents.keys():
            raise damage_error(self._place, f"passage {min(missing)} has no word vectors")
        return {number: contents[number].word_vectors for number in numbers}

    def contents(self, numbers: Sequence[int]) -> dict[int, PassageContent]:
        """Fetch the words of passages and their vectors; missing ones are left out."""
        return self._contents.some(numbers, self._read_contents)

    def _read_contents(self, numbers: Sequence[int]) -> dict[int, PassageContent]:
        read = {}
        for (number, _), text in read_texts(self._engine, [(number, rows_of.BODY) for number in numbers]).items():
            try:
                read[number] = rows_of.passage_content_from(text, "", self._axes)
            except ValueError as error:
                raise damage_error(self._place, f"the content of passage {number} cannot be read") from error
        return read


class MilvusPassages:
    """Reads passages; they are written with their document."""

    def __init__(self, engine: Engine, rows: DocumentRows, vectors: MilvusVectors) -> None:
        """Store the server's collections, the rows of the documents, and the reader of vectors."""
        self._engine = engine
        self._rows = rows
        self._vectors = vectors

    def of_document(self, document_id: str) -> tuple[Passage, ...]:
        """Fetch a document's passages in the order of the text, page furniture included."""
        version = self._rows.get(document_id).version
        (cuts,) = read_texts_of(self._engine, version, rows_of.CUTS)
        return rows_of.passages_of(cuts, document_id)

    def stored_in(self, document_id: str) -> Iterator[StoredPassage]:
        """Go through the searchable passages of one document."""
        with self._rows.snapshot():
            row = self._rows.find(document_id)
            passages = self.of_document(document_id) if row else ()
        if row:
            numbers = {number_of(row.version, one.start): one for one in passages if not one.furniture}
            contents = self._vectors.contents(list(numbers))
            for number, passage in numbers.items():
                text = contents[number].text if number in contents else ""
                yield StoredPassage(number, row.key, passage, row.summary.title, text, row.summary.language)

    def fetch(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Fetch passages by their numbers; those of no current version are left out."""
        places, contents = self.places(numbers), self._vectors.contents(numbers)
        rows = self._rows.some({key_of(document_id) for document_id, _ in places.values()})
        return {
            number: StoredPassage(
                number,
                key_of(document_id),
                replace(contents[number].passage, document_id=document_id),
                rows[key_of(document_id)].summary.title,
                contents[number].text,
                rows[key_of(document_id)].summary.language,
            )
            for number, (document_id, _) in places.items()
            if number in contents
        }

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Look up passages: number -> document id and start; those of no current version are left out."""
        wanted = list(dict.fromkeys(numbers))
        found = self._engine.rows_having(PASSAGES, "number", wanted, ["number", "version", "document", "start"])
        return {int(row["number"]): (one, int(row["start"])) for row, one in self._rows.current(found)}


def damage_error(place: str, problem: str) -> LibraryError:
    """The error for stored data that is missing or cannot be read."""
    return LibraryError(f"In {place} {problem}; repair it with: ibid verify --repair --library {place}")
