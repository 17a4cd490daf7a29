"""What a picture says, line by line: the records that the steps of OCR hand to each other."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(height, width, 3): a picture in blue, green and red."""


class SeenWord(NamedTuple):
    """A word of a line.

    Attributes:
        text: its characters.
        start: where it starts along its line, 0..1.
        end: where it ends.
        confidence: probability, 0..1, that all its characters are right, as the model sees it.
    """

    text: str
    start: float
    end: float
    confidence: float


class SeenLine(NamedTuple):
    """A line of text in a picture.

    Attributes:
        corners: float32 (4, 2), x and y in pixels: upper left, upper right, lower right, lower left, as it is read.
        words: its words in reading order; at least one.
    """

    corners: NDArray[np.float32]
    words: tuple[SeenWord, ...]

    @property
    def confidence(self) -> float:
        """How sure its words are on average, weighed by their length; 0..1."""
        weights = [len(word.text) for word in self.words]
        return float(np.average([word.confidence for word in self.words], weights=weights))


class LineReader(Protocol):
    """Finds the lines in a picture and reads them."""

    def find(self, picture: Picture) -> list[NDArray[np.float32]]:
        """The corners of each line, as in `SeenLine`; a line that stands upright in the picture has four as well."""

    def read(self, picture: Picture, corners: NDArray[np.float32]) -> SeenLine | None:
        """Read the line between four corners; None if there is no text."""
