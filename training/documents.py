"""The documents that the written questions are about: id -> title, an empty line and text.

Web pages come as their text is expected in `html_readability`, abstracts from `scifact`, office documents as the
program itself reads them. The questions name them `SET__NAME`.
"""

from collections.abc import Iterator
from pathlib import Path

from eval.runs import KEPT_LIBRARIES
from retriever import Assistant
from training.pair import read_lines

MOST_CHARACTERS = 9000
"""What the writers of the questions saw of a document."""

FROM_LONG = (40_000, 4000)
"""Of office documents longer than this they saw what stands behind so many characters: behind the contents."""


QUESTIONS = Path(__file__).parent / "questions"


def documents_of(data: Path) -> dict[str, str]:
    """Read all documents that a written question names."""
    named = {line["doc"] for file in QUESTIONS.glob("*.jsonl") for line in read_lines(file)}
    return {name: text for read in (_pages, _abstracts, _office) for name, text in read(data) if name in named}


def _pages(data: Path) -> Iterator[tuple[str, str]]:
    for line in read_lines(data / "html_readability" / "expected.jsonl"):
        yield f"html_readability__{line['_id']}", f"{line['title'] or ''}\n\n{str(line['text'])[:MOST_CHARACTERS]}"


def _abstracts(data: Path) -> Iterator[tuple[str, str]]:
    for line in read_lines(data / "scifact" / "corpus.jsonl"):
        yield f"scifact__{line['_id']}", f"{line['title']}\n\n{line['text']}"


def _office(data: Path) -> Iterator[tuple[str, str]]:
    assistant = Assistant.open(KEPT_LIBRARIES / "office", create=True)
    assistant.index([data / "office_docs"])
    for one in assistant.documents():
        text = assistant.document(one.id).text
        start = FROM_LONG[1] if len(text) >= FROM_LONG[0] else 0
        yield f"office_docs__{Path(one.id).name}", text[start : start + MOST_CHARACTERS]
