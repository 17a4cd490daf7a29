"""The page's messages, and the files of their translations: `python -m tests.catalogues` says which lack one.

In: the source. Out: what a translator has to do. `--update` puts new messages into the files, with nothing as their
translation, and takes out those that are gone. Messages are what templates and scripts give to `_`, `ngettext` and
`pgettext`, what Python gives to `gettext` and so on, the sentences of errors, and those of `COMPOSED`.
"""

import argparse
import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from retriever import errors
from retriever.interfaces.translation.catalogue import FOLDER
from retriever.interfaces.translation.language import ENGLISH, LANGUAGES
from tests.paths import ROOT

PACKAGE = ROOT / "retriever"
OTHERS = tuple(code for code in LANGUAGES if code != ENGLISH)
"""The languages that have a file."""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_noop": ((1, "c"), 2),
}
ERRORS = frozenset(
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.IbidError)
)
NOT_ON_THE_PAGE = re.compile(
    r"retriever/(__main__|encoder|answering/reader|store/milvus|store/open|store/sqlite/(erasure|vectors|index_files)|ingest/shipped|maintenance/(copy|erase|collecting)|check/exports|ingest/distributed"
    r"|writing|reading/(sources|docx_comments)|reading/ocr/engine|casefile/upkeep|web/(auth|server)"
    r"|interfaces/(\w+_command|written|config|requests|absence_report|casefile_http|http|input_files|output_files|citations"
    r"|dossier)\b)"
)
"""Modules whose errors only shells and programs see."""
COMPOSED = tuple(
    line
    for line in (Path(__file__).with_suffix(".txt")).read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
"""Sentences that the code puts together in other ways, with places for what is put in."""

MADE = datetime(2026, 11, 28, tzinfo=UTC)
"""In the head of each file, always the same, so that only messages differ."""

Message = tuple[str | tuple[str, str], str | None]
"""A message, or its singular and plural; and its context."""


@cache
def messages() -> dict[Message, set[str]]:
    """All messages of the page, each with the files that say it."""
    found: dict[Message, set[str]] = {}
    for file in sorted(PACKAGE.rglob("*")):
        if file.suffix in (".py", ".js", ".html") and file.name != "catalogue.py":
            for message in _messages_of(file):
                found.setdefault(message, set()).add(file.relative_to(ROOT).as_posix())
    for sentence in COMPOSED:
        found.setdefault((sentence, None), set()).add("tests/catalogues.txt")
    return found


def _messages_of(file: Path) -> Iterator[Message]:
    # The scripts' `_` is a function's name in Python too: a part that nobody needs.
    keywords = KEYWORDS if file.suffix != ".py" else {name: KEYWORDS[name] for name in KEYWORDS if name != "_"}
    method = {".py": "python", ".js": "javascript", ".html": babel_extract}[file.suffix]
    if file.suffix == ".py" and "gettext" not in file.read_text(encoding="utf-8"):
        found = []
    else:
        found = extract_from_file(method, file, keywords=keywords)
    for _, message, _, context in found:
        yield (message if isinstance(message, str) else (message[0], message[1])), context
    if file.suffix == ".py" and not NOT_ON_THE_PAGE.match(file.relative_to(ROOT).as_posix()):
        yield from ((sentence, None) for sentence in _sentences_of_errors(file))


def _sentences_of_errors(file: Path) -> Iterator[str]:
    """The sentences of the errors that a module raises, with `{0}`, `{1}` for what it puts in."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS and node.args:
            sentence = _template(node.args[0])
            if re.search(r"\w{3}", re.sub(r"\{\d\}", "", sentence)):
                yield sentence


def _template(node: ast.expr) -> str:
    """A string as written, with numbered places for its values; empty for another expression."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = [str(one.value) if isinstance(one, ast.Constant) else None for one in node.values]
    places = iter(range(len(parts)))
    return "".join(f"{{{next(places)}}}" if part is None else part for part in parts)


def strings() -> Iterator[str]:
    """Each string in the package, with nothing in the places of what is put in."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for file in PACKAGE.rglob("*.js"):
        yield file.read_text(encoding="utf-8")


def catalogue(code: str) -> Catalog:
    """The file of a language."""
    file = FOLDER / f"{code}.po"
    if not file.exists():
        return Catalog(locale=code, project="Ibid", charset="utf-8")
    with file.open("rb") as stream:
        return read_po(stream, locale=code)


def key(one: object) -> Message:
    """A message of a file, as `messages` names it."""
    text, context = one.id, one.context  # type: ignore[attr-defined]
    return (text if isinstance(text, str) else (text[0], text[1])), context


def missing(code: str) -> list[Message]:
    """The messages that have no translation in a language."""
    there = {key(one): one.string for one in catalogue(code) if one.id}
    return [
        message
        for message in messages()
        if not (all(said) if isinstance(said := there.get(message, ""), (tuple, list)) else said)
    ]


def update(code: str) -> None:
    """Put new messages into the file of a language, and take out those that are gone."""
    before = {key(one): one.string for one in catalogue(code) if one.id}
    header = f"# The page's words: {LANGUAGES[code]}."
    made = Catalog(code, project="Ibid", header_comment=header, creation_date=MADE, revision_date=MADE)
    made.fuzzy = False
    for message, files in sorted(messages().items(), key=lambda pair: (sorted(pair[1]), str(pair[0]))):
        text, context = message
        made.add(text, before.get(message) or None, [(file, None) for file in sorted(files)], context=context)
    with (FOLDER / f"{code}.po").open("wb") as file:
        write_po(file, made, width=120, omit_header=False)


def main() -> None:
    """Say what lacks a translation, or renew the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="put new messages into the files")
    if parser.parse_args().update:
        for code in OTHERS:
            update(code)
    for code in OTHERS:
        for message, _ in missing(code):
            print(f"{code}: {message}")


if __name__ == "__main__":
    main()
