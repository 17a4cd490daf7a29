"""Sentences told again in other languages, and what counts as shown."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from eval.datasets import DataSet, Gold, Question, Source
from eval.local_differences import Case, Figures, Told, cases
from retriever import Document

TEXTS = [
    "Die alte Fähre von Varn trägt seit langem 48 Menschen über den breiten Sund. Sie ist rot.",
    "Der Kirchturm von Elm wurde im Jahr 1873 von den Fischern des Ortes gebaut.",
    "Der Leuchtturm leuchtet etwa 12 Meilen weit über das offene Meer vor der Insel.",
]
ANSWERS = ["48 Menschen", "1873", "etwa 12 Meilen"]


def question(at: int) -> Question:
    start = TEXTS[at].index(ANSWERS[at])
    return Question(str(at), "?", (Gold(f"xq-{at}", start, start + len(ANSWERS[at])),), context_id=f"xq-{at}")


GERMAN = DataSet(
    "xquad_de",
    tuple(Source(f"xq-{at}", "Insel", text) for at, text in enumerate(TEXTS)),
    tuple(map(question, range(3))),
    {},
)


def test_a_sentence_is_told_again_in_three_ways() -> None:
    value, thing, same = cases(GERMAN, "de")
    assert value.document.text == "Die alte Fähre von Varn trägt seit langem 72 Menschen über den breiten Sund."
    assert (value.told, value.numbers) == (Told.OTHER_VALUE, ("48", "72"))
    assert thing.told is Told.OTHER_THING
    assert "1880" in thing.document.text
    assert len(set(thing.document.text.split()) - set(TEXTS[1].split())) == 2
    assert (same.told, same.document.text) == (Told.SAME, TEXTS[2])


def answer(values: tuple[str, ...], ids: tuple[str, ...], same: tuple[tuple[int, ...], ...] = ()) -> Any:
    """As much of an answer as is counted."""
    places = tuple(range(len(ids)))
    differing = [SimpleNamespace(quotes=places, values=values)] if values else []
    quotes = [SimpleNamespace(document_id=one) for one in ids]
    return SimpleNamespace(quotes=quotes, agreement=SimpleNamespace(differing=differing, same=same))


def test_only_the_planted_values_of_the_told_sentence_count_as_shown() -> None:
    value = Case(Told.OTHER_VALUE, question(0), Document.from_text("told-0", TEXTS[0]), ("48", "72"))
    same = replace(value, told=Told.SAME)
    both = ("xq-0", "told-0")
    done = [
        (value, answer(("48 Menschen", "72 Menschen"), both)),
        (value, answer(("48 Menschen", "73 Menschen"), both)),
        (value, answer((), ())),
        (replace(value, told=Told.OTHER_THING), answer(("48", "72"), both)),
        (same, answer((), both, ((0, 1),))),
        (same, answer((), both)),
    ]
    assert Figures.of(done) == Figures(asked=3, shown=1, others=2, same=2, together=1)
