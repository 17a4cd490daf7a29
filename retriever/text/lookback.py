"""What stands just before a place in a text.

A pattern that ends with `$` is searched for from every place before the end. From the beginning of the text, that takes
the square of its length for a text with many such places.
"""

import re

LONGEST_LOOKBACK = 300
"""Characters; three lines. The longest phrase that is looked for has ten words."""


def search_before(pattern: re.Pattern[str], text: str, end: int) -> re.Match[str] | None:
    """Search the last characters before a place for a pattern."""
    return pattern.search(text, max(0, end - LONGEST_LOOKBACK), end)
