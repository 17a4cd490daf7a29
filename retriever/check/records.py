"""What checking a draft gives: each quotation with its status, its places and its differences."""

from dataclasses import dataclass
from enum import StrEnum

from ..records import Context, Span


class Status(StrEnum):
    """What is true of a quotation in a draft."""

    FOUND = "found"
    CHANGED = "changed"
    STITCHED = "stitched"
    MISATTRIBUTED = "misattributed"
    OUT_OF_CONTEXT = "out_of_context"
    NOT_IN_LIBRARY = "not_in_library"
    CHANGED_SINCE = "changed_since"


class QuotationKind(StrEnum):
    """How a draft shows that words are another's."""

    MARKED = "marked"
    BLOCK = "block"
    UNMARKED = "unmarked"
    EXPORTED = "exported"


class Change(StrEnum):
    """What a draft did to the words of its source."""

    LEFT_OUT = "left_out"
    PUT_IN = "put_in"
    REPLACED = "replaced"


class ChangeOf(StrEnum):
    """What was changed."""

    WORDS = "words"
    PUNCTUATION = "punctuation"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation in a draft.

    Attributes:
        start: its first character in the draft's text, marks excluded.
        end: one past its last.
        attribution: the words around it, and its footnotes: what may name the source.
        around: the draft's own sentence around it, with "…" in its place.
        page: the draft's page, from 1, or None.
        line: the line of its file, from 1, or None if the file is no plain text.
    """

    kind: QuotationKind
    start: int
    end: int
    text: str
    attribution: str = ""
    around: str = ""
    page: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class WordChange:
    """A difference between a quotation and its source.

    Attributes:
        draft: the draft's words; empty if they were left out.
        source: the source's words; empty if the draft put its own in.
        honest: whether the draft shows it, by an ellipsis or by brackets.
        span: the place of the draft's words in the draft's text.
        negation: what an ellipsis leaves out that says the contrary, such as "not"; else empty.
    """

    change: Change
    of: ChangeOf
    draft: str
    source: str
    honest: bool
    span: Span
    negation: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether the draft has to be mended here."""
        return not self.honest or bool(self.negation)


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place in a document of the library.

    Attributes:
        text: the document's words there, `Document.text[start:end]`.
        sha256: hexadecimal digest of the document's file.
        link: the address that the document gives for itself, or None.
    """

    document_id: str
    title: str
    publisher: str | None
    published: str | None
    start: int
    end: int
    page: int | None
    text: str
    sha256: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A document that a draft names as the source of a quotation."""

    document_id: str
    title: str
    publisher: str | None


@dataclass(frozen=True, slots=True)
class CheckedQuotation:
    """A quotation with what was found.

    Attributes:
        places: where its words stand, one for each piece; of a quotation that is not in the library, the nearest.
        also: other documents in which it stands word for word.
        changes: how it differs from these places.
        named: the documents that the draft names as its source, where it names any.
        context: what its source says around it, which the draft does not show.
        likeness: share of its words that stand at the places, 0..1.
    """

    quotation: Quotation
    status: Status
    places: tuple[FoundPlace, ...] = ()
    also: tuple[FoundPlace, ...] = ()
    changes: tuple[WordChange, ...] = ()
    named: tuple[NamedSource, ...] = ()
    context: Context | None = None
    likeness: float = 0.0

    @property
    def is_wrong(self) -> bool:
        """Whether the draft has to be mended here."""
        return self.status is not Status.FOUND


@dataclass(frozen=True, slots=True)
class ValueRemark:
    """A number, a date or a name in the draft's own words that the source it cites gives otherwise.

    Attributes:
        start: first character of the value in the draft's text.
        end: one past the last.
        text: the value, as the draft has it.
        sentence: the draft's sentence.
        said: the value, as the source has it.
        place: the source's sentence.
    """

    start: int
    end: int
    text: str
    sentence: str
    said: str
    place: FoundPlace


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What checking a draft gave.

    Attributes:
        draft: the draft's name.
        sha256: hexadecimal digest of its bytes.
        quotations: in the order of the draft.
        values: values that a source gives otherwise.
        documents: how many documents of the library were compared.
        library: digest that identifies the library's content.
        warnings: what was not read of the draft, one sentence each.
    """

    draft: str
    sha256: str
    quotations: tuple[CheckedQuotation, ...]
    values: tuple[ValueRemark, ...] = ()
    documents: int = 0
    library: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.values and not any(one.is_wrong for one in self.quotations)

    def count(self, status: Status) -> int:
        """How many quotations have a status."""
        return sum(one.status is status for one in self.quotations)
