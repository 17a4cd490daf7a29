"""`python -m eval.conversations DATA`: how much of what a person's rewrite finds a follow-up finds.

In: a folder in BEIR's layout with SQuAD's answers, of whose questions conversations are made, and without one the
conversations over the shipped articles, in `conversations.jsonl`. Out: recall@10 and nDCG@10 of each follow-up asked
four ways, and the share of the way from typed to rewritten that the program covers.

How conversations are made of whole questions: an article's answerable questions are read in their order. Three to five
make a conversation when each names a thing, in the same words and once, that the one before names. The first stays as
it is. In the others that name is taken out with the preposition before it, where it ends the question ("What was the
capital of Normandy?": "What was the capital?"), else a pronoun stands for it: "its" or "their" for an owner, "they",
"them" or "it" by its number, "he" or "she" where a sentence of the documents goes on so from the name. The name must be
a whole phrase: no documents have it together with the word behind it. The question as it was is the rewrite.
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
# A thing's name: words with capitals or digits, small words between them.
_NAME = re.compile(r"\b(?:the )?[A-Z][\w-]*[\w](?:(?: of| the| of the| and)? [A-Z0-9][\w-]*)*")
_ASKING = set(
    """What Who When Where Why How Which Whose Whom In On At By For From To The A An Is Are Was Were Do Does Did Has
    Have Had Can Could Of Under After Before During With Name If""".split()
)
# Words that may stand before a whole name, and those that may follow it whatever the documents say.
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
    """A question of a conversation, as typed and as asked alone, and the turns before it."""

    question: Question
    typed: str
    turns: tuple[Turn, ...]

    @property
    def leans(self) -> bool:
        """Whether it was changed so that it leans on the turns before it."""
        return self.typed != self.question.text


def conversations_of(dataset: DataSet) -> list[FollowUp]:
    """Make conversations of a data set's questions: each question but the first of each."""
    text = "\n".join(source.text for source in dataset.documents or ())
    by_article: dict[str, list[Question]] = {}
    for question in dataset.questions:
        if question.answerable and question.answers:
            by_article.setdefault(question.group or "", []).append(question)
    chains = (chain for questions in by_article.values() for chain in _chains(questions, text))
    return [one for chain in chains for one in _spoken(chain, text)]


def _chains(questions: Sequence[Question], text: str) -> Iterator[list[tuple[Question, str]]]:
    """Runs of questions with the name that each shares with the one before; the first's is empty."""
    chain: list[tuple[Question, str]] = []
    for question in questions:
        shared = _shared(chain[-1][0].text, question.text, text) if chain else ""
        if chain and (not shared or len(chain) == LONGEST):
            if len(chain) >= SHORTEST:
                yield chain
            chain, shared = [], ""
        chain.append((question, shared))
    if len(chain) >= SHORTEST:
        yield chain


def names_in(question: str) -> list[str]:
    """The names in a question, longest first, without the words that ask."""
    found = []
    for match in _NAME.finditer(question):
        words = match.group().split()
        while words and words[0] in _ASKING:
            words = words[1:]
        if words:
            found.append(" ".join(words).removeprefix("the "))
    return sorted(found, key=lambda name: (-len(name), name))


def _shared(before: str, question: str, text: str) -> str:
    """The longest name of a question that the one before has too, and that stands in it once and whole."""
    return next((name for name in names_in(question) if name in before and _is_whole(name, question, text)), "")


def _is_whole(name: str, question: str, text: str) -> bool:
    behind = re.search(rf"\b{re.escape(name)}(?: (\w+))?", question)
    ahead = re.search(rf"(\w+) {re.escape(name)}\b", question)
    if question.count(name) != 1 or behind is None:
        return False
    if ahead and ahead[1].lower() not in _AHEAD:
        return False
    return behind[1] is None or f"{name} {behind[1]}" not in text or behind[1] in _SMALL


def leaning(question: str, name: str, text: str) -> str:
    """Take a name out of a question, or put a pronoun in its place."""
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


def _spoken(chain: Sequence[tuple[Question, str]], text: str) -> Iterator[FollowUp]:
    turns: list[Turn] = []
    for question, shared in chain:
        typed = leaning(question.text, shared, text) if shared else question.text
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
class Way:
    """A way to ask a follow-up."""

    name: str
    ask: Callable[[FollowUp], tuple[str, tuple[Turn, ...]]]


WAYS = (
    Way("typed", lambda one: (one.typed, ())),
    Way("question before appended", lambda one: (f"{one.typed} {one.turns[-1].question}", ())),
    Way("ibid", lambda one: (one.typed, one.turns)),
    Way("rewritten", lambda one: (one.question.text, ())),
)


def measure(assistant: Assistant, dataset: DataSet, asked: Sequence[FollowUp], qrels: Qrels) -> dict[str, list[float]]:
    """Ask each follow-up in each way: name -> mean recall@10 and nDCG@10."""
    figures: dict[str, list[float]] = {}
    for way in WAYS:
        recall, gain = [], []
        for one in asked:
            text, turns = way.ask(one)
            hits = assistant.search(text, turns, count=DEPTH)
            ranked = once(unit_of(hit.passage, dataset) for hit in hits)
            recall.append(metrics.recall_at(ranked, qrels[one.question.id], DEPTH))
            gain.append(metrics.ndcg_at(ranked, qrels[one.question.id], DEPTH))
        figures[way.name] = [metrics.mean(recall), metrics.mean(gain)]
    return figures


def covered(figures: Mapping[str, Sequence[float]]) -> list[float]:
    """The share of the way from typed to rewritten that is covered, for each figure."""
    typed, told, human = (figures[name] for name in ("typed", "ibid", "rewritten"))
    return [metrics.gap_closed(*three) for three in zip(typed, told, human, strict=True)]


def shown_otherwise(assistant: Assistant, asked: Sequence[FollowUp]) -> float:
    """Of questions that stand alone, each asked behind its turns, the share that is shown as understood otherwise."""
    changed = [
        assistant.ask(one.question.text, one.turns).understood_as != assistant.ask(one.question.text).understood_as
        for one in asked
    ]
    return metrics.mean(changed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure.

    Returns:
        The exit status: 0 done, 1 an error that the user can mend.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.conversations", description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="a folder in BEIR's layout, as squad2's")
    parser.add_argument("--list", action="store_true", help="print every follow-up, and how it was understood")
    chosen = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
            assistant, dataset, asked, qrels = _prepared(chosen.data, Path(folder) / "library")
            with assistant:
                if chosen.list:
                    _print_each(assistant, asked)
                _print(assistant, dataset, asked, qrels)
    except (DataError, IbidError) as error:
        print(f"eval.conversations: {error}", file=sys.stderr)
        return 1
    return 0


def _prepared(data: Path | None, folder: Path) -> tuple[Assistant, DataSet, list[FollowUp], Qrels]:
    if data:
        dataset = read_beir(data)
        return assistant_over(dataset, KEPT_LIBRARIES), dataset, conversations_of(dataset), dataset.qrels
    assistant = Assistant.open_shipped(folder)
    texts = {summary.id: assistant.document(summary.id).text for summary in assistant.documents()}
    asked = read_own(CONVERSATIONS, texts)
    dataset = DataSet(CONVERSATIONS.stem, None, tuple(one.question for one in asked), {})
    return assistant, dataset, asked, passage_qrels(dataset, assistant)


def _print(assistant: Assistant, dataset: DataSet, asked: Sequence[FollowUp], qrels: Qrels) -> None:
    leaning_ones = [one for one in asked if one.leans and one.question.id in qrels]
    groups = len({(one.question.group, one.turns[0]) for one in asked})
    print(f"{dataset.name}: {len(leaning_ones)} follow-ups that lean, in {groups} conversations")
    figures = measure(assistant, dataset, leaning_ones, qrels)
    print(f"{'':26}recall@10  nDCG@10")
    for name, (recall, gain) in figures.items():
        print(f"{name:26}{recall:9.3f}{gain:9.3f}")
    print(f"{'share of the way covered':26}" + "".join(f"{share:9.2f}" for share in covered(figures)))
    print(f"of the questions as asked alone, shown otherwise: {shown_otherwise(assistant, asked):.4f} of {len(asked)}")


def _print_each(assistant: Assistant, asked: Sequence[FollowUp]) -> None:
    for one in asked:
        understood = assistant.ask(one.typed, one.turns).understood_as
        print(f"{one.typed}  ->  {understood}  [{one.question.text}]")


if __name__ == "__main__":
    sys.exit(main())
