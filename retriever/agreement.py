"""Quotes of several sources -> which say the same."""

from collections.abc import Sequence

import numpy as np

from .encoder import Vectors
from .records import Agreement, Quote
from .word_vectors import SAME_COSINE


def compare(quotes: Sequence[Quote], vectors: Sequence[Vectors]) -> Agreement:
    """Group quotes of different documents that say the same.

    Args:
        quotes: the quotes of one answer.
        vectors: float32 (dimension,) each, unit length, one a quote.

    Returns:
        Groups of positions, each ascending; no position stands in two groups.
    """
    if len(quotes) != len(vectors):
        raise ValueError(f"{len(vectors)} vectors for {len(quotes)} quotes")
    grouped: set[int] = set()
    groups = []
    for first in range(len(quotes)):
        if first in grouped:
            continue
        group = [first]
        for other in range(first + 1, len(quotes)):
            elsewhere = quotes[other].document_id not in {quotes[position].document_id for position in group}
            if other not in grouped and elsewhere and float(np.dot(vectors[first], vectors[other])) >= SAME_COSINE:
                group.append(other)
        if len(group) > 1:
            groups.append(tuple(group))
            grouped.update(group)
    return Agreement(same=tuple(groups))
