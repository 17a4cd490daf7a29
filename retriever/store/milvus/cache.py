"""A cache of a server's answers about data that never changes, such as the parts of one version of a text."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_Key = TypeVar("_Key", int, str)
_Value = TypeVar("_Value")

_SIZE = 4_096  # passages' words, parts of texts, or places of pages: up to 15 kB each


class Cache(Generic[_Key, _Value]):
    """The last `_SIZE` values that were used. Safe to use from several threads."""

    def __init__(self) -> None:
        """Begin empty."""
        self._values: OrderedDict[_Key, _Value] = OrderedDict()
        self._lock = threading.Lock()

    def some(self, keys: Sequence[_Key], read: Callable[[Sequence[_Key]], dict[_Key, _Value]]) -> dict[_Key, _Value]:
        """Fetch the values of some keys; `read` those that are not cached. Unknown keys are left out."""
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
        missing = [key for key in keys if key not in found]
        found |= read(missing) if missing else {}
        with self._lock:
            for key, value in found.items():
                self._values[key] = value
                self._values.move_to_end(key)
            while len(self._values) > _SIZE:
                self._values.popitem(last=False)
        return found
