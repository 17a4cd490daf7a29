"""What a file holds that no reader reads -> a sentence for each kind, for the file's warnings."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from .builder import ExtractBuilder, one_line

NAMED_AT_MOST = 5
"""Attached files that a warning names; the others are counted."""

LONGEST_NAME = 100
"""Characters of an attached file's name that are shown."""


@dataclass(slots=True)
class UnreadContents:
    """Counts what was met in one file and not read.

    Attributes:
        pictures: those that the file does not describe.
        charts: charts and diagrams whose values stand elsewhere in the file.
        objects: documents and formulas of other programs.
        attachments: the names of attached files.
    """

    pictures: int = 0
    charts: int = 0
    objects: int = 0
    attachments: Sequence[str] = field(default_factory=list)

    def warnings(self, name: str) -> list[str]:
        """A sentence for each kind that was met.

        Args:
            name: the file's name.
        """
        sentences = []
        if self.pictures:
            holds = _count(self.pictures, "a picture", "pictures")
            sentences.append(f"{name} has {holds} without a description: words in pictures are not read.")
        if self.charts:
            holds = _count(self.charts, "a chart or diagram", "charts or diagrams")
            sentences.append(f"{name} has {holds}: the words and numbers in charts and diagrams were not read.")
        if self.objects:
            holds = _count(self.objects, "an embedded object", "embedded objects")
            sentences.append(
                f"{name} has {holds}, such as a sheet or a formula, not read: save each as a file and add it."
            )
        if self.attachments:
            holds = _count(len(self.attachments), "an attached file", "attached files")
            named = ", ".join(one_line(each)[:LONGEST_NAME] for each in self.attachments[:NAMED_AT_MOST])
            more = len(self.attachments) - NAMED_AT_MOST
            also = f" and {more} more" if more > 0 else ""
            sentences.append(f"{name} has {holds} not read ({named}{also}): save each as a file and add it.")
        return sentences

    def warn(self, builder: ExtractBuilder, name: str) -> None:
        """Warn about what was met."""
        for sentence in self.warnings(name):
            builder.warn(sentence)


def is_decorative(properties: etree._Element) -> bool:
    """Whether the properties of a picture in an Office file say that it means nothing."""
    return any(mark.get("val") in ("1", "true") for mark in properties.iter("{*}decorative"))


def _count(number: int, one: str, several: str) -> str:
    return one if number == 1 else f"{number:,} {several}"
