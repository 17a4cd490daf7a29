"""A case file in each of its forms, by the suffix of the file."""

from ...assistant import Assistant
from ..json_lines import line
from .contents import Dossier
from .markdown import as_markdown
from .page import as_page
from .pdf import as_pdf
from .word import as_word

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
}
SUFFIXES = tuple(MEDIA_TYPES)


def written(dossier: Dossier, kind: str, assistant: Assistant) -> bytes:
    """Write a case file.

    Args:
        dossier: the case file.
        kind: one of `SUFFIXES`.
        assistant: draws the pages that a page or a PDF shows.

    Raises:
        CaseFileError: a PDF cannot be written on this machine.
    """
    if kind == "docx":
        return as_word(dossier)
    if kind == "pdf":
        return as_pdf(dossier, assistant)
    if kind == "html":
        return as_page(dossier, assistant).encode(errors="replace")
    if kind == "md":
        return as_markdown(dossier).encode(errors="replace")
    from ..casefile_schemas import dossier_fields  # it imports this package

    return f"{line(dossier_fields(dossier))}\n".encode()
