"""Who comes alone is served alone; who comes meanwhile is served together."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from retriever.encoder.batching import RequestBatcher


class Ferry:
    """Takes passengers across; the first crossing waits until it is told to sail."""

    def __init__(self, seats: int = 8) -> None:
        self.crossings: list[list[str]] = []
        self.sail = threading.Event()
        self.at_sea = threading.Event()
        self.queue = RequestBatcher(self.cross, lambda _: seats)

    def cross(self, to: int, passengers: Sequence[str]) -> list[str]:
        self.crossings.append(list(passengers))
        self.at_sea.set()
        self.sail.wait(10)
        if "stowaway" in passengers:
            raise ValueError("there is a stowaway aboard")
        return [f"{passenger} at {to}" for passenger in passengers]

    def carry(self, threads: ThreadPoolExecutor, passengers: Sequence[tuple[int, str]]) -> list[Future[str]]:
        """Send the first across; the others come while it is at sea."""
        carried = [threads.submit(self.queue.result, *passengers[0])]
        self.at_sea.wait(10)
        for count, each in enumerate(passengers[1:], start=1):
            carried.append(threads.submit(self.queue.result, *each))
            while len(self.queue._waiting) < count:
                pass
        self.sail.set()
        return carried


@pytest.fixture
def threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8)


def test_one_that_comes_alone_is_served_alone(threads: ThreadPoolExecutor) -> None:
    ferry = Ferry()
    assert [each.result(10) for each in ferry.carry(threads, [(1, "Ada")])] == ["Ada at 1"]
    assert ferry.crossings == [["Ada"]]


def test_those_that_come_meanwhile_are_served_together_by_their_kind(threads: ThreadPoolExecutor) -> None:
    ferry = Ferry()
    passengers = [(1, "Ada"), (1, "Tom"), (2, "Mira"), (1, "Ben")]
    carried = ferry.carry(threads, passengers)
    assert [each.result(10) for each in carried] == [f"{name} at {to}" for to, name in passengers]
    assert ferry.crossings == [["Ada"], ["Tom", "Ben"], ["Mira"]]


def test_no_more_are_served_together_than_may_be_and_their_number_is_a_power_of_two(
    threads: ThreadPoolExecutor,
) -> None:
    ferry = Ferry(seats=5)
    carried = ferry.carry(threads, [(1, name) for name in "abcdefg"])
    assert [each.result(10) for each in carried] == [f"{name} at 1" for name in "abcdefg"]
    assert ferry.crossings == [["a"], ["b", "c", "d", "e"], ["f", "g"]]


def test_what_fails_fails_for_those_aboard_only(threads: ThreadPoolExecutor) -> None:
    ferry = Ferry()
    ada, stowaway, tom, mira = ferry.carry(threads, [(1, "Ada"), (1, "stowaway"), (1, "Tom"), (2, "Mira")])
    assert (ada.result(10), mira.result(10)) == ("Ada at 1", "Mira at 2")
    for each in (stowaway, tom):
        with pytest.raises(ValueError, match="stowaway"):
            each.result(10)
