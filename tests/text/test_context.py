"""What a text does with words: it denies, asks, supposes or quotes them, and who says them."""

import pytest

from retriever import ContextKind
from retriever.text.context import context_of

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
