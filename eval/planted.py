"""`python -m eval.planted DATA`: does Ibid find plain contradictions between documents when it is asked for them?

In: documents of six domains. Into each domain a program plants sentences: a sentence with a value is told again, with
another value, in another document. Half of them keep their words; the others are told in other words. Then Ibid is
asked whether the documents contradict each other. Out: how many of the planted contradictions are found, and how many
others are shown. What is not found is listed.
"""

import argparse
import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.edited import retell
from retriever import Answer, Assistant, Document

QUESTION = "Do these documents contradict each other?"
EACH = 14
"""Sentences that are planted in a domain."""

MOST_DOCUMENTS, MOST_CHARACTERS = 16, 7000
"""Documents of a domain, and how much of each is used."""

HERE = Path(__file__).resolve().parent
_SENTENCE = re.compile(r"(?<=[a-z0-9%)”\"][.!?])\s+(?=[A-Z“\"])")
# A number of things, a share, or a year: not one of a law, a telephone or a day.
_NUMBER = re.compile(
    r"(?<![\w.,$€£/()*-])(?<!ode )(?<!ction )(?<!No\. )\d+(?:,\d{3})*(?:\.\d+)?(?=%| (?!January|February|March|April"
    r"|May|June|July|August|September|October|November|December)\w)|(?<=\b[Ii]n )(?:1[5-9]|20)\d\d(?=[ ,.])(?!,\d)"
)
_OPENS = re.compile(r"^(?:The|A|An|[A-Z][a-z]+) [a-z]|^(?:In|On|At|By|Since|During) ")
_POINTS = re.compile(
    r"(?i)\b(?:he|she|it|they|we|i|you|this|these|that|those|our|your|his|her|their|fig|table|et al)\b"
)
_WORDS = range(8, 33)


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence that was told again with another value.

    Attributes:
        document_id: where the sentence stands.
        sentence: its words.
        other_id: where it is told again.
        edited: its words there.
        value: what was replaced.
        other: by what.
    """

    document_id: str
    sentence: str
    other_id: str
    edited: str
    value: str
    other: str


def plant(texts: Mapping[str, str], seed: int = 1) -> tuple[dict[str, str], list[Planted]]:
    """Plant contradictions in the documents of one domain.

    Args:
        texts: document id -> its text.
        seed: decides every choice.

    Returns:
        The texts with what was planted, and that.
    """
    rng = random.Random(seed)  # noqa: S311 (data, not secrets)
    sentences = [(one, each) for one, text in texts.items() for each in _plain_sentences(text, texts)]
    rng.shuffle(sentences)
    changed, found = dict(texts), list[Planted]()
    for document_id, sentence in sentences:
        edit = _another_number(sentence, rng)
        if edit is None or len(found) == EACH:
            continue
        value, other = edit
        told = retell(sentence, value, rng) if len(found) % 2 else sentence
        edited = told.replace(value, other, 1)
        place = rng.choice([one for one in sorted(texts) if one != document_id])
        changed[place] = _inserted(changed[place], edited, rng)
        found.append(Planted(document_id, sentence, place, edited, value, other))
    return changed, found


def _plain_sentences(text: str, texts: Mapping[str, str]) -> Iterator[str]:
    """Sentences that say by themselves what they speak of, and stand in one document only."""
    for line in text.splitlines():
        for sentence in _SENTENCE.split(line.strip()):
            plain = len(sentence.split()) in _WORDS and sentence.endswith(".") and _OPENS.match(sentence)
            if plain and not _POINTS.search(sentence) and sum(each.count(sentence) for each in texts.values()) == 1:
                yield sentence


def _another_number(sentence: str, rng: random.Random) -> tuple[str, str] | None:
    """A number of a sentence that has not more than two, and another."""
    found = [match[0] for match in _NUMBER.finditer(sentence)]
    if not 1 <= len(found) <= 2 or sentence.count(found[0]) != 1:
        return None
    number = float(found[0].replace(",", ""))
    if re.fullmatch(r"1[0-9]\d\d|20\d\d", found[0]):
        return found[0], str(int(number) + rng.choice((-6, -3, -2, 2, 3, 5)))
    places = len(found[0].partition(".")[2])
    other = round(number * rng.choice((0.5, 0.7) if "%" in sentence else (0.5, 0.7, 1.4, 1.6, 2, 3)), places)
    other = other + 1 if other == number else other
    return found[0], f"{other:,.{places}f}" if "," in found[0] or other >= 10_000 else f"{other:.{places}f}"


def _inserted(text: str, sentence: str, rng: random.Random) -> str:
    """A text with a paragraph more, between two of its lines."""
    lines = text.split("\n")
    place = rng.randint(0, len(lines))
    return "\n".join([*lines[:place], "", sentence, "", *lines[place:]])


def domains(data: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The documents of each domain: its name, and document id -> text. The last three were never looked at."""
    folders = {
        "handbook": [data / "handbook_govpdf" / "handbook" / "docs"],
        "invented": [HERE / "dialogues" / "docs", *sorted((HERE / "collections").glob("*/docs"))],
        "court papers": [data / "handbook_govpdf" / "govpdf" / "docs"],
    }
    yield "handbook", _read(folders["handbook"])
    yield "invented", _read(folders["invented"])
    yield "encyclopedia", _first_of(_articles(data / "squad2"))
    pages = _lines(data / "html_readability" / "expected.jsonl")
    yield "web pages", _first_of({one["_id"]: one["text"] for one in pages if (one["lang"] or "en")[:2] == "en"}, 50)
    abstracts = _lines(data / "scifact" / "corpus.jsonl")
    yield "abstracts", _first_of({one["_id"]: one["text"] for one in abstracts}, 2 * MOST_DOCUMENTS)
    yield "court papers", _read(folders["court papers"])


def _read(folders: Sequence[Path]) -> dict[str, str]:
    with (
        tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder,
        Assistant.open(Path(folder) / "library", create=True) as assistant,
    ):
        assistant.index(folders)
        return _first_of({one.id: assistant.document(one.id).text for one in assistant.documents()}, 100)


def _articles(squad2: Path) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for line in _lines(squad2 / "corpus.jsonl"):
        found.setdefault(line["title"], []).append(line["text"])
    return {title: "\n\n".join(texts) for title, texts in found.items()}


def _first_of(texts: Mapping[str, str], most: int = MOST_DOCUMENTS) -> dict[str, str]:
    return {one: texts[one][:MOST_CHARACTERS] for one in sorted(texts)[:most]}


def _lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def ask(texts: Mapping[str, str]) -> Answer:
    """Ask a library of some texts whether they contradict each other."""
    with (
        tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder,
        Assistant.open(Path(folder) / "library", create=True) as assistant,
    ):
        assistant.add(Document.from_text(one, text, title=one) for one, text in texts.items())
        return assistant.ask(QUESTION)


def judged(answer: Answer, planted: Sequence[Planted]) -> tuple[list[Planted], list[tuple[str, ...]]]:
    """Which planted sentences an answer shows as a difference, and the quotes of its other differences."""
    found, others = [], []
    for difference in answer.agreement.differing:
        quotes = [answer.quotes[at] for at in difference.quotes]
        shown = [
            one
            for one in planted
            if any(q.document_id == one.document_id and _overlap(q.text, one.sentence) for q in quotes)
            and any(q.document_id == one.other_id and _overlap(q.text, one.edited) for q in quotes)
        ]
        found += [one for one in shown if one not in found]
        if not shown:
            others.append(tuple(quote.text for quote in quotes))
    return found, others


def _overlap(quote: str, sentence: str) -> bool:
    short, long = sorted((" ".join(quote.split()), " ".join(sentence.split())), key=len)
    return short in long


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, ask and print; the exit status is 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.planted", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder of public data sets")
    parser.add_argument("--only", help="one domain")
    parser.add_argument("--seed", type=int, default=1, help="other sentences")
    chosen = parser.parse_args(arguments)
    print("domain: planted, found, others shown")
    for name, texts in domains(chosen.data):
        if chosen.only and chosen.only != name:
            continue
        changed, planted = plant(texts, chosen.seed)
        before, after = ask(texts), ask(changed)
        found, others = judged(after, planted)
        print(
            f"{name:14}{len(planted):4}{len(found):4}{len(others):4}   without any: {len(before.agreement.differing)}"
        )
        for one in planted:
            if one not in found:
                print(f"  not found: {one.sentence} | {one.edited}")
        for quotes in others:
            print("  other: " + " | ".join(quotes))
        for difference in before.agreement.differing:
            print("  without any: " + " | ".join(before.quotes[at].text for at in difference.quotes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
