"""`python -m eval.local_days`: is a day found in other languages, whichever way it is written and asked?

Invented minutes in a language say on which day each hall was closed, in one spelling. Questions name the same days in
each spelling. Counted are the questions whose first quote names the right hall, and those that are refused.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from babel.dates import format_date

from retriever import Assistant, Encoder, SentenceEncoder, Verdict

FORMATS = {"figures": "", "ISO": "yyyy-MM-dd", "words": "long", "short words": "medium"}
"""Name of a spelling -> babel's format of it."""

_FIGURES = {"de": "dd.MM.yyyy", "nl": "dd-MM-yyyy"}
_SHORT = {"de": "d. MMM yyyy", "pt": "d 'de' MMM yyyy"}
_HALLS = (
    "Alder Birch Cedar Hazel Juniper Maple Rowan Willow Aspen Linden Walnut Poplar Cypress Laurel Myrtle Acacia Sorrel "
    "Bramble Heather Thistle Clover Fennel Saffron Juno"
).split()
_HOSTS = "Ines Halvorsen, Tomas Brandt, Greta Vinter, Omar Sayeed, Lucia Perrin, Piet de Groot, Anna Kovac".split(", ")
TEMPLATES: Mapping[str, tuple[str, str]] = {
    "de": (
        "Die Halle {hall} wurde am {day} geschlossen. Das Protokoll schrieb {host}, und der Rat dankte allen Helfern.",
        "Welche Halle wurde am {day} geschlossen?",
    ),
    "fr": (
        "La salle {hall} a été fermée le {day}. {host} a rédigé le procès-verbal, et le conseil a remercié les aides.",
        "Quelle salle a été fermée le {day} ?",
    ),
    "es": (
        "La sala {hall} se cerró el {day}. {host} redactó el acta, y el consejo dio las gracias a los ayudantes.",
        "¿Qué sala se cerró el {day}?",
    ),
    "it": (
        "La sala {hall} è stata chiusa il {day}. {host} ha scritto il verbale, e il consiglio ha ringraziato tutti.",
        "Quale sala è stata chiusa il {day}?",
    ),
    "pt": (
        "A sala {hall} foi fechada em {day}. {host} redigiu a ata, e o conselho agradeceu a todos os ajudantes.",
        "Qual sala foi fechada em {day}?",
    ),
    "nl": (
        "Zaal {hall} werd op {day} gesloten. {host} schreef de notulen, en de raad bedankte alle helpers.",
        "Welke zaal werd op {day} gesloten?",
    ),
}
"""Language -> a paragraph of the minutes, and the question for it."""


def spelt(day: date, spelling: str, language: str) -> str:
    """A day in one of the spellings of a language."""
    form = {"figures": _FIGURES.get(language, "dd/MM/yyyy"), "short words": _SHORT.get(language, "medium")}
    return format_date(day, form.get(spelling, FORMATS[spelling]), locale=language)


def _measure(encoder: Encoder, language: str, written: str, count: int) -> list[tuple[int, int]]:
    """For each spelling asked: how many first quotes are right, and how many questions are refused."""
    chance = random.Random(7)  # noqa: S311 (not for secrets)
    paragraph, question = TEMPLATES[language]
    days = chance.sample([date(2031, 1, 13) + timedelta(number) for number in range(700)], len(_HALLS))
    text = "\n\n".join(
        paragraph.format(hall=hall, day=spelt(day, written, language), host=chance.choice(_HOSTS))
        for hall, day in zip(_HALLS, days, strict=True)
    )
    asked = chance.sample(range(len(days)), count)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "minutes.txt"
        file.write_text(text, encoding="utf-8")
        with Assistant.open(Path(folder) / "library", encoder=encoder, create=True) as assistant:
            assistant.index([file])
            found = []
            for asking in FORMATS:
                answers = [assistant.ask(question.format(day=spelt(days[at], asking, language))) for at in asked]
                right = sum(
                    bool(answer.quotes) and f" {_HALLS[at]} " in answer.quotes[0].text
                    for answer, at in zip(answers, asked, strict=True)
                )
                found.append((right, sum(answer.verdict is Verdict.ABSENT for answer in answers)))
            return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every pair of spellings in each language, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m eval.local_days", description=__doc__)
    parser.add_argument("--questions", type=int, default=8, help="questions for each pair of spellings, at most 24")
    parser.add_argument("--languages", nargs="+", choices=list(TEMPLATES), default=list(TEMPLATES))
    parser.add_argument("--encoder", default="shipped", help="`shipped`, or another encoder, as of `ibid index`")
    chosen = parser.parse_args(arguments)
    encoder = SentenceEncoder.named(chosen.encoder)
    for language in chosen.languages:
        print(f"{language}: right first quotes of {chosen.questions}, refused in brackets; rows: as it is written")
        print("| written as | " + " | ".join(FORMATS) + " |")
        totals = [0, 0]
        for written in FORMATS:
            cells = _measure(encoder, language, written, chosen.questions)
            totals = [total + sum(cell[at] for cell in cells) for at, total in enumerate(totals)]
            print(f"| {written} | " + " | ".join(f"{right} ({refused})" for right, refused in cells) + " |", flush=True)
        count = chosen.questions * len(FORMATS) ** 2
        print(f"{language}: right {totals[0]} of {count}, refused {totals[1]}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
