"""What Ibid is made of is pinned, and a file that was altered is noticed."""

import json
import re
import runpy
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace

import pytest

from retriever import settings
from retriever.settings import VERSION
from tests.supply import ROOT, altered, hashed, licence, needed, notice, pins, problems

HASHES = [ROOT / "hashes.txt", ROOT / "hashes-cluster.txt"]


def test_every_package_that_is_needed_is_pinned_to_the_version_that_is_here() -> None:
    packages = needed()
    assert {"numpy", "gradio", "torch", "starlette"} <= packages.keys()
    assert list(problems(packages, files=False)) == []


def test_every_package_that_is_needed_has_the_digest_of_its_file() -> None:
    lines = [line for file in HASHES for line in file.read_text().splitlines() if "==" in line]
    digests = {line.partition("==")[0]: line for line in lines}
    assert len(digests) == len(lines)
    for name, made in needed().items():
        assert digests[name].startswith(f"{name}=={made.version.partition('+')[0]} --hash=sha256:"), name


def test_the_notice_names_what_is_installed() -> None:
    kept = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert kept == notice(), "renew it: python -m tests.supply --notice > NOTICE"


def test_what_is_not_pinned_is_told() -> None:
    assert pins()["numpy"] == distribution("numpy").version
    assert list(problems({"unheard-of": distribution("numpy")}, files=False)) == [
        f"unheard-of {distribution('numpy').version}: not in constraints.txt"
    ]


def test_the_files_of_a_package_are_those_that_it_was_made_of(tmp_path: Path) -> None:
    assert list(altered(distribution("tantivy"))) == []
    (tmp_path / "boat-1.dist-info").mkdir()
    (tmp_path / "boat-1.dist-info" / "METADATA").write_text("Name: boat\nVersion: 1\nLicense: MIT\n")
    (tmp_path / "boat-1.dist-info" / "RECORD").write_text("boat.py,sha256=AAAA,5\ngone.py,sha256=AAAA,5\n")
    (tmp_path / "boat.py").write_text("boat\n")
    made = distribution("numpy").at(tmp_path / "boat-1.dist-info")
    assert (licence(made), list(altered(made))) == ("MIT", ["boat.py: altered", "gone.py: missing"])


def test_a_report_of_pip_becomes_requirements_with_digests(tmp_path: Path) -> None:
    item = {
        "metadata": {"name": "Boat_House", "version": "1.0+cpu"},
        "download_info": {"archive_info": {"hashes": {"sha256": "ab"}}},
    }
    folder = {"metadata": {"name": "ibid", "version": "0.1.0"}, "download_info": {"dir_info": {}}}
    (tmp_path / "report").write_text(json.dumps({"install": [item, folder]}))
    assert list(hashed(tmp_path / "report")) == ["boat-house==1.0 --hash=sha256:ab"]


def test_the_distribution_has_a_name_of_its_own_and_the_files_of_its_licences() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] != "ibid", "another project has that name on the index"
    assert project["scripts"] == {"ibid": "retriever.__main__:main"}
    assert all((ROOT / name).is_file() for name in project["license-files"])
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_nobody_is_told_to_install_another_s_package() -> None:
    told = [ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "Makefile"]
    told += [file for folder in ("docs", "retriever", "eval") for file in (ROOT / folder).rglob("*.*")]
    texts = {file: file.read_text(encoding="utf-8") for file in told if file.suffix in ("", ".md", ".py", ".ipynb")}
    wrong = re.compile(r"pip3? install [^\n`]*(?<![\w./-])ibid(?:-quotes)?(?![\w-])")
    assert not [str(file) for file, text in texts.items() if wrong.search(text)]
    assert wrong.search("pip install 'ibid[mcp]'")
    assert wrong.search("pip install ibid-quotes"), "no index has it"
    assert not wrong.search("pip install -e '.[pdf]'")


def test_an_extra_is_added_in_the_clone_that_runs_and_to_its_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs = tmp_path / ".venv" / "bin"
    monkeypatch.setattr(settings, "CHECKOUT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    pip = Path(".venv", "bin", "pip")
    assert settings.install_command("pdf") == f"{pip} install -c constraints.txt '.[pdf]'"
    (tmp_path / "pyproject.toml").touch()
    assert settings.install_command("pdf") == f"{pip} install -c constraints.txt -e '.[pdf]'"
    monkeypatch.setattr(sys, "prefix", "/opt/ibid")
    assert settings.install_command("pdf") == "pip install -c constraints.txt -e '.[pdf]'"


def test_the_links_of_the_readme_lead_somewhere_from_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("hatchling", "hatchling.metadata", "hatchling.metadata.plugin", "hatchling.metadata.plugin.interface"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(MetadataHookInterface=object))  # only builds have it
    readme_for_index = runpy.run_path(str(ROOT / "hatch_build.py"))["readme_for_index"]
    readme = "![A page](docs/page.png)\n[Start](docs/start.md) and [elsewhere](https://varn.example/a.md)\n"
    published = readme_for_index(readme, "https://varn.example/ibid")
    assert "![A page](https://varn.example/ibid/raw/HEAD/docs/page.png)" in published
    assert "[Start](https://varn.example/ibid/blob/HEAD/docs/start.md)" in published
    assert readme_for_index(readme, "") == "\nStart and [elsewhere](https://varn.example/a.md)\n"
