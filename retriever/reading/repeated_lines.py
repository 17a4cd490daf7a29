"""Documents of one site -> the lines that its pages repeat: mastheads, footers, notes on newsletters.

`edge_lines` gives the lines at the edges of a document. A library counts in how many documents of the site each of them
occurs, and `repeated_spans` then gives the furniture. Only an unbroken run of repeated lines from the start or to the
end of a text is furniture, since that is where a page's frame is. A sentence that a paper repeats from story to story
stands between other sentences. At the end of one story it may be marked, but it is still found in the next one.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from urllib.parse import urlsplit

import numpy as np

from ..records import Document, Span
from ..text.blocks import Block
from ..text.minhash import Sketches, near_copies_of
from .furniture import tagged_blocks

FEWEST_DOCUMENTS = 3
"""Two pages may share a sentence by chance. Of 130 saved web pages, 14 belong to the three sites with three or more
pages. There, seven lines were marked that the parser had missed, all of them furniture."""

LONGEST_LINE = 200
"""Characters. A note on a newsletter or on rights has up to 150; a repeated paragraph of news has more."""

MOST_LINES = 20
"""At each edge, without known furniture; a table of short rows need not be stored line by line."""

LARGEST_SHARE = 0.5
"""Of a text's characters, without known furniture. A text that repeats more is a form, and the words of a form are
content."""


def site_of(document: Document) -> str | None:
    """The host of a document's address, else its publisher; None if neither is known."""
    with suppress(ValueError):
        if host := urlsplit(document.link or "").hostname:
            return host.removeprefix("www.")
    return f"by {document.publisher}" if document.publisher else None


def edge_lines(document: Document) -> frozenset[int]:
    """Digests (signed, 64 bits) of a document's site with each line that may belong to its frame; none without a site.

    Two digests are equal if site and line are equal, except for white space.
    """
    site = site_of(document)
    if site is None:
        return frozenset()
    blocks = tuple(tagged_blocks(document))
    edges = chain(_edge(blocks), _edge(reversed(blocks)))
    return frozenset(_digest(site, document.text, block) for block, _ in edges)


def repeated_spans(document: Document, repeated: Collection[int]) -> tuple[Span, ...]:
    """Find what is page furniture because the site repeats it.

    Args:
        document: the document.
        repeated: those of its `edge_lines` that several documents of its site have.

    Returns:
        Start and end in its text of each such block, in order.
    """
    site = site_of(document)
    if site is None or not repeated:
        return ()
    blocks = tuple(tagged_blocks(document))
    found: set[Span] = set()
    for inwards in (blocks, reversed(blocks)):
        for block, is_furniture in _edge(inwards):
            if not is_furniture and _digest(site, document.text, block) not in repeated:
                break
            if not is_furniture:
                found.add((block.start, block.end))
    content = sum(block.end - block.start for block, is_furniture in blocks if not is_furniture)
    return tuple(sorted(found)) if sum(end - start for start, end in found) <= LARGEST_SHARE * content else ()


def are_several(sketches: Iterable[Sketches]) -> bool:
    """Whether some texts, by their sketches, include `FEWEST_DOCUMENTS` texts that are not near-copies of each other.

    If a site has a wire story three times, all its lines repeat, but it counts as one text.
    """
    apart: list[Sketches] = []
    for sketch in sketches:
        if not near_copies_of(np.array([*apart, sketch]), len(apart)):
            apart.append(sketch)
            if len(apart) == FEWEST_DOCUMENTS:
                return True
    return False


def _edge(inwards: Iterable[tuple[Block, bool]]) -> Iterator[tuple[Block, bool]]:
    """From an end of a text inwards, the furniture and short lines, up to the first line that is neither.

    Furniture counts too: the parser may recognise a line by its markup in two pages, and miss it in a third.
    """
    lines = 0
    for block, is_furniture in inwards:
        lines += not is_furniture
        if not is_furniture and (block.end - block.start > LONGEST_LINE or lines > MOST_LINES):
            return
        yield block, is_furniture


def _digest(site: str, text: str, block: Block) -> int:
    line = " ".join(text[block.start : block.end].split())
    digest = hashlib.blake2b(f"{site}\n{line}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)
