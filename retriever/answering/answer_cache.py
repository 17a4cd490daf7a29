"""A bounded cache of answers, so that a repeated question costs nothing.

A change of the library empties it: no answer is kept longer than the generation that it was made from.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from ..records import Answer

# An answer takes some 10 kB.
CAPACITY = 512


class AnswerCache:
    """A bounded cache of the answers of one generation. Safe to use from several threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        """Make an empty one for `capacity` answers; the least recently used leave first."""
        self._capacity = capacity
        self._generation = -1
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, generation: int, key: Hashable) -> Answer | None:
        """Look up the answer under a key; None if there is none of this generation."""
        with self._lock:
            if generation != self._generation or key not in self._answers:
                return None
            self._answers.move_to_end(key)
            return self._answers[key]

    def keep(self, generation: int, key: Hashable, answer: Answer) -> None:
        """Store an answer; those of an earlier generation are removed."""
        with self._lock:
            if generation < self._generation:
                return
            if generation > self._generation:
                self._answers.clear()
                self._generation = generation
            self._answers[key] = answer
            if len(self._answers) > self._capacity:
                self._answers.popitem(last=False)
