"""Conversations that are kept: whose they are, how they are found, and what is left of them when they are deleted."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retriever.errors import ConversationUnknown, HistoryError
from retriever.filters import Scope
from retriever.records import Agreement, Answer, Covers, Difference, LibraryState, Quote, Timings, Verdict, Why
from retriever.settings import CHECKOUT, default_history, default_library
from retriever.web.conversations import UNREADABLE, UNTITLED, Conversation, StoredTurn, parse, serialize, title_of
from retriever.web.history import History, new_user_key
from retriever.web.history_file import HISTORY_FORMAT
from tests.paths import ROOT

ADA, TOM = "the key of Ada Brook's browser", "the key of Tom Reed's browser"
FARE = "What does a ticket cost?"
LAMP = "What broke the lamp?"
FAILED = "The question is empty; type what you want to know."

QUOTE = Quote(
    document_id="ferry.txt",
    start=69,
    end=92,
    text="A ticket costs 12 crowns.",
    title="The ferry to Varn",
    publisher="The Varn Herald",
    published="2018-06-02",
    page=None,
    heading=None,
    highlight=(15, 24),
    confidence=0.81,
    why=Why(1, 2, ("ticket", "costs")),
)


def answer(question: str, *quotes: Quote) -> Answer:
    return Answer(
        question=question,
        understood_as=question,
        verdict=Verdict.CLEAR,
        confidence=0.81,
        quotes=quotes,
        agreement=Agreement(),
        covers=None,
        library=LibraryState(3, 9, "sha256:1"),
        timings=Timings(1.0, 2.0, 3.0, 6.0),
        present=0.9,
    )


TWELVE = answer(FARE, QUOTE)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "conversations.db"


@pytest.fixture
def history(file: Path) -> History:
    return History.open(file)


def titles(found: tuple[Conversation, ...]) -> list[str]:
    return [conversation.title for conversation in found]


def bytes_of(file: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(file.parent.iterdir()))


def test_a_conversation_is_there_again_when_the_file_is_opened_anew(history: History, file: Path) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    assert history.append(ADA, kept, "", FAILED) == kept
    again = History.open(file)
    (conversation,) = again.list(ADA)
    assert (conversation.id, conversation.title, conversation.turns) == (kept, FARE, 2)
    assert conversation.created < conversation.changed <= datetime.now(UTC)
    assert again.conversation(ADA, kept) == conversation
    first, second = again.turns(ADA, kept)
    assert (first.number, first.question, first.reply) == (0, FARE, TWELVE)
    assert (second.number, second.question, second.reply) == (1, "", FAILED)


def test_the_conversation_that_changed_last_is_listed_first(history: History) -> None:
    older = history.append(ADA, None, FARE, TWELVE)
    history.append(ADA, None, LAMP, answer(LAMP))
    assert titles(history.list(ADA)) == [LAMP, FARE]
    history.append(ADA, older, "And who is its captain?", FAILED)
    assert titles(history.list(ADA)) == [FARE, LAMP]
    assert titles(history.list(ADA, limit=1)) == [FARE]


def test_no_reader_comes_at_the_conversations_of_another(history: History) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    assert history.list(TOM) == history.list(TOM, "ticket") == ()
    for attempt in (
        lambda: history.turns(TOM, kept),
        lambda: history.conversation(TOM, kept),
        lambda: history.append(TOM, kept, LAMP, FAILED),
        lambda: history.rename(TOM, kept, "Mine"),
        lambda: history.delete(TOM, kept),
        lambda: history.undelete(TOM, kept),
    ):
        with pytest.raises(ConversationUnknown):
            attempt()
    history.delete_all(TOM)
    assert titles(history.list(ADA)) == [FARE]
    assert len(history.turns(ADA, kept)) == 1


def test_the_file_does_not_hold_the_readers_key(history: History, file: Path) -> None:
    history.append(ADA, None, FARE, TWELVE)
    assert ADA.encode() not in bytes_of(file)


@pytest.mark.parametrize("key", ["", "short"])
def test_a_key_that_browsers_might_share_keeps_nothing(history: History, key: str) -> None:
    with pytest.raises(HistoryError, match="stores no key"):
        history.append(key, None, FARE, TWELVE)
    with pytest.raises(HistoryError, match="stores no key"):
        history.list(key)


def test_keys_and_ids_cannot_be_guessed(history: History) -> None:
    made = {history.append(new_user_key(), None, FARE, FAILED) for _ in range(20)} | {new_user_key() for _ in range(20)}
    assert len(made) == 40
    assert min(map(len, made)) >= 32


def test_a_conversation_is_found_by_the_title_it_was_given(history: History) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    history.rename(ADA, kept, "  Fares\nto the   island ")
    assert titles(history.list(ADA, "island")) == ["Fares to the island"]
    assert history.list(ADA, "fares lighthouse") == ()


def test_a_deleted_conversation_can_be_brought_back(history: History) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    history.delete(ADA, kept)
    assert history.list(ADA) == ()
    for attempt in (
        lambda: history.turns(ADA, kept),
        lambda: history.append(ADA, kept, LAMP, FAILED),
        lambda: history.delete(ADA, kept),
    ):
        with pytest.raises(ConversationUnknown):
            attempt()
    history.undelete(ADA, kept)
    assert [turn.reply for turn in history.turns(ADA, kept)] == [TWELVE]


def test_a_deleted_conversation_leaves_the_file_when_it_is_opened_again(history: History, file: Path) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    history.delete(ADA, kept)
    assert b"12 crowns" in bytes_of(file)
    again = History.open(file)
    assert b"12 crowns" not in bytes_of(file)
    with pytest.raises(ConversationUnknown):
        again.undelete(ADA, kept)


def test_a_deleted_conversation_leaves_the_file_after_an_hour(history: History, file: Path) -> None:
    recent, old = (history.append(ADA, None, question, FAILED) for question in (FARE, LAMP))
    history.delete(ADA, recent)
    history.delete(ADA, old)
    with sqlite3.connect(file) as connection:
        passed = (datetime.now(UTC) - timedelta(minutes=61)).isoformat(timespec="microseconds")
        connection.execute("UPDATE conversations SET deleted = ? WHERE id = ?", (passed, old))
    connection.close()
    history.undelete(ADA, recent)
    with pytest.raises(ConversationUnknown):
        history.undelete(ADA, old)
    assert b"broke the lamp" not in bytes_of(file)


def test_after_all_are_deleted_the_file_holds_none_of_their_words(history: History, file: Path) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    history.rename(ADA, kept, "Zanzibar")
    history.append(ADA, None, "Who is " + "zebedee " * 5000, FAILED)
    history.delete(ADA, history.append(ADA, None, LAMP, answer(LAMP)))
    other = history.append(TOM, None, "Who is the harbour master?", FAILED)
    reading = sqlite3.connect(file)  # as another process that has the file open keeps its log alive
    reading.execute("SELECT * FROM turns").fetchall()
    assert all(word in bytes_of(file).lower() for word in (b"crowns", b"zanzibar", b"zebedee", b"lamp"))
    history.delete_all(ADA)
    left = bytes_of(file).lower()
    reading.close()
    assert not [word for word in (b"crowns", b"ticket", b"zanzibar", b"zebedee", b"lamp") if word in left]
    assert history.list(ADA) == ()
    assert [turn.question for turn in history.turns(TOM, other)] == ["Who is the harbour master?"]


@pytest.mark.parametrize(
    "search",
    [
        "",
        "   ",
        "ticket",
        "TICKET cost",
        "tick",
        "crowns ticket",
        '"ticket"',
        "ticket:",
        "(ticket)",
        "[ticket]*",
        "fernandez",
        "FERNÁNDEZ",
        "Fernández",
        "O'Neill",
        "12,000",
        "U.S.",
        "and",
        "or cost",
        "title: -",
        "%",
    ],
)
def test_a_conversation_is_found_by_words_of_its_questions_and_quotes(history: History, search: str) -> None:
    history.append(TOM, None, FARE, TWELVE)
    kept = history.append(ADA, None, "What does a ticket cost, and or title?", replace(TWELVE, quotes=(QUOTE,)))
    quoted = replace(QUOTE, text="Ms Ferna\u0301ndez and Mr O’Neill of the U.S. paid 12,000.")
    history.append(ADA, kept, "Who paid?", answer("Who paid?", quoted))
    assert [conversation.id for conversation in history.list(ADA, search)] == [kept]


@pytest.mark.parametrize(
    "search",
    [
        "lighthouse",
        "ticket AND lighthouse",
        "ticket OR lighthouse",
        "NOT lighthouse",
        "NEAR(ticket lighthouse)",
        "icket",
        "12,001",
        "s.u.",
        "'); DROP TABLE turns; --",
        "sha256",
        "clear",
    ],
)
def test_a_search_knows_no_syntax_and_needs_every_word(history: History, search: str) -> None:
    quoted = replace(QUOTE, text="The U.S. paid 12,000 and more for a ticket.")
    history.append(ADA, None, FARE, answer(FARE, quoted))
    assert history.list(ADA, search) == ()
    assert titles(history.list(ADA)) == [FARE]


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_search_breaks(history: History, search: str) -> None:
    kept = history.append(ADA, None, search, FAILED)
    assert kept in [conversation.id for conversation in history.list(ADA, search, limit=1000)]


def test_the_nearest_quotes_of_a_refusal_are_searched(history: History) -> None:
    refused = replace(answer(LAMP), verdict=Verdict.ABSENT, covers=Covers((), None, None), nearest=(QUOTE,))
    history.append(ADA, None, LAMP, refused)
    assert titles(history.list(ADA, "crowns")) == [LAMP]


HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "a NUL": "a\0b",
    "half a surrogate pair": "the ferry \ud83d",
    "ten million characters": "a" * 10_000_000,
    "two million words": "word " * 2_000_000,
    "a reversed line": "\u202eferry",
    "nothing": "",
    "line ends": "a\r\n\u2028b",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_are_kept_as_they_are(history: History, text: str) -> None:
    quoted = answer(text, replace(QUOTE, text=text))
    kept = history.append(ADA, None, text, quoted)
    history.append(ADA, kept, FARE, text)
    history.rename(ADA, kept, text)
    (conversation,) = history.list(ADA)
    assert len(conversation.title) <= 81
    assert conversation.title.encode()
    assert conversation.title == title_of(text)
    first, second = history.turns(ADA, kept)
    assert (first.question == text, first.reply == quoted, second.reply == text) == (True, True, True)
    assert len(history.list(ADA, text[:1000])) == 1
    for call in (history.turns, history.delete, history.undelete):
        with pytest.raises(ConversationUnknown):
            call(ADA, text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (FARE, FARE),
        ("  Who\tled\nit? ", "Who led it?"),
        ("a\0b\x1b[31m", "a b [31m"),
        ("\ud83d", UNTITLED),
        ("", UNTITLED),
        ("word " * 16, ("word " * 16).strip()),
        ("word " * 17, ("word " * 16).strip() + "…"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 80 + "…"),
    ],
)
def test_a_title_is_one_tidy_line_cut_at_a_word(text: str, title: str) -> None:
    assert title_of(text) == title


chances = st.floats(0, 1)
places = st.integers(0, 2**40)
lines = st.text(st.characters(), max_size=12)
quotes = st.builds(
    Quote,
    document_id=lines,
    start=places,
    end=places,
    text=lines,
    title=lines,
    publisher=st.none() | lines,
    published=st.none() | lines,
    page=st.none() | places,
    heading=st.none() | lines,
    highlight=st.none() | st.tuples(places, places),
    confidence=chances,
    why=st.builds(Why, st.none() | places, st.none() | places, st.lists(lines, max_size=3).map(tuple)),
)
positions = st.lists(st.integers(0, 9), max_size=3).map(tuple)
answers = st.builds(
    Answer,
    question=lines,
    understood_as=lines,
    verdict=st.sampled_from(Verdict),
    confidence=chances,
    quotes=st.lists(quotes, max_size=2).map(tuple),
    agreement=st.builds(
        Agreement,
        st.lists(positions, max_size=2).map(tuple),
        st.lists(st.builds(Difference, positions, st.lists(lines, max_size=2).map(tuple)), max_size=2).map(tuple),
    ),
    covers=st.none()
    | st.builds(Covers, st.lists(st.tuples(lines, lines), max_size=2).map(tuple), st.none() | lines, st.none() | lines),
    library=st.builds(LibraryState, places, places, lines),
    timings=st.builds(Timings, *[st.floats(0, 1e6)] * 4),
    present=chances,
    nearest=st.lists(quotes, max_size=2).map(tuple),
)


@given(answers)
@settings(max_examples=150, deadline=None)
def test_an_answer_comes_back_as_it_was_to_the_last_type(kept: Answer) -> None:
    assert repr(parse(serialize(kept))) == repr(kept)  # says the types too, where == takes 1 for 1.0


@given(lines)
@settings(max_examples=50, deadline=None)
def test_a_message_comes_back_as_it_was(message: str) -> None:
    assert parse(serialize(message)) == message


@pytest.mark.parametrize("stored", ['{"question": "What does a ticket cost?"}', "[]", "null", "7", "{"])
def test_an_answer_of_another_version_is_said_to_be_one(history: History, file: Path, stored: str) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE turns SET reply = ?", (stored,))
    connection.close()
    (turn,) = history.turns(ADA, kept)
    assert (turn.question, turn.reply) == (FARE, UNREADABLE)


def test_threads_that_keep_turns_at_once_lose_none(history: History) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    threads = [
        threading.Thread(target=lambda: [history.append(ADA, kept, FARE, TWELVE) for _ in range(20)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [turn.number for turn in history.turns(ADA, kept)] == list(range(81))


def test_threads_that_make_the_file_at_once_make_one(file: Path) -> None:
    made: list[str] = []
    start = threading.Barrier(8)

    def make() -> None:
        start.wait()
        made.append(History.open(file).append(ADA, None, FARE, TWELVE))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == sorted(conversation.id for conversation in History.open(file).list(ADA))
    assert len(made) == 8


APPENDING = """
import sys
from pathlib import Path
from retriever.web.history import History
file, user, conversation = sys.argv[1:]
history = History.open(Path(file))
print("open", flush=True)
sys.stdin.readline()
for number in range(30):
    history.append(user, conversation, f"Question {number}", "No answer.")
    if number % 10 == 9:
        history.delete_all("the key of one who keeps nothing")
"""


def test_processes_that_keep_turns_at_once_lose_none(history: History, file: Path) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDING, str(file), ADA, kept],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
    for process in processes:
        assert process.communicate("go\n") == ("", "")
    assert [turn.number for turn in history.turns(ADA, kept)] == list(range(61))


def test_the_file_and_its_folder_are_the_owners_alone(file: Path) -> None:
    history = History.open(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    reading = sqlite3.connect(file)  # keeps the log beside it
    reading.execute("SELECT * FROM turns").fetchall()
    history.append(ADA, None, FARE, TWELVE)
    beside = {each.name: stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()}
    reading.close()
    assert beside == dict.fromkeys((file.name, f"{file.name}-shm", f"{file.name}-wal"), 0o600)
    file.chmod(0o644)
    History.open(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    History.open(tmp_path / "conversations.db")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_place_with_odd_characters_is_a_place(tmp_path: Path) -> None:
    file = tmp_path / "100% #1?mode=memory" / "é.db"
    kept = History.open(file).append(ADA, None, FARE, TWELVE)
    assert file.is_file()
    assert History.open(file).turns(ADA, kept)


@pytest.mark.parametrize("found", [HISTORY_FORMAT.number + 1, HISTORY_FORMAT.number + 2])
def test_another_format_is_refused_and_left_as_it_was(history: History, file: Path, found: int) -> None:
    history.append(ADA, None, FARE, TWELVE)
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA user_version = {found}")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(HistoryError, match=f"have format {found}, .* reads format {HISTORY_FORMAT.number}"):
        History.open(file)
    assert file.read_bytes() == before


def test_another_programs_file_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "bookmarks.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE bookmarks (address TEXT)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(HistoryError, match="belongs to another program"):
        History.open(file)
    assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    file.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(HistoryError, match="is damaged, or holds no conversations of Ibid"):
        History.open(file)
    assert file.read_bytes() == b"Dear diary, " * 1000


def test_a_file_that_is_damaged_while_it_is_used_is_said_to_be(history: History, file: Path) -> None:
    kept = history.append(ADA, None, FARE, TWELVE)
    contents = file.read_bytes()
    file.write_bytes(contents[:4096] + b"\xff" * (len(contents) - 4096))
    with pytest.raises(HistoryError, match="is damaged"):
        history.turns(ADA, kept)


def test_a_place_that_cannot_be_serialized_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("a file, not a folder")
    with pytest.raises(HistoryError, match=r"cannot be read or saved \(Not a directory\)"):
        History.open(tmp_path / "note.txt" / "kept" / "conversations.db")
    with pytest.raises(HistoryError, match=r"cannot be read or saved \(Is a directory\)"):
        History.open(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to the superuser")
def test_a_file_that_may_only_be_read_is_one_sentence(history: History, file: Path) -> None:
    file.chmod(0o400)
    with pytest.raises(HistoryError, match="cannot be read or saved"):
        History.open(file)


FILLING = """
import resource, sys
from pathlib import Path
from retriever.web.history import History
from retriever.errors import HistoryError
history = History.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    history.append(sys.argv[2], None, "word " * 100_000, "No answer.")
except HistoryError as error:
    print(error)
print([conversation.title for conversation in history.list(sys.argv[2])])
"""


def test_a_full_disk_is_one_sentence_and_loses_nothing(history: History, file: Path) -> None:
    history.append(ADA, None, FARE, TWELVE)
    said = subprocess.run(
        [sys.executable, "-c", FILLING, str(file), ADA], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(said) == 2
    assert said[0].startswith(f"The conversations in {file} cannot be read or saved (")
    assert said[1] == str([FARE])


def test_a_file_that_was_taken_away_is_not_made_anew_by_halves(history: History, file: Path) -> None:
    file.unlink()
    with pytest.raises(HistoryError, match="cannot be read or saved"):
        history.append(ADA, None, FARE, TWELVE)
    assert not file.exists()


def test_conversations_lie_outside_the_library_where_they_outlive_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IBID_HISTORY", raising=False)
    monkeypatch.delenv("IBID_LIBRARY", raising=False)
    assert default_library() not in default_history().parents
    assert default_history().is_relative_to(CHECKOUT)
    ignored = subprocess.run(["git", "check-ignore", "-q", str(default_history())], cwd=CHECKOUT, check=False)
    assert ignored.returncode == 0
    monkeypatch.setenv("IBID_HISTORY", "elsewhere.db")
    assert default_history() == Path("elsewhere.db")


def test_an_installed_ibid_keeps_conversations_in_a_folder_beside_its_librarys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("IBID_HISTORY", raising=False)
    monkeypatch.delenv("IBID_LIBRARY", raising=False)
    monkeypatch.setattr("retriever.settings.CHECKOUT", tmp_path)
    assert default_history().parent.parent == default_library().parent
    assert default_history().parent != default_library()


def test_a_turn_is_replaced_deleted_and_put_back_in_its_place(history: History) -> None:
    conversation = history.append(ADA, None, "one", "first")
    for question, reply in (("two", "second"), ("three", "third")):
        history.append(ADA, conversation, question, reply)
    history.replace_turn(ADA, conversation, StoredTurn(1, "TWO", "again"))
    assert [turn.question for turn in history.turns(ADA, conversation)] == ["one", "TWO", "three"]
    history.delete_turn(ADA, conversation, 1)
    assert [(turn.number, turn.question) for turn in history.turns(ADA, conversation)] == [(0, "one"), (1, "three")]
    history.insert_turn(ADA, conversation, StoredTurn(1, "TWO", "again"))
    assert [turn.reply for turn in history.turns(ADA, conversation)] == ["first", "again", "third"]
    assert [turn.number for turn in history.turns(ADA, conversation)] == [0, 1, 2]


def test_a_conversation_keeps_its_filter(history: History) -> None:
    conversation = history.append(ADA, None, "one", "first")
    assert not history.scope(ADA, conversation)
    scope = Scope(frozenset({"Reuters", ""}), since="2022", documents=frozenset({"a.txt"}))
    history.set_scope(ADA, conversation, scope)
    assert history.scope(ADA, conversation) == scope
    history.set_scope(ADA, conversation, Scope())
    assert not history.scope(ADA, conversation)


def test_a_file_of_the_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    History.open(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("ALTER TABLE conversations DROP COLUMN scope")
        connection.execute("PRAGMA user_version = 1")
    history = History.open(file)
    conversation = history.append(ADA, None, "one", "first")
    assert not history.scope(ADA, conversation)
