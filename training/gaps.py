"""A typed question and what a person asked in its place -> the gaps that the person filled, and with what.

The two are laid beside each other, word by word: "Why did she leave it there?" and "Why did Odile Marchetti leave the
cello in Lyon?" have three gaps. A fragment belongs in the question before it instead ("And the nurses?").
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from retriever.conversation.gaps import PREPOSITIONS, WORD, words_of
from retriever.conversation.wording import AUXILIARIES, asks_alone, is_fragment, opened
from retriever.conversation.wording import PREPOSITIONS as EVERY_PREPOSITION
from retriever.text.tokens import fold
from training.pair import Span
from training.spoken import GLUE

# Words of a thing that are found of those that a person added, F1.
LEAST_F1 = 0.6
# Words of a person's question that gaps must explain, F1.
LEAST_EXPLAINED = 0.9
# A name has no more words.
MOST_WORDS = 10
MOST_GAPS = 3
# Words between two gaps of one thing: "new" and "at Arven" of "the new bridge at Arven".
MOST_BETWEEN = 3
# Words of a question that a fragment takes the place of, at most; and where it names the thing in other words.
MOST_REPLACED, MOST_RENAMED = 8, 4
# Words of the question before that stay.
LEAST_KEPT = 2

_ARTICLES = frozenset("the a an".split())
_JOINING = frozenset(EVERY_PREPOSITION.split()) | {"about"}
_LEADING = frozenset("of in on at for by to with the a an from about and during".split())
_BESIDES = frozenset("besides beside aside other than addition apart except".split())
_DETERMINERS = frozenset("the that this those these such".split())
_OPENINGS = frozenset("and or but so no".split())


@dataclass(frozen=True, slots=True)
class FilledGap:
    """A gap, and what a person put there.

    Attributes:
        start: its first character in the typed question.
        end: one past the last; the same as `start` where nothing was typed.
        preposition: of `PREPOSITIONS`, what the person put before the thing.
        name: the words of the thing.
        places: start and end of each place in the history that names it; none if it does not.
    """

    start: int
    end: int
    preposition: str
    name: tuple[str, ...]
    places: tuple[Span, ...]


def filled_gaps(typed: str, meant: str, history: str) -> list[FilledGap] | None:
    """Find the gaps that a person filled.

    Args:
        typed: the question as typed.
        meant: the person's question.
        history: the text of the turns before it.

    Returns:
        The gaps in order; None where the person's question is another one, not the typed one with its gaps filled.
    """
    if asks_alone(opened(typed).body):
        return None
    words = words_of(typed)
    ours, theirs = [bare(typed[start:end]) for start, end in words], _bare_words(meant)
    made, found = list(ours), list[FilledGap]()
    for region in reversed(_regions(ours, theirs, f" {' '.join(_bare_words(history))} ")):
        filling = theirs[region.start : region.end]
        made[region.first : region.last] = filling
        preposition, name = _split(filling)
        if set(filling) & _BESIDES or len(name) > MOST_WORDS or region.last == 0:
            return None
        start = words[region.first][0] if region.first < region.last else words[region.first - 1][1]
        end = words[region.last - 1][1] if region.first < region.last else start
        found.append(FilledGap(start, end, preposition, tuple(name), tuple(places_of(name, history))))
    made, theirs = ([word for word in some if word not in _ARTICLES | AUXILIARIES] for some in (made, theirs))
    explained = 2 * (Counter(made) & Counter(theirs)).total() / max(1, len(made) + len(theirs))
    return found[::-1] if explained >= LEAST_EXPLAINED and len(found) <= MOST_GAPS else None


def replaced_by_fragment(typed: str, meant: str, base: str) -> Span | None:
    """Find what a fragment takes the place of.

    Args:
        typed: the fragment as typed: "And the nurses?"
        meant: the person's question: "What do the nurses want?"
        base: the question before it: "What do the cleaners want?"

    Returns:
        Start and end of what is replaced in `base`, an empty place if the fragment is only added to it; None where
        the person's question is another one.
    """
    body = opened(typed).body
    if asks_alone(body) or not is_fragment(body):
        return None
    words = words_of(base)
    ours, theirs = [bare(base[start:end]) for start, end in words], _bare_words(meant)
    while theirs and theirs[0] in _OPENINGS:
        theirs.pop(0)
    changes = [one for one in _opcodes(ours, theirs) if one[0] != "equal"]
    if not changes:
        return None
    first, last, start, end = changes[0][1], changes[-1][2], changes[0][3], changes[-1][4]
    while first < last and start < end and ours[first] in _ARTICLES and theirs[start] in _ARTICLES:
        first, start = first + 1, start + 1
    asked = Counter(word for word in _bare_words(body) if word not in GLUE)
    kept = len(ours) - (last - first)
    if first == 0 or kept < LEAST_KEPT or start == end or last - first > MOST_REPLACED:
        return None  # "Any side effects of it?" is a question of its own
    if asked & Counter(theirs[start:end]):
        if (asked - Counter(theirs)).total() > 1:
            return None
    elif asked and last - first > MOST_RENAMED:
        return None  # "and the meat?" may mean the beef shin, where all else stays
    if first == last:
        return words[first - 1][1], words[first - 1][1]
    return words[first][0], words[last - 1][1]


def filling_of(meant: str, base: str, replaced: Span) -> str:
    """What a person has in the place of what a fragment replaces in the question before it, `base`."""
    ours = _bare_words(base[: replaced[0]]), _bare_words(base[replaced[1] :])
    theirs = _bare_words(meant)
    while theirs and theirs[0] in _OPENINGS:
        theirs.pop(0)
    return " ".join(theirs[len(ours[0]) : len(theirs) - len(ours[1])])


def added(typed: str, meant: str, cue: Span | None, history: str) -> Iterator[tuple[str, ...]]:
    """The words that a person put in the place of a cue, in whatever else they changed; without a cue, all of them."""
    words = words_of(typed)
    ours, theirs = [bare(typed[start:end]) for start, end in words], _bare_words(meant)
    at = next((k for k, (start, end) in enumerate(words) if cue and start <= cue[0] < end), -1)
    for region in _regions(ours, theirs, f" {' '.join(_bare_words(history))} "):
        filling = theirs[region.start : region.end]
        if (cue and not region.first <= at < region.last) or set(filling) & _BESIDES:
            continue
        _, name = _split(filling)
        if len(name) <= MOST_WORDS:
            yield tuple(name)


def bare(word: str) -> str:
    """A word without capitals, accents and possessive ending."""
    return re.sub(r"'s?$", "", fold(word).replace("’", "'"))


def places_of(name: Sequence[str], text: str) -> list[Span]:
    """Where a text has a name, or the longest part of it that is most of it."""
    words = words_of(text)
    spelt = [bare(text[start:end]) for start, end in words]
    wanted = Counter(word for word in name if word not in _LEADING)
    best, places = LEAST_F1, list[Span]()
    parts = ((at, at + length) for length in range(len(name), 0, -1) for at in range(len(name) - length + 1))
    for start, end in parts:
        part = list(name[start:end])
        own = Counter(word for word in part if word not in _LEADING)
        f1 = 2 * (own & wanted).total() / max(1, own.total() + wanted.total())
        if f1 < best or part[0] in _LEADING or part[-1] in _LEADING:
            continue
        hits = [at for at in range(len(words) - len(part) + 1) if spelt[at : at + len(part)] == part]
        if hits and f1 > best:
            best, places = f1, []
        places += [(words[at][0], words[at + len(part) - 1][1]) for at in hits]
    return places


@dataclass(slots=True)
class _Region:
    """Words `first` to `last` of the typed question, for which the person has words `start` to `end`."""

    first: int
    last: int
    start: int
    end: int


def _bare_words(text: str) -> list[str]:
    return [bare(word) for word in WORD.findall(text)]


def _opcodes(ours: Sequence[str], theirs: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()


def _regions(ours: Sequence[str], theirs: Sequence[str], known: str) -> list[_Region]:
    """Where a person put something that names a thing, each as wide as the history names the thing."""
    found: list[_Region] = []
    for tag, *places in _opcodes(ours, theirs):
        one = _Region(*places)
        if tag not in ("insert", "replace") or not any(word not in GLUE for word in theirs[one.start : one.end]):
            continue
        between = one.first - found[-1].last if found else 0
        if found and 0 < between <= MOST_BETWEEN and between == one.start - found[-1].end:
            whole = _Region(found[-1].first, one.last, found[-1].start, one.end)
            if _is_known(theirs[whole.start : whole.end], known):
                found[-1] = whole
                continue
        found.append(one)
    for one in found:
        _without_auxiliary(one, ours, theirs)
        _with_its_noun(one, ours, theirs, known)
    return found


def _is_known(words: Sequence[str], known: str) -> bool:
    """Whether the history has some words together, besides what leads them."""
    first = next((at for at, word in enumerate(words) if word not in _ARTICLES | _JOINING), len(words))
    return f" {' '.join(words[first:])} " in known


def _without_auxiliary(one: _Region, ours: Sequence[str], theirs: Sequence[str]) -> None:
    """Take a verb away that only changed its number: "do they", "does the club"."""
    while one.first < one.last and one.start < one.end:
        if ours[one.first] not in AUXILIARIES or theirs[one.start] not in AUXILIARIES:
            return
        one.first, one.start = one.first + 1, one.start + 1


def _with_its_noun(one: _Region, ours: Sequence[str], theirs: Sequence[str], known: str) -> None:
    """Add the noun that both have: "that lamp" is "the Varn lamp"."""
    if theirs[one.start] in _JOINING if one.first == one.last else ours[one.first] not in _DETERMINERS:
        return
    for more in (2, 1):
        tail, own = theirs[one.end : one.end + more], ours[one.last : one.last + more]
        is_same = len(tail) == more and tail == own and tail[-1] not in GLUE
        if is_same and _is_known(theirs[one.start : one.end + more], known):
            one.last, one.end = one.last + more, one.end + more
            return


def _split(filling: Sequence[str]) -> tuple[str, list[str]]:
    """What joins a thing to the words before it, and the words of the thing."""
    name, preposition = list(filling), ""
    while name and (name[0] in _ARTICLES | _JOINING or name[0] in GLUE):
        preposition = name[0] if name[0] in PREPOSITIONS else preposition
        name.pop(0)
    while name and name[-1] in GLUE:
        name.pop()
    return preposition, name
