"""Let atheris lead each target by what of the code it reaches: `python -m tests.fuzz.guided 600 --only splitter`.

It is installed apart, as it is large (35 MB) and follows new Pythons late: `pip install atheris`. Each target has a
process of its own, since libFuzzer ends the one that it runs in; what fails is kept in a folder.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import warnings
from importlib import import_module
from pathlib import Path

SLOW_SECONDS = 10  # an input of some kilobytes that takes longer hangs
LARGEST_MB = 4_000
_DONE = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_REACHED = re.compile(r"cov: (\d+)")


def lead(name: str, folder: Path, seconds: int) -> None:
    """Feed one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["retriever"]):
        from retriever import Assistant
        from retriever.reading.formats import FORMATS
        from tests.fuzz.targets import targets
        from tests.world import WordEncoder, write_world

        for parser in {kind.parser for kind in FORMATS.values() if kind.parser}:
            import_module(parser, "retriever.reading")
    warnings.simplefilter("ignore")  # what a library says of a broken file
    assistant = Assistant.open(folder / "library", encoder=WordEncoder(), create=True)
    assistant.index([write_world(folder / "varn")])
    target, whole = targets(assistant)[name]
    (folder / "inputs").mkdir()
    (folder / "inputs" / "whole").write_bytes(whole)
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOW_SECONDS}", f"-rss_limit_mb={LARGEST_MB}"]
    kept = [f"-artifact_prefix={folder}/", "-print_final_stats=1", "-seed=1904", str(folder / "inputs")]
    atheris.Setup([sys.argv[0], *limits, *kept], target)
    atheris.Fuzz()


def names(part: str) -> list[str]:
    """The targets whose name holds this."""
    from retriever import Assistant
    from tests.fuzz.targets import targets
    from tests.world import WordEncoder, write_world

    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    with Assistant.open(folder / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.index([write_world(folder / "varn")])
        return [name for name in targets(assistant) if part in name]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("seconds", type=int, nargs="?", default=600, help="in all, evenly for each target")
    parser.add_argument("--only", default="", help="targets whose name holds this")
    parser.add_argument("--target", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.target:
        lead(asked.target[0], Path(asked.target[1]), asked.seconds)
    failed, total, chosen = 0, 0, names(asked.only)
    for name in chosen:
        folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name.replace(' ', '')}-"))
        command = [sys.executable, "-m", "tests.fuzz.guided", str(max(1, asked.seconds // len(chosen)))]
        done = subprocess.run([*command, "--target", name, str(folder)], capture_output=True, check=False)
        said = done.stderr.decode(errors="replace")
        (folder / "log").write_text(said)
        count = sum(map(int, _DONE.findall(said)))
        reached = _REACHED.findall(said)
        print(f"{name}: {count:,} inputs, {reached[-1] if reached else 0} branches", flush=True)
        total += count
        if done.returncode:
            failed += 1
            print(f"{name} FAILED, see {folder}", flush=True)
    print(f"{total:,} inputs in {asked.seconds} s; {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
