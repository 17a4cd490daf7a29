"""What the reader is trained on says what it claims to."""

import random

from training.facts import made_facts
from training.pair import MOST_WORDS, Pair, window
from training.tables import made_rows
from training.twins import cloned, denied, of_a_neighbour, renamed, said_otherwise, things, turned

TEXT = "The lamp was lit in 1904. " * 10 + "Its keeper is Ada Brook. " + "The ferry sails at nine. " * 40


def test_a_window_holds_the_answer_in_whole_sentences() -> None:
    start = TEXT.index("Ada Brook")
    for seed in range(20):
        passage, spans = window(TEXT, [(start, start + len("Ada Brook"))], random.Random(seed))
        ((first, last),) = spans
        assert passage[first:last] == "Ada Brook"
        assert passage[0] in "TI"
        assert passage.endswith(".")
        assert len(passage.split()) <= MOST_WORDS


def test_a_window_without_an_answer_is_somewhere() -> None:
    passages = {window(TEXT, (), random.Random(seed))[0] for seed in range(20)}
    assert len(passages) > 1
    assert all(passage in TEXT for passage in passages)


def test_invented_rows_answer_by_the_cell_of_the_row_that_is_asked_for() -> None:
    pairs = list(made_rows(random.Random(1), 300))
    answered = [pair for pair in pairs if pair.spans]
    assert 0 < len(answered) < len(pairs)
    for pair in answered:
        ((start, end),) = pair.spans
        assert pair.passage[start:end].strip() == pair.passage[start:end] != ""


def test_a_cell_of_a_row_stands_in_the_line_of_its_key() -> None:
    for pair in made_rows(random.Random(2), 300):
        for start, _ in pair.spans:
            line = pair.passage[:start].rpartition("\n")[2]
            key = line.partition(";")[0].partition(": ")[2] or line.strip("-| ").partition(" |")[0].partition(" – ")[0]
            if " has the " not in line:
                assert key in pair.question


def test_the_same_seed_makes_the_same_rows_and_facts() -> None:
    for made in (made_rows, made_facts):
        assert list(made(random.Random(3), 20)) == list(made(random.Random(3), 20))


def test_invented_facts_answer_for_the_thing_that_is_asked_for() -> None:
    pairs = list(made_facts(random.Random(1), 300))
    answered = [pair for pair in pairs if pair.spans]
    assert 0 < len(answered) < len(pairs)
    for pair in answered:
        ((start, end),) = pair.spans
        sentence = pair.passage[:start].rpartition(". ")[2].lower()
        thing = next(one for one in (sentence.partition(", ")[0], sentence) if one)
        words = [word for word in pair.question.lower().replace("?", "").replace("'s", "").split() if word in thing]
        assert len(words) > 1, pair
        assert pair.passage[start:end].strip() == pair.passage[start:end] != ""


STORY = "The fair at Orsa was in 1904. At the Fair of Orsa, Ada Brook sold 300 lamps. Later Kofi Lund came to Marl."
ASKED = Pair(
    "x", "How many lamps did Ada Brook sell at Orsa first?", "", STORY, ((STORY.index("300"), STORY.index("300") + 3),)
)
POOL = things("In the end Omar Vance and Ines Hale, of Kelso, sold 412 or 77 lamps in 1911 and 1930.")


def test_a_name_changed_in_both_keeps_the_answer_and_in_one_does_not() -> None:
    found = [twin for seed in range(60) if (twin := renamed(ASKED, POOL, random.Random(seed)))]
    answered = [twin for twin in found if twin.spans]
    assert 0 < len(answered) < len(found)
    for twin in answered:
        ((start, end),) = twin.spans
        assert twin.passage[start:end] == "300"
        assert twin.question != ASKED.question
        assert twin.passage != STORY
    for twin in found:
        if not twin.spans:
            assert (twin.question != ASKED.question) or (twin.passage != STORY)


def test_a_sentence_that_stands_there_of_two_answers_for_each() -> None:
    found = [twin for seed in range(60) if (twin := cloned(ASKED, POOL, random.Random(seed)))]
    assert {bool(twin.spans) for twin in found} == {True, False}
    for twin in found:
        for start, end in twin.spans:
            sentence = twin.passage[:start].rpartition(". ")[2]
            assert twin.passage[start:end] in ("300", "412", "77")
            names = [name for kind in ("name",) for name in things(f"x {sentence}")[kind]]
            assert any(name in twin.question for name in names)


def test_twins_that_ask_for_something_else_have_no_answer() -> None:
    for make in (turned, denied, of_a_neighbour):
        twin = make(ASKED, POOL, random.Random(1))
        assert twin is not None
        assert twin.spans == ()
        assert twin.question != ASKED.question
    assert "didn't" in (denied(ASKED, POOL, random.Random(1)) or ASKED).question


def test_a_word_of_the_same_meaning_keeps_the_answer() -> None:
    pair = Pair("x", "When did the regatta start?", "", "It began at six.", ((9, 15),))
    twin = said_otherwise(pair, POOL, random.Random(1))
    assert twin is not None
    assert twin.spans == pair.spans
    assert twin.question == "When did the regatta begin?"
