"""A page that was read from a picture -> the runs of a PDF page, so that its columns and paragraphs are found."""

from collections.abc import Iterator, Sequence

from ..ocr.pages import OcrLine, OcrPage, OcrWord
from .glyphs import PrintedWord, SeenPlace, TextRun

CELL_GAP = 1.0
"""Ems between two words of a line that may stand in two columns, as for a text layer (`runs.COLUMN_GAP`)."""


def runs_of(page: OcrPage) -> list[list[TextRun]]:
    """The runs of a page: those of most of it, then those that run against it."""
    main = [run for line in page.lines if not line.aside for run in _runs(line)]
    aside = [run for line in page.lines if line.aside for run in _runs(line)]
    return [runs for runs in (main, aside) if runs]


def _runs(line: OcrLine) -> Iterator[TextRun]:
    together: list[OcrWord] = []
    for word in line.words:
        if together and word.left - together[-1].right > CELL_GAP * line.size:
            yield _run(line, together)
            together = []
        together.append(word)
    if together:
        yield _run(line, together)


def _run(line: OcrLine, words: Sequence[OcrWord]) -> TextRun:
    return TextRun(
        text=" ".join(word.text for word in words),
        left=words[0].left,
        right=words[-1].right,
        baseline=line.baseline,
        size=line.size,
        bold=0,
        words=[
            PrintedWord(
                word.text,
                word.left,
                word.right,
                line.baseline,
                line.size,
                0,
                SeenPlace(word.box, line.sideways, word.confidence),
            )
            for word in words
        ],
    )
