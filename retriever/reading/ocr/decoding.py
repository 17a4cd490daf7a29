"""The recogniser's probabilities for one line -> its words, each with its place and the probability that it is right.

The model gives, for each step from left to right, a probability for each character and for "none". A word's probability
is the sum over all ways to spell it in its steps: Graves et al. 2006, Connectionist Temporal Classification, section
4.1. So a digit that is nearly lost lowers it, as well as a digit that may be another one.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from .lines import SeenWord

BLANK = 0
"""The class that stands for no character."""

FAINTEST_INK = 0.35
"""Share of a line's contrast from which a column of pixels has ink."""


def decode_line(
    probabilities: NDArray[np.float32], characters: Sequence[str], ink: NDArray[np.float32]
) -> tuple[SeenWord, ...]:
    """Read the words of a line.

    Args:
        probabilities: float32 (n_steps, n_classes), each row with sum 1.
        characters: the character of each class.
        ink: float32 (n_columns,), how dark the darkest pixel of each column of the line is, 0..1.

    Returns:
        Its words in reading order; none for an empty line.
    """
    best = probabilities.argmax(axis=1)
    is_new = (best != BLANK) & np.append(True, best[1:] != best[:-1])
    steps = np.flatnonzero(is_new)
    letters = [(int(step), int(best[step])) for step in steps]
    groups = [
        list(group)
        for is_space, group in groupby(letters, key=lambda letter: characters[letter[1]].isspace())
        if not is_space
    ]
    if not groups:
        return ()
    count = len(probabilities)
    bounds = _bounds([[step for step, _ in group] for group in groups], ink, count)
    borders = [0, *((one[-1][0] + other[0][0] + 1) // 2 for one, other in pairwise(groups)), count]
    return tuple(
        SeenWord(
            text="".join(characters[kind] for _, kind in group),
            start=start,
            end=end,
            confidence=spelling_probability(probabilities[first:last], [kind for _, kind in group]),
        )
        for group, (start, end), (first, last) in zip(groups, bounds, pairwise(borders), strict=True)
    )


def spelling_probability(probabilities: NDArray[np.float32], spelling: Sequence[int]) -> float:
    """The probability that some steps spell a word and nothing else, 0..1.

    Args:
        probabilities: float32 (n_steps, n_classes).
        spelling: the classes of its characters. Spaces around it do not count.
    """
    states = np.full(2 * len(spelling) + 1, BLANK)
    states[1::2] = spelling
    may_skip = np.zeros(len(states), bool)  # from one character to the next, without a blank between them
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    chances = probabilities[:, states].astype(np.float64)
    chances[:, [0, -1]] += probabilities[:, -1:]  # the last class is the space
    forward = np.zeros(len(states))
    forward[:2] = chances[0, :2]
    for chance in chances[1:]:
        moved = forward.copy()
        moved[1:] += forward[:-1]
        moved[2:] += np.where(may_skip[2:], forward[:-2], 0)
        forward = moved * chance
    return float(min(forward[-1] + forward[-2], 1.0))


def _bounds(words: Sequence[Sequence[int]], ink: NDArray[np.float32], count: int) -> list[tuple[float, float]]:
    """Where each word starts and ends, 0..1, by the widest gap without ink between it and the next.

    Args:
        words: the steps of each word's characters.
        ink: as for `decode_line`.
        count: the number of steps.
    """
    has_ink = ink > FAINTEST_INK
    columns = len(ink)
    inked = np.flatnonzero(has_ink)
    edges = (int(inked[0]), int(inked[-1]) + 1) if len(inked) else (0, columns)
    gaps = [
        _widest_gap(has_ink, int((one[-1] + 0.5) / count * columns), int((other[0] + 0.5) / count * columns))
        for one, other in pairwise(words)
    ]
    starts = [edges[0], *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), edges[1]]
    return [(start / columns, max(start, end) / columns) for start, end in zip(starts, ends, strict=True)]


def _widest_gap(has_ink: NDArray[np.bool_], first: int, last: int) -> tuple[int, int]:
    """The widest stretch of columns without ink between two columns; their middle if there is none."""
    widest = middle = ((first + last) // 2, (first + last) // 2)
    position = first
    for inked, group in groupby(has_ink[first:last]):
        length = len(list(group))
        if not inked and length > widest[1] - widest[0]:
            widest = (position, position + length)
        position += length
    return widest if widest != middle else middle
