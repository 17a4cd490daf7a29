"""The measurement of talk, and that it holds what it promises on the sample articles."""

from pathlib import Path

import pytest

from eval import intents
from retriever import Assistant


def test_the_training_does_not_read_the_sentences_that_measure_it() -> None:
    pytest.importorskip("sklearn")
    from training.intents import _plain, written

    asked = {_plain(one) for line in intents._lines(intents.SENTENCES) for one in line["wordings"]}
    assert not asked & {_plain(one.mentions.question.text) for one in written()}


@pytest.mark.model
def test_no_question_of_the_qa_set_is_taken_for_talk(real_library: Path) -> None:
    with Assistant.open(real_library) as assistant:
        ((_, questions),) = intents.question_sets(None)
        assert [one for one in questions if assistant.kind_of(one) != "question"] == []


@pytest.mark.model
def test_sentences_of_every_kind_are_understood(real_library: Path) -> None:
    lines = list(intents._lines(intents.SENTENCES))
    assert (len(lines), {len(line["wordings"]) for line in lines}) == (40, {5})
    with Assistant.open(real_library) as assistant:
        told = [(assistant.kind_of(one), line["kind"]) for line in lines for one in line["wordings"]]
    right = sum(is_ == should for is_, should in told)
    assert right / len(told) >= 0.95
    assert {should for _, should in told} == {is_.value for is_, _ in told} - {"question"}
