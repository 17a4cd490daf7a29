"""What is asked of a library holds for both of its forms: a folder's, and a server's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retriever import Answer, Assistant, Document, DocumentUnknown, Scope, Verdict
from retriever.ingest.chunking import split_passages
from retriever.ingest.encoding import encode_documents
from retriever.settings import Settings
from retriever.store.base import Library
from retriever.store.contents import ReadingFailure, TextSlice
from retriever.store.open import create_library, locate, open_library
from retriever.text.tokens import content_terms, words
from tests.milvus import needs_cluster
from tests.world import FERRY, HARBOUR, LIGHTHOUSE, TEXTS, WordEncoder

FORMS = ["folder", pytest.param("server", marks=needs_cluster)]
QUESTIONS = [
    "Who is the captain of the ferry?",
    "What does a ticket cost?",
    "When was the lighthouse lit?",
    "What did the Februari storm do?",
    "Why do volcanoes erupt?",
    "steps",
]
# What is asked of, what is left out of it, and which of four documents are then asked.
SCOPES = [
    (Scope(), (), "day month year undated"),
    (Scope(), ("day", "nowhere"), "month year undated"),
    (Scope(documents=frozenset({"day", "year"})), ("day",), "year"),
    (Scope(documents=frozenset({"nowhere"})), (), ""),
    (Scope(publishers=frozenset({"Varn Times"})), (), "month undated"),
    (Scope(publishers=frozenset({"", "Harbour News"})), (), "day year"),
    (Scope(publishers=frozenset({'Varn "Times"'})), (), ""),
    (Scope(since="1902-05-09", until="1902-05-09"), (), "day month"),
    (Scope(since="1902-05-10"), (), "month year"),
    (Scope(until="1902-05-08"), (), "month"),
    (Scope(since="1902", until="1902"), (), "day month"),
    (Scope(since="1902-06"), (), "year"),
    (Scope(since="1903-07-01", until="1903-08-01"), (), "year"),
    (Scope(publishers=frozenset({"Varn Times"}), until="1902"), ("day",), "month"),
]


@pytest.fixture(params=FORMS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a library of one form and the other can be made."""
    if request.param == "folder":
        return str(tmp_path / "library")
    name = "".join(letter for letter in tmp_path.name if letter.isalnum() or letter == "_")
    return f"{request.getfixturevalue('server').address}/{name}"


@pytest.fixture
def assistant(place: str, varn: Path) -> Iterator[Assistant]:
    with Assistant.open(place, encoder=WordEncoder(), create=True) as opened:
        opened.index([varn])
        yield opened


@pytest.fixture
def library(place: str) -> Iterator[Library]:
    create_library(locate(place), WordEncoder())
    opened = open_library(locate(place), WordEncoder())
    yield opened
    opened.close()


@pytest.fixture
def local(tmp_path: Path, varn: Path) -> Iterator[Assistant]:
    """The same documents in a folder's library, to compare with."""
    with Assistant.open(tmp_path / "local", encoder=WordEncoder(), create=True) as opened:
        opened.index([varn])
        yield opened


def test_a_model_that_has_another_name_now_is_the_same(place: str, varn: Path) -> None:
    with Assistant.open(place, encoder=WordEncoder(), create=True) as made:
        made.index([varn])
    renamed = WordEncoder()
    renamed.name = "words in a folder that was moved"
    with Assistant.open(place, encoder=renamed) as again:
        assert again.ask(QUESTIONS[0]).quotes[0].document_id == "ferry.txt"


def put(library: Library, document_id: str, text: str, **more: Any) -> Document:
    document = Document(document_id, f"On {document_id}", text, document_id, "text/plain", "0" * 64, **more)
    (encoded,) = encode_documents(WordEncoder(), [(document, split_passages(document))])
    library.documents.replace(document, encoded)
    return document


def test_the_places_of_words_are_kept_with_the_text(library: Library) -> None:
    packed = bytes(range(256)) * 300
    document = put(library, "ferry", FERRY, word_boxes=packed)
    assert library.documents.get("ferry") == library.documents.stored("ferry").document == document
    library.documents.move("ferry", "boat", "boat")
    assert library.documents.get("boat").word_boxes == packed
    put(library, "boat", FERRY)
    assert library.documents.get("boat").word_boxes == b""


def quotes(answer: Answer) -> list[tuple[str, int, int, str]]:
    return [(quote.document_id, quote.start, quote.end, quote.text) for quote in answer.quotes]


def test_the_same_question_gets_the_same_answer(assistant: Assistant, local: Assistant) -> None:
    for question in QUESTIONS:
        ours, theirs = assistant.ask(question), local.ask(question)
        assert (ours.verdict, ours.understood_as) == (theirs.verdict, theirs.understood_as)
        assert quotes(ours) == quotes(theirs)
        assert ours.library == theirs.library
        assert ours.covers == theirs.covers


def test_passages_are_found_by_the_same_scores(assistant: Assistant, local: Assistant) -> None:
    for question in QUESTIONS:
        theirs = local.search(question)
        assert [hit.passage for hit in assistant.search(question)] == [hit.passage for hit in theirs]
        scores = [hit.score for hit in assistant.search(question)]
        assert scores == pytest.approx([hit.score for hit in theirs], abs=1e-4)


def test_a_document_comes_back_as_it_went_in(assistant: Assistant, local: Assistant) -> None:
    assert assistant.documents() == local.documents()
    for name in TEXTS:
        assert assistant.document(name) == local.document(name)
        assert assistant.passages(name) == local.passages(name)
    assert assistant.copies() == local.copies()


def test_a_document_that_is_left_out_does_not_answer(assistant: Assistant) -> None:
    answer = assistant.ask("What does a ticket cost?", excluded=["ferry.txt"])
    assert answer.quotes[0].document_id == "harbour.txt"
    assert all(quote.document_id != "ferry.txt" for quote in answer.quotes)


def test_what_is_removed_is_gone_and_what_is_put_back_answers_again(assistant: Assistant) -> None:
    before = assistant.ask("Who is the captain of the ferry?")
    taken = assistant.take_out(["ferry.txt"])
    assert all(quote.document_id != "ferry.txt" for quote in assistant.ask("Who is the captain of the ferry?").quotes)
    assert assistant.put_back(taken) == ("ferry.txt",)
    assert quotes(assistant.ask("Who is the captain of the ferry?")) == quotes(before)


def test_only_some_documents_are_asked_where_that_is_wanted(assistant: Assistant, local: Assistant) -> None:
    scope = Scope(publishers=frozenset({"Island Post"}))
    answer = assistant.ask("What does a ticket cost?", scope=scope)
    assert quotes(answer) == quotes(local.ask("What does a ticket cost?", scope=scope)) != []
    assert (answer.left_out, {quote.document_id for quote in answer.quotes}) == (2, {"harbour.txt"})


def test_a_scope_takes_the_same_documents(library: Library) -> None:
    put(library, "day", FERRY, publisher="Harbour News", published="1902-05-09")
    put(library, "month", FERRY, publisher="Varn Times", published="1902-05")
    put(library, "year", FERRY, published="1903")
    put(library, "undated", FERRY, publisher="Varn Times")
    search, vector = library.indexes.open(), WordEncoder().encode_question("captain", []).vector
    for scope, excluded, asked in SCOPES:
        hidden, wanted = library.exclude(excluded, scope), set(asked.split())
        hits = search.hits(library, ["captain"], vector, Settings(), 10, hidden)
        assert {hit.passage.document_id for hit in hits} == wanted, scope
        assert (0 if hidden is None else len(hidden)) == 4 - len(wanted), scope
        assert search.passage_count(hidden) == len(wanted), scope
        assert search.frequencies(["captain"], hidden) == {"captain": len(wanted)}, scope


def test_what_happened_when_is_told_alike(assistant: Assistant, local: Assistant) -> None:
    assert assistant.timeline() == local.timeline()
    assert [point.time for point in assistant.timeline()] == ["1904", "1951"]
    assistant.remove(["lighthouse.txt"])
    assert assistant.timeline() == ()


def test_none_is_removed_where_one_is_unknown(assistant: Assistant) -> None:
    with pytest.raises(DocumentUnknown, match=r"nowhere\.txt"):
        assistant.remove(["ferry.txt", "nowhere.txt"])
    assert len(assistant.documents()) == len(TEXTS)


def test_a_file_that_has_not_changed_is_not_read_again(assistant: Assistant, varn: Path) -> None:
    assert set(assistant.index([varn]).unchanged) == set(TEXTS)


def test_a_file_that_has_changed_is_replaced_whole(assistant: Assistant, varn: Path) -> None:
    (varn / "ferry.txt").write_text(FERRY.replace("Tom Reed", "Ann Marsh"))
    assert assistant.index([varn]).replaced == ("ferry.txt",)
    answer = assistant.ask("Who is the captain of the ferry?")
    assert "Ann Marsh" in answer.quotes[0].text
    assert assistant.verify() == ()


def test_a_file_that_has_moved_keeps_its_words(assistant: Assistant, varn: Path) -> None:
    (varn / "boats").mkdir()
    (varn / "lighthouse.txt").rename(varn / "boats" / "lighthouse.txt")
    assert assistant.index([varn]).moved == (("lighthouse.txt", "boats/lighthouse.txt"),)
    assert assistant.document("boats/lighthouse.txt").text == LIGHTHOUSE
    assert assistant.ask("When was the lighthouse lit?").quotes[0].document_id == "boats/lighthouse.txt"


def test_the_whole_library_is_verified(assistant: Assistant) -> None:
    assert assistant.verify() == ()


def test_a_library_is_there_when_it_is_opened_again(assistant: Assistant, place: str) -> None:
    with Assistant.open(place, encoder=WordEncoder()) as again:
        assert again.state() == assistant.state()
        assert again.ask("Who is the captain of the ferry?").verdict is not Verdict.ABSENT


def test_another_process_sees_each_change_at_once(library: Library, place: str) -> None:
    other = open_library(locate(place), WordEncoder())
    put(library, "ferry", FERRY)
    assert [one.id for one in other.documents.all()] == ["ferry"]
    other.close()


def test_an_id_that_another_source_has_gets_a_number(library: Library) -> None:
    put(library, "ferry", FERRY)
    late = Document("ferry", "On ferry", HARBOUR, "/elsewhere/ferry", "text/plain", "0" * 64)
    assert library.documents.replace(late, [], new=True) == "ferry~2"
    assert library.documents.get("ferry").text == FERRY
    assert library.documents.get("ferry~2").text == HARBOUR


def test_rows_and_warnings_are_kept(library: Library) -> None:
    table = Document(
        "prices",
        "Prices",
        "Name: Ada; Age: 36.\n\nName: Tom; Age: 40.",
        "prices",
        "text/csv",
        "0" * 64,
        headings=(),
        furniture=(),
        rows=((0, 2), (21, 3)),
        warnings=("A sheet is hidden and was not read.",),
    )
    library.documents.replace(table, encode_documents(WordEncoder(), [(table, split_passages(table))])[0])
    assert library.documents.get("prices") == table
    assert library.documents.summary("prices").warnings == table.warnings
    assert [passage.rows for passage in library.passages.of_document("prices")] == [(2, 3)]
    assert all(library.documents.checksums_match("prices"))


def test_any_text_is_cut_as_python_cuts_it(library: Library) -> None:
    text = "Île, été — 東京 𝔘 " * 2_000  # over the borders of what a row holds
    put(library, "odd", text)
    assert library.documents.get("odd").text == text
    assert library.documents.text_slice("odd", 14_990, 30_010) == TextSlice(
        text[14_990:30_010], "On odd", None, None, (), (), "text/plain", library.documents.languages(["odd"])["odd"]
    )
    assert library.documents.text_slice("odd", 5, 5).text == ""
    with pytest.raises(DocumentUnknown, match="even"):
        library.documents.text_slice("even", 0, 5)


def test_a_document_that_is_gone_has_no_passages(library: Library) -> None:
    assert list(library.passages.stored_in("ferry")) == []


def test_what_could_not_be_read_is_remembered_until_it_is_forgotten(library: Library) -> None:
    failure = ReadingFailure("0" * 64, "read", 'it\'s "torn" \\ through')
    library.failures.add("/a/'odd\" name", failure)
    assert library.failures.all() == {"/a/'odd\" name": failure}
    library.failures.remove(["/a/'odd\" name"])
    assert library.failures.all() == {}


def test_lines_that_a_site_repeats_become_furniture(place: str, tmp_path: Path) -> None:
    bodies = [FERRY, HARBOUR, LIGHTHOUSE]
    documents = [
        Document(
            f"{number}.txt", f"Page {number}", f"The Varn Herald, daily\n\n{body}", f"{number}", "text/plain", "0" * 64,
            publisher="The Varn Herald",
        )
        for number, body in enumerate(bodies)
    ]  # fmt: skip
    with Assistant.open(place, encoder=WordEncoder(), create=True) as assistant:
        assistant.add(documents)
        marked = [assistant.furniture(document.id)[0] for document in documents]
        assert marked == [(0, len("The Varn Herald, daily"))] * 3
        assistant.remove(["0.txt"])
        assert assistant.furniture("1.txt") == ()


def test_terms_are_counted_and_what_is_left_out_is_not(library: Library) -> None:
    put(library, "ferry", FERRY)
    put(library, "harbour", HARBOUR)
    search, hidden = library.indexes.open(), library.exclude(["ferry"])
    assert search.frequencies(["ticket", "captain", "volcano"]) == {"ticket": 2, "captain": 1, "volcano": 0}
    assert search.frequencies(["ticket", "captain"], hidden) == {"ticket": 1, "captain": 0}
    assert (search.passage_count(), search.passage_count(hidden)) == (2, 1)
    assert search.nearest_spelling("captian", "en") == "captain"
    assert search.nearest_spelling("volcano", "en") == "volcano"


def test_hits_have_ranks(library: Library) -> None:
    put(library, "ferry", FERRY)
    put(library, "harbour", HARBOUR)
    question = "captain of the ferry"
    vector = WordEncoder().encode_question(question, []).vector
    search = library.indexes.open()
    first, second = search.hits(library, content_terms(words(question)), vector, Settings(), 10)
    assert (first.passage.document_id, second.passage.document_id) == ("ferry", "harbour")
    assert (first.why.dense_rank, first.why.lexical_rank) == (1, 1)
    assert first.why.matched == ("ferry", "captain")


def test_everything_of_a_document_can_be_taken_along(library: Library, tmp_path: Path) -> None:
    document = put(library, "ferry", FERRY)
    whole = library.documents.stored("ferry")
    assert whole.document == document
    vectors = [one.vector for one in whole.encoded if one.vector is not None]
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert all(one.word_vectors is not None or one.passage.furniture for one in whole.encoded)


def test_collections_of_both_forms(assistant: Assistant) -> None:
    assert assistant.add_collection("Boats") == "Boats"
    assistant.collect(["ferry.txt"], "boats")
    with pytest.raises(DocumentUnknown):
        assistant.collect(["harbour.txt", "nothing"], "Boats")
    assistant.set_members("Boats", ["ada"])
    assert [(one.name, one.documents, one.members) for one in assistant.collections()] == [
        ("", 2, None),
        ("Boats", 1, ("ada",)),
    ]
    assert assistant.document("ferry.txt").collection == assistant.summary("ferry.txt").collection == "Boats"
    boats = Scope(collections=frozenset({"Boats"}))
    assert {hit.passage.document_id for hit in assistant.search("captain", scope=boats)} == {"ferry.txt"}
    assert "ferry.txt" not in {
        hit.passage.document_id for hit in assistant.search("captain", scope=Scope(collections=frozenset({""})))
    }
    assert not assistant.search("captain", scope=Scope(collections=frozenset({"Empty"})))
    tom = assistant.seen_by("tom")
    assert [one.id for one in tom.documents()] == ["harbour.txt", "lighthouse.txt"]
    assert "ferry.txt" not in {hit.passage.document_id for hit in tom.search("Who is the captain of the ferry?")}
    assistant.set_members("Boats", None)
    assistant.rename_collection("Boats", "Ships")
    assert assistant.summary("ferry.txt").collection == "Ships"
    assert assistant.verify() == ()


def test_documents_are_asked_by_their_language_in_both_forms(assistant: Assistant) -> None:
    german = "Die Fähre legt um neun Uhr ab. Der Kapitän der Fähre heißt Karl Weber, und er fährt im Winter nicht."
    assistant.add([Document.from_text("faehre", german), Document.from_text("codes", "Weber 12, Weber 13")])
    found = {
        codes: {
            hit.passage.document_id for hit in assistant.search("Weber Fähre captain", scope=Scope(languages=codes))
        }
        for codes in map(frozenset, ({"de"}, {""}, {"en"}, {"fr"}))
    }
    assert list(found.values()) == [{"faehre"}, {"codes"}, {"ferry.txt", "harbour.txt", "lighthouse.txt"}, set()]
    assert {one.document_id for one in assistant.timeline(Scope(languages=frozenset({"de"})))} <= {"faehre"}
