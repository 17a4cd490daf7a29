"""A cited item in one of the styles that readers know: the note or bracket for a text, and the bibliography's entry.

In: a `CitedItem`. Out: a `Citation`, as plain words and as HTML, which keeps the italics. One decision: the styles are
the CSL project's own files, unchanged, in `styles/`.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .item import LETTER, CitedItem
from .names import CitationStyle
from .punctuation import as_html, as_marks, as_plain
from .style_file import StyleFile

_FILES = {
    CitationStyle.CHICAGO: "chicago-notes-bibliography",
    CitationStyle.APA: "apa",
    CitationStyle.MLA: "modern-language-association",
    CitationStyle.OSCOLA: "oscola",
    CitationStyle.BLUEBOOK: "bluebook-law-review",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A source as a style cites it.

    Attributes:
        style: the style.
        note: the footnote, or what stands in brackets in the text, with the place of the quote.
        note_html: the same as HTML, with italics.
        reference: the entry of a bibliography; empty where the style has none for it.
        reference_html: the same as HTML, with italics.
        is_left_out: whether the style cites it in the text only, as a personal communication.
    """

    style: CitationStyle
    note: str
    note_html: str
    reference: str
    reference_html: str
    is_left_out: bool = False


def cite(item: CitedItem, style: CitationStyle) -> Citation:
    """Cite a document in a style."""
    file, fields = StyleFile.named(_FILES[style]), _marked(item.fields)
    note = file.cite(fields, _locator(item, style), item.place.suffix)
    reference = file.reference(fields)
    is_left_out = not reference and file.has_bibliography and fields["type"] == LETTER
    return Citation(style, as_plain(note), as_html(note), as_plain(reference), as_html(reference), is_left_out)


def bibliography(items: Iterable[CitedItem], style: CitationStyle) -> list[Citation]:
    """Cite several documents, in the order of the letters of their entries."""
    cited = [cite(item, style) for item in items]
    return sorted(cited, key=lambda one: ("".join(filter(_is_sorted, one.reference or one.note)).casefold(), one.note))


def _locator(item: CitedItem, style: CitationStyle) -> tuple[str, str] | None:
    """The place that is cited. Bluebook's style names no paragraphs: without their sign they would pass for pages."""
    locator = item.place.locator
    if locator is None or style is not CitationStyle.BLUEBOOK or locator[0] != "paragraph":
        return locator
    return "paragraph", f"{'¶¶' if '-' in locator[1] else '¶'} {locator[1].replace('-', '–')}"


def _is_sorted(character: str) -> bool:
    return character.isalnum() or character == " "


def _marked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An item whose quotation marks the style may choose."""
    marked = deepcopy(dict(fields))
    if marked["type"] == LETTER and (sender := marked.pop("publisher", None)):  # else it passes for a published letter
        marked.setdefault("author", [{"literal": sender}])
    for name in ("title", "container-title", "publisher"):
        if name in marked:
            marked[name] = as_marks(marked[name])
    for name in marked.get("author", ()):
        name.update({part: as_marks(words) for part, words in name.items()})
    return marked
