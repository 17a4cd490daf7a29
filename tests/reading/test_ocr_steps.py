"""The steps of OCR that need no model, with numbers that a reader can work out."""

import numpy as np
import pytest

from retriever.errors import ReadingError
from retriever.reading.formats import format_of
from retriever.reading.geometry import PlacedWord, PrintedPage, WordBoxes
from retriever.reading.ocr.decoding import decode_line, spelling_probability
from retriever.reading.ocr.doubt import DOUBTFUL_NUMBER, DOUBTFUL_WORD, doubtful_spans, is_doubtful
from retriever.reading.ocr.lines import Picture, SeenLine, SeenWord
from retriever.reading.ocr.pages import OcrPage, read_page
from retriever.reading.pdf.text_layer import is_other_text, looks_wrong
from retriever.records import Origin

CHARACTERS = ["", "a", "b", "7", " "]
INK = np.ones(10, np.float32)


def steps(*rows: dict[int, float]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Probabilities of classes, step by step."""
    return np.array([[row.get(kind, 0.0) for kind in range(len(CHARACTERS))] for row in rows], np.float32)


def test_a_word_is_as_probable_as_all_ways_to_spell_it() -> None:
    certain = steps({1: 1}, {0: 1}, {2: 1})
    assert spelling_probability(certain, [1, 2]) == pytest.approx(1)
    wavering = steps({1: 0.9, 2: 0.1}, {0: 0.8, 2: 0.2}, {2: 0.5, 0: 0.5})
    # a-b: 0.9 * 0.8 * 0.5; abb: 0.9 * 0.2 * 0.5; ab-: 0.9 * 0.2 * 0.5
    assert spelling_probability(wavering, [1, 2]) == pytest.approx(0.36 + 0.09 + 0.09)


def test_a_letter_that_is_nearly_lost_makes_a_word_less_probable() -> None:
    doubled = steps({3: 1}, {0: 0.6, 3: 0.4}, {3: 1})
    assert spelling_probability(doubled, [3, 3]) == pytest.approx(0.6)
    assert spelling_probability(doubled, [3]) == pytest.approx(0.4)


def test_a_line_is_cut_into_words_at_its_spaces() -> None:
    ink = np.array([0, 1, 1, 0, 0, 0, 0, 1, 1, 0], np.float32)
    line = steps({1: 1}, {2: 1}, {4: 1}, {3: 0.9, 0: 0.1}, {0: 1})
    words = decode_line(line, CHARACTERS, ink)
    assert [(word.text, word.start, word.end) for word in words] == [("ab", 0.1, 0.3), ("7", 0.7, 0.9)]
    assert words[0].confidence == pytest.approx(1)
    assert words[1].confidence == pytest.approx(0.9)


def test_an_empty_line_has_no_words() -> None:
    assert decode_line(steps({0: 1}, {4: 1}), CHARACTERS, INK) == ()


def test_a_number_is_judged_more_strictly_than_a_word() -> None:
    between = (DOUBTFUL_WORD + DOUBTFUL_NUMBER) / 2
    assert not is_doubtful("crowns", between)
    assert is_doubtful("12", between)
    assert is_doubtful("crowns", DOUBTFUL_WORD - 0.01)


def test_only_words_read_from_a_picture_are_doubtful() -> None:
    text = "It costs 12 crowns"
    words = [
        PlacedWord(0, 2, 1, (0, 0, 9, 9), 0.1),
        PlacedWord(3, 8, 1, (10, 0, 19, 9), 0.99, Origin.OCR),
        PlacedWord(9, 11, 1, (20, 0, 29, 9), 0.5, Origin.OCR),
        PlacedWord(12, 18, 1, (30, 0, 39, 9), 0.5, Origin.OCR),
    ]
    boxes = WordBoxes.from_words([PrintedPage(100, 100)], words)
    assert doubtful_spans(boxes, text, 0) == ((9, 11), (12, 18))
    assert doubtful_spans(boxes, text[10:14], 10) == ((0, 1), (2, 4))


class OneLine:
    """Finds one line, and reads it rightly only if it is upright and not upside down."""

    def __init__(self, corners: list[tuple[float, float]]) -> None:
        self.corners = np.array(corners, np.float32)

    def find(self, picture: Picture) -> list["np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]:
        return [self.corners]

    def read(self, picture: Picture, corners: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> SeenLine:
        return SeenLine(corners, (SeenWord("lamp", 0, 0.4, 0.9), SeenWord("lit", 0.5, 1, 0.9)))


def test_a_slanting_line_is_laid_level() -> None:
    """Twenty points lower at its end than at its start, and 400 long."""
    reader = OneLine([(100, 100), (500, 120), (499, 140), (99, 120)])
    page = read_page(reader, np.zeros((800, 600, 3), np.uint8), 0.5)
    (line,) = page.lines
    lamp, lit = line.words
    assert (lamp.text, lit.text) == ("lamp", "lit")
    assert line.size == pytest.approx(9.5, abs=0.3)
    assert lit.right - lamp.left == pytest.approx(200, abs=1)
    assert lamp.box == pytest.approx((49.5, 50, 130, 64), abs=1)
    assert not line.sideways


def test_a_page_can_be_kept_as_json() -> None:
    reader = OneLine([(10, 10), (90, 10), (90, 30), (10, 30)])
    page = read_page(reader, np.zeros((100, 100, 3), np.uint8), 1)
    assert OcrPage.from_json(page.to_json()) == page


PROSE = (
    "The keeper lights the lamp at dusk and winds the clock that turns it, for a lamp that stands is no lamp at all."
)


@pytest.mark.parametrize(
    "text",
    [
        "".join(chr(ord(one) + 3) if one.isalpha() else one for one in PROSE),
        "".join(chr(ord(one) - 29) if one.isalpha() else one for one in PROSE),
        PROSE.replace("a", "\ue123").replace("e", "\ue124"),
        PROSE.replace("a", "\ufffd").replace("e", "\ufffd"),
        f"{PROSE} cafÃ© rÃ´le pÃ¢tÃ©",
    ],
    ids=["shifted", "shifted down", "private characters", "no characters", "decoded wrongly"],
)
def test_a_text_layer_looks_wrong(text: str) -> None:
    assert looks_wrong(text)


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        PROSE.upper(),
        "",
        "12 34 56",
        "Rhythm gym by my crypt. " * 9,
        "Die Prüfung der Bücher bis März " * 5,
        "燈台守 " * 30,
    ],
    ids=["prose", "capitals", "nothing", "numbers", "without a, e, i, o, u", "German", "Chinese"],
)
def test_a_text_layer_looks_right(text: str) -> None:
    assert not looks_wrong(text)


def test_other_words_are_another_text() -> None:
    assert is_other_text("Wkh nhhshu oljkwv wkh odps", PROSE)
    assert not is_other_text(PROSE, PROSE.replace("lamp", "1amp"))
    assert not is_other_text("Wkh", "The lamp")


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
        (b"\xff\xd8\xff\xe0\0\0", "image/jpeg"),
        (b"II*\0\0\0", "image/tiff"),
        (b"MM\0*\0\0", "image/tiff"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    ],
)
def test_a_picture_is_known_by_its_content(head: bytes, media_type: str) -> None:
    assert format_of("letter.txt", head) == (media_type, ".picture")


def test_a_picture_of_a_telephone_is_to_be_exported() -> None:
    with pytest.raises(ReadingError, match="HEIC: export it as JPEG"):
        format_of("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0")


def test_a_text_named_as_a_picture_is_a_text() -> None:
    assert format_of("lamp.png", b"The lamp of Varn.").media_type == "text/plain"
