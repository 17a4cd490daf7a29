"""Fits the axes that word vectors are projected on, from squad2's paragraphs and SciFact's abstracts."""

import json
from pathlib import Path

import numpy as np

from retriever import SentenceEncoder
from retriever.encoder.word_vectors import FILE, WordAxes
from retriever.text.tokens import words

# Abstracts read with the 320 paragraphs, which come from eight articles only.
ABSTRACTS = 320


def make_axes(data: Path) -> None:
    """Read texts, fit the axes, and write them into the package."""
    encoder = SentenceEncoder.shipped()
    texts: list[str] = []
    for name in ("squad2", "scifact"):
        with (data / name / "corpus.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line, _ in zip(lines, range(ABSTRACTS), strict=False)]
        texts += [f"{row['title']}. {row['text'][:800]}" for row in rows]
    places = [[(word.start, word.end) for word in words(text)] for text in texts]
    read = encoder.encode_passages(texts, places)
    vectors = np.concatenate([reading.word_vectors for reading in read])
    axes = WordAxes.fitted(vectors[np.abs(vectors).sum(axis=1) > 0])
    np.savez_compressed(FILE, encoder_digest=encoder.digest, mean=axes.mean, axes=axes.axes)
