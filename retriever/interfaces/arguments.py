"""The commands and options of `ibid`, with their help.

In: nothing. Out: a parser, whose result names the command in `command`. One decision: commands and options keep their
names, as scripts use them; `docs/answer-format.md` lists them.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from ..citing.names import CitationFormat, CitationStyle
from ..reading.folders import as_utf8
from ..settings import VERSION
from .logs import LEVELS
from .text import on_one_line

COMPLETIONS = {
    "bash": "bash > ~/.local/share/bash-completion/completions/ibid",
    "zsh": "zsh > ~/.zfunc/_ibid    # with ~/.zfunc in fpath",
    "fish": "fish > ~/.config/fish/completions/ibid.fish",
    "powershell": "powershell >> $PROFILE",
}
"""Shell -> where it looks for what `ibid completion` prints."""

COLLECTION_ACTIONS = {
    "list": "",
    "add": "NAME",
    "rename": "OLD NEW",
    "remove": "NAME",
    "move": "NAME ID...",
    "members": "NAME [ACCOUNT...]",
}
"""Action of `ibid collection` -> what follows it."""

_JSON = "print one JSON object per line"
_LAST_PORT = 65_535
_TOP = "show at most this many quotes (default: 5)"


def build_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    parser = _Parser(
        prog="ibid", description="Ask questions about a folder of documents. The answers are quotes from them."
    )
    parser.add_argument("--version", action="version", version=f"ibid {VERSION}")
    commands = _Commands(parser)
    _add_index(commands)
    _add_fetch(commands)
    _add_questions(commands)
    _add_check(commands)
    _add_documents(commands)
    _add_case_files(commands)
    _add_library(commands)
    _add_servers(commands)
    complete = commands.add("completion", "print the script that lets a shell complete commands", *COMPLETIONS.values())
    complete.add_argument("shell", choices=list(COMPLETIONS), help="your shell")
    return parser


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of the commands, by name."""
    (found,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return dict(found.choices)


def with_dashes(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> list[str]:
    """Reorder arguments, so that a name that begins with "-", such as a document's id, is not taken for an option.

    Args:
        parser: as `build_parser` makes it.
        arguments: the command and what follows it.

    Returns:
        The same command, its options before its names.
    """
    command = commands_of(parser).get(arguments[0]) if arguments else None
    if command is None or "--" in arguments or not any(_is_name(each, {}) for each in arguments if each[:1] == "-"):
        return list(arguments)
    known = command._option_string_actions
    options, names = [arguments[0]], []
    waiting = list(arguments[1:])
    while waiting:
        argument = waiting.pop(0)
        if argument in known and known[argument].nargs is None and waiting:
            options += [f"{argument}={waiting.pop(0)}"] if argument.startswith("--") else [argument, waiting.pop(0)]
        elif argument.startswith("-") and not _is_name(argument, known):
            options.append(argument)
        else:
            names.append(argument)
    return [*options, "--", *names] if names else options


def _is_name(argument: str, known: Mapping[str, argparse.Action]) -> bool:
    """Whether an argument that begins with "-" must be a file's name: one dash, or a dot, and no option begins so."""
    start = argument.partition("=")[0]
    is_named_so = argument != "-" and (not argument.startswith("--") or "." in start)
    return is_named_so and not any(option.startswith(start) for option in known)


class _Parser(argparse.ArgumentParser):
    """A parser whose messages cannot steer a terminal: a shell's `*` may give it any file's name."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end."""
        super().error(on_one_line(message))

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> object:
        """Read values. An empty one is an error: an option would have no effect, and a path would be this folder."""
        takes_no_empty = (action.option_strings and action.type is not _or_empty) or action.type is Path
        if takes_no_empty and "" in arg_strings:
            raise argparse.ArgumentError(action, "the value is empty; give one, or leave it out")
        return super()._get_values(action, arg_strings)


class _Commands:
    """Adds commands to a parser; each has the option `--library`, and examples in its help."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
        self._common = argparse.ArgumentParser(add_help=False)
        self._common.add_argument(
            "--library",
            metavar="LIB",
            help="the library: a folder, or milvus://HOST:PORT/COLLECTION (default: $IBID_LIBRARY, else Ibid's own)",
        )
        how_much = self._common.add_mutually_exclusive_group()
        how_much.add_argument("--verbose", action="store_true", help="say more on standard error: why something failed")
        how_much.add_argument(
            "--quiet", action="store_true", help="only errors on standard error: no progress, no warnings"
        )
        how_much.add_argument(
            "--log-level",
            choices=LEVELS,
            metavar="LEVEL",
            help=f"the least that is said on standard error: {', '.join(LEVELS)} (default: warning)",
        )

    def add(self, name: str, does: str, *examples: str) -> argparse.ArgumentParser:
        """Add a command.

        Args:
            name: its name.
            does: what it does, for the list of commands.
            examples: arguments that a user can type after it.
        """
        return self._commands.add_parser(
            name,
            parents=[self._common],
            help=does,
            description=f"{does[0].upper()}{does[1:]}.",
            epilog="\n".join(["for example:", *(f"  ibid {name} {example}".rstrip() for example in examples)]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )


def _add_index(commands: _Commands) -> None:
    index = commands.add(
        "index", "add or refresh files and folders", "my-folder", "my-folder --library my-library --watch --prune"
    )
    index.add_argument(
        "paths", type=Path, nargs="*", metavar="PATH", help="a file or a folder; - for standard input, with --name"
    )
    index.add_argument("--name", metavar="FILE", help="the name of what - reads; its ending says of what kind it is")
    index.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out matching files, as in a .gitignore (or write a file .ibidignore); can be repeated",
    )
    index.add_argument("--prune", action="store_true", help="remove documents whose file is gone or now excluded")
    index.add_argument(
        "--retry", action="store_true", help="try again to read files that could not be read; without PATH, only those"
    )
    index.add_argument("--watch", action="store_true", help="keep running, and index again when a file changes")
    index.add_argument(
        "--collection",
        type=as_utf8,
        default="",
        metavar="NAME",
        help="the collection that these documents belong to, made if it is new; without it, known ones stay in theirs",
    )
    index.add_argument(
        "--keep-versions",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="keep what documents say before they change, from now on; with --no-, no longer, and remove what was kept",
    )
    index.add_argument("--on", metavar="RAY", help="read on several machines: ray, or ray://HOST:PORT")
    index.add_argument(
        "--encoder",
        metavar="NAME",
        help="read everything again with another model: multilingual, shipped (English), or a folder",
    )
    index.add_argument("--json", action="store_true", help=_JSON)


def _add_questions(commands: _Commands) -> None:
    ask = commands.add(
        "ask",
        "answer a question with quotes from the documents",
        '"Who is the captain of the ferry?"',
        "--batch questions.jsonl --json",
    )
    asked = ask.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", metavar="QUESTION", help="the question; - for standard input")
    asked.add_argument(
        "--batch",
        type=Path,
        metavar="FILE.jsonl",
        help="a file of questions, one JSON object per line; - for standard input",
    )
    _add_scope(ask, "ask")
    _add_as_of(ask)
    ask.add_argument("--top", type=_positive, default=5, metavar="K", help=_TOP)
    ask.add_argument("--json", action="store_true", help=_JSON)
    ask.add_argument("--write", action="store_true", help="after the quotes, a paragraph that the writer makes of them")
    _add_writer(ask)
    _add_table(commands)
    absence = commands.add(
        "absence",
        "prove that the documents don't answer: what was searched, and how",
        '"Who paid for the lighthouse?" --output absence.txt',
    )
    absence.add_argument("question", metavar="QUESTION", help="the question")
    absence.add_argument("--output", type=Path, metavar="FILE", help="write the report into a file")
    absence.add_argument("--json", action="store_true", help="write the report as one line of JSON")
    _add_scope(absence, "ask")
    _add_as_of(absence)
    chat = commands.add("chat", "ask several questions in the terminal", "", "--top 3")
    _add_scope(chat, "ask")
    _add_as_of(chat)
    chat.add_argument("--top", type=_positive, default=5, metavar="K", help=_TOP)


def _add_writer(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--writer",
        default="",
        metavar="ADDRESS",
        help="a language model on this machine that may join quotes: http://127.0.0.1:PORT/v1 (default: $IBID_WRITER)",
    )
    command.add_argument(
        "--writer-model", default="", metavar="NAME", help="its name (default: the first that its server lists)"
    )


def _add_fetch(commands: _Commands) -> None:
    fetch = commands.add(
        "fetch",
        "fetch web pages and feeds by their address, and add them; nothing else goes online",
        "https://example.org/report.html",
        "https://example.org/feed.xml --daily --entries --collection News",
        "--due",
        "--list",
    )
    fetch.add_argument("addresses", nargs="*", metavar="ADDRESS", help="the address of a page or a feed")
    fetch.add_argument("--daily", action="store_true", help="fetch it again once a day, whenever --due is run")
    fetch.add_argument("--entries", action="store_true", help="of a feed, fetch the pages that it links to as well")
    fetch.add_argument(
        "--collection", default="", type=as_utf8, metavar="NAME", help="the collection that new documents belong to"
    )
    what = fetch.add_mutually_exclusive_group()
    what.add_argument("--due", action="store_true", help="fetch again what is followed daily and is a day old")
    what.add_argument("--list", action="store_true", help="list the addresses; fetch nothing")
    what.add_argument("--stop", action="store_true", help="follow these addresses no longer; their documents stay")
    fetch.add_argument("--json", action="store_true", help=_JSON)


def _add_check(commands: _Commands) -> None:
    check = commands.add(
        "check",
        "check the quotations in a draft, word by word, against the documents",
        "draft.docx",
        'chapter-*.md --json --source "The Varn Herald"',
    )
    check.add_argument(
        "drafts", type=Path, nargs="+", metavar="DRAFT", help="a file: .docx, .md, .txt, .html, .odt, .pdf"
    )
    check.add_argument(
        "--all", action="store_true", help="list sentences without quotation marks too, if they are a document's"
    )
    check.add_argument("--json", action="store_true", help=_JSON)
    check.add_argument("--html", type=Path, metavar="FILE.html", help="write the report as a page that opens offline")
    check.add_argument("--docx", type=Path, metavar="FILE.docx", help="write a copy of the .docx, with comments")
    _add_scope(check, "compare")
    _add_as_of(check)


def _add_table(commands: _Commands) -> None:
    table = commands.add(
        "table",
        "ask every document by itself; a row for each",
        '"Who signed the contract?" --xlsx signatures.xlsx',
        "--batch questions.txt --csv table.csv",
    )
    table.add_argument("questions", nargs="*", metavar="QUESTION", help="a question; give several for a larger table")
    table.add_argument(
        "--batch",
        type=Path,
        metavar="FILE",
        help="a file of questions, one a line, or one JSON object a line (.jsonl); - for standard input",
    )
    form = table.add_mutually_exclusive_group()
    form.add_argument("--csv", type=Path, metavar="FILE.csv", help="write the table into a CSV file")
    form.add_argument("--xlsx", type=Path, metavar="FILE.xlsx", help="write the table into a workbook")
    form.add_argument("--json", action="store_true", help=_JSON)
    _add_scope(table, "ask")
    _add_as_of(table)


def _add_documents(commands: _Commands) -> None:
    listing = commands.add("list", "list the documents of the library", "", "--json")
    _add_collection_and_language(listing, "list")
    listing.add_argument("--json", action="store_true", help=_JSON)
    collection = commands.add(
        "collection",
        "sort documents into collections, such as matters or courses, and say who may see them",
        "list",
        'add "Harbour case"',
        'move "Harbour case" ferry.txt harbour.txt',
        'members "Harbour case" ada tom',
        'members "Harbour case" --everyone',
    )
    collection.add_argument(
        "action",
        choices=list(COLLECTION_ACTIONS),
        metavar="ACTION",
        help="list; add NAME; rename OLD NEW; remove NAME; move NAME ID...; members NAME ACCOUNT...",
    )
    collection.add_argument(
        "names", type=as_utf8, nargs="*", metavar="NAME", help="a collection's name, then what the action needs"
    )
    collection.add_argument("--everyone", action="store_true", help="with members: everybody may see the collection")
    collection.add_argument("--json", action="store_true", help=_JSON)
    timeline = commands.add("timeline", "list dated events from the documents", '--source "The Varn Herald"')
    _add_scope(timeline, "list", "happened")
    _add_as_of(timeline)
    timeline.add_argument("--json", action="store_true", help=_JSON)
    show = commands.add(
        "show", "show one document", "ferry.txt", "report.pdf --page 3 --image page-3.png --quote 1204:1389"
    )
    show.add_argument("id", type=as_utf8, metavar="ID", help="the document's id, as `ibid list` prints it")
    show.add_argument("--json", action="store_true", help=_JSON)
    show.add_argument("--page", type=_positive, metavar="N", help="only this page, counted from 1")
    show.add_argument("--image", type=Path, metavar="FILE.png", help="draw the page as it is printed, into a file")
    show.add_argument(
        "--quote", type=_span, metavar="START:END", help="mark these characters in the image; find the page by them"
    )
    versions = commands.add(
        "versions", "show what a document said before, and what each version changed", "ferry.txt", "ferry.txt --json"
    )
    versions.add_argument("id", type=as_utf8, metavar="ID", help="the document's id, as `ibid list` prints it")
    versions.add_argument("--json", action="store_true", help=_JSON)
    edit = commands.add(
        "edit",
        "correct a document's title, author, publisher or date",
        'scan.pdf --title "Roof survey" --publisher "Town of Varn" --date 2022-02-11',
    )
    edit.add_argument("id", metavar="ID", help="the document's id, as `ibid list` prints it")
    edit.add_argument("--title", metavar="TITLE", help="its title")
    for name, metavar, about in (
        ("--author", "NAMES", 'who wrote it: "Ada Brook; Tom Reed"'),
        ("--publisher", "NAME", "who published it"),
        ("--date", "DATE", "when it was published: 2022-02-11, 2022-02"),
    ):
        edit.add_argument(name, type=_or_empty, metavar=metavar, help=f"{about}; '' for unknown")
    cite = commands.add(
        "cite",
        "cite documents in a style, or for a reference manager",
        "ferry.txt --quote 1204:1389 --style oscola",
        "--format bibtex > library.bib",
    )
    cite.add_argument(
        "ids", type=as_utf8, nargs="*", metavar="ID", help="a document's id; with none, all documents are cited"
    )
    cite.add_argument("--quote", type=_span, metavar="START:END", help="cite the place of these characters")
    form = cite.add_mutually_exclusive_group()
    _add_style(form, "the style (default: chicago)")
    form.add_argument(
        "--format",
        type=_one_of(CitationFormat),
        choices=list(CitationFormat),
        help="write for a reference manager instead",
    )
    form.add_argument("--json", action="store_true", help=_JSON)
    remove = commands.add("remove", "remove documents from the library; their files stay", "old/report.pdf")
    remove.add_argument("ids", type=as_utf8, nargs="+", metavar="ID", help="a document's id")
    remove.add_argument("--json", action="store_true", help=_JSON)
    forget = commands.add("forget", "erase every trace of documents, and check that none is left", "old/report.pdf")
    forget.add_argument(
        "ids",
        type=as_utf8,
        nargs="*",
        metavar="ID",
        help="a document's id; with none, erase traces of removed documents",
    )
    forget.add_argument("--yes", action="store_true", help="don't ask for confirmation")
    forget.add_argument("--json", action="store_true", help=f"{_JSON}; needs --yes")


def _add_case_files(commands: _Commands) -> None:
    pin = commands.add(
        "pin",
        "pin words of a document to a case file",
        'ferry.txt --words "A ticket costs 12 crowns." --note "The old price."',
        'ferry.txt --quote 73:98 --file "The wall" --tag price',
    )
    pin.add_argument("id", type=as_utf8, metavar="ID", help="the document's id, as `ibid list` prints it")
    pin.add_argument("--quote", type=_span, metavar="START:END", help="the place of the words")
    pin.add_argument("--words", metavar="TEXT", help="instead of the place: the words, as the document has them")
    pin.add_argument("--note", default="", metavar="TEXT", help="your own words beside it")
    pin.add_argument("--tag", action="append", default=[], metavar="TAG", help="a tag; can be repeated")
    _add_file_and_user(pin)
    dossier = commands.add(
        "dossier",
        "show, change or export a case file",
        "list",
        'show --file "The wall"',
        "export dossier.docx --style oscola",
        'note 3 "Not in the minutes."',
        'missing "Who paid for the wall?"',
    )
    _add_action(dossier, "list show export note tag move unpin missing done drop share unshare rename delete")
    dossier.add_argument(
        "arguments", nargs="*", metavar="ARGUMENT", help="what it needs: a file, the number of a pin or point, words"
    )
    _add_style(dossier, "the style of the footnotes of an export (default: chicago)")
    _add_file_and_user(dossier)
    standing = commands.add(
        "standing",
        "save questions that are asked again when the library changes, and show what is new",
        'add "What does a ticket cost?"',
        "run",
        "notices",
        "notices --mail ada@example.org",
    )
    _add_action(standing, "add list remove run notices")
    standing.add_argument("arguments", nargs="*", metavar="ARGUMENT", help="the question, or the number of one")
    standing.add_argument("--all", action="store_true", help="show the notices that were shown before, too")
    standing.add_argument("--mail", metavar="ADDRESS", help="print the notices as a mail to this address")
    _add_user(standing)
    _add_scope(standing, "ask")
    cases = commands.add(
        "cases",
        "keep answers that are right or wrong, as questions of your own for `python -m eval`",
        "list",
        'wrong "Who is the captain of the ferry?"',
        "remove 3",
    )
    _add_action(cases, "list right wrong remove")
    cases.add_argument("arguments", nargs="*", metavar="ARGUMENT", help="the question, or the number of a case")
    _add_user(cases)
    _add_scope(cases, "ask")


def _add_action(command: argparse.ArgumentParser, actions: str) -> None:
    names = actions.split()
    command.add_argument("action", choices=names, metavar="ACTION", help=f"one of {', '.join(names)}")


def _add_style(command: argparse._ActionsContainer, about: str) -> None:
    command.add_argument(
        "--style",
        type=_one_of(CitationStyle),
        choices=list(CitationStyle),
        default=CitationStyle.CHICAGO,
        help=about,
    )


def _add_file_and_user(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--file", default="", metavar="NAME", help="the case file (default: the one that was used last)"
    )
    _add_user(command)


def _add_user(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--user", default="", metavar="NAME", help="what this user of `ibid serve --auth` has (default: your own)"
    )
    command.add_argument("--json", action="store_true", help=_JSON)


def _add_library(commands: _Commands) -> None:
    copying = commands.add(
        "copy",
        "copy a library, with its vectors, to a folder or a server",
        "--from reports --to copy-of-reports",
    )
    copying.add_argument("--from", dest="library", metavar="LIB", help="the library to copy, named as for --library")
    copying.add_argument("--to", required=True, metavar="LIB", help="the target: a folder, or a server's address")
    copying.add_argument("--json", action="store_true", help=_JSON)
    check = commands.add("verify", "check everything in the library", "--repair")
    check.add_argument("--repair", action="store_true", help="rebuild what can be rebuilt")
    check.add_argument("--json", action="store_true", help=_JSON)


def _add_servers(commands: _Commands) -> None:
    serve = commands.add("serve", "open the chat page", "--port 7860 --no-browser")
    serve.add_argument(
        "--port", type=_port, metavar="N", help="the port to listen on (default: $IBID_PORT, else a free one from 7860)"
    )
    serve.add_argument(
        "--host", default="127.0.0.1", metavar="NAME", help="let other machines reach the page; needs --auth"
    )
    serve.add_argument(
        "--auth",
        action="append",
        default=[],
        metavar="NAME",
        help="let this user sign in; NAME:reader may ask and read, but change no document; can be repeated",
    )
    _add_writer(serve)
    serve.add_argument(
        "--fetch",
        action="store_true",
        help="let those who may add documents fetch web pages by their address, and fetch what is followed daily",
    )
    serve.add_argument("--no-browser", action="store_true", help="don't open a browser")
    token = commands.add(
        "token", "make a token by which a program signs in to the page's server", "ada", "ada --revoke"
    )
    token.add_argument("user", metavar="NAME", help="a user of `ibid serve --auth NAME`; the token has the same rights")
    token.add_argument("--revoke", action="store_true", help="make all tokens of this user invalid")
    commands.add("mcp", "offer the library to an agent, over standard input and output", "--library my-library")


def _add_scope(command: argparse.ArgumentParser, does: str, dated: str = "was published") -> None:
    """Add the options that choose documents, and a span of time: that something `dated`."""
    command.add_argument(
        "--source",
        type=_or_empty,
        action="append",
        default=[],
        metavar="NAME",
        help=f"{does} only documents of this publisher; a part of the name is enough; '' for unknown; can be repeated",
    )
    _add_collection_and_language(command, does)
    for name, edge in (("--since", "on or after"), ("--until", "on or before")):
        command.add_argument(
            name, default="", metavar="DATE", help=f"{does} only what {dated} {edge} a day, month or year: 2022-04"
        )
    command.add_argument(
        "--document",
        type=as_utf8,
        action="append",
        default=[],
        metavar="ID",
        help=f"{does} only this document; can be repeated",
    )


def _add_collection_and_language(command: argparse.ArgumentParser, does: str) -> None:
    command.add_argument(
        "--collection",
        type=_or_empty,
        action="append",
        default=[],
        metavar="NAME",
        help=f"{does} only the documents of this collection; '' for those of none; can be repeated",
    )
    command.add_argument(
        "--language",
        type=_or_empty,
        action="append",
        default=[],
        metavar="NAME",
        help=f"{does} only documents in this language: de, German; '' for those in doubt; can be repeated",
    )


def _add_as_of(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as-of",
        default="",
        metavar="DATE",
        help="take each document in the version that was current on a day, month or year: 2021-03-01",
    )


def _or_empty(text: str) -> str:
    """A text that may be empty: that has a meaning of its own."""
    return as_utf8(text)


def _span(text: str) -> tuple[int, int]:
    """Two positions, as in 1204:1389."""
    start, _, end = text.partition(":")
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end)):
        raise argparse.ArgumentTypeError(f"{text!r} is not START:END, such as 1204:1389")
    return int(start), int(end)


def _one_of(names: type[StrEnum]) -> Callable[[str], StrEnum]:
    """What reads one of some names; else it lists them."""

    def read(text: str) -> StrEnum:
        if text not in list(names):
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(names)}")
        return names(text)

    return read


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return number


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, which is a whole number from 1 to {_LAST_PORT}")
    return number
