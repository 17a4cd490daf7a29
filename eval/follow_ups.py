"""Whole questions -> conversations; and conversations that were written by hand.

Conversations are made from whole questions. An article's answerable questions are read in order. Three to five make a
conversation if each names a thing that the question before names too, once and in the same words. The name must be a
whole phrase: the documents never have it together with the word after it. The first question stays. The others
lose the name, and the original question is the rewrite:

- If the name ends the question, it is left out with its preposition: "What was the capital of Normandy?" becomes "What
  was the capital?".
- Otherwise a pronoun replaces it: "its" or "their" for a possessive, else "it", "they" or "them" by its number. It is
  "he" or "she" if a sentence of the documents mostly uses that after the name.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.datasets import DataError, DataSet, Gold, Question
from retriever import Turn

LONGEST = 5
SHORTEST = 3
# A name: words with capitals or digits, with small words between them.
_NAME = re.compile(r"\b(?:the )?[A-Z][\w-]*[\w](?:(?: of| the| of the| and)? [A-Z0-9][\w-]*)*")
_ASKING = set(
    """What Who When Where Why How Which Whose Whom In On At By For From To The A An Is Are Was Were Do Does Did Has
    Have Had Can Could Of Under After Before During With Name If""".split()
)
# Words that may come before a whole name, and words that may follow it in any case.
_AHEAD = set(
    """the of in by from for to at on with during under over against about did do does was were is are has have had can
    could and that when while after before""".split()
)
_SMALL = set("of in by from for to at on with and or is are was were have has had that who which".split())
_BEFORE_SUBJECT = tuple(f" {word} " for word in "did do does was were is are has have had can could that".split())
_PRONOUNS = {
    "he": ("his", "he", "him"),
    "she": ("her", "she", "her"),
    "it": ("its", "it", "it"),
    "they": ("their", "they", "them"),
}
_PREPOSITION = re.compile(r"\s+(?:of|in|by|from|for|to|at|on|with|during|under|over|against|about)\s+$")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question of a conversation.

    Attributes:
        question: as a person writes it, standing alone.
        typed: as typed.
        turns: the turns before it, each with the sentence that answers it.
        wanted: strings of which the first quote must hold one; where `question` compares, the first two quotes all.
        kind: of follow-up; may be empty.
    """

    question: Question
    typed: str
    turns: tuple[Turn, ...]
    wanted: tuple[str, ...] = ()
    kind: str = ""

    @property
    def is_dependent(self) -> bool:
        """Whether it depends on the turns before it."""
        return self.typed != self.question.text


def conversations_of(dataset: DataSet) -> list[FollowUp]:
    """Make conversations from a data set's questions. Returns every question after the first of each."""
    text = "\n".join(source.text for source in dataset.documents or ())
    by_article: dict[str, list[Question]] = {}
    for question in dataset.questions:
        if question.answerable and question.answers:
            by_article.setdefault(question.group or "", []).append(question)
    chains = (chain for questions in by_article.values() for chain in _chains(questions, text))
    return [one for chain in chains for one in _follow_ups(chain, text)]


def _chains(questions: Sequence[Question], text: str) -> Iterator[list[tuple[Question, str]]]:
    """Runs of questions, each with the name that it shares with the one before; empty for the first."""
    chain: list[tuple[Question, str]] = []
    for question in questions:
        shared = _shared_name(chain[-1][0].text, question.text, text) if chain else ""
        if chain and (not shared or len(chain) == LONGEST):
            if len(chain) >= SHORTEST:
                yield chain
            chain, shared = [], ""
        chain.append((question, shared))
    if len(chain) >= SHORTEST:
        yield chain


def names_in(question: str) -> list[str]:
    """The names in a question, longest first, without question words."""
    found = []
    for match in _NAME.finditer(question):
        words = match.group().split()
        while words and words[0] in _ASKING:
            words = words[1:]
        if words:
            found.append(" ".join(words).removeprefix("the "))
    return sorted(found, key=lambda name: (-len(name), name))


def _shared_name(before: str, question: str, text: str) -> str:
    """The longest name that a question shares with the one before, and that it has once and whole."""
    return next((name for name in names_in(question) if name in before and is_whole_name(name, question, text)), "")


def is_whole_name(name: str, question: str, text: str) -> bool:
    """Whether a question has a name once, and its documents never have it together with the word that follows."""
    behind = re.search(rf"\b{re.escape(name)}(?: (\w+))?", question)
    ahead = re.search(rf"(\w+) {re.escape(name)}\b", question)
    if question.count(name) != 1 or behind is None:
        return False
    if ahead and ahead[1].lower() not in _AHEAD:
        return False
    # "The Ottoman empire": without its noun, no pronoun stands for it, however the documents spell that.
    return behind[1] is None or f"{name} {behind[1]}".lower() not in text.lower() or behind[1] in _SMALL


def shorten(question: str, name: str, text: str) -> str:
    """Leave a name out of a question, or replace it by a pronoun."""
    match = re.search(rf"(?:\b[Tt]he )?\b{re.escape(name)}(?P<owner>['’]s?(?!\w))?", question)
    if match is None:
        return question
    before, after = question[: match.start()], question[match.end() :]
    if not match["owner"] and _PREPOSITION.search(before) and not after.strip(" ?."):
        return _PREPOSITION.sub("", before) + after
    subject = not before or before.endswith(_BEFORE_SUBJECT)
    pronoun = _PRONOUNS[_kind(name, text)][0 if match["owner"] else 1 if subject else 2]
    return before + (pronoun if before else pronoun.capitalize()) + after


def _kind(name: str, text: str) -> str:
    pattern = rf"{re.escape(name)}\b[^.]*?\b(he|his|him|she|her|it|its|they|their)\b"
    ((said, _),) = Counter(match[1] for match in re.finditer(pattern, text)).most_common(1) or (("", 0),)
    if said in ("he", "his", "him", "she", "her"):
        return "she" if said in ("she", "her") else "he"
    return "they" if name.endswith("s") and not name.endswith("ss") else "it"


def _follow_ups(chain: Sequence[tuple[Question, str]], text: str) -> Iterator[FollowUp]:
    turns: list[Turn] = []
    for question, shared in chain:
        typed = shorten(question.text, shared, text) if shared else question.text
        if turns:
            yield FollowUp(question, typed, tuple(turns), question.answers)
        turns.append(
            Turn(typed, question.answers[0], tuple((g.document_id, g.start, g.end) for g in question.gold[:1]))
        )


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence or line that holds some characters of a text, as a reader would see it quoted."""
    first = max(text.rfind(". ", 0, start) + 2 if ". " in text[:start] else 0, text.rfind("\n", 0, start) + 1)
    ends = [place for place in (text.find(". ", end), text.find("\n", end)) if place >= 0]
    return first, min(ends) + 1 if ends else len(text)


def read_written(path: Path, texts: Mapping[str, str]) -> list[FollowUp]:
    """Read conversations that were written by hand.

    Raises:
        DataError: a line breaks the format, or quotes what its document does not say.
    """
    found: list[FollowUp] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        turns: list[Turn] = []
        fields = json.loads(line)
        for at, turn in enumerate(fields["turns"]):
            text, quotes = texts.get(turn["document_id"], ""), [turn["quote"], *turn.get("also", ())]
            missing = [quote for quote in quotes if quote not in text]
            if missing:
                raise DataError(f"{path}, line {number}: {turn['document_id']} does not say {missing[0]!r}.")
            start = text.find(turn["quote"])
            gold = Gold(turn["document_id"], start, start + len(turn["quote"]))
            question = Question(f"{fields['id']}-{at}", turn["rewrite"], (gold,), group=fields["id"])
            if turns:
                found.append(FollowUp(question, turn["typed"], tuple(turns), tuple(quotes), turn.get("kind", "")))
            first, last = sentence_around(text, gold.start, gold.end)
            turns.append(Turn(turn["typed"], text[first:last].strip(), ((gold.document_id, first, last),)))
    return found
