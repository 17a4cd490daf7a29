"""Data -> pairs of a question and a passage, with the spans that answer, or none: what the reader is trained on.

Every pair says which collection it comes from, so that whole collections can be held out. Sources:

    squad2      its questions on a window of their paragraph; `is_impossible` ones are unanswerable there
    canard      rewritten questions on the answers of their dialogue, one after the other
    written     questions written by hand on real and invented documents (`training/questions/`)
    made        by code: another passage of the article; two questions at once; twins (`training/twins.py`)
    rows, facts invented tables (`training/tables.py`) and short texts of two things (`training/facts.py`)
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.facts import made_facts
from training.pair import MOST_WORDS, Pair, Span, read_lines, window
from training.tables import made_rows
from training.twins import Things, things, twins

HELD_OUT = ("1973_oil_crisis", "Scottish_Parliament")
"""Articles of squad2 that the reader never sees, so that the verdict can be fitted and measured on them."""


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
    names = {title: things(" ".join(one.text for one in those)) for title, those in by_title.items()}
    before: tuple[str, str, tuple[Span, ...]] | None = None
    for line in read_lines(folder / "queries.jsonl"):
        if line["article"] in held_out:
            continue
        paragraph = paragraphs[str(line["context_id"])]
        question = str(line["text"])
        answers = line["answers"] if isinstance(line["answers"], list) and not line["is_impossible"] else []
        spans = tuple((one["start"], one["start"] + len(one["text"])) for one in answers)
        for most in (MOST_WORDS, 400) if spans else (MOST_WORDS, 400, MOST_WORDS):
            if spans and most == 400 and rng.random() < 0.6:
                continue
            text, kept = window(paragraph.text, spans, rng, most)
            if bool(spans) == bool(kept):
                yield Pair("squad2", question, paragraph.title, text, kept)
        text, kept = window(paragraph.text, spans, rng)
        if not spans or not kept:
            continue
        pair = Pair("squad2", question, paragraph.title, text, kept)
        if rng.random() < 0.4:
            yield from _other_passage(pair, answers, by_title[paragraph.title], rng)
        pool = names[paragraph.title if rng.random() < 0.7 else rng.choice(sorted(names))]
        yield from twins(pair, pool, rng)
        if before and before[0] == paragraph.key and rng.random() < 0.6:
            text, kept = window(paragraph.text, (*before[2], *spans), rng, 2 * MOST_WORDS)
            yield Pair("made", _joined(before[1], question, rng), paragraph.title, text, kept)
        before = (paragraph.key, question, spans)


def _joined(one: str, other: str, rng: random.Random) -> str:
    """Two questions as one."""
    joint = rng.choice([", and ", " and ", "? "])
    return f"{one.rstrip(' ?')}{joint}{other if '?' in joint else other[0].lower() + other[1:]}"


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


_UNKNOWN = re.compile("CANNOTANSWER|I don't know")


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
        kept = [one for one in dict.fromkeys(answers) if not _UNKNOWN.search(one)]
        text, places = "", {}
        for one in kept:
            places[one] = (len(text), len(text) + len(one))
            text += one + (" " if one[-1:] in ".?!" else ". ")
        pool = things(" ".join(kept))
        for turn in turns:
            at = int(str(turn["turn"])) - 1
            answer = answers[at] if at < len(answers) else ""
            if _UNKNOWN.search(answer):  # nor could those who saw the whole article
                yield Pair("canard", str(turn["rewrite"]), title, window(text, (), rng)[0], ())
            if answer in places:
                yield from _turn_pairs(turn, title, text, places[answer], pool, rng, long=len(kept) > 3)


def _turn_pairs(
    turn: dict[str, Any], title: str, text: str, place: Span, pool: Things, rng: random.Random, *, long: bool
) -> Iterator[Pair]:
    passage, spans = window(text, (place,), rng)
    if not spans:
        return
    pair = Pair("canard", str(turn["rewrite"]), title, passage, spans)
    if rng.random() < 0.6:
        yield pair
    yield from twins(pair, pool, rng, 0.15)
    if turn["history"] and rng.random() < 0.35:  # as typed, behind the question before, as follow-ups are read
        asked = turn["history"][-1]["question"]
        yield Pair("canard", f"{asked} {turn['text']}", title, passage, spans)
    if rng.random() < 0.4 and long:
        other, _ = window(text[: place[0]] + text[place[1] :], (), rng)
        yield Pair("made", str(turn["rewrite"]), title, other, ())


def written_pairs(files: Sequence[Path], documents: dict[str, str], rng: random.Random) -> Iterator[Pair]:
    """Questions written by hand on documents."""
    pools: dict[str, Things] = {}
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
            if line["answerable"]:
                if title not in pools:
                    pools[title] = things(text)
                yield from twins(pair, pools[title], rng, 0.6)
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
        *made_rows(rng, 900),
        *made_facts(rng, 500),
    ]
    rng.shuffle(pairs)
    return pairs
