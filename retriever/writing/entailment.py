"""Does a quote say what a sentence says? A sentence and quotes -> the quotes that carry it, or none.

In: a sentence, and quotes. Out: positions. One decision: in doubt it says no. The sentence must have the words of a
quote in their order, from the start of a sentence on. Only a part that cannot change the rest may be left out: a
relative clause, a bracket, a last part behind a comma. Nothing may be left out of what is denied, supposed, asked or
reported. So a sentence in the model's own words is struck through, also where it is true.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..records import ContextKind
from ..text.context import context_of, weakens
from ..text.numbers import ORDINALS
from .records import Carrier
from .wording import Word, Wording, keys_of

MOST_LEFT_OUT = 40
"""Words of a relative clause or a bracket."""
MOST_PARTS = 3
"""Sentences that one sentence may join."""
MOST_WORDS = 120
"""Of a written sentence; a longer one is struck through."""

_JOINTS = frozenset(("and", "while", "whereas"))
_OPENINGS = frozenset("also however meanwhile moreover furthermore additionally and but".split())
_ARTICLES = frozenset(("a", "an", "the"))
_RELATIVE = frozenset(("which", "who", "whose"))
_TAILS = frozenset(("who", "whose", "while", "including", "and"))
"""What may begin a part behind a comma that is left out at the end. "Which" may speak of the whole sentence, and an
article may begin its speaker: "The dam leaks, a survey shows."."""
_WIDE = frozenset(
    "no not never none nobody nothing neither nor cannot without few fewer little less least only all every each any "
    "everyone everything everybody always both most more than last sole exactly".split()
) | frozenset(ORDINALS)
"""Words of all, none, only and the most: what they say may be false if a limit behind them is left out."""
_UNRESOLVED = frozenset("he she they it his her hers their theirs its him them this these those".split())
"""Words that stand for something said before, if they begin a sentence."""
_FIRST_WORDS = 3
"""Where such a word stands for something outside of its sentence; further on, the sentence may say it."""
_SOURCE = frozenset("document documents source sources report article text passage quote quotes paper".split())
_ATTRIBUTED = (
    re.compile(r"(?i)^according to (?P<source>[^,;:]{2,90}), (?P<rest>.+)$", re.DOTALL),
    re.compile(
        r"(?i)^(?P<source>[^,;:.]{2,90}?) (?:also )?(?:reports?|reported|says?|said|states?|stated|writes?|wrote|notes?"
        r"|noted) that (?P<rest>.+)$",
        re.DOTALL,
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a sentence stands in a quote.

    Attributes:
        quote: the quote's position.
        start: first character in the quote.
        end: one past the last.
        is_whole: whether it ends with a sentence of the quote.
        unresolved: whether it begins with a word for something that was said before.
    """

    quote: int
    start: int
    end: int
    is_whole: bool
    unresolved: bool


class Judge:
    """Compares sentences, one after the other, with the same quotes."""

    def __init__(self, quotes: Sequence[Carrier]) -> None:
        """Read the quotes."""
        self._quotes = quotes
        self._wordings = [Wording.of(one.text) for one in quotes]
        self._before: tuple[Place, ...] = ()

    def carriers(self, sentence: str) -> tuple[int, ...]:
        """The positions of the quotes that carry a sentence; none if it is struck through.

        Args:
            sentence: the next one of a paragraph; "He" may go on with the sentence before it.
        """
        before, self._before = self._before, ()
        found = self._places(sentence, before)
        self._before = tuple(found)
        return tuple(sorted({place.quote for place in found}))

    def _places(self, sentence: str, before: Sequence[Place]) -> list[Place]:
        said = Wording.of(sentence)
        if not 2 <= len(said.words) <= MOST_WORDS:
            return []
        first = 0
        if found := self._joined(said, first, len(said.words), before):
            return found
        while first < 2 and said.key(first) in _OPENINGS:
            first += 1
            if found := self._joined(said, first, len(said.words), before):
                return found
        for pattern in _ATTRIBUTED:
            if attributed := pattern.match(sentence):
                rest = Wording.of(attributed["rest"])
                those = {at for at, quote in enumerate(self._quotes) if _names(attributed["source"], quote)}
                whole = self._whole(rest, 0, len(rest.words), before)
                return [place for place in whole if place.quote in those]
        return []

    def _joined(
        self, said: Wording, first: int, last: int, before: Sequence[Place], parts: int = MOST_PARTS
    ) -> list[Place]:
        """The places of a sentence that one quote carries, or of whose parts each has a quote."""
        if first >= last:
            return []
        if found := self._whole(said, first, last, before):
            return found
        for at in range(first + 2, last - 2) if parts > 1 else ():
            joint, gap = said.key(at) in _JOINTS, said.gaps[at]
            if not ((joint and gap in ("", ",", ";")) or (gap == ";")):
                continue
            left = [place for place in self._whole(said, first, at, before, inner=True) if place.is_whole]
            if left and (right := self._joined(said, at + joint, last, left, parts - 1)):
                return left + right
        return []

    def _whole(
        self, said: Wording, first: int, last: int, before: Sequence[Place], *, inner: bool = False
    ) -> list[Place]:
        """The places, one at most in each quote, of words that one quote carries."""
        found = []
        for number, wording in enumerate(self._wordings):
            places = self._in_quote(said, first, last, number, wording, inner=inner)
            place = next((one for one in places if not one.unresolved or _follows(one, before, wording)), None)
            found += [place] if place else []
        return found

    def _in_quote(
        self, said: Wording, first: int, last: int, number: int, quote: Wording, *, inner: bool
    ) -> Iterator[Place]:
        """The places of some words of a sentence in one quote."""
        if not set(said.gaps[first]) <= {*"\"',;"}:  # "-5" is not "5"
            return
        ends = said.gaps[last] if last == len(said.words) and not inner else ""
        for skipped in (0, 1):
            start = first + skipped
            if start >= last or (skipped and said.key(first) not in _ARTICLES):
                return
            for at in quote.sentences:
                stop = _matched(said, start, last, quote, at)
                if stop is not None and self._is_fair(number, quote, at, stop, ends):
                    yield _place(number, quote, at, stop)

    def _is_fair(self, number: int, quote: Wording, at: int, stop: int, ends: str) -> bool:
        """Whether a part of a quote may stand alone: what is left out of its sentence changes nothing."""
        is_announced = not {":", "?"}.isdisjoint(quote.gaps[at])  # "The rumour says:", "Is it so?"
        if is_announced or not _may_end(quote, at, stop) or "?" in quote.gaps[stop] or "?" in ends:
            return False
        span = quote.words[at].start, quote.words[stop - 1].end
        around = context_of(quote.text, span)
        if around is not None and (around.kinds or around.speaker):
            return False
        own, context = self._quotes[number], self._quotes[number].context
        if context is None:
            return True
        if context.cue is None:
            spoken = keys_of(context.speaker or "")
            return bool(spoken) and set(spoken) <= {word.key for word in quote.words[at:stop]}
        begins, ended = context.cue[0] - own.start, context.cue[1] - own.start
        is_inside = span[0] <= begins and ended <= span[1] + 2
        return is_inside or (context.kinds == (ContextKind.QUOTATION,) and _is_spoken(context.speaker, quote, at, stop))


def _names(source: str, quote: Carrier) -> bool:
    """Whether words name the source of a quote: its title, or its publisher or author by the last word at least."""
    named = frozenset(keys_of(source)) - _ARTICLES
    if not named or named <= _SOURCE or named == frozenset(keys_of(quote.title)) - _ARTICLES:
        return bool(named)
    return any(named <= frozenset(keys) and keys[-1] in named for one in quote.sources if (keys := keys_of(one)))


def _is_spoken(speaker: str | None, quote: Wording, at: int, stop: int) -> bool:
    """Whether the speaker of quoted words is named in the part."""
    spoken = keys_of(speaker or "")
    return bool(spoken) and set(spoken) <= {word.key for word in quote.words[at:stop]}


def _follows(place: Place, before: Sequence[Place], quote: Wording) -> bool:
    """Whether the sentence before is the one before it in the same quote, so that "he" means the same."""
    between = (quote.text[one.end : place.start] for one in before if one.quote == place.quote and one.is_whole)
    return any(len(one) < 8 and not any(map(str.isalnum, one)) for one in between)


def _place(number: int, quote: Wording, at: int, stop: int) -> Place:
    is_whole = quote.sentence_from(stop) == stop
    opening = [quote.key(at).partition("'")[0]]
    for place in range(at + 1, min(stop, at + _FIRST_WORDS)):
        if quote.gaps[place]:  # "Varn, with its harbour" says whose
            break
        opening.append(quote.key(place).partition("'")[0])
    unresolved = opening[0] == "such" or not _UNRESOLVED.isdisjoint(opening)
    return Place(number, quote.words[at].start, quote.words[stop - 1].end, is_whole, unresolved)


def _matched(said: Wording, first: int, last: int, quote: Wording, at: int) -> int | None:
    """One past the last word of a quote's part that has the words of a sentence; None if it has not."""
    place = at
    for mine in range(first, last):
        if mine > first and (quote.key(place) != said.key(mine) or quote.gaps[place] != said.gaps[mine]):
            place = _behind_aside(quote, place, said, mine) or len(quote.words)
        if quote.key(place) != said.key(mine):
            return None
        place += 1
    return place


def _behind_aside(quote: Wording, at: int, said: Wording, mine: int) -> int | None:
    """The next word of a quote behind a relative clause or a bracket that a sentence leaves out."""
    opening = quote.gaps[min(at, len(quote.words))]
    is_bracket = opening.endswith("(")
    if not is_bracket and not (opening == "," and quote.key(at) in _RELATIVE):
        return None
    for place in range(at + 1, min(at + MOST_LEFT_OUT, len(quote.words))):
        gap = quote.gaps[place]
        if quote.sentence_from(place) == place:
            return None
        if gap[:1] == (")" if is_bracket else ","):
            aside = quote.text[quote.words[at].start : quote.words[place - 1].end]
            is_same = said.gaps[mine] == (opening[:-1] + gap[1:] if is_bracket else gap[1:])
            only_adds = _only_names(aside) if is_bracket else _goes_on(quote, place) and not weakens(aside)
            return place if is_same and only_adds else None
    return None


def _only_names(bracket: str) -> bool:
    """Whether a bracket has names and numbers alone; "(from June)" or "(if it rains)" says more."""
    return not any(word[0].islower() for word in bracket.split())


def _goes_on(quote: Wording, place: int) -> bool:
    """Whether the words behind a relative clause go on with what stands before it, and not with a list in it."""
    word = quote.words[place]
    return quote.text[word.start].islower() and word.key not in _JOINTS | {"or", "nor", "but"}


def _may_end(quote: Wording, at: int, stop: int) -> bool:
    """Whether a part may end where it ends: with its sentence, or before a part that only adds to it."""
    following = quote.sentence_from(stop)
    if following == stop:
        return True
    tail = quote.text[quote.words[stop].start : quote.words[following - 1].end]
    if quote.gaps[stop] == "(":
        return quote.gaps[following][:1] == ")" and ")" not in tail and _only_names(tail)
    if quote.gaps[stop] not in (",", ";") or weakens(tail) or not _is_plain(quote.words[at:stop]):
        return False
    return quote.gaps[stop] == ";" or quote.key(stop) in _TAILS


def _is_plain(words: Sequence[Word]) -> bool:
    """Whether a part says nothing of all, none, only or the most."""
    return not any(word.key in _WIDE or word.key.endswith(("n't", "est")) for word in words)
