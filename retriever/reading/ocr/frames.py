"""A picture file (PNG, JPEG, TIFF, WEBP) -> its pictures, one a page, upright as its camera says, with their scale.

Only this module opens picture files here. A picture is decoded in the limited process, and its size is checked first.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageOps

from ...errors import ReadingError
from .lines import Picture

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "MPO")
"""Formats that Pillow may try; MPO is a JPEG with a second view, as some cameras write it."""

MOST_PIXELS = 100_000_000
"""Pixels of one picture: A1 at 300 dpi has 70 million. They take 300 MB as three bytes each."""

LARGEST_PICTURE = 12_000_000
"""Pixels that are read: more are made smaller first. A4 at 300 dpi has 8.7 million."""

MOST_FRAMES = 2_000
"""Pages of one TIFF."""

ASSUMED_DPI = 150.0
"""Dots an inch of a picture that names none, as most screenshots and photos."""

LEAST_DPI, MOST_DPI = 50.0, 1_200.0
"""Dots an inch that a scanner or printer can mean; others are slips, such as 1 or 72,000."""


class Frames:
    """The pictures of one file."""

    def __init__(self, data: bytes, name: str) -> None:
        """Open a file.

        Raises:
            ReadingError: it is broken, or has too many pages.
        """
        self._name = name
        with self._readable():
            self._image = Image.open(io.BytesIO(data), formats=FORMATS)
            self.count = 1 if self._image.format == "MPO" else int(getattr(self._image, "n_frames", 1))
        if self.count > MOST_FRAMES:
            raise ReadingError(
                f"{name} has {self.count:,} pages, and at most {MOST_FRAMES:,} are read: split it, add the parts."
            )

    def picture(self, number: int) -> tuple[Picture, float]:
        """A page as it is to be seen, and the points of one of its pixels.

        Raises:
            ReadingError: it is broken or too large.
        """
        with self._readable():
            self._image.seek(number)
            width, height = self._image.size
            if width * height > MOST_PIXELS:
                raise ReadingError(
                    f"{self._name} is too large, {width:,} by {height:,} pixels: save it with half as many."
                )
            dpi = _dpi(self._image)
            image = ImageOps.exif_transpose(self._image)
            shrunk = min(1.0, (LARGEST_PICTURE / (width * height)) ** 0.5)
            if shrunk < 1:
                image = image.resize((round(image.width * shrunk), round(image.height * shrunk)), Image.Resampling.BOX)
            return _on_white(image), 72 / dpi / shrunk

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page as it is to be seen, in points.

        Raises:
            ReadingError: it is broken.
        """
        with self._readable():
            self._image.seek(number)
            width, height = self._image.size
            if self._image.getexif().get(_ORIENTATION, 1) in _LYING:
                width, height = height, width
            scale = 72 / _dpi(self._image)
            return width * scale, height * scale

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn Pillow's errors into one that names the file."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of odd metadata and of large pictures, which are checked here
                yield
        except (ReadingError, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise ReadingError(f"{self._name} has too many pixels to be read: save it smaller.") from error
        except Exception as error:  # Pillow's readers raise a dozen kinds for malformed files
            raise ReadingError(f"{self._name} is a broken picture: save it again and add the new file.") from error


_ORIENTATION = 0x0112
_LYING = (5, 6, 7, 8)
"""Values of the EXIF orientation with which width and height change places."""


def _dpi(image: Image.Image) -> float:
    dpi = image.info.get("dpi", (0, 0))
    named = float(dpi[0]) if isinstance(dpi, tuple) and dpi else 0.0
    return named if LEAST_DPI <= named <= MOST_DPI else ASSUMED_DPI


def _on_white(image: Image.Image) -> Picture:
    """The pixels of a picture, with white behind what is transparent."""
    if image.mode in ("I;16", "I;16L", "I;16B", "I", "F"):  # grey with more than 8 bits
        levels = np.asarray(image, np.float32)
        image = Image.fromarray((levels * (255 / max(float(levels.max(initial=0)), 1.0))).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    pixels = np.asarray(image.convert("RGB"))
    return np.ascontiguousarray(pixels[:, :, ::-1])
