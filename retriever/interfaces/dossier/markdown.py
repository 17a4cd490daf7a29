"""A case file as Markdown, with footnotes. All words in it are plain text: no mark-up, no link."""

from collections.abc import Iterator

from ...casefile.records import PointKind
from ...check.draft import OPEN_POINT, OWN_NOTE, REFUSED, TAGS
from ..markdown_text import on_one_line, quoted
from .contents import STATE_WORDS, Dossier, PinState, ShownPin


def as_markdown(dossier: Dossier) -> str:
    """Write a case file as CommonMark with footnotes."""
    blocks = [
        f"# {on_one_line(dossier.title)}",
        "Quotes are the documents’ own words. Notes and open points are their reader’s.",
        *dossier.remarks,
    ]
    for item in dossier.pins:
        blocks += _pin(item)
    if dossier.points:
        blocks.append("## What is missing")
        for point in dossier.points:
            prefix = OPEN_POINT if point.kind is PointKind.OPEN else REFUSED
            blocks.append(f"{prefix}{on_one_line(point.words)}{' (done)' if point.done else ''}")
    if dossier.references:
        blocks += ["## Sources", *map(on_one_line, dossier.references)]
    blocks += [
        f"[^{item.place}]: {on_one_line(item.note or f'{item.origin}.')} {on_one_line(item.evidence)}"
        for item in dossier.pins
        if item.quote
    ]
    return "\n\n".join(blocks) + "\n"


def _pin(item: ShownPin) -> Iterator[str]:
    if item.quote is None:
        yield item.words
    else:
        yield f"{quoted(item.words.strip())}[^{item.place}]"
        if item.state is not PinState.HERE:
            yield f"**{STATE_WORDS[item.state][0].upper()}{STATE_WORDS[item.state][1:]}.**"
    for line in filter(str.strip, item.pin.note.splitlines()):
        yield f"{OWN_NOTE}{on_one_line(line)}"
    if item.pin.tags:
        yield f"{TAGS}{on_one_line(', '.join(item.pin.tags))}"
