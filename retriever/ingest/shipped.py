"""The documents that ship with Ibid -> a library, made where a user has none yet."""

import shutil
import tempfile
from pathlib import Path

from ..encoder import Encoder
from ..errors import LibraryError
from ..settings import Settings, shipped_corpus
from ..store.open import create_library, open_library
from .indexing import index_paths
from .run import Progress


def create_from_shipped_corpus(
    folder: Path, encoder: Encoder, settings: Settings, on_progress: Progress | None = None
) -> None:
    """Index the shipped documents next to a folder, then move the library there, so that nobody sees half of one.

    Args:
        folder: where the library will lie.
        encoder: encodes the documents.
        settings: how they are read.
        on_progress: called after each file.

    Raises:
        LibraryError: no library can be made there.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise LibraryError(
            f"No library can be made in {folder} ({error.strerror}); name another with --library."
        ) from error
    try:
        create_library(made, encoder)
        library = open_library(made, encoder)
        index_paths(library, encoder, [shipped_corpus()], settings, on_progress)
        library.indexes.open()
        library.close()
        try:
            made.rename(folder)
        except OSError as error:  # another process made it meanwhile, or the place is taken
            if not (folder / "library.db").is_file():
                raise LibraryError(f"No library can be made in {folder} ({error.strerror}).") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
