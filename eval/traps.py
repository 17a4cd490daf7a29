"""Traps: sentences that a document denies, asks, supposes or quotes, and drafts that quote them as if it stated them.

In: sentences. Out: a document in which they are planted, the same words stated plainly, and a draft that quotes both.
One decision: there are two sets of frames. The program was developed with the first; the second was written after that,
and nothing was changed once it had been measured.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retriever import ContextKind, Document

DEVELOPED: dict[ContextKind, tuple[str, ...]] = {
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
        "The spokeswoman disputed that {s}.",
        "Neither the mayor nor her deputy accepts that {s}.",
        "Far from showing that {s}, the figures are silent.",
        "The theory that {s} has been discredited.",
        "It has never been proved that {s}.",
        "The firm says it is simply incorrect that {s}.",
        "Few still hold that {s}.",
        "{S}: this is what the leaflet says, and it is a lie.",
        "We found no record that {s}.",
        "The witness took back her statement that {s}.",
        "The union does not concede that {s}.",
        "The suggestion that {s} was thrown out on appeal.",
        "No witness told the court that {s}.",
        "She refused to admit that {s}.",
        "The auditor disagreed with the view that {s}.",
        "The editors have since corrected a line which said that {s}.",
        "It would be a mistake to conclude that {s}.",
        "The old belief that {s} is dead.",
        "{S}, he wrote, and every word of it was invented.",
        "The report stops short of saying that {s}.",
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
        "How do we know that {s}?",
        "She wondered if {s}.",
        "The question is whether {s}.",
        "Would you agree that {s}?",
        "Nobody has yet established whether {s}.",
        "Isn’t it the case that {s}?",
        "The letter inquires whether {s}.",
        "What if {s}?",
        "Can anyone show that {s}?",
        "The members asked if {s}.",
        "We do not know whether {s}.",
        "Since when is it a rule that {s}?",
        "It is an open question whether {s}.",
        "Why should we believe that {s}?",
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
        "Should it turn out that {s}, the sale is void.",
        "The fee is due once it is settled that {s}, if at all.",
        "Picture a world in which {s}.",
        "Only if {s} does the clause apply.",
        "The forecast rests on the assumption that {s}.",
        "Say, for the sake of argument, that {s}.",
        "In case {s}, keep the receipt.",
        "Let us suppose {s}.",
        "The judge considered a hypothetical in which {s}.",
        "If, as some expect, {s}, the fund will be empty.",
        "On the assumption that {s}, the cost doubles.",
        "As long as {s}, the permit holds.",
        "Even if {s}, the debt stays.",
        "Suppose for a moment that {s}.",
        "The permit lapses unless {s}.",
        "In a scenario where {s}, two engines are enough.",
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
        "“{S},” the treasurer told members on Monday.",
        "The letter from Dr. Amin reads: “{S}.”",
        "‘{S},’ says Lena Ortiz, a nurse.",
        "Ortiz, 54, was clear: “{S}. I saw it myself.”",
        "“I will say it again. {S},” a police officer, who asked not to be named, said.",
        "One reviewer complained that “{S}.”",
        "„{S}“, wrote the mayor to his son.",
        "“{S},” reads the sign at the gate.",
        "Her diary has this entry: “{S}.”",
        "“{S},” insisted Mr. Okafor.",
        "‘{S}.’ That was all that the guard would say.",
        'An unnamed official put it bluntly: "{S}."',
        "»{S}«, said the judge.",
    ),
}
HELD_OUT: dict[ContextKind, tuple[str, ...]] = {
    ContextKind.DENIAL: (
        "The bank has denied that {s}.",
        "It is false that {s}.",
        "Her lawyer rejects the charge that {s}.",
        "The study did not find that {s}.",
        "Reports that {s} turned out to be untrue.",
        "The mayor never promised that {s}.",
        "{S}, which the ministry disputes.",
        "We have no reason to think that {s}.",
    ),
    ContextKind.QUESTION: (
        "Is it really so that {s}?",
        "The judge asked whether {s}.",
        "Do you remember when it was said that {s}?",
        "Readers want to know whether {s}.",
        "It is uncertain whether {s}.",
    ),
    ContextKind.HYPOTHESIS: (
        "If it turns out that {s}, we will leave.",
        "Let us assume that {s}.",
        "The offer stands unless {s}.",
        "There is a risk that {s}.",
        "Suppose {s}: what then?",
    ),
    ContextKind.QUOTATION: (
        "“{S},” said the ambassador.",
        "The chairman replied: “{S}.”",
        "“{S},” according to a person close to the talks.",
        "A poster on the wall said “{S}.”",
        "“It was late. {S},” Ruth Vale recalled.",
    ),
}
PLAIN = ("{S}.", "Last year, {s}.", "The report states plainly that {s}.", "It is a fact that {s}, and it shows.")


@dataclass(frozen=True, slots=True)
class Trap:
    """A quotation whose source has it in a context; `kind` is None if it is stated plainly."""

    text: str
    kind: ContextKind | None


def framed(frame: str, sentence: str) -> str:
    """A sentence in a frame."""
    whole = sentence.rstrip(".!?")
    small = whole if whole.split()[0].isupper() or whole[1:2].isupper() else whole[0].lower() + whole[1:]
    return frame.format(s=small, S=whole)


def make_traps(
    sentences: Sequence[str],
    count: int,
    seed: int = 0,
    frames: Mapping[ContextKind, Sequence[str]] = HELD_OUT,
) -> tuple[Document, str, list[Trap]]:
    """Plant sentences.

    Args:
        sentences: whole ones, at least twice as many as `count`.
        count: how many traps; as many are stated plainly.
        seed: of the choice.
        frames: what stands around them.

    Returns:
        The document, the draft in Markdown, and what it quotes.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret)
    kinds = list(frames)
    chosen = chance.sample(list(sentences), 2 * count)
    paragraphs, traps = [], []
    for place, sentence in enumerate(chosen):
        whole = sentence.rstrip(".!?")
        kind = kinds[place % len(kinds)] if place < count else None
        around = frames[kind] if kind else PLAIN
        paragraphs.append(framed(around[place // len(kinds) % len(around)], whole))
        traps.append(Trap(whole, kind))
    mixed = list(zip(paragraphs, traps, strict=True))
    chance.shuffle(mixed)
    text = "\n\n".join(f"Item {number} of the record. {paragraph}" for number, (paragraph, _) in enumerate(mixed))
    document = Document.from_text("record.txt", text, title="The record of the harbour office")
    quoted = [trap for _, trap in mixed]
    draft = "\n\n".join(f"The record of the harbour office says “{trap.text}.”" for trap in quoted)
    return document, draft, quoted
