"""The steps of preparing a model for this machine, for whoever shows them.

In: the steps, as they begin. Out: calls of a listener. One decision: there is one listener for the process, because a
model is prepared once, in whatever thread needs it first.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

STEPS = (
    "loading the model",
    "compiling it for this processor",
    "comparing its vectors with the original's",
)
"""In order. They take 10 to 60 seconds in all, once for each machine and model."""

Listener = Callable[[int], None]
"""Gets the number of steps that are done, 0 at the start and `len(STEPS)` at the end."""
_listeners: list[Listener] = []
_done = len(STEPS)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call a listener whenever a step begins, while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def is_under_way() -> bool:
    """Whether a model is being prepared in this process now."""
    return _done < len(STEPS)


def tell(done: int) -> None:
    """Tell the listener that so many steps are done."""
    global _done
    _done = done
    for listener in _listeners[-1:]:
        listener(done)
