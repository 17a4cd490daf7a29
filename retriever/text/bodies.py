"""Words of a name that tell that it is a body's, such as a paper, an office or a firm, and no person's."""

BODIES = frozenset(
    """security protection department ministry news committee council court party bank university company association
    agency office house force army police inc ltd llc corporation administration service services board commission press
    union institute college school church club team group assembly parliament senate congress cabinet fund trust times
    post herald courier gazette journal tribune chronicle observer bulletin newsletter magazine review examiner echo
    society foundation federation authority bureau centre center hospital museum library customs guard gmbh
    plc""".split()
)
"""In lower case; a name has one of them last, or before "of" or "for"."""

_LINKS = frozenset(("of", "for"))


def names_body(name: str) -> bool:
    """Whether a name is a body's by its words: "Varn Gazette", "Ministry of Health", "The Island Post"."""
    words = [word.strip(".,’'").lower() for word in name.split()]
    ends = [word for word, after in zip(words, [*words[1:], "of"], strict=True) if after in _LINKS]
    return len(words) > 1 and not BODIES.isdisjoint(ends)
