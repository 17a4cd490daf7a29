"""Questions asked of the program -> the passages that it would read for each: what the reader is trained on as well.

The reader's work is to choose among the likeliest passages, so it learns on them too: those with the answer, and those
that only look like it. The questions are those of `pairs`; what is held out there is hidden here.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from eval.datasets import read_beir
from eval.runs import KEPT_LIBRARIES, assistant_over
from retriever import Assistant, Document
from retriever.answering.reader_scores import MOST_READ, likeliest
from retriever.answering.retrieval import Retrieval
from retriever.answering.selection import EvidenceModel, rank_by_words
from training.documents import QUESTIONS, real_documents
from training.pair import Pair, Span, read_lines
from training.pairs import HELD_OUT


@dataclass(frozen=True, slots=True)
class _Question:
    source: str
    text: str
    answers: tuple[tuple[str, int, int], ...]
    strings: tuple[str, ...]
    hidden: frozenset[str]


def served_pairs(data: Path, documents: dict[str, str], questions: Sequence[Path]) -> dict[str, Iterator[list[Pair]]]:
    """Ask the training questions of each library: one list of pairs for each question, the likeliest first.

    A passage that holds the words of an answer at another place is left out, as nobody said whether it answers.

    Args:
        data: the folder of data sets.
        documents: id -> title, an empty line and text, of the written questions' documents.
        questions: the files of written questions. Those on invented documents are asked of their own file's documents.

    Returns:
        Library -> its lists. A library is made and asked only when its lists are taken.
    """
    real = real_documents(documents)
    first_documents = {file: str(read_lines(file)[0]["doc"]) for file in questions}
    on_real = [file for file, name in first_documents.items() if name in real]
    found = {
        "squad2": _asked(partial(_squad, data / "squad2")),
        "written": _asked(partial(_written, "written", real, on_real)),
    }
    for file, first in first_documents.items():
        if first not in real:
            writer = first.partition("-")[0] + "-"
            own = {name: text for name, text in documents.items() if name.startswith(writer)}
            found[file.stem] = _asked(partial(_written, file.stem, own, [file]))
    return found


def _asked(library: Callable[[], tuple[Assistant, list[_Question]]]) -> Iterator[list[Pair]]:
    assistant, questions = library()
    ranker = EvidenceModel.shipped().ranker
    for one in tqdm(questions, desc=questions[0].source, disable=None):
        (gathered,) = assistant.gather(one.text, [one.hidden])
        if gathered is not None:
            pairs = list(_passages(one, gathered, rank_by_words(gathered, ranker)))
            if pairs:
                yield pairs


def _passages(one: _Question, gathered: Retrieval, probabilities: np.ndarray) -> Iterator[Pair]:
    candidates = gathered.candidates
    passages = likeliest(candidates, probabilities, MOST_READ)
    firsts = np.searchsorted(candidates.passage, passages)
    best = [float(probabilities[candidates.passage == passage].max()) for passage in passages]
    for at in np.argsort(-np.array(best), kind="stable").tolist():
        passage = candidates.sentences[int(firsts[at])].hit.passage
        text = candidates.sentences[int(firsts[at])].hit.text
        spans: tuple[Span, ...] = tuple(
            (max(start - passage.start, 0), min(end - passage.start, len(text)))
            for name, start, end in one.answers
            if name == passage.document_id
            and min(end - passage.start, len(text)) - max(start - passage.start, 0) >= (end - start) / 2
        )
        plain = text.lower()
        if not spans and any(re.search(rf"\b{re.escape(string.lower())}\b", plain) for string in one.strings):
            continue
        yield Pair(one.source, gathered.question, gathered.origins.get(passage.document_id, ""), text, spans)


def _squad(folder: Path) -> tuple[Assistant, list[_Question]]:
    dataset = read_beir(folder)
    titles = {source.id: source.title.replace(" ", "_") for source in dataset.documents or ()}
    held = frozenset(key for key, title in titles.items() if title in HELD_OUT)
    found = []
    for question in dataset.questions:
        if (question.context_id or "") in held:
            continue
        places = tuple((gold.document_id, gold.start, gold.end) for gold in question.gold)
        strings = tuple({answer for answer in question.answers})
        found.append(_Question("squad2", question.text, places, strings, held))
    return assistant_over(dataset, KEPT_LIBRARIES), found


def _written(library: str, documents: dict[str, str], questions: Sequence[Path]) -> tuple[Assistant, list[_Question]]:
    assistant = Assistant.open(KEPT_LIBRARIES / f"served-{library}", create=True)
    bodies = {name: text.partition("\n\n")[2] for name, text in documents.items()}
    assistant.add(
        Document.from_text(name, bodies[name], title=text.partition("\n\n")[0] or name)
        for name, text in documents.items()
    )
    held = frozenset(line["doc"] for file in QUESTIONS.glob("verdict-*.jsonl") for line in read_lines(file))
    found = []
    for file in questions:
        for line in read_lines(file):
            name = str(line["doc"])
            if name not in bodies or name in held:
                continue
            wanted = line.get("a") if line["answerable"] else []
            strings = tuple([wanted] if isinstance(wanted, str) else wanted or [])
            places = tuple((name, at, at + len(one)) for one in strings if (at := bodies[name].find(one)) >= 0)
            if places or not line["answerable"]:
                found.append(_Question("written", str(line["q"]), places, strings, held))
    return assistant, found
