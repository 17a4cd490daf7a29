"""`python -m eval.documents FOLDER`: are real files read, found again on the right page, and gone when removed?

All files of a folder are indexed into a new library. One sentence from the middle of each document is asked for with
some of its words. The answer must quote it from that document, with its page. Then the documents are removed, and no
search may find them. The table counts by kind, which is the end of a file's name.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from retriever import Assistant, Document, IbidError, Passage, SentenceEncoder

# Words of the sentence in the question; about as many as people type.
FEWEST_WORDS, MOST_WORDS = 4, 20


class TimedEncoder(SentenceEncoder):
    """The shipped encoder, which adds up the time that it takes."""

    seconds = 0.0

    def encode_passages(self, *arguments: object) -> list:  # type: ignore[type-arg]
        """Encode passages and add up the time."""
        began = time.perf_counter()
        read = super().encode_passages(*arguments)  # type: ignore[arg-type]
        self.seconds += time.perf_counter() - began
        return read


def main(arguments: Sequence[str] | None = None) -> int:
    """Index, ask, remove, and print what was found.

    Returns:
        The exit status: 0 if every document that could be read was found on its page and gone when removed.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.documents", description=__doc__)
    parser.add_argument("folder", type=Path, help="files of any kind")
    folder = parser.parse_args(arguments).folder
    shipped = SentenceEncoder.shipped()
    encoder = TimedEncoder(shipped.folder, shipped.name, shipped.digest)
    with (
        tempfile.TemporaryDirectory() as place,
        Assistant.open(Path(place) / "library", encoder=encoder, create=True) as assistant,
    ):
        try:
            return _measure(assistant, encoder, folder)
        except IbidError as error:
            print(f"eval.documents: {error}", file=sys.stderr)
            return 1


def _measure(assistant: Assistant, encoder: TimedEncoder, folder: Path) -> int:
    assistant.warm_up()
    began = time.perf_counter()
    report = assistant.index([folder])
    seconds = time.perf_counter() - began
    for skipped in report.skipped:
        print(f"not read: {Path(skipped.path).name}: {skipped.reason}")
    missed: list[str] = []
    asked: list[str] = []
    for document_id in report.added:
        document = assistant.document(document_id)
        sentence = _from_the_middle(document, assistant.passages(document_id))
        if sentence is None:
            print(f"no sentence to ask for: {document_id}")
            continue
        asked.append(document_id)
        problem = _not_found(assistant, document, sentence)
        if problem:
            missed.append(document_id)
            print(f"missed: {document_id}: {problem}")
    left = _left_after_removal(assistant, report.added)
    _print_table(
        {
            "files": [*report.added, *(skipped.path for skipped in report.skipped)],
            "read": report.added,
            "asked for": asked,
            "found on its page": [document_id for document_id in asked if document_id not in missed],
            "found after removal": left,
        }
    )
    passages = sum(len(assistant.passages(document_id)) for document_id in assistant_ids(assistant))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = f"{len(asked) - len(missed)} of {len(asked)}"
    print(
        f"{len(report.added)} read, {len(report.skipped)} not; {found} found on their page; "
        f"{len(left)} found after removal by either arm\n"
        f"{seconds:.1f} s, of which the encoder {encoder.seconds:.1f} s ({encoder.seconds / seconds:.0%}); "
        f"peak memory {memory:,.0f} MiB; {passages} passages left"
    )
    return 1 if missed or left else 0


def assistant_ids(assistant: Assistant) -> list[str]:
    """The ids of its documents."""
    return [summary.id for summary in assistant.documents()]


def _from_the_middle(document: Document, passages: Sequence[Passage]) -> tuple[int, int] | None:
    """The sentence nearest to the middle of the document, of medium length."""
    sentences = [span for passage in passages for span in passage.sentences]
    fair = [span for span in sentences if FEWEST_WORDS <= len(document.text[slice(*span)].split()) <= 3 * MOST_WORDS]
    middle = len(document.text) / 2
    return min(fair or sentences, key=lambda span: abs((span[0] + span[1]) / 2 - middle), default=None)


def _not_found(assistant: Assistant, document: Document, sentence: tuple[int, int]) -> str | None:
    """What is wrong with the answer to a question made from a sentence's words, if anything."""
    text = document.text[slice(*sentence)]
    answer = assistant.ask(" ".join(text.split()[:MOST_WORDS]))
    for quote in (*answer.quotes, *answer.nearest):
        source = assistant.document(quote.document_id)
        if source.text[quote.start : quote.end] != quote.text:
            return "a quote is not a slice of its document"
        if quote.document_id == document.id and quote.start < sentence[1] and sentence[0] < quote.end:
            right = document.page_at(quote.start)
            return None if quote.page == right else f"found on page {quote.page} instead of {right}"
        if " ".join(text.split()) in " ".join(quote.text.split()):
            return None  # the same words are in another document, or further on
    return f"not among the quotes: {text[:80]!r}"


def _left_after_removal(assistant: Assistant, document_ids: Sequence[str]) -> list[str]:
    """The removed documents that a search still finds by one of their sentences."""
    left = []
    for document_id in document_ids:
        document = assistant.document(document_id)
        sentence = _from_the_middle(document, assistant.passages(document_id))
        assistant.remove([document_id])
        question = document.text[slice(*sentence)][:300] if sentence else document.title
        try:
            found = assistant.search(question)
        except IbidError:
            continue  # no words for a question
        if any(hit.passage.document_id == document_id for hit in found):
            left.append(document_id)
    return left


def _print_table(columns: Mapping[str, Sequence[str]]) -> None:
    """Print how many files each column has of each kind; a column is the files' names by its heading."""
    counts = [
        Counter(PurePosixPath(name).suffix.removeprefix(".").upper() or "none" for name in names)
        for names in columns.values()
    ]
    print("| kind | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(counts))
    for kind in sorted(counts[0], key=lambda kind: (-counts[0][kind], kind)):
        print(f"| {kind} | " + " | ".join(str(count[kind]) for count in counts) + " |")


if __name__ == "__main__":
    sys.exit(main())
