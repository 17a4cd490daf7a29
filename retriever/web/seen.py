"""The library as the account sees it whose request is being answered.

In: the assistant, once it is loaded, and who has signed in. Out: the same assistant, or a view of it. One decision:
whoever is not known sees what nobody is a member of. So a place that forgets to say who asks shows too little.
"""

import functools
import inspect
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import Any

import gradio as gr
from starlette.datastructures import Headers

from ..assistant import Assistant
from ..interfaces.translation.language import language_for, speak
from .auth import Authenticator
from .loading import Loader
from .meanwhile import Meanwhile

_account: ContextVar[str] = ContextVar("account", default="")
"""Who has signed in and sent the request that this thread or task answers; empty if nobody is known."""


def answer_as(account: str) -> None:
    """Answer from now on, in this thread or task, as an account may see the library."""
    _account.set(account)


class SeenLibrary:
    """The assistant as the account of a request sees it; where nobody signs in, the whole one."""

    def __init__(self, whole: Loader[Assistant] | Meanwhile, authenticator: Authenticator | None) -> None:
        """Store the assistant, once it is loaded, and who may sign in."""
        self._whole = whole
        self._authenticator = authenticator

    @property
    def is_loaded(self) -> bool:
        """Whether it is there."""
        return self._whole.is_loaded

    def result(self) -> Assistant:
        """Wait for it; raises what loading raised."""
        return self._seen(self._whole.result())

    async def wait(self) -> Assistant:
        """Wait without holding a thread."""
        return self._seen(await self._whole.wait())

    def _seen(self, whole: Assistant) -> Assistant:
        return whole if self._authenticator is None else whole.seen_by(_account.get())


def as_account(handler: Callable[..., Any], authenticator: Authenticator | None) -> Callable[..., Any]:
    """A handler of page events that answers as the account that sent the event, and in the language of its browser.

    Args:
        handler: it takes the event's `gr.Request`.
        authenticator: knows who has signed in; None if nobody does.
    """

    def enter(arguments: tuple[object, ...]) -> None:
        request = next(one for one in arguments if isinstance(one, gr.Request))
        headers = Headers(dict(request.headers))
        known = authenticator and authenticator.name_of(headers)
        answer_as(known or "")
        speak(language_for(headers))

    if inspect.isasyncgenfunction(handler):

        @functools.wraps(handler)
        async def streamed(*arguments: object) -> AsyncIterator[object]:
            enter(arguments)
            async for shown in handler(*arguments):
                yield shown
                enter(arguments)  # the next step may run in another task

        return streamed

    @functools.wraps(handler)
    async def awaited(*arguments: object) -> object:
        enter(arguments)
        return await handler(*arguments)

    return awaited
