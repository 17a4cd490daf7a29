"""The answers of late, by what was asked of which state of the library: asked again, a question costs nothing.

In: a key and an answer. Out: the answer, once more. One decision: a key of another generation empties it, as no answer
outlives a change of the library.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from ..records import Answer

# An answer takes some 10 kB.
KEPT = 512


class AnswerCache:
    """A bounded cache of answers, of one generation. Safe to use from several threads."""

    def __init__(self, kept: int = KEPT) -> None:
        """Make an empty one for `kept` answers; those asked for longest ago leave first."""
        self._kept = kept
        self._generation = -1
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, generation: int, key: Hashable) -> Answer | None:
        """The answer that was kept under a key, if the library is as it was then."""
        with self._lock:
            if generation != self._generation or key not in self._answers:
                return None
            self._answers.move_to_end(key)
            return self._answers[key]

    def keep(self, generation: int, key: Hashable, answer: Answer) -> None:
        """Keep an answer; those of an earlier generation go."""
        with self._lock:
            if generation < self._generation:
                return
            if generation > self._generation:
                self._answers.clear()
                self._generation = generation
            self._answers[key] = answer
            if len(self._answers) > self._kept:
                self._answers.popitem(last=False)
