"""Sentences -> runs that are told together: a list, code or rows below their colon, steps, a table below its names.

In come the candidates, out come runs, each of parts: what leads (the sentence with the colon, the names of a table's
columns), then the items. The one decision: only what stands in the text tells a run, its colons, signs, numbers, line
breaks and bars, never its words. Prose has none of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..text.blocks import CLOSERS, introduces, is_list_item
from ..text.sentences import heads_table, is_table_row
from .pooling import Flags
from .sentences import Candidate

# An item of more words is a paragraph, be it numbered: that of minutes or of a law is quoted by its sentences.
LONGEST_ITEM = 40

_ITEM_NUMBER = re.compile(r"\s*(\d{1,2})[.)]")
_FENCE = re.compile(r"\s*(```|~~~)")
_LINE_INDENT = re.compile(r"\n[ \t]+$")
_LABEL = re.compile(r"[^\s:|][^:|]{0,60}:\s")
_SEPARATORS = frozenset(";,；，、")
_STOPS = frozenset(".!?…。！？؟।॥:：")


@dataclass(frozen=True, slots=True)
class TextUnit:
    """Sentences that are told together.

    Attributes:
        starts: the first sentence of each part, ascending.
        end: one past the last sentence.
        leads: how many of the parts lead; the others are items, at least one.
        introduced: whether a sentence with a colon leads.
    """

    starts: tuple[int, ...]
    end: int
    leads: int = 0
    introduced: bool = False

    def part_of(self, sentence: int) -> int:
        """The part that a sentence of the run stands in."""
        return sum(start <= sentence for start in self.starts) - 1

    def sentences(self, first: int, last: int) -> tuple[int, int]:
        """The first and one past the last sentence of the parts from `first` to `last`, both included."""
        return self.starts[first], self.starts[last + 1] if last + 1 < len(self.starts) else self.end


def find_units(sentences: Sequence[Candidate], follows: Flags) -> tuple[TextUnit, ...]:
    """Find the runs.

    Args:
        sentences: in the order of the documents' texts.
        follows: bool (n_sentences,), whether a sentence directly follows the one before it.

    Returns:
        Runs, in order and apart.
    """
    if not sentences:
        return ()
    finder = _UnitFinder(sentences, follows.tolist())
    runs: list[TextUnit] = []
    at = 0
    while at < len(sentences):
        run = finder.run_at(at)
        if run is not None:
            runs.append(run)
        at = run.end if run else at + 1
    return tuple(runs)


class _UnitFinder:
    """What each sentence looks like, looked at once."""

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
        self._sizes = [len(text.split()) for text in self._texts]

    def run_at(self, at: int) -> TextUnit | None:
        """The run that begins with a sentence."""
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
        """A list that nothing introduces: two items or more, most of them a sentence each, none a paragraph."""
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
        """The first sentences of the items of a list that begins here; leaves one past the last in `_end`."""
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
        """Whether a paragraph without a sign is the item's: indented, introduced by it, or before the next number."""
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
        """One past the last sentence of the code between two fences; past the first where there is no second."""
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
        """Blocks below a colon that bear no sign: the first, and those that go on as it does.

        Where an item has no stop, so has the next, or a comma parts them; rows of a table all begin with the name of
        their first column.
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
        """One past the last sentence of the block that begins here; past the first where it is a long paragraph."""
        end = at + 1
        while self._goes_on(end) and not (self._parted[end] or self._marked[end]):
            end += 1
        return end if sum(self._sizes[at:end]) <= LONGEST_ITEM else at + 1


def _between(before: Candidate, one: Candidate) -> str:
    """The white space between two sentences that follow each other; passages begin with a paragraph, mostly."""
    if before.hit.number != one.hit.number:
        return "\n\n"
    start = one.hit.passage.start
    return one.hit.text[before.end - start : one.start - start]


def _last(sentence: str) -> str:
    """Its last character, closing quotes and brackets left aside."""
    return (sentence.rstrip(CLOSERS) or sentence)[-1]
