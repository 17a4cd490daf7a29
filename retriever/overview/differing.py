"""Documents -> the points on which they differ, or agree.

In: a library, and a function that asks it. Out: points, each with the question that shows it and its quotes. One
decision: two sentences of different documents that share words but not their values make a question, or that share
both. That is asked, and the agreement of its answer says whether the sources differ. So much is asked at most.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from textwrap import shorten

from ..agreement.comparing import Likeness, likeness
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
"""Questions that are asked of sentences with different numbers; one takes about a tenth of a second."""
MOST_ASKED_BESIDE = 8
"""The same of sentences that share fewer words or are list items, and of those with different names. Few of these pairs
differ in what they tell of one thing."""
_MANY_SHARED, _FEW_SHARED = 3, 2  # words that two sentences share, to be about one thing
_COMMON = 0.2  # a word in a larger share of the sentences tells nothing
_FEWEST_COMMON = 12  # sentences, below which no word is common
_LONGEST_NAME = 100  # characters
_FEWEST_RETOLD = 4  # words that two sentences share beside a value, if one tells the other again
_FIRST = 3  # quotes among which both must stand
# What a sentence points to stands in another sentence, and may be another thing.
_POINTS = re.compile(r"(?i)\b(?:he|she|it|they|we|i|you|this|that|these|those)\b")
_MEASURED = frozenset(Kind) - {Kind.NAME, Kind.MULTIPLE}
_ASKS = defaultdict(lambda: "What is") | {
    Kind.TIME: "When",
    Kind.COUNT: "How many",
    Kind.MONEY: "How much",
    Kind.SHARE: "What share",
    Kind.DURATION: "How long",
    Kind.AGE: "How old",
    Kind.CLOCK: "At what time",
    Kind.FREQUENCY: "How often",
}
"""How a question asks for a value of a kind."""

_ASKED_BY = {
    kind: re.compile(rf"(?:{_ASKS[kind]}\b|What (?:is|was|are|were|does|do|did)\b|How (?!many\b))") for kind in Kind
} | {Kind.TIME: re.compile(r"When\b"), Kind.COUNT: re.compile(r"How many\b|What (?:is|was|are|were)\b")}
"""How a made question must begin to ask for a value of a kind."""


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
class PointOfAgreement:
    """One thing of which sources say the same value.

    Attributes:
        name: the question that shows it, or a sentence that says the value, without the value.
        quotes: those of the question's answer that say the same, the best first.
    """

    name: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence with values.

    Attributes:
        terms: of its content words, without numbers.
        values: what it names, without names.
        names: those.
    """

    sentence: Sentence
    terms: frozenset[str]
    values: tuple[Value, ...]
    names: tuple[Value, ...]

    @property
    def text(self) -> str:
        """Its words."""
        return self.sentence.text

    def terms_around(self, value: Value) -> frozenset[str]:
        """The terms of its words but for a value."""
        return naming_terms(f"{self.text[: value.start]} {self.text[value.end :]}")


_Pair = tuple[_Candidate, _Candidate]
_ValuesOf = Callable[[_Candidate, _Candidate], list[Value]]
"""The values of a sentence that are asked for, beside another sentence."""


@dataclass(frozen=True, slots=True)
class _MadeQuestion:
    """A question that may show a difference.

    Attributes:
        name: how it is shown.
        text: its words.
        pair: the sentences that it is made of.
    """

    name: str
    text: str
    pair: _Pair


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
    for made in _all_questions(_candidates(library, documents), has_word):
        answer = ask(made.text, scope)
        if answer.verdict is Verdict.ABSENT:
            continue
        shown = [_point(made.name, one, answer) for one in answer.agreement.differing]
        shown = [one for one in shown if one.difference.kind is not DifferenceKind.ROUNDING]
        if not shown and (retold := _retelling(made.pair, answer)):
            shown = [_point(made.name, retold, answer)]
        for point in shown:
            found.setdefault(frozenset((one.document_id, one.start) for one in point.quotes[:2]), point)
    kinds = (DifferenceKind.CONFLICT, DifferenceKind.LATER)
    return tuple(sorted(found.values(), key=lambda point: kinds.index(point.difference.kind)))


def agreements(
    library: Library, ask: Ask, has_word: HasWord, documents: Sequence[DocumentSummary]
) -> tuple[PointOfAgreement, ...]:
    """Find what some documents agree on; the arguments are those of `differences`, and it takes as long."""
    scope = Scope(documents=frozenset(one.id for one in documents))
    found: dict[frozenset[tuple[str, int]], PointOfAgreement] = {}
    for made in _all_questions_of_equals(_candidates(library, documents), has_word):
        answer = ask(made.text, scope)
        if answer.verdict is Verdict.ABSENT:
            continue
        places = {_quoted(one, answer, len(answer.quotes)) for one in made.pair}
        for group in answer.agreement.same:
            if len(places) > 1 and places <= set(group):
                quotes = tuple(answer.quotes[position] for position in group)
                seen = {(one.document_id, one.start) for one in quotes}
                named = (one.name for one in found.values())
                if made.name not in named and not any(len(seen & known) > 1 for known in found):
                    found[frozenset(seen)] = PointOfAgreement(made.name, quotes)
    return tuple(found.values())


def _point(name: str, difference: Difference, answer: Answer) -> PointOfDifference:
    """A difference with its own quotes only: for each value the best one."""
    places = {position: place for place, position in enumerate(sorted(difference.quotes))}
    own = replace(difference, sources=tuple((position,) for position in difference.quotes))
    quotes = tuple(answer.quotes[position] for position in places)
    return PointOfDifference(name, own.moved(places.__getitem__), quotes)


def _retelling(pair: _Pair, answer: Answer) -> Difference | None:
    """The difference of two sentences that are one but for a value, if both are quoted; the reader may see none.

    Each must say all that the other says, or more, so that they do not speak of two things or two times.
    """
    both = [_only_value(*pair), _only_value(*reversed(pair))]
    places = [_quoted(one, answer) for one in pair]
    if answer.verdict is not Verdict.CLEAR or None in both or None in places or places[0] == places[1]:
        return None
    values = [value for value in both if value]
    around = [one.terms_around(value) for one, value in zip(pair, values, strict=True)]
    fewest, most = sorted(around, key=len)
    alike = len(fewest) >= _FEWEST_RETOLD and fewest <= most
    if not alike or likeness(*values) is not Likeness.DIFFERENT or any(map(_POINTS.search, (one.text for one in pair))):
        return None
    told = tuple(one.text[value.start : value.end] for one, value in zip(pair, values, strict=True))
    order = sorted(range(2), key=lambda at: places[at] or 0)
    return Difference(tuple(places[at] or 0 for at in order), tuple(told[at] for at in order))


def _only_value(one: _Candidate, other: _Candidate) -> Value | None:
    """The only value that a sentence has and another lacks, numbers and times of any kind counted."""
    theirs = {_key(value) for value in other.values}
    apart = [value for value in one.values if _key(value) not in theirs]
    return apart[0] if len(apart) == 1 else None


def _quoted(one: _Candidate, answer: Answer, first: int = _FIRST) -> int | None:
    """The position of the quote that has a sentence, among the first."""
    sentence = one.sentence
    for position, quote in enumerate(answer.quotes[:first]):
        if quote.document_id == sentence.document.id and quote.start < sentence.end and sentence.start < quote.end:
            return position
    return None


def _all_questions(candidates: Sequence[_Candidate], has_word: HasWord) -> Iterable[_MadeQuestion]:
    """The questions whose answers may differ, none twice."""
    measured = [one for one in candidates if one.values]
    whole = [one for one in measured if not one.sentence.is_line]
    named = [one for one in candidates if one.names]
    return _some_of(
        (_questions(_pairs(whole, _may_differ, _MANY_SHARED), _apart, has_word), MOST_ASKED),
        (_questions(_pairs(measured, _may_differ, _FEW_SHARED), _apart, has_word), MOST_ASKED_BESIDE),
        (
            _questions_for_names(_pairs(named, _may_differ_in_names, _FEW_SHARED), _names_apart, has_word),
            MOST_ASKED_BESIDE,
        ),
    )


def _all_questions_of_equals(candidates: Sequence[_Candidate], has_word: HasWord) -> Iterable[_MadeQuestion]:
    """The questions whose answers may be the same, none twice."""
    measured = [one for one in candidates if one.values]
    named = [one for one in candidates if one.names]
    return _some_of(
        (_questions(_pairs(measured, _may_agree, _FEW_SHARED), _shared, has_word), MOST_ASKED),
        (
            _questions_for_names(_pairs(named, _may_agree_in_names, _FEW_SHARED), _names_shared, has_word),
            MOST_ASKED_BESIDE,
        ),
    )


def _some_of(*sorts: tuple[Iterator[_MadeQuestion], int]) -> Iterable[_MadeQuestion]:
    """So many questions of each sort at most, none twice."""
    asked: dict[str, _MadeQuestion] = {}
    for questions, most in sorts:
        for made in islice((each for each in questions if each.text not in asked), most):
            asked[made.text] = made
    return asked.values()


def _questions(pairs: Iterable[_Pair], values_of: _ValuesOf, has_word: HasWord) -> Iterator[_MadeQuestion]:
    """Questions whose answers are numbers or times, which two sentences have in common, or otherwise."""
    for one, other in pairs:
        mine, its = values_of(one, other), values_of(other, one)
        made = [*_made(one, mine, has_word), *_made(other, its, has_word)]
        fitting = [each for each in made if _ASKED_BY[mine[0].kind].match(each)]
        question = (fitting or [_plain_question(one, mine[0], other)])[0]
        yield _MadeQuestion(question if fitting else _with_gap(one, mine[0]), question, (one, other))


def _questions_for_names(pairs: Iterable[_Pair], names_of: _ValuesOf, has_word: HasWord) -> Iterator[_MadeQuestion]:
    """Questions whose answers are names, which two sentences have in common, or otherwise."""
    for one, other in pairs:
        for mine, its in ((one, other), (other, one)):
            made = [each for each in _made(mine, names_of(mine, its), has_word) if each.startswith("Who ")]
            yield from (_MadeQuestion(question, question, (mine, its)) for question in made[:1])


def _may_differ_in_names(one: _Candidate, other: _Candidate) -> bool:
    """Whether each of two sentences has a name that the other lacks."""
    return bool(_names_apart(one, other) and _names_apart(other, one))


def _may_agree_in_names(one: _Candidate, other: _Candidate) -> bool:
    """Whether two sentences have a name in common."""
    return bool(_names_shared(one, other))


def _names_apart(one: _Candidate, other: _Candidate) -> list[Value]:
    theirs = {each.name for each in other.names}
    return [value for value in one.names if value.name not in theirs]


def _names_shared(one: _Candidate, other: _Candidate) -> list[Value]:
    theirs = {each.name for each in other.names}
    return [value for value in one.names if value.name in theirs]


def _apart(one: _Candidate, other: _Candidate) -> list[Value]:
    """The values of a sentence that another lacks, where that has another of the same kind; in order."""
    ours, theirs = ([_key(value) for value in each.values] for each in (one, other))
    kinds = {kind for kind, *_ in ours if kind in {each for each, *_ in theirs}}
    kinds &= {kind for kind, *_ in set(theirs) - set(ours)} & {kind for kind, *_ in set(ours) - set(theirs)}
    return [each for each, key in zip(one.values, ours, strict=True) if key not in theirs and key[0] in kinds]


def _made(one: _Candidate, apart: Sequence[Value], has_word: HasWord) -> list[str]:
    """Questions of a sentence that do not name what the other has otherwise."""
    text = one.text
    hidden = [text[value.start : value.end] for value in apart]
    found = questions_of(text, one.sentence.document.published, has_word)
    return [each for each in found if not any(words in each for words in hidden)]


def _candidates(library: Library, documents: Sequence[DocumentSummary]) -> list[_Candidate]:
    found = []
    for document in evenly_spread(documents):
        for sentence in sentences_of(library, document, with_lines=True):
            times = tuple(times_in(sentence.text, document.published, document.language))
            every = values_in(sentence.text, times, document.language)
            values = tuple(value for value in every if value.kind in _MEASURED)
            names = tuple(value for value in every if value.kind is Kind.NAME)
            if every:
                naming = frozenset(term for term in naming_terms(sentence.text) if not any(map(str.isdigit, term)))
                found.append(_Candidate(sentence, naming, values, names))
    return found


def _pairs(
    candidates: Sequence[_Candidate], may_differ: Callable[[_Candidate, _Candidate], bool], fewest: int
) -> Iterator[_Pair]:
    """Pairs of different documents that share so many words and may differ, those that share most first."""
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
    pairs = ((candidates[one], candidates[other]) for one, other in order if counted[one, other] >= fewest)
    return (pair for pair in pairs if may_differ(*pair))


def _may_differ(one: _Candidate, other: _Candidate) -> bool:
    """Whether two sentences name values of one kind that are not the same."""
    return bool(_apart(one, other) and _apart(other, one))


def _may_agree(one: _Candidate, other: _Candidate) -> bool:
    """Whether two sentences name a value in common."""
    return bool(_shared(one, other))


def _shared(one: _Candidate, other: _Candidate) -> list[Value]:
    """The values of a sentence that another has too; in order."""
    theirs = {_key(each) for each in other.values}
    return [each for each in one.values if _key(each) in theirs]


def _key(value: Value) -> tuple[Kind, float, str, str]:
    return value.kind, value.number, value.unit, value.time.iso if value.time else ""


def _with_gap(one: _Candidate, value: Value) -> str:
    """A sentence without a value: `The fare is …`, cut to a line."""
    text = one.text
    return shorten(f"{text[: value.start]}…{text[value.end :]}", _LONGEST_NAME, placeholder=" …")


def _plain_question(one: _Candidate, value: Value, other: _Candidate) -> str:
    """A question for a value, made of the words that two sentences share, in the order of the first."""
    shared = one.terms & other.terms
    text = one.text
    counted = text[value.end :].split()[:1] if value.kind is Kind.COUNT else []
    rest = f"{text[: value.start]} {text[value.end :]}"
    said = [word.strip(".,;:()“”") for word in rest.split() if naming_terms(word) & shared]
    said = [word for word in said if word not in (each.strip(".,;:()“”") for each in counted)]
    return " ".join([_ASKS[value.kind], *(each.strip(".,;:()“”") for each in counted), *said]) + "?"
