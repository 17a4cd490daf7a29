"""Fits the axes that word vectors are projected on, from the texts of data sets."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from retriever import SentenceEncoder
from retriever.encoder.word_vectors import FILE, MULTILINGUAL_FILE, WordAxes
from retriever.text.tokens import words

# Texts of each data set: 320 abstracts beside the 320 paragraphs, which come from eight articles only.
TEXTS = {"squad2": 320, "scifact": 320}
# For the multilingual encoder, as many of each language.
MULTILINGUAL_TEXTS = dict.fromkeys(("squad2", "xquad_de", "xquad_es", "xquad_ar", "xquad_zh"), 120)


def make_axes(data: Path) -> None:
    """Read texts, fit the axes of both encoders, and write them into the package."""
    _make(data, SentenceEncoder.shipped(), TEXTS, FILE)
    _make(data, SentenceEncoder.multilingual(), MULTILINGUAL_TEXTS, MULTILINGUAL_FILE)


def _make(data: Path, encoder: SentenceEncoder, counts: Mapping[str, int], file: Path) -> None:
    texts: list[str] = []
    for name, count in counts.items():
        with (data / name / "corpus.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line, _ in zip(lines, range(count), strict=False)]
        texts += [f"{row['title']}. {row['text'][:800]}" for row in rows]
    places = [[(word.start, word.end) for word in words(text)] for text in texts]
    read = encoder.encode_passages(texts, places)
    vectors = np.concatenate([reading.word_vectors for reading in read])
    axes = WordAxes.fitted(vectors[np.abs(vectors).sum(axis=1) > 0])
    np.savez_compressed(file, encoder_digest=encoder.digest, mean=axes.mean, axes=axes.axes)
