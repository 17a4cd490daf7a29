"""`python -m eval.ocr DIR`: how well words in pictures are read, compared with Tesseract.

In: a folder with PDF files that have a text layer. Their pages are drawn at 200 dots an inch: clean, and worse, with
noise, a skew and as JPEG. Out: the share of wrong characters, and what a page costs. `--digits` damages numbers on the
pages, and counts how many wrong digits are marked as doubtful, and how many right ones. One decision: the text layer is
the truth, in the order in which Ibid reads it.
"""

import argparse
import io
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from rapidfuzz.distance import Levenshtein

from retriever import ReadingError
from retriever.reading import geometry, ocr, pdf, picture

DPI = 200
NOISE, SKEW, QUALITY = 14, 1.5, 40
"""Of a bad scan: the spread of its noise in grey levels, its skew in degrees either way, its JPEG quality."""

PAGES = (
    ("markitdown__REPAIR-2022-INV-001_multipage.pdf", (0,)),
    ("pypdf__crazyones.pdf", (0,)),
    ("pypdf__pdflatex-outline.pdf", (1, 2, 3)),
    ("unstructured__pdf__DA-1p.pdf", (0,)),
    ("unstructured__pdf__DA-619p.pdf", (6, 20, 100, 200, 300, 400, 500)),
    ("unstructured__pdf__failure-after-repair.pdf", (1, 6, 9, 16, 20, 30, 40, 50)),
    ("unstructured__pdf__interface-config-guide-p93.pdf", (0,)),
    ("unstructured__pdf__multi-column.pdf", (0, 1, 2, 3, 4, 5)),
    ("unstructured__pdf__negative-coords.pdf", (0,)),
    ("unstructured__pdf__embedded-images-tables.pdf", (0,)),
)
"""30 pages of running text, numbered from 0: novels, a report, a paper in two columns, an invoice, a manual."""

FEWEST_NUMBERS = 12
"""Numbers on a page that is damaged; a page of a novel has one or two."""

_SAME = str.maketrans("‘’‚“”„–—‐‑−•∗", "'''\"\"\"-----·*")
_TESSERACT = shutil.which("tesseract") or ""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its name, its text layer, the places of its words, and its picture."""

    name: str
    text: str
    words: geometry.WordBoxes
    image: Image.Image


Reader = Callable[[bytes], str]


def pages(folder: Path, most: int) -> Iterator[Page]:
    """Draw the pages."""
    for name, numbers in PAGES:
        document = pdfium.PdfDocument(folder / name)
        for number in numbers:
            if not most:
                return
            most -= 1
            alone = pdfium.PdfDocument.new()
            alone.import_pages(document, [number])
            data = io.BytesIO()
            alone.save(data)
            extract = pdf.read(data.getvalue(), name)
            image = document[number].render(scale=DPI / 72).to_pil().convert("RGB")
            words = geometry.WordBoxes.from_bytes(extract.word_boxes)
            yield Page(f"{name}:{number + 1}", extract.text, words, image)


def clean(image: Image.Image, chance: random.Random) -> bytes:
    """A page as it is, as PNG."""
    return _file(image, "PNG")


def bad(image: Image.Image, chance: random.Random) -> bytes:
    """A page as a bad scanner gives it."""
    turned = image.rotate(chance.uniform(-SKEW, SKEW), Image.Resampling.BICUBIC, fillcolor="white")
    noise = np.random.default_rng(chance.randrange(1 << 30)).normal(0, NOISE, (turned.height, turned.width, 1))
    return _file(Image.fromarray(np.clip(np.asarray(turned) + noise, 0, 255).astype(np.uint8)), "JPEG")


KINDS = {"clean": clean, "bad": bad}


def read_by_ibid(data: bytes) -> str:
    """The text that Ibid reads."""
    try:
        return picture.read(data, "page.png").text
    except ReadingError:
        return ""


def read_by_tesseract(data: bytes) -> str:
    """The text that Tesseract reads, with its default layout analysis."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        done = subprocess.run(  # noqa: S603 (a picture of ours)
            [_TESSERACT, file.name, "-", "--dpi", str(DPI)],
            capture_output=True,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    return re.sub(r"-\n(?=[a-z])", "", done.stdout.decode())  # Ibid joins divided words, too


def character_errors(truth: str, read: str) -> tuple[int, int]:
    """Characters to insert, delete or replace, and those of the truth; quotes, dashes and spaces count as alike."""
    expected, found = _plain(truth), _plain(read)
    return Levenshtein.distance(expected, found), len(expected)


def word_errors(truth: str, read: str) -> tuple[int, int]:
    """Words of the truth that were not read, in whatever order, and all of them."""
    expected, found = sorted(_plain(truth).split()), sorted(_plain(read).split())
    missing = len(expected)
    place = 0
    for word in expected:
        while place < len(found) and found[place] < word:
            place += 1
        if place < len(found) and found[place] == word:
            missing -= 1
            place += 1
    return missing, len(expected)


def compare(folder: Path, most: int, kinds: Sequence[str], *, each: bool, tesseract: bool) -> None:
    """Print what each program gets wrong."""
    readers: dict[str, Reader] = {"Ibid": read_by_ibid}
    if tesseract:
        readers["Tesseract"] = read_by_tesseract
    print(
        f"{'program':10} {'pages':6} {'characters wrong':>17} {'median':>7} {'words missed':>13} {'CPU s a page':>13}"
    )
    for kind, spoil in ((kind, KINDS[kind]) for kind in kinds):
        for name, read in readers.items():
            chance = random.Random(5)  # noqa: S311 (reproducible)
            wrong, missed, began = [], [], _cpu()
            spoilt = 0.0
            for page in pages(folder, most):
                before = _cpu()
                data = spoil(page.image, chance)
                spoilt += _cpu() - before
                text = read(data)
                wrong.append(character_errors(page.text, text))
                missed.append(word_errors(page.text, text))
                if each:
                    print(f"  {name} {kind} {page.name} {wrong[-1][0] / wrong[-1][1]:.4f}", flush=True)
            seconds = (_cpu() - began - spoilt) / max(len(wrong), 1)
            share = sum(errors for errors, _ in wrong) / sum(length for _, length in wrong)
            middle = float(np.median([errors / length for errors, length in wrong]))
            words = sum(errors for errors, _ in missed) / sum(length for _, length in missed)
            print(f"{name:10} {kind:6} {share:17.4f} {middle:7.4f} {words:13.4f} {seconds:8.1f}", flush=True)
    for who, name in ((resource.RUSAGE_SELF, "Ibid"), (resource.RUSAGE_CHILDREN, "Tesseract")):
        print(f"{name}: at most {resource.getrusage(who).ru_maxrss / 1024:.0f} MB of memory")


@dataclass(slots=True)
class DigitCounts:
    """Numbers on pages: how sure the reading of each was, and whether it was right."""

    right: list[float]
    wrong: list[float]

    def add(self, sure: float, *, right: bool) -> None:
        """Count one."""
        (self.right if right else self.wrong).append(sure)


def planted_digits(folder: Path, most: int) -> None:
    """Damage numbers, and print how many of the wrong readings are marked."""
    counts = {kind: DigitCounts([], []) for kind in ("untouched", "damaged")}
    chance = random.Random(7)  # noqa: S311 (reproducible)
    for page in pages(folder, most):
        if sum(bool(_NUMBER.search(page.text[start:end])) for start, end in page.words.spans) < FEWEST_NUMBERS:
            continue
        for round_of_damage in range(2):
            image = np.array(page.image)
            touched = _damage(image, page, chance)
            data = _file(Image.fromarray(image), "JPEG" if round_of_damage else "PNG")
            try:
                extract = picture.read(data, "page.png")
            except ReadingError:
                continue
            _compare_numbers(page, touched, extract.text, geometry.WordBoxes.from_bytes(extract.word_boxes), counts)
    thresholds = (0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.995, 0.999)
    for kind, found in counts.items():
        print(f"{kind}: {len(found.right)} numbers read rightly, {len(found.wrong)} wrongly")
    print(f"{'threshold':>9} {'wrong, marked':>14} {'right but damaged':>18} {'right, untouched':>17}")
    wrong = [*counts["damaged"].wrong, *counts["untouched"].wrong]
    for threshold in thresholds:
        shares = [_below(each, threshold) for each in (wrong, counts["damaged"].right, counts["untouched"].right)]
        print(f"{threshold:9} {shares[0]:14.3f} {shares[1]:18.3f} {shares[2]:17.3f}")


def _damage(image: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", page: Page, chance: random.Random) -> set[int]:
    """Damage every second number of a page in one of five ways; the words that hold them."""
    touched = set()
    scale = DPI / 72
    for number, (start, end) in enumerate(page.words.spans):
        if not _NUMBER.search(page.text[start:end]) or chance.random() < 0.5:
            continue
        left, top, right, bottom = (round(float(at) * scale) for at in page.words.boxes[number])
        part = image[max(top - 2, 0) : bottom + 2, max(left - 1, 0) : right + 1]
        if part.shape[0] < 8 or part.shape[1] < 8:
            continue
        touched.add(number)
        height, width = part.shape[:2]
        way = chance.randrange(5)
        small = Image.fromarray(part)
        if way == 0:  # too coarse
            share = chance.uniform(0.2, 0.35)
            tiny = small.resize((max(int(width * share), 2), max(int(height * share), 2)), Image.Resampling.BOX)
            part[:] = np.asarray(tiny.resize((width, height), Image.Resampling.BICUBIC))
        elif way == 1:  # a stroke is gone
            row = chance.randrange(height // 4, max(3 * height // 4, height // 4 + 1))
            part[row : row + max(height // 6, 2)] = 255
        elif way == 2:  # a blot
            column, row = chance.randrange(width), chance.randrange(height // 3, height)
            part[max(row - height // 8, 0) : row + height // 8, max(column - height // 8, 0) : column + height // 8] = 0
        elif way == 3:  # noise
            noise = np.random.default_rng(chance.randrange(1 << 30)).normal(0, 110, part.shape)
            part[:] = np.clip(part + noise, 0, 255).astype(np.uint8)
        else:  # faded
            gone = np.random.default_rng(chance.randrange(1 << 30)).random((height, width)) < 0.55
            part[gone] = 255
    return touched


def _compare_numbers(
    page: Page, touched: set[int], text: str, read: geometry.WordBoxes, counts: dict[str, DigitCounts]
) -> None:
    """Count the numbers of a page by what was read at their place; one that was not read at all is not counted."""
    middles = (read.boxes[:, :2] + read.boxes[:, 2:]) / 2
    for number, (start, end) in enumerate(page.words.spans):
        digits = "".join(_NUMBER.findall(page.text[start:end]))
        if not digits:
            continue
        left, top, right, bottom = page.words.boxes[number]
        inside = (
            (middles[:, 0] >= left)
            & (middles[:, 0] <= right)
            & (middles[:, 1] >= top - 3)
            & (middles[:, 1] <= bottom + 3)
        )
        found = [place for place in np.flatnonzero(inside)]
        seen = "".join("".join(_NUMBER.findall(text[slice(*read.spans[place])])) for place in found)
        if not found or not seen:
            continue
        sure = min(float(read.confidences[place]) for place in found)
        counts["damaged" if number in touched else "untouched"].add(sure, right=seen == digits)


def _below(values: Sequence[float], threshold: float) -> float:
    return sum(value < threshold for value in values) / max(len(values), 1)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text.translate(_SAME)).split())


def _file(image: Image.Image, kind: str) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, dpi=(DPI, DPI), **({"quality": QUALITY} if kind == "JPEG" else {}))
    return data.getvalue()


def _cpu() -> float:
    return time.process_time() + sum(os.times()[2:4])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.ocr", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="the PDF files, as in office_docs")
    parser.add_argument("--pages", type=int, default=30, metavar="N", help="only the first N pages")
    parser.add_argument("--only", choices=list(KINDS), help="only clean pages, or only bad ones")
    parser.add_argument("--each", action="store_true", help="also print each page")
    parser.add_argument("--digits", action="store_true", help="damage numbers, and count the marks")
    chosen = parser.parse_args(arguments)
    if not ocr.is_installed():
        print("eval.ocr: error: OCR is not installed: pip install -e '.[ocr]'", file=sys.stderr)
        return 1
    if chosen.digits:
        planted_digits(chosen.folder, chosen.pages)
    else:
        kinds = [chosen.only] if chosen.only else list(KINDS)
        compare(chosen.folder, chosen.pages, kinds, each=chosen.each, tesseract=bool(_TESSERACT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
