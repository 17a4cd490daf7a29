"""Web pages over HTTP: the addresses of the library, and fetching, if the owner of the server has switched it on.

In: requests. Out: JSON. One decision: off unless `ibid serve --fetch` was typed, so that no page on a network becomes a
way to the addresses that its server can reach.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from ..assistant import Assistant
from ..errors import FetchingOff
from .fetch_schemas import FetchedListSchema, SavedPagesSchema, StoppedSchema, fetched_fields, page_fields
from .requests import FetchRequest
from .responses import JSON, answers_with

PATH = "/web"
OFF = "This server fetches nothing. Its owner can start it with `ibid serve --fetch`."

routes = APIRouter()


def _assistant(request: Request) -> Assistant:
    opened: Assistant = request.app.state.ready.result()
    return opened


_Ready = Annotated[Assistant, Depends(_assistant)]


def check_fetches(assistant: Assistant) -> None:
    """Refuse to fetch where the owner has not switched it on.

    Raises:
        FetchingOff: it is off.
    """
    if not assistant.settings.fetch_for_users:
        raise FetchingOff(OFF)


@routes.get(PATH, **answers_with(SavedPagesSchema))
def pages(assistant: _Ready) -> Response:
    """List the web addresses whose documents the account may see, and say whether this server fetches."""
    found = [page_fields(page, document) for page, document in assistant.saved_pages.list()]
    return JSON({"fetches": assistant.settings.fetch_for_users, "pages": found})


@routes.post(PATH, **answers_with(FetchedListSchema))
def fetch(body: FetchRequest, assistant: _Ready) -> Response:
    """Fetch a web page or a feed now, and add it; 403 where the owner has not switched fetching on."""
    check_fetches(assistant)
    collection = assistant.known_collection(body.collection)
    found = assistant.fetch(body.address, daily=body.daily, entries=body.entries, collection=collection)
    return JSON({"fetched": [fetched_fields(one) for one in found]})


@routes.delete(PATH, **answers_with(StoppedSchema))
def stop(address: Annotated[str, Query(min_length=1)], assistant: _Ready) -> Response:
    """Follow an address no longer; its document stays."""
    return JSON({"stopped": assistant.saved_pages.stop(address).address})
