"""The words of a language model -> a paragraph: sentences, each with the quotes that carry it, or struck through.

In: an answer's quotes, and the model's server. Out: `Written`. One decision: which quote carries a sentence is found
here; what the model says of it, such as "[2]", is not read.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Protocol

from ..records import Document
from ..text.context import context_of
from ..text.sentences import split_sentences
from .entailment import Judge
from .prompt import MOST_QUOTES, messages
from .records import Carrier, Written, WrittenSentence

MOST_CHARACTERS = 8_000
"""Of a paragraph: some 1,300 words; the rest is left out."""
MOST_SENTENCES = 40
LONGEST_QUOTE = 5_000
"""Characters of a quote that may carry a sentence: two pages. A longer one is no quote, and takes long to compare."""

_REFERENCE = re.compile(r"\s?\[\d{1,3}(?:, ?\d{1,3}){0,9}\]")
_LAYOUT = re.compile(r"^[ \t]{0,3}(?:[#>]{1,6}|[-•]|\d{1,2}[.)])[ \t]+|[*`]+", re.MULTILINE)


class Writing(Protocol):
    """A language model: `WriterServer`, or one of a test's."""

    def write(self, messages: Sequence[Mapping[str, str]]) -> tuple[str, str]:
        """The model's name, and its words."""


def write(question: str, quotes: Sequence[Carrier], server: Writing) -> Written:
    """Have a paragraph written, and compare it with the quotes.

    Args:
        question: that the quotes answer.
        quotes: best first; only the first twelve are used.
        server: of the model.

    Raises:
        WriterError: the server does not answer as it should.
    """
    if not quotes:
        return Written("", ())
    sent = quotes[:MOST_QUOTES]
    model, words = server.write(messages(question, sent))
    return judge_written(words, sent, model)


def judge_written(words: str, quotes: Sequence[Carrier], model: str = "") -> Written:
    """Cut a model's words into sentences, and find the quotes that carry each.

    Args:
        words: as the model has written them.
        quotes: that it was given.
        model: its name.
    """
    tidy = _tidy(words)
    judge, sentences = Judge(quotes), []
    spans = split_sentences(tidy[:MOST_CHARACTERS])
    for start, end in spans[:MOST_SENTENCES]:
        if sentence := " ".join(tidy[start:end].split()):
            sentences.append(WrittenSentence(sentence, judge.carriers(sentence)))
    return Written(
        _printable(model)[:100], tuple(sentences), len(tidy) > MOST_CHARACTERS or len(spans) > MOST_SENTENCES
    )


def carrier_of(document: Document, start: int, end: int) -> Carrier:
    """A quote, by its place, as sentences are compared with it; one that is too long carries nothing."""
    if end - start > LONGEST_QUOTE:
        return Carrier("")
    sources = tuple(filter(None, (document.publisher, document.author)))
    return Carrier(document.text[start:end], start, sources, document.title, context_of(document.text, (start, end)))


def _tidy(words: str) -> str:
    """A model's words without what it thought before, and without signs of layout and references."""
    said = words.rpartition("</think>")[2]
    return _printable(_LAYOUT.sub("", _REFERENCE.sub("", said))).strip()


def _printable(text: str) -> str:
    """A text without characters that a terminal or a browser would obey."""
    return "".join(each for each in text if each in "\n " or unicodedata.category(each)[0] not in "C")
