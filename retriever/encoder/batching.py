"""Requests of several threads -> one run of the model for all of a kind.

A request that comes alone runs at once and alone; it never waits for others. Requests that come while a run goes on
share the next run, if they are of the same kind.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Request = TypeVar("Request")
Result = TypeVar("Result")


class RequestBatcher(Generic[Request, Result]):
    """Lets each of several threads call a function with one request; the function gets several at once."""

    def __init__(self, run: Callable[[int, Sequence[Request]], Sequence[Result]], limit: Callable[[int], int]) -> None:
        """Store the function.

        Args:
            run: a kind and one or more requests of that kind -> a result for each.
            limit: a kind -> how many requests one run may have; called only when several wait.
        """
        self._run = run
        self._limit = limit
        self._waiting: list[tuple[int, Request, Future[Result]]] = []
        self._running = False
        self._changed = threading.Condition()

    def result(self, kind: int, request: Request) -> Result:
        """Wait for the result of one request; raises what its run raised."""
        own: Future[Result] = Future()
        with self._changed:
            self._waiting.append((kind, request, own))
        while not own.done():
            with self._changed:
                while self._running and not own.done():
                    self._changed.wait()
                if own.done():
                    break
                self._running = True
                batch = self._next_batch()
            try:
                self._run_batch(batch)
            finally:
                with self._changed:
                    self._running = False
                    self._changed.notify_all()
        return own.result()

    def _next_batch(self) -> list[tuple[int, Request, Future[Result]]]:
        """The oldest request with others of its kind; their number is a power of two, so that few shapes occur."""
        alike = [each for each in self._waiting if each[0] == self._waiting[0][0]]
        count = min(len(alike), self._limit(alike[0][0])) if len(alike) > 1 else 1
        batch = alike[: 1 << (count.bit_length() - 1)]
        chosen = {id(each[2]) for each in batch}
        self._waiting = [each for each in self._waiting if id(each[2]) not in chosen]
        return batch

    def _run_batch(self, batch: Sequence[tuple[int, Request, Future[Result]]]) -> None:
        try:
            results = self._run(batch[0][0], [request for _, request, _ in batch])
        except BaseException as error:
            for _, _, own in batch:
                own.set_exception(error)
            return
        for (_, _, own), result in zip(batch, results, strict=True):
            own.set_result(result)
