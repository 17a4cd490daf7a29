"""Days in other languages than English: found whichever way they are written, and not where no day is meant."""

from datetime import date

import pytest

from retriever.answering.spelling import respell_days
from retriever.text.calendar_names import CalendarNames
from retriever.text.question import Question
from retriever.text.time_expressions import days_in, spelt_days_in, times_in

MARCH_3 = date(2021, 3, 3)


@pytest.mark.parametrize(
    ("language", "spelt"),
    [
        ("de", "3. März 2021|3. Marz 2021|03.03.2021|3. 3. 2021"),
        ("fr", "3 mars 2021|03/03/2021|mercredi 3 mars 2021"),
        ("es", "3 de marzo de 2021|3 marzo 2021|3 mar 2021|3-3-2021"),
        ("it", "3 marzo 2021|3 mar. 2021|3º marzo 2021"),
        ("pt", "3 de março de 2021|3 de Março de 2021|3 de marco de 2021"),
        ("nl", "3 maart 2021|3 mrt. 2021|3-3-2021"),
        ("ca", "3 de març de 2021"),
        ("pl", "3 marca 2021"),
        ("ru", "3 марта 2021"),
        ("hu", "2021. március 3."),
        ("zh", "2021年3月3日|2021年3月3号|2021 年 3 月 3 日|２０２１年３月３日|民國110年3月3日"),
        ("ja", "2021年3月3日|２０２１年３月３日|令和3年3月3日|令和３年３月３日|平成33年3月3日"),
        ("ko", "2021년 3월 3일"),
        ("ar", "3 مارس 2021|٣ مارس ٢٠٢١"),
    ],
)
def test_a_day_is_read_as_its_language_writes_it(language: str, spelt: str) -> None:
    for one in spelt.split("|"):
        assert days_in(f"{one} — {one}", language) == (MARCH_3, MARCH_3), one


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("de", "Am 4. Mai und im März 2020 kamen 2000 Personen in 10.2021 Autos.", ["2021-05-04", "2020-03"]),
        ("de", "Im Juni und 2019 war das Mai-Fest.", ["2021-06", "2019"]),
        ("fr", "Le 1er avril, 12 personnes; la marche du 31 février 2021.", ["2021-04-01"]),
        ("es", "El mar era frío en 1990, y 5 de marzo es fiesta.", ["1990", "2021-03-05"]),
        ("it", "La set di 12 marzi costa 1990 €.", []),
        ("ja", "昭和元年に開館し、4月5日は休みで、2021年6月に再開した。", ["1926", "2021-04-05", "2021-06"]),
        ("zh", "1500年前的1800多年里，有1600年的历史，2021年13月45日。", []),
    ],
)
def test_what_lacks_a_year_is_of_its_document_s_and_what_is_no_day_is_none(
    language: str, text: str, found: list[str]
) -> None:
    assert [time.iso for time in times_in(text, "2021-04-20", language) if "/" not in time.iso] == found


def test_the_language_decides_which_words_are_days() -> None:
    assert days_in("le 3 mars 2021", "de") == ()
    assert [match[0] for match, _ in spelt_days_in("am 3. März 2021", "de")] == ["3. März 2021"]
    assert days_in("on 3 March 2021", "en") == days_in("on 3 March 2021") == (MARCH_3,)


def test_each_language_has_twelve_months_whatever_was_loaded_before() -> None:
    for language in ("zh", "de", "fr", "es", "it", "pt", "nl", "ca", "cs", "fi", "ru", "el", "ar"):
        names = CalendarNames.of(language)
        assert len(set(names.full)) == 12
        if language != "zh":
            assert set(names.months.values()) == set(range(1, 13)), language
            assert not any(name[0] == "三" for name in names.months)
    assert not CalendarNames.of("xx").months


def test_a_question_is_spelt_as_the_passages_of_another_language_spell_its_day() -> None:
    passages = [("Es gilt ab dem 4. März 2021.", "de"), ("Am 3. März 2021 wurde gebaut.", "de")]
    assert respell_days(Question.of("What was built on 3 March 2021?"), passages).text.endswith("on 3. März 2021?")
    asked = Question.of("Was wurde am 03.03.2021 gebaut?", "de")
    assert respell_days(asked, passages).text == "Was wurde am 3. März 2021 gebaut?"
    assert {"2021", "marz"} <= set(asked.spelt_days({"de"})) | set(asked.terms)
    assert {"march"} <= set(asked.spelt_days({"de", "en"}))
