"""A draft and the documents of a library -> a report: for each quotation, whether it stands there, and where.

In: a draft, and what fetches documents. Out: a `CheckReport`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ..records import Context, Document, DocumentSummary, page_at
from ..text.context import context_of
from .disclosing import hides, undisclosed
from .draft import FEWEST_WORDS, Draft, is_export
from .finding import Candidate, PieceIndex
from .locating import (
    NEAR,
    Match,
    SourceTexts,
    compared_text,
    match_changes,
    match_pieces,
    pieces_of,
    stitched,
    word_keys,
)
from .records import (
    CheckedQuotation,
    CheckReport,
    FoundPlace,
    NamedSource,
    Quotation,
    QuotationKind,
    Status,
    ValueRemark,
)
from .sources import SourceNames, is_title
from .values import value_remarks
from .words import Token, draft_tokens

ALSO_AT_MOST = 5
"""Other documents that are named for words that several have."""

STITCH_COST = 2.5
"""Words that differ at the likeliest place from which a quotation may be of several; fewer are a change."""

LEAST = 0.3
"""Likeness from which a place is shown as the nearest to a quotation that is not in the library."""

UNMARKED_NEAR = 0.999
"""Likeness from which a sentence without marks is a passage of a source."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A quotation while it is looked for.

    Attributes:
        pieces: its tokens, cut at its ellipses.
        numbers: the number of each piece in the index.
    """

    quotation: Quotation
    tokens: Sequence[Token]
    pieces: Sequence[Sequence[Token]]
    numbers: Sequence[int]


def check_draft(
    draft: Draft, documents: Sequence[DocumentSummary], load: Callable[[str], Document], library: str
) -> CheckReport:
    """Check a draft.

    Args:
        draft: as `read_draft` gave it.
        documents: the documents that may be quoted.
        load: fetches one with its text.
        library: digest that identifies the library's content.
    """
    checker = QuotationChecker(draft, documents, load)
    checked = checker.check()
    if is_export(draft.marked) or any(one.kind is QuotationKind.EXPORTED for one in draft.quotations):
        checked = tuple(map(_since, checked))
    values = tuple(checker.values())
    return CheckReport(draft.name, draft.sha256, checked, values, len(documents), library, draft.warnings)


def _since(checked: CheckedQuotation) -> CheckedQuotation:
    """A quote that Ibid wrote to a file: what is not there now was there then."""
    is_other = checked.status in (Status.CHANGED, Status.NOT_IN_LIBRARY, Status.STITCHED)
    is_short = len(checked.quotation.text.split()) < FEWEST_WORDS  # another document has such words by chance
    is_other |= is_short and checked.status is Status.MISATTRIBUTED
    is_shown = checked.status in (Status.MISATTRIBUTED, Status.OUT_OF_CONTEXT)
    return replace(checked, status=Status.CHANGED_SINCE if is_other else Status.FOUND if is_shown else checked.status)


class QuotationChecker:
    """Checks the quotations of one draft."""

    def __init__(self, draft: Draft, documents: Sequence[DocumentSummary], load: Callable[[str], Document]) -> None:
        """Store what is compared.

        Args:
            draft: the draft.
            documents: the documents that may be quoted.
            load: fetches one with its text.
        """
        self._draft = draft
        self._load = load
        self._documents = documents
        self._texts = SourceTexts(lambda position: load(documents[position].id))
        self._names = SourceNames()

    @property
    def names(self) -> SourceNames:
        """The names of the documents; none before `check`."""
        return self._names

    def check(self) -> tuple[CheckedQuotation, ...]:
        """Check all quotations, in the order of the draft."""
        numbered: dict[tuple[str, ...], int] = {}
        works = []
        for quotation in self._draft.quotations:
            ours = draft_tokens(self._draft.text, quotation.start, quotation.end)
            pieces = pieces_of(ours)
            if pieces:
                keys = (tuple(word_keys(piece)) for piece in pieces)
                works.append(_Work(quotation, ours, pieces, [numbered.setdefault(key, len(numbered)) for key in keys]))
        index = PieceIndex(list(numbered))
        for position, summary in enumerate(self._documents):
            document = self._load(summary.id)
            self._names.add(position, document)
            index.look_through(position, compared_text(document))
        candidates = index.candidates()
        checked = []
        for work in works:
            if not (work.quotation.kind is QuotationKind.MARKED and is_title(work.quotation.text, self._names)):
                found = self._checked(work, [candidates[number] for number in work.numbers])
                checked += [found] if found else []
        return tuple(checked)

    def values(self) -> Iterator[ValueRemark]:
        """Find values in the draft's own words that a source gives otherwise; `check` comes first."""

        def load(position: int) -> Document:
            return self._load(self._documents[position].id)

        for (start, end), sentence, said, place in value_remarks(self._draft, self._names, load, self._place):
            yield ValueRemark(start, end, self._draft.text[start:end], sentence, said, place)

    def _checked(self, work: _Work, candidates: Sequence[Sequence[Candidate]]) -> CheckedQuotation | None:
        named = self._names.named_in(work.quotation.attribution)
        matches = match_pieces(work.pieces, candidates, self._texts, named)
        sources = tuple(self._named(position) for position in sorted(named))
        if work.quotation.kind is QuotationKind.UNMARKED:
            matches = [match for match in matches[:1] if match.likeness >= UNMARKED_NEAR]
            if not matches:
                return None
        if not matches:
            return CheckedQuotation(work.quotation, Status.NOT_IN_LIBRARY, named=sources)
        best = matches[0]
        is_stitched = best.is_stitched(self._texts)
        if not is_stitched and len(work.pieces) == 1 and best.cost >= STITCH_COST:
            parts = stitched(matches, work.tokens, self._texts)
            if parts is not None:
                best, is_stitched = parts, True
        status, best = self._status(best, matches, named, is_stitched=is_stitched)
        if status is Status.NOT_IN_LIBRARY:
            return self._not_found(work.quotation, best, sources)
        made = tuple(match_changes(best, self._draft.text, self._texts))
        if status is Status.FOUND and any(change.is_wrong for change in made):
            status = Status.CHANGED
        context = self._context(best, work.quotation)
        if status is Status.FOUND and context and hides(context, work.quotation, is_named=bool(named)):
            status = Status.OUT_OF_CONTEXT
        return CheckedQuotation(
            work.quotation,
            status,
            tuple(self._place(piece.document, *piece.span) for piece in best.pieces),
            self._also(best, matches),
            made,
            sources,
            context,
            round(best.likeness, 4),
        )

    def _context(self, match: Match, quotation: Quotation) -> Context | None:
        """What its source does with the words, if all are in one document and the draft does not show it."""
        first, last = match.pieces[0], match.pieces[-1]
        if len(match.documents) > 1 or last.span[1] < first.span[0]:
            return None
        text = self._texts[first.document].document.text
        context = context_of(text, (first.span[0], last.span[1]))
        return undisclosed(context, quotation) if context else None

    def _named(self, position: int) -> NamedSource:
        summary = self._documents[position]
        return NamedSource(summary.id, summary.title, summary.publisher)

    def _not_found(self, quotation: Quotation, best: Match, named: tuple[NamedSource, ...]) -> CheckedQuotation:
        """A quotation that stands nowhere, with the nearest place if that is like it."""
        nearest = [self._place(piece.document, *piece.span) for piece in best.pieces] if best.likeness >= LEAST else []
        return CheckedQuotation(
            quotation, Status.NOT_IN_LIBRARY, tuple(nearest), named=named, likeness=round(best.likeness, 4)
        )

    def _status(
        self, best: Match, matches: Sequence[Match], named: Collection[int], *, is_stitched: bool
    ) -> tuple[Status, Match]:
        """What a quotation is by its places, and the match that is shown."""
        if best.likeness < NEAR:
            return Status.NOT_IN_LIBRARY, best
        if is_stitched:
            return Status.STITCHED, best
        if not named or best.documents & frozenset(named):
            return Status.FOUND, best
        ours = next((match for match in matches if match.documents & frozenset(named)), None)
        if ours is not None and ours.likeness >= NEAR and round(ours.cost, 2) <= round(best.cost, 2):
            return Status.FOUND, ours
        return Status.MISATTRIBUTED, best

    def _also(self, best: Match, matches: Sequence[Match]) -> tuple[FoundPlace, ...]:
        """Other documents that have the same words as the one that is shown."""
        here = best.documents
        others: dict[int, FoundPlace] = {}
        for match in matches:
            one = match.pieces[0]
            is_same = len(match.pieces) == 1 and round(match.cost, 2) <= round(best.cost, 2)
            if is_same and one.document not in here and one.document not in others and match.likeness >= NEAR:
                others[one.document] = self._place(one.document, *one.span)
        return tuple(others.values())[:ALSO_AT_MOST]

    def _place(self, position: int, start: int, end: int) -> FoundPlace:
        document = self._texts[position].document
        return FoundPlace(
            document.id,
            document.title,
            document.publisher,
            document.published,
            start,
            end,
            page_at(document.pages, start),
            document.text[start:end],
            document.sha256,
            document.link,
        )
