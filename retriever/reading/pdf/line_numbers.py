"""Pages of a PDF -> the same pages, with the line numbers of pleading paper separate from the text.

Courts number the lines of a page in its margin, from 1 on. Read as text, the numbers would be inside the sentences. In
doubt a number is content: the numbers of a table's rows are not line numbers.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from .glyphs import TextRun
from .runs import EdgeLine, PdfPage, characters

FEWEST_NUMBERED = 20
"""Lines numbered on a page; pleading paper has 25 to 32, and lists are seldom so long and so even."""

LONG_RUN = 30
"""Characters of a run of prose; the cells of a table are shorter."""

_NUMBER = re.compile(r"\d{1,2}")


def part_line_numbers(pages: Sequence[PdfPage]) -> list[PdfPage]:
    """Take line numbers out of the pages' runs, and put them in their feet."""
    return [_without_numbers(page) for page in pages]


def _without_numbers(page: PdfPage) -> PdfPage:
    upright = page.turns[0] if page.turns else []
    numbers = _line_numbers(upright)
    if not numbers:
        return page
    gone = set(numbers)
    kept = [run for run in upright if run not in gone]
    line = EdgeLine(" ".join(number.text for number in numbers), [word for number in numbers for word in number.words])
    return replace(page, turns=[kept, *page.turns[1:]], foot=(*page.foot, line))


def _line_numbers(runs: Sequence[TextRun]) -> list[TextRun]:
    """The runs that number a page's lines, from the top down; none in doubt."""
    numbers = sorted((run for run in runs if _NUMBER.fullmatch(run.text)), key=lambda run: -run.baseline)
    if len(numbers) < FEWEST_NUMBERED:
        return []
    edge = min(run.right for run in numbers)
    numbers = [run for run in numbers if run.left <= edge + run.size]
    others = [run for run in runs if not _NUMBER.fullmatch(run.text)]
    long = [run for run in others if len(run.text) >= LONG_RUN]
    in_margin = all(run.right <= min((other.left for other in long), default=0.0) for run in numbers)
    counted = [int(run.text) for run in numbers] == list(range(1, len(numbers) + 1))
    gaps = [above.baseline - below.baseline for above, below in pairwise(numbers)]
    even = len(numbers) >= FEWEST_NUMBERED and max(gaps) < 1.5 * median(gaps)
    is_prose = 2 * characters(long) > characters(others)
    return numbers if in_margin and counted and even and is_prose else []
