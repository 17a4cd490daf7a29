"""The head of a text in Markdown -> its metadata: front matter, and the first heading.

Front matter is a block of `name: value` lines between two rules at the very start, as in static sites. It is not part
of the content, so it is removed from the text. Only plain values are read, and nothing in it is executed.
"""

import re
import tomllib
from dataclasses import replace

from .builder import metadata, metadata_title
from .dates import iso_date
from .extract import Extract
from .sources import first_known

LONGEST_FRONT_MATTER = 20_000
"""Characters of front matter; real ones have some hundred."""

_BLOCK = re.compile(
    r"(?P<rule>---|\+\+\+)[ \t]*\r?\n(?P<body>.*?)^(?:(?P=rule)|\.\.\.)[ \t]*(?:\r?\n|\Z)\s*", re.S | re.M
)
_LINE = re.compile(r"(?P<name>[A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(?P<value>.*))?")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<value>.*)")
_FENCED = re.compile(r"^(?P<fence>```+|~~~+).*?(?:^(?P=fence)|\Z)", re.S | re.M)
_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<text>\S.*?)[ \t]*#*[ \t]*$", re.M)
_HEADINGS = {
    "text/markdown": (_HEADING,),
    "text/x-org": (
        re.compile(r"^#\+TITLE:[ \t]*(?P<text>\S.*?)[ \t]*$", re.M | re.I),
        re.compile(r"^\*+[ \t]+(?P<text>\S.*?)[ \t]*$", re.M),
    ),
    "text/x-asciidoc": (re.compile(r"^={1,6}[ \t]+(?P<text>\S.*?)[ \t]*$", re.M),),
    "text/x-tex": (
        re.compile(r"\\title\{(?P<text>[^{}]{1,300})\}"),
        re.compile(r"\\(?:chapter|section)\*?\{(?P<text>[^{}]{1,300})\}"),
    ),
}
"""Media type -> how its title and headings are marked, the title first."""

_MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|!?\[(?P<shown>[^\]]*)\]\([^)]*\)")


def without_front_matter(extract: Extract) -> Extract:
    """A text without its front matter, and the title, author, publisher, date, language and link from there."""
    block = _BLOCK.match(extract.text[:LONGEST_FRONT_MATTER])
    values = _toml(block["body"]) if block and block["rule"] == "+++" else _plain_values(block["body"]) if block else {}
    if not block or not values or not extract.text[block.end() :].strip():
        return extract
    return replace(
        extract,
        text=extract.text[block.end() :],
        title=first_known(metadata_title(values.get("title")), extract.title),
        author=first_known(metadata(values.get("author") or values.get("authors")), extract.author),
        publisher=first_known(metadata(values.get("publisher")), extract.publisher),
        published=first_known(
            metadata(iso_date(next((values[key] for key in ("date", "published", "pubdate") if key in values), ""))),
            extract.published,
        ),
        language=values.get("lang") or values.get("language") or extract.language,
        link=values.get("link") or values.get("url") or extract.link,
    )


def first_heading(text: str, media_type: str = "text/markdown") -> str | None:
    """The words of the title, or else of the first heading, of a text with mark-up; None if it has none."""
    outside = _FENCED.sub("", text) if media_type == "text/markdown" else text
    found = next(filter(None, (heading.search(outside) for heading in _HEADINGS.get(media_type, ()))), None)
    return _MARKS.sub(lambda mark: mark["shown"] or "", found["text"]).strip() or None if found else None


def _toml(body: str) -> dict[str, str]:
    try:
        return {name.lower(): str(value) for name, value in tomllib.loads(body).items() if not isinstance(value, dict)}
    except tomllib.TOMLDecodeError:
        return {}


def _plain_values(body: str) -> dict[str, str]:
    """The values of YAML that are one line or a list of lines; none if the block has other lines."""
    values: dict[str, str] = {}
    name = ""
    for line in body.splitlines():
        found, item = _LINE.fullmatch(line), _ITEM.fullmatch(line)
        if found:
            name = found["name"].lower()
            values[name] = _unquote(found["value"] or "")
        elif item and name:
            values[name] = ", ".join(filter(None, [values[name], _unquote(item["value"])]))
        elif line.strip() and not line.startswith((" ", "\t", "#")):
            return {}
    return values


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    if value.startswith("[") and value.endswith("]"):
        return ", ".join(_unquote(part) for part in value[1:-1].split(","))
    return re.sub(r"\s+#.*", "", value)
