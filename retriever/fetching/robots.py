"""A site's `robots.txt` -> what Ibid may fetch there, and how often (RFC 9309).

Python's own parser is not used: up to Python 3.14 it knows no `*` and `$` in paths, and takes the first rule instead of
the longest. No pattern of a site becomes a regular expression, so that none can take long.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

AGENT = "ibid"
"""The name by which a site can address Ibid."""

LARGEST_BYTES = 512_000
"""What is read of the file; RFC 9309 asks for 500 KiB at least."""

_KEPT = "/?#[]@!$&'()*+,;=:%~-._"
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of a site for Ibid.

    Attributes:
        rules: patterns of paths, and whether each allows or forbids.
        delay: seconds between two fetches; 0 if the site asks for none.
    """

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    @classmethod
    def of(cls, text: str) -> "Robots":
        """Read the rules of the groups for Ibid; if there is none, those for all programs."""
        groups = [(agents, lines) for agents, lines in _groups(text) if AGENT in agents]
        groups = groups or [(agents, lines) for agents, lines in _groups(text) if "*" in agents]
        lines = [line for _, found in groups for line in found]
        rules = tuple((_normal(value), name == "allow") for name, value in lines if name != "crawl-delay" and value)
        return cls(rules, max((_seconds(value) for name, value in lines if name == "crawl-delay"), default=0.0))

    def allows(self, target: str) -> bool:
        """Whether a path with its query may be fetched: the longest pattern that fits decides; of two, the kinder."""
        wanted = _normal(target)
        fitting = [(len(pattern), allows) for pattern, allows in self.rules if _fits(pattern, wanted)]
        return max(fitting, default=(0, True))[1]


def _groups(text: str) -> Iterator[tuple[set[str], list[tuple[str, str]]]]:
    """The groups: names of programs, and the lines for them."""
    agents: set[str] = set()
    lines: list[tuple[str, str]] = []
    is_open = False  # whether the names of a group go on
    for line in text.removeprefix("\ufeff").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            if not is_open:
                yield agents, lines
                agents, lines = set(), []
            agents.add(re.split(r"[/\s]", value.lower(), maxsplit=1)[0])
            is_open = True
        elif name in ("allow", "disallow", "crawl-delay"):
            lines.append((name, value))
            is_open = False
    yield agents, lines


def _seconds(value: str) -> float:
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", value) else 0.0


def _normal(path: str) -> str:
    """A path in one spelling: letters beyond ASCII as UTF-8 in percent signs, these in capitals."""
    return _ESCAPE.sub(lambda found: found[0].upper(), quote(path, safe=_KEPT))


def _fits(pattern: str, target: str) -> bool:
    """Whether a path begins as a pattern says; `*` stands for anything, `$` at the end for the end."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    place = len(first)
    last = others.pop() if is_whole and others else None
    for piece in others:
        found = target.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    if last is not None:
        return target.endswith(last) and len(target) - len(last) >= place
    return not is_whole or place == len(target)
