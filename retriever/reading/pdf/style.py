"""Lines of a PDF file -> its usual text size, weight and line gaps.

Headings, notes and new paragraphs are recognised by comparison with these. "Usual" is what most characters, or most
lines of a size, have.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .columns import Flow
from .runs import round_to_half


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """What is usual in a document.

    Attributes:
        size: of its text, in points.
        bold: whether most of the text is.
        gaps: from one baseline to the next, in points, by the size of the text.
    """

    size: float
    bold: bool
    gaps: dict[float, float]

    @classmethod
    def from_flows(cls, flows: Sequence[Flow], size: float) -> "BodyStyle":
        """Measure the lines of a document, given the size of its text."""
        lightness = sum(len(line.text) * (-1 if line.bold else 1) for flow in flows for line in flow.lines)
        return cls(size, lightness < 0, _usual_gaps(flows))

    def gap(self, size: float) -> float:
        """The usual gap of lines of a size, in points."""
        return self.gaps.get(round_to_half(size), 1.2 * size)


def _usual_gaps(flows: Sequence[Flow]) -> dict[float, float]:
    """The commonest gap of the lines of each size; of two equally common gaps, the smaller one."""
    gaps: dict[float, Counter[float]] = {}
    for flow in flows:
        for above, line in pairwise(flow.lines):
            size, gap = round_to_half(line.size), above.baseline - line.baseline
            if size == round_to_half(above.size) and 0.9 * size <= gap <= 2.6 * size:  # up to double spacing
                gaps.setdefault(size, Counter())[round_to_half(gap)] += 1
    return {size: max(counts, key=lambda gap: (counts[gap], -gap)) for size, counts in gaps.items()}
