"""The command line: `ibid`, or `python -m retriever`.

Answers go to standard output, progress and errors to standard error. Exit status: 0 done (a refusal to answer is also
0), 1 an error that the user can mend, 2 wrong usage.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from retriever import (
    Assistant,
    IbidError,
    IndexReport,
    QuestionError,
    ReadingError,
    SentenceEncoder,
    SkippedFile,
    as_json,
    as_text,
)
from retriever.errors import machine_error
from retriever.filters import matching_id
from retriever.ingest.distributed import join
from retriever.interfaces.arguments import build_parser, commands_of, with_dashes
from retriever.interfaces.json_lines import line
from retriever.interfaces.logs import PACKAGE, printed_logs
from retriever.interfaces.progress import IndexDisplay
from retriever.interfaces.scope_names import ScopeNames
from retriever.interfaces.terminal import show, talk
from retriever.interfaces.text import for_terminal, on_one_line

_DEBUG_VARIABLE = "IBID_DEBUG"
_STANDARD_INPUT = Path("-")
_log = logging.getLogger(PACKAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = build_parser()
    chosen = parser.parse_args(with_dashes(parser, sys.argv[1:] if arguments is None else arguments))
    if chosen.command == "index" and not (chosen.paths or chosen.encoder or chosen.retry):
        parser.error("index: name a file or a folder, or another --encoder")
    with printed_logs(verbose=chosen.verbose, quiet=chosen.quiet):
        return _run(chosen)


def _run(chosen: argparse.Namespace) -> int:
    """Run the command, and say in one sentence what went wrong."""
    try:
        status = _COMMANDS[chosen.command](chosen)
        sys.stdout.flush()
        return status
    except IbidError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("Interrupted. Everything stored so far is kept; run the same command again to continue.")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the user has what it wanted
        return 0
    except Exception as error:
        if os.environ.get(_DEBUG_VARIABLE):
            raise
        if sentence := machine_error(error):
            return _fail(sentence)
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return _fail(f"Ibid failed ({said}). Set {_DEBUG_VARIABLE}=1 to see where.")


def _index(chosen: argparse.Namespace) -> int:
    if chosen.on is not None:
        join(chosen.on)  # before a library is made that nothing would come into
    encoder = SentenceEncoder.named(chosen.encoder) if chosen.encoder else None
    missing = [path for path in chosen.paths if not os.path.lexists(path)]
    with Assistant.open(chosen.library, create=True) as assistant:
        if encoder:
            with _display(chosen) as display:
                assistant.change_encoder(encoder, display.update)
            print(f"{assistant.state().passages} passages now have vectors from {chosen.encoder}")
        if chosen.retry and not chosen.paths:
            chosen.paths = [Path(source) for source in assistant.failures()]
        status = _refresh_and_watch(assistant, chosen) if chosen.paths else 0
        if status != 0:
            assistant.discard_new()
    if status == 0:
        for path in missing:
            status = _fail(f"{path} does not exist.")
    return status


def _refresh_and_watch(assistant: Assistant, chosen: argparse.Namespace) -> int:
    """Index, and with `--watch` again at each change until Ctrl-C."""
    status = _refresh(assistant, chosen)
    if chosen.watch and status == 0:
        _log.warning("Watching for changes. Press Ctrl-C to stop.")
        with suppress(KeyboardInterrupt):
            for _ in assistant.changes(chosen.paths):
                _refresh(assistant, chosen, quiet=True)
    return status


def _refresh(assistant: Assistant, chosen: argparse.Namespace, *, quiet: bool = False) -> int:
    """Index once; quietly, nothing is printed where nothing has changed."""
    with _display(chosen) as display:
        report = assistant.index(
            chosen.paths,
            display.update,
            exclude=chosen.exclude,
            prune=chosen.prune,
            retry=chosen.retry,
            on=chosen.on,
        )
    failed = bool(report.skipped) and not (
        report.added or report.replaced or report.unchanged or report.moved or report.removed
    )
    if not quiet or report.added or report.replaced or report.moved or report.removed:
        _print_report(report, report.skipped[failed:], quiet=quiet)
    if failed:
        more = f" ({len(report.skipped) - 1} more above)" if len(report.skipped) > 1 else ""
        first = report.skipped[0]
        return _fail(f"Nothing was indexed. {first.path}: {first.reason}{more}")
    return 0


def _print_report(report: IndexReport, skipped_files: Sequence[SkippedFile], *, quiet: bool) -> None:
    """Print what indexing did; quietly, without what was said when it began."""
    if not quiet:
        for warning in report.warnings:
            _log.warning("%s", warning)
        for skipped in skipped_files:
            _say(f"skipped {skipped.path}: {skipped.reason}")
    for old, new in report.moved:
        _say(f"moved {old} to {new}")
    for document_id in report.removed:
        _say(f"removed {document_id}: its file is gone, or is now excluded")
    print(as_text(report))


def _ask(chosen: argparse.Namespace) -> int:
    if chosen.batch:
        return _ask_batch(chosen)
    assistant = _open(chosen)
    scope = _scope_names(chosen).scope(assistant)
    assistant.warm_up()  # the answer's milliseconds are the question's, not the model's loading
    answer = assistant.ask(chosen.question, top=chosen.top, scope=scope)
    _print_json(as_json(answer)) if chosen.json else show(answer, chosen.library)
    return 0


def _ask_batch(chosen: argparse.Namespace) -> int:
    """Answer what can be answered; each line that cannot be is named on standard error."""
    from retriever.interfaces.requests import BatchLine  # with pydantic, whose 0.1 s a single question does not pay

    is_piped = chosen.batch == _STANDARD_INPUT
    name = "standard input" if is_piped else str(chosen.batch)
    try:
        content = sys.stdin.buffer.read() if is_piped else chosen.batch.read_bytes()
        lines = content.decode("utf-8-sig").split("\n")  # other line ends may stand in a JSON string
    except OSError as error:
        return _fail(f"{name} cannot be read ({error.strerror}).")
    except UnicodeDecodeError:
        return _fail(f"{name} is not UTF-8 text; save it as UTF-8.")
    assistant = _open(chosen)
    assistant.warm_up()
    status = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            asked = BatchLine.from_text(text)
            scope = asked.names.over(_scope_names(chosen)).scope(assistant)
            answer = assistant.ask(asked.question, asked.turns, top=chosen.top, scope=scope)
        except QuestionError as error:
            status = _fail(f"{name}, line {number}: {error}")
            continue
        if chosen.json:
            _print_json(as_json(answer, asked.id))
        else:
            _say(f"{asked.id or number}: {answer.question}")
            show(answer, chosen.library)
            print()
    return status


def _scope_names(chosen: argparse.Namespace) -> ScopeNames:
    """The documents that the options name."""
    return ScopeNames(tuple(chosen.source), tuple(chosen.document), chosen.since, chosen.until)


def _chat(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    scope = _scope_names(chosen).scope(assistant)
    assistant.warm_up()
    talk(assistant, chosen.top, scope, chosen.library)
    return 0


def _check(chosen: argparse.Namespace) -> int:
    """Check drafts; what is wrong in one of them, or with its file, makes the status 1."""
    assistant = _open(chosen)
    scope = _scope_names(chosen).scope(assistant)
    status = 0
    for number, draft in enumerate(chosen.drafts):
        try:
            report = assistant.check(draft, unmarked=chosen.all, scope=scope)
        except ReadingError as error:
            status = _fail(str(error))
            continue
        if chosen.json:
            from retriever.interfaces.check_schemas import check_fields

            _print_json(check_fields(report))
        else:
            print(*[""] * (number > 0), as_text(report), sep="\n")
        status = status or (0 if report.is_clean else 1)
    return status


def _list(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    if chosen.json:
        from retriever.interfaces.schemas import document_fields

        for summary in assistant.documents():
            _print_json(document_fields(summary))
        return 0
    copies = assistant.copies()
    for summary in assistant.documents():
        print(as_text(summary))
        if copies[summary.id]:
            others = ", ".join(other for other, _ in copies[summary.id])
            _say(f"    much the same text as {others}")
    for source, reason in assistant.failures().items():
        _say(f"not read: {source}", f"    {reason}")
    return 0


def _timeline(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    points = _scope_names(chosen).timeline(assistant)
    if chosen.json:
        from retriever.interfaces.schemas import point_fields

        for point in points:
            _print_json(point_fields(point))
        return 0
    for point in points:
        print(as_text(point))
    return 0


def _draw(assistant: Assistant, document_id: str, chosen: argparse.Namespace) -> int:
    """Draw a page into a file: the one that was named, else the one on which the quote starts, else the first."""
    with assistant:
        lines = assistant.quote_lines(document_id, *chosen.quote) if chosen.quote else ()
        page = chosen.page or (lines[0].page if lines else 1)
        image = assistant.page_image(document_id, page, quote=chosen.quote)
    try:
        chosen.image.write_bytes(image)
    except OSError as error:
        raise IbidError(f"{chosen.image} cannot be written: {error.strerror or error}.") from error
    marked = sum(line.page == page for line in lines)
    if chosen.quote and not marked:
        print(f"ibid: these characters are not on page {page}.", file=sys.stderr)
    print(f"drew page {page} of {document_id} in {chosen.image}")
    return 0


def _show(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    (document_id,) = _known_ids(assistant, [chosen.id])
    if chosen.json:
        from retriever.interfaces.schemas import whole_document_fields

        _print_json(whole_document_fields(assistant, document_id))
        return 0
    if chosen.image:
        return _draw(assistant, document_id, chosen)
    document = assistant.document(document_id)
    text = document.text if chosen.page is None else document.text_of_page(chosen.page)
    # A file or another program gets the text as it is; a terminal would obey what a document says.
    text = for_terminal(text) if sys.stdout.isatty() else text
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    return 0


def _edit(chosen: argparse.Namespace) -> int:
    if chosen.title is None and chosen.publisher is None and chosen.date is None:
        return _fail("Nothing was changed; give a --title, a --publisher or a --date.")
    assistant = _open(chosen)
    print(as_text(assistant.edit(chosen.id, title=chosen.title, publisher=chosen.publisher, published=chosen.date)))
    return 0


def _remove(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    ids = _known_ids(assistant, chosen.ids)
    assistant.remove(ids)
    for document_id in ids:
        _say(f"removed {document_id}")
    return 0


def _forget(chosen: argparse.Namespace) -> int:
    from retriever.web.forget import forget, plan_lines, result_lines  # pydantic takes 0.1 s to import

    assistant = _open(chosen)
    if assistant.is_used_elsewhere():
        _log.warning(
            "Another process is using this library, perhaps the chat page. It may keep documents in memory until "
            "you stop it."
        )
    chosen.ids = _known_ids(assistant, chosen.ids)
    if chosen.ids and not chosen.yes:
        _say(*plan_lines(assistant, chosen.ids))
        if not _confirmed("Continue? This cannot be undone. [y/N] "):
            return _fail("Nothing was forgotten.")
    sources = [assistant.summary(document_id).source for document_id in chosen.ids]
    answers, report = forget(assistant, chosen.ids)
    _say(*result_lines(chosen.ids, sources, answers, report))
    return 1 if report.left else 0


def _copy(chosen: argparse.Namespace) -> int:
    with _open(chosen) as assistant, _display(chosen) as display:
        copied = assistant.copy_to(chosen.to, display.update)
    print(f"copied {copied.documents} documents and {copied.passages} passages to {chosen.to}; {copied.digest}")
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    findings = assistant.verify(repair=chosen.repair)
    for finding in findings:
        print(as_text(finding))
    if not findings:
        state = assistant.state()
        print(f"{state.documents} documents and {state.passages} passages are intact.")
    return 0 if all(finding.repaired for finding in findings) else 1


def _serve(chosen: argparse.Namespace) -> int:
    from retriever.web.server import serve  # Gradio takes seconds to import: only the page pays for it

    serve(lambda: _open(chosen), chosen.host, chosen.port, not chosen.no_browser, chosen.auth)
    return 0


def _mcp(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.mcp import build_server

    assistant = _open(chosen)
    build_server(lambda: assistant).run()
    return 0


def _complete(chosen: argparse.Namespace) -> int:
    import shtab

    parser = build_parser()
    places = {"LIB": shtab.DIRECTORY, "PATH": shtab.FILE, "FILE.jsonl": shtab.FILE, "FOLDER": shtab.DIRECTORY}
    for command in commands_of(parser).values():
        for action in command._actions:
            if action.metavar in places:
                action.complete = places[action.metavar]  # type: ignore[attr-defined]
    print(shtab.complete(parser, chosen.shell))
    return 0


def _open(chosen: argparse.Namespace) -> Assistant:
    with _display(chosen) as display:
        return Assistant.open(chosen.library, on_progress=display.update)


def _display(chosen: argparse.Namespace) -> IndexDisplay:
    return IndexDisplay(quiet=chosen.quiet)


def _say(*lines: str) -> None:
    """Print lines in which names and texts of files may stand: none of them can command the terminal."""
    print(*map(on_one_line, lines), sep="\n")


def _print_json(fields: Mapping[str, object]) -> None:
    print(line(fields), flush=True)


def _known_ids(assistant: Assistant, names: Sequence[str]) -> list[str]:
    """The ids that a user means, in whatever Unicode form they were typed."""
    known = [summary.id for summary in assistant.documents()] if names else []
    return [matching_id(known, name) for name in names]


def _confirmed(question: str) -> bool:
    """Whether who types, or what is piped, says yes; no answer is no."""
    with suppress(EOFError, RuntimeError):  # at its end, or closed
        return input(question).strip().lower() in ("y", "yes")
    print()
    return False


def _fail(message: str) -> int:
    print(f"ibid: {for_terminal(message)}", file=sys.stderr)
    return 1


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "index": _index,
    "ask": _ask,
    "chat": _chat,
    "check": _check,
    "list": _list,
    "timeline": _timeline,
    "show": _show,
    "edit": _edit,
    "remove": _remove,
    "forget": _forget,
    "copy": _copy,
    "verify": _verify,
    "serve": _serve,
    "mcp": _mcp,
    "completion": _complete,
}

if __name__ == "__main__":
    sys.exit(main())
