"""Ibid answers questions about documents in the documents' own words.

The way of the data, which is also the order in which modules may import each other:

    reading     a file's bytes -> Document          passages    Document -> Passages
    encoder     texts -> vectors                    library     the store, the one truth
    indexing    files -> the library                index       caches of the library
    search      question -> Hits                    evidence    Hits -> ranked quotes, with a confidence
    agreement   which sources agree, and differ     spelling    misspelt words -> the library's own
    conversation  follow-up -> standing alone       answer      verdict, and the answer's JSON
    verification  what is broken, and its repair    watching    folders -> when something in them changed
    sketches    which texts are copies              assistant   wires all of these
    sites       what a site repeats on its pages    chat        the page
    times       words -> the days they name         numerals    words -> numbers
    progress    how far indexing is                 __main__    the command line
    threads     how many the sums take              timeline    sentences -> what happened when
    answered    answers of late                     forgetting  every trace of a document, gone
    contract    records -> JSON for programs        intake      files handed over, and removals
    api         over HTTP                           mcp         for agents
    terminal    answers there, and a conversation   frameworks  for LangChain and others
    seam        what is asked of a library          forms       a folder's library, or a server's
    cluster     a library on a Milvus server        spreading   files read on Ray's machines
    copying     a library -> another place
"""

import sys

import retriever.threads  # noqa: F401 (before NumPy, which reads what it sets)

from .assistant import Assistant
from .encoder import Encoder, SentenceEncoder
from .errors import (
    DocumentUnknown,
    EncoderError,
    IbidError,
    LibraryAway,
    LibraryBusy,
    LibraryError,
    LibraryForeign,
    LibraryMissing,
    QuestionError,
    ReadingError,
    SpreadingError,
)
from .filters import Scope
from .interfaces.schemas import as_json
from .interfaces.text import as_text
from .records import (
    Agreement,
    Answer,
    Copy,
    CopyReport,
    Covers,
    Difference,
    DifferenceKind,
    Document,
    DocumentSummary,
    Finding,
    Hit,
    IndexProgress,
    IndexReport,
    LibraryState,
    Passage,
    Provenance,
    Quote,
    SkippedFile,
    Timings,
    Turn,
    Verdict,
    Why,
)
from .settings import Settings
from .text.tokens import terms

__all__ = [
    "Agreement",
    "Answer",
    "Assistant",
    "Copy",
    "CopyReport",
    "Covers",
    "Difference",
    "DifferenceKind",
    "Document",
    "DocumentSummary",
    "DocumentUnknown",
    "Encoder",
    "EncoderError",
    "Finding",
    "Hit",
    "IbidError",
    "IndexProgress",
    "IndexReport",
    "LibraryAway",
    "LibraryBusy",
    "LibraryError",
    "LibraryForeign",
    "LibraryMissing",
    "LibraryState",
    "Passage",
    "Provenance",
    "QuestionError",
    "Quote",
    "ReadingError",
    "Scope",
    "SentenceEncoder",
    "Settings",
    "SkippedFile",
    "SpreadingError",
    "Timings",
    "Turn",
    "Verdict",
    "Why",
    "as_json",
    "as_text",
    "terms",
]

if "IPython" in sys.modules:
    from .interfaces.notebook import show_answers_as_cards

    show_answers_as_cards()
