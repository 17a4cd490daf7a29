"""Draws `flow.svg` from the code: the parts of the package, and which of them a document and a question pass.

The parts, their order and their purposes come from the docstring of `retriever/__init__.py`, a step inside a part
from that module's docstring.

python docs/flow.py > docs/flow.svg
"""

import ast
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "retriever"
DOCUMENT = "ingest/discovery reading ingest/chunking encoder ingest/storing store ingest/site_boilerplate".split()
QUESTION = (
    "assistant text/question conversation answering/query store answering/matching answering/ranker answering/reader "
    "answering/verdict agreement"
).split()
WIDTH, GAP, LINE, TOP = 400, 22, 17, 56  # pixels: a box's width, between boxes, between lines, above the first box
LETTERS = 54  # in a line of a box


def docstring(module: str) -> str:
    """The docstring of a module or folder of the package, `.` for the package itself."""
    file = PACKAGE / f"{module}.py"
    text = (file if file.is_file() else PACKAGE / module / "__init__.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(text)) or ""


def parts() -> list[tuple[str, str]]:
    """The parts of the package in the order of their imports: name and purpose."""
    return re.findall(r"^    (\w+) {2,}(.+)$", docstring("."), re.MULTILINE)


def step(module: str) -> tuple[str, str]:
    """A module's name and the first sentence of its docstring; for a part, its purpose."""
    first = " ".join(docstring(module).split("\n\n")[0].replace("`", "").split())
    return module, dict(parts()).get(module) or re.split(r"(?<=\w)\. ", first)[0].rstrip(".")


def column(title: str, boxes: Sequence[tuple[str, str]], left: float, *, arrows: bool) -> Iterator[str | float]:
    """A column of boxes from the top down, and its height as the last item."""
    yield f'<text class="title" x="{left}" y="32">{escape(title)}</text>'
    gap = GAP if arrows else 6
    y = float(TOP)
    for place, (name, purpose) in enumerate(boxes):
        lines = textwrap.wrap(purpose.replace("->", "→"), LETTERS)
        height = LINE * (len(lines) + 1) + 12
        if place and arrows:
            yield f'<path d="M{left + 24} {y - gap}v{gap - 6}m-4 -4l4 4 4 -4"/>'
        yield f'<rect x="{left}" y="{y}" width="{WIDTH}" height="{height}" rx="4"/>'
        yield f'<text class="name" x="{left + 12}" y="{y + 19}">{escape(name)}</text>'
        for row, words in enumerate(lines, start=1):
            yield f'<text x="{left + 12}" y="{y + 19 + LINE * row}">{escape(words)}</text>'
        y += height + gap
    yield y


def drawing() -> str:
    """The whole picture as SVG."""
    columns = (
        column("The parts, each built on those above it", parts(), GAP, arrows=False),
        column("A document, once", [step(module) for module in DOCUMENT], WIDTH + 3 * GAP, arrows=True),
        column("A question, each time", [step(module) for module in QUESTION], 2 * WIDTH + 5 * GAP, arrows=True),
    )
    drawn: list[str] = []
    heights: list[float] = []
    for part in (part for each in columns for part in each):
        drawn.append(part) if isinstance(part, str) else heights.append(part)
    width, height = 3 * WIDTH + 6 * GAP, max(heights) + GAP
    style = (
        "text{font:13px system-ui,sans-serif;fill:#1C1B19}.title{font:600 17px Georgia,serif}"
        ".name{font-weight:600;fill:#8A1C1C}rect{fill:#FBF8F1;stroke:#E0D8C8}path{fill:none;stroke:#857C6C}"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            "<title>The parts of the package, and those that a document and a question pass</title>",
            f"<style>{style}</style>",
            f'<path style="fill:#fff;stroke:none" d="M0 0h{width}v{height}H0z"/>',
            *drawn,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(drawing())
