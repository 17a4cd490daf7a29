"""Questions that the page suggests: under the last answer, and in the welcome.

In: a tab's conversation; a library. Out: HTML, and lists of questions. One decision: nothing here delays an answer.
Suggestions are found after the answer is shown. What is found in advance waits while a user's question is answered.
"""

import asyncio
import logging

from ..errors import IbidError
from ..filters import Scope
from ..interfaces.html.templating import render
from .seen import SeenLibrary
from .state import TabState

logger = logging.getLogger(__name__)


class SuggestionHandlers:
    """Find questions to suggest."""

    def __init__(self, model: SeenLibrary) -> None:
        """Store the assistant, once it can answer."""
        self._model = model
        self._preparing: asyncio.Future[None] | None = None

    async def after(self, state: TabState, scope: Scope) -> str:
        """Questions that may follow the last answer; nothing if there is none, or something fails."""
        asked = [shown.turn.question for shown in state.turns if shown.turn]
        if not state.turns or not asked or not state.turns[-1].quotes:
            return ""
        try:
            assistant = await self._model.wait()
            found = await asyncio.to_thread(assistant.suggest, state.turns[-1].quotes, asked, scope)
        except IbidError as error:  # the library has gone: whatever is asked next says so
            logger.warning("no follow-ups could be found: %s", error)
            return ""
        except Exception as error:  # an answer without suggestions is whole
            logger.error("no follow-ups could be found", exc_info=error)
            return ""
        return render("suggestions.html", questions=found, turns=len(state.turns))

    async def examples(self) -> tuple[str, ...]:
        """Questions that the documents answer clearly, for the welcome."""
        assistant = await self._model.wait()
        return await asyncio.to_thread(assistant.examples)

    def prepare(self) -> None:
        """Find in advance, in another thread, what an overview and the contradictions need."""
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.ensure_future(self._prepare())

    async def _prepare(self) -> None:
        try:
            assistant = await self._model.wait()
            await asyncio.to_thread(assistant.prepare_talk)
        except IbidError as error:
            logger.warning("the overview could not be prepared: %s", error)
        except Exception as error:  # whoever asks for it finds it then, or is told why not
            logger.error("the overview could not be prepared", exc_info=error)
