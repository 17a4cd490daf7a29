"""Subtitles (SRT, VTT) -> the spoken words, under headings that give the time.

A sentence may continue over many subtitles, so their texts are joined. The heading above a passage gives its time.
"""

import re
from collections.abc import Iterator
from html import unescape

from .builder import ExtractBuilder
from .extract import Extract
from .plain import decode_text

SECTION_SECONDS = 30
"""The spoken words under one heading: two or three sentences."""

LONGEST_PAUSE_SECONDS = 4
"""After a longer silence another paragraph begins."""

_TIMES = re.compile(
    r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})[^\n]*"
)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>|<[\d:.]{5,12}>|\{\\[^{}\n]{1,100}\}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>\n]{1,100})>")
_STOPS = (".", "!", "?", "…", "。", "！", "？", '"', "”", "♪")


def read(data: bytes, name: str) -> Extract:
    """Read subtitles.

    Args:
        data: the file's bytes.
        name: its name, for messages.

    Returns:
        Their text; each heading is a time, as hours, minutes and seconds.

    Raises:
        ReadingError: it is not text, or has no subtitle.
    """
    text, warning = decode_text(data, name)
    builder = ExtractBuilder(warning)
    section = said_until = -1.0
    waiting: list[str] = []

    def flush() -> None:
        builder.add(" ".join(waiting))
        waiting.clear()

    for begin, end, words in _subtitles(text):
        ended = not waiting or waiting[-1].endswith(_STOPS)
        if begin - said_until > LONGEST_PAUSE_SECONDS or _speaks(words):
            flush()
            ended = True
        if section < 0 or (ended and begin - section >= SECTION_SECONDS):
            flush()
            builder.add(_clock(begin), heading=True)
            section = begin
        waiting.append(words)
        said_until = end
    flush()
    return builder.build(name, Extract(""), headline=False, why_empty="it has no line with a time, and so no subtitle")


def _subtitles(text: str) -> Iterator[tuple[float, float, str]]:
    """Start and end in seconds, and the words of each subtitle, without numbers, settings, notes and styles."""
    last = ""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        times = _TIMES.search(block)
        if times is None:
            continue
        words = _VOICE.sub(r"\1: ", block[times.end() :])
        words = unescape(" ".join(_MARKUP.sub("", words).split()))
        if words and words != last:  # rolling captions repeat a line
            yield _seconds(*times.groups()[:4]), _seconds(*times.groups()[4:]), words
            last = words


def _speaks(words: str) -> bool:
    """Whether a subtitle begins with a dash or a name, which means another speaker."""
    return words.startswith(("- ", "– ", "-", ">>")) or re.match(r"[A-Z][\w .]{1,30}: ", words) is not None


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
