"""What is opened in the background is there for all, and is opened anew after it failed."""

import threading

import pytest

from retriever import LibraryError
from retriever.web.loading import Loader


def test_who_asks_waits_for_the_same_and_after_a_failure_it_is_begun_anew() -> None:
    begun: list[int] = []
    go = threading.Event()

    def task() -> str:
        begun.append(1)
        go.wait()
        if len(begun) == 1:
            raise LibraryError("No server answers.")
        return "library"

    loader = Loader(task)
    waiting = {loader.future() for _ in range(3)}
    assert not loader.is_loaded
    go.set()
    assert len(waiting) == 1
    with pytest.raises(LibraryError, match="No server answers"):
        waiting.pop().result()
    assert not loader.is_loaded
    assert loader.result() == "library"
    assert loader.is_loaded
    assert loader.result() == "library"
    assert begun == [1, 1]
