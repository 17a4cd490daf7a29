"""Ask the running `/api` what its own description allows, and what it does not: `python -m tests.fuzz.http 200`.

Schemathesis makes the requests, from `/api/openapi.json` alone, and checks what comes back: no status of 500, every
answer as it is described, what is described as wrong refused. It is installed apart, as it is large:
`pip install schemathesis` in an environment of its own, whose `st` is on the path or named with `--with`.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from retriever import Assistant
from tests.serving import Server
from tests.world import write_world

LONGEST_SECONDS = 20  # of one answer
EXCEPT = ("--exclude-checks", "positive_data_acceptance")
"""A document that is not there, a date that is none, a file of no known kind are refused: no schema says which."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.http", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("examples", type=int, nargs="?", default=100, help="requests of each kind, at the most")
    parser.add_argument("--with", dest="command", default="st", metavar="PATH", help="schemathesis' command")
    parser.add_argument("--seed", type=int, default=1904)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-http-"))
    with Assistant.open(folder / "library", create=True) as assistant:
        assistant.index([write_world(folder / "varn")])
    server = Server(folder, folder / "library")
    server.start()
    try:
        options = {"--max-examples": asked.examples, "--seed": asked.seed, "--request-timeout": LONGEST_SECONDS}
        given = [text for name, value in options.items() for text in (name, str(value))]
        command = [asked.command, "run", f"{server.address}api/openapi.json", *given, *EXCEPT, "--no-color"]
        shutil.copy(Path(__file__).with_name("lines.py"), folder)
        hooks = {"SCHEMATHESIS_HOOKS": "lines", "PYTHONPATH": str(folder)}
        status = subprocess.run(command, check=False, cwd=folder, env={**os.environ, **hooks}).returncode
    finally:
        server.stop()
    print(server.log)
    return status or int("Traceback" in server.log)


if __name__ == "__main__":
    sys.exit(main())
