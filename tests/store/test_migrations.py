"""A library of an earlier format opens with everything that it held."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from retriever import Assistant, Document
from retriever.ingest.chunking import split_passages
from retriever.ingest.encoding import encode_documents, stored_encodings
from retriever.store.contents import text_digest
from retriever.store.sqlite import migrations
from retriever.store.sqlite.checksums import DOCUMENT_COLUMNS, checksum_of_details
from retriever.store.sqlite.schema import FILE_NAME, FORMAT, OLDEST_FORMAT
from retriever.text.minhash import sketch
from tests.earlier_formats import drop_collections, drop_languages, drop_versions
from tests.world import FERRY, HARBOUR, LIGHTHOUSE, WordEncoder

MASTHEAD = "The Varn Herald, daily"
# The tables of format 2, as it made them for an empty library.
FORMAT_2 = """
CREATE TABLE manifest (
    format INTEGER NOT NULL, encoder TEXT NOT NULL, encoder_digest TEXT NOT NULL,
    dimension INTEGER NOT NULL, generation INTEGER NOT NULL, encoder_origin TEXT
);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    source TEXT NOT NULL, media_type TEXT NOT NULL, publisher TEXT, published TEXT, known TEXT NOT NULL,
    pages TEXT NOT NULL, sha256 TEXT NOT NULL, author TEXT, language TEXT, link TEXT, headings TEXT, furniture TEXT,
    text_sha256 TEXT NOT NULL, read_as TEXT NOT NULL, sketch BLOB NOT NULL
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
# What format 2 had added by the first change, or not yet.
ADDED_LATER = """
CREATE TABLE lines (
    line INTEGER NOT NULL, document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    repeated INTEGER NOT NULL DEFAULT 0, applied INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (line, document)
) WITHOUT ROWID;
CREATE INDEX lines_document ON lines (document);
CREATE INDEX lines_repeated ON lines (line, repeated);
CREATE INDEX lines_outdated ON lines (document) WHERE repeated <> applied;
CREATE INDEX passages_findable ON passages (document, furniture);
CREATE INDEX documents_state ON documents (id, sha256, title, publisher, published);
CREATE TABLE marks (generation INTEGER PRIMARY KEY, mark TEXT NOT NULL);
CREATE TABLE seals (document INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE,
    facts TEXT NOT NULL, passages TEXT NOT NULL);
"""


def page(name: str, text: str, **more: str) -> Document:
    return Document(name, f"On {name}", f"{MASTHEAD}\n\n{text}", f"/varn/{name}", "text/plain", "0" * 64, **more)


DOCUMENTS = [
    page("ferry", FERRY, publisher="The Varn Herald", published="2021-03-04", author="Ada Brook", link="https://v/1"),
    page("harbour", HARBOUR, publisher="The Varn Herald", published="2021-04"),
    page("lighthouse", LIGHTHOUSE),
]


def write_format_2(folder: Path, *scripts: str) -> None:
    """Write a library as format 2 did."""
    folder.mkdir()
    encoder = WordEncoder()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        for script in (FORMAT_2, *scripts):
            connection.executescript(script)
        made = (2, encoder.name, encoder.digest, encoder.dimension, 7, None)
        connection.execute("INSERT INTO manifest VALUES (?, ?, ?, ?, ?, ?)", made)
        connection.execute("INSERT INTO failures VALUES ('/varn/torn.pdf', '1', 'read', 'it is torn')")
        for number, one in enumerate(DOCUMENTS, start=1):
            row = (number, one.id, one.title, one.text, one.source, one.media_type, one.publisher, one.published)
            row += (json.dumps(dict(one.known)), "[]", one.sha256, one.author, one.language, one.link, None, None)
            row += (text_digest(one.text), "read", sketch(one.text).tobytes())
            connection.execute(f"INSERT INTO documents VALUES ({', '.join('?' * len(row))})", row)
            (encoded,) = encode_documents(encoder, [(one, split_passages(one))])
            for item in encoded:
                passage, vector, words = item.passage, item.vector, item.word_vectors
                values = (number, passage.start, passage.end, passage.heading, passage.page, passage.furniture)
                values += (json.dumps(passage.sentences), one.text[passage.start : passage.end])
                values += (None, None, 0) if words is None else (vector.tobytes(), words.tobytes(), len(words))
                connection.execute(f"INSERT INTO passages VALUES (NULL, {', '.join('?' * len(values))})", values)


@pytest.mark.parametrize("scripts", [(), (ADDED_LATER,)], ids=["never changed", "changed"])
def test_a_library_of_format_2_keeps_every_document(tmp_path: Path, scripts: tuple[str, ...]) -> None:
    write_format_2(tmp_path / "library", *scripts)
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as assistant:
        assert [assistant.document(one.id) for one in DOCUMENTS] == DOCUMENTS
        assert assistant.failures() == {"/varn/torn.pdf": "it is torn"}
        assert assistant.verify() == ()
        assert assistant.ask("Who is the captain of the ferry?").quotes[0].document_id == "ferry"
        assistant.add([page("mill", "The mill of Varn grinds at night.")])
        assistant.remove(["mill"])
        assert assistant.verify() == ()
        assert assistant._library.manifest.format == FORMAT


def test_lines_that_a_site_repeats_are_found_in_an_earlier_library_too(tmp_path: Path) -> None:
    write_format_2(tmp_path / "library")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as assistant:
        third = page("mill", "The mill of Varn grinds at night, and its keeper sleeps.", publisher="The Varn Herald")
        assistant.add([third, page("inn", "The inn serves eel pie on Fridays.", publisher="The Varn Herald")])
        assert assistant.furniture("harbour")[0] == (0, len(MASTHEAD))


def test_a_library_of_format_3_keeps_its_checksums(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.add(DOCUMENTS)
    with closing(sqlite3.connect(tmp_path / "library" / FILE_NAME)) as connection, connection:
        drop_collections(connection)
        for name in ("rows", "warnings", "word_boxes"):
            connection.execute(f"ALTER TABLE documents DROP COLUMN {name}")
        for (number,) in connection.execute("SELECT number FROM documents").fetchall():
            columns = DOCUMENT_COLUMNS.removesuffix(", rows, warnings, word_boxes, collection")
            values = (checksum_of_details(connection, number, columns), number)
            connection.execute("UPDATE seals SET facts = ? WHERE document = ?", values)
        connection.execute("UPDATE documents SET title = 'Another' WHERE id = 'harbour'")
        connection.execute("UPDATE manifest SET format = 3")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as assistant:
        assert assistant.document("ferry") == DOCUMENTS[0]
        assert [finding.place for finding in assistant.verify()] == ["harbour"]


def test_a_library_of_format_4_gets_the_places_of_words_when_its_files_are_read_again(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.add(DOCUMENTS)
    with closing(sqlite3.connect(tmp_path / "library" / FILE_NAME)) as connection, connection:
        drop_collections(connection)
        connection.execute("ALTER TABLE documents DROP COLUMN word_boxes")
        for (number,) in connection.execute("SELECT number FROM documents").fetchall():
            columns = DOCUMENT_COLUMNS.removesuffix(", word_boxes, collection")
            values = (checksum_of_details(connection, number, columns), number)
            connection.execute("UPDATE seals SET facts = ? WHERE document = ?", values)
        connection.execute("UPDATE manifest SET format = 4")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as assistant:
        assert [assistant.document(one.id) for one in DOCUMENTS] == DOCUMENTS
        assert assistant.verify() == ()
        placed = replace(DOCUMENTS[0], word_boxes=b"packed")
        assistant.add([placed])
        assert assistant.document("ferry") == placed
        assert assistant.verify() == ()


def test_a_library_of_format_5_has_its_documents_in_no_collection(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.add(DOCUMENTS)
    with closing(sqlite3.connect(tmp_path / "library" / FILE_NAME)) as connection, connection:
        drop_collections(connection)
        for (number,) in connection.execute("SELECT number FROM documents").fetchall():
            values = (checksum_of_details(connection, number, DOCUMENT_COLUMNS.removesuffix(", collection")), number)
            connection.execute("UPDATE seals SET facts = ? WHERE document = ?", values)
        connection.execute("UPDATE manifest SET format = 5")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as assistant:
        assert [(one.name, one.documents) for one in assistant.collections()] == [("", len(DOCUMENTS))]
        assert assistant.verify() == ()
        assistant.add_collection("Boats")
        assistant.collect(["ferry"], "Boats")
        assert assistant.document("ferry") == replace(DOCUMENTS[0], collection="Boats")
        assert assistant.verify() == ()


def test_a_library_of_format_6_gets_its_languages_from_its_texts(tmp_path: Path) -> None:
    german = page("miete", "Die Kündigungsfrist beträgt drei Monate, und der Mieter zahlt die Kaution.")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.add([*DOCUMENTS, german])
    with closing(sqlite3.connect(tmp_path / "library" / FILE_NAME)) as connection, connection:
        drop_versions(connection)
        drop_languages(connection)
        for (number,) in connection.execute("SELECT number FROM documents").fetchall():
            connection.execute("UPDATE documents SET read_as = 'read' WHERE number = ?", (number,))
            values = (checksum_of_details(connection, number), number)
            connection.execute("UPDATE seals SET facts = ? WHERE document = ?", values)
        connection.execute("UPDATE manifest SET format = 6")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as assistant:
        assert {one.id: one.language for one in assistant.documents()} == {
            "ferry": "en",
            "harbour": "en",
            "lighthouse": "en",
            "miete": "de",
        }
        origins = assistant._library.documents.origins()
        assert {one.document_id: one.read_as for one in origins.values()}["miete"] == ""
        assert {one.document_id: one.read_as for one in origins.values()}["ferry"] == "read"
        assert assistant.verify() == ()


def test_a_library_of_format_7_can_keep_versions(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.add(DOCUMENTS)
    with closing(sqlite3.connect(tmp_path / "library" / FILE_NAME)) as connection, connection:
        drop_versions(connection)
        connection.execute("UPDATE manifest SET format = 7")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as assistant:
        assert assistant.verify() == ()
        assert [one.stored_at for one in assistant.versions("ferry")] == [""]
        assistant.keep_versions()
        assistant.add([replace(DOCUMENTS[0], text="The ferry has sunk.", sha256="1" * 64)])
        assert [one.document.id for one in assistant.versions("ferry")] == ["ferry@1", "ferry"]
        assert assistant.verify() == ()


def test_words_that_were_cut_otherwise_get_new_vectors(tmp_path: Path) -> None:
    chinese = page("staff", "员工每年享有十五天年假。财务部经理是王建国。")
    with Assistant.open(tmp_path / "library", encoder=WordEncoder(), create=True) as assistant:
        assistant.add([chinese])
        with assistant._library._database.write() as connection:
            one = "substr(word_vectors, 1, length(word_vectors) / words)"
            connection.execute(f"UPDATE passages SET words = 1, word_vectors = {one}")
        assert stored_encodings(assistant._library, "staff") == {}
        assert assistant.ask("财务部经理是谁？").shown[0].document_id == "staff"


def test_an_interrupted_migration_leaves_the_earlier_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_format_2(tmp_path / "library")

    def stop(connection: sqlite3.Connection) -> None:
        migrations._complete_tables(connection)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", {2: stop})
        with pytest.raises(KeyboardInterrupt):
            Assistant.open(tmp_path / "library", encoder=WordEncoder())
    with closing(sqlite3.connect(tmp_path / "library" / FILE_NAME)) as connection:
        assert connection.execute("SELECT format FROM manifest").fetchone() == (2,)
    with Assistant.open(tmp_path / "library", encoder=WordEncoder()) as assistant:
        assert len(assistant.documents()) == len(DOCUMENTS)


def test_every_earlier_format_has_a_step() -> None:
    assert sorted(migrations.STEPS) == list(range(OLDEST_FORMAT, FORMAT))
