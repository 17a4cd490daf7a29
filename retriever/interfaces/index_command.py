"""`ibid index`: files, folders and standard input into the library, once or whenever something changes.

In: the command's options. Out: an exit status; it prints. One decision: a library that a failed command has made is
removed again, so that no empty one answers later.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..assistant import Assistant
from ..encoder import SentenceEncoder
from ..ingest.distributed import join
from ..ingest.run import IndexReport
from ..reading.folders import SkippedFile
from .input_files import STANDARD_INPUT
from .logs import PACKAGE
from .output import fail, print_json, say, with_library
from .progress import IndexDisplay
from .text import as_text
from .uploads import safe_name

_log = logging.getLogger(PACKAGE)


def index(chosen: argparse.Namespace) -> int:
    """Add or refresh what is named, and with `--encoder` read everything again with another model."""
    if chosen.on is not None:
        join(chosen.on)  # before a library is made that nothing would come into
    encoder = SentenceEncoder.named(chosen.encoder) if chosen.encoder else None
    missing = [path for path in chosen.paths if path != STANDARD_INPUT and not os.path.lexists(path)]
    with Assistant.open(chosen.library, settings=chosen.settings, create=True) as assistant:
        status = 1
        try:
            if chosen.keep_versions is not None and chosen.keep_versions != assistant.keeps_versions:
                assistant.keep_versions(chosen.keep_versions)
            if encoder:
                _change_encoder(assistant, encoder, chosen)
            if chosen.retry and not chosen.paths:
                chosen.paths = [Path(source) for source in assistant.failures()]
            status = _index_all(assistant, chosen) if chosen.paths else 0
        finally:
            if status != 0:
                assistant.discard_new()
    if status == 0:
        for path in missing:
            status = fail(f"{path} does not exist.")
    return status


def _change_encoder(assistant: Assistant, encoder: SentenceEncoder, chosen: argparse.Namespace) -> None:
    with IndexDisplay(quiet=chosen.quiet) as display:
        assistant.change_encoder(encoder, display.update)
    passages = assistant.state().passages
    if chosen.json:
        from .report_schemas import reencoded_fields

        print_json(reencoded_fields(chosen.encoder, passages))
    else:
        done = f"{passages:,} passages now have vectors from {chosen.encoder}" if passages else ""
        print(done or f"this library now encodes with {chosen.encoder}")


def _index_all(assistant: Assistant, chosen: argparse.Namespace) -> int:
    """Index once, and with `--watch` again at each change until Ctrl-C."""
    piped = STANDARD_INPUT in chosen.paths
    chosen.paths = [path for path in chosen.paths if path != STANDARD_INPUT]
    status = _take_standard_input(assistant, chosen) if piped else 0
    if status == 0 and chosen.paths:
        status = _refresh(assistant, chosen)
    if chosen.watch and status == 0:
        _log.warning("Watching for changes. Press Ctrl-C to stop.")
        with suppress(KeyboardInterrupt):
            for _ in assistant.changes(chosen.paths):
                _refresh(assistant, chosen, quiet=True)
    return status


def _take_standard_input(assistant: Assistant, chosen: argparse.Namespace) -> int:
    """Index what is piped in, as a file of the library's own folder `added`."""
    content = sys.stdin.buffer.read()
    with IndexDisplay(quiet=chosen.quiet) as display:
        report = assistant.index_bytes(chosen.name, content, display.update, collection=chosen.collection)
    return _print_report(report, chosen, quiet=False)


def _refresh(assistant: Assistant, chosen: argparse.Namespace, *, quiet: bool = False) -> int:
    """Index once; quietly, nothing is printed where nothing has changed."""
    with IndexDisplay(quiet=chosen.quiet) as display:
        report = assistant.index(
            chosen.paths,
            display.update,
            exclude=chosen.exclude,
            prune=chosen.prune,
            retry=chosen.retry,
            on=chosen.on,
            collection=chosen.collection,
        )
    status = _print_report(report, chosen, quiet=quiet)
    if assistant.kept.exists:
        from .standing_command import ask_again  # with pydantic, which takes 0.1 s to import

        ask_again(assistant)
    return status


def _print_report(report: IndexReport, chosen: argparse.Namespace, *, quiet: bool) -> int:
    failed = bool(report.skipped) and not (
        report.added or report.replaced or report.unchanged or report.moved or report.removed
    )
    if failed and chosen.watch and any(path.is_dir() for path in chosen.paths):
        failed = False  # a file may come
    if chosen.json and not quiet:
        _warn(report, chosen)
    if not quiet or report.added or report.replaced or report.moved or report.removed:
        if chosen.json:
            from .report_schemas import index_fields

            print_json(index_fields(report))
        else:
            _print_lines(report, report.skipped[failed:], chosen, quiet=quiet)
    if failed:
        more = f" ({len(report.skipped) - 1} more above)" if len(report.skipped) > 1 else ""
        first = report.skipped[0]
        return fail(f"Nothing was indexed. {first.path}: {first.reason}{more}", chosen.library)
    return 0


def _warn(report: IndexReport, chosen: argparse.Namespace) -> None:
    for warning in report.warnings:
        _log.warning("%s", with_library(warning, chosen.library))


def _print_lines(
    report: IndexReport, skipped_files: Sequence[SkippedFile], chosen: argparse.Namespace, *, quiet: bool
) -> None:
    """Print what indexing did; quietly, without what was said when it began."""
    if not quiet:
        _warn(report, chosen)
        for skipped in skipped_files:
            say(f"skipped {skipped.path}: {skipped.reason}")
    for old, new in report.moved:
        say(f"moved {old} to {new}")
    for document_id in report.removed:
        say(f"removed {document_id}: its file is gone, or is now excluded")
    print(as_text(report))


def wrong_usage(chosen: argparse.Namespace) -> str | None:
    """What is wrong with the options taken together, as the end of a message about usage; None if nothing is."""
    if not (chosen.paths or chosen.encoder or chosen.retry or chosen.keep_versions is not None):
        return "name a file or a folder, or another --encoder"
    if STANDARD_INPUT in chosen.paths and not chosen.name:
        return "- needs --name FILE, which says of what kind the piped document is, such as --name notes.txt"
    if chosen.name and chosen.name != safe_name(chosen.name):
        return f"--name is the name of a file, not a path: {safe_name(chosen.name)}"
    if chosen.name and STANDARD_INPUT not in chosen.paths:
        return "--name is for a document from standard input; name that as -"
    if chosen.watch and STANDARD_INPUT in chosen.paths:
        return "--watch follows files and folders; it cannot follow standard input"
    return None
