"""Probabilities of sentences -> quotes: one sentence, or up to three adjacent ones where the answer may lie in either.

The likeliest sentence seeds a quote; the window around it is chosen that is worth most: the probability that it holds,
less a price for each word. Then the next quote is chosen from what is left, which is less: later quotes are short.

Where the seed stands in a run (`units`), the quote is the run: a list is no answer without the sentence that introduces
it, nor a step without the others. But where the run is long, or nothing introduces it, and one item has most of its
probability, one thing is asked for, and the item is the quote, with what leads to it if that is little. A run that is
unlikely to answer does not pay for its words either: of it as much is quoted as its beginning needs.
"""

from collections.abc import Sequence

from .pooling import Flags, Floats
from .units import TextUnit

LONGEST = 3  # sentences of prose; more is not a quote but a passage
# What a quote of a run has at the most: what is read at a glance, and what a passage holds and a third.
MOST_ITEMS = 12
MOST_WORDS = 160
# What is quoted of a run whole that has a colon, whatever its items' probabilities: as much as three long sentences.
# As much is quoted of a table to have the names of its columns above the row.
SHORT = 60
# The share of its run's probability from which one item alone is what is asked for: as much as all others together.
ALONE = 0.5
# What a word of a quote costs in probability. At 0.0015 first quotes have 37 words in the mean on squad2 and hold the
# answer for 0.853 of the questions (`python -m training`); at 0.001 40 words and 0.857, at 0.002 35 and 0.851; free
# words would make every quote three sentences long.
WORD_PRICE = 0.0015


def windows(
    probabilities: Floats, follows: Flags, word_counts: Sequence[int], count: int, runs: Sequence[TextUnit] = ()
) -> list[tuple[int, int]]:
    """Choose quotes.

    Args:
        probabilities: float32 (n_sentences,), sum 1; 0 for sentences that were not ranked.
        follows: bool (n_sentences,), whether a sentence directly follows the one before it.
        word_counts: (n_sentences,), words of each.
        count: how many quotes at the most.
        runs: what is told together, in order and apart.

    Returns:
        First and last sentence of each quote, best first; no sentence stands in two.
    """
    # Plain lists: of the few sentences of a quote, NumPy's calls cost more than the sums.
    values, following = probabilities.tolist(), follows.tolist()
    worth = [value - WORD_PRICE * words for value, words in zip(values, word_counts, strict=True)]
    free = [value > 0 for value in values]
    taken = [False] * len(values)
    run_of = {sentence: run for run in runs for sentence in range(run.starts[0], run.end)}
    # What leads a run is no end of a quote of the sentences before it.
    leading = {start - 1 for run in runs for start in run.starts[1 : run.leads + 1]}
    chosen: list[tuple[int, int]] = []
    for seed in sorted(range(len(values)), key=lambda sentence: -values[sentence]):
        if len(chosen) == count:
            break
        if not free[seed]:
            continue
        run = run_of.get(seed)
        best = None
        if run is not None and not any(taken[run.starts[0] : run.end]):
            best = _of_run(run, seed, values, word_counts)
        if best is None:
            options = [
                (first, first + length)
                for length in range(LONGEST)
                for first in range(seed - length, seed + 1)
                if _adjacent(first, first + length, free, following) and (length == 0 or first + length not in leading)
            ]
            best = max(options, key=lambda option: sum(worth[option[0] : option[1] + 1]))
        chosen.append(best)
        for sentence in range(best[0], best[1] + 1):
            free[sentence], taken[sentence] = False, True
    return chosen


def _of_run(run: TextUnit, seed: int, values: Sequence[float], word_counts: Sequence[int]) -> tuple[int, int] | None:
    """First and last sentence of the quote of a run; None where its likeliest sentence is quoted as prose is."""
    parts = [slice(*run.sentences(part, part)) for part in range(len(run.starts))]
    sizes = [sum(word_counts[part]) for part in parts]
    masses = [sum(values[part]) for part in parts]
    best = run.part_of(seed)
    is_one = len(parts) - run.leads == 1 or (run.introduced and sum(sizes) <= SHORT)
    pays = sum(masses) >= WORD_PRICE * min(sum(sizes), MOST_WORDS)
    if best < run.leads or is_one:
        first, last = _part_span(best, run.leads, sizes, masses, MOST_WORDS if pays else SHORT)
    elif masses[best] >= ALONE * sum(masses[run.leads :]) or not pays:
        if not run.leads or sum(sizes[: best + 1]) > SHORT:
            return None
        first, last = 0, best
    else:
        first, last = _part_span(best, run.leads, sizes, masses, MOST_WORDS)
    start, end = run.sentences(first, last)
    return start, end - 1


def _part_span(
    best: int, leads: int, sizes: Sequence[int], masses: Sequence[float], most_words: int
) -> tuple[int, int]:
    """The first and the last part of as much of a run as may be quoted: from its start, if that reaches the best."""

    def fits(first: int, last: int) -> bool:
        return sum(sizes[first : last + 1]) <= most_words and last + 1 - max(first, leads) <= MOST_ITEMS

    first, last = 0 if fits(0, best) else best, best
    while True:
        ways = [
            (masses[part], window)
            for part, window in ((last + 1, (first, last + 1)), (first - 1, (first - 1, last)))
            if 0 <= part < len(sizes) and fits(*window)
        ]
        if not ways:
            return first, last
        first, last = max(ways)[1]


def _adjacent(first: int, last: int, free: Sequence[bool], follows: Sequence[bool]) -> bool:
    within = first >= 0 and last < len(free)
    return within and all(free[first : last + 1]) and all(follows[first + 1 : last + 1])
