"""A fragment and an earlier question -> that question, asked about what the fragment names.

"And in March?" after "How many boats sank in May?" is "How many boats sank in March?". The place that the fragment
takes is often unclear: "And apples?" after "How many tonnes of pears did members deliver?". So every place is tried,
each with what speaks for it; which one is right is decided elsewhere.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..text.calendar import MONTHS, WEEKDAYS
from ..text.nations import NationForm, asked_of
from ..text.phrases import Phrase
from ..text.question import Question
from ..text.tokens import fold, terms
from .titles import phrases_of, with_marks, without_marks
from .wording import AUXILIARIES, PREPOSITIONS, places, spelt_of

_FRAGMENT = re.compile(
    rf"(?i)(?:(?P<preposition>{'|'.join(PREPOSITIONS.split())}|when|if|while)\s+)?"
    r"(?P<article>(?:the|a|an|my|your|our)\s+)?(?P<slot>.+)"
)
MONTH = re.compile(rf"\b(?:{'|'.join(name.capitalize() for name in MONTHS)})\b")
YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_KINDS = (
    MONTH,
    YEAR,
    re.compile(rf"\b(?:{'|'.join(name.capitalize() for name in WEEKDAYS)})\b"),
    re.compile(r"\b(?=[\w.-]*\d)[A-Za-z]*[\w-]*(?:\.\w+)*\b"),
)
_ONE = re.compile(r"(?i)(?P<which>.+?)\s+(?P<one>ones?)$")
_ARTICLE_BEFORE = re.compile(r"(?i)\b(?:the|an?)\s+\W?$")
_WORD_BEFORE = re.compile(r"(\S+)\s+$")


@dataclass(frozen=True, slots=True)
class Filled:
    """An earlier question with something else in one place.

    Attributes:
        text: the question.
        likeness: name of a likeness of the two -> how far it holds, 0..1.
    """

    text: str
    likeness: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A fragment, taken apart.

    Attributes:
        preposition: "in" of "in the north", or empty.
        article: "the " of it, or empty.
        slot: "north".
    """

    preposition: str
    article: str
    slot: str

    @classmethod
    def of(cls, body: str) -> "Fragment":
        """Take a fragment apart."""
        match = _FRAGMENT.fullmatch(body)
        if match is None:
            return cls("", "", body)
        return cls((match["preposition"] or "").lower(), match["article"] or "", match["slot"])

    @property
    def whole(self) -> str:
        """Its words."""
        return f"{self.preposition} {self.article}{self.slot}".strip()


def fill(body: str, base: Question) -> Iterator[Filled]:
    """Put a fragment in each place of an earlier question that it may take."""
    fragment = Fragment.of(body)
    yield from _of_its_kind(fragment, base.text)
    yield from _nations(fragment, base.text)
    if one := _ONE.fullmatch(fragment.slot):
        yield from _which_one(one["which"], base)
    else:
        yield from _phrases(fragment, base)
    if any(kind.fullmatch(fragment.slot) and kind.search(base.text) for kind in _KINDS[:3]):
        return  # a month takes the place of a month, and its year stays
    yield from _clauses(fragment, base.text)
    if fragment.preposition:
        yield Filled(_ended(base.text, fragment.whole), {"added": 1.0, **_time_likeness(fragment, base)})


def _of_its_kind(fragment: Fragment, base: str) -> Iterator[Filled]:
    """A month for a month, a year for a year, a code for a code."""
    for kind in _KINDS:
        if kind.fullmatch(fragment.slot):
            for match in kind.finditer(base):
                if match[0] != fragment.slot:
                    shape = float(_shape(match[0]) == _shape(fragment.slot))
                    yield Filled(_put(base, match.span(), fragment.slot), {"kind": 1.0, "shape": shape})
            if kind is MONTH and not MONTH.search(base) and (year := YEAR.search(base)):
                yield Filled(_put(base, year.span(), f"{fragment.slot} {year[0]}"), {"kind": 1.0})
            return


def _shape(word: str) -> str:
    return re.sub(r"\d+", "9", re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", word)))


def _nations(fragment: Fragment, base: str) -> Iterator[Filled]:
    """The US one, the US crew, the US: for the nation of the earlier question."""
    name, _, noun = fragment.slot.rpartition(" ")
    for nation in (fragment.slot, name):
        if nation and [(one.start, one.end) for one in asked_of(nation)] == [(0, len(nation))]:
            tail = noun if nation is name else ""
            for one in asked_of(base):
                behind = base[one.end :].split()[:1]
                fits = (one.naming is NationForm.ADJECTIVE or base[one.start : one.end].isupper()) == (
                    asked_of(nation)[0].naming is NationForm.ADJECTIVE or nation.isupper()
                )
                if fits and (not tail or tail in ("one", "ones") or behind[:1] == [tail]):
                    yield Filled(_put(base, (one.start, one.end), nation), {"kind": 1.0, "shape": 1.0})
            return


def _which_one(which: str, base: Question) -> Iterator[Filled]:
    """The last one, the old one: another adjective for a noun of the earlier question."""
    for place in places(base):
        if with_marks(base.text, place.start, place.end) != (place.start, place.end):
            continue  # no adjective goes with a title
        before = _WORD_BEFORE.search(base.text, 0, place.start)
        word = fold(before[1]) if before else ""
        modified = bool(word) and before is not None and before.start() > 0
        modified = modified and word not in AUXILIARIES | {
            "the",
            "a",
            "an",
            "many",
            "much",
            "of",
            *PREPOSITIONS.split(),
        }
        if modified and before is not None and not word[0].isdigit() and before[1].islower():
            yield Filled(_put(base.text, before.span(1), which), {"modifier": 1.0, **_standing(place)})
        words = place.text.split()
        if len(words) == 2:
            yield Filled(_put(base.text, (place.start, place.start + len(words[0])), which), _standing(place))
        elif len(words) == 1 and not modified:
            yield Filled(_put(base.text, (place.start, place.start), f"{which} "), _standing(place))


def _phrases(fragment: Fragment, base: Question) -> Iterator[Filled]:
    """What the fragment names, for each thing that the earlier question names."""
    slot = _phrase(fragment.slot)
    slot_terms = set(terms(fragment.slot))
    timely = any(kind.fullmatch(fragment.slot) for kind in _KINDS[:3])
    for place in places(base):
        article = place.article and base.text[: place.start].rstrip().lower().endswith(place.article)
        start = place.start
        if article and (fragment.article or slot is None or slot.named or slot.plural):
            start = base.text[: place.start].rstrip().rfind(" ") + 1
        elif not article and place.text.lower().startswith("the "):
            continue
        elif not article and fragment.article and _ARTICLE_BEFORE.search(base.text, 0, start):
            continue  # "the" and a title: another title may follow, but no second "the"
        counts = place.before in ("many", "much")
        if counts and (fragment.article or slot is None or slot.named or not slot.plural):
            continue
        if timely and (fragment.preposition or any(kind.search(place.text) for kind in _KINDS[:3])):
            continue  # only the month of "March 2021" changes, and "in 2022" takes no thing's place
        shared = len(slot_terms & set(place.terms)) / max(1, len(slot_terms | set(place.terms)))
        if shared == 1.0:
            continue
        new = f"{fragment.article}{fragment.slot}" if start != place.start or not article else fragment.slot
        spelt = Filled(
            _put(base.text, with_marks(base.text, start, place.end), new),
            {
                "shared": shared,
                "head": float(bool(place.terms) and place.terms[-1] == (terms(fragment.slot) or ("",))[-1]),
                "same_preposition": float(bool(fragment.preposition) and place.before == fragment.preposition),
                "other_preposition": float(bool(fragment.preposition) and place.before != fragment.preposition),
                "named_alike": float(slot is not None and slot.named == place.named),
                "plural_alike": float(slot is not None and slot.plural == place.plural),
                "longer": float(len(place.terms) > len(slot_terms)),
                "wide": float(bool(place.joint)),
                **_standing(place),
            },
        )
        yield spelt


def _clauses(fragment: Fragment, base: str) -> Iterator[Filled]:
    """When I move, for "when I marry"; to the mill on Sundays, for "to the market"."""
    if not fragment.preposition:
        return
    match = re.search(rf"(?i)\b{fragment.preposition}\s+\S.*?(?=[\s?.!]*$)", base)
    if match and match.start() > 0:
        tail = match[0][len(fragment.preposition) :].split()
        clause = fragment.preposition in ("when", "if", "while")
        if clause or len(tail) <= 4:
            yield Filled(_put(base, match.span(), fragment.whole), {"tail": 1.0, "clause": float(clause)})


def _phrase(slot: str) -> Phrase | None:
    """The phrase that a slot is, read as if it stood within a sentence."""
    found = [one for one in phrases_of(f"the {slot}") if without_marks(one.text) == without_marks(slot)]
    return found[0] if found else None


def _standing(place: Phrase) -> dict[str, float]:
    return {
        "subject": float(place.before in AUXILIARIES),
        "before_noun": float(place.is_before_noun),
        "asked": float(place.before in ("many", "much", "what", "which", "whose", "large", "")),
    }


def _time_likeness(fragment: Fragment, base: Question) -> dict[str, float]:
    has = any(kind.search(base.text) for kind in _KINDS[:3])
    timely = any(kind.search(fragment.slot) for kind in _KINDS[:3])
    preposition = float(fragment.preposition in spelt_of(base.text))
    return {"second_time": float(has and timely), "second_preposition": preposition}


def _put(base: str, place: tuple[int, int], new: str) -> str:
    new = new[:1].upper() + new[1:] if place[0] == 0 else new
    return base[: place[0]] + new + base[place[1] :]


def _ended(base: str, more: str) -> str:
    match = re.search(r"[\s?.!]*$", base)
    end = match.start() if match else len(base)
    return f"{base[:end]} {more}{base[end:]}"
