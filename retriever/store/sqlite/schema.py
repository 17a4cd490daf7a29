"""The tables of `library.db`."""

FORMAT = 8
OLDEST_FORMAT = 2  # `migrations` can change these to this one
FILE_NAME = "library.db"

# Each statement ends with a semicolon at the end of a line.
_FIRST_TABLES = """
CREATE TABLE manifest (
    format INTEGER NOT NULL, encoder TEXT NOT NULL, encoder_digest TEXT NOT NULL,
    dimension INTEGER NOT NULL, generation INTEGER NOT NULL, encoder_origin TEXT
);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    source TEXT NOT NULL, media_type TEXT NOT NULL, publisher TEXT, published TEXT, known TEXT NOT NULL,
    pages TEXT NOT NULL, sha256 TEXT NOT NULL, author TEXT, language TEXT, link TEXT, headings TEXT, furniture TEXT,
    text_sha256 TEXT NOT NULL, read_as TEXT NOT NULL, sketch BLOB NOT NULL, rows TEXT NOT NULL DEFAULT '[]',
    warnings TEXT NOT NULL DEFAULT '[]', word_boxes BLOB NOT NULL DEFAULT x'', collection TEXT NOT NULL DEFAULT '',
    detected TEXT, version_of TEXT, stored_at TEXT NOT NULL DEFAULT ''
);
CREATE TABLE failures (
    source TEXT PRIMARY KEY, sha256 TEXT NOT NULL, read_as TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, heading TEXT, page INTEGER, furniture INTEGER NOT NULL,
    sentences TEXT NOT NULL, text TEXT NOT NULL, vector BLOB, word_vectors BLOB, words INTEGER NOT NULL
);
CREATE INDEX passages_document ON passages (document);
CREATE INDEX documents_source ON documents (source);
"""

# Counts, languages and digests of the whole library are answered from these, without reading texts or vectors.
LANGUAGES = "CREATE INDEX IF NOT EXISTS documents_detected ON documents (detected);\n"
COVERING_INDEXES = """
CREATE INDEX IF NOT EXISTS passages_findable ON passages (document, furniture);
CREATE INDEX IF NOT EXISTS documents_state ON documents (id, sha256, title, publisher, published);
"""

# The `edge_lines` of documents. `repeated`: several documents of the site have the line. `applied`: they had it when
# this document was cut into passages.
LINES = """
CREATE TABLE lines (
    line INTEGER NOT NULL, document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    repeated INTEGER NOT NULL DEFAULT 0, applied INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (line, document)
) WITHOUT ROWID;
CREATE INDEX lines_document ON lines (document);
CREATE INDEX lines_repeated ON lines (line, repeated);
CREATE INDEX lines_outdated ON lines (document) WHERE repeated <> applied;
"""

# A random mark for each generation. A generation number alone does not identify a state: the library may have been
# replaced by another, or restored from a backup and changed in another way since.
MARKS = """
CREATE TABLE IF NOT EXISTS marks (generation INTEGER PRIMARY KEY, mark TEXT NOT NULL);
"""
ADD_MARK = "INSERT OR REPLACE INTO marks SELECT generation, hex(randomblob(6)) FROM manifest"

# SHA-256 of each document's own row and of its passages, by which verification notices a changed byte.
CHECKSUMS = """
CREATE TABLE IF NOT EXISTS seals (
    document INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE,
    facts TEXT NOT NULL, passages TEXT NOT NULL
);
"""

# The vectors of a new encoder, until the library changes to it.
REENCODED = """
CREATE TABLE IF NOT EXISTS reencoded (
    number INTEGER PRIMARY KEY REFERENCES passages (number) ON DELETE CASCADE,
    encoder_digest TEXT NOT NULL, vector BLOB NOT NULL, word_vectors BLOB NOT NULL, words INTEGER NOT NULL
);
"""

# The collections that were named or have members: a list in JSON, or NULL if everybody may see them.
COLLECTIONS = """
CREATE TABLE collections (name TEXT PRIMARY KEY, members TEXT);
CREATE INDEX documents_collection ON documents (collection, id);
"""

# What the owner of the library has chosen. A document that is an earlier version of another names it in `version_of`.
VERSIONS = """
CREATE TABLE options (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE INDEX documents_versions ON documents (version_of) WHERE version_of IS NOT NULL;
DROP INDEX documents_state;
CREATE INDEX documents_state ON documents (id, sha256, title, publisher, published, version_of);
"""

TABLES = _FIRST_TABLES + LANGUAGES + COVERING_INDEXES + LINES + MARKS + CHECKSUMS + REENCODED + COLLECTIONS + VERSIONS


def statements(script: str) -> list[str]:
    """The single statements of a script; `executescript` would end the transaction."""
    return [statement for statement in script.split(";\n") if statement.strip()]
