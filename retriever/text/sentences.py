"""Sentences: where each one starts and ends.

In: a text, or a part of it. Out: spans; nothing is copied or changed. One decision: a stop before white space ends a
sentence, unless the word before it is an abbreviation or the word after it is in lower case. In doubt, two sentences
stay together, so that a quote is never half a sentence. A row of a Markdown table is one sentence, unless it is long.
"""

import re
from collections.abc import Iterator

from .blocks import CLOSERS, SCRIPT_STOPS, split_blocks
from .languages import function_words
from .tokens import UNSPACED, fold

LOOK_AROUND = 40
"""Characters read before and after a stop: longer than any abbreviation or opening word, and a bound
that keeps the time linear."""


def _stops(more: str = "") -> re.Pattern[str]:
    """What finds each stop, with the closing quotes and brackets behind it; `more` are other marks that are stops."""
    return re.compile(
        rf"(?P<marks>[.!?…‼⁇⁈⁉{SCRIPT_STOPS}{more}]++(?:[ \u00a0][.\u0f0d]++)*)"  # ". . ." and "། །" are one stop
        rf"[{re.escape(CLOSERS)}]*+(?:\[[\w ,–-]{{1,20}}\])*"
    )


_STOPS = _stops()
_GREEK_STOPS = _stops(";\u037e")  # ";" is the question mark
_SCRIPT_STOPS = frozenset(SCRIPT_STOPS)
_FULL_WIDTH_STOP = "\uff0e"  # also a decimal point
_OPENING_QUOTES = frozenset('“„«"‘「『')
_CLOSING_BRACKETS = frozenset(")]}）】〉》")
_UNSPACED = re.compile(f"[{UNSPACED}]")

_WORD_BEFORE = re.compile(r"[^\W_](?:[\w.&'’/]*\w)?$")
_WORD_AFTER = re.compile(r"[^\W_][\w'’-]*")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}")
"""U.S, D.C, a.m, Ph.D."""

_NUMERAL = re.compile(r"\d|(?:[IVXLC]{2,}|[B-HJ-Z])(?!\w)|[AI](?=[.,;:)])")
"""What follows an abbreviation that numbers: "No. 5", "Vol. II", "Ex. B"; "A" and "I" may start a sentence."""

_CITATION = re.compile(
    r"(?:([^\W\d_]{1,5})\.\s?\d[\w–-]{0,8}(?:,?\s(?:at|¶¶?|§§?)\s?\d[\w–-]{0,8})?(?:[,;]\s?)?){1,3}\.[)\]]?(?=\s|$)"
)
"""Nothing but numbered abbreviations and a stop: "Doc. 1." or "Doc. 12, p. 4."."""

_THAI_STOPS = re.compile(rf"{_STOPS.pattern}|(?<=[\u0e00-\u0eff])(?P<space>[ \u00a0]+)(?=[\u0e00-\u0eff])")
_LAO = re.compile("[\u0e80-\u0eff]")
FEWEST_THAI_LETTERS = 30
"""Letters of a sentence in Thai or Lao, which ends at a space, without a mark: six words. Parts have spaces too."""

_VOWEL = re.compile(r"[aeiouy]")
_ORDINALS_BY_STOP = frozenset("cs da de et fi hr hu lv no pl sk sl sr".split())
"""Languages that write "3." for "third"."""

LONGEST_ROW = 40
"""Words of a table's row that is one sentence; what is longer is prose laid out in cells."""

_CELL_WORD = re.compile(r"[^\s|]+")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*")
_TABLE_RULE = re.compile(r"\s*\|[\s|:=+-]+\|\s*")
"""Below the names of the columns: |---|:--:|."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NEVER_LAST = _words(
    """mr mrs ms mx dr prof messrs mme mlle gen sen rep gov col lt capt sgt cpl rev hon pres adm maj cmdr
    supt insp e.g i.e eg ie cf viz vs ca fig figs eq eqs suppl op spp ssp subsp var aka
    approx resp incl"""
)
"""Abbreviations that need what follows them."""

_SOMETIMES_LAST = _words(
    """st mt ft jr sr inc ltd co corp llc plc bros dept univ assn est ave blvd rd al bc ad ph.d m.sc b.sc
    sp nat int'l gov't mon tue tues thu thurs fri trans ed eds vol ser ch v civ crim evid cir ct"""
)
"""Abbreviations that end a sentence only if a word follows that seldom does anything but start one."""

_BEFORE_NUMBER = _words(
    """no nos p pp pg vol vols ch chs chap art arts sec secs sect par para paras nr pt pts v ver ep c b d r fl ex exs
    exh doc docs dkt ecf supp sched reg cl fn n nn bk fig figs eq eqs tel ext max min ref refs tab
    jan feb mar apr jun jul aug sep sept oct nov dec"""
)
"""Abbreviations only when a number follows: "No. 5", but "He said no. The"."""

_FILED = _words("doc docs dkt ecf")
"""What court files are cited by; a citation of one never names what follows, as "Fig. 3." does."""

_STARTERS = _words(
    """The A An In On At It He She They We I You This That These Those There Here But And However As For If
    When While After Before Since Although Though Some Many Most Its His Her Their Our My What Who Why
    How Where By From To With During Also Both Such Then Thus Therefore According Or So Yet Not Despite
    Because Until Today Moreover Meanwhile Another Each Several Later Once Nevertheless Instead
    Additionally Finally Furthermore Unlike Without Within"""
)
"""Words that start sentences, and seldom stand as a name's second part after an abbreviation."""


def split_sentences(
    text: str, start: int = 0, end: int | None = None, language: str | None = None
) -> tuple[tuple[int, int], ...]:
    """Find the sentences of `text[start:end]`.

    Args:
        text: any text.
        start: first character to read.
        end: one past the last character to read; None for the end of the text.
        language: ISO 639-1 code; None for English.

    Returns:
        Start and end in `text` of each sentence, in order, without white space around them. Together they hold
        every character that is not white space.
    """
    return tuple(
        span
        for block in split_blocks(text, start, end)
        for span in _split_block(text, block.start, block.end, language)
    )


def is_table_row(sentence: str) -> bool:
    """Whether a sentence is a whole row of a Markdown table."""
    return _TABLE_ROW.match(sentence) is not None and sentence.rstrip().endswith("|")


def heads_table(sentence: str) -> bool:
    """Whether a sentence is the header of a Markdown table: a row and the rule below it."""
    return is_table_row(sentence) and _TABLE_RULE.fullmatch(sentence.splitlines()[-1]) is not None


def table_rows(text: str) -> tuple[tuple[int, int], ...]:
    """Where each row of a text's Markdown tables starts, and its number in its table, from 1; the names are row 1."""
    return tuple(
        (row_start, number)
        for block in split_blocks(text)
        for first, last in _tables(text, block.start, block.end)
        for number, (row_start, _) in enumerate(_rows(text, first, last), start=1)
    )


def _split_block(text: str, start: int, end: int, language: str | None) -> Iterator[tuple[int, int]]:
    """Sentences of one block, which has no white space at its ends."""
    for first, last in _tables(text, start, end):
        if start < first:
            yield from _split_prose(text, *_trimmed(text, start, first), language)
        for row in _rows(text, first, last):
            yield from _split_row(text, *row, language)
        start = last
    if start < end and not text[start:end].isspace():
        yield from _split_prose(text, *_trimmed(text, start, end), language)


def _tables(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a block that are Markdown tables of at least two lines."""
    if "|" not in text[start:end]:
        return
    first, rows = start, 0
    for line in [*text[start:end].splitlines(keepends=True), ""]:
        if _TABLE_ROW.fullmatch(line):
            rows += 1
        else:
            if rows > 1:
                yield first, start
            first, rows = start + len(line), 0
        start += len(line)


def _rows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The rows of a table; a rule belongs to the row above it."""
    first = last = start
    only_rules = True
    for line in text[start:end].splitlines(keepends=True):
        is_rule = _TABLE_RULE.fullmatch(line) is not None
        if not (is_rule or only_rules):
            yield _trimmed(text, first, last)
            first = last
        only_rules = is_rule and only_rules
        last += len(line)
    yield _trimmed(text, first, last)


def _split_row(text: str, start: int, end: int, language: str | None) -> Iterator[tuple[int, int]]:
    """A row, or the sentences of a long one."""
    if len(_CELL_WORD.findall(text, start, end)) <= LONGEST_ROW:
        yield start, end
        return
    filled = len(text[start:end].rstrip(" \t|"))
    *spans, (first, _) = _split_prose(text, start, start + filled, language)
    yield from (*spans, (first, end))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _split_prose(text: str, start: int, end: int, language: str | None) -> list[tuple[int, int]]:
    """Sentences of a part outside tables, which has no white space at its ends."""
    spans = []
    stops = _stops_in(text, start, end, language)
    for stop in stops.finditer(text, start, end):
        if stop.end() < end and stop.start() > start and _ends_sentence(text, stop, start, end, language):
            spans.append((start, stop.end() if stop["marks"] else stop.start()))
            start = stop.end()
            while text[start].isspace():
                start += 1
    spans.append((start, end))
    return spans


def _stops_in(text: str, start: int, end: int, language: str | None) -> re.Pattern[str]:
    """What finds the stops of a part of a text; Lao is a language that is not told apart."""
    if language == "th" or (language is None and _LAO.search(text, start, end)):
        return _THAI_STOPS
    return _GREEK_STOPS if language == "el" else _STOPS


def _ends_sentence(text: str, stop: re.Match[str], start: int, end: int, language: str | None) -> bool:
    """Whether the sentence that began at `start` ends with this stop, which is not the block's last."""
    marks = stop["marks"]
    if marks is None:
        return stop.start() - start >= FEWEST_THAI_LETTERS <= end - stop.end()
    if not _SCRIPT_STOPS.isdisjoint(marks):
        return _ends_at_script_stop(text, stop, start)
    before = _WORD_BEFORE.search(text, max(start, stop.start() - LOOK_AROUND), stop.start())
    after = _WORD_AFTER.search(text, stop.end(), min(end, stop.end() + LOOK_AROUND))
    if not text[stop.end()].isspace():
        return _lacks_a_space(text, stop, before, after) or _stands_in_unspaced(text, stop)
    if after is None:
        return True
    if _citation_end(text, after.start(), end):
        return False
    if _citation_end(text, start, end) == stop.end():
        return text[start : start + LOOK_AROUND].partition(".")[0].casefold() in _FILED
    if _starts_in_lower_case(after[0]) or text[stop.start() - 1] in "[(":
        return False
    if marks != "." or before is None:
        return True
    if language not in (None, "en") and _is_foreign_abbreviation(before[0], after, language):
        return False
    return not _is_abbreviation(text, start, before, after)


def _ends_at_script_stop(text: str, stop: re.Match[str], start: int) -> bool:
    """Whether a stop that has no other use ends the sentence.

    Not so if there is no word before it, if it is a decimal point, or if the sentence goes on behind what closes there:
    behind a bracket, behind a quotation that begins the sentence (“我去。”他说。), or with a Japanese particle.
    """
    if _WORD_AFTER.search(text, max(start, stop.start() - LOOK_AROUND), stop.start()) is None:
        return False
    follows, closing = text[stop.end()], text[stop.end("marks") : stop.end()]
    if stop["marks"] == _FULL_WIDTH_STOP and follows.isdecimal():
        return False
    if not (closing and follows.isalpha()):
        return True
    return not (text[start] in _OPENING_QUOTES or "\u3040" <= follows <= "\u309f" or set(closing) & _CLOSING_BRACKETS)


def _stands_in_unspaced(text: str, stop: re.Match[str]) -> bool:
    """Whether an English stop stands between two letters of a script without spaces."""
    if not set(stop["marks"]) <= set(".!?") or stop.end() != stop.end("marks"):
        return False
    return all(_UNSPACED.match(text, place) is not None for place in (stop.start() - 1, stop.end()))


def _is_abbreviation(text: str, start: int, before: re.Match[str], after: re.Match[str]) -> bool:
    """Whether the word before a full stop, with that stop, is an abbreviation inside a sentence."""
    word = before[0].casefold()
    if len(word) > 1 and before[0].isalpha() and before[0].isupper() and not after[0].isupper():
        return False  # "of ED. Two": an acronym, not "ed."
    if word in _NEVER_LAST:
        return True
    if before.start() == start and (len(word) == 1 or (word.isdecimal() and len(word) <= 3)):
        return True  # "1. Wash the rice.": the item's number
    if word in _BEFORE_NUMBER and _NUMERAL.match(after.string, after.start()):
        return True
    if len(word) == 1 and before[0].isupper():
        return not _is_starter(text, after)  # an initial
    return (word in _SOMETIMES_LAST or bool(_DOTTED.fullmatch(word))) and not _is_starter(text, after)


def _is_foreign_abbreviation(word: str, after: re.Match[str], language: str) -> bool:
    """Whether a word before a full stop is an abbreviation or an ordinal of another language, by its shape.

    After it, a function word with a capital starts a sentence: "am 3. März", but "waren es 3. Danach".
    """
    letters = fold(word)
    if not letters.isascii() or letters in map(fold, function_words(language)):
        return False
    has_vowel = _VOWEL.search(letters) is not None
    if not has_vowel and word[0].isupper() and word[1:].islower():
        return True  # "Dhr. De Vries"
    if after[0][0].isupper() and after[0].casefold() in function_words(language):
        return False
    if word.isdecimal():
        return len(word) <= 2 and language in _ORDINALS_BY_STOP
    if len(letters) == 1 or not has_vowel:
        return True  # "z. B.", "M. Dupont", "bzw."
    if len(letters) == 2 and language in _ORDINALS_BY_STOP:
        return True  # "ul. Długa"
    if after[0].isdecimal() and len(after[0]) <= 3:
        return len(letters) <= 4 or not _VOWEL.search(letters[-3:])  # "Abs. 2", "Hauptstr. 5"
    return len(letters) <= 3 and word[0].isupper() and language != "de"  # "Sra. López"


def _citation_end(text: str, start: int, end: int) -> int | None:
    """The end of a citation that starts here. It belongs to the sentence before it, else to the next."""
    found = _CITATION.match(text, start, end)
    return found.end() if found and found[1].casefold() in _BEFORE_NUMBER else None


def _is_starter(text: str, word: re.Match[str]) -> bool:
    """Whether a word is likely to start a sentence; "A" followed by a stop is an initial."""
    return word[0] in _STARTERS and (len(word[0]) > 1 or text[word.end() : word.end() + 1] != ".")


def _starts_in_lower_case(word: str) -> bool:
    """Whether a word is plain lower case: not "p53" nor "mTOR", which may start a sentence."""
    return word[0].islower() and not any(letter.isdecimal() or letter.isupper() for letter in word)


def _lacks_a_space(text: str, stop: re.Match[str], before: re.Match[str] | None, after: re.Match[str] | None) -> bool:
    """Whether a space is missing between two sentences, as in "the end.The next"."""
    if before is None or after is None or after.start() != stop.end():
        return False
    follows = text[after.end() : after.end() + 1]
    return (
        len(before[0]) >= 3
        and before[0].isalpha()
        and before[0][1:].islower()
        and after[0].istitle()
        and (not follows or follows.isspace() or follows == ",")
    )
