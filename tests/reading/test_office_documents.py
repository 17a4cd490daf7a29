"""Real files of each kind, as other readers are tested with."""

from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

from retriever.errors import ReadingError
from tests.paths import DATA

FOLDER = DATA / "office_docs"
READERS = {
    ".docx": "docx",
    ".eml": "mail",
    ".epub": "epub",
    ".odt": "odt",
    ".pptx": "pptx",
    ".xlsx": "tables",
    ".xml": "feed",
}
FILES = sorted(file for file in FOLDER.glob("*") if file.suffix in READERS)
EXPECTED = {
    "unstructured__2023-half-year-analyses-by-segment.xlsx": "Zone NA; Sales (a): 12,553;",
    "unstructured__docx-hdrftr.docx": "Main document",
    "markitdown__equations.docx": "2.2×10^(-4)",
    "markitdown__test.pptx": "This is a nested shape",
    "markitdown__test.epub": "a different style",
    "unstructured__eml__family-day.eml": "There will be face painting",
}
"""Words that must be found in some of them."""

pytestmark = pytest.mark.skipif(not FILES, reason="the real office documents are not here")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_real_file_gives_its_text(file: Path) -> None:
    reader = pytest.importorskip(f"retriever.reading.{READERS[file.suffix]}")
    extract = reader.read(file.read_bytes(), file.name)
    assert EXPECTED.get(file.name, "") in extract.text
    assert "\n\n\n" not in extract.text
    for spans in (extract.headings or (), extract.furniture or ()):
        assert list(spans) == sorted(spans)
        assert all(extract.text[start:end].strip() for start, end in spans)
    assert list(extract.pages) == sorted(extract.pages)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_cut_short_is_refused_or_read_but_raises_nothing_else(file: Path) -> None:
    pytest.importorskip("retriever.reading.html")
    reader = import_module(f"retriever.reading.{READERS[file.suffix]}")
    data = file.read_bytes()
    for share in (0.1, 0.5, 0.9):
        with suppress(ReadingError):
            assert reader.read(data[: int(len(data) * share)], file.name).text
