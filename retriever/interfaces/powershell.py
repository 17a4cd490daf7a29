"""Completion for PowerShell, which shtab does not write.

In: the parser of the command line. Out: a script. One decision: it completes commands, options and the values of
options that have a list of them; for a file PowerShell completes by itself.
"""

import argparse
from collections.abc import Iterable, Mapping

from .arguments import commands_of

_SCRIPT = """\
Register-ArgumentCompleter -Native -CommandName ibid -ScriptBlock {{
    param($word, $ast, $position)
    $words = @{{
{words}
    }}
    $values = @{{
{values}
    }}
    $typed = @($ast.CommandElements | ForEach-Object {{ $_.ToString() }})
    $before = if ($word -eq '') {{ $typed[-1] }} elseif ($typed.Count -gt 1) {{ $typed[-2] }} else {{ '' }}
    $command = if ($typed.Count -gt 2 -or ($typed.Count -eq 2 -and $word -eq '')) {{ $typed[1] }} else {{ '' }}
    $found = if ($values.ContainsKey("$command $before")) {{ $values["$command $before"] }} else {{ $words[$command] }}
    $found | Where-Object {{ $_ -like "$word*" }} | ForEach-Object {{
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }}
}}"""


def powershell_script(parser: argparse.ArgumentParser) -> str:
    """Write the script that a user adds to their profile."""
    commands = commands_of(parser)
    words = {"": [*commands, "--help", "--version"]}
    values: dict[str, Iterable[str]] = {}
    for name, command in commands.items():
        words[name] = [each for option in command._actions for each in option.option_strings if each[:2] == "--"]
        for option in command._actions:
            if option.choices and option.option_strings:
                values |= {f"{name} {each}": option.choices for each in option.option_strings}
            elif option.choices:
                words[name] += map(str, option.choices)
    return _SCRIPT.format(words=_table(words), values=_table(values))


def _table(lists: Mapping[str, Iterable[str]]) -> str:
    """Entries of a hash table: a text -> an array of texts."""
    rows = (f"        {_quoted(name)} = @({', '.join(map(_quoted, words))})" for name, words in lists.items())
    return "\n".join(rows)


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
