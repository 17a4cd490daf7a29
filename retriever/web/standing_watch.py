"""Asks the standing questions again whenever the library has changed while the page runs, by whichever process.

In: the assistant. Out: notices in its case files. One decision: it looks at the library's generation, a number, so that
every way to change a library counts: an upload, a followed folder, a command in a shell.
"""

import logging
import threading

from ..assistant import Assistant
from ..errors import IbidError
from ..interfaces.standing_command import ask_again
from .loading import Loader

SECONDS = 3.0
"""Between two looks; a folder that is being read changes more often, and is waited for."""

_log = logging.getLogger("retriever")


class StandingWatch:
    """A thread that waits for changes. Without standing questions it only looks whether there is a file of them."""

    def __init__(self, model: Loader[Assistant], seconds: float = SECONDS) -> None:
        """Store the assistant, once it can answer."""
        self._model = model
        self._seconds = seconds
        self._woken = threading.Event()

    def start(self) -> None:
        """Begin to watch, in a thread that doesn't keep the program alive."""
        threading.Thread(target=self._watch, name="standing questions", daemon=True).start()

    def soon(self) -> None:
        """Ask at the next moment: a question was saved."""
        self._woken.set()

    def _watch(self) -> None:
        try:
            assistant = self._model.result()
        except Exception:  # the page says why the library cannot be opened
            return
        asked = seen = -1
        while True:
            is_woken = self._woken.wait(self._seconds)
            self._woken.clear()
            try:
                asked, seen = self._look(assistant, asked, seen, is_woken=is_woken)
            except IbidError as error:
                _log.warning("The standing questions were not asked: %s", error)
            except Exception:
                _log.exception("The standing questions were not asked.")

    @staticmethod
    def _look(assistant: Assistant, asked: int, seen: int, *, is_woken: bool) -> tuple[int, int]:
        """Ask if the library has changed and then stood still. Returns the generations asked and seen last."""
        if not assistant.kept.exists:
            return asked, seen
        now = assistant.generation
        if is_woken or (now != asked and now == seen):
            ask_again(assistant, quiet=True)
            return now, now
        return asked, now
