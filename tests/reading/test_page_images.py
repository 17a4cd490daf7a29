"""Images of pages: the page as printed, within bounds, from a file that is still the same."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from retriever import Document
from retriever.errors import OriginalChanged, PageUnknown, ReadingError
from retriever.reading.files import digest_of, read_document
from retriever.reading.geometry import PlacedWord, PrintedPage, WordBoxes
from retriever.reading.page_images import LIMITS, MOST_WIDTH, PageImages
from retriever.reading.rendering import EDGE, LONGEST_SIDE, MOST_PIXELS, image_size
from retriever.reading.worker import Worker
from tests.reading.test_pdf import LEFT, RIGHT, made, put


@pytest.fixture
def images() -> Iterator[PageImages]:
    opened = PageImages()
    yield opened
    opened.close()


def document_of(path: Path) -> Document:
    with Worker() as worker:
        return read_document(path, path.name, None, digest_of(path, 50_000_000), worker)[0]


@pytest.fixture
def lamps(tmp_path: Path) -> Document:
    def draw(canvas: Canvas) -> None:
        put(canvas, LEFT)
        canvas.showPage()
        put(canvas, RIGHT)
        canvas.setFillColorRGB(1, 0, 0)
        canvas.rect(100, 100, 200, 200, fill=1)

    (tmp_path / "lamps.pdf").write_bytes(made(draw))
    return document_of(tmp_path / "lamps.pdf")


def opened(image: bytes) -> Image.Image:
    return Image.open(io.BytesIO(image)).convert("RGB")


def test_a_page_is_drawn_in_the_width_that_is_asked_for(images: PageImages, lamps: Document) -> None:
    for width in (300, 1190):
        image = opened(images.png(lamps, 2, width))
        assert image.size == (width, round(width * 842 / 595))
        assert image.getpixel((200 * width // 595, (842 - 200) * width // 595)) == (255, 0, 0)
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_only_the_lines_of_the_quote_are_marked(images: PageImages, lamps: Document) -> None:
    start = lamps.text.index("and winds the clock")
    plain, marked = (opened(images.png(lamps, 1, 595, span)) for span in (None, (start, start + 19)))
    changed = [(x, y) for x in range(595) for y in range(842) if plain.getpixel((x, y)) != marked.getpixel((x, y))]
    (line,) = WordBoxes.from_bytes(lamps.word_boxes).lines(start, start + 19)
    left, top, right, bottom = line.box
    assert EDGE in {marked.getpixel(place) for place in changed}
    assert min(x for x, _ in changed) == pytest.approx(left, abs=2)
    assert max(x for x, _ in changed) == pytest.approx(right, abs=2)
    assert (min(y for _, y in changed), max(y for _, y in changed)) == (
        pytest.approx(top, abs=2),
        pytest.approx(bottom, abs=2),
    )
    # A letter stays dark under the mark.
    box = (round(left), round(top), round(right), round(bottom))
    assert min(marked.crop(box).convert("L").tobytes()) <= min(plain.crop(box).convert("L").tobytes()) + 10


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_drawn_as_it_is_shown(images: PageImages, tmp_path: Path, turn: int) -> None:
    with pdfium.PdfDocument(made(lambda canvas: put(canvas, LEFT))) as file:
        (page,) = file
        page.set_rotation(turn)
        page.set_cropbox(30, 50, 595, 842)
        file.save(tmp_path / "turned.pdf")
    document = document_of(tmp_path / "turned.pdf")
    image = opened(images.png(document, 1, 1_800)).convert("L")
    boxes = WordBoxes.from_bytes(document.word_boxes)
    scale = 1_800 / boxes.pages[0].width
    for box in boxes.boxes:  # every word has ink where its box is
        left, top, right, bottom = (round(float(side) * scale) for side in box)
        assert min(image.crop((left, top, right, bottom)).tobytes()) < 100
    words = Image.new("L", image.size, 0)
    for box in boxes.boxes:
        words.paste(255, tuple(round(float(side) * scale) for side in box))
    outside = Image.composite(Image.new("L", image.size, 255), image, words)
    dark = sum(count for level, count in enumerate(outside.histogram()) if level < 100)
    assert dark < 0.02 * sum(count for level, count in enumerate(image.histogram()) if level < 100)


def test_what_a_form_and_a_reader_have_written_is_drawn(images: PageImages, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Name of the ship:")
        canvas.acroForm.textfield(name="ship", x=200, y=694, width=120, height=20, value="Gannet", borderWidth=0)

    (tmp_path / "form.pdf").write_bytes(made(draw))
    image = opened(images.png(document_of(tmp_path / "form.pdf"), 1, 595)).convert("L")
    assert min(image.crop((202, 842 - 712, 318, 842 - 696)).tobytes()) < 100


@pytest.mark.parametrize("name", ["photo.png", "photo.jpg", "photo.tif", "photo.webp"])
def test_a_picture_is_one_page(images: PageImages, tmp_path: Path, name: str) -> None:
    picture = Image.new("RGB", (800, 400), "white")
    picture.paste((0, 0, 255), (400, 0, 800, 400))
    picture.save(tmp_path / name, **({"exif": _turned()} if name == "photo.jpg" else {}))
    upright = (400, 800) if name == "photo.jpg" else (800, 400)
    boxes = WordBoxes.from_words([PrintedPage(*upright)], [PlacedWord(0, 4, 1, (10, 10, 90, 40))]).to_bytes()
    sha256 = digest_of(tmp_path / name, 10_000_000)
    media_type = f"image/{name.rpartition('.')[2]}"
    document = Document(name, "Photo", "lamp", str(tmp_path / name), media_type, sha256, word_boxes=boxes)
    image = opened(images.png(document, 1, upright[0] // 2))
    assert image.size == (upright[0] // 2, upright[1] // 2)
    far = (image.width - 5, image.height - 5)
    assert image.getpixel(far)[2] > 200 > 100 > image.getpixel(far)[0]


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    return exif


@pytest.mark.parametrize(
    "size", [(595, 842), (14_400, 14_400), (100_000, 1), (1, 100_000), (1, 1), (0, 0), (3, 14_400)], ids=str
)
@pytest.mark.parametrize("width", [1, 1_200, MOST_WIDTH])
def test_no_page_gets_more_pixels_than_the_bound(size: tuple[float, float], width: int) -> None:
    across, down = image_size(size, width)
    assert 1 <= across <= LONGEST_SIDE
    assert 1 <= down <= LONGEST_SIDE
    assert across * down <= 1.01 * MOST_PIXELS


@pytest.mark.parametrize("size", ["0 0 14400 14400", "0 0 1 14400", "-7000 -7000 7000 7000", "0 0 1e9 1e9"])
def test_a_page_that_calls_itself_huge_is_drawn_small(images: PageImages, tmp_path: Path, size: str) -> None:
    data = made(lambda canvas: put(canvas, LEFT)).replace(b"[ 0 0 595 842 ]", f"[ {size} ]".encode())
    (tmp_path / "huge.pdf").write_bytes(data)
    document = replace(
        document_of(tmp_path / "huge.pdf") if "1 14400" not in size else _blank(tmp_path / "huge.pdf"), text="lamp"
    )
    assert opened(images.png(document, 1, MOST_WIDTH)).width <= LONGEST_SIDE


def _blank(path: Path) -> Document:
    boxes = WordBoxes.from_words([PrintedPage(1, 14_400)], ()).to_bytes()
    digest = digest_of(path, 10_000_000)
    return Document(path.name, "Huge", "lamp", str(path), "application/pdf", digest, word_boxes=boxes)


def test_a_picture_of_too_many_pixels_is_refused_unopened(images: PageImages, tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    assert (tmp_path / "bomb.png").stat().st_size < 100_000
    document = replace(_blank(tmp_path / "bomb.png"), media_type="image/png")
    with pytest.raises(ReadingError, match=r"bomb\.png has too many pixels"):
        images.png(document, 1)


def test_a_page_that_takes_too_long_ends_only_its_process(lamps: Document, tmp_path: Path) -> None:
    # A form that draws itself ten times, ten deep.
    deep = b"".join(
        b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 500 500]/Resources<</XObject<</X %d 0 R>>>>/Length %d>>stream\n"
        b"%s\nendstream endobj\n" % (number, number + 1, len(b"/X Do " * 40), b"/X Do " * 40)
        for number in range(5, 13)
    )
    data = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
        b"endobj\n4 0 obj<</Length 6>>stream\n/X Do \nendstream endobj\n" + deep +
        b"13 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 500 500]/Length 60>>stream\n"
        b"0 0 500 500 re 0 0 m 500 500 l 500 0 l f 0 0 m 500 500 l S  \nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n"
    )  # fmt: skip
    (tmp_path / "slow.pdf").write_bytes(data)
    images = PageImages(replace(LIMITS, seconds=5))
    try:
        with pytest.raises(ReadingError, match=r"slow\.pdf"):
            images.png(_blank(tmp_path / "slow.pdf"), 1)
        assert opened(images.png(lamps, 1, 100)).width == 100
    finally:
        images.close()


def test_a_page_that_is_not_there_is_named(images: PageImages, lamps: Document) -> None:
    for page in (0, 3, -1):
        with pytest.raises(PageUnknown, match=rf"lamps\.pdf has 2 pages; there is no page {page}\."):
            images.png(lamps, page)
    with pytest.raises(PageUnknown, match="no printed pages"):
        images.png(replace(lamps, word_boxes=b""), 1)


def test_a_file_that_has_changed_or_is_gone_is_not_shown(images: PageImages, lamps: Document) -> None:
    images.png(lamps, 1)
    path = Path(lamps.source)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(OriginalChanged, match="has changed"):
        images.png(lamps, 1)
    path.unlink()
    with pytest.raises(OriginalChanged, match="no longer there"):
        images.png(lamps, 1)
    with pytest.raises(OriginalChanged):
        images.png(replace(lamps, source="lamps"), 1)


def test_images_are_kept_up_to_a_bound(lamps: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    images, drawn = PageImages(), []
    render = Worker.render

    def count(self: Worker, *arguments: object) -> bytes:
        drawn.append(arguments)
        return render(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Worker, "render", count)
    first = images.png(lamps, 1, 200)
    assert images.png(lamps, 1, 200) == first
    assert len(drawn) == 1
    monkeypatch.setattr("retriever.reading.page_images.MOST_BYTES_KEPT", len(first) + 100)
    for width in (201, 202, 203):
        images.png(lamps, 1, width)
    assert images._size == sum(map(len, images._kept.values())) <= 2 * len(first)
    assert len(images._kept) < 3
    images.close()
