"""Quotation marks: which words they enclose, in any style, nested, over paragraphs, and where one is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.text.quotation_marks import marked_quotations


def quoted(text: str) -> list[tuple[str, int]]:
    return [(text[one.start : one.end].strip(), one.depth) for one in marked_quotations(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She said “the tide is high” and left.", ["the tide is high"]),
        ('She said "the tide is high" and left.', ["the tide is high"]),
        ("She said ‘the tide is high’ and left.", ["the tide is high"]),
        ("It's what 'the warden' said, in the boys' hut.", ["the warden"]),
        ("Elle dit « la mer est haute » et part.", ["la mer est haute"]),
        ("Sie sagte „das Meer ist hoch“ und »geh jetzt heim«.", ["das Meer ist hoch", "geh jetzt heim"]),
        ("Hon sa ”havet är högt” och gick.", ["havet är högt"]),
        ("彼女は「潮が高い」と言った。", ["潮が高い"]),
        ('A 5" pipe and "a real one" at 6" depth.', ["a real one"]),
        ("Never “closed here.\n\nBut “this one” is.", ["this one"]),
        ("“One paragraph.\n\n“And the next.” He left.", ["One paragraph.\n\n“And the next."]),
        ("“One paragraph.\n\nAnd the next.” He left.", ["One paragraph.\n\nAnd the next."]),
        ("‘The boys’ books are wet,’ he said.", ["The boys’ books are wet,"]),
    ],
)
def test_the_words_between_marks_are_found(text: str, found: list[str]) -> None:
    assert [words for words, depth in quoted(text) if not depth] == found


def test_a_quotation_in_a_quotation_is_deeper() -> None:
    assert quoted("He said “she said ‘go now’ to me” twice.") == [("she said ‘go now’ to me", 0), ("go now", 1)]
    assert quoted('He said "she said "go now" to me" twice.')[1] == ("go now", 1)


@given(st.text(alphabet="“”‘’\"'«»„「」 as\n.", max_size=60))
def test_quotations_lie_in_the_text_and_nest(text: str) -> None:
    found = marked_quotations(text)
    for one in found:
        assert 0 <= one.outer[0] < one.start <= one.end < one.outer[1] <= len(text)
    for first in found:
        for other in found:
            apart = first.outer[1] <= other.outer[0] or other.outer[1] <= first.outer[0]
            inside = first.start <= other.outer[0] < other.outer[1] <= first.end
            around = other.start <= first.outer[0] < first.outer[1] <= other.end
            assert first is other or apart or inside or around
