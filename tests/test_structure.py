"""The shape of the package: one home for each third-party package, exported names, docstrings, help.

The order of the layers is a contract in `pyproject.toml`, which `make lint` checks.
"""

import argparse
import ast
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import retriever
from retriever.interfaces.arguments import build_parser, commands_of
from tests.paths import ROOT

PACKAGE = ROOT / "retriever"

HOMES = {
    "babel": "language_names text/calendar_names agreement/local_values interfaces/translation",
    "chardet": "reading/plain",
    "citeproc": "citing",
    "cv2": "reading/ocr/engine",
    "dateparser": "reading/dates",
    "docx": "web/export_pages interfaces/dossier reading/docx_comments",  # two write a file, one adds to another's
    "faiss": "store/sqlite/dense",
    "filelock": "store/file_lock",
    "fastapi": "interfaces/http interfaces/casefile_http interfaces/fetch_http web",
    "ftfy": "reading/plain",
    "gradio": "web",
    "haystack": "interfaces/frameworks/haystack",
    "grpc": "store/milvus/engine",
    "htmldate": "reading/html/metadata",
    "jinja2": "interfaces/html",
    "langchain_core": "interfaces/frameworks/langchain",
    "llama_index": "interfaces/frameworks/llama_index",
    "lxml": "reading citing",
    "markupsafe": "interfaces/html interfaces/dossier web",
    "mcp": "interfaces/mcp",
    "onnxruntime": "answering/reader reading/ocr/engine",
    "olefile": "reading/outlook",
    "openpyxl": "reading/tables interfaces/evidence_files",
    "openvino": "encoder/compiled",
    "pathspec": "reading/folders",
    "PIL": "reading",
    "platformdirs": "settings",
    "pptx": "reading/pptx",
    "pydantic": "interfaces web/conversations",
    "pymilvus": "store/milvus",
    "py3langid": "text/languages",
    "pypdfium2": "reading/pdf",
    "rapidfuzz": "store/sqlite/lexical store/milvus/searcher agreement/comparing",
    "rapidocr": "reading/ocr/engine",
    "typst": "interfaces/dossier/pdf",
    "ray": "ingest/distributed",
    "rich": "interfaces/progress interfaces/terminal",
    "sentence_transformers": "encoder/reference",
    "Stemmer": "text/tokens",
    "sqlite3": "store/sqlite store/user_file web/history casefile",
    "shtab": "__main__",
    "starlette": "interfaces/http interfaces/casefile_http interfaces/fetch_http interfaces/responses interfaces/mcp "
    "web",
    "stop_words": "text/languages",
    "striprtf": "reading/rtf",
    "tantivy": "store/sqlite/lexical",
    "text_to_num": "agreement/local_values",
    "tokenizers": "encoder answering/reader",
    "tomllib": "interfaces/config reading",
    "torch": "encoder",
    "transformers": "encoder/reference",
    "urllib3": "fetching",
    "uvicorn": "web",
    "watchfiles": "ingest/watching",
}
EVERYWHERE = {"numpy"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).with_suffix("").as_posix()


# Read before any test runs, as a thread that a test leaves behind may disturb Python's own parser.
TREES = {
    file: ast.parse(file.read_text(encoding="utf-8"))
    for file in [
        ROOT / "app.py",
        *(file for name in ("retriever", "eval", "training") for file in (ROOT / name).rglob("*.py")),
    ]
}


def imports(file: Path) -> Iterator[str]:
    """What a file imports, as dotted absolute names."""
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*package[: len(package) - node.level + 1]] if node.level else [])
            module = ".".join(part for part in (base, node.module) if part)
            yield from ([module] if node.module else [f"{module}.{alias.name}" for alias in node.names])


@pytest.mark.parametrize(
    "file", [ROOT / "app.py", PACKAGE / "__main__.py", *sorted((ROOT / "eval").glob("*.py"))], ids=lambda f: f.name
)
def test_programs_see_only_the_public_names(file: Path) -> None:
    """But for the page and the progress of the command line, the command line itself, which app.py starts, and the
    readers that `eval.extraction` and `eval.boxes` measure."""
    own = {dotted for dotted in imports(file) if dotted.split(".")[0] == "retriever"}
    also = (
        {
            "retriever.web.auth",
            "retriever.web.forget",
            "retriever.web.loading",
            "retriever.web.meanwhile",
            "retriever.web.server",
            "retriever.encoder.preparing",
            "retriever.errors",
            "retriever.filters",
            "retriever.interfaces.arguments",
            "retriever.interfaces.collection_command",
            "retriever.interfaces.check_command",
            "retriever.interfaces.config",
            "retriever.interfaces.fetch_command",
            "retriever.interfaces.index_command",
            "retriever.interfaces.input_files",
            "retriever.interfaces.output",
            "retriever.interfaces.output_files",
            "retriever.interfaces.report_schemas",
            "retriever.interfaces.casefile_command",
            "retriever.interfaces.cite_command",
            "retriever.interfaces.standing_command",
            "retriever.interfaces.table_command",
            "retriever.interfaces.absence_report",
            "retriever.interfaces.requests",
            "retriever.interfaces.schemas",
            "retriever.interfaces.scope_names",
            "retriever.interfaces.logs",
            "retriever.interfaces.mcp",
            "retriever.interfaces.powershell",
            "retriever.interfaces.progress",
            "retriever.interfaces.terminal",
            "retriever.interfaces.versions_fields",
            "retriever.interfaces.text",
            "retriever.interfaces.written",
        }
        if file.parent == PACKAGE
        else {"retriever.__main__"}
    )
    measured = {"retriever.reading"} if file.stem in ("extraction", "boxes", "ocr") else set()
    assert own <= {"retriever", *also, *measured}


@pytest.mark.parametrize("file", modules(), ids=name_of)
def test_each_third_party_package_has_one_home(file: Path) -> None:
    for dotted in imports(file):
        top = dotted.split(".")[0]
        homes = HOMES.get(top, name_of(file)).split()
        assert any(name_of(file) == home or name_of(file).startswith(f"{home}/") for home in homes), f"{top}: {homes}"


def test_every_file_of_tests_has_a_name_of_its_own() -> None:
    """Two of one name cannot be collected in one run, since the folders of tests are no packages."""
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_every_third_party_package_has_a_home() -> None:
    ours = {"retriever", *EVERYWHERE, *HOMES, *sys.stdlib_module_names}
    assert {dotted.split(".")[0] for file in modules() for dotted in imports(file)} <= ours


def test_the_exported_names_are_those_that_are_imported_in_order() -> None:
    imported = [
        alias.name
        for node in TREES[PACKAGE / "__init__.py"].body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted(imported) == retriever.__all__ == sorted(retriever.__all__)


def test_the_package_lists_its_parts_in_the_order_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    listed = re.findall(r"^    (\w+) {2,}", retriever.__doc__ or "", re.MULTILINE)
    assert listed == contracts[0]["layers"][::-1]


@pytest.mark.parametrize("name", retriever.__all__)
def test_every_exported_name_says_what_it_is(name: str) -> None:
    said = getattr(retriever, name).__doc__
    assert said
    assert not said.startswith(f"{name}("), "a dataclass without words of its own"


@pytest.mark.parametrize("file", modules(), ids=name_of)
def test_every_module_says_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(TREES[file])


def test_what_is_heavy_is_imported_when_it_is_needed() -> None:
    """`ibid ask` starts without torch, the page, and what reads files, shows progress or writes JSON."""
    heavy = {
        "chardet",
        "citeproc",
        "dateparser",
        "ftfy",
        "gradio",
        "lxml",
        "mcp",
        "olefile",
        "onnxruntime",
        "openpyxl",
        "openvino",
        "pathspec",
        "pptx",
        "pydantic",
        "pypdfium2",
        "rich",
        "sentence_transformers",
        "torch",
        "transformers",
        "urllib3",
    }
    script = "import sys, retriever.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert heavy <= set(HOMES)
    assert not heavy & set(done.stdout.split())


def commands() -> dict[str, argparse.ArgumentParser]:
    return commands_of(build_parser())


def test_the_commands_are_those_of_the_contract() -> None:
    assert list(commands()) == [
        *("index", "fetch", "ask", "table", "absence", "chat", "check", "list", "collection", "timeline", "show"),
        *("versions", "edit", "cite", "remove", "forget", "pin", "dossier", "standing", "cases", "copy"),
        *("verify", "serve", "token", "mcp", "completion"),
    ]


@pytest.mark.parametrize("name", commands())
def test_every_command_and_option_has_help(name: str) -> None:
    command = commands()[name]
    assert command.description
    assert all(action.help for action in command._actions)


@pytest.mark.parametrize("name", commands())
def test_every_command_has_an_example_that_can_be_typed(name: str) -> None:
    epilog = commands()[name].epilog
    assert epilog
    first, *examples = epilog.splitlines()
    assert first == "for example:"
    assert examples
    for example in examples:
        ibid, *arguments = shlex.split(example.split(">")[0], comments=True)
        assert ibid == "ibid"
        assert build_parser().parse_args(arguments).command
