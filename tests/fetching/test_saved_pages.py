"""Fetched pages as documents: stored with their digest, refreshed, followed, forgotten without a trace."""

import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retriever import Assistant
from retriever.citing.formats import write_references
from retriever.citing.names import CitationFormat, CitationStyle
from retriever.citing.styles import cite
from retriever.errors import AddressRefused, FetchError, OriginalChanged, SiteBusy
from retriever.fetching.addresses import WebAddress
from retriever.fetching.kept import PageFiles
from retriever.fetching.reading import id_of
from retriever.fetching.saved_pages import Fetched, FetchState
from retriever.interfaces.citations import cited_document
from retriever.records import Provenance
from tests.network import asked
from tests.web_site import Answer, Site, page

CAPTAIN = "The captain of the ferry is Tom Reed. The ferry sails at nine in the morning."
FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Varn news</title>
<entry><title>Storm</title><link rel="self" href="/no"/><link href="/storm"/><summary>A storm came.</summary></entry>
<entry><title>Gone</title><link href="/gone"/><summary>It is not there.</summary></entry>
<entry><title>Odd</title><link href="mailto:a@example.org"/><summary>No page.</summary></entry></feed>"""


def stored(assistant: Assistant) -> list[Path]:
    return sorted(file for file in (assistant.folder / "web").rglob("*") if file.suffix == ".html")


def one(assistant: Assistant, address: str, **options: bool) -> Fetched:
    (fetched,) = assistant.fetch(address, **options)
    return fetched


def a_day_later(assistant: Assistant) -> None:
    """Let every address have been asked for a day ago."""
    files = PageFiles(assistant.folder)
    for known in files.all():
        moment = datetime.fromisoformat(known.checked) - timedelta(hours=24)
        files.save(replace(known, checked=moment.isoformat(timespec="seconds")))


def test_a_page_becomes_a_document_with_its_address_day_and_digest(fetching: Assistant, site: Site) -> None:
    site.answers["/ferry.html"] = page("The ferry", CAPTAIN)
    fetched = one(fetching, f"{site.address}/ferry.html#top")
    assert fetched.state is FetchState.ADDED
    assert fetched.document
    assert fetched.document.id == f"127.0.0.1-{site.port}/ferry.html"
    document = fetching.document(fetched.document.id)
    assert (document.title, document.link) == ("The ferry", f"{site.address}/ferry.html")
    assert (document.publisher, document.known["publisher"]) == ("127.0.0.1", Provenance.INFERRED)
    (file,) = stored(fetching)
    assert file.read_bytes() == site.answers["/ferry.html"].body
    assert hashlib.sha256(file.read_bytes()).hexdigest() == document.sha256
    today = datetime.now(UTC).date().isoformat()
    assert today in file.name
    origin = fetching.saved_pages.origin(document.source)
    assert origin
    assert (origin.address, origin.fetched.date().isoformat()) == (document.link, today)
    assert {file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077} == {0}
    (quote, *_) = fetching.ask("Who is the captain of the ferry?").quotes
    assert (quote.document_id, "Tom Reed" in quote.text) == (document.id, True)
    assert fetching.verify() == ()
    file.write_bytes(b"<p>Another page.</p>")
    (finding,) = fetching.verify()
    assert (finding.place, "fetch its address again" in finding.problem) == (document.id, True)


def test_an_unchanged_page_makes_no_new_version_and_a_changed_one_makes_one(fetching: Assistant, site: Site) -> None:
    fetching.keep_versions()
    site.answers["/"] = replace(page("The ferry", CAPTAIN), headers={"Content-Type": "text/html", "ETag": '"1"'})
    first = one(fetching, site.address)
    assert first.document
    assert one(fetching, site.address).state is FetchState.UNCHANGED  # 304
    site.answers["/"] = page("The ferry", CAPTAIN)
    assert one(fetching, site.address).state is FetchState.UNCHANGED  # the same bytes
    site.answers["/"] = page("The ferry", f"{CAPTAIN}<!-- made at noon -->")
    assert one(fetching, site.address).state is FetchState.UNCHANGED  # other bytes, the same words
    assert (len(stored(fetching)), len(fetching.versions(first.document.id))) == (1, 1)
    site.answers["/"] = page("The ferry", CAPTAIN.replace("Tom Reed", "Ada Brook"))
    assert one(fetching, site.address).state is FetchState.REPLACED
    before, now = fetching.versions(first.document.id)
    assert [Path(each.document.source) for each in (before, now)] == stored(fetching)
    assert fetching.verify() == ()
    (change,) = fetching.version_changes(before.document.id, now.document.id)
    assert ("Tom Reed" in str(change.before), "Ada Brook" in str(change.after)) == (True, True)
    fetching.keep_versions(False)
    site.answers["/"] = page("The ferry", "The ferry was sold.")
    one(fetching, site.address)
    assert len(stored(fetching)) == 1  # files of versions that are not kept go


@pytest.mark.parametrize("other", ["", "<!-- made at noon -->"])
@pytest.mark.parametrize("loss", ["damaged", "gone", "gone with its record"])
def test_a_stored_page_that_is_gone_or_damaged_is_stored_anew(
    fetching: Assistant, site: Site, loss: str, other: str
) -> None:
    """Neither the server's mark nor the page's words may keep the bytes from being stored again."""
    headers = {"Content-Type": "text/html", "ETag": '"1"'}
    site.answers["/ferry"] = replace(page("The ferry", CAPTAIN), headers=headers)
    first = one(fetching, f"{site.address}/ferry").document
    assert first
    (file,) = stored(fetching)
    if loss == "damaged":
        file.write_bytes(file.read_bytes() + b" ")
    else:
        file.unlink()
    if loss == "gone with its record":
        (file.parent / "address.json").unlink()
    (finding,) = fetching.verify()
    assert finding.problem.endswith(f"fetch its address again: {site.address}/ferry")
    with pytest.raises(OriginalChanged, match=f"store it again with `ibid fetch {site.address}/ferry`"):
        fetching.original(first.id)
    site.answers["/ferry"] = replace(page("The ferry", CAPTAIN + other), headers=headers)
    again = one(fetching, f"{site.address}/ferry")
    assert (again.state, again.document and again.document.id) == (FetchState.REPLACED, first.id)
    assert (fetching.verify(), len(fetching.documents()), len(stored(fetching))) == ((), 1, 1)
    assert one(fetching, f"{site.address}/ferry").state is FetchState.UNCHANGED


@pytest.mark.parametrize("lost", [False, True])
def test_a_redirect_to_a_page_that_is_kept_makes_no_second_document(
    fetching: Assistant, site: Site, lost: bool
) -> None:
    site.answers["/ferry"] = page("The ferry", CAPTAIN)
    site.answers["/old"] = Answer(status=302, headers={"Location": f"{site.address}/ferry"})
    first = one(fetching, f"{site.address}/ferry")
    if lost:
        (file,) = stored(fetching)
        shutil.rmtree(file.parent)
    again = one(fetching, f"{site.address}/old", daily=True)
    assert (again.document and again.document.id) == (first.document and first.document.id)
    assert again.state is (FetchState.REPLACED if lost else FetchState.UNCHANGED)
    assert (len(fetching.documents()), len(stored(fetching)), fetching.verify()) == (1, 1, ())
    assert [known.daily for known, _ in fetching.saved_pages.list()] == [True]


@pytest.mark.parametrize("style", CitationStyle)
def test_a_citation_says_when_the_page_was_fetched(fetching: Assistant, site: Site, style: CitationStyle) -> None:
    site.answers["/ferry"] = page("The ferry", CAPTAIN)
    document = one(fetching, f"{site.address}/ferry").document
    assert document
    today = datetime.now(UTC).date()
    item = cited_document(fetching, document.id, (0, 10))
    assert item.fields["accessed"] == {"date-parts": [[today.year, today.month, today.day]]}
    assert f"urldate = {{{today}}}" in write_references([item], CitationFormat.BIBTEX)
    assert f"Y2  - {today:%Y/%m/%d}/" in write_references([item], CitationFormat.RIS)
    citation = cite(item, style)
    cited = f"{citation.note} {citation.reference}"
    assert str(today.year) in cited
    assert "accessed" in cited.lower() or "last visited" in cited.lower() or "retrieved" in cited.lower()


def test_where_a_redirect_has_led_is_the_same_page(fetching: Assistant, site: Site) -> None:
    site.answers["/ferry"] = page("The ferry", CAPTAIN)
    site.answers["/old"] = Answer(status=302, headers={"Location": f"{site.address}/ferry"})
    one(fetching, f"{site.address}/old")
    assert one(fetching, f"{site.address}/ferry").state is FetchState.UNCHANGED
    assert len(fetching.documents()) == 1


def test_what_a_user_has_corrected_stays(fetching: Assistant, site: Site) -> None:
    site.answers["/"] = page("The ferry", CAPTAIN)
    (fetched,) = fetching.fetch(site.address, collection="Ships")
    assert fetched.document
    assert fetched.document.collection == "Ships"
    fetching.edit(fetched.document.id, title="The ferry of Varn")
    site.answers["/"] = page("Another title", "The ferry was sold.")
    again = one(fetching, site.address).document
    assert again
    assert (again.id, again.title, again.collection) == (fetched.document.id, "The ferry of Varn", "Ships")


def test_only_what_is_followed_is_fetched_again_and_only_after_a_day(fetching: Assistant, site: Site) -> None:
    site.answers["/once"], site.answers["/daily"] = page("Once", CAPTAIN), page("Daily", "The lamp broke.")
    one(fetching, f"{site.address}/once")
    one(fetching, f"{site.address}/daily", daily=True)
    assert list(fetching.fetch_due()) == []
    a_day_later(fetching)
    site.answers["/daily"] = page("Daily", "The lamp was mended.")
    (due,) = fetching.fetch_due()
    assert (due.state, due.page.address) == (FetchState.REPLACED, f"{site.address}/daily")
    assert site.asked_for("/once") == 1
    a_day_later(fetching)
    site.answers["/daily"] = Answer(status=503, headers={"Retry-After": "90000"})
    (failed,) = fetching.fetch_due()
    assert (failed.state, "left alone" in failed.detail) == (FetchState.FAILED, True)
    assert "mended" in fetching.document(f"127.0.0.1-{site.port}/daily").text  # what was there stays
    a_day_later(fetching)
    assert list(fetching.fetch_due()) == []
    count = site.asked_for("/daily")
    with pytest.raises(SiteBusy, match=r"until"):
        one(fetching, f"{site.address}/daily")
    assert site.asked_for("/daily") == count
    fetching.saved_pages.stop(f"{site.address}/daily")
    assert [known.daily for known, _ in fetching.saved_pages.list()] == [False, False]
    with pytest.raises(FetchError, match=r"is not fetched daily"):
        fetching.saved_pages.stop(f"{site.address}/daily")


def test_a_removed_page_does_not_come_back(fetching: Assistant, site: Site) -> None:
    site.answers["/"] = page("The ferry", CAPTAIN)
    fetched = one(fetching, site.address, daily=True)
    assert fetched.document
    taken = fetching.take_out([fetched.document.id])
    a_day_later(fetching)
    assert list(fetching.fetch_due()) == []
    assert fetching.saved_pages.list() == ()
    fetching.put_back(taken)
    assert [due.state for due in fetching.fetch_due()] == [FetchState.UNCHANGED]


def test_a_feed_is_a_document_and_its_pages_are_fetched_only_if_asked(fetching: Assistant, site: Site) -> None:
    site.answers["/feed"] = Answer(FEED.encode(), headers={"Content-Type": "application/atom+xml"})
    site.answers["/storm"] = page("The storm", "The February storm sank three boats.")
    assert one(fetching, f"{site.address}/feed", daily=True).state is FetchState.ADDED
    assert site.asked_for("/storm") == 0
    feed, storm, gone = fetching.fetch(f"{site.address}/feed", entries=True)
    assert [each.state for each in (feed, storm, gone)] == [
        *(FetchState.UNCHANGED, FetchState.ADDED, FetchState.FAILED),
    ]
    assert storm.page.feed == f"{site.address}/feed"
    assert "status 404" in gone.detail
    a_day_later(fetching)
    assert [each.page.address for each in fetching.fetch_due()] == [f"{site.address}/feed"]
    assert (site.asked_for("/storm"), site.asked_for("/gone")) == (1, 1)  # none is fetched twice
    newer = FEED.replace("<entry>", '<entry><title>New</title><link href="/new"/></entry><entry>', 1)
    site.answers["/feed"] = Answer(newer.encode(), headers={"Content-Type": "application/atom+xml"})
    site.answers["/new"] = page("New", "A new lamp was lit.")
    a_day_later(fetching)
    assert [each.page.address for each in fetching.fetch_due()] == [
        f"{site.address}{path}" for path in ("/feed", "/new")
    ]


def test_forgetting_a_page_erases_its_files_and_its_address(fetching: Assistant, site: Site) -> None:
    fetching.keep_versions()
    site.answers["/secret-plan"], site.answers["/other"] = page("Plan", CAPTAIN), page("Other", "The lamp broke.")
    plan = one(fetching, f"{site.address}/secret-plan", daily=True).document
    other = one(fetching, f"{site.address}/other").document
    site.answers["/secret-plan"] = page("Plan", "The ferry was sold to Mira Holt.")
    one(fetching, f"{site.address}/secret-plan")
    assert plan
    assert other
    (before, _) = fetching.versions(plan.id)
    assert len(stored(fetching)) == 3
    assert fetching.forget([before.document.id]).left == ()
    assert len(stored(fetching)) == 2
    assert [known.daily for known, _ in fetching.saved_pages.list()] == [False, True]
    report = fetching.forget([plan.id])
    assert (report.left, report.files > 5) == ((), True)
    everything = b"".join(file.read_bytes() for file in fetching.folder.rglob("*") if file.is_file())
    for trace in (b"secret-plan", b"Tom Reed", b"Mira Holt"):
        assert trace not in everything
    assert not [file for file in fetching.folder.rglob("*secret-plan*")]
    assert [document.id for document in fetching.documents()] == [other.id]
    assert fetching.verify() == ()


def test_what_cannot_be_fetched_or_read_leaves_nothing(fetching: Assistant, site: Site) -> None:
    site.answers["/empty"] = page("", "")
    site.answers["/program"] = Answer(b"\x7fELF\0\0", headers={"Content-Type": "application/octet-stream"})
    for path, says in {"/missing": "no page", "/empty": f"{site.address}/empty", "/program": "a program"}.items():
        with pytest.raises(FetchError, match=says):
            list(fetching.fetch(site.address + path, daily=True))
    with pytest.raises(AddressRefused):
        list(fetching.fetch("http://127.0.0.1/"))
    assert (stored(fetching), fetching.documents(), PageFiles(fetching.folder).all()) == ([], (), ())


def test_the_file_says_the_encoding_that_only_the_server_knew(fetching: Assistant, site: Site) -> None:
    body = page("Le phare", "Le phare fut allumé à l’été 1904.").body.decode().encode("cp1252")
    site.answers["/"] = Answer(body, headers={"Content-Type": "text/html; charset=windows-1252"})
    document = one(fetching, site.address).document
    assert document
    assert "allumé à l’été" in fetching.document(document.id).text


def test_ids_are_readable_and_can_stand_in_a_link() -> None:
    for address, expected in {
        "https://example.org/": "example.org",
        "https://example.org/a%20b/%C3%A9t%C3%A9.html?x=1&y": "example.org/a b/été.html-x-1-y",
        "https://example.org/a//b/%2e%2e/c%2Fd": "example.org/a/b/c-d",
        "https://example.org/%00%E2%80%AE": "example.org/--",
    }.items():
        assert id_of(WebAddress.of(address)) == expected


def test_who_may_not_see_a_page_neither_finds_nor_replaces_it(fetching: Assistant, site: Site) -> None:
    site.answers["/"] = page("The ferry", CAPTAIN)
    (first,) = fetching.fetch(site.address, collection="Closed", daily=True)
    fetching.set_members("Closed", ["ada"])
    other = fetching.seen_by("tom")
    assert other.saved_pages.list() == ()
    site.answers["/"] = page("The ferry", "The ferry was sold.")
    (own,) = other.fetch(site.address)
    assert own.document
    assert first.document
    assert own.document.id != first.document.id
    assert "Tom Reed" in fetching.document(first.document.id).text
    assert Path(fetching.summary(first.document.id).source).is_file()
    a_day_later(fetching)
    assert list(other.fetch_due()) == []
    with pytest.raises(FetchError):
        other.saved_pages.stop(site.address)


def test_without_the_command_nothing_is_asked_for(fetching: Assistant, site: Site) -> None:
    """Not by opening, listing, reading, verifying or asking, though a page is followed and due."""
    site.answers["/"] = page("The ferry", CAPTAIN)
    one(fetching, site.address, daily=True)
    a_day_later(fetching)
    count = len(site.asked)
    fetching.index([stored(fetching)[0].parent])
    fetching.ask("Who is the captain of the ferry?")
    fetching.saved_pages.list()
    fetching.verify()
    assert len(site.asked) == count
    assert asked == []
