"""Furniture repeated across the documents of one site: what is marked, what is unmarked again, and what never is."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from retriever import Assistant, Document
from retriever.encoder import TextVectors
from retriever.ingest.indexing import index_documents
from retriever.maintenance.verify import verify
from retriever.reading.repeated_lines import LONGEST_LINE, MOST_LINES, are_several, edge_lines, repeated_spans, site_of
from retriever.records import Span
from retriever.store.sqlite.library import SqliteLibrary
from retriever.store.sqlite.schema import FILE_NAME
from retriever.text.minhash import sketch
from tests.world import TEXTS, WordEncoder

MASTHEAD = "The Varn Herald, by the islanders for the islanders"
LETTER = "The tides and the gossip of the week, in a letter every Friday."
LAW = "Under the harbour law, no boat may leave after dark."
STORIES = {
    "eels": "The eels are back in the mill brook. Old Peter counted ninety of them before breakfast on Monday.",
    "bridge": "The new bridge cost more than the council had hoped. Its planks came from the mainland by raft.",
    "school": "The school has eleven pupils this year. Two of them row to their lessons from Gull Rock.",
    "sheep": "Nobody knows whose sheep stood on the chapel roof. They came down on Sunday, after the sermon.",
}
LONGER = "The ferry came late, and those who had waited on the pier since noon spoke of nothing else until the evening."


def page(name: str, *, site: str | None = "https://herald.varn/", law: bool = False, story: str = "") -> Document:
    middle = [LONGER, LAW, f"{LONGER} Again {name}."] if law else []
    text = "\n\n".join([MASTHEAD, f"Of {name}", story or STORIES[name], *middle, f"So it was with the {name}.", LETTER])
    return Document(name, f"Of {name}", text, name, "text/plain", "0" * 64, link=site and site + name)


def pages(*names: str) -> list[Document]:
    return [page(name) for name in names]


@pytest.fixture
def marked(empty_assistant: Assistant) -> Callable[[str], list[str]]:
    """What is marked as furniture in a document."""

    def texts(name: str) -> list[str]:
        text = empty_assistant.document(name).text
        return [text[start:end] for start, end in empty_assistant.furniture(name)]

    return texts


Marked = Callable[[str], list[str]]


def test_a_line_around_three_pages_of_one_site_is_furniture_in_all(empty_assistant: Assistant, marked: Marked) -> None:
    documents = pages("eels", "bridge", "school")
    assert empty_assistant.add(documents).added == ("eels", "bridge", "school")
    for document in documents:
        assert marked(document.id) == [MASTHEAD, LETTER]
        assert empty_assistant.document(document.id) == document, "marked, not deleted"
    assert not any("gossip" in hit.text or "islanders" in hit.text for hit in empty_assistant.search("Whose gossip?"))
    assert empty_assistant.verify() == ()


def test_two_pages_are_too_few_and_the_third_marks_them_too(empty_assistant: Assistant, marked: Marked) -> None:
    empty_assistant.add(pages("eels", "bridge"))
    assert marked("eels") == marked("bridge") == []
    report = empty_assistant.add(pages("school"))
    assert (report.added, report.replaced) == (("school",), ())
    assert marked("eels") == marked("bridge") == marked("school") == [MASTHEAD, LETTER]


def test_a_page_that_goes_unmarks_the_others(empty_assistant: Assistant, marked: Marked) -> None:
    empty_assistant.add(pages("eels", "bridge", "school"))
    empty_assistant.remove(["bridge"])
    assert marked("eels") == marked("school") == []
    assert any("gossip" in hit.text for hit in empty_assistant.search("Whose gossip?"))
    assert empty_assistant.verify() == ()


def test_a_page_that_is_changed_unmarks_what_it_no_longer_has(empty_assistant: Assistant, marked: Marked) -> None:
    empty_assistant.add(pages("eels", "bridge", "school"))
    empty_assistant.add([replace(page("bridge"), text=f"{MASTHEAD}\n\n{STORIES['bridge']}")])
    assert marked("eels") == marked("bridge") == marked("school") == [MASTHEAD]


def test_a_fourth_page_is_marked_at_once_and_costs_nothing_of_the_others(empty_assistant: Assistant) -> None:
    empty_assistant.add(pages("eels", "bridge", "school"))
    encoder = empty_assistant._encoder
    assert isinstance(encoder, WordEncoder)
    before = encoder.texts_encoded
    empty_assistant.add(pages("eels", "bridge", "school", "sheep"))
    assert len(empty_assistant.furniture("sheep")) == 2
    assert encoder.texts_encoded == before + 1


def test_only_passages_that_change_are_encoded_and_the_others_keep_their_numbers(
    empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    long = "\n\n".join(f"# Eel {count}\n\n{LONGER}" for count in range(10))
    index_documents(empty_library, encoder, [page("eels", story=long), page("bridge")])
    before = {stored.number for stored in empty_library.passages.stored_in("eels")}
    encoded = encoder.texts_encoded
    index_documents(empty_library, encoder, pages("school"))
    after = {stored.number for stored in empty_library.passages.stored_in("eels")}
    assert (len(before), len(after), len(before & after)) == (10, 10, 8), "all but the first and the last"
    assert encoder.texts_encoded == encoded + 1 + 2 + 1 + 1, "the new page, then what changed of each"
    assert verify(empty_library, encoder) == ()


def test_a_file_whose_lines_are_marked_is_unchanged_and_pruning_unmarks_them(
    empty_assistant: Assistant, marked: Marked, tmp_path: Path
) -> None:
    folder = tmp_path / "herald"
    folder.mkdir()
    for document in pages("eels", "bridge", "school"):
        (folder / f"{document.id}.txt").write_text(document.text)
        with (folder / "sources.toml").open("a") as notes:
            notes.write(f'["{document.id}.txt"]\npublisher = {{ value = "Herald", known = "text" }}\n')
    empty_assistant.index([folder])
    assert marked("eels.txt") == [MASTHEAD, LETTER]
    assert len(empty_assistant.index([folder]).unchanged) == 3
    (folder / "eels.txt").unlink()
    assert empty_assistant.index([folder], prune=True).removed == ("eels.txt",)
    assert marked("bridge.txt") == []
    assert empty_assistant.verify() == ()


def test_a_sentence_told_again_in_the_middle_of_stories_is_kept(empty_assistant: Assistant, marked: Marked) -> None:
    empty_assistant.add([page(name, law=True) for name in STORIES])
    assert all(marked(name) == [MASTHEAD, LETTER] for name in STORIES)
    assert any(LAW in hit.text for hit in empty_assistant.search("What does the harbour law say?"))


def test_copies_of_one_story_are_one_text(empty_assistant: Assistant, marked: Marked) -> None:
    copies = [
        replace(page("eels"), id=str(number), source=str(number), text=f"{page('eels').text}\n\nPage {number}")
        for number in range(4)
    ]
    empty_assistant.add([*copies, page("bridge")])
    assert marked("0") == marked("bridge") == []
    empty_assistant.add(pages("school"))
    assert marked("0") == [MASTHEAD], "behind its letter stands a page number that no other has"
    assert marked("bridge") == [MASTHEAD, LETTER]


def test_documents_of_no_site_or_of_several_have_nothing_in_common(empty_assistant: Assistant, marked: Marked) -> None:
    empty_assistant.add([page(name, site=None) for name in STORIES])
    assert not any(marked(name) for name in STORIES)
    empty_assistant.add([page(name, site=f"https://{name}.varn/") for name in STORIES])
    assert not any(marked(name) for name in STORIES)


def test_a_site_is_the_host_of_the_address_else_the_publisher() -> None:
    here = replace(page("eels", site=None), publisher="Herald")
    assert site_of(here) == "by Herald"
    assert site_of(replace(here, link="https://www.Herald.varn:8000/eels")) == "herald.varn"
    assert site_of(replace(here, link="eels.html")) == site_of(replace(here, link="http://[eels")) == "by Herald"
    assert site_of(replace(here, publisher=None)) is None


def furniture(document: Document, *lines: str) -> list[str]:
    """What is furniture where a site repeats some lines."""
    repeated = edge_lines(replace(document, text="\n\n".join(lines)))
    return [document.text[start:end] for start, end in repeated_spans(document, repeated)]


def test_white_space_makes_no_other_line() -> None:
    document = replace(page("eels"), text=page("eels").text.replace("gossip of", "gossip \t of"))
    assert furniture(document, LETTER) == [LETTER.replace("gossip of", "gossip \t of")]


def test_furniture_known_by_itself_does_not_end_the_run() -> None:
    document = replace(page("eels"), text=f"{page('eels').text}\n\nShare this article")
    assert furniture(document, LETTER) == [LETTER]


def test_what_the_markup_of_other_pages_tells_counts(empty_assistant: Assistant, marked: Marked) -> None:
    def known(document: Document) -> Document:
        spans: tuple[Span, ...] = ((len(document.text) - len(LETTER), len(document.text)),)
        return replace(document, headings=(), furniture=spans)

    empty_assistant.add([known(page("eels")), known(page("bridge")), page("school")])
    assert marked("school") == [MASTHEAD, LETTER]


def test_a_line_too_long_for_a_frame_is_kept() -> None:
    letter = "word " * (LONGEST_LINE // 5) + "more."
    document = replace(page("eels"), text=f"{page('eels').text}\n\n{letter}")
    assert furniture(document, letter, LETTER) == []


def test_a_form_keeps_its_words() -> None:
    document = replace(page("eels"), text=f"{LAW}\n\n{MASTHEAD}\n\nEels: nine.\n\n{LETTER}")
    assert furniture(document, LAW, MASTHEAD, LETTER) == []


def test_of_a_long_table_only_the_rows_at_its_ends_are_noted() -> None:
    document = replace(page("eels"), text="\n\n".join(f"Eel number {number}." for number in range(1000)))
    assert len(edge_lines(document)) == 2 * MOST_LINES


def test_three_texts_of_which_two_are_copies_are_two() -> None:
    sketches = [sketch(text) for text in TEXTS.values()]
    assert are_several(sketches)
    assert not are_several([sketches[0], sketches[1], sketches[0], sketches[1]])
    assert not are_several([])


class Tired(WordEncoder):
    """Reads so many passages, then is interrupted."""

    def __init__(self, passages: int) -> None:
        super().__init__()
        self.left = passages

    def encode_passages(self, texts: list[str], words: list[list[Span]]) -> list[TextVectors]:  # type: ignore[override]
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        return super().encode_passages(texts, words)


def test_an_interruption_leaves_a_whole_library_and_the_next_run_goes_on(
    empty_library: SqliteLibrary, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.ingest.site_boilerplate._DOCUMENTS_AT_ONCE", 1)
    with pytest.raises(KeyboardInterrupt):
        index_documents(empty_library, Tired(passages=4), pages("eels", "bridge", "school"))

    def count() -> list[int]:
        return [
            sum(passage.furniture for passage in empty_library.passages.of_document(name)) for name in list(STORIES)[:3]
        ]

    assert count() == [2, 0, 0]
    assert verify(empty_library, encoder) == ()
    index_documents(empty_library, encoder, [])
    assert count() == [2, 2, 2]
    assert verify(empty_library, encoder) == ()


def test_what_another_process_changed_meanwhile_is_left_to_it(
    empty_library: SqliteLibrary, encoder: WordEncoder
) -> None:
    index_documents(empty_library, encoder, pages("eels", "bridge"))
    for document in pages("school"):
        empty_library.documents.replace(document, [])
    found = empty_library.boilerplate.outdated(10)
    assert [each.document.id for each in found] == ["eels", "bridge", "school"]
    index_documents(empty_library, encoder, [])
    now = empty_library.passages.of_document("eels")
    empty_library.boilerplate.recut(found[0], list(found[0].passages), [])
    assert empty_library.passages.of_document("eels") == now
    assert verify(empty_library, encoder) == ()


def test_what_is_mended_is_marked_as_before(empty_assistant: Assistant, marked: Marked) -> None:
    empty_assistant.add(pages("eels", "bridge", "school"))
    with sqlite3.connect(empty_assistant._library.folder / FILE_NAME) as connection:
        connection.execute("UPDATE passages SET vector = NULL")
    connection.close()
    assert all(finding.repaired for finding in empty_assistant.verify(repair=True))
    assert empty_assistant.verify() == ()
    assert marked("eels") == [MASTHEAD, LETTER]
