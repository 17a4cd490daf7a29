"""A page's tree -> how many of its pictures it says nothing of. They may hold words, which nobody reads."""

import re

from ..builder import picture_line
from .markup import Element

SMALLEST_SIDE = 64
"""Pixels; smaller pictures are signs, and a word in one would be hard to read."""

_CONTENT = ("{*}article", "{*}main", "{*}figure")


def undescribed_pictures(tree: Element, *, whole: bool) -> int:
    """Count the pictures of the content without a description.

    A page says by an empty description that a picture only adorns it.

    Args:
        tree: the page.
        whole: whether all of it is content; else only what the page marks as its article or as a figure.
    """
    return sum(
        1
        for picture in tree.iter("img")
        if picture.get("alt") != ""
        and not picture_line(picture.get("alt"))
        and not _is_small(picture)
        and not _has_caption(picture)
        and (whole or next(picture.iterancestors(*_CONTENT), None) is not None)
    )


def _has_caption(picture: Element) -> bool:
    """Whether the words of its figure describe a picture."""
    figure = next(picture.iterancestors("figure"), None)
    return figure is not None and bool("".join(figure.itertext()).strip())


def _is_small(picture: Element) -> bool:
    sides = (re.fullmatch(r"\s*(\d{1,5})(?:px)?\s*", picture.get(name) or "") for name in ("width", "height"))
    return any(side is not None and int(side[1]) < SMALLEST_SIDE for side in sides)
