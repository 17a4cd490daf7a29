"""How the time of a regular expression, or of a function, grows with its input: by what, and at which text it is worst.

In: a function of a text. Out: the worst `Growth`. One decision: texts of one short piece, repeated, are enough, because
what is repeated in a pattern is what can grow; the pieces are common ones, and those that the pattern repeats itself.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LENGTH = 3_000
"""Characters: enough for a square to show, few enough that a line of it takes a moment."""

NOTICED_SECONDS = 0.03
"""Less than this is no harm, however it grows."""

STEEPEST = 3.0
"""Twice the length may take twice the time, and a little more; a square takes four times."""

PIECES = (
    *("a", "A", "1", "é", "中", "-", ".", ",", " ", "\n", "\t", "|", "(", '"', "#", "*", "_", "<", "&", "\u2028"),
    *("a ", "1 ", "1,", "1.", "a.", "A.", "A ", "Aa ", "a\n", "\n\n", " \n", "| a ", "a-", "1-", "a's ", "A. ", "$1"),
    *("one ", "and ", "the ", "of the ", "May ", "million ", "12 ", "in 2020 ", "10 to 12 ", "Mr. ", "- a\n", "1. a\n"),
    *("。」", "། "),
    *("Aa. Bb ", "one hundred and ", "France and ", "# a\n\n", "more than 5 ", "http://a.b/", "a@b.c ", "Ã¼", "1/2 "),
)


@dataclass(frozen=True, slots=True)
class Growth:
    """The time that a text of some length takes, and how many times as long one of twice the length."""

    seconds: float
    ratio: float
    piece: str


def growth(work: Callable[[str], object], pieces: Iterable[str] = PIECES) -> Growth | None:
    """The steepest growth that is noticed; None if there is none."""
    found = [each for piece in pieces if piece and (each := _growth(work, piece))]
    return max(found, key=lambda each: each.ratio, default=None)


def _growth(work: Callable[[str], object], piece: str) -> Growth | None:
    if _seconds(work, piece, LENGTH) < NOTICED_SECONDS:
        return None
    pairs = [(_seconds(work, piece, LENGTH), _seconds(work, piece, 2 * LENGTH)) for _ in range(2)]
    short, long = min(short for short, _ in pairs), min(long for _, long in pairs)
    return Growth(long, long / short, piece) if long / short > STEEPEST else None


def _seconds(work: Callable[[str], object], piece: str, length: int) -> float:
    text = piece * (length // len(piece)) + "\0"
    began = time.process_time()
    work(text)
    return time.process_time() - began
