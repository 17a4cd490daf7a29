"""Take away from a library in a folder what later formats added, so that it is one of an earlier format."""

import sqlite3


def drop_languages(connection: sqlite3.Connection) -> None:
    """Take away what format 7 added."""
    connection.execute("DROP INDEX documents_detected")
    connection.execute("ALTER TABLE documents DROP COLUMN detected")


def drop_versions(connection: sqlite3.Connection) -> None:
    """Take away what format 8 added."""
    for statement in ("TABLE options", "INDEX documents_versions", "INDEX documents_state"):
        connection.execute(f"DROP {statement}")
    connection.execute("CREATE INDEX documents_state ON documents (id, sha256, title, publisher, published)")
    for name in ("version_of", "stored_at"):
        connection.execute(f"ALTER TABLE documents DROP COLUMN {name}")


def drop_collections(connection: sqlite3.Connection) -> None:
    """Take away what formats 6, 7 and 8 added."""
    drop_versions(connection)
    drop_languages(connection)
    for statement in ("TABLE collections", "INDEX documents_collection"):
        connection.execute(f"DROP {statement}")
    connection.execute("ALTER TABLE documents DROP COLUMN collection")
