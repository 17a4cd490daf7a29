"""Notebooks (IPYNB) -> their text, code and output, cell by cell; pictures in the output are left out."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ReadingError
from ..text.blocks import heading_text, split_blocks
from .builder import ExtractBuilder, broken_file
from .extract import Extract
from .plain import decode_text


def read(data: bytes, name: str) -> Extract:
    """Read a notebook (nbformat 3 and 4).

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Its text; each line of code or output is a block.

    Raises:
        ReadingError: it is broken, not a notebook, or has no text.
    """
    text, warning = decode_text(data, name)
    builder = ExtractBuilder(warning)
    with broken_file(name):
        notebook = json.loads(text)
        if not isinstance(notebook, dict):
            raise ReadingError(f"{name} is not a notebook: save it as text, and add that.")
        cells = notebook.get("cells") or [cell for sheet in notebook.get("worksheets", ()) for cell in sheet["cells"]]
        for cell in cells:
            source = _cell_text(cell.get("source", cell.get("input", "")))
            if cell.get("cell_type") in ("code", "raw"):
                _add_lines(builder, source)
                for output in cell.get("outputs", ()):
                    _add_lines(builder, _output_text(output))
            else:
                for block in split_blocks(source):
                    line = source[block.start : block.end]
                    is_heading = block.heading or cell.get("cell_type") == "heading"
                    builder.add(heading_text(line) if is_heading else line, heading=is_heading)
    return builder.build(name, Extract(""), why_empty="it has no cells with text")


def _cell_text(source: str | Iterable[str]) -> str:
    """A cell's text; the format has it in one string or line by line."""
    return source if isinstance(source, str) else "".join(map(str, source))


def _output_text(output: Mapping[str, Any]) -> str:
    """The text that a cell printed or returned, or its error."""
    if output.get("output_type") in ("error", "pyerr"):
        return f"{output.get('ename')}: {output.get('evalue')}"
    return _cell_text(output.get("text") or output.get("data", {}).get("text/plain", ""))


def _add_lines(builder: ExtractBuilder, text: str) -> None:
    for line in text.splitlines():
        builder.add(line)
