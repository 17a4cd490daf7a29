"""A question -> the words in it that refer to earlier turns: pronouns and demonstratives.

In: a question as typed. Out: its `Cue`s, in order, each a slice of the question. One decision: a pronoun that refers to
nothing ("how long does it take to") is no cue. A pronoun that may refer to an earlier noun of the same question ("the
Normans first gain their identity") is a weak one, called local.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from ..text.phrases import Phrase
from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS, Word
from .wording import AUXILIARIES, spelt_of


class Role(StrEnum):
    """A cue's part in its sentence."""

    OWNER = "owner"  # its symptoms
    THING = "thing"  # how does it work
    POINTED = "pointed"  # this experiment
    ALONE = "alone"  # why was that


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that may refer to an earlier turn.

    Attributes:
        start: first character in the question. A demonstrative includes its noun.
        end: one past the last.
        word: the pronoun in lower case.
        role: its part in the sentence.
        plural: whether it stands for more than one thing.
        person: whether it stands for a person.
        local: whether it may refer to an earlier noun of the same question.
        noun: the term of a demonstrative's noun; empty for other cues.
    """

    start: int
    end: int
    word: str
    role: Role
    plural: bool
    person: bool
    local: bool = False
    noun: str = ""


_OWNERS = {"its", "their", "his", "her"}
_THINGS = {"it", "they", "them", "he", "him", "she", "her"}
_DEMONSTRATIVES = {"this", "that", "these", "those"}
_PLURALS = {"they", "them", "their", "these", "those"}
PRONOUNS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she"}
"""Words that stand for a person -> the pronoun that they are a form of."""
# "It" that refers to nothing: "is it true that", "how long does it take to", "what is it like to".
_EMPTY_IT = re.compile(
    r"""\bit(?=\s+(?:takes?|cost)\s+(?:\w+\s+){0,2}(?:to|for)\b|\s+(?:ever\s+|really\s+|still\s+)?
    (?:possible|true|necessary|important|hard|difficult|easy|worth|better|best)\s+(?:\w+\s+){0,6}?(?:to|that|if)\b
    |\s+like\s+to\b|\s+mean\s+(?:to|when|if|that)\b|\s+(?:come|came)\s+to\b|\s+(?:held|said)\s+that\b)
    |(?<=time\sis\s)it\b|(?<=time\swas\s)it\b""",
    re.IGNORECASE | re.VERBOSE,
)
# These begin a new clause, whose pronoun may refer to a noun of the clause before.
_CLAUSE = set(
    "when while before after because since if although until unless whether so as than though once where".split()
)
_FINITE = set(
    """is are was were do does did has have had can could will would may might should must isn't aren't wasn't weren't
    don't doesn't didn't""".split()
)
# After one of these, a pronoun may be who says it: "what does Cuba say it supports".
_SAYING = set(
    """say says said claim claims claimed think thinks thought believe believes believed announce announced report
    reported hope hopes hoped expect expects expected promise promised plan plans planned admit admitted deny denied
    argue argues argued""".split()
)
# "There" behind an auxiliary only says that something is: "how many are there".
_THERE = re.compile(r"(?i)(?<!^)\bthere\b")
_ONE = re.compile(r"(?i)(?<=\s)(?:one|ones)\b(?!\s+of\b)")
# "This morning" is a time by itself; "that morning" is one of the conversation.
_TIMES = set("morning afternoon evening week weekend month year time summer winter spring autumn".split())
_BEING = {"is", "are", "was", "were", "be"}
_ASKING = {"who", "what", "which", "when", "where", "why", "how", "whose", "whom"}
_PREPOSITIONS = set("of for in with from at on by to into about during under".split())


@lru_cache(maxsize=1024)  # each turn looks at the earlier questions again
def cues(question: Question) -> tuple[Cue, ...]:
    """Find the cues of a question, in order."""
    found = question.words
    spelt = [word.replace("’", "'") for word in question.folded]
    empty = {match.start() for match in _EMPTY_IT.finditer(question.text)}
    every = [(at, cue) for at, word in enumerate(found) if word.start not in empty and (cue := _cue(found, spelt, at))]
    return tuple(replace(cue, local=_is_local(question, cue, spelt, at)) for at, cue in every)


def there_of(text: str) -> re.Match[str] | None:
    """The word "there" of a question, where it stands for a place."""
    match = _THERE.search(text)
    before = spelt_of(text[: match.start()])[-1:] if match else []
    return None if before and before[0] in AUXILIARIES else match


def one_of(text: str) -> re.Match[str] | None:
    """The word "one" or "ones" of a question, where it may stand for a thing."""
    return _ONE.search(text)


def place_of(question: Question, *, person: bool | None = None) -> tuple[int, int] | None:
    """Start and end of the first word of a question that refers to earlier turns.

    Args:
        question: the question.
        person: only a word that stands for a person, or only one that does not. None: any; "there" and "one" too.
    """
    found = [cue for cue in cues(question) if not cue.local and person in (None, cue.person)]
    if found or person is not None:
        return next(((cue.start, cue.end) for cue in found), None)
    other = there_of(question.text) or one_of(question.text)
    return other.span() if other else None


def _cue(found: tuple[Word, ...], spelt: list[str], at: int) -> Cue | None:
    """The cue at a word, or None."""
    word = spelt[at].split("'")[0]
    following = spelt[at + 1] if at + 1 < len(spelt) else ""
    noun = following == "own" or (at + 1 < len(spelt) and found[at + 1].term not in FUNCTION_TERMS)
    start, end = found[at].start, found[at].end
    if spelt[at] == "it's" and noun and at > 0 and spelt[at - 1] not in _CLAUSE | _ASKING | {"and", "that"}:
        role = Role.OWNER  # a common misspelling of "its"
    elif word in _OWNERS and (noun or word not in _THINGS) and following:
        role = Role.OWNER
    elif word in _THINGS:
        role = Role.THING
        end = start + len(word)
    elif (word == "this" and following in _TIMES) or (word in {"that", "those"} and following == "of"):
        return None
    elif word in _DEMONSTRATIVES and noun and _points(spelt, at):
        role, end = Role.POINTED, found[at + 1].end
    elif (
        word in _DEMONSTRATIVES
        and (not following or following in _PREPOSITIONS | _CLAUSE | _FINITE)
        and _stands(spelt, at)
    ):
        role = Role.ALONE
        end = start + len(word)
    elif word in {"this", "these", "those"} and at > 0 and spelt[at - 1] in _FINITE:
        role = Role.ALONE
    else:
        return None
    pointed = found[at + 1].term if role is Role.POINTED else ""
    return Cue(start, end, word, role, word in _PLURALS, word in PRONOUNS, noun=pointed)


def _points(spelt: list[str], at: int) -> bool:
    """Whether a demonstrative before a noun refers ("that year") and does not begin a clause ("that Rome had")."""
    return spelt[at] != "that" or at == 0 or spelt[at - 1] in _PREPOSITIONS | _CLAUSE | _FINITE


def _stands(spelt: list[str], at: int) -> bool:
    """Whether a demonstrative without a noun refers to something and does not begin a clause."""
    return (
        spelt[at] != "that" or (at > 0 and spelt[at - 1] in _PREPOSITIONS | _FINITE | _CLAUSE) or at + 1 == len(spelt)
    )


def _is_local(question: Question, cue: Cue, spelt: list[str], at: int) -> bool:
    """Whether a pronoun may refer to an earlier noun of the same question.

    A possessive may refer to the subject of its clause ("the Normans gain their identity"), or to the person asked for
    ("who moved his court"). A subject or object can only refer to a noun of another clause ("Chopin when he moved"),
    so that "her" of "who replaced her" is no local one.
    """
    if cue.role not in (Role.OWNER, Role.THING):
        return False
    between_wh = set(spelt[1:at])
    if spelt[0] in {"who", "which"} and between_wh - _BEING and not between_wh & (_FINITE - _BEING):
        # "Who moved his court" may be his own; "who replaced her" is somebody else.
        return cue.role is Role.OWNER or bool(between_wh & (_CLAUSE | _SAYING) - {"before", "after", "since", "as"})
    nouns = [one for one in question.phrases if one.end <= cue.start and _may_be(one, cue)]
    if not nouns:
        return False
    if any(word in _SAYING for word in spelt[1:at]) or _asks_late(question, spelt[:at], nouns[0]):
        return True
    if cue.role is Role.OWNER:
        verb = next((word for word in spelt if word in _FINITE), "")
        return verb not in _BEING or any(one.named for one in nouns)
    between = question.text[nouns[0].end : cue.start]
    following = {word: spelt[k + 1] for k, word in enumerate(spelt[:at])}
    begun = [word for word in re.findall(r"\w+", between.lower()) if word in _CLAUSE]
    joined = any(following.get(word) in _ASKING | _FINITE for word in ("and", "but") if f" {word} " in between)
    return bool(begun) or joined or "," in between or (cue.word in {"them", "him"} and " to " in between)


def _asks_late(question: Question, spelt: list[str], noun: Phrase) -> bool:
    """Whether a noun stands before the word that asks: "the lamp who broke it", "the talks will they happen"."""
    late = _ASKING if spelt[0] in _ASKING | _FINITE | _PREPOSITIONS else _ASKING | _FINITE
    asks = (question.words[at].start for at, word in enumerate(spelt) if at and word in late)
    return any(noun.end <= start for start in asks)


def _may_be(noun: Phrase, cue: Cue) -> bool:
    """Whether a pronoun and a noun agree in number."""
    return noun.plural or noun.named if cue.plural else not noun.plural or noun.named
