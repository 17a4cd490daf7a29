"""Data sets of conversations -> the questions that follow others, each with what a person would ask alone."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from eval.datasets import DataSet, read_beir, read_conversations
from eval.datasets import Question as Asked
from eval.follow_ups import conversations_of
from retriever import Turn
from retriever.conversation.antecedents import recent
from retriever.text.question import Question, tidy
from retriever.text.tokens import FUNCTION_TERMS, terms
from training.documents import QUESTIONS
from training.fragments import asked_of, fragments_of, quoted_of
from training.pair import read_lines

# Follow-ups of an article about what only a quote names; one article alone would give 400.
MOST_QUOTED = 25
# Words of a rewrite that name no missing entity.
GLUE = FUNCTION_TERMS | frozenset(terms("besides aside addition other than else"))
PRONOUNS = frozenset("it its they them their he him his she her this that these those".split())
# CANARD's text for a missing answer.
NO_ANSWER = "I don't know."


@dataclass(frozen=True, slots=True)
class Spoken:
    """One question of a conversation.

    Attributes:
        source: the data set.
        conversation: its conversation; cross-validation keeps it whole.
        text: as typed.
        rewrite: as a person wrote it to stand alone.
        turns: the earlier turns that are used, oldest first.
    """

    source: str
    conversation: str
    text: str
    rewrite: str
    turns: tuple[Turn, ...]

    @property
    def question(self) -> Question:
        """The question as typed."""
        return Question.of(self.text)

    @property
    def added(self) -> Counter[str]:
        """The terms that the human rewrite adds to the typed question."""
        return naming(self.rewrite) - naming(self.text)


def naming(text: str) -> Counter[str]:
    """Count the terms of the words that name something."""
    return Counter(term for term in terms(text) if term not in GLUE)


def likeness(text: str, rewrite: str) -> float:
    """F1, 0..1, of the words that name something, of a rewrite and a person's."""
    ours, theirs = naming(text), naming(rewrite)
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def conversations(data: Path) -> list[Spoken]:
    """Read every question that follows another one."""
    found = []
    for name in ("cast2019", "canard"):
        questions = read_conversations(data / name / "queries.jsonl").questions
        found += [_spoken(name, asked) for asked in questions if asked.history and asked.rewrite]
    return _understood(found + _alone(data / "squad2") + _made(data / "squad2")) + written_conversations()


def written_conversations() -> list[Spoken]:
    """The questions of the conversations that were written for Ibid, which follow others."""
    found = []
    for file in sorted(QUESTIONS.glob("conversations-*.jsonl")):
        for line in read_lines(file):
            turns = [
                Turn(tidy(turn["typed"]), tidy(turn["answer"]), understood_as=tidy(turn["rewrite"]))
                for turn in line["turns"]
            ]
            for at, turn in enumerate(line["turns"][1:], 1):
                before = tuple(turns[at] for at in reversed(recent(at)))
                found.append(Spoken("written", f"written {line['id']}", tidy(turn["typed"]), turn["rewrite"], before))
    return found


def _understood(every: list[Spoken]) -> list[Spoken]:
    """The same, where each turn says what it was understood as: a person's rewrite, if there is one."""
    rewrites = {(one.conversation, one.text): one.rewrite for one in every}

    def turns(one: Spoken) -> tuple[Turn, ...]:
        texts = (rewrites.get((one.conversation, turn.question), turn.question) for turn in one.turns)
        return tuple(replace(turn, understood_as=text) for turn, text in zip(one.turns, texts, strict=True))

    return [replace(one, turns=turns(one)) for one in every]


def _spoken(source: str, asked: Asked) -> Spoken:
    turns = [Turn(question, "" if answer == NO_ANSWER else answer) for question, answer in asked.history]
    looked = tuple(turns[at] for at in reversed(recent(len(turns))))
    return Spoken(source, f"{source} {asked.group}", asked.text, asked.rewrite or asked.text, looked)


def _made(folder: Path) -> list[Spoken]:
    """Follow-ups made of squad2's questions: with pronouns, with a name left out, fragments, and "Why?"."""
    dataset = read_beir(folder)
    found = [
        Spoken("made", f"made {one.question.group}", one.typed, one.question.text, one.turns)
        for one in conversations_of(dataset)
    ]
    sources = {source.id: source.text for source in dataset.documents or ()}
    for article, questions in answered_by_article(dataset).items():
        texts = [one.text for one in questions]
        for made in (*fragments_of(texts[::3]), *asked_of(texts[::9])):
            found.append(Spoken("made", f"made {article}", made.typed, made.meant, (Turn(made.before, ""),)))
        for made, turn in islice(quoted_of(questions, sources), MOST_QUOTED):
            found.append(Spoken("made", f"made {article}", made.typed, made.meant, (turn,)))
    return found


def answered_by_article(dataset: DataSet) -> dict[str, list[Asked]]:
    """The questions that their article answers."""
    found: dict[str, list[Asked]] = {}
    for asked in dataset.questions:
        if asked.answerable and asked.answers:
            found.setdefault(asked.group or "", []).append(asked)
    return found


def _alone(folder: Path) -> list[Spoken]:
    """Questions of squad2 after others about the same article, without those whose pronoun comes before any noun."""
    by_article: dict[str, list[Asked]] = {}
    for asked in read_beir(folder).questions:
        if asked.answerable:
            by_article.setdefault(asked.group or "", []).append(asked)
    found = []
    for article, every in by_article.items():
        for at in range(2, len(every), 2):
            before = tuple(Turn(one.text, one.answers[0]) for one in every[max(0, at - 3) : at])
            if not _begins_with_pronoun(Question.of(every[at].text)):
                found.append(Spoken("squad2", f"squad2 {article}", every[at].text, every[at].text, before))
    return found


def _begins_with_pronoun(question: Question) -> bool:
    pairs = zip(question.words, question.folded, strict=True)
    first = next((word.start for word, spelt in pairs if spelt in PRONOUNS), None)
    return first is not None and not any(phrase.end <= first for phrase in question.phrases)
