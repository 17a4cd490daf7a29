"""Passages -> their sentences as candidate answers, with the words of each and their vectors."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, compress, pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..encoder import Vectors
from ..encoder.word_vectors import Bytes, unit_rows
from ..learning import Flags
from ..records import Hit, Passage
from ..text.tokens import FUNCTION_TERMS, count_words, is_cut_by_letters, terms, words
from .pooling import SentencePool

_HEADING_LINE = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+)?(\S[^\n\r]*?)[ \t]*(?=[\r\n]|\Z)", re.MULTILINE)

EMPTY: Mapping[str, Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: its passage, and its position in the document's text.

    Attributes:
        row: the number of the table's row that it is, 0 for a sentence outside of a table.
        is_heading: whether it is a line of the heading above its passage's sentences.
    """

    hit: Hit
    start: int
    end: int
    text: str
    row: int = 0
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """The sentences of some passages, in the order of the documents' texts, and their words.

    The lines of an English passage's heading are sentences here too, which follow nothing and are followed by nothing.

    Attributes:
        sentences: n_sentences of them.
        follows: bool (n_sentences,), whether a sentence directly follows the one before it in the list.
        passage: int (n_sentences,), the sentence's passage, counted from 0.
        terms: the words' terms, n_words of them.
        places: int (n_words, 2), start and end of each word in its document's text.
        word_vectors: float32 (n_words, n_axes), rows of unit length.
        sentence_of: int (n_words,), ascending, the word's sentence.
        functional: bool (n_words,), function words.
        word_counts: (n_sentences,), words of each, as `count_words` counts them.
        meanings: float32 (n_sentences, n_axes), rows of unit length: the mean of each sentence's content words.
        title_terms: for each passage, the terms of its document's title and of its heading.
    """

    sentences: tuple[Candidate, ...]
    follows: Flags
    passage: NDArray[np.int64]
    terms: tuple[str, ...]
    places: NDArray[np.int64]
    word_vectors: Vectors
    sentence_of: NDArray[np.int64]
    functional: Flags
    word_counts: tuple[int, ...]
    meanings: Vectors
    title_terms: tuple[frozenset[str], ...]

    @property
    def headings(self) -> Flags:
        """Bool (n_sentences,), which of them are lines of headings."""
        return np.array([one.is_heading for one in self.sentences], dtype=bool)

    @property
    def same_row(self) -> Flags:
        """As `follows`, but False where another row of a table begins: a row is quoted alone."""
        rows = [one.row for one in self.sentences]
        same = (row == above for above, row in pairwise(rows))
        return np.asarray(self.follows & np.array([True, *same]), dtype=bool)

    def of_passages(self, kept: Flags) -> "Candidates":
        """The sentences of some of the passages, bool (n_passages,): all of a document's, or none."""
        sentences = kept[self.passage]
        words = sentences[self.sentence_of]
        return Candidates(
            tuple(compress(self.sentences, sentences)),
            self.follows[sentences],
            (np.cumsum(kept) - 1)[self.passage[sentences]],
            tuple(compress(self.terms, words)),
            self.places[words],
            self.word_vectors[words],
            (np.cumsum(sentences) - 1)[self.sentence_of[words]],
            self.functional[words],
            tuple(compress(self.word_counts, sentences)),
            self.meanings[sentences],
            tuple(compress(self.title_terms, kept)),
        )

    @classmethod
    def of(
        cls,
        hits: Sequence[Hit],
        titles: Mapping[str, str],
        word_vectors: Mapping[int, Bytes],
        languages: Mapping[str, str | None],
        terms_of: Mapping[str, Mapping[str, str]] = EMPTY,
    ) -> "Candidates":
        """Collect the sentences of passages.

        Args:
            hits: the passages.
            titles: document id -> title.
            languages: document id -> language, None for English.
            terms_of: language -> a term of that language -> the question's own term for the same word.
            word_vectors: passage number -> int8 (n_words, n_axes), one row for each of its `text.tokens.words`.
        """
        ordered = sorted(hits, key=lambda hit: (hit.passage.document_id, hit.passage.start))
        parts = [
            _passage_words(
                hit.passage,
                hit.text,
                titles[hit.passage.document_id],
                packed.tobytes(),
                packed.shape[1],
                languages.get(hit.passage.document_id),
            )
            for hit, packed in ((hit, word_vectors[hit.number]) for hit in ordered)
        ]
        equal = [terms_of.get(languages.get(hit.passage.document_id) or "en", {}) for hit in ordered]
        counts = [len(part.word_counts) for part in parts]
        firsts = np.cumsum([0, *counts[:-1]]).tolist()
        befores = [None, *ordered[:-1]]
        return cls(
            tuple(Candidate(hit, *one) for hit, part in zip(ordered, parts, strict=True) for one in part.sentences),
            np.array(
                [
                    at > part.headings or (at == 0 and _adjoins(before, hit))
                    for before, hit, part in zip(befores, ordered, parts, strict=True)
                    for at in range(len(part.word_counts))
                ],
                dtype=bool,
            ),
            np.repeat(np.arange(len(parts)), counts),
            tuple(
                same.get(term, term) if same else term
                for part, same in zip(parts, equal, strict=True)
                for term in part.terms
            ),
            np.concatenate([part.places for part in parts]),
            np.concatenate([part.vectors for part in parts]),
            np.concatenate([first + part.sentence_of for first, part in zip(firsts, parts, strict=True)]),
            np.concatenate([part.functional for part in parts]),
            tuple(chain.from_iterable(part.word_counts for part in parts)),
            np.concatenate([part.meanings for part in parts]),
            tuple(
                frozenset(same.get(term, term) for term in part.title_terms) if same else part.title_terms
                for part, same in zip(parts, equal, strict=True)
            ),
        )


@dataclass(frozen=True, slots=True)
class _PassageWords:
    """The part of `Candidates` that one passage gives, with sentences counted from 0.

    Attributes:
        sentences: each one's start and end in the document's text, its text, the row that it is, and whether it is a
            line of a heading.
        headings: how many of them are lines of a heading; they come first.
    """

    sentences: tuple[tuple[int, int, str, int, bool], ...]
    headings: int
    terms: tuple[str, ...]
    places: NDArray[np.int64]
    vectors: Vectors
    sentence_of: NDArray[np.int64]
    functional: Flags
    word_counts: tuple[int, ...]
    meanings: Vectors
    title_terms: frozenset[str]


def _adjoins(before: Hit | None, hit: Hit) -> bool:
    """Whether a passage continues the one before it, with no heading or page furniture (header, menu) between."""
    return (
        before is not None
        and before.passage.document_id == hit.passage.document_id
        and before.number + 1 == hit.number
        and bool(hit.passage.sentences)
        and hit.passage.sentences[0][0] == hit.passage.start
    )


# A passage takes some 70 kB.
@lru_cache(maxsize=512)
def _passage_words(
    passage: Passage, text: str, title: str, packed: bytes, axes: int, language: str | None
) -> _PassageWords:
    """Prepare a passage. Cached, since many questions find the same passages.

    Args:
        passage: the passage.
        text: its text.
        title: its document's title.
        packed: int8 (n_words, n_axes), its words' vectors, as hashable bytes.
        axes: n_axes.
        language: its document's.
    """
    # Only the reader knows whether a heading answers, and it knows English.
    is_read = language in (None, "en")
    headings = _heading_lines(text, passage.sentences[0][0] - passage.start if is_read else 0)
    base = passage.start
    spans = np.concatenate([headings, np.array(passage.sentences) - base])
    found = words(text, language)
    if len(packed) != axes * len(found) and is_cut_by_letters(text):
        packed = bytes(axes * len(found))  # an earlier version cut it: until its file is read again, only words count
    if len(packed) != axes * len(found):
        raise ValueError(f"{len(packed) // axes} vectors for {len(found)} words in {passage.location}")
    starts = np.array([word.start for word in found], dtype=np.int64)
    at = np.searchsorted(spans[:, 1], starts, side="right")
    inside = np.flatnonzero((at < len(spans)) & (starts >= np.append(spans[:, 0], 0)[at]))
    chosen = [found[k] for k in inside.tolist()]
    vectors = unit_rows(np.frombuffer(packed, np.int8).reshape(-1, axes)[inside])
    functional = np.array([word.term in FUNCTION_TERMS for word in chosen], dtype=bool)
    by_sentence = SentencePool.of(at[inside], len(spans))
    rows = [0] * len(headings) + list(passage.rows or [0] * len(passage.sentences))
    sentences = [
        (base + start, base + end, text[start:end], row, at < len(headings))
        for at, ((start, end), row) in enumerate(zip(spans.tolist(), rows, strict=True))
    ]
    return _PassageWords(
        tuple(sentences),
        len(headings),
        tuple(word.term for word in chosen),
        base + np.array([word[:2] for word in chosen], dtype=np.int64).reshape(-1, 2),
        vectors,
        at[inside],
        functional,
        tuple(count_words(one) for _, _, one, *_ in sentences),
        unit_rows(by_sentence.total((vectors * ~functional[:, None]).T).T),
        frozenset(terms(title, language)) | frozenset(terms(passage.heading or "", language)),
    )


def _heading_lines(text: str, end: int) -> NDArray[np.int64]:
    """The lines that have words before the first sentence, without Markdown's signs: int (n_lines, 2)."""
    lines = [one.span(1) for one in _HEADING_LINE.finditer(text, 0, end)]
    return np.array(lines, dtype=np.int64).reshape(-1, 2)
