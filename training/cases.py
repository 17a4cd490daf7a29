"""Collections that the reader never saw -> cases: a question asked of a library, read, with what is right known.

The verdict is fitted on these. Each belongs to a collection, and figures are measured leaving one collection out:

    squad2      the articles held out of the reader's training; asked of all paragraphs, and with the answer out
    written     documents held out of the reader's training, among all others of their kind
    invented    the same, of the documents that were invented for training
    handbook    a company's handbook                govpdf      court papers and the like
    articles    the five articles that ship, and their QA set
"""

import pickle
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from eval.datasets import read_beir
from eval.runs import KEPT_LIBRARIES, ROOT, assistant_over
from retriever import Assistant, Document, Turn
from retriever.answering.candidates import Candidate
from retriever.answering.features import features_of
from retriever.answering.reader import Reader
from retriever.answering.reader_scores import ReaderScores, read
from retriever.answering.retrieval import Retrieval
from retriever.answering.selection import EvidenceModel, rank_by_words
from retriever.learning import Floats
from training.documents import QUESTIONS, invented_documents, real_documents
from training.examples import slim
from training.pair import read_lines
from training.pairs import HELD_OUT

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Case:
    """A question asked of one library.

    Attributes:
        collection: the unit that is left out.
        condition: how far the answer is: `full`, `paragraph`, `article`, `impossible`, `document`.
        kind: of question; may be empty.
        answerable: whether an answer is in the library.
        gathered: its candidates, compared with the question.
        features: float32 (n_sentences, n_features), the comparison in numbers.
        read: what the reader says of them.
        gold: bool (n_sentences,), which of them answer.
        parts: bool (n_parts, n_sentences), which answer each part of a question of several; empty for one part.
    """

    collection: str
    condition: str
    kind: str
    answerable: bool
    gathered: Retrieval
    features: Floats
    read: ReaderScores
    gold: Flags
    parts: Flags


Judge = Callable[[Candidate], bool]


@dataclass(frozen=True, slots=True)
class _Question:
    collection: str
    text: str
    answerable: bool
    right: Judge
    condition: str = "full"
    kind: str = ""
    history: tuple[Turn, ...] = ()
    hidden: frozenset[str] = frozenset()
    parts: tuple[Judge, ...] = ()


def cases(data: Path, documents: dict[str, str], reader: Reader, kept: Path) -> list[Case]:
    """Ask and read everything; the candidates are kept on disk, as asking takes minutes.

    Args:
        data: the folder of data sets.
        documents: id -> title, an empty line and text, of the written questions' documents.
        reader: the model.
        kept: the folder of what was asked.
    """
    asked = asked_cases(data, documents, kept)
    model = EvidenceModel.shipped()
    found = []
    for about, gathered, features, gold, parts in tqdm(asked, desc="read", disable=None):
        probabilities = rank_by_words(gathered, model.ranker, features)
        reading = read(gathered.question, gathered.candidates, gathered.origins, probabilities, reader)
        found.append(Case(*about, gathered, features, reading, gold, parts))
    return found


AskedCase = tuple[tuple[str, str, str, bool], Retrieval, Floats, Flags, Flags]
"""Collection, condition, kind and whether it is answerable; the other fields of `Case`, before it is read."""


def asked_cases(data: Path, documents: dict[str, str], kept: Path) -> list[AskedCase]:
    """Ask everything, or take what was kept; see `cases`."""
    every: list[AskedCase] = []
    for name, library in _libraries(data, documents).items():
        file = kept / f"cases-{name}.pickle"
        if file.is_file():
            with file.open("rb") as stream:
                asked = pickle.load(stream)  # noqa: S301 (our own file)
        else:
            asked = list(_asked(*library()))
            with file.open("wb") as stream:
                pickle.dump(asked, stream, protocol=5)
        every += asked
    return every


def _asked(assistant: Assistant, questions: Sequence[_Question]) -> Iterator[AskedCase]:
    for one in tqdm(questions, desc=questions[0].collection, disable=None):
        (gathered,) = assistant.gather(one.text, [one.hidden], one.history)
        if gathered is None:
            continue
        sentences = gathered.candidates.sentences
        gold = np.array([one.right(each) for each in sentences], dtype=bool)
        parts = np.array([[part(each) for each in sentences] for part in one.parts], dtype=bool)
        about = one.collection, one.condition, one.kind, one.answerable
        yield about, slim(gathered), features_of(gathered.comparison), gold, parts


def _libraries(data: Path, documents: dict[str, str]) -> dict[str, Callable[[], tuple[Assistant, list[_Question]]]]:
    return {
        "squad2": partial(_squad, data / "squad2"),
        "written": partial(_written, "written", real_documents(documents), QUESTIONS / "verdict-1.jsonl"),
        "invented": partial(_written, "invented", invented_documents(documents), QUESTIONS / "verdict-2.jsonl"),
        "handbook": partial(_collection, "handbook", data / "handbook_govpdf"),
        "govpdf": partial(_collection, "govpdf", data / "handbook_govpdf"),
        "articles": _articles,
    }


def _squad(folder: Path) -> tuple[Assistant, list[_Question]]:
    dataset = read_beir(folder)
    titles = {source.id: source.title for source in dataset.documents or ()}
    found: list[_Question] = []
    before: tuple[str, Judge] | None = None
    for question in dataset.questions:
        context = question.context_id or ""
        article = titles[context]
        if article.replace(" ", "_") not in HELD_OUT:
            continue
        right = _spanning([(gold.document_id, gold.start, gold.end) for gold in question.gold])
        own = frozenset([context])
        others = frozenset(key for key in titles if titles[key] != article)
        hidden = {
            "full": frozenset[str](),
            "small": others,
            "paragraph": own,
            "article": frozenset(titles) - others,
            "small-out": others | own,
        }
        if not question.answerable:
            hidden = {"impossible": frozenset()}
        for name, ids in hidden.items():
            answerable = name in ("full", "small")
            found.append(_Question("squad2", question.text, answerable, right, name, hidden=ids))
        if question.answerable and before:
            text, other = before
            both = f"{text.rstrip(' ?')}, and {question.text[0].lower()}{question.text[1:]}"
            found.append(
                _Question("squad2", both, True, _either(other, right), "parts", hidden=others, parts=(other, right))
            )
            before = None
        elif question.answerable:
            before = (question.text, right)
    return assistant_over(dataset, KEPT_LIBRARIES), found


def _written(collection: str, documents: dict[str, str], questions: Path) -> tuple[Assistant, list[_Question]]:
    assistant = Assistant.open(KEPT_LIBRARIES / f"cases-{collection}", create=True)
    bodies = {name: text.partition("\n\n")[2] for name, text in documents.items()}
    assistant.add(
        Document.from_text(name, bodies[name], title=text.partition("\n\n")[0] or name)
        for name, text in documents.items()
    )
    found = []
    for line in read_lines(questions):
        name, wanted = line["doc"], line.get("a", [])
        strings = [wanted] if isinstance(wanted, str) else wanted
        places = [(name, m.start(), m.end()) for one in strings for m in re.finditer(re.escape(one), bodies[name])]
        if line["answerable"] and not places:
            continue
        question = _Question(collection, line["q"], line["answerable"], _spanning(places), kind=line["kind"])
        found.append(question)
        if line["answerable"]:
            found.append(replace(question, answerable=False, condition="document", hidden=frozenset([name])))
    return assistant, found


def _collection(name: str, folder: Path) -> tuple[Assistant, list[_Question]]:
    assistant = Assistant.open(KEPT_LIBRARIES / f"cases-{name}", create=True)
    assistant.index([folder / name / "docs"])
    return assistant, [
        _Question(
            name,
            line["q"],
            line["answerable"],
            _holding(line["a"], line["doc"]),
            kind=line["kind"],
            history=tuple(Turn(one["question"], one["answer"]) for one in line["history"]),
            parts=tuple(_holding(part, line["doc"]) for part in line.get("need") or []),
        )
        for line in read_lines(folder / "questions.jsonl")
        if line["collection"] == name
    ]


def _articles() -> tuple[Assistant, list[_Question]]:
    assistant = Assistant.open(KEPT_LIBRARIES / "cases-articles", create=True)
    assistant.index([ROOT / "corpus"])
    return assistant, [
        _Question(
            "articles",
            line["question"],
            line["answerable"],
            _within([one["quote"] for one in line.get("gold") or []]),
            kind=line["category"],
            history=tuple(Turn(one["question"], one.get("answer", "")) for one in line.get("history") or []),
        )
        for line in read_lines(ROOT / "eval" / "questions.jsonl")
    ]


def _either(one: Judge, other: Judge) -> Judge:
    return lambda sentence: one(sentence) or other(sentence)


def _spanning(places: Sequence[tuple[str, int, int]]) -> Judge:
    """Whether a sentence holds, or shares half of, one of the stretches of a document."""

    def right(one: Candidate) -> bool:
        return any(
            one.hit.passage.document_id == name and min(end, one.end) - max(start, one.start) >= (end - start) / 2
            for name, start, end in places
        )

    return right


_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`]", "", text).translate(_TYPOGRAPHY).lower().split())


def _holding(strings: Sequence[str], names: Collection[str]) -> Judge:
    wanted = [_plain(one) for one in strings]

    def right(one: Candidate) -> bool:
        text = _plain(one.text)
        return Path(one.hit.passage.document_id).name in names and any(each in text for each in wanted)

    return right


def _within(quotes: Iterable[str]) -> Judge:
    wanted = [_plain(one) for one in quotes]

    def right(one: Candidate) -> bool:
        text = _plain(one.text)
        return any(text in each or each in text for each in wanted) and len(text) > 15

    return right
