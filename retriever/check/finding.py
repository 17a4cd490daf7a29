"""The pieces of a draft's quotations -> where each may stand in the library, likeliest first.

In: the words of each piece, and the texts of the library one after the other. Out: candidates. One decision: the runs
of two or three words of the *pieces* are the index, and the library is read past it once, so that nothing has to be
kept between two checks, and a library of any size needs little memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .words import WORD, word_key

SHORT_PIECE = 12
"""Words; in a shorter piece, runs of two words are looked for, as one altered word leaves too few runs of three."""

MOST_REPEATS = 64
"""Pieces that have a run of words; a run that more have says little of where one of them stands."""

SHIFT = 6
"""Words that may be put in or left out between two runs of one piece, and both still count for one place."""

BUCKET = 16
"""Words between two places of one piece; of nearer ones only the likelier is kept."""

MOST_KEPT = 100
"""Candidates of each piece; a quotation that stands in more documents is well known."""

STRETCH = 100_000
"""Words of a text that are looked at at once; what they give fills at most some 100 MB."""

LEAST_SHARE = 0.34
"""Of the runs of the likeliest place; a place with fewer is no candidate."""

_STARTS = 2**32  # more than a text has words
_BITS = 21  # of a word's number: two million words in all quotations of a draft

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a piece of a draft may stand.

    Attributes:
        document: the document's position in the list of texts.
        start: number of the word at which the piece's first word would stand; may be negative.
        votes: how many runs of words both have; where as many stand at several places, more if they stand in one row.
    """

    document: int
    start: int
    votes: float


class _Vocabulary(dict[str, int]):
    """Word as spelt -> its number among the words of the pieces, 0 for any other word."""

    def __init__(self) -> None:
        super().__init__()
        self.keys_: dict[str, int] = {}
        self.is_closed = False

    def __missing__(self, spelt: str) -> int:
        key = word_key(spelt)
        number = self.keys_.get(key, 0)
        if not number and not self.is_closed:
            number = self.keys_[key] = len(self.keys_) + 1
        if len(self) < 2_000_000:
            self[spelt] = number
        return number


class PieceIndex:
    """The runs of words of all pieces, by which texts are looked through."""

    def __init__(self, pieces: Sequence[Sequence[str]]) -> None:
        """Index pieces.

        Args:
            pieces: the words of each, in the form of `words.word_key`.
        """
        self._vocabulary = _Vocabulary()
        self._count = len(pieces)
        numbers = [np.array([self._vocabulary[word] for word in piece], dtype=np.int64) for piece in pieces]
        self._vocabulary.is_closed = True
        self._tables = [
            table
            for size in (2, 3)
            if (table := _Runs.of(numbers, size, [len(piece) < SHORT_PIECE for piece in pieces])) is not None
        ]
        self._runs = np.array([len(piece) - (1 if len(piece) < SHORT_PIECE else 2) for piece in pieces], dtype=np.int64)
        self._best = np.zeros(self._count, dtype=np.float64)
        self._found: list[NDArray[np.float64]] = []

    def look_through(self, document: int, text: str) -> None:
        """Note where the pieces may stand in a text."""
        numbers = np.fromiter(map(self._vocabulary.__getitem__, WORD.findall(text)), dtype=np.int64)
        for first in range(0, len(numbers), STRETCH):
            self._look_at(document, first, numbers[first : first + STRETCH + BUCKET])

    def _look_at(self, document: int, first: int, numbers: NDArray[np.int64]) -> None:
        """Note where the pieces may stand in a stretch of a text that begins with a word."""
        hits = [table.hits(numbers) for table in self._tables]
        piece = np.concatenate([one[0] for one in hits]) if hits else np.empty(0, dtype=np.int64)
        if not len(piece):
            return
        start = np.concatenate([one[1] for one in hits]) + first
        pieces, starts, votes = _places(piece, start, self._runs)
        np.maximum.at(self._best, pieces, votes)
        kept = votes >= np.maximum(1, LEAST_SHARE * self._best[pieces])
        rows = np.stack([pieces, np.full(len(pieces), document), starts, votes], axis=1)
        self._found.append(rows[kept])

    def candidates(self) -> list[list[Candidate]]:
        """The likeliest places of each piece, best first; ties in the order of the texts."""
        found: list[list[Candidate]] = [[] for _ in range(self._count)]
        if not self._found:
            return found
        rows = np.concatenate(self._found)
        rows = rows[rows[:, 3] >= LEAST_SHARE * self._best[rows[:, 0].astype(np.int64)]]
        order = np.lexsort((rows[:, 2], rows[:, 1], -rows[:, 3], rows[:, 0]))
        for piece, document, start, votes in rows[order].tolist():
            if len(found[int(piece)]) < MOST_KEPT:
                found[int(piece)].append(Candidate(int(document), int(start), votes))
        return found


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of words, sorted: their hash, the piece that has each, and at which word."""

    size: int
    hashes: Numbers
    pieces: Numbers
    places: Numbers

    @classmethod
    def of(cls, numbers: Sequence[Numbers], size: int, short: Sequence[bool]) -> "_Runs | None":
        wanted = [place for place, is_short in enumerate(short) if is_short == (size == 2)]
        hashed = [_hashes(numbers[place], size) for place in wanted]
        if not any(map(len, hashed)):
            return None
        hashes = np.concatenate(hashed)
        pieces = np.repeat(np.array(wanted, dtype=np.int64), [len(each) for each in hashed])
        places = np.concatenate([np.arange(len(each), dtype=np.int64) for each in hashed])
        order = np.argsort(hashes, kind="stable")
        return cls(size, hashes[order], pieces[order], places[order])

    def hits(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """For each run that a text and a piece both have: the piece, and where in the text it would start."""
        runs = _hashes(numbers, self.size)
        at = np.flatnonzero(runs)
        first = np.searchsorted(self.hashes, runs[at], "left")
        count = np.searchsorted(self.hashes, runs[at], "right") - first
        usual = (count > 0) & (count <= MOST_REPEATS)
        at, first, count = at[usual], first[usual], count[usual]
        ends = np.cumsum(count)
        rows = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count) + np.repeat(first, count)
        return self.pieces[rows], np.repeat(at, count) - self.places[rows]


def _hashes(numbers: Numbers, size: int) -> Numbers:
    """A number for each run of words; 0 for a run with a word that no piece has."""
    length = len(numbers) - size + 1
    if length <= 0:
        return np.empty(0, dtype=np.int64)
    hashes = np.zeros(length, dtype=np.int64)
    known = np.ones(length, dtype=np.bool_)
    for place in range(size):
        each = numbers[place : place + length]
        hashes = (hashes << _BITS) | each
        known &= each > 0
    return np.where(known, hashes, 0)


def _places(pieces: Numbers, starts: Numbers, runs: Numbers) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """Where most runs of a piece begin at about the same word: the piece, the first such word, and its votes.

    A word that the source repeats gives more hits than the piece has runs, which says nothing. Runs in one row do.
    """
    keys, counts = np.unique(pieces * _STARTS + (starts + _STARTS // 2), return_counts=True)
    summed = np.append(0, np.cumsum(counts))
    around = summed[np.searchsorted(keys, keys + SHIFT, "right")] - summed[:-1]
    most = runs[keys // _STARTS]
    votes = np.minimum(around, most) + np.minimum(counts, most) / (most + 1)
    near = np.diff(keys) <= BUCKET
    best = np.ones(len(keys), dtype=np.bool_)
    best[1:] &= ~(near & (votes[:-1] >= votes[1:]))
    best[:-1] &= ~(near & (votes[1:] > votes[:-1]))
    return keys[best] // _STARTS, keys[best] % _STARTS - _STARTS // 2, votes[best]
