"""What a user corrects of a document."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retriever import Assistant
from retriever.errors import DocumentUnknown, ReadingError
from retriever.interfaces.text import as_text
from retriever.records import Provenance
from tests.world import WordEncoder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "docs" / "ferry.txt"
    path.parent.mkdir()
    path.write_text("The ferry\n\nPublished April 21, 2022\n\nThe ferry sank at noon.\n")
    return path


@pytest.fixture
def assistant(tmp_path: Path, file: Path) -> Iterator[Assistant]:
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as opened:
        opened.index(file.parent)
        yield opened


def test_corrections_are_kept_when_the_file_is_read_again(assistant: Assistant, file: Path) -> None:
    assistant.edit("ferry.txt", title="The end of the ferry", publisher="Varn Herald", published="11 February 2022")
    file.write_text(file.read_text() + "\nIts captain swam ashore.\n")
    assert assistant.index(file.parent).replaced == ("ferry.txt",)
    document = assistant.document("ferry.txt")
    assert "captain" in document.text
    assert (document.title, document.publisher) == ("The end of the ferry", "Varn Herald")
    assert document.published == "2022-02-11"
    assert set(document.known.values()) == {Provenance.USER}


def test_what_is_not_named_stays_and_what_is_empty_is_unknown(assistant: Assistant) -> None:
    summary = assistant.edit("ferry.txt", published="")
    assert (summary.title, summary.published) == ("The ferry", None)
    assert summary.known["title"] is not Provenance.USER


def test_a_quote_bears_the_corrected_publisher_and_the_list_says_who_set_it(assistant: Assistant) -> None:
    summary = assistant.edit("ferry.txt", publisher="Varn Herald")
    assert "set by you" in as_text(summary)
    (quote, *_) = assistant.ask("When did the ferry sank?").shown
    assert quote.publisher == "Varn Herald"
    assert "Varn Herald; The ferry" in as_text(quote)


@pytest.mark.parametrize("wrong", [{"title": " "}, {"published": "soon"}])
def test_no_title_and_no_date_are_refused(assistant: Assistant, wrong: dict[str, str]) -> None:
    with pytest.raises(ReadingError):
        assistant.edit("ferry.txt", **wrong)
    with pytest.raises(DocumentUnknown):
        assistant.edit("none.txt", title="A title")
