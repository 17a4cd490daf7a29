"""The draft's own sentences -> numbers, dates and names in them that the cited source gives otherwise.

In: the draft, and the documents that its sentences name. Out: remarks. One decision: a value is compared only with that
of a source's sentence which says nearly all of the rest, and only if the document gives the draft's value nowhere near
these words. In doubt nothing is said.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..agreement.comparing import Likeness, likeness
from ..agreement.kinds import Kind, Value
from ..agreement.values import values_in
from ..records import Document, Span
from ..text.languages import language_of
from ..text.sentences import split_sentences
from ..text.time_expressions import times_in
from ..text.tokens import FUNCTION_TERMS, terms, words
from .draft import Draft, noted_at
from .records import FoundPlace, Quotation, QuotationKind
from .sources import SourceNames

SAME_SENTENCE, SAME_FOR_NAMES = 0.7, 0.85
"""Share of the draft's other words that the source's sentence must have; names differ more often by chance."""

NEAR_SENTENCE = 0.4
"""The same share, from which a sentence of the source that has the draft's value clears it."""

FEWEST_TERMS = 5
"""Words besides the value by which two sentences are known to tell of one thing."""

MOST_SOURCES = 8
"""Documents that one sentence may cite; more are no citation."""

LONGEST_SENTENCE = 1_000

_THE_SAME = (Likeness.EQUAL, Likeness.ROUNDING)
_SURE = frozenset(Kind) - {Kind.FREQUENCY, Kind.CLOCK}


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence, with its words and its values."""

    start: int
    text: str
    places: tuple[tuple[str, int], ...]
    values: tuple[Value, ...]

    @classmethod
    def of(cls, start: int, text: str, published: str | None, language: str | None) -> "_Said":
        found = tuple((word.term, word.start) for word in words(text) if word.term not in FUNCTION_TERMS)
        return cls(start, text, found, values_in(text, times_in(text, published, language), language))

    def without(self, value: Value) -> frozenset[str]:
        """The terms that are not in a value."""
        return frozenset(term for term, place in self.places if not value.start <= place < value.end)


def value_remarks(
    draft: Draft,
    names: SourceNames,
    load: Callable[[int], Document],
    place: Callable[[int, int, int], FoundPlace],
) -> Iterator[tuple[Span, str, str, FoundPlace]]:
    """Find values that a cited source gives otherwise.

    Args:
        draft: the draft.
        names: the names of the documents.
        load: fetches a document by its position.
        place: makes a place of a document's position and a span.

    Returns:
        The value's span in the draft, its sentence, the source's value, and the source's sentence.
    """
    sentences_of = lru_cache(maxsize=64)(lambda position: _sentences(load(position)))
    language = language_of(draft.text)
    for start, end in draft.sentences:
        if end - start > LONGEST_SENTENCE:
            continue
        own = _own_words(draft.text, start, end, draft.quotations)
        named = names.named_in(" ".join((own, *noted_at(draft, start, end))))
        if not 0 < len(named) <= MOST_SOURCES:
            continue
        said = _Said.of(start, own, None, language)
        sources = [sentences_of(one) for one in sorted(named)]
        ignored = frozenset(term for one in named for term in terms(load(one).publisher or ""))
        for value in said.values:
            if value.kind in _SURE and (other := _otherwise(said, value, sources, ignored)):
                which, sentence, theirs = other
                position = sorted(named)[which]
                stop = sentence.start + len(sentence.text)
                yield (
                    (start + value.start, start + value.end),
                    draft.text[start:end],
                    sentence.text[theirs.start : theirs.end],
                    place(position, sentence.start, stop),
                )


def _differs(one: Value, other: Value) -> bool:
    """Whether two values surely differ; two names only if they are spelt alike in part: "Ada Brook", "Ada Marsh"."""
    if likeness(one, other) is not Likeness.DIFFERENT:
        return False
    return one.kind is not Kind.NAME or not frozenset(one.name).isdisjoint(other.name)


def _sentences(document: Document) -> tuple[_Said, ...]:
    text, language = document.text, language_of(document.text, document.language)
    spans = [(start, end) for start, end in split_sentences(text, language=language) if end - start <= LONGEST_SENTENCE]
    return tuple(_Said.of(start, text[start:end], document.published, language) for start, end in spans)


def _own_words(text: str, start: int, end: int, quotations: Sequence[Quotation]) -> str:
    """A sentence with blanks in place of its quotations; a whole sentence without marks is the author's own."""
    letters = list(text[start:end])
    for one in quotations:
        if one.kind is QuotationKind.UNMARKED:
            continue
        first, last = max(one.start, start) - start, min(one.end, end) - start
        if first < last:
            letters[first:last] = " " * (last - first)
    return "".join(letters)


def _otherwise(
    said: _Said, value: Value, sources: Sequence[Sequence[_Said]], ignored: frozenset[str]
) -> tuple[int, _Said, Value] | None:
    """The source's sentence that says the same with another value; None if there is none, or the value stands there."""
    wanted = said.without(value) - ignored
    least = SAME_FOR_NAMES if value.kind is Kind.NAME else SAME_SENTENCE
    if len(wanted) < FEWEST_TERMS:
        return None
    best: tuple[float, int, _Said, Value] | None = None
    for which, sentences in enumerate(sources):
        for sentence in sentences:
            shared = len(wanted & frozenset(term for term, _ in sentence.places)) / len(wanted)
            if shared < NEAR_SENTENCE:
                continue
            alike = [each for each in sentence.values if each.kind is value.kind and each.unit == value.unit]
            if any(likeness(value, each) in _THE_SAME for each in alike):
                return None
            others = [each for each in said.values if each is not value and each.kind is value.kind]
            left = [each for each in alike if not any(likeness(one, each) in _THE_SAME for one in others)]
            differ = [each for each in left if _differs(value, each)]
            left = differ if value.kind is Kind.NAME else left
            if shared >= least and len(left) == len(differ) == 1 and (best is None or shared > best[0]):
                best = (shared, which, sentence, differ[0])
    return best[1:] if best else None
