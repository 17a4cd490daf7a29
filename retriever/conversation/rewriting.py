"""A question and the thing it refers to -> the question as it would be asked alone.

In: a question as typed, its cues, and the thing. Out: a question to read. One decision: the thing replaces a pronoun
only where grammar surely allows it. Elsewhere it follows in brackets: "Do they (the frogs) ...". A question without a
cue ("what are the symptoms") is not completed: on CAsT 2019, less than two in three such rewrites were right.
"""

from collections.abc import Sequence

from ..text.tokens import term_of, terms
from .antecedents import Entity
from .cues import Cue, Role
from .phrases import Phrase


def rewritten(question: str, cues: Sequence[Cue], entity: Entity) -> str | None:
    """Name a thing in a question.

    Args:
        question: as typed.
        cues: its cues, in order. Only the first is replaced, since all stand for the same thing.
        entity: the thing.

    Returns:
        The question to read. None if it has no cue, names the thing already, asks about a person where the thing is
        none, or refers to more than one thing ("why did he cook it").
    """
    phrase = entity.shown.phrase
    if not cues or set(entity.terms) <= set(terms(question)):
        return None
    first = cues[0]
    if len({(cue.plural, cue.person) for cue in cues}) > 1 or (first.person and not _may_be_somebody(phrase)):
        return None
    return question[: first.start] + _in_place(question, first, entity, named(entity)) + question[first.end :]


def _may_be_somebody(phrase: Phrase) -> bool:
    """Whether a thing may be a person: a name without an article, or "the keeper"."""
    capital = any(word[0].isupper() for word in phrase.text.split())
    return capital != (phrase.article == "the") and not any(letter.isdigit() for letter in phrase.text)


def named(entity: Entity) -> str:
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
    if cue.role is Role.POINTED and _head(spelt) == entity.terms[-1] and len(entity.terms) > 1:
        return _capital(name if name.startswith("the ") else f"the {name}", cue)
    agrees = cue.plural == entity.shown.phrase.plural
    if cue.role is Role.THING and agrees:
        return _capital(name, cue)
    return f"{spelt} ({name})"


def _capital(text: str, cue: Cue) -> str:
    return text[0].upper() + text[1:] if cue.start == 0 else text


def _head(spelt: str) -> str:
    return term_of(spelt.split()[-1])
