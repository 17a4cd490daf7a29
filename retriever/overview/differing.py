"""Documents -> the points on which they differ.

In: a library, and a function that asks it. Out: differences, each with the question that shows it and its quotes. One
decision: two sentences of different documents that share words but not their values make a question. That is asked, and
the agreement of its answer says whether the sources differ. So much is asked at most.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from textwrap import shorten

from ..agreement.kinds import Kind, Value
from ..agreement.values import values_in
from ..filters import Scope
from ..records import Answer, Difference, DifferenceKind, DocumentSummary, Quote, Verdict
from ..store.base import Library
from ..text.time_expressions import times_in
from ..text.tokens import naming_terms
from .questions import HasWord, questions_of
from .sentences import Sentence, evenly_spread, sentences_of
from .suggesting import Ask

MOST_ASKED = 30
"""Questions that are asked to find differences; one takes about a tenth of a second."""
_FEWEST_SHARED = 3  # words that two sentences share, to be about one thing
_COMMON = 0.2  # a word in a larger share of the sentences tells nothing
_FEWEST_COMMON = 12  # sentences, below which no word is common
_LONGEST_NAME = 100  # characters
_MEASURED = frozenset(Kind) - {Kind.NAME, Kind.RANK, Kind.MULTIPLE}


@dataclass(frozen=True, slots=True)
class PointOfDifference:
    """One thing of which sources say different values.

    Attributes:
        name: the question that shows it, or the sentence that says one of its values, without that value.
        difference: the values; positions count in `quotes`.
        quotes: those of the question's answer that the difference names.
    """

    name: str
    difference: Difference
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence with values.

    Attributes:
        terms: of its content words, without numbers.
        values: what it names, without names.
    """

    sentence: Sentence
    terms: frozenset[str]
    values: tuple[Value, ...]


def differences(
    library: Library, ask: Ask, has_word: HasWord, documents: Sequence[DocumentSummary]
) -> tuple[PointOfDifference, ...]:
    """Find what some documents differ on. It takes some seconds, since many questions are asked.

    Args:
        library: holds the documents.
        ask: asks a question.
        has_word: tells common words.
        documents: the documents that are compared.
    """
    scope = Scope(documents=frozenset(one.id for one in documents))
    found: dict[frozenset[tuple[str, int]], PointOfDifference] = {}
    for name, question in islice(_questions(library, has_word, documents), MOST_ASKED):
        answer = ask(question, scope)
        if answer.verdict is Verdict.ABSENT:
            continue
        for difference in answer.agreement.differing:
            if difference.kind is not DifferenceKind.ROUNDING:
                point = _point(name, difference, answer)
                found.setdefault(frozenset((one.document_id, one.start) for one in point.quotes[:2]), point)
    kinds = (DifferenceKind.CONFLICT, DifferenceKind.LATER)
    return tuple(sorted(found.values(), key=lambda point: kinds.index(point.difference.kind)))


def _point(name: str, difference: Difference, answer: Answer) -> PointOfDifference:
    """A difference with its own quotes only: for each value the best one."""
    places = {position: place for place, position in enumerate(sorted(difference.quotes))}
    own = replace(difference, sources=tuple((position,) for position in difference.quotes))
    quotes = tuple(answer.quotes[position] for position in places)
    return PointOfDifference(name, own.moved(places.__getitem__), quotes)


def _questions(library: Library, has_word: HasWord, documents: Sequence[DocumentSummary]) -> Iterator[tuple[str, str]]:
    """Questions whose answers may differ, the likeliest first, and how each is shown; none twice."""
    asked: set[str] = set()
    for one, other in _pairs(_candidates(library, documents)):
        for candidate in (one, other):
            made = questions_of(candidate.sentence.text, candidate.sentence.document.published, has_word)
            question = made[0] if made else _plain_question(one, other)
            if question not in asked:
                asked.add(question)
                yield made[0] if made else _with_gap(one), question
                break


def _candidates(library: Library, documents: Sequence[DocumentSummary]) -> list[_Candidate]:
    found = []
    for document in evenly_spread(documents):
        for sentence in sentences_of(library, document):
            times = tuple(times_in(sentence.text, document.published))
            values = tuple(value for value in values_in(sentence.text, times) if value.kind in _MEASURED)
            if values:
                naming = frozenset(term for term in naming_terms(sentence.text) if not any(map(str.isdigit, term)))
                found.append(_Candidate(sentence, naming, values))
    return found


def _pairs(candidates: Sequence[_Candidate]) -> list[tuple[_Candidate, _Candidate]]:
    """Pairs of different documents that share words and name different values, those that share most first."""
    by_term: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(candidates):
        for term in one.terms:
            by_term[term].append(place)
    most = max(_FEWEST_COMMON, _COMMON * len(candidates))
    shared: dict[tuple[int, int], float] = defaultdict(float)
    counted: dict[tuple[int, int], int] = defaultdict(int)
    for places in by_term.values():
        if len(places) <= most:
            for first, second in combinations(places, 2):
                if candidates[first].sentence.document.id != candidates[second].sentence.document.id:
                    shared[first, second] += 1 / len(places)
                    counted[first, second] += 1
    order = sorted(shared, key=lambda pair: (-shared[pair], pair))
    pairs = ((candidates[one], candidates[other]) for one, other in order if counted[one, other] >= _FEWEST_SHARED)
    return [pair for pair in pairs if _may_differ(*pair)]


def _may_differ(one: _Candidate, other: _Candidate) -> bool:
    """Whether two sentences name values of one kind that are not the same."""
    first, second = (
        {(v.kind, v.number, v.unit, v.time.iso if v.time else "") for v in each.values} for each in (one, other)
    )
    kinds = {kind for kind, *_ in first} & {kind for kind, *_ in second}
    return any(
        {each for each in first if each[0] is kind} != {each for each in second if each[0] is kind} for kind in kinds
    )


def _with_gap(one: _Candidate) -> str:
    """A sentence without its first value: `The fare is …`, cut to a line."""
    text, value = one.sentence.text, one.values[0]
    gapped = f"{text[: value.start]}…{text[value.end :]}"
    return shorten(gapped, _LONGEST_NAME, placeholder=" …")


def _plain_question(one: _Candidate, other: _Candidate) -> str:
    """A question made of the words that two sentences share, in the order of the first."""
    shared = one.terms & other.terms
    text = one.sentence.text
    said = [word for word in text.split() if naming_terms(word) & shared]
    asking = "How many" if any(value.kind is Kind.COUNT for value in one.values) else "What is said of"
    return f"{asking} {' '.join(word.strip('.,;:()“”') for word in said)}?"
