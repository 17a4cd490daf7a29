"""A question and the turns before it -> its gaps, and what may belong in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..records import Turn
from ..text.question import Question
from ..text.tokens import fold
from .antecedents import NOTHING, Antecedents, History, antecedents_in, places_in, replaced_in
from .gaps import ConversationReader, Gap, instead_of_what, marked
from .rewriting import is_owner
from .slots import Fragment
from .titles import titles
from .wording import BOTH, COMPARES, Opened, asks_alone, is_fragment, opened

# A question that is less likely a fragment is not read as one, if its words do not look like one.
LEAST_FRAGMENT = 0.2
# From this probability, a word surely refers to something else.
CLEAR = 0.8

_HERE = frozenset("this here".split())
_POINTING = frozenset("that this these those such other others same".split())


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A gap, and the things that may belong there."""

    gap: Gap
    things: Antecedents


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a question refers to.

    Attributes:
        question: the question.
        opened: the same without the words that only join it to the conversation.
        turns: the turns before it, oldest first.
        gaps: its gaps, in order.
        fragment: probability, 0..1, that it is a fragment, which belongs in the question before it.
        replaced: start and end in the question before it, and probability, of what the fragment may replace.
        appended: probability that the fragment replaces nothing.
        nothing: probability that the question refers to nothing which the turns name.
        both: the things that "both" may mean.
    """

    question: Question
    opened: Opened
    turns: tuple[Turn, ...]
    gaps: tuple[OpenGap, ...]
    fragment: float
    replaced: tuple[tuple[int, int, float], ...]
    appended: float
    nothing: float
    both: Antecedents = NOTHING

    @property
    def refers(self) -> bool:
        """Whether a word of the question stands for something else."""
        return self.is_owned or any(one.gap.probability >= 0.5 and not one.gap.is_left_out for one in self.gaps)

    @property
    def continues(self) -> bool:
        """Whether it begins like a continuation, "and who led the other side", or only asks: "why"."""
        return self.opened.joined or asks_alone(self.opened.body)

    @property
    def is_owned(self) -> bool:
        """Whether it is a fragment that asks for a part of something: "And its port?"."""
        first, _, rest = self.opened.body.partition(" ")
        return is_fragment(self.opened.body) and is_owner(first, f" {rest}")

    @property
    def is_only_gap(self) -> bool:
        """Whether it is a fragment that is one gap, with its article: "And she?", "And the second one?"."""
        slot = Fragment.of(self.opened.body).slot
        spelt = (self.question.text[one.gap.start : one.gap.end] for one in self.gaps if one.gap.probability >= 0.5)
        return is_fragment(self.opened.body) and slot in spelt

    @property
    def refers_clearly(self) -> bool:
        """Whether a word surely does, and to no noun before it: in "How old was Chopin when he moved", "he" may."""
        first = min((phrase.end for phrase in self.question.phrases), default=len(self.question.text))
        words = (one.gap for one in self.gaps if not one.gap.is_left_out)
        return any(gap.probability >= CLEAR and gap.start < first for gap in words)

    @property
    def refers_back(self) -> bool:
        """Whether a word surely refers, and not to the page or the program, as "this" and "here" may."""
        sure = (one.gap for one in self.gaps if one.gap.probability >= CLEAR and not one.gap.is_left_out)
        return any(fold(self.question.text[gap.start : gap.end].split(" ")[0]) not in _HERE for gap in sure)

    @property
    def likeliest_gap(self) -> float:
        """The probability of the likeliest gap, 0..1."""
        return max((one.gap.probability for one in self.gaps), default=0.0)


@lru_cache(maxsize=4096)  # a conversation grows, but its earlier turns stay the same
def resolution_of(question: Question, turns: tuple[Turn, ...], reader: ConversationReader) -> Resolution:
    """Find what a question refers to.

    Args:
        question: the question.
        turns: the turns before it, oldest first.
        reader: the model.
    """
    history, parts = History.of(turns), opened(question.text)
    if not history.text:
        return Resolution(question, parts, turns, (), 0.0, (), 1.0, 1.0)
    whole = reader.gaps(question.text, history.text)
    found = [
        gap
        for gap in whole.gaps
        if not any(start < gap.end and gap.start < end for start, end in titles(question.text))
    ]
    questions = [marked(question.text, gap.start, gap.end, gap.preposition) for gap in found]
    compared = COMPARES.fullmatch(question.text)
    fragment = compared is not None or whole.fragment >= LEAST_FRAGMENT or is_fragment(parts.body)
    body = compared["other"] if compared else parts.body
    pair = BOTH.search(question.text)
    further = [*([marked(question.text, *pair.span())] if pair else []), *([instead_of_what(body)] if fragment else [])]
    readings = reader.read_each([*questions, *further], history.text)
    gaps = [OpenGap(gap, antecedents_in(one, history)) for gap, one in zip(found, readings, strict=False)]
    replaced, appended = replaced_in(readings[-1], history) if fragment else ([], 1.0)
    return Resolution(
        question,
        parts,
        turns,
        tuple(_merged(gaps, question.text)),
        whole.fragment,
        tuple(replaced),
        appended,
        places_in(whole.reading, history)[1],
        antecedents_in(readings[len(found)], history) if pair else NOTHING,
    )


def _merged(gaps: Sequence[OpenGap], text: str) -> list[OpenGap]:
    """The gaps, where those beside each other for the same thing are one.

    The model is often torn between ways to say the same: in "that storm" it may replace "that", or "storm", or put
    something behind it.
    """
    merged: list[OpenGap] = []
    for one in gaps:
        last = merged[-1] if merged else None
        if last and _is_beside(last.gap, one.gap, text) and _likeliest(last) == _likeliest(one) is not None:
            probability = min(1.0, last.gap.probability + one.gap.probability)
            surer = max(last, one, key=lambda each: each.gap.probability)
            whole = Gap(last.gap.start, one.gap.end, last.gap.preposition, probability)
            merged[-1] = OpenGap(whole, surer.things)
        else:
            merged.append(one)
    return merged


def _is_beside(first: Gap, second: Gap, text: str) -> bool:
    """Whether the first of two gaps begins with "that" or the like, and no word but its noun stands between them."""
    points = fold(text[first.start : first.end].split(" ")[0]) in _POINTING
    return points and len(text[first.end : second.start].split()) <= second.is_left_out


def _likeliest(one: OpenGap) -> tuple[str, ...] | None:
    return one.things.likely[0][0].terms if one.things.likely else None
