"""The page's languages: which one a request gets, whole catalogues, numbers and dates, sentences of other parts."""

import re
from collections.abc import Iterator
from itertools import chain

import pytest

from retriever.interfaces.html.templating import labelled, render
from retriever.interfaces.translation import formats
from retriever.interfaces.translation.catalogue import FOLDER, gettext, ngettext
from retriever.interfaces.translation.language import COOKIE, ENGLISH, language, language_for, speak
from retriever.interfaces.translation.sentences import translated, values_between
from retriever.overview.fixed import counted
from retriever.records import DocumentSummary
from tests.catalogues import COMPOSED, OTHERS, catalogue, key, messages, missing, strings
from tests.paths import ROOT

COUNTED = re.compile(r"(1|\{0\}|\{0\} of \{1\}) documents?[ .,]")
"""Sentences of `overview.fixed.counted`, which have a test of their own."""
TEMPLATES = ROOT / "retriever" / "interfaces" / "html" / "templates"
NAMES = frozenset(
    "Aa CSV Chicago Ctrl Enter Esc HTML Ibid JSON Markdown SHA Shift Word c d f n t home me papers".split()
)
"""Words that are the same in each language."""
FILES = frozenset(("check.html", "dossier.html", "notebook.html", "saved.html"))
"""What is written in English: files that are saved, and what stands in a notebook."""


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    speak(ENGLISH)


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, "en"),
        ({"accept-language": "de"}, "de"),
        ({"accept-language": "de-AT,de;q=0.9,en;q=0.8"}, "de"),
        ({"accept-language": "en;q=0.5, fr;q=0.9"}, "fr"),
        ({"accept-language": "it, es;q=0.3"}, "es"),
        ({"accept-language": "it, nl"}, "en"),
        ({"accept-language": "de;q=0"}, "en"),
        ({"accept-language": "de;q=x, *;q=0.1"}, "en"),
        ({"accept-language": "de", "cookie": f"{COOKIE}=fr; other=1"}, "fr"),
        ({"accept-language": "de", "cookie": f"{COOKIE}=klingon"}, "de"),
        ({"accept-language": "de", "cookie": '"; ='}, "de"),
    ],
)
def test_the_chosen_language_counts_most_then_the_browser_s_then_english(headers: dict[str, str], wanted: str) -> None:
    assert language_for(headers) == wanted


def test_an_unknown_language_is_english() -> None:
    speak("xx")
    assert language() == ENGLISH


@pytest.mark.parametrize("code", OTHERS)
def test_each_message_has_its_translation(code: str) -> None:
    lacking = [str(message) for message, _ in missing(code)]
    assert not lacking, (
        f"{code}.po lacks {len(lacking)} translations. Run `python -m tests.catalogues --update`, then write them "
        f"(docs/languages.md says how): {lacking}"
    )


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_left_over(code: str) -> None:
    there = messages()
    left = [key(one) for one in catalogue(code) if one.id and key(one) not in there]
    assert not left, (
        f"{code}.po has messages that nothing says any more; run `python -m tests.catalogues --update`: {left}"
    )


@pytest.mark.parametrize("code", OTHERS)
def test_translations_keep_the_places_and_the_mark_up(code: str) -> None:
    for one in catalogue(code):
        (text, _), said = key(one), one.string
        for form in (said,) if isinstance(said, str) else said:
            if not one.id:
                continue
            whole = text if isinstance(text, str) else " ".join(text)
            wanted, got = set(re.findall(r"\{\w+\}|</?\w+>", whole)), set(re.findall(r"\{\w+\}|</?\w+>", form))
            # A numbered place may hold an English "page" or "pages", and the number may be said by the word itself.
            may_lack = {place for place in wanted if place[1:-1].isdigit()} | ({"{num}"} if one.pluralizable else set())
            assert got <= wanted, (code, whole, form)
            assert wanted - may_lack <= got, (code, whole, form)


def test_a_sentence_s_places_are_numbered_in_order() -> None:
    for message, _ in messages():
        places = re.findall(r"\{(\d)\}", message) if isinstance(message, str) else []
        assert places == [str(number) for number in range(len(places))], message


@pytest.mark.parametrize("name", sorted({file.name for file in TEMPLATES.glob("*.html")} - FILES))
def test_a_template_says_nothing_but_messages(name: str) -> None:
    written = (TEMPLATES / name).read_text(encoding="utf-8")
    written = re.sub(r"\{#.*?#\}|<style>.*?</style>|<!doctype[^>]*>", " ", written, flags=re.DOTALL)
    words = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\0", written, flags=re.DOTALL)
    attributes = re.findall(r'\s(?:aria-label|title|placeholder|alt)="([^"]*)"', words)
    between = re.sub(r"<[^<>]*>", " ", words)
    said = set(chain.from_iterable(re.findall(r"[^\W\d_]+", one) for one in (*attributes, between))) - NAMES
    assert not said, f'{name}: put these words into {{{{ _("...") }}}}: {sorted(said)}'


def test_english_needs_no_file() -> None:
    assert not (FOLDER / "en.po").exists()
    assert gettext("Documents") == "Documents"
    assert ngettext("{num} event", "{num} events", 1) == "{num} event"


def test_a_template_speaks_the_language_and_escapes_what_is_put_in() -> None:
    speak("de")
    assert render("undo.html", question="<b>Varn</b>").startswith(
        '<span class="said">„&lt;b&gt;Varn&lt;/b&gt;“ gelöscht.'
    )


@pytest.mark.parametrize(
    ("code", "day", "count", "share"),
    [
        ("en", "22 April 2022", "1,234", "1.5"),
        ("de", "22. April 2022", "1.234", "1,5"),
        ("fr", "22 avril 2022", "1\u202f234", "1,5"),
        ("es", "22 de abril de 2022", "1.234", "1,5"),
    ],
)
def test_dates_and_numbers_are_written_as_in_the_language(code: str, day: str, count: str, share: str) -> None:
    speak(code)
    assert formats.date_words("2022-04-22") == day
    assert formats.number(1234) == count
    assert formats.number(1.5, 1) == share


@pytest.mark.parametrize(
    ("code", "first", "from_first", "to_first"),
    [
        ("en", "1 April 2022", "1 April to 5 April 2022", "1 March to 1 April 2022"),
        ("de", "1. April 2022", "1.–5. Apr. 2022", "1. März – 1. Apr. 2022"),
        ("fr", "1er avril 2022", "1er–5 avr. 2022", "1er mars – 1er avr. 2022"),
        ("es", "1 de abril de 2022", "1–5 de abril de 2022", "1 de marzo – 1 de abril de 2022"),
    ],
)
def test_the_first_day_of_a_month_is_written_as_in_the_language(
    code: str, first: str, from_first: str, to_first: str
) -> None:
    speak(code)
    assert formats.date_words("2022-04-01") == first
    assert formats.date_words("2022-04-01/2022-04-05").replace("\u2009", " ") == from_first
    assert formats.date_words("2022-03-01/2022-04-01").replace("\u2009", " ") == to_first
    for other in ("2022-04-11", "2022-04-21", "2021-01", "2011-11-11"):
        assert "1er" not in formats.date_words(other)


def test_intervals_decades_and_what_is_no_date() -> None:
    speak("de")
    assert formats.date_words("2021-10/2022-03") == "Oktober 2021 bis März 2022"
    assert formats.date_words("1990/1999") == "die 1990er-Jahre"
    assert formats.date_words("2021/2023") == "2021 bis 2023"
    assert formats.date_words("some day") == "some day"
    assert formats.date_words(None) == ""
    assert [formats.ordinal(rank) for rank in (1, 12)] == ["1.", "12."]


def test_a_sentence_with_values_is_known_by_the_words_around_them() -> None:
    speak("de")
    said = translated("plan.pdf is encrypted: save it without a password and add it again.")
    assert said.startswith("plan.pdf ist verschlüsselt")
    assert translated("it is empty: there is nothing in it to read.").startswith("Die Datei ist leer")
    assert translated("The question has 1,234 words; ask it in 200 or fewer.").startswith("Die Frage hat 1.234 Wörter")
    assert translated("Nobody has written this sentence.") == "Nobody has written this sentence."


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("5 documents by 3 publishers, April 2022 to 2025.", "5 Dokumente von 3 Herausgebern, April 2022 bis 2025."),
        ("2 of 5 documents, 22 April 2022.", "2 von 5 Dokumenten, 22. April 2022."),
        ("Sheet Roof, rows 2 to 4", "Blatt Roof, Zeilen 2 bis 4"),
        ("page 3 (printed “iv”), read from a picture", "Seite 3 (gedruckt „iv“), aus einem Bild gelesen"),
        (
            "In the source: inside a denial, inside a quotation of Ann Lee",
            "In der Quelle: in einer Verneinung, in einem Zitat von Ann Lee",
        ),
    ],
)
def test_dates_and_parts_in_a_sentence_are_translated_too(sentence: str, said: str) -> None:
    speak("de")
    assert translated(sentence) == said


def test_the_times_of_a_busy_server_are_translated_whole() -> None:
    speak("de")
    said = translated("varn.example asks to be left alone for 2 hours; try again then.")
    assert said.startswith("varn.example bittet, für 2 Stunden in Ruhe")
    assert "minutes" not in translated("varn.example asks to be left alone for 2 minutes; try again then.")


def test_french_has_a_space_before_a_colon() -> None:
    assert labelled("Done", "the lamp") == "Done: the lamp"
    speak("fr")
    assert labelled("Fait", "la lampe") == "Fait\u00a0: la lampe"
    for one in catalogue("fr"):
        for form in (one.string,) if isinstance(one.string, str) else one.string:
            assert not one.id or not re.search(r"[^\u00a0]:(?: |$)", form), form


def test_a_name_in_a_sentence_is_never_translated() -> None:
    speak("de")
    assert translated("Text is encrypted: save it without a password and add it again.").startswith("Text ist")


def test_a_sentence_is_told_from_one_with_other_words() -> None:
    pieces = ("", " is ", ".")
    assert values_between("a is b.", pieces) == ["a", "b"]
    assert values_between("a was b.", pieces) is None
    assert values_between(" is .", pieces) is None
    assert values_between(".", pieces) is None


def test_composed_sentences_are_still_in_the_code() -> None:
    written = "\n".join(strings()).casefold()
    for sentence in COMPOSED:
        if not COUNTED.match(sentence):
            parts = re.split(r"\{\d\}|[.:;,“”()]", sentence.casefold())
            assert any(part.strip().removeprefix("is ") in written for part in parts if part.strip()), sentence


@pytest.mark.parametrize("publishers", [[None], ["Varn Times"], ["Varn Times", "Post"]])
@pytest.mark.parametrize("dates", [[None], ["2022-04"], ["2022-04", "2025"]])
@pytest.mark.parametrize("whole", [2, 5])
def test_what_counts_the_documents_is_known(publishers: list[str | None], dates: list[str | None], whole: int) -> None:
    documents = [
        DocumentSummary(f"{number}", "A title", publishers[number % len(publishers)], date, {}, "", 0, 0, "", "")
        for number, date in enumerate([dates[0], dates[-1]])
    ]
    speak("de")
    assert translated(counted(documents, whole)).startswith("2 Dokumente" if whole == 2 else "2 von 5 Dokumenten")
