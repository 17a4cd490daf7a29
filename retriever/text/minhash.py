"""A text -> a sketch of it, by which copies and near-copies are found: one wire story in three newspapers.

MinHash (Broder 1997): all runs of `SHINGLE` words are hashed, and the smallest value under each of `HASHES`
permutations is kept. The share of places in which two sketches agree estimates the share of runs that the texts have in
common (Jaccard's index).
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .tokens import spelt_words, term_of

Sketches = NDArray[np.uint32]

HASHES = 128  # estimates the share to within 0.09 (two standard errors at a half)
SHINGLE = 5  # words; shorter runs are shared by any two texts on one subject
# Share of common runs from which a text is a near-copy, such as one with a paragraph more or a headline less.
NEAR = 0.5
_PRIME = np.uint64((1 << 31) - 1)  # a Mersenne prime: products of two smaller numbers fit into 64 bits
_generator = np.random.default_rng(0)
_FACTORS = _generator.integers(1, int(_PRIME), HASHES, dtype=np.uint64)
_SUMMANDS = _generator.integers(0, int(_PRIME), HASHES, dtype=np.uint64)
NOTHING = np.uint32(np.iinfo(np.uint32).max)
_AT_ONCE = 4096  # runs hashed at once: 4 MB of products


def sketch(text: str) -> Sketches:
    """Sketch a text: uint32 (HASHES,), all `NOTHING` for a text without words."""
    found = [term_of(word) for word in spelt_words(text)]
    least = np.full(HASHES, NOTHING, dtype=np.uint32)
    if not found:
        return least
    runs = {" ".join(found[at : at + SHINGLE]) for at in range(max(1, len(found) - SHINGLE + 1))}
    hashed = np.array(
        sorted(int.from_bytes(hashlib.blake2b(run.encode(), digest_size=4).digest(), "big") for run in runs),
        dtype=np.uint64,
    )
    for start in range(0, len(hashed), _AT_ONCE):
        some = hashed[start : start + _AT_ONCE, None] % _PRIME
        least = np.minimum(least, ((some * _FACTORS + _SUMMANDS) % _PRIME).min(axis=0).astype(np.uint32))
    return least


def near_copies_of(sketches: Sketches, row: int) -> list[tuple[int, float]]:
    """Find the near-copies of one text, by comparison with every other.

    Args:
        sketches: uint32 (n_texts, HASHES).
        row: the text's row.

    Returns:
        Row and share of common runs, 0..1, most alike first.
    """
    return _near_copies_among(sketches, row, np.arange(len(sketches)))


def near_copies(sketches: Sketches) -> dict[int, list[tuple[int, float]]]:
    """Find the near-copies of every text; only texts are compared that agree in two hashes side by side.

    Two sketches that agree in more than half of their hashes always do so somewhere. With exactly half, all but one of
    10^18 pairs do.

    Args:
        sketches: uint32 (n_texts, HASHES).

    Returns:
        Row -> as `near_copies_of`; rows without near-copies are left out.
    """
    groups = defaultdict(list)
    for start in range(0, HASHES, 2):
        for group in _equal_rows(sketches[:, start : start + 2]):
            for row in group.tolist():
                groups[row].append(group)
    found = {row: _near_copies_among(sketches, row, np.unique(np.concatenate(groups[row]))) for row in sorted(groups)}
    return {row: near for row, near in found.items() if near}


def near_copies_by_id(
    ids: Sequence[str], sketches: Sketches, wanted: Sequence[str] | None = None
) -> dict[str, tuple[tuple[str, float], ...]]:
    """Find the near-copies of some texts, or of all, by their ids.

    Args:
        ids: the texts' ids.
        sketches: uint32 (n_texts, HASHES), in their order.
        wanted: ids of the texts whose near-copies are found; None for all.

    Returns:
        Id -> the others' ids and shares of common runs, 0..1, most alike first.
    """
    rows = {text_id: row for row, text_id in enumerate(ids)}
    if wanted is None:
        near, wanted = near_copies(sketches), ids
    else:
        near = {rows[one]: near_copies_of(sketches, rows[one]) for one in wanted}
    return {one: tuple((ids[row], share) for row, share in near.get(rows[one], ())) for one in wanted}


def _equal_rows(hashes: Sketches) -> Sequence[NDArray[np.int64]]:
    """The rows that are the same in two hashes: an int64 (n,) for each such group; texts without words are left out."""
    joined = np.ascontiguousarray(hashes).view(np.uint64).ravel()
    order = np.argsort(joined, kind="stable")
    ordered = joined[order]
    starts = np.append(0, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)
    sizes = np.diff(starts, append=len(order))
    groups = [order[start : start + size] for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True)]
    return [group for group in groups if hashes[group[0], 0] != NOTHING]


def _near_copies_among(sketches: Sketches, row: int, candidates: NDArray[np.int64]) -> list[tuple[int, float]]:
    some = sketches[candidates]
    shares = ((some == sketches[row]) & (some != NOTHING)).mean(axis=1)
    near = [
        (int(candidates[place]), float(shares[place]))
        for place in np.flatnonzero(shares >= NEAR)
        if candidates[place] != row
    ]
    return sorted(near, key=lambda pair: (-pair[1], pair[0]))
