"""The short form of `python -m tests.fuzz`: chance is fed to every target, and the hostile corpus is indexed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retriever import Assistant
from tests.fuzz.__main__ import feed, index_hostile, mutated
from tests.fuzz.targets import Cards, Contract, Lexical, seeds, split, targets

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ODD = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>\"'&:()[]\\/{}$%\u202e\0\n")))


@pytest.mark.filterwarnings("ignore::Warning")  # what a library says of a broken file is for the worker to drop
def test_every_target_keeps_its_promise_whatever_it_is_fed(assistant: Assistant, tmp_path: Path) -> None:
    for name, (target, whole) in targets(assistant).items():
        done, failed = feed(name, target, whole, tmp_path, count=12)
        assert (done, failed) == (12, [])


def test_a_target_that_breaks_its_promise_is_told_with_its_input(tmp_path: Path) -> None:
    def only_whole(data: bytes) -> None:
        if data != b"whole":
            raise ValueError("not whole")

    done, (first, *more) = feed("whole", only_whole, b"whole", tmp_path, count=9)
    assert (done, len(more)) == (6, 4)
    assert first.startswith("whole: ValueError: not whole")
    assert (tmp_path / "whole-2").read_bytes() != b"whole"


def test_every_kind_of_file_has_a_whole_one_to_begin_with() -> None:
    import random

    assert len(seeds()) == 15
    assert all(mutated(data, random.Random(7)) != data for data in seeds().values())


@SOME
@given(ODD)
def test_passages_leave_out_no_word_of_any_text(text: str) -> None:
    split(text.encode())


@SOME
@given(st.binary(max_size=40))
def test_a_question_s_signs_are_no_syntax(assistant: Assistant, data: bytes) -> None:
    Lexical(assistant)(data)


@SOME
@given(ODD)
def test_no_words_make_another_tag_on_the_page(assistant: Assistant, text: str) -> None:
    Cards(assistant)(text.encode())


@SOME
@given(ODD)
def test_any_words_fit_the_contract(assistant: Assistant, text: str) -> None:
    Contract(assistant)(text.encode())


def test_the_hostile_corpus_is_read_or_skipped_with_a_reason_and_leaks_nothing(tmp_path: Path) -> None:
    said, wrong = index_hostile(tmp_path, large=False)
    assert wrong == []
    assert "0 files read" not in said
