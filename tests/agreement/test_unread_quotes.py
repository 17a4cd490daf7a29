"""Sources that nobody can read: only a sentence that is told again, with another value, is a difference."""

import pytest

from retriever.agreement import QuoteEvidence, compare, mark_values
from retriever.records import DifferenceKind, Quote, Why
from retriever.text.question import Question

FEE = "Die Gebühr für einen Liegeplatz im Hafen von Varn beträgt 18 Euro."


def quote(document: str, text: str, language: str | None, published: str | None = None) -> Quote:
    return Quote(
        document_id=document,
        start=0,
        end=len(text),
        text=text,
        title=document,
        publisher=None,
        published=published,
        page=None,
        heading=None,
        highlight=None,
        confidence=0.5,
        why=Why(None, None, ()),
        language=language,
    )


def told(language: str, *texts: str, published: tuple[str | None, ...] = (None, None, None)) -> tuple[list, list]:
    """The values that differ, and the groups that say the same, of texts that answer one question."""
    quotes = [quote(f"{at}.txt", text, language, published[at]) for at, text in enumerate(texts)]
    evidence = [QuoteEvidence(one, (0, len(one.text)), -12.0, -12.0, is_read=False) for one in quotes]
    chosen, agreed = compare(Question.of("?", language), evidence, 5, {})
    marked = mark_values(chosen, agreed)
    for one in agreed.differing:
        for place, value in zip(one.quotes, one.values, strict=True):
            highlight = marked[place].highlight
            assert highlight is not None
            assert marked[place].text[slice(*highlight)] == value
    return [(one.values, one.kind) for one in agreed.differing], list(agreed.same)


@pytest.mark.parametrize(
    ("language", "one", "other", "values"),
    [
        ("de", FEE, FEE.replace("18 Euro", "21,50 Euro"), ("18 Euro", "21,50 Euro")),
        ("de", FEE, FEE.replace("18 Euro", "seit heuer dreißig Euro"), ("18 Euro", "dreißig Euro")),
        (
            "fr",
            "Le phare de Varn a été construit par les pêcheurs en 1951.",
            "Le phare de Varn a été construit par les pêcheurs en 1962.",
            ("1951", "1962"),
        ),
        (
            "es",
            "La fábrica de conservas da trabajo a 240 personas del pueblo.",
            "La fábrica de conservas da trabajo a 310 personas del pueblo.",
            ("240", "310"),
        ),
        (
            "ar",
            "تبلغ رسوم رسو القارب في الميناء 18 دولارا لليلة الواحدة",
            "تبلغ رسوم رسو القارب في الميناء 25 دولارا لليلة الواحدة",
            ("18", "25"),
        ),
        ("zh", "港口泊位每晚收费18元，由港务长收取。", "港口泊位每晚收费25元，由港务长收取。", ("18元", "25元")),
        (
            "ja",
            "港の停泊料は一晩につき1,800円で、港長が受け取ります。",
            "港の停泊料は一晩につき2,500円で、港長が受け取ります。",
            ("1,800円", "2,500円"),
        ),
        (
            "en",
            "A berth in the harbour of Varn costs 18 euros a night.",
            "A berth in the harbour of Varn costs 25 euros a night.",
            ("18 euros", "25 euros"),
        ),
    ],
)
def test_another_value_in_the_same_sentence_is_a_difference(
    language: str, one: str, other: str, values: tuple[str, str]
) -> None:
    assert told(language, one, other) == ([(values, DifferenceKind.CONFLICT)], [])


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", FEE, FEE.replace("Varn", "Elmsund").replace("18", "21")),
        ("de", FEE, FEE.replace("beträgt 18", "beträgt nicht 21")),
        ("de", FEE, FEE.replace("Hafen", "alten Hafen, dem Segelhafen,").replace("18", "21")),
        ("de", FEE, FEE.replace("18 Euro", "21 Prozent")),
        ("de", FEE.replace("18", "etwa 18"), FEE.replace("18", "19")),
        ("de", "Der Eintritt kostet 18 Euro.", "Der Eintritt kostet 21 Euro."),
        ("de", FEE + " Das war 2019.", FEE.replace("18", "21").replace("Hafen", "Boot")),
        (
            "de",
            "Im Jahr 2019 kamen 30 Boote mit Gästen in den Hafen von Varn.",
            "Im Jahr 2020 kamen 45 Boote mit Gästen in den Hafen von Varn.",
        ),
        ("zh", "港口泊位每晚收费18元，由港务长收取。", "机场车位每晚收费25元，由保安收取。"),
        ("zh", "港口泊位每晚收费18元，由港务长收取。", "北港口泊位每晚收费25元，由港务长收取。"),
        ("de", FEE + " Varn ist klein.", FEE.replace("im Hafen von Varn", "in Varn im Varn").replace("18", "21")),
        (
            "ar",
            "تبلغ رسوم رسو القارب في الميناء 18 دولارا لليلة الواحدة",
            "تبلغ رسوم رسو القارب في الميناء الشمالي 25 دولارا لليلة الواحدة",
        ),
        ("tr", FEE, FEE.replace("18", "21")),
    ],
)
def test_what_may_be_of_another_thing_is_no_difference(language: str, one: str, other: str) -> None:
    assert told(language, one, other) == ([], [])


def test_who_says_the_same_stands_together_and_the_mark_is_on_the_value_that_differs() -> None:
    other = FEE.replace("18", "21")
    assert told("de", FEE, other, FEE) == ([(("18 Euro", "21 Euro"), DifferenceKind.CONFLICT)], [(0, 2)])


def test_the_later_of_two_dated_sources_takes_the_place_of_the_earlier() -> None:
    found, _ = told("de", FEE, FEE.replace("18", "21"), published=("2021-05-01", "2019-05-01"))
    assert found == [(("21 Euro", "18 Euro"), DifferenceKind.LATER)]


def test_two_languages_are_not_compared() -> None:
    both = [quote("a", FEE, "de"), quote("b", FEE.replace("18", "21"), "nl")]
    evidence = [QuoteEvidence(one, (0, len(one.text)), -12.0, -12.0, is_read=False) for one in both]
    assert not compare(Question.of("?", "de"), evidence, 5, {})[1].differing
