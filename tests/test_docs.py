"""The documentation does what it says: every command and snippet is run, every picture is the code's own."""

import configparser
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from ast import Expr, parse, unparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from retriever import Answer
from retriever.interfaces.arguments import build_parser
from retriever.interfaces.config import read_config
from retriever.interfaces.html.cards import notebook_html
from retriever.web.middleware import SecurityMiddleware
from tests.paths import ROOT
from tests.serving import Server
from tests.world import write_world

DOCS = ROOT / "docs"
PAGES = [page for page in sorted(DOCS.glob("*.md")) if page.name != "answer-format.md"]  # that one is test_contract's
LOCAL = "http://127.0.0.1:7860"
KINDS = {"sh", "python", "text", "json", "ini", "dockerfile", "nginx", "toml"}

Block = tuple[str, str]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page: kind and content."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)


def block(page: str, kind: str) -> str:
    (found,) = [content for one, content in blocks(DOCS / page) if one == kind]
    return found


def run_blocks() -> list[Path]:
    return [page for page in PAGES if {"sh", "python"} & {kind for kind, _ in blocks(page)}]


class Shell:
    """A folder in which a reader types what a page says; commands that would not end are only read."""

    def __init__(self, folder: Path, library: Path, address: str) -> None:
        self._folder = folder / "clone"
        write_world(self._folder / "my-folder")
        commands = folder / "bin"
        commands.mkdir()
        here = f"export PYTHONPATH={ROOT} PYTHONWARNINGS=ignore IBID_LIBRARY=${{IBID_LIBRARY:-{library}}}"
        code = "from retriever.interfaces.arguments import build_parser; build_parser().parse_args(sys.argv[1:])"
        checked = f"import sys; {code}"
        pattern = LOCAL.replace("/", r"\/")
        shims = {
            "ibid": f'{here}\ncase "$1" in serve) set -- -c "{checked}" "$@";; *) set -- -m retriever "$@";; esac\n'
            f'exec {sys.executable} "$@"',
            "make": f'exec {shutil.which("make")} --dry-run --silent -C {ROOT} "$@"',
            "python": f'{here}\nexec {sys.executable} "$@"',
            "curl": f"exec {shutil.which('curl')} --noproxy '*' \"${{@//{pattern}/{address.rstrip('/')}}}\"",
        }
        for name, script in shims.items():
            (commands / name).write_text(f"#!/bin/bash\n{script}\n")
            (commands / name).chmod(0o755)
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != "IBID_LIBRARY"},
            "PATH": f"{commands}:{os.environ['PATH']}",
        }

    def type(self, kind: str, content: str) -> str:
        command = {"sh": ["bash", "-euo", "pipefail", "-c", content], "python": ["python", "-c", content]}[kind]
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"{content}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def shell(tmp_path: Path, real_library: Path) -> Shell:
    return Shell(tmp_path, Path(shutil.copytree(real_library, tmp_path / "shipped")), LOCAL)


@pytest.fixture
def served(tmp_path: Path, real_library: Path) -> Iterator[Shell]:
    """The same beside a server, as after `ibid serve`."""
    library = Path(shutil.copytree(real_library, tmp_path / "shipped"))
    server = Server(tmp_path, library)
    server.start()
    yield Shell(tmp_path, library, server.address)
    server.stop()


@pytest.mark.model
@pytest.mark.parametrize("guide", run_blocks(), ids=lambda guide: guide.name)
def test_what_a_page_says_to_type_does_what_it_says(guide: Path, request: pytest.FixtureRequest) -> None:
    shell = request.getfixturevalue("served" if "curl " in guide.read_text(encoding="utf-8") else "shell")
    printed = ""
    for kind, content in blocks(guide):
        if kind in ("sh", "python"):
            printed = shell.type(kind, content)
        elif kind == "text":
            expected = ".*".join(".*".join(map(re.escape, line.split("..."))) for line in content.splitlines())
            assert re.search(expected, printed, re.S), f"{content}\nwas printed as\n{printed}"


@pytest.mark.parametrize("guide", [ROOT / "README.md", *DOCS.glob("*.md")], ids=lambda guide: guide.name)
def test_every_link_leads_somewhere(guide: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", guide.read_text(encoding="utf-8")):
        assert (guide.parent / target).exists(), target


def test_the_commands_that_need_a_server_can_be_typed() -> None:
    commands = re.findall(r"`ibid (.*?)`", (DOCS / "scale.md").read_text(encoding="utf-8"))
    assert len(commands) > 3
    for command in commands:
        assert build_parser().parse_args(shlex.split(command)).command


@pytest.mark.parametrize("guide", PAGES, ids=lambda guide: guide.name)
def test_every_block_is_of_a_kind_that_is_tested(guide: Path) -> None:
    assert {kind for kind, _ in blocks(guide)} <= KINDS


def test_the_picture_is_drawn_from_the_code() -> None:
    specification = importlib.util.spec_from_file_location("flow", DOCS / "flow.py")
    assert specification
    assert specification.loader
    flow: Any = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(flow)
    kept = (DOCS / "flow.svg").read_text(encoding="utf-8")
    assert kept == flow.drawing(), "renew it: python docs/flow.py > docs/flow.svg"


def test_the_agents_line_starts_a_command_that_exists() -> None:
    (server,) = json.loads(block("api.md", "json"))["mcpServers"].values()
    assert server["command"] == "ibid"
    assert build_parser().parse_args(server["args"]).command


@pytest.mark.parametrize("service", ["docs/deploy.md", "deploy/ibid-watch.service"])
def test_the_service_starts_a_command_that_exists(service: str) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(block("deploy.md", "ini") if service.endswith(".md") else (ROOT / service).read_text())
    _, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert build_parser().parse_args(arguments).command
    settings = (ROOT / "retriever/settings.py").read_text(encoding="utf-8")
    for variable in shlex.split(unit["Service"]["Environment"]):
        assert f'"{variable.split("=")[0]}"' in settings


def test_the_page_of_settings_names_every_variable_and_its_file_can_be_read(tmp_path: Path) -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "retriever").rglob("*.py"))
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    used = set(re.findall(r'"(IBID_[A-Z_]+)"', code)) | {"IBID_REPOSITORY"}
    assert set(re.findall(r"^\| `(IBID_[A-Z_]+)`", page, re.M)) == used
    (tmp_path / "ibid.toml").write_text(block("settings.md", "toml"), encoding="utf-8")
    assert read_config(tmp_path / "ibid.toml", build_parser()).options["ask"] == {"top": 3}


def test_the_container_is_made_of_what_is_there() -> None:
    lines = [line.split(maxsplit=1) for line in block("deploy.md", "dockerfile").splitlines()]
    copied = [name for word, rest in lines if word == "COPY" for name in rest.split()[:-1]]
    assert copied
    assert all((ROOT / name).exists() for name in copied)
    needed = "pyproject.toml hatch_build.py constraints.txt README.md LICENSE NOTICE retriever corpus"
    assert copied == needed.split(), "what the wheel is built from"
    (command,) = [json.loads(rest) for word, rest in lines if word == "CMD"]
    assert build_parser().parse_args(command[1:]).command


def test_what_the_proxy_sends_is_let_in() -> None:
    sent = dict(re.findall(r"proxy_set_header (\w+) (\S+);", block("deploy.md", "nginx")))
    (translated,) = re.findall(r'"https://ibid.example" "(.*)";', block("deploy.md", "nginx"))
    assert sent["Origin"] == "$ibid_origin"
    client = TestClient(SecurityMiddleware(PlainTextResponse("in"), port=7860))
    assert client.get("/alive", headers={"Host": sent["Host"], "Origin": translated}).text == "in"
    assert client.get("/alive", headers={"Host": sent["Host"], "Origin": "https://ibid.example"}).status_code == 403


@pytest.mark.model
def test_the_notebook_runs_and_ends_in_plots(real_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DOCS)
    monkeypatch.setenv("IBID_LIBRARY", str(real_library))
    monkeypatch.setattr(sys, "path", list(sys.path))
    cells = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    assert all(cell["outputs"] == [] for cell in cells if cell["cell_type"] == "code"), "kept without what it printed"
    names: dict[str, Any] = {}
    shown = []
    for cell in cells:
        if cell["cell_type"] == "code":
            *body, last = parse("".join(cell["source"])).body
            value = isinstance(last, Expr)
            exec("\n".join(map(unparse, body if value else [*body, last])), names)
            if value and (result := eval(unparse(last), names)) is not None:
                html = notebook_html(result) if isinstance(result, Answer) else result._repr_html_()
                shown.append(html)
    names["assistant"].close()
    assert len(shown) == 5
    assert all("<svg" in html for html in shown[2:])
    assert all(":root" not in html for html in shown)
