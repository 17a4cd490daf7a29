"""Conversations -> questions with their gaps, and with the places in the turns before them that say what belongs there.

What a person added to a question (`gaps`) is looked up in the turns before it. Of each set of conversations, three in
ten are held back (`is_held`): the reader of antecedents never sees them, and the models behind it are fitted and
measured on them. Further follow-ups are made of the written questions about documents (`training/questions`).
"""

import random
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from eval.datasets import read_conversations
from eval.follow_ups import is_whole_name, names_in, sentence_around, shorten
from retriever import Turn
from retriever.conversation.antecedents import History, recent
from retriever.conversation.gaps import WORD, instead_of_what, marked, words_of
from retriever.conversation.slots import Fragment
from retriever.conversation.titles import phrases_of
from retriever.conversation.wording import AUXILIARIES, PREPOSITIONS, is_naming, opened
from retriever.text.question import tidy
from retriever.text.tokens import fold
from training.documents import QUESTIONS, texts_of
from training.fragments import fragments_of
from training.gaps import FilledGap, added, bare, filled_gaps, filling_of, places_of, replaced_by_fragment
from training.pair import Span, read_lines
from training.spoken import NO_ANSWER, PRONOUNS, naming, written_conversations


class Kind(StrEnum):
    """How a question is read."""

    WHOLE = "whole"  # no gap is marked; the model finds them
    GAP = "gap"  # a gap is marked; the model finds what belongs there
    FRAGMENT = "fragment"  # the model finds what the fragment takes the place of


HELD_IN_TEN = 3
# Conversations that are made of one document's questions, at most, and their questions.
MOST_MADE, SHORTEST, LONGEST = 12, 3, 6
# Of the made questions, so many that have a gap, that stand alone, and that are fragments: written ones teach more.
MOST_MADE_OF = {Kind.GAP: 1000, Kind.WHOLE: 1000, Kind.FRAGMENT: 500}
# Sets whose gaps are learned: CANARD's people added more than a question needs.
_TAGGED = frozenset({"cast2019"})
# The share of questions that stand alone, of those that name nothing which the turns before them name.
ALONE = 0.3
# The share of questions that are seen a second time with the earlier ones as typed, where a person's are not known.
AS_TYPED = 0.15


@dataclass(frozen=True, slots=True)
class Reference:
    """A question, and what it refers to.

    Attributes:
        conversation: its conversation, behind the name of its set.
        kind: how it is read.
        question: the question as the model reads it.
        history: the turns before it.
        names: the words of each thing that a person added; none where the question stands alone.
        places: start and end of each place in the history that names one of them, or that a fragment replaces.
        gaps: of a whole question, its gaps; None where they cannot be read from what was meant.
        fragment: whether it is a fragment that belongs in the question before it.
    """

    conversation: str
    kind: Kind
    question: str
    history: History
    names: tuple[tuple[str, ...], ...] = ()
    places: tuple[Span, ...] = ()
    gaps: tuple[FilledGap, ...] | None = None
    fragment: bool = False


def is_held(conversation: str) -> bool:
    """Whether a conversation is held back from the training of the reader of antecedents."""
    return zlib.crc32(conversation.encode()) % 10 < HELD_IN_TEN


def references_of(
    conversation: str, typed: str, meant: str, turns: Sequence[Turn], *, tagged: bool = True
) -> Iterator[Reference]:
    """Find what a question refers to.

    Args:
        conversation: its conversation, behind the name of its set.
        typed: the question as typed.
        meant: as a person would ask it alone.
        turns: the turns before it, oldest first.
        tagged: whether its gaps are learned, too, and not only what belongs there.

    Yields:
        The question once for each way to read it; nothing where what it refers to cannot be read from what was meant.
    """
    typed, history = tidy(typed), History.of(turns)
    base = history.pieces[0].text if history.pieces else ""
    if replaced := replaced_by_fragment(typed, meant, base):
        yield from _fragment_gaps(conversation, typed, meant, base, replaced, history)
        places = (replaced,) if replaced[0] < replaced[1] else ()
        words = tuple(bare(word) for word in WORD.findall(base[slice(*replaced)]))
        named = (words,) if words else ()
        yield Reference(conversation, Kind.FRAGMENT, instead_of_what(opened(typed).body), history, named, places)
        return
    gaps = filled_gaps(typed, meant, history.text) if naming(meant) - naming(typed) else []
    if gaps is None:
        yield from _by_its_cue(conversation, typed, meant, history)
        return
    names = tuple(dict.fromkeys(gap.name for gap in gaps))
    every = tuple(place for gap in gaps for place in gap.places)
    yield Reference(conversation, Kind.WHOLE, typed, history, names, every, tuple(gaps) if tagged else None)
    for gap in gaps:
        question = marked(typed, gap.start, gap.end, gap.preposition)
        yield Reference(conversation, Kind.GAP, question, history, (gap.name,), gap.places)


def _fragment_gaps(
    conversation: str, typed: str, meant: str, base: str, replaced: Span, history: History
) -> Iterator[Reference]:
    """A fragment with its own gaps: "And the second one?" may mean "And the Petrel?"."""
    slot = Fragment.of(opened(typed).body).slot
    start = typed.index(slot)
    gaps = filled_gaps(slot, Fragment.of(filling_of(meant, base, replaced)).slot, history.text)
    moved = None if gaps is None else tuple(replace(gap, start=gap.start + start, end=gap.end + start) for gap in gaps)
    yield Reference(conversation, Kind.WHOLE, typed, history, gaps=moved, fragment=True)
    for gap in moved or ():
        question = marked(typed, gap.start, gap.end, gap.preposition)
        yield Reference(conversation, Kind.GAP, question, history, (gap.name,), gap.places)


def _by_its_cue(conversation: str, typed: str, meant: str, history: History) -> Iterator[Reference]:
    """What stands for a pronoun in a question that a person also changed in other ways."""
    words = ((start, end) for start, end in words_of(typed) if fold(typed[start:end]) in PRONOUNS)
    cue = next(words, None)
    names = tuple(dict.fromkeys(added(typed, meant, cue, history.text)))
    if names:
        question = marked(typed, *cue) if cue else typed
        places = tuple(place for name in names for place in places_of(name, history.text))
        yield Reference(conversation, Kind.GAP if cue else Kind.WHOLE, question, history, names, places)


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
        tagged = name in _TAGGED
        yield from references_of(f"{name} {asked.group}", asked.text, asked.rewrite, turns, tagged=tagged)


def written_references(*, as_typed: bool) -> Iterator[Reference]:
    """The questions of the conversations that were written for Ibid."""
    for one in written_conversations():
        before = tuple(replace(turn, understood_as="") for turn in one.turns) if as_typed else one.turns
        yield from references_of(one.conversation, one.text, one.rewrite, before)


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
        for one in fragments_of([question for question, _ in questions]):
            yield from references_of(f"made {name}", one.typed, one.meant, (Turn(one.before, ""),))


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
    return found + [one for kind, most in MOST_MADE_OF.items() for one in [x for x in made if x.kind is kind][:most]]


def held_references(data: Path) -> list[Reference]:
    """Those of the conversations that are held back."""
    every = [one for name in ("cast2019", "canard") for one in spoken_references(data, name, as_typed=False)]
    return [one for one in (*every, *written_references(as_typed=False)) if is_held(one.conversation)]


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
            yield from references_of(conversation, typed, question, turns)
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
