"""What takes a while to open -> the same for all who wait for it, and opened anew for who asks after it failed.

In: what opens it. Out: it, or its error. The one decision: a server that was down when the page was started is asked
again with the next question; what was opened once stays.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Opening(Generic[Result]):
    """Something that is opened in the background, from now on. Safe to use from several threads."""

    def __init__(self, task: Callable[[], Result]) -> None:
        """Begins, in a thread that doesn't keep the program alive."""
        self._task = task
        self._lock = threading.Lock()
        self._future = self._begun()

    @property
    def is_there(self) -> bool:
        """Whether it need not be waited for."""
        return self._future.done() and self._future.exception() is None

    def future(self) -> Future[Result]:
        """What it will be; where it has failed, it is begun again."""
        with self._lock:
            if self._future.done() and self._future.exception() is not None:
                self._future = self._begun()
            return self._future

    def result(self) -> Result:
        """Waits for it; raises what opening it does."""
        return self.future().result()

    def _begun(self) -> Future[Result]:
        future: Future[Result] = Future()

        def run() -> None:
            try:
                future.set_result(self._task())
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future
