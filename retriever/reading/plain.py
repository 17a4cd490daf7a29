"""Plain text: bytes -> text, unchanged except for a byte order mark and single NULs.

UTF-8 is tried first, because text in other encodings is seldom valid UTF-8. If the encoding had to be guessed, a
warning says so. UTF-8 that was once decoded as Windows' encoding ("MÃ¼ller") is repaired if that is certain. Only this
module imports chardet and ftfy.
"""

import codecs
import re
import unicodedata

from ..errors import ReadingError
from .extract import Extract

MOST_CONTROL_CHARACTERS = 0.05
"""Share of control characters above which a file is no text: random bytes have a quarter, text has none."""

SAMPLE_CHARACTERS = 65_536
"""Characters that are examined for whether they are text; enough to decide, and quick."""

GUESSED_BYTES = 200_000
"""Bytes by which an encoding is guessed; chardet takes 0.1 s for them."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_MOJIBAKE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u2122]")
"""Two letters that a letter of UTF-8 becomes when it is decoded as Windows' encoding; most texts have none."""

_UNUSUAL = frozenset(("Cn", "Co"))
"""Categories of characters that nothing uses; a text full of them was decoded wrongly."""

FEWEST_OTHER_LETTERS = 4
"""Letters beyond Latin that broken ones must become: a word."""

LONGEST_UNBROKEN = 80
"""Characters without a blank or a stop; so many in UTF-16 that no mark announces are binary data."""

_JAPANESE = b"\x1b$"
"""How two-byte letters begin in ISO 2022, whose bytes are all ASCII."""

_USUAL_ENCODING = "cp1252"
"""The encoding of Western Windows, taken where another would put two scripts into one word."""

MOST_LETTERS_COUNTED = 12
"""Letters beyond ASCII of a text that is too short to guess by: its language is known by the letters themselves."""

_ALPHABETS = {
    "cp1252": (
        "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíóúüñªº", "áâãàçéêíóôõúüªº", "àèéìíîòóùúªº", "æøåéèêòóô", "äöåéü", "áéíóúýþæöð",
        "éëïöüèêáóúí", "àçéèíïóòúü",
    ),
    "cp1250": ("áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "čćđšž", "ăâîşţ"),
}  # fmt: skip
"""Encoding -> the letters beyond ASCII of the languages that are written in it."""

_OTHER_SIGNS = frozenset("€£§°·«»‹›„“”‚‘’–—…¿¡©®™†‡•×½¼¾±µ\u00a0\u00ad")
"""Signs beyond ASCII that any of these texts may have."""

_MIXED_WORD = re.compile("[A-Za-z]{2}[\u0370-\u06ff]|[\u0370-\u06ff][A-Za-z]{2}")

_BREAK = re.compile(r"[\s.,。、，।]")
_LAST_LATIN = "\u024f"

MOST_UNUSUAL_CHARACTERS = 0.02
"""Share of such characters above which a guessed encoding is wrong; texts in their own encoding have none."""


def read(data: bytes, name: str) -> Extract:
    """Read a plain text.

    Raises:
        ReadingError: it is not text, or there is nothing in it.
    """
    text, warning = decode_text(data, name)
    return Extract(text, warnings=(warning,) if warning else ())


def decode_text(data: bytes, name: str) -> tuple[str, str | None]:
    """Decode a plain text file.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        The text with unchanged line ends, and a warning or None: its encoding was guessed, letters were repaired, or
        NULs were left out.

    Raises:
        ReadingError: the bytes are not text, their encoding is unknown, or they are only white space.
    """
    text, guessed = _decode(data, name)
    if not text or text.isspace():
        raise ReadingError(f"{name} is empty: there is nothing in it to read.")
    if _share_of(text, frozenset(("Cc",))) > MOST_CONTROL_CHARACTERS:
        raise _binary(name)
    warnings = []
    if guessed:
        warnings.append(f"{name} is not UTF-8 and was read as {guessed}; if its letters look wrong, save it as UTF-8.")
    if "\0" in text:
        warnings.append(f"{name} contains NUL characters. They were left out.")
        text = text.replace("\0", "")
    mended = undo_mojibake(text)
    if mended != text:
        warnings.append(f"{name} had letters that another program had broken (such as Ã¼ for ü); Ibid repaired them.")
    return mended, " ".join(warnings) or None


def undo_mojibake(text: str) -> str:
    """Repair UTF-8 that was decoded as another encoding, if that is certain.

    It is certain for a line if all its letters beyond ASCII are broken, and they become Latin letters or signs. For
    other scripts it takes `FEWEST_OTHER_LETTERS`, because two signs may look like one letter by chance.
    """
    if not _MOJIBAKE.search(text):
        return text
    from ftfy import TextFixerConfig, fix_encoding  # 80 ms that other texts need not pay for

    careful = TextFixerConfig(decode_inconsistent_utf8=False, replace_lossy_sequences=False)
    lines = text.splitlines(keepends=True)
    broken = (not line.isascii() and _MOJIBAKE.search(line) for line in lines)
    mended = [fix_encoding(line, careful) if each else line for line, each in zip(lines, broken, strict=True)]
    changed = "".join(now for was, now in zip(lines, mended, strict=True) if was != now)
    others = sum(letter > _LAST_LATIN and unicodedata.category(letter)[0] not in "PSZ" for letter in changed)
    return text if 0 < others < FEWEST_OTHER_LETTERS else "".join(mended)


def _decode(data: bytes, name: str) -> tuple[str, str | None]:
    """The text, and the encoding if it was guessed."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding, name), None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and text.count("\0") <= MOST_CONTROL_CHARACTERS * len(text) and _JAPANESE not in data:
        return text, None
    encoding = _guess_encoding(data, name)
    text = _decode_as(data, encoding, name)
    if _share_of(text, _UNUSUAL) > MOST_UNUSUAL_CHARACTERS:
        raise _encoding_error(name)
    if encoding.startswith("utf-") and len(text) > LONGEST_UNBROKEN and not _BREAK.search(text[:SAMPLE_CHARACTERS]):
        raise _binary(name)
    return text, None if encoding.startswith("utf-") else encoding


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadingError(
            f"{name} cannot be decoded as {encoding} (byte {error.start}): save it as UTF-8 and add it again."
        ) from error


def _guess_encoding(data: bytes, name: str) -> str:
    from chardet import EncodingEra, detect  # 50 ms that UTF-8 need not pay for

    sample, era = (
        data[:GUESSED_BYTES],
        EncodingEra.ALL & ~EncodingEra.MAINFRAME & ~EncodingEra.LEGACY_MAC & ~EncodingEra.DOS,
    )
    if known := _encoding_by_letters(sample):
        return known
    encoding = detect(sample, encoding_era=era)["encoding"]
    if encoding is None and sample.count(b"\0") <= MOST_CONTROL_CHARACTERS * len(sample):
        encoding = detect(sample.replace(b"\0", b""), encoding_era=era)["encoding"]
    if encoding is None:
        raise _binary(name) if b"\0" in sample or _controls(sample) else _encoding_error(name)
    mixed = _MIXED_WORD.search(sample.decode(encoding, "ignore"))
    return _USUAL_ENCODING if mixed else codecs.lookup(encoding).name


def _encoding_by_letters(data: bytes) -> str | None:
    """The encoding in which the few letters beyond ASCII of a text are all of one language; None if there is none."""
    if _controls(data) or b"\0" in data or _JAPANESE in data:
        return None
    for encoding, alphabets in _ALPHABETS.items():
        text = data.decode(encoding, "replace")
        others = [letter for letter in text.lower() if not letter.isascii() and letter not in _OTHER_SIGNS]
        plain = sum(letter.isascii() and letter.isalpha() for letter in text)
        if 0 < len(others) <= min(MOST_LETTERS_COUNTED, plain) and any(map(frozenset(others).issubset, alphabets)):
            return encoding
    return None


def _controls(data: bytes) -> bool:
    """Whether bytes contain more control characters than a text in any encoding of bytes."""
    return sum(byte < 32 and byte not in b"\t\n\v\f\r" for byte in data) > MOST_CONTROL_CHARACTERS * len(data)


def _share_of(text: str, categories: frozenset[str]) -> float:
    """The share of a text's characters that are of some categories (Unicode, chapter 4.5) and not white."""
    sample = text[:SAMPLE_CHARACTERS]
    found = (letter for letter in set(sample) if unicodedata.category(letter) in categories and not letter.isspace())
    return sum(map(sample.count, found)) / len(sample)


def _encoding_error(name: str) -> ReadingError:
    return ReadingError(f"{name} is in an unknown encoding: save it as UTF-8 and add it again.")


def _binary(name: str) -> ReadingError:
    return ReadingError(f"{name} is not text but binary data: save it as plain text (UTF-8) and add it again.")
