"""Where words stand on pages: what is packed comes back, and a quote has one box a line."""

import numpy as np
import pytest

from retriever.reading.geometry import Origin, PlacedWord, PrintedPage, WordBoxes

PAGES = [PrintedPage(595.25, 842.0, "iv"), PrintedPage(842.0, 595.25)]
TEXT = "The ferry to Varn leaves at high-tide. Its captain is Ada Brook."


def _words(*lines: tuple[int, float, float, str], text: str = TEXT) -> list[PlacedWord]:
    """Words of lines: page, left, top, text; each letter is 5 points wide, each line 10 high."""
    words, position = [], 0
    for page, left, top, line in lines:
        x = left
        for word in line.split():
            start = text.index(word, position)
            position = start + len(word)
            words.append(PlacedWord(start, position, page, (x, top, x + 5 * len(word), top + 10)))
            x += 5 * len(word) + 5
    return words


def _boxes(*lines: tuple[int, float, float, str]) -> WordBoxes:
    return WordBoxes.from_words(PAGES, _words(*lines))


FERRY = _boxes(
    (1, 50, 700, "The ferry to Varn"),
    (1, 50, 712, "leaves at high-"),
    (1, 320, 80, "tide. Its"),
    (2, 50, 90, "captain is"),
)


def test_what_is_packed_comes_back_to_a_quarter_of_a_point() -> None:
    again = WordBoxes.from_bytes(FERRY.to_bytes())
    assert again.pages == FERRY.pages
    assert (again.spans == FERRY.spans).all()
    assert (again.page_numbers == FERRY.page_numbers).all()
    assert np.abs(again.boxes - FERRY.boxes).max() <= 1 / 8
    assert again.to_bytes() == FERRY.to_bytes()


def test_a_word_read_from_a_picture_keeps_its_origin_and_confidence() -> None:
    read = PlacedWord(0, 3, 1, (1, 2, 3, 4), 0.4, Origin.OCR, True)
    packed = WordBoxes.from_words(PAGES, [read, PlacedWord(4, 9, 1, (4, 2, 9, 4))]).to_bytes()
    again = WordBoxes.from_bytes(packed)
    assert again.confidences.tolist() == pytest.approx([0.4, 1.0], abs=0.002)
    assert again.by_ocr.tolist() == [True, False]
    assert again.sideways.tolist() == [True, False]
    assert (again.origin(0, 9), again.origin(4, 9), again.origin(20, 30)) == (Origin.OCR, Origin.TEXT, None)


def test_no_words_are_no_bytes() -> None:
    assert WordBoxes.from_words((), ()).to_bytes() == b""
    assert len(WordBoxes.from_bytes(b"")) == 0
    assert WordBoxes.from_bytes(b"").lines(0, 10) == ()
    assert WordBoxes.from_bytes(WordBoxes.from_words(PAGES, ()).to_bytes()).pages == tuple(PAGES)


@pytest.mark.parametrize(
    "damage",
    [lambda packed: packed[:-9], lambda packed: packed[:4], lambda packed: b"\x09" + packed[1:], lambda packed: b"x"],
    ids=["cut", "without a head", "another format", "one byte"],
)
def test_damaged_bytes_are_an_error(damage: object) -> None:
    with pytest.raises(ValueError, match="places of the words"):
        WordBoxes.from_bytes(damage(FERRY.to_bytes()))  # type: ignore[operator]


def test_a_quote_has_one_box_for_each_line_over_columns_and_pages() -> None:
    lines = FERRY.lines(TEXT.index("ferry"), TEXT.index(" Ada"))
    assert [(line.page, TEXT[line.start : line.end]) for line in lines] == [
        (1, "ferry to Varn"),
        (1, "leaves at high-"),
        (1, "tide. Its"),
        (2, "captain is"),
    ]
    assert lines[0].box == (70, 700, 70 + 13 * 5, 710)


def test_a_part_of_a_word_has_its_share_of_the_box() -> None:
    start = TEXT.index("igh-")
    (line,) = FERRY.lines(start, start + 3)
    assert line.box == pytest.approx((50 + 11 * 5, 712, 50 + 14 * 5, 722))


def test_words_far_apart_on_one_line_have_boxes_of_their_own() -> None:
    table = _boxes((1, 50, 100, "The ferry"), (1, 300, 100, "to Varn"))
    assert len(table.lines(0, len(TEXT))) == 2


def test_words_that_run_up_the_page_are_one_line() -> None:
    up = [PlacedWord(s, e, 1, (50, 400 - 5 * e, 60, 400 - 5 * s), sideways=True) for s, e in ((0, 3), (4, 9), (10, 12))]
    (line,) = WordBoxes.from_words(PAGES, up).lines(0, 12)
    assert line.box == (50, 340, 60, 400)


def test_a_word_that_overlaps_the_one_before_is_left_out() -> None:
    words = [PlacedWord(0, 5, 1, (0, 0, 1, 1)), PlacedWord(3, 8, 1, (0, 0, 1, 1)), PlacedWord(8, 9, 1, (0, 0, 1, 1))]
    assert WordBoxes.from_words(PAGES, words).spans.tolist() == [[0, 5], [8, 9]]


def test_a_long_text_takes_a_few_bytes_a_word() -> None:
    random = np.random.default_rng(7)
    words, position = [], 0
    for line in range(2_000):
        x = 72.0
        for _ in range(12):
            length = int(random.integers(2, 11))
            right = x + length * float(random.uniform(4.2, 6.1))
            words.append(
                PlacedWord(position, position + length, 1 + line // 45, (x, line % 45 * 14, right, line % 45 * 14 + 11))
            )
            x, position = right + 2.75, position + length + 1
    packed = WordBoxes.from_words([PrintedPage(595, 842)] * 45, words).to_bytes()
    assert len(packed) < 5 * len(words)
