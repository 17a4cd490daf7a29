"""`python -m eval.benchmarks.follow_up`: how long a follow-up takes, compared with the same question on its own.

The questions are those of the written conversations. Each is asked as a person writes it, alone, and as typed,
after its turns; the two take turns. Processor time is printed too, which does not depend on what else the machine does.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from eval.benchmarks.rounds import print_table, ratio, save
from eval.conversations import open_dialogues

ALONE = "on its own, as a person writes it"
AFTER = "as typed, after its turns"
ALONE_CPU, AFTER_CPU = f"{ALONE}: processor", f"{AFTER}: processor"


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask every question twice, and print the table.

    Returns:
        The exit status.
    """
    argparse.ArgumentParser(prog="python -m eval.benchmarks.follow_up", description=__doc__).parse_args(arguments)
    timed: dict[str, list[float]] = {ALONE: [], AFTER: [], ALONE_CPU: [], AFTER_CPU: []}
    with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
        assistant, asked = open_dialogues(Path(folder) / "library")
        with assistant:
            dependent = [one for one in asked if one.is_dependent]
            for one in dependent:  # the passages' words are prepared once, whoever asks first
                assistant.search(one.question.text)
                assistant.search(one.typed, one.turns)
            for at, one in enumerate(dependent):
                both = ((ALONE, one.question.text, ()), (AFTER, one.typed, one.turns))
                for name, text, turns in both if at % 2 else reversed(both):
                    began, worked = time.perf_counter(), time.process_time()
                    assistant.ask(text, turns)
                    timed[name].append(time.perf_counter() - began)
                    timed[f"{name}: processor"].append(time.process_time() - worked)
    print_table(timed, ALONE)
    shares = {name: ratio(timed[after], timed[alone]) for name, after, alone in _PAIRS}
    totals = {name: sum(timed[after]) / sum(timed[alone]) for name, after, alone in _PAIRS}
    print(f"a follow-up takes, of the time on its own: {totals['clock']:.2f}, of the work {totals['processor']:.2f}")
    save("follow-up", {"questions": len(timed[ALONE]), "seconds": timed, "medians": shares, "totals": totals})
    return 0


_PAIRS = (("clock", AFTER, ALONE), ("processor", AFTER_CPU, ALONE_CPU))


if __name__ == "__main__":
    sys.exit(main())
