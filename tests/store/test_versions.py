"""What a document said before is kept while its owner wants that, asked as of a day, and forgotten without a trace."""

from dataclasses import replace
from pathlib import Path

import pytest

from retriever import Assistant, Document
from retriever.check.records import Status
from retriever.errors import DocumentUnknown, LibraryError, QuestionError
from retriever.evidence.table import evidence_rows
from retriever.filters import Scope
from retriever.interfaces.absence_report import absence_fields, absence_text, refused
from retriever.maintenance.erase import find_traces, traces_of
from retriever.store.contents import DocumentVersion
from retriever.store.versions import current_on, starts
from retriever.text.differences import sentence_changes
from tests.world import WordEncoder

CAPTAIN = "Who is the captain of the ferry?"
NAMES = ["Ann Poole", "Ben Ash", "Cora Lind", "Dan Moor", "Eve Hart"]


def says(name: str, year: int = 0) -> Document:
    text = f"The ferry to Varn\n\nThe captain of the ferry is {name}. A ticket costs 12 crowns.\n"
    return Document.from_text("ferry", text, title="The ferry", published=str(year) if year else None)


@pytest.fixture
def kept(empty_assistant: Assistant) -> Assistant:
    """A ferry whose captain has changed four times, with what was said before; and a harbour."""
    empty_assistant.keep_versions()
    for year, name in enumerate(NAMES, start=2020):
        empty_assistant.add([says(name, year)])
    empty_assistant.add([Document.from_text("harbour", "Mira Holt is the harbour master.", published="2021")])
    return empty_assistant


def quoted(assistant: Assistant, question: str = CAPTAIN, **scope: str) -> tuple[str, str]:
    quote = assistant.ask(question, scope=Scope(**scope)).shown[0]  # type: ignore[arg-type]
    assert assistant.document(quote.document_id).text[quote.start : quote.end] == quote.text
    return quote.document_id, quote.text


def test_without_the_wish_nothing_is_kept(empty_assistant: Assistant) -> None:
    for name in NAMES:
        empty_assistant.add([says(name)])
    assert not empty_assistant.keeps_versions
    assert [one.document.id for one in empty_assistant.versions("ferry")] == ["ferry"]


def test_tables_timelines_and_checks_as_of_a_day(kept: Assistant) -> None:
    kept.add([replace(says("Eve Hart", 2024), text="The captain Eve Hart retired on 3 May 2024, after a long storm.")])
    now, then = Scope(), Scope(as_of="2021")
    rows = [list(evidence_rows(kept, [CAPTAIN], scope)) for scope in (then, now)]
    assert [[row.document.id for row in those] for those in rows] == [["ferry@2", "harbour"], ["ferry", "harbour"]]
    assert rows[0][0].quote
    assert "Ben Ash" in rows[0][0].quote.text
    assert not list(evidence_rows(kept, [CAPTAIN], Scope(as_of="2019", documents=frozenset(["ferry"]))))
    assert [one.document_id for one in kept.timeline(now)] == ["ferry"]
    assert kept.timeline(then) == ()
    draft = b"She says: \xe2\x80\x9cThe captain of the ferry is Ben Ash.\xe2\x80\x9d"
    statuses = [kept.check(draft, scope=scope).quotations[0].status for scope in (then, now, Scope(as_of="2022"))]
    assert statuses[0] is Status.FOUND
    assert Status.FOUND not in statuses[1:]
    assert kept.check(draft, scope=then).quotations[0].places[0].document_id == "ferry@2"


def test_a_copy_keeps_what_documents_said_before(kept: Assistant, tmp_path: Path) -> None:
    kept.remove(["ferry@1"])
    kept._library.documents.note_stored("ferry", "2025-01-01T00:00:00+00:00")
    for _ in range(2):  # an interrupted copy goes on
        copied = kept.copy_to(tmp_path / "copy")
        assert copied == kept.inventory()
        with Assistant.open(tmp_path / "copy", encoder=WordEncoder()) as copy:
            assert [(one.document, one.stored_at) for one in copy.versions("ferry")] == [
                (one.document, one.stored_at) for one in kept.versions("ferry")
            ]
            assert copy.keeps_versions
            assert quoted(copy, as_of="2021") == quoted(kept, as_of="2021")
            assert copy.verify() == ()
    with Assistant.open(tmp_path / "copy", encoder=WordEncoder()) as copy:
        copy.add([says("Finn Rook", 2026)])
    with pytest.raises(LibraryError, match="keeps a version that"):
        kept.copy_to(tmp_path / "copy")


@pytest.mark.parametrize("way", ["copied", "put back", "edited"])
def test_versions_stay_in_their_order_when_a_document_changes_again(
    empty_assistant: Assistant, tmp_path: Path, way: str
) -> None:
    empty_assistant.keep_versions()
    for name in NAMES[:4]:
        empty_assistant.add([says(name)])
    if way == "put back":
        empty_assistant.put_back(empty_assistant.take_out(["ferry"]))
    elif way == "edited":
        empty_assistant.edit("ferry@1", publisher="The harbour")
    else:
        empty_assistant.copy_to(tmp_path / "copy")
    place = tmp_path / "copy" if way == "copied" else empty_assistant.folder
    with Assistant.open(place, encoder=WordEncoder()) as library:
        library.add([says(NAMES[4])])
        found = library.versions("ferry")
        texts = [library.document(one.document.id).text for one in found]
        assert [name in text for name, text in zip(NAMES, texts, strict=True)] == [True] * len(NAMES)
        assert all(one.stored_at for one in found)
        assert NAMES[0] in quoted(library, as_of="2020")[1]


def test_only_the_newest_is_seen(kept: Assistant) -> None:
    assert [one.document.id for one in kept.versions("ferry")] == [*(f"ferry@{n}" for n in range(1, 5)), "ferry"]
    assert [one.document.id for one in kept.versions("ferry@2")][-1] == "ferry"
    assert [one.id for one in kept.documents()] == ["ferry", "harbour"]
    assert quoted(kept)[0] == "ferry"
    assert {hit.passage.document_id for hit in kept.search(CAPTAIN)} == {"ferry", "harbour"}
    answer = kept.ask(CAPTAIN)
    assert (answer.left_out, answer.library.documents) == (0, 2)
    assert "Ann Poole" not in str([kept.timeline(), kept.examples(), kept.ask("What are these documents about?")])
    assert kept.copies() == {"ferry": (), "harbour": ()}
    assert kept.verify() == ()
    with pytest.raises(DocumentUnknown):
        kept.versions("nothing")


@pytest.mark.parametrize(
    ("day", "name"),
    [("2020-07-01", "Ann Poole"), ("2021", "Ben Ash"), ("2022-12-31", "Cora Lind"), ("2099", "Eve Hart")],
)
def test_an_answer_as_of_a_day(kept: Assistant, day: str, name: str) -> None:
    document_id, text = quoted(kept, as_of=day)
    assert name in text
    assert document_id == (f"ferry@{NAMES.index(name) + 1}" if name != NAMES[-1] else "ferry")
    assert kept.ask(CAPTAIN, scope=Scope(as_of=day)).left_out == (1 if day[:4] == "2020" else 0)
    only = Scope(as_of=day, documents=frozenset(["ferry"]))
    assert {hit.passage.document_id for hit in kept.search(CAPTAIN, scope=only)} == {document_id}


def test_a_proof_of_absence_searches_the_versions_of_a_day(kept: Assistant) -> None:
    for day, asked, left_out in (("2020", ["ferry@1"], ["harbour"]), ("2021", ["ferry@2", "harbour"], [])):
        report = refused(kept, "Why do volcanoes erupt?", Scope(as_of=day))
        assert [one.id for one in report.asked] == asked
        assert [one.id for one in report.left_out] == left_out
        assert {quote.document_id for quote in report.nearest} <= set(asked)
        assert f"Limited by as_of: {day}" in absence_text(report)


@pytest.mark.parametrize(("day", "words"), [("2019", "2019"), ("2018-05", "May 2018"), ("2017-03-04", "4 March 2017")])
def test_before_every_document_that_is_said_and_nothing_is_proved(kept: Assistant, day: str, words: str) -> None:
    said = f"No document is dated up to {words}."
    scope = Scope(as_of=day)
    assert kept.as_of_remarks(scope) == (said,) == kept.ask(CAPTAIN, scope=scope).taken_as
    with pytest.raises(QuestionError, match=f"^{said} So nothing can be searched.$"):
        refused(kept, "Why do volcanoes erupt?", scope)
    assert kept.as_of_remarks(Scope(as_of="2021")) == kept.as_of_remarks(Scope()) == ()


def test_a_proof_over_no_document_is_none(kept: Assistant) -> None:
    with pytest.raises(QuestionError, match="No document fits the limits of the question"):
        refused(kept, "Why do volcanoes erupt?", Scope(until="2001"))


@pytest.mark.parametrize(("day", "ids"), [("2001", {"rules", "tides"}), ("2020-07", {"rules", "tides"})])
def test_documents_without_a_date_that_count_as_of_a_day_are_told(kept: Assistant, day: str, ids: set[str]) -> None:
    kept.add([Document.from_text(name, f"The {name} hold for every ship.") for name in sorted(ids)])
    scope = Scope(as_of=day)
    assert kept.undated_in(scope) == ids
    told = "Documents without a date, which count on any day: 2."
    assert kept.ask("How many moons has Saturn?", scope=scope).taken_as == (told,)
    report = refused(kept, "How many moons has Saturn?", scope)
    assert absence_fields(report)["undated"] == sorted(ids)
    assert "Searched though without a date: rules, tides" in absence_text(report)
    assert kept.undated_in(Scope(as_of=day, documents=frozenset(["tides"]))) == {"tides"}
    assert kept.undated_in(Scope()) == frozenset()


def test_a_later_version_without_a_date_counts_since_it_was_read(empty_assistant: Assistant) -> None:
    empty_assistant.keep_versions()
    for name in NAMES[:2]:
        empty_assistant.add([says(name)])
    assert empty_assistant.undated_in(Scope(as_of="2001")) == {"ferry"}  # its first version
    assert empty_assistant.undated_in(Scope(as_of="2999")) == frozenset()


def test_before_a_document_existed_it_is_not_asked(kept: Assistant) -> None:
    assert not kept.ask(CAPTAIN, scope=Scope(as_of="2019")).shown
    with pytest.raises(QuestionError):
        Scope.named((), as_of="yesterday")


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([(None, "2026-01-05"), (None, "2026-02-06")], ("", "2026-02-06")),
        ([("2020", "2026-01-05"), ("2020", "2026-02-06")], ("2020", "2026-02-06")),
        ([("2020", "2026-01-05"), ("2021-03", "2026-02-06"), (None, "2026-03-07")], ("2020", "2021-03", "2026-03-07")),
    ],
)
def test_from_when_a_version_counts(versions: list[tuple[str | None, str]], expected: tuple[str, ...]) -> None:
    made = [version(published, stored, place) for place, (published, stored) in enumerate(versions)]
    assert starts(made) == expected
    assert current_on(made, "2030") is made[-1]


def version(published: str | None, stored: str, place: int) -> DocumentVersion:
    from retriever.records import DocumentSummary

    summary = DocumentSummary("d", "D", None, published, {}, "text/plain", 1, 1, "0" * 64, "d")
    return DocumentVersion(summary, "d", place, f"{stored}T10:00:00+00:00")


def test_the_difference_is_told_in_sentences(kept: Assistant) -> None:
    (change,) = kept.version_changes("ferry@1", "ferry")
    assert change.before == ("The captain of the ferry is Ann Poole.",)
    assert change.after == ("The captain of the ferry is Eve Hart.",)
    assert kept.document("ferry@1").text[change.start :].startswith("The captain of the ferry is Ann")
    assert kept.document("ferry").text[change.new_start :].startswith("The captain of the ferry is Eve")
    assert list(sentence_changes("One. Two.", "One.  Two.")) == []
    (gone,) = sentence_changes("One is here. Two is here. Three is here.", "One is here. Three is here.")
    assert (gone.before, gone.after) == (("Two is here.",), ())


def test_the_same_file_read_in_another_way_makes_no_version(kept: Assistant) -> None:
    newest = kept.document("ferry")
    kept.add([replace(newest, text=newest.text + "\nA line that an older Ibid left out.\n")])
    kept.edit("ferry", title="The boat")
    assert len(kept.versions("ferry")) == len(NAMES)
    assert kept.summary("ferry").title == "The boat"


def test_versions_follow_their_document(kept: Assistant) -> None:
    kept.add_collection("Boats")
    kept.collect(["ferry"], "Boats")
    kept.set_members("Boats", ["ada"])
    tom = kept.seen_by("tom")
    with pytest.raises(DocumentUnknown):
        tom.document("ferry@1")
    assert not [one for one in tom.ask(CAPTAIN, scope=Scope(as_of="2020")).shown]
    kept._library.documents.move("ferry", "boat", "boat")
    assert [one.of for one in kept.versions("boat")] == ["boat"] * len(NAMES)
    kept.remove(["boat"])
    assert kept._library.documents.ids_in(["Boats"]) == frozenset()
    assert kept.verify() == ()


def test_forget_leaves_no_trace_of_any_version(kept: Assistant, tmp_path: Path) -> None:
    assert quoted(kept, as_of="2020")[0] == "ferry@1"  # its indexes are there
    ids = kept.with_versions(["ferry"])
    assert len(ids) == len(NAMES)
    traces = traces_of(kept._library, ids)
    assert {trace.kind for trace in find_traces(traces, [kept.folder]).left} >= {"words", "vector"}
    report = kept.forget(["ferry"])
    assert report.left == ()
    assert find_traces(traces, [kept.folder]).left == ()
    for file in kept.folder.rglob("*"):
        assert not [name for name in NAMES if file.is_file() and name.encode() in file.read_bytes()], file


def test_a_removal_that_is_undone_brings_the_versions_back(kept: Assistant) -> None:
    before = kept.versions("ferry")
    taken = kept.take_out(["ferry"])
    assert kept.put_back(taken) == ("ferry",)
    after = kept.versions("ferry")
    assert [one.document for one in after] == [one.document for one in before]
    assert [one.stored_at for one in after] == [one.stored_at for one in before]
    assert quoted(kept, as_of="2020")[0] == "ferry@1"
    assert kept.verify() == ()


def test_the_owner_no_longer_wants_them(kept: Assistant) -> None:
    kept.keep_versions(False)
    assert [one.document.id for one in kept.versions("ferry")] == ["ferry"]
    assert quoted(kept)[0] == "ferry"
    assert kept.verify() == ()


def test_a_version_shares_what_was_encoded(kept: Assistant) -> None:
    encoder = kept._encoder
    assert isinstance(encoder, WordEncoder)
    before = encoder.texts_encoded
    harbour = kept.document("harbour")
    kept.add([replace(harbour, text=harbour.text + "\n\nThe harbour has a wall.", sha256="9" * 64)])
    assert len(kept.versions("harbour")) == 2
    assert encoder.texts_encoded - before <= 2
