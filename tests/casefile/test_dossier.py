"""Case files: what is pinned stays, whose it is, what becomes of its source, and the way to a document and back."""

import json
import sqlite3
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as WordDocument

from retriever import Assistant, LibraryError
from retriever.__main__ import main
from retriever.casefile.database import FILE_NAME
from retriever.casefile.dossiers import Dossiers
from retriever.casefile.records import LOCAL, CaseFile, PointKind
from retriever.check.records import Status
from retriever.citing.names import CitationStyle
from retriever.errors import CaseFileError, CaseFileForbidden, CaseFileUnknown
from retriever.interfaces.dossier.contents import Dossier, PinState, dossier_of, find_words, quote_at
from retriever.interfaces.dossier.files import SUFFIXES, written
from retriever.interfaces.dossier.word import NOTE
from retriever.interfaces.html.source import Link
from retriever.web.forget import forget, plan_lines
from tests.world import FERRY, HARBOUR, WordEncoder

TWELVE = "A ticket costs 12 crowns."
FIFTEEN = "She says that a ticket costs 15 crowns since the spring."
STORM = "A storm broke the lamp in 1951, and the keeper carried a lantern up for nine nights."
LONG = "The captain of the ferry is Tom Reed. In winter it carries forty passengers at the most."
INVENTED = "Compare “the mayor never paid a single crown for it”.\n\nAnd “nobody has ever said these words at all”."


@pytest.fixture
def dossiers(assistant: Assistant) -> Dossiers:
    return Dossiers(assistant.kept)


def pin(assistant: Assistant, dossiers: Dossiers, document_id: str, words: str, **beside: object) -> int:
    quote = quote_at(assistant, document_id, find_words(assistant, document_id, words))
    return dossiers.pin(quote, **beside)[1]  # type: ignore[arg-type]


@pytest.fixture
def file(assistant: Assistant, dossiers: Dossiers) -> CaseFile:
    """A case file with three pins, notes that quote what nobody said, and two open points that do."""
    pin(assistant, dossiers, "ferry.txt", TWELVE, note=INVENTED, tags=["price", "“four words in marks”"])
    pin(assistant, dossiers, "harbour.txt", FIFTEEN)
    pin(assistant, dossiers, "lighthouse.txt", STORM, note="By lantern!")
    found = dossiers.named()
    dossiers.miss("Who said “a ticket was free in those days”?", file_id=found.id)
    dossiers.miss("Did “the old man of the sea” sail?", file_id=found.id, kind=PointKind.REFUSED)
    return dossiers.get(found.id)


def shown(assistant: Assistant, dossiers: Dossiers, file: CaseFile, style: CitationStyle | None = None) -> Dossier:
    return dossier_of(assistant, file, dossiers.pins(file.id), dossiers.points(file.id), style)


def test_pins_stay_in_their_order_with_notes_and_tags(assistant: Assistant, dossiers: Dossiers) -> None:
    first = pin(assistant, dossiers, "ferry.txt", TWELVE)
    second = pin(assistant, dossiers, "harbour.txt", FIFTEEN, note="a note", tags=[" price ", "price", "ferry"])
    file = dossiers.named()
    assert (dossiers.move(first, 99), dossiers.move(second, 0)) == (2, 1)  # the nearest place
    dossiers.annotate(first, note="another\r\nnote")
    pins = dossiers.pins(file.id)
    assert [one.number for one in pins] == [second, first]
    assert (pins[0].note, pins[0].tags, pins[1].note) == ("a note", ("price", "ferry"), "another\nnote")
    for one in pins:
        assert one.quote
        assert assistant.document(one.quote.document_id).text[one.quote.start : one.quote.end] == one.quote.words
    dossiers.unpin(second)
    assert [one.number for one in dossiers.pins(file.id)] == [first]
    dossiers.put_back(second)
    assert [one.number for one in dossiers.pins(file.id)] == [second, first]


def test_the_same_words_are_pinned_once(assistant: Assistant, dossiers: Dossiers) -> None:
    quote = quote_at(assistant, "ferry.txt", find_words(assistant, "ferry.txt", TWELVE))
    _, number, is_new = dossiers.pin(quote, note="mine")
    assert (dossiers.pin(quote)[1:], is_new) == ((number, False), True)
    assert dossiers.pins(dossiers.named().id)[0].note == "mine"
    assert dossiers.pin(quote, name="Another")[2]


def test_each_account_sees_its_own_and_what_is_shared(assistant: Assistant, dossiers: Dossiers) -> None:
    number = pin(assistant, dossiers, "ferry.txt", TWELVE)
    file, other = dossiers.named(), Dossiers(assistant.kept, "ada")
    assert other.list() == ()
    for act in (lambda: other.pins(file.id), lambda: other.unpin(number), lambda: other.delete(file.id)):
        with pytest.raises(CaseFileUnknown):
            act()
    dossiers.share(file.id, shared=True)
    assert [one.quote and one.quote.words for one in other.pins(file.id)] == [TWELVE]
    for change in (
        lambda: other.annotate(number, note="hers"),
        lambda: other.unpin(number),
        lambda: other.miss("x", file_id=file.id),
        lambda: other.share(file.id, shared=False),
        lambda: other.rename(file.id, "Hers"),
        lambda: other.delete(file.id),
    ):
        with pytest.raises(CaseFileForbidden):
            change()
    own = other.pin(quote_at(assistant, "ferry.txt", (73, 98)))[0]
    assert (own.owner, own.id != file.id) == ("ada", True)
    assert [one.id for one in other.list()] == [own.id, file.id]


def test_an_export_is_all_green_and_no_note_passes_for_a_quotation(
    assistant: Assistant, dossiers: Dossiers, file: CaseFile, tmp_path: Path
) -> None:
    for style in CitationStyle:
        found = shown(assistant, dossiers, file, style)
        for kind in ("docx", "pdf", "html", "md") if style is CitationStyle.CHICAGO else ("docx", "pdf"):
            exported = tmp_path / f"dossier.{kind}"
            exported.write_bytes(written(found, kind, assistant))
            report = assistant.check(exported)
            assert report.is_clean, (style, kind)
            assert {one.status for one in report.quotations} == {Status.FOUND}
            quoted = " ".join(one.quotation.text for one in report.quotations)
            for words in (TWELVE, FIFTEEN, STORM):
                assert words in quoted
            assert not any(words in quoted for words in ("mayor", "nobody", "free in those", "old man", "four words"))


def test_a_shared_case_file_shows_nothing_of_a_closed_collection(assistant: Assistant, dossiers: Dossiers) -> None:
    pin(assistant, dossiers, "ferry.txt", TWELVE, note="mine")
    pin(assistant, dossiers, "harbour.txt", FIFTEEN)
    file = dossiers.named()
    dossiers.share(file.id, shared=True)
    assistant.add_collection("Closed")
    assistant.set_members("Closed", ["tom"])
    assistant.collect(["ferry.txt"], "Closed")
    seen = assistant.seen_by("ada")
    for reader in ("ada", LOCAL):  # its own owner may not see the document either
        found = dossier_of(seen, file, dossiers.pins(file.id), (), hidden=["ferry.txt"], reader=reader)
        assert [one.state for one in found.pins] == [PinState.WITHHELD, PinState.HERE]
        for kind in SUFFIXES:
            assert TWELVE.encode() not in written(found, kind, seen)
    assistant.remove(["ferry.txt"])
    for reader, state in (("ada", PinState.WITHHELD), (LOCAL, PinState.GONE)):
        found = dossier_of(assistant.seen_by("ada"), file, dossiers.pins(file.id), (), reader=reader)
        assert found.pins[0].state is state


def test_an_export_says_what_has_changed_since(
    assistant: Assistant, dossiers: Dossiers, file: CaseFile, varn: Path, tmp_path: Path
) -> None:
    (varn / "ferry.txt").write_text(FERRY.replace("12 crowns", "14 crowns"))
    (varn / "harbour.txt").write_text(f"A new first line.\n\n{HARBOUR}")
    assistant.index([varn])
    assistant.remove(["lighthouse.txt"])
    found = shown(assistant, dossiers, file, CitationStyle.CHICAGO)
    assert [one.state for one in found.pins] == [PinState.CHANGED, PinState.MOVED, PinState.GONE]
    assert [one.words for one in found.pins] == [TWELVE, FIFTEEN, STORM]
    moved = found.pins[1]
    assert moved.span
    assert moved.document
    assert moved.document.text[slice(*moved.span)] == FIFTEEN
    was = found.pins[0]
    assert was.quote
    assert was.link == Link.over(FERRY, (was.quote.start, was.quote.end))  # leads to what it was, if that is kept
    assert len(found.remarks) == 3
    for kind in ("docx", "pdf", "html", "md"):
        exported = tmp_path / f"dossier.{kind}"
        exported.write_bytes(written(found, kind, assistant))
        by_words = {one.quotation.text[:20]: one.status for one in assistant.check(exported).quotations}
        assert by_words[TWELVE[:20]] is Status.CHANGED_SINCE
        assert by_words[STORM[:20]] is Status.CHANGED_SINCE
        assert by_words[FIFTEEN[:20]] is Status.FOUND


def test_a_short_pin_that_has_changed_is_seen(
    assistant: Assistant, dossiers: Dossiers, varn: Path, tmp_path: Path
) -> None:
    for document_id, words in (("ferry.txt", "12 crowns"), ("ferry.txt", "Tom Reed"), ("harbour.txt", "15 crowns")):
        pin(assistant, dossiers, document_id, words)
    for kind in ("docx", "pdf", "html", "md"):
        exported = tmp_path / f"dossier.{kind}"
        exported.write_bytes(
            written(shown(assistant, dossiers, dossiers.named(), CitationStyle.CHICAGO), kind, assistant)
        )
        assert [one.status for one in assistant.check(exported).quotations] == [Status.FOUND] * 3, kind
    (varn / "ferry.txt").write_text(FERRY.replace("12 crowns", "14 crowns"))
    (varn / "harbour.txt").write_text(HARBOUR.replace("15 crowns", "13 crowns"))
    assistant.index([varn])
    for kind in ("docx", "pdf", "html", "md"):
        report = assistant.check(tmp_path / f"dossier.{kind}")
        assert [one.status is Status.FOUND for one in report.quotations] == [False, True, False], kind


def test_word_has_footnotes_of_its_own_and_notes_of_another_style(
    assistant: Assistant, dossiers: Dossiers, file: CaseFile
) -> None:
    data = written(shown(assistant, dossiers, file, CitationStyle.OSCOLA), "docx", assistant)
    page = WordDocument(BytesIO(data))
    (part,) = (one for one in page.part.package.iter_parts() if str(one.partname) == "/word/footnotes.xml")
    assert part.blob.count(b"<w:footnote ") == 2 + 3
    assert b"characters 73-98; SHA-256 " in part.blob
    by_style: dict[str, list[str]] = {}
    for paragraph in page.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Quote"] == [TWELVE, FIFTEEN, STORM]
    assert len(by_style[NOTE]) == 2 + 1 + 1 + 2
    assert page.element.xml.count("w:footnoteReference ") == 3


def test_words_from_outside_stay_words_in_every_form(assistant: Assistant, dossiers: Dossiers) -> None:
    hostile = "<script>alert(1)</script> [x](javascript:y) \x0b\ud800 & what"
    pin(assistant, dossiers, "ferry.txt", TWELVE, note=hostile, tags=[hostile[:30]], name=hostile[:60])
    found = shown(assistant, dossiers, dossiers.named())
    forms = {kind: written(found, kind, assistant) for kind in SUFFIXES}
    assert any("alert(1)" in one.text for one in WordDocument(BytesIO(forms["docx"])).paragraphs)
    assert b"<script" not in forms["html"]
    assert b"\\<script\\>" in forms["md"]
    assert json.loads(forms["json"])["pins"][0]["note"].startswith("<script>")


def test_a_copied_library_keeps_its_case_files(
    assistant: Assistant, dossiers: Dossiers, file: CaseFile, tmp_path: Path, encoder: WordEncoder
) -> None:
    for _ in range(2):  # an interrupted copy goes on
        assistant.copy_to(tmp_path / "copy")
    with Assistant.open(tmp_path / "copy", encoder=encoder) as copied:
        assert Dossiers(copied.kept).pins(file.id) == dossiers.pins(file.id)
        assert copied.verify() == ()
    (other := tmp_path / "other").mkdir()
    with Assistant.open(other, encoder=encoder, create=True) as own:
        Dossiers(own.kept).create("Its own")
    with pytest.raises(LibraryError, match="case files of its own"):
        assistant.copy_to(other)


def test_verify_finds_changed_words_and_a_damaged_file(assistant: Assistant, file: CaseFile) -> None:
    database = assistant.kept.file
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE pins SET quote = replace(quote, '12 crowns', '21 crowns')")
    connection.close()
    (found,) = assistant.verify()
    assert "pin 1" in found.place
    database.write_bytes(b"no database at all" * 300)
    (found,) = assistant.verify()
    assert found.place == FILE_NAME


def test_forgetting_a_document_erases_what_was_pinned_of_it(
    assistant: Assistant, dossiers: Dossiers, file: CaseFile, tmp_path: Path
) -> None:
    gone = pin(assistant, dossiers, "ferry.txt", LONG)
    dossiers.unpin(gone)
    assert any("1 pinned quote" in line for line in plan_lines(assistant, ["ferry.txt"], tmp_path / "none.db"))
    _, report = forget(assistant, ["ferry.txt"], tmp_path / "none.db")
    assert (report.left, report.erased.pins) == ((), 1)
    raw = b"".join(each.read_bytes() for each in assistant.folder.rglob("*") if each.is_file())
    for needle in (TWELVE, "Tom Reed", "ferry.txt", "The ferry to Varn"):
        assert needle.encode() not in raw
    first, *others = shown(assistant, dossiers, file).pins
    assert (first.state, first.pin.note) == (PinState.ERASED, INVENTED)
    assert [one.state for one in others] == [PinState.HERE, PinState.HERE]
    assert assistant.verify() == ()
    assert written(shown(assistant, dossiers, file), "docx", assistant)


def test_forgetting_a_version_erases_what_was_pinned_of_it_alone(
    assistant: Assistant, dossiers: Dossiers, file: CaseFile, tmp_path: Path
) -> None:
    assistant.keep_versions()
    before = assistant.document("ferry.txt")
    assistant.add([replace(before, text=before.text.replace("12 crowns", "14 crowns"), sha256="1" * 64)])
    pin(assistant, dossiers, "ferry.txt", "14 crowns")
    assert any("1 pinned quote" in line for line in plan_lines(assistant, ["ferry.txt@1"], tmp_path / "none.db"))
    _, report = forget(assistant, ["ferry.txt@1"], tmp_path / "none.db")
    assert (report.left, report.erased.pins) == ((), 1)
    first, *others = shown(assistant, dossiers, file).pins
    assert (first.state, first.pin.note) == (PinState.ERASED, INVENTED)
    assert [one.state for one in others] == [PinState.HERE] * 3
    assert assistant.verify() == ()


def test_bad_input_gets_one_sentence(
    assistant: Assistant,
    file: CaseFile,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    before = Dossiers(assistant.kept).pins(file.id)
    for arguments in (
        ["pin", "ferry.txt", "--words", "words that are not there"],
        ["pin", "ferry.txt", "--quote", "73:99999"],
        ["pin", "none.txt", "--quote", "1:2"],
        ["pin", "ferry.txt"],
        ["dossier", "show", "--file", "none"],
        ["dossier", "export", "dossier.rtf"],
        ["dossier", "note", "x", "y"],
        ["dossier", "unpin", "99999999999999999999"],
        ["dossier", "missing", " "],
        ["dossier", "list", "more"],
        ["cases", "remove", "7"],
        ["standing", "remove", "7"],
        ["standing", "add", "???"],
    ):
        assert main([*arguments, "--library", str(tmp_path / "library")]) == 1
        said = capsys.readouterr().err
        assert said.startswith("ibid: ")
        assert said.count("\n") == 1
    assert Dossiers(assistant.kept).pins(file.id) == before


def test_a_pin_or_point_of_another_case_file_is_not_changed(
    assistant: Assistant,
    dossiers: Dossiers,
    file: CaseFile,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    library = ["--library", str(tmp_path / "library")]
    odd = pin(assistant, dossiers, "ferry.txt", TWELVE, name="Odd")
    first, point = dossiers.pins(file.id)[0].number, dossiers.points(file.id)[0].number
    before = (dossiers.pins(file.id), dossiers.points(file.id))
    for action in (["note", first, "x"], ["tag", first, "x"], ["move", first, 2], ["unpin", first]):
        assert main(["dossier", *map(str, action), "--file", "Odd", *library]) == 1
        assert capsys.readouterr().err == f"ibid: “Odd” has no pin {first}; its pins are: {odd}.\n"
    for act in ("done", "drop"):
        assert main(["dossier", act, str(point), "--file", "Odd", *library]) == 1
        assert capsys.readouterr().err == f"ibid: “Odd” has no open point {point}; it has none.\n"
    assert (dossiers.pins(file.id), dossiers.points(file.id)) == before
    assert main(["dossier", "note", str(odd), "mine", "--file", "odd", *library]) == 0
    assert dossiers.pins(dossiers.named("Odd").id)[0].note == "mine"


def test_too_much_is_refused(assistant: Assistant, dossiers: Dossiers) -> None:
    number = pin(assistant, dossiers, "ferry.txt", TWELVE)
    for act in (
        lambda: dossiers.annotate(number, note="x" * 20_001),
        lambda: dossiers.annotate(number, tags=["x" * 41]),
        lambda: dossiers.annotate(number, tags=[str(one) for one in range(21)]),
        lambda: dossiers.create("x" * 81),
        lambda: dossiers.create("\u200b\n"),
        lambda: dossiers.miss("x" * 1_001),
    ):
        with pytest.raises(CaseFileError):
            act()
