"""What happened on Varn and when, by the sentences that say so."""

from dataclasses import replace

import pytest

from retriever import Assistant, Document, Scope
from retriever.interfaces.scope_names import ScopeNames
from retriever.records import DocumentSummary, Passage
from retriever.store.contents import StoredPassage
from retriever.timeline import Point, merge_points, most_informative, points_between, points_of
from tests.world import TEXTS

TOLD = "The storm of Varn sank three boats in the harbour in March."


def summary(name: str = "log.txt", published: str | None = "2021-04-20") -> DocumentSummary:
    return DocumentSummary(name, "The log", "Island Post", published, {}, "text/plain", 1, 1, "0" * 64, name)


def points(
    text: str, name: str = "log.txt", published: str | None = "2021-04-20", language: str | None = None
) -> tuple[Point, ...]:
    """The points of a document that is one sentence."""
    passage = Passage(name, 0, len(text), sentences=((0, len(text)),))
    document = replace(summary(name, published), language=language)
    return points_of(document, [StoredPassage(1, 1, passage, "The log", text)])


@pytest.mark.parametrize(
    ("sentence", "time"),
    [
        (TOLD, "2021-03"),
        ("On Thursday the captain of the ferry met the harbour master.", "2021-04-15"),
        ("In 1951 the storm broke the lamp, the day before 3 May.", "1951"),
        ("The harbour said Monday that the boats sank in March.", "2021-03"),
        ("From October to March nine boats sank, and more than in all of 2019.", "2020-10/2021-03"),
        ("The ferry has sailed from Port Elm every day since 1951.", "1951"),
        ("date 2021-04-19 The storm of Varn sank three boats in March.", "2021-03"),
        ("On Wednesday, 31 March the storm sank three boats in the harbour.", "2021-03-31"),
        ("The harbour was closed on Monday (12 April), as the storm came.", "2021-04-12"),
        ("The quay was closed from 4 January to 30 March 2021 for repairs.", "2021-01-04/2021-03-30"),
        ("The quay will be closed from 1 July to 30 September for repairs.", "2021-07/2021-09"),
        ("The quay was closed 3–7 May 2019 because of the storm.", "2019-05-03/2019-05-07"),
    ],
)
def test_a_sentence_stands_at_the_time_that_it_tells_of(sentence: str, time: str) -> None:
    assert [point.time for point in points(sentence)] == [time]


@pytest.mark.parametrize(
    ("language", "sentence", "time"),
    [
        ("ja", "令和３年５月３日に市立図書館が新しい建物で開館した。", "2021-05-03"),
        ("zh", "市图书馆新馆于2021年5月3日对公众开放。", "2021-05-03"),
        ("de", "Am 3. Mai 2021 wurde die neue Bücherei eröffnet.", "2021-05-03"),
    ],
)
def test_a_sentence_of_another_language_is_a_point_too(language: str, sentence: str, time: str) -> None:
    assert [point.time for point in points(sentence, language=language)] == [time]


@pytest.mark.parametrize(
    ("sentence", "times"),
    [
        ("The bridge was closed on 3 May 2019 and opened again on 7 June 2020.", ["2019-05-03", "2020-06-07"]),
        ("The lighthouse was founded in 1904 and burnt on 3 May 1951.", ["1904", "1951-05-03"]),
        ("In 2019 the bridge was closed, and on 3 May 2019 it fell.", ["2019-05-03"]),
        ("The harbour master said on 3 May 2019 that the boats sank on 1 May 2019.", ["2019-05-01"]),
    ],
)
def test_a_sentence_stands_at_each_of_its_times(sentence: str, times: list[str]) -> None:
    assert [point.time for point in points(sentence)] == times


@pytest.mark.parametrize(
    ("sentence", "time"),
    [
        ("Applications must be filed by 30 June 2024.", "2024-06-30"),
        ("Please return the signed form before 1 July.", "2021-07-01"),
        ("The lease will run until the end of March 2023.", "2023-03"),
    ],
)
def test_a_deadline_is_a_point(sentence: str, time: str) -> None:
    assert [point.time for point in points(sentence)] == [time]


@pytest.mark.parametrize(
    "sentence",
    [
        "By Ada Brook of the Varn Herald, 3 May 2021",
        "By Ada Brook, staff writer of the Varn Herald, 3 May 2021.",
        "Ada Brook, Island Post, Varn, 3 May 2021, updated 4 May 2021",
        "The ferry sails every Monday from Port Elm at nine.",  # again and again
        "The fee for the berth is paid on 1 May of each year.",
        "The office of the harbour is open Monday to Friday.",
        "The ferry sails from Port Elm with forty passengers.",  # no time
        "Boats sunk in March",  # a heading
        "The harbour master abides by the 1951 rules of the island.",  # tells which
        "More boats sank in the harbour than in 2019.",  # compares
        "The rules of the harbour are of 1951, 1960, 1972, 1985 and 2001.",  # lists
        "No storm like this had been seen on Varn since 1951.",  # was not then
        "This was the worst storm on the island since 1951.",
        "These are the first talks with Port Elm since 1951.",
        "Published 2021-04-19 by the harbour master of Varn.",  # of the document
    ],
)
def test_a_sentence_that_tells_of_no_time_is_no_point(sentence: str) -> None:
    assert points(sentence) == ()


def test_the_date_of_a_document_that_is_known_to_the_month_is_no_point() -> None:
    assert points("On Thursday the captain of the ferry met the harbour master.", published="2021-04") == ()


def test_what_two_documents_tell_alike_of_one_time_is_one_point() -> None:
    (point,) = merge_points([*points(TOLD), *points(f"A {TOLD[4:]}", "post.txt"), *points(TOLD, "post.txt")])
    assert (point.document_id, [other.document_id for other in point.also]) == ("log.txt", ["post.txt"])


def test_what_is_told_alike_of_two_times_is_two_points_in_the_order_of_time() -> None:
    found = merge_points([*points(TOLD), *points(TOLD.replace("March", "1951"))])
    assert [point.time for point in found] == ["1951", "2021-03"]


def test_of_many_points_those_are_shown_that_tell_most_in_the_order_of_time() -> None:
    (point,) = points(TOLD)
    every = [replace(point, time=str(year), weight=weight) for year, weight in ((1901, 2), (1902, 1), (1903, 3))]
    assert [one.time for one in most_informative(every, 2)] == ["1901", "1903"]


@pytest.mark.parametrize("lead", ["date 2021-04-20 ", "Varn Harbour (Varn Times), 20 April 2021 – "])
def test_the_date_of_a_page_is_no_part_of_what_it_tells(lead: str) -> None:
    (point,) = points(f"{lead}{TOLD}")
    assert (point.text, point.start, point.time) == (TOLD, len(lead), "2021-03")


@pytest.mark.parametrize(
    ("since", "until", "times"),
    [
        ("", "", ["1904", "1951-03", "1962/1964"]),
        ("1951", "", ["1951-03", "1962/1964"]),
        ("1951-04", "", ["1962/1964"]),
        ("1963", "1963", ["1962/1964"]),
        ("", "1951-03-01", ["1904", "1951-03"]),
    ],
)
def test_points_are_kept_by_when_it_happened(since: str, until: str, times: list[str]) -> None:
    (point,) = points(TOLD)
    every = [replace(point, time=time) for time in ("1904", "1951-03", "1962/1964")]
    assert [one.time for one in points_between(every, since, until)] == times


def test_a_point_is_a_slice_of_its_document(assistant: Assistant) -> None:
    found = assistant.timeline()
    assert [(point.time, point.document_id) for point in found][:2] == [
        ("1904", "lighthouse.txt"),
        ("1951", "lighthouse.txt"),
    ]
    for point in found:
        assert TEXTS[point.document_id][point.start : point.end] == point.text


def test_the_timeline_follows_the_library_and_the_scope(assistant: Assistant) -> None:
    assistant.timeline()
    assistant.add([Document("log.txt", "The log", TOLD, "log.txt", "text/plain", "1" * 64, published="2021-04-20")])
    assert "log.txt" in {point.document_id for point in assistant.timeline()}
    only = Scope(documents=frozenset({"log.txt"}))
    assert [point.time for point in assistant.timeline(only)] == ["2021-03"]
    assistant.remove(["log.txt"])
    assert "log.txt" not in {point.document_id for point in assistant.timeline()}


def test_a_program_asks_for_the_time_when_it_happened_not_when_it_was_published(assistant: Assistant) -> None:
    every = assistant.timeline()
    assert ScopeNames(since="2021-03", until="2021-03").timeline(assistant) == points_between(
        every, "2021-03", "2021-03"
    )
    assert ScopeNames(until="2021-03").timeline(assistant)
