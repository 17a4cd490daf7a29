"""The command `cite`: notes and entries for people, files for reference managers, JSON for programs.

In: what the user typed. Out: nothing; it prints. One decision: a document that is named gets a note and an entry; the
whole library gets one bibliography.
"""

import argparse
import logging
import sys
from collections.abc import Sequence

from ..assistant import Assistant
from ..citing.formats import write_references
from ..citing.styles import Citation, bibliography
from ..citing.styles import cite as cited
from .citations import citation_fields, cited_document
from .logs import PACKAGE
from .output import print_json, say

_log = logging.getLogger(PACKAGE)


def cite(assistant: Assistant, ids: Sequence[str], chosen: argparse.Namespace, *, whole_library: bool) -> None:
    """Print citations.

    Args:
        assistant: has the documents.
        ids: those that are cited.
        chosen: the options `quote`, `style`, `format` and `json`.
        whole_library: whether they are all, and none was named.

    Raises:
        DocumentUnknown: no document has one of the ids.
        QuestionError: the document has no such characters.
    """
    items = [cited_document(assistant, document_id, chosen.quote) for document_id in ids]
    if chosen.format:
        sys.stdout.write(write_references(items, chosen.format))
    elif chosen.json:
        for item in items:
            print_json(citation_fields(item, cited(item, chosen.style)))
    elif whole_library:
        _print_bibliography(bibliography(items, chosen.style))
    else:
        for item in items:
            citation = cited(item, chosen.style)
            say(citation.note, *filter(None, [citation.reference]))
    for item in () if whole_library else items:
        if item.uncertain:
            guessed = " and the ".join("date" if name == "published" else name for name in item.uncertain)
            _log.warning("%s: Ibid inferred the %s; `ibid edit` corrects it.", item.fields["id"], guessed)


def _print_bibliography(citations: Sequence[Citation]) -> None:
    """Print the entries; tell how many sources the style cites in the text only."""
    listed = [one for one in citations if not one.is_left_out]
    if listed:
        say(*(one.reference or one.note for one in listed))
    if count := len(citations) - len(listed):
        _log.warning(
            "%d mail%s left out, as this style cites a personal communication in the text only: `ibid cite ID`.",
            count,
            "s were" if count > 1 else " was",
        )
