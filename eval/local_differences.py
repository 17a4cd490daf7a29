"""`python -m eval.local_differences --data DATA`: are differences between sources shown that nobody can read?

In: XQuAD's paragraphs, a folder `xquad_LANGUAGE` for each language. A sentence with a number that answers a question is
told again in a document of its own: with another number, with another number and of another thing, or as it is. Out:
how many of the first are shown, and how many others. One decision: the question is asked of all paragraphs and of all
that was told again, so that what is shown by chance counts too.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle, pairwise
from pathlib import Path

from eval.datasets import DataError, DataSet, Question, read_beir
from eval.languages import spread
from eval.systems import documents_of
from retriever import Answer, Assistant, Document, Encoder, IbidError, SentenceEncoder, terms

EACH = 60
"""Sentences that are told again in a language."""

_NUMBER = re.compile(r"(?<![\d.,:/–-])(?<!\d )[1-9]\d*(?![.,:/–-]?\d| \d)")
_WORD = re.compile(r"(?![\u3400-\u9fff])[^\W\d_]{4,}|[\u3400-\u9fff]{2}")
_STOP = re.compile(r"[.!?؟](?=\s)|[。！？]")
_FUNCTION = "·"  # the term of all function words
_YEARS = range(1400, 2030)
_FEWEST_TERMS = 6


class Told(StrEnum):
    """How a sentence is told again."""

    OTHER_VALUE = "other value"
    OTHER_THING = "other thing"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence that was told again.

    Attributes:
        told: how.
        question: what is asked.
        document: what tells it again.
        numbers: the number of the first sentence, and that of the second.
    """

    told: Told
    question: Question
    document: Document
    numbers: tuple[str, str]


def cases(dataset: DataSet, language: str, count: int = EACH) -> list[Case]:
    """Tell sentences of a data set again, one of a paragraph."""
    found = list(_sentences(dataset, language))
    others = cycle([word for _, sentence, _ in reversed(found) for word in _content_words(sentence, language)][::7])
    made: list[Case] = []
    for (question, sentence, number), told in zip(spread(found, count), cycle(Told)):
        other = number if told is Told.SAME else _another(number)
        text = sentence.replace(number, other, 1)
        if told is Told.OTHER_THING:
            thing = _thing(question.text, sentence, language)
            text = text.replace(thing, next(each for each in others if each not in sentence))
        name = f"told-{len(made)}"
        made.append(Case(told, question, Document.from_text(name, text, title=name), (number, other)))
    return made


def _thing(question: str, sentence: str, language: str) -> str:
    """The longest word of a sentence that the question has too, or else of all: what the number is of."""
    said = frozenset(terms(question, language))
    every = _content_words(sentence, language)
    return max([word for word in every if said.intersection(terms(word, language))] or every, key=len)


def _content_words(text: str, language: str) -> list[str]:
    return [word for word in _WORD.findall(text) if _FUNCTION not in terms(word, language)]


def _sentences(dataset: DataSet, language: str) -> Iterator[tuple[Question, str, str]]:
    """Questions whose answer has a number, each with its sentence and the number; one of a paragraph."""
    texts = {one.id: one.text for one in dataset.documents or ()}
    seen = set()
    for question in dataset.questions:
        for gold in question.gold[:1]:
            text = texts[gold.document_id]
            number = _NUMBER.search(text, gold.start, gold.end)
            stops = [0, *(match.end() for match in _STOP.finditer(text)), len(text)]
            sentence = next(text[a:b] for a, b in pairwise(stops) if a <= gold.start < b).strip()
            is_long = len(terms(sentence, language)) >= _FEWEST_TERMS and _content_words(sentence, language)
            if number and is_long and sentence.count(number[0]) == 1 and gold.document_id not in seen:
                seen.add(gold.document_id)
                yield question, sentence, number[0]


def _another(number: str) -> str:
    value = int(number)
    return str(value + 7 if value in _YEARS else value + max(1, value // 2))


@dataclass(frozen=True, slots=True)
class Figures:
    """What was shown.

    Attributes:
        asked: questions about another value.
        shown: of these, those whose difference is shown.
        others: other differences that are shown, of all questions.
        same: questions about the same sentence twice.
        together: of these, those whose two sources are shown to say the same.
    """

    asked: int
    shown: int
    others: int
    same: int
    together: int

    @classmethod
    def of(cls, done: Sequence[tuple[Case, Answer]]) -> "Figures":
        """Count what answers show."""
        kinds = Counter(case.told for case, _ in done)
        shown = others = together = 0
        for case, answer in done:
            for one in answer.agreement.differing:
                ids = [answer.quotes[place].document_id for place in one.quotes]
                right = case.told is Told.OTHER_VALUE and case.document.id in ids
                right &= all(number in " ".join(one.values) for number in case.numbers)
                shown += right
                others += not right
            groups = ({answer.quotes[place].document_id for place in group} for group in answer.agreement.same)
            pair = {case.document.id, str(case.question.context_id)}
            together += case.told is Told.SAME and any(pair <= group for group in groups)
        return cls(kinds[Told.OTHER_VALUE], shown, others, kinds[Told.SAME], together)


def measure(folder: Path, encoder: Encoder) -> Figures:
    """Tell a language's sentences again, and ask for their numbers."""
    dataset = read_beir(folder)
    made = cases(dataset, folder.name.removeprefix("xquad_"))
    with (
        tempfile.TemporaryDirectory(prefix="ibid-differences-") as place,
        Assistant.open(Path(place) / "library", encoder=encoder, create=True) as assistant,
    ):
        assistant.add([*documents_of(dataset.documents or ()), *(one.document for one in made)])
        return Figures.of([(one, assistant.ask(one.question.text)) for one in made])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.local_differences", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DATA", help="the folder of the data sets")
    parser.add_argument("--encoder", default="shipped", help="`shipped`, or another encoder, as of `ibid index`")
    chosen = parser.parse_args(arguments)
    try:
        folders = sorted(chosen.data.glob("xquad_*"))
        if not folders:
            raise DataError(f"{chosen.data} has no folder xquad_LANGUAGE.")
        encoder = SentenceEncoder.named(chosen.encoder)
        print(f"encoder: {encoder.name}\n{'':8}{'asked':>8}{'shown':>8}{'others':>8}{'same':>8}{'together':>10}")
        for folder in folders:
            found = measure(folder, encoder)
            print(
                f"{folder.name.removeprefix('xquad_'):8}{found.asked:8}{found.shown:8}{found.others:8}"
                f"{found.same:8}{found.together:10}",
                flush=True,
            )
    except (DataError, IbidError) as error:
        print(f"eval.local_differences: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
