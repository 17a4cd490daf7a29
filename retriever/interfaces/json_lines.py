"""The JSON form of an answer, and any JSON as one line: the same bytes on the command line, over HTTP and for agents.

In: an answer, or fields. Out: fields, or a line. One decision: the fields come from the models in `schemas`, which are
imported only when JSON is wanted: pydantic takes 0.1 s, which `ibid ask` in plain text does not pay.
"""

import json
from collections.abc import Mapping

from ..records import Answer
from . import Fields, Id


def as_json(answer: Answer, answer_id: Id = None) -> Fields:
    """Write an answer in the form of `ibid ask --json`.

    Args:
        answer: the answer.
        answer_id: the id that came with the question, or None.
    """
    from .schemas import AnswerSchema

    return AnswerSchema.model_validate(answer).fields() | {"id": answer_id}


def line(fields: Mapping[str, object]) -> str:
    """Write fields as one line of JSON; half of a surrogate pair is escaped, as UTF-8 cannot hold it."""
    return json.dumps(fields, ensure_ascii=False).encode(errors="backslashreplace").decode()
