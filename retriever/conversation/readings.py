"""A question and the turns before it -> the questions that it may be: its readings.

    named      a thing that the conversation named, for a pronoun
    completed  the same, behind a question that leaves it out; or the noun that "How many were there?" counts
    filled     the question before, asked about what a fragment names
    asked      the question before, with another question word: "Why?"
    joined     the question before, and this one behind it

Each says what speaks for it (`likelihood`). The documents have their say later (`answering/pipeline`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..agreement.kinds import Kind as Value
from ..agreement.values import values_in
from ..text.phrases import Phrase, singular
from ..text.question import Question
from ..text.tokens import fold
from .antecedents import Antecedents, Entity
from .cues import Cue, cues, one_of, there_of
from .likelihood import Kind, Reading
from .resolution import Resolution
from .rewriting import joined_to, name_antecedent, name_both, name_of
from .signals import TRAITS
from .slots import MONTH, YEAR, Filled, fill
from .titles import is_balanced, phrases_of, with_marks, without_titles
from .wording import (
    BOTH,
    COMPARES,
    Opened,
    asks_alone,
    is_fragment,
    is_telling,
    opened,
    places,
    spelt_of,
    stem_of,
    time_phrases,
)

_OF_THEM = re.compile(r"(?i)\bof\s+(?:them|these|those)\b")
_THEN = re.compile(r"(?i)\b(?:then|at that time|that (?:year|month|day|week)|in the same (?:year|month))\b")
_COUNT = re.compile(r"(?i)^(how many)\s+(?=(?:is|are|was|were|do|does|did|has|have|had|can|will|went|came)\b)")


def readings_of(question: Question, base: Question, resolution: Resolution) -> tuple[Reading, ...]:
    """Make the readings of a question.

    Args:
        question: as typed.
        base: the question before it, standing alone.
        resolution: the things that it may refer to.

    Returns:
        Readings with different texts; one is the question as typed, unless it is a fragment that goes on.
    """
    parts = opened(question.text)
    found = [Reading(question.text, Kind.TYPED), *_every(question, parts, base, resolution)]
    if parts.joined and is_fragment(parts.body) and any(one.kind is Kind.FILLED for one in found):
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


def _every(question: Question, parts: Opened, base: Question, resolution: Resolution) -> Iterator[Reading]:
    if compared := COMPARES.fullmatch(question.text):
        for one in fill(compared["other"], base):
            yield Reading(one.text, Kind.FILLED, 1, 0.0, one.likeness, compares=True, elsewhere=True)
        if not time_phrases(compared["other"]):  # "Is it the same as beer?" may ask of two things what they are
            yield from _whole(question, base, resolution, parts)
        return
    if asks_alone(parts.body):
        yield from _asked(parts.body, base)
    elif is_fragment(parts.body):
        yield from _filled(parts.body, base, resolution)
    else:
        yield from _whole(Question.of(_tidied(parts.body)), base, resolution, parts)
    yield Reading(joined_to(base.text, parts.body), Kind.JOINED, 1, elsewhere=True)


def _filled(body: str, base: Question, resolution: Resolution) -> Iterator[Reading]:
    owned = tuple(_pronouns(Question.of(_tidied(body)), base, resolution))
    if owned:  # "And its port?" asks for the ferry's port, not for the captain of a port
        yield from owned
        return
    for one in fill(body, base):
        yield Reading(one.text, Kind.FILLED, 1, 0.0, one.likeness, elsewhere=True)
    pairs = _listed(resolution) if (place := _ORDINAL.fullmatch(body)) else ()
    if place and pairs:
        for names in pairs:
            other = _at(names, place["which"])
            for filled in _named_places(other, base) if other else ():
                yield Reading(filled.text, Kind.FILLED, 1, 0.0, {**filled.likeness, "pair": 1.0}, elsewhere=True)


_ORDINALS = {"first": 0, "former": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "latter": -1, "other": -1}
_ORDINAL = re.compile(rf"(?i)(?:the\s+)?(?P<which>{'|'.join(_ORDINALS)})(?:\s+(?:one|\w+))?")
_ORDINAL_ONE = re.compile(rf"(?i)\bthe\s+(?P<which>{'|'.join(_ORDINALS)})(?:\s+one)?(?=\s+\w+\s*\?*$|\s*\?*$)")
_NAME = r"[A-Z][\w'-]*(?: [A-Z][\w'-]*)*"
_LIST = re.compile(rf"\b{_NAME}(?:, {_NAME})*,? and (?:the )?{_NAME}")


def _at(names: Sequence[str], which: str) -> str:
    """The name that an ordinal means, or nothing."""
    at = _ORDINALS[fold(which)]
    return names[at] if -len(names) <= at < len(names) else ""


def _listed(resolution: Resolution) -> list[list[str]]:
    """Names that the turns before list, newest first: "Inga and Maj"."""
    texts = [
        text for turn in reversed(resolution.turns[-3:]) for text in (turn.understood_as or turn.question, turn.answer)
    ]
    found = [
        re.split(r",? and (?:the )?|, ", match[0]) for text in texts for match in _LIST.finditer(without_titles(text))
    ]
    return [names for names in found if len(names) >= 2]


def _named_places(name: str, base: Question) -> Iterator[Filled]:
    """A name, for each name of the question before, and for "the first one" of it."""
    for match in re.finditer(rf"(?i)\bthe (?:{'|'.join(_ORDINALS)})(?: one| \w+)?\b", base.text):
        yield Filled(base.text[: match.start()] + name + base.text[match.end() :], {"kind": 1.0})
    for place in places(base):
        if place.named and place.text != name:
            start, end = with_marks(base.text, place.start, place.end)
            yield Filled(base.text[:start] + name + base.text[end:], {"named_alike": 1.0})


def _asked(body: str, base: Question) -> Iterator[Reading]:
    body = "why" if fold(body).startswith("why") else body  # "why so few?"
    stem, asks = stem_of(base), body[:1].upper() + body[1:]
    has_subject = not stem.asks or fold(stem.asks.split()[0]) in {"when", "where", "why", "how"}
    if stem.verb and not stem.noun and has_subject:
        yield Reading(f"{asks} {stem.verb}?", Kind.ASKED, 1, 0.0, {"moved": 1.0})
    elif stem.verb and stem.noun and spelt_of(stem.verb)[0] in {"is", "are", "was", "were", "has", "have", "had"}:
        verb, _, rest = stem.verb.partition(" ")
        yield Reading(f"{asks} {verb} {stem.noun} {rest}?", Kind.ASKED, 1, 0.0, {"moved": 1.0, "counted": 1.0})
    bare = re.sub(r"[\s?.!]+$", "", base.text)
    yield Reading(f"{bare}, and {body[:1].lower() + body[1:]}?", Kind.ASKED, 1, 0.0, {"and_asked": 1.0})


def _whole(question: Question, base: Question, resolution: Resolution, parts: Opened) -> Iterator[Reading]:
    """The readings of a question that only needs a name, a noun or a time."""
    if parts.joined and question.text != resolution.cues.question.text and not resolution.cues.open_cues:
        yield Reading(question.text, Kind.COMPLETED, 0, 0.0, {"subject": 1.0})
    made = [
        *_pronouns(question, base, resolution),
        *_of_several(question, base, resolution),
        *_left_out(question, base, resolution),
    ]
    yield from made
    timed = time_phrases(base.text)
    if not timed or question.time_expressions.matches:
        yield from _in_that_year(made, base)
        return
    lead = _time_of(base)
    for one in [*made, Reading(question.text, Kind.COMPLETED, 1)]:
        if _THEN.search(one.text):
            text = _THEN.sub(lead, one.text, count=1)
        else:
            text = re.sub(r"[\s?.!]*$", f" {lead}?", one.text, count=1)
        yield Reading(text, one.kind, one.back, one.log_odds, {**one.likeness, "timed": 1.0})


def _in_that_year(made: Sequence[Reading], base: Question) -> Iterator[Reading]:
    """The readings that name a month, in the year of the question before."""
    if year := YEAR.search(base.text):
        for one in made:
            month = MONTH.search(one.text)
            if month and not YEAR.search(one.text):
                text = f"{one.text[: month.end()]} {year[0]}{one.text[month.end() :]}"
                yield Reading(text, one.kind, one.back, one.log_odds, {**one.likeness, "timed": 1.0})


def _pronouns(question: Question, base: Question, resolution: Resolution) -> Iterator[Reading]:
    """The readings that name a thing for a pronoun, for "there" or for "one"."""
    found = tuple(cue for cue in cues(question) if not cue.local)
    there, one = there_of(question.text), one_of(question.text)
    if resolution.people and resolution.things:
        yield from _with_somebody(question, found, resolution.people, resolution.things)
    for entity, probability, quoted in _things(resolution.antecedents):
        if not any(map(str.isalpha, entity.shown.phrase.text)):
            continue  # no pronoun stands for a number
        likeness = {**_agreement(found[:1], entity), "quoted": float(quoted)}
        likeness["quoted_person"] = likeness["quoted"] * likeness.get("person", 0.0)
        made = Reading("", Kind.NAMED, entity.shown.back, float(np.log(probability + 1e-3)), likeness)
        if text := _named(question, found, entity, base):
            yield replace(made, text=text)
        if there:
            text = f"{question.text[: there.start()]}in {name_of(entity)}{question.text[there.end() :]}"
            yield replace(made, text=text, likeness={**likeness, "place": 1.0})
        if one and not entity.shown.phrase.named:
            yield replace(made, text=_as_one(question.text, one, entity), likeness={**likeness, "head": 1.0})


def _named(question: Question, found: Sequence[Cue], entity: Entity, base: Question) -> str | None:
    """A question with a thing for its pronoun; "of them" is of the things as they were at the time asked about."""
    text = name_antecedent(question, found, entity) if found else None
    times = _time_of(base) if text and _OF_THEM.search(question.text) else ""
    if text and times and not time_phrases(text):
        text = text.replace(name_of(entity), f"{name_of(entity)} {times}", 1)
    return text


def _of_several(question: Question, base: Question, resolution: Resolution) -> Iterator[Reading]:
    """The readings of a question about one of several things, or about two: "the first one", "both"."""
    if ordinal := _ORDINAL_ONE.search(question.text):
        for names in _listed(resolution):
            if name := _at(names, ordinal["which"]):
                text = f"{question.text[: ordinal.start()]}{name}{question.text[ordinal.end() :]}"
                yield Reading(text, Kind.NAMED, 1, 0.0, {"pair": 1.0})
    if both := BOTH.search(question.text):
        for pair in _pairs(base, resolution):
            text = f"{question.text[: both.start()]}both {pair}{question.text[both.end() :]}"
            yield Reading(text, Kind.NAMED, 1, 0.0, {"pair": 1.0})


def _time_of(base: Question) -> str:
    """The first time that a question names, with its preposition; empty if it names none."""
    found = [base.text[start:end] for start, end in time_phrases(base.text)[:1]]
    return "".join(one if " " in one else f"in {one}" for one in found)


def _with_somebody(
    question: Question, found: Sequence[Cue], people: Antecedents, things: Antecedents
) -> Iterator[Reading]:
    """Name a person and a thing in a question that refers to both."""
    for somebody, person, _ in [*_things(people)][:2]:
        for thing, probability, _ in [*_things(things)][:2]:
            if text := name_both(question, found, somebody, thing):
                both = float(np.log(person * probability + 1e-3))
                yield Reading(text, Kind.NAMED, somebody.shown.back, both, {"two": 1.0, "agrees": 1.0, "person": 1.0})


def _pairs(base: Question, resolution: Resolution) -> Iterator[str]:
    """Two things of one kind that the last turns named."""
    named = [one for one, _, _ in _things(resolution.antecedents) if one.shown.phrase.named or one.shown.phrase.article]
    for at, first in enumerate(named[:4]):
        for second in named[at + 1 : 4]:
            one, other = first.shown, second.shown
            if not set(first.terms) <= set(second.terms) and not set(second.terms) <= set(first.terms):
                earlier, later = (first, second) if one.back > other.back else (second, first)
                yield f"{name_of(earlier)} and {name_of(later)}"
    for phrase in phrases_of(base.text):
        if phrase.joint == "and":
            yield phrase.text


def _as_one(text: str, one: re.Match[str], entity: Entity) -> str:
    phrase = entity.shown.phrase
    before = spelt_of(text[: one.start()])[-1:]
    bare = bool(before) and before[0] in {
        "need",
        "get",
        "have",
        "buy",
        "want",
        "use",
        "make",
        "take",
        "is",
        "find",
        "book",
    }
    article = "" if not bare or phrase.plural or phrase.named else ("an " if phrase.text[:1] in "aeiou" else "a ")
    name = singular(phrase.text) if phrase.plural and one[0].lower() == "one" else phrase.text
    return text[: one.start()] + article + name + text[one.end() :]


def _left_out(question: Question, base: Question, resolution: Resolution) -> Iterator[Reading]:
    """The readings in which something is put in that the question leaves out."""
    if resolution.cues.open_cues:
        return
    noun = stem_of(base).noun
    if count := _COUNT.match(question.text):
        nouns = (
            [noun]
            if noun
            else [one.shown.phrase.text for one, _, _ in _things(resolution.antecedents) if _is_counted(one)]
        )
        for each in nouns[:2]:
            text = f"{count[1]} {each} {question.text[count.end() :]}"
            yield Reading(text, Kind.COMPLETED, 1, 0.0, {"counted": 1.0})
    for entity, probability, quoted in _things(resolution.antecedents):
        if set(entity.terms) & question.naming_terms == set(entity.terms):
            continue
        mention = entity.shown
        likeness = {"quoted": float(quoted), **_agreement((), entity), **_repeating(entity, question)}
        if text := _with_complement(question, entity):
            yield Reading(text, Kind.COMPLETED, mention.back, float(np.log(probability + 1e-3)), likeness)
        if fuller := _fuller(question, entity):
            yield Reading(
                fuller, Kind.COMPLETED, mention.back, float(np.log(probability + 1e-3)), {**likeness, "head": 1.0}
            )


def _is_counted(entity: Entity) -> bool:
    """Whether "how many" may ask for a thing: not for a number of hours, nor for two things together."""
    mention = entity.shown
    measured = (one for one in values_in(mention.text, ()) if one.kind is not Value.COUNT)
    spans = [(one.start, one.end) for one in measured]
    inside = any(start < mention.phrase.end and mention.phrase.start < end for start, end in spans)
    return mention.phrase.plural and mention.phrase.joint != "and" and not inside


def _with_complement(question: Question, entity: Entity) -> str:
    """A question with a thing behind the noun that needs one: "the symptoms", "how many types"; or with its place."""
    before = entity.shown.phrase.before
    for phrase in reversed(phrases_of(question.text)):
        counted = phrase.before in ("many", "much") or (phrase.terms[-1:] and phrase.terms[-1] in TRAITS)
        if (
            not phrase.joint
            and phrase.after != "of"
            and not phrase.is_before_noun
            and (phrase.article == "the" or counted)
        ):
            return f"{question.text[: phrase.end]} of {name_of(entity)}{question.text[phrase.end :]}"
    if before in ("in", "at", "on", "for"):
        return re.sub(r"[\s?.!]*$", f" {before} {name_of(entity)}?", question.text, count=1)
    return ""


def _fuller(question: Question, entity: Entity) -> str:
    """A question with a thing's full name for its last word: "the new bridge at Nether Arven" for "the bridge"."""
    for phrase in phrases_of(question.text):
        whole = entity.shown.phrase
        if (
            phrase.article == "the"
            and len(phrase.terms) < len(entity.terms)
            and phrase.terms
            and (phrase.terms[-1] == entity.terms[-1] or phrase.terms[-1] == entity.terms[0])
        ):
            return question.text[: phrase.start] + whole.text + question.text[phrase.end :]
    return ""


def _repeating(entity: Entity, question: Question) -> dict[str, float]:
    return {"repeats": float(bool(set(entity.terms) & question.naming_terms))}


def _things(antecedents: Antecedents) -> Iterator[tuple[Entity, float, bool]]:
    """The things with their probabilities, likeliest first, and whether only answers name each."""
    for entity, probability in antecedents.likely:
        yield entity, probability, all(mention.answer for mention in entity.mentions)


def _agreement(found: Sequence[Cue], entity: Entity) -> dict[str, float]:
    phrase: Phrase = entity.shown.phrase
    if not found:
        return {"named": float(phrase.named), "words": float(np.log(len(phrase.text.split())))}
    agrees = found[0].plural == phrase.plural
    person = found[0].person
    return {
        "agrees": float(agrees),
        "disagrees": float(not agrees),
        "person": float(person and phrase.named),
        "named": float(phrase.named),
        "words": float(np.log(len(phrase.text.split()))),
    }
