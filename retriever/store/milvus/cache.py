"""What a server has said of what never changes under its key -> the same, not asked for again.

In: keys, and what reads those that are not known. Out: their values. One decision: the last used stay, so many.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_Key = TypeVar("_Key", int, str)
_Value = TypeVar("_Value")

# Of passages' words, of parts of texts, of where pages start: 15 kB each.
_KEPT = 4_096


class Kept(Generic[_Key, _Value]):
    """The last `_KEPT` of some values that never change."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._values: OrderedDict[_Key, _Value] = OrderedDict()
        self._lock = threading.Lock()

    def some(self, keys: Sequence[_Key], read: Callable[[Sequence[_Key]], dict[_Key, _Value]]) -> dict[_Key, _Value]:
        """The values of some keys, those read that are not kept; what is not there is left out."""
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
        missing = [key for key in keys if key not in found]
        found |= read(missing) if missing else {}
        with self._lock:
            for key, value in found.items():
                self._values[key] = value
                self._values.move_to_end(key)
            while len(self._values) > _KEPT:
                self._values.popitem(last=False)
        return found
