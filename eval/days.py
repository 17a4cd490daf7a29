"""`python -m eval.days`: is a day found whichever way it is written in the documents, and whichever way it is asked?

An invented booking list (CSV) and invented minutes (text) name days in one spelling each. Questions name the same days
in each spelling. Counted are the questions whose first quote is the right row or sentence. In the mixed library the
list has one spelling and the letters another, and both name the same days for different things. In the ambiguous list
each day's figures may be two days (05/03/2031). Questions for a missing day have no answer: there, clear answers count.
"""

import argparse
import csv
import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from retriever import Assistant, SentenceEncoder, Verdict

SPELLINGS: Mapping[str, Callable[[date], str]] = {
    "2031-01-28": lambda day: day.isoformat(),
    "28/01/2031": lambda day: f"{day:%d/%m/%Y}",
    "01/28/2031": lambda day: f"{day:%m/%d/%Y}",
    "28.01.2031": lambda day: f"{day:%d.%m.%Y}",
    "28 January 2031": lambda day: f"{day.day} {day:%B %Y}",
    "January 28, 2031": lambda day: f"{day:%B} {day.day}, {day.year}",
}
"""A spelling, shown by an example -> what writes a day so."""

_HALLS = "Alder Birch Cedar Hazel Juniper Maple Rowan Willow".split()
_EVENTS = (
    "seed fair, chess final, book market, choir concert, robot contest, bread course, map auction, yoga class, "
    "film night, stamp show, tax seminar, puppet play"
).split(", ")
_HOSTS = "Ines Halvorsen, Tomas Brandt, Greta Vinter, Omar Sayeed, Lucia Perrin, Piet de Groot, Anna Kovac".split(", ")
_DECISIONS = (
    "sell the old ferry, plant forty lime trees, close the swimming pool, hire a second nurse, repair the clock tower, "
    "lower the parking fee, buy a snow plough, rename Mill Lane, build a bus shelter, ban leaf blowers, fund the brass "
    "band, move the flea market"
).split(", ")
_QUESTIONS = {
    "Event": "What event is booked for {}?",
    "Hall": "Which hall is booked on {}?",
    "Host": "Who is the host on {}?",
    "Guests": "How many guests are expected on {}?",
}
"""A column of the booking list -> the question for it."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A question with a gap for its day, the day, and what stands in the right quote; empty if nothing answers."""

    question: str
    day: date
    answer: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every pair of spellings, and print a table for each library."""
    parser = argparse.ArgumentParser(prog="python -m eval.days", description=__doc__)
    parser.add_argument("--questions", type=int, default=12, help="questions for each pair of spellings")
    parser.add_argument("--libraries", nargs="+", choices=list(_LIBRARIES), default=list(_LIBRARIES))
    chosen = parser.parse_args(arguments)
    encoder = SentenceEncoder.shipped()
    for name in chosen.libraries:
        counted = "clear answers" if name == "missing" else "right first quotes"
        print(f"{name}: {counted} of {chosen.questions}, refused in brackets; a row for each written spelling")
        print("| written as | " + " | ".join(SPELLINGS) + " |")
        totals = [0, 0]
        for written in SPELLINGS:
            cells = _measure(encoder, name, written, chosen.questions)
            totals = [total + sum(cell[at] for cell in cells) for at, total in enumerate(totals)]
            print(f"| {written} | " + " | ".join(f"{right} ({refused})" for right, refused in cells) + " |", flush=True)
        count = chosen.questions * len(SPELLINGS) ** 2
        print(f"{name}: {counted} {totals[0]} of {count}, refused {totals[1]}\n", flush=True)
    return 0


def _measure(encoder: SentenceEncoder, name: str, written: str, count: int) -> list[tuple[int, int]]:
    """For each spelling asked: how many first quotes are right (clear, for a missing day), and how many are refused."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.open(Path(folder) / "library", encoder=encoder, create=True) as assistant,
    ):
        files = Path(folder) / "files"
        files.mkdir()
        cases = _LIBRARIES[name](files, written, count)
        assistant.index([files])
        found = []
        for spell in SPELLINGS.values():
            right = refused = 0
            for case in cases:
                answer = assistant.ask(case.question.format(spell(case.day)))
                refused += answer.verdict is Verdict.ABSENT
                if case.answer:
                    right += bool(answer.quotes) and case.answer in answer.quotes[0].text
                else:
                    right += answer.verdict is Verdict.CLEAR
            found.append((right, refused))
        return found


def _days(chance: random.Random, count: int, *, ambiguous: bool = False) -> list[date]:
    """Days after the twelfth, whose figures can be read in one way only, or days whose figures can be read in two."""
    days = [date(2031, 1, 1) + timedelta(number) for number in range(1400 if ambiguous else 700)]
    wanted = [day for day in days if (day.day <= 12 and day.day != day.month if ambiguous else day.day > 12)]
    return chance.sample(wanted, count)


def _write_list(files: Path, written: str, count: int, *, ambiguous: bool = False) -> list[_Case]:
    chance = random.Random(5)  # noqa: S311 (not for secrets)
    days = sorted(_days(chance, 120, ambiguous=ambiguous))
    rows = [
        {
            "Date": SPELLINGS[written](day),
            "Hall": chance.choice(_HALLS),
            "Event": chance.choice(_EVENTS),
            "Host": chance.choice(_HOSTS),
            "Guests": str(chance.randrange(10, 400)),
        }
        for day in days
    ]
    with (files / "bookings.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    asked = chance.sample(range(len(days)), count)
    columns = [chance.choice(list(_QUESTIONS)) for _ in asked]
    return [
        _Case(_QUESTIONS[column], days[at], f"Date: {rows[at]['Date']};")
        for at, column in zip(asked, columns, strict=True)
    ]


def _write_minutes(files: Path, written: str, count: int) -> list[_Case]:
    chance = random.Random(6)  # noqa: S311
    cases = []
    paragraphs = []
    for day, decision in zip(_days(chance, len(_DECISIONS)), _DECISIONS, strict=True):
        votes = chance.randrange(5, 12)
        paragraphs.append(
            f"The council met in the town hall, and {chance.choice(_HOSTS)} took the chair. "
            f"On {SPELLINGS[written](day)} it decided to {decision}, by {votes} votes to {chance.randrange(0, 5)}. "
            f"The clerk was asked to report on the costs."
        )
        cases.append(_Case("What did the council decide on {}?", day, decision))
    (files / "minutes.txt").write_text("Minutes of Harrow Bay\n\n" + "\n\n".join(paragraphs), encoding="utf-8")
    return chance.sample(cases, min(count, len(cases)))


def _write_list_without_days(files: Path, written: str, count: int) -> list[_Case]:
    """The list, asked for the day after each day that it would be asked for, or the next one that it does not have."""
    cases = []
    for case in _write_list(files, written, count):
        day, text = case.day, (files / "bookings.csv").read_text(encoding="utf-8")
        while SPELLINGS[written](day) in text:
            day += timedelta(1)
        cases.append(_Case(case.question, day, ""))
    return cases


def _write_both(files: Path, written: str, count: int) -> list[_Case]:
    """The list in one spelling, and letters of the same days in the next one."""
    cases = _write_list(files, written, count)
    names = list(SPELLINGS)
    other = SPELLINGS[names[(names.index(written) + 2) % len(names)]]
    letters = [
        f"Dear neighbours, on {other(case.day)} our street will be closed to cars, since the water main is repaired. "
        f"Please park in the yard behind the mill."
        for case in cases
    ]
    for number, letter in enumerate(letters):
        (files / f"letter-{number}.txt").write_text(f"Letter {number + 1}\n\n{letter}\n", encoding="utf-8")
    return cases


_LIBRARIES: Mapping[str, Callable[[Path, str, int], list[_Case]]] = {
    "list": _write_list,
    "minutes": _write_minutes,
    "mixed": _write_both,
    "ambiguous": partial(_write_list, ambiguous=True),
    "missing": _write_list_without_days,
}
"""A library -> what writes its files in a folder and gives the questions."""


if __name__ == "__main__":
    sys.exit(main())
