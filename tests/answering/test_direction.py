"""A sentence that tells a deed the other way round is no clear answer."""

import pytest

from retriever.answering.direction import is_reversed
from retriever.text.question import Question


@pytest.mark.parametrize(
    ("question", "sentence", "answer", "expected"),
    [
        ("Who replaced Ada Morn?", "She replaced Jonas Moss in 2019.", "Jonas Moss", True),
        ("Who replaced Ada Morn?", "Jonas Moss was replaced by Ada Morn.", "Jonas Moss", True),
        ("Who replaced Ada Morn?", "Tom Reed replaced her in 2021.", "Tom Reed", False),
        ("Who replaced Ada Morn?", "She was replaced by Tom Reed.", "Tom Reed", False),
        ("Who replaced Ada Morn?", "The board replaced her with Tom Reed.", "Tom Reed", False),
        ("Who beat Norwich?", "Norwich beat Leeds.", "Leeds", True),
        ("Who was replaced by Ada Morn?", "Ada Morn replaced Jonas Moss.", "Jonas Moss", False),
        ("Who was replaced by Ada Morn?", "Tom Reed replaced Ada Morn.", "Tom Reed", True),
        ("Who said that it is late?", "“It is late,” said Ada Morn.", "Ada Morn", False),
        ("Who opened the quay?", "The quay was opened by Mira Holt.", "Mira Holt", False),
        ("Who opened the quay?", "Mira Holt is the harbour master.", "Mira Holt", False),
        ("Where is the quay?", "The quay is in Port Elm.", "Port Elm", False),
    ],
)
def test_the_direction_of_a_deed(question: str, sentence: str, answer: str, expected: bool) -> None:
    start = sentence.index(answer)
    assert is_reversed(Question(question), sentence, (start, start + len(answer))) is expected
