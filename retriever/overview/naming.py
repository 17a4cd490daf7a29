"""Sentences -> the people, places and figures that they name most.

In: sentences of some documents. Out: names with their counts. One decision: a name is a person's or a place's only if
its surroundings say so often enough: "said Price", "in Havana". Other names, such as those of offices, are left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..agreement.kinds import Kind, Value
from ..agreement.values import values_in
from ..talk import NamedThing
from ..text.bodies import BODIES
from ..text.nations import NationForm, nations_in
from ..text.phrases import phrases
from ..text.time_expressions import times_in
from .sentences import Sentence

LISTED = 6
"""Names of each sort that are listed."""

_SPEECH = (
    r"(?:said|says|told|added|adds|wrote|writes|asked|argued|noted|explained|announced|replied|insisted|testified)"
)
_PERSON_AFTER = re.compile(rf"^(?:,? (?:\w+ )?{_SPEECH}\b|, (?:who|whose|\d\d,|an? |the |his |her )|, \d\d\b)")
_PERSON_BEFORE = re.compile(
    rf"(?:\b{_SPEECH}|\b(?:[Mm]r|[Mm]rs|[Mm]s|[Dd]r|[Pp]rof|[Ss]en|[Rr]ep|[Gg]ov|[Gg]en)\.?|\b(?:[Pp]resident|[Mm]inister|"
    r"[Ss]ecretary|[Ss]enator|[Jj]udge|[Jj]ustice|[Cc]aptain|[Pp]rofessor|[Dd]octor|[Ss]ir|[Ll]ady|[Kk]ing|[Qq]ueen|[Mm]ayor|"
    r"[Gg]overnor|[Ss]pokes(?:man|woman|person)|[Dd]irector|[Aa]uthor|[Kk]eeper|[Cc]hief|[Oo]fficer|[Ww]itness)) $"
)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|near|to|across|outside|toward|towards|from|around|visit(?:s|ed|ing)?|reach(?:ed)?) $"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_NOT_A_PLACE = re.compile(r"^['’]s?\b|^ (?:said|told|says)\b")
_FIGURES = frozenset((Kind.COUNT, Kind.MONEY, Kind.SHARE, Kind.LENGTH, Kind.MASS, Kind.AREA, Kind.VOLUME))
_LONGEST_COUNTED = 3  # words behind a number
_OFFICES = BODIES | frozenset(
    """street road river sea island county act law treaty policy plan programme program station airport war day week
    coast americans""".split()
)
"""Last words of names that are no person's; of a place they may be a part."""
_SMALLEST_COUNT = 5  # "two men" is no figure that anybody looks for


@dataclass(slots=True)
class _Tally:
    """What is counted of one name."""

    spelt: Counter[str] = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)
    sentences: int = 0
    person: int = 0
    place: int = 0
    country: bool = False

    def add(self, name: str, sentence: Sentence) -> None:
        """Count the name in one more sentence."""
        self.spelt[name] += 1
        self.sentences += 1
        self.documents.add(sentence.document.id)

    @property
    def thing(self) -> NamedThing:
        """The name as it is spelt most often, with its counts."""
        spelt = min(self.spelt, key=lambda each: (-self.spelt[each], each))
        return NamedThing(spelt, self.sentences, len(self.documents))


@dataclass(frozen=True, slots=True)
class Named:
    """What sentences name most.

    Attributes:
        people: most often named first, and so for the others.
    """

    people: tuple[NamedThing, ...]
    places: tuple[NamedThing, ...]
    figures: tuple[NamedThing, ...]


def named_in(sentences: Iterable[Sentence]) -> Named:
    """Count the people, places and figures that some sentences name."""
    names: dict[tuple[str, ...], _Tally] = defaultdict(_Tally)
    figures: dict[tuple[object, ...], _Tally] = defaultdict(_Tally)
    for sentence in sentences:
        times = tuple(times_in(sentence.text, sentence.document.published, sentence.document.language))
        nations = {(one.start, one.end): one for one in nations_in(sentence.text)}
        seen = set()
        for value in values_in(sentence.text, times, sentence.document.language):
            nation = nations.get((value.start, _end_of(value, sentence.text)))
            if value.kind is Kind.NAME and not (nation and nation.naming in (NationForm.ADJECTIVE, NationForm.PEOPLE)):
                name = (nation.nation,) if nation and nation.naming is NationForm.COUNTRY else _own(value.name)
                _count_name(names[name], value, sentence, name in seen, len(name) if nation is None else 0)
                names[name].country |= nation is not None
                seen.add(name)
            elif value.kind in _FIGURES and _is_figure(value, sentence.text):
                figures[value.kind, value.number, value.unit].add(_figure(value, sentence.text), sentence)
    whole = _merged({name: tally for name, tally in names.items() if not _is_office(name)})
    people = [each for name, each in whole.items() if _is_person(name, each)]
    places = [each for name, each in whole.items() if _is_place(each) and not _is_person(name, each)]
    return Named(_most(people), _most(places), _most(list(figures.values())))


def _count_name(tally: _Tally, value: Value, sentence: Sentence, again: bool, length: int) -> None:
    text = sentence.text
    before, after = text[max(0, value.start - 24) : value.start], text[value.end : value.end + 24]
    spelt = text[value.start : _end_of(value, text)].split()
    titled = len(spelt) > len(value.name)  # "President Joe Biden" is Joe Biden
    if not again:
        tally.add(" ".join(spelt[-length:]), sentence)
    tally.person += titled + bool(_PERSON_AFTER.match(after)) + bool(_PERSON_BEFORE.search(before))
    tally.place += bool(_PLACE_BEFORE.search(before)) and not _NOT_A_PLACE.match(after)


def _own(name: tuple[str, ...]) -> tuple[str, ...]:
    """A name without an office before it: "Department Ned Price" is Ned Price."""
    places = [at for at, word in enumerate(name[:-1]) if word in _OFFICES]
    return name[places[-1] + 1 :] if places else name


def _end_of(value: Value, text: str) -> int:
    """Where a name ends without its possessive."""
    return value.end - (len(text[value.start : value.end]) - len(_POSSESSIVE.sub("", text[value.start : value.end])))


def _merged(names: dict[tuple[str, ...], _Tally]) -> dict[tuple[str, ...], _Tally]:
    """A name of one word counts for the only longer name that ends with it: "Price" for "Ned Price"."""
    by_last: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for name, tally in names.items():
        if len(name) > 1 and tally.person:
            by_last[name[-1]].append(name)
    kept = dict(names)
    for name, tally in names.items():
        longer = [one for one in by_last.get(name[-1], ()) if len(one) > len(name) and one[-len(name) :] == name]
        if len(longer) == 1:
            whole = kept[longer[0]]
            whole.sentences += tally.sentences
            whole.documents |= tally.documents
            whole.person += tally.person
            del kept[name]
    return kept


def _is_office(name: tuple[str, ...]) -> bool:
    """Whether a name is that of a body, by its last word: "Border Protection"."""
    return name[-1] in _OFFICES


def _is_person(name: tuple[str, ...], tally: _Tally) -> bool:
    spelt = tally.thing.name
    plain = all(word[0].isupper() and not word.isupper() for word in re.findall(r"[^\W\d_]+", spelt) if len(word) > 3)
    return plain and not tally.country and tally.person > 0 and tally.person >= tally.place and 1 < len(name) <= 4


def _is_place(tally: _Tally) -> bool:
    return tally.country or (tally.place >= 2 and 2 * tally.place >= tally.sentences and not tally.person)


def _is_figure(value: Value, text: str) -> bool:
    """Whether a number is written in digits, and no small count such as "two men"."""
    small = value.kind is Kind.COUNT and value.number < _SMALLEST_COUNT
    return not small and any(map(str.isdigit, text[value.start : value.end]))


def _figure(value: Value, text: str) -> str:
    """A figure with the words that it counts."""
    around = [one for one in phrases(text) if one.start <= value.end - 1 < one.end and not one.joint]
    if value.kind is not Kind.COUNT or not around:
        return text[value.start : value.end]
    behind = text[value.end : min(one.end for one in around)].split()[:_LONGEST_COUNTED]
    return " ".join([text[value.start : value.end], *behind])


def _most(tallies: Sequence[_Tally]) -> tuple[NamedThing, ...]:
    things = sorted((each.thing for each in tallies), key=lambda one: (-one.count, -one.documents, one.name))
    return tuple(things[:LISTED])
