"""`sources.toml`: what it may hold, and the place that an error names."""

from pathlib import Path

import pytest

from retriever.errors import ReadingError
from retriever.reading.sources import FILE_NAME, Note, SourceNotes, read_examples, read_sources
from retriever.records import Provenance
from tests.paths import CORPUS


def sources(folder: Path, content: str) -> dict[str, SourceNotes]:
    path = folder / FILE_NAME
    path.write_text(content, encoding="utf-8")
    return read_sources(path)


def test_notes_say_what_is_known_and_how(tmp_path: Path) -> None:
    notes = sources(
        tmp_path,
        """
        ["tide.txt"]
        title = { value = "Tide rises", known = "text" }
        publisher = { known = "unknown" }
        published = { value = "2022-04", known = "inferred", note = "the spring tide" }
        """,
    )
    assert notes == {
        "tide.txt": SourceNotes(
            title=Note("Tide rises", Provenance.TEXT),
            publisher=Note(),
            published=Note("2022-04", Provenance.INFERRED, "the spring tide"),
        )
    }


def test_what_is_not_noted_is_unknown(tmp_path: Path) -> None:
    assert sources(tmp_path, '["tide.txt"]') == {"tide.txt": SourceNotes()}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('["tide.txt"]\ntitle = {', "line 2"),
        ("title = 5", r"table \[\"title\"\]: 5 must be a table"),
        ('["t"]\ntitle = "Tide"', "title: 'Tide' must be a table"),
        ('["t"]\ntitel = {}\n', "unknown key titel; the keys are title, publisher, published"),
        ('["t"]\ntitle = { valu = "T", known = "text" }', "unknown key valu; the keys are value, known, note"),
        ('["t"]\ntitle = { value = "T" }', "known is None"),
        ('["t"]\ntitle = { value = "T", known = "guessed" }', "known is 'guessed'"),
        ('["t"]\ntitle = { value = 5, known = "text" }', "value is 5"),
        ('["t"]\ntitle = { value = " ", known = "text" }', "value is ' '"),
        ('["t"]\ntitle = { value = "T", known = "unknown" }', "needs no value"),
        ('["t"]\ntitle = { known = "text" }', 'needs "known"'),
        ('["t"]\npublished = { value = "2022-02-30", known = "text" }', '"2022-02-30" is no date'),
        ('["t"]\npublished = { value = "April", known = "text" }', '"April" is no date'),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason) as refusal:
        sources(tmp_path, content)
    assert FILE_NAME in str(refusal.value)


@pytest.mark.parametrize("value", ["2022", "2022-04", "2022-04-22"])
def test_a_date_may_be_reduced(tmp_path: Path, value: str) -> None:
    notes = sources(tmp_path, f'["t"]\npublished = {{ value = "{value}", known = "text" }}')
    assert notes["t"].published.value == value


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="cannot be read"):
        read_sources(tmp_path / FILE_NAME)
    (tmp_path / FILE_NAME).write_bytes(b"\xff")
    with pytest.raises(ReadingError, match="not UTF-8"):
        read_sources(tmp_path / FILE_NAME)


def test_every_shipped_article_is_noted_and_what_is_known_from_its_text_stands_there() -> None:
    notes = read_sources(CORPUS / FILE_NAME)
    assert sorted(notes) == sorted(path.name for path in CORPUS.glob("*.txt"))
    for name, about in notes.items():
        text = (CORPUS / name).read_text(encoding="utf-8")
        for noted in (about.title, about.publisher, about.published):
            assert noted.known is not Provenance.TEXT or str(noted.value) in text


def test_examples_stand_beside_the_notes(tmp_path: Path) -> None:
    notes = tmp_path / "sources.toml"
    notes.write_text('examples = ["Who lit the lamp?"]\n["tide.txt"]\ntitle = { value = "Tide", known = "text" }\n')
    assert read_examples(notes) == ("Who lit the lamp?",)
    assert list(read_sources(notes)) == ["tide.txt"]
    notes.write_text("examples = [1]\n")
    with pytest.raises(ReadingError, match="examples must be a list"):
        read_examples(notes)
