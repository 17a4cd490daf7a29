"""Words in pictures. The tests that read one are skipped without the extra `ocr`."""

import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from retriever.errors import ReadingError
from retriever.ingest.kept_pages import FOLDER, KEPT_SECONDS, KeptPages
from retriever.reading import ocr, picture
from retriever.reading.extract import Extract
from retriever.reading.geometry import WordBoxes
from retriever.reading.page_log import PageLog, logging_to
from retriever.reading.pdf import read as read_pdf
from retriever.reading.worker import Worker
from retriever.records import Origin
from tests.reading.test_pdf import LEFT, RIGHT, made, put

needs_ocr = pytest.mark.skipif(not ocr.is_installed(), reason="OCR is not installed: pip install '.[ocr]'")

LAMP = ["The lamp of Varn was lit in 1904.", "Its keeper climbs 212 steps.", "A ticket costs 12 crowns."]


def drawn(data: bytes, page: int = 0, dpi: int = 150) -> Image.Image:
    """A page of a PDF as a picture."""
    document = pypdfium2.PdfDocument(data)
    return document[page].render(scale=dpi / 72).to_pil().convert("RGB")


def scan(lines: list[str] = LAMP) -> Image.Image:
    """The upper part of a page with these lines, each 20 points below the one before."""

    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(lines):
            put(canvas, [line], y=780 - 20 * number, size=13)

    image = drawn(made(draw))
    return image.crop((0, 0, image.width, 500))


def saved(image: Image.Image, kind: str = "PNG", **settings: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, dpi=(150, 150), **settings)
    return buffer.getvalue()


def read(image: Image.Image, kind: str = "PNG", **settings: Any) -> Extract:
    return picture.read(saved(image, kind, **settings), "page.png")


def flat(extract: Extract) -> str:
    return " ".join(extract.text.split())


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: False)


@needs_ocr
def test_the_words_of_a_picture_are_read_where_they_stand() -> None:
    extract = read(scan())
    assert flat(extract) == " ".join(LAMP)
    boxes = WordBoxes.from_bytes(extract.word_boxes)
    assert boxes.origin(0, len(extract.text)) is Origin.OCR
    assert boxes.pages[0][:2] == pytest.approx((595, 240), abs=1)
    at = extract.text.index("212")
    (line,) = boxes.lines(at, at + 3)
    left, top, right, bottom = line.box
    assert 72 < left < right < 240
    assert 842 - 780 + 20 - 14 < top < bottom < 842 - 780 + 20 + 8
    assert boxes.confidences.min() > 0.5


@needs_ocr
@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_a_picture_that_lies_on_its_side_is_read(turn: Image.Transpose) -> None:
    image = scan()
    extract = read(image.transpose(turn))
    assert flat(extract) == " ".join(LAMP)
    boxes = WordBoxes.from_bytes(extract.word_boxes)
    assert boxes.sideways.all() == (turn is not Image.Transpose.ROTATE_180)
    left, top, right, bottom = boxes.boxes[0]  # "The", at the upper left of the upright picture
    width, height = boxes.pages[0][:2]
    x, y = (left + right) / 2, (top + bottom) / 2
    upright = {
        Image.Transpose.ROTATE_90: (height - y, x),
        Image.Transpose.ROTATE_180: (width - x, height - y),
        Image.Transpose.ROTATE_270: (y, width - x),
    }[turn]
    assert upright == pytest.approx((82, 842 - 780 - 4), abs=6)


@needs_ocr
def test_the_camera_says_which_way_up_a_photo_is() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    extract = read(scan().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)
    assert flat(extract) == " ".join(LAMP)
    (page,) = WordBoxes.from_bytes(extract.word_boxes).pages
    assert page.width > page.height


@needs_ocr
def test_each_picture_in_a_tiff_is_a_page() -> None:
    extract = read(scan(), "TIFF", save_all=True, append_images=[scan(["The ferry sails at nine."])])
    assert len(extract.pages) == 2
    assert extract.text[extract.pages[1] :] == "The ferry sails at nine."
    assert WordBoxes.from_bytes(extract.word_boxes).page_numbers.max() == 2


@needs_ocr
def test_two_columns_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT, x=60, y=780)
        put(canvas, RIGHT, x=320, y=780)

    image = drawn(made(draw))
    assert flat(read(image.crop((0, 0, image.width, 500)))) == " ".join([*LEFT, *RIGHT])


@needs_ocr
def test_a_page_without_a_text_layer_is_read_from_its_picture() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, ["The harbour of Varn has a long wall."])
        canvas.showPage()
        canvas.drawImage(ImageReader(scan()), 0, 602, 595, 240)

    extract = read_pdf(made(draw), "lamps.pdf")
    assert flat(extract) == " ".join(["The harbour of Varn has a long wall.", *LAMP])
    assert extract.warnings == ()
    boxes = WordBoxes.from_bytes(extract.word_boxes)
    assert boxes.origin(0, 30) is Origin.TEXT
    assert boxes.origin(extract.pages[1], len(extract.text)) is Origin.OCR
    at = extract.text.index("keeper")
    ((left, top, right, bottom),) = [line.box for line in boxes.lines(at, at + 6)]
    assert 80 < left < right < 160
    assert 66 < top < bottom < 92


@needs_ocr
def test_prose_in_a_picture_beside_text_is_read_and_the_labels_of_a_chart_are_not() -> None:
    letter = [f"{line} {other}" for line, other in zip(LEFT, RIGHT, strict=True)]

    def draw(canvas: Canvas) -> None:
        put(canvas, ["Below is the letter of the keeper, and then a chart."], y=800)
        canvas.drawImage(ImageReader(scan(letter)), 0, 500, 595, 240)
        canvas.drawImage(ImageReader(scan(["May", "June", "July", "Visitors"])), 0, 200, 595, 240)

    extract = read_pdf(made(draw), "lamps.pdf")
    assert flat(extract) == " ".join(["Below is the letter of the keeper, and then a chart.", *letter])


@needs_ocr
def test_a_searchable_scan_is_not_read_again() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(scan(LAMP * 3)), 0, 602, 595, 240)
        text = canvas.beginText(72, 780)
        text.setTextRenderMode(3)  # invisible
        text.setFont("Times-Roman", 12)
        text.textLines("\n".join(line.replace("1904", "1905") for line in LAMP * 3))
        canvas.drawText(text)

    reported: list[int] = []
    with logging_to(PageLog(report=lambda number, count, page: reported.append(number))):
        extract = read_pdf(made(draw), "lamps.pdf")
    assert "1905" in extract.text
    assert reported == []


def shifted(text: str) -> str:
    """A text as a font gives it whose characters have wrong numbers."""
    return "".join(chr(ord(letter) + 3) if letter.isalpha() else letter for letter in text)


def wrong_text(canvas: Canvas) -> None:
    """Two lines of which the text layer has other letters."""
    lines = [*LEFT, *RIGHT]
    image = scan(lines)
    canvas.drawImage(ImageReader(image), 0, 602, 595, 240)
    text = canvas.beginText(72, 780)
    text.setTextRenderMode(3)
    text.setFont("Times-Roman", 12)
    text.textLines("\n".join(map(shifted, lines)))
    canvas.drawText(text)


@needs_ocr
def test_a_wrong_text_layer_is_told_and_replaced() -> None:
    extract = read_pdf(made(wrong_text), "lamps.pdf")
    assert flat(extract) == " ".join([*LEFT, *RIGHT])
    (warning,) = extract.warnings
    assert "Page 1 of lamps.pdf" in warning
    assert WordBoxes.from_bytes(extract.word_boxes).by_ocr.all()


@needs_ocr
def test_a_picture_without_words_is_told() -> None:
    with pytest.raises(ReadingError, match="no words were found"):
        read(Image.new("RGB", (300, 200), "white"))


@needs_ocr
def test_pages_are_reported_and_not_read_twice() -> None:
    data = saved(scan(), "TIFF", save_all=True, append_images=[scan(["The ferry sails at nine."])])
    seen: list[tuple[int, int]] = []
    kept: dict[int, Any] = {}

    def report(number: int, count: int, page: object) -> None:
        seen.append((number, count))
        kept[number] = json.loads(json.dumps(page))

    with logging_to(PageLog(report=report)):
        first = picture.read(data, "a.tiff")
    del kept[1]
    with logging_to(PageLog(dict(kept), report)):
        assert picture.read(data, "a.tiff") == first
    assert seen == [(0, 2), (1, 2), (1, 2)]


class Pages:
    """Keeps pages in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[int, Any]] = {}

    def pages(self, sha256: str) -> Mapping[int, Any]:
        return self.kept.get(sha256, {})

    def add(self, sha256: str, number: int, page: object) -> None:
        self.kept.setdefault(sha256, {})[number] = page


@needs_ocr
def test_an_interrupted_scan_goes_on_where_it_was() -> None:
    data = saved(scan(), "TIFF", save_all=True, append_images=[scan(["The ferry sails at nine."])])
    pages = Pages()
    told: list[tuple[str, int, int]] = []

    def stop(name: str, number: int, count: int) -> None:
        told.append((name, number, count))
        if len(told) == 1:
            raise KeyboardInterrupt

    with Worker(pages=pages, on_page=stop) as worker:
        with pytest.raises(KeyboardInterrupt):
            worker.read(data, "a.tiff", ".picture", "digest")
        assert set(pages.kept["digest"]) == {0}
        extract = worker.read(data, "a.tiff", ".picture", "digest")
    assert told == [("a.tiff", 1, 2), ("a.tiff", 2, 2)]
    assert flat(extract) == " ".join([*LAMP, "The ferry sails at nine."])


@needs_ocr
def test_no_model_is_fetched() -> None:
    """RapidOCR can fetch models. Here it can open no connection, reads all the same, and misses a model at once."""
    code = """
import socket, sys
import numpy as np
def refuse(*_, **__): raise AssertionError("a connection was opened")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from retriever.errors import ReadingError
from retriever.reading.ocr import engine, pages
pages.read_page(engine.RapidReader(), np.full((100, 300, 3), 255, np.uint8), 1.0)
engine.DETECTOR = "missing.onnx"
try:
    engine.RapidReader()
except ReadingError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "missing.onnx" in done.stdout


@pytest.mark.usefixtures("without_ocr")
def test_without_the_extra_it_is_offered() -> None:
    with pytest.raises(ReadingError, match=r"page\.png is a picture.*\.\[ocr\]"):
        read(Image.new("RGB", (30, 20)))

    def draw(canvas: Canvas) -> None:
        put(canvas, ["The harbour of Varn has a long wall."])
        canvas.showPage()
        canvas.drawImage(ImageReader(Image.new("RGB", (300, 200))), 0, 0, 595, 400)

    (warning,) = read_pdf(made(draw), "lamps.pdf").warnings
    assert "Page 2 of lamps.pdf" in warning
    assert ".[ocr]" in warning


@pytest.mark.usefixtures("without_ocr")
def test_without_the_extra_a_wrong_text_layer_is_told() -> None:
    (warning,) = read_pdf(made(wrong_text), "lamps.pdf").warnings
    assert "Page 1 of lamps.pdf" in warning


@needs_ocr
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (saved(Image.new("RGB", (300, 200), "white"))[:60], "broken picture"),
        (b"\x89PNG\r\n\x1a\nnothing", "broken picture"),
        (b"", "broken picture"),
    ],
    ids=["cut", "nonsense", "nothing"],
)
def test_a_broken_picture_is_told(data: bytes, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        picture.read(data, "a.png")


@needs_ocr
def test_a_picture_that_is_too_large_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retriever.reading.ocr.frames.MOST_PIXELS", 50)
    with pytest.raises(ReadingError, match="too large"):
        read(Image.new("RGB", (30, 20)))


def test_pages_are_kept_until_their_document_is_stored(tmp_path: Path) -> None:
    kept = KeptPages(tmp_path)
    kept.add("one", 0, [["a"]])
    kept.add("one", 2, [["b"]])
    kept.add("two", 0, [])
    assert kept.pages("one") == {0: [["a"]], 2: [["b"]]}
    kept.remove("one")
    assert kept.pages("one") == {}
    assert kept.pages("two") == {0: []}
    kept.clear()
    assert not (tmp_path / FOLDER).exists()


def test_a_page_that_was_cut_off_is_read_again(tmp_path: Path) -> None:
    kept = KeptPages(tmp_path)
    kept.add("one", 0, [["a"]])
    (file,) = (tmp_path / FOLDER).iterdir()
    with file.open("a") as lines:
        lines.write('[1, [["b"')
    assert kept.pages("one") == {0: [["a"]]}


def test_pages_that_nobody_asks_for_are_dropped_after_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptPages(tmp_path)
    kept.add("one", 0, [])
    kept.remove_old()
    assert kept.pages("one") == {0: []}
    now = (tmp_path / FOLDER).stat().st_mtime
    monkeypatch.setattr("retriever.ingest.kept_pages.time.time", lambda: now + KEPT_SECONDS + 60)
    kept.remove_old()
    assert kept.pages("one") == {}
