"""The configuration file: what it may say, who wins, and one sentence for what is wrong."""

import os
from pathlib import Path

import pytest

from retriever import IbidError
from retriever.interfaces.arguments import build_parser, commands_of
from retriever.interfaces.config import HARMLESS, config_file, configured, read_config
from retriever.settings import Limits, Settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IBID_CONFIG", "IBID_HISTORY", "IBID_ENCODER", "IBID_LIBRARY"):
        monkeypatch.delenv(name, raising=False)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "ibid.toml"
    file.write_text(text)
    return file


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, 'library = "here"\nhistory = "there.db"\n[serve]\nport = 8000\nauth = ["ada"]\n')
    monkeypatch.setenv("IBID_CONFIG", str(file))
    monkeypatch.setenv("IBID_HISTORY", "mine.db")
    parser = build_parser()
    with configured(["serve"], parser):
        assert os.environ["IBID_LIBRARY"] == str(tmp_path / "here")
        assert os.environ["IBID_HISTORY"] == "mine.db"
        chosen = parser.parse_args(["serve"])
        assert (chosen.port, chosen.auth) == (8000, ["ada"])
        assert parser.parse_args(["serve", "--port", "9000"]).port == 9000
    assert "IBID_LIBRARY" not in os.environ


def test_the_port_comes_from_the_option_else_the_variable_else_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IBID_CONFIG", str(written(tmp_path, "[serve]\nport = 8000\n")))
    for variables, port in (({}, 8000), ({"IBID_PORT": "8001"}, 8001)):
        monkeypatch.delenv("IBID_PORT", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        parser = build_parser()
        with configured(["serve"], parser):
            assert parser.parse_args(["serve"]).port == port
            assert parser.parse_args(["serve", "--port", "9000"]).port == 9000
    monkeypatch.setenv("IBID_PORT", "99999")
    with pytest.raises(IbidError, match=r"^\$IBID_PORT: .*'99999' is not a port"), configured(["serve"], parser):
        pass
    with configured(["list"], parser):
        pass


@pytest.mark.parametrize("typed", [["--port", "9000"], ["--port=9000"], ["--po", "9000"]])
@pytest.mark.parametrize("value", ["abc", "0", "99999", ""])
def test_a_wrong_variable_whose_option_is_given_is_not_looked_at(
    typed: list[str], value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IBID_PORT", value)
    parser = build_parser()
    with configured(["serve", *typed], parser):
        assert parser.parse_args(["serve", *typed]).port == 9000
    assert os.environ["IBID_PORT"] == value


@pytest.mark.parametrize(
    ("variable", "arguments"),
    [
        ("IBID_LIBRARY", ["list", "--library", "mine"]),
        ("IBID_LIBRARY", ["copy", "--from=mine", "--to", "theirs"]),
        ("IBID_ENCODER", ["index", "--encoder", "shipped"]),
        ("IBID_WRITER", ["ask", "Who?", "--writer", "http://127.0.0.1:8080/v1"]),
        ("IBID_WRITER_MODEL", ["ask", "Who?", "--writer-model", "small"]),
    ],
)
def test_an_empty_variable_is_an_error_unless_its_option_is_given(
    variable: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "")
    with configured(arguments, build_parser()):
        assert variable not in os.environ
    assert os.environ[variable] == ""
    said = rf"^\${variable} is empty; give it a value, or unset it\.$"
    with pytest.raises(IbidError, match=said), configured(arguments[:1], build_parser()):
        pass
    with configured([arguments[0], "--help"], build_parser()):
        pass


def test_the_file_sets_limits(tmp_path: Path) -> None:
    file = written(tmp_path, "[limits]\nseconds = 7\nlargest_file_bytes = 1000\n")
    assert read_config(file, build_parser()).settings == Settings(largest_file_bytes=1000, limits=Limits(seconds=7))


@pytest.mark.parametrize("arguments", [["list", "--library", "{}/lib"], ["list", "--library={}/lib"]])
def test_the_file_lies_beside_the_library(tmp_path: Path, arguments: list[str]) -> None:
    given = [argument.format(tmp_path) for argument in arguments]
    assert config_file(given) is None
    assert config_file([]) is None
    file = written(tmp_path, "")
    assert config_file(given) == file
    assert config_file(["list", "--library", "milvus://varn.example:19530/x"]) is None


@pytest.mark.parametrize(
    "text",
    [
        'library = "x"',
        'encoder = "x"',
        '[serve]\nhost = "0.0.0.0"',
        '[index]\non = "ray://x:1"',
        "[index]\nprune = true",
    ],
)
def test_a_file_that_may_have_come_with_a_library_sets_nothing_that_reaches_elsewhere(
    tmp_path: Path, text: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(IbidError, match="IBID_CONFIG"):
        read_config(file, build_parser(), chosen=False)
    read_config(file, build_parser())


@pytest.mark.parametrize(
    "text",
    [
        "top = 3",
        "x",
        "library = 3",
        "[limits]\nseconds = 0",
        "[limits]\nseconds = true",
        "[limits]\nhours = 1",
        "[fly]\ntop = 3",
        "[ask]\nhigh = 3",
        '[ask]\ntop = "two"',
        "[ask]\ntop = [3]",
        "[ask]\nsource = 3",
        "[ask]\njson = 1",
        "[ask]\nhelp = true",
        "[ask]\nquiet = true",
        '[ask]\nlog-level = "loud"',
        "[ask]\nsince = 2022-01-01",
        '[ask]\nsince = ""',
        'library = ""',
        'writer = ""',
    ],
)
def test_a_wrong_name_or_value_gets_one_sentence_with_the_file(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(IbidError) as error:
        read_config(file, build_parser())
    assert str(error.value).startswith(str(file))
    assert "\n" not in str(error.value)


def test_a_missing_file_that_is_named_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IBID_CONFIG", str(tmp_path / "nowhere.toml"))
    with pytest.raises(IbidError, match=r"nowhere\.toml"):
        config_file([])
    assert config_file(["ask", "--help"]) is None


def test_what_is_harmless_is_an_option() -> None:
    options = {each for command in commands_of(build_parser()).values() for each in command._option_string_actions}
    assert {f"--{name}" for name in HARMLESS} <= options
