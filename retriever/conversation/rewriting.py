"""A question and the thing it leans on -> the question as it would be asked alone.

In: a question as typed, what leans in it, and the thing. Out: a question to read. The one decision: words are put in
the place of a pronoun only where grammar surely allows it; elsewhere they stand behind it in brackets, "Do they (the
frogs) ...".
"""

import re
from collections.abc import Sequence

from ..words import fold, term_of, terms, words
from .antecedents import Entity
from .cues import Cue, Role
from .phrases import phrases

_END = re.compile(r"[\s?.!]*$")
_OPENING = re.compile(r"\s*(?:what|who|which|describe|tell|list|name)\b.*\b(?:is|are|was|were|about|some|describe)\b", re.IGNORECASE)


def rewritten(question: str, leaning: Sequence[Cue], entity: Entity) -> str | None:
    """Name a thing in a question; None where it is named there already, or cannot be whom a pronoun means.

    Args:
        question: as typed.
        leaning: its cues, in order; the first says what leans, and others like it stand for the same thing.
        entity: the thing.
    """
    name = named(entity)
    phrase = entity.shown.phrase
    if leaning and set(entity.terms) <= set(terms(question)):
        return None
    if leaning and leaning[0].person and not phrase.named and phrase.article != "the":
        return None
    if not leaning:
        return _elaborated(question, entity) or _completed(question, name)
    first = leaning[0]
    for cue in reversed([one for one in leaning if (one.plural, one.person) == (first.plural, first.person)]):
        question = question[: cue.start] + _in_place(question, cue, entity, name) + question[cue.end :]
    return question


def named(entity: Entity) -> str:
    """What a thing is called, with its article."""
    mention = entity.shown
    phrase = mention.phrase
    text = phrase.text
    opens = phrase.start == 0 and text[:1].isupper() and text[1:2].islower() and not phrase.named
    if opens and " " in text and not any(letter.isupper() for letter in text[1:]):
        text = text[0].lower() + text[1:]
    article = mention.text[: phrase.start].split()[-1:] if phrase.article else []
    return f"{article[0].lower()} {text}" if article else text


def _in_place(question: str, cue: Cue, entity: Entity, name: str) -> str:
    """What stands in a cue's place."""
    spelt = question[cue.start : cue.end]
    if cue.role is Role.OWNER:
        return _capital(name + ("'" if entity.shown.phrase.plural and name.endswith("s") else "'s"), cue)
    if cue.role is Role.POINTED and _head(spelt) == entity.terms[-1] and len(entity.terms) > 1:
        return _capital(name if name.startswith("the ") or entity.shown.phrase.named is False else f"the {name}", cue)
    agrees = cue.plural == entity.shown.phrase.plural
    if cue.role is Role.THING and agrees:
        return _capital(name, cue)
    return f"{spelt} ({name})"


def _capital(text: str, cue: Cue) -> str:
    return text[0].upper() + text[1:] if cue.start == 0 else text


def _head(spelt: str) -> str:
    return term_of(spelt.split()[-1])


def _elaborated(question: str, entity: Entity) -> str | None:
    """The question with "the experiment" as "the Stanford Experiment"; None where no word of it is the thing's head."""
    if len(entity.terms) < 2:
        return None
    for word in words(question):
        if word.term == entity.terms[-1] and question[: word.start].lower().endswith("the "):
            article = entity.shown.phrase.article
            named_only = entity.shown.phrase.text
            text = named_only if article != "" or entity.shown.phrase.named else named_only
            return question[: word.start] + text + question[word.end :]
    return None


def _completed(question: str, name: str) -> str:
    """The question with the thing behind it: "What are the symptoms of anemia?", "What empires survived (Rome)?"."""
    end = _END.search(question)
    at = end.start() if end else len(question)
    last = phrases(question)[-1:]
    whole = bool(last) and last[0].end == at
    belongs = whole and _OPENING.match(question) and fold(last[0].before) not in {"in", "of", "for", "to", "on", "with"}
    return question[:at] + (f" of {name}" if belongs else f" ({name})") + question[at:]
