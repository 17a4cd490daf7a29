"""The author of a document, as its file or a user writes it -> names in CSL-JSON.

In: one line, such as "Ada Brook and Tom Reed", "Brook, Ada; Reed, Tom" or "Ada Brook <ada@elm.example>". Out: a name
each. One decision: a name is only split into given and family name where its form says so. Any other is kept whole, as
is what stands in braces ("{World Bank}"), because "Bank, W." would be worse than an unsplit name.
"""

import re

Name = dict[str, str]
"""A name in CSL-JSON: `literal`, or `family` with `given`, `non-dropping-particle` and `suffix`."""

_ADDRESS = re.compile(r"<[^<>]*>|\(?\b[\w.+-]+@[\w.-]+\)?")
_BY = re.compile(r"(?:by|von|par)\s+", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|und|et|&)\s+|\s*;\s*", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_COMPANY = re.compile(r"(?:inc|ltd|llc|llp|plc|gmbh|co|corp|ag|s\.?a|n\.?v|b\.?v)\.?", re.IGNORECASE)
_GIVEN = re.compile(r"(?:[^\W\d_][\w.’'-]*\s*){1,3}")
MOST_WORDS = 4
"""Of a person's name, particles not counted; longer ones are mostly bodies."""


def names_of(author: str | None, publisher: str | None = None) -> list[Name]:
    """Split the authors of a document.

    Args:
        author: as the document gives it.
        publisher: of the document; "Reuters Staff" of Reuters is no person.

    Returns:
        The names, in order; none if the author is unknown.
    """
    line = " ".join((author or "").split())
    if re.fullmatch(r"\{[^{}]+\}", line):
        return [{"literal": line[1:-1].strip()}]
    without = " ".join(_ADDRESS.sub(" ", line).replace('"', " ").split()).strip(" ,;")
    line = _BY.sub("", without, count=1) if _BY.match(without) else without or line
    return [_name(one, publisher or "") for part in _AND.split(line) for one in _by_commas(part) if one]


def _by_commas(part: str) -> list[str]:
    """One author, or several that commas part."""
    pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
    if len(pieces) > 1 and all(" " in piece for piece in pieces):
        return pieces
    return [", ".join(pieces)]


def _name(text: str, publisher: str) -> Name:
    if text.startswith("{") and text.endswith("}"):
        return {"literal": text[1:-1].strip()}
    family, comma, rest = text.partition(", ")
    if comma:
        if _SUFFIX.fullmatch(rest):
            return {**_name(family, publisher), "suffix": rest}
        if "," in rest or _COMPANY.fullmatch(rest) or not _GIVEN.fullmatch(rest):
            return {"literal": text}
        return {**_family(family.split()), "given": rest}
    words = text.split()
    if not _is_person(words, publisher):
        return {"literal": text}
    first = next((at for at in range(1, len(words)) if words[at][0].islower()), len(words) - 1)
    return {**_family(words[first:]), "given": " ".join(words[:first])}


def _family(words: list[str]) -> Name:
    """A family name, its particles ("van der") apart."""
    first = next((at for at, word in enumerate(words) if not word[0].islower()), 0)
    name = {"family": " ".join(words[first:])}
    return {**name, "non-dropping-particle": " ".join(words[:first])} if first else name


def _is_person(words: list[str], publisher: str) -> bool:
    """Whether a name without a comma has the form of a person's."""
    large = [word for word in words if not word[0].islower()]
    small = [word for word in words[1:] if word[0].islower()]
    shared = {word.casefold() for word in words} & {word.casefold() for word in publisher.split()}
    return (
        1 < len(large) <= MOST_WORDS
        and not words[0][0].islower()
        and not words[-1][0].islower()
        and not shared
        and all(re.fullmatch(r"[^\W\d_][\w.’'-]*", word) for word in words)
        and all(word.isalpha() and len(word) < len("under") and word not in _NO_PARTICLES for word in small)
        and not any(len(word) > 1 and word.isupper() and len(words) > 1 and word.isalpha() for word in large)
    )


_NO_PARTICLES = frozenset(("of", "the", "for", "on", "in", "at", "to", "with", "from", "by"))
"""Short words of a body's name, such as "Town of Varn", that no family name begins with."""
