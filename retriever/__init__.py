"""Ibid answers questions about documents in the documents' own words.

The parts of the package, from the ground up. A part imports only parts that stand above it in this list:

    learning      the arithmetic of the trained models
    errors        errors that a user can fix
    settings      numbers that a user can change
    talk          what an answer holds that is about the documents or the program
    records       the data that the parts exchange: documents, answers
    language_names  codes of languages and their names
    filters       which documents a question is about
    text          the words, sentences, numbers and dates of a text
    encoder       texts -> vectors
    reading       a file's bytes -> a document
    store         the library, in a folder or on a Milvus server
    ingest        files -> documents in the library
    fetching      web pages and feeds -> documents, when the user says so
    agreement     quotes from several sources -> which agree, which differ
    answering     a question -> passages, quotes and a verdict
    check         a draft -> whether its quotations stand in the documents
    writing       quotes, joined by a language model -> which of its sentences a quote carries
    conversation  a follow-up -> a whole question
    timeline      sentences with dates -> what happened when
    intents       a sentence -> what it asks for
    overview      overviews, comparisons, changes, contradictions, suggestions
    casefile      pinned quotes, standing questions, judged answers
    maintenance   checking, copying and erasing a library
    assistant     open, index, ask: joins the parts
    evidence      one question to each document; the proof that none answers
    citing        a document and a place in it -> a citation
    interfaces    answers as text, HTML and JSON, over HTTP and MCP
    web           the chat page
    __main__      the command line
"""

import os
import sys

# NumPy reads this once, when it is first imported. A question's matrices are small: OpenBLAS's second thread costs more
# than it saves, and it waits by spinning. On two busy cores, a question took half the time with one thread. The encoder
# sets its own threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from .assistant import Assistant
from .casefile.records import JudgedCase, Judgement
from .check.records import CheckedQuotation, CheckReport, Status
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
    WriterError,
)
from .filters import Scope
from .ingest.run import IndexProgress, IndexReport
from .interfaces.json_lines import as_json
from .interfaces.text import as_text
from .maintenance.copy import CopyReport
from .maintenance.verify import Finding
from .reading.folders import SkippedFile
from .records import (
    Agreement,
    Answer,
    Context,
    ContextKind,
    Copy,
    Covers,
    Difference,
    DifferenceKind,
    Document,
    DocumentSummary,
    Hit,
    LibraryState,
    Passage,
    Provenance,
    Quote,
    Timings,
    Turn,
    Verdict,
    Why,
)
from .settings import Settings
from .talk import AnswerKind, NamedThing, Overview, OverviewDocument, Topic
from .text.tokens import terms
from .writing.paragraph import judge_written
from .writing.records import Carrier, Written, WrittenSentence

__all__ = [
    "Agreement",
    "Answer",
    "AnswerKind",
    "Assistant",
    "Carrier",
    "CheckReport",
    "CheckedQuotation",
    "Context",
    "ContextKind",
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
    "JudgedCase",
    "Judgement",
    "LibraryAway",
    "LibraryBusy",
    "LibraryError",
    "LibraryForeign",
    "LibraryMissing",
    "LibraryState",
    "NamedThing",
    "Overview",
    "OverviewDocument",
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
    "Status",
    "Timings",
    "Topic",
    "Turn",
    "Verdict",
    "Why",
    "WriterError",
    "Written",
    "WrittenSentence",
    "as_json",
    "as_text",
    "judge_written",
    "terms",
]

if "IPython" in sys.modules:
    from .interfaces.jupyter import show_answers_as_cards

    show_answers_as_cards()
