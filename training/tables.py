"""Invented rows of tables, lists of codes and logs -> pairs: a name, code or number must be the one that is asked for.

Rows are worded as `retriever.reading.rows` words them ("Name: Ada; Age: 36."), and as Markdown and plain lists have
them. A cell answers only by its row and its column: a row or a column that is not there, or a cell left empty, has
no answer, though its neighbours have.
"""

import random
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from training.pair import Pair

_THINGS = (
    "pump valve gasket bracket filter sensor relay spindle bearing flange nozzle hopper camera lens charger battery "
    "desk chair lamp printer router cable tent kayak saddle helmet violin kettle oven blender mower ladder drill"
).split()
_ADJECTIVES = (
    "small large upper lower left right front rear inner outer blue red steel copper spare heavy light".split()
)
FIRST = (
    "Anna Piotr Maria James Aisha Lena Omar Grace Hugo Ines Jonas Kofi Lucia Marek Nora Pavel Rosa Sven Tara".split()
)
LAST = (
    "Okafor Lindqvist Moreau Hale Brandt Costa Ivanova Mensah Novak Ortiz Petrov Quinn Rossi Sato Turner Vance".split()
)
PLACES = "Arden Brackley Corfield Dunmore Elsworth Farleigh Garston Hexley Ilford Kelso Lowick Marlow Norbury".split()
_COUNTRIES = "Norway Italy Japan Canada Poland Ireland Chile Kenya Vietnam Sweden Turkey Mexico".split()
GRATIS = ("free", "free of charge", "no charge", "gratis", "complimentary", "waived", "included", "at no cost", "none")
_MONTHS = "January February March April May June July August September October November December".split()


def _code(rng: random.Random) -> str:
    shape = rng.choice(["AA-9999", "A99", "999-AA", "AA9999B", "E99", "99.99.9", "A-99-99", "999999", "AAA-9"])
    letters = {"A": string.ascii_uppercase, "9": string.digits, "B": "XRT"}
    return "".join(rng.choice(letters.get(sign, sign)) for sign in shape)


def a_name(rng: random.Random) -> str:
    """First and last name."""
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def _thing(rng: random.Random) -> str:
    return f"{rng.choice(_ADJECTIVES)} {rng.choice(_THINGS)}"


def a_date(rng: random.Random) -> str:
    """A day."""
    return f"{rng.randint(1, 28)} {rng.choice(_MONTHS)} {rng.randint(1980, 2026)}"


def money(rng: random.Random) -> str:
    """An amount, or words for none."""
    return rng.choice(GRATIS) if rng.random() < 0.2 else sum_of_money(rng)


def sum_of_money(rng: random.Random) -> str:
    """An amount with its currency."""
    return rng.choice(["${:,}", "£{:,}", "{:,} euros", "${:,}.50", "€{:,}.00", "{:,} USD"]).format(rng.randint(3, 9000))


def _size(rng: random.Random) -> str:
    return f"{rng.randint(2, 90)} x {rng.randint(2, 90)} {rng.choice(['mm', 'cm', 'in'])}"


# A column: its name, what makes a cell, and ways to ask for it of a row's key.
_COLUMNS: Sequence[tuple[str, Callable[[random.Random], str], Sequence[str]]] = (
    ("Price", money, ("How much does {k} cost?", "price of {k}", "what is the price of {k}", "{k} how much")),
    ("Weight", lambda r: f"{r.randint(2, 900)} {r.choice(['kg', 'g', 'lb'])}", ("How heavy is {k}?", "weight of {k}")),
    ("Supplier", lambda r: f"{r.choice(LAST)} & Sons", ("Who supplies {k}?", "Which firm delivers {k}?")),
    ("Torque", lambda r: f"{r.randint(2, 200)} Nm", ("What torque does {k} need?", "torque setting {k}")),
    ("Due", a_date, ("When is {k} due?", "By what date must {k} be done?")),
    ("Contact", a_name, ("Who is the contact for {k}?", "Who do I ask about {k}?")),
    ("Location", lambda r: f"{r.choice(PLACES)}, room {r.randint(1, 400)}", ("Where is {k} kept?", "location {k}")),
    ("Stock", lambda r: str(r.randint(0, 4000)), ("How many of {k} are in stock?", "stock of {k}")),
    ("Temperature", lambda r: f"{r.randint(-20, 260)} °C", ("At what temperature is {k} used?", "How hot for {k}?")),
    (
        "Meaning",
        lambda r: f"{_thing(r)} {r.choice(['blocked', 'too hot', 'not found', 'open', 'worn out'])}",
        ("What does {k} mean?", "meaning of {k}", "{k} error"),
    ),
    ("Size", _size, ("How big is {k}?", "What are the dimensions of {k}?", "size of {k}")),
    ("Warranty", lambda r: f"{r.randint(2, 60)} months", ("How long is the warranty of {k}?", "{k} warranty")),
    ("Made in", lambda r: r.choice(_COUNTRIES), ("Where does {k} come from?", "In which country is {k} made?")),
    ("Phone", lambda r: f"ext. {r.randint(100, 9999)}", ("What is the phone number for {k}?", "phone {k}")),
    (
        "Opens",
        lambda r: f"{r.randint(6, 11)}:{r.choice(['00', '15', '30'])}",
        ("When does {k} open?", "{k} opening time"),
    ),
    ("Closes", lambda r: f"{r.randint(12, 23)}:{r.choice(['00', '15', '30'])}", ("When does {k} close?",)),
    ("Delivery", lambda r: f"{r.randint(2, 30)} days", ("How long does {k} take to arrive?", "delivery time {k}")),
    ("Discount", lambda r: f"{r.randint(2, 60)} %", ("What discount is there on {k}?", "How much is taken off {k}?")),
    ("Deposit", money, ("What deposit is asked for {k}?", "deposit for {k}")),
    ("Population", lambda r: f"{r.randint(200, 90000):,}", ("How many people live in {k}?", "population of {k}")),
    ("Founded", lambda r: str(r.randint(1650, 2020)), ("When was {k} founded?", "In what year did {k} begin?")),
)
_KEYS: Sequence[tuple[str, Callable[[random.Random], str]]] = (
    ("Part", _code), ("Code", _code), ("Order", lambda r: f"order {r.randint(1000, 99999)}"), ("Item", _thing),
    ("Town", lambda r: f"{r.choice(['North', 'South', 'New', 'Great', 'Little'])} {r.choice(PLACES)}"),
    ("Name", a_name), ("Model", lambda r: f"{r.choice(LAST)} {r.randint(2, 90)}0"),
    ("Article", lambda r: f"Section {r.randint(1, 30)}.{r.randint(1, 12)}"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Matrix:
    """A table of one measure: what it is of, what its columns are, and how a cell is asked for."""

    measure: str
    key: str
    cell: Callable[[random.Random], str]
    asked: Sequence[str]


_MATRICES = (
    _Matrix(
        "Sales", "Region", lambda r: f"{r.randint(10, 9900):,}", ("What were sales in {k} in {c}?", "{k} sales {c}")
    ),
    _Matrix("Visitors", "Site", lambda r: f"{r.randint(10, 99000):,}", ("How many people visited {k} in {c}?",)),
    _Matrix("Rainfall", "Town", lambda r: f"{r.randint(1, 300)} mm", ("How much rain fell in {k} in {c}?",)),
    _Matrix("Fee", "Membership", money, ("What does {k} cost in {c}?", "How much is the fee for {k} in {c}?")),
    _Matrix("Rent", "Hall", money, ("How much is the rent of {k} in {c}?", "{k} rent {c}")),
    _Matrix(
        "Staff", "Office", lambda r: str(r.randint(2, 900)), ("How many people worked at {k} in {c}?", "staff {k} {c}")
    ),
    _Matrix("Budget", "Department", money, ("What was the budget of {k} for {c}?", "How much was {k} given in {c}?")),
    _Matrix("Rate", "Plan", lambda r: f"{r.randint(1, 40)}.{r.randint(0, 9)} %", ("What rate has {k} in {c}?",)),
)
_DEPARTMENTS = "Sales Finance Marketing Research Logistics Legal Catering Transport Archives Library".split()
_LEVELS = "Basic Standard Plus Premium Junior Senior Family Student Gold Silver".split()


def made_rows(rng: random.Random, count: int) -> Iterator[Pair]:
    """Invent tables, and ask each for a cell that is there, and for one that is not."""
    for _ in range(count):
        yield from _made_matrix(rng) if rng.random() < 0.35 else _made_table(rng)


def _made_table(rng: random.Random) -> Iterator[Pair]:
    key_name, make_key = rng.choice(_KEYS)
    columns = rng.sample(_COLUMNS, rng.choice([1, 2, 3, 3, 4, 5]))
    most = max(3, 40 // (1 + len(columns)))
    keys = _keys(rng, make_key, rng.randint(3, min(12, most)) + 1)
    shape = rng.choice(["named", "named", "named", "markdown", "markdown", "list", "prose"])
    empty = (rng.randrange(len(keys) - 1), columns[-1][0]) if len(columns) > 1 and rng.random() < 0.4 else None
    text, cells = _worded(rng, shape, key_name, keys[1:], columns, empty)
    title = rng.choice(["", f"{key_name}s of {rng.choice(PLACES)}", rng.choice(PLACES)])

    def pair(question: str, key: str, span: tuple[int, int] | None) -> Pair:
        return Pair("rows", question.format(k=key), title, text, (span,) if span else ())

    row, asked = rng.choice([(row, one) for row in range(len(keys) - 1) for one in columns if (row, one[0]) in cells])
    question = rng.choice(asked[2])
    yield pair(question, keys[row + 1], cells[row, asked[0]])
    if rng.random() < 0.5:
        row, asked = rng.choice(
            [(row, one) for row in range(len(keys) - 1) for one in columns if (row, one[0]) in cells]
        )
        yield pair(rng.choice(asked[2]), keys[row + 1], cells[row, asked[0]])
    if empty and rng.random() < 0.6:
        yield pair(rng.choice(columns[-1][2]), keys[empty[0] + 1], None)
    lacking = _near(rng, keys[row + 1]) if rng.random() < 0.6 else keys[0]
    if rng.random() < 0.5 and lacking not in text:
        yield pair(question, lacking, None)
    else:
        others = [one for one in _COLUMNS if one not in columns and one[0].lower() not in text.lower()]
        yield pair(rng.choice(rng.choice(others)[2]), keys[row + 1], None)


def _made_matrix(rng: random.Random) -> Iterator[Pair]:
    """A table of one measure by two keys, such as regions by years."""
    kind = rng.choice(_MATRICES)
    place: Callable[[random.Random], str] = lambda r: r.choice(PLACES)  # noqa: E731
    make = {"Department": lambda r: r.choice(_DEPARTMENTS), "Membership": lambda r: r.choice(_LEVELS)}.get(
        kind.key, {"Plan": lambda r: r.choice(_LEVELS)}.get(kind.key, place)
    )
    keys = _keys(rng, make, rng.randint(4, 8))
    year = rng.randint(1950, 2022)
    heads = rng.choice(
        [
            [str(year + step) for step in range(6)],
            [f"Q{one}" for one in range(1, 5)],
            rng.sample(_MONTHS, 6),
            [f"zone {one}" for one in "ABCDEF"],
        ]
    )
    first = rng.randrange(len(heads) - 3)
    names = heads[first : first + rng.randint(2, 3)]
    columns = [(name, kind.cell, kind.asked) for name in names]
    shape = rng.choice(["named", "named", "markdown", "markdown"])
    text, cells = _worded(rng, shape, kind.key, keys[1:], columns, None)
    title = rng.choice([kind.measure, f"{kind.measure} by {kind.key.lower()}"])
    if rng.random() < 0.5:
        lead = f"{title}\n\n" if rng.random() < 0.5 else f"{kind.measure} are as follows:\n\n"
        cells = {at: (start + len(lead), end + len(lead)) for at, (start, end) in cells.items()}
        text = lead + text

    def pair(key: str, column: str, span: tuple[int, int] | None) -> Pair:
        return Pair("rows", rng.choice(kind.asked).format(k=key, c=column), title, text, (span,) if span else ())

    for _ in range(2):
        row, column = rng.randrange(len(keys) - 1), rng.choice(names)
        yield pair(keys[row + 1], column, cells[row, column])
    if rng.random() < 0.5:
        yield pair(keys[0], rng.choice(names), None)
    else:
        yield pair(keys[row + 1], rng.choice([one for one in heads if one not in names]), None)
    if rng.random() < 0.5:
        other = rng.choice([one for one in _MATRICES if one.measure != kind.measure])
        yield Pair("rows", rng.choice(other.asked).format(k=keys[row + 1], c=column), title, text, ())


def _keys(rng: random.Random, make: Callable[[random.Random], str], count: int) -> list[str]:
    """Keys of rows, some of them nearly the same; the first has no row."""
    keys: list[str] = []
    while len(keys) < count:
        key = make(rng) if not keys or rng.random() < 0.6 else _near(rng, rng.choice(keys))
        if not any(key in one or one in key for one in keys):
            keys.append(key)
        elif rng.random() < 0.02:
            break
    rng.shuffle(keys)
    return keys if len(keys) > 2 else [*keys, "Hall Two", "Old Mill", "West Gate"]


def _near(rng: random.Random, key: str) -> str:
    """A key that differs by one sign, by two that changed places, or by one word."""
    places = [at for at, sign in enumerate(key) if sign.isdigit()]
    pairs = [at for at in places if at + 1 in places and key[at] != key[at + 1]]
    if pairs and rng.random() < 0.4:
        at = rng.choice(pairs)
        return key[:at] + key[at + 1] + key[at] + key[at + 2 :]
    if places:
        at = rng.choice(places)
        return key[:at] + rng.choice([one for one in string.digits if one != key[at]]) + key[at + 1 :]
    first, *rest = key.split()
    pool = _ADJECTIVES if first in _ADJECTIVES else FIRST if first in FIRST else ["Upper", "Lower", "Old"]
    if rest and rest[-1] in LAST and rng.random() < 0.5:
        return f"{first} {rng.choice([one for one in LAST if one != rest[-1]])}"
    if rest and rest[-1] in _THINGS and rng.random() < 0.5:
        return f"{first} {rng.choice([one for one in _THINGS if one != rest[-1]])}"
    return " ".join([rng.choice([one for one in pool if one != first]), *(rest or [first])])


def _worded(
    rng: random.Random,
    shape: str,
    key_name: str,
    keys: Sequence[str],
    columns: Sequence[tuple[str, Callable[[random.Random], str], Sequence[str]]],
    empty: tuple[int, str] | None,
) -> tuple[str, dict[tuple[int, str], tuple[int, int]]]:
    """The table's text, and where each cell of it stands: by row and column's name."""
    text = ""
    cells: dict[tuple[int, str], tuple[int, int]] = {}
    if shape == "markdown":
        text = (
            f"| {key_name} | " + " | ".join(name for name, *_ in columns) + " |\n|" + "---|" * (len(columns) + 1) + "\n"
        )
    for row, key in enumerate(keys):
        text += {"named": f"{key_name}: {key}", "markdown": f"| {key}", "list": f"- {key}", "prose": f"{key}"}[shape]
        for at, (name, make, _) in enumerate(columns):
            if (row, name) == empty:
                text += " | " if shape == "markdown" else ""
                continue
            text += {
                "named": f"; {name}: ",
                "markdown": " | ",
                "list": f" – {name.lower()} ",
                "prose": (f" has the {name.lower()} " if not at else f" and the {name.lower()} "),
            }[shape]
            cell = make(rng)
            cells[row, name] = (len(text), len(text) + len(cell))
            text += cell
        text += {"named": ".\n", "markdown": " |\n", "list": "\n", "prose": ". "}[shape]
    return text.rstrip(), cells
