"""Files that readers hand over, and documents that they remove and bring back."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from retriever import Assistant, DocumentUnknown, IbidError
from retriever.errors import ReadingError
from retriever.ingest.arrivals import NAME as ARRIVALS
from retriever.ingest.arrivals import Arrivals, marked, marked_files, remove_empty_marks
from retriever.interfaces.uploads import UNDONE_AT_MOST, UploadBatch, Uploads, safe_name
from tests.world import FERRY, HARBOUR

BALLOON = "The balloon over Varn\n\nThe balloon rose above Port Elm in June. Its pilot was Nora Vale.\n"


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(lambda: tmp_path / "library", largest_file_bytes=10_000)


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


def receive(uploads: Uploads, name: str, size: int, content: bytes) -> str:
    """As the server does it, in an event loop of its own thread; the browser tests leave theirs in this one."""
    with start_blocking_portal() as loop:
        return loop.call(uploads.receive, name, size, chunks(content))


def hand(uploads: Uploads, name: str, content: bytes) -> dict[str, str]:
    """What the browser does with one file."""
    try:
        return {"name": name, "key": receive(uploads, name, len(content), content)}
    except IbidError as error:
        return {"name": name, "reason": str(error)}


def add(uploads: Uploads, assistant: Assistant, **files: str) -> list[tuple[str, str, str]]:
    handed = [hand(uploads, name.replace("_", "."), text.encode()) for name, text in files.items()]
    return ended(uploads.start(assistant, "reader", handed))


def ended(batch: UploadBatch) -> list[tuple[str, str, str]]:
    deadline = time.monotonic() + 60
    while not batch.done and time.monotonic() < deadline:
        time.sleep(0.01)
    assert batch.done
    return [(item.name, item.state, item.detail) for item in batch.items]


def ids(assistant: Assistant) -> list[str]:
    return [document.id for document in assistant.documents()]


def test_files_are_added_and_answer_at_once(uploads: Uploads, assistant: Assistant) -> None:
    assert add(uploads, assistant, balloon_txt=BALLOON) == [("balloon.txt", "added", "1 passage")]
    assert "balloon.txt" in ids(assistant)
    assert (assistant.added / "balloon.txt").read_text() == BALLOON
    assert assistant.verify() == ()


def test_a_bad_file_is_skipped_with_its_reason_and_leaves_nothing(uploads: Uploads, assistant: Assistant) -> None:
    before = assistant.state()
    items = add(
        uploads, assistant, empty_txt="", broken_pdf="%PDF-1.7 and no more", program_exe="MZ\0", big_txt="x" * 20_000
    )
    assert [state for _, state, _ in items] == ["skipped"] * 4
    assert "empty" in items[0][2]
    assert "program" in items[2][2]
    assert "too large" in items[3][2]
    assert assistant.state() == before
    assert assistant.failures() == {}
    assert list(assistant.added.iterdir()) == []


def test_one_bad_file_does_not_stop_the_next(uploads: Uploads, assistant: Assistant) -> None:
    assert [state for _, state, _ in add(uploads, assistant, empty_txt="", balloon_txt=BALLOON)] == ["skipped", "added"]


def test_a_file_that_is_here_already_is_not_added_again(uploads: Uploads, assistant: Assistant) -> None:
    before = assistant.state()
    assert add(uploads, assistant, boat_txt=FERRY) == [("boat.txt", "here", "The ferry to Varn")]
    assert assistant.state() == before


def test_a_file_of_the_same_name_is_added_beside_the_one_handed_over_before(
    uploads: Uploads, assistant: Assistant
) -> None:
    add(uploads, assistant, balloon_txt=BALLOON)
    other = BALLOON.replace("Nora Vale", "Eve Marsh")
    assert add(uploads, assistant, balloon_txt=other)[0][1] == "added"
    assert assistant.document("balloon.txt").text == BALLOON
    assert assistant.document("balloon (2).txt").text == other
    assert add(uploads, assistant, balloon_txt="")[0][1] == "skipped"
    assert sorted(file.name for file in assistant.added.iterdir()) == ["balloon (2).txt", "balloon.txt"]


def test_files_handed_over_while_others_are_added_join_them(uploads: Uploads, assistant: Assistant) -> None:
    names = [f"{number}.txt" for number in range(4)]
    batches = [
        uploads.start(assistant, "reader", [hand(uploads, name, f"{BALLOON} Number {name}.".encode())])
        for name in names
    ]
    states = {item.name: ended(batch) and item.state for batch in batches for item in batch.items}
    assert states == dict.fromkeys(names, "added")
    assert uploads.running("reader") is None


def test_another_reader_s_files_are_not_shown(uploads: Uploads, assistant: Assistant) -> None:
    batch = uploads.start(assistant, "one", [hand(uploads, "balloon.txt", BALLOON.encode())])
    assert uploads.running("other") is None
    ended(batch)


def test_a_file_named_like_a_document_of_a_folder_leaves_that_alone(uploads: Uploads, assistant: Assistant) -> None:
    before = assistant.document("ferry.txt")
    assert add(uploads, assistant, ferry_txt=BALLOON)[0][1] == "added"
    assert assistant.document("ferry.txt") == before
    assert len(ids(assistant)) == 4


def test_a_file_that_grows_while_it_arrives_is_refused(uploads: Uploads) -> None:
    with pytest.raises(ReadingError, match="too large"):
        receive(uploads, "long.txt", 10, b"x" * 20_000)
    with pytest.raises(ReadingError, match="too large"):
        receive(uploads, "long.txt", 500_000_000, b"")


def test_a_key_that_was_never_given_adds_nothing(uploads: Uploads, assistant: Assistant) -> None:
    before = assistant.state()
    [(name, state, _)] = ended(uploads.start(assistant, "reader", [{"name": "../../passwd", "key": "/etc/passwd"}]))
    assert (name, state) == ("passwd", "skipped")
    assert assistant.state() == before


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\notes.md", "notes.md"),
        (".hidden.txt", "hidden.txt"),
        ("a\x00b\n\u202ec.txt", "abc.txt"),
        ("Å ä.txt", "Å ä.txt"),
        ("\ud800.txt", "txt"),
        ("///", "document"),
        ("x" * 500 + ".txt", "x" * 200 + ".txt"),
    ],
)
def test_a_name_from_the_browser_is_one_safe_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_removed_document_comes_back_with_its_file(uploads: Uploads, assistant: Assistant) -> None:
    add(uploads, assistant, balloon_txt=BALLOON)
    before = assistant.state()
    key = uploads.remove(assistant, "balloon.txt")
    assert "balloon.txt" not in ids(assistant)
    assert list(assistant.added.iterdir()) == []
    assert uploads.undo(assistant, key) == "balloon.txt"
    assert assistant.state() == before
    assert (assistant.added / "balloon.txt").read_text() == BALLOON
    with pytest.raises(IbidError, match="too late to undo"):
        uploads.undo(assistant, key)


def test_what_was_removed_last_is_what_can_come_back(uploads: Uploads, assistant: Assistant) -> None:
    assert uploads.last_removed(assistant) is None
    ferry, harbour = (assistant.summary(f"{name}.txt").title for name in ("ferry", "harbour"))
    first = uploads.remove(assistant, "ferry.txt")
    last = uploads.remove(assistant, "harbour.txt")
    assert uploads.last_removed(assistant) == (harbour, last)
    uploads.undo(assistant, last)
    assert uploads.last_removed(assistant) == (ferry, first)


def test_the_reader_s_own_file_stays_when_its_document_is_removed(
    uploads: Uploads, assistant: Assistant, varn: Path
) -> None:
    uploads.remove(assistant, "harbour.txt")
    assert (varn / "harbour.txt").read_text() == HARBOUR


def test_what_is_not_there_cannot_be_removed(uploads: Uploads, assistant: Assistant) -> None:
    with pytest.raises(DocumentUnknown):
        uploads.remove(assistant, "nowhere.txt")


def test_only_the_last_removals_can_be_undone(uploads: Uploads, assistant: Assistant) -> None:
    first = uploads.remove(assistant, "ferry.txt")
    for _ in range(UNDONE_AT_MOST):
        uploads.undo(assistant, uploads.remove(assistant, "harbour.txt"))
        uploads.remove(assistant, "harbour.txt")
        add(uploads, assistant, harbour_txt=HARBOUR)
    with pytest.raises(IbidError, match="too late to undo"):
        uploads.undo(assistant, first)


def test_a_file_that_waits_is_in_the_library_s_folder_and_goes_when_it_is_added(
    uploads: Uploads, assistant: Assistant
) -> None:
    handed = hand(uploads, "balloon.txt", BALLOON.encode())
    (waiting,) = assistant.folder.glob(f"{ARRIVALS}/*/*")
    assert waiting.read_text() == BALLOON
    ended(uploads.start(assistant, "reader", [handed]))
    assert not waiting.exists()


def test_what_a_killed_process_had_received_is_removed_by_the_next_and_by_forget(assistant: Assistant) -> None:
    killed = assistant.folder / ARRIVALS / "of-a-killed-process" / "balloon.txt"
    for remove in (lambda: Arrivals(assistant.folder), lambda: assistant.forget(["ferry.txt"])):
        killed.parent.mkdir(parents=True)
        killed.write_text(FERRY)
        remove()
        assert not killed.parent.exists()


def test_two_pages_over_one_library_leave_each_other_s_files(assistant: Assistant) -> None:
    one = Arrivals(assistant.folder)
    (one.folder / "balloon.txt").write_text(BALLOON)
    other = Arrivals(assistant.folder)
    assert (one.folder / "balloon.txt").exists()
    assert other.folder != one.folder


def test_a_file_that_was_handed_over_to_a_killed_process_is_read_by_the_next(assistant: Assistant) -> None:
    marks = assistant.folder / "handed-over"
    for folder in (marks, assistant.added):
        folder.mkdir()
    for name, text in (("balloon.txt", BALLOON), ("empty.txt", "")):
        (assistant.added / name).write_text(text)
        (marks / name).touch()
    (marks / "not-moved-yet.txt").touch()
    assistant.finish_uploads()
    assert assistant.document("balloon.txt").text == BALLOON
    assert [file.name for file in assistant.added.iterdir()] == ["balloon.txt"]
    assert assistant.failures() == {}
    assert not marks.exists()


def test_a_process_killed_before_it_marked_a_file_leaves_nothing(assistant: Assistant) -> None:
    (assistant.folder / "handed-over").mkdir()
    assistant.finish_uploads()
    assert not (assistant.folder / "handed-over").exists()


def test_a_file_is_marked_though_another_process_removes_the_empty_folder(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch, removed = Path.touch, []

    def touch_late(mark: Path) -> None:
        if not removed:
            removed.append(mark)
            remove_empty_marks(assistant.folder)
        touch(mark)

    monkeypatch.setattr(Path, "touch", touch_late)
    with marked(assistant.folder, Path("balloon.txt")):
        assert marked_files(assistant.folder, Path()) == [Path("balloon.txt")]
    assert len(removed) == 1


def test_a_document_that_was_removed_does_not_come_back(uploads: Uploads, assistant: Assistant) -> None:
    add(uploads, assistant, balloon_txt=BALLOON)
    assistant.remove(["balloon.txt"])
    assistant.finish_uploads()
    assert "balloon.txt" not in ids(assistant)


def test_only_so_many_files_and_bytes_wait(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retriever.interfaces.uploads.MOST_WAITING", 2)
    keys = [receive(uploads, "a.txt", 1, b"x") for _ in range(2)]
    with pytest.raises(ReadingError, match="too many files are waiting"):
        receive(uploads, "b.txt", 1, b"x")
    monkeypatch.setattr("retriever.interfaces.uploads.MOST_WAITING", 10)
    monkeypatch.setattr("retriever.interfaces.uploads.MOST_WAITING_BYTES", 2_000)
    with pytest.raises(ReadingError, match="too many files are waiting"):
        receive(uploads, "b.txt", 5_000, b"x" * 5_000)
    monkeypatch.setattr("retriever.interfaces.uploads.WAITING_SECONDS", -1)  # all are late
    receive(uploads, "c.txt", 1_500, b"x" * 1_500)
    assert uploads._item({"name": "a.txt", "key": keys[0]}).state == "skipped"
