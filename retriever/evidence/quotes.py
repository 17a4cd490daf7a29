"""Probabilities of sentences -> quotes: one sentence, or up to three adjacent ones where the answer may lie in either.

The likeliest sentence seeds a quote; the window around it is chosen that is worth most: the probability that it holds,
less a price for each word. Then the next quote is chosen from what is left, which is less: later quotes are short.
"""

from collections.abc import Sequence

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
    # Plain lists: of the few sentences of a quote, NumPy's calls cost more than the sums.
    values, following = probabilities.tolist(), follows.tolist()
    worth = [value - WORD_PRICE * words for value, words in zip(values, word_counts, strict=True)]
    free = [value > 0 for value in values]
    chosen: list[tuple[int, int]] = []
    for seed in sorted(range(len(values)), key=lambda sentence: -values[sentence]):
        if len(chosen) == count:
            break
        if not free[seed]:
            continue
        options = [
            (first, first + length)
            for length in range(LONGEST)
            for first in range(seed - length, seed + 1)
            if _adjacent(first, first + length, free, following)
        ]
        best = max(options, key=lambda option: sum(worth[option[0] : option[1] + 1]))
        chosen.append(best)
        for sentence in range(best[0], best[1] + 1):
            free[sentence] = False
    return chosen


def _adjacent(first: int, last: int, free: Sequence[bool], follows: Sequence[bool]) -> bool:
    within = first >= 0 and last < len(free)
    return within and all(free[first : last + 1]) and all(follows[first + 1 : last + 1])
