"""A server that is down, goes away, or holds something else: one sentence each, and nothing half-visible."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from retriever import Assistant, Document, LibraryAway, LibraryError, LibraryForeign, LibraryMissing, Verdict
from retriever.settings import TOKEN_VARIABLE
from retriever.store.milvus import engine as engine_module
from retriever.store.milvus import long_texts, row_format
from retriever.store.milvus.address import Address
from retriever.store.milvus.engine import Engine
from retriever.store.milvus.library import MilvusLibrary
from retriever.store.milvus.schema import DOCUMENTS, NOTES, PARTS, PASSAGES
from retriever.store.milvus.writing import DocumentWriter, PendingDocument
from retriever.web.forget import forget
from retriever.web.history import History
from tests.milvus import Server, free_port, killed_half_way, needs_cluster
from tests.world import FERRY, TEXTS, WordEncoder


@pytest.fixture
def place(server: Server, request: pytest.FixtureRequest) -> str:
    name = "".join(letter if letter.isalnum() else "_" for letter in request.node.name)
    return f"{server.address}/{name}"


def opened(place: str, encoder: WordEncoder | None = None) -> Assistant:
    return Assistant.open(place, encoder=encoder or WordEncoder(), create=True)


@pytest.mark.parametrize(
    ("place", "uri"),
    [
        ("milvus://search.varn:19531/papers", "http://search.varn:19531"),
        ("milvus://search.varn/papers", "http://search.varn:19530"),
        ("https://search.varn:443/papers", "https://search.varn:443"),
        ("http://[::1]:19530/papers", "http://[::1]:19530"),
    ],
)
def test_an_address_names_a_server_and_a_collection(place: str, uri: str) -> None:
    address = Address.parse(place)
    assert (address.uri, address.collection) == (uri, "papers")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("milvus://search.varn:19530", "can't name a collection"),
        ("milvus://search.varn/two words", "can't name a collection"),
        ("ftp://search.varn/papers", "names no library"),
        ("milvus://search.varn:port/papers", "names no library"),
        ("milvus:///papers", "names no library"),
        ("milvus:/search.varn/papers", "names no library"),
        ("milvus://root:secret@search.varn/papers", TOKEN_VARIABLE),
    ],
)
def test_what_is_no_address_is_said_and_how_to_write_one(place: str, said: str) -> None:
    with pytest.raises(LibraryError, match=said) as raised:
        Address.parse(place)
    assert "secret" not in str(raised.value)


def test_a_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "root:secret")
    address = Address.parse("https://search.varn/papers")
    assert address.token == "root:secret"
    assert "secret" not in f"{address} {address!r}"


@needs_cluster
def test_a_server_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_CONNECT_SECONDS", 1.0)
    with pytest.raises(LibraryAway, match="No Milvus server answers at http://127"):
        opened(f"milvus://127.0.0.1:{free_port()}/varn")


@needs_cluster
def test_a_server_that_is_too_old_is_named(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_OLDEST", (99, 0))
    with pytest.raises(LibraryError, match=r"is Milvus .*; Ibid needs"):
        opened(place)


@needs_cluster
def test_a_library_that_is_not_there_is_not_made_by_asking(place: str) -> None:
    with pytest.raises(LibraryMissing, match="ibid index PATH --library milvus://"):
        Assistant.open(place, encoder=WordEncoder())


@needs_cluster
def test_another_encoder_is_refused(place: str) -> None:
    opened(place).close()
    other = WordEncoder()
    other.digest = "6" * 64
    with pytest.raises(LibraryForeign, match="was made by the encoder known words"):
        opened(place, other)


@needs_cluster
@pytest.mark.parametrize("suffix", [PASSAGES, NOTES])
def test_a_collection_that_is_not_ours_is_left_as_it_was(place: str, server: Server, suffix: str) -> None:
    from pymilvus import MilvusClient

    client, name = MilvusClient(uri=server.address.replace("milvus", "http")), Address.parse(place).collection
    client.create_collection(name + suffix, dimension=8)
    before = client.describe_collection(name + suffix), client.list_indexes(name + suffix)
    with pytest.raises(LibraryForeign, match="is not a library of Ibid"):
        opened(place)
    assert [one for one in client.list_collections() if one.startswith(name)] == [name + suffix]
    assert (client.describe_collection(name + suffix), client.list_indexes(name + suffix)) == before
    client.close()


@needs_cluster
def test_what_is_half_added_does_not_answer_and_is_finished_by_adding_it_again(
    place: str, varn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Engine.put

    def cut_off(self: Engine, suffix: str, rows: list[dict[str, object]]) -> None:
        if suffix == DOCUMENTS:
            raise LibraryError("gone")
        put(self, suffix, rows)

    with opened(place) as assistant:
        assistant.index([varn])
        whole = assistant.state()
        (varn / "ferry.txt").write_text(FERRY.replace("Tom Reed", "Ann Marsh"))
        monkeypatch.setattr(Engine, "put", cut_off)
        with pytest.raises(LibraryError, match="gone"):
            assistant.index([varn])
        monkeypatch.undo()
        assert assistant.state() == whole
        assert "Tom Reed" in assistant.ask("Who is the captain of the ferry?").quotes[0].text
        assert [finding.place for finding in assistant.verify()] == ["index", "index"]
        assert assistant.index([varn]).replaced == ("ferry.txt",)
        assert "Ann Marsh" in assistant.ask("Who is the captain of the ferry?").quotes[0].text
        assert assistant.verify() == ()


@needs_cluster
def test_what_was_never_finished_is_swept_away(place: str) -> None:
    with opened(place) as assistant:
        library = assistant._library
        assert isinstance(library, MilvusLibrary)
        assistant.add([Document("ferry", "On the ferry", FERRY, "ferry", "text/plain", "0" * 64)])
        library.engine.delete(DOCUMENTS, "version >= 0")  # as if the machine had stopped before this was written
        assert not assistant.documents()
        assert assistant.ask("Who is the captain of the ferry?").verdict is Verdict.ABSENT
        assert all(finding.repaired for finding in assistant.verify(repair=True))
        assert library.engine.count(PASSAGES, "version >= 0") == 0


@needs_cluster
def test_of_more_documents_than_come_at_once_all_are_listed(
    place: str, varn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_PAGE", 4)
    for number in range(20):
        (varn / f"more{number:02}.txt").write_text(TEXTS["harbour.txt"].replace("15 crowns", f"{number} crowns"))
    with opened(place) as assistant:
        added = assistant.index([varn]).added
        assert [one.id for one in assistant.documents()] == sorted(added)
        assert len(added) == assistant.state().documents == 20 + len(TEXTS)
        assert assistant.verify() == ()
        library = assistant._library
        assert isinstance(library, MilvusLibrary)
        library.engine.delete(DOCUMENTS, "version >= 0")  # as if none of them had come to its end
        assert [finding.place for finding in assistant.verify()] == ["index", "index"]
        assert all(finding.repaired for finding in assistant.verify(repair=True))
        assert library.engine.count(PASSAGES, "version >= 0") == 0


@needs_cluster
@pytest.mark.parametrize("length", [row_format.CHARACTERS, 3 * row_format.CHARACTERS, 5 * row_format.CHARACTERS + 1])
def test_a_text_of_more_parts_than_come_at_once_is_whole(
    place: str, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_texts, "_FURTHER", 2)
    text = (FERRY * (length // len(FERRY) + 1))[:length]
    with opened(place) as assistant:
        assistant.add([Document("ferry", "On the ferry", text, "ferry", "text/plain", "0" * 64)])
        assert assistant.document("ferry").text == text
        assert assistant.verify() == ()


@needs_cluster
def test_a_library_that_two_make_at_once_is_one(place: str) -> None:
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda _: opened(place), range(2))
    with first, second:
        first.add([Document("note.txt", "Note", "The keeper is Ada Brook.", "/a", "text/plain", "a" * 64)])
        assert [one.id for one in second.documents()] == ["note.txt"]


@needs_cluster
@pytest.mark.parametrize("suffix", [PARTS, PASSAGES])
def test_a_library_whose_making_stopped_in_the_middle_is_made_by_the_next(
    place: str, varn: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    call = Engine._call

    def stop(self: Engine, method: str, at: str, **arguments: object) -> object:
        if (method, at) == ("create_index", suffix):
            raise LibraryError("gone")
        return call(self, method, at, **arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "_call", stop)
        with pytest.raises(LibraryError, match="gone"):
            opened(place)
    with opened(place) as assistant:
        assistant.index([varn])
        assert assistant.ask("Who is the captain of the ferry?").quotes[0].document_id == "ferry.txt"


@needs_cluster
def test_two_files_that_are_given_one_id_at_once_are_both_kept(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine adds a file of the same name in the middle of adding one."""

    def note(source: str, text: str) -> Document:
        return Document("note.txt", "Note", text, source, "text/plain", source[-1] * 64)

    with opened(place) as assistant, opened(place) as other:
        see, others = DocumentWriter._check_written, [note("/b", "The captain is Mira Holt.")]

        def meanwhile(self: DocumentWriter, pending: list[PendingDocument]) -> None:
            see(self, pending)
            if others and self is assistant._library.documents._writer:
                other.add([others.pop()])

        monkeypatch.setattr(DocumentWriter, "_check_written", meanwhile)
        assistant.add([note("/a", "The keeper is Ada Brook.")])
        texts = {one.source: assistant.document(one.id).text for one in assistant.documents()}
        assert texts == {"/a": "The keeper is Ada Brook.", "/b": "The captain is Mira Holt."}
        assert len({one.id for one in assistant.documents()}) == 2
        assert assistant.verify() == ()


@needs_cluster
def test_an_answer_is_not_kept_as_one_collection_may_be_behind_another(place: str, varn: Path) -> None:
    with opened(place) as assistant, opened(place) as other:
        assistant.index([varn])
        library = other._library
        assert isinstance(library, MilvusLibrary)
        generation = library.engine.rows(NOTES, 'key == "generation"', ["*"], strong=True)
        assert assistant.ask("Who is the captain of the ferry?").quotes[0].document_id == "ferry.txt"
        other.remove(["ferry.txt"])
        library.engine.put(NOTES, generation)  # as if the generation were not seen yet, and the removal were
        assert all(one.document_id != "ferry.txt" for one in assistant.ask("Who is the captain of the ferry?").quotes)


@needs_cluster
def test_what_only_the_files_of_a_folder_allow_is_refused_before_anything_changes(
    place: str, varn: Path, tmp_path: Path
) -> None:
    with opened(place) as assistant:
        assistant.index([varn])
        history = History.open(tmp_path / "conversations.db")
        answer = assistant.ask("Who is the captain of the ferry?")
        conversation = history.append("a key of the reader", None, answer.question, answer)
        with pytest.raises(LibraryError, match=r"trace .* ibid remove"):
            forget(assistant, ["ferry.txt"], tmp_path / "conversations.db")
        (turn,) = history.turns("a key of the reader", conversation)
        assert "Tom Reed" in str(turn.reply)
        with pytest.raises(LibraryError, match="keeps its encoder"):
            assistant.change_encoder(WordEncoder())
        assert len(assistant.documents()) == len(TEXTS)


@needs_cluster
def test_a_server_that_is_killed_while_documents_are_added_is_waited_for(
    varn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(tmp_path / "killed")
    server.start()
    for number in range(12):
        (varn / f"more{number}.txt").write_text(TEXTS["harbour.txt"].replace("15 crowns", f"{number} crowns"))

    try:
        with opened(f"{server.address}/clean") as clean:
            clean.index([varn])
            expected = clean.state()
        with opened(f"{server.address}/varn") as assistant:
            starting = killed_half_way(server.kill, server.start, monkeypatch)
            with suppress(LibraryError):  # where the server lost what it had not yet written down, that is said
                assistant.index([varn])
            starting.join()
            assistant.index([varn])
        with opened(f"{server.address}/varn") as again:
            assert again.index([varn]).added == ()
            assert again.state() == expected
            assert again.verify() == ()
            assert again.ask("Who is the captain of the ferry?").quotes[0].document_id == "ferry.txt"
    finally:
        server.kill()


@needs_cluster
def test_a_server_that_stays_away_is_said_in_one_sentence_and_found_again(
    varn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from pymilvus import MilvusClient

    monkeypatch.setattr(engine_module, "_PATIENCE_SECONDS", 2.0)
    server = Server(tmp_path / "gone")
    server.start()
    try:
        with opened(f"{server.address}/varn") as assistant:
            assistant.index([varn])
            server.kill()
            with pytest.raises(LibraryAway, match=r"did not answer.*start it again"):
                assistant.ask("Who is the captain of the ferry?")
            asked: list[str] = []
            with monkeypatch.context() as patch:
                patch.setattr(MilvusClient, "query", lambda *_, **__: asked.append("query"))
                with pytest.raises(LibraryAway, match="did not answer"):
                    assistant.documents()
            assert asked == [], "it is not waited for again"
            server.start()
            found = []
            for _ in range(30):
                time.sleep(1)
                with suppress(LibraryAway):
                    found = [quote.document_id for quote in assistant.ask("Who is the captain of the ferry?").quotes]
                    break
            assert found[:1] == ["ferry.txt"]
    finally:
        server.kill()
    assert capfd.readouterr().err == ""


@needs_cluster
def test_a_library_that_outgrows_its_graph_is_searched_in_cells(place: str, varn: Path) -> None:
    with opened(place) as assistant:
        assistant.index([varn])
        before = assistant.ask("Who is the captain of the ferry?").quotes
        library = assistant._library
        assert isinstance(library, MilvusLibrary)
        assert not library.engine.settle(assistant.state().passages)
        assert library.engine.settle(assistant.state().passages, graph_at_most=1)
        assert not library.engine.settle(assistant.state().passages, graph_at_most=1)
        assert assistant.ask("Who is the captain of the ferry?").quotes == before
