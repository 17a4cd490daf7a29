"""The measure of extraction: shingles counted by hand, and Ibid on real pages no worse than it was."""

import json
from pathlib import Path

import pytest

from eval.extraction import Extraction, Overlap, Page, facts, find_article, main, overlap, read_pages
from tests.paths import DATA

PAGES = DATA / "html_readability"


def page(data: str, title: str | None = None, author: str | None = None, published: str | None = None) -> Page:
    return Page("a", data.encode(), "", title, author, published)


def test_shingles_of_four_words_are_counted() -> None:
    assert overlap("a b c d e", "A, b c d!") == Overlap(precision=0.5, recall=1.0)
    assert overlap("a b c d e", "a b c d f").f1 == 0.5
    assert overlap("a b c d a b c d", "a b c d").precision == 0.2


def test_short_and_empty_texts_are_compared_whole() -> None:
    assert overlap("a b", "a b").f1 == 1.0
    assert overlap("a", "a b").f1 == 0.0
    assert overlap("", "a b").f1 == overlap("a b", "").f1 == 0.0


def test_the_article_is_the_text_without_its_furniture() -> None:
    assert find_article(
        page("<nav>Menu</nav><title>Deep</title><p>It is deep.</p><footer>Help</footer>")
    ) == Extraction("\n\nIt is deep.\n\n", "Deep")


def test_nothing_is_found_on_a_page_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert find_article(page("")) == Extraction("")
    assert capsys.readouterr().err.startswith("eval: a ")


def test_facts_are_compared_leniently() -> None:
    expected = page("", "Deep | Coast", "By Ann Ames", "2022-04-21T10:00")
    right = Extraction("", "Deep", "Ann Ames", "2022-04-21")
    wrong = Extraction("", "Wide", None, "2022-04-22")
    assert facts([expected], [right]) == {"title": (1, 1, 1), "author": (1, 1, 1), "date": (1, 1, 1)}
    assert facts([expected], [wrong]) == {"title": (0, 1, 1), "author": (0, 0, 1), "date": (0, 1, 1)}


def test_a_table_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = {"_id": "a", "text": "It is a deep harbour.", "title": None, "byline": None, "published": None}
    (tmp_path / "expected.jsonl").write_text(json.dumps(record))
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_text("<p>It is a deep harbour.</p>")
    monkeypatch.setattr("eval.extraction.extractors", dict)
    assert main([str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "Ibid" + " " * 24 + "1.0000    1.0000    1.0000    1.0000    0.0000" in printed
    assert "readability-lxml is not installed, and not measured." in printed


def test_a_folder_without_pages_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "holds no pages" in capsys.readouterr().err


@pytest.mark.skipif(not PAGES.is_dir(), reason="the saved pages (html_readability) are not here")
def test_real_pages_are_told_from_their_surroundings() -> None:
    pages = read_pages(PAGES)
    found = [find_article(page) for page in pages]
    scores = [overlap(ours.text, page.text).f1 for ours, page in zip(found, pages, strict=True)]
    assert sum(scores) / len(scores) > 0.965  # measured: 0.9715; readability-lxml has 0.963, trafilatura 0.924
    right, _, expected = facts(pages, found)["date"]
    assert right == expected
