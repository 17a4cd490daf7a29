"""Numbers in other languages than English: decimal commas, units, currencies and numbers in words."""

import pytest

from retriever.agreement.comparing import Likeness, likeness
from retriever.agreement.kinds import Kind, Value
from retriever.agreement.values import values_in

DAY, YEAR = 86400.0, 31557600.0


def numbers(text: str, language: str) -> list[Value]:
    return [value for value in values_in(text, (), language) if value.kind is not Kind.NAME]


@pytest.mark.parametrize(
    ("language", "text", "kind", "number", "unit"),
    [
        ("de", "1.234,56 Euro", Kind.MONEY, 1234.56, "euro"),
        ("de", "CHF 1'234.56", Kind.MONEY, 1234.56, "franc"),
        ("de", "1\u202f234,56 €", Kind.MONEY, 1234.56, "euro"),
        ("de", "1.234", Kind.COUNT, 1234, ""),
        ("de", "100 US-Dollar", Kind.MONEY, 100, "dollar"),
        ("de", "zwölf Tage", Kind.DURATION, 12 * DAY, ""),
        ("de", "zweihunderttausend", Kind.COUNT, 200_000, ""),
        ("de", "3,5 Millionen", Kind.COUNT, 3_500_000, ""),
        ("de", "30 Prozent", Kind.SHARE, 30, ""),
        ("fr", "deux cents euros", Kind.MONEY, 200, "euro"),
        ("fr", "1 234,56 €", Kind.MONEY, 1234.56, "euro"),
        ("fr", "12 kilomètres carrés", Kind.AREA, 12e6, ""),
        ("fr", "vingt et un jours", Kind.DURATION, 21 * DAY, ""),
        ("es", "2,5 millones de euros", Kind.MONEY, 2_500_000, "euro"),
        ("es", "1,234.56", Kind.COUNT, 1234.56, ""),
        ("es", "treinta y cinco años", Kind.DURATION, 35 * YEAR, ""),
        ("it", "5 per cento", Kind.SHARE, 5, ""),
        ("it", "due milioni di euro", Kind.MONEY, 2_000_000, "euro"),
        ("pt", "duzentos e cinquenta mil", Kind.COUNT, 250_000, ""),
        ("nl", "€ 1.234,56", Kind.MONEY, 1234.56, "euro"),
        ("nl", "achttien euro", Kind.MONEY, 18, "euro"),
        ("pl", "12 dni", Kind.DURATION, 12 * DAY, ""),
        ("zh", "15天", Kind.DURATION, 15 * DAY, ""),
        ("zh", "3.5万元", Kind.MONEY, 35_000, "yuan"),
        ("zh", "1,200公里", Kind.LENGTH, 1.2e6, ""),
        ("ja", "3万5000円", Kind.MONEY, 35_000, "yen"),
        ("ja", "１２％", Kind.SHARE, 12, ""),
        ("ko", "25만", Kind.COUNT, 250_000, ""),
        ("ar", "١٢", Kind.COUNT, 12, ""),
        ("xx", "12,5 %", Kind.SHARE, 12.5, ""),
    ],
)
def test_a_number_is_what_its_language_says(language: str, text: str, kind: Kind, number: float, unit: str) -> None:
    (value,) = numbers(f"({text})", language)
    assert (value.kind, value.number, value.unit) == (kind, pytest.approx(number), unit)
    assert (value.start, value.end) == (1, 1 + len(text))


def test_a_number_may_stand_between_words_where_these_have_no_spaces() -> None:
    (length,) = numbers("全长约1200公里的河", "zh")
    assert (length.kind, length.number, length.start, length.end) == (Kind.LENGTH, 1.2e6, 3, 9)
    assert [value.number for value in numbers("定員は30名で、料金は500円です。", "ja")] == [30, 500]
    assert numbers("A4用纸和B-52", "zh") == []


def test_words_that_are_articles_or_order_are_no_numbers() -> None:
    assert numbers("Ein Haus, eine Frau und der dritte Mann.", "de") == []
    assert numbers("Une maison et un jour.", "fr") == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("de", "zwölf Tage"), ("de", "12 Tage"), Likeness.EQUAL),
        (("de", "1.234,56 Euro"), ("fr", "1 234,56 euros"), Likeness.EQUAL),
        (("de", "drei Monate"), ("es", "cuatro meses"), Likeness.DIFFERENT),
        (("de", "zwölf Tage"), ("en", "twelve days"), Likeness.EQUAL),
        (("de", "3,5 Millionen"), ("en", "3.5 million"), Likeness.EQUAL),
        (("es", "1.234"), ("en", "1,234"), Likeness.EQUAL),
    ],
)
def test_values_of_two_languages_are_compared(one: tuple[str, str], other: tuple[str, str], expected: Likeness) -> None:
    (first,), (second,) = numbers(one[1], one[0]), numbers(other[1], other[0])
    assert likeness(first, second) is expected
