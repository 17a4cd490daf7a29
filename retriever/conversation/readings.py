"""A question and the turns before it -> the questions that it may be: its readings.

    named      things that the conversation named, for words that refer
    completed  the same, where the question leaves them out
    filled     the question before, asked about what a fragment names
    asked      the question before, with another question word: "Why?"
    joined     the question before, and this one behind it

Each says what speaks for it (`likelihood`). The documents have their say later (`answering/pipeline`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product

import numpy as np

from ..learning import log_probability
from ..text.phrases import singular
from ..text.question import Question
from ..text.tokens import fold, terms
from .antecedents import PRONOUNS, Entity
from .gaps import Gap
from .likelihood import Kind, Reading
from .resolution import LEAST_FRAGMENT, OpenGap, Resolution
from .rewriting import filled, is_several, joined_to, may_be, name_of
from .slots import placed
from .titles import is_balanced, phrases_of
from .wording import (
    BOTH,
    COMPARES,
    asks_alone,
    is_fragment,
    is_telling,
    opened,
    spelt_of,
    stem_of,
    time_phrases,
)

# Readings that put things in gaps, and things that are tried for each of one, two or three gaps.
MOST_NAMED = 8
MOST_THINGS_EACH = (6, 3, 2)
# From this probability, what looks like a fragment is no question of its own.
SURE_FRAGMENT = 0.5

_COUNTING = re.compile(r"(?i)how (many|much)\b")
_SEVERAL = frozenset("they them their these those".split())
_COUNTED = _SEVERAL | {"it", "its", "this", "that", *PRONOUNS}


def readings_of(resolution: Resolution) -> tuple[Reading, ...]:
    """Make the readings of a question.

    Args:
        resolution: the question, the turns before it and the things that it may refer to.

    Returns:
        Readings with different texts; one is the question as typed, unless it is a fragment that goes on.
    """
    question, base = resolution.question, Question.of(resolution.turns[-1].understood_as)
    found = [Reading(question.text, Kind.TYPED), *_every(resolution, base)]
    goes_on = resolution.opened.joined and is_fragment(resolution.opened.body)
    if resolution.is_owned or (goes_on and any(one.kind is Kind.FILLED for one in found)):
        found = found[1:]  # "And the last one?" is no question by itself
    if is_balanced(question.text) and is_balanced(base.text):
        found = [one for one in found if is_balanced(one.text)]  # a title was cut
    unique: dict[str, Reading] = {}
    for one in found:
        text = _tidied(one.text)
        unique.setdefault(fold(text), one if one.kind is Kind.TYPED else replace(one, text=text))
    return tuple(unique.values())


def _tidied(text: str) -> str:
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    if text.endswith(("?", ".", "!")):
        return text
    return f"{text}." if is_telling(text) else f"{text}?"


def _every(resolution: Resolution, base: Question) -> Iterator[Reading]:
    question, parts = resolution.question, resolution.opened
    if compared := COMPARES.fullmatch(question.text):
        yield from (replace(one, compares=True) for one in _placed(compared["other"], resolution, base))
        if not time_phrases(compared["other"]):  # "Is it the same as beer?" may ask of two things what they are
            yield from _whole(resolution, base)
        return
    if asks_alone(parts.body):
        yield from _asked(parts.body, base)
    else:
        if is_fragment(parts.body) or resolution.fragment >= LEAST_FRAGMENT:
            yield from _filled(resolution, base)
        takes_place = is_fragment(parts.body) and resolution.fragment >= SURE_FRAGMENT and not resolution.is_owned
        if not resolution.is_only_gap and not takes_place:
            yield from _whole(resolution, base)
    yield Reading(joined_to(base.text, parts.body), Kind.JOINED, 1, elsewhere=True)


def _filled(resolution: Resolution, base: Question) -> Iterator[Reading]:
    """The question before, asked about what a fragment names, or about what that stands for."""
    if resolution.is_owned:
        return
    if not resolution.refers:
        yield from _placed(resolution.opened.body, resolution, base)
    for named in _named(resolution):
        for one in _placed(opened(named.text).body, resolution, base):
            likeness = {**one.likeness, **named.likeness, "content": 1.0}
            yield replace(one, log_odds=one.log_odds + named.log_odds, likeness=likeness)


def _placed(body: str, resolution: Resolution, base: Question) -> Iterator[Reading]:
    for one in placed(body, base, resolution.replaced, resolution.appended):
        likeness = {"added": float(one.is_added), "parallel": float(one.is_parallel)}
        yield Reading(one.text, Kind.FILLED, 1, one.log_odds, likeness, elsewhere=True)


def _asked(body: str, base: Question) -> Iterator[Reading]:
    few = re.fullmatch(r"(?i)why\s+(so\s+\w+)", body)  # "why so few?"
    bare = re.sub(r"[\s?.!]+$", "", base.text)
    lowered = body if body.isupper() else body[:1].lower() + body[1:]
    if body.lower() != "why not":  # "not" belongs to the question before, of which only a verb is moved
        yield from _asked_with(body, base, few[1].lower() if few else "")
    yield Reading(f"{bare}, and {lowered}?", Kind.ASKED, 1, 0.0, {"and_asked": 1.0})


def _asked_with(body: str, base: Question, few: str) -> Iterator[Reading]:
    """The question before, with its question word exchanged."""
    body = "why" if fold(body).startswith("why") else body
    stem, asks = stem_of(base), body[:1].upper() + body[1:]
    has_subject = not stem.asks or fold(stem.asks.split()[0]) in {"when", "where", "why", "how"}
    if stem.verb and not stem.noun and has_subject:
        verb = stem.verb[:1].lower() + stem.verb[1:]
        yield Reading(f"{asks} {verb}?", Kind.ASKED, 1, 0.0, {"moved": 1.0})
    elif stem.verb and stem.noun and spelt_of(stem.verb)[0] in {"is", "are", "was", "were", "has", "have", "had"}:
        verb, _, rest = stem.verb.partition(" ")
        counted = _COUNTING.match(stem.asks)
        many = f"{few or f'so {counted[1].lower()}'} " if counted else ""
        yield Reading(f"{asks} {verb} {many}{stem.noun} {rest}?", Kind.ASKED, 1, 0.0, {"moved": 1.0, "counted": 1.0})


def _whole(resolution: Resolution, base: Question) -> Iterator[Reading]:
    """The readings of a question that only needs a name, a noun or a time."""
    body, fragment = _tidied(resolution.opened.body), is_fragment(resolution.opened.body)
    if resolution.opened.joined and body != resolution.question.text and not resolution.refers and not fragment:
        yield Reading(body, Kind.COMPLETED, 0, 0.0, {"subject": 1.0})
    for one in (*_named(resolution), *_both(resolution, base)):
        text = opened(one.text).body
        if resolution.is_owned and fold(text.split()[0]) == fold(resolution.opened.body.split()[0]):
            continue  # "its cost of the tower"
        yield replace(one, text=f"What about {text}?" if fragment else _tidied(text))


def _named(resolution: Resolution) -> Iterator[Reading]:
    """The readings that put things in the gaps of a question, likeliest first, `MOST_NAMED` at most."""
    made = []
    text = resolution.question.text
    for gaps, log_odds in _sets(resolution.gaps, text):
        most = MOST_THINGS_EACH[min(len(gaps), len(MOST_THINGS_EACH)) - 1]
        for things in product(*(_fitting(resolution.question, one)[:most] for one in gaps)):
            if len({entity.terms for entity, _ in things}) == len(gaps):
                likely = log_odds + sum(log_probability(probability) for _, probability in things)
                made.append((likely, gaps, [entity for entity, _ in things]))
    for likely, gaps, entities in sorted(made, key=lambda one: -one[0])[:MOST_NAMED]:
        fillings = [(one.gap, entity) for one, entity in zip(gaps, entities, strict=True)]
        kind = Kind.COMPLETED if all(gap.is_left_out for gap, _ in fillings) else Kind.NAMED
        newest = min(entity.shown.back for entity in entities)
        likeness = [_likeness(text[gap.start : gap.end], entity) for gap, entity in fillings]
        mean = {name: sum(one.get(name, 0.0) for one in likeness) / len(likeness) for name in likeness[0]}
        yield Reading(filled(text, fillings), kind, newest, likely, {**mean, "gaps": float(len(gaps))})


def _sets(gaps: Sequence[OpenGap], text: str) -> Iterator[tuple[list[OpenGap], float]]:
    """Some of a question's gaps, in order, with the logarithm of the probability that just these are filled."""
    for chosen in product((True, False), repeat=len(gaps)):
        pairs = [*zip(gaps, chosen, strict=True)]
        some = [one for one, is_one in pairs if is_one]
        if some and not any(_are_one(one.gap, other.gap, text) for one, other in pairwise(some)):
            each = (one.gap.probability if is_one else 1 - one.gap.probability for one, is_one in pairs)
            yield some, sum(map(log_probability, each))


def _are_one(first: Gap, second: Gap, text: str) -> bool:
    """Whether two gaps share a word, or one is the article of the other."""
    is_article = fold(text[first.start : first.end]) in ("the", "a", "an")
    return first.end > second.start or (is_article and not text[first.end : second.start].strip())


def _fitting(question: Question, one: OpenGap) -> list[tuple[Entity, float]]:
    """The things that may belong in a gap, with their probabilities, likeliest first."""
    gap = one.gap
    if (
        gap.is_left_out
        and not gap.preposition
        and any(phrase.named and phrase.end == gap.start for phrase in question.phrases)
    ):
        return []  # no name follows a name
    return [(entity, probability) for entity, probability in one.things.likely if _fits(entity, gap, question)]


def _fits(entity: Entity, gap: Gap, question: Question) -> bool:
    """Whether a thing may belong in a gap.

    What the question names already does not, and another name stands for itself: "Inga" is not Leona Brandt. "The
    rooms" are not the Ash Room, nor are "both"; and they need no list of rooms.
    """
    spelt = question.text[gap.start : gap.end]
    own = set(terms(spelt))
    known = set(question.terms) - own
    named = {term for phrase in question.phrases if phrase.named for term in phrase.terms} & own
    if not may_be(spelt, entity) or set(entity.terms) <= known or not named <= set(entity.terms):
        return False
    noun = spelt or question.text[: gap.start].rpartition(" ")[2]
    is_same = bool(set(terms(noun)) & set(entity.terms))
    if is_same and ((singular(noun) != noun) != is_several(entity) or " and " in entity.shown.phrase.text):
        return False
    both = BOTH.search(question.text)
    return is_several(entity) or both is None or not both.start() <= gap.start <= both.end()


def _both(resolution: Resolution, base: Question) -> Iterator[Reading]:
    """The readings of a question about two things: "both"."""
    text = resolution.question.text
    if both := BOTH.search(text):
        for pair in _pairs(resolution, base):
            yield Reading(f"{text[: both.start()]}both {pair}{text[both.end() :]}", Kind.NAMED, 1, 0.0, {"pair": 1.0})


def _pairs(resolution: Resolution, base: Question) -> Iterator[str]:
    """Two things of one kind that the last turns named."""
    found = (resolution.both, *(gap.things for gap in resolution.gaps))
    every = list(dict.fromkeys(entity for things in found for entity, _ in things.likely))
    named = [one for one in every if one.shown.phrase.named or one.shown.phrase.article]
    for at, first in enumerate(named[:4]):
        for second in named[at + 1 : 4]:
            one, other = first.shown, second.shown
            if not set(first.terms) <= set(second.terms) and not set(second.terms) <= set(first.terms):
                earlier, later = (first, second) if one.back > other.back else (second, first)
                yield f"{name_of(earlier)} and {name_of(later)}"
    for phrase in phrases_of(base.text):
        if phrase.joint == "and":
            yield phrase.text


def _likeness(spelt: str, entity: Entity) -> dict[str, float]:
    """How well a thing fits a word, which is empty where the word is left out."""
    phrase = entity.shown.phrase
    word = fold(spelt)
    person, counted = word in PRONOUNS, word in _COUNTED
    agrees = (word in _SEVERAL) == is_several(entity)
    quoted = all(mention.answer for mention in entity.mentions)
    return {
        "agrees": float(counted and agrees),
        "disagrees": float(counted and not agrees),
        "person": float(person and phrase.named),
        "quoted": float(quoted),
        "quoted_person": float(quoted and person and phrase.named),
        "named": float(phrase.named),
        "words": float(np.log(len(phrase.text.split()))),
        "left_out": float(not spelt),
    }
