"""The lines of a picture -> a page with words at their places, which the layout of PDF pages then puts in order.

The record can be written as JSON, so that the pages of a long scan are kept while it is read.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..geometry import Box
from .lines import LineReader, Picture, SeenLine
from .turning import is_tall, turned_back, upright

EM_OF_BOX = 0.95
"""Ems in the height of a line's box, as the detector draws it: an estimate, the middle of 0.9 to 1.0, not measured."""

BASELINE = 0.33
"""Ems from a line's middle down to its baseline."""

ALIKE = 0.15
"""Share by which the sizes of two lines of one font differ at most, as lines without tall letters have lower boxes."""

LARGEST_SKEW = 15.0
"""Degrees by which a page is laid crookedly into a scanner."""


class OcrWord(NamedTuple):
    """A word that was read from a picture.

    Attributes:
        text: its characters.
        left: where it starts on its upright line, in points.
        right: where it ends.
        box: its place on the page as shown.
        confidence: probability, 0..1, that it is right.
    """

    text: str
    left: float
    right: float
    box: Box
    confidence: float


class OcrLine(NamedTuple):
    """A line that was read from a picture.

    Attributes:
        baseline: in points from the bottom of the upright page.
        size: of its font, in points.
        sideways: whether it runs up or down the page as shown.
        aside: whether it runs against most of the page.
        words: its words, in reading order.
    """

    baseline: float
    size: float
    sideways: bool
    aside: bool
    words: tuple[OcrWord, ...]

    @property
    def text(self) -> str:
        """Its words in one line."""
        return " ".join(word.text for word in self.words)


class OcrPage(NamedTuple):
    """A page that was read from a picture.

    Attributes:
        lines: its lines, from the top down as they were found.
    """

    lines: tuple[OcrLine, ...]

    @property
    def text(self) -> str:
        """Its lines, as they were found."""
        return "\n".join(line.text for line in self.lines)

    def moved(self, right: float, down: float, up: float) -> "OcrPage":
        """The page as a part of a larger one.

        Args:
            right: points from the larger page's left edge.
            down: points from its upper edge.
            up: points from its lower edge.
        """
        return OcrPage(
            tuple(
                line._replace(
                    baseline=line.baseline + up,
                    words=tuple(
                        OcrWord(
                            word.text,
                            word.left + right,
                            word.right + right,
                            (word.box[0] + right, word.box[1] + down, word.box[2] + right, word.box[3] + down),
                            word.confidence,
                        )
                        for word in line.words
                    ),
                )
                for line in self.lines
            )
        )

    def to_json(self) -> Any:  # noqa: ANN401 (nested lists)
        """The page as nested lists."""
        return [list(line) for line in self.lines]

    @classmethod
    def from_json(cls, value: Any) -> "OcrPage":  # noqa: ANN401
        """The page that `to_json` wrote.

        Raises:
            TypeError: it is another value.
            ValueError: it is another value.
        """
        return cls(
            tuple(
                OcrLine(
                    float(baseline),
                    float(size),
                    bool(sideways),
                    bool(aside),
                    tuple(OcrWord(text, left, right, tuple(box), sure) for text, left, right, box, sure in words),
                )
                for baseline, size, sideways, aside, words in value
            )
        )


def read_page(reader: LineReader, picture: Picture, points_per_pixel: float) -> OcrPage:
    """Read a page from its picture.

    Args:
        reader: finds and reads the lines.
        picture: the page as it is shown.
        points_per_pixel: the scale of the result.
    """
    height, width = picture.shape[:2]
    turned, turns, lines = upright(reader, picture)
    skew = _skew(lines)
    printed = []
    for line in lines:
        aside = is_tall(line.corners)
        corners = _laid(line.corners, turned.shape[0], skew, aside)
        words = []
        for word in line.words:
            along = corners[0] + (corners[1] - corners[0]) * np.array([[word.start], [word.end]])
            shown = turned_back(_word_corners(line, word.start, word.end), turns, height, width)
            box = _rounded(np.concatenate([shown.min(axis=0), shown.max(axis=0)]) * points_per_pixel)
            left, right = _rounded(along[:, 0] * points_per_pixel)
            words.append(OcrWord(word.text, left, right, (box[0], box[1], box[2], box[3]), round(word.confidence, 4)))
        thickness = float(np.linalg.norm(line.corners[3] - line.corners[0])) * points_per_pixel
        size = thickness * EM_OF_BOX
        middle = float(corners[:, 1].mean()) * points_per_pixel
        sideways = aside != (turns % 2 == 1)
        printed.append(OcrLine(round(middle - BASELINE * size, 2), round(size, 2), sideways, aside, tuple(words)))
    return OcrPage(tuple(_with_common_sizes(printed)))


def _skew(lines: Sequence[SeenLine]) -> float:
    """The angle of most lines against the level, in radians, downwards; the long ones decide."""
    level = [line.corners for line in lines if not is_tall(line.corners)]
    if not level:
        return 0.0
    runs = np.array([corners[1] - corners[0] for corners in level])
    lengths = np.linalg.norm(runs, axis=1)
    angles = np.arctan2(runs[:, 1], runs[:, 0])
    order = np.argsort(angles)
    middle = np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)
    angle = float(angles[order][min(int(middle), len(order) - 1)])
    return angle if abs(angle) < np.radians(LARGEST_SKEW) else 0.0


def _laid(corners: NDArray[np.float32], height: int, skew: float, aside: bool) -> NDArray[np.float64]:
    """A line's corners on the level page, x to the right and y up; a line that runs up or down is laid level."""
    x, y = corners[:, 0].astype(float), height - corners[:, 1].astype(float)
    cosine, sine = np.cos(skew), np.sin(skew)
    x, y = x * cosine - y * sine, x * sine + y * cosine
    if aside:
        upward = y[1] > y[0]
        x, y = (y, -x) if upward else (-y, x)
    return np.stack([x, y], axis=1)


def _word_corners(line: SeenLine, start: float, end: float) -> NDArray[np.float32]:
    """The corners of a part of a line, in the picture."""
    upper_left, upper_right, lower_right, lower_left = line.corners
    return np.array(
        [
            edge_start + (edge_end - edge_start) * share
            for edge_start, edge_end in ((upper_left, upper_right), (lower_left, lower_right))
            for share in (start, end)
        ],
        np.float32,
    )


def _with_common_sizes(lines: Sequence[OcrLine]) -> list[OcrLine]:
    """The lines; those nearly as large as most of the text get its size."""
    sizes = [line.size for line in lines for word in line.words for _ in word.text]
    if not sizes:
        return list(lines)
    usual = round(float(np.median(sizes)), 2)
    return [
        line._replace(size=usual, baseline=round(line.baseline + BASELINE * (line.size - usual), 2))
        if abs(line.size - usual) < ALIKE * usual
        else line
        for line in lines
    ]


def _rounded(values: NDArray[np.floating[Any]]) -> list[float]:
    return [round(float(value), 2) for value in values]
