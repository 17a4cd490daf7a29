"""Which documents a question is put to."""

from dataclasses import replace

import pytest

from retriever.errors import QuestionError
from retriever.filters import Scope
from retriever.records import DocumentSummary


def summary(
    document_id: str, publisher: str | None = None, published: str | None = None, language: str | None = None
) -> DocumentSummary:
    return DocumentSummary(
        document_id, document_id, publisher, published, {}, "text/plain", 1, 1, "0" * 64, document_id, language=language
    )


FERRY = summary("ferry.txt", "Harbour News", "1902-05-09")
LAMP = summary("lamp.txt", "Varn Times", "1902-05")
TIDE = summary("tide.txt", None, "1903")
SONG = summary("song.txt", "Varn Times", None)
ALL = (FERRY, LAMP, TIDE, SONG)


def taken(scope: Scope) -> list[str]:
    left_out = scope.left_out(ALL)
    return [document.id.removesuffix(".txt") for document in ALL if document.id not in left_out]


def test_an_empty_scope_takes_every_document() -> None:
    assert not Scope()
    assert taken(Scope()) == ["ferry", "lamp", "tide", "song"]


def test_publishers_are_taken_by_name_and_the_unknown_one_by_the_empty_name() -> None:
    assert taken(Scope(publishers=frozenset({"Varn Times"}))) == ["lamp", "song"]
    assert taken(Scope(publishers=frozenset({"", "Harbour News"}))) == ["ferry", "tide"]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("1902-05-09", "1902-05-09", ["ferry", "lamp"]),
        ("1902-05-10", "", ["lamp", "tide"]),
        ("", "1902-05-08", ["lamp"]),
        ("1902", "1902", ["ferry", "lamp"]),
        ("1902-06", "", ["tide"]),
        ("", "1902", ["ferry", "lamp"]),
        ("1903-07-01", "1903-08-01", ["tide"]),
        ("1904", "", []),
    ],
)
def test_dates_are_compared_as_far_as_both_are_known(since: str, until: str, expected: list[str]) -> None:
    assert taken(Scope(since=since, until=until)) == expected


def test_documents_are_taken_one_by_one_and_together_with_the_rest() -> None:
    assert taken(Scope(documents=frozenset({"ferry.txt", "tide.txt"}))) == ["ferry", "tide"]
    assert taken(Scope(documents=frozenset({"ferry.txt", "tide.txt"}), until="1902")) == ["ferry"]


@pytest.mark.parametrize(
    ("since", "until"), [("2024", "2022"), ("1902-05", "1902-04-30"), ("1902-05-10", "1902-05-09")]
)
def test_a_span_that_ends_before_it_begins_is_refused(since: str, until: str) -> None:
    with pytest.raises(QuestionError, match="swap the two dates"):
        Scope.named((), since=since, until=until)


def test_a_day_of_a_year_may_be_asked_from_the_year() -> None:
    assert Scope.named((), since="1902", until="1902-05") == Scope(since="1902", until="1902-05")


MIXED = (summary("a", language="en"), summary("b", language="de"), summary("c"), summary("d", language="no"))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["de"], ["b"]),
        (["DE-at"], ["b"]),
        ([" german "], ["b"]),
        (["Deutsch", "en_GB"], ["a", "b"]),
        (["norsk"], ["d"]),
        ([""], ["c"]),
        (["", "English"], ["a", "c"]),
        ([], ["a", "b", "c", "d"]),
    ],
)
def test_languages_are_known_by_code_and_name_and_one_in_doubt_by_the_empty_name(
    names: list[str], expected: list[str]
) -> None:
    scope = Scope.named(MIXED, languages=names)
    assert [one.id for one in MIXED if scope.takes(one)] == expected
    assert Scope.of_fields(scope.fields) == scope


@pytest.mark.parametrize("name", ["fr", "Klingon", "d", "*", "ge", "\x1b[1m"])
def test_an_unknown_language_gets_one_sentence_with_the_library_s(name: str) -> None:
    with pytest.raises(QuestionError, match=r"The languages are: German \(de\), English \(en\), Norwegian \(no\)\.$"):
        Scope.named(MIXED, languages=[name])


def test_a_library_without_any_known_language_says_so() -> None:
    with pytest.raises(QuestionError, match="none known"):
        Scope.named([summary("c")], languages=["de"])


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"publishers": [""]}, "The publisher of every document here is known. They are: Harbour News, Varn Times."),
        ({"languages": [""]}, "The language of every document here is known. The languages are: English (en)."),
        ({"collections": [""]}, "Every document here is in a collection. The collections are: Case A."),
        ({"languages": ["de"]}, "No document here is in the language 'de'. The languages are: English (en)."),
        ({"publishers": ["Mill"]}, "No document here was published by 'Mill'."),
    ],
)
def test_the_empty_name_is_refused_where_nothing_is_unknown(names: dict[str, list[str]], said: str) -> None:
    known = [replace(one, publisher=one.publisher or "Varn Times", language="en", collection="Case A") for one in ALL]
    with pytest.raises(QuestionError) as error:
        Scope.named(known, **names)  # type: ignore[arg-type]
    assert str(error.value).startswith(said)
    for unknown in ({"publishers": [""]}, {"languages": [""]}, {"collections": [""]}):
        assert Scope.named(ALL, **unknown)  # type: ignore[arg-type]
