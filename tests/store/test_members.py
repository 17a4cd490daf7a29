"""Collections: documents belong to one each, and an account sees only what it may."""

from collections.abc import Callable
from pathlib import Path

import pytest

from retriever import Assistant, Document, IbidError
from retriever.errors import DocumentUnknown, QuestionError
from retriever.filters import Scope
from retriever.store.contents import ReadingFailure
from tests.world import WordEncoder

SECRET = "The secret boats of Varn cost 99 crowns. The captain of the secret boats is Zelda Quill."


@pytest.fixture
def shared(assistant: Assistant) -> Assistant:
    """The documents of Varn, one in an open collection, and another document in one that only Ada may see."""
    secret = Document.from_text("secret", SECRET, publisher="Quill & Co", published="2031-01-01", collection="Case Q")
    assistant.add([secret])
    assistant.set_members("Case Q", ["ada"])
    assistant.add_collection("Harbour")
    assistant.collect(["harbour.txt"], "harbour")
    return assistant


def of(*names: str) -> Scope:
    return Scope(collections=frozenset(names))


def test_documents_move_between_collections_without_being_encoded(assistant: Assistant, encoder: WordEncoder) -> None:
    before = encoder.texts_encoded
    assert assistant.add_collection("  Tax   2021 ") == "Tax 2021"
    assistant.collect(["ferry.txt", "harbour.txt"], "tax 2021")
    assistant.rename_collection("Tax 2021", "Taxes")
    assert [(one.name, one.documents) for one in assistant.collections()] == [("", 1), ("Taxes", 2)]
    assert assistant.summary("ferry.txt").collection == assistant.document("ferry.txt").collection == "Taxes"
    asked = assistant.ask("Who is the captain of the ferry?", scope=of("Taxes"))
    assert (asked.quotes[0].document_id, asked.left_out) == ("ferry.txt", 1)
    found = assistant.search("Who is the keeper of the lighthouse?", scope=of("Taxes"))
    assert "lighthouse.txt" not in {hit.passage.document_id for hit in found}
    assert {hit.passage.document_id for hit in assistant.search("the keeper", scope=of(""))} == {"lighthouse.txt"}
    assert assistant.remove_collection("Taxes") == 2
    assert [(one.name, one.documents) for one in assistant.collections()] == [("", 3)]
    assert encoder.texts_encoded == before
    assert assistant.verify() == ()


def test_a_document_that_is_read_again_stays_in_its_collection(assistant: Assistant, varn: Path) -> None:
    assistant.add_collection("Boats")
    assistant.collect(["ferry.txt"], "Boats")
    (varn / "ferry.txt").write_text("The ferry to Varn\n\nThe captain of the ferry is Ann Poole.\n", encoding="utf-8")
    assert assistant.index([varn]).replaced == ("ferry.txt",)
    assert assistant.summary("ferry.txt").collection == "Boats"
    assistant.edit("ferry.txt", title="The boat to Varn")
    assert assistant.summary("ferry.txt").collection == "Boats"
    assert assistant.index([varn], collection="boats").unchanged
    assert {one.collection for one in assistant.documents()} == {"Boats"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x1bb"])
def test_what_is_no_name_is_refused(assistant: Assistant, name: str) -> None:
    with pytest.raises(QuestionError):
        assistant.add_collection(name)


def test_wrong_names_change_nothing(shared: Assistant) -> None:
    wrong: list[Callable[[], object]] = [
        lambda: shared.add_collection("HARBOUR"),
        lambda: shared.collect(["ferry.txt"], "Nowhere"),
        lambda: shared.collect(["ferry.txt", "nothing"], "Harbour"),
        lambda: shared.rename_collection("Harbour", "case q"),
        lambda: shared.rename_collection("", "All"),
        lambda: shared.remove_collection("Nowhere"),
        lambda: shared.remove_collection("Case Q"),
        lambda: shared.set_members("Harbour", ["a b"]),
    ]
    for change in wrong:
        with pytest.raises(IbidError):
            change()
    assert [(one.name, one.documents, one.members) for one in shared.collections()] == [
        ("", 2, None),
        ("Case Q", 1, ("ada",)),
        ("Harbour", 1, None),
    ]


def test_an_account_without_membership_does_not_see_a_document(shared: Assistant) -> None:
    shared._library.failures.add("/quill.pdf", ReadingFailure("0" * 64, "", "it is torn"))
    tom = shared.seen_by("tom")
    assert shared.seen_by("ada") is shared
    assert tom is shared.seen_by("") is not shared
    assert [one.id for one in tom.documents()] == ["ferry.txt", "harbour.txt", "lighthouse.txt"]
    assert [one.name for one in tom.collections()] == ["", "Harbour"]
    assert tom.failures() == {}
    assert tom.state().documents == 3
    assert tom.state().digest != shared.state().digest
    assert tom.passages("secret") == ()
    assert all("secret" not in others for others in tom.copies())
    with pytest.raises(QuestionError, match="Harbour"):
        Scope.named(tom.documents(), collections=["Case Q"])


@pytest.mark.parametrize(
    "touch",
    [
        lambda one: one.summary("secret"),
        lambda one: one.document("secret"),
        lambda one: one.headings("secret"),
        lambda one: one.original("secret"),
        lambda one: one.quote_lines("secret", 0, 5),
        lambda one: one.origin("secret", 0, 5),
        lambda one: one.page_image("secret", 1),
        lambda one: one.copies(["secret"]),
        lambda one: one.remove(["secret"]),
        lambda one: one.edit("secret", title="Mine"),
        lambda one: one.collect(["secret"], ""),
        lambda one: one.take_out(["secret"]),
    ],
)
def test_a_hidden_document_is_an_unknown_one(shared: Assistant, touch: Callable[[Assistant], object]) -> None:
    with pytest.raises(DocumentUnknown):
        touch(shared.seen_by("tom"))
    assert shared.document("secret").text == SECRET


def test_no_answer_says_what_an_account_may_not_see(shared: Assistant) -> None:
    question = "Who is the captain of the secret boats?"
    assert shared.ask(question).quotes[0].document_id == "secret"
    tom = shared.seen_by("tom")
    for scope in (Scope(), Scope(documents=frozenset(["secret"])), of("Case Q")):
        answer = tom.ask(question, scope=scope)
        assert all(quote.document_id != "secret" for quote in answer.shown)
        assert "2031" not in str(answer.covers)
        assert answer.library.documents == 3
        assert all(hit.passage.document_id != "secret" for hit in tom.search(question, scope=scope))
    assert tom.ask(question).left_out == 0
    said = [tom.timeline(), tom.examples(), tom.ask("What are these documents about?"), tom.nearest(question, 5)]
    said += [tom.ask("Which sources do you have?"), tom.suggest(answer.quotes, [question])]
    assert "Quill" not in str(said)
    places = tom.check(f"It is said: “{SECRET}”".encode(), name="draft.txt").quotations[0].places
    assert "secret" not in {place.document_id for place in places}


def test_a_hidden_word_mends_no_spelling(shared: Assistant) -> None:
    asked = "What did Zelda Quil say?"
    assert "quill" in shared.ask(asked).understood_as
    assert shared.seen_by("tom").ask(asked).understood_as == asked


def test_what_changes_while_an_account_looks_counts_at_once(shared: Assistant) -> None:
    tom = shared.seen_by("tom")
    shared.collect(["ferry.txt"], "Case Q")
    assert [one.id for one in tom.documents()] == ["harbour.txt", "lighthouse.txt"]
    assert "Tom Reed" not in str(tom.ask("Who is the captain of the ferry?"))
    shared.set_members("Case Q", ["ada", "tom"])
    assert shared.seen_by("tom") is shared
    shared.rename_collection("Case Q", "Case R")
    assert "secret" not in {one.id for one in shared.seen_by("eve").documents()}


def test_a_new_document_never_replaces_a_hidden_one(shared: Assistant) -> None:
    report = shared.seen_by("tom").add([Document.from_text("secret", "The inn serves eel pie.")])
    assert report.added == ("secret~2",)
    assert shared.document("secret").text == SECRET


def test_a_copy_keeps_the_collections_and_their_members(shared: Assistant, tmp_path: Path) -> None:
    shared.copy_to(tmp_path / "copy")
    with Assistant.open(tmp_path / "copy", encoder=WordEncoder()) as copied:
        assert copied.collections() == shared.collections()
        assert "secret" not in {one.id for one in copied.seen_by("tom").documents()}
