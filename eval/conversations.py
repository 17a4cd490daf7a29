"""`python -m eval.conversations DATA`: how well follow-ups find passages, compared with a person's rewrites.

In: a folder in BEIR's layout with SQuAD's answers, from which conversations are made. Without one, the conversations
over the shipped articles, in `conversations.jsonl`. Out: recall@10 and nDCG@10 of the follow-ups, asked in four ways,
and how much of the gap between typed and rewritten the program closes.

Conversations are made from whole questions. An article's answerable questions are read in order. Three to five make a
conversation if each names a thing that the question before names too, once and in the same words. The name must be a
whole phrase: the documents never have it together with the word after it. The first question stays. The others
lose the name, and the original question is the rewrite:

- If the name ends the question, it is left out with its preposition: "What was the capital of Normandy?" becomes "What
  was the capital?".
- Otherwise a pronoun replaces it: "its" or "their" for a possessive, else "it", "they" or "them" by its number. It is
  "he" or "she" if a sentence of the documents uses that after the name.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import metrics
from eval.datasets import DataError, DataSet, Gold, Qrels, Question, read_beir
from eval.measures import passage_qrels
from eval.runs import KEPT_LIBRARIES, assistant_over
from eval.systems import once, unit_of
from retriever import Assistant, IbidError, Turn

CONVERSATIONS = Path(__file__).resolve().with_name("conversations.jsonl")
LONGEST = 5
SHORTEST = 3
DEPTH = 10
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
    """A question of a conversation, as typed and rewritten as a whole question, and the turns before it."""

    question: Question
    typed: str
    turns: tuple[Turn, ...]

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
    return next((name for name in names_in(question) if name in before and _is_whole(name, question, text)), "")


def _is_whole(name: str, question: str, text: str) -> bool:
    behind = re.search(rf"\b{re.escape(name)}(?: (\w+))?", question)
    ahead = re.search(rf"(\w+) {re.escape(name)}\b", question)
    if question.count(name) != 1 or behind is None:
        return False
    if ahead and ahead[1].lower() not in _AHEAD:
        return False
    return behind[1] is None or f"{name} {behind[1]}" not in text or behind[1] in _SMALL


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
    following = re.search(rf"{re.escape(name)}\b[^.]*?\b(he|his|him|she|her|it|its|they|their)\b", text)
    said = following[1] if following else ""
    if said in ("he", "his", "him", "she", "her"):
        return "she" if said in ("she", "her") else "he"
    return "they" if name.endswith("s") and not name.endswith("ss") else "it"


def _follow_ups(chain: Sequence[tuple[Question, str]], text: str) -> Iterator[FollowUp]:
    turns: list[Turn] = []
    for question, shared in chain:
        typed = shorten(question.text, shared, text) if shared else question.text
        if turns:
            yield FollowUp(question, typed, tuple(turns))
        turns.append(
            Turn(typed, question.answers[0], tuple((g.document_id, g.start, g.end) for g in question.gold[:1]))
        )


def read_own(path: Path, texts: Mapping[str, str]) -> list[FollowUp]:
    """Read the conversations over the shipped articles.

    Raises:
        DataError: a line breaks the format, or quotes what its document does not say.
    """
    found: list[FollowUp] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        turns: list[Turn] = []
        fields = json.loads(line)
        for at, turn in enumerate(fields["turns"]):
            start = texts.get(turn["document_id"], "").find(turn["quote"])
            if start < 0:
                raise DataError(f"{path}, line {number}: {turn['document_id']} does not say {turn['quote']!r}.")
            gold = Gold(turn["document_id"], start, start + len(turn["quote"]))
            question = Question(f"{fields['id']}-{at}", turn["rewrite"], (gold,), group=fields["id"])
            if turns:
                found.append(FollowUp(question, turn["typed"], tuple(turns)))
            turns.append(Turn(turn["typed"], turn["quote"], ((gold.document_id, gold.start, gold.end),)))
    return found


@dataclass(frozen=True, slots=True)
class Method:
    """A method of asking a follow-up: its name, and the question and turns that it uses."""

    name: str
    ask: Callable[[FollowUp], tuple[str, tuple[Turn, ...]]]


METHODS = (
    Method("typed", lambda one: (one.typed, ())),
    Method("question before appended", lambda one: (f"{one.typed} {one.turns[-1].question}", ())),
    Method("ibid", lambda one: (one.typed, one.turns)),
    Method("rewritten", lambda one: (one.question.text, ())),
)


def measure(assistant: Assistant, dataset: DataSet, asked: Sequence[FollowUp], qrels: Qrels) -> dict[str, list[float]]:
    """Ask each follow-up with each method: name -> mean recall@10 and nDCG@10."""
    figures: dict[str, list[float]] = {}
    for method in METHODS:
        recall, gain = [], []
        for one in asked:
            text, turns = method.ask(one)
            hits = assistant.search(text, turns, count=DEPTH)
            ranked = once(unit_of(hit.passage, dataset) for hit in hits)
            recall.append(metrics.recall_at(ranked, qrels[one.question.id], DEPTH))
            gain.append(metrics.ndcg_at(ranked, qrels[one.question.id], DEPTH))
        figures[method.name] = [metrics.mean(recall), metrics.mean(gain)]
    return figures


def gap_shares(figures: Mapping[str, Sequence[float]]) -> list[float]:
    """The share of the gap between typed and rewritten that Ibid closes, for each figure."""
    typed, ibid, human = (figures[name] for name in ("typed", "ibid", "rewritten"))
    return [metrics.gap_closed(*three) for three in zip(typed, ibid, human, strict=True)]


def shown_otherwise(assistant: Assistant, asked: Sequence[FollowUp]) -> float:
    """The share of standalone questions that are shown as understood differently after their turns."""
    changed = [
        assistant.ask(one.question.text, one.turns).understood_as != assistant.ask(one.question.text).understood_as
        for one in asked
    ]
    return metrics.mean(changed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the follow-ups and print the figures.

    Returns:
        The exit status: 0 done, 1 an error that the user can mend.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.conversations", description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="a folder in BEIR's layout, as squad2's")
    parser.add_argument("--list", action="store_true", help="print every follow-up, and how it was understood")
    chosen = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
            assistant, dataset, asked, qrels = _prepare(chosen.data, Path(folder) / "library")
            with assistant:
                if chosen.list:
                    _print_each(assistant, asked)
                _print(assistant, dataset, asked, qrels)
    except (DataError, IbidError) as error:
        print(f"eval.conversations: {error}", file=sys.stderr)
        return 1
    return 0


def _prepare(data: Path | None, folder: Path) -> tuple[Assistant, DataSet, list[FollowUp], Qrels]:
    if data:
        dataset = read_beir(data)
        return assistant_over(dataset, KEPT_LIBRARIES), dataset, conversations_of(dataset), dataset.qrels
    assistant = Assistant.open_shipped(folder)
    texts = {summary.id: assistant.document(summary.id).text for summary in assistant.documents()}
    asked = read_own(CONVERSATIONS, texts)
    dataset = DataSet(CONVERSATIONS.stem, None, tuple(one.question for one in asked), {})
    return assistant, dataset, asked, passage_qrels(dataset, assistant)


def _print(assistant: Assistant, dataset: DataSet, asked: Sequence[FollowUp], qrels: Qrels) -> None:
    dependent = [one for one in asked if one.is_dependent and one.question.id in qrels]
    groups = len({(one.question.group, one.turns[0]) for one in asked})
    print(f"{dataset.name}: {len(dependent)} dependent follow-ups, in {groups} conversations")
    figures = measure(assistant, dataset, dependent, qrels)
    print(f"{'':26}recall@10  nDCG@10")
    for name, (recall, gain) in figures.items():
        print(f"{name:26}{recall:9.3f}{gain:9.3f}")
    print(f"{'share of the gap closed':26}" + "".join(f"{share:9.2f}" for share in gap_shares(figures)))
    print(f"standalone questions understood differently: {shown_otherwise(assistant, asked):.4f} of {len(asked)}")


def _print_each(assistant: Assistant, asked: Sequence[FollowUp]) -> None:
    for one in asked:
        understood = assistant.ask(one.typed, one.turns).understood_as
        print(f"{one.typed}  ->  {understood}  [{one.question.text}]")


if __name__ == "__main__":
    sys.exit(main())
