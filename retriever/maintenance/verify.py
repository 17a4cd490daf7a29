"""Checks a library: documents, passages, vectors and indexes are compared with each other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..casefile.upkeep import problems_of
from ..encoder import Encoder
from ..errors import LibraryError, OriginalChanged
from ..fetching.kept import PageFiles
from ..ingest.chunking import split_passages
from ..ingest.encoding import encode_documents
from ..ingest.site_boilerplate import mark_boilerplate
from ..reading.page_images import original
from ..records import Document
from ..store.base import Library
from ..store.contents import text_digest
from ..text.tokens import words

# Stored vectors have unit length in float32; a larger difference is no rounding error.
_LENGTH_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that verification found broken.

    Attributes:
        place: document id, passage or index.
        problem: what is wrong, in one sentence.
        repaired: whether it was mended.
    """

    place: str
    problem: str
    repaired: bool = False


def verify(library: Library, encoder: Encoder, *, repair: bool = False) -> tuple[Finding, ...]:
    """Check everything that is stored.

    Args:
        library: the library.
        encoder: makes new vectors for a repair; not loaded otherwise.
        repair: make passages and vectors again from the text, and indexes from the vectors.

    Returns:
        The damage, documents first in the order of their ids, then the indexes and the case files; empty if there is
        none.
    """
    findings = []
    if damage := library.damage():
        findings.append(Finding(library.place, damage))
    digests = library.documents.text_digests()
    earlier = {one.document.id for one in library.documents.versions() if not one.is_newest}
    files = PageFiles(library.folder)
    for summary in [*library.documents.all(), *map(library.documents.summary, sorted(earlier))]:
        document = library.documents.get(summary.id)
        if lost := _unrepairable(library, document, digests[summary.id]):
            findings.append(Finding(summary.id, f"{lost}; remove it and index its file again"))
            continue
        if files.has(document.source) and (problem := _file_problem(document)):
            findings.append(Finding(summary.id, problem))
        problems = _problems(library, document)
        # If the stored dimension itself is damaged, no new vector would fit.
        mended = bool(problems) and repair and encoder.dimension == library.manifest.dimension
        if mended:
            encoded = encode_documents(encoder, [(document, split_passages(document))])[0]
            read_as = "" if summary.id in earlier else library.documents.origins()[document.source].read_as
            library.documents.replace(document, encoded, read_as=read_as)
        findings.extend(Finding(summary.id, problem, repaired=mended) for problem in problems)
    if any(finding.repaired for finding in findings):
        mark_boilerplate(library, encoder)
    findings += [Finding("index", problem, repaired=repair) for problem in library.indexes.problems(repair=repair)]
    findings += [Finding(place, problem) for place, problem in problems_of(library.folder)]
    return tuple(findings)


def _unrepairable(library: Library, document: Document, digest: str) -> str | None:
    """Damage to a document's own text or details, which nothing in the library can replace."""
    if text_digest(document.text) != digest:
        return "its text is not the text that was stored"
    if not library.documents.checksums_match(document.id)[0]:
        return "its title, date or another detail is not what was stored"
    return None


def _file_problem(document: Document) -> str | None:
    """Damage to the stored file of a web page."""
    try:
        original(document)
    except OriginalChanged:
        return f"its stored web page is gone, or is not what was fetched; fetch its address again: {document.link}"
    return None


def _problems(library: Library, document: Document) -> list[str]:
    """Damage to a document's passages, which can be made again."""
    try:
        problems = list(_document_problems(library, document))
    except ValueError:  # damaged JSON
        return ["its passages cannot be read"]
    if not (problems or library.documents.checksums_match(document.id)[1]):
        return ["its passages are not those that were stored"]
    return problems


def _document_problems(library: Library, document: Document) -> Iterator[str]:
    passages = library.passages.of_document(document.id)
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


def _stored_problems(library: Library, document: Document) -> Iterator[str]:
    for stored in library.passages.stored_in(document.id):
        place = stored.passage.location
        if stored.text != document.text[stored.passage.start : stored.passage.end]:
            yield f"the words of passage {place} are not those of the document"
        vector = library.vectors.get(stored.number)
        # What is no number is no unit either, and is not greater than anything.
        if vector is None or not abs(float(np.linalg.norm(vector)) - 1) <= _LENGTH_TOLERANCE:
            yield f"the vector of passage {place} is missing or damaged"
        try:
            count = len(library.vectors.of_words([stored.number])[stored.number])
        except LibraryError:
            count = -1
        if count != len(words(stored.text)):
            yield f"the word vectors of passage {place} are missing or damaged"
