"""The turns before a question -> the things that it may refer to, each with a probability.

In: what the model read in the turns for a marked question (`gaps`). Out: `Antecedents`. The conversation is read as the
reader reads a passage, newest turn first. One decision: the same words are the same thing wherever they stand, so that
the probabilities of all their places are added.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..answering.reader import PassageReading
from ..records import Turn
from ..text.phrases import Phrase, phrase_at
from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS, fold, term_of
from .titles import phrases_of, titles
from .wording import AUXILIARIES

PRONOUNS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she"}
"""Words that stand for a person -> the pronoun that they are a form of."""

FOLDER = Path(__file__).with_name("antecedent_reader")
# How many turns back a question may refer, besides the first turn, which often names the topic.
TURNS = 7
# Characters of an answer that are read, of the last two turns and of those before.
ANSWER_CHARACTERS = (400, 400, 120)
# Things that are kept; the right one is among them for nine in ten questions.
MOST_THINGS = 6
# Tokens of a name.
MOST_TOKENS = 14
# Places that are looked at, likeliest first.
MOST_PLACES = 60
# Places of a question that a fragment may replace.
MOST_PLACES_REPLACED = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase of an earlier turn, and its place.

    Attributes:
        phrase: the phrase.
        back: how many turns before the question, 1 for the last.
        answer: whether it is from an answer, not a question.
        text: the text that it is from.
    """

    phrase: Phrase
    back: int
    answer: bool
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that the conversation named.

    Attributes:
        terms: the terms of its naming words.
        mentions: newest first, questions before answers.
        pronoun: "he" or "she", if an earlier question called it so; else empty.
    """

    terms: tuple[str, ...]
    mentions: tuple[Mention, ...]
    pronoun: str = ""

    @property
    def shown(self) -> Mention:
        """The mention that names it in a rewrite: the newest in a question, else the newest."""
        return next((one for one in self.mentions if not one.answer), self.mentions[0])


@dataclass(frozen=True, slots=True)
class Antecedents:
    """What a question may refer to.

    Attributes:
        likely: the things with their probabilities, likeliest first, `MOST_THINGS` at most.
        nothing: probability, 0..1, that it refers to nothing which the turns name.
    """

    likely: tuple[tuple[Entity, float], ...] = ()
    nothing: float = 1.0


NOTHING = Antecedents()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A question or an answer, and where it stands in the text of the history."""

    start: int
    text: str
    back: int
    answer: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class History:
    """The turns before a question as one text, newest first: what is too long for the model is cut at the end.

    Attributes:
        text: each turn's question, as it was understood, and the beginning of its answer.
        pieces: the parts of the text.
        called: terms of each thing that an earlier question called "he" or "she" -> that pronoun.
    """

    text: str
    pieces: tuple[_Piece, ...]
    called: Mapping[tuple[str, ...], str]

    @classmethod
    def of(cls, turns: Sequence[Turn]) -> "History":
        """Write the turns, given oldest first, one after the other."""
        pieces: list[_Piece] = []
        start = 0
        for back, turn in enumerate(reversed(turns), 1):
            most = ANSWER_CHARACTERS[min(back, len(ANSWER_CHARACTERS)) - 1]
            for text, answer in ((turn.understood_as or turn.question, False), (turn.answer[:most], True)):
                if text:
                    pieces.append(_Piece(start, text, back, answer))
                    start += len(text) + 1
        return cls(" ".join(one.text for one in pieces), tuple(pieces), _called(turns))

    def entity_at(self, start: int, end: int) -> Entity:
        """The thing that some characters name, with every other place that has the same words."""
        spelt = _noun_phrase(self.text, *_whole_title(self.text, start, end))
        pattern = re.compile(rf"(?<!\w){re.escape(spelt)}(?!\w)", re.IGNORECASE)
        mentions = [
            Mention(_phrase_of(piece.text, *match.span()), piece.back, piece.answer, piece.text)
            for piece in self.pieces
            for match in pattern.finditer(piece.text)
        ]
        key = _key(spelt)
        return Entity(key, tuple(mentions), self.called.get(key, ""))


def antecedents_in(reading: PassageReading, history: History) -> Antecedents:
    """What a reading of the history names.

    Args:
        reading: what the model found for a question.
        history: the turns that it read.
    """
    found, nothing = places_in(reading, history)
    return Antecedents(tuple((history.entity_at(start, end), p) for start, end, p in found), nothing)


def replaced_in(reading: PassageReading, history: History) -> tuple[list[tuple[int, int, float]], float]:
    """The likeliest places of the last question that a fragment replaces, and the probability of none.

    Returns:
        Start and end in the last question, and probability, likeliest first, `MOST_PLACES_REPLACED` at most.
    """
    last = history.pieces[0].end
    every = [one for one in _ranked(reading, history) if one[0] < one[1] <= last]
    found: dict[tuple[int, int], float] = {}
    for start, end, probability in every:
        found[start, end] = found.get((start, end), 0.0) + probability
    likely = sorted(((*place, p) for place, p in found.items()), key=lambda one: -one[2])[:MOST_PLACES_REPLACED]
    return likely, max(0.0, 1 - sum(found.values()))


def places_in(reading: PassageReading, history: History) -> tuple[list[tuple[int, int, float]], float]:
    """The likeliest place of each thing in the history: start, end and probability; and that of nothing."""
    found: list[tuple[int, int, float]] = []
    for start, end, probability in _ranked(reading, history):
        name = history.text[start:end]
        # What overlaps a likelier place is that thing with more or fewer words.
        same = (
            at
            for at, one in enumerate(found)
            if (one[0] < end and start < one[1]) or _is_same(name, history.text[one[0] : one[1]])
        )
        at = next(same, None)
        if at is not None:
            found[at] = (*found[at][:2], found[at][2] + probability)
        elif _key(name):
            found.append((start, end, probability))
    places = sorted(found, key=lambda one: -one[2])[:MOST_THINGS]
    return places, max(0.0, 1 - sum(one[2] for one in found))


def _is_same(one: str, other: str) -> bool:
    """Whether two names are of one thing: "Ned Price", "State Department spokesman Ned Price", "Price"."""
    shorter, longer = sorted((re.findall(r"[^\W_]+", re.sub(r"['’]s?$", "", text)) for text in (one, other)), key=len)
    count = len(shorter)
    if not shorter or any(term_of(word) in FUNCTION_TERMS for word in longer):
        return [fold(word) for word in shorter] == [fold(word) for word in longer]
    last = [fold(word) for word in shorter] == [fold(word) for word in longer[-count:]]
    return last or (shorter == longer[:count] and all(word[0].isupper() for word in longer))


def _ranked(reading: PassageReading, history: History) -> Iterator[tuple[int, int, float]]:
    """Start, end and probability of the likeliest places, likeliest first."""
    scores = reading.starts[:, None] + reading.ends[None, :] - reading.nowhere
    reach = np.arange(len(reading.starts))
    piece = np.searchsorted([piece.start for piece in history.pieces], reading.places[:, 0], side="right")
    inside = (reach[None, :] >= reach[:, None]) & (reach[None, :] - reach[:, None] < MOST_TOKENS)
    scores = np.where(inside & (piece[:, None] == piece[None, :]), scores, -np.inf)
    highest = max(0.0, float(scores.max(initial=-np.inf)))
    weights = np.exp(scores - highest)
    total = float(weights.sum() + np.exp(-highest))
    for at in np.argsort(-weights, axis=None, kind="stable")[:MOST_PLACES].tolist():
        first, last = divmod(at, len(reach))
        if weights[first, last] > 0:
            start, end = int(reading.places[first, 0]), int(reading.places[last, 1])
            yield *_whole_words(history.text, start, end), float(weights[first, last]) / total


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A place, widened to whole words, as the model may mark a part of one, and without the marks around them."""
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    while 0 < start < end and text[start - 1].isalnum():
        start -= 1
    while start < end < len(text) and text[end].isalnum():
        end += 1
    return start, end


def _whole_title(text: str, start: int, end: int) -> tuple[int, int]:
    """A place, widened so that it cuts no title between quotation marks."""
    for first, last in titles(text):
        if first <= start and end <= last:
            return first, last
        if start < last and first < end:
            start, end = min(start, first - 1), max(end, last + 1)
    return start, end


def _noun_phrase(text: str, start: int, end: int) -> str:
    """The words of a place, without the verb of "bus of line 4 leave" or "boat was sold", and the "in" of "Peoples in".

    In a question, the verb is the last word, if no phrase has it.
    """
    words = list(re.finditer(r"\S+", text[start:end]))
    last = next((k for k, word in enumerate(words) if k and fold(word[0]) in AUXILIARIES), len(words))
    if text[end : end + 1] == "?" and last > 1 and not _is_in_phrase(text, start + words[last - 1].start()):
        last -= 1
    while last > 1 and term_of(words[last - 1][0]) in FUNCTION_TERMS:
        last -= 1
    return re.sub(r"['’]s?$", "", text[start : start + words[last - 1].end()] if words else text[start:end])


def _is_in_phrase(text: str, at: int) -> bool:
    """Whether a phrase of the sentence around some character has it."""
    first = max(text.rfind(mark, 0, at) for mark in "?.!") + 1
    sentence = text[first : at + text[at:].find("?")]
    return any(one.start <= at - first < one.end for one in phrases_of(sentence))


def _phrase_of(text: str, start: int, end: int) -> Phrase:
    """The phrase at a place; a title is a name, and its closing mark belongs to what ends with it."""
    found = phrase_at(text, start, end)
    if (start, end) in titles(text):
        return replace(found, article="", joint="", named=True)
    return replace(found, text=text[start:end], start=start, end=end)


def _key(text: str) -> tuple[str, ...]:
    """The words that name something."""
    return tuple(term for term in Question.of(text).terms if term not in FUNCTION_TERMS)


def _called(history: Sequence[Turn]) -> dict[tuple[str, ...], str]:
    """Terms of each thing that an earlier question called "he" or "she" -> that pronoun."""
    found: dict[tuple[str, ...], str] = {}
    for turn in history:
        typed = Question.of(turn.question)
        pronouns = {PRONOUNS[word] for word in typed.folded if word in PRONOUNS}
        if len(pronouns) == 1 and turn.understood_as not in ("", turn.question):
            for phrase in phrases_of(turn.understood_as):
                if phrase.named and not phrase.joint and not set(phrase.terms) & typed.naming_terms:
                    found[phrase.terms] = min(pronouns)
    return found


def recent(count: int) -> list[int]:
    """Positions of the turns that a question may refer to, newest first."""
    last = list(range(count - 1, max(-1, count - 1 - TURNS), -1))
    return last if not count or 0 in last else [*last, 0]
