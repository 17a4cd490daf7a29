"""Time and memory of reading a scan: pages of a PDF are drawn as pictures into a new one, which is read by OCR.

    python -m eval.benchmarks.scan FILE.pdf [--pages 20] [--first 101]

The peak and the processor time are those of the process that reads and of no other, as the system counts them.
"""

import argparse
import io
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium

from retriever.reading import ocr
from retriever.reading.worker import Worker
from retriever.settings import Limits

from .printed import peak

DPI = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.scan", description=__doc__)
    parser.add_argument("file", type=Path, help="a PDF file with a text layer")
    parser.add_argument("--pages", type=int, default=20, help="pages of the scan")
    parser.add_argument("--first", type=int, default=101, help="its first page, from 1")
    options = parser.parse_args(arguments)
    if not ocr.is_installed():
        print("eval.benchmarks.scan: error: OCR is not installed: pip install -e '.[ocr]'", file=sys.stderr)
        return 1
    data = scan(options.file, range(options.first - 1, options.first - 1 + options.pages))
    with Worker(Limits()) as worker:
        began, spent = time.perf_counter(), _children_seconds()
        extract = worker.read(data, "scan.pdf", ".pdf")
        seconds, memory = time.perf_counter() - began, peak()
    spent = _children_seconds() - spent  # counted when a process has ended
    print(f"{len(extract.pages)} pages, {len(data) / 1e6:.1f} MB, {len(extract.text.split()):,} words read:")
    print(f"  a page: {seconds / options.pages:.1f} s, and {spent / options.pages:.1f} s of processor time")
    print(f"  peak memory of the process that reads: {memory:.0f} MB")
    return 0


def scan(path: Path, numbers: Sequence[int]) -> bytes:
    """A PDF whose pages are pictures of some pages, numbered from 0."""
    with pdfium.PdfDocument(path) as document:
        pages = [document[number].render(scale=DPI / 72).to_pil().convert("RGB") for number in numbers]
    target = io.BytesIO()
    pages[0].save(target, "PDF", resolution=DPI, save_all=True, append_images=pages[1:])
    return target.getvalue()


def _children_seconds() -> float:
    """Processor time of the processes that this one has started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    sys.exit(main())
