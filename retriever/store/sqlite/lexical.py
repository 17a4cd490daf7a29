"""Passage words -> the passages that share words with a question, by BM25. Only this module imports Tantivy.

Tantivy gets the terms that `text.tokens` makes, so that the index, the question and the evidence use the same terms.
Its BM25 has k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009), and stores the field's length in one byte.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tantivy
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ...text.tokens import letter_pairs, plain, spelt_words, term_of
from ..fields import FIELD_WEIGHTS
from .index_files import share

FOLDER_NAME = "lexical"
# The field of the words before stemming. Typing errors are counted in whole words: "delegaton" is far from "deleg".
_SPELT = "spelt"
_LANGUAGE = "language"
_MARK = ":"
# With at most this many excluded passages, passages with a word are counted exactly, which takes 0.2 ms per word.
COUNTED_AT_MOST = 10_000
# The most memory of a writer. A million passages fill it two or three times, so merges in the background are not
# needed. They would come in a random order; without them, the same library has the same segments. Updates are merged
# before they are opened, eight of similar size at a time.
_WRITER_BYTES = 400_000_000


class Text(NamedTuple):
    """A passage's words, their language, its number, and its document's number, by which it can be excluded."""

    number: int
    document_number: int
    title: str
    heading: str
    body: str
    language: str | None = None


class LexicalIndex:
    """A Tantivy index in a folder."""

    def __init__(self, index: tantivy.Index) -> None:
        """Store a Tantivy index. Use `build` or `load` instead."""
        index.config_reader("manual")  # built files never change, so no thread need watch them
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def build(cls, folder: Path, passages: Iterable[Text]) -> "LexicalIndex":
        """Index passages in a new folder."""
        path = folder / FOLDER_NAME
        path.mkdir(parents=True)
        return cls(_write(tantivy.Index(_schema(), path=str(path)), passages))

    @classmethod
    def update(cls, before: Path, folder: Path, gone: NDArray[np.int64], passages: Iterable[Text]) -> "LexicalIndex":
        """Write an updated index to another folder: the earlier passages, without the removed ones, and the new ones.

        Until their segments are merged, removed passages still count in how common a word is.

        Args:
            before: the folder of that index.
            folder: where the files are written; it must exist.
            gone: int64 (n,), numbers of removed passages.
            passages: the new passages.

        Raises:
            ValueError: a file of the index before is missing or damaged.
            OSError: it is gone.
        """
        shutil.copytree(before / FOLDER_NAME, folder / FOLDER_NAME, copy_function=_share_segment, ignore=_LOCKS)
        return cls(_write(tantivy.Index.open(str(folder / FOLDER_NAME)), passages, gone))

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open the index that `build` wrote.

        Raises:
            ValueError: the folder is missing or damaged.
        """
        index = tantivy.Index.open(str(folder / FOLDER_NAME))
        _register(index)
        return cls(index)

    def search(
        self,
        terms: Sequence[str],
        count: int,
        excluded: NDArray[np.int64] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> list[tuple[int, float]]:
        """Find the passages that share a question's words.

        Args:
            terms: the question's terms.
            count: at most this many.
            excluded: int64 (n,), numbers of documents that must not be found.
            weights: term -> its weight, 0..1; 1 for others.

        Returns:
            Number and score, best first, ties by number; score: BM25, above 0, no upper bound.
        """
        query = self._query(terms, weights or {})
        if query is None or not self._searcher.num_docs:
            return []
        query = _exclude(query, excluded)
        found = self._searcher.search(query, count).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in found])
        scored = [(int(n or 0), float(score)) for n, (score, _) in zip(numbers, found, strict=True)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    @property
    def passage_count(self) -> int:
        """How many passages it holds."""
        return int(self._searcher.num_docs)

    def frequencies(self, terms: Iterable[str], excluded: NDArray[np.int64] | None = None) -> dict[str, int]:
        """Count the passages with each term in their body, without excluded documents.

        If many are excluded, the count is estimated: a term is taken to be as common among them as in all.
        """
        counted = {term: int(self._searcher.doc_freq("body", term)) for term in dict.fromkeys(terms)}
        if excluded is None or not len(excluded):
            return counted
        omitted = _having(excluded)
        count = self._count(omitted)
        if count > COUNTED_AT_MOST:
            kept = 1 - count / self._searcher.num_docs
            return {term: round(kept * every) for term, every in counted.items()}
        queries = {term: tantivy.Query.term_query(_schema(), "body", term) for term in counted}
        return {term: every - self._count(queries[term].and_must_match(omitted)) for term, every in counted.items()}

    def _count(self, query: tantivy.Query) -> int:
        return int(self._searcher.search(query, 1, count=True).count or 0)  # type: ignore[attr-defined]

    def count_known(self, terms: Sequence[str], language: str) -> int:
        """Count those of some terms that documents of a language have in their own words."""
        spoken = tantivy.Query.term_query(_schema(), _LANGUAGE, language)
        queries = (tantivy.Query.term_query(_schema(), "body", term) for term in terms)
        return sum(self._count(spoken.and_must_match(query)) > 0 for query in queries)

    def nearest_spelling(self, word: str, language: str) -> str:
        """The nearest spelling, in documents of a language, of a word that the library does not have.

        It is the word itself if none is near.

        A spelling is near with one typing error in at least four letters, or two in at least eight. The first letter
        must be the same, which typists seldom miss (Pollock and Zamora 1984). Of equally near ones, the commonest wins.
        """
        term, spelt = term_of(word, language), plain(word)
        slips = min(len(spelt) // 4, 2) if spelt.isalpha() else 0
        if slips == 0 or any(self._searcher.doc_freq(name, term) for name in FIELD_WEIGHTS):
            return word
        named = _named(language)
        found = self._searcher.terms_with_prefix(_SPELT, named + spelt[0])
        counts = {
            one.removeprefix(named): count
            for one, count in found
            if one.startswith(named) and _MARK not in one[len(named) :]
        }
        near = process.extract(spelt, list(counts), scorer=OSA.distance, score_cutoff=slips, limit=None)
        return str(min(near, key=lambda one: (one[1], -counts[one[0]], one[0]), default=(word, 0, 0))[0])

    def numbers(self) -> set[int]:
        """The numbers of all passages in the index, for verification."""
        found = self._searcher.search(tantivy.Query.all_query(), max(1, self._searcher.num_docs)).hits
        return {int(n or 0) for n in self._searcher.fast_field_values("number", [address for _, address in found])}

    def _query(self, terms: Sequence[str], weights: Mapping[str, float]) -> tantivy.Query | None:
        schema = _schema()
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(schema, field, term), weight * weights.get(term, 1.0)
                ),
            )
            for term in dict.fromkeys(terms)
            for field, weight in FIELD_WEIGHTS.items()
        ]
        return tantivy.Query.boolean_query(clauses) if clauses else None


def _named(language: str | None) -> str:
    """What stands before the spelt words of a language; nothing for English."""
    return "" if language in (None, "en") else f"{language}{_MARK}"


_LOCKS = shutil.ignore_patterns("*.lock")


def _share_segment(file: str, place: str) -> None:
    """Share a segment's file, which never changes; copy Tantivy's two lists, which do."""
    (shutil.copyfile if file.endswith(".json") else share)(Path(file), Path(place))


def _write(index: tantivy.Index, passages: Iterable[Text], gone: Iterable[int] = ()) -> tantivy.Index:
    """Write to an index: delete the removed passages, and add the new ones."""
    _register(index)
    writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
    for number in gone:
        writer.delete_documents_by_term("number", int(number))
    for text in passages:
        document = tantivy.Document(number=text.number, document=text.document_number)
        document.add_text(_LANGUAGE, text.language or "en")
        spelt = {name: spelt_words(getattr(text, name)) for name in FIELD_WEIGHTS}
        for name, found in spelt.items():
            pairs = letter_pairs(getattr(text, name))
            document.add_text(name, " ".join((*(term_of(word, text.language) for word in found), *pairs)))
        named = _named(text.language)
        document.add_text(_SPELT, " ".join(dict.fromkeys(named + plain(word) for word in spelt["body"])))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    return index


def _exclude(query: tantivy.Query, excluded: NDArray[np.int64] | None) -> tantivy.Query:
    if excluded is None or not len(excluded):
        return query
    return query.and_must_not_match(_having(excluded))


def _having(numbers: NDArray[np.int64]) -> tantivy.Query:
    return tantivy.Query.term_set_query(_schema(), "document", numbers.tolist())


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=False, indexed=True, fast=True)
    builder.add_integer_field("document", stored=False, indexed=True)
    for name in FIELD_WEIGHTS:
        builder.add_text_field(name, stored=False, tokenizer_name="terms", index_option="freq")
    builder.add_text_field(_LANGUAGE, stored=False, tokenizer_name="terms", index_option="basic")
    builder.add_text_field(_SPELT, stored=False, tokenizer_name="terms", index_option="basic")
    return builder.build()


def _register(index: tantivy.Index) -> None:
    index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
