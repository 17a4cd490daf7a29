"""How the time of a regular expression, or of a function, grows with its input: by what, and at which text it is worst.

In: a function of a text. Out: the worst `Growth`. One decision: texts of one short piece, repeated, are enough, because
what is repeated in a pattern is what can grow; the pieces are common ones, and those that the pattern repeats itself.
"""

import ast
import importlib
import itertools
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import retriever

LENGTH = 3_000
"""Characters: enough for a square to show, few enough that a line of it takes a moment."""

NOTICED_SECONDS = 0.03
"""Less than this is no harm, however it grows."""

STEEPEST = 3.0
"""Twice the length may take twice the time, and a little more; a square takes four times."""

PIECES = (
    *("a", "A", "1", "é", "中", "-", ".", ",", " ", "\n", "\t", "|", "(", '"', "#", "*", "_", "<", "&", "\u2028"),
    *("a ", "1 ", "1,", "1.", "a.", "A.", "A ", "Aa ", "a\n", "\n\n", " \n", "| a ", "a-", "1-", "a's ", "A. ", "$1"),
    *("one ", "and ", "the ", "of the ", "May ", "million ", "12 ", "in 2020 ", "10 to 12 ", "Mr. ", "- a\n", "1. a\n"),
    *("Aa. Bb ", "one hundred and ", "France and ", "# a\n\n", "more than 5 ", "http://a.b/", "a@b.c ", "Ã¼", "1/2 "),
)

FEW_PIECES = ("a", "1", " ", "\n", ".", "Aa ", "a. ", "1, ", "| a ", "one ", "in 2020 ", "- a\n")
"""For a pattern, whose own pieces are tried too."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The time that a text of some length takes, and how many times as long one of twice the length."""

    seconds: float
    ratio: float
    piece: str


def growth(work: Callable[[str], object], pieces: Iterable[str] = PIECES) -> Growth | None:
    """The steepest growth that is noticed; None if there is none."""
    found = [each for piece in pieces if piece and (each := _growth(work, piece))]
    return max(found, key=lambda each: each.ratio, default=None)


def _growth(work: Callable[[str], object], piece: str) -> Growth | None:
    if _seconds(work, piece, LENGTH) < NOTICED_SECONDS:
        return None
    pairs = [(_seconds(work, piece, LENGTH), _seconds(work, piece, 2 * LENGTH)) for _ in range(2)]
    short, long = min(short for short, _ in pairs), min(long for _, long in pairs)
    return Growth(long, long / short, piece) if long / short > STEEPEST else None


def _seconds(work: Callable[[str], object], piece: str, length: int) -> float:
    text = piece * (length // len(piece)) + "\0"
    began = time.process_time()
    work(text)
    return time.process_time() - began


def patterns(packages: Iterable[str]) -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """Every regular expression of some packages: where it is, itself, and whether it is only matched at a beginning."""
    for name in packages:
        package = importlib.import_module(name)
        below = pkgutil.walk_packages(package.__path__, f"{name}.") if hasattr(package, "__path__") else ()
        for module_name in (name, *(each.name for each in below)):
            yield from _patterns_of(module_name)


def _patterns_of(name: str) -> Iterator[tuple[str, re.Pattern[str], bool]]:
    module = importlib.import_module(name)
    assert module.__file__
    source = Path(module.__file__).read_text(encoding="utf-8")
    for variable, value in vars(module).items():
        for pattern in _within(value):
            yield f"{name}.{variable}", pattern, _is_only_matched(variable)
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args):
            continue
        try:
            spelt = eval(compile(ast.Expression(node.args[0]), name, "eval"), dict(vars(module)))
            pattern = re.compile(spelt)
        except (NameError, re.error, TypeError):  # made while the program runs, or by `re.escape`
            continue
        yield f"{name}:{node.lineno}", pattern, node.func.attr in ("match", "fullmatch")  # type: ignore[attr-defined]


def _within(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset, dict)) and depth < 3:
        values = itertools.chain(value, value.values()) if isinstance(value, dict) else value
        for each in values:
            yield from _within(each, depth + 1)


_EVERY_SOURCE = "\n".join(
    file.read_text(encoding="utf-8") for file in sorted(Path(retriever.__file__).parent.rglob("*.py"))
)


def _is_only_matched(variable: str) -> bool:
    used = set(re.findall(rf"\b{re.escape(variable)}\.(\w+)\(", _EVERY_SOURCE))
    return bool(used) and used <= {"match", "fullmatch"}


def repeated_pieces(pattern: re.Pattern[str]) -> set[str]:
    """What a pattern repeats without a bound, as texts; with what stands before it, too."""
    return set(_repeated(_parser.parse(pattern.pattern, pattern.flags), ""))


def _repeated(nodes: Any, before: str) -> Iterator[str]:
    for kind, value in nodes:
        if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            _, most, body = value
            if most > 50:
                yield from (piece for text in _samples(body) for piece in (text, before + text))
        for below in _below(kind, value):
            yield from _repeated(below, before)
        before = (before + next(iter(_sample(kind, value)), ""))[-20:]


def _below(kind: Any, value: Any) -> list[Any]:
    if kind is _constants.BRANCH:
        return list(value[1])
    if kind is _constants.SUBPATTERN:
        return [value[3]]
    if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return [value[2]]
    return [value[1]] if kind in (_constants.ASSERT, _constants.ASSERT_NOT) else []


def _samples(nodes: Any) -> list[str]:
    """A few texts that match."""
    texts = [""]
    for kind, value in nodes:
        texts = [text + more for text in texts for more in _sample(kind, value)][:4]
    return texts


def _sample(kind: Any, value: Any) -> list[str]:
    if kind is _constants.LITERAL:
        return [chr(value)]
    if kind in (_constants.ANY, _constants.NOT_LITERAL):
        return ["a"]
    if kind is _constants.IN:
        return [letter for letter in "a1 .\n-,A|" if _is_in(letter, value)][:3] or [""]
    if kind in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return [text * max(value[0], 1) for text in _samples(value[2])[:2]]
    if kind is _constants.SUBPATTERN:
        return _samples(value[3])
    return [text for branch in value[1] for text in _samples(branch)[:1]][:4] if kind is _constants.BRANCH else [""]


def _is_in(letter: str, members: Any) -> bool:
    spaces = {"SPACE": str.isspace, "DIGIT": str.isdigit, "WORD": lambda text: text.isalnum() or text == "_"}
    negated = members[0][0] is _constants.NEGATE
    for kind, value in members:
        if kind is _constants.LITERAL and chr(value) == letter:
            return not negated
        if kind is _constants.RANGE and value[0] <= ord(letter) <= value[1]:
            return not negated
        if kind is _constants.CATEGORY:
            *_, name = str(value).split("_")
            if spaces[name](letter) is ("_NOT_" not in str(value)):
                return not negated
    return negated
