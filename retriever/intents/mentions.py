"""A sentence and the library's documents -> which sources the sentence names, and the sentence without their names.

In: a sentence, summaries of documents. Out: `Mentions`. One decision: a source is named by its publisher, by the
publisher's initials or own word ("NBC"), or by half of a title's words or more. A word of which the documents speak
otherwise is no publisher's own. One word of a title names a document only if a word such as "article" stands beside it:
"the talks" are no document.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ..records import DocumentSummary
from ..text.calendar import Time, span_of
from ..text.question import Question
from ..text.time_expressions import times_in
from ..text.tokens import FUNCTION_TERMS, Word, fold, naming_terms, term_of, terms

NAMED = ("one paper", "another paper")
"""What stands for the first source that a sentence names, and for each further one, when its kind is told."""

DOCUMENT_NOUNS = frozenset(
    term_of(word)
    for word in """article document file report text paper piece story pdf book page post manual handbook note letter
    memo email minutes transcript order decision chapter release presentation spreadsheet""".split()
)
_COMMON = frozenset(map(term_of, "the news press daily times post media group company inc ltd llc online".split()))
"""Words of publishers' names that name none of them alone."""
_MOST_INITIALS = 5
_TITLE_SHARE = 0.5
_LONG_TITLE = 5
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_PUNCTUATION = re.compile(r"[_\W]+")
_FILE = re.compile(r"[^\s/\\]+\.\w{2,5}\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """A source that a sentence names.

    Attributes:
        start: first character in the sentence.
        end: one past the last.
        name: the publisher, or the document's title.
        documents: ids of its documents.
    """

    start: int
    end: int
    name: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a sentence names of a library.

    Attributes:
        question: the sentence.
        sources: in the order of the sentence; none stands twice.
        spans: start and end of each name in the sentence; a source may be named twice.
        times: start and end of each time that it names.
        masked: the sentence, with words for "a source" in place of each source's name.
    """

    question: Question
    sources: tuple[Mention, ...]
    spans: tuple[tuple[int, int], ...]
    times: tuple[tuple[int, int], ...]
    masked: str

    @classmethod
    def of(cls, question: Question, names: "SourceNames") -> "Mentions":
        """Find the sources and times that a sentence names."""
        found = _longest(names.mentions(question))
        times = tuple((time.start, time.end) for time in times_named(question.text))
        masked, named = question.text, list(dict.fromkeys(one.documents for one in found))
        for one in reversed(found):
            stand_in = NAMED[min(named.index(one.documents), len(NAMED) - 1)]
            masked = masked[: one.start] + stand_in + masked[one.end :]
        once = {one.documents: one for one in reversed(found)}
        spans = tuple((one.start, one.end) for one in found)
        return cls(question, tuple(once[each] for each in named), spans, times, masked)

    @property
    def other_words(self) -> list[Word]:
        """Its content words outside of sources and times."""
        spans = self.spans + self.times
        return [
            word
            for word in self.question.words
            if word.term not in FUNCTION_TERMS and not any(start <= word.start < end for start, end in spans)
        ]

    def is_whole(self, mention: Mention) -> bool:
        """Whether a source is named by a whole long title, which is no topic by chance."""
        named = naming_terms(self.question.text[mention.start : mention.end])
        return len(named) >= _LONG_TITLE and named >= naming_terms(mention.name)

    @property
    def has_document_noun(self) -> bool:
        """Whether it has a word such as "article"."""
        return any(word.term in DOCUMENT_NOUNS for word in self.question.words)


def times_named(text: str) -> list[Time]:
    """The times that a sentence names, in its order, also those that it only compares with: "compared with 2022"."""
    found = list(times_in(text, None))
    for match in _YEAR.finditer(text):
        if not any(time.start <= match.start() < time.end for time in found) and (year := span_of(match[0])):
            found.append(replace(year, start=match.start(), end=match.end()))
    return sorted(found, key=lambda time: time.start)


Frequencies = Callable[[Iterable[str]], Mapping[str, int]]
"""Terms -> how many passages of the documents have each."""


class SourceNames:
    """The names of a library's publishers and documents, ready to be found in sentences."""

    def __init__(self, documents: Iterable[DocumentSummary] = (), frequencies: Frequencies | None = None) -> None:
        """Read the names of some documents.

        Args:
            documents: the documents.
            frequencies: of terms in what they say; None if only the names are known.
        """
        self._titles: dict[str, tuple[str, frozenset[str]]] = {}
        self._titled: dict[str, set[str]] = {}
        self._files: dict[str, str] = {}
        publishers: dict[str, list[str]] = {}
        for one in documents:
            name = PurePosixPath(one.id).name
            self._titles[one.id] = one.title, naming_terms(one.title)
            for term in naming_terms(f"{one.title} {_PUNCTUATION.sub(' ', PurePosixPath(name).stem)}"):
                self._titled.setdefault(term, set()).add(one.id)
            self._files[fold(name)] = one.id
            if one.publisher:
                publishers.setdefault(one.publisher, []).append(one.id)
        self._forms = list(_forms(publishers, frequencies))

    def mentions(self, question: Question) -> list[Mention]:
        """Find all names in a sentence; some may overlap."""
        return [*self._publishers(question), *self._documents(question), *self._by_file(question)]

    def document_titled(self, wanted: Collection[str]) -> str | None:
        """The only document whose title or file name has all of some terms; None if there is none, or are several."""
        found = [self._titled.get(term, set()) for term in wanted]
        shared = set.intersection(*found) if found else set()
        return next(iter(shared)) if len(shared) == 1 else None

    def _publishers(self, question: Question) -> list[Mention]:
        spelt = [re.sub(r"['’]s?$", "", word).replace(".", "") for word in question.folded]
        found = []
        for form, name, ids, is_initials in self._forms:
            words_ = spelt if is_initials else question.terms
            for at in range(len(words_) - len(form) + 1):
                if tuple(words_[at : at + len(form)]) == form:
                    end = question.words[at + len(form) - 1].end
                    found.append(Mention(question.words[at].start, end, name, ids))
        return found

    def _documents(self, question: Question) -> list[Mention]:
        asked = question.naming_terms
        near = {one for term in asked for one in self._titled.get(term, ())}
        found = []
        for one in sorted(near):
            title, naming = self._titles[one]
            places = [word for word in question.words if word.term in naming]
            if len(naming & asked) < max(2, _TITLE_SHARE * len(naming)):
                continue
            if _is_run(question, places[0], places[-1], naming):
                found.append(Mention(places[0].start, places[-1].end, title, (one,)))
        return found

    def _by_file(self, question: Question) -> list[Mention]:
        folded, found = question.text.casefold(), []
        for typed in _FILE.findall(question.text):
            if document := self._files.get(fold(typed)):
                at = folded.find(typed.casefold())
                found.append(Mention(at, at + len(typed), self._titles[document][0], (document,)))
        return found


def _forms(
    publishers: Mapping[str, Sequence[str]], frequencies: Frequencies | None
) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...], bool]]:
    """The runs of terms that name each publisher, and its initials; with its name and its documents."""
    counted = Counter(term for name in publishers for term in set(terms(name)))
    said = frequencies(sorted(counted)) if frequencies else {}
    for name, ids in publishers.items():
        named = terms(name)
        alone = (term for term in named if counted[term] == 1 and term not in _COMMON | FUNCTION_TERMS)
        own = ((term,) for term in alone if not _names_more(term, name, said))
        for form in {named, tuple(term for term in named if term != "the"), *own} - {()}:
            yield form, name, tuple(ids), False
        if initials := _initials(name):
            yield (initials,), name, tuple(ids), True


def _names_more(term: str, publisher: str, said: Mapping[str, int]) -> bool:
    """Whether the documents speak of what a word of a publisher's name means beside it: Varn, of "The Varn Herald".

    Then more passages have that word than have the rarest of the name's words. Capitals as in "NBC" name nothing else.
    """
    rarest = min((said.get(each, 0) for each in terms(publisher) if each not in FUNCTION_TERMS), default=0)
    return said.get(term, 0) > rarest and not any(
        word.isupper() and term_of(word) == term for word in re.findall(r"\w+", publisher)
    )


def _initials(publisher: str) -> str:
    """The initials of a name of two words or more, in lower case; empty if they are a word of the language."""
    letters = "".join(word[0] for word in re.findall(r"\w+", publisher) if word[0].isupper()).lower()
    return letters if 2 <= len(letters) <= _MOST_INITIALS and term_of(letters) not in FUNCTION_TERMS else ""


def _is_run(question: Question, first: Word, last: Word, naming: Collection[str]) -> bool:
    """Whether nothing but the title's words and function words stands between two words."""
    between = [word.term for word in question.words if first.start <= word.start <= last.start]
    return all(term in naming or term in FUNCTION_TERMS for term in between)


def _longest(found: Sequence[Mention]) -> list[Mention]:
    """Of mentions that overlap, the longest; in the order of the sentence."""
    kept: list[Mention] = []
    for one in sorted(found, key=lambda each: (each.start - each.end, each.start, each.name)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each.start)
