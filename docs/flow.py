"""Draws `flow.svg` from the code itself: the modules that a document and a question pass, in each one's own words.

python docs/flow.py > docs/flow.svg
"""

import ast
import sys
import textwrap
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "retriever"
WAYS = {
    "A document, once": "reading ingest/chunking encoder store/sqlite/library store/sqlite/dense store/sqlite/lexical",
    "A question, each time": "conversation answering/spelling encoder store/sqlite/search store/fusion "
    "answering/candidates answering/ranker answering/reader answering/reader_scores answering/windows "
    "answering/calibration answering/verdict agreement",
}
WIDTH, GAP, LINE, TOP = 430, 22, 17, 56  # a box's width, between boxes, between lines, above the first; pixels
LETTERS = 58  # a line of what a module says


def said(module: str) -> list[str]:
    """What a module says of itself in its first paragraph, in lines."""
    file = PACKAGE / f"{module}.py"
    text = (file if file.is_file() else PACKAGE / module / "__init__.py").read_text(encoding="utf-8")
    first = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0]
    return textwrap.wrap(" ".join(first.replace("`", "").replace("->", "→").split()), LETTERS)


def way(title: str, modules: Sequence[str], left: float) -> Iterator[str | float]:
    """The boxes of one way from above to below; its height comes last."""
    yield f'<text class="title" x="{left}" y="32">{escape(title)}</text>'
    y = float(TOP)
    for place, module in enumerate(modules):
        lines = said(module)
        height = LINE * (len(lines) + 1) + 14
        if place:
            yield f'<path d="M{left + 24} {y - GAP}v{GAP - 6}m-4 -4l4 4 4 -4"/>'
        yield f'<rect x="{left}" y="{y}" width="{WIDTH}" height="{height}" rx="4"/>'
        yield f'<text class="name" x="{left + 12}" y="{y + 20}">{escape(module)}</text>'
        for row, words in enumerate(lines, start=1):
            yield f'<text x="{left + 12}" y="{y + 20 + LINE * row}">{escape(words)}</text>'
        y += height + GAP
    yield y


def drawing() -> str:
    """The whole picture as SVG."""
    parts: list[str] = []
    heights: list[float] = []
    for place, (title, modules) in enumerate(WAYS.items()):
        for part in way(title, modules.split(), GAP + place * (WIDTH + 2 * GAP)):
            parts.append(part) if isinstance(part, str) else heights.append(part)
    width, height = 2 * WIDTH + 4 * GAP, max(heights)
    style = (
        "text{font:13px system-ui,sans-serif;fill:#1C1B19}.title{font:600 18px Georgia,serif}"
        ".name{font-weight:600;fill:#8A1C1C}rect{fill:#FBF8F1;stroke:#E0D8C8}path{fill:none;stroke:#857C6C}"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{' and '.join(WAYS)}: the modules each passes</title><style>{style}</style>",
            f'<path style="fill:#fff;stroke:none" d="M0 0h{width}v{height}H0z"/>',
            *parts,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(drawing())
