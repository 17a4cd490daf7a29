"""The command line: `ibid`, or `python -m retriever`.

Answers go to standard output, progress and errors to standard error. Exit status: 0 done (a refusal to answer is also
0), 1 an error that the user can mend, 2 wrong usage.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

from retriever import Assistant, IbidError, QuestionError, Settings, as_text
from retriever.encoder.preparing import listening
from retriever.errors import machine_error
from retriever.filters import Scope, matching_id
from retriever.interfaces.arguments import build_parser, commands_of, with_dashes
from retriever.interfaces.check_command import check, wrong_check
from retriever.interfaces.collection_command import collection, wrong_collection
from retriever.interfaces.config import configured
from retriever.interfaces.fetch_command import fetch, wrong_fetch
from retriever.interfaces.index_command import index, wrong_usage
from retriever.interfaces.input_files import STANDARD_INPUT, name_of, read_text
from retriever.interfaces.logs import PACKAGE, printed_logs
from retriever.interfaces.output import fail, print_json, say
from retriever.interfaces.output_files import clash, spare_library, write_file
from retriever.interfaces.powershell import powershell_script
from retriever.interfaces.progress import IndexDisplay, PreparationDisplay
from retriever.interfaces.scope_names import ScopeNames
from retriever.interfaces.terminal import talk
from retriever.interfaces.text import for_terminal, timeline_lines
from retriever.interfaces.written import check_writer, print_answer, with_writer

_DEBUG_VARIABLE = "IBID_DEBUG"
_NO_DATE = "No sentence of these documents names a date."
_NO_EVENT = "No sentence of these documents names a date in that time."
_CONTINUING = ("index", "fetch", "copy", "forget", "remove")
_CONTINUES = " Everything stored so far is kept; run the same command again to continue."
_log = logging.getLogger(PACKAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser, given = build_parser(), sys.argv[1:] if arguments is None else arguments
    with ExitStack() as configuration:
        try:
            settings = configuration.enter_context(configured(given, parser))
        except IbidError as error:
            return fail(str(error))
        return _main(parser, given, settings)


def _main(parser: argparse.ArgumentParser, arguments: Sequence[str], settings: Settings) -> int:
    """Run one command with the settings of the configuration file."""
    chosen, unknown = parser.parse_known_args(with_dashes(parser, arguments), argparse.Namespace(settings=settings))
    command = commands_of(parser)[chosen.command]
    if unknown:
        (command if arguments[0] == chosen.command else parser).error(f"unrecognized arguments: {' '.join(unknown)}")
    if chosen.command == "index" and (wrong := wrong_usage(chosen)):
        command.error(wrong)
    if chosen.command == "check" and (wrong := wrong_check(chosen)):
        command.error(wrong)
    if chosen.command == "fetch" and (wrong := wrong_fetch(chosen)):
        command.error(wrong)
    if chosen.command == "collection" and (wrong := wrong_collection(chosen)):
        command.error(wrong)
    if chosen.command == "table" and (wrong := clash([chosen.batch], (chosen.csv, chosen.xlsx))):
        command.error(wrong)
    if chosen.command == "forget" and chosen.json and chosen.ids and not chosen.yes:
        command.error("--json needs --yes, as nobody is asked")
    level = "info" if chosen.verbose else "error" if chosen.quiet else chosen.log_level or "warning"
    with printed_logs(level), listening(PreparationDisplay(quiet=chosen.quiet)):
        return _run(chosen)


def _run(chosen: argparse.Namespace) -> int:
    """Run the command, and say in one sentence what went wrong."""
    try:
        status = _COMMANDS[chosen.command](chosen)
        sys.stdout.flush()
        return status
    except IbidError as error:
        return fail(str(error), chosen.library)
    except KeyboardInterrupt:
        return fail(f"Interrupted.{_CONTINUES if chosen.command in _CONTINUING else ''}")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the user has what it wanted
        return 0
    except Exception as error:
        if os.environ.get(_DEBUG_VARIABLE):
            raise
        if sentence := machine_error(error):
            return fail(sentence)
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return fail(f"Ibid failed ({said}). Set {_DEBUG_VARIABLE}=1 to see where.")


def _ask(chosen: argparse.Namespace) -> int:
    check_writer(chosen)
    if chosen.batch:
        return _ask_batch(chosen)
    if chosen.question == str(STANDARD_INPUT):
        chosen.question = read_text(STANDARD_INPUT).strip()
    assistant = _open(chosen)
    scope = _scope_names(chosen).scope(assistant)
    assistant.warm_up()  # the answer's milliseconds are the question's, not the model's loading
    answer = assistant.ask(chosen.question, top=chosen.top, scope=scope)
    print_answer(chosen, assistant, answer)
    return 0


def _ask_batch(chosen: argparse.Namespace) -> int:
    """Answer what can be answered; each line that cannot be is named on standard error."""
    from retriever.interfaces.requests import EXAMPLE_LINE, BatchLine  # with pydantic: a single question saves 0.1 s

    name = name_of(chosen.batch)
    lines = read_text(chosen.batch).split("\n")  # other line ends may stand in a JSON string
    filled = [text for text in lines if text.strip()]
    if filled and not any(map(BatchLine.is_object, filled)):
        return fail(f"{name}: each line must be a JSON object, such as {EXAMPLE_LINE}")
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
            status = fail(f"{name}, line {number}: {error}")
            continue
        if not chosen.json:
            say(f"{asked.id or number}: {answer.question}")
        print_answer(chosen, assistant, answer, asked.id)
        if not chosen.json:
            print()
    return status


def _scope_names(chosen: argparse.Namespace) -> ScopeNames:
    """The documents that the options name."""
    names = ScopeNames(tuple(chosen.source), tuple(chosen.document), chosen.since, chosen.until)
    return replace(
        names,
        collections=tuple(chosen.collection),
        as_of=getattr(chosen, "as_of", ""),
        languages=tuple(chosen.language),
    )


def _scope(chosen: argparse.Namespace, assistant: Assistant) -> Scope:
    """The documents that the options name; what is to know of their day is said."""
    scope = _scope_names(chosen).scope(assistant)
    for said in assistant.as_of_remarks(scope):
        _log.warning(said)
    return scope


def _chat(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    scope = _scope_names(chosen).scope(assistant)
    assistant.warm_up()
    talk(assistant, chosen.top, scope, chosen.library)
    return 0


def _check(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    return check(chosen, assistant, _scope(chosen, assistant))


def _table(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.table_command import questions_from, table  # with openpyxl, which takes 0.2 s to import

    questions = questions_from(chosen)
    assistant = _open(chosen)
    table(assistant, questions, _scope(chosen, assistant), chosen)
    return 0


def _absence(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.absence_report import refused, write_report

    assistant = _open(chosen)
    spare_library(assistant, chosen.output)
    report = refused(assistant, chosen.question, _scope_names(chosen).scope(assistant))
    write_report(report, chosen.output, as_json=chosen.json)
    return 0


def _list(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    scope = ScopeNames(collections=tuple(chosen.collection), languages=tuple(chosen.language)).scope(assistant)
    documents = [summary for summary in assistant.documents() if scope.takes(summary)]
    if chosen.json:
        from retriever.interfaces.schemas import document_fields

        for summary in documents:
            print_json(document_fields(summary))
        return 0
    copies = assistant.copies()
    for summary in documents:
        print(as_text(summary))
        if copies[summary.id]:
            others = ", ".join(other for other, _ in copies[summary.id])
            say(f"    much the same text as {others}")
    for source, reason in assistant.failures().items():
        say(f"not read: {source}", f"    {reason}")
    return 0


def _collection(chosen: argparse.Namespace) -> int:
    with _open(chosen) as assistant:
        return collection(chosen, assistant)


def _timeline(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    names = _scope_names(chosen)
    points = names.timeline(assistant)
    for said in names.timeline_remarks(assistant):
        _log.warning(said)
    if chosen.json:
        from retriever.interfaces.schemas import point_fields

        for point in points:
            print_json(point_fields(point))
        return 0
    for line in timeline_lines(points):
        print(line)
    if not points and not names.takes_none(assistant):
        print(_NO_EVENT if chosen.since or chosen.until else _NO_DATE, file=sys.stderr)
    return 0


def _draw(assistant: Assistant, document_id: str, chosen: argparse.Namespace) -> int:
    """Draw a page into a file: the one that was named, else the one on which the quote starts, else the first."""
    with assistant:
        spare_library(assistant, chosen.image)
        lines = assistant.quote_lines(document_id, *chosen.quote) if chosen.quote else ()
        page = chosen.page or (lines[0].page if lines else 1)
        image = assistant.page_image(document_id, page, quote=chosen.quote)
    write_file(chosen.image, image)
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

        print_json(whole_document_fields(assistant, document_id))
        return 0
    if chosen.image:
        return _draw(assistant, document_id, chosen)
    document = assistant.document(document_id)
    text = document.text if chosen.page is None else document.text_of_page(chosen.page)
    # A file or another program gets the text as it is; a terminal would obey what a document says.
    text = for_terminal(text) if sys.stdout.isatty() else text
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    return 0


def _versions(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.versions_fields import version_lines, versions_fields  # pydantic takes 0.1 s to import

    assistant = _open(chosen)
    (document_id,) = _known_ids(assistant, [chosen.id])
    if chosen.json:
        print_json(versions_fields(assistant, document_id))
    else:
        print("\n".join(version_lines(assistant, document_id)))
    return 0


def _edit(chosen: argparse.Namespace) -> int:
    corrected = {
        "title": chosen.title,
        "author": chosen.author,
        "publisher": chosen.publisher,
        "published": chosen.date,
    }
    if all(value is None for value in corrected.values()):
        return fail("Nothing was changed; give a --title, an --author, a --publisher or a --date.")
    print(as_text(_open(chosen).edit(chosen.id, **corrected)))
    return 0


def _cite(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.cite_command import cite  # with lxml, which takes 0.1 s to import

    if chosen.quote and len(chosen.ids) != 1:
        return fail("Give the ID of the one document that has these characters.")
    assistant = _open(chosen)
    ids = _known_ids(assistant, chosen.ids) or [summary.id for summary in assistant.documents()]
    cite(assistant, ids, chosen, whole_library=not chosen.ids)
    return 0


def _pin(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.casefile_command import pin  # with pydantic, which takes 0.1 s to import

    assistant = _open(chosen)
    (document_id,) = _known_ids(assistant, [chosen.id])
    return pin(chosen, assistant, document_id)


def _dossier(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.casefile_command import dossier

    return dossier(chosen, _open(chosen))


def _standing(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.standing_command import standing

    assistant = _open(chosen)
    return standing(chosen, assistant, _scope_names(chosen).scope(assistant))


def _cases(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.standing_command import cases

    assistant = _open(chosen)
    return cases(chosen, assistant, _scope_names(chosen).scope(assistant))


def _remove(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    ids = _known_ids(assistant, chosen.ids)
    assistant.remove(ids)
    for document_id in ids:
        print_json({"removed": document_id}) if chosen.json else say(f"removed {document_id}")
    _ask_again(assistant)
    return 0


def _ask_again(assistant: Assistant) -> None:
    """Ask the standing questions again, if there are any."""
    if assistant.kept.exists:
        from retriever.interfaces.standing_command import ask_again

        ask_again(assistant)


def _forget(chosen: argparse.Namespace) -> int:
    with _open(chosen) as assistant:
        return _forget_in(assistant, chosen)


def _forget_in(assistant: Assistant, chosen: argparse.Namespace) -> int:
    from retriever.web.forget import forget, plan_lines, result_lines  # pydantic takes 0.1 s to import

    if assistant.is_used_elsewhere():
        _log.warning(
            "Another process is using this library, perhaps the chat page. It may keep documents in memory until "
            "you stop it."
        )
    chosen.ids = _known_ids(assistant, chosen.ids)
    if chosen.ids and not chosen.yes:
        say(*plan_lines(assistant, chosen.ids))
        if not _confirmed("Continue? This cannot be undone. [y/N] "):
            return fail("Nothing was forgotten.")
    sources = [assistant.summary(document_id).source for document_id in chosen.ids]
    answers, report = forget(assistant, chosen.ids)
    if chosen.json:
        from retriever.interfaces.report_schemas import forgotten_fields

        print_json(forgotten_fields(chosen.ids, answers, report))
    else:
        say(*result_lines(chosen.ids, sources, answers, report))
    _ask_again(assistant)
    return 1 if report.left else 0


def _copy(chosen: argparse.Namespace) -> int:
    with _open(chosen) as assistant, _display(chosen) as display:
        copied = assistant.copy_to(chosen.to, display.update)
    if chosen.json:
        from retriever.interfaces.report_schemas import copied_fields

        print_json(copied_fields(chosen.to, copied))
        return 0
    documents = f"{copied.documents} document{'s' * (copied.documents != 1)}"
    passages = f"{copied.passages} passage{'s' * (copied.passages != 1)}"
    print(f"copied {documents} and {passages} to {chosen.to}; {copied.digest}")
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    assistant = _open(chosen)
    findings = assistant.verify(repair=chosen.repair)
    state = assistant.state() if chosen.json or not findings else None
    if chosen.json and state:
        from retriever.interfaces.report_schemas import verified_fields

        print_json(verified_fields(findings, state))
    else:
        for finding in findings:
            print(as_text(finding))
        if state:
            print(f"{state.documents} documents and {state.passages} passages are intact.")
    return 0 if all(finding.repaired for finding in findings) else 1


def _serve(chosen: argparse.Namespace) -> int:
    check_writer(chosen)
    from retriever.web.server import serve  # Gradio takes seconds to import: only the page pays for it

    chosen.settings = replace(chosen.settings, fetch_for_users=chosen.fetch)
    serve(lambda: _open(chosen), chosen.host, chosen.port, not chosen.no_browser, chosen.auth)
    return 0


def _token(chosen: argparse.Namespace) -> int:
    from retriever.web.auth import Tokens

    if chosen.revoke:
        count = Tokens.default().revoke(chosen.user)
        print(f"revoked {count} token{'s' * (count != 1)} of {chosen.user}")
        return 0 if count else fail(f"{chosen.user} has no token.")
    print(Tokens.default().new(chosen.user))
    _log.warning(
        "Keep this token: it is not shown again. A program sends it as `Authorization: Bearer TOKEN`, while "
        "`ibid serve --auth %s` runs.",
        chosen.user,
    )
    return 0


def _mcp(chosen: argparse.Namespace) -> int:
    from retriever.interfaces.mcp import build_server
    from retriever.web.loading import Loader
    from retriever.web.meanwhile import load_model

    assistant = _open(chosen)
    model, meanwhile = load_model(Loader(lambda: assistant))
    build_server(model.result, meanwhile.result).run()
    return 0


def _complete(chosen: argparse.Namespace) -> int:
    parser = build_parser()
    if chosen.shell == "powershell":
        print(powershell_script(parser))
        return 0
    import shtab

    places = {"LIB": shtab.DIRECTORY, "PATH": shtab.FILE, "FILE.jsonl": shtab.FILE, "FOLDER": shtab.DIRECTORY}
    for command in commands_of(parser).values():
        for action in command._actions:
            if action.metavar in places:
                action.complete = places[action.metavar]  # type: ignore[attr-defined]
    print(shtab.complete(parser, chosen.shell))
    return 0


def _open(chosen: argparse.Namespace) -> Assistant:
    with _display(chosen) as display:
        return Assistant.open(chosen.library, settings=with_writer(chosen), on_progress=display.update)


def _display(chosen: argparse.Namespace) -> IndexDisplay:
    return IndexDisplay(quiet=chosen.quiet)


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


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "index": index,
    "fetch": fetch,
    "ask": _ask,
    "chat": _chat,
    "check": _check,
    "table": _table,
    "absence": _absence,
    "list": _list,
    "collection": _collection,
    "timeline": _timeline,
    "show": _show,
    "versions": _versions,
    "edit": _edit,
    "cite": _cite,
    "pin": _pin,
    "dossier": _dossier,
    "standing": _standing,
    "cases": _cases,
    "remove": _remove,
    "forget": _forget,
    "copy": _copy,
    "verify": _verify,
    "serve": _serve,
    "token": _token,
    "mcp": _mcp,
    "completion": _complete,
}

if __name__ == "__main__":
    sys.exit(main())
