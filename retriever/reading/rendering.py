"""A page of a PDF or of a picture -> its image as PNG, with some boxes marked on it. It runs in the limited process.

One decision: the pixels are bounded before anything is drawn. A page may call itself larger than a house, and a file
of a few bytes may unpack to gigabytes.
"""

import io
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

from .geometry import Box
from .ocr.frames import Frames
from .pdf.page_bitmaps import page_bitmap

MOST_PIXELS = 12_000_000
"""Of an image: A4 at 340 dpi. It takes 36 MB, as three bytes each."""

LONGEST_SIDE = 8_000
"""Pixels."""

MARK = (255, 236, 140)
"""Colour of a marked box, as of a highlighter: it is multiplied with the page, so that letters stay black."""

EDGE = (176, 124, 0)
"""Colour of its frame."""

_PDF = "application/pdf"


def render(
    data: bytes, name: str, *, media_type: str, page: int, page_size: Sequence[float], width: int, boxes: Sequence[Box]
) -> bytes:
    """Draw a page.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.
        media_type: of a PDF or a picture.
        page: its number, from 1.
        page_size: width and height of the page as shown, in points.
        width: of the image in pixels; less if the page would have too many pixels.
        boxes: the places that are marked, in points.

    Returns:
        The image as PNG.

    Raises:
        ReadingError: the page cannot be drawn.
    """
    width, height = image_size(page_size, width)
    if media_type == _PDF:
        image = page_bitmap(data, name, page, width, height)
    else:
        image = _picture(data, name, page, width, height)
    scale = (image.width / page_size[0], image.height / page_size[1])
    for left, top, right, bottom in boxes:
        _mark(image, (left * scale[0], top * scale[1], right * scale[0], bottom * scale[1]))
    stream = io.BytesIO()
    _plainest(image).save(stream, "PNG", compress_level=4)
    return stream.getvalue()


def image_size(page_size: Sequence[float], width: int) -> tuple[int, int]:
    """The width and height of a page's image in pixels, within the bounds.

    Args:
        page_size: width and height of the page, in points.
        width: the wanted width, in pixels.
    """
    across, down = (max(side, 1.0) for side in page_size)
    scale = min(width / across, LONGEST_SIDE / across, LONGEST_SIDE / down, (MOST_PIXELS / (across * down)) ** 0.5)
    return max(1, round(across * scale)), max(1, round(down * scale))


def _picture(data: bytes, name: str, page: int, width: int, height: int) -> Image.Image:
    """A page of a picture file, upright as its camera says, on white."""
    pixels, _ = Frames(data, name).picture(page - 1)
    image = Image.fromarray(pixels[:, :, ::-1].copy())  # they are blue, green and red
    image.thumbnail((width, height), Image.Resampling.LANCZOS)
    return image


def _mark(image: Image.Image, box: Box) -> None:
    """Mark a box on an image, as a highlighter does, with a thin frame."""
    rim = max(1, image.width // 800)
    left, top, right, bottom = (round(side) for side in box)
    place = (max(0, left - rim), max(0, top - rim), min(image.width, right + rim), min(image.height, bottom + rim))
    if place[0] >= place[2] or place[1] >= place[3]:
        return
    part = image.crop(place)
    image.paste(ImageChops.multiply(part, Image.new("RGB", part.size, MARK)), place)
    ImageDraw.Draw(image).rectangle((place[0], place[1], place[2] - 1, place[3] - 1), outline=EDGE, width=rim)


def _plainest(image: Image.Image) -> Image.Image:
    """The same image in grey if it has no colour: a third of the bytes."""
    red, green, blue = image.split()
    is_grey = all(ImageChops.difference(red, other).getbbox() is None for other in (green, blue))
    return red if is_grey else image
