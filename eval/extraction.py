"""`python -m eval.extraction DIR`: how well articles are extracted from web pages, compared with other programs.

In: a folder with `expected.jsonl` and `pages/`. Out: a table. One decision: pages are compared by shingles of four
words, as in Scrapinghub's article-extraction benchmark. So the order of words counts, and white space does not. Each
figure is the mean over pages.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from eval.datasets import DataError
from retriever import ReadingError
from retriever.reading import html

SHINGLE = 4
"""Words in a row; Scrapinghub's number."""

LAST_LATIN = "\u024f"

_LENGTHS = ((300, "under 300"), (1_000, "300 to 999"), (2_000, "1,000 to 1,999"))
_WORD = re.compile(r"\w+")

Extractor = Callable[[str], str]

_PICTURE_LINE = re.compile(r"^\[Picture: .*\]$", re.M)


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page and its expected values; None if nothing is expected."""

    name: str
    data: bytes
    text: str
    title: str | None
    author: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Extraction:
    """The article that Ibid extracts from a page: its text, title, author and date."""

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Precision and recall of an extracted text, 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both, 0 to 1."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def read_pages(folder: Path) -> list[Page]:
    """Read the pages in the order of `expected.jsonl`.

    Raises:
        DataError: a file is missing or malformed.
    """
    try:
        lines = (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()
        return [_page(json.loads(line), folder / "pages") for line in lines]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{folder} holds no pages to measure on ({error}).") from error


def overlap(found: str, expected: str) -> Overlap:
    """Compare two texts by their shingles, with repetitions. If only one text is empty, both figures are 0."""
    ours, theirs = _shingles(found), _shingles(expected)
    shared = (ours & theirs).total()
    return Overlap(shared / max(ours.total(), 1), shared / max(theirs.total(), 1))


def find_article(page: Page) -> Extraction:
    """Extract the article of a page with Ibid; empty if Ibid refuses the page."""
    try:
        extract = html.read(page.data, page.name)
    except ReadingError as error:
        print(f"eval: {error}", file=sys.stderr)
        return Extraction("")
    # The expected articles leave out what a page says of its pictures.
    kept, end = [], 0
    for start, next_end in (*(extract.furniture or ()), (len(extract.text), len(extract.text))):
        kept.append(extract.text[end:start])
        end = next_end
    text = _PICTURE_LINE.sub("", "".join(kept))
    return Extraction(text, extract.title.value, extract.author.value, extract.published.value)


def extractors() -> dict[str, Extractor]:
    """The installed programs to compare with, by name."""
    found: dict[str, Extractor] = {}
    if find_spec("trafilatura"):
        found["trafilatura"] = _trafilatura
        found["trafilatura, recall"] = partial(_trafilatura, recall=True)
        found["trafilatura, precision"] = partial(_trafilatura, precision=True)
    if find_spec("readability"):
        found["readability-lxml"] = _readability
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the figures.

    Returns:
        The exit status: 0 done, 1 an error that the user can mend.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.extraction", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DIR", help="a folder with expected.jsonl and pages/")
    try:
        pages = read_pages(parser.parse_args(arguments).data)
    except DataError as error:
        print(f"eval: {error}", file=sys.stderr)
        return 1
    found = [find_article(page) for page in pages]
    others = extractors()
    print(f"{len(pages)} pages; shingles of {SHINGLE} words, mean over pages; F1 also by halves. Ibid's numbers were")
    print("chosen on the odd pages (1st, 3rd ...); the even ones were looked at for faults.\n")
    print(f"{'':24}{'precision':>10}{'recall':>10}{'F1':>10}{'F1 odd':>10}{'F1 even':>10}")
    _print_row("Ibid", pages, [each.text for each in found])
    for name, extractor in others.items():
        _print_row(name, pages, [extractor(page.data.decode("utf-8", "replace")) for page in pages])
    for name in {"trafilatura", "readability-lxml"} - others.keys():
        print(f"{name} is not installed, and not measured.")
    _print_kinds(pages[1::2], found[1::2])
    for what, (right, stated, expected) in facts(pages, found).items():
        print(f"{what}: {right} right of {expected} expected; stated for {stated} of them.")
    return 0


def kind_of(page: Page) -> str:
    """The kind of a page by its expected text: invented filler, another script, or a length."""
    words = page.text.lower().split()
    letters = [letter for letter in page.text if letter.isalpha()]
    if 2 * sum(letter > LAST_LATIN for letter in letters) > len(letters):
        return "other scripts"
    if "lorem" in words or "ipsum" in words:
        return "filler (lorem ipsum)"
    return next((name for most, name in _LENGTHS if len(words) < most), "longer")


def facts(pages: Sequence[Page], found: Sequence[Extraction]) -> Mapping[str, tuple[int, int, int]]:
    """Count right, stated and expected values for the title, the author and the date.

    A title is right if one is the other, or starts with it (pages add the site's name); an author if either's words
    are among the other's; a date if the day is the same.
    """
    pairs = list(zip(pages, found, strict=True))
    compared = {
        "title": [(page.title, ours.title, _same_title) for page, ours in pairs],
        "author": [(page.author, ours.author, _same_author) for page, ours in pairs],
        "date": [(page.published, ours.published, _same_day) for page, ours in pairs],
    }
    return {
        what: (
            sum(bool(expected and ours and same(ours, expected)) for expected, ours, same in each),
            sum(bool(expected and ours) for expected, ours, _ in each),
            sum(bool(expected) for expected, _, _ in each),
        )
        for what, each in compared.items()
    }


def _page(record: Mapping[str, Any], folder: Path) -> Page:
    name = record["_id"]
    data = (folder / f"{name}.html").read_bytes()
    return Page(name, data, record["text"], record["title"], record["byline"], record["published"])


def _print_row(name: str, pages: Sequence[Page], texts: Sequence[str]) -> None:
    scores = [overlap(text, page.text) for page, text in zip(pages, texts, strict=True)]
    f1 = [score.f1 for score in scores]
    figures = ([score.precision for score in scores], [score.recall for score in scores], f1, f1[::2], f1[1::2])
    print(f"{name:24}" + "".join(f"{sum(each) / max(len(each), 1):10.4f}" for each in figures))


def _print_kinds(pages: Sequence[Page], found: Sequence[Extraction]) -> None:
    """Print Ibid's figures on some pages by kind."""
    print("\nIbid on the even pages by kind, in words expected:")
    kinds = Counter(kind_of(page) for page in pages)
    for kind, count in kinds.most_common():
        chosen = [(page, each.text) for page, each in zip(pages, found, strict=True) if kind_of(page) == kind]
        scores = [overlap(text, page.text) for page, text in chosen]
        figures = (
            sum(figure) / count for figure in zip(*((one.precision, one.recall, one.f1) for one in scores), strict=True)
        )
        print(f"{kind:24}" + "".join(f"{figure:10.4f}" for figure in figures) + f"{count:6} pages")
    print()


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _words(text)
    count = max(len(words) - SHINGLE + 1, min(len(words), 1))
    return Counter(tuple(words[place : place + SHINGLE]) for place in range(count))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _same_title(found: str, expected: str) -> bool:
    ours, theirs = _words(found), _words(expected)
    shorter = min(len(ours), len(theirs))
    return shorter > 0 and ours[:shorter] == theirs[:shorter]


def _same_author(found: str, expected: str) -> bool:
    ours, theirs = set(_words(found)), set(_words(expected)) - {"by"}
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def _same_day(found: str, expected: str) -> bool:
    return found == expected[: len("2022-04-21")]


def _trafilatura(page: str, recall: bool = False, precision: bool = False) -> str:
    from trafilatura import extract

    return extract(page, include_comments=False, favor_recall=recall, favor_precision=precision) or ""


def _readability(page: str) -> str:
    from lxml.html import fromstring
    from readability import Document

    try:
        return str(fromstring(Document(page).summary()).text_content())
    except Exception:  # if it finds nothing, it raises its own error or lxml's
        return ""


if __name__ == "__main__":
    sys.exit(main())
