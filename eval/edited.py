"""Answered questions of squad2 -> cases for `eval.agreement`, in which one of several sources was edited.

Each case has a question and three short texts of three publishers: the answering sentence among its neighbours, the
same sentence in other words, and a third text with one edit. The edits are the ways in which real reports differ:
another value in place of the answer, the same value rounded, another value of a later year, another subject, or a
sentence that does not answer. Nobody writes these cases, so that rules can't grow with them.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

PUBLISHERS = ("Harbour Post", "The Ledger", "Northern Wire", "Daily Courier", "Evening Mail", "City Record")
MOST_ANSWER_WORDS = 6
"""Longer answers are clauses; what would contradict them can't be made by putting another in their place."""

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_YEAR = re.compile(r"\b(?:1\d{3}|20\d\d)(?=s?\b)")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"(?P<month>(?:{_MONTHS}) )?\b(?P<day>\d{{1,2}})\b(?(month)|(?= (?:{_MONTHS})\b))")
_SENTENCE = re.compile(r"(?<!\bSt\.)(?<!\bDr\.)(?<!\bMr\.)(?<=[a-z0-9%)”\"’][.!?])\s+(?=[A-Z“\"])")
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")
_LEAD = re.compile(r"^((?:In|On|At|During|By|After|Since|From|Under|For) [^,]{3,60}), (?=[a-zA-Z])")
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][\w’'-]+(?: (?:of |the |de |von )?[A-Z][\w’'-]+)*")
_OTHERWISE = dict(
    pair.split("=")
    for pair in "approximately=about began=started located=situated however,= usually=generally large=big also= "
    "because=since often=frequently became=was numerous=many several=some although=though around=about".split()
)
_OPENERS = ("The", "A", "An", "It", "They", "He", "She", "This", "These", "There")
_SHIFTS = (-12, -5, -3, -2, -1, 1, 2, 3, 4, 7, 11)  # by how many years a date is moved
_SAID = ("According to the report, ", "The paper notes that ", "Records show that ", "It is reported that ")


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the sentence that answers it.

    Attributes:
        before: sentences that stand before it; `after` those after it.
        start: where the answer starts in the sentence, in characters.
    """

    id: str
    article: str
    question: str
    answer: str
    sentence: str
    start: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the answer is whole words: "Japan" of "Japanese" has no other in its place."""
        around = self.sentence[: self.start][-1:], self.sentence[self.start + len(self.answer) :][:1]
        return not any(map(str.isalnum, around))

    @property
    def kind(self) -> str:
        """What the answer is: `year`, `number`, `name` or `phrase`; names by the question's first word."""
        if _YEAR.search(self.answer):
            return "year"
        if _NUMBER.search(self.answer):
            return "number"
        if self.answer[:1].isupper():
            return f"name {self.question.lower().split()[0]}"
        return f"phrase {' '.join(self.question.lower().split()[:2])}"


def made_cases(answered_: Iterable[Answered], *, seed: int = 1, most: int = 1000) -> list[dict[str, Any]]:
    """Make cases in the form of `agreement.jsonl`.

    Args:
        answered_: the questions, with the sentences that answer them.
        seed: decides every choice.
        most: how many at most.
    """
    rng = random.Random(seed)  # noqa: S311 (data, not secrets)
    answered = list(answered_)
    rng.shuffle(answered)
    made = ((one, _case(one, answered, rng)) for one in answered)
    return [case for one, case in made if case and one.is_whole][:most]


def articles_of(squad2: Path) -> list[str]:
    """The articles of the data, in the order of their names."""
    return sorted({str(line["article"]) for line in _lines(squad2 / "queries.jsonl")})


def answered_in_squad2(squad2: Path, articles: Sequence[str]) -> Iterator[Answered]:
    """Questions of squad2 with a short answer, of some articles, which are named by their title."""
    texts = {line["_id"]: line["text"] for line in _lines(squad2 / "corpus.jsonl")}
    for line in _lines(squad2 / "queries.jsonl"):
        if line["is_impossible"] or not line["answers"] or line["article"] not in articles:
            continue
        answer = min(line["answers"], key=lambda one: len(one["text"]))
        if any(answer["text"] not in one["text"] for one in line["answers"]):
            continue  # people read different answers from the text; an edit of one leaves the other
        one = answered_at(
            line["_id"], line["article"], line["text"], answer["text"], texts[line["context_id"]], answer["start"]
        )
        if one:
            yield one


def answered_at(id_: str, article: str, question: str, answer: str, text: str, at: int) -> Answered | None:
    """A question with the sentence around its answer, which stands at a place of a text; None if it is no short one."""
    edges = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    sentences = [text[a:b].strip() for a, b in pairwise(edges)]
    place = max(i for i, edge in enumerate(edges[:-1]) if edge <= at)
    sentence, start = sentences[place], at - edges[place]
    if len(answer.split()) > MOST_ANSWER_WORDS or sentence.count(answer) != 1:
        return None
    if sentence[start : start + len(answer)] != answer:
        return None
    return Answered(
        id_, article, question, answer, sentence, start, tuple(sentences[:place]), tuple(sentences[place + 1 :])
    )


def _case(one: Answered, answered: Sequence[Answered], rng: random.Random) -> dict[str, Any] | None:
    edit = rng.choices(["value", "rounded", "later", "subject", "other"], [54, 10, 6, 20, 10])[0]
    if edit == "rounded" and not (one.kind == "number" and _round_answer(one.answer)):
        edit = "value"
    value = _round_answer(one.answer) if edit == "rounded" else _another(one, answered, rng)
    if value is None:
        return None
    first = " ".join([*one.before[-1:], one.sentence, *one.after[:1]])
    retold = retell(one.sentence, one.answer, rng)
    elsewhere = [each for each in (*one.before[:-1], *one.after[1:]) if one.answer not in each]
    rng.shuffle(elsewhere)
    second = " ".join([retold, *elsewhere[:1]])
    edited = _in_place(retell(one.sentence, one.answer, rng), one.answer, value)
    relation = {"value": "conflict", "rounded": "rounding", "later": "later"}.get(edit, "none")
    year = rng.randint(2015, 2022)
    later = year + rng.randint(1, 3)
    if edit == "later":
        if one.kind == "year" or _LEAD.match(edited):
            return None
        edited = f"In {later}, {edited[0].lower() if edited.split()[0] in _OPENERS else edited[0]}{edited[1:]}"
    if edit == "subject":
        swapped = _swap_subject(one, edited, answered, rng)
        if swapped is None:
            return None
        edited = swapped
    if edit == "other":
        others = [each for each in elsewhere[2:] if len(each) > 60]
        if not others:
            return None
        edited = rng.choice(others)
    third = " ".join([edited, *elsewhere[1:2]])
    day = f"{rng.randint(1, 12):02}-{rng.randint(1, 27):02}"
    days = [f"{each}-{day}" for each in (year, year, later if edit == "later" else year)]
    names = rng.sample(PUBLISHERS, 3)
    texts = (first, second, third)
    return {
        "id": f"edited-{one.id}",
        "category": f"{edit} {one.kind.split()[0]}",
        "question": one.question,
        "documents": [
            {"id": letter, "title": one.article.replace("_", " "), "publisher": name, "published": day, "text": text}
            for letter, name, day, text in zip("abc", names, days, texts, strict=True)
        ],
        "relations": {"ab": "same", "ac": relation, "bc": relation},
        "split": "made",
    }


def retell(sentence: str, answer: str, rng: random.Random) -> str:
    """The sentence in other words, with its answer."""
    told = sentence
    for changed in (_PARENTHESIS.sub("", told), _moved_lead(_PARENTHESIS.sub("", told))):
        if answer in changed:
            told = changed
    for word, other in _OTHERWISE.items():
        changed = re.sub(rf"(?<= ){re.escape(word)}\b", other, told, count=1)
        if changed != told and answer in changed and rng.random() < 0.8:
            told = changed.replace("  ", " ")
    if rng.random() < 0.4 and not _LEAD.match(told) and told.split()[0] in _OPENERS:
        changed = rng.choice(_SAID) + told[0].lower() + told[1:]
        told = changed if answer in changed else told
    return told


def _moved_lead(sentence: str) -> str:
    match = _LEAD.match(sentence)
    if not match or not sentence.endswith("."):
        return sentence
    rest = sentence[match.end() : -1]
    lead = match[1][0].lower() + match[1][1:]
    return f"{rest[0].upper()}{rest[1:]} {lead}."


def _in_place(sentence: str, answer: str, value: str) -> str:
    return sentence.replace(answer, value, 1)


def _round_answer(answer: str) -> str | None:
    """The answer with its number rounded to two figures, or None if that changes nothing."""
    match = _NUMBER.search(answer)
    if not match:
        return None
    number = float(match[0].replace(",", ""))
    figures = len(match[0].replace(",", "").replace(".", "").strip("0"))
    if figures < 3 or number < 100:
        return None
    size = 10 ** (len(str(int(number))) - 2)
    about = round(number / size) * size
    return f"{answer[: match.start()]}about {about:,}{answer[match.end() :]}" if about != number else None


def _another(one: Answered, answered: Sequence[Answered], rng: random.Random) -> str | None:
    """Another value of the answer's kind, which its sentence lacks."""
    if one.kind == "year":
        shift = rng.choice(_SHIFTS)
        decades = 10 * shift if "0s" in one.answer else shift
        return _YEAR.sub(lambda match: str(int(match[0]) + decades), one.answer)
    if one.kind == "number":
        factor = rng.choice([0.4, 0.6, 0.75, 1.3, 1.5, 2, 3])
        if day := _DAY.search(one.answer):
            other = (int(day["day"]) + int(4 * factor)) % 28 + 1
            return f"{one.answer[: day.start('day')]}{other}{one.answer[day.end('day') :]}"
        return _NUMBER.sub(lambda match: _other_number(match[0], factor), one.answer)
    words = set(re.findall(r"\w{3,}", " ".join((one.sentence, one.question)).lower()))
    pool = sorted(
        {
            each.answer
            for each in answered
            if each.kind == one.kind
            and abs(len(each.answer.split()) - len(one.answer.split())) <= 1
            and words.isdisjoint(re.findall(r"\w{3,}", each.answer.lower()))
        }
    )
    return rng.choice(pool) if pool else None


def _other_number(text: str, factor: float) -> str:
    number = float(text.replace(",", ""))
    places = len(text.partition(".")[2])
    other = round(number * factor, places)
    if other == number:
        other += 1
    return f"{other:,.{places}f}" if "," in text or other >= 10_000 else f"{other:.{places}f}"


def _swap_subject(one: Answered, sentence: str, answered: Sequence[Answered], rng: random.Random) -> str | None:
    """The sentence on another subject: a name that the question has, replaced by another."""
    names = [name for name in _NAME.findall(one.question) if sentence.count(name) == 1]
    if not names:
        return None
    name = max(names, key=len)
    own = set(name.lower().split())
    pool = sorted(
        {
            other
            for each in answered
            for other in _NAME.findall(each.question)
            if own.isdisjoint(other.lower().split())
            and other not in sentence
            and len(other.split()) == len(name.split())
        }
    )
    return sentence.replace(name, rng.choice(pool), 1) if pool else None


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
