"""Data -> pairs of a question and a passage, with the spans that answer, or none: what the reader is trained on.

Every pair says which collection it comes from, so that whole collections can be held out. Sources:

    squad2      its questions on a window of their paragraph; `is_impossible` ones are unanswerable there
    canard      rewritten questions on the answers of their dialogue, one after the other
    written     questions written by hand on web pages, abstracts and office documents (`training/questions/`)
    made        by code: another name, number or year in a question; another passage of the article; table rows
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retriever.text.sentences import split_sentences
from training.tables import made_rows

MOST_WORDS = 120
"""Words of a window: as long as the program's longest passages."""

HELD_OUT = ("1973_oil_crisis", "Scottish_Parliament")
"""Articles of squad2 that the reader never sees, so that the verdict can be fitted and measured on them."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage.

    Attributes:
        source: the collection.
        question: the question.
        title: of the document; may be empty.
        passage: the text that is read.
        spans: start and end, in the passage, of each stretch that answers; empty where nothing does.
    """

    source: str
    question: str
    title: str
    passage: str
    spans: tuple[Span, ...]


def read_lines(file: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def window(
    text: str, spans: Sequence[Span], rng: random.Random, most: int = MOST_WORDS
) -> tuple[str, tuple[Span, ...]]:
    """Cut whole sentences around the first span, of a random length up to `most` words.

    Returns:
        The stretch, and the spans that lie in it, counted from its start.
    """
    sentences = split_sentences(text) or [(0, len(text))]
    where = spans[0] if spans else (0, 0)
    if not spans:
        start = rng.choice(sentences)[0]
        where = (start, start + 1)
    first = last = next((at for at, one in enumerate(sentences) if one[1] > where[0]), len(sentences) - 1)
    while last + 1 < len(sentences) and sentences[last][1] < where[1]:
        last += 1
    wanted = rng.randint(most // 3, most)
    while True:
        sides = [at for at in (first - 1, last + 1) if 0 <= at < len(sentences)]
        side = rng.choice(sides) if sides else None
        if side is None:
            break
        lower, upper = min(first, side), max(last, side)
        if len(text[sentences[lower][0] : sentences[upper][1]].split()) > wanted:
            break
        first, last = lower, upper
    start, end = sentences[first][0], sentences[last][1]
    kept = tuple((a - start, b - start) for a, b in spans if start <= a and b <= end)
    return text[start:end], kept


@dataclass(frozen=True, slots=True)
class _Paragraph:
    key: str
    title: str
    text: str


def squad_pairs(folder: Path, rng: random.Random, held_out: Sequence[str] = HELD_OUT) -> Iterator[Pair]:
    """squad2 without the held out articles: its own pairs, and those made of them."""
    paragraphs = {
        str(one["_id"]): _Paragraph(str(one["_id"]), str(one["title"]).replace("_", " "), str(one["text"]))
        for one in read_lines(folder / "corpus.jsonl")
    }
    by_title: dict[str, list[_Paragraph]] = {}
    for paragraph in paragraphs.values():
        by_title.setdefault(paragraph.title, []).append(paragraph)
    names = {title: _things(" ".join(one.text for one in those)) for title, those in by_title.items()}
    for line in read_lines(folder / "queries.jsonl"):
        if line["article"] in held_out:
            continue
        paragraph = paragraphs[str(line["context_id"])]
        question = str(line["text"])
        answers = line["answers"] if isinstance(line["answers"], list) and not line["is_impossible"] else []
        spans = tuple((one["start"], one["start"] + len(one["text"])) for one in answers)
        text, kept = window(paragraph.text, spans, rng)
        if spans and not kept:
            continue
        pair = Pair("squad2", question, paragraph.title, text, kept)
        yield pair
        if spans:
            if rng.random() < 0.7:
                yield from _other_passage(pair, answers, by_title[paragraph.title], rng)
            yield from _swapped(pair, names, rng)


def _other_passage(
    pair: Pair, answers: Sequence[dict[str, str]], others: Sequence[_Paragraph], rng: random.Random
) -> Iterator[Pair]:
    """The passage of the article that looks most like the answer, and has none."""
    terms = set(_words(pair.question))
    scored = sorted(
        (
            (-len(terms & set(_words(one.text))), one.key, one)
            for one in others
            if pair.passage not in one.text
            and not any(answer["text"].lower() in one.text.lower() for answer in answers)
        ),
    )
    if scored:
        text, _ = window(scored[0 if rng.random() < 0.5 else min(2, len(scored) - 1)][2].text, (), rng)
        yield replace(pair, source="made", passage=text, spans=())


_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w'’-]+(?: (?:of |the |de |von )?[A-Z][\w'’-]+)*")
_YEAR = re.compile(r"\b1\d{3}\b|\b20\d\d\b")
_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})*(?:\.\d+)?\b")
_KINDS = {"year": _YEAR, "name": _NAME, "number": _NUMBER}


def _things(text: str) -> dict[str, list[str]]:
    return {kind: sorted(set(pattern.findall(text))) for kind, pattern in _KINDS.items()}


def _swapped(pair: Pair, names: dict[str, dict[str, list[str]]], rng: random.Random) -> Iterator[Pair]:
    """The question with another name, year or number of the same kind, which the passage lacks."""
    for kind, pattern in _KINDS.items():
        found = [match for match in pattern.finditer(pair.question) if match.group() in pair.passage]
        title = pair.title if rng.random() < 0.7 else rng.choice(sorted(names))
        lacking = [
            one for one in names[title][kind] if one not in pair.passage and one.lower() not in pair.question.lower()
        ]
        if kind == "year" and found:
            lacking = [str(int(found[0].group()) + rng.choice([-20, -10, -3, -2, -1, 1, 2, 3, 5, 10]))]
            lacking = [one for one in lacking if one not in pair.passage]
        if found and lacking:
            chosen = rng.choice(found)
            question = pair.question[: chosen.start()] + rng.choice(lacking) + pair.question[chosen.end() :]
            yield replace(pair, source="made", question=question, spans=())
            return


def canard_pairs(file: Path, rng: random.Random) -> Iterator[Pair]:
    """Rewritten questions on what their dialogue was answered, in its order, which is near the order of the article."""
    dialogues: dict[str, list[dict[str, Any]]] = {}
    for line in read_lines(file):
        dialogues.setdefault(str(line["dialog"]), []).append(line)
    for turns in dialogues.values():
        turns.sort(key=lambda one: int(str(one["turn"])))
        history = turns[-1]["history"]
        answers = [str(one["answer"]) for one in history] if isinstance(history, list) else []
        topic = turns[0]["topic"]
        title = str(topic[0]) if isinstance(topic, list) else ""
        kept = [one for one in dict.fromkeys(answers) if "CANNOTANSWER" not in one and "I don't know" not in one]
        text, places = "", {}
        for one in kept:
            places[one] = (len(text), len(text) + len(one))
            text += one + (" " if one[-1:] in ".?!" else ". ")
        for turn in turns:
            at = int(str(turn["turn"])) - 1
            answer = answers[at] if at < len(answers) else ""
            if answer not in places:
                continue
            passage, spans = window(text, (places[answer],), rng)
            if spans:
                yield Pair("canard", str(turn["rewrite"]), title, passage, spans)
                if at > 0 and rng.random() < 0.5:  # as typed, behind the question before, as follow-ups are read
                    asked = turn["history"][-1]["question"]
                    yield Pair("canard", f"{asked} {turn['text']}", title, passage, spans)
                if rng.random() < 0.4 and len(kept) > 3:
                    start, end = places[answer]
                    other, _ = window(text[:start] + text[end:], (), rng)
                    yield Pair("made", str(turn["rewrite"]), title, other, ())


def written_pairs(files: Sequence[Path], documents: dict[str, str], rng: random.Random) -> Iterator[Pair]:
    """Questions written by hand on documents."""
    for file in files:
        for line in read_lines(file):
            document = documents.get(str(line["doc"]))
            if document is None:
                continue
            title, _, text = document.partition("\n\n")
            wanted = line.get("a") if line["answerable"] else [line.get("near")]
            wanted = [wanted] if isinstance(wanted, str) else list(wanted or [])
            places = [(at, at + len(one)) for one in wanted if one and (at := text.find(str(one))) >= 0]
            if not places:
                continue
            passage, spans = window(text, places, rng)
            pair = Pair("written", str(line["q"]), title, passage, spans if line["answerable"] else ())
            if line["answerable"] and not spans:
                continue
            yield pair
            if line["answerable"] and rng.random() < 0.35:
                elsewhere = text[: max(0, places[0][0] - 600)] + text[places[0][1] + 600 :]
                if len(elsewhere) > 400 and not any(str(one).lower() in elsewhere.lower() for one in wanted):
                    yield replace(pair, source="made", passage=window(elsewhere, (), rng)[0], spans=())


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]{4,}", text.lower())


def all_pairs(data: Path, questions: Sequence[Path], documents: dict[str, str], seed: int) -> list[Pair]:
    """Make every pair, in an order that the seed alone decides."""
    rng = random.Random(seed)  # noqa: S311 (data, not secrets)
    pairs = [
        *squad_pairs(data / "squad2", rng),
        *canard_pairs(data / "canard" / "queries.jsonl", rng),
        *written_pairs(questions, documents, rng),
        *made_rows(rng, 700),
    ]
    rng.shuffle(pairs)
    return pairs
