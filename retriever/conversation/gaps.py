"""A question -> its gaps: the places where something that the turns before named belongs.

In: a question and its history. Out: `Gap`s, each a word that refers ("it", "that season") or a point where a thing is
left out ("is there a deposit", for what?). A trained model tags each word of the question; no list of words says which
of them refer. What belongs in a gap is found afterwards, by the same model, which reads the question again with the
gap between quotation marks (`marked`). A fragment is read with "instead of what" behind it (`instead_of_what`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..answering.reader import PassageReading, Reader, tokens_of
from ..learning import Floats, softmax

WORD = re.compile(r"[\w'’.-]*\w[\w'’-]*")
_ENDING = re.compile(r"['’]s?$")

KEEP, REPLACE, NEXT, INSERT = range(4)
"""What is done with a word: it stays; it is replaced, as the first word of a gap or as a further one; or it stays and a
thing belongs behind it."""

OPERATIONS = 4
PREPOSITIONS = (
    *("", "of", "in", "at", "for", "on", "to", "from", "by", "with"),
    *("about", "under", "during", "than", "after", "over", "against"),
)
"""What joins a thing to the words before it; the first one: nothing does."""

TAGS = OPERATIONS + len(PREPOSITIONS)
"""Outputs of the model for each token. Of the first token, the operation is that of the whole question: `KEEP`, or
`REPLACE` if it is a fragment, which belongs in the question before it."""

# A gap that is less likely is not looked at.
LEAST_LIKELY = 0.1
MOST_GAPS = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """A place of a question where something belongs that the turns before named.

    Attributes:
        start: its first character in the question.
        end: one past the last; the same as `start` where a thing is left out.
        preposition: what goes before the thing, empty for nothing.
        probability: 0..1, that it is one.
    """

    start: int
    end: int
    preposition: str
    probability: float

    @property
    def is_left_out(self) -> bool:
        """Whether the question has no word for the thing."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class GapReading:
    """What the model makes of a question before any gap is marked.

    Attributes:
        gaps: in the order of the question.
        fragment: probability, 0..1, that it belongs in the question before it.
        reading: where the turns name what the question depends on.
    """

    gaps: tuple[Gap, ...]
    fragment: float
    reading: PassageReading


def marked(question: str, start: int, end: int, preposition: str = "") -> str:
    """The question with a gap between quotation marks, as the model was trained on it."""
    if start < end:
        return f'{question[:start]}"{question[start:end]}"{question[end:]}'
    return f'{question[:start]} "{preposition or "what"}"{question[end:]}'


def instead_of_what(body: str) -> str:
    """A fragment, so that the model marks what it takes the place of."""
    return f'{body} instead of "what"?'


def words_of(question: str) -> list[tuple[int, int]]:
    """Start and end of each word of a question, without a possessive ending."""
    return [(one.start(), one.start() + len(_ENDING.sub("", one[0]))) for one in WORD.finditer(question)]


def first_tokens(asked: NDArray[np.int64], words: Sequence[tuple[int, int]]) -> list[int]:
    """The first token of each word, given the tokens' places in the question; -1 where the question was cut."""
    return [int(np.argmax(asked[:, 1] > start)) if (asked[:, 1] > start).any() else -1 for start, _ in words]


class ConversationReader(Reader):
    """The model, which has one output more than the reader of passages."""

    def gaps(self, question: str, history: str) -> GapReading:
        """Find the gaps of a question."""
        tokens = tokens_of(self._tokenizer, question, "", history)
        reading, (tags,) = self._run(tokens, "tags")
        every = words_of(question)
        found = [(word, at) for word, at in zip(every, first_tokens(tokens.asked, every), strict=True) if at >= 0]
        logits = tags[0][[at for _, at in found]].reshape(-1, TAGS)
        operations = np.array([softmax(one) for one in logits[:, :OPERATIONS]]).reshape(-1, OPERATIONS)
        gaps = _gaps([word for word, _ in found], operations, logits[:, OPERATIONS:].argmax(-1))
        fragment = float(softmax(tags[0][0, :OPERATIONS])[REPLACE])
        return GapReading(tuple(gaps), fragment, reading)

    def read_each(self, questions: Sequence[str], history: str) -> list[PassageReading]:
        """Read the history for several questions."""
        if len(questions) < 2:
            return [self._read_one(one, "", history) for one in questions]
        return list(self._pool.map(lambda one: self._read_one(one, "", history), questions))


def _gaps(words: Sequence[tuple[int, int]], operations: Floats, prepositions: NDArray[np.int64]) -> list[Gap]:
    found = []
    for at, ((start, end), likely) in enumerate(zip(words, operations, strict=True)):
        joining = PREPOSITIONS[prepositions[at]]
        if likely[REPLACE] >= LEAST_LIKELY:
            last = at + 1
            while last < len(words) and operations[last, NEXT] > 0.5:
                last += 1
            found.append(Gap(start, words[last - 1][1], joining, float(likely[REPLACE])))
        if likely[INSERT] >= LEAST_LIKELY:
            found.append(Gap(end, end, joining, float(likely[INSERT])))
    likeliest = sorted(found, key=lambda one: -one.probability)[:MOST_GAPS]
    return sorted(likeliest, key=lambda one: one.start)
