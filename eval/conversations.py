"""`python -m eval.conversations`: how well follow-ups are understood and answered, compared with a person's rewrites.

There are three sets. Without arguments: 25 conversations about ten invented documents, `dialogues/`, written before any
answer of the program was seen. `--articles`: those over the shipped articles, `conversations.jsonl`. With a folder in
BEIR's layout with SQuAD's answers: conversations made from it (`follow_ups`).

Out: recall@10 and nDCG@10 of the passages and how many first quotes are right, of the follow-ups as typed, as Ibid
understands them, and as a person writes them; and how many questions that stand alone are changed. What failed is
listed; `--list` prints every follow-up.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import metrics
from eval.datasets import DataError, DataSet, Qrels, find_collections, read_beir
from eval.follow_ups import FollowUp, conversations_of, read_written
from eval.measures import passage_qrels
from eval.runs import KEPT_LIBRARIES, assistant_over
from eval.systems import once, unit_of
from retriever import Answer, Assistant, IbidError, Turn

HERE = Path(__file__).resolve().parent
CONVERSATIONS = HERE / "conversations.jsonl"
DIALOGUES = HERE / "dialogues"
COLLECTIONS = HERE / "collections"
DEPTH = 10
# Quotes of which a follow-up that compares must give both; more would be a search by hand.
COMPARED = 2
# Questions before each that stands alone.
BEFORE = 3
# A question of the collections that says "it" without saying what.
DEPENDENT = {"40"}


@dataclass(frozen=True, slots=True)
class Method:
    """A method of asking a follow-up: its name, and the question and turns that it uses."""

    name: str
    ask: Callable[[FollowUp], tuple[str, tuple[Turn, ...]]]


TYPED = Method("typed", lambda one: (one.typed, ()))
IBID = Method("ibid", lambda one: (one.typed, one.turns))
PERSON = Method("rewritten", lambda one: (one.question.text, ()))
METHODS = (
    TYPED,
    Method("question before appended", lambda one: (f"{one.typed} {one.turns[-1].question}", ())),
    IBID,
    PERSON,
)


def measure(assistant: Assistant, dataset: DataSet, asked: Sequence[FollowUp], qrels: Qrels) -> dict[str, list[float]]:
    """Search for each follow-up with each method: name -> mean recall@10 and nDCG@10."""
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


@dataclass(frozen=True, slots=True)
class Reply:
    """A follow-up, its answer as Ibid understands it, and which methods get the first quote right."""

    asked: FollowUp
    answer: Answer
    right: Mapping[str, bool]


def is_right(answer: Answer, asked: FollowUp) -> bool:
    """Whether the first quote has the answer; for a comparison, whether the first two have both."""
    if len(asked.wanted) > 1:
        return all(any(words in quote.text for quote in answer.quotes[:COMPARED]) for words in asked.wanted)
    return any(words in quote.text for quote in answer.quotes[:1] for words in asked.wanted)


def replies(assistant: Assistant, asked: Sequence[FollowUp]) -> Iterator[Reply]:
    """Ask each follow-up as typed, in its conversation, and as a person writes it."""
    for one in asked:
        answers = {method.name: assistant.ask(*method.ask(one)) for method in (TYPED, IBID, PERSON)}
        yield Reply(one, answers["ibid"], {name: is_right(answer, one) for name, answer in answers.items()})


def standalone_sets(folder: Path) -> Iterator[tuple[Assistant, list[str]]]:
    """Questions that stand alone, with their documents: the articles', the collections', and a person's rewrites.

    Args:
        folder: a new folder for the libraries.
    """
    with Assistant.open_shipped(folder / "articles") as assistant:
        yield assistant, _standalone(HERE / "questions.jsonl")
    with Assistant.open(folder / "collections", create=True) as assistant:
        assistant.index(find_collections(COLLECTIONS).values())
        yield assistant, _standalone(COLLECTIONS / "questions.jsonl")
    assistant, _ = open_dialogues(folder / "dialogues")
    with assistant:
        conversations = (DIALOGUES / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
        yield assistant, [turn["rewrite"] for line in conversations for turn in json.loads(line)["turns"]]


def _standalone(file: Path) -> list[str]:
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    whole = [fields for fields in lines if not fields.get("history") and fields.get("kind") != "followup"]
    return [fields.get("q") or fields["question"] for fields in whole if fields["id"] not in DEPENDENT]


@dataclass(frozen=True, slots=True)
class Alone:
    """What became of the questions that stand alone, each asked of its documents after others of its set.

    Attributes:
        count: how many there are.
        doubted: those that were tried in other readings, too.
        changed: those of which the documents chose another reading.
    """

    count: int
    doubted: tuple[str, ...]
    changed: tuple[str, ...]


def asked_alone(folder: Path) -> Alone:
    """Ask the questions that stand alone.

    Args:
        folder: a new folder for the libraries.
    """
    count, doubted, changed = 0, [], []
    for assistant, texts in standalone_sets(folder):
        for at in range(BEFORE, len(texts)):
            text, turns = texts[at], [Turn(one, "") for one in texts[at - BEFORE : at]]
            count += 1
            if assistant.readings(text, turns) != (text,):
                doubted.append(text)
                changed += [text] if assistant.ask(text, turns).used_turns else []
    return Alone(count, tuple(doubted), tuple(changed))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the follow-ups and print the figures.

    Returns:
        The exit status: 0 done, 1 an error that the user can mend.
    """
    parser = argparse.ArgumentParser(prog="python -m eval.conversations", description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="a folder in BEIR's layout, as squad2's")
    parser.add_argument("--articles", action="store_true", help="the conversations over the shipped articles")
    parser.add_argument("--list", action="store_true", help="print every follow-up, and how it was understood")
    chosen = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
            assistant, dataset, asked, qrels = _prepare(chosen, Path(folder) / "library")
            with assistant:
                _print(assistant, dataset, asked, qrels, every=chosen.list)
    except (DataError, IbidError) as error:
        print(f"eval.conversations: {error}", file=sys.stderr)
        return 1
    return 0


def open_dialogues(folder: Path) -> tuple[Assistant, list[FollowUp]]:
    """Index the invented documents in a new folder, and read the conversations about them."""
    assistant = Assistant.open(folder, create=True)
    assistant.index([DIALOGUES / "docs"])
    return assistant, read_written(DIALOGUES / "dialogues.jsonl", _texts(assistant))


def _prepare(chosen: argparse.Namespace, folder: Path) -> tuple[Assistant, DataSet, list[FollowUp], Qrels]:
    if chosen.data:
        dataset = read_beir(chosen.data)
        return assistant_over(dataset, KEPT_LIBRARIES), dataset, conversations_of(dataset), dataset.qrels
    if chosen.articles:
        assistant = Assistant.open_shipped(folder)
        asked, name = read_written(CONVERSATIONS, _texts(assistant)), CONVERSATIONS.stem
    else:
        assistant, asked = open_dialogues(folder)
        name = DIALOGUES.name
    dataset = DataSet(name, None, tuple(one.question for one in asked), {})
    return assistant, dataset, asked, passage_qrels(dataset, assistant)


def _texts(assistant: Assistant) -> dict[str, str]:
    return {summary.id: assistant.document(summary.id).text for summary in assistant.documents()}


def _print(assistant: Assistant, dataset: DataSet, asked: Sequence[FollowUp], qrels: Qrels, *, every: bool) -> None:
    dependent = [one for one in asked if one.is_dependent and one.question.id in qrels]
    groups = len({(one.question.group, one.turns[0]) for one in asked})
    print(f"{dataset.name}: {len(dependent)} dependent follow-ups, in {groups} conversations")
    figures = measure(assistant, dataset, dependent, qrels)
    print(f"{'':26}recall@10  nDCG@10")
    for name, (recall, gain) in figures.items():
        print(f"{name:26}{recall:9.3f}{gain:9.3f}")
    print(f"{'share of the gap closed':26}" + "".join(f"{share:9.2f}" for share in gap_shares(figures)))
    found = [*replies(assistant, dependent)]
    right = {name: sum(one.right[name] for one in found) for name in ("typed", "ibid", "rewritten")}
    print("first quotes right: " + ", ".join(f"{name} {count} of {len(found)}" for name, count in right.items()))
    print(f"share of what a person's rewrites get: {right['ibid'] / max(1, right['rewritten']):.3f}")
    with tempfile.TemporaryDirectory(prefix="ibid-eval-") as folder:
        alone = asked_alone(Path(folder))
    print(
        f"questions that stand alone and were changed: {len(alone.changed)} of {alone.count}; "
        f"tried in other readings, too: {len(alone.doubted)}"
    )
    for text in alone.changed:
        print(f"  {text}")
    for one in found:
        if every or not one.right["ibid"]:
            mark = "right" if one.right["ibid"] else "WRONG"
            print(
                f"{mark} {one.answer.verdict.value} | {one.asked.turns[-1].question} | {one.asked.typed}"
                f"  ->  {one.answer.understood_as}  [{one.asked.question.text}]"
            )


if __name__ == "__main__":
    sys.exit(main())
