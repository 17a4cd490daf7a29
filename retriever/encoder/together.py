"""What several threads ask for at once -> one run for all of a kind.

In: a kind and what is asked. Out: what the run gave for it. One decision: nobody waits for company. Who comes alone is
served alone and at once; who comes while a run goes on is served by the next, with all of the same kind.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Done = TypeVar("Done")


class Together(Generic[Asked, Done]):
    """A function of many, called with one by each of several threads."""

    def __init__(self, run: Callable[[int, Sequence[Asked]], Sequence[Done]], most: Callable[[int], int]) -> None:
        """Store what serves.

        Args:
            run: a kind and what is asked, at least one -> what is given for each.
            most: a kind -> of how many one run may be; asked only where several wait.
        """
        self._run = run
        self._most = most
        self._waiting: list[tuple[int, Asked, Future[Done]]] = []
        self._running = False
        self._changed = threading.Condition()

    def done(self, kind: int, asked: Asked) -> Done:
        """Wait for what is given for one; raises what its run raised."""
        own: Future[Done] = Future()
        with self._changed:
            self._waiting.append((kind, asked, own))
        while not own.done():
            with self._changed:
                while self._running and not own.done():
                    self._changed.wait()
                if own.done():
                    break
                self._running = True
                some = self._next()
            try:
                self._serve(some)
            finally:
                with self._changed:
                    self._running = False
                    self._changed.notify_all()
        return own.result()

    def _next(self) -> list[tuple[int, Asked, Future[Done]]]:
        """The one that has waited longest, and as many of its kind as make a power of two, so that sizes are few."""
        alike = [each for each in self._waiting if each[0] == self._waiting[0][0]]
        most = min(len(alike), self._most(alike[0][0])) if len(alike) > 1 else 1
        some = alike[: 1 << (most.bit_length() - 1)]
        chosen = {id(each[2]) for each in some}
        self._waiting = [each for each in self._waiting if id(each[2]) not in chosen]
        return some

    def _serve(self, some: Sequence[tuple[int, Asked, Future[Done]]]) -> None:
        try:
            given = self._run(some[0][0], [asked for _, asked, _ in some])
        except BaseException as error:
            for _, _, own in some:
                own.set_exception(error)
            return
        for (_, _, own), each in zip(some, given, strict=True):
            own.set_result(each)
