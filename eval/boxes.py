"""Measures the boxes of quotes: are exactly the quote's words inside of them on the printed page?

Each PDF is read as the library reads it, but without OCR: words in pictures have no letters to compare with. Its
sentences are the quotes. pdfium then reads the letters whose middle lies in a quote's boxes, and they are compared with
the quote's own letters: intersection over union, as multisets. The names of a table's columns stand in each row's
sentence but only once on the page, so rows of tables are counted apart.

    python -m eval.boxes FOLDER... [--turned]
"""

import argparse
import ctypes
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from retriever import ReadingError
from retriever.reading import geometry, ocr, pdf

MOST_PAGES_TURNED = 20
"""Pages of a file that are turned and cropped too."""

CROPPED_BY = 18.0
"""Points at each side of a cropped page: less than a margin."""

ENOUGH = 0.98
"""Intersection over union of the letters of a quote that counts as right."""

_PARAGRAPH = re.compile(r"\S[^\n]*")
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s)|$)")
_NOT_PRINTED = re.compile(r"[\W_]+")
KINDS = ("prose", "row of a table", "over lines", "over columns or pages", "on a turned page", "on a cropped page")


@dataclass(slots=True)
class PageLetters:
    """The letters of a page, and the middle of each on the page as shown: float64 (n_letters, 2)."""

    letters: list[str]
    middles: NDArray[np.float64]

    @classmethod
    def of(cls, document: pdfium.PdfDocument, number: int) -> "PageLetters":
        """Read a page, from 0, by pdfium's own transform to the page as shown."""
        page = document[number]
        textpage, letters, middles = page.get_textpage(), [], []
        steps = 1_000  # FPDF_PageToDevice gives whole numbers
        width, height = page.get_size()
        left, bottom, right, top = (ctypes.c_double() for _ in range(4))
        x, y = ctypes.c_int(), ctypes.c_int()
        for place in range(textpage.count_chars()):
            letter = chr(pdfium_c.FPDFText_GetUnicode(textpage.raw, place))
            if not letter.strip() or not pdfium_c.FPDFText_GetCharBox(textpage.raw, place, left, right, bottom, top):
                continue
            across, up = (left.value + right.value) / 2, (bottom.value + top.value) / 2
            size = (int(width * steps), int(height * steps))
            pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, across, up, x, y)
            letters.append(letter)
            middles.append((x.value / steps, y.value / steps))
        textpage.close()
        page.close()
        return cls(letters, np.array(middles, np.float64).reshape(-1, 2))

    def within(self, lines: Iterable[geometry.LineBox]) -> list[str]:
        """The letters whose middle is in one of some boxes."""
        x, y = self.middles.T
        inside = np.zeros(len(self.letters), np.bool_)
        for line in lines:
            left, top, right, bottom = line.box
            inside |= (left - 0.25 <= x) & (x <= right + 0.25) & (top <= y) & (y <= bottom)
        return [self.letters[place] for place in np.flatnonzero(inside)]


@dataclass(slots=True)
class Tally:
    """Quotes of one kind: the letters' intersection over union of each."""

    shares: list[float] = field(default_factory=list)

    def line(self, kind: str) -> str:
        """A row of the table."""
        if not self.shares:
            return f"{kind:24}      0"
        good = sum(share >= ENOUGH for share in self.shares) / len(self.shares)
        return f"{kind:24} {len(self.shares):6} {np.mean(self.shares):11.4f} {good:18.4f}"


def quotes_of(text: str, rows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """The sentences of a text: start, end, and whether it is the row of a table."""
    starts = {start for start, _ in rows}
    for paragraph in _PARAGRAPH.finditer(text):
        if paragraph.start() in starts:
            yield *paragraph.span(), True
            continue
        for sentence in _SENTENCE.finditer(paragraph[0]):
            yield paragraph.start() + sentence.start(), paragraph.start() + sentence.end(), False


def letters_of(text: Iterable[str]) -> Counter[str]:
    """Letters and figures, without regard to case, ligatures and raised forms."""
    plain = unicodedata.normalize("NFKC", "".join(text))
    return Counter(_NOT_PRINTED.sub("", plain).casefold())


def overlap(printed: Counter[str], quoted: Counter[str]) -> float:
    """Intersection over union of two multisets of letters, 0..1."""
    union = (printed | quoted).total()
    return (printed & quoted).total() / union if union else 1.0


def kinds_of(lines: Sequence[geometry.LineBox], is_row: bool, page: pdfium.PdfPage) -> Iterator[str]:
    """The kinds of a quote, by its boxes and its first page."""
    if is_row:
        yield "row of a table"
        return
    yield "prose"
    if len(lines) > 1:
        yield "over lines"
    rises = any(after.box[1] < before.box[1] - 20 for before, after in pairwise(lines))
    if rises or len({line.page for line in lines}) > 1:
        yield "over columns or pages"
    if page.get_rotation():
        yield "on a turned page"
    if page.get_cropbox(fallback_ok=False) not in (None, page.get_mediabox()):
        yield "on a cropped page"


def measure(path: Path, tallies: dict[str, Tally], worst: list[tuple[float, str]]) -> str:
    """Measure the quotes of one file; returns its row of the table."""
    with ocr.switched_off():
        extract = pdf.read(path.read_bytes(), path.name)
    words, text = geometry.WordBoxes.from_bytes(extract.word_boxes), extract.text
    document = pdfium.PdfDocument(path)
    pages: dict[int, PageLetters] = {}
    shares = []
    for start, end, is_row in quotes_of(text, extract.rows):
        lines = words.lines(start, end)
        printed: list[str] = []
        for number in {line.page for line in lines}:
            if number not in pages:
                pages[number] = PageLetters.of(document, number - 1)
            printed += pages[number].within(line for line in lines if line.page == number)
        quoted = letters_of(text[start:end])
        if not quoted:
            continue
        share = overlap(letters_of(printed), quoted)
        first = document[lines[0].page - 1 if lines else 0]
        for kind in kinds_of(lines, is_row, first):
            tallies[kind].shares.append(share)
        shares += [] if is_row else [share]
        if share < ENOUGH and not is_row:
            worst.append((share, f"{path.name}: {text[start:end][:90]!r} has {''.join(printed)[:90]!r}"))
    document.close()
    size = len(extract.word_boxes) / max(1, len(words))
    mean = f"{np.mean(shares):.4f}" if shares else "-"
    return f"{path.name[:52]:52} {len(words.pages):5} {len(words):7} {size:8.2f} {len(shares):7} {mean:>8}"


def turned_copies(path: Path, folder: Path) -> Iterator[Path]:
    """Write copies of a file's first pages: turned by 90, 180 and 270 degrees, and each of these cropped too."""
    for turn in (90, 180, 270):
        for crop in (0.0, CROPPED_BY):
            with pdfium.PdfDocument(path) as original, pdfium.PdfDocument.new() as copy:
                copy.import_pages(original, list(range(min(len(original), MOST_PAGES_TURNED))))
                for page in copy:
                    page.set_rotation((page.get_rotation() + turn) % 360)
                    if crop:
                        left, bottom, right, top = page.get_bbox()
                        page.set_cropbox(left + crop, bottom + crop, right - crop, top - crop)
                    page.close()
                target = folder / f"{turn}-{crop:.0f}-{path.name}"
                copy.save(target)
            yield target


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each file and each kind of quote."""
    parser = argparse.ArgumentParser(prog="python -m eval.boxes", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folders", type=Path, nargs="+", help="folders of PDF files")
    parser.add_argument("--turned", action="store_true", help="turned and cropped copies of the files too")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="print the N worst quotes too")
    options = parser.parse_args(arguments)
    tallies = {kind: Tally() for kind in KINDS}
    worst: list[tuple[float, str]] = []
    print(f"{'file':52} pages   words  bytes/w  quotes  overlap")
    files = sorted(path for folder in options.folders for path in folder.rglob("*.pdf"))
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            try:
                print(measure(path, tallies, worst), flush=True)
                for copy in turned_copies(path, Path(folder)) if options.turned else ():
                    print(measure(copy, tallies, worst), flush=True)
            except ReadingError as error:
                print(f"{path.name[:52]:52} not read: {error}")
    print(f"\n{'kind of quote':24} quotes  mean overlap  share >= {ENOUGH}")
    for kind, tally in tallies.items():
        print(tally.line(kind))
    for share, said in sorted(worst)[: options.worst]:
        print(f"{share:.3f} {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
