"""A question and a thing -> the question with the thing's name in the place of its pronoun.

The name takes the pronoun's place where grammar allows it. Elsewhere it follows in brackets: "Do they (the frog) ...".
"""

import re
from collections.abc import Sequence

from ..text.phrases import PARTICLES, Phrase
from ..text.question import Question
from ..text.time_expressions import times_in
from ..text.tokens import FUNCTION_TERMS, term_of
from .antecedents import Entity, Mention
from .cues import PRONOUNS, Cue, Role
from .slots import MONTH
from .titles import phrases_of, titles, without_marks

# A name after one of these is a place or an office: in "the mayor of Marlow", "she" is not Marlow.
_OF = re.compile(r"(?i)\bof\s+$")
# How many there are is the answer of another question: "the 52,700 visitors of 2024".
_COUNT_BEFORE = re.compile(r"^\d[\d.,]*\s+(?=\S)")
_SENTENCE = re.compile(r"\S.*?[?](?=\s|$)|\S.*?$")
_PLACING = frozenset("of in at".split())


def name_antecedent(question: Question, cues: Sequence[Cue], entity: Entity) -> str | None:
    """Name a thing in a question.

    Args:
        question: the question.
        cues: its cues, in order. Only the first of a kind is replaced: the others stand for the same thing.
        entity: the thing.

    Returns:
        The question to read. None if it names the thing already, or asks about a person where the thing is none.
    """
    if not cues or set(entity.terms) <= set(question.terms):
        return None
    first = cues[0]
    if first.person and not may_be_somebody(entity):
        return None
    if not _may_be_called(first, entity):
        return None
    text = question.text
    name = name_of(entity)
    if _OF.search(text, 0, first.start) and entity.shown.phrase.plural and not entity.shown.phrase.named:
        name = name if name.startswith("the ") else f"the {name}"  # of the visitors, "of them"
    return text[: first.start] + _in_place(text, first, entity, name) + text[first.end :]


def name_both(question: Question, cues: Sequence[Cue], somebody: Entity, thing: Entity) -> str | None:
    """Name a person and a thing in a question that refers to both: "Why did he cook it?"."""
    for_person = [cue for cue in cues if cue.person]
    for_thing = [cue for cue in cues if not cue.person]
    if not for_person or not for_thing or not may_be_somebody(somebody) or set(somebody.terms) & set(thing.terms):
        return None
    text = question.text
    named = sorted(((for_person[0], somebody), (for_thing[0], thing)), key=lambda one: -one[0].start)
    for cue, entity in named:
        text = text[: cue.start] + _in_place(question.text, cue, entity, name_of(entity)) + text[cue.end :]
    return text


def may_be_somebody(entity: Entity) -> bool:
    """Whether a thing may be a person: a name without an article, or "the keeper", that is no place and no title."""
    phrase = entity.shown.phrase
    if any(start <= phrase.start and phrase.end <= end for start, end in titles(entity.shown.text)):
        return False
    spelt = [word for word in phrase.text.split() if term_of(word) not in FUNCTION_TERMS]
    capital = any(word[0].isupper() for word in spelt)
    if phrase.joint or (capital and not all(word[0].isupper() or word in PARTICLES for word in spelt)):
        return False
    if times_in(phrase.text, None) or MONTH.fullmatch(phrase.text):
        return False
    fits = capital != (phrase.article == "the") and not any(letter.isdigit() for letter in phrase.text)
    return fits and not all(mention.phrase.before in _PLACING for mention in entity.mentions)


def _may_be_called(cue: Cue, entity: Entity) -> bool:
    """Whether a pronoun may stand for a thing: not "he" for whom an earlier question called "she", nor "it".

    Where the two are not of one number, the name is put behind the pronoun in brackets. That reads right for a group
    that acts ("they (the league)"), but not for a code, nor for a name behind "that".
    """
    text = entity.shown.phrase.text
    if any(time.start == 0 and time.end == len(text) for time in times_in(text, None)):
        return False  # "it" is no day
    if entity.pronoun and not cue.plural and PRONOUNS.get(cue.word) != entity.pronoun:
        return False
    if cue.role is Role.ALONE or (cue.role is Role.POINTED and entity.shown.answer and cue.noun != entity.terms[-1]):
        return not entity.shown.phrase.named
    coded = any(letter.isdigit() for letter in text)
    return not (cue.role is Role.THING and cue.plural and coded and not entity.shown.phrase.plural)


def _with_its_noun(mention: Mention) -> Phrase:
    """The phrase of a mention. Behind an article, a name and the noun it stands before are one: "the RICE method"."""
    phrase = mention.phrase
    if not phrase.article or not phrase.named:
        return phrase
    whole = [one for one in phrases_of(mention.text) if one.start == phrase.start and not one.joint]
    return max(whole, key=lambda one: one.end, default=phrase)


def name_of(entity: Entity) -> str:
    """A thing's name, with its article."""
    mention = entity.shown
    phrase = _with_its_noun(mention)
    text = _COUNT_BEFORE.sub("", phrase.text) if mention.answer and phrase.plural else phrase.text
    opens = phrase.start == 0 and text[:1].isupper() and text[1:2].islower() and not phrase.named
    if opens and " " in text and not any(letter.isupper() for letter in text[1:]):
        text = text[0].lower() + text[1:]
    article = mention.text[: phrase.start].split()[-1:] if phrase.article else []
    return f"{'the' if article[0].lower() in ('a', 'an') else article[0].lower()} {text}" if article else text


def _in_place(question: str, cue: Cue, entity: Entity, name: str) -> str:
    """The words that replace a cue."""
    spelt = question[cue.start : cue.end]
    if cue.role is Role.OWNER:
        name = without_marks(name)  # "the exhibition Tin's"
        return _capital(name + ("'" if entity.shown.phrase.plural and name.endswith("s") else "'s"), cue)
    if cue.role is Role.POINTED and cue.noun == entity.terms[-1] and len(entity.terms) > 1:
        return _capital(name if name.startswith("the ") else f"the {name}", cue)
    agrees = cue.plural == entity.shown.phrase.plural
    if cue.role is Role.THING and agrees:
        return _capital(name, cue)
    return f"{spelt} ({name})"


def _capital(text: str, cue: Cue) -> str:
    return text[0].upper() + text[1:] if cue.start == 0 else text


def joined_to(base: str, body: str) -> str:
    """Two questions, one after the other, as one line to read; of a base that was joined itself, the last question."""
    *_, last = _SENTENCE.findall(base) or [base]
    closed = last if re.search(r"[?.!]\s*$", last) else f"{last}?"
    return f"{closed} {body[:1].upper() + body[1:]}"
