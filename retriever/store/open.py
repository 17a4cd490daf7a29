"""A place -> the library there, in the form that the place names: a folder's, or a server's.

What a server's form is made of is imported only for one.
"""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ..encoder import Encoder
from ..settings import LIBRARY_VARIABLE, default_library
from .base import Searching, Store
from .milvus.address import Address
from .sqlite.library import Library
from .sqlite.search import Search

if TYPE_CHECKING:
    from .milvus.library import ClusterLibrary

Place = Path | Address


def placed(named: str | os.PathLike[str] | None) -> Place:
    """Where a library lies: as it is named, else as `$IBID_LIBRARY` says, else the default folder.

    Raises:
        LibraryError: it is an address of no server.
    """
    place = (os.environ.get(LIBRARY_VARIABLE) or default_library()) if named is None else named
    return Address.parsed(place) if isinstance(place, str) and Address.is_one(place) else Path(place)


def create_library(place: Place, encoder: Encoder) -> None:
    """Make an empty library where there is none."""
    if isinstance(place, Address):
        _server_form().create(place, encoder).close()
    else:
        Library.create(place, encoder).close()


def open_library(place: Place, encoder: Encoder) -> Store:
    """Open the library of a place; raises what `Library.open` and `ClusterLibrary.open` do."""
    if isinstance(place, Address):
        return _server_form().open(place, encoder)
    return Library.open(place, encoder)


def encoder_origin(place: Place) -> str | None:
    """The folder of the encoder that made a library; None for the shipped one, or where no library can be read."""
    if isinstance(place, Address):
        return _server_form().encoder_origin(place)
    return Library.encoder_origin(place)


def search_over(library: Store, *, rebuild: bool = False) -> Searching:
    """Open what searches a library; `rebuild` builds a folder's indexes whole, a server keeps its own."""
    if isinstance(library, Library):
        return Search.over(library, rebuild=rebuild)
    if isinstance(library, _server_form()):
        from .milvus.search import ClusterSearch

        return ClusterSearch.over(library)
    raise TypeError(f"{type(library).__name__} has no search")


def search_soon(library: Store) -> Searching | None:
    """As `search_over`, but None where a folder's indexes would take longer than a question should wait."""
    return Search.soon(library) if isinstance(library, Library) else search_over(library)


def noticing_damage(library: Store) -> AbstractContextManager[None]:
    """What tells damage of a folder's files from other failures; a server's are its own care."""
    return Search.noticing_damage(library) if isinstance(library, Library) else nullcontext()


def _server_form() -> "type[ClusterLibrary]":
    from .milvus.library import ClusterLibrary

    return ClusterLibrary
