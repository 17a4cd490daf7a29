"""Seconds of each round -> a table with ratios to the plain script, and a JSON file."""

import json
import math
import os
import statistics
from collections.abc import Mapping, Sequence

from eval.runs import RESULTS, commit

PERCENTILE = 0.95


def percentile(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(seconds)[math.ceil(PERCENTILE * len(seconds)) - 1]


def ratio(seconds: Sequence[float], plain: Sequence[float]) -> float:
    """The median over the rounds of the ratio of two times."""
    return statistics.median(one / other for one, other in zip(seconds, plain, strict=True))


def print_table(timed: Mapping[str, Sequence[float]], plain: str) -> None:
    """Print a row each: the median, the 95th percentile, and the ratio to the plain one's.

    Args:
        timed: name -> seconds, one a round.
        plain: the name of the one that the others are compared with.
    """
    print(f"{'milliseconds':46}{'median':>9}{'p95':>9}{'ratio':>8}")
    for name, seconds in timed.items():
        median, high = 1000 * statistics.median(seconds), 1000 * percentile(seconds)
        print(f"{name:46}{median:9.1f}{high:9.1f}{ratio(seconds, timed[plain]):8.3f}")


def save(name: str, figures: Mapping[str, object]) -> None:
    """Write figures to `eval/results/NAME-COMMIT.json`, with the load of the machine at that time."""
    path = RESULTS / f"{name}-{commit()}.json"
    about = {"commit": commit(), "processors": os.cpu_count(), "load": os.getloadavg()}
    path.write_text(json.dumps(about | dict(figures), indent=1) + "\n", encoding="utf-8")
    print(f"saved {path.name}")
