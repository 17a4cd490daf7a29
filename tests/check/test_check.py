"""Checking a draft: each quotation's status, its place and its differences, in the world of Varn."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as WordDocument

from retriever import Assistant, CheckedQuotation, ContextKind, Document, ReadingError, Status
from retriever.__main__ import main
from retriever.casefile.dossiers import Dossiers
from retriever.casefile.records import CaseFile
from retriever.check.checking import QuotationChecker, check_draft
from retriever.check.draft import read_draft
from retriever.check.records import Change, ChangeOf, QuotationKind
from retriever.interfaces.check_schemas import check_fields
from retriever.interfaces.check_text import comments
from retriever.interfaces.dossier.contents import dossier_of, quote_at
from retriever.interfaces.dossier.files import written
from retriever.interfaces.html.check import check_html
from retriever.interfaces.json_lines import as_json, line
from retriever.interfaces.text import as_text
from retriever.reading.worker import Worker
from retriever.records import DocumentSummary
from tests.world import FERRY, HARBOUR, LIGHTHOUSE, WordEncoder

Checker = Callable[..., tuple[CheckedQuotation, ...]]

PAPER = """The wall

The council of Varn will build a longer wall in the harbour, at a cost of 40,000 crowns. It did not ask the owners of
the boats. The work begins on 3 May 2023 and ends, if the weather holds, before the first storm of the winter. Mira
Holt called the plan a “fair-weather wall” in March.
"""
TALK = """The talk of the harbour

The council met in May and adjourned. Its clerk denied on Friday that the council had asked the owners. Is it true that
the wall will be too short? If the storm comes early, the owners will have to pay.

“The wall is a waste of good stone and of our money,” said Tom Reed, the captain of the ferry.
"""
DOCUMENTS = {
    "ferry.txt": Document.from_text("ferry.txt", FERRY, title="The ferry to Varn", publisher="The Varn Herald"),
    "harbour.txt": Document.from_text(
        "harbour.txt", HARBOUR, title="The harbour master of Varn", publisher="Island Post"
    ),
    "lighthouse.txt": Document.from_text("lighthouse.txt", LIGHTHOUSE, title="The lighthouse of Varn"),
    "talk.txt": Document.from_text("talk.txt", TALK, title="The talk of the harbour", publisher="Island Post"),
    "wall.txt": Document.from_text("wall.txt", PAPER, title="The wall of Varn harbour", publisher="Island Post"),
}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as started:
        yield started


@pytest.fixture
def check(worker: Worker) -> Checker:
    def checked(text: str, name: str = "draft.md", *, unmarked: bool = False) -> tuple[CheckedQuotation, ...]:
        draft = read_draft(text.encode(), name, worker, unmarked=unmarked)
        return QuotationChecker(draft, [_summary(one) for one in DOCUMENTS.values()], DOCUMENTS.__getitem__).check()

    return checked


def _summary(document: Document) -> DocumentSummary:
    return DocumentSummary(
        document.id,
        document.title,
        document.publisher,
        document.published,
        document.known,
        document.media_type,
        len(document.text),
        1,
        document.sha256,
        document.source,
    )


@pytest.mark.parametrize(
    "quotation",
    [
        "“The ferry sails from Port Elm at nine in the morning.”",
        "«the ferry sails from Port Elm at nine in the morning»",
        '"The ferry sails from Port\u00a0Elm at nine in the morn\u00ading,"',
        "> The ferry sails from Port Elm\n> at nine in the morning.",
        "“The ferry sails … at nine in the morning.”",
        "“The ferry [of Varn] sails from Port Elm at nine.”",
        "“[It] sails from Port Elm at nine in the morning.”",
        "“[t]he ferry sails from Port Elm [sic] at nine.”",
        "“The **ferry** sails from _Port Elm_ at nine.”",
    ],
)
def test_what_only_typesetting_or_the_author_openly_changes_is_found(check: Checker, quotation: str) -> None:
    (found,) = check(quotation)
    assert found.status is Status.FOUND
    assert {place.document_id for place in found.places} == {"ferry.txt"}
    for place in found.places:
        assert DOCUMENTS[place.document_id].text[place.start : place.end] == place.text
    assert all(change.honest for change in found.changes)


@pytest.mark.parametrize(
    ("quotation", "change", "draft", "source"),
    [
        ("“The ferry sails from Port Elm at ten in the morning.”", Change.REPLACED, "ten", "nine"),
        ("“A ticket costs 21 crowns. The captain of the ferry is Tom Reed.”", Change.REPLACED, "21", "12"),
        ("“It did ask the owners of the boats.”", Change.LEFT_OUT, "", "not"),
        ("“The captain of the ferry is never Tom Reed.”", Change.PUT_IN, "never", ""),
        ("“The work begins on 3 May 2024 and ends before”", Change.REPLACED, "2024", "2023"),
        ("“at a cost of 40,000% crowns. It did not ask”", Change.PUT_IN, "%", ""),
    ],
)
def test_a_changed_word_is_named(check: Checker, quotation: str, change: Change, draft: str, source: str) -> None:
    (found,) = check(quotation)
    assert found.status is Status.CHANGED
    assert (change, draft, source) in [(one.change, one.draft, one.source) for one in found.changes]


def test_capitals_and_commas_are_told_apart_from_words(check: Checker) -> None:
    (found,) = check("“The captain of the Ferry is, Tom Reed. In winter”")
    assert {(one.of, one.draft) for one in found.changes} == {(ChangeOf.CASE, "Ferry"), (ChangeOf.PUNCTUATION, ",")}


def test_what_an_ellipsis_leaves_out_is_shown(check: Checker) -> None:
    (found,) = check("“It did … ask the owners of the boats.”")
    (left_out,) = found.changes
    assert (left_out.change, left_out.source, left_out.honest) == (Change.LEFT_OUT, "not", True)


@pytest.mark.parametrize(
    "quotation",
    [
        "“The captain of the ferry is Tom Reed. Mira Holt is the harbour master.”",
        "“Mira Holt is the harbour master … The captain of the ferry is Tom Reed.”",
        "“In winter it carries forty passengers … The ferry sails from Port Elm at nine.”",
    ],
)
def test_pieces_of_several_places_are_stitched(check: Checker, quotation: str) -> None:
    (found,) = check(quotation)
    assert found.status is Status.STITCHED
    assert len(found.places) == 2


@pytest.mark.parametrize(
    ("draft", "status"),
    [
        ("The Varn Herald says: “The captain of the ferry is Tom Reed.”", Status.FOUND),
        ("The Island Post says: “The captain of the ferry is Tom Reed.”", Status.MISATTRIBUTED),
        ("He wrote: “The captain of the ferry is Tom Reed.” (“The lighthouse of Varn”)", Status.MISATTRIBUTED),
        ("He wrote: “The captain of the ferry is Tom Reed.”[^1]\n\n[^1]: harbour.txt, p. 2.", Status.MISATTRIBUTED),
        ("He wrote: “The captain of the ferry is Tom Reed.”[^1]\n\n[^1]: The ferry to Varn.", Status.FOUND),
        ("> The captain of the ferry is Tom Reed.\n> — Island Post", Status.MISATTRIBUTED),
        ("Nobody is named. “The captain of the ferry is Tom Reed.”", Status.FOUND),
    ],
)
def test_the_named_source_is_compared(check: Checker, draft: str, status: Status) -> None:
    found = check(draft)
    assert [one.status for one in found] == [status]


def test_what_stands_nowhere_has_no_place_or_only_the_nearest(check: Checker) -> None:
    (nowhere,) = check("“Quarterly growth exceeded every single forecast of analysts.”")
    assert (nowhere.status, nowhere.places) == (Status.NOT_IN_LIBRARY, ())
    (near,) = check("“The captain of the old steamer is Anna Reed of Elm.”")
    assert near.status is Status.NOT_IN_LIBRARY
    assert near.places[0].document_id == "ferry.txt"


@pytest.mark.parametrize(
    ("draft", "status", "kinds"),
    [
        ("The paper says “the council had asked the owners”.", Status.OUT_OF_CONTEXT, {ContextKind.DENIAL}),
        ("The paper denies that “the council had asked the owners”.", Status.FOUND, set()),
        ("The paper says “the wall will be too short”.", Status.OUT_OF_CONTEXT, {ContextKind.QUESTION}),
        ("The paper asks whether “the wall will be too short”.", Status.FOUND, set()),
        ("The paper says “the owners will have to pay”.", Status.OUT_OF_CONTEXT, {ContextKind.HYPOTHESIS}),
        ("Island Post says “the wall is a waste of good stone”.", Status.OUT_OF_CONTEXT, {ContextKind.QUOTATION}),
        ("“The wall is a waste of good stone,” Tom Reed told the Island Post.", Status.FOUND, set()),
        ("“The wall is a waste of good stone.”", Status.FOUND, {ContextKind.QUOTATION}),
        ("The paper says “The council met in May and adjourned.”", Status.FOUND, set()),
    ],
)
def test_words_out_of_their_context_are_told(
    check: Checker, draft: str, status: Status, kinds: set[ContextKind]
) -> None:
    (found,) = check(draft)
    assert found.status is status
    assert (set(found.context.kinds) if found.context else set()) == kinds


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (
            "Island Post: the council of Varn will build a longer wall in the harbour, at a cost of 60,000 crowns.",
            ["40,000 crowns"],
        ),
        ("Island Post: the council of Varn will build a longer wall in the harbour, at a cost of 40,000 crowns.", []),
        ("The council of Varn will build a longer wall in the harbour, at a cost of 60,000 crowns.", []),
        ("As Island Post reports, the council of Elm wants a new pier and a slipway, at a cost of 60,000 crowns.", []),
        ("The work begins on 5 May 2023 and ends before the first storm of the winter (wall.txt).", ["3 May 2023"]),
    ],
)
@pytest.mark.parametrize("unmarked", [False, True])
def test_values_that_the_cited_source_gives_otherwise(
    worker: Worker, draft: str, said: list[str], unmarked: bool
) -> None:
    read = read_draft(draft.encode(), "draft.md", worker, unmarked=unmarked)
    report = check_draft(read, [_summary(one) for one in DOCUMENTS.values()], DOCUMENTS.__getitem__, "")
    assert [one.said for one in report.values] == said
    for one in report.values:
        assert read.text[one.start : one.end] == one.text
        assert DOCUMENTS[one.place.document_id].text[one.place.start : one.place.end] == one.place.text


def test_an_answer_kept_as_a_file_is_compared_with_the_documents_of_now(assistant: Assistant, varn: Path) -> None:
    kept = line(as_json(assistant.ask("What does a ticket cost?"))).encode()
    assert assistant.check(kept, name="kept.json").is_clean
    ferry = varn / "ferry.txt"
    ferry.write_text(ferry.read_text(encoding="utf-8").replace("12 crowns", "14 crowns"), encoding="utf-8")
    assistant.index([varn])
    report = assistant.check(kept, name="kept.json")
    (changed,) = [one for one in report.quotations if one.status is not Status.FOUND]
    assert changed.status is Status.CHANGED_SINCE
    assert [(one.draft, one.source) for one in changed.changes] == [("12", "14")]
    assert assistant.check(b'{"quotes": 7}', name="other.json").quotations == ()


def test_only_the_quotes_of_a_kept_case_file_are_compared(assistant: Assistant) -> None:
    dossiers = Dossiers(assistant.kept)
    assert assistant.check(dossier_json(assistant, dossiers.create("Mine")), name="mine.json").quotations == ()
    note = "Compare “the mayor never paid a single crown for it”, of 3 May 2019."
    file, _, _ = dossiers.pin(quote_at(assistant, "ferry.txt", (73, 98)), note=note)
    dossiers.miss("Who said “a ticket was free in those days”?", file_id=file.id)
    report = assistant.check(dossier_json(assistant, file), name="mine.json")
    assert [(one.quotation.text, one.status) for one in report.quotations] == [
        ("A ticket costs 12 crowns.", Status.FOUND)
    ]
    assert report.values == ()


def dossier_json(assistant: Assistant, file: CaseFile) -> bytes:
    dossiers = Dossiers(assistant.kept)
    return written(dossier_of(assistant, file, dossiers.pins(file.id), dossiers.points(file.id)), "json", assistant)


def test_a_refusal_that_was_kept_has_no_quotations(assistant: Assistant) -> None:
    kept = as_json(assistant.ask("What did the old mayor say about the new wall of the harbour in the autumn?"))
    assert assistant.check(line({**kept, "quotes": []}).encode(), name="kept.json").quotations == ()


def test_titles_and_short_words_in_marks_are_no_quotations(check: Checker) -> None:
    assert check("I read “The harbour master of Varn”, about a “fair-weather wall”, and “so called” plans.") == ()


def test_code_is_no_quotation(check: Checker) -> None:
    assert check('```\nprint("this is not a quotation at all")\n```\nand `x = "nor is this one here"`.') == ()


def test_sentences_without_marks_are_listed_when_asked_for(check: Checker) -> None:
    draft = "My own sentence has nothing of the sources in it. The ferry sails from Port Elm at nine in the morning."
    assert check(draft) == ()
    (found,) = check(draft, unmarked=True)
    assert (found.quotation.kind, found.status) == (QuotationKind.UNMARKED, Status.FOUND)


def test_a_sentence_without_marks_still_introduces_the_quotation_after_it(worker: Worker) -> None:
    draft = "As the Island Post reported on the plan of the council last week:\n\n> The ferry sails from Port Elm.\n"
    sources = [
        [one.attribution for one in read_draft(draft.encode(), "draft.md", worker, unmarked=unmarked).quotations][-1]
        for unmarked in (False, True)
    ]
    assert "Island Post" in sources[0]
    assert sources[1] == sources[0]


def test_the_same_quotation_twice_is_checked_at_both_places(check: Checker) -> None:
    first, second = check("“The captain of the ferry is Tom Reed.” Again:\n\n“The captain of the ferry is Tom Reed.”")
    assert (first.quotation.line, second.quotation.line) == (1, 3)
    assert first.places == second.places


@pytest.mark.parametrize(
    "hostile", ['"' * 60_000, "“" * 60_000, "“a " * 30_000, "> a\n" * 20_000, "[^1]: x\n" * 20_000]
)
def test_hostile_drafts_are_read(check: Checker, hostile: str) -> None:
    check(hostile)


def test_a_word_draft_gets_comments_at_the_words(assistant: Assistant) -> None:
    page = WordDocument()
    paragraph = page.add_paragraph("Before. He said: “A ticket costs ")
    paragraph.add_run("13 crowns").bold = True
    paragraph.add_run(".” After.")
    page.add_paragraph("“The captain of the ferry is Tom Reed.” And so on.")
    file = BytesIO()
    page.save(file)
    report = assistant.check(file.getvalue(), name="draft.docx")
    assert [one.status for one in report.quotations] == [Status.CHANGED, Status.FOUND]
    copy = WordDocument(BytesIO(assistant.commented(file.getvalue(), report, comments(report))))
    (comment,) = copy.comments
    assert "13" in comment.text
    assert {"A ticket costs", "13 crowns", "."} <= {run.text for run in copy.paragraphs[0].runs}
    assert [one.text for one in copy.paragraphs] == [one.text for one in page.paragraphs]
    with pytest.raises(ReadingError, match="changed"):
        assistant.commented(file.getvalue() + b" ", report, comments(report))


def test_the_report_as_a_page_loads_nothing_and_escapes_the_draft(assistant: Assistant) -> None:
    draft = "“A ticket costs 13 crowns. The <script> captain of the ferry is Tom Reed.”"
    page = check_html(assistant.check(draft.encode(), name="<b>.txt"))
    assert "<script" not in page.lower()
    assert "<b>" not in page
    assert "default-src 'none'" in page
    assert "<del>" in page


def test_the_command_tells_by_its_status_and_writes_the_page(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    where = ["--library", str(tmp_path / "library")]
    right, wrong, page = tmp_path / "right.txt", tmp_path / "wrong.txt", tmp_path / "report.html"
    right.write_text("“A ticket costs 12 crowns.”", encoding="utf-8")
    wrong.write_text("“A ticket costs 19 crowns.”", encoding="utf-8")
    assert main(["check", str(right), *where]) == 0
    assert main(["check", str(wrong), "--html", str(page), *where]) == 1
    assert "19" in page.read_text(encoding="utf-8")
    assert main(["check", str(tmp_path / "none.txt"), str(right), *where]) == 1
    assert "1 found" in capsys.readouterr().out
    assert main(["check", str(right), "--docx", str(tmp_path / "copy.docx"), *where]) == 1
    with pytest.raises(SystemExit) as stopped:
        main(["check", str(right), str(wrong), "--html", str(page), *where])
    assert stopped.value.code == 2


def test_the_report_has_the_same_quotations_in_words_and_for_programs(assistant: Assistant) -> None:
    report = assistant.check("As she said: “A ticket costs 15 crowns since the spring.”\n".encode(), name="a.md")
    assert not report.is_clean or report.count(Status.FOUND) == 1
    fields = check_fields(report)
    assert json.dumps(fields)
    assert "1 quotation; 1 found" in as_text(report)
    assert fields["clean"] is True


def test_no_output_is_written_over_what_is_read(
    assistant: Assistant, varn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retriever.assistant._default_encoder", lambda _: WordEncoder())
    where = ["--library", str(tmp_path / "library")]
    draft, link = tmp_path / "draft.txt", tmp_path / "link.txt"
    draft.write_text("“A ticket costs 12 crowns.”", encoding="utf-8")
    link.symlink_to(draft)
    before = draft.read_bytes()
    new = str(tmp_path / "new")
    for output in (["--html", str(draft)], ["--docx", str(varn / ".." / draft.name)], ["--html", str(link)]):
        with pytest.raises(SystemExit) as stopped:
            main(["check", str(draft), *output, *where])
        assert stopped.value.code == 2
    for usage in (
        ["check", str(draft), "--html", new, "--docx", new],
        ["table", "--batch", str(draft), "--csv", str(link)],
    ):
        with pytest.raises(SystemExit):
            main([*usage, *where])
    assert draft.read_bytes() == before
    ferry = varn / "ferry.txt"
    before = ferry.read_bytes()
    for command in (
        ["check", str(draft), "--html"],
        ["table", "Who?", "--csv"],
        ["absence", "Who?", "--output"],
        ["show", "ferry.txt", "--image"],
    ):
        assert main([*command, str(ferry), *where]) == 1
        assert ferry.read_bytes() == before
    database = tmp_path / "library" / "library.db"
    before = database.read_bytes()
    assert main(["check", str(draft), "--html", str(database), *where]) == 1
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("quotation", "negation"),
    [
        ("“It did … ask the owners of the boats.”", "not"),
        ("“It … ask the owners of the boats.”", "not"),
        ("“The ferry sails … at nine in the morning.”", ""),
        ("“The council of Varn will build a longer wall … The work begins on 3 May 2023”", ""),
    ],
)
def test_an_ellipsis_that_leaves_out_a_negation_is_to_be_mended(check: Checker, quotation: str, negation: str) -> None:
    (found,) = check(quotation)
    assert found.status is (Status.CHANGED if negation else Status.FOUND)
    assert [one.negation for one in found.changes if one.negation] == [negation] * bool(negation)
    assert all(one.source[:1].isalnum() for one in found.changes)


@pytest.fixture
def check_against(worker: Worker) -> Callable[[str, str], CheckedQuotation]:
    def checked(source: str, quotation: str) -> CheckedQuotation:
        document = Document.from_text("rules.txt", source, title="The rules")
        draft = read_draft(quotation.encode(), "draft.md", worker)
        (found,) = QuotationChecker(draft, [_summary(document)], lambda _: document).check()
        return found

    return checked


RULES = (
    "The Supplier shall deliver the goods in May. The Supplier shall keep the records of the year. "
    "The clerk of the town has a key to each of the rooms. The Supplier shall in every such case be liable for it. "
    "We do not believe the plan is safe for the town."
)


def test_the_place_of_an_ellipsis_is_where_the_least_is_left_out(
    check_against: Callable[[str, str], CheckedQuotation],
) -> None:
    found = check_against(RULES, "“The Supplier shall … be liable”")
    assert [one.source for one in found.changes] == ["in every such case"]
    assert found.status is Status.FOUND


def test_a_negation_left_out_near_the_first_words_is_no_replacement(
    check_against: Callable[[str, str], CheckedQuotation],
) -> None:
    found = check_against(RULES, "“We believe the plan is safe for the town.”")
    assert [(one.change, one.source) for one in found.changes] == [(Change.LEFT_OUT, "do not")]


@pytest.mark.parametrize("words", [0, 30, 900])
def test_exact_parts_of_two_sentences_are_stitched_at_any_distance(
    check_against: Callable[[str, str], CheckedQuotation], words: int
) -> None:
    between = "Here another matter was settled. " + "Such things were noted here. " * (words // 5)
    source = f"The clerk keeps the key of the hall. {between}The mayor opens every meeting in May."
    first, last = "The clerk keeps the key of the hall.", "The mayor opens every meeting in May."
    for parts in ((first, last), (last, first)):
        found = check_against(source, f"“{' '.join(parts)}”")
        assert found.status is Status.STITCHED
        assert found.changes == ()
        assert [one.text.rstrip(".") for one in found.places] == [one.rstrip(".") for one in parts]


def test_what_cannot_be_read_is_to_be_checked_again(assistant: Assistant) -> None:
    with pytest.raises(ReadingError, match="check it again"):
        assistant.check(bytes(range(256)) * 20, name="draft.txt")


def test_what_html_marks_as_a_quotation_is_one(check: Checker) -> None:
    (found,) = check("<p>He said: <q>The captain of the ferry is Tom Reed.</q> And so on.</p>", "draft.html")
    assert (found.quotation.kind, found.status) == (QuotationKind.MARKED, Status.FOUND)
