"""The words of a quotation and of a part of a source -> which stand for which, and what differs.

In: two lists of tokens. Out: the part of the source that the quotation is, and the changes. One decision: what the
author of a draft shows as changed, by an ellipsis or by brackets, is an honest change.

The alignment has the least cost of edits (Needleman and Wunsch, 1970); the source's words before and after it cost
nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .records import Change, ChangeOf, WordChange
from .words import Sort, Token

MOST_CELLS = 30_000_000
"""Tokens of the quotation times tokens of the source: some 5,000 words each, and a second of work."""

_WORD, _STOP, _BRACKETED, _OTHER_SORT = 1.0, 0.4, 0.15, 3.0
"""The cost of a word or stop that is left out, put in or replaced; and of a word in place of a stop, which is none."""

_SKIPPED = 0.15
"""Share of that cost for words of the source next to a word in brackets: "[the ministry]" may stand for several."""

MOST_MOVED = 4
"""Words at the start of a quotation that may stand before words that it leaves out, and how many these may be."""

Step = tuple[int, int]
"""Positions of a token of the quotation and of its source; -1 where there is none."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a quotation and a part of a source stand for each other.

    Attributes:
        steps: the pairs of positions, in order.
        cost: of the edits; a word costs 1.
        words: how many words the quotation has.
    """

    steps: tuple[Step, ...]
    cost: float
    words: int

    @property
    def likeness(self) -> float:
        """Share of the quotation's words that are the source's, 0..1, less what it leaves out."""
        return max(0.0, 1.0 - self.cost / self.words) if self.words else 0.0

    @property
    def span(self) -> tuple[int, int] | None:
        """First position in the source, and one past the last; None if nothing stands for anything."""
        found = [theirs for _, theirs in self.steps if theirs >= 0]
        return (found[0], found[-1] + 1) if found else None


def align(ours: Sequence[Token], theirs: Sequence[Token], *, at_end: bool = False) -> Alignment:
    """Align a quotation with the part of a source that it is likest to.

    Args:
        ours: the quotation's tokens.
        theirs: the source's, around the place where it may stand.
        at_end: whether of equal places the last is wanted, and not the first.
    """
    count = sum(token.sort is Sort.WORD for token in ours)
    if not ours or not theirs or len(ours) * len(theirs) > MOST_CELLS:
        return Alignment((), float(count), count)
    same, replaced, left_out, put_in = _costs(ours, theirs)
    table = np.zeros((len(ours) + 1, len(theirs) + 1), dtype=np.float32)
    run = np.concatenate(([0], np.cumsum(left_out))).astype(np.float32)
    for row in range(len(ours)):
        skipped = run * (_SKIPPED if ours[row].bracketed else 1)
        above = table[row]
        line = np.empty_like(above)
        line[0] = above[0] + put_in[row]
        np.minimum(above[:-1] + np.where(same[row], 0, replaced[row]), above[1:] + put_in[row], out=line[1:])
        table[row + 1] = np.minimum.accumulate(line - skipped) + skipped
    bracketed = [token.bracketed for token in ours]
    last = table.shape[1] - 1 - int(table[-1, ::-1].argmin()) if at_end else int(table[-1].argmin())
    steps = tuple(_steps_back(table, last, same, replaced, left_out, put_in, bracketed))
    steps, more = _with_first_words(steps, ours, theirs)
    return Alignment(steps, float(table[-1].min()) + more, count)


def _with_first_words(
    steps: tuple[Step, ...], ours: Sequence[Token], theirs: Sequence[Token]
) -> tuple[tuple[Step, ...], float]:
    """The steps with the first words at their own place, if that stands just before: "We [do not] believe".

    Where an alignment begins costs nothing, so that "we" in place of "not" is cheaper than what was left out.

    Returns:
        The steps, and what they cost more.
    """
    known = (at for at, (mine, its) in enumerate(steps) if mine >= 0 and its >= 0 and ours[mine].key == theirs[its].key)
    at = next(known, 0)
    mine, its = steps[at] if at else (0, 0)
    if not 0 < mine <= MOST_MOVED or any(ours[place].bracketed for place in range(mine)):
        return steps, 0.0
    wanted = [token.key for token in ours[:mine]]
    for start in range(its - mine - 1, max(-1, its - mine - MOST_MOVED - 1), -1):
        gap = theirs[start + mine : its]
        if any(token.key in (".", "?", "!", ":", ";") for token in gap):
            break
        if [token.key for token in theirs[start : start + mine]] == wanted:
            moved = [(place, start + place) for place in range(mine)]
            skipped = [(-1, place) for place in range(start + mine, its)]
            paid = sum(_STOP if token.sort is Sort.STOP else _WORD for token in ours[:mine])
            more = sum(_STOP if token.sort is Sort.STOP else _WORD for token in gap) - paid
            return (*moved, *skipped, *steps[at:]), max(0.0, more)
    return steps, 0.0


def _costs(
    ours: Sequence[Token], theirs: Sequence[Token]
) -> tuple[NDArray[np.bool_], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Which tokens are the same (n, m), what it costs to replace one (n, m), to leave out (m,), to put in (n,)."""
    numbers: dict[str, int] = {}
    our_keys = np.array([numbers.setdefault(token.key, len(numbers)) for token in ours])
    their_keys = np.array([numbers.setdefault(token.key, len(numbers)) for token in theirs])
    our_stops = np.array([token.sort in (Sort.STOP, Sort.ELLIPSIS) for token in ours])
    their_stops = np.array([token.sort in (Sort.STOP, Sort.ELLIPSIS) for token in theirs])
    bracketed = np.array([token.bracketed for token in ours])
    left_out = np.where(their_stops, _STOP, _WORD).astype(np.float32)
    put_in = np.where(bracketed, _BRACKETED, np.where(our_stops, _STOP, _WORD)).astype(np.float32)
    replaced = np.where(our_stops[:, None] == their_stops[None, :], np.minimum(put_in[:, None], 1.0), _OTHER_SORT)
    replaced = np.where(bracketed[:, None] & ~their_stops[None, :], _BRACKETED, replaced).astype(np.float32)
    return our_keys[:, None] == their_keys[None, :], replaced, left_out, put_in


def _steps_back(
    table: NDArray[np.float32],
    column: int,
    same: NDArray[np.bool_],
    replaced: NDArray[np.float32],
    left_out: NDArray[np.float32],
    put_in: NDArray[np.float32],
    bracketed: Sequence[bool],
) -> list[Step]:
    """The cheapest way through the table, from its last row back to its first."""
    row = len(table) - 1
    steps: list[Step] = []
    while row:
        here = table[row, column]
        if column:
            price = 0 if same[row - 1, column - 1] else replaced[row - 1, column - 1]
            if abs(here - table[row - 1, column - 1] - price) < 1e-3:
                row, column = row - 1, column - 1
                steps.append((row, column))
                continue
            gap = left_out[column - 1] * (_SKIPPED if bracketed[row - 1] else 1)
            if abs(here - table[row, column - 1] - gap) < 1e-3:
                column -= 1
                steps.append((-1, column))
                continue
        row -= 1
        steps.append((row, -1))
    return steps[::-1]


def changes(
    ours: Sequence[Token],
    theirs: Sequence[Token],
    alignment: Alignment,
    draft: str,
    source: str,
    *,
    joined: bool = False,
) -> Iterator[WordChange]:
    """What a quotation changes of its source, in order; what only the typesetting changes is left out.

    Args:
        ours: the quotation's tokens.
        theirs: the source's.
        alignment: as `align` gave it.
        draft: the draft's text, in which `ours` have their places.
        source: the source's text.
        joined: whether words of the source may have lost or got a space between them, as in a PDF.
    """
    last = 0
    for mine, its in _groups(ours, theirs, alignment.steps):
        ours_here, theirs_here = [ours[at] for at in mine], [theirs[at] for at in its]
        at_edge = bool(mine) and (mine[0] == 0 or mine[-1] == len(ours) - 1) and _is_outside(mine, its, ours)
        if not at_edge and not _is_typesetting(ours_here, theirs_here, joined=joined):
            first = ours_here[0].start if ours_here else last
            end = ours_here[-1].end if ours_here else last
            honest = bool(ours_here) and all(one.bracketed or one.sort is Sort.ELLIPSIS for one in ours_here)
            yield WordChange(
                Change.REPLACED if mine and its else Change.PUT_IN if mine else Change.LEFT_OUT,
                _of(ours_here, theirs_here),
                _words(draft, ours_here),
                _words(source, theirs_here),
                honest,
                (first, end),
            )
        last = ours_here[-1].end if ours_here else last
    yield from _case_changes(ours, theirs, alignment, draft, source)


def _groups(
    ours: Sequence[Token], theirs: Sequence[Token], steps: Sequence[Step]
) -> Iterator[tuple[list[int], list[int]]]:
    """The runs of what is not the same: positions in the quotation and in the source. Equal pairs come alone."""
    mine: list[int] = []
    its: list[int] = []
    for here, there in steps:
        if here >= 0 and there >= 0 and ours[here].key == theirs[there].key and not ours[here].bracketed:
            if mine or its:
                yield mine, its
            mine, its = [], []
            yield [here], [there]
            continue
        mine += [here] * (here >= 0)
        its += [there] * (there >= 0)
    if mine or its:
        yield mine, its


def _is_outside(mine: Sequence[int], its: Sequence[int], ours: Sequence[Token]) -> bool:
    """Whether a difference is only a stop at the start or the end of the quotation, where each style puts its own."""
    if any(ours[at].sort is Sort.SIGN or ours[at].sort is Sort.WORD for at in mine):
        return False
    return not any(ours[at].key in "?!" for at in mine) or not its


def _is_typesetting(ours: Sequence[Token], theirs: Sequence[Token], *, joined: bool) -> bool:
    """Whether the letters are the same, and only hyphens or full stops inside of words differ, or spaces in a PDF."""
    if [one.key for one in ours] == [one.key for one in theirs]:
        return True
    both = (*ours, *theirs)
    if any(one.sort is not Sort.WORD and one.key not in "-." for one in both):
        return False
    if not any(one.sort is Sort.WORD for one in both):
        return False
    letters = ["".join(one.key for one in each if one.sort is Sort.WORD) for each in (ours, theirs)]
    if letters[0] != letters[1] or any(letter.isdigit() for letter in letters[0]):
        return False
    return joined or any(one.key in "-." for one in both)


def _of(ours: Sequence[Token], theirs: Sequence[Token]) -> ChangeOf:
    is_words = any(one.sort in (Sort.WORD, Sort.SIGN) for one in (*ours, *theirs))
    return ChangeOf.WORDS if is_words else ChangeOf.PUNCTUATION


def _words(text: str, some: Sequence[Token]) -> str:
    if not some:
        return ""
    opened = some[0].bracketed and text[some[0].start - 1 : some[0].start] == "["
    return " ".join(text[some[0].start - opened : some[-1].end].split())


def _case_changes(
    ours: Sequence[Token], theirs: Sequence[Token], alignment: Alignment, draft: str, source: str
) -> Iterator[WordChange]:
    """Words that differ in their capitals, but not in that of a first word, and not where all is in capitals."""
    begins = True
    for mine, its in alignment.steps:
        if mine < 0:
            continue
        token = ours[mine]
        if token.sort is Sort.WORD and its >= 0 and theirs[its].key == token.key and not token.bracketed:
            written, printed = draft[token.start : token.end], source[theirs[its].start : theirs[its].end]
            differ = written[1:] != printed[1:] if begins else written != printed
            if differ and _differs_in_case(written, printed):
                span = (token.start, token.end)
                yield WordChange(Change.REPLACED, ChangeOf.CASE, written, printed, False, span)
        if token.sort is Sort.WORD:
            begins = False
        elif token.key in ".?!:…":
            begins = True


def _differs_in_case(written: str, printed: str) -> bool:
    """Whether two spellings of a word differ by capitals; a word all in capitals is a matter of typesetting."""
    if written.casefold() != printed.casefold():
        return False
    return not any(len(each) > 1 and each.isupper() for each in (written, printed))
