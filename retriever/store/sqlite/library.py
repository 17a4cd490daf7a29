"""A library in a folder: documents, passages and vectors in one SQLite file, and indexes next to it.

The file is the only truth. The indexes are caches, named by the generation that they were built from.
"""

import os
import sqlite3
from collections.abc import Collection
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np

from ...encoder import Encoder
from ...errors import LibraryError, LibraryForeign
from ...filters import EVERYTHING, Scope
from ...records import LibraryState
from ..contents import Manifest
from ..versions import current_on
from .boilerplate import SqliteBoilerplate
from .collections import SqliteCollections
from .connection import (
    Database,
    connect,
    missing_error,
    read_manifest,
    reason,
    table_names,
    translated_errors,
    use_write_ahead_log,
)
from .documents import SqliteDocuments
from .erasure import SqliteErasure
from .failures import SqliteFailures
from .indexes import SqliteIndexes
from .migrations import migrate
from .passages import SqlitePassages
from .reencoding import SqliteReencoding
from .schema import ADD_MARK, FILE_NAME, FORMAT, TABLES, statements
from .searcher import SqliteExclusion
from .vectors import SqliteVectors


class SqliteLibrary:
    """An open library. Safe to use from several threads; close it when done."""

    def __init__(self, database: Database) -> None:
        """Store the open file; `create` and `open` are the ways in."""
        self._database = database
        self.passages = SqlitePassages(database)
        self.vectors = SqliteVectors(database)
        self.documents = SqliteDocuments(database, self.vectors)
        self.boilerplate = SqliteBoilerplate(database, self.documents.get)
        self.failures = SqliteFailures(database)
        self.collections = SqliteCollections(database)
        self.indexes = SqliteIndexes(database, self.documents, self.passages, self.vectors)
        self.reencoding = SqliteReencoding(database, self.passages)
        self.erasure = SqliteErasure(database, self.indexes)

    @classmethod
    def create(cls, folder: Path, encoder: Encoder) -> "SqliteLibrary":
        """Make an empty library in a folder, which is made too, or open the one that is there.

        Raises:
            LibraryError: the folder cannot be written.
            LibraryForeign: another encoder made the library that is there.
        """
        file = folder / FILE_NAME
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # its log will have the same permissions
            connection = connect(file, create=True)
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(f"No library can be made in {folder} ({reason(error)}); name another folder.") from error
        with translated_errors(folder), closing(connection), connection:
            connection.execute("BEGIN IMMEDIATE")
            if not table_names(connection):
                for statement in statements(TABLES):
                    connection.execute(statement)
                manifest = (FORMAT, encoder.name, encoder.digest, encoder.dimension, 0, encoder.origin)
                connection.execute("INSERT INTO manifest VALUES (?, ?, ?, ?, ?, ?)", manifest)
                connection.execute(ADD_MARK)
        return cls.open(folder, encoder)

    @classmethod
    def open(cls, folder: Path, encoder: Encoder) -> "SqliteLibrary":
        """Open the library in a folder; one of an earlier format is changed to this one.

        Raises:
            LibraryMissing: there is no library.
            LibraryForeign: another encoder made it, or its format is unknown.
            LibraryError: the file is not a library, or is damaged.
        """
        if not (folder / FILE_NAME).is_file():
            raise missing_error(folder)
        with translated_errors(folder), ExitStack() as opened:
            connection = opened.enter_context(closing(connect(folder / FILE_NAME)))
            manifest = read_manifest(connection, folder)
            if manifest.encoder_digest != encoder.digest:  # a model in a renamed folder is still the same model
                raise LibraryForeign(
                    f"The library in {folder} was made by the encoder {manifest.encoder} "
                    f"({manifest.encoder_digest[:12]}), not by {encoder.name} ({encoder.digest[:12]}); "
                    "use that encoder, or index your documents again into a new folder."
                )
            use_write_ahead_log(connection)
            manifest = migrate(connection, manifest)
            opened.pop_all()
        return cls(Database(connection, folder, manifest))

    @staticmethod
    def encoder_origin(folder: Path) -> str | None:
        """The folder of the encoder that made a library; None for the shipped one, or where no library can be read."""
        if not (folder / FILE_NAME).is_file():
            return None
        try:
            with closing(connect(folder / FILE_NAME)) as connection:
                return read_manifest(connection, folder).encoder_origin
        except (sqlite3.Error, LibraryError):
            return None  # `open` says what is wrong

    def close(self) -> None:
        """Close the file; threads that are reading it can finish."""
        self._database.close()

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self._database.folder

    @property
    def place(self) -> str:
        """How a user names it: its folder."""
        return str(self.folder)

    @property
    def is_transactional(self) -> bool:
        """True: a snapshot comes from one generation."""
        return True

    @property
    def manifest(self) -> Manifest:
        """What the library was made with, and its generation now, including other processes' changes.

        Raises:
            LibraryForeign: another process has changed its encoder since it was opened.
        """
        return self._database.manifest

    def snapshot(self) -> AbstractContextManager[None]:
        """Let this thread read one state of the library, even if others write meanwhile."""
        return self._database.snapshot()

    def state(self) -> LibraryState:
        """Count the library and digest it: the same documents, metadata and encoder give the same digest."""
        return self._database.state()

    def exclude(self, document_ids: Collection[str], scope: Scope = EVERYTHING) -> SqliteExclusion | None:
        """Prepare a search that leaves out some documents, all documents outside a scope, and earlier versions.

        With a day in the scope, each document is asked in the version that was current then.

        Returns:
            What is left out; None for nothing.
        """
        if scope.as_of:
            return self._exclude_as_of(frozenset(document_ids), scope)
        excluded = frozenset(document_ids) | scope.left_out(self.documents.all() if scope else ())
        numbers, earlier = self.documents.numbers(excluded), self.documents.earlier_numbers()
        if not len(earlier):
            return SqliteExclusion(numbers, len(numbers)) if excluded else None
        newest = np.setdiff1d(numbers, earlier)
        return SqliteExclusion(np.union1d(newest, earlier), len(newest))

    def _exclude_as_of(self, document_ids: frozenset[str], scope: Scope) -> SqliteExclusion:
        every = self.documents.versions()
        groups = [list(those) for _, those in groupby(every, key=lambda one: one.of)]
        current = [one for group in groups if (one := current_on(group, scope.as_of))]
        taken = {
            one.number
            for one in current
            if one.of not in document_ids and scope.takes(replace(one.document, id=one.of))
        }
        numbers = np.array([one.number for one in every if one.number not in taken], dtype=np.int64)
        return SqliteExclusion(numbers, len(groups) - len(taken))

    def damage(self) -> str | None:
        """Have SQLite check the file; what it reports, in a sentence, or None."""
        return self._database.damage()
