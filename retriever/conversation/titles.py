"""Words between quotation marks -> one title, which is never cut: 'Paper Kings and Queens'.

In: a text and its phrases. Out: the same phrases, but a title is one phrase, whatever its words are. One decision: a
mark that may be an apostrophe ("the boys' school") opens or closes nothing unless it stands at the edge of a word. What
is longer than a title, or ends like a sentence ("We won," she said), is none.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from ..text.phrases import Phrase
from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS, terms

# At most 200 characters, so that no text takes long.
_QUOTED = re.compile(
    r"""“(?P<curly>[^“”]{1,200})” | ‘(?P<single>[^‘]{1,200}?)’(?!\w) | «(?P<angle>[^«»]{1,200})»
    | „(?P<low>[^„“”]{1,200})[“”] | (?<!\w)"(?P<straight>[^"]{1,200})"(?!\w)
    | (?<![\w'])'(?P<plain>[^\s'].{0,200}?(?<=\S))'(?![\w'])""",
    re.VERBOSE,
)
_NO_TITLE = re.compile(r"[.,;:]$|[.!?;]\s|(?:\S+\s+){8}\S")
_ARTICLE = re.compile(r"(?i)\b(the|an?)\s+$")
_NOUN = re.compile(r"\s+\w+")
# What is left of a title that was cut, besides an apostrophe.
_LONE = re.compile(r"""["“”„«»‘]|(?<!\w)'(?=[^\W\d])|(?<!\w)[’'](?!\w)""")


@lru_cache(maxsize=1024)
def titles(text: str) -> tuple[tuple[int, int], ...]:
    """The titles of a text, without their marks: start and end of each, ascending."""
    every = [match.span(match.lastgroup or 0) for match in _QUOTED.finditer(text)]
    return tuple((start, end) for start, end in every if not _NO_TITLE.search(text[start:end]))


def with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """A place in a text; if it is all of a title, with the marks of the title."""
    return (start - 1, end + 1) if (start, end) in titles(text) else (start, end)


def without_titles(text: str) -> str:
    """A text with a name in the place of each title."""
    for start, end in reversed(titles(text)):
        text = f"{text[: start - 1]}Title{text[end + 1 :]}"
    return text


def without_marks(text: str) -> str:
    """A text with its titles, but not their marks."""
    for start, end in reversed(titles(text)):
        text = text[: start - 1] + text[start:end] + text[end + 1 :]
    return text


def is_balanced(text: str) -> bool:
    """Whether every quotation mark of a text has its other one."""
    return _LONE.search(_QUOTED.sub("", text)) is None


@lru_cache(maxsize=1024)
def phrases_of(text: str) -> tuple[Phrase, ...]:
    """The phrases of a text, of which none cuts a title: "exhibition 'Tin'", "Paper Kings and Queens"."""
    found = Question.of(text).phrases
    every = titles(text)
    if not every:
        return found
    whole: dict[tuple[int, int], Phrase] = {}
    for phrase in found:
        title = next((one for one in every if phrase.start < one[1] and one[0] < phrase.end), None)
        for one in _with_title(phrase, title, text) if title else (phrase,):
            whole.setdefault((one.start, one.end), one)
    return tuple(whole.values())


def _with_title(phrase: Phrase, title: tuple[int, int], text: str) -> Iterator[Phrase]:
    """The title that a phrase is a part of; with the noun that it stands behind, or before: "the 'Tin' exhibition"."""
    if phrase.start < title[0]:
        yield _over(phrase, phrase.start, title[1] + 1, text)
        return
    yield replace(_over(phrase, *title, text), article="", joint="", named=True)
    article = _ARTICLE.search(text, 0, title[0] - 1)
    noun = _NOUN.match(text, title[1] + 1)
    if article and noun and phrase.end >= noun.end():
        whole = _over(phrase, title[0] - 1, noun.end(), text)
        yield replace(whole, article=article[1].lower(), joint="", named=True)


def _over(phrase: Phrase, start: int, end: int, text: str) -> Phrase:
    found = terms(text[start:end])
    naming = tuple(term for term in found if term not in FUNCTION_TERMS) or found
    return replace(phrase, text=text[start:end], start=start, end=end, terms=naming)
