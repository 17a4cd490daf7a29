"""A question that needs its conversation -> the question as it would be asked alone.

There are two ways to write it:

- The thing that it refers to replaces its pronoun, but only where grammar surely allows it. Elsewhere the thing follows
  in brackets: "Do they (the frogs) ...". A question without a cue ("what are the symptoms") is not completed: on CAsT
  2019, less than two in three such rewrites were right.
- A fragment changes an earlier question: "And in March?" after "How many boats sank in May?". Its month, year, weekday,
  nation ("the US one") or name takes the place of the earlier one. The earlier question must have exactly one such
  place. With two it would be a guess.
"""

import re
from collections.abc import Sequence

from ..text.calendar import MONTHS, WEEKDAYS
from ..text.nations import NationForm, asked_of
from ..text.phrases import Phrase
from ..text.question import Question
from .antecedents import Entity
from .cues import Cue, Role

_FRAGMENT = re.compile(
    r"\s*(?:(?:and|but|or|so)\s+)?(?:(?:what|how)\s+about\s+)?(?:(?P<preposition>in|on|for|at|from|by|to|with)\s+)?"
    r"(?P<slot>(?:(?:[A-Z]\.){2,}|[^?.!])*(?:(?:[A-Z]\.){2,}|[^?.!\s]))\s*[?.!]*\s*",
    re.IGNORECASE,
)
_KINDS = (
    re.compile(rf"\b(?:{'|'.join(name.capitalize() for name in MONTHS)})\b"),
    re.compile(r"\b(?:1\d|20)\d\d\b"),
    re.compile(rf"\b(?:{'|'.join(name.capitalize() for name in WEEKDAYS)})\b"),
)


def name_antecedent(question: Question, cues: Sequence[Cue], entity: Entity | None) -> str | None:
    """Name a thing in a question.

    Args:
        question: as typed.
        cues: its cues, in order. Only the first is replaced, since all stand for the same thing.
        entity: the thing; None if the conversation named none.

    Returns:
        The question to read. None if it has no cue, names the thing already, asks about a person where the thing
        is not one, or refers to more than one thing ("why did he cook it").
    """
    if entity is None or not cues or set(entity.terms) <= set(question.terms):
        return None
    first = cues[0]
    if len({(cue.plural, cue.person) for cue in cues}) > 1:
        return None
    if first.person and not _may_be_somebody(entity.shown.phrase):
        return None
    text = question.text
    return text[: first.start] + _in_place(text, first, entity, name_of(entity)) + text[first.end :]


def _may_be_somebody(phrase: Phrase) -> bool:
    """Whether a thing may be a person: a name without an article, or "the keeper"."""
    capital = any(word[0].isupper() for word in phrase.text.split())
    return capital != (phrase.article == "the") and not any(letter.isdigit() for letter in phrase.text)


def name_of(entity: Entity) -> str:
    """A thing's name, with its article."""
    mention = entity.shown
    phrase = mention.phrase
    text = phrase.text
    opens = phrase.start == 0 and text[:1].isupper() and text[1:2].islower() and not phrase.named
    if opens and " " in text and not any(letter.isupper() for letter in text[1:]):
        text = text[0].lower() + text[1:]
    article = mention.text[: phrase.start].split()[-1:] if phrase.article else []
    return f"{article[0].lower()} {text}" if article else text


def _in_place(question: str, cue: Cue, entity: Entity, name: str) -> str:
    """The words that replace a cue."""
    spelt = question[cue.start : cue.end]
    if cue.role is Role.OWNER:
        return _capital(name + ("'" if entity.shown.phrase.plural and name.endswith("s") else "'s"), cue)
    if cue.role is Role.POINTED and cue.noun == entity.terms[-1] and len(entity.terms) > 1:
        return _capital(name if name.startswith("the ") else f"the {name}", cue)
    agrees = cue.plural == entity.shown.phrase.plural
    if cue.role is Role.THING and agrees:
        return _capital(name, cue)
    return f"{spelt} ({name})"


def _capital(text: str, cue: Cue) -> str:
    return text[0].upper() + text[1:] if cue.start == 0 else text


def fill_slot(question: Question, earlier: Question) -> str | None:
    """Ask the earlier question about what a fragment names. None if it is no fragment, or its place is unclear."""
    fragment = _FRAGMENT.fullmatch(question.text)
    if fragment is None:
        return None
    slot = fragment["slot"].removeprefix("the ")
    for kind in _KINDS:
        if kind.fullmatch(slot):
            return _replace(earlier.text, [match.span() for match in kind.finditer(earlier.text)], slot)
    if anew := _of_another_nation(slot, earlier.text):
        return anew
    whole = [one for one in question.phrases if one.text == slot and one.named]
    names = [one for one in earlier.phrases if one.named and not any(kind.search(one.text) for kind in _KINDS)]
    # In "the Cuban delegation" the name is an adjective: not every name can replace it.
    names = [one for one in names if not one.is_before_noun]
    widest = [one for one in names if not any(_within(one.start, one.end, o.start, o.end) for o in names)]
    if not whole or len(widest) != 1 or (fragment["preposition"] or widest[0].before).lower() != widest[0].before:
        return None
    return _replace(earlier.text, [(widest[0].start, widest[0].end)], slot)


def _of_another_nation(slot: str, earlier: str) -> str | None:
    """Ask the earlier question about "the US one", "the US crew" (if it has a crew) or "the US"."""
    for name, noun in ((slot, ""), slot.rpartition(" ")[::2]):
        if [(one.start, one.end) for one in asked_of(name)] != [(0, len(name))] or not (noun or _says_which(name)):
            continue
        places = [(one.start, one.end) for one in asked_of(earlier)]
        behind = re.compile(rf"\s{re.escape(noun)}\b" if noun else r"\s\w")
        if noun in ("one", "ones") or any(
            behind.match(earlier, end) and (noun or _says_which(earlier[start:end])) for start, end in places
        ):
            return _replace(earlier, places, name)
    return None


def _says_which(name: str) -> bool:
    """Whether a nation's name can stand before a noun: "Cuban" and "US" can, "Cuba" cannot."""
    return name.isupper() or any(one.naming is NationForm.ADJECTIVE for one in asked_of(name))


def _within(start: int, end: int, other_start: int, other_end: int) -> bool:
    return other_start <= start and end <= other_end and (start, end) != (other_start, other_end)


def _replace(earlier: str, places: list[tuple[int, int]], slot: str) -> str | None:
    if len(places) != 1 or earlier[slice(*places[0])] == slot:
        return None
    return earlier[: places[0][0]] + slot + earlier[places[0][1] :]
