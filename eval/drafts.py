"""Drafts that quote documents, made by code: half of the quotations are altered, and for each it is known how.

In: documents. Out: drafts as files, with what must be found in them. One decision: a seed makes them, so that two
runs measure the same, and no one has read them before.
"""

import html
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import PurePosixPath

from docx import Document as WordDocument

from retriever import Document

PER_DRAFT = 20
SHORTEST, LONGEST = 7, 45
"""Words of a quotation."""

_SENTENCE = re.compile(r"(?<![.\w])[A-Z][^.!?|\n\[\]<>*_`#“”\"«»„‹›‘]{30,320}[.!?](?=\s)")
_LETTERS = re.compile(r"\w+")
_WORD = re.compile(r"[A-Za-z][a-z'’]{3,}")
_NUMBER = re.compile(r"\b\d[\d,]*(?:\.\d+)?\b")
_VERB = re.compile(r"\b(?:is|are|was|were|will|has|have|had|can|must|may|should|would|could|does|did)\b(?! not\b)")
_NEGATION = re.compile(r" (?:not|never)\b")
_PAIRS = (("“", "”"), ('"', '"'), ("«", "»"), ("„", "“"), ("‘", "’"), ("« ", " »"), ("``", "''"))


class Alteration(StrEnum):
    """What was done to a quotation."""

    NONE = "none"
    WORD = "word"
    NUMBER = "number"
    NEGATION = "negation"
    ATTRIBUTION = "attribution"


@dataclass(frozen=True, slots=True)
class Planted:
    """A quotation in a draft.

    Attributes:
        text: as the draft has it.
        source: as its document has it.
        document_id: its document.
        named: the name of a document that the draft gives as its source; empty for none.
    """

    text: str
    source: str
    document_id: str
    alteration: Alteration
    named: str = ""


@dataclass(frozen=True, slots=True)
class MadeDraft:
    """A draft as a file, and its quotations in order."""

    name: str
    data: bytes
    planted: tuple[Planted, ...]


def make_drafts(documents: Sequence[Document], count: int, seed: int = 0) -> list[MadeDraft]:
    """Make drafts with quotations from documents, half of them altered.

    Args:
        documents: where they are from.
        count: how many drafts; fewer if the documents have too few sentences.
        seed: of the choice.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret)
    found = [(document, sentence) for document in documents for sentence in sentences(document.text)]
    chance.shuffle(found)
    once = _unique(found, documents)
    drafts = []
    for number in range(count):
        wanted = [_plant(once, chance, altered=place % 2 == 1, documents=documents) for place in range(PER_DRAFT)]
        planted = [one for one in wanted if one is not None]
        if not planted:
            break
        name, data = _FORMS[number % len(_FORMS)](planted, chance, _PAIRS[number % len(_PAIRS)])
        drafts.append(MadeDraft(f"draft-{number}{name}", data, tuple(planted)))
    return drafts


def sentences(text: str) -> Iterator[str]:
    """Sentences without marks and mark-up, of a length that people quote."""
    for match in _SENTENCE.finditer(text):
        sentence = " ".join(match[0].split())
        if SHORTEST <= len(sentence.split()) <= LONGEST and sum(map(str.isalpha, sentence)) > 0.7 * len(sentence):
            yield sentence


def _unique(found: Sequence[tuple[Document, str]], documents: Sequence[Document]) -> Iterator[tuple[Document, str]]:
    """Those that stand in one document only, once each."""
    texts = {document.id: _plainly(document.text) for document in documents}
    seen: set[str] = set()
    for document, sentence in found:
        if sentence not in seen and sum(_plainly(sentence) in text for text in texts.values()) == 1:
            seen.add(sentence)
            yield document, sentence


def _plainly(text: str) -> str:
    return " ".join(_LETTERS.findall(text.casefold()))


def _plant(
    found: Iterator[tuple[Document, str]], chance: random.Random, *, altered: bool, documents: Sequence[Document]
) -> Planted | None:
    """The next quotation, altered in one of four ways; None if the sentences have run out."""
    kinds = [kind for kind in Alteration if kind is not Alteration.NONE]
    wanted = chance.choice(kinds) if altered else Alteration.NONE
    for document, sentence in found:
        source = _part(sentence, chance)
        named = _name(document, chance)
        if wanted is Alteration.NONE:
            return Planted(source, source, document.id, wanted, named)
        if wanted is Alteration.ATTRIBUTION:
            others = [one for one in documents if _name(one) and not _share_names(one, document)]
            if others and _name(document):
                return Planted(source, source, document.id, wanted, _name(chance.choice(others)))
            continue
        text = alter(wanted, source, chance)
        if text and text != source:
            return Planted(text, source, document.id, wanted, named)
    return None


def _part(sentence: str, chance: random.Random) -> str:
    """A whole sentence, or a part of it from some word on."""
    words = sentence.split()
    if len(words) < 2 * SHORTEST or chance.random() < 0.6:
        return sentence
    start = chance.randrange(0, len(words) - SHORTEST)
    end = chance.randrange(start + SHORTEST, len(words) + 1)
    return " ".join(words[start:end]).strip(",;:–—- ")


def _name(document: Document, chance: random.Random | None = None) -> str:
    """A name of a document; with chance, half of the time none."""
    if chance and chance.random() < 0.5:
        return ""
    long_enough = len(re.findall(r"\w+", document.title)) > 2
    return document.publisher or (document.title if long_enough else PurePosixPath(document.id).name)


def _share_names(one: Document, other: Document) -> bool:
    return one.id == other.id or _name(one) == _name(other) or one.title == other.title


def _other_word(text: str, chance: random.Random) -> str:
    found = list(_WORD.finditer(text))
    if len(found) < 2:
        return ""
    one, other = chance.sample(found, 2)
    if one[0].casefold() == other[0].casefold():
        return ""
    return text[: one.start()] + other[0].lower() + text[one.end() :]


def _other_number(text: str, chance: random.Random) -> str:
    found = list(_NUMBER.finditer(text))
    if not found:
        return ""
    one = chance.choice(found)
    place = one.start() + chance.choice([at for at, letter in enumerate(one[0]) if letter.isdigit()])
    figure = chance.choice([each for each in "123456789" if each != text[place]])
    return text[:place] + figure + text[place + 1 :]


def _negated(text: str, chance: random.Random) -> str:
    if negation := _NEGATION.search(text):
        return text[: negation.start()] + text[negation.end() :]
    verb = _VERB.search(text)
    return f"{text[: verb.end()]} not{text[verb.end() :]}" if verb else ""


_ALTER: dict[Alteration, Callable[[str, random.Random], str]] = {
    Alteration.WORD: _other_word,
    Alteration.NUMBER: _other_number,
    Alteration.NEGATION: _negated,
}


def alter(kind: Alteration, text: str, chance: random.Random) -> str:
    """A text with a word, a number or a negation changed; empty if it has none."""
    return _ALTER[kind](text, chance)


def _paragraph(
    one: Planted, chance: random.Random, marks: tuple[str, str], number: int, notes: list[str] | None = None
) -> str:
    """A paragraph of a draft, which quotes; a note may name the source."""
    quoted = f"{marks[0]}{one.text}{marks[1]}"
    if not one.named:
        return chance.choice((f"It is on record that {quoted}, and nobody objected.", f"One reads: {quoted}"))
    if notes is not None and chance.random() < 0.3:
        notes.append(f"[^{number}]: {one.named}, as read this year.")
        return f"One source puts it so: {quoted}[^{number}]"
    named = one.named
    said = (f"According to {named}, {quoted}", f"{quoted} ({named})", f"As {named} puts it, {quoted} – no less.")
    return chance.choice(said)


def _markdown(planted: Sequence[Planted], chance: random.Random, marks: tuple[str, str]) -> tuple[str, bytes]:
    notes: list[str] = []
    written = []
    for number, one in enumerate(planted):
        if number % 5 == 4:
            written.append(f"> {one.text}" + (f"\n> — {one.named}" if one.named else ""))
        else:
            written.append(_paragraph(one, chance, marks, number, notes))
    return ".md", "\n\n".join(["# A draft", *written, *notes]).encode()


def _plain(planted: Sequence[Planted], chance: random.Random, marks: tuple[str, str]) -> tuple[str, bytes]:
    _, data = _markdown([one for one in planted], chance, marks)
    return ".txt", data


def _page(planted: Sequence[Planted], chance: random.Random, marks: tuple[str, str]) -> tuple[str, bytes]:
    written = []
    for number, one in enumerate(planted):
        if number % 5 == 4:
            quoted = f"<blockquote>{html.escape(one.text)}</blockquote>"
            written.append(f"<p>As {html.escape(one.named) or 'one'} has it:</p>{quoted}")
        else:
            text = _paragraph(one, chance, marks, number)
            written.append(f"<p>{html.escape(text)}</p>")
    return ".html", f"<!doctype html><html><body><article>{''.join(written)}</article></body></html>".encode()


def _word(planted: Sequence[Planted], chance: random.Random, marks: tuple[str, str]) -> tuple[str, bytes]:
    page = WordDocument()
    page.add_heading("A draft", level=1)
    for number, one in enumerate(planted):
        if number % 5 == 4:
            page.add_paragraph(f"As {one.named or 'one'} has it:")
            page.add_paragraph(one.text, style="Quote")
        else:
            page.add_paragraph(_paragraph(one, chance, marks, number))
    file = BytesIO()
    page.save(file)
    return ".docx", file.getvalue()


_FORMS = (_markdown, _plain, _page, _word)
