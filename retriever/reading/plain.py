"""Plain text: bytes -> text, unchanged except for a byte order mark.

UTF-8 is tried first, since text in other encodings is seldom valid UTF-8. If the encoding had to be guessed, a warning
says so. The only home of charset-normalizer.
"""

import codecs
import unicodedata

from ..errors import ReadingError

MOST_CONTROL_CHARACTERS = 0.05
"""Share of control characters above which a file is no text: random bytes have a quarter, text has none."""

SAMPLE_CHARACTERS = 65_536
"""Characters that are examined, or bytes where the encoding is guessed; enough to decide, and quick."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_USUAL_ENCODING = "cp1252"
"""The encoding of Western Windows: preferred to a rarer one that fits about as well."""

_AS_MESSY = 0.1
_AS_COHERENT = 0.02
"""Differences of charset-normalizer's two scores, each 0 to 1, that decide nothing: French in cp1252 is
scored 0.06 messier than as Baltic (cp1257); Czech in cp1250 is 0.07 more coherent than as cp1252."""


def decode_text(data: bytes, name: str) -> tuple[str, str | None]:
    """Decode a plain text file.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        The text, its line ends as they were, and a warning that its encoding was guessed, or None for Unicode.

    Raises:
        ReadingError: the bytes are no text, their encoding is unknown, or they are only white space.
    """
    text, guessed = _decode(data, name)
    if not text or text.isspace():
        raise ReadingError(f"{name} is empty: there is nothing in it to read.")
    if "\0" in text or _share_of_control_characters(text) > MOST_CONTROL_CHARACTERS:
        raise _binary(name)
    if guessed is None:
        return text, None
    return text, f"{name} is not UTF-8 and was read as {guessed}; if its letters look wrong, save it as UTF-8."


def _decode(data: bytes, name: str) -> tuple[str, str | None]:
    """The text, and the encoding if it was guessed."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding, name), None
    if b"\0" in data:
        raise _binary(name)
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        encoding = _guess_encoding(data, name)
    return _decode_as(data, encoding, name), encoding


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadingError(
            f"{name} cannot be decoded as {encoding} (byte {error.start}): save it as UTF-8 and add it again."
        ) from error


def _guess_encoding(data: bytes, name: str) -> str:
    from charset_normalizer import from_bytes  # 25 ms that UTF-8 need not pay for

    matches = from_bytes(data, chunk_size=SAMPLE_CHARACTERS // 16, steps=16)
    best = matches.best()
    if best is None:
        raise ReadingError(f"{name} is in an unknown encoding: save it as UTF-8 and add it again.")
    fitting = set(best.could_be_from_charset)
    fitting.update(
        match.encoding
        for match in matches
        if match.chaos <= best.chaos + _AS_MESSY and match.coherence >= best.coherence - _AS_COHERENT
    )
    return _USUAL_ENCODING if _USUAL_ENCODING in fitting else best.encoding


def _share_of_control_characters(text: str) -> float:
    sample = text[:SAMPLE_CHARACTERS]
    controls = sum(unicodedata.category(letter) == "Cc" and not letter.isspace() for letter in sample)
    return controls / len(sample)


def _binary(name: str) -> ReadingError:
    return ReadingError(f"{name} is not text but binary data: save it as plain text (UTF-8) and add it again.")
