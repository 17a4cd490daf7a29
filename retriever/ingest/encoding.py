"""Passages -> their vectors. A passage is read after its document's title, which says what it is about."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..encoder import Encoder, Vectors
from ..encoder.word_vectors import Bytes, WordAxes
from ..errors import LibraryError
from ..records import Document, Passage
from ..store.base import Library
from ..store.contents import EncodedPassage
from ..text.tokens import is_cut_by_letters, words
from .run import IndexRun, Progress

# Passages encoded at once: enough to fill batches of like length, few enough to show progress and to lose little.
PASSAGES_AT_ONCE = 128

# A stored vector is damaged if the square of its length differs from 1 by more than this.
_LENGTH_TOLERANCE = 1e-3


def encode_documents(
    encoder: Encoder,
    documents: Sequence[tuple[Document, tuple[Passage, ...]]],
    on_passages: Callable[[int], None] | None = None,
    known: Mapping[tuple[str, str], EncodedPassage] | None = None,
) -> list[list[EncodedPassage]]:
    """Encode the passages of some documents together, which fills the encoder's batches.

    Args:
        encoder: the encoder.
        documents: each with its passages.
        on_passages: called after each batch with the number of passages in it.
        known: title and text -> the encoded passage of an earlier run, whose vectors are used again.

    Returns:
        For each document its passages with their vectors, in the same order; furniture has none.
    """
    known = known or {}
    texts: list[str] = []
    places: list[list[tuple[int, int]]] = []
    for document, passages in documents:
        for passage in passages:
            passage_text = document.text[passage.start : passage.end]
            if not passage.furniture and (document.title, passage_text) not in known:
                text, word_places = _with_title(document.title, passage_text)
                texts.append(text)
                places.append(word_places)
    vectors = _encode(encoder, texts, places, on_passages)

    def encoded(document: Document, passage: Passage) -> EncodedPassage:
        if passage.furniture:
            return EncodedPassage(passage)
        before = known.get((document.title, document.text[passage.start : passage.end]))
        return replace(before, passage=passage) if before else EncodedPassage(passage, *next(vectors))

    return [[encoded(document, passage) for passage in passages] for document, passages in documents]


def stored_encodings(library: Library, document_id: str) -> dict[tuple[str, str], EncodedPassage]:
    """Fetch a document's passages with their vectors, to use them again: title and text -> encoded passage.

    Returns:
        Nothing where the document is new or damaged; a damaged vector is left out, and so is what was cut otherwise.
    """
    try:
        whole = library.documents.stored(document_id)
    except LibraryError:
        return {}
    title, text = whole.document.title, whole.document.text
    return {
        (title, text[item.passage.start : item.passage.end]): item
        for item in whole.encoded
        if item.vector is not None
        and abs(float(item.vector @ item.vector) - 1) < _LENGTH_TOLERANCE
        and _has_all_words(item, text[item.passage.start : item.passage.end])
    }


def _has_all_words(item: EncodedPassage, text: str) -> bool:
    """Whether a passage has a vector for each word; an earlier version cut the words of some scripts otherwise."""
    return not is_cut_by_letters(text) or (item.word_vectors is not None and len(item.word_vectors) == len(words(text)))


def reencode(library: Library, encoder: Encoder, on_progress: Progress | None = None) -> None:
    """Encode every passage with another encoder, then switch to it in one step.

    Until then the library answers with the first encoder. An interrupted run continues where it stopped.
    """
    total = library.state().passages
    run = IndexRun(on_progress, total)
    while True:
        while some := library.reencoding.pending(encoder, PASSAGES_AT_ONCE):
            texts, places = zip(*(_with_title(stored.title, stored.text) for stored in some), strict=True)
            vectors = _encode(encoder, texts, places)
            library.reencoding.store(encoder, {stored.number: each for stored, each in zip(some, vectors, strict=True)})
            run.passages += len(some)
            run.files_done = min(total, run.files_done + len(some))
            run.show(some[0].passage.document_id)
        if library.reencoding.finish(encoder):
            return


def _with_title(title: str, text: str) -> tuple[str, list[tuple[int, int]]]:
    """What the encoder reads for a passage, and the places of the passage's own words in it."""
    before = f"{title}. " if title else ""
    return before + text, [(len(before) + word.start, len(before) + word.end) for word in words(text)]


def _encode(
    encoder: Encoder,
    texts: Sequence[str],
    places: Sequence[Sequence[tuple[int, int]]],
    on_passages: Callable[[int], None] | None = None,
) -> Iterator[tuple[Vectors, Bytes]]:
    """The vector of each text, and its word vectors packed; a batch is packed together, which is quicker."""
    axes = WordAxes.of(encoder)
    for start in range(0, len(texts), PASSAGES_AT_ONCE):
        end = start + PASSAGES_AT_ONCE
        readings = encoder.encode_passages(texts[start:end], places[start:end])
        packed = axes.pack(np.concatenate([reading.word_vectors for reading in readings]))
        ends = np.cumsum([len(reading.word_vectors) for reading in readings])
        if on_passages:
            on_passages(len(readings))
        yield from zip((reading.vector for reading in readings), np.split(packed, ends[:-1]), strict=True)
