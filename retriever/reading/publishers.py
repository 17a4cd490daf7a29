"""The first lines of a text -> who published it.

In: a text. Out: a name, or None. One decision: a publisher is named by a label ("Publisher: Varn Press"), or beside the
day in a line that is only names and that day ("The Varn Gazette, 4 March 2024. By Ann Ames"). There a name is only
taken if its words show that it is no place's and no person's.
"""

import re

from ..text.bodies import names_body
from .dates import NAMES, first_lines, imprint

_LABEL = re.compile(r"(?i:(?:publisher\s*[:：]|(?:published|issued)\s+by(?:\s*[:：])?)\s*(?:the\s+)?)(?=[^\W\d_a-z])")
_TITLED = re.compile(r"The(?:\s+\S+){2,}")


def publisher_named(text: str) -> str | None:
    """Find who published a text, if one of its first lines says it.

    Args:
        text: the text from its start.
    """
    for place, line in enumerate(first_lines(text)):
        if (label := _LABEL.match(line)) and (named := NAMES.match(line, label.end())):
            return named[0]
        said = imprint(line)
        for name in said.names if said else ():
            if names_body(name) or (place > 0 and _TITLED.fullmatch(name)):
                return name
    return None
