"""A Word file and remarks -> a copy of it with the remarks as comments at the words that they are about.

It runs in the separate process that reads files, because a draft may come from anybody. In: the file's bytes, and for
each remark the words and the comment. Out: the copy's bytes. One decision: nothing else in the file is changed.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from ..errors import ReadingError
from .archive import open_archive
from .builder import broken_file

AUTHOR, INITIALS = "Ibid", "Ib"
LONGEST_SOUGHT = 400
"""Characters of a quotation, blanks not counted, by which its paragraph is found."""

_PLAIN_PARTS = frozenset((qn("w:t"), qn("w:rPr")))


def render(data: bytes, name: str, remarks: Sequence[Sequence[str]]) -> bytes:
    """Add comments to a copy of a Word file.

    Args:
        data: the file's bytes.
        name: its name, for messages.
        remarks: the words and the comment of each, in the order of the file. What is not found is said in a comment
            at the file's first words.

    Raises:
        ReadingError: the file is broken, or has no words.
    """
    open_archive(data, name)  # which refuses bombs
    with broken_file(name):
        page = Document(BytesIO(data))
        places = _Paragraphs([Paragraph(one, page) for one in page.element.body.iter(qn("w:p"))])
        lost = []
        for words, comment in remarks:
            runs = places.runs_of(words)
            if runs:
                page.add_comment(runs, comment, AUTHOR, INITIALS)
            else:
                lost.append(f"“{words}”: {comment}")
        if lost:
            first = next(places.all_runs(), None)
            if first is None:
                raise ReadingError(f"{name} has no words at which a comment could stand.")
            page.add_comment([first], "\n".join(lost), AUTHOR, INITIALS)
        file = BytesIO()
        page.save(file)
    return file.getvalue()


class _Paragraphs:
    """The paragraphs of a file, searched in order."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self._paragraphs = paragraphs
        self._texts = ["".join("".join(run.text for run in one.runs).split()) for one in paragraphs]
        self._at = (0, 0)

    def all_runs(self) -> Iterator[Run]:
        """The runs with words."""
        return (run for one in self._paragraphs for run in one.runs if run.text.strip())

    def runs_of(self, words: str) -> list[Run]:
        """The runs that are these words, first and last; a run that has more is split. Empty if they are nowhere."""
        sought = "".join(words.split())
        for start in (self._at, (0, 0)):
            for number in range(start[0], len(self._texts)):
                text = self._texts[number]
                first = text.find(sought, start[1] if number == start[0] else 0)
                length = len(sought)
                if first < 0:  # it goes on in the next paragraph
                    first = text.find(sought[:LONGEST_SOUGHT]) if len(sought) > LONGEST_SOUGHT else -1
                    first = _overlap(text, sought) if first < 0 else first
                    length = len(text) - first
                if first >= 0:
                    self._at = (number, first + length)
                    return _split_out(self._paragraphs[number], first, first + length)
        return []


def _overlap(text: str, sought: str) -> int:
    """Where a paragraph's end is the beginning of what is sought, at least forty characters of it; -1 if it is not."""
    first = text.find(sought[:40])
    return first if first >= 0 and len(sought) > 40 and sought.startswith(text[first:]) else -1


def _split_out(paragraph: Paragraph, first: int, last: int) -> list[Run]:
    """The runs from one character to another, blanks not counted; runs are split there where that is safe."""
    found: list[Run] = []
    at = 0
    for run in list(paragraph.runs):
        count = len("".join(run.text.split()))
        begin, end = max(first - at, 0), min(last - at, count)
        at += count
        if not count or begin >= end:
            continue
        if all(part.tag in _PLAIN_PARTS for part in run._r) and (begin > 0 or end < count):
            run = _cut(run, begin, end)
        found.append(run)
    return [found[0], found[-1]] if found else []


def _cut(run: Run, begin: int, end: int) -> Run:
    """Split a run in up to three, and return the part from one character to another, blanks not counted."""
    text = run.text
    places = [place for place, letter in enumerate(text) if not letter.isspace()]
    first, last = places[begin], places[end - 1] + 1
    if last < len(text):
        after: Any = deepcopy(run._r)
        run._r.addnext(after)
        Run(after, run._parent).text = text[last:]
    if first:
        before: Any = deepcopy(run._r)
        run._r.addprevious(before)
        Run(before, run._parent).text = text[:first]
    run.text = text[first:last]
    return run
