"""The parts of a library that a server cannot offer. Each method raises a LibraryError that names another way."""

from collections.abc import Collection, Mapping
from typing import NoReturn

from ...encoder import Encoder, Vectors
from ...encoder.word_vectors import Bytes
from ...errors import LibraryError
from ..contents import StoredPassage


class MilvusReencoding:
    """No change of encoder: a collection has vectors of one length."""

    def __init__(self, place: str) -> None:
        """Store how a user names the library."""
        self._place = place

    def pending(self, encoder: Encoder, count: int) -> tuple[StoredPassage, ...]:
        """Refuse."""
        self._refuse()

    def store(self, encoder: Encoder, vectors: Mapping[int, tuple[Vectors, Bytes]]) -> None:
        """Refuse."""
        self._refuse()

    def finish(self, encoder: Encoder) -> bool:
        """Refuse."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise LibraryError(
            f"The library {self._place} keeps its encoder; index your documents into another collection, "
            "with $IBID_ENCODER set."
        )


class MilvusErasure:
    """No proof of erasure: only the server sees its files."""

    def __init__(self, place: str) -> None:
        """Store how a user names the library."""
        self._place = place

    def check_possible(self) -> None:
        """Refuse."""
        self._refuse()

    def is_used_elsewhere(self) -> bool:
        """Refuse."""
        self._refuse()

    def is_text_elsewhere(self, text: str, document_ids: Collection[str]) -> bool:
        """Refuse."""
        self._refuse()

    def is_vector_elsewhere(self, vector: bytes, document_ids: Collection[str]) -> bool:
        """Refuse."""
        self._refuse()

    def are_word_boxes_elsewhere(self, piece: bytes, document_ids: Collection[str]) -> bool:
        """Refuse."""
        self._refuse()

    def scrub(self) -> None:
        """Refuse."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise LibraryError(
            f"Ibid cannot check whether the server of {self._place} still holds a trace of a document; take documents "
            "out with: ibid remove, and keep documents that you may have to erase in a folder."
        )
