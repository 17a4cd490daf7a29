"""The answers of the HTTP interface: JSON in one form, and how a route describes what it answers with."""

from typing import Any

from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from . import Fields
from .json_lines import line
from .schemas import ErrorSchema

LINES = "application/x-ndjson"
NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What is forgotten here is not to stay in a browser."""


class JSON(Response):
    """Fields as one line, with the same bytes as on the command line."""

    media_type = "application/json"

    def render(self, content: Fields) -> bytes:
        """Write the fields."""
        return line(content).encode()


class JSONLines(StreamingResponse):
    """Lines of JSON, each sent as soon as it is ready."""

    media_type = LINES


def answers_with(schema: type[BaseModel], response: type[Response] = JSON) -> dict[str, Any]:
    """The description of a route's answers."""
    return {
        "response_class": response,
        "responses": {
            200: {"description": "Done.", "model": schema},
            "default": {"description": "What is wrong.", "model": ErrorSchema},
        },
    }


def answers_with_bytes(*media_types: str) -> dict[str, Any]:
    """The description of a route that answers with bytes."""
    content = {one: {"schema": {"type": "string", "format": "binary"}} for one in media_types}
    return {
        "response_class": Response,
        "responses": {
            200: {"description": "Done.", "content": content},
            "default": {"description": "What is wrong.", "model": ErrorSchema},
        },
    }
