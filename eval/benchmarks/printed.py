"""Time, size and memory of drawing pages as printed: every page of a long PDF, and files that want too much.

    python -m eval.benchmarks.printed [FILE.pdf] [--pages 600] [--width 1300]

Without a file, one of 600 pages is made. The peak is of the process that draws, as the system counts it.
"""

import argparse
import hashlib
import io
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from retriever import Assistant, Document, ReadingError
from retriever.reading.geometry import PlacedWord, PrintedPage, WordBoxes

WORDS = "the keeper of lamp winds a clock that turns it at dusk and in fog blows horn each half minute".split()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.printed", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="a PDF file; without one, a file is made")
    parser.add_argument("--pages", type=int, default=600, help="pages of the file that is made")
    parser.add_argument("--width", type=int, default=1_300, help="pixels of an image")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made, Assistant.open(Path(made) / "library", create=True) as assistant:
        path = options.file or Path(made) / "long.pdf"
        if options.file is None:
            path.write_bytes(long_pdf(options.pages))
        with pdfium.PdfDocument(path) as document:
            sizes = [document.get_page_size(number) for number in range(len(document))]
        assistant.add([blank(path, sizes, "application/pdf")])
        seconds, bytes_drawn = [], []
        for number in range(1, len(sizes) + 1):
            began = time.perf_counter()
            bytes_drawn.append(len(assistant.page_image(path.name, number, width=options.width)))
            seconds.append(time.perf_counter() - began)
        print(f"{len(sizes)} pages of {path.name}, {path.stat().st_size / 1e6:.1f} MB, {options.width} pixels wide:")
        print(f"  seconds a page: median {np.median(seconds):.3f}, slowest {max(seconds):.3f}")
        print(f"  KB a page: median {np.median(bytes_drawn) / 1e3:.0f}, largest {max(bytes_drawn) / 1e3:.0f}")
        print(f"  peak memory of the process that draws: {peak():.0f} MB")
        for name, data, size, media_type in hostile():
            (Path(made) / name).write_bytes(data)
            assistant.add([blank(Path(made) / name, [size], media_type)])
            began = time.perf_counter()
            try:
                image = Image.open(io.BytesIO(assistant.page_image(name, 1, width=4_000)))
                said = f"drawn, {image.width} by {image.height} pixels"
            except ReadingError as error:
                said = f"refused: {error}"
            took = time.perf_counter() - began
            print(f"{name}, {len(data) / 1e3:.0f} KB: {said}; {took:.1f} s, peak {peak():.0f} MB")
    return 0


def blank(path: Path, sizes: Sequence[tuple[float, float]], media_type: str) -> Document:
    """A document whose pages have these sizes, in points."""
    boxes = WordBoxes.from_words(
        [PrintedPage(width, height) for width, height in sizes], [PlacedWord(0, 4, 1, (0, 0, 9, 9))]
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Document(path.name, path.name, "page", str(path), media_type, digest, word_boxes=boxes.to_bytes())


def peak() -> float:
    """The greatest memory so far, in MB, of a process that this one has started and that still runs."""
    found = [0.0]
    for task in Path("/proc/self/task").glob("*/children"):
        for child in task.read_text().split():
            status = Path(f"/proc/{child}/status")
            lines = status.read_text().splitlines() if status.exists() else []
            found += [int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")]
    return max(found)


def long_pdf(pages: int) -> bytes:
    """A PDF with text in two columns and a picture on every tenth page."""
    chance, stream = random.Random(7), io.BytesIO()  # noqa: S311 (no secret)
    canvas = Canvas(stream, pagesize=(595, 842))
    for page in range(pages):
        for line in range(60):
            canvas.setFont("Times-Roman", 9)
            for left in (50, 310):
                canvas.drawString(left, 790 - 12 * line, " ".join(chance.choices(WORDS, k=9)))
        if page % 10 == 0:
            canvas.rect(100, 100, 300, 200, fill=1)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def hostile() -> Iterator[tuple[str, bytes, tuple[float, float], str]]:
    """Files that want more than a page needs: name, bytes, size of the page, media type."""
    huge = long_pdf(1).replace(b"[ 0 0 595 842 ]", b"[ 0 0 14400 14400 ]")
    yield "huge-page.pdf", huge, (14_400, 14_400), "application/pdf"
    yield "picture-bomb.pdf", _with_picture(30_000), (595, 842), "application/pdf"
    yield "nested.pdf", _nested(), (500, 500), "application/pdf"
    stream = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(stream, "PNG")
    yield "bomb.png", stream.getvalue(), (40_000, 40_000), "image/png"


def _with_picture(side: int) -> bytes:
    """A PDF with one grey picture of `side` by `side` pixels, which takes a thousandth of that packed."""
    packed = zlib.compress(bytes(side * side), 9)
    return (
        b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
        b"endobj\n4 0 obj<</Length 28>>stream\n500 0 0 500 0 0 cm /X Do    \nendstream endobj\n"
        b"5 0 obj<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray"
        b"/Filter/FlateDecode/Length %d>>stream\n"
        % (side, side, len(packed))
        + packed
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n"
    )


def _nested() -> bytes:
    """A PDF whose forms draw each other forty times, eight deep."""
    calls = b"/X Do " * 40
    forms = b"".join(
        b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 500 500]/Resources<</XObject<</X %d 0 R>>>>/Length %d>>stream\n"
        b"%s\nendstream endobj\n" % (number, number + 1, len(calls), calls)
        for number in range(5, 13)
    )
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
        b"endobj\n4 0 obj<</Length 6>>stream\n/X Do \nendstream endobj\n"
        + forms
        + b"13 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 500 500]/Length 60>>stream\n"
        b"0 0 500 500 re 0 0 m 500 500 l 500 0 l f 0 0 m 500 500 l S  \nendstream endobj\ntrailer<</Root 1 0 R>>\n"
    )


if __name__ == "__main__":
    sys.exit(main())
