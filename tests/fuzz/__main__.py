"""Feed every target with chance: `python -m tests.fuzz --seconds 600`; with `--hostile`, index the hostile corpus too.

Inputs are whole files with bytes changed, cut, doubled and swapped, and those that fail are kept in a folder.
"""

import argparse
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from retriever import Assistant, Settings
from retriever.settings import Limits
from tests.fuzz import hostile
from tests.fuzz.targets import targets
from tests.world import WordEncoder, write_world

_SLOW_SECONDS = 10.0  # an input of some kilobytes that takes longer hangs


def mutated(data: bytes, draw: random.Random) -> bytes:
    """Some bytes of an input changed, cut, doubled, swapped or made anew."""
    out = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4, 16, 64))):
        at, length = draw.randrange(len(out) + 1), draw.choice((1, 1, 2, 4, 40))
        match draw.randrange(6):
            case 0:
                out[at : at + length] = draw.randbytes(length)
            case 1:
                del out[at : at + length * 10]
            case 2:
                out[at:at] = out[at : at + length * 10] * draw.choice((2, 3, 100))
            case 3:
                out[at : at + 1] = bytes([draw.choice((0, 0x7F, 0x80, 0xFF, 0x3C, 0x22, 0x5C, 0x0A))])
            case 4:
                out[at:at] = draw.choice(("\u202e", "<", "&#x", "99999999", "%00", "]]>", "\ud7ff")).encode()
            case _:
                other = draw.randrange(len(out) + 1)
                out[at : at + length], out[other : other + length] = out[other : other + length], out[at : at + length]
    return bytes(out)


def feed(
    name: str,
    target: Callable[[bytes], None],
    whole: bytes,
    keep: Path,
    seed: int = 1904,
    *,
    seconds: float = math.inf,
    count: float = math.inf,
) -> tuple[int, list[str]]:
    """Feed one target for a while, or so often: how many inputs, and what failed."""
    draw, done, failed, began = random.Random(f"{seed} {name}"), 0, [], time.monotonic()
    while time.monotonic() - began < seconds and done < count:
        data = whole if done == 0 else mutated(whole, draw)
        started = time.monotonic()
        try:
            target(data)
            problem = ""
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if time.monotonic() - started > _SLOW_SECONDS:
            problem = f"took {time.monotonic() - started:.0f} seconds"
        done += 1
        if problem:
            file = keep / f"{name.replace(' ', '')}-{done}"
            file.write_bytes(data)
            failed.append(f"{name}: {problem[:300]} ({file})")
            if len(failed) == 5:
                break
    return done, failed


def index_hostile(folder: Path, *, large: bool) -> tuple[str, list[str]]:
    """Index the hostile corpus: what came of it, and what is wrong."""
    secret = hostile.write(folder / "corpus", large=large)
    settings = Settings(limits=Limits(seconds=30))
    with Assistant.open(folder / "library", encoder=WordEncoder(), settings=settings, create=True) as assistant:
        report = assistant.index([folder / "corpus"])
        wrong = [f"{each.place}: {each.problem}" for each in assistant.verify()]
        wrong += [each.id for each in assistant.documents() if hostile.SECRET in assistant.document(each.id).text]
        wrong += [each.path for each in report.skipped if hostile.SECRET in each.reason or "\n" in each.reason]
        if assistant.search("the lamp of Varn") == ():
            wrong.append("nothing is found")
    raw = b"".join(file.read_bytes() for file in (folder / "library").rglob("*") if file.is_file())
    wrong += ["the secret stands in the library's files"] * (hostile.SECRET.encode() in raw)
    wrong += [
        str(file) for file in (Path("/tmp/climbed.txt"), folder / "climbed.txt", Path("climbed")) if file.exists()
    ]
    assert secret.exists()
    return f"hostile corpus: {len(report.added)} files read, {len(report.skipped)} skipped with their reasons", wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=600, help="in all, evenly for each target")
    parser.add_argument("--only", help="targets whose name holds this")
    parser.add_argument("--seed", type=int, default=1904)
    parser.add_argument("--hostile", choices=["small", "large"], help="index the hostile corpus too")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    failed: list[str] = []
    with Assistant.open(folder / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.index([write_world(folder / "varn")])
        chosen = {name: one for name, one in targets(assistant).items() if (asked.only or "") in name}
        total = 0
        for name, (target, whole) in chosen.items():
            done, wrong = feed(name, target, whole, folder, asked.seed, seconds=asked.seconds / len(chosen))
            print(f"{name}: {done:,} inputs, {len(wrong)} failed", flush=True)
            total += done
            failed += wrong
    if asked.hostile:
        (folder / "hostile").mkdir()
        said, wrong = index_hostile(folder / "hostile", large=asked.hostile == "large")
        print(said)
        failed += wrong
    print(*failed, f"{total:,} inputs in {asked.seconds:.0f} s; {len(failed)} failed", sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
