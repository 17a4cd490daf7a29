"""The parts of a question's wording that a follow-up may change: how it opens, what it asks, its places and its time.

In: a question. Out: slices of it. One decision: everything here is read from function words, which no subject changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..text.phrases import Phrase
from ..text.question import Question
from ..text.tokens import FUNCTION_TERMS, fold, term_of
from .titles import phrases_of, without_titles

_POSITIVE = "is are was were am be do does did has have had can could will would shall should may might must".split()
AUXILIARIES = frozenset([*_POSITIVE, *(f"{one}n't" for one in _POSITIVE), "can't", "won't", "shan't"])
PREPOSITIONS = (
    "in on at by for from to of with without within during before after since until between under over about against "
    "into near around through per as than"
)
_TELLING = frozenset("tell describe explain name list give compare show define discuss please let".split())
_ASKS = "who whom whose what which when where why how"
# "And", "what about", "same for", "no, I meant": what only joins a follow-up to the conversation.
_OPENING = re.compile(
    r"""(?xi)\s*(?:
      (?P<correction>(?:(?:no|sorry|oh|well|actually|wait)\b[\s,.!;:-]*)*(?:(?:i|we)\s+(?:really\s+)?(?:mean|meant)|rather)
        (?:\s+to\s+(?:say|ask))?\b(?:\s+(?:not|the\s+question)\b)?[\s,:]*
        |(?:no|sorry|actually)\s*[,.!;:-]+\s*(?:not\s+[^,;.]+[,;]\s*)?(?:but\s+)?)
    | (?P<same>(?:and\s+|or\s+)?(?:(?:the|do\s+the|is\s+it\s+the|is\s+that\s+the)\s+)?same\s+(?:question\s+|thing\s+)?
        (?=(?:for|with|in|on|at|to|about|of)\b))
    | (?P<about>(?:(?:and|but|so|or|ok|okay)[\s,]+)?(?:what|how)\s+about\s+)
    | (?P<and>(?:(?:and|but|or|so|also|then|ok|okay|plus)\b[\s,]+)+)
    )"""
)
# "When and how were they made", "if it rains, is it safe": such a clause asks by itself.
_ASKS_BEHIND = re.compile(
    rf"(?i)^\w+\s+(?:and\s+\w+\s+)?(?:{'|'.join(sorted(AUXILIARIES))})\b|,\s*(?:{'|'.join(sorted(AUXILIARIES))})\s"
)
_CLOSING = re.compile(r"(?i)[\s,]*(?:,\s*i\s+mean(?:t)?|please|then|instead|too|as well|though)?[\s?.!]*$")
_TALK = frozenset(
    """hi hello hey hiya thanks thank you thx ta cheers much very a lot so many help please ok okay bye goodbye good
    morning afternoon evening night day great cool nice perfect yes no yeah yep nope sorry welcome fine super wow test
    got it i see that is was helpful all for the""".split()
)
COMPARES = re.compile(
    r"""(?xi)(?:and\s+)?(?:(?:is|was|are|were)\s+(?:that|it|this|they|these|those)\s+(?:(?:a\s+lot|much|far|any)\s+)?
    (?:more|less|fewer|better|worse|the\s+same|different|as\s+\w+|[a-z]+er|(?:more|less)\s+\w+)\s+(?:than|as|from|to)
    |how\s+(?:does|did)\s+(?:that|this)\s+compare\s+(?:with|to))\s+(?P<other>[^?]+?)\s*\?*"""
)
BOTH = re.compile(
    r"(?i)\b(?:both(?: of (?:them|these|those))?|the two of them|each of them)\b(?!\s+\w+s\b|\s+(?:the|of)\b)"
)
_REFERS = re.compile(
    rf"(?i){BOTH.pattern}|^\W*(?:and\s+|the\s+)*the (?:first|second|third|last|other|former|latter)(?: ones?)?\W*$"
)
_ASKED_ALONE = re.compile(
    rf"""(?xi)(?:(?P<preposition>{"|".join(PREPOSITIONS.split())})\s+)?
    (?:(?:{_ASKS.replace(" ", "|")})(?:\s+(?:many|much|long|far|old|often|high|large|big|so|else|few|exactly|little|not|
    come|time|day|date|year|month|one|ones|place|city|country|reason|kind|part|people|person))*)"""
)
_TIME = re.compile(
    r"(?i)\b(?:in|on|during|since|until|before|after|by|from|for)\s+(?:the\s+)?(?:(?:year|years|month|spring|summer|autumn|"
    r"winter|fall|beginning|end|early|late|mid|fiscal)\s+(?:of\s+)?)*$"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A follow-up without the words that only join it to the conversation.

    Attributes:
        body: the rest, without its closing mark.
        correction: whether it says that something else was meant.
        joined: whether it opens like a continuation: "and", "what about", "same for".
    """

    body: str
    correction: bool
    joined: bool


@lru_cache(maxsize=1024)
def opened(text: str) -> Opened:
    """Take the words away that only join a follow-up to the conversation."""
    match = _OPENING.match(text)
    groups = match.groupdict() if match else {}
    rest = text[match.end() :] if match else text
    if groups.get("correction"):
        further = _OPENING.match(rest)
        rest = rest[further.end() :] if further and not further["correction"] else rest
    body = _CLOSING.sub("", rest).strip()
    return Opened(body, groups.get("correction") is not None, match is not None)


def spelt_of(text: str) -> list[str]:
    """The words of a text, folded."""
    found = re.findall(r"[\w'’.-]*\w[\w'’-]*", text)
    # "may" is a verb, "May" a month
    return [fold(word.replace("’", "'")) if word != "May" else word for word in found]


@lru_cache(maxsize=1024)
def is_fragment(body: str) -> bool:
    """Whether some words are no question: no verb of a question, and no word that asks."""
    spelt = spelt_of(without_titles(body))
    clause = bool(spelt) and spelt[0] in {"when", "if", "while", "where"} and not _ASKS_BEHIND.search(body)
    if clause:
        return True
    if not spelt or spelt[0] in _TELLING:
        return False
    first = {word.partition("'")[0] for word in spelt[:1]}  # "what's"
    return not (set(spelt) | first) & (AUXILIARIES | set(_ASKS.split())) and len(spelt) <= 8


def is_telling(text: str) -> bool:
    """Whether some words ask for an account: "tell me about the ferry"."""
    return spelt_of(text)[:1] != [] and spelt_of(text)[0] in _TELLING


def is_talk(text: str) -> bool:
    """Whether some words are said to the program, and ask nothing of the documents: "hi", "thank you very much"."""
    spelt = spelt_of(text)
    return bool(spelt) and set(spelt) <= _TALK and not {"why", "how", "what"} & set(spelt)


def refers_to_turns(text: str) -> bool:
    """Whether some words point to the turns before: "both", "the second one", "is that more than in May"."""
    return _REFERS.search(text) is not None or COMPARES.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def asks_alone(body: str) -> bool:
    """Whether some words only ask: "why", "how many", "since when", "on which day"."""
    return _ASKED_ALONE.fullmatch(body.strip()) is not None


@dataclass(frozen=True, slots=True)
class Stem:
    """A question, cut behind what it asks for.

    Attributes:
        asks: its question word and the noun that goes with it: "how many boats"; empty for yes or no.
        noun: that noun: "boats"; may be empty.
        verb: from its auxiliary on, without the closing mark; empty if it has none.
    """

    asks: str
    noun: str
    verb: str


@lru_cache(maxsize=1024)
def stem_of(question: Question) -> Stem:
    """Cut a question behind what it asks for."""
    text = re.sub(r"[\s?.!]+$", "", question.text)
    words = list(re.finditer(r"\S+", text))
    spelt = [fold(word[0].strip(",")) if word[0] != "May" else word[0] for word in words]
    asking = {
        *_ASKS.split(),
        "many",
        "much",
        "long",
        "far",
        "old",
        "often",
        "high",
        "large",
        "big",
        *PREPOSITIONS.split(),
    }
    at = next((k for k, word in enumerate(spelt) if word in AUXILIARIES), None)
    if not spelt or (spelt[0] not in asking and at != 0):
        return Stem("", "", "")
    if at is None:
        return Stem(text, "", "")
    head = next((k for k in range(at) if spelt[k] not in asking), at)
    start = words[head].start() if head < at else words[at].start()
    return Stem(text[: words[at].start()].strip(), text[start : words[at].start()].strip(), text[words[at].start() :])


@lru_cache(maxsize=1024)
def time_phrases(text: str) -> tuple[tuple[int, int], ...]:
    """The times that a question names, each with its preposition: "in 2024"."""
    found = []
    for match in Question.of(text).time_expressions.matches:
        if match.groupdict().get("month8") and not (match[0][0].isupper() and match.start() > 0):
            continue
        lead = _TIME.search(text, 0, match.start())
        found.append((lead.start() if lead else match.start(), match.end()))
    return tuple(found)


def places(question: Question) -> Iterator[Phrase]:
    """Its phrases that another thing may take the place of, without those that ask."""
    for phrase in phrases_of(question.text):
        if phrase.terms and not (phrase.start == 0 and fold(phrase.text.split()[0]) in _ASKS.split()):
            yield phrase


def is_naming(word: str) -> bool:
    """Whether a word names something."""
    return term_of(word) not in FUNCTION_TERMS
