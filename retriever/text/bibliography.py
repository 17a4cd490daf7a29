"""Whether a text is an entry of a bibliography: a title with authors, year and pages, which tells no event.

In: a text, and the heading that it stands under. Out: yes or no. One decision: outside of a list of references, two
signs of an entry are needed, since a sentence may have one: "the treaty (1951)".
"""

import re

_HEADING = re.compile(
    r"(?i)^(?:[\d.]+\s*)?(?:references|bibliography|works cited|literature|further reading|notes|footnotes|endnotes|"
    r"sources|citations|external links|see also|literatur|quellen|bibliograph\w+)\b[\s:]*$"
)
_SIGNS = (
    re.compile(r"\b[A-ZÀ-Þ][\w’'-]+,\s(?:[A-Z]\.[\s-]?){1,3}"),  # Smith, J. K.
    re.compile(r"^\s*(?:\[\d+\]|\^|↑|\d{1,3}\.\s(?=[A-Z][\w’'-]+,))"),  # [12]
    re.compile(r"(?<![\w.])(?:19|20)\d\d[a-z]?\)\.|\((?:19|20)\d\d[a-z]?\)[.,:]|\((?:19|20)\d\d, [A-Z]"),  # (2019).
    re.compile(r"(?i)\b(?:doi|arxiv|isbn|issn|pmid)\b|https?://"),
    re.compile(r"(?i)\b(?:retrieved|accessed|archived)\b(?: from| on)?|\bretrieved\s\d"),
    re.compile(r"\bpp?\.\s?\d|\b\d+\s?\(\d+\)\s?[:,]\s?\d|\b[Vv]ol\.\s?\d|\b\d+:\s?\d+[–-]\d+"),  # 12(3): 45-67
    re.compile(r"\b[Ee]ds?\.\)?[,.\s]|\b(?:University Press|Publishers|Verlag)\b|\bJournal of\b|\bProceedings of\b"),
)
_FEWEST_SIGNS = 2


def is_bibliographic(text: str, heading: str | None = None) -> bool:
    """Tell whether a text is an entry of a bibliography.

    Args:
        text: its words.
        heading: the heading that it stands under, or None.
    """
    needed = 1 if heading and _HEADING.match(heading) else _FEWEST_SIGNS
    return sum(sign.search(text) is not None for sign in _SIGNS) >= needed
