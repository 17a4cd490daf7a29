"""A text -> a sketch of it, by which copies and near-copies are told: a wire story under three mastheads.

MinHash (Broder 1997): of all runs of `SHINGLE` words, hashed, the least under each of `HASHES` permutations is kept.
Two sketches agree in as many places, in expectation, as the texts share of the runs that either has (Jaccard's index).
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from .tokens import spelt_words, term_of

Sketches = NDArray[np.uint32]

HASHES = 128  # the share is known to within 0.09 (two standard errors at a half)
SHINGLE = 5  # words; shorter runs are shared by any two texts on one subject
# Share of common runs from which a text is a near-copy: a paragraph more or a headline less.
NEAR = 0.5
_PRIME = np.uint64((1 << 31) - 1)  # of Mersenne: products of two numbers below it fit 64 bits
_generator = np.random.default_rng(0)
_FACTORS = _generator.integers(1, int(_PRIME), HASHES, dtype=np.uint64)
_SUMMANDS = _generator.integers(0, int(_PRIME), HASHES, dtype=np.uint64)
NOTHING = np.uint32(np.iinfo(np.uint32).max)
_AT_ONCE = 4096  # runs hashed at once: 4 MB of products


def sketch(text: str) -> Sketches:
    """Sketch a text: uint32 (HASHES,); of a text without words, the greatest numbers that there are."""
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


def alike(sketches: Sketches, one: int) -> list[tuple[int, float]]:
    """Find the near-copies of a text: row and share of common runs, 0..1, most alike first.

    Args:
        sketches: uint32 (n_texts, HASHES).
        one: the text's row.
    """
    shares = ((sketches == sketches[one]) & (sketches != NOTHING)).mean(axis=1)
    near = [(row, float(share)) for row, share in enumerate(shares) if share >= NEAR and row != one]
    return sorted(near, key=lambda pair: (-pair[1], pair[0]))
