"""Documents of one site -> the lines that its pages repeat: mastheads, footers, notes on newsletters.

In comes a document, out come its lines at the edges, and, once a library has counted in which documents of the site
each stands, the spans of those that are page furniture. The one decision: only an unbroken run of repeated lines from
the start or to the end of a text is furniture. A page's frame stands around what is written on it, while a sentence
that a paper repeats from story to story (what a law says, who governs where) stands between others of the story, and
so does a section's heading; at the end of one story it may be marked, and is still found in the middle of the next.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from urllib.parse import urlsplit

import numpy as np

from ..records import Document, Span
from ..text.blocks import Block
from ..text.minhash import Sketches, alike
from .furniture import tagged_blocks

FEWEST_DOCUMENTS = 3
"""Two pages may well share a sentence. Of 130 saved web pages, 14 are of the three sites that have as many: seven lines
that their reader had missed were marked there, all of them furniture."""

LONGEST_LINE = 200
"""Characters: a note on a newsletter or on rights has up to 150; a paragraph of news that is told again has more."""

MOST_LINES = 20
"""At each edge, furniture that is known already not counted; a table of short rows need not be kept line by line."""

LARGEST_SHARE = 0.5
"""Of a text's characters, known furniture aside. What repeats more is no page around a text but a form, and the words
of a form are its content."""


def site_of(document: Document) -> str | None:
    """The host of a document's address, else its publisher; None where neither is known."""
    with suppress(ValueError):
        if host := urlsplit(document.link or "").hostname:
            return host.removeprefix("www.")
    return f"by {document.publisher}" if document.publisher else None


def edge_lines(document: Document) -> frozenset[int]:
    """Digests, 64 bits with a sign, of a document's site with each line that may be of its frame; none without a site.

    Two digests are equal where site and line are, white space aside.
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
        repeated: which of its `edge_lines` stand in several documents of its site.

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
    """Whether some texts, by their sketches, hold `FEWEST_DOCUMENTS` of which none is a near-copy of another.

    A wire story that a site has three times repeats all its lines, and is one text.
    """
    apart: list[Sketches] = []
    for sketch in sketches:
        if not alike(np.array([*apart, sketch]), len(apart)):
            apart.append(sketch)
            if len(apart) == FEWEST_DOCUMENTS:
                return True
    return False


def _edge(inwards: Iterable[tuple[Block, bool]]) -> Iterator[tuple[Block, bool]]:
    """From an end of a text inwards, what is furniture by itself and short lines, to the first that is neither.

    The former counts too: what the reader knew in two pages, by their markup, it may have missed in a third.
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
