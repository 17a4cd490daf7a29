"""A sentence -> its noun phrases, which a later pronoun may refer to. Found by rules, without a tagger.

In: a question or a quote. Out: phrases, each a slice of it. One decision: a phrase is a run of words between function
words, common verbs and punctuation. Two neighbours may also form one ("the role of toilets", "Lewis and Clark"). The
ranker, not the rules, chooses the phrase that is meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from .tokens import FUNCTION_TERMS, Word, fold, term_of, words

# Verbs that are common in questions. Those that are also nouns are in the second list. They count as verbs only after
# a word that a verb follows.
_VERBS = """accept achieve add affect agree allow announce appear apply argue arise arose arrive ask attend avoid became
    become begin began begun believe belong break broke broken bring brought build built buy bought call came
    carry choose chose chosen claim come compare consider consume contain continue contrast convince create decide
    declare decrease define describe develop die differ discover discuss draw drew driven eat ate eaten elect
    enable encounter encourage establish evolve exist expect explain expressed face fail fall fell find fled flee flew
    flown fly follow
    found gain gave generate get give given go goes going gone got govern grow grew grown happen hear heard held
    hold identify imposed improve include increase inform introduce invade invent involve join keep kept kill knew
    know known learn leave left let lifted live lived lose lost made make marry mean meant meet met negotiate
    occur operate oversee own pay perform predict prevent produce promise propose protect prove provide publish
    pursue reach read receive recommend reduce refer reject relate remain remove replace represent require resign
    respond rose ran run saw say said see seek seem seen sell send sent separate serve share show shown signed
    solve speak spend spent spoke spread start stay stop strike suffer suggest summon take taken taught teach tell
    think thought told took treat tried try turned understand use wait want warn wear went win won wonder write
    written wrote"""
_ALSO_NOUNS = """affect answer attack bar cause change cost cover cross damage design drive effect end enter exercise
    express fight force form head help highlight hit hope impact impose influence issue kind lack launch lead lift like
    look love mark measure mention mix move name need offer order place plan plant play power process program
    prompt question rank rate record release report rest result return rise rule sail set settle sign sink sound
    state study supply support talk taste test time touch trade train travel urge view visit vote walk watch weigh
    work worry"""
_VAGUE = """able ago actually almost already although always another anything around away bad best better both cannot
    common currently difficult different due early easier easiest easily easy else enough especially even ever
    famous finally first former generally get good hard harder how however i'm i’m important instead interesting
    large larger largest last later latter least less little long lot lots main mainly many maybe mostly much
    never new next naturally nice number often once one ones ok okay originally other others perhaps please
    possible possibly previously probably put quite rather really recent recently several similar simply since
    someone something still successful such sure than thing things third thus today together too two unique upon
    usually various very via way ways well whether while within without yes yet"""
_ALSO_NAMES = {"may", "us", "will"}  # names only with a capital
# Words that a verb follows: "what causes it", "how do they work".
_LEADING = {""} | set(
    """i you he she it we they this that these those to do does did can could will would shall should may might must who
    what which not and or""".split()
)
_ARTICLES = {"the", "a", "an"}
PARTICLES = frozenset("de del della di da dos das du van von der den ter la le el al bin ibn ben af zu y e".split())
"""Small words inside a name: "Carlos Fernandez de Cossio"."""

# Words that may stand between two runs of one phrase: "the role of toilets", "acid reflux in the morning".
_JOINTS = {"of": "of", "and": "and", "in": "in", "for": "in", "to": "in", "with": "in", "on": "in", "at": "in"}
_BESIDE = re.compile(r"[\s\"“”‘’'()-]*|\s*[/&]\s*")
_POSSESSIVE = re.compile(r"['’]s?$")
_MOST_WORDS = 8
_PLURALS = {"people", "peoples", "men", "women", "children", "police", "media", "data", "criteria", "phenomena"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of words that may name something.

    Attributes:
        text: its words as spelt in the sentence, without an article or a possessive ending.
        start: first character in the sentence.
        end: one past the last.
        terms: the terms of its content words.
        article: the determiner before it, in lower case, or empty.
        before: the word before it (and before its article), in lower case, or empty.
        after: the word after it, in lower case, or empty.
        joint: `of`, `and` or `in` if it joins two runs, else empty.
        named: whether its content words have capitals, not counting a sentence's first word.
    """

    text: str
    start: int
    end: int
    terms: tuple[str, ...]
    article: str
    before: str
    after: str
    joint: str
    named: bool

    @property
    def plural(self) -> bool:
        """Whether it looks like more than one thing."""
        last = fold(self.text.split()[-1])
        single = last.endswith(("ss", "us", "is", "ics"))
        return self.joint == "and" or last in _PLURALS or (last.endswith("s") and not single)

    @property
    def is_before_noun(self) -> bool:
        """Whether another naming word follows, as in "the Cuban delegation"."""
        return bool(self.after) and term_of(self.after) not in FUNCTION_TERMS

    @property
    def spellings(self) -> dict[str, str]:
        """The term of each of its words -> how that is first spelt."""
        return {word.term: self.text[word.start : word.end] for word in reversed(words(self.text))}


def _inflected(verbs: str) -> frozenset[str]:
    """Verbs with all endings. Forms that do not exist do no harm."""
    found = set(verbs.split())
    for verb in verbs.split():
        bare = verb.removesuffix("e")
        found |= {verb + "s", verb + "es", bare + "ed", bare + "ing", verb + verb[-1] + "ed", verb + verb[-1] + "ing"}
        found |= {verb.removesuffix("y") + "ies", verb.removesuffix("y") + "ied"}
    return frozenset(found)


_BREAKS = _inflected(_VERBS) | frozenset(_VAGUE.split())
_BREAKS_BEHIND = _inflected(_ALSO_NOUNS)
_BASES = frozenset(_ALSO_NOUNS.split())
_SUPPORT = {"do", "does", "did", "can", "could", "will", "would", "should", "may", "might", "must"}
_ADJECTIVES = _ARTICLES | set(_VAGUE.split())
_PLAIN_VERBS = _inflected(_VERBS) | {"be", "do", "have"}
# Nouns that end as most adverbs do.
_NOT_ADVERBS = frozenset(
    """ally anomaly assembly belly bully butterfly dragonfly family folly gully homily jelly lily melancholy monopoly
    rally reply subfamily supply tally""".split()
)
_INITIAL = re.compile(r"(?<!\S)[A-Z]$")


def _breaks(spelt: str, term: str, before: str, supported: bool) -> bool:
    """Whether a word cannot be part of a phrase.

    Args:
        spelt: the word.
        term: its term.
        before: the word before it, in lower case.
        supported: whether an auxiliary ("do") and a subject stand before it, so that a verb must follow.
    """
    folded = fold(spelt)
    if folded in _ALSO_NAMES:
        return spelt.islower()
    if spelt.isupper() and len(spelt) > 1:
        return False
    if spelt[0].islower() and folded.endswith("ed") and len(folded) > 4:  # a verb, or an adjective made of one
        return True
    if before == "who" and spelt.islower():
        return True
    if folded.endswith("ly") and len(folded) > 4 and folded not in _NOT_ADVERBS and (spelt[0].islower() or not before):
        return True
    if term in FUNCTION_TERMS or (folded in _BREAKS and (spelt[0].islower() or not before)):
        return True
    return folded in _BREAKS_BEHIND and (before in _LEADING or (supported and folded in _BASES))


@lru_cache(maxsize=4096)
def phrases(text: str) -> tuple[Phrase, ...]:
    """Find the phrases of a sentence in order, shorter ones before longer ones that start at the same place."""
    found = words(text)
    spelt = [text[word.start : word.end] for word in found]
    broken = _broken(spelt, found)
    runs = list(_runs(text, found, broken))
    spans = dict.fromkeys((first, last, "") for run in runs for first, last in _parts(spelt, *run))
    for run, following in pairwise(runs):
        joint = _joint(text, found, spelt, run, following)
        if joint:
            spans[run[0], following[1], joint] = None
    return tuple(_phrase(text, found, spelt, *span) for span in sorted(spans) if span[1] - span[0] <= _MOST_WORDS)


def phrase_at(text: str, start: int, end: int) -> Phrase:
    """The words that stand at some characters of a sentence, as one phrase, whatever they are."""
    found = words(text)
    spelt = [text[word.start : word.end] for word in found]
    first = next(at for at, word in enumerate(found) if word.end > start)
    last = next((at for at, word in enumerate(found) if word.start >= end), len(found))
    inner = (fold(spelt[at]) for at in range(first + 1, last - 1) if spelt[at].islower())
    joint = next((_JOINTS[word] for word in inner if word in _JOINTS), "")
    return _phrase(text, found, spelt, first, max(last, first + 1), joint)


def _broken(spelt: list[str], found: tuple[Word, ...]) -> list[bool]:
    """Which words cannot be part of a phrase."""
    broken: list[bool] = []
    support = subject = False
    before = ""
    for at, (spelling, word) in enumerate(zip(spelt, found, strict=True)):
        inside = bool(broken) and not broken[-1] and spelling.endswith("ing")  # "seafloor spreading"
        inside = inside or _is_particle(spelt, at)
        broken.append(not inside and _breaks(spelling, word.term, before, support and subject))
        before = fold(spelling)
        if before in _SUPPORT:
            support, subject = True, False
        elif support and not broken[-1]:
            subject = True
        elif broken[-1] and subject and before not in _ARTICLES | _JOINTS.keys():
            support = False  # the verb
    _break_last_verb(spelt, found, broken)
    return broken


def _break_last_verb(spelt: list[str], found: tuple[Word, ...], broken: list[bool]) -> None:
    """Take the verb of a question from the phrase before it: after "does the Birch Room", "seat" is a verb."""
    support = next((at for at, word in enumerate(spelt) if fold(word) in _SUPPORT), None)
    if support is None or any(fold(word) in _PLAIN_VERBS for word in spelt[support + 1 :]):
        return
    first = next((at for at in range(support + 1, len(spelt)) if not broken[at]), len(spelt))
    if any(fold(word) not in _ADJECTIVES for word in spelt[support + 1 : first]):
        return
    last = next((at for at in range(first, len(spelt)) if broken[at]), len(spelt))
    if last < len(spelt) and fold(spelt[last]) in _BREAKS_BEHIND:
        return  # that is the verb
    if last - first > 1 and spelt[last - 1].islower() and not _POSSESSIVE.search(spelt[last - 2]):
        broken[last - 1] = True


def _is_particle(spelt: list[str], at: int) -> bool:
    """Whether a word, or two like "de la", joins two capitalised words into one name."""
    ahead, behind = at - 1, at + 1
    while ahead >= 0 and spelt[ahead] in PARTICLES:
        ahead -= 1
    while behind < len(spelt) and spelt[behind] in PARTICLES:
        behind += 1
    inside = ahead >= 0 and behind < len(spelt)
    return spelt[at] in PARTICLES and inside and spelt[ahead][0].isupper() and spelt[behind][0].isupper()


def _runs(text: str, found: tuple[Word, ...], broken: list[bool]) -> Iterator[tuple[int, int]]:
    """First and one past the last word of each run."""
    first = None
    for at, word in enumerate(found):
        apart = at > 0 and not _are_beside(text, found[at - 1], word)
        if first is not None and (broken[at] or apart):
            yield first, at
            first = None
        if not broken[at] and first is None:
            first = at
    if first is not None:
        yield first, len(found)


def _are_beside(text: str, one: Word, other: Word) -> bool:
    """Whether only a space or the like stands between two words, or the stop of an initial: "William H. Seward"."""
    between = text[one.end : other.start]
    initial = between == ". " and _INITIAL.search(text, max(0, one.start - 1), one.end) and text[other.start].isupper()
    return bool(initial) or _BESIDE.fullmatch(between) is not None


def _parts(spelt: list[str], first: int, last: int) -> Iterator[tuple[int, int]]:
    """A run, its two sides at a possessive ("Britpop's roots"), and its first capitalised words ("Sacagawea help")."""
    yield first, last
    for at in range(first, last - 1):
        if _POSSESSIVE.search(spelt[at]):
            yield first, at + 1
            yield at + 1, last
    capital = [spelt[at][0].isupper() or spelt[at][0].isdigit() or _is_particle(spelt, at) for at in range(first, last)]
    if any(capital) and not all(capital):
        start = first + capital.index(True)
        end = start + [*capital[start - first :], False].index(False)
        yield start, end


def _joint(
    text: str, found: tuple[Word, ...], spelt: list[str], run: tuple[int, int], following: tuple[int, int]
) -> str:
    between = [fold(word) for word in spelt[run[1] : following[0]]]
    plain = re.fullmatch(r"[\w\s'’-]*", text[found[run[1] - 1].end : found[following[0]].start]) is not None
    if not plain or not between or len(between) > 2 or (len(between) == 2 and between[1] not in _ARTICLES):
        return ""
    return _JOINTS.get(between[0], "")


def _phrase(text: str, found: tuple[Word, ...], spelt: list[str], first: int, last: int, joint: str) -> Phrase:
    start, end = found[first].start, found[last - 1].end
    end -= len(text[start:end]) - len(_POSSESSIVE.sub("", text[start:end]))
    article = fold(spelt[first - 1]) if first > 0 and fold(spelt[first - 1]) in _ARTICLES else ""
    if article and "." in text[found[first - 1].end : start]:
        article = ""  # an initial: "Y. A. Tittle"
    ahead = first - 2 if article else first - 1
    naming = [at for at in range(first, last) if found[at].term not in FUNCTION_TERMS and not _is_particle(spelt, at)]
    return Phrase(
        text[start:end],
        start,
        end,
        tuple(found[at].term for at in naming),
        article,
        fold(spelt[ahead]) if ahead >= 0 else "",
        fold(spelt[last]) if last < len(spelt) else "",
        joint,
        all(spelt[at][0].isupper() or spelt[at][0].isdigit() for at in naming) and found[first].start > 0,
    )


def singular(text: str) -> str:
    """A phrase's words for one of its things: "daughters" -> "daughter"; irregular plurals stay."""
    if text.endswith("ies") and len(text) > 4:
        return f"{text[:-3]}y"
    if text.endswith(("ches", "shes", "sses", "xes", "zes")):
        return text[:-2]
    return text[:-1] if text.endswith("s") and not text.endswith(("ss", "us", "is")) else text
