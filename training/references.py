"""Conversations -> questions with the places in the turns before them that say what they refer to.

What a person added to a question is looked up in the turns before it. It is found by laying the typed question and the
person's one beside each other: the words in the place of "it" are the thing. Of CAsT 2019 and CANARD, three in ten
conversations are held back (`is_held`): the reader of antecedents never sees them, and the models behind it are fitted
and measured on them. Further follow-ups are made of the written questions about documents (`training/questions`).
"""

import random
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from eval.datasets import read_conversations
from eval.follow_ups import is_whole_name, names_in, sentence_around, shorten
from retriever import Turn
from retriever.conversation.antecedents import History, marked, recent
from retriever.conversation.cues import place_of
from retriever.conversation.titles import phrases_of
from retriever.conversation.wording import AUXILIARIES, PREPOSITIONS, is_naming
from retriever.text.question import Question, tidy
from retriever.text.tokens import fold
from training.documents import QUESTIONS, texts_of
from training.pair import Span, read_lines
from training.spoken import GLUE, NO_ANSWER, naming, written_conversations

HELD_IN_TEN = 3
# Words of a thing that are found of those that a person added, F1.
LEAST_F1 = 0.6
# A name has no more words.
MOST_WORDS = 10
# Conversations that are made of one document's questions, at most, and their questions.
MOST_MADE, SHORTEST, LONGEST = 12, 3, 6
# Of the made questions, so many that name something, and so many that stand alone: written ones teach more.
MOST_NAMED, MOST_ALONE = 1000, 400
# The share of questions that stand alone, of those that name nothing which the turns before them name.
ALONE = 0.3
# The share of questions that are seen a second time with the earlier ones as typed, where a person's are not known.
AS_TYPED = 0.35

_WORD = re.compile(r"[\w'’.-]*\w[\w'’-]*")
_LEADING = frozenset("of in on at for by to with the a an from about and during".split())
_BESIDES = frozenset("besides beside aside other than addition apart except".split())


@dataclass(frozen=True, slots=True)
class Reference:
    """A question, and what it refers to.

    Attributes:
        conversation: its conversation, behind the name of its set.
        question: the question, its word that refers between quotation marks.
        cue: whether it has such a word.
        history: the turns before it.
        names: the words of each thing that a person added; none where the question stands alone.
        places: start and end of each place in the history that names one of them.
    """

    conversation: str
    question: str
    cue: bool
    history: History
    names: tuple[tuple[str, ...], ...]
    places: tuple[Span, ...]


def is_held(conversation: str) -> bool:
    """Whether a conversation is held back from the training of the reader of antecedents."""
    return zlib.crc32(conversation.encode()) % 10 < HELD_IN_TEN


def reference_of(conversation: str, typed: str, meant: str, turns: Sequence[Turn]) -> Reference | None:
    """Find what a question refers to; None where that cannot be read from what was meant."""
    question = Question.of(tidy(typed))
    cue = place_of(question)
    history = History.of(turns)
    depends = bool(naming(meant) - naming(typed))
    names = tuple(dict.fromkeys(_added(question.text, meant, cue, history.text))) if depends else ()
    if depends and not names:
        return None
    places = tuple(place for name in names for place in _places(name, history.text))
    return Reference(conversation, marked(question.text, cue), cue is not None, history, names, places)


def spoken_references(data: Path, name: str, *, as_typed: bool) -> Iterator[Reference]:
    """The questions of CAsT 2019 or CANARD; the earlier ones as typed, or as a person would ask them alone."""
    questions = read_conversations(data / name / "queries.jsonl").questions
    rewrites = {(one.group, one.text): one.rewrite or one.text for one in questions}
    for asked in questions:
        if not asked.history or not asked.rewrite:
            continue
        before = [asked.history[at] for at in reversed(recent(len(asked.history)))]
        turns = [
            Turn(
                tidy(question if as_typed else rewrites.get((asked.group, question), question)),
                "" if answer == NO_ANSWER else tidy(answer),
            )
            for question, answer in before
        ]
        if found := reference_of(f"{name} {asked.group}", asked.text, asked.rewrite, turns):
            yield found


def written_references(*, as_typed: bool) -> Iterator[Reference]:
    """The questions of the conversations that were written for Ibid."""
    for one in written_conversations():
        before = tuple(replace(turn, understood_as="") for turn in one.turns) if as_typed else one.turns
        if found := reference_of(one.conversation, one.text, one.rewrite, before):
            yield found


def made_references(data: Path) -> Iterator[Reference]:
    """Follow-ups made of the written questions about documents, and questions that stand alone."""
    texts = texts_of(data)
    asked = defaultdict(list)
    for file in sorted(QUESTIONS.glob("reader-*.jsonl")):
        for line in read_lines(file):
            if line["answerable"] and line["a"] and line["doc"] in texts:
                asked[line["doc"]].append((_as_question(line["q"]), str(line["a"][0])))
    rng = random.Random(1)  # noqa: S311
    for name, questions in sorted(asked.items()):
        for _ in range(min(MOST_MADE, len(questions) // 2)):
            some = rng.sample(questions, min(len(questions), rng.randint(SHORTEST, LONGEST)))
            yield from _made(f"made {name}", texts[name], _in_order(some, rng), rng)


def training_references(data: Path) -> list[Reference]:
    """All that the reader of antecedents is trained on."""
    rng = random.Random(3)  # noqa: S311
    found = []
    for name in ("cast2019", "canard"):
        whole = [one for one in spoken_references(data, name, as_typed=False) if not is_held(one.conversation)]
        typed = [one for one in spoken_references(data, name, as_typed=True) if not is_held(one.conversation)]
        found += whole + [one for one in typed if rng.random() < AS_TYPED]
    whole = [one for one in written_references(as_typed=False) if not is_held(one.conversation)]
    typed = [one for one in written_references(as_typed=True) if not is_held(one.conversation)]
    found += whole + [one for one in typed if rng.random() < AS_TYPED]
    made = [*made_references(data)]
    rng.shuffle(made)
    return found + [one for one in made if one.names][:MOST_NAMED] + [one for one in made if not one.names][:MOST_ALONE]


def held_references(data: Path) -> list[Reference]:
    """Those of the conversations that are held back."""
    every = [one for name in ("cast2019", "canard") for one in spoken_references(data, name, as_typed=False)]
    return [one for one in (*every, *written_references(as_typed=False)) if is_held(one.conversation)]


def _added(typed: str, meant: str, cue: Span | None, history: str) -> Iterator[tuple[str, ...]]:
    """The words that a person put in the place of a cue; without a cue, all that a person put in."""
    words = [*_WORD.finditer(typed)]
    ours, theirs = [bare(word[0]) for word in words], [bare(word) for word in _WORD.findall(meant)]
    known = f" {' '.join(bare(word) for word in _WORD.findall(history))} "
    at = next((k for k, word in enumerate(words) if cue and word.start() <= cue[0] < word.end()), -1)
    alone = cue is not None and sum(cue[0] < word.end() and word.start() < cue[1] for word in words) == 1
    opcodes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    for (tag, first, last, start, end), following in pairwise([*opcodes, ("", 0, 0, 0, 0)]):
        if cue and first <= at < last and tag == "equal" and following[0] == "insert":
            start, end = following[3:]  # "that album, Tin"
        elif tag not in ("insert", "replace") or (cue and not first <= at < last) or set(theirs[start:end]) & _BESIDES:
            continue
        while start < end and theirs[start] in _LEADING:
            start += 1
        while start < end and theirs[end - 1] in _LEADING:
            end -= 1
        if not alone:  # of "that lamp" or "the lamp", the noun stays: the whole name is "the Varn lamp"
            start, end = _whole_name(theirs, start, end, known)
        if 0 < end - start <= MOST_WORDS and any(word not in GLUE for word in theirs[start:end]):
            yield tuple(theirs[start:end])


def _whole_name(words: Sequence[str], start: int, end: int, known: str) -> tuple[int, int]:
    """Some words with up to two more on either side, as far as the turns have them together."""
    wider = ((start - left, end + right) for left in (2, 1, 0) for right in (2, 1, 0) if left or right)
    for first, last in wider:
        edges = {words[first], words[last - 1]} if first >= 0 and last <= len(words) else set(GLUE)
        if not edges & GLUE and f" {' '.join(words[first:last])} " in known:
            return first, last
    return start, end


def _places(name: Sequence[str], text: str) -> list[Span]:
    """Where a text has a name, or the longest part of it that is most of it."""
    words = [*_WORD.finditer(text)]
    spelt = [bare(word[0]) for word in words]
    wanted = Counter(word for word in name if word not in _LEADING)
    best, places = LEAST_F1, list[Span]()
    parts = ((at, at + length) for length in range(len(name), 0, -1) for at in range(len(name) - length + 1))
    for start, end in parts:
        part = list(name[start:end])
        own = Counter(word for word in part if word not in _LEADING)
        f1 = 2 * (own & wanted).total() / max(1, own.total() + wanted.total())
        if f1 < best or part[0] in _LEADING or part[-1] in _LEADING:
            continue
        hits = [at for at in range(len(words) - len(part) + 1) if spelt[at : at + len(part)] == part]
        if hits and f1 > best:
            best, places = f1, []
        places += [(words[at].start(), _without_ending(words[at + len(part) - 1])) for at in hits]
    return places


def bare(word: str) -> str:
    """A word without capitals, accents and possessive ending."""
    return re.sub(r"'s?$", "", fold(word).replace("’", "'"))


def _without_ending(word: re.Match[str]) -> int:
    return word.end() - len(word[0]) + len(re.sub(r"['’]s?$", "", word[0]))


def _as_question(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(("?", ".", "!")) else "?")


def _in_order(questions: Sequence[tuple[str, str]], rng: random.Random) -> list[tuple[str, str]]:
    """Some questions, so that one in two follows a question that shares a name with it, if there is one."""
    first, *rest = questions
    found = [first]
    while rest:
        names = set(names_in(found[-1][0]))
        near = [one for one in rest if names & set(names_in(one[0]))] if rng.random() < 0.6 else []
        found.append((near or rest)[0])
        rest.remove(found[-1])
    return found


def _made(
    conversation: str, text: str, questions: Sequence[tuple[str, str]], rng: random.Random
) -> Iterator[Reference]:
    turns: list[Turn] = []
    for question, answer in questions:
        options = list(dict.fromkeys(_shortened(question, turns, text)))
        if turns and (options or rng.random() < ALONE):
            typed = rng.choice(options) if options else question
            found = reference_of(conversation, typed, question, turns)
            if found and (found.names or not found.cue):
                yield found
        at = text.find(answer)
        start, end = sentence_around(text, at, at + len(answer)) if at >= 0 else (0, 0)
        turns.append(Turn(question, tidy(text[start:end]) or answer))


def _shortened(question: str, turns: Sequence[Turn], text: str) -> Iterator[str]:
    """A question with "it", "that ferry" or "there" for something that the turns before it name."""
    last = " ".join(f"{turn.question} {turn.answer}" for turn in turns[-1:])
    every = " ".join(f"{turn.question} {turn.answer}" for turn in turns)
    known = [name for name in names_in(question) if is_whole_name(name, question, text) and _stands(name, question)]
    near = [name for name in known if name in last] or [name for name in known if every.count(name) > 1]
    things = [
        phrase
        for phrase in phrases_of(question)
        if (phrase.article == "the" or (phrase.plural and phrase.before in PREPOSITIONS.split()))
        and len(phrase.text) > 3
        and question.count(phrase.text) == 1
        and not phrase.is_before_noun
        and re.search(rf"(?i)\b{re.escape(phrase.text)}\b", last)
    ]
    widest = [one for one in things if not any(one is not other and one.text in other.text for other in things)]
    for name in (*near[:1], *(one.text for one in widest)):
        yield shorten(question, name, f"{name} {_called(name, text)}")
    for one in things:
        whole = question[: one.start].removesuffix("the ")
        if one.article and len(one.text.split()) > 1 and not one.joint and one.text.split()[-1].islower():
            yield f"{whole}{'those' if one.plural else 'that'} {one.text.split()[-1]}{question[one.end :]}"
        if one.before in ("in", "at") and one in widest and not one.plural:
            yield f"{whole.removesuffix(f'{one.before} ')}there{question[one.end :]}"


def _stands(name: str, question: str) -> bool:
    """Whether a pronoun may stand for a name: no noun may follow ("Varn ferry"), but a verb ("did Varn sink")."""
    match = re.search(rf"(\w*)\W*(?:\bthe )?{re.escape(name)}(['’]s?\b)?\W*(\w*)", question)
    return match is None or bool(match[2]) or fold(match[1]) in AUXILIARIES or not match[3] or not is_naming(match[3])


def _called(name: str, text: str) -> str:
    """The pronoun that a document has for a name: by a title before it, else by what mostly follows soon."""
    last = re.escape(name.split()[-1])
    if title := re.search(rf"\b(Mr|Mrs|Ms|Miss|Sir|Lady)\.? (?:\w+ )?{last}\b", text):
        return "he" if title[1] in ("Mr", "Sir") else "she"
    said = re.findall(rf"\b{last}\b[^.]*\.?[^.]*?\b(he|his|him|she|her|it|its|they|their)\b", text)
    return Counter(said).most_common(1)[0][0] if said else ""
