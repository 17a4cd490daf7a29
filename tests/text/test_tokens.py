"""Words and their terms."""

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from retriever.text.tokens import ASKING_TERMS, FUNCTION_TERMS, _term, content_terms, fold, plain, terms, words


def test_a_word_knows_its_place() -> None:
    text = "The U.S. paid 32,000 crowns."
    assert [text[word.start : word.end] for word in words(text)] == ["The", "U.S.", "paid", "32,000", "crowns"]


def test_an_acronym_is_one_term_with_and_without_its_stops() -> None:
    assert terms("U.S.") == terms("US") == ("us",)


def test_a_number_is_one_term_without_its_thousands_separators() -> None:
    assert terms("32,000 3.5 2022") == ("32000", "3.5", "2022")


def test_a_number_is_one_term_in_the_digits_of_any_script() -> None:
    assert terms("２０２１ ٢٠٢١ २०२१ 3２,000") == ("2021", "2021", "2021", "32000")


def test_forms_of_a_word_share_a_term() -> None:
    assert terms("talk talks talked") == ("talk", "talk", "talk")


def test_threads_that_stem_at_once_do_not_mix_up_their_words() -> None:
    stems = ("relat", "condit", "hope", "sensat", "national", "fals", "oper", "format")
    made = [f"{stem}{chr(97 + at % 26)}{chr(97 + at // 26)}ingly" for at in range(500) for stem in stems]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(partial(_term.__wrapped__, language="en"), made))
    finally:
        sys.setswitchinterval(interval)
    assert found == [_term.__wrapped__(word, "en") for word in made]


def test_a_possessive_is_the_word_itself() -> None:
    assert terms("Varn's Varn’s Varn") == ("varn", "varn", "varn")


def test_accents_do_not_matter_composed_or_decomposed() -> None:
    composed = "Fernández’s café"
    assert terms(composed) == terms(unicodedata.normalize("NFD", composed)) == ("fernandez", "cafe")


def test_what_is_too_long_to_be_a_word_has_no_term() -> None:
    assert terms("f" * 65) == ()
    assert terms("f" * 64) == ("f" * 64,)


def test_a_question_is_about_what_it_names() -> None:
    assert content_terms(words("Who is the keeper of the lighthouse?")) == terms("keeper lighthouse")


def test_a_question_that_names_nothing_keeps_its_words() -> None:
    assert content_terms(words("Who is it?")) == ("who", "is", "it")


def test_the_us_is_a_country_so_the_word_us_names_something_too() -> None:
    """Both have the term "us", and an index of terms cannot tell them apart."""
    assert content_terms(words("What did the U.S. say?")) == content_terms(words("What did the US say?")) == ("us",)
    assert content_terms(words("What of us and our boats?")) == ("us", "boat")


def test_every_function_word_is_known_by_its_term() -> None:
    assert {"whi", "doe", "onc"} <= FUNCTION_TERMS, "stems of why, does and once"
    assert {"how", "mani", "old"} <= ASKING_TERMS
    assert "old" not in FUNCTION_TERMS, "it names something elsewhere: the old harbour"


def test_plain_letters_are_a_word_before_it_is_stemmed() -> None:
    assert [plain(word) for word in ("Talks", "Varn’s", "U.S.", "Fernández", "don't")] == [
        "talks", "varn", "us", "fernandez", "dont",
    ]  # fmt: skip


def test_a_question_in_capitals_names_no_more_than_in_small_letters() -> None:
    assert content_terms(words("WHO IS THE KEEPER?")) == terms("keeper")


def test_fold_is_lower_case_without_accents() -> None:
    assert fold("ÉCOLE") == "ecole"


@given(st.text())
def test_words_stand_in_order_and_apart_and_terms_are_single_words(text: str) -> None:
    found = words(text)
    places = [place for word in found for place in (word.start, word.end)]
    assert places == sorted(places)
    assert all(0 <= word.start < word.end <= len(text) for word in found)
    assert all(word.term and not any(letter.isspace() for letter in word.term) for word in found)


@given(st.text())
def test_terms_are_the_same_however_often_they_are_asked(text: str) -> None:
    assert terms(text) == terms(text) == tuple(word.term for word in words(text))
