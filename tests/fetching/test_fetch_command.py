"""`ibid fetch`, as a user types it."""

import json
from pathlib import Path

import pytest

from retriever.__main__ import main
from retriever.errors import FetchError
from retriever.fetching.addresses import WebAddress
from tests.web_site import Site, page


@pytest.mark.model
def test_a_page_is_fetched_listed_followed_and_let_go(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("retriever.fetching.client.PAUSE_SECONDS", 0.0)
    library = ("--library", str(tmp_path / "library"))
    site.answers["/ferry"] = page("The ferry", "The captain of the ferry is Tom Reed.")

    def run(*arguments: str) -> tuple[int, list[str], str]:
        status = main(["fetch", *arguments, *library])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    status, out, error = run(f"{site.address}/ferry")
    assert (status, out, site.asked) == (1, [], [])  # this machine is asked only if its owner allows it
    assert error.startswith("ibid: ")
    assert "fetch_allow" in error
    assert not (tmp_path / "library").exists()
    config = tmp_path / "config.toml"
    config.write_text(f"fetch_allow = {json.dumps(site.allowed)}\n")
    monkeypatch.setenv("IBID_CONFIG", str(config))
    status, out, error = run(f"{site.address}/ferry", f"{site.address}/none", "--daily", "--json")
    assert (status, len(out), error.count("\n")) == (1, 1, 1)
    assert "404" in error
    assert error.endswith(" It is not fetched daily.\n")
    fields = json.loads(out[0])
    assert (fields["state"], fields["daily"], fields["document"]) == ("added", True, f"127.0.0.1-{site.port}/ferry")
    status, out, _ = run("--list", "--json")
    assert (status, json.loads(out[0])["sha256"]) == (0, fields["sha256"])
    assert run("--due")[:2] == (0, ["Nothing is due; 1 address is fetched daily."])
    status, out, _ = run(f"{site.address}/ferry")
    assert (status, out[0]) == (0, f"unchanged 127.0.0.1-{site.port}/ferry: The ferry")
    assert run("--stop", f"{site.address}/ferry")[0] == 0
    assert run("--stop", f"{site.address}/ferry")[0] == 1
    assert main(["show", fields["document"], "--json", *library]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["fetched"] == {"address": f"{site.address}/ferry", "day": fields["fetched"][:10]}
    assert main(["forget", fields["document"], "--yes", *library]) == 0
    capsys.readouterr()
    assert run("--list")[:2] == (0, [])


@pytest.mark.parametrize(
    "arguments", [[], ["--due", "example.org"], ["--list", "x"], ["--stop"], ["--due", "--daily"], ["--due", "--list"]]
)
def test_options_that_make_no_sense_are_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fetch", *arguments])
    assert ended.value.code == 2


def test_an_empty_address_is_asked_for() -> None:
    with pytest.raises(FetchError, match=r"^Name an address: "):
        WebAddress.of(" ")


def test_networks_are_allowed_only_by_the_file_that_the_owner_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that lies beside a library may have come with it."""
    (tmp_path / "ibid.toml").write_text('fetch_allow = ["10.0.0.0/8"]\n')
    monkeypatch.delenv("IBID_CONFIG", raising=False)
    assert main(["fetch", "--list", "--library", str(tmp_path / "library")]) == 1
    assert "IBID_CONFIG" in capsys.readouterr().err
    (tmp_path / "ibid.toml").write_text('fetch_allow = ["everything"]\n')
    monkeypatch.setenv("IBID_CONFIG", str(tmp_path / "ibid.toml"))
    assert main(["fetch", "--list", "--library", str(tmp_path / "library")]) == 1
    assert "is not a network" in capsys.readouterr().err
