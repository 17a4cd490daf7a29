"""The configuration file `ibid.toml`: what a user would otherwise type again and again.

In: `$IBID_CONFIG`, or the file beside the library. Out: environment variables, limits, and defaults of options. One
decision: what stands nearer to the command wins: the command line, then the environment, then the file.
"""

import argparse
import os
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..errors import IbidError
from ..settings import (
    CONFIG_VARIABLE,
    ENCODER_VARIABLE,
    ENCODERS_VARIABLE,
    HISTORY_VARIABLE,
    LIBRARY_VARIABLE,
    PORT_VARIABLE,
    WRITER_MODEL_VARIABLE,
    WRITER_VARIABLE,
    Limits,
    Settings,
    default_library,
)
from .arguments import commands_of

NAME = "ibid.toml"
PATHS = {
    "library": LIBRARY_VARIABLE,
    "history": HISTORY_VARIABLE,
    "encoders": ENCODERS_VARIABLE,
    "encoder": ENCODER_VARIABLE,
}
"""Key -> the variable that it stands for. Paths are relative to the file's folder."""
WRITER = {"writer": WRITER_VARIABLE, "writer_model": WRITER_MODEL_VARIABLE}
"""The same for the language model that may join quotes; they are no paths."""
OPTIONS = {PORT_VARIABLE: ("serve", "port")}
"""Variable -> the command and the option whose default it is."""
VARIABLES = {
    LIBRARY_VARIABLE: "library",
    HISTORY_VARIABLE: None,
    ENCODERS_VARIABLE: None,
    ENCODER_VARIABLE: "encoder",
    CONFIG_VARIABLE: None,
    WRITER_VARIABLE: "writer",
    WRITER_MODEL_VARIABLE: "writer_model",
    PORT_VARIABLE: "port",
}
"""Variable that must not be empty -> where the parser keeps the option that comes before it."""
LIMITS = {
    *("largest_file_bytes", "longest_question_words", "writer_seconds", "fetch_seconds"),
    *(each.name for each in fields(Limits)),
}
"""Keys of the table `limits`: fields of `Settings` and of `Limits`."""
HOOK = "hook"
"""The key of the command that gets each notice of a standing question."""
FETCH_ALLOW = "fetch_allow"
"""The key of the private networks that web pages may be fetched from."""

ASKS_NOTHING = frozenset(("-h", "--help", "--version"))
"""Options that only print; a wrong file must not keep them from it."""
HARMLESS = {
    "collection",
    "document",
    "exclude",
    "json",
    "language",
    "log-level",
    "retry",
    "since",
    "source",
    "top",
    "until",
    "watch",
}
"""Options that a file may set that only lies beside a library: none opens, writes or removes anything elsewhere."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file says.

    Attributes:
        variables: environment variables that it stands for.
        settings: its limits.
        options: command -> its options -> their defaults.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def config_file(arguments: Sequence[str]) -> Path | None:
    """The configuration file: `$IBID_CONFIG`, else `ibid.toml` beside the library; None if there is none.

    Args:
        arguments: of the command, for its `--library`.

    Raises:
        IbidError: the file that `$IBID_CONFIG` names is not there.
    """
    if ASKS_NOTHING.intersection(arguments):
        return None
    if named := os.environ.get(CONFIG_VARIABLE):
        if not Path(named).is_file():
            raise IbidError(f"${CONFIG_VARIABLE} names {named}, which is not a file.")
        return Path(named)
    library = next((given for given in map(_library_option, arguments, [*arguments[1:], ""]) if given), "")
    beside = Path(library or default_library()).absolute().parent / NAME
    return beside if "://" not in library and beside.is_file() else None


def _library_option(argument: str, following: str) -> str:
    name, _, value = argument.partition("=")
    return (value or following) if name == "--library" else ""


def read_config(file: Path, parser: argparse.ArgumentParser, *, chosen: bool = True) -> Config:
    """Read a configuration file.

    Args:
        file: in TOML.
        parser: of the command line, whose options it may set.
        chosen: whether the user has named the file. One that only lies beside a library may have come with it.

    Raises:
        IbidError: it cannot be read, or a name or a value in it is wrong.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise IbidError(f"{file} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise IbidError(f"{file} is not TOML: {error}.") from error
    commands, variables, settings, options = commands_of(parser), {}, Settings(), {}
    for name, value in tables.items():
        if name in PATHS and value and isinstance(value, str):
            _check_trusted(file, name, is_trusted=chosen)
            variables[PATHS[name]] = value if "://" in value else str(file.absolute().parent / value)
        elif name in WRITER and value and isinstance(value, str):
            _check_trusted(file, name, is_trusted=chosen)
            variables[WRITER[name]] = value
        elif name == "limits" and isinstance(value, dict):
            settings = _with_limits(file, value, settings)
        elif name in (HOOK, FETCH_ALLOW):
            _check_trusted(file, name, is_trusted=chosen)
            settings = _with_own(file, name, value, settings)
        elif name in commands and isinstance(value, dict):
            for key in value:
                _check_trusted(file, f"{name}, {key}", is_trusted=chosen or key.replace("_", "-") in HARMLESS)
            options[name] = {key: _default(file, commands[name], name, key, one) for key, one in value.items()}
        else:
            known = ", ".join(sorted({*PATHS, *WRITER, HOOK, FETCH_ALLOW, "limits", *commands}))
            raise IbidError(f"{file}: {name} is unknown, or is not of the right kind. Known are: {known}.")
    return Config(variables, settings, options)


def _check_trusted(file: Path, name: str, *, is_trusted: bool) -> None:
    if not is_trusted:
        raise IbidError(f"{file}: {name} is taken only from the file that ${CONFIG_VARIABLE} names.")


def _with_own(file: Path, name: str, value: object, settings: Settings) -> Settings:
    """The settings with what only their owner may set."""
    if name == HOOK:
        return replace(settings, hook=_command(file, value))
    return replace(settings, fetch_allow=_networks(file, value))


def _command(file: Path, value: object) -> tuple[str, ...]:
    """A program and its arguments; no shell reads them."""
    if not (isinstance(value, list) and value and all(isinstance(one, str) and one for one in value)):
        raise IbidError(f'{file}: {HOOK} must be a program and its arguments: {HOOK} = ["notify", "--all"].')
    return tuple(value)


def _networks(file: Path, value: object) -> tuple[str, ...]:
    """Networks, each with a port or without."""
    from ..fetching.addresses import AllowedNetwork

    if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise IbidError(f'{file}: {FETCH_ALLOW} must be a list of networks: {FETCH_ALLOW} = ["10.1.0.0/16"].')
    try:
        for one in value:
            AllowedNetwork.of(one)
    except IbidError as error:
        raise IbidError(f"{file}: in {FETCH_ALLOW}, {error}") from error
    return tuple(value)


def _with_limits(file: Path, given: Mapping[str, Any], settings: Settings) -> Settings:
    for name, value in given.items():
        if name not in LIMITS or type(value) is not int or value < 1:
            known = ", ".join(sorted(LIMITS))
            raise IbidError(f"{file}: in limits, {name} must be one of {known}, and a whole number of 1 or more.")
    inner = {each.name for each in fields(Limits)}
    limits = replace(Limits(), **{name: value for name, value in given.items() if name in inner})
    return replace(settings, limits=limits, **{name: value for name, value in given.items() if name not in inner})


def _default(file: Path | str, command: argparse.ArgumentParser, name: str, key: str, value: object) -> object:
    """The default of an option, in the form that the parser gives it.

    Raises:
        IbidError: the command has no such option, or the value is wrong.
    """
    options = {dashed[2:]: option for dashed, option in command._option_string_actions.items() if dashed[2:]}
    known = sorted(options.keys() - {"help", "library", "quiet", "verbose", "h"})
    option = options.get(key.replace("_", "-"))
    if option is None or key.replace("_", "-") not in known:
        raise IbidError(f"{file}: in {name}, {key} is not an option. They are: {', '.join(known)}.")
    if option.nargs == 0:
        if isinstance(value, bool):
            return value
        raise IbidError(f"{file}: in {name}, {key} must be true or false.")
    is_list = isinstance(option.default, list)
    several = value if isinstance(value, list) else [value]
    if isinstance(value, list) != is_list or not all(type(one) in (str, int) for one in several):
        raise IbidError(f"{file}: in {name}, {key} must be {'a list of texts' if is_list else 'a text or a number'}.")
    try:
        taken = [command._get_values(option, [str(one)]) for one in several]
    except argparse.ArgumentError as error:
        raise IbidError(f"{file}: in {name}, {key}: {error.message}.") from error
    return taken if is_list else taken[0]


@contextmanager
def configured(arguments: Sequence[str], parser: argparse.ArgumentParser) -> Iterator[Settings]:
    """Apply the configuration file while a command runs.

    Args:
        arguments: of the command.
        parser: it gets the defaults of options.

    Raises:
        IbidError: the file is wrong, or a variable.
    """
    given = _given(commands_of(parser).get(arguments[0]) if arguments else None, arguments[1:])
    hidden = {name: os.environ[name] for name, option in VARIABLES.items() if option in given and name in os.environ}
    for name in hidden:  # the option wins, whatever the variable says
        del os.environ[name]
    try:
        with _configured(arguments, parser, given) as settings:
            yield settings
    finally:
        os.environ.update(hidden)


def _given(command: argparse.ArgumentParser | None, arguments: Sequence[str]) -> frozenset[str]:
    """Where the parser keeps the options that are typed, some of them shortened."""
    options = command._option_string_actions if command else {}
    typed = (argument.partition("=")[0] for argument in arguments if argument.startswith("--") and argument != "--")
    meant = ([one] if one in options else [each for each in options if each.startswith(one)] for one in typed)
    return frozenset(options[one].dest for (one,) in filter(lambda found: len(found) == 1, meant))


@contextmanager
def _configured(
    arguments: Sequence[str], parser: argparse.ArgumentParser, given: Collection[str]
) -> Iterator[Settings]:
    """Apply the configuration file and the variables, but for those whose option is given."""
    if not ASKS_NOTHING.intersection(arguments):
        for name in VARIABLES:
            if os.environ.get(name) == "":
                raise IbidError(f"${name} is empty; give it a value, or unset it.")
    file = config_file(arguments)
    config = read_config(file, parser, chosen=bool(os.environ.get(CONFIG_VARIABLE))) if file else Config()
    for name, defaults in config.options.items():
        commands_of(parser)[name].set_defaults(**{key.replace("-", "_"): value for key, value in defaults.items()})
    for variable, (name, key) in OPTIONS.items():
        if name in arguments[:1] and (value := os.environ.get(variable)) and not ASKS_NOTHING.intersection(arguments):
            command = commands_of(parser)[name]
            command.set_defaults(**{key: _default(f"${variable}", command, name, key, value)})
    added = {
        name: value
        for name, value in config.variables.items()
        if name not in os.environ and VARIABLES.get(name) not in given
    }
    os.environ.update(added)
    try:
        yield config.settings
    finally:
        for name in added:
            os.environ.pop(name, None)
