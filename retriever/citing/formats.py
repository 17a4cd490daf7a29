"""Cited items for programs that manage references: BibTeX, RIS and CSL-JSON.

In: `CitedItem`s. Out: text, the same bytes for the same items. One decision: everything that Ibid knows of the source
goes into fields that these formats define; the place of a quote goes where each format has room for it.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from .item import CitedItem
from .names import CitationFormat

_BIBTEX_TYPES = {"book": "book", "report": "techreport"}
_RIS_TYPES = {"book": "BOOK", "report": "RPRT", "webpage": "ELEC", "personal_communication": "PCOMM"}
_BIBTEX_SPECIAL = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_LONGEST_KEY = 40


def write_references(items: Sequence[CitedItem], form: CitationFormat) -> str:
    """Write items in a format, ended by a line end."""
    return _WRITERS[form](items)


def _bibtex(items: Iterable[CitedItem]) -> str:
    taken: set[str] = set()
    return "\n".join(_bibtex_entry(item, taken) for item in items)


def _bibtex_entry(item: CitedItem, taken: set[str]) -> str:
    fields, kind = item.fields, _BIBTEX_TYPES.get(item.fields["type"], "misc")
    publisher = fields.get("publisher") or fields.get("container-title") or ""
    if kind == "techreport" and not publisher:
        kind = "misc"  # a report without an institution is an error in BibTeX
    year, month, day = _date(fields)
    house = {"book": "publisher", "techreport": "institution"}.get(kind, "howpublished")
    place = item.place
    written = {
        "author": " and ".join(map(_bibtex_name, fields.get("author", ()))),
        "title": f"{{{_bibtex_words(fields['title'])}}}",
        house: f"{{{_bibtex_words(publisher)}}}" if publisher else "",
        "year": year,
        "month": _MONTHS[int(month) - 1] if month else "",
        "date": "-".join(filter(None, (year, month, day))),
        "pages": _bibtex_words(place.page.replace("-", "--")),
        "url": re.sub(r"[\\{}\s]", lambda one: f"%{ord(one[0]):02X}", fields.get("URL", "")),
        "urldate": "-".join(filter(None, _date(fields, "accessed"))),
        "langid": _bibtex_words(fields.get("language", "")),
        "note": _bibtex_words(_place_words(item)),
    }
    key = _key(item, year, taken)
    lines = [
        f"  {name} = {value}" if name == "month" else f"  {name} = {{{value}}}"
        for name, value in written.items()
        if value
    ]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _bibtex_name(name: Mapping[str, str]) -> str:
    if "literal" in name:
        return f"{{{_bibtex_words(name['literal'])}}}"
    family = " ".join(filter(None, (name.get("non-dropping-particle"), name["family"])))
    parts = (family, name.get("suffix"), name.get("given"))
    return ", ".join(_bibtex_words(part) for part in parts if part)


def _bibtex_words(text: str) -> str:
    return "".join(_BIBTEX_SPECIAL.get(character, character) for character in text)


def _key(item: CitedItem, year: str, taken: set[str]) -> str:
    """A key of letters and digits that no other entry has: `brook2018ferry`."""
    first: Mapping[str, str] = next(iter(item.fields.get("author", ())), {})
    who = first.get("family") or first.get("literal") or item.fields.get("publisher") or ""
    who = who or item.fields.get("container-title") or ""
    words = _ascii(item.fields["title"]).split()
    longest = max(words, key=len, default="")
    name = f"{''.join(_ascii(who).split())}{year}{longest}"[:_LONGEST_KEY] or "document"
    key, number = name, 1
    while key in taken:
        number += 1
        key = f"{name}-{number}"
    taken.add(key)
    return key


def _ascii(text: str) -> str:
    letters = normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", " ", letters)


def _ris(items: Iterable[CitedItem]) -> str:
    """RIS, whose lines end with CR LF."""
    return "\r\n".join(line for item in items for line in (*_ris_lines(item), "")) + "\r\n"


def _ris_lines(item: CitedItem) -> list[str]:
    fields, place = item.fields, item.place
    first, _, last = place.page.partition("-")
    year, month, day = _date(fields)
    lines = [
        ("TY", _RIS_TYPES.get(fields["type"], "GEN")),
        *(("AU", _ris_name(name)) for name in fields.get("author", ())),
        ("TI", fields["title"]),
        ("T2", fields.get("container-title")),
        ("PB", fields.get("publisher")),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/" if year else ""),
        ("SP", first),
        ("EP", last),
        ("UR", fields.get("URL")),
        ("Y2", "{}/{}/{}/".format(*_date(fields, "accessed")) if "accessed" in fields else ""),
        ("LA", fields.get("language")),
        ("N1", _place_words(item)),
        ("ID", fields["id"]),
    ]
    return [*(f"{tag}  - {' '.join(value.split())}" for tag, value in lines if value), "ER  - "]


def _ris_name(name: Mapping[str, str]) -> str:
    if "literal" in name:
        return name["literal"]
    family = " ".join(filter(None, (name.get("non-dropping-particle"), name["family"])))
    return ", ".join(filter(None, (family, name.get("given"), name.get("suffix"))))


def _csl_json(items: Iterable[CitedItem]) -> str:
    """CSL-JSON: the place of a quote is in `custom`, as CSL has it in the citation and not in the item."""
    written = []
    for item in items:
        fields = dict(item.fields)
        place = {"label": item.place.locator[0], "locator": item.place.locator[1]} if item.place.locator else {}
        if item.place.inside:
            place["inside"] = item.place.inside
        written.append(fields | {"custom": place} if place else fields)
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n"


def _date(fields: Mapping[str, Any], name: str = "issued") -> tuple[str, str, str]:
    """Year, month and day of a source as digits; empty where unknown."""
    parts = fields.get(name, {}).get("date-parts", [[]])[0]
    year, month, day = ([f"{part:02}" for part in parts] + ["", "", ""])[:3]
    return year.zfill(4) if year else "", month, day


def _place_words(item: CitedItem) -> str:
    """What the other fields have no room for: a paragraph, a time, a row, and what is only inferred."""
    place = item.place
    named = (f"paragraph {place.paragraph}" if place.paragraph else "", f"at {place.time}" if place.time else "")
    inferred = [name for name in ("publisher", "published") if name in item.uncertain]
    doubt = f"inferred: {' and '.join(inferred)}".replace("published", "date") if inferred else ""
    return ", ".join(filter(None, (*named, place.inside, doubt)))


_WRITERS: dict[CitationFormat, Callable[[Iterable[CitedItem]], str]] = {
    CitationFormat.BIBTEX: _bibtex,
    CitationFormat.RIS: _ris,
    CitationFormat.CSL_JSON: _csl_json,
}
