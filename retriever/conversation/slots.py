"""A fragment and an earlier question -> that question, asked about what the fragment names.

"And in March?" after "How many boats sank in May?" is "How many boats sank in March?". What the fragment takes the
place of is found by the model (`gaps`); each place is tried with its probability, and so is the end of the question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..learning import log_probability
from ..text.question import Question
from .gaps import words_of
from .rewriting import indefinite_article, without_beginning, without_repetition
from .titles import titles, with_marks
from .wording import PREPOSITIONS, spelt_of

_FRAGMENT = re.compile(
    rf"(?i)(?:(?P<preposition>{'|'.join(PREPOSITIONS.split())}|when|if|while)\s+)?"
    r"(?P<article>(?:the|a|an|my|your|our)\s+)?(?P<slot>.+)"
)
_ARTICLE_BEFORE = re.compile(r"(?i)\b(?:the|an?)\s+\W?$")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A fragment, taken apart.

    Attributes:
        preposition: "in" of "in the north", or empty.
        article: "the " of it, or empty.
        slot: "north".
    """

    preposition: str
    article: str
    slot: str

    @classmethod
    def of(cls, body: str) -> "Fragment":
        """Take a fragment apart."""
        match = _FRAGMENT.fullmatch(body)
        if match is None:
            return cls("", "", body)
        return cls((match["preposition"] or "").lower(), match["article"] or "", match["slot"])

    @property
    def whole(self) -> str:
        """Its words."""
        return f"{self.preposition} {self.article}{self.slot}".strip()


@dataclass(frozen=True, slots=True)
class Placing:
    """A fragment in an earlier question.

    Attributes:
        text: the question.
        log_odds: the logarithm of its probability.
        is_added: whether the fragment takes no place, and is only added.
        is_parallel: whether it takes the place of what has the same preposition.
    """

    text: str
    log_odds: float
    is_added: bool = False
    is_parallel: bool = False


def placed(body: str, base: Question, replaced: Sequence[tuple[int, int, float]], appended: float) -> Iterator[Placing]:
    """Put a fragment in an earlier question.

    Args:
        body: the fragment.
        base: the earlier question.
        replaced: start and end in it, and probability, of what the fragment may replace.
        appended: probability that it replaces nothing and is only added.
    """
    fragment = Fragment.of(body)
    for first, last, probability in replaced:
        start, end = _whole_title(base.text, *_whole_words(base.text, first, last))
        own = [word for word in spelt_of(base.text[start:end])[:1] if word in PREPOSITIONS.split()]
        is_parallel = fragment.preposition in [*own, *spelt_of(base.text[:start])[-2:]]
        known = _ARTICLE_BEFORE.search(base.text, 0, start)
        if known and fragment.slot[:1].isupper() and base.text[start:end].islower():
            start = known.start()  # "the ferry", "Port Elm"
        article = "" if known else fragment.article
        if known and (indefinite := re.search(r"(?i)\ban?\s+$", base.text[:start])):
            start = indefinite.start()
            article = indefinite_article(fragment.slot)
        new = f"{fragment.preposition if own else ''} {article}{fragment.slot}".strip()
        new = new[:1].upper() + new[1:] if start == 0 else without_beginning(new, base.text[:start])
        text = base.text[:start] + new + without_repetition(new, base.text[end:])
        yield Placing(text, log_probability(probability), is_parallel=is_parallel)
    yield Placing(f"{base.text.rstrip(' ?.!')} {fragment.whole}?", log_probability(appended), is_added=True)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A place, widened so that it cuts no word and no number: "2.3"."""
    for first, last in words_of(text):
        if start < last and first < end:
            start, end = min(start, first), max(end, last)
    return start, end


def _whole_title(text: str, start: int, end: int) -> tuple[int, int]:
    """A place, widened so that it cuts no title between quotation marks."""
    for first, last in titles(text):
        if start < last and first < end:
            first, last = with_marks(text, first, last)
            start, end = min(start, first), max(end, last)
    return start, end
