"""A library -> what is broken in it: documents, passages, vectors and indexes checked against each other."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from ..encoder import Encoder, Vectors
from ..errors import LibraryError
from ..ingest.boilerplate import mark_boilerplate
from ..ingest.chunking import split_passages
from ..ingest.encoding import encode_documents
from ..records import Document, Finding
from ..store.base import Store
from ..store.sqlite.dense import DenseIndex
from ..store.sqlite.library import Library, text_digest
from ..store.sqlite.search import Search
from ..text.tokens import words

# A stored vector was normalised in float32; the rest of its length is rounding.
_LENGTH_TOLERANCE = 1e-3


def verify(library: Store, encoder: Encoder, *, repair: bool = False) -> tuple[Finding, ...]:
    """Check everything that is stored.

    Args:
        library: the library.
        encoder: encodes anew what `repair` mends; not loaded otherwise.
        repair: mend what can be: passages and vectors are made anew from the text, indexes from the vectors.

    Returns:
        What is broken, documents first in the order of their ids, then the indexes; empty when all is well.
    """
    findings = []
    if damage := library.damage():
        findings.append(Finding(library.place, damage))
    digests = library.text_digests()
    for summary in library.documents():
        document = library.document(summary.id)
        if lost := _lost(library, document, digests[summary.id]):
            findings.append(Finding(summary.id, f"{lost}; remove it and index its file again"))
            continue
        problems = _problems(library, document)
        # Where the library's dimension was altered, no vector that the encoder makes would fit.
        mended = bool(problems) and repair and encoder.dimension == library.manifest.dimension
        if mended:
            encoded = encode_documents(encoder, [(document, split_passages(document))])[0]
            library.replace(document, encoded, read_as=library.origins()[document.source].read_as)
        findings.extend(Finding(summary.id, problem, repaired=mended) for problem in problems)
    if any(finding.repaired for finding in findings):
        mark_boilerplate(library, encoder)
    findings += [Finding("index", problem, repaired=repair) for problem in _mended(library, repair=repair)]
    return tuple(findings)


def _mended(library: Store, *, repair: bool) -> Iterator[str]:
    """What is wrong beside the documents, mended before it is told if asked to."""
    if isinstance(library, Library):
        for problem in _index_problems(library):
            if repair:
                Search.over(library, rebuild=True)
            yield problem
        return
    from ..store.milvus.library import ClusterLibrary  # only for one

    if isinstance(library, ClusterLibrary):
        problems = list(library.remains())
        if problems and repair:
            library.sweep()
        if repair:
            library.engine.settle(library.state().passages)
        yield from problems


def _lost(library: Store, document: Document, digest: str) -> str | None:
    """What is wrong with a document that cannot be made anew from what the library holds of it."""
    if text_digest(document.text) != digest:
        return "its text is not the text that was stored"
    if not library.sealed(document.id)[0]:
        return "its title, date or another detail is not what was stored"
    return None


def _problems(library: Store, document: Document) -> list[str]:
    """What is wrong with a document's passages; those can be made anew."""
    try:
        problems = list(_document_problems(library, document))
    except ValueError:  # what is stored as JSON is none
        return ["what is stored of its passages cannot be read"]
    if not (problems or library.sealed(document.id)[1]):
        return ["its passages are not those that were stored"]
    return problems


def _document_problems(library: Store, document: Document) -> Iterator[str]:
    passages = library.passages(document.id)
    covered = 0
    for passage in passages:
        if not 0 <= passage.start < passage.end <= len(document.text):
            yield f"a passage stands at {passage.start}-{passage.end} of {len(document.text)} characters"
        if document.text[covered : passage.start].strip():
            yield f"characters {covered}-{passage.start} belong to no passage"
        if any(not passage.start <= start < end <= passage.end for start, end in passage.sentences):
            yield f"a sentence lies outside its passage {passage.location}"
        covered = passage.end
    if document.text[covered:].strip():
        yield f"characters {covered}-{len(document.text)} belong to no passage"
    yield from _stored_problems(library, document)


def _stored_problems(library: Store, document: Document) -> Iterator[str]:
    for stored in library.stored_of(document.id):
        place = stored.passage.location
        if stored.text != document.text[stored.passage.start : stored.passage.end]:
            yield f"the words of passage {place} are not those of the document"
        vector = library.vector_of(stored.number)
        # What is no number is no unit either, and is not greater than anything.
        if vector is None or not abs(float(np.linalg.norm(vector)) - 1) <= _LENGTH_TOLERANCE:
            yield f"the vector of passage {place} is missing or damaged"
        try:
            count = len(library.word_vectors([stored.number])[stored.number])
        except LibraryError:
            count = -1
        if count != len(words(stored.text)):
            yield f"the word vectors of passage {place} are missing or damaged"


def _index_problems(library: Library) -> Iterator[str]:
    try:
        if Search.is_damaged(library):
            yield "its files are damaged"
            return
        search, (numbers, documents) = Search.over(library), library.numbers_since(0)
        indexed = search.dense.numbers()
        if not np.array_equal(indexed, numbers):
            yield f"the index by meaning holds {len(indexed)} passages, the library {len(numbers)}"
        elif not np.array_equal(search.dense.documents(), documents):
            yield "the index by meaning holds passages of other documents than the library"
        elif not _holds_all(search.dense, numbers, library.vectors(numbers)):
            yield "the index by meaning holds other vectors than the library"
    except LibraryError:
        return  # said above, passage by passage
    if search.lexical.numbers() != set(numbers.tolist()):
        yield f"the index by words holds other passages than the library's {len(numbers)}"


def _holds_all(index: DenseIndex, numbers: NDArray[np.int64], batches: Iterable[Vectors]) -> bool:
    """Whether an index holds those vectors that come in batches, as many, under these numbers."""
    compared = 0
    for batch in batches:
        some = numbers[compared : compared + len(batch)]
        if not np.array_equal(index.vectors(some), batch):
            return False
        compared += len(batch)
    return compared == len(numbers)
