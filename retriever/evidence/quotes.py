"""Probabilities of sentences -> quotes: one sentence, or up to three adjacent ones where the answer may lie in either.

The likeliest sentence seeds a quote; the window around it is chosen that is worth most: the probability that it holds,
less a price for each word. Then the next quote is chosen from what is left, which is less: later quotes are short.
"""

from collections.abc import Sequence

import numpy as np

from .features import Flags, Floats

LONGEST = 3  # sentences; more is not a quote but a passage
# What a word of a quote costs in probability. At 0.0015 first quotes have 37 words in the mean on squad2 and hold the
# answer for 0.853 of the questions (`python -m training`); at 0.001 40 words and 0.857, at 0.002 35 and 0.851; free
# words would make every quote three sentences long.
WORD_PRICE = 0.0015


def windows(probabilities: Floats, follows: Flags, word_counts: Sequence[int], count: int) -> list[tuple[int, int]]:
    """Choose quotes.

    Args:
        probabilities: float32 (n_sentences,), sum 1; 0 for sentences that were not ranked.
        follows: bool (n_sentences,), whether a sentence directly follows the one before it.
        word_counts: (n_sentences,), words of each.
        count: how many quotes at the most.

    Returns:
        First and last sentence of each quote, best first; no sentence stands in two.
    """
    free = probabilities > 0
    chosen: list[tuple[int, int]] = []
    while len(chosen) < count and free.any():
        seed = int(np.argmax(np.where(free, probabilities, -1)))
        options = [
            (first, first + length)
            for length in range(LONGEST)
            for first in range(seed - length, seed + 1)
            if _adjacent(first, first + length, free, follows)
        ]
        worth = [
            float(probabilities[first : last + 1].sum()) - WORD_PRICE * sum(word_counts[first : last + 1])
            for first, last in options
        ]
        best = options[int(np.argmax(worth))]
        chosen.append(best)
        free[best[0] : best[1] + 1] = False
    return chosen


def _adjacent(first: int, last: int, free: Flags, follows: Flags) -> bool:
    within = first >= 0 and last < len(free)
    return within and bool(free[first : last + 1].all()) and bool(follows[first + 1 : last + 1].all())
