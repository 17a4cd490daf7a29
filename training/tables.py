"""Invented rows of tables, lists of codes and logs -> pairs: a name, code or number must be the one that is asked for.

The rows are worded as `retriever.reading.rows` words them, and as Markdown and plain lists have them.
"""

import random
import string
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.pairs import Pair

_THINGS = (
    "pump valve gasket bracket filter sensor relay spindle bearing flange nozzle hopper camera lens charger battery "
    "desk chair lamp printer router cable tent kayak saddle helmet violin kettle oven blender mower ladder drill"
).split()
_ADJECTIVES = (
    "small large upper lower left right front rear inner outer blue red steel copper spare heavy light".split()
)
_FIRST = (
    "Anna Piotr Maria James Aisha Lena Omar Grace Hugo Ines Jonas Kofi Lucia Marek Nora Pavel Rosa Sven Tara".split()
)
_LAST = (
    "Okafor Lindqvist Moreau Hale Brandt Costa Ivanova Mensah Novak Ortiz Petrov Quinn Rossi Sato Turner Vance".split()
)
_PLACES = "Arden Brackley Corfield Dunmore Elsworth Farleigh Garston Hexley Ilford Kelso Lowick Marlow Norbury".split()
_MONTHS = "January February March April May June July August September October November December".split()


def _code(rng: random.Random) -> str:
    shape = rng.choice(["AA-9999", "A99", "999-AA", "AA9999B", "E99", "99.99.9", "A-99-99", "999999", "AAA-9"])
    letters = {"A": string.ascii_uppercase, "9": string.digits, "B": "XRT"}
    return "".join(rng.choice(letters.get(sign, sign)) for sign in shape)


def _name(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def _thing(rng: random.Random) -> str:
    return f"{rng.choice(_ADJECTIVES)} {rng.choice(_THINGS)}"


def _date(rng: random.Random) -> str:
    return f"{rng.randint(1, 28)} {rng.choice(_MONTHS)} {rng.randint(1980, 2026)}"


def _money(rng: random.Random) -> str:
    return rng.choice(["${:,}", "£{:,}", "{:,} euros", "${:,}.50"]).format(rng.randint(3, 9000))


# A column: its name, what makes a cell, and ways to ask for it of a row's key.
_COLUMNS: Sequence[tuple[str, Callable[[random.Random], str], Sequence[str]]] = (
    ("Price", _money, ("How much does {k} cost?", "price of {k}", "what is the price of {k}", "{k} how much")),
    ("Weight", lambda r: f"{r.randint(2, 900)} {r.choice(['kg', 'g', 'lb'])}", ("How heavy is {k}?", "weight of {k}")),
    ("Supplier", lambda r: f"{r.choice(_LAST)} & Sons", ("Who supplies {k}?", "Which firm delivers {k}?")),
    ("Torque", lambda r: f"{r.randint(2, 200)} Nm", ("What torque does {k} need?", "torque setting {k}")),
    ("Due", _date, ("When is {k} due?", "By what date must {k} be done?")),
    ("Contact", _name, ("Who is the contact for {k}?", "Who do I ask about {k}?")),
    ("Location", lambda r: f"{r.choice(_PLACES)}, room {r.randint(1, 400)}", ("Where is {k} kept?", "location {k}")),
    ("Stock", lambda r: str(r.randint(0, 4000)), ("How many of {k} are in stock?", "stock of {k}")),
    ("Temperature", lambda r: f"{r.randint(-20, 260)} °C", ("At what temperature is {k} used?", "How hot for {k}?")),
    (
        "Meaning",
        lambda r: f"{_thing(r)} {r.choice(['blocked', 'too hot', 'not found', 'open', 'worn out'])}",
        ("What does {k} mean?", "meaning of {k}", "{k} error"),
    ),
    ("Population", lambda r: f"{r.randint(200, 90000):,}", ("How many people live in {k}?", "population of {k}")),
    ("Founded", lambda r: str(r.randint(1650, 2020)), ("When was {k} founded?", "In what year did {k} begin?")),
)
_KEYS: Sequence[tuple[str, Callable[[random.Random], str]]] = (
    ("Part", _code), ("Code", _code), ("Order", lambda r: f"order {r.randint(1000, 99999)}"), ("Item", _thing),
    ("Town", lambda r: f"{r.choice(['North', 'South', 'New', 'Great', 'Little'])} {r.choice(_PLACES)}"),
    ("Name", _name), ("Model", lambda r: f"{r.choice(_LAST)} {r.randint(2, 90)}0"),
    ("Article", lambda r: f"Section {r.randint(1, 30)}.{r.randint(1, 12)}"),
)  # fmt: skip


def made_rows(rng: random.Random, count: int) -> Iterator["Pair"]:
    """Invent tables, and ask each for a cell of a row that is there, and of one that is not."""
    from training.pairs import Pair

    for _ in range(count):
        key_name, make_key = rng.choice(_KEYS)
        columns = rng.sample(_COLUMNS, rng.choice([1, 2, 2, 3]))
        keys = list(dict.fromkeys(make_key(rng) for _ in range(rng.randint(3, 7))))
        shape = rng.choice(["named", "named", "markdown", "list", "prose"])
        text, cells = _passage_words(rng, shape, key_name, keys[1:], columns)
        asked = rng.choice(columns)
        question = rng.choice(asked[2])
        other = rng.choice([one for one in _COLUMNS if one not in columns])
        row = rng.randrange(len(keys) - 1)
        title = rng.choice(["", f"{key_name}s of {rng.choice(_PLACES)}", rng.choice(_PLACES)])
        span = cells[row, asked[0]]
        yield Pair("rows", question.format(k=keys[row + 1]), title, text, (span,))
        lacking = _near(rng, keys[row + 1]) if rng.random() < 0.5 else keys[0]
        if rng.random() < 0.6 and lacking not in text:
            yield Pair("rows", question.format(k=lacking), title, text, ())
        else:
            yield Pair("rows", rng.choice(other[2]).format(k=keys[row + 1]), title, text, ())


def _near(rng: random.Random, key: str) -> str:
    """A key that differs by one sign, or by one word."""
    places = [at for at, sign in enumerate(key) if sign.isdigit()]
    if places:
        at = rng.choice(places)
        return key[:at] + rng.choice([one for one in string.digits if one != key[at]]) + key[at + 1 :]
    first, *rest = key.split()
    pool = _ADJECTIVES if first in _ADJECTIVES else _FIRST if first in _FIRST else ["Upper", "Lower", "Old"]
    return " ".join([rng.choice([one for one in pool if one != first]), *rest])


def _passage_words(
    rng: random.Random,
    shape: str,
    key_name: str,
    keys: Sequence[str],
    columns: Sequence[tuple[str, Callable[[random.Random], str], Sequence[str]]],
) -> tuple[str, dict[tuple[int, str], tuple[int, int]]]:
    text = ""
    cells: dict[tuple[int, str], tuple[int, int]] = {}
    if shape == "markdown":
        text = (
            f"| {key_name} | " + " | ".join(name for name, *_ in columns) + " |\n|" + "---|" * (len(columns) + 1) + "\n"
        )
    for row, key in enumerate(keys):
        text += {"named": f"{key_name}: {key}", "markdown": f"| {key}", "list": f"- {key}", "prose": f"{key}"}[shape]
        for at, (name, make, _) in enumerate(columns):
            joint = {
                "named": f"; {name}: ",
                "markdown": " | ",
                "list": f" – {name.lower()} ",
                "prose": (f" has the {name.lower()} " if not at else f" and the {name.lower()} "),
            }[shape]
            text += joint
            cell = make(rng)
            cells[row, name] = (len(text), len(text) + len(cell))
            text += cell
        text += {"named": ".\n", "markdown": " |\n", "list": "\n", "prose": ". "}[shape]
    return text.rstrip(), cells
