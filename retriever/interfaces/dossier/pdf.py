"""A case file as a PDF, set by Typst: each quote with a footnote that cites it, tagged, the same bytes each time.

In: a `Dossier`, and an assistant for the pictures. Out: bytes. One decision: a letter that no font of this machine has
ends it with a sentence that names it, so that no quote is printed with boxes in it. Typst refuses such a letter itself,
as the standards for archives and for readers who do not see the page (PDF/A-2a, PDF/UA-1) forbid it.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from ...assistant import Assistant
from ...casefile.records import PointKind
from ...check.draft import OPEN_POINT, OWN_NOTE, REFUSED, TAGS
from ...errors import CaseFileError
from ...settings import install_command
from ..text import fit_for_xml
from .contents import STATE_WORDS, Dossier, ShownPin
from .pictures import drawn_pages

WIDTH = 1240
"""Pixels of a picture of a page: 150 dots an inch on A4."""
_TEMPLATE = Path(__file__).parent / "dossier.typ"
_NAME_LENGTH = 70
"""Characters of a quote by which the outline names it."""
_NAMED_LETTERS = 10
_LACKING = re.compile(r'the text `"(.+?)"` could not be displayed')
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
_FIRST_EMOJI = "\U0001f000"
_CJK = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"))


def is_available() -> bool:
    """Whether Typst is installed."""
    return find_spec("typst") is not None


def as_pdf(dossier: Dossier, assistant: Assistant) -> bytes:
    """Write a case file as a PDF.

    Args:
        dossier: the case file.
        assistant: draws the pages.

    Raises:
        CaseFileError: Typst is not installed, or no font here has one of the letters.
    """
    if not is_available():
        raise CaseFileError(
            f"A PDF needs an extra; in Ibid's clone, run {install_command('pdf')}. Or save it as .docx or .html."
        )
    import typst

    pictures, left_out = drawn_pages(dossier, assistant, WIDTH)
    times = [one.pin.pinned for one in dossier.pins] + [one.noted for one in dossier.points]
    changed = max(times, default=dossier.file.created)
    fields = {
        "title": dossier.title,
        "date": {"year": changed.year, "month": changed.month, "day": changed.day},
        "remarks": _remarks(dossier, left_out),
        "pins": [_pin(item, pictures) for item in dossier.pins],
        "points": [
            f"{OPEN_POINT if one.kind is PointKind.OPEN else REFUSED}{one.words}{' (done)' if one.done else ''}"
            for one in dossier.points
        ],
        "references": dossier.references,
    }
    with TemporaryDirectory(prefix="ibid-") as name:
        folder = Path(name)  # Typst reads nothing outside of it
        for place, picture in pictures.items():
            (folder / _picture_name(place)).write_bytes(picture)
        (folder / "dossier.json").write_text(json.dumps(_fit(fields)), encoding="utf-8")
        (folder / _TEMPLATE.name).write_bytes(_TEMPLATE.read_bytes())
        try:
            made: bytes = typst.compile(
                folder / _TEMPLATE.name,
                root=folder,
                format="pdf",
                pdf_standards=["a-2a", "ua-1"],
                timestamp=int(changed.timestamp()),
            )
        except typst.TypstError as error:
            raise CaseFileError(_advice(f"{error.message}\n{error.diagnostic}")) from error
    return made


def _remarks(dossier: Dossier, left_out: int) -> list[str]:
    first = "Quotes are the documents’ own words. Notes and open points are their reader’s."
    counted = "Characters are counted from 0, the end excluded."
    last = [f"{left_out} pages are not drawn here, as the file would be too large."] if left_out else []
    return [f"{first} {counted}", *dossier.remarks, *last]


def _pin(item: ShownPin, pictures: Mapping[int, bytes]) -> dict[str, object]:
    words = " ".join(item.words.split())
    said = STATE_WORDS[item.state] if item.quote is None or item.since else ""
    own = [f"{OWN_NOTE}{line.strip()}" for line in item.pin.note.splitlines() if line.strip()]
    if item.pin.tags:
        own.append(f"{TAGS}{', '.join(item.pin.tags)}")
    return {
        "place": item.place,
        "name": f"{item.place}. {words[:_NAME_LENGTH].rstrip()}{'…' if len(words) > _NAME_LENGTH else ''}",
        "lines": [" ".join(line.split()) for line in item.words.splitlines() if line.strip()] if item.quote else [],
        "language": _language(item),
        "note": item.note or f"{item.origin}.",
        "evidence": item.evidence,
        "said": f"{said[0].upper()}{said[1:]}." if said else "",
        "own": own,
        "picture": _picture_name(item.place) if item.place in pictures else "",
    }


def _language(item: ShownPin) -> str:
    """The language of a quote, as Typst takes it: without a region."""
    named = ((item.document.language if item.document else None) or "").partition("-")[0].lower()
    return named if _LANGUAGE.fullmatch(named) else "en"


def _picture_name(place: int) -> str:
    return f"{place}.png"


def _fit(value: object) -> object:
    """The same with the sign for an unknown character in place of each that is none."""
    if isinstance(value, str):
        return fit_for_xml(value)
    if isinstance(value, list):
        return [_fit(one) for one in value]
    return {name: _fit(one) for name, one in value.items()} if isinstance(value, dict) else value


def _advice(said: str) -> str:
    """What to do about what Typst has said."""
    found = (_ESCAPED.sub(lambda code: chr(int(code[1], 16)), one) for one in _LACKING.findall(said))
    letters = list(dict.fromkeys("".join(found)))
    if not letters:
        return f"The PDF could not be written, because Typst says: {said.splitlines()[0]}. Save it as .docx or .html."
    named = ", ".join(letters[:_NAMED_LETTERS])
    more = f" and {len(letters) - _NAMED_LETTERS} other letters" if len(letters) > _NAMED_LETTERS else ""
    *fonts, last = sorted({_font(one) for one in letters if one.isalpha()} or set(map(_font, letters)))
    listed = f"{', '.join(fonts)} and {last}" if fonts else last
    return f"No font on this machine has {named}{more}: install {listed}, or save it as .docx or .html."


def _font(letter: str) -> str:
    """The name of a free font that has a letter."""
    if not letter.isalpha():
        return "Noto Emoji" if letter >= _FIRST_EMOJI else "Noto Sans Symbols"
    script = unicodedata.name(letter, "").partition(" ")[0]
    return "Noto Sans CJK" if script in _CJK else f"Noto Sans {script.capitalize()}".rstrip()
