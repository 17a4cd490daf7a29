"""Words read from a picture -> those so unsure that their reader should look at the picture.

A wrong letter leaves a word that most people still read rightly; a wrong digit leaves a number. So words with digits
are judged by a stricter measure.
"""

import numpy as np

from ...records import Span
from ..geometry import WordBoxes

DOUBTFUL_WORD = 0.8
"""Probability below which a word is doubtful. Among numbers, 0.8 marks 0.82 of the wrong ones and 0.03 of the right."""

DOUBTFUL_NUMBER = 0.97
"""Probability below which a word with a digit is doubtful. Of 60 wrong readings, most of numbers that were damaged for
the test, it marks 0.95; of 453 right readings of whole numbers, 0.075 (`python -m eval.ocr --digits`). It was chosen on
these readings, so expect a little less elsewhere."""


def is_doubtful(word: str, confidence: float) -> bool:
    """Whether a word read from a picture is unsure.

    Args:
        word: as it was read.
        confidence: probability, 0..1, that it is right.
    """
    return confidence < (DOUBTFUL_NUMBER if any(map(str.isdigit, word)) else DOUBTFUL_WORD)


def doubtful_spans(boxes: WordBoxes, text: str, start: int) -> tuple[Span, ...]:
    """The doubtful words of a stretch of a document's text.

    Args:
        boxes: the words of the document.
        text: the stretch.
        start: its first character in the document's text.

    Returns:
        The start and end of each inside `text`, ascending; one that is only partly inside is cut.
    """
    end = start + len(text)
    within = boxes.within(start, end)
    unsure = boxes.by_ocr[within] & (boxes.confidences[within] < max(DOUBTFUL_WORD, DOUBTFUL_NUMBER))
    found = []
    for number in (within.start + np.flatnonzero(unsure)).tolist():
        first, last = (min(max(int(at), start), end) - start for at in boxes.spans[number])
        if is_doubtful(text[first:last], float(boxes.confidences[number])):
            found.append((first, last))
    return tuple(found)
