"""Loads the library and the model in the background, because they take a while.

In: a function that loads something. Out: the same result or error for all who wait. One decision: after a failure, the
next caller starts another try, because a server that was down may be up again. A result stays.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from ..errors import IbidError, machine_error

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class Loader(Generic[Result]):
    """Loads something in the background. Safe to use from several threads."""

    def __init__(self, load: Callable[[], Result]) -> None:
        """Begin to load, in a thread that doesn't keep the program alive."""
        self._load = load
        self._lock = threading.Lock()
        self._future = self._begin()

    @property
    def is_loaded(self) -> bool:
        """Whether the result is there."""
        return self._future.done() and self._future.exception() is None

    def future(self) -> Future[Result]:
        """The future result. If loading has failed, it begins again."""
        with self._lock:
            if self._future.done() and self._future.exception() is not None:
                self._future = self._begin()
            return self._future

    def result(self) -> Result:
        """Wait for the result; raises what loading raised."""
        return self.future().result()

    async def wait(self) -> Result:
        """Wait without holding a thread, so that the program can be stopped meanwhile."""
        return await asyncio.shield(asyncio.wrap_future(self.future()))

    def _begin(self) -> Future[Result]:
        future: Future[Result] = Future()

        def run() -> None:
            try:
                future.set_result(self._load())
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future


def error_sentence(error: Exception) -> str:
    """The page's words for an error: the error's own message if it was written for users."""
    if isinstance(error, IbidError):
        return str(error)
    if sentence := machine_error(error):
        return sentence
    logger.error("unexpected error", exc_info=error)
    return f"Ibid failed here ({type(error).__name__}); the terminal it was started in shows the details."
