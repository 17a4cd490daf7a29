"""Sentences -> text units: sentences that belong together, such as a list, code, steps or a table.

In: the candidate sentences. Out: units, each made of parts: first the lead, then the items. The lead is the sentence
with the colon, or the names of a table's columns. One decision: a unit is recognised by marks alone, never by words.
The marks are colons, list signs, numbers, line breaks and bars, which prose does not have.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..learning import Flags
from ..text.blocks import CLOSERS, SCRIPT_STOPS, introduces, is_list_item
from ..text.sentences import heads_table, is_table_row
from ..text.tokens import count_words
from .candidates import Candidate

# A longer item is a paragraph, even with a number, as in minutes or a law. It is quoted by its sentences.
LONGEST_ITEM = 40

_ITEM_NUMBER = re.compile(r"\s*(\d{1,2})[.)]")
_FENCE = re.compile(r"\s*(```|~~~)")
_LINE_INDENT = re.compile(r"\n[ \t]+$")
_LABEL = re.compile(r"[^\s:|][^:|]{0,60}:\s")
_SEPARATORS = frozenset(";,；，、")
_STOPS = frozenset(f".!?…:：{SCRIPT_STOPS}")


@dataclass(frozen=True, slots=True)
class TextUnit:
    """Sentences that belong together.

    Attributes:
        starts: the first sentence of each part, ascending.
        end: one past the last sentence.
        leads: how many parts are the lead. The others are items, at least one.
        introduced: whether the lead has a sentence with a colon.
    """

    starts: tuple[int, ...]
    end: int
    leads: int = 0
    introduced: bool = False

    def part_of(self, sentence: int) -> int:
        """The part that holds a sentence of the unit."""
        return sum(start <= sentence for start in self.starts) - 1

    def sentences(self, first: int, last: int) -> tuple[int, int]:
        """The first and one past the last sentence of the parts from `first` to `last`, both included."""
        return self.starts[first], self.starts[last + 1] if last + 1 < len(self.starts) else self.end


def find_units(sentences: Sequence[Candidate], follows: Flags) -> tuple[TextUnit, ...]:
    """Find the text units.

    Args:
        sentences: in the order of the documents' texts.
        follows: bool (n_sentences,), whether a sentence directly follows the one before it.

    Returns:
        Units in order, without overlap.
    """
    if not sentences:
        return ()
    finder = _UnitFinder(sentences, follows.tolist())
    units: list[TextUnit] = []
    at = 0
    while at < len(sentences):
        unit = finder.unit_at(at)
        if unit is not None:
            units.append(unit)
        at = unit.end if unit else at + 1
    return tuple(units)


class _UnitFinder:
    """Finds units. The marks of each sentence are computed once."""

    def __init__(self, sentences: Sequence[Candidate], follows: Sequence[bool]) -> None:
        self._texts = [one.text for one in sentences]
        self._follows = [*follows, False]
        gaps = ["", *(_between(before, one) for before, one in pairwise(sentences))]
        breaks = [max(gap.count("\n"), gap.count("\r")) for gap in gaps]
        self._begins = [count > 0 or not goes_on for count, goes_on in zip(breaks, follows, strict=True)]  # a line
        self._parted = [count > 1 or not goes_on for count, goes_on in zip(breaks, follows, strict=True)]  # a paragraph
        self._indented = [_LINE_INDENT.search(gap) is not None for gap in gaps]
        self._marked = [begins and is_list_item(text) for begins, text in zip(self._begins, self._texts, strict=True)]
        self._rows = [is_table_row(text) for text in self._texts]
        self._sizes = [count_words(text) for text in self._texts]

    def unit_at(self, at: int) -> TextUnit | None:
        """The unit that begins with a sentence."""
        steps = self._steps(at) if self._marked[at] else None
        if steps:
            return steps
        if self._rows[at]:
            return self._table(at) if heads_table(self._texts[at]) else None
        if introduces(self._texts[at]) and self._goes_on(at + 1) and self._begins[at + 1]:
            return self._introduced(at)
        return None

    def _goes_on(self, at: int) -> bool:
        return at < len(self._texts) and self._follows[at]

    def _steps(self, at: int) -> TextUnit | None:
        """A list without an introduction: at least two items, most of one sentence, none a paragraph."""
        items = self._items(at)
        ends = [*items[1:], self._end]
        long = any(sum(self._sizes[start:end]) > LONGEST_ITEM for start, end in zip(items, ends, strict=True))
        if len(items) < 2 or long or self._end - at > 2 * len(items):
            return None
        return TextUnit(tuple(items), self._end)

    def _table(self, at: int) -> TextUnit | None:
        rows = list(self._while_rows(at + 1))
        return TextUnit((at, *rows), rows[-1] + 1, leads=1) if rows else None

    def _while_rows(self, at: int) -> Iterator[int]:
        first = at
        while self._goes_on(at) and self._rows[at] and (at == first or not heads_table(self._texts[at])):
            yield at
            at += 1

    def _introduced(self, at: int) -> TextUnit:
        first = at + 1
        if self._rows[first]:
            rows = list(self._while_rows(first))
            return TextUnit((at, *rows), rows[-1] + 1, 1 + (heads_table(self._texts[first]) and len(rows) > 1), True)
        if self._marked[first]:
            items = self._items(first)
        elif _FENCE.match(self._texts[first]):
            items, self._end = [first], self._fence_end(first)
        else:
            items = self._unmarked(first)
        return TextUnit((at, *items), self._end, 1, True)

    def _items(self, at: int) -> list[int]:
        """The first sentence of each item of the list that begins here. Sets `_end` to one past the last."""
        items = [at]
        at += 1
        while self._goes_on(at):
            if self._marked[at]:
                items.append(at)
            elif self._parted[at] and not self._belongs(items[-1], at):
                break
            at = self._fence_end(at) if _FENCE.match(self._texts[at]) else at + 1
        self._end = at
        return items

    def _belongs(self, item: int, at: int) -> bool:
        """Whether an unmarked paragraph is part of the item: indented, introduced by it, or before the next number."""
        if self._indented[at] or introduces(self._texts[at - 1]):
            return True
        number = _ITEM_NUMBER.match(self._texts[item])
        if number is None:
            return False
        size = 0
        while self._goes_on(at) and not self._marked[at] and size <= LONGEST_ITEM:
            size += self._sizes[at]
            at += 1
        following = _ITEM_NUMBER.match(self._texts[at]) if self._goes_on(at) and self._marked[at] else None
        return following is not None and int(following[1]) == int(number[1]) + 1

    def _fence_end(self, at: int) -> int:
        """One past the last sentence of a fenced code block. Without a closing fence, one past the first."""
        fence = _FENCE.match(self._texts[at])
        mark = fence[1] if fence else ""
        if self._texts[at].rstrip().endswith(mark) and self._texts[at].strip() != mark:
            return at + 1
        end = at + 1
        while self._goes_on(end):
            end += 1
            if self._texts[end - 1].rstrip().endswith(mark):
                return end
        return at + 1

    def _unmarked(self, at: int) -> list[int]:
        """Items below a colon that have no list sign: the first block, and the blocks that look like it.

        They look alike if none ends with a full stop, or if commas separate them. Rows of a table look alike if they
        begin with the same column name.
        """
        label = _LABEL.match(self._texts[at])
        items = [at]
        end = self._block_end(at)
        while self._goes_on(end):
            last, following = self._texts[end - 1], self._texts[end]
            alike = label is not None and following.startswith(label[0])
            separated = _last(last) in _SEPARATORS
            listed = _last(last) not in _STOPS and (separated or _last(following) not in _STOPS)
            after = self._block_end(end)
            if not (alike or (listed and after == end + 1)) or self._sizes[end] > LONGEST_ITEM or self._marked[end]:
                break
            items.append(end)
            end = after
        self._end = end
        return items

    def _block_end(self, at: int) -> int:
        """One past the last sentence of the block that begins here. Of a long paragraph, one past the first."""
        end = at + 1
        while self._goes_on(end) and not (self._parted[end] or self._marked[end]):
            end += 1
        return end if sum(self._sizes[at:end]) <= LONGEST_ITEM else at + 1


def _between(before: Candidate, one: Candidate) -> str:
    """The white space between two adjacent sentences. A passage is taken to begin with a paragraph."""
    if before.hit.number != one.hit.number:
        return "\n\n"
    start = one.hit.passage.start
    return one.hit.text[before.end - start : one.start - start]


def _last(sentence: str) -> str:
    """Its last character, before any closing quotes and brackets."""
    return (sentence.rstrip(CLOSERS) or sentence)[-1]
