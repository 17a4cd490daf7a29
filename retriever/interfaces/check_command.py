"""`ibid check`: what is wrong with the quotations in drafts, in words, as JSON, as a page, as comments in Word.

In: the command's options and an assistant. Out: an exit status; it prints and writes files. One decision: a draft that
cannot be read doesn't keep the others from being checked.
"""

import argparse
from pathlib import Path

from ..assistant import Assistant
from ..check.records import CheckReport
from ..errors import ReadingError
from ..filters import Scope
from .check_text import check_text, comments
from .output import fail, print_json
from .output_files import clash, spare_library, write_file


def check(chosen: argparse.Namespace, assistant: Assistant, scope: Scope) -> int:
    """Check drafts; what is wrong in one of them, or with its file, makes the status 1."""
    spare_library(assistant, chosen.html, chosen.docx)
    status = 0
    for number, draft in enumerate(chosen.drafts):
        try:
            report = assistant.check(draft, unmarked=chosen.all, scope=scope)
            _write_reports(assistant, draft, report, chosen)
        except ReadingError as error:
            status = fail(str(error), chosen.library)
            continue
        if chosen.json:
            from .check_schemas import check_fields

            print_json(check_fields(report))
        else:
            print(*[""] * (number > 0), check_text(report), sep="\n")
        status = status or (0 if report.is_clean else 1)
    return status


def wrong_check(chosen: argparse.Namespace) -> str:
    """What is wrong with how the command is used; empty if nothing is."""
    one_only = len(chosen.drafts) > 1 and (chosen.html or chosen.docx)
    return "--html and --docx take one DRAFT" if one_only else clash(chosen.drafts, (chosen.html, chosen.docx))


def _write_reports(assistant: Assistant, draft: Path, report: CheckReport, chosen: argparse.Namespace) -> None:
    """Write the report as a page, and the draft with comments, where they are asked for."""
    if chosen.html:
        from .html.check import check_html

        write_file(chosen.html, check_html(report).encode("utf-8", "surrogatepass"))
    if chosen.docx:
        write_file(chosen.docx, assistant.commented(draft, report, comments(report)))
