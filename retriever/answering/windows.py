"""Probabilities of sentences -> quotes of one sentence, or of up to three adjacent ones.

Each quote starts from the likeliest sentence that is left. The window around it with the highest worth is chosen: its
probability, less a price for each word. Later quotes have less probability to share, so they are short.

If the sentence is part of a unit (`units`), the quote is the whole unit. A list needs the sentence that introduces it,
and a step needs the others. There are two exceptions:

- One item has most of the probability, and the unit is long or has no introduction. Then the question asks for one
  thing, and the quote is that item, after its lead if the two are short.
- The unit is unlikely to answer, so it is not worth its words. Then the quote is short too.
"""

from collections.abc import Sequence

from ..learning import Flags, Floats
from .units import TextUnit

LONGEST = 3  # sentences of prose; more would be a passage, not a quote
# The most that a quote of a unit holds: items that a user takes in at a glance, and the words of 1.3 passages.
MOST_ITEMS = 12
MOST_WORDS = 160
# Words of a short unit, about three long sentences. With a colon it is quoted whole, whatever its items' probabilities.
# Up to this length, a row of a table is quoted with the names of its columns.
SHORT = 60
# An item with this share of its unit's probability is quoted alone: it has as much as all others together.
ALONE = 0.5
# The price of a word of a quote, in probability. At 0.0015, first quotes on squad2 have 37 words on average and hold
# the answer to 0.853 of the questions (`python -m training`). At 0.001 it is 40 words and 0.857, at 0.002 35 words and
# 0.851. Without a price, every quote would be three sentences long.
WORD_PRICE = 0.0015
# For a question that is not English: the share of the likeliest sentence's probability from which a neighbour joins it.
# Short sentences cost little, so three were quoted where one had 0.95.
OTHER_SHARE = 0.2


def windows(
    probabilities: Floats,
    follows: Flags,
    word_counts: Sequence[int],
    count: int,
    units: Sequence[TextUnit] = (),
    share: float = 0.0,
) -> list[tuple[int, int]]:
    """Choose quotes.

    Args:
        probabilities: float32 (n_sentences,), sum 1; 0 for sentences that were not ranked.
        follows: bool (n_sentences,), whether a sentence directly follows the one before it, and is not of another row
            of a table: a row is quoted alone.
        word_counts: (n_sentences,), words of each.
        count: how many quotes at most.
        units: sentences that belong together, in order, without overlap.
        share: of the likeliest sentence's probability, 0..1; a sentence of prose with less does not join it.

    Returns:
        First and last sentence of each quote, best first. Quotes do not overlap.
    """
    # Plain lists: a quote has few sentences, so NumPy's calls would cost more than the sums.
    values, following = probabilities.tolist(), follows.tolist()
    worth = [value - WORD_PRICE * words for value, words in zip(values, word_counts, strict=True)]
    free = [value > 0 for value in values]
    taken = [False] * len(values)
    unit_of = {sentence: unit for unit in units for sentence in range(unit.starts[0], unit.end)}
    # A quote of the sentences before a unit must not end with the unit's lead.
    leading = {start - 1 for unit in units for start in unit.starts[1 : unit.leads + 1]}
    chosen: list[tuple[int, int]] = []
    for seed in sorted(range(len(values)), key=lambda sentence: -values[sentence]):
        if len(chosen) == count:
            break
        if not free[seed]:
            continue
        unit = unit_of.get(seed)
        best = None
        if unit is not None and not any(taken[unit.starts[0] : unit.end]):
            best = _unit_quote(unit, seed, values, word_counts)
        if best is None:
            options = [
                (first, first + length)
                for length in range(LONGEST)
                for first in range(seed - length, seed + 1)
                if _adjacent(first, first + length, free, following)
                and (length == 0 or first + length not in leading)
                and min(values[first : first + length + 1]) >= share * values[seed]
            ]
            best = max(options, key=lambda option: sum(worth[option[0] : option[1] + 1]))
        chosen.append(best)
        for sentence in range(best[0], best[1] + 1):
            free[sentence], taken[sentence] = False, True
    return chosen


def _unit_quote(
    unit: TextUnit, seed: int, values: Sequence[float], word_counts: Sequence[int]
) -> tuple[int, int] | None:
    """First and last sentence of the quote of a unit. None if its likeliest sentence is to be quoted like prose."""
    parts = [slice(*unit.sentences(part, part)) for part in range(len(unit.starts))]
    sizes = [sum(word_counts[part]) for part in parts]
    masses = [sum(values[part]) for part in parts]
    best = unit.part_of(seed)
    is_one = len(parts) - unit.leads == 1 or (unit.introduced and sum(sizes) <= SHORT)
    pays = sum(masses) >= WORD_PRICE * min(sum(sizes), MOST_WORDS)
    if best < unit.leads or is_one:
        first, last = _part_span(best, unit.leads, sizes, masses, MOST_WORDS if pays else SHORT)
    elif masses[best] >= ALONE * sum(masses[unit.leads :]) or not pays:
        if not unit.leads or sum(sizes[: best + 1]) > SHORT:
            return None
        first, last = 0, best
    else:
        first, last = _part_span(best, unit.leads, sizes, masses, MOST_WORDS)
    start, end = unit.sentences(first, last)
    return start, end - 1


def _part_span(
    best: int, leads: int, sizes: Sequence[int], masses: Sequence[float], most_words: int
) -> tuple[int, int]:
    """The first and last part that a quote of a unit holds. It begins at the unit's start if the best part fits."""

    def fits(first: int, last: int) -> bool:
        return sum(sizes[first : last + 1]) <= most_words and last + 1 - max(first, leads) <= MOST_ITEMS

    first, last = 0 if fits(0, best) else best, best
    while True:
        extensions = [
            (masses[part], window)
            for part, window in ((last + 1, (first, last + 1)), (first - 1, (first - 1, last)))
            if 0 <= part < len(sizes) and fits(*window)
        ]
        if not extensions:
            return first, last
        first, last = max(extensions)[1]


def _adjacent(first: int, last: int, free: Sequence[bool], follows: Sequence[bool]) -> bool:
    within = first >= 0 and last < len(free)
    return within and all(free[first : last + 1]) and all(follows[first + 1 : last + 1])
