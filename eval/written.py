"""`python -m eval.written --data DIR`: which sentences of a writer stand, and which are struck through?

In: `squad2` and `handbook_govpdf`. Out: of sentences made by code from quotes, the share that stands, by kind: those
that a quote entails should stand, the others must be struck through. One decision: the rules were made on every other
article; the figures to report are those of the rest (`--half held`).
"""

import argparse
import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from eval.drafts import Alteration, alter
from eval.traps import DEVELOPED, HELD_OUT, framed
from retriever import Assistant, Carrier, IbidError, judge_written

QUOTES = 4
"""Quotes that a sentence is compared with; the others stand beside its own."""
PER_KIND = 300
"""Sentences of a kind, of each half."""
SHORTEST, LONGEST = 8, 45

_SENTENCE_END = re.compile(r"(?<=[a-z)\d][.])\s+(?=[A-Z])")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_SAID = re.compile(r"^[A-Z][^.,“\"]{2,60} (?:said|says|argued|claimed|believed|stated|reported) that (?P<rest>.+)$")
_HEDGE = re.compile(r" (?:may|might|could|allegedly|probably|perhaps|possibly|almost|nearly|about|only)(?= )")
_RELATIVE = re.compile(r", (?:which|who|whose) [^,]+(?=\.$)")
_ASIDE = re.compile(r", (?:which|who|whose) [^,]+,(?= [a-z])")
_BRACKET = re.compile(r" \([^()]+\)")
_FRONT = re.compile(r"^(?:In|At|On|During|After|By) [^,]{3,40}, (?P<rest>[a-zA-Z].+)$")
_YEAR_BEHIND = re.compile(r" (?P<when>in (?:1\d|20)\d\d)\.$")
_DAY = re.compile(
    r"\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December) (\d{4})\b"
)
_AMERICAN = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December) (\d{1,2}), (\d{4})\b"
)
_COUNTS = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
}
_WHO = re.compile(r"^Who (?P<rest>[a-z].*)\?$")

Case = tuple[str, str, Sequence[str]]
"""A written sentence, the sentence that it is made of, and other sentences of the same article."""


def articles(data: Path) -> dict[str, list[str]]:
    """The prose sentences of each article, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (data / "squad2" / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        paragraph = json.loads(line)
        found[paragraph["title"].replace("_", " ")] += _sentences(paragraph["text"])
    with tempfile.TemporaryDirectory() as folder, Assistant.open(Path(folder) / "library", create=True) as assistant:
        assistant.index([data / "handbook_govpdf"])
        for summary in assistant.documents():
            found[summary.title] += _sentences(assistant.document(summary.id).text)
    return {name: list(dict.fromkeys(sentences)) for name, sentences in found.items() if len(sentences) > 2 * QUOTES}


def _sentences(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n{2,}|\n(?=[-*#|])", text):
        for part in _SENTENCE_END.split(" ".join(paragraph.split())):
            is_prose = re.fullmatch(r"[A-Z][^|*#_<>\[\]]+\.", part) and sum(map(str.isalpha, part)) > 0.7 * len(part)
            if is_prose and SHORTEST <= len(part.split()) <= LONGEST:
                yield part


def _respelt(sentence: str) -> str:
    """A sentence with a day, a number or a percentage spelt in another way."""
    if found := _DAY.search(sentence):
        return sentence.replace(found[0], f"{found[2]} {found[1]}, {found[3]}")
    if found := _AMERICAN.search(sentence):
        month = "January February March April May June July August September October November December".split()
        day = date(int(found[3]), month.index(found[1]) + 1, int(found[2]))
        return sentence.replace(found[0], day.isoformat())
    if found := re.search(r"(\d)( percent|%)", sentence):
        return sentence.replace(found[0], f"{found[1]}{'%' if 'p' in found[2] else ' percent'}")
    found = re.search(rf"\b({'|'.join(_COUNTS)})\b", sentence)
    return sentence.replace(f" {found[1]} ", f" {_COUNTS[found[1]]} ", 1) if found else ""


def _swapped(sentence: str, _: Sequence[str], chance: random.Random) -> str:
    """A sentence in which two names have changed places."""
    names = list(dict.fromkeys(_NAME.findall(sentence)))
    if len(names) < 2:
        return ""
    one, other = chance.sample(names, 2)
    return re.sub(
        rf"\b(?:{re.escape(one)}|{re.escape(other)})\b", lambda found: other if found[0] == one else one, sentence
    )


def _renamed(sentence: str, others: Sequence[str], chance: random.Random) -> str:
    """A sentence with a name of another sentence in place of one of its own."""
    own = _NAME.findall(sentence)
    theirs = [name for other in others for name in _NAME.findall(other) if name not in sentence]
    return sentence.replace(chance.choice(own), chance.choice(theirs), 1) if own and theirs else ""


def _stitched(sentence: str, others: Sequence[str], chance: random.Random) -> str:
    """The beginning of a sentence with the end of another."""
    first, second = sentence.split(), chance.choice(others).split()
    return " ".join([*first[: chance.randrange(3, len(first) - 2)], *second[chance.randrange(3, len(second) - 2) :]])


def _joined(sentence: str, others: Sequence[str], chance: random.Random) -> str:
    return f"{sentence[:-1]}{chance.choice((', and', ', while', ';'))} {chance.choice(others)}"


def _elsewhere(sentence: str, others: Sequence[str], chance: random.Random) -> str:
    """A sentence of the article that no quote has; the last ones are kept from the quotes."""
    return chance.choice(others[QUOTES:]) if len(others) > QUOTES else ""


def _first(pattern: re.Pattern[str]) -> Callable[[str, Sequence[str], random.Random], str]:
    """What cuts out the first match of a pattern."""
    return lambda sentence, _, __: pattern.sub("", sentence, count=1) if pattern.search(sentence) else ""


def _rest(pattern: re.Pattern[str]) -> Callable[[str, Sequence[str], random.Random], str]:
    """What keeps the end of a sentence as a sentence of its own."""

    def cut(sentence: str, _: Sequence[str], __: random.Random) -> str:
        found = pattern.match(sentence)
        return found["rest"][0].upper() + found["rest"][1:] if found else ""

    return cut


def _fronted(sentence: str, _: Sequence[str], __: random.Random) -> str:
    found = _YEAR_BEHIND.search(sentence)
    return f"I{found['when'][1:]}, {sentence[: found.start()]}." if found else ""


def _altered(kind: Alteration) -> Callable[[str, Sequence[str], random.Random], str]:
    return lambda sentence, _, chance: alter(kind, sentence, chance)


ENTAILED: Mapping[str, Callable[[str, Sequence[str], random.Random], str]] = {
    "whole": lambda sentence, _, __: sentence,
    "two joined": _joined,
    "according to its source": lambda sentence, _, __: f"According to SOURCE, {sentence}",
    "with an opening word": lambda sentence, _, __: f"Meanwhile, {sentence}",
    "respelt value": lambda sentence, _, __: _respelt(sentence),
    "last relative clause left out": _first(_RELATIVE),
    "aside left out": _first(_ASIDE),
    "bracket left out": _first(_BRACKET),
    "first phrase left out": _rest(_FRONT),
    "year moved to the front": _fronted,
}
NOT_ENTAILED: Mapping[str, Callable[[str, Sequence[str], random.Random], str]] = {
    "another name": _renamed,
    "two names swapped": _swapped,
    "another number": _altered(Alteration.NUMBER),
    "another word": _altered(Alteration.WORD),
    "negation put in or left out": _altered(Alteration.NEGATION),
    "hedge left out": _first(_HEDGE),
    "speaker left out": _rest(_SAID),
    "half of one, half of another": _stitched,
    "of no quote": _elsewhere,
}


def made(
    sentences: Mapping[str, Sequence[str]], make: Callable[[str, Sequence[str], random.Random], str], seed: int
) -> Iterator[tuple[str, list[Carrier]]]:
    """Sentences of a kind, each with its quotes."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    pairs = [(name, sentence) for name, listed in sentences.items() for sentence in listed]
    chance.shuffle(pairs)
    count = 0
    for name, sentence in pairs:
        others = chance.sample([one for one in sentences[name] if one != sentence], QUOTES + 1)
        written = make(sentence, others[: QUOTES - 1] if make is not _elsewhere else others, chance)
        if not written or (written == sentence and make is not ENTAILED["whole"]):
            continue
        listed = [sentence, *others[: QUOTES - 1]]
        chance.shuffle(listed)
        yield written.replace("SOURCE", name), [Carrier(each, title=name) for each in listed]
        count += 1
        if count == PER_KIND:
            return


def trapped(sentences: Mapping[str, Sequence[str]], seed: int) -> Iterator[tuple[str, list[Carrier]]]:
    """Sentences that a quote denies, asks, supposes or quotes, each stated as if it were so."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    listed = [one for some in sentences.values() for one in some]
    for sentence in chance.sample(listed, min(PER_KIND, len(listed))):
        kind = chance.choice(list(DEVELOPED))
        frame = chance.choice([*DEVELOPED[kind], *HELD_OUT[kind]])
        yield sentence, [Carrier(framed(frame, sentence), sources=("The Herald",))]


def answered(data: Path, half: frozenset[str], *, impossible: bool) -> Iterator[tuple[str, list[Carrier]]]:
    """People's questions with "Who", as sentences, with the answer in its place or, where there is none, a name."""
    texts = {}
    for line in (data / "squad2" / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        paragraph = json.loads(line)
        texts[paragraph["_id"]] = paragraph["text"]
    for line in (data / "squad2" / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        found = _WHO.match(asked["text"].strip())
        if not found or asked["is_impossible"] is not impossible or asked["article"].replace("_", " ") not in half:
            continue
        text = texts[asked["context_id"]]
        names = [each["text"] for each in asked["answers"]] or _NAME.findall(text)
        if names:
            yield f"{names[0]} {found['rest']}.", [Carrier(one) for one in _sentences(text)] or [Carrier(text)]


def standing(cases: Iterator[tuple[str, list[Carrier]]], *, show: bool, wanted: bool) -> tuple[int, int]:
    """How many sentences stand whole, of how many."""
    stand = count = 0
    for written, quotes in cases:
        judged = judge_written(written, quotes).sentences
        stands = bool(judged) and not any(one.struck for one in judged)
        stand, count = stand + stands, count + 1
        if show and stands is not wanted:
            print(f"  {'stands' if stands else 'struck'}: {written}\n      {[one.text for one in quotes][:4]}")
    return stand, count


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.written", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder of the data sets")
    parser.add_argument("--half", choices=["developed", "held"], default="held", help="of the articles (default: held)")
    parser.add_argument("--show", metavar="KIND", default="", help="print the wrongly judged sentences of a kind")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the choice (default: 0)")
    chosen = parser.parse_args(arguments)
    every = articles(chosen.data)
    names = sorted(every)[chosen.half == "held" :: 2]
    half = {name: every[name] for name in names}
    print(f"{len(half)} articles, {sum(map(len, half.values()))} sentences ({chosen.half})")
    kinds: list[tuple[str, bool, Iterator[tuple[str, list[Carrier]]]]] = [
        *((name, True, made(half, make, chosen.seed)) for name, make in ENTAILED.items()),
        ("a question's answer, in its words", True, answered(chosen.data, frozenset(half), impossible=False)),
        *((name, False, made(half, make, chosen.seed)) for name, make in NOT_ENTAILED.items()),
        ("denied, asked, supposed or quoted", False, trapped(half, chosen.seed)),
        ("a question without an answer, answered", False, answered(chosen.data, frozenset(half), impossible=True)),
    ]
    totals = {True: [0, 0], False: [0, 0]}
    for name, wanted, cases in kinds:
        stand, count = standing(cases, show=chosen.show == name, wanted=wanted)
        totals[wanted] = [totals[wanted][0] + stand, totals[wanted][1] + count]
        print(f"{'entailed' if wanted else 'not entailed':<13} {name:<40} stands {stand:>4} of {count:>4}")
    (right, entailed), (wrong, others) = totals[True], totals[False]
    print(f"recall {right / max(1, entailed):.3f}, precision {right / max(1, right + wrong):.3f}, ", end="")
    print(f"false sentences struck through {1 - wrong / max(1, others):.4f} of {others}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except IbidError as error:
        sys.exit(f"eval.written: {error}")
