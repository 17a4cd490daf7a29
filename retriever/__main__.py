"""The command line: `ibid`, or `python -m retriever`.

Answers go to standard output, progress and complaints to standard error. Exit status: 0 done (a refusal is
done), 1 an error that the user can mend, 2 wrong usage.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from retriever import Assistant, IbidError, IndexReport, QuestionError, SentenceEncoder, as_json, as_text
from retriever.ingest.distributed import join
from retriever.interfaces.json_lines import line
from retriever.interfaces.progress import IndexDisplay
from retriever.interfaces.scope_names import ScopeNames
from retriever.interfaces.terminal import show, talk

COMPLETIONS = {
    "bash": "bash > ~/.local/share/bash-completion/completions/ibid",
    "zsh": "zsh > ~/.zfunc/_ibid    # with ~/.zfunc in fpath",
    "fish": "fish > ~/.config/fish/completions/ibid.fish",
}
"""Shell -> where it looks for what `ibid completion` prints."""
_DEBUG_VARIABLE = "IBID_DEBUG"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.run is _index and not (chosen.paths or chosen.encoder):
        parser.error("index: name a file or a folder, or another --encoder")
    try:
        status = int(chosen.run(chosen))
        sys.stdout.flush()
        return status
    except IbidError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return _complain("Interrupted; what was stored is kept, and the same command goes on from there.")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has what it wanted
        return 0
    except Exception as error:
        if os.environ.get(_DEBUG_VARIABLE):
            raise
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return _complain(f"This should not happen ({said}); set {_DEBUG_VARIABLE}=1 to see where.")


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--library",
        metavar="LIB",
        help="the library: a folder, or milvus://HOST:PORT/COLLECTION (default: $IBID_LIBRARY, else its own folder)",
    )
    parser = argparse.ArgumentParser(
        prog="ibid", description="Ask a folder of documents; the answer is in their own words."
    )
    parser.add_argument("--version", action="version", version=f"ibid {version('ibid')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(
        name: str, run: Callable[[argparse.Namespace], int], does: str, *examples: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            parents=[common],
            help=does,
            description=f"{does[0].upper()}{does[1:]}.",
            epilog="\n".join(["for example:", *(f"  ibid {name} {example}".rstrip() for example in examples)]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        return made

    index = command(
        "index",
        _index,
        "add or refresh files and folders",
        "my-folder",
        "my-folder --library my-library --watch --prune",
    )
    index.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="a file or a folder")
    index.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out what matches, as in a .gitignore (also: a file .ibidignore in the folder); may be repeated",
    )
    index.add_argument("--prune", action="store_true", help="remove documents whose file is gone, or now left out")
    index.add_argument("--watch", action="store_true", help="go on, and index again whenever a file changes")
    index.add_argument("--on", metavar="RAY", help="read on many machines: ray, or ray://HOST:PORT")
    index.add_argument(
        "--encoder",
        metavar="FOLDER",
        help="let another sentence-transformers model read everything anew, then answer with it; 'shipped' for Ibid's",
    )
    ask = command(
        "ask",
        _ask,
        "answer a question in the documents' own words",
        '"Who led the Cuban delegation?"',
        "--batch questions.jsonl --json",
    )
    asked = ask.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", metavar="QUESTION", help="the question")
    asked.add_argument("--batch", type=Path, metavar="FILE.jsonl", help="many questions, one JSON object a line")
    _narrowing(ask, "ask")
    ask.add_argument("--top", type=_positive, default=5, metavar="K", help="quotes at the most (default: 5)")
    ask.add_argument("--json", action="store_true", help="one JSON object a line")
    chat = command("chat", _chat, "ask one question after the other, here in the terminal", "", "--top 3")
    _narrowing(chat, "ask")
    chat.add_argument("--top", type=_positive, default=5, metavar="K", help="quotes at the most (default: 5)")
    listing = command("list", _list, "list the documents of the library", "", "--json")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    timeline = command(
        "timeline", _timeline, "list what happened when, by the documents' own words", "--source Reuters"
    )
    _narrowing(timeline, "list", "happened")
    timeline.add_argument("--json", action="store_true", help="one JSON object a line")
    show = command("show", _show, "show one document", "000_reuters-us-cuba-to-hold-talks.txt")
    show.add_argument("id", metavar="ID", help="the document's id, as `ibid list` prints it")
    show.add_argument("--json", action="store_true", help="one JSON object a line")
    remove = command("remove", _remove, "remove documents from the library; their files stay", "old/report.pdf")
    remove.add_argument("ids", nargs="+", metavar="ID", help="a document's id")
    forget = command(
        "forget", _forget, "remove documents with every trace of them, and look that none is left", "old/report.pdf"
    )
    forget.add_argument("ids", nargs="*", metavar="ID", help="a document's id; none cleans up after `ibid remove`")
    forget.add_argument("--yes", action="store_true", help="don't ask before")
    copying = command(
        "copy",
        _copy,
        "copy a library, vectors included, to a folder or a server",
        "--from reports --to copy-of-reports",
    )
    copying.add_argument("--from", dest="library", metavar="LIB", help="the library to copy, as --library names it")
    copying.add_argument("--to", required=True, metavar="LIB", help="where to: a folder, or a server's address")
    check = command("verify", _verify, "check everything that the library holds", "--repair")
    check.add_argument("--repair", action="store_true", help="make anew what can be")
    serve = command("serve", _serve, "open the chat page", "--port 7860 --no-browser")
    serve.add_argument(
        "--port", type=_positive, metavar="N", help="the port to listen on (default: a free one from 7860)"
    )
    serve.add_argument("--host", default="127.0.0.1", metavar="NAME", help="serve others too; needs --auth")
    serve.add_argument(
        "--auth", action="append", default=[], metavar="NAME", help="only who signs in by this name; may be repeated"
    )
    serve.add_argument("--no-browser", action="store_true", help="don't open a browser")
    command("mcp", _mcp, "serve the library's tools to an agent, on standard input and output", "--library my-library")
    complete = command(
        "completion", _complete, "print what lets a shell complete Ibid's commands", *COMPLETIONS.values()
    )
    complete.add_argument("shell", choices=list(COMPLETIONS), help="your shell")
    return parser


def _narrowing(command: argparse.ArgumentParser, does: str, dated: str = "was published") -> None:
    """Add the options that leave documents out, or what `dated` outside a span of time."""
    command.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="NAME",
        help=f"{does} only what this publisher published, named in part or in full; may be repeated",
    )
    for name, edge in (("--since", "since"), ("--until", "up to")):
        command.add_argument(
            name,
            default="",
            metavar="DATE",
            help=f"{does} only what {dated} {edge} a day, month or year: 2022-04",
        )
    command.add_argument(
        "--document", action="append", default=[], metavar="ID", help=f"{does} only this document; may be repeated"
    )


def _index(chosen: argparse.Namespace) -> int:
    if chosen.on is not None:
        join(chosen.on)  # before a library is made that nothing would come into
    with Assistant.open(chosen.library, create=True) as assistant:
        if chosen.encoder:
            with IndexDisplay() as display:
                assistant.change_encoder(SentenceEncoder.named(chosen.encoder), display.update)
            print(f"{assistant.state().passages} passages are now read by {chosen.encoder}")
        if not chosen.paths:
            return 0
        status = _refresh(assistant, chosen)
        if chosen.watch and status == 0:
            _warn("Watching for changes; end with Ctrl-C.")
            with suppress(KeyboardInterrupt):
                for _ in assistant.changes(chosen.paths):
                    _refresh(assistant, chosen, quiet=True)
        return status


def _refresh(assistant: Assistant, chosen: argparse.Namespace, *, quiet: bool = False) -> int:
    """Index once; quietly, nothing is printed where nothing has changed."""
    with IndexDisplay() as display:
        report = assistant.index(chosen.paths, display.update, exclude=chosen.exclude, prune=chosen.prune, on=chosen.on)
    if not quiet or report.added or report.replaced or report.moved or report.removed:
        _print_report(report, quiet=quiet)
    if report.skipped and not (report.added or report.replaced or report.unchanged or report.moved):
        more = f" ({len(report.skipped) - 1} more above)" if len(report.skipped) > 1 else ""
        first = report.skipped[0]
        return _complain(f"Nothing was indexed. {first.path}: {first.reason}{more}")
    return 0


def _print_report(report: IndexReport, *, quiet: bool) -> None:
    """Print what indexing did; quietly, without what was said when it began."""
    if not quiet:
        for warning in report.warnings:
            _warn(warning)
        for skipped in report.skipped:
            print(f"skipped {skipped.path}: {skipped.reason}")
    for old, new in report.moved:
        print(f"moved {old} to {new}")
    for document_id in report.removed:
        print(f"removed {document_id}: its file is gone, or now left out")
    print(as_text(report))


def _ask(chosen: argparse.Namespace) -> int:
    if chosen.batch:
        return _ask_batch(chosen)
    assistant = _open(chosen)
    scope = _scope_names(chosen).scope(assistant)
    assistant.warm_up()  # the answer's milliseconds are the question's, not the model's loading
    answer = assistant.ask(chosen.question, top=chosen.top, scope=scope)
    _print_json(as_json(answer)) if chosen.json else show(answer)
    return 0


def _ask_batch(chosen: argparse.Namespace) -> int:
    """Answer what can be answered; each line that cannot be is named on standard error."""
    from retriever.interfaces.requests import BatchLine  # with pydantic, whose 0.1 s a single question does not pay

    try:
        lines = chosen.batch.read_text(encoding="utf-8-sig").split("\n")  # other line ends may stand in a JSON string
    except OSError as error:
        return _complain(f"{chosen.batch} cannot be read ({error.strerror}).")
    except UnicodeDecodeError:
        return _complain(f"{chosen.batch} is not UTF-8 text; save it as UTF-8.")
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
            status = _complain(f"{chosen.batch}, line {number}: {error}")
            continue
        if chosen.json:
            _print_json(as_json(answer, asked.id))
        else:
            print(f"{asked.id or number}: {answer.question}")
            show(answer)
            print()
    return status


def _scope_names(chosen: argparse.Namespace) -> ScopeNames:
    """The documents that the options name."""
    return ScopeNames(tuple(chosen.source), tuple(chosen.document), chosen.since, chosen.until)


def _chat(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    scope = _scope_names(chosen).scope(assistant)
    assistant.warm_up()
    talk(assistant, chosen.top, scope)
    return 0


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
            print(f"    much the same text as {', '.join(other for other, _ in copies[summary.id])}")
    for source, reason in assistant.failures().items():
        print(f"not read: {source}\n    {reason}")
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


def _show(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    if chosen.json:
        from retriever.interfaces.schemas import whole_document_fields

        _print_json(whole_document_fields(assistant, chosen.id))
        return 0
    text = assistant.document(chosen.id).text
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    return 0


def _remove(chosen: argparse.Namespace) -> int:
    _open(chosen).remove(chosen.ids)
    for document_id in chosen.ids:
        print(f"removed {document_id}")
    return 0


def _forget(chosen: argparse.Namespace) -> int:
    from retriever.web.forget import forget, plan_lines, result_lines  # pydantic takes 0.1 s to import

    assistant = _open(chosen)
    if assistant.is_used_elsewhere():
        _warn("Another process uses this library, perhaps a page; what it holds in memory stays until you stop it.")
    if chosen.ids and not chosen.yes:
        print(*plan_lines(assistant, chosen.ids), sep="\n")
        if not _confirmed("Go on? It cannot be undone. [y/N] "):
            return _complain("Nothing was forgotten.")
    sources = [assistant.summary(document_id).source for document_id in chosen.ids]
    answers, report = forget(assistant, chosen.ids)
    print("\n".join(result_lines(chosen.ids, sources, answers, report)))
    return 1 if report.left else 0


def _copy(chosen: argparse.Namespace) -> int:
    with _open(chosen) as assistant, IndexDisplay() as display:
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
        print(f"{state.documents} documents and {state.passages} passages are whole.")
    return 0 if all(finding.repaired for finding in findings) else 1


def _serve(chosen: argparse.Namespace) -> int:
    from retriever.web.server import serve  # Gradio takes seconds to import: only the page pays for it

    serve(lambda: _open(chosen), chosen.host, chosen.port, not chosen.no_browser, chosen.auth)
    return 0


def _mcp(chosen: argparse.Namespace) -> int:
    try:
        from retriever.interfaces.mcp import build_server
    except ModuleNotFoundError as error:
        return _complain(f"{error.name} is missing; install Ibid with its tools for agents: pip install 'ibid[mcp]'")
    assistant = _open(chosen)
    build_server(lambda: assistant).run()
    return 0


def _complete(chosen: argparse.Namespace) -> int:
    import shtab

    parser = _parser()
    places = {"LIB": shtab.DIRECTORY, "PATH": shtab.FILE, "FILE.jsonl": shtab.FILE, "FOLDER": shtab.DIRECTORY}
    for command in _commands(parser).values():
        for action in command._actions:
            if action.metavar in places:
                action.complete = places[action.metavar]  # type: ignore[attr-defined]
    print(shtab.complete(parser, chosen.shell))
    return 0


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands by name."""
    (found,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return dict(found.choices)


def _open(chosen: argparse.Namespace) -> Assistant:
    with IndexDisplay() as display:
        return Assistant.open(chosen.library, on_progress=display.update)


def _print_json(fields: Mapping[str, object]) -> None:
    print(line(fields), flush=True)


def _confirmed(question: str) -> bool:
    """Whether who types, or what is piped, says yes; where nobody can be asked, the command itself is the yes."""
    with suppress(EOFError, RuntimeError):  # at its end, or closed
        return input(question).strip().lower() in ("y", "yes")
    print()
    return True


def _complain(message: str) -> int:
    print(f"ibid: {message}", file=sys.stderr)
    return 1


def _warn(message: str) -> None:
    print(f"ibid: {message}", file=sys.stderr)


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return number


if __name__ == "__main__":
    sys.exit(main())
