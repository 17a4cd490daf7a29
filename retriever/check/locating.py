"""A quotation's tokens and its candidates -> the places where its pieces stand, and what differs there.

In: a quotation, cut at its ellipses, and the likeliest places of each piece. Out: a `Match`. One decision: the longest
piece finds the document, and the others are looked for around it; only what is not there may stand elsewhere.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..records import Document
from ..text.context import negation_left_out
from ..text.sentences import split_sentences
from .alignment import Alignment, align, changes
from .finding import Candidate
from .records import Change, ChangeOf, WordChange
from .words import MARKED_TYPES, WORD, Sort, Token, draft_tokens, tokens, without_layout

SLACK = 8
"""Words around a candidate's place that are compared too; one more for each four of the quotation."""

REACH = 400
"""Words, a page, that an ellipsis may leave out. What stands further away is stitched together."""

MOST_COMPARED = 12
"""Candidates of one piece that are aligned word by word."""

NEAR = 0.6
"""Likeness from which a place is the quotation's, changed; below, it is only the nearest."""

TEXTS_KEPT = 64


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document as it is compared.

    Attributes:
        text: its text without layout, in which all places are the document's.
        words: start and end of each word.
        joined: whether spaces between words may be lost, as in a PDF.
    """

    document: Document
    text: str
    words: tuple[tuple[int, int], ...]
    joined: bool

    @classmethod
    def of(cls, document: Document) -> "SourceText":
        """Prepare a document."""
        text = compared_text(document)
        words = tuple(match.span() for match in WORD.finditer(text))
        return cls(document, text, words, bool(document.pages))

    def part(self, first: int, last: int) -> list[Token]:
        """The tokens from a word to another, which is excluded."""
        first, last = max(0, first), min(len(self.words), last)
        if first >= last:
            return []
        end = self.words[last - 1][1] if last < len(self.words) else len(self.text)  # the signs and stops behind it
        return tokens(self.text, self.words[first][0], end)


def compared_text(document: Document) -> str:
    """The text of a document without layout; every character stays at its place."""
    return without_layout(document.text, markdown=document.media_type in MARKED_TYPES)


class SourceTexts:
    """The documents of a library by position; the last ones used are kept."""

    def __init__(self, load: Callable[[int], Document]) -> None:
        """Args: fetches a document by its position."""
        self._of = lru_cache(maxsize=TEXTS_KEPT)(lambda position: SourceText.of(load(position)))

    def __getitem__(self, position: int) -> SourceText:
        """The document at a position."""
        return self._of(position)


@dataclass(frozen=True, slots=True)
class PieceMatch:
    """A piece of a quotation at a place.

    Attributes:
        document: the document's position.
        ours: the piece's tokens.
        theirs: the source's tokens around the place.
        alignment: of both.
        span: the place in the document's text.
    """

    document: int
    ours: Sequence[Token]
    theirs: Sequence[Token]
    alignment: Alignment
    span: tuple[int, int]

    @property
    def likeness(self) -> float:
        """Share of the piece's words that stand here, 0..1."""
        return self.alignment.likeness

    @property
    def cost(self) -> float:
        """Of the edits between both."""
        return self.alignment.cost


@dataclass(frozen=True, slots=True)
class Match:
    """A quotation at its places: one for each piece, in its own order."""

    pieces: tuple[PieceMatch, ...]

    @property
    def cost(self) -> float:
        """Of all edits."""
        return sum(piece.cost for piece in self.pieces)

    @property
    def likeness(self) -> float:
        """Share of the quotation's words that stand at its places, 0..1."""
        words = sum(piece.alignment.words for piece in self.pieces)
        return max(0.0, 1 - self.cost / words) if words else 0.0

    @property
    def documents(self) -> frozenset[int]:
        """Positions of the documents of its pieces."""
        return frozenset(piece.document for piece in self.pieces)

    @property
    def gaps(self) -> int:
        """Characters of the source between its pieces, which its ellipses leave out."""
        return sum(abs(other.span[0] - one.span[1]) for one, other in zip(self.pieces, self.pieces[1:], strict=False))

    def is_stitched(self, texts: SourceTexts) -> bool:
        """Whether its pieces stand in several documents, in another order, or further apart than an ellipsis is."""
        for one, other in zip(self.pieces, self.pieces[1:], strict=False):
            if one.document != other.document or other.span[0] < one.span[0]:
                return True
            text = texts[one.document].text
            if len(WORD.findall(text, one.span[1], other.span[0])) > REACH:
                return True
        return False


def pieces_of(ours: Sequence[Token]) -> list[list[Token]]:
    """A quotation, cut at its ellipses."""
    pieces: list[list[Token]] = [[]]
    for token in ours:
        if token.sort is Sort.ELLIPSIS:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if any(token.sort is Sort.WORD for token in piece)]


def word_keys(piece: Sequence[Token]) -> list[str]:
    """The words of a piece, as they are compared."""
    return [token.key for token in piece if token.sort is Sort.WORD]


def match_at(
    piece: Sequence[Token], source: SourceText, position: int, first: int, last: int, *, at_end: bool = False
) -> PieceMatch | None:
    """Align a piece with a stretch of a source's words; None if nothing there stands for anything."""
    theirs = source.part(first, last)
    alignment = align(piece, theirs, at_end=at_end)
    span = alignment.span
    if span is None:
        return None
    return PieceMatch(position, piece, theirs, alignment, (theirs[span[0]].start, theirs[span[1] - 1].end))


def match_candidates(
    piece: Sequence[Token], candidates: Sequence[Candidate], texts: SourceTexts, named: Collection[int]
) -> list[PieceMatch]:
    """Align a piece with its candidates; the best first, then those in named documents, then in the order given."""
    length = len(word_keys(piece))
    slack = SLACK + length // 4
    chosen = list(candidates[:MOST_COMPARED])
    extra = [one for one in candidates[MOST_COMPARED:] if one.document in named]
    found: list[tuple[float, bool, int, PieceMatch]] = []
    for rank, candidate in enumerate([*chosen, *extra[:MOST_COMPARED]]):
        source = texts[candidate.document]
        first, last = candidate.start - slack, candidate.start + length + slack
        match = match_at(piece, source, candidate.document, first, last)
        if match:
            found.append((round(match.cost, 2), candidate.document not in named, rank, match))
    found.sort(key=lambda one: one[:3])
    return [match for *_, match in found]


def match_pieces(
    pieces: Sequence[Sequence[Token]],
    candidates: Sequence[Sequence[Candidate]],
    texts: SourceTexts,
    named: Collection[int],
) -> list[Match]:
    """Find where a quotation stands: the likeliest places first.

    Args:
        pieces: its tokens, cut at ellipses.
        candidates: of each piece.
        texts: the documents.
        named: positions of the documents that the draft names.
    """
    main = max(range(len(pieces)), key=lambda place: len(word_keys(pieces[place])))
    matches = []
    for found in match_candidates(pieces[main], candidates[main], texts, named):
        if len(pieces) == 1:
            matches.append(Match((found,)))
            continue
        if len(matches) < MOST_COMPARED:
            matches.append(_tightened(_around(pieces, main, found, candidates, texts, named), texts))
    return sorted(matches, key=lambda match: (round(match.cost, 2), match.is_stitched(texts), match.gaps))


def _around(
    pieces: Sequence[Sequence[Token]],
    main: int,
    found: PieceMatch,
    candidates: Sequence[Sequence[Candidate]],
    texts: SourceTexts,
    named: Collection[int],
) -> Match:
    """The other pieces of a quotation, before and after the one that is found."""
    placed: dict[int, PieceMatch] = {main: found}
    for order, step in ((range(main + 1, len(pieces)), 1), (range(main - 1, -1, -1), -1)):
        near = found
        for place in order:
            one = _beside(pieces[place], near, step, texts)
            if one is None or one.likeness < 0.99:
                elsewhere = match_candidates(pieces[place], candidates[place], texts, named)
                if elsewhere and (one is None or elsewhere[0].cost < one.cost):
                    one = elsewhere[0]
            if one:
                placed[place] = one
                near = one if one.document == found.document else near
            else:
                placed[place] = _nowhere(pieces[place], found)
    return Match(tuple(placed[place] for place in sorted(placed)))


def _tightened(match: Match, texts: SourceTexts) -> Match:
    """The same pieces with the least between them: each as near in front of the next one as it stands."""
    placed = list(match.pieces)
    for at in range(len(placed) - 2, -1, -1):
        one, other = placed[at], placed[at + 1]
        if one.document != other.document or one.span[1] > other.span[0]:
            continue
        near = _beside(one.ours, other, -1, texts)
        if near and near.cost <= one.cost + 1e-3 and one.span[0] < near.span[0] and near.span[1] <= other.span[0]:
            placed[at] = near
    return Match(tuple(placed))


def _beside(piece: Sequence[Token], near: PieceMatch, step: int, texts: SourceTexts) -> PieceMatch | None:
    """A piece in the page after, or before, another piece."""
    source = texts[near.document]
    start, end = near.span
    if step > 0:
        first = _word_at(source, end)
        return match_at(piece, source, near.document, first, first + REACH + len(piece))
    last = _word_at(source, start)
    return match_at(piece, source, near.document, last - REACH - len(piece), last, at_end=True)


def _word_at(source: SourceText, place: int) -> int:
    """Number of the first word that starts at or after a place."""
    return bisect_left(source.words, place, key=lambda word: word[0])


def _nowhere(piece: Sequence[Token], near: PieceMatch) -> PieceMatch:
    """A piece of which nothing was found."""
    count = len(word_keys(piece))
    steps = tuple((place, -1) for place in range(len(piece)))
    return PieceMatch(near.document, piece, (), Alignment(steps, float(count), count), (near.span[1], near.span[1]))


def stitched(matches: Sequence[Match], ours: Sequence[Token], texts: SourceTexts) -> Match | None:
    """A quotation without ellipses as pieces of several places, if these have nearly all of its words; else None.

    Args:
        matches: of the whole quotation, at each candidate.
        ours: its tokens.
        texts: the documents.
    """
    words = [place for place, token in enumerate(ours) if token.sort is Sort.WORD]
    runs = [(match.pieces[0], _longest_run(match.pieces[0])) for match in matches[:MOST_COMPARED]]
    for near, (first, last) in runs:
        cut = last if first <= words[0] else first if last > words[-1] else 0
        while cut < len(ours) and ours[cut].sort is Sort.STOP:
            cut += 1
        parts = ours[:cut], ours[cut:]
        if any(len(word_keys(part)) < STITCH_WORDS for part in parts):
            continue
        is_head = first <= words[0]
        here = _replaced(parts[not is_head], near, texts)
        if here is None:
            continue
        others = [_beside(parts[is_head], here, step, texts) for step in (1, -1)]
        others += [_replaced(parts[is_head], other, texts) for other, _ in runs if other is not near]
        there = min((one for one in others if one), key=lambda one: one.cost, default=None)
        match = Match((here, there) if is_head else (there, here)) if there else None
        if match and match.likeness >= STITCH_NEAR and (match.is_stitched(texts) or _is_apart(match, texts)):
            return match
    return None


STITCH_NEAR = 0.95
"""Likeness of the parts of a stitched quotation, which are exact but for a stop."""


def _is_apart(match: Match, texts: SourceTexts) -> bool:
    """Whether two parts in the order of the source stand in two sentences, with words between them, or far apart."""
    one, other = match.pieces
    text = texts[one.document].text
    count = len(WORD.findall(text, one.span[1], other.span[0]))
    return count > SLACK or (count > 0 and len(list(split_sentences(text, one.span[0], other.span[1]))) > 1)


STITCH_WORDS = 3
"""Words of the shortest piece of a stitched quotation."""


def _longest_run(match: PieceMatch) -> tuple[int, int]:
    """First token of the piece, and one past the last, of the longest run that stands at the place word for word."""
    best, first, previous = (0, 0), 0, -2
    for mine, its in (*match.alignment.steps, (-1, -1)):
        same = mine >= 0 and its >= 0 and match.ours[mine].key == match.theirs[its].key
        is_stop = mine >= 0 and match.ours[mine].sort is Sort.STOP
        if not (same or is_stop) or (previous != mine - 1 and previous >= 0):
            if previous >= 0 and previous + 1 - first > best[1] - best[0]:
                best = (first, previous + 1)
            previous = -2
        if same or (is_stop and previous >= 0):
            first = mine if previous < 0 else first
            previous = mine
    return best


def _replaced(part: Sequence[Token], near: PieceMatch, texts: SourceTexts) -> PieceMatch | None:
    """A part of a quotation, aligned again around the place of the whole."""
    source = texts[near.document]
    middle = _word_at(source, near.span[0])
    return match_at(part, source, near.document, middle - len(part) - SLACK, middle + 2 * len(near.ours) + SLACK)


def match_changes(match: Match, draft: str, texts: SourceTexts) -> Iterator[WordChange]:
    """What a quotation changes, in its order: the differences in each piece, and what its ellipses leave out."""
    before: PieceMatch | None = None
    for piece in match.pieces:
        source = texts[piece.document]
        if before is not None and before.document == piece.document and before.span[1] <= piece.span[0]:
            gap = source.text[before.span[1] : piece.span[0]]
            left_out = " ".join(gap.lstrip(" \n\t,.;:!?").split())
            place = (before.ours[-1].end, piece.ours[0].start)
            is_shown = any(token.sort is Sort.ELLIPSIS for token in draft_tokens(draft, *place))
            if is_shown and WORD.search(left_out):
                lost = negation_left_out(gap)
                yield WordChange(Change.LEFT_OUT, ChangeOf.WORDS, "…", left_out, True, place, lost)
        yield from changes(piece.ours, piece.theirs, piece.alignment, draft, source.text, joined=source.joined)
        before = piece
