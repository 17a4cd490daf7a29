"""`python -m eval.benchmarks.ingest DATA`: how fast documents are indexed, compared with a plain script.

DATA is a folder in BEIR's layout. Ibid cuts, encodes and stores the documents. The plain script encodes the same
passages with sentence-transformers, and adds the vectors to an `IndexFlatIP`. They take turns, some documents each.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import faiss

from eval.benchmarks.rounds import save
from eval.datasets import read_beir
from eval.documents import TimedEncoder
from eval.systems import documents_of
from retriever import Assistant, Document, SentenceEncoder


def main(arguments: Sequence[str] | None = None) -> int:
    """Index some documents in rounds, and print the table.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks.ingest", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="a folder in BEIR's layout")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds (default: 5)")
    parser.add_argument("--documents", type=int, default=100, metavar="N", help="documents a round (default: 100)")
    parser.add_argument("--alone", action="store_true", help="without the plain script, which takes memory too")
    chosen = parser.parse_args(arguments)
    documents = list(documents_of(read_beir(chosen.data).documents or ()))[: chosen.rounds * chosen.documents]
    shipped = SentenceEncoder.shipped()
    encoder = TimedEncoder(shipped.folder, shipped.name, shipped.digest)
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.open(Path(folder) / "library", encoder=encoder, create=True) as assistant,
    ):
        assistant.warm_up()
        plain = None if chosen.alone else PlainScript(shipped)
        rounds = [
            _round(assistant, encoder, documents[first : first + chosen.documents], plain)
            for first in range(0, len(documents), chosen.documents)
        ]
    _print(rounds, encoder.backend.name)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {memory:.0f} MB{'' if chosen.alone else ', the plain script and torch included'}")
    save("ingest-alone" if chosen.alone else "ingest", {"rounds": rounds, "peak_megabytes": round(memory)})
    return 0


class PlainScript:
    """The plain script to compare with."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        """Load the model and make an empty index."""
        self._encoder = encoder
        self._index = faiss.IndexFlatIP(encoder.encode(["Is it loaded?"]).shape[1])

    def seconds(self, texts: Sequence[str]) -> float:
        """Encode and index."""
        began = time.perf_counter()
        self._index.add(self._encoder.encode(texts))
        return time.perf_counter() - began


def _round(
    assistant: Assistant, encoder: TimedEncoder, documents: Sequence[Document], plain: PlainScript | None
) -> dict[str, float]:
    before, began = encoder.seconds, time.perf_counter()
    added = assistant.add(documents).added
    seconds = time.perf_counter() - began
    texts = []
    for document_id in added:
        document = assistant.document(document_id)
        cut = [passage for passage in assistant.passages(document_id) if not passage.furniture]
        texts += [f"{document.title}. {document.text[passage.start : passage.end]}" for passage in cut]
    figures = {"passages": len(texts), "seconds": seconds, "outside": 1 - (encoder.seconds - before) / seconds}
    return figures | ({"plain_seconds": plain.seconds(texts)} if plain else {})


def _print(rounds: Sequence[dict[str, float]], form: str) -> None:
    passages = sum(one["passages"] for one in rounds)
    seconds = sum(one["seconds"] for one in rounds)
    print(f"Ibid ({form}): {passages / seconds:.1f} passages a second, {passages} in all")
    print(f"  of its time outside the encoder: {statistics.median(one['outside'] for one in rounds):.3f}")
    if "plain_seconds" in rounds[0]:
        plain = sum(one["plain_seconds"] for one in rounds)
        ratios = sorted(one["plain_seconds"] / one["seconds"] for one in rounds)
        print(f"plain script: {passages / plain:.1f} passages a second")
        print(f"ratio: {statistics.median(ratios):.2f} (median round; {ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    sys.exit(main())
