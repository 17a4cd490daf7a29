"""Traps: sentences that a document denies, asks, supposes or quotes, and drafts that quote them as if it stated them.

In: sentences. Out: a document in which they are planted, the same words stated plainly, and a draft that quotes both.
One decision: the frames were written before the program was measured with them, and it is not fitted to them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from retriever import ContextKind, Document

FRAMES: dict[ContextKind, tuple[str, ...]] = {
    ContextKind.DENIAL: (
        "The company denied that {s}.",
        "It is not true that {s}, the agency said.",
        "There is no evidence that {s}.",
        "Claims that {s} are false.",
        "Officials rejected reports that {s}.",
        "Nobody at the hearing believed that {s}.",
        "{S}, a claim that the court dismissed.",
        "Contrary to what was printed, it is wrong to say that {s}.",
        "The notion that {s} is a myth.",
        "The inquiry found nothing to show that {s}.",
        "The minister was at pains to contradict the story that {s}.",
        "He never said that {s}.",
        "I do not think that {s}.",
        "The panel could not confirm that {s}.",
    ),
    ContextKind.QUESTION: (
        "Is it true that {s}?",
        "Could it be that {s}?",
        "He asked whether {s}.",
        "The committee wanted to know if {s}.",
        "Does anyone believe that {s}?",
        "It remains unclear whether {s}.",
        "Who says that {s}?",
        "The auditors will examine whether {s}.",
        "Can we be sure that {s}?",
    ),
    ContextKind.HYPOTHESIS: (
        "If {s}, the contract ends.",
        "Suppose that {s}.",
        "Unless {s}, nothing will change.",
        "Assuming that {s}, the sum is too small.",
        "In the event that {s}, call the office.",
        "The plan works only if {s}.",
        "Imagine a year in which {s}.",
        "Were it the case that {s}, we would know.",
        "The model assumes that {s}.",
        "Let us pretend for a moment that {s}.",
        "Provided that {s}, payment is due.",
    ),
    ContextKind.QUOTATION: (
        "“{S},” said Maria Keller, who runs the office.",
        "Maria Keller wrote: “{S}.”",
        "“{S}. That is how it was,” a spokesperson told the paper.",
        'In the words of one plaintiff, "{S}."',
        "According to Keller, “{S}.”",
        "Keller put it like this: «{S}.»",
        "“{S}”, the union’s lawyer argued in court.",
        "Keller was angry. “No one listens. {S}. And so it goes,” she said.",
    ),
}
PLAIN = ("{S}.", "Last year, {s}.", "The report states plainly that {s}.", "It is a fact that {s}, and it shows.")


@dataclass(frozen=True, slots=True)
class Trap:
    """A quotation whose source has it in a context; `kind` is None if it is stated plainly."""

    text: str
    kind: ContextKind | None


def make_traps(sentences: Sequence[str], count: int, seed: int = 0) -> tuple[Document, str, list[Trap]]:
    """Plant sentences.

    Args:
        sentences: whole ones, at least twice as many as `count`.
        count: how many traps; as many are stated plainly.
        seed: of the choice.

    Returns:
        The document, the draft in Markdown, and what it quotes.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret)
    kinds = list(FRAMES)
    chosen = chance.sample(list(sentences), 2 * count)
    paragraphs, traps = [], []
    for place, sentence in enumerate(chosen):
        whole = sentence.rstrip(".!?")
        kind = kinds[place % len(kinds)] if place < count else None
        frames = FRAMES[kind] if kind else PLAIN
        small = whole if whole.split()[0].isupper() or whole[1:2].isupper() else whole[0].lower() + whole[1:]
        frame = frames[place // len(kinds) % len(frames)]
        paragraphs.append(frame.format(s=small, S=whole))
        traps.append(Trap(whole, kind))
    mixed = list(zip(paragraphs, traps, strict=True))
    chance.shuffle(mixed)
    text = "\n\n".join(f"Item {number} of the record. {paragraph}" for number, (paragraph, _) in enumerate(mixed))
    document = Document.from_text("record.txt", text, title="The record of the harbour office")
    quoted = [trap for _, trap in mixed]
    draft = "\n\n".join(f"The record of the harbour office says “{trap.text}.”" for trap in quoted)
    return document, draft, quoted
