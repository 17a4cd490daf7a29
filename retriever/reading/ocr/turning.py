"""Turns a picture upright: scans may lie on their side or stand on their head.

Lines that run up the page show that it lies on its side. Which way up it is, only reading tells: upside down, the words
are unsure.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .lines import LineReader, Picture, SeenLine

TALL = 1.5
"""Ratio of height to width from which a line runs up the page."""

TRIED_LINES = 5
"""Longest lines that are read to see which way up a page is."""

SURE = 0.8
"""Mean confidence of lines that are upright."""


def upright(reader: LineReader, picture: Picture) -> tuple[Picture, int, list[SeenLine]]:
    """Turn a picture upright and read it.

    Returns:
        The picture; the quarter turns, counterclockwise, by which it was turned; its lines.
    """
    corners = reader.find(picture)
    turns = 0
    if _is_on_its_side(corners):
        picture, turns = quarter_turned(picture, 1), 1
        corners = reader.find(picture)
    tried = sorted(corners, key=_length, reverse=True)[:TRIED_LINES]
    sure = _confidence(reader, picture, tried)
    if tried and sure < SURE:
        turned = quarter_turned(picture, 2)
        if _confidence(reader, turned, [_turned_about(each, picture) for each in tried]) > sure:
            picture, turns = turned, (turns + 2) % 4
            corners = [_turned_about(each, turned) for each in corners]
    lines = (_read(reader, picture, each) for each in corners)
    return picture, turns, [line for line in lines if line is not None]


def quarter_turned(picture: Picture, turns: int) -> Picture:
    """A picture turned counterclockwise by quarters."""
    return np.ascontiguousarray(np.rot90(picture, turns))


def turned_back(points: NDArray[np.float32], turns: int, height: int, width: int) -> NDArray[np.float32]:
    """Where points of a turned picture are in the picture before.

    Args:
        points: float32 (n, 2), x and y.
        turns: quarter turns, counterclockwise, that it was turned by.
        height: of the picture before, in pixels.
        width: of the picture before.
    """
    x, y = points[:, 0], points[:, 1]
    back = ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[turns % 4]
    return np.stack(back, axis=1)


def is_tall(corners: NDArray[np.float32]) -> bool:
    """Whether a line runs up or down the picture."""
    width, height = corners.max(axis=0) - corners.min(axis=0)
    return bool(height > TALL * width)


def _is_on_its_side(lines: Sequence[NDArray[np.float32]]) -> bool:
    """Whether most of what is written runs up or down the picture; a letter or number alone tells nothing."""
    long = [line for line in lines if _length(line) > 3 * _thickness(line)]
    tall = sum(_length(line) for line in long if is_tall(line))
    return 2 * tall > sum(map(_length, long))


def _length(corners: NDArray[np.float32]) -> float:
    return float((corners.max(axis=0) - corners.min(axis=0)).max())


def _thickness(corners: NDArray[np.float32]) -> float:
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    return float(sides.min())


def _turned_about(corners: NDArray[np.float32], picture: Picture) -> NDArray[np.float32]:
    """The corners of a line in a picture turned by half."""
    height, width = picture.shape[:2]
    return np.roll(np.array([width, height], np.float32) - corners, 2, axis=0)


def _confidence(reader: LineReader, picture: Picture, lines: Sequence[NDArray[np.float32]]) -> float:
    """The mean confidence of lines, 0..1; an unreadable one counts as 0."""
    seen = [_read(reader, picture, corners) for corners in lines]
    return float(np.mean([line.confidence if line else 0.0 for line in seen])) if seen else 0.0


def _read(reader: LineReader, picture: Picture, corners: NDArray[np.float32]) -> SeenLine | None:
    """Read a line; one that runs up or down is read both ways, and the surer reading is taken."""
    seen = reader.read(picture, corners)
    if not is_tall(corners):
        return seen
    other = reader.read(picture, np.roll(corners, 2, axis=0))
    return max((line for line in (seen, other) if line), key=lambda line: line.confidence, default=None)
