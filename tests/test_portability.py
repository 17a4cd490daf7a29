"""Ibid runs on systems that lack modules of this one: Windows has no `fcntl`, and macOS has no `/proc`."""

import subprocess
import sys

from tests.paths import ROOT

_IMPORT_EVERYTHING = """
import builtins, pkgutil, sys
from importlib import import_module

original = builtins.__import__

def without_posix(name, globals=None, locals=None, fromlist=(), level=0):
    ours = (globals or {}).get("__name__", "").partition(".")[0] == "retriever"
    if ours and name.partition(".")[0] in ("fcntl", "resource", "pwd", "grp", "termios", "posix", "readline", "pty"):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return original(name, globals, locals, fromlist, level)

builtins.__import__ = without_posix
import retriever
modules = [each.name for each in pkgutil.walk_packages(retriever.__path__, "retriever.")]
for name in modules:
    if name != "retriever.__main__" and not name.startswith("retriever.interfaces.frameworks."):
        import_module(name)
print(len(modules))
"""


def test_every_module_can_be_imported_where_posix_s_own_are_missing() -> None:
    """Only Ibid's own imports are refused: the standard library knows where it is."""
    run = subprocess.run([sys.executable, "-c", _IMPORT_EVERYTHING], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr[-2000:]
    assert int(run.stdout) > 200
