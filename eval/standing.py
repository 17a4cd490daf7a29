"""`python -m eval.standing`: how many documents that answer a question would be told of, and how many that do not.

Asks each document of the three invented collections each question by itself, as standing questions do. A document
answers if it has one of the answer's strings; another may answer in other words, so that its share is an upper bound.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from eval.__main__ import COLLECTIONS
from eval.datasets import find_collections, read_collections
from eval.runs import collection_over
from retriever import Answer, Verdict

RULES: dict[str, Callable[[Answer], bool]] = {
    "clear answers only": lambda answer: answer.verdict is Verdict.CLEAR,
    "confidence of 0.5 or more": lambda answer: bool(answer.quotes) and answer.quotes[0].confidence >= 0.5,
    "every answer": lambda answer: answer.verdict is not Verdict.ABSENT,
}
"""When a document would count as answering; standing questions take the second."""


def main() -> int:
    """Print a row for each rule: documents that answer and are told of, and others that are."""
    with tempfile.TemporaryDirectory() as folder:
        assistants = {name: collection_over(docs, Path(folder)) for name, docs in find_collections(COLLECTIONS).items()}
        texts = {name: {one.id: a.document(one.id).text for one in a.documents()} for name, a in assistants.items()}
        cells: list[tuple[bool, Answer]] = []
        for question in read_collections(COLLECTIONS, texts).questions:
            assistant = assistants[question.collection]
            has = {gold.document_id for gold in question.gold} if question.answerable else set()
            if not question.history:
                cells += [
                    (one.id in has, assistant.ask_document(question.text, one.id)) for one in assistant.documents()
                ]
    count = Counter(has for has, _ in cells)
    print(f"{len(cells)} cells; {count[True]} of a document that answers")
    for name, takes in RULES.items():
        told = Counter(has for has, answer in cells if takes(answer))
        print(f"{name:28}{told[True]:4} of {count[True]} that answer{told[False]:6} of {count[False]} others")
    return 0


if __name__ == "__main__":
    sys.exit(main())
