"""What a text does with words: it denies, asks, supposes or quotes them, and who says them."""

import pytest

from retriever import ContextKind
from retriever.text.context import context_of, words_after, words_before

DENIAL, QUESTION, HYPOTHESIS, QUOTATION = ContextKind


def told(text: str) -> tuple[set[ContextKind], str | None]:
    """What is said of the words in brackets."""
    start, end = text.index("["), text.index("]") - 1
    context = context_of(text.replace("[", "").replace("]", ""), (start, end))
    return (set(context.kinds), context.speaker) if context else (set(), None)


@pytest.mark.parametrize(
    ("text", "kinds", "speaker"),
    [
        ("The warden denied on Friday that [the pier is unsafe] for carts.", {DENIAL}, None),
        ("The claim that [the pier is unsafe] is false.", {DENIAL}, None),
        ("The pier has not [carried a cart since May].", {DENIAL}, None),
        ("There is no doubt that [the pier is unsafe].", set(), None),
        ("Is it true that [the pier is unsafe]?", {QUESTION}, None),
        ("He asked whether [the pier is unsafe].", {QUESTION}, None),
        ("If it rains again, [the pier is unsafe].", {HYPOTHESIS}, None),
        ("[The pier closes] unless it is mended.", {HYPOTHESIS}, None),
        ("“[The pier is unsafe],” said Ada Brook, the keeper.", {QUOTATION}, "Ada Brook"),
        ("“[The pier is unsafe] and old,” a U.S. official said, who gave no name.", {QUOTATION}, "a U.S. official"),
        ("Brook said: “[The pier is unsafe].”", {QUOTATION}, "Brook"),
        ("“It is old. [The pier is unsafe],” she said.", {QUOTATION}, None),
        ("[The pier is unsafe], according to the warden.", set(), "the warden"),
        ("Officials say [the pier is unsafe].", set(), "Officials"),
        ("[The pier is unsafe]. Nobody denied it.", set(), None),
        ("It rained. [The pier is unsafe]. Is it open?", set(), None),
    ],
)
def test_what_governs_words_is_told(text: str, kinds: set[ContextKind], speaker: str | None) -> None:
    assert told(text) == (kinds, speaker)


def test_a_quotation_may_begin_paragraphs_before() -> None:
    assert told("“The pier is old.\n\n“It leans. [It will fall in the next storm.] So I think.”")[0] == {QUOTATION}


def test_five_words_are_shown_on_each_side() -> None:
    text = "One two three four five six denied that the pier is unsafe for carts and for boats of any kind."
    start = text.index("the pier")
    context = context_of(text, (start, start + len("the pier is unsafe")))
    assert context is not None
    assert (context.before, context.after) == ("four five six denied that", "for carts and for boats")
    assert context.cue is not None
    assert text[slice(*context.cue)] == "denied"


LONG = "Donaudampfschifffahrtsgesellschaftskapitaen"


@pytest.mark.parametrize("near", range(1, 60, 3))
@pytest.mark.parametrize(
    "words", ["the old pier of Varn", f"{LONG} und\n{LONG}", "one\ntwo\nthree", "a\u00a0b\tc-d", "см. старый пирс"]
)
def test_the_words_around_a_place_are_whole(words: str, near: int) -> None:
    before, after = words_before(f"{words} HERE", len(words) + 1, near), words_after(f"HERE {words}", 4, near)
    whole = words.split()
    assert before.split() == whole[len(whole) - len(before.split()) :]
    assert after.split() == whole[: len(after.split())]
    assert len(before) <= near >= len(after)


def test_where_a_script_has_no_spaces_any_place_is_cut_at() -> None:
    assert words_before("这座旧码头是不安全的", 8, 4) == "头是不安"
    assert words_after("这座旧码头是不安全的", 2, 3) == "旧码头"


def test_very_long_words_beside_a_denied_span_are_not_cut() -> None:
    text = f"The {LONG} {LONG} {LONG} denied that the pier is unsafe, {LONG} {LONG} {LONG}."
    context = context_of(text, (text.index("the pier"), text.index(", ")))
    assert context is not None
    assert set(context.before.split()) <= {*text.split(), ","} >= set(context.after.split())
    assert context.before.endswith("denied that")
    assert LONG in context.after
