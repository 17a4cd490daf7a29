"""A question -> what it asks for: which kinds of value, of what, and when."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..text.time_expressions import TimeExpressions
from ..text.tokens import ASKING_TERMS, FUNCTION_TERMS, Word, fold, terms
from .kinds import Kind
from .patterns import FATE

_NUMBERS = (Kind.MONEY, Kind.SHARE, Kind.LENGTH, Kind.MASS, Kind.AREA, Kind.VOLUME, Kind.SPEED, Kind.HEAT)
_MEASURES = _NUMBERS[2:]
_ANY_NUMBER = (*_NUMBERS, Kind.POINTS, Kind.MULTIPLE, Kind.COUNT)
_MONEY = (
    "price|cost|fine|fee|wage|salary|budget|profit|revenue|turnover|loss|rent|debt|penalty|worth|pay|paid|fare|bill"
)
# The first that matches says what kinds of value answer.
_KINDS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"how many (?:seconds|minutes|hours|days|nights|weeks|months|years|decades)\b|how long ago", (Kind.DURATION,)),
    (r"how many (?:euros|dollars|pounds|crowns)\b", (Kind.MONEY,)),
    (r"how many (?:km|kilomet\w+|met\w+|miles|hectares|acres|tons|tonnes|kilos|litres|liters|feet)\b", _MEASURES),
    (r"how (?:many|few)\b", (Kind.COUNT,)),
    (r"by how (?:much|many)\b", (Kind.SHARE, Kind.MULTIPLE, Kind.POINTS, *_NUMBERS, Kind.COUNT)),
    (rf"how much (?:\w+ )*?(?:{_MONEY}|costs|spend|spent|sell|sold|raise|raised|earn|money)\b", (Kind.MONEY,)),
    (r"how much (?:\w+ )?(?:weight|weigh\w*)\b|how heavy\b", (Kind.MASS,)),
    (r"how much\b", (*_NUMBERS, Kind.COUNT)),
    (r"how (?:often|frequently)\b", (Kind.FREQUENCY,)),
    (r"how old\b|at what age|(?:what|which) (?:\w+ )*?age\b", (Kind.AGE, Kind.DURATION)),
    (r"how long\b|for how long", (Kind.DURATION, Kind.LENGTH)),
    (
        r"how (?:far|high|tall|deep|wide|large|big|heavy|fast|hot|cold|warm|thick|small|short)\b",
        (*_MEASURES, Kind.COUNT),
    ),
    (r"(?:what|which|at what) time\b", (Kind.CLOCK, Kind.TIME)),
    (r"\bwhen\b|\b(?:what|which|whose) (?:\w+ )?(?:year|date|day|month|century|decade)s?\b", (Kind.TIME,)),
    (r"what (?:\w+ ){0,3}(?:percentage|percent|share|proportion|fraction|turnout)\b", (Kind.SHARE,)),
    (r"what (?:\w+ ){0,4}(?:inflation|unemployment|growth|interest)\b", (Kind.SHARE,)),
    (r"what (?:\w+ ){0,4}(?:score|result)\b", (Kind.SCORE,)),
    (r"what (?:\w+ ){0,3}(?:rank|place|position) (?:did|does)\b", (Kind.RANK,)),
    (r"what (?:\w+ ){0,4}(?:sentence|prison term|jail term|term|duration)\b", (Kind.DURATION,)),
    (r"what (?:\w+ ){0,4}(?:temperature|heat)\b", (Kind.HEAT,)),
    (r"what (?:\w+ ){0,4}(?:speed|length|height|depth|width|distance|weight|area|size)\b", (*_MEASURES, Kind.COUNT)),
    (rf"\bwhat\b.*\b(?:{_MONEY})s?\b", (Kind.MONEY, Kind.SHARE)),
    (r"what (?:\w+ ){0,4}(?:number|toll|population|total|attendance|capacity|magnitude|rate|level)\b", _ANY_NUMBER),
    (r"\b(?:who|whom|whose|where)\b", (Kind.NAME,)),
    (
        r"\b(?:what|which) (?:\w+ )?(?:company|firm|team|club|party|country|city|town|village|person|official|minister|"
        r"state|island|university|school|hospital|court|judge|player|author|singer|artist|director|bank|agency)\b",
        (Kind.NAME,),
    ),
)
_RULES = tuple((re.compile(pattern), kinds) for pattern, kinds in _KINDS)
_YES_NO = re.compile(r"(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|may|must|should)\b", re.I)
_PAST = re.compile(r"\b(?:was|were|did|had|won|wrote|built|led|made|said|took|\w{3,}ed)\b", re.I)
_PRESENT = re.compile(r"\b(?:is|are|does|do|has|have|will|now|currently|can)\b", re.I)
_SPELT = re.compile(r"[\w’'-]+")
_POSSESSIVE = re.compile(r"['’]s?$")
# Words that only name the kind of value, which the value itself is.
_NAMING_KIND = frozenset(
    terms(
        """percentage percent share proportion fraction number amount year date day month time times level total cost
        price pay paid worth magnitude people person company firm much score final long high tall old sell sold
        measure rate currently now happen take place last money change new latest recent because"""
    )
)
# Words that tell the same thing of an event, and the forms of verbs that no stemmer knows to be one; a group a line.
_GROUPS = [
    frozenset(terms(line)) for line in Path(__file__).with_name("alike.txt").read_text(encoding="utf-8").splitlines()
]
_ALIKE = {
    term: frozenset().union(*(group for group in _GROUPS if term in group)) for group in _GROUPS for term in group
}


# What a word in the sentence beside counts, where the sentence itself has another of the question's.
_BESIDE = 0.7
# What is measured in a direction, and the words that say which.
_DIRECTIONS = tuple(
    (spelt.split()[0], frozenset(terms(spelt)))
    for spelt in (
        "long length longest longer stretches",
        "tall high height taller tallest highest",
        "high height tall higher highest",
        "deep depth deeper deepest",
        "wide width wider widest broad across",
        "far distance away",
        "heavy weigh weighs weighed weight heavier heaviest",
        "fast speed",
        "thick thickness",
    )
)


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """What a question asks for.

    Attributes:
        kinds: kinds of value that answer, likeliest first; empty where a value alone does not.
        needed: terms that must be said of a value that answers, names left out.
        names: terms of the names in the question.
        counted: terms of what "how many" counts.
        fates: what it asks to have become of people ("dead", "injured").
        direction: for "how tall", the terms that go with a height; empty where no such is asked.
        place: whether it asks where.
        yes_no: whether yes or no answers.
        past: whether it asks of something that is over.
        since_when: whether it asks since when something is so.
        folded: its words, folded; a name of these alone is no answer.
        dates: the words for times in it.
    """

    kinds: tuple[Kind, ...]
    needed: frozenset[str]
    names: frozenset[str]
    counted: frozenset[str]
    fates: frozenset[str]
    direction: frozenset[str]
    place: bool
    yes_no: bool
    past: bool
    since_when: bool
    folded: frozenset[str]
    dates: TimeExpressions

    @classmethod
    def of(cls, question: str, tokens: Sequence[Word]) -> "ExpectedAnswer":
        """Read a question, standing alone, of which the words are known."""
        lowered = question.lower()
        dates = TimeExpressions.of(question)
        kinds = next((kinds for rule, kinds in _RULES if rule.search(lowered)), ())
        # Any date will do: only the places of the words for times are needed.
        timed = {place for time in dates.times("2000-01-01") for place in range(time.start, time.end)}
        needed, names = set(), set()
        for position, word in enumerate(tokens):
            if word.term in FUNCTION_TERMS or word.term in ASKING_TERMS or word.start in timed:
                continue
            if position > 0 and question[word.start].isupper():
                names.add(word.term)
            elif word.term not in _NAMING_KIND:
                needed.add(word.term)
        counted = re.search(r"\bhow (?:many|few) ((?:[\w'’-]+ ?){1,3})", lowered)
        return cls(
            kinds,
            frozenset(needed),
            frozenset(names),
            frozenset(_up_to_function(terms(counted[1]))) if counted else frozenset(),
            frozenset(match.lastgroup or "" for match in FATE.finditer(question)),
            next((cues for adjective, cues in _DIRECTIONS if f"how {adjective}" in lowered), frozenset()),
            re.search(r"\bwhere\b", lowered) is not None,
            not kinds and _YES_NO.match(question.strip()) is not None,
            _PRESENT.search(question) is None and _PAST.search(question) is not None,
            "since when" in lowered,
            frozenset(fold(_POSSESSIVE.sub("", spelt)) for spelt in _SPELT.findall(question)),
            dates,
        )

    def share_met(self, said: Iterable[str], around: Iterable[str], near: frozenset[str]) -> float:
        """How much of what is needed is said.

        Args:
            said: terms of the value's sentence.
            around: terms of the whole quote and its title, where names may stand.
            near: terms of the question that the quote has in other words.

        Returns:
            Share, 0..1, of the question's terms; 0 where it has none, as "Who said that?" may be of anything.
        """
        here, there = _with_alike(said), _with_alike(around)
        # What a sentence goes on from is said beside it: "The frog is 14 millimetres long", of the new species found.
        beside = _BESIDE if self.needed & here else 0.0
        met = [1.0 if term in here or term in near else beside * (term in there) for term in self.needed]
        met += [float(term in there or term in near) for term in self.names]
        return sum(met) / len(met) if met else 0.0

    def says(self, term: str) -> bool:
        """Whether a word says something that the question says: the word itself or one like it, names left out."""
        return term in self.needed or not self.needed.isdisjoint(_ALIKE.get(term, ()))


def _with_alike(found: Iterable[str]) -> set[str]:
    """Terms, and those that tell the same."""
    own = set(found)
    return own.union(*(_ALIKE[term] for term in own if term in _ALIKE))


def _up_to_function(found: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for term in found:
        if term in FUNCTION_TERMS:
            break
        kept.append(term)
    return kept
