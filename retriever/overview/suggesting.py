"""Documents -> questions that they answer, each asked before it is shown.

In: a library, and a function that asks it. Out: questions. One decision: a question made of a sentence is shown only if
its answer is clear and its first quote holds that sentence. So much is asked at most, and what was found is kept until
the library changes. Questions are made in English, so only of English documents.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from itertools import chain, zip_longest

from ..filters import EVERYTHING, Scope
from ..records import Answer, DocumentSummary, Quote, Verdict
from ..store.base import Library
from ..talk import AnswerKind
from ..text.tokens import naming_terms
from .questions import HasWord, questions_of
from .sentences import Sentence, evenly_spread, sentences_of
from .wording import WELL_PUT, WordingModel

Ask = Callable[[str, Scope], Answer]
"""Asks one question, standing alone, of some documents."""
KindOf = Callable[[str], AnswerKind]
"""Tells what a sentence asks for: what sounds like talk about the documents would not be asked of them."""

MOST_ASKED = 24
"""Questions that are asked to find those of a library; one takes about a tenth of a second."""
MOST_ASKED_BESIDE = 8
"""The same for follow-ups of one answer."""
BESIDE = 2
"""Quotes of an answer near which its follow-ups stand."""
READ_FOR_QUESTIONS = 40
"""Documents whose sentences questions are made of."""
_NEAR = 1500  # characters around a quote whose sentences make follow-ups
_ALIKE = 0.6  # share of words from which two questions are one
_KEPT = 256

Made = tuple[str, Sentence]
"""A question and the sentence that it was made of."""


class Suggestions:
    """Questions that a library answers clearly. Safe to use from several threads."""

    def __init__(self, library: Library, ask: Ask, has_word: HasWord, kind_of: KindOf) -> None:
        """Store the library and the functions that ask it; nothing is read yet."""
        self._library = library
        self._ask = ask
        self._has_word = has_word
        self._kind_of = kind_of
        self._kept: OrderedDict[Hashable, tuple[str, ...]] = OrderedDict()
        self._lock, self._finding = threading.Lock(), threading.Lock()

    def about(self, documents: Sequence[DocumentSummary], count: int) -> tuple[str, ...]:
        """Find questions that some documents answer, of as many documents as possible.

        Args:
            documents: the documents.
            count: how many questions at most.
        """
        key = self._library.manifest.generation, tuple(one.id for one in documents), count
        with self._finding:  # two that ask at once wait for one
            return self._known(key, lambda: self._checked(self._made(documents), count, MOST_ASKED, (), EVERYTHING))

    def after(self, quotes: Sequence[Quote], asked: Collection[str], scope: Scope, count: int = 3) -> tuple[str, ...]:
        """Find questions that may follow an answer: about what stands near its quotes.

        Args:
            quotes: those of the answer.
            asked: the questions of the conversation, the answered one last; they are not suggested again.
            scope: the documents that are asked.
            count: how many questions at most.
        """
        there = {one.id for one in self._library.documents.all()}
        quotes = [one for one in quotes if one.document_id in there][:BESIDE]
        if not quotes:
            return ()
        places = tuple((one.document_id, one.start) for one in quotes)
        key = self._library.manifest.generation, places, tuple(asked), scope, count
        made = self._made_beside(quotes, asked)
        return self._known(key, lambda: self._checked(made, count, MOST_ASKED_BESIDE, asked, scope))

    def _known(self, key: Hashable, find: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        found = find()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _made(self, documents: Sequence[DocumentSummary]) -> Iterator[Made]:
        """Questions of the documents' sentences, one of each document in turn."""
        english = [one for one in documents if _is_english(one)]
        some = [self._of_document(one) for one in evenly_spread(english, READ_FOR_QUESTIONS)]
        return (made for turn in zip_longest(*some) for made in turn if made)

    def _of_document(self, document: DocumentSummary) -> Iterator[Made]:
        """Questions of a document's sentences, the best put first; of those alike the earliest."""
        put = [self._put_of(sentence)[:1] for sentence in sentences_of(self._library, document)]
        for _, question, sentence in sorted(chain.from_iterable(put), key=lambda each: -each[0]):
            yield question, sentence

    def _put_of(self, sentence: Sentence) -> list[tuple[float, str, Sentence]]:
        """The well put questions of a sentence with their probabilities, the best first."""
        made = questions_of(sentence.text, sentence.document.published, self._has_word, sentence.heading)
        put = [(WordingModel.shipped().probability(question), question, sentence) for question in made]
        return sorted((one for one in put if one[0] >= WELL_PUT), key=lambda one: -one[0])

    def _made_beside(self, quotes: Sequence[Quote], asked: Collection[str]) -> Iterator[Made]:
        """Questions of sentences near some quotes: first those that share words with the answer, the best put first."""
        said = naming_terms(f"{' '.join(list(asked)[-1:])} {quotes[0].text}")
        found: list[tuple[bool, float, Made]] = []
        for quote in quotes:
            document = self._library.documents.summary(quote.document_id)
            if not _is_english(document):
                continue
            near = (each for each in sentences_of(self._library, document) if _is_near(each, quote))
            for sentence in near:
                is_apart = naming_terms(sentence.text).isdisjoint(said)
                found += [(is_apart, -put, (question, sentence)) for put, question, sentence in self._put_of(sentence)]
        return (made for *_, made in sorted(found, key=lambda each: each[:2]))

    def _checked(
        self, made: Iterable[Made], count: int, most: int, asked: Collection[str], scope: Scope
    ) -> tuple[str, ...]:
        """Of some questions, the first `count` that are answered clearly by their own sentence."""
        kept: list[str] = []
        tried = 0
        for question, sentence in made:
            if len(kept) == count or tried == most:
                break
            if any(_is_alike(question, other) for other in chain(kept, asked)):
                continue
            tried += 1
            if self._kind_of(question) is AnswerKind.QUESTION and _is_answered(self._ask(question, scope), sentence):
                kept.append(question)
        return tuple(kept)


def _is_english(document: DocumentSummary) -> bool:
    """Whether a document is read as English; the rules would mix their words with those of another language."""
    return document.language in (None, "en")


def _is_answered(answer: Answer, sentence: Sentence) -> bool:
    """Whether an answer is clear, and its first quote holds a sentence, or a copy's quote does."""
    if answer.verdict is not Verdict.CLEAR:
        return False
    first = answer.quotes[0]
    places = [(first.document_id, first.start, first.end), *((c.document_id, c.start, c.end) for c in first.copies)]
    return any(
        document == sentence.document.id and start < sentence.end and sentence.start < end
        for document, start, end in places
    )


def _is_near(sentence: Sentence, quote: Quote) -> bool:
    overlaps = sentence.start < quote.end and quote.start < sentence.end
    return not overlaps and abs(sentence.start - quote.start) <= _NEAR


def _is_alike(one: str, other: str) -> bool:
    first, second = naming_terms(one), naming_terms(other)
    return len(first & second) >= _ALIKE * max(1, min(len(first), len(second)))
