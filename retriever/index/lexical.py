"""Passage words -> the passages that share them with a question, by BM25: the only home of Tantivy.

Tantivy is given terms that `words` has already made, so the index, the question and the evidence compare the same
terms. Its BM25 has k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009), with the field's length kept in one byte.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from ..words import content_terms, terms

FOLDER_NAME = "lexical"
# Fields and their weight in the score. A title names what its whole document is about, so it counts, but every
# passage of the document has it, so it must not outweigh the passage's own words.
FIELD_WEIGHTS = {"title": 0.5, "heading": 0.5, "body": 1.0}
_WRITER_BYTES = 50_000_000


class LexicalIndex:
    """A Tantivy index in a folder."""

    def __init__(self, index: tantivy.Index) -> None:
        """Store a Tantivy index; `build` and `load` are the ways in."""
        index.config_reader("manual")  # what is built never changes: no thread need watch its files
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def build(cls, folder: Path, passages: Iterable[tuple[int, str, str, str]]) -> "LexicalIndex":
        """Index passages, each its number, title, heading and body, in a folder that is made."""
        path = folder / FOLDER_NAME
        path.mkdir(parents=True)
        index = tantivy.Index(_schema(), path=str(path))
        _register(index)
        writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for number, title, heading, body in passages:
            fields = {"title": title, "heading": heading, "body": body}
            document = tantivy.Document(number=number)
            for name, text in fields.items():
                document.add_text(name, " ".join(terms(text)))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open the index that `build` wrote.

        Raises:
            ValueError: the folder is missing or damaged.
        """
        index = tantivy.Index.open(str(folder / FOLDER_NAME))
        _register(index)
        return cls(index)

    def search(self, question: str, count: int, excluded: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """Find the passages that share the question's words.

        Args:
            question: the question, as typed or rewritten.
            count: how many at the most.
            excluded: int64 (n,), numbers of passages that are not to be found.

        Returns:
            Number and score, best first, ties by number; score: BM25, above 0, no upper bound.
        """
        query = self._query(content_terms(question))
        if query is None or not self._searcher.num_docs:
            return []
        if excluded is not None and len(excluded):
            without = tantivy.Query.term_set_query(_schema(), "number", excluded.tolist())
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, without)])
        found = self._searcher.search(query, count).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in found])
        scored = [(int(n or 0), float(score)) for n, (score, _) in zip(numbers, found, strict=True)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def numbers(self) -> set[int]:
        """The numbers of all passages in the index, as verification needs them."""
        found = self._searcher.search(tantivy.Query.all_query(), max(1, self._searcher.num_docs)).hits
        return {int(n or 0) for n in self._searcher.fast_field_values("number", [address for _, address in found])}

    def _query(self, wanted: Sequence[str]) -> tantivy.Query | None:
        schema = _schema()
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(tantivy.Query.term_query(schema, field, term), weight),
            )
            for term in dict.fromkeys(wanted)
            for field, weight in FIELD_WEIGHTS.items()
        ]
        return tantivy.Query.boolean_query(clauses) if clauses else None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=False, indexed=True, fast=True)
    for name in FIELD_WEIGHTS:
        builder.add_text_field(name, stored=False, tokenizer_name="terms", index_option="freq")
    return builder.build()


def _register(index: tantivy.Index) -> None:
    index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
