"""Whole questions -> follow-ups that are fragments, with the question before them and the question that they mean.

A phrase of a question is exchanged for another phrase of the same article: the changed question is the one before, and
the fragment names the phrase again. "How many pears did members deliver?", then "And apples?", means "How many apples
did members deliver?". Every second fragment keeps its preposition; every fifth is a correction, "No, I meant apples.".
Questions that only ask ("Why?") follow whole questions too. Nothing is random.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.datasets import Question as Asked
from eval.follow_ups import names_in, sentence_around, shorten
from retriever import Turn
from retriever.conversation.wording import PREPOSITIONS, places, stem_of
from retriever.text.phrases import Phrase
from retriever.text.question import Question

_OPENINGS = ("And {}?", "What about {}?", "And {}?", "Same for {}?", "No, I meant {}.")
_OPENINGS_IN = ("And {} {}?", "What about {} {}?", "And {} {}?", "Same {} {}?", "No, I meant {} {}.")
_ASKED = ("Why?", "When?", "Where?", "How?")


@dataclass(frozen=True, slots=True)
class MadeFollowUp:
    """A question, a follow-up, and what that means."""

    before: str
    typed: str
    meant: str


def fragments_of(texts: Sequence[str]) -> Iterator[MadeFollowUp]:
    """Make follow-ups of the questions about one article."""
    questions = [Question.of(text) for text in texts]
    every = [place for one in questions for place in places(one) if not place.joint and len(place.text.split()) <= 3]
    for number, question in enumerate(questions):
        own = [
            place
            for place in places(question)
            if not place.joint and len(place.text.split()) <= 3 and place.end - place.start >= 4
        ]
        if not own:
            continue
        place = own[number % len(own)]
        other = _like(place, question, every, number)
        if other is None:
            continue
        yield _made(question, place, other, number)


def _like(place: Phrase, question: Question, every: Sequence[Phrase], number: int) -> Phrase | None:
    """Another phrase of the same kind, which the question has not: of the same last word if there is one."""
    fitting = [
        one
        for one in every
        if one.named == place.named
        and one.plural == place.plural
        and bool(one.article) == bool(place.article)
        and one.text.isdigit() == place.text.isdigit()
        and not set(one.terms) & question.naming_terms - set(place.terms[-1:])
        and one.terms != place.terms
    ]
    same = [one for one in fitting if one.terms[-1:] == place.terms[-1:]]
    chosen = same or fitting
    return chosen[(7 * number) % len(chosen)] if chosen else None


def _made(question: Question, place: Phrase, other: Phrase, number: int) -> MadeFollowUp:
    text = question.text
    before = text[: place.start] + other.text + text[place.end :]
    name = f"the {place.text}" if place.article == "the" else place.text
    how = (number // 2) % len(_OPENINGS)
    if number % 2 and place.before in PREPOSITIONS.split():
        typed = _OPENINGS_IN[how].format(place.before, name)
    else:
        typed = _OPENINGS[how].format(name)
    return MadeFollowUp(before, typed, text)


def quoted_of(questions: Sequence[Asked], texts: Mapping[str, str]) -> Iterator[tuple[MadeFollowUp, Turn]]:
    """Make follow-ups about what only the answer before names: "Who founded it?", then "Where was she born?"."""
    for before in questions:
        name, gold = before.answers[0], before.gold[0]
        if name in before.text or not name[:1].isupper():
            continue
        text = texts[gold.document_id]
        first, last = sentence_around(text, gold.start, gold.end)
        turn = Turn(before.text, text[first:last], ((gold.document_id, first, last),))
        for after in questions:
            if after is not before and name in names_in(after.text):
                yield MadeFollowUp(before.text, shorten(after.text, name, text), after.text), turn


def asked_of(texts: Sequence[str]) -> Iterator[MadeFollowUp]:
    """Make follow-ups that only ask, of the questions about one article."""
    for number, text in enumerate(texts):
        stem = stem_of(Question.of(text))
        asks = _ASKED[number % len(_ASKED)]
        has_subject = stem.asks.lower() in ("when", "where", "why", "how")
        if stem.verb and has_subject and not text.lower().startswith(asks.lower()[:-1]):
            yield MadeFollowUp(text, asks, f"{asks[:-1]} {stem.verb}?")
