"""The documents that the written questions are about: id -> title, an empty line and text.

Web pages come as their text is expected in `html_readability`, abstracts from `scifact`, paragraphs from `squad2`,
office documents as the program itself reads them; the questions name them `SET__NAME`, and `SET__NAME@START` where they
are about a later part. Invented documents stand beside the questions (`training/questions/documents-*.jsonl`).
"""

from collections.abc import Iterator
from pathlib import Path

from eval.runs import KEPT_LIBRARIES
from retriever import Assistant
from training.pair import read_lines

MOST_CHARACTERS = 9000
"""What the writers of the questions saw of a document."""

LATER_CHARACTERS = 6000
"""What they saw of the part behind that."""

FROM_LONG = (40_000, 4000)
"""Of office documents longer than this they saw what stands behind so many characters: behind the contents."""


QUESTIONS = Path(__file__).parent / "questions"
"""Files of questions: `reader-*.jsonl` to train on, `verdict-*.jsonl` on documents that the reader never sees."""


def documents_of(data: Path) -> dict[str, str]:
    """Read all documents that a written question names."""
    files = [*QUESTIONS.glob("reader-*.jsonl"), *QUESTIONS.glob("verdict-*.jsonl")]
    named = {line["doc"] for file in files for line in read_lines(file)}
    sets = (_pages, _abstracts, _paragraphs, _office, _invented)
    return {name: text for read in sets for name, text in read(data) if name in named}


def texts_of(data: Path) -> dict[str, str]:
    """Read the documents of the sets, but those in office formats."""
    return {name: text for read in (_pages, _abstracts, _invented) for name, text in read(data)}


def real_documents(documents: dict[str, str]) -> dict[str, str]:
    """Those of `documents_of` that come from a data set."""
    return {name: text for name, text in documents.items() if "__" in name}


def invented_documents(documents: dict[str, str]) -> dict[str, str]:
    """Those of `documents_of` that were invented."""
    return {name: text for name, text in documents.items() if "__" not in name}


def _pages(data: Path) -> Iterator[tuple[str, str]]:
    for line in read_lines(data / "html_readability" / "expected.jsonl"):
        title, text = line["title"] or "", str(line["text"])
        yield f"html_readability__{line['_id']}", f"{title}\n\n{text[:MOST_CHARACTERS]}"
        later = text[MOST_CHARACTERS : MOST_CHARACTERS + LATER_CHARACTERS]
        yield f"html_readability__{line['_id']}@{MOST_CHARACTERS}", f"{title}\n\n{later}"


def _abstracts(data: Path) -> Iterator[tuple[str, str]]:
    for line in read_lines(data / "scifact" / "corpus.jsonl"):
        yield f"scifact__{line['_id']}", f"{line['title']}\n\n{line['text']}"


def _paragraphs(data: Path) -> Iterator[tuple[str, str]]:
    for line in read_lines(data / "squad2" / "corpus.jsonl"):
        yield f"squad2__{line['_id']}", f"{str(line['title']).replace('_', ' ')}\n\n{line['text']}"


def _invented(_: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(QUESTIONS.glob("documents-*.jsonl")):
        for line in read_lines(file):
            yield str(line["doc"]), f"{line['title']}\n\n{line['text']}"


def _office(data: Path) -> Iterator[tuple[str, str]]:
    assistant = Assistant.open(KEPT_LIBRARIES / "office", create=True)
    assistant.index([data / "office_docs"])
    for one in assistant.documents():
        text = assistant.document(one.id).text
        start = FROM_LONG[1] if len(text) >= FROM_LONG[0] else 0
        yield f"office_docs__{Path(one.id).name}", text[start : start + MOST_CHARACTERS]
