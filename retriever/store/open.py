"""A place -> the library there, in a folder or on a server.

The client of a server is imported only for a server.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..encoder import Encoder
from ..errors import LibraryError
from ..settings import LIBRARY_VARIABLE, default_library
from .base import Library
from .milvus.address import Address
from .sqlite.library import SqliteLibrary
from .sqlite.schema import FILE_NAME

if TYPE_CHECKING:
    from .milvus.library import MilvusLibrary

Place = Path | Address


def locate(named: str | os.PathLike[str] | None) -> Place:
    """The place for a name; without a name, that of `$IBID_LIBRARY`, else the default folder.

    Raises:
        LibraryError: it is empty, or looks like an address, but is not a valid one.
    """
    if named == "":
        raise LibraryError("The name of the library is empty; name a folder, or a server’s address.")
    if named is None and os.environ.get(LIBRARY_VARIABLE) == "":
        raise LibraryError(f"${LIBRARY_VARIABLE} is empty; name a folder or a server’s address, or unset it.")
    place = (os.environ.get(LIBRARY_VARIABLE) or default_library()) if named is None else named
    return Address.parse(place) if isinstance(place, str) and Address.is_one(place) else Path(place)


def is_at(library: Library, place: Place) -> bool:
    """Whether a place is that of an open library, however it is written."""
    if isinstance(place, Address) or not library.is_transactional:
        return str(place) == library.place
    with suppress(OSError):  # there is no file
        return (place / FILE_NAME).samefile(library.folder / FILE_NAME)
    return False


def holds_others(place: Place) -> bool:
    """Whether a place is a folder that has files, hidden ones aside, but no library."""
    if isinstance(place, Address):
        return False
    with suppress(OSError):  # there is no such folder, or it cannot be read
        names = [one.name for one in place.iterdir()]
        return FILE_NAME not in names and not all(name.startswith(".") for name in names)
    return False


def create_library(place: Place, encoder: Encoder) -> None:
    """Make an empty library, unless one is there."""
    if isinstance(place, Address):
        _milvus_library().create(place, encoder).close()
    else:
        SqliteLibrary.create(place, encoder).close()


def open_library(place: Place, encoder: Encoder) -> Library:
    """Open the library of a place.

    Raises:
        LibraryMissing: there is no library.
        LibraryForeign: another encoder made it, or its format is unknown.
        LibraryError: it is damaged, or its server cannot be used.
    """
    if isinstance(place, Address):
        return _milvus_library().open(place, encoder)
    return SqliteLibrary.open(place, encoder)


def encoder_origin(place: Place) -> str | None:
    """The folder of the encoder that made a library; None for the shipped one, or where no library can be read."""
    if isinstance(place, Address):
        return _milvus_library().encoder_origin(place)
    return SqliteLibrary.encoder_origin(place)


def _milvus_library() -> "type[MilvusLibrary]":
    from .milvus.library import MilvusLibrary

    return MilvusLibrary
