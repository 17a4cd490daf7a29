"""Near misses: questions in which one name or number is another article's, so that no document answers them."""

from dataclasses import replace

import pytest

from eval.datasets import DataSet, Gold, Question, Source
from eval.near_misses import is_name, near_misses

TEXTS = {
    "varn-1": ("Varn", "Tom Reed builds the ferry of Varn in 1951. It carries 48 people."),
    "elm-1": ("Elm", "Ada Marsh paints the church tower of Elm in 1873. It holds 12 bells."),
    "moss-1": ("Moss", "Ben Brook sells the ferry and carries people to Moss in 1964."),
}
ASKED = {
    "who": ("varn-1", "Who builds the ferry of Varn?", "Tom Reed"),
    "when": ("varn-1", "Which ferry does Tom Reed build in 1951?", "the ferry of Varn"),
    "tower": ("elm-1", "Who paints the church tower?", "Ada Marsh"),
    "seller": ("moss-1", "Who sells?", "Ben Brook"),
}


def question(name: str) -> Question:
    document, text, answer = ASKED[name]
    start = max(TEXTS[document][1].find(answer), 0)
    return Question(name, text, (Gold(document, start, start + len(answer)),), (answer,), context_id=document)


SOURCES = tuple(Source(name, title, text) for name, (title, text) in TEXTS.items())
ENGLISH = DataSet("squad2", SOURCES, tuple(map(question, ASKED)), {name: {ASKED[name][0]: 1.0} for name in ASKED})


def test_a_name_or_number_is_another_article_s_of_the_same_kind() -> None:
    (made,) = near_misses(ENGLISH, "en")
    assert made.id == "when"
    assert made.text in (
        "Which ferry does Ada Marsh build in 1951?",
        "Which ferry does Tom Reed build in 1873?",
    ), "Ben Brook and 1964 stand with a ferry and people, so a document might answer"
    assert not made.answerable
    assert made.gold == made.answers == ()


def test_the_guide_tells_which_answers_are_names() -> None:
    lower = {name: replace(question(name), answers=(ASKED[name][2].lower(),)) for name in ASKED}
    folded = [replace(one, text=one.text.lower()) for one in lower.values()]
    sources = tuple(replace(one, text=one.text.lower()) for one in SOURCES)
    small = replace(ENGLISH, documents=sources, questions=tuple(folded))
    (alone,) = near_misses(small, "en")
    assert alone.text == "which ferry does tom reed build in 1873?", "only numbers are known"
    texts = {one.text for turn in range(6) for one in near_misses(_renamed(small, turn), "en", _renamed(ENGLISH, turn))}
    assert "which ferry does ada marsh build in 1951?" in texts


def _renamed(dataset: DataSet, turn: int) -> DataSet:
    """The same questions by other ids, which decide what is replaced."""
    return replace(dataset, questions=tuple(replace(one, id=f"{one.id}{turn}") for one in dataset.questions))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Tom Reed", True),
        ("San Juan de la Cruz", True),
        ("Ávila", True),
        ("the ferry", False),
        ("La isla grande", False),
        ("1951", False),
    ],
)
def test_a_name_has_capitals(answer: str, expected: bool) -> None:
    assert is_name(answer) is expected
