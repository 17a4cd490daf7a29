"""What the writer gives: sentences of a language model, which are never quotes."""

from dataclasses import dataclass

from ..records import Context


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that the model has written.

    Attributes:
        text: its words, on one line.
        quotes: positions of the quotes that say the same, ascending; empty if none does: it is struck through.
    """

    text: str
    quotes: tuple[int, ...]

    @property
    def struck(self) -> bool:
        """Whether no quote carries it."""
        return not self.quotes


@dataclass(frozen=True, slots=True)
class Written:
    """A paragraph of a language model.

    Attributes:
        model: its name, as its server gives it.
        sentences: in their order.
        cut: whether the model wrote more, which was left out.
    """

    model: str
    sentences: tuple[WrittenSentence, ...]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Carrier:
    """A quote, as sentences are compared with it.

    Attributes:
        text: its words.
        start: its first character in its document.
        sources: its publisher and its author, as far as they are known.
        title: of its document.
        context: what its document does with its words, if it doesn't simply state them.
    """

    text: str
    start: int = 0
    sources: tuple[str, ...] = ()
    title: str = ""
    context: Context | None = None
