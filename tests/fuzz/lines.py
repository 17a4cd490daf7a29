"""Lets schemathesis, whose hooks these are, write and read the lines of a batch."""

import json
from typing import Any

import schemathesis

LINES = "application/x-ndjson"


@schemathesis.serializer(LINES)
def write(_: Any, value: Any) -> bytes:
    return (value if isinstance(value, str) else json.dumps(value)).encode(errors="replace")


@schemathesis.deserializer(LINES)
def read(_: Any, response: Any) -> Any:
    """The first line: every line is of the one schema."""
    return json.loads(response.text.splitlines()[0])
