"""The JSON form of an answer, and any JSON as one line: the same bytes on the command line, over HTTP and for agents.

In: an answer, or fields. Out: fields, or a line. One decision: the fields come from the models in `schemas`. They are
imported only when JSON is needed, because pydantic takes 0.1 s, and `ibid ask` in plain text needs none.
"""

import json
import re
from collections.abc import Mapping

from ..records import Answer
from . import Fields, Id

_OBEYED = re.compile(r"[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Controls beyond ASCII's, which JSON escapes anyway, and signs that turn the order of letters around."""


def as_json(answer: Answer, answer_id: Id = None) -> Fields:
    """Write an answer in the form of `ibid ask --json`.

    Args:
        answer: the answer.
        answer_id: the id that came with the question, or None.
    """
    from .schemas import AnswerSchema

    return AnswerSchema.model_validate(answer).fields() | {"id": answer_id}


def line(fields: Mapping[str, object]) -> str:
    """Write fields as one line of JSON.

    Half of a surrogate pair is escaped, because UTF-8 cannot hold it; so are characters that a terminal would obey.
    """
    written = json.dumps(fields, ensure_ascii=False).encode(errors="backslashreplace").decode()
    return _OBEYED.sub(lambda found: f"\\u{ord(found.group()):04x}", written)
