"""Whatever goes wrong on the disk at whatever moment: it opens, nothing that was stored is lost, and it says so.

The short form of `tests.faults.stops` and `tests.faults.flips`, which each run in a process without threads.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from retriever import Assistant, LibraryError
from retriever.store.sqlite.indexes import INDEX_FOLDER
from tests.faults.operations import Disk, can_trace
from tests.faults.stops import ROOT


def run(module: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(not can_trace(), reason="this system lets no process be traced")
def test_whatever_operation_on_the_disk_goes_wrong_nothing_is_lost() -> None:
    printed = run("tests.faults.stops", "--every", "97")
    assert "; 0 findings" in printed
    assert ": 0 " not in printed, "each fault met each scenario"


def test_a_changed_byte_is_noticed_or_makes_no_difference() -> None:
    assert "24 bytes changed" in run("tests.faults.flips", "24")


def test_a_power_cut_keeps_what_was_synced_and_anything_of_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    disk = Disk()
    disk.write(str(file), 0, b"new")
    disk.sync(str(file))
    disk.write(str(file), 3, b"er")
    disk.write(str(file), 1, None)
    file.write_bytes(b"n")
    left = set()
    for number in range(40):
        disk.cut(Chance(number))
        left.add(file.read_bytes())
    assert left == {b"new", b"newer", b"n"}


class Chance:
    """Draws what the bits of a number say."""

    def __init__(self, number: int) -> None:
        self._bits = number

    def choice(self, some: tuple[float, ...]) -> float:
        return 0.5

    def random(self) -> float:
        self._bits, bit = divmod(self._bits, 2)
        return float(bit)


def test_what_fails_in_a_damaged_index_says_how_to_mend_it(assistant: Assistant, tmp_path: Path) -> None:
    assistant.warm_up()
    (numbers,) = (tmp_path / "library" / INDEX_FOLDER).glob("*/numbers.npy")
    numbers.write_bytes(numbers.read_bytes()[:-1])
    with pytest.raises(LibraryError, match="ibid verify --repair"), assistant._library.indexes.noticing_damage():
        raise KeyError(5)
    assert [finding.repaired for finding in assistant.verify(repair=True)] == [True]
    with pytest.raises(KeyError), assistant._library.indexes.noticing_damage():
        raise KeyError(5)
