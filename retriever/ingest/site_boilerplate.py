"""Lines that the pages of one site repeat -> page furniture, after documents were added or removed."""

from collections.abc import Callable

from ..encoder import Encoder
from ..reading.repeated_lines import repeated_spans
from ..store.base import Library
from .chunking import split_passages
from .encoding import encode_documents

# Documents cut again at once; one or two passages of each are encoded.
_DOCUMENTS_AT_ONCE = 64


def mark_boilerplate(library: Library, encoder: Encoder, on_passages: Callable[[int], None] | None = None) -> None:
    """Mark the lines that sites repeat as furniture, and unmark those that they no longer repeat.

    Only passages that this changes are encoded. After an interruption, the next change of the library continues.

    Args:
        library: the library, after documents were added or removed.
        encoder: encodes the passages that change.
        on_passages: called after each batch with the number of passages in it.
    """
    while outdated := library.boilerplate.outdated(_DOCUMENTS_AT_ONCE):
        gone, new = [], []
        for each in outdated:
            passages = split_passages(each.document, repeated_spans(each.document, each.repeated))
            before, after = set(each.passages.values()), set(passages)
            gone.append([number for number, passage in each.passages.items() if passage not in after])
            new.append((each.document, tuple(passage for passage in passages if passage not in before)))
        every = encode_documents(encoder, new, on_passages)
        for each, numbers, encoded in zip(outdated, gone, every, strict=True):
            library.boilerplate.recut(each, numbers, encoded)
