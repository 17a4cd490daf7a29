"""A page of a PDF -> its pixels, as a viewer shows it: turned, cropped, with annotations and the values of its form."""

import pypdfium2 as pdfium
from PIL import Image

from ...errors import ReadingError
from .runs import open_document


def page_bitmap(data: bytes, name: str, page: int, width: int, height: int) -> Image.Image:
    """Draw a page.

    Args:
        data: the file's bytes.
        name: its name, for messages.
        page: the page's number, from 1.
        width: of the image in pixels.
        height: the same.

    Raises:
        ReadingError: the file or the page is broken.
    """
    document = open_document(data, name)
    try:
        opened = document[page - 1]
        across, down = opened.get_size()
        # The whole page at a scale that fits; then to the very size, since sides are rounded.
        scale = min(width / max(across, 1.0), height / max(down, 1.0))
        image: Image.Image = opened.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
    except (pdfium.PdfiumError, IndexError) as error:
        raise ReadingError(f"Page {page} of {name} is broken and cannot be shown.") from error
    finally:
        document.close()
    return image if image.size == (width, height) else image.resize((width, height), Image.Resampling.LANCZOS)
