"""The library while its model is loaded: questions are answered by words meanwhile.

In: the library and the model, both being loaded. Out: the assistant, or one that compares words alone. One decision:
what is loaded in a moment is waited for. Only a model that is prepared for this machine, once, takes longer.
"""

import asyncio
import time
from concurrent.futures import Future, wait

from ..assistant import Assistant
from .loading import Loader

PATIENCE_SECONDS = 3.0
"""How long after the library is open a question waits for the model. A prepared model is loaded in 0.5 s; preparing one
takes 10 to 60 s."""


class Meanwhile:
    """The assistant that answers now. Safe to use from several threads."""

    def __init__(
        self, library: Loader[Assistant], model: Loader[Assistant], patience: float = PATIENCE_SECONDS
    ) -> None:
        """Store the assistant, once its library is open, and once its model is loaded too."""
        self._library = library
        self._model = model
        self._patience = patience
        self._deadline = float("inf")
        library.future().add_done_callback(self._begin)

    @property
    def is_loaded(self) -> bool:
        """Whether it can answer."""
        return self._library.is_loaded

    def result(self) -> Assistant:
        """Wait until it can answer; raises what loading raised."""
        opened, model = self._library.result(), self._model.future()
        wait([model], self._left)
        return self._answering(opened, model)

    async def wait(self) -> Assistant:
        """Wait without holding a thread."""
        opened, model = await self._library.wait(), self._model.future()
        await asyncio.wait([asyncio.wrap_future(model)], timeout=self._left)
        return self._answering(opened, model)

    def _begin(self, _: "Future[Assistant]") -> None:
        self._deadline = time.monotonic() + self._patience

    @property
    def _left(self) -> float:
        return max(0.0, min(self._patience, self._deadline - time.monotonic()))

    @staticmethod
    def _answering(opened: Assistant, model: "Future[Assistant]") -> Assistant:
        return model.result() if model.done() else opened.by_words


def load_model(library: Loader[Assistant]) -> tuple[Loader[Assistant], Meanwhile]:
    """Begin to load the model of a library: the assistant with its model, and the one that answers meanwhile."""

    def warm() -> Assistant:
        library.result().warm_up()
        return library.result()

    model = Loader(warm)
    return model, Meanwhile(library, model)
