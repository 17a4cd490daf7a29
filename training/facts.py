"""Invented short texts of two things that stand together -> pairs: what is said of one is not said of the other.

Each text tells something of two things of a kind, one of them with a fact that the other lacks. The fact is asked of
both; the other's has no answer. Prices are said in words as well: free, waived, no charge.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from training.pair import Pair
from training.tables import FIRST, GRATIS, LAST, PLACES, a_date, a_name, sum_of_money

Say = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact: how it is said behind a thing's name ("{a}" is the answer), what it may be, and how it is asked for."""

    said: Sequence[str]
    make: Say
    asked: Sequence[str]


def _pick(*options: str) -> Say:
    return lambda rng: rng.choice(options)


_COST = _Fact(
    ("costs {a}", "is sold for {a}", "can be had for {a}"),
    sum_of_money,
    ("How much does {k} cost?", "What is the price of {k}?", "price of {k}"),
)
_FREE = _Fact(
    ("is {a} for {w}", "is {a} to {w}"),
    lambda rng: rng.choice(GRATIS[:5]),
    ("How much does {k} cost?", "What does {k} cost {w}?", "What is the price of {k}?", "cost of {k}"),
)
_BY = _Fact(
    ("was designed by {a}", "was planned by {a}", "was drawn up by {a}"),
    a_name,
    ("Who designed {k}?", "who planned {k}"),
)
_RUN = _Fact(("is run by {a}", "is looked after by {a}"), a_name, ("Who runs {k}?", "Who looks after {k}?"))
_PAID = _Fact(("was paid for by {a}", "was funded by {a}"), a_name, ("Who paid for {k}?", "who funded {k}"))
_OPENED = _Fact(("opened on {a}", "was opened on {a}"), a_date, ("When did {k} open?", "{k} opening date"))
_CLOSED = _Fact(("closed on {a}", "was shut on {a}"), a_date, ("When did {k} close?",))
_COLOUR = _Fact(("is painted {a}",), _pick("green", "dark blue", "yellow", "grey"), ("What colour is {k}?",))
_STANDS = _Fact(
    ("stands in {a}", "is found in {a}"), lambda rng: rng.choice(PLACES), ("Where is {k}?", "In which town is {k}?")
)
_HOLDS = _Fact(
    ("holds {a}", "has room for {a}"),
    lambda rng: f"{rng.randint(12, 900)} people",
    ("How many people does {k} hold?", "capacity of {k}"),
)
_LASTS = _Fact(("lasts {a}",), lambda rng: f"{rng.randint(2, 90)} minutes", ("How long does {k} last?",))
_TEACHES = _Fact(("is taught by {a}",), a_name, ("Who teaches {k}?", "who is the teacher of {k}"))
_BORN = _Fact(("was born in {a}",), lambda rng: rng.choice(PLACES), ("Where was {k} born?", "birthplace of {k}"))
_AGED = _Fact(("is {a} old",), lambda rng: f"{rng.randint(19, 90)} years", ("How old is {k}?",))
_WORKS = _Fact(
    ("works as {a}",),
    _pick("a baker", "the bookkeeper", "a surveyor", "the night porter", "a dentist"),
    ("What is {k}'s job?", "What does {k} do for a living?"),
)
_MARRIED = _Fact(("is married to {a}",), a_name, ("Who is {k} married to?", "spouse of {k}"))
_PLAYS = _Fact(("plays {a}",), _pick("the cello", "chess", "the oboe", "hockey"), ("What does {k} play?",))
_EARNS = _Fact(("earns {a} a month",), lambda rng: f"${rng.randint(900, 9000):,}", ("How much does {k} earn?",))
_WEIGHS = _Fact(("weighs {a}",), lambda rng: f"{rng.randint(2, 900)} kg", ("How heavy is {k}?", "weight of {k}"))
_NEEDS = _Fact(
    ("needs {a}",), _pick("two batteries", "a 12 V supply", "fresh oil", "a key"), ("What does {k} need?", "{k} needs")
)
_RUNS = _Fact(("reaches {a}",), lambda rng: f"{rng.randint(20, 200)} km/h", ("How fast is {k}?", "top speed of {k}"))

_BUILDINGS = ("hall", "museum", "theatre", "bridge", "school", "library", "mill", "station", "garden", "harbour")
_COURSES = ("course", "workshop", "lecture", "tour", "class")
_MACHINES = ("printer", "tractor", "boiler", "scanner", "engine", "loom", "crane")
_ADJECTIVES = "old new upper lower east west small great red green stone iron".split()
_LEFT = (
    "{k} was mended last spring.",
    "{k} is known to everybody here.",
    "{k} was named in the report as well.",
    "Beside it there is {k}.",
    "After that comes {k}.",
    "Much is told of {k}.",
    "{k} was added later.",
)
_WHO = ("students", "members", "pupils", "children", "staff", "pensioners", "visitors")


def _things(rng: random.Random) -> tuple[str, str, tuple[_Fact, ...]]:
    """Two things of a kind, and what can be told of such."""
    kind = rng.randrange(4)
    if kind == 0:
        if rng.random() < 0.4:
            last = rng.choice(LAST)
            one, other = (f"{first} {last}" for first in rng.sample(FIRST, 2))
        else:
            one, other = f"{rng.choice(FIRST[:9])} {rng.choice(LAST)}", f"{rng.choice(FIRST[9:])} {rng.choice(LAST)}"
        return one, other, (_BORN, _AGED, _WORKS, _MARRIED, _PLAYS, _EARNS)
    pool = (_BUILDINGS, _COURSES, _MACHINES)[kind - 1]
    facts = (
        (_COST, _FREE, _BY, _RUN, _PAID, _OPENED, _CLOSED, _COLOUR, _STANDS, _HOLDS),
        (_COST, _FREE, _RUN, _LASTS, _TEACHES, _HOLDS, _PAID, _STANDS),
        (_COST, _BY, _COLOUR, _WEIGHS, _NEEDS, _RUNS, _STANDS, _PAID),
    )[kind - 1]
    shape = rng.randrange(3)
    if shape == 0:
        word = rng.choice(pool)
        one, other = (f"the {first} {word}" for first in rng.sample(_ADJECTIVES, 2))
    elif shape == 1:
        first = rng.choice(PLACES)
        one, other = (f"the {word} of {first}" for word in rng.sample(pool, 2))
    else:
        word = rng.choice(pool)
        one, other = (f"the {word} {name}" for name in rng.sample([*LAST, *PLACES], 2))
    return one, other, facts


def made_facts(rng: random.Random, count: int) -> Iterator[Pair]:
    """Invent texts, and ask each for a fact that is there, and for one that is told of the other thing only."""
    for _ in range(count):
        one, other, every = _things(rng)
        fact, *more = rng.sample(every, 4)
        if len({fact, *more[:1], more[2]} & {_COST, _FREE}) > 1:
            continue
        who = rng.choice(_WHO)
        answer = fact.make(rng)
        said = rng.choice(fact.said)
        before, after = said.split("{a}")
        after = after.replace("{w}", who)
        if rng.random() < 0.5:  # within a clause of its own
            extra = rng.choice(more[0].said).format(a=more[0].make(rng), w=who)
            head, tail = f"{_begin(one)}, which {before}", f"{after}, {extra}."
            if every[0] is _BORN:
                head = f"{_begin(one)}, who {before}"
        else:
            head, tail = f"{_begin(one)} {before}", f"{after}."
        about = head + answer + tail
        told, theirs, span = _begin(rng.choice(_LEFT).format(k=other)), None, (0, 0)
        if rng.random() < 0.6 and not {fact, more[1]} <= {_COST, _FREE}:
            theirs = fact if rng.random() < 0.35 else more[1]
            value = theirs.make(rng)
            before, after = rng.choice(theirs.said).replace("{w}", who).split("{a}")
            start = f"{_begin(other)}{rng.choice([' ', ', in turn, '])}{before}"
            told, span = f"{start}{value}{after}.", (len(start), len(start) + len(value))
        first = rng.random() < 0.5
        text = f"{about} {told}" if first else f"{told} {about}"
        start_at = len(head) + (0 if first else len(told) + 1)
        base = len(about) + 1 if first else 0
        title = rng.choice(["", "", rng.choice(PLACES), "News"])

        def pair(thing: str, asked: _Fact, *spans: tuple[int, int]) -> Pair:
            question = rng.choice(asked.asked).format(k=thing, w=f"for {who}")  # noqa: B023 (is called at once)
            return Pair("facts", question, title, text, spans)  # noqa: B023

        yield pair(one, fact, (start_at, start_at + len(answer)))
        if theirs and (theirs is fact or rng.random() < 0.3):
            yield pair(other, theirs, (base + span[0], base + span[1]))
        elif rng.random() < 0.7:
            yield pair(other, fact)
        else:
            yield pair(one, more[2])


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]
